// Per-thread switches: recording (no_grad, enable_grad) and inference mode.
#pragma once

#include "core/thread_local.h"

namespace tg {

struct GradMode {
  bool enabled = true;
};
inline TG_THREAD_LOCAL GradMode grad_mode;

class GradModeGuard {
 public:
  explicit GradModeGuard(bool enabled) : before_(grad_mode.enabled) { grad_mode.enabled = enabled; }
  ~GradModeGuard() { grad_mode.enabled = before_; }
  GradModeGuard(const GradModeGuard&) = delete;
  GradModeGuard& operator=(const GradModeGuard&) = delete;

 private:
  bool before_;
};

}  // namespace tg
