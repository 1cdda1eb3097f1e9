// Lists of hooks, by the order of their registration. Removing one leaves an entry without a hook
// behind, so that it takes no time to close the gap; what calls hooks passes over these.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

namespace tg {

template <class Entry>
void add_hook(std::vector<Entry>& hooks, Entry entry) {
  if (hooks.size() == hooks.capacity())
    std::erase_if(hooks, [](const Entry& e) { return !e.hook; });
  hooks.push_back(std::move(entry));
}

template <class Entry>
bool remove_hook(std::vector<Entry>& hooks, uint64_t id) {
  const auto at = std::lower_bound(hooks.begin(), hooks.end(), id,
                                   [](const Entry& e, uint64_t sought) { return e.id < sought; });
  if (at == hooks.end() || at->id != id || !at->hook) return false;
  const auto gone = std::move(at->hook);  // its end may run Python: the list is consistent by then
  at->hook = nullptr;
  while (!hooks.empty() && !hooks.back().hook) hooks.pop_back();
  return true;
}

}  // namespace tg
