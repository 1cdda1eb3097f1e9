#include "core/allocator.h"

#include <sys/mman.h>

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <utility>
#include <vector>

#include "core/error.h"

namespace tg {
namespace {

using detail::free_lists;
using detail::FreeBlock;
using detail::kGrain;
using detail::kSmallLimit;

constexpr size_t kSlabBytes = 1 << 16;
constexpr int64_t kHugeBytes = int64_t{2} << 20;
constexpr int64_t kCacheLimit = int64_t{1} << 30;  // freed bytes kept at most

// While allocations are counted the lists are put aside, so that every request comes to the slow
// path.
FreeBlock* set_aside[kSmallLimit / kGrain + 1];
int64_t fail_countdown = 0;
int64_t allocated = 0, cached = 0;

// Large sizes are rounded up to four classes an octave, so a freed block fits the next request of
// about its size.
int64_t round_up(int64_t bytes) {
  const int shift = std::max(0, int(std::bit_width(uint64_t(bytes - 1))) - 3);
  const int64_t step = std::max<int64_t>(int64_t{1} << shift, 64);
  return (bytes + step - 1) / step * step;
}
int size_class(int64_t rounded) {  // octave and quarter of a rounded size
  const int octave = std::bit_width(uint64_t(rounded - 1));
  return octave * 8 + int((rounded - 1) >> std::max(0, octave - 3)) % 8;
}
std::vector<void*> large_lists[64 * 8];

[[noreturn]] void out_of_memory(int64_t bytes) {
  fail(ErrorKind::OutOfMemory, "DefaultCPUAllocator: can't allocate memory: you tried to allocate ",
       bytes, " bytes. Error code 12 (Cannot allocate memory)");
}

void count_towards_failure(int64_t bytes) {
  if (fail_countdown > 0 && --fail_countdown == 0) {
    fail_countdown = 1;
    fail_allocation_after(0);
    out_of_memory(bytes);
  }
}

#ifndef TAPEGRAD_SYSTEM_MALLOC
void* refill(size_t index) {
  const size_t block = index * kGrain;
  char* slab = static_cast<char*>(std::aligned_alloc(64, kSlabBytes));
  if (!slab) out_of_memory(int64_t(block));
  // The first block is handed out, the rest are chained in address order.
  const size_t count = kSlabBytes / block;
  FreeBlock* head = nullptr;
  for (size_t i = count - 1; i > 0; --i) {
    auto* entry = reinterpret_cast<FreeBlock*>(slab + i * block);
    entry->next = head;
    head = entry;
  }
  free_lists[index] = head;
  return slab;
}
#endif

void* large_alloc(int64_t bytes) {
  const int64_t rounded = round_up(bytes);
  auto& list = large_lists[size_class(rounded)];
  allocated += rounded;
  if (!list.empty()) {
    void* block = list.back();
    list.pop_back();
    cached -= rounded;
    return block;
  }
  const bool huge = rounded >= kHugeBytes;
  const size_t alignment = huge ? size_t(kHugeBytes) : 64;
  const size_t total = (size_t(rounded) + alignment - 1) / alignment * alignment;
  void* block = std::aligned_alloc(alignment, total);
  if (!block) {
    empty_cache();
    block = std::aligned_alloc(alignment, total);
  }
  if (!block) {
    allocated -= rounded;
    out_of_memory(bytes);
  }
#ifdef MADV_HUGEPAGE
  if (huge) madvise(block, total, MADV_HUGEPAGE);
#endif
  return block;
}

}  // namespace

void* detail::small_alloc_slow(size_t bytes) {
  if (bytes > kSmallLimit) return data_alloc(int64_t(bytes));
  if (fail_countdown) count_towards_failure(int64_t(bytes));
#ifdef TAPEGRAD_SYSTEM_MALLOC
  void* block = std::malloc(bytes ? bytes : 1);
  if (!block) out_of_memory(int64_t(bytes));
  return block;
#else
  const size_t index = (bytes + kGrain - 1) / kGrain;
  if (!fail_countdown) return refill(index);
  FreeBlock* block = set_aside[index];
  if (!block) {
    void* fresh = refill(index);
    set_aside[index] = std::exchange(free_lists[index], nullptr);
    return fresh;
  }
  set_aside[index] = block->next;
  return block;
#endif
}

void detail::small_free_slow(void* block, size_t bytes) noexcept {
  if (bytes > kSmallLimit) return data_free(block, int64_t(bytes));
  std::free(block);  // only with TAPEGRAD_SYSTEM_MALLOC
}

void* data_alloc(int64_t bytes) {
  if (bytes <= int64_t(kSmallLimit)) return small_alloc(bytes > 0 ? size_t(bytes) : 1);
  if (fail_countdown) count_towards_failure(bytes);
#ifdef TAPEGRAD_SYSTEM_MALLOC
  void* block =
      bytes < (int64_t{1} << 46) ? std::aligned_alloc(64, (size_t(bytes) + 63) / 64 * 64) : nullptr;
  if (!block) out_of_memory(bytes);
  return block;
#else
  if (bytes >= (int64_t{1} << 46)) out_of_memory(bytes);
  return large_alloc(bytes);
#endif
}

void data_free(void* block, int64_t bytes) noexcept {
  if (bytes <= int64_t(kSmallLimit)) return small_free(block, bytes > 0 ? size_t(bytes) : 1);
#ifdef TAPEGRAD_SYSTEM_MALLOC
  std::free(block);
#else
  const int64_t rounded = round_up(bytes);
  allocated -= rounded;
  if (cached + rounded > kCacheLimit) {
    std::free(block);
    return;
  }
  try {
    large_lists[size_class(rounded)].push_back(block);
    cached += rounded;
  } catch (...) {
    std::free(block);
  }
#endif
}

MemoryStats memory_stats() noexcept { return {allocated, cached}; }

void empty_cache() noexcept {
  for (auto& list : large_lists) {
    for (void* block : list) std::free(block);
    list.clear();
  }
  cached = 0;
}

void fail_allocation_after(int64_t n) noexcept {
  if (fail_countdown == 0 && n > 0) {
    for (size_t i = 0; i < std::size(set_aside); ++i)
      set_aside[i] = std::exchange(free_lists[i], nullptr);
  } else if (n == 0) {
    for (size_t i = 0; i < std::size(set_aside); ++i) {  // join what was freed meanwhile
      while (FreeBlock* block = set_aside[i]) {
        set_aside[i] = block->next;
        block->next = free_lists[i];
        free_lists[i] = block;
      }
    }
  }
  fail_countdown = n;
}

}  // namespace tg
