// Anomaly detection: while it is on, nodes remember where they were made, and the engine looks for
// nan in what they return and says which call made the node that failed.
#pragma once

#include <memory>
#include <string>

#include "autograd/node.h"

namespace tg {

// Where a node was made, and of which node's backward it is a part (create_graph).
struct Trace {
  std::string text;  // Python's formatted stack; empty where the node is older than the mode
  std::string parent_name;
  std::shared_ptr<const Trace> parent;
  bool has_parent = false;
};

struct Anomaly {
  bool enabled = false;
  bool check_nan = true;
  // Installed by the bindings.
  std::string (*python_stack)() = nullptr;
  void (*warn)(const std::string& message) noexcept = nullptr;
};
extern Anomaly anomaly;  // of the whole process, as in PyTorch

// While it lives, nodes that this thread makes are part of `node`'s backward.
class RunningNode {
 public:
  explicit RunningNode(Node* node);
  ~RunningNode();
  RunningNode(const RunningNode&) = delete;
  RunningNode& operator=(const RunningNode&) = delete;

 private:
  Node* before_;
};

// Raises PyTorch's error where one of the results holds a nan.
void refuse_nan(const Node* node, std::span<const Tensor> results);
// Warns of the call that made `node`, and of the ones that led to it.
void report_failure(const Node* node) noexcept;

}  // namespace tg
