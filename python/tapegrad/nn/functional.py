"""Activations, losses and dropout as functions."""

from __future__ import annotations

import warnings
from typing import Any

from .. import _core
from .._core import Tensor
from . import _functional_conv, _functional_resample, _functions
from ._functional_conv import *  # noqa: F403 (the list is there)
from ._functional_resample import *  # noqa: F403 (the list is there)

__all__ = [
    "binary_cross_entropy", "binary_cross_entropy_with_logits", "cross_entropy", "dropout", "gelu",
    "l1_loss", "leaky_relu", "linear", "log_softmax", "mse_loss", "nll_loss", "one_hot", "relu",
    "sigmoid", "softmax", "softplus", "tanh",
]  # fmt: skip
__all__ += _functional_conv.__all__
__all__ += _functional_resample.__all__


# --- layers and activations -----------------------------------------------------------------------
def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """input @ weight.T + bias. input: (*, in), weight: (out, in) or (in), bias: (out); returns (*,
    out).

    >>> import tapegrad as tg
    >>> linear(tg.ones(1, 2), tg.tensor([[1.0, 2.0]]), tg.tensor([0.5]))
    tensor([[3.5000]])
    """
    return _core.linear(input, weight, bias)


def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """max(input, 0).

    >>> import tapegrad as tg
    >>> relu(tg.tensor([-1.0, 2.0]))
    tensor([0., 2.])
    """
    return input.relu_() if inplace else _core.relu(input)


def tanh(input: Tensor) -> Tensor:
    """Hyperbolic tangent.

    >>> import tapegrad as tg
    >>> tanh(tg.zeros(1))
    tensor([0.])
    """
    return _core.tanh(input)


def sigmoid(input: Tensor) -> Tensor:
    """1 / (1 + exp(-input)).

    >>> import tapegrad as tg
    >>> sigmoid(tg.zeros(1))
    tensor([0.5000])
    """
    return _core.sigmoid(input)


def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """input where it is positive, negative_slope * input elsewhere.

    >>> import tapegrad as tg
    >>> leaky_relu(tg.tensor([-1.0, 2.0]), 0.5)
    tensor([-0.5000,  2.0000])
    """
    result: Tensor = _functions.LeakyRelu.apply(input, negative_slope)
    return input.copy_(result) if inplace else result


def softplus(input: Tensor, beta: float = 1.0, threshold: float = 20.0) -> Tensor:
    """log(1 + exp(beta * input)) / beta; input itself where beta * input is above the threshold.

    >>> import tapegrad as tg
    >>> softplus(tg.tensor([0.0, 30.0]))
    tensor([ 0.6931, 30.0000])
    """
    result: Tensor = _functions.Softplus.apply(input, beta, threshold)
    return result


def gelu(input: Tensor, approximate: str = "none") -> Tensor:
    """input times the normal distribution function of input; approximate: "none" or "tanh".

    >>> import tapegrad as tg
    >>> gelu(tg.tensor([-1.0, 1.0]))
    tensor([-0.1587,  0.8413])
    """
    if approximate not in ("none", "tanh"):
        raise RuntimeError("approximate argument must be either none or tanh.")
    result: Tensor = _functions.Gelu.apply(input, approximate == "tanh")
    return result


def _implicit_dim(name: str, input: Tensor, stacklevel: int) -> int:
    warnings.warn(
        f"Implicit dimension choice for {name} has been deprecated. Change the call to include dim=X as an argument.",
        stacklevel=stacklevel + 1,
    )
    return 0 if input.dim() in (0, 1, 3) else 1


def softmax(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    """exp(input) over its sum along `dim`, computed without overflow.

    >>> import tapegrad as tg
    >>> softmax(tg.zeros(2), 0)
    tensor([0.5000, 0.5000])
    """
    if dim is None:
        dim = _implicit_dim("softmax", input, _stacklevel)
    return _core.softmax(input, dim) if dtype is None else _core.softmax(input, dim, dtype=dtype)


def log_softmax(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    """Logarithm of softmax.

    >>> import tapegrad as tg
    >>> log_softmax(tg.zeros(2), 0)
    tensor([-0.6931, -0.6931])
    """
    if dim is None:
        dim = _implicit_dim("log_softmax", input, _stacklevel)
    return _core.log_softmax(input, dim) if dtype is None else _core.log_softmax(input, dim, dtype=dtype)


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """While training, sets elements to zero with probability p and divides the others by 1 - p.

    Raises ValueError for p outside [0, 1].

    >>> import tapegrad as tg
    >>> dropout(tg.ones(3), 0.5, training=False)
    tensor([1., 1., 1.])
    """
    if p < 0.0 or p > 1.0:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
    if p == 0 or not training or input.numel() == 0:
        return input
    with _core.no_grad():
        noise = _core.zeros_like(input) if p == 1 else _core.empty_like(input).bernoulli_(1 - p).div_(1 - p)
    return input.mul_(noise) if inplace else input * noise


def one_hot(tensor: Tensor, num_classes: int = -1) -> Tensor:
    """Ones at the places that `tensor` names: int64 (*) to int64 (*, num_classes); by default as
    many as needed.

    Raises RuntimeError for other dtypes and for values outside [0, num_classes).

    >>> import tapegrad as tg
    >>> one_hot(tg.tensor([0, 2]))
    tensor([[1, 0, 0],
            [0, 0, 1]])
    """
    if tensor.dtype != _core.int64:
        raise RuntimeError("one_hot is only applicable to index tensor of type LongTensor.")
    if tensor.numel() == 0:
        if num_classes <= 0:
            raise RuntimeError("Can not infer total number of classes from empty tensor.")
        return _core.empty((*tensor.shape, num_classes), dtype=_core.int64)
    if tensor.min().item() < 0:
        raise RuntimeError("Class values must be non-negative.")
    largest = int(tensor.max().item())
    if num_classes == -1:
        num_classes = largest + 1
    elif num_classes < 1:
        raise RuntimeError("num_classes should be positive")
    elif largest >= num_classes:
        raise RuntimeError("Class values must be smaller than num_classes.")
    zeros = _core.zeros((*tensor.shape, num_classes), dtype=_core.int64)
    return zeros.scatter_(-1, tensor.unsqueeze(-1), 1)


# --- losses ---------------------------------------------------------------------------------------
def _reduced(loss: Tensor, reduction: str) -> Tensor:
    """Mean, sum or all of `loss`; ValueError for other reductions."""
    if reduction == "mean":
        return loss.mean()
    if reduction == "sum":
        return loss.sum()
    if reduction == "none":
        return loss
    raise ValueError(f"{reduction} is not a valid value for reduction")


def legacy_reduction(size_average: bool | None, reduce: bool | None) -> str:
    """The reduction that PyTorch's two old arguments mean; warns about them."""
    size_average = size_average is None or size_average
    reduce = reduce is None or reduce
    reduction = ("mean" if size_average else "sum") if reduce else "none"
    warnings.warn(
        f"size_average and reduce args will be deprecated, please use reduction='{reduction}' instead.",
        stacklevel=3,
    )
    return reduction


def _same_sizes(input: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
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


def mse_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """Squared differences; reduction: "mean", "sum" or "none". weight: of the input's shape; the
    mean is a weighted one.

    Warns where the shapes differ, then broadcasts.

    >>> import tapegrad as tg
    >>> mse_loss(tg.zeros(2), tg.tensor([1.0, 3.0]))
    tensor(5.)
    """
    if size_average is not None or reduce is not None:
        reduction = legacy_reduction(size_average, reduce)
    if target.shape != input.shape:
        input, target = _same_sizes(input, target)
    if weight is None:
        return _core.mse_loss(input, target, reduction)
    if weight.shape != input.shape:
        raise ValueError("Weights and input must have the same size.")
    loss = weight * (input - target).square()
    return loss.sum() / weight.sum() if reduction == "mean" else _reduced(loss, reduction)


def l1_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
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
    input, target = _same_sizes(input, target)
    loss = (input - target).abs()
    if weight is None:
        return _reduced(loss, reduction)
    if weight.shape != input.shape:
        raise ValueError("Weights and input must have the same size.")
    loss = weight * loss
    return loss.sum() / weight.sum() if reduction == "mean" else _reduced(loss, reduction)


def nll_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """-input[target] of log-probabilities (C), (N, C) or (N, C, d1, ...) and class indices () or
    (N, d1, ...).

    weight: one factor a class; the mean divides by the factors' sum. Targets that equal
    ignore_index do not count.

    >>> import tapegrad as tg
    >>> nll_loss(tg.tensor([[-1.0, -2.0]]), tg.tensor([1]))
    tensor(2.)
    """
    if size_average is not None or reduce is not None:
        reduction = legacy_reduction(size_average, reduce)
    return _core._nll_loss(input, target, weight, ignore_index, reduction)


def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """Cross entropy of logits (C), (N, C) or (N, C, d1, ...) and class indices, or probabilities of
    the logits' shape.

    weight and ignore_index: as in nll_loss(). label_smoothing: share of the target that all classes
    get evenly.
    Raises RuntimeError for shapes, dtypes and options that do not fit, ValueError for an unknown
    reduction.

    >>> import tapegrad as tg
    >>> cross_entropy(tg.zeros(1, 2), tg.tensor([0]))
    tensor(0.6931)
    """
    if size_average is not None or reduce is not None:
        reduction = legacy_reduction(size_average, reduce)
    class_dim = 0 if input.dim() == 1 else 1
    if input.shape == target.shape:
        if not target.is_floating_point():
            name = target.type().rpartition(".")[2].removesuffix("Tensor")
            raise RuntimeError(f"Expected floating point type for target with class probabilities, got {name}")
        if ignore_index >= 0:
            raise RuntimeError("ignore_index is not supported for floating point target")
        return _soft_cross_entropy(input, target, weight, reduction, label_smoothing, class_dim)
    log_probabilities = _core.log_softmax(input, class_dim)
    loss = _core._nll_loss(log_probabilities, target, weight, ignore_index, reduction)
    if label_smoothing <= 0.0:
        return loss
    _check_smoothing(label_smoothing)
    smooth = _smooth_loss(log_probabilities, target, weight, ignore_index, reduction, class_dim)
    return (1 - label_smoothing) * loss + smooth * (label_smoothing / input.shape[class_dim])


def _check_smoothing(label_smoothing: float) -> None:
    if label_smoothing > 1.0:
        raise RuntimeError(f"label_smoothing must be between 0.0 and 1.0. Got: {label_smoothing:g}")


def _by_class(weight: Tensor, like: Tensor, class_dim: int) -> Tensor:
    shape = [1] * like.dim()
    shape[class_dim] = weight.shape[0]
    return weight.view(shape)


def _smooth_loss(
    log_probabilities: Tensor,
    target: Tensor,
    weight: Tensor | None,
    ignore_index: int,
    reduction: str,
    class_dim: int,
) -> Tensor:
    """Sum over the classes of -log p, reduced like the loss of the targets."""
    if weight is None:
        smooth = -log_probabilities.sum(class_dim)
    else:
        smooth = -(log_probabilities * _by_class(weight, log_probabilities, class_dim)).sum(class_dim)
    ignored = target == ignore_index
    smooth = smooth.masked_fill(ignored, 0.0)
    if reduction != "mean":
        return _reduced(smooth, reduction)
    counted = ~ignored
    if weight is None:
        return smooth.sum() / counted.sum()
    return smooth.sum() / weight.gather(0, target.masked_select(counted).flatten()).sum()


def _soft_cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None,
    reduction: str,
    label_smoothing: float,
    class_dim: int,
) -> Tensor:
    classes = input.shape[class_dim]
    if weight is not None and not (weight.dim() == 1 and weight.numel() == classes):
        raise RuntimeError(
            f"cross_entropy: weight tensor should be defined either for all {classes} classes or "
            "no classes but got "
            f"weight tensor of shape: {list(weight.shape)}"
        )
    log_probabilities = _core.log_softmax(input, class_dim)
    if label_smoothing > 0.0:
        _check_smoothing(label_smoothing)
        target = target * (1 - label_smoothing) + label_smoothing / classes
    loss = log_probabilities * target
    if weight is not None:
        loss = loss * _by_class(weight, loss, class_dim)
    if reduction == "mean":
        # The number of distributions; 0 elements give nan.
        return -loss.sum() / (input.numel() / classes) if input.numel() else -loss.sum() * float("nan")
    return -loss.sum(class_dim) if reduction == "none" else -_reduced(loss, reduction)


def binary_cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
) -> Tensor:
    """-(target * log(input) + (1 - target) * log(1 - input)) * weight of probabilities; the
    logarithms end at -100.

    Raises ValueError where the shapes differ, RuntimeError for probabilities outside [0, 1].

    >>> import tapegrad as tg
    >>> binary_cross_entropy(tg.tensor([0.5]), tg.tensor([1.0]))
    tensor(0.6931)
    """
    if size_average is not None or reduce is not None:
        reduction = legacy_reduction(size_average, reduce)
    if target.shape != input.shape:
        raise ValueError(
            f"Using a target size ({target.shape}) that is different to the input size "
            f"({input.shape}) is deprecated. "
            "Please ensure they have the same size."
        )
    if weight is not None:
        weight = weight.expand(target.shape)
    return _core._binary_cross_entropy(input, target, weight, reduction)


def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    pos_weight: Tensor | None = None,
) -> Tensor:
    """binary_cross_entropy() of sigmoid(input), computed without overflow. pos_weight: factor of
    the positive targets.

    Raises ValueError where the shapes differ.

    >>> import tapegrad as tg
    >>> binary_cross_entropy_with_logits(tg.zeros(1), tg.tensor([1.0]))
    tensor(0.6931)
    """
    if size_average is not None or reduce is not None:
        reduction = legacy_reduction(size_average, reduce)
    if target.shape != input.shape:
        raise ValueError(f"Target size ({target.shape}) must be the same as input size ({input.shape})")
    return _core._binary_cross_entropy_with_logits(input, target, weight, pos_weight, reduction)
