#include "kernels/isa.h"

#include <cstdlib>
#include <cstring>
#include <initializer_list>

#include "core/error.h"

namespace tg {
namespace {

Isa best_isa() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  const bool avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                    __builtin_cpu_supports("f16c");
  const bool avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  if (avx2 && avx512) return Isa::Avx512;
  if (avx2) return Isa::Avx2;
#endif
  return Isa::Baseline;
}

Isa choose_isa() {
  const Isa best = best_isa();
  const char* wanted = std::getenv("TAPEGRAD_ISA");
  if (!wanted || !*wanted) return best;
  for (const Isa candidate : {Isa::Baseline, Isa::Avx2, Isa::Avx512}) {
    if (std::strcmp(wanted, isa_name(candidate)) != 0) continue;
    if (candidate > best)
      runtime_error("TAPEGRAD_ISA is ", wanted, ", which this processor lacks; the best it has is ",
                    isa_name(best));
    return candidate;
  }
  runtime_error("TAPEGRAD_ISA must be baseline, avx2 or avx512, but is '", wanted, "'");
}

}  // namespace

Isa isa() {
  static const Isa chosen = choose_isa();
  return chosen;
}

const char* isa_name(Isa isa) {
  constexpr const char* names[] = {"baseline", "avx2", "avx512"};
  return names[static_cast<int>(isa)];
}

}  // namespace tg
