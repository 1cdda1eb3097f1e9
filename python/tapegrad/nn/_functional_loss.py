"""Losses beyond the common ones, re-exported by nn.functional."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence

from .. import _core
from .._core import Tensor

__all__ = [
    "cosine_embedding_loss", "ctc_loss", "gaussian_nll_loss", "hinge_embedding_loss", "huber_loss",
    "kl_div", "l1_loss", "margin_ranking_loss", "multi_margin_loss", "multilabel_margin_loss",
    "multilabel_soft_margin_loss", "poisson_nll_loss", "smooth_l1_loss", "soft_margin_loss",
    "triplet_margin_loss", "triplet_margin_with_distance_loss",
]  # fmt: skip

Flag = bool | None


def reduced(loss: Tensor, reduction: str) -> Tensor:
    """Mean, sum or all of `loss`; ValueError for other reductions."""
    if reduction == "mean":
        return loss.mean()
    if reduction == "sum":
        return loss.sum()
    if reduction == "none":
        return loss
    raise ValueError(f"{reduction} is not a valid value for reduction")


def legacy_reduction(size_average: Flag, reduce: Flag) -> str:
    """The reduction that PyTorch's two old arguments mean; warns about them."""
    size_average = size_average is None or size_average
    reduce = reduce is None or reduce
    reduction = ("mean" if size_average else "sum") if reduce else "none"
    warnings.warn(
        f"size_average and reduce args will be deprecated, please use reduction='{reduction}' instead.",
        stacklevel=3,
    )
    return reduction


def same_sizes(input: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """The two broadcast to one shape; warns where that is necessary."""
    if target.shape == input.shape:
        return input, target
    warnings.warn(
        f"Using a target size ({target.shape}) that is different to the input size "
        f"({input.shape}). This will likely lead "
        "to incorrect results due to broadcasting. Please ensure they have the same size.",
        stacklevel=3,
    )
    expanded_input, expanded_target = _core.broadcast_tensors(input, target)
    return expanded_input, expanded_target


def weighted(loss: Tensor, input: Tensor, weight: Tensor, reduction: str) -> Tensor:
    """`loss` times weights of the input's shape, reduced; the mean is divided by their sum."""
    if weight.shape != input.shape:
        raise ValueError("Weights and input must have the same size.")
    loss = weight * loss
    return loss.sum() / weight.sum() if reduction == "mean" else reduced(loss, reduction)


def l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: Flag = None,
    reduce: Flag = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """Absolute differences; otherwise as mse_loss().

    >>> import tapegrad as tg
    >>> l1_loss(tg.zeros(2), tg.tensor([1.0, -3.0]))
    tensor(2.)
    """
    if size_average is not None or reduce is not None:
        reduction = legacy_reduction(size_average, reduce)
    input, target = same_sizes(input, target)
    loss = (input - target).abs()
    return reduced(loss, reduction) if weight is None else weighted(loss, input, weight, reduction)


def smooth_l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: Flag = None,
    reduce: Flag = None,
    reduction: str = "mean",
    beta: float = 1.0,
) -> Tensor:
    """|input - target|, but quadratic below beta (Girshick 2015).

    Raises RuntimeError for negative beta.

    >>> import tapegrad as tg
    >>> smooth_l1_loss(tg.zeros(2), tg.tensor([0.5, -3.0]), reduction="none")
    tensor([0.1250, 2.5000])
    """
    if size_average is not None or reduce is not None:
        reduction = legacy_reduction(size_average, reduce)
    input, target = same_sizes(input, target)
    return _core._smooth_l1_loss(input, target, reduction, beta)


def huber_loss(
    input: Tensor, target: Tensor, reduction: str = "mean", delta: float = 1.0, weight: Tensor | None = None
) -> Tensor:
    """delta * (|input - target| - delta / 2), but quadratic below delta (Huber 1964).

    weight: factors, of the input's shape. Raises RuntimeError for delta <= 0.

    >>> import tapegrad as tg
    >>> huber_loss(tg.zeros(2), tg.tensor([0.5, -3.0]), reduction="none")
    tensor([0.1250, 2.5000])
    """
    input, target = same_sizes(input, target)
    if weight is None:
        return _core._huber_loss(input, target, reduction, delta)
    if weight.shape != input.shape:
        raise ValueError("Weights and input must have the same size.")
    return reduced(_core._huber_loss(input, target, "none", delta) * weight, reduction)


def kl_div(
    input: Tensor,
    target: Tensor,
    size_average: Flag = None,
    reduce: Flag = None,
    reduction: str = "mean",
    log_target: bool = False,
) -> Tensor:
    """target * (log(target) - input): the Kullback-Leibler divergence of log-probabilities.

    log_target: the target is given as a logarithm. reduction "batchmean" divides the sum by the
    first size.

    >>> import tapegrad as tg
    >>> kl_div(tg.tensor([[0.5, 0.5]]).log(), tg.tensor([[0.25, 0.75]]), reduction="batchmean")
    tensor(0.1308)
    """
    if size_average is not None or reduce is not None:
        reduction = legacy_reduction(size_average, reduce)
    elif reduction == "mean":
        warnings.warn(
            "reduction: 'mean' divides the total loss by both the batch size and the support size."
            "'batchmean' divides only by the batch size, and aligns with the KL div math definition."
            "'mean' will be changed to behave the same as 'batchmean' in the next major release.",
            stacklevel=2,
        )
    if log_target:
        loss = target.exp() * (target - input)
    else:
        loss = target * target.masked_fill(target == 0, 1).log() - target * input
    if reduction == "batchmean":
        return loss.sum() / input.shape[0] if input.dim() else loss.sum()
    return reduced(loss, reduction)


def poisson_nll_loss(
    input: Tensor,
    target: Tensor,
    log_input: bool = True,
    full: bool = False,
    size_average: Flag = None,
    eps: float = 1e-8,
    reduce: Flag = None,
    reduction: str = "mean",
) -> Tensor:
    """exp(input) - target * input, or input - target * log(input + eps) where not log_input: the
    negative log-likelihood of counts.

    full: with Stirling's approximation of the term that depends on the target alone.

    >>> import tapegrad as tg
    >>> poisson_nll_loss(tg.zeros(2), tg.tensor([1.0, 3.0]))
    tensor(1.)
    """
    if size_average is not None or reduce is not None:
        reduction = legacy_reduction(size_average, reduce)
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"{reduction} is not a valid value for reduction")
    loss = input.exp() - target * input if log_input else input - target * (input + eps).log()
    if full:
        stirling = target * target.log() - target + 0.5 * (2 * math.pi * target).log()
        loss = loss + stirling.masked_fill(target <= 1, 0)
    return reduced(loss, reduction)


def gaussian_nll_loss(
    input: Tensor,
    target: Tensor,
    var: Tensor | float,
    full: bool = False,
    eps: float = 1e-6,
    reduction: str = "mean",
) -> Tensor:
    """(log(var) + (input - target)^2 / var) / 2: the negative log-likelihood of normal numbers.

    var: a number, or of the input's shape, or that without the last dimension or with 1 there; cut
    at eps. full: with log(2 pi) / 2. Raises ValueError for other sizes and negative variances.

    >>> import tapegrad as tg
    >>> gaussian_nll_loss(tg.zeros(2), tg.tensor([1.0, 3.0]), tg.ones(2))
    tensor(2.5000)
    """
    if not isinstance(var, Tensor):
        if var < 0:
            raise ValueError("var has negative entry/entries")
        var = var * _core.ones_like(input)
    elif var.shape != input.shape:
        if input.shape[:-1] == var.shape:
            var = var.unsqueeze(-1)
        elif not (
            input.dim() == var.dim()
            and all(a == b or b == 1 for a, b in zip(input.shape, var.shape))
            and sum(a != b for a, b in zip(input.shape, var.shape)) <= 1
        ):
            raise ValueError("var is of incorrect size")
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(reduction + " is not valid")
    if bool((var < 0).any()):
        raise ValueError("var has negative entry/entries")
    var = var.clone()
    with _core.no_grad():
        var.clamp_(min=eps)
    loss = 0.5 * (var.log() + (input - target) ** 2 / var)
    if full:
        loss = loss + 0.5 * math.log(2 * math.pi)
    return reduced(loss, reduction)


def hinge_embedding_loss(
    input: Tensor,
    target: Tensor,
    margin: float = 1.0,
    size_average: Flag = None,
    reduce: Flag = None,
    reduction: str = "mean",
) -> Tensor:
    """input where target is 1, max(0, margin - input) where it is -1.

    >>> import tapegrad as tg
    >>> hinge_embedding_loss(tg.tensor([2.0, 0.5]), tg.tensor([1, -1]), reduction="none")
    tensor([2.0000, 0.5000])
    """
    if size_average is not None or reduce is not None:
        reduction = legacy_reduction(size_average, reduce)
    apart = _core.where(target != 1, (float(margin) - input).clamp_min(0), 0)
    together = _core.where(target != -1, input, 0)
    return reduced(apart + together, reduction)


def margin_ranking_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0,
    size_average: Flag = None,
    reduce: Flag = None,
    reduction: str = "mean",
) -> Tensor:
    """max(0, margin - target * (input1 - input2)): target 1 wants the first to be greater, -1 the
    second.

    >>> import tapegrad as tg
    >>> margin_ranking_loss(tg.tensor([1.0]), tg.tensor([3.0]), tg.tensor([1]))
    tensor(2.)
    """
    if size_average is not None or reduce is not None:
        reduction = legacy_reduction(size_average, reduce)
    if not input1.dim() == input2.dim() == target.dim():
        raise RuntimeError(
            "margin_ranking_loss : All input tensors should have same dimension but got sizes: "
            f"input1: {input1.size()}, input2: {input2.size()}, target: {target.size()} "
        )
    return reduced((-target * (input1 - input2) + float(margin)).clamp_min(0), reduction)


def cosine_embedding_loss(
    input1: Tensor,
    input2: Tensor,
    target: Tensor,
    margin: float = 0,
    size_average: Flag = None,
    reduce: Flag = None,
    reduction: str = "mean",
) -> Tensor:
    """1 - cos where target is 1, max(0, cos - margin) where it is -1, cos the cosine of the angle
    between two vectors (D) or (N, D).

    >>> import tapegrad as tg
    >>> cosine_embedding_loss(tg.eye(2), tg.ones(2, 2), tg.tensor([1, -1]), reduction="none")
    tensor([0.2929, 0.7071])
    """
    if size_average is not None or reduce is not None:
        reduction = legacy_reduction(size_average, reduce)
    if target.dim() not in (0, 1):
        raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
    if target.dim() == 1 and input1.dim() != 2:
        raise RuntimeError(
            "1D target tensor expects 2D input tensors, but found inputs with sizes "
            f"{list(input1.shape)} and {list(input2.shape)}."
        )
    if target.dim() == 0 and input1.dim() != 1:
        raise RuntimeError(
            "0D target tensor expects 1D input tensors, but found inputs with sizes "
            f"{list(input1.shape)} and {list(input2.shape)}."
        )
    dim = target.dim()
    product = (input1 * input2).sum(dim)
    squares = ((input1 * input1).sum(dim) + 1e-12) * ((input2 * input2).sum(dim) + 1e-12)
    cosine = product / squares.sqrt()
    loss = _core.where(target == 1, 1 - cosine, 0) + _core.where(target == -1, (cosine - float(margin)).clamp_min(0), 0)
    return reduced(loss, reduction)


def soft_margin_loss(
    input: Tensor, target: Tensor, size_average: Flag = None, reduce: Flag = None, reduction: str = "mean"
) -> Tensor:
    """log(1 + exp(-target * input)) for targets 1 and -1.

    >>> import tapegrad as tg
    >>> soft_margin_loss(tg.zeros(2), tg.tensor([1.0, -1.0]))
    tensor(0.6931)
    """
    if size_average is not None or reduce is not None:
        reduction = legacy_reduction(size_average, reduce)
    return _core._soft_margin_loss(input, target, reduction)


def multilabel_margin_loss(
    input: Tensor, target: Tensor, size_average: Flag = None, reduce: Flag = None, reduction: str = "mean"
) -> Tensor:
    """The sum over target classes j and other classes i of max(0, 1 - input[j] + input[i]), over
    the number of classes. input: (C) or (N, C); target: the same shape, classes up to the first -1.

    >>> import tapegrad as tg
    >>> multilabel_margin_loss(tg.tensor([0.1, 0.2, 0.4, 0.8]), tg.tensor([3, 0, -1, 1]))
    tensor(0.8500)
    """
    if size_average is not None or reduce is not None:
        reduction = legacy_reduction(size_average, reduce)
    return _core._multilabel_margin_loss(input, target, reduction)


def multilabel_soft_margin_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: Flag = None,
    reduce: Flag = None,
    reduction: str = "mean",
) -> Tensor:
    """binary_cross_entropy_with_logits() averaged over the classes, the last dimension.

    >>> import tapegrad as tg
    >>> multilabel_soft_margin_loss(tg.zeros(1, 2), tg.tensor([[1.0, 0.0]]))
    tensor(0.6931)
    """
    if size_average is not None or reduce is not None:
        reduction = legacy_reduction(size_average, reduce)
    loss = -(target * _core._log_sigmoid(input) + (1 - target) * _core._log_sigmoid(-input))
    if weight is not None:
        loss = loss * weight
    return reduced(loss.sum(-1) / input.shape[-1], reduction)


def multi_margin_loss(
    input: Tensor,
    target: Tensor,
    p: int = 1,
    margin: float = 1.0,
    weight: Tensor | None = None,
    size_average: Flag = None,
    reduce: Flag = None,
    reduction: str = "mean",
) -> Tensor:
    """The sum over classes j other than the target of max(0, margin - input[target] + input[j])^p,
    over the number of classes, times weight[target]. input: (C) or (N, C).

    Raises ValueError where p is neither 1 nor 2, RuntimeError for shapes that do not fit.

    >>> import tapegrad as tg
    >>> multi_margin_loss(tg.tensor([[0.1, 0.2, 0.4, 0.8]]), tg.tensor([3]))
    tensor(0.3250)
    """
    if size_average is not None or reduce is not None:
        reduction = legacy_reduction(size_average, reduce)
    if p not in (1, 2):
        raise ValueError("only p == 1 and p == 2 supported")
    if weight is not None and weight.dim() != 1:
        raise ValueError("weight must be one-dimensional")
    return _core._multi_margin_loss(input, target, p, margin, weight, reduction)


def _triplet(positive: Tensor, negative: Tensor, other: Tensor | None, margin: float, reduction: str) -> Tensor:
    if other is not None:
        negative = _core.minimum(negative, other)
    return reduced((float(margin) + positive - negative).clamp_min(0), reduction)


def triplet_margin_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    margin: float = 1.0,
    p: float = 2,
    eps: float = 1e-6,
    swap: bool = False,
    size_average: Flag = None,
    reduce: Flag = None,
    reduction: str = "mean",
) -> Tensor:
    """max(0, d(anchor, positive) - d(anchor, negative) + margin), d the p-norm of the difference
    (Balntas et al. 2016).

    swap: takes d(positive, negative) where that is the smaller negative distance. Raises ValueError
    for margin <= 0.

    >>> import tapegrad as tg
    >>> triplet_margin_loss(tg.zeros(1, 2), tg.ones(1, 2), tg.zeros(1, 2))
    tensor(2.4142)
    """
    if size_average is not None or reduce is not None:
        reduction = legacy_reduction(size_average, reduce)
    if margin <= 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")
    if not anchor.dim() == positive.dim() == negative.dim():
        raise RuntimeError(
            "The anchor, positive, and negative tensors are expected to have the same number of "
            f"dimensions, but got: anchor {anchor.dim()}D, positive {positive.dim()}D, and negative "
            f"{negative.dim()}D inputs"
        )
    from ._functional_distance import pairwise_distance

    swapped = pairwise_distance(positive, negative, p, eps) if swap else None
    near, far = pairwise_distance(anchor, positive, p, eps), pairwise_distance(anchor, negative, p, eps)
    return _triplet(near, far, swapped, margin, reduction)


def triplet_margin_with_distance_loss(
    anchor: Tensor,
    positive: Tensor,
    negative: Tensor,
    *,
    distance_function: Callable[[Tensor, Tensor], Tensor] | None = None,
    margin: float = 1.0,
    swap: bool = False,
    reduction: str = "mean",
) -> Tensor:
    """triplet_margin_loss() with any distance; by default pairwise_distance().

    >>> import tapegrad as tg
    >>> def city_block(a, b):
    ...     return (a - b).abs().sum(1)
    >>> triplet_margin_with_distance_loss(
    ...     tg.zeros(1, 2), tg.ones(1, 2), tg.zeros(1, 2), distance_function=city_block
    ... )
    tensor(3.)
    """
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f"{reduction} is not a valid value for reduction")
    if margin <= 0:
        raise ValueError(f"margin must be greater than 0, got {margin}")
    if not anchor.dim() == positive.dim() == negative.dim():
        raise RuntimeError(
            "The anchor, positive, and negative tensors are expected to have the same number of "
            f"dimensions, but got: anchor {anchor.dim()}D, positive {positive.dim()}D, and negative "
            f"{negative.dim()}D inputs"
        )
    from ._functional_distance import pairwise_distance

    distance = distance_function or pairwise_distance
    near, far = distance(anchor, positive), distance(anchor, negative)
    return _triplet(near, far, distance(positive, negative) if swap else None, margin, reduction)


def ctc_loss(
    log_probs: Tensor,
    targets: Tensor,
    input_lengths: Tensor | Sequence[int],
    target_lengths: Tensor | Sequence[int],
    blank: int = 0,
    reduction: str = "mean",
    zero_infinity: bool = False,
) -> Tensor:
    """-log probability of the target sequences under all alignments (Graves et al. 2006).

    log_probs: (T, N, C) or (T, C); targets: (N, S), or all in one row; the lengths: one for each
    sequence. reduction "mean" divides each loss by the target's length first. zero_infinity: 0
    where no alignment exists.

    >>> import tapegrad as tg
    >>> steps = tg.zeros(3, 1, 2).log_softmax(2)
    >>> ctc_loss(steps, tg.tensor([[1]]), (3,), (1,), reduction="sum")
    tensor(0.2877)
    """
    if reduction not in ("none", "mean", "sum"):
        raise ValueError(f"{reduction} is not a valid value for reduction")
    inputs, lengths = (
        [int(n) for n in (x.reshape(-1).tolist() if isinstance(x, Tensor) else x)]
        for x in (input_lengths, target_lengths)
    )
    loss = _core._ctc_loss(log_probs, targets, inputs, lengths, blank, zero_infinity)
    if reduction != "mean":
        return reduced(loss, reduction)
    divisors = _core.tensor(lengths, dtype=loss.dtype).clamp_min_(1)
    return (loss / divisors).mean()
