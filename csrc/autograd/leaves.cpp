#include "autograd/leaves.h"

#include <algorithm>
#include <unordered_set>
#include <vector>

#include "autograd/record.h"

namespace tg {

bool reaches_other_leaf(std::span<const Tensor> outputs, std::span<const Tensor> known) {
  std::vector<const Node*> waiting;
  std::unordered_set<const Node*> seen;
  // False: a leaf that is not known.
  auto follow = [&](const Edge& edge) {
    if (!edge) return true;
    if (edge.is_leaf())
      return std::any_of(known.begin(), known.end(),
                         [&](const Tensor& t) { return t.impl() == edge.leaf(); });
    if (seen.insert(edge.node()).second) waiting.push_back(edge.node());
    return true;
  };
  for (const Tensor& output : outputs)
    if (!follow(gradient_edge(output))) return true;
  while (!waiting.empty()) {
    const Node* node = waiting.back();
    waiting.pop_back();
    for (uint32_t i = 0; i < node->edge_count; ++i)
      if (!follow(node->edges[i])) return true;
  }
  return false;
}

}  // namespace tg
