// Memory for everything the library makes. Two levels:
//   small_alloc  objects of up to 512 bytes (tensors, nodes, tiny payloads): free lists in 16-byte
//   classes; data_alloc   tensor payloads of any size: small ones as above, large ones from a cache
//   of freed blocks,
//                64-byte aligned, on huge pages from 2 MiB up.
// Callers hold the GIL (or are single-threaded), so nothing here locks.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tg {

namespace detail {
inline constexpr size_t kGrain = 16, kSmallLimit = 512;
struct FreeBlock {
  FreeBlock* next;
};
inline constinit FreeBlock* free_lists[kSmallLimit / kGrain + 1] = {};
void* small_alloc_slow(
    size_t bytes);  // an empty list, a large size, or a test that counts allocations
void small_free_slow(void* block, size_t bytes) noexcept;
}  // namespace detail

inline void* small_alloc(size_t bytes) {  // throws Error(OutOfMemory)
#ifndef TAPEGRAD_SYSTEM_MALLOC
  if (bytes <= detail::kSmallLimit) [[likely]] {
    detail::FreeBlock*& list = detail::free_lists[(bytes + detail::kGrain - 1) / detail::kGrain];
    if (detail::FreeBlock* block = list) [[likely]] {
      list = block->next;
      return block;
    }
  }
#endif
  return detail::small_alloc_slow(bytes);
}

inline void small_free(void* block, size_t bytes) noexcept {
#ifndef TAPEGRAD_SYSTEM_MALLOC
  if (bytes <= detail::kSmallLimit) [[likely]] {
    auto* entry = static_cast<detail::FreeBlock*>(block);
    detail::FreeBlock*& list = detail::free_lists[(bytes + detail::kGrain - 1) / detail::kGrain];
    entry->next = list;
    list = entry;
    return;
  }
#endif
  detail::small_free_slow(block, bytes);
}

void* data_alloc(int64_t bytes);  // throws Error(OutOfMemory); never null, also for 0 bytes
void data_free(void* block, int64_t bytes) noexcept;

struct MemoryStats {
  int64_t allocated_bytes;  // payload bytes of live tensors beyond the small classes
  int64_t cached_bytes;     // freed blocks kept for reuse
};
MemoryStats memory_stats() noexcept;
void empty_cache() noexcept;

// Test hook: the n-th allocation from now fails (0 switches it off). While it counts, nothing is
// served from the free lists of small blocks.
void fail_allocation_after(int64_t n) noexcept;

// Gives a class operator new and delete from the small lists.
template <class T>
struct SmallAllocated {
  static void* operator new(size_t bytes) { return small_alloc(bytes); }
  static void operator delete(void* block, size_t bytes) noexcept { small_free(block, bytes); }
};

}  // namespace tg
