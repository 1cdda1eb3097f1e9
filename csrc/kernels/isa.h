// Which instruction set the kernels run on. Files named *_isa.cpp are compiled once for each of
// these, everything they define is in namespace tg::<isa>, and what they offer is one table of
// function pointers that pick_isa() chooses from.
#pragma once

// In namespace tg: declares the table `name` of each instruction set, and name_of_isa, which
// pick_isa() chooses from.
#if defined(__x86_64__)
#define TG_ISA_TABLES(Table, name) \
  namespace baseline {             \
  extern const Table name;         \
  }                                \
  namespace avx2 {                 \
  extern const Table name;         \
  }                                \
  namespace avx512 {               \
  extern const Table name;         \
  }                                \
  static constexpr const Table* name##_of_isa[] = {&baseline::name, &avx2::name, &avx512::name};
#else
#define TG_ISA_TABLES(Table, name) \
  namespace baseline {             \
  extern const Table name;         \
  }                                \
  static constexpr const Table* name##_of_isa[] = {&baseline::name};
#endif

namespace tg {

enum class Isa { Baseline, Avx2, Avx512 };

// The best one of this machine, or the one that the environment variable TAPEGRAD_ISA names
// (baseline, avx2, avx512). Read once. Raises where there is no such one, which is why the bindings
// ask when they are loaded.
Isa isa();
const char* isa_name(Isa isa);

// tables: one per instruction set, in the order of the enum.
template <class Table, int count>
const Table& pick_isa(const Table* const (&tables)[count]) {
  const int wanted = static_cast<int>(isa());
  return *tables[wanted < count ? wanted : count - 1];
}

// The same for tables that are picked when the library is loaded, where nothing may be raised: a
// wrong TAPEGRAD_ISA gives the first one.
template <class Table, int count>
const Table* loaded_isa(const Table* const (&tables)[count]) noexcept {
  try {
    return &pick_isa(tables);
  } catch (...) {
    return tables[0];
  }
}

}  // namespace tg
