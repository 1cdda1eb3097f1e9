// Losses that nn/functional.py gives PyTorch's arguments; reduction is "none", "mean" or "sum".
#include "bindings/bind.h"
#include "ops/ctc_loss.h"
#include "ops/element_loss.h"

namespace tg {

void bind_element_losses(Binder& b) {
  b.def("_smooth_l1_loss", {fn(&smooth_l1_loss, "input, target, reduction='mean', beta=1.0")},
        kFunction, "|input - target|, but quadratic below beta.");
  b.def("_huber_loss", {fn(&huber_loss, "input, target, reduction='mean', delta=1.0")}, kFunction,
        "delta * |input - target|, but quadratic below delta.");
  b.def("_soft_margin_loss", {fn(&soft_margin_loss, "input, target, reduction='mean'")}, kFunction,
        "log(1 + exp(-target * input)).");
  b.def("_multi_margin_loss",
        {fn(&multi_margin_loss,
            "input, target, p=1, margin=1, weight=None, "
            "reduction='mean'")},
        kFunction, "How far other classes come within the margin of the target's score.");
  b.def("_multilabel_margin_loss", {fn(&multilabel_margin_loss, "input, target, reduction='mean'")},
        kFunction, "How far other classes come within 1 of the scores of the targets.");
  b.def("_ctc_loss",
        {fn(&ctc_loss,
            "log_probs, targets, input_lengths, target_lengths, blank=0, "
            "zero_infinity=False")},
        kFunction, "-log probability of the targets under all alignments, for each sequence.");
}

}  // namespace tg
