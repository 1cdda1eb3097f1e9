#include "autograd/anomaly.h"

#include "autograd/grad_mode.h"
#include "autograd/view.h"

namespace tg {

Anomaly anomaly;

namespace {
TG_THREAD_LOCAL Node* running = nullptr;
}

RunningNode::RunningNode(Node* node) : before_(std::exchange(running, node)) {}
RunningNode::~RunningNode() { running = before_; }

void note_trace(Node* node) {
  auto trace = std::make_shared<Trace>();
  if (anomaly.python_stack) trace->text = anomaly.python_stack();
  if (running) {
    trace->has_parent = true;
    trace->parent_name = running->name();
    if (running->extra) trace->parent = running->extra->trace;
  }
  node->make_extra().trace = std::move(trace);
}

void refuse_nan(const Node* node, std::span<const Tensor> results) {
  GradModeGuard off(false);
  for (size_t i = 0; i < results.size(); ++i)
    if (results[i].defined() && engine_ops::has_nan(results[i]))
      runtime_error("Function '", node->name(), "' returned nan values in its ", i, "th output.");
}

namespace {
void report(const Node* node) {
  const std::string unknown =
      ". No forward pass information available. Enable detect anomaly during forward pass for "
      "more information.";
  const Trace* trace = node->extra ? node->extra->trace.get() : nullptr;
  if (!trace || trace->text.empty()) {
    anomaly.warn(join_text("Error detected in ", node->name(), unknown));
  } else {
    anomaly.warn(join_text("Error detected in ", node->name(),
                           ". Traceback of forward call that caused the error:\n", trace->text));
  }
  while (trace && trace->has_parent) {
    const std::string& name = trace->parent_name;
    trace = trace->parent.get();
    if (!trace || trace->text.empty()) {
      anomaly.warn(join_text("Error detected in ", name, unknown));
    } else {
      anomaly.warn(join_text("\n\nPrevious calculation was induced by ", name,
                             ". Traceback of forward call that induced the previous "
                             "calculation:\n",
                             trace->text));
    }
  }
}
}  // namespace

void report_failure(const Node* node) noexcept {
  if (!anomaly.warn) return;
  try {
    report(node);
  } catch (const std::bad_alloc&) {  // the error itself is on its way
  }
}

}  // namespace tg
