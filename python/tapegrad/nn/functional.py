"""Activations, losses, dropout, embeddings, attention and distances as functions."""

from __future__ import annotations

from typing import Any

from .. import _core
from .._core import Tensor
from . import (
    _functional_activation,
    _functional_attention,
    _functional_conv,
    _functional_distance,
    _functional_dropout,
    _functional_embedding,
    _functional_loss,
    _functional_resample,
)
from ._functional_activation import *  # noqa: F403
from ._functional_activation import implicit_dim
from ._functional_attention import *  # noqa: F403
from ._functional_conv import *  # noqa: F403 (the list is there)
from ._functional_distance import *  # noqa: F403
from ._functional_dropout import *  # noqa: F403
from ._functional_embedding import *  # noqa: F403
from ._functional_loss import *  # noqa: F403
from ._functional_loss import legacy_reduction, reduced, same_sizes
from ._functional_resample import *  # noqa: F403 (the list is there)

__all__ = [
    "binary_cross_entropy", "binary_cross_entropy_with_logits", "cross_entropy", "linear",
    "linear_cross_entropy", "log_softmax", "mse_loss", "nll_loss", "relu", "sigmoid", "softmax", "tanh",
]  # fmt: skip
__all__ += _functional_conv.__all__
__all__ += _functional_resample.__all__
__all__ += _functional_activation.__all__
__all__ += _functional_attention.__all__
__all__ += _functional_distance.__all__
__all__ += _functional_dropout.__all__
__all__ += _functional_embedding.__all__
__all__ += _functional_loss.__all__


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


def softmax(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    """exp(input) over its sum along `dim`, computed without overflow.

    >>> import tapegrad as tg
    >>> softmax(tg.zeros(2), 0)
    tensor([0.5000, 0.5000])
    """
    if dim is None:
        dim = implicit_dim("softmax", input.dim(), _stacklevel)
    return _core.softmax(input, dim) if dtype is None else _core.softmax(input, dim, dtype=dtype)


def log_softmax(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    """Logarithm of softmax.

    >>> import tapegrad as tg
    >>> log_softmax(tg.zeros(2), 0)
    tensor([-0.6931, -0.6931])
    """
    if dim is None:
        dim = implicit_dim("log_softmax", input.dim(), _stacklevel)
    return _core.log_softmax(input, dim) if dtype is None else _core.log_softmax(input, dim, dtype=dtype)


# --- losses ---------------------------------------------------------------------------------------


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
        input, target = same_sizes(input, target)
    if weight is None:
        return _core.mse_loss(input, target, reduction)
    if weight.shape != input.shape:
        raise ValueError("Weights and input must have the same size.")
    loss = weight * (input - target).square()
    return loss.sum() / weight.sum() if reduction == "mean" else reduced(loss, reduction)


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
    if label_smoothing <= 0.0:
        return _core._cross_entropy(input, target, weight, ignore_index, reduction)
    log_probabilities = _core.log_softmax(input, class_dim)
    loss = _core._nll_loss(log_probabilities, target, weight, ignore_index, reduction)
    _check_smoothing(label_smoothing)
    smooth = _smooth_loss(log_probabilities, target, weight, ignore_index, reduction, class_dim)
    return (1 - label_smoothing) * loss + smooth * (label_smoothing / input.shape[class_dim])


def linear_cross_entropy(
    input: Tensor,
    linear_weight: Tensor,
    target: Tensor,
    *,
    linear_bias: Tensor | None = None,
    weight: Tensor | None = None,
    reduction: str = "mean",
    ignore_index: int | None = None,
    label_smoothing: float = 0.0,
    options: Any = None,
) -> Tensor:
    """cross_entropy() of linear(input, linear_weight, linear_bias). input: (N, in) or (in);
    linear_weight: (C, in), or (C, d1, ..., in) for logits (N, C, d1, ...). `options` may ask for
    less memory, and changes nothing.

    >>> import tapegrad as tg
    >>> linear_cross_entropy(tg.ones(1, 2), tg.zeros(3, 2), tg.tensor([0]))
    tensor(1.0986)
    """
    if input.dim() not in (1, 2):
        raise RuntimeError(f"expected input with dimensionality 1 or 2, got {input.dim()}")
    if linear_weight.dim() < 2:
        raise RuntimeError(f"expected linear_weight with dimensionality at least 2, got {linear_weight.dim()}")
    if input.shape[-1] != linear_weight.shape[-1]:
        raise RuntimeError(
            "expected equal input and linear_weight last dimensions (in_features), got "
            f"{input.shape[-1]} and {linear_weight.shape[-1]}, respectively"
        )
    if target.is_floating_point() and ignore_index is not None:
        raise RuntimeError("ignore_index cannot be specified when target contains probabilities")
    if linear_weight.dim() > 2 and input.dim() == 1:
        raise RuntimeError(
            f"K-dimensional loss defined by linear_weight shape {tuple(linear_weight.shape)} requires batched input, "
            f"(N, {input.shape[-1]}), got unbatched input with shape {tuple(input.shape)}"
        )
    sizes = linear_weight.shape[:-1]
    if linear_bias is not None and linear_bias.shape != sizes:
        raise RuntimeError(f"expected linear_bias shape {tuple(sizes)}, got {tuple(linear_bias.shape)}")
    if len(sizes) > 1:
        linear_weight = linear_weight.flatten(0, -2)
        linear_bias = linear_bias if linear_bias is None else linear_bias.flatten()
    logits = linear(input, linear_weight, linear_bias)
    return cross_entropy(
        logits if len(sizes) == 1 else logits.unflatten(-1, sizes),
        target,
        weight,
        ignore_index=-100 if ignore_index is None else ignore_index,
        reduction=reduction,
        label_smoothing=label_smoothing,
    )


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
        return reduced(smooth, reduction)
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
    return -loss.sum(class_dim) if reduction == "none" else -reduced(loss, reduction)


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
