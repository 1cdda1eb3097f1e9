"""Convolutions, pooling and normalisation as functions; nn.functional has them all."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from .. import _core
from .._core import (
    Tensor,
    _avg_pool2d as avg_pool2d,
    _avg_pool3d as avg_pool3d,
    adaptive_avg_pool1d,
    avg_pool1d,
    conv1d,
    conv2d,
    conv3d,
    conv_tbc,
    conv_transpose1d,
    conv_transpose2d,
    conv_transpose3d,
)

__all__ = [
    "adaptive_avg_pool1d", "adaptive_avg_pool2d", "adaptive_avg_pool3d", "adaptive_max_pool1d",
    "adaptive_max_pool1d_with_indices", "adaptive_max_pool2d", "adaptive_max_pool2d_with_indices",
    "adaptive_max_pool3d", "adaptive_max_pool3d_with_indices", "avg_pool1d", "avg_pool2d",
    "avg_pool3d", "batch_norm", "conv1d", "conv2d", "conv3d", "conv_tbc", "conv_transpose1d",
    "conv_transpose2d", "conv_transpose3d", "fractional_max_pool2d",
    "fractional_max_pool2d_with_indices", "fractional_max_pool3d",
    "fractional_max_pool3d_with_indices", "group_norm", "instance_norm", "layer_norm",
    "local_response_norm", "lp_pool1d", "lp_pool2d", "lp_pool3d", "max_pool1d",
    "max_pool1d_with_indices", "max_pool2d", "max_pool2d_with_indices", "max_pool3d",
    "max_pool3d_with_indices", "max_unpool1d", "max_unpool2d", "max_unpool3d", "rms_norm",
]  # fmt: skip

Sizes = int | Sequence[int]
OptionalSizes = int | None | Sequence[int | None]


# --- pooling --------------------------------------------------------------------------------------
def max_pool1d_with_indices(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """max_pool1d() with the places of the elements.

    >>> import tapegrad as tg
    >>> max_pool1d_with_indices(tg.arange(2.0).view(1, 2), 2)[1].item()
    1
    """
    return _core.max_pool1d_with_indices(input, kernel_size, stride, padding, dilation, ceil_mode)


def max_pool1d(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """Greatest element of each window of (N, C, L) or (C, L); with return_indices also its place.

    >>> import tapegrad as tg
    >>> max_pool1d(tg.tensor([[1.0, 3.0, 2.0, 5.0]]), 2)
    tensor([[3., 5.]])
    """
    if return_indices:
        return _core.max_pool1d_with_indices(input, kernel_size, stride, padding, dilation, ceil_mode)
    return _core.max_pool1d(input, kernel_size, stride, padding, dilation, ceil_mode)


def max_pool2d_with_indices(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """max_pool2d() with the places of the elements.

    >>> import tapegrad as tg
    >>> max_pool2d_with_indices(tg.arange(4.0).view(1, 2, 2), 2)[1].item()
    3
    """
    return _core._max_pool2d_with_indices(input, kernel_size, stride, padding, dilation, ceil_mode)


def max_pool2d(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """Greatest element of each window of (N, C, H, W) or (C, H, W); with return_indices also its
    place in the plane.

    >>> import tapegrad as tg
    >>> max_pool2d(tg.tensor([[[1.0, 3.0], [2.0, 5.0]]]), 2)
    tensor([[[5.]]])
    """
    if return_indices:
        return _core._max_pool2d_with_indices(input, kernel_size, stride, padding, dilation, ceil_mode)
    return _core.max_pool2d(input, kernel_size, stride, padding, dilation, ceil_mode)


def max_pool3d_with_indices(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """max_pool3d() with the places of the elements.

    >>> import tapegrad as tg
    >>> max_pool3d_with_indices(tg.arange(8.0).view(1, 2, 2, 2), 2)[1].item()
    7
    """
    return _core._max_pool3d_with_indices(input, kernel_size, stride, padding, dilation, ceil_mode)


def max_pool3d(
    input: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    dilation: Sizes = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Any:
    """Greatest element of each window of (N, C, D, H, W) or (C, D, H, W); with return_indices also
    its place in the volume.

    >>> import tapegrad as tg
    >>> max_pool3d(tg.arange(8.0).view(1, 2, 2, 2), 2).item()
    7.0
    """
    if return_indices:
        return _core._max_pool3d_with_indices(input, kernel_size, stride, padding, dilation, ceil_mode)
    return _core.max_pool3d(input, kernel_size, stride, padding, dilation, ceil_mode)


def _given_sizes(output_size: OptionalSizes, input: Tensor) -> Sizes:
    """The output's sizes, those of the input where None."""
    if isinstance(output_size, int):
        return output_size
    if output_size is None:
        raise TypeError("output_size must be an int or a sequence of ints")
    if input.dim() <= len(output_size):
        raise ValueError(f"Input dimension should be at least {len(output_size) + 1}")
    last = input.shape[-len(output_size) :]
    return [size if given is None else given for given, size in zip(output_size, last)]


def adaptive_max_pool1d(input: Tensor, output_size: Sizes, return_indices: bool = False) -> Any:
    """Greatest elements of output_size windows that cover the last dimension.

    >>> import tapegrad as tg
    >>> adaptive_max_pool1d(tg.tensor([[1.0, 3.0, 2.0]]), 2)
    tensor([[3., 3.]])
    """
    if return_indices:
        return _core.adaptive_max_pool1d(input, output_size)
    return _core._adaptive_max_pool1d(input, output_size)


def adaptive_max_pool1d_with_indices(input: Tensor, output_size: Sizes, return_indices: bool = False) -> Any:
    """adaptive_max_pool1d() with the places of the elements.

    >>> import tapegrad as tg
    >>> adaptive_max_pool1d_with_indices(tg.tensor([[1.0, 3.0, 2.0]]), 1)
    (tensor([[3.]]), tensor([[1]]))
    """
    return _core.adaptive_max_pool1d(input, output_size)


def adaptive_max_pool2d(input: Tensor, output_size: OptionalSizes, return_indices: bool = False) -> Any:
    """Greatest elements of windows that cover the planes; None in output_size: the input's size.

    >>> import tapegrad as tg
    >>> adaptive_max_pool2d(tg.tensor([[[1.0, 3.0], [2.0, 5.0]]]), (1, None))
    tensor([[[2., 5.]]])
    """
    sizes = _given_sizes(output_size, input)
    if return_indices:
        return _core._adaptive_max_pool2d_pair(input, sizes)
    return _core._adaptive_max_pool2d(input, sizes)


def adaptive_max_pool2d_with_indices(input: Tensor, output_size: OptionalSizes, return_indices: bool = False) -> Any:
    """adaptive_max_pool2d() with the places of the elements in the plane.

    >>> import tapegrad as tg
    >>> adaptive_max_pool2d_with_indices(tg.tensor([[[1.0, 3.0], [2.0, 5.0]]]), 1)
    (tensor([[[5.]]]), tensor([[[3]]]))
    """
    return _core._adaptive_max_pool2d_pair(input, _given_sizes(output_size, input))


def adaptive_max_pool3d(input: Tensor, output_size: OptionalSizes, return_indices: bool = False) -> Any:
    """Greatest elements of windows that cover the volumes; None in output_size: the input's size.

    >>> import tapegrad as tg
    >>> adaptive_max_pool3d(tg.arange(8.0).view(1, 2, 2, 2), 1).item()
    7.0
    """
    sizes = _given_sizes(output_size, input)
    if return_indices:
        return _core._adaptive_max_pool3d_pair(input, sizes)
    return _core._adaptive_max_pool3d(input, sizes)


def adaptive_max_pool3d_with_indices(input: Tensor, output_size: OptionalSizes, return_indices: bool = False) -> Any:
    """adaptive_max_pool3d() with the places of the elements in the volume.

    >>> import tapegrad as tg
    >>> adaptive_max_pool3d_with_indices(tg.arange(8.0).view(1, 2, 2, 2), 1)[1].item()
    7
    """
    return _core._adaptive_max_pool3d_pair(input, _given_sizes(output_size, input))


def adaptive_avg_pool2d(input: Tensor, output_size: OptionalSizes) -> Tensor:
    """Means of windows that cover the planes; None in output_size: the input's size.

    >>> import tapegrad as tg
    >>> adaptive_avg_pool2d(tg.tensor([[[1.0, 3.0], [2.0, 6.0]]]), (None, 1))
    tensor([[[2.],
             [4.]]])
    """
    return _core._adaptive_avg_pool2d(input, _given_sizes(output_size, input))


def adaptive_avg_pool3d(input: Tensor, output_size: OptionalSizes) -> Tensor:
    """Means of windows that cover the volumes; None in output_size: the input's size.

    >>> import tapegrad as tg
    >>> adaptive_avg_pool3d(tg.arange(8.0).view(1, 2, 2, 2), 1).item()
    3.5
    """
    return _core._adaptive_avg_pool3d(input, _given_sizes(output_size, input))


def _listed(value: Any, dims: int) -> list[Any]:
    return list(value) if isinstance(value, Sequence) else [value] * dims


def _lp_pool(dims: int, pooled: Tensor, norm_type: float, kernel_size: Any) -> Tensor:
    """The root of the sums over the windows, given their means."""
    count = math.prod(_listed(kernel_size, dims))
    return (_core.sign(pooled) * _core.relu(_core.abs(pooled))).mul(count).pow(1.0 / norm_type)


def lp_pool1d(input: Tensor, norm_type: float, kernel_size: int, stride: Any = None, ceil_mode: bool = False) -> Tensor:
    """(sum of x^p)^(1/p) over each window of the last dimension.

    >>> import tapegrad as tg
    >>> lp_pool1d(tg.tensor([[3.0, 4.0]]), 2, 2)
    tensor([[5.]])
    """
    pooled = _core.avg_pool1d(input.pow(norm_type), kernel_size, stride, 0, ceil_mode)
    return _lp_pool(1, pooled, norm_type, kernel_size)


def lp_pool2d(
    input: Tensor, norm_type: float, kernel_size: Sizes, stride: Any = None, ceil_mode: bool = False
) -> Tensor:
    """(sum of x^p)^(1/p) over each window of the planes.

    >>> import tapegrad as tg
    >>> lp_pool2d(tg.tensor([[[3.0, 4.0]]]), 2, (1, 2))
    tensor([[[5.]]])
    """
    return _lp_pool(2, avg_pool2d(input.pow(norm_type), kernel_size, stride, 0, ceil_mode), norm_type, kernel_size)


def lp_pool3d(
    input: Tensor, norm_type: float, kernel_size: Sizes, stride: Any = None, ceil_mode: bool = False
) -> Tensor:
    """(sum of x^p)^(1/p) over each window of the volumes.

    >>> import tapegrad as tg
    >>> lp_pool3d(tg.ones(1, 1, 2, 2), 2, (1, 2, 2)).item()
    2.0
    """
    return _lp_pool(3, avg_pool3d(input.pow(norm_type), kernel_size, stride, 0, ceil_mode), norm_type, kernel_size)


def _unpooled_sizes(
    input: Tensor, kernel: list[int], stride: list[int], padding: list[int], output_size: Sequence[int] | None
) -> list[int]:
    """What max_pool had as input, unless output_size says so (within a stride of it)."""
    dims = len(kernel)
    usual = [
        (input.shape[-dims + d] - 1) * stride[d] + kernel[d] - 2 * padding[d] for d in range(dims)
    ]  # fmt: skip
    if output_size is None:
        return usual
    sizes = list(output_size)
    if len(sizes) == dims + 2:
        sizes = sizes[2:]
    if len(sizes) != dims:
        raise ValueError(
            "output_size should be a sequence containing "
            f"{dims} or {dims + 2} elements, but it has a length of '{len(output_size)}'"
        )
    for d in range(dims):
        low, high = usual[d] - stride[d], usual[d] + stride[d]
        if not low < sizes[d] < high:
            raise ValueError(f'invalid output_size "{sizes}" (dim {d} must be between {low} and {high})')
    return sizes


def _unpool(
    dims: int, input: Tensor, indices: Tensor, kernel_size: Any, stride: Any, padding: Any, output_size: Any
) -> Tensor:
    kernel = _listed(kernel_size, dims)
    steps = _listed(stride, dims) if stride is not None else kernel
    sizes = _unpooled_sizes(input, kernel, steps, _listed(padding, dims), output_size)
    unpool = (_core._max_unpool1d, _core._max_unpool2d, _core._max_unpool3d)[dims - 1]
    return unpool(input, indices, sizes)


def max_unpool1d(
    input: Tensor,
    indices: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    output_size: Sequence[int] | None = None,
) -> Tensor:
    """Zeros with the elements at the places that max_pool1d() gave.

    >>> import tapegrad as tg
    >>> max_unpool1d(*max_pool1d(tg.tensor([[1.0, 3.0]]), 2, return_indices=True), 2)
    tensor([[0., 3.]])
    """
    return _unpool(1, input, indices, kernel_size, stride, padding, output_size)


def max_unpool2d(
    input: Tensor,
    indices: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    output_size: Sequence[int] | None = None,
) -> Tensor:
    """Zeros with the elements at the places that max_pool2d() gave.

    >>> import tapegrad as tg
    >>> max_unpool2d(*max_pool2d(tg.tensor([[[1.0, 3.0], [0.0, 2.0]]]), 2, return_indices=True), 2)
    tensor([[[0., 3.],
             [0., 0.]]])
    """
    return _unpool(2, input, indices, kernel_size, stride, padding, output_size)


def max_unpool3d(
    input: Tensor,
    indices: Tensor,
    kernel_size: Sizes,
    stride: Sizes | None = None,
    padding: Sizes = 0,
    output_size: Sequence[int] | None = None,
) -> Tensor:
    """Zeros with the elements at the places that max_pool3d() gave.

    >>> import tapegrad as tg
    >>> max_unpool3d(*max_pool3d(tg.ones(1, 2, 2, 2), 2, return_indices=True), 2).sum().item()
    1.0
    """
    return _unpool(3, input, indices, kernel_size, stride, padding, output_size)


def _fractional(
    dims: int, input: Tensor, kernel_size: Sizes, output_size: Any, output_ratio: Any, samples: Tensor | None
) -> Any:
    if output_size is None and output_ratio is None:
        raise ValueError(f"fractional_max_pool{dims}d requires specifying either an output_size or an output_ratio")
    if output_size is None:
        ratios = _listed(output_ratio, dims)
        if len(ratios) > dims:
            raise ValueError(
                f"fractional_max_pool{dims}d requires output_ratio to either be a single Int or tuple of Ints."
            )
        output_size = [int(input.shape[-dims + d] * ratios[d]) for d in range(dims)]
    if samples is None:
        batch = 1 if input.dim() == dims + 1 else input.shape[0]
        samples = _core.rand(batch, input.shape[-dims - 1], dims, dtype=input.dtype)
    pool = _core._fractional_max_pool2d if dims == 2 else _core._fractional_max_pool3d
    return pool(input, kernel_size, output_size, samples)


def fractional_max_pool2d_with_indices(
    input: Tensor,
    kernel_size: Sizes,
    output_size: Sizes | None = None,
    output_ratio: Any = None,
    return_indices: bool = False,
    _random_samples: Tensor | None = None,
) -> Any:
    """fractional_max_pool2d() with the places of the elements in the plane.

    >>> import tapegrad as tg
    >>> fractional_max_pool2d_with_indices(tg.ones(1, 4, 4), 2, output_size=2)[0].shape
    torch.Size([1, 2, 2])
    """
    return _fractional(2, input, kernel_size, output_size, output_ratio, _random_samples)


def fractional_max_pool2d(
    input: Tensor,
    kernel_size: Sizes,
    output_size: Sizes | None = None,
    output_ratio: Any = None,
    return_indices: bool = False,
    _random_samples: Tensor | None = None,
) -> Any:
    """Greatest elements of windows at pseudorandom places (Graham 2014, "Fractional Max-Pooling").

    >>> import tapegrad as tg
    >>> fractional_max_pool2d(tg.ones(1, 4, 4), 2, output_ratio=0.5).shape
    torch.Size([1, 2, 2])
    """
    pair = _fractional(2, input, kernel_size, output_size, output_ratio, _random_samples)
    return pair if return_indices else pair[0]


def fractional_max_pool3d_with_indices(
    input: Tensor,
    kernel_size: Sizes,
    output_size: Sizes | None = None,
    output_ratio: Any = None,
    return_indices: bool = False,
    _random_samples: Tensor | None = None,
) -> Any:
    """fractional_max_pool3d() with the places of the elements in the volume.

    >>> import tapegrad as tg
    >>> fractional_max_pool3d_with_indices(tg.ones(1, 4, 4, 4), 2, output_size=2)[0].shape
    torch.Size([1, 2, 2, 2])
    """
    return _fractional(3, input, kernel_size, output_size, output_ratio, _random_samples)


def fractional_max_pool3d(
    input: Tensor,
    kernel_size: Sizes,
    output_size: Sizes | None = None,
    output_ratio: Any = None,
    return_indices: bool = False,
    _random_samples: Tensor | None = None,
) -> Any:
    """Greatest elements of windows of volumes at pseudorandom places.

    >>> import tapegrad as tg
    >>> fractional_max_pool3d(tg.ones(1, 4, 4, 4), 2, output_ratio=0.5).shape
    torch.Size([1, 2, 2, 2])
    """
    pair = _fractional(3, input, kernel_size, output_size, output_ratio, _random_samples)
    return pair if return_indices else pair[0]


# --- normalisation --------------------------------------------------------------------------------
def batch_norm(
    input: Tensor,
    running_mean: Tensor | None,
    running_var: Tensor | None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """Each channel brought to mean 0 and variance 1, then times weight plus bias.

    input: (N, C, ...); the others: (C). While training the statistics are the input's, and the
    running ones move towards them by momentum; else the running ones count.
    Raises ValueError for one value a channel while training.

    >>> import tapegrad as tg
    >>> batch_norm(tg.tensor([[1.0], [3.0]]), None, None, training=True)
    tensor([[-1.0000],
            [ 1.0000]])
    """
    if training:
        shape = input.shape
        count = shape[0] if len(shape) else 1
        for size in shape[2:]:
            count *= size
        if count == 1:
            raise ValueError(f"Expected more than 1 value per channel when training, got input size {shape}")
    return _core.batch_norm(input, weight, bias, running_mean, running_var, training, momentum, eps)


def instance_norm(
    input: Tensor,
    running_mean: Tensor | None = None,
    running_var: Tensor | None = None,
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Tensor:
    """As batch_norm(), each item of the batch by itself.

    Raises ValueError for one place a channel.

    >>> import tapegrad as tg
    >>> instance_norm(tg.tensor([[[1.0, 3.0]]]))
    tensor([[[-1.0000,  1.0000]]])
    """
    if use_input_stats:
        shape = input.shape
        if math.prod(shape[2:]) == 1:
            raise ValueError(f"Expected more than 1 spatial element when training, got input size {shape}")
    return _core.instance_norm(input, weight, bias, running_mean, running_var, use_input_stats, momentum, eps)


def _check_shape_argument(name: str, normalized_shape: Any) -> None:
    if isinstance(normalized_shape, int):
        raise TypeError(f"{name}(): argument 'normalized_shape' (position 2) must be tuple of ints, not int")


def layer_norm(
    input: Tensor,
    normalized_shape: Sequence[int],
    weight: Tensor | None = None,
    bias: Tensor | None = None,
    eps: float = 1e-5,
) -> Tensor:
    """The last dimensions, of sizes normalized_shape, brought to mean 0 and variance 1, then times
    weight plus bias of that shape.

    >>> import tapegrad as tg
    >>> layer_norm(tg.tensor([1.0, 3.0]), (2,))
    tensor([-1.0000,  1.0000])
    """
    _check_shape_argument("layer_norm", normalized_shape)
    return _core.layer_norm(input, normalized_shape, weight, bias, eps)


def rms_norm(
    input: Tensor, normalized_shape: Sequence[int], weight: Tensor | None = None, eps: float | None = None
) -> Tensor:
    """input / sqrt(mean(input^2) + eps) * weight over the last dimensions (Zhang & Sennrich 2019).

    eps: the dtype's epsilon by default.

    >>> import tapegrad as tg
    >>> rms_norm(tg.tensor([3.0, -3.0]), (2,))
    tensor([ 1., -1.])
    """
    _check_shape_argument("rms_norm", normalized_shape)
    return _core.rms_norm(input, normalized_shape, weight, eps)


def group_norm(
    input: Tensor, num_groups: int, weight: Tensor | None = None, bias: Tensor | None = None, eps: float = 1e-5
) -> Tensor:
    """Groups of channels brought to mean 0 and variance 1, each item by itself, then times weight
    plus bias of a channel (Wu & He 2018).

    >>> import tapegrad as tg
    >>> group_norm(tg.tensor([[1.0, 3.0, 0.0, 2.0]]), 2)
    tensor([[-1.0000,  1.0000, -1.0000,  1.0000]])
    """
    if input.dim() < 2:
        raise RuntimeError(f"Expected at least 2 dimensions for input tensor but received {input.dim()}")
    shape = input.shape
    if shape[0] * shape[1] // num_groups == 1 and math.prod(shape[2:]) == 1:
        raise ValueError(
            "Expected more than 1 value per channel when training, got input size "
            f"{[shape[0] * shape[1] // num_groups, num_groups, *shape[2:]]}"
        )
    return _core.group_norm(input, num_groups, weight, bias, eps)


def local_response_norm(input: Tensor, size: int, alpha: float = 1e-4, beta: float = 0.75, k: float = 1.0) -> Tensor:
    """input / (k + alpha * mean of squares over `size` neighbouring channels)^beta (Krizhevsky,
    Sutskever & Hinton 2012).

    >>> import tapegrad as tg
    >>> local_response_norm(tg.ones(1, 1, 2), 1, alpha=1.0, beta=1.0)
    tensor([[[0.5000, 0.5000]]])
    """
    dim = input.dim()
    if dim < 3:
        raise ValueError(f"Expected 3D or higher dimensionality                          input (got {dim} dimensions)")
    if input.numel() == 0:
        return input
    squares = input.mul(input).flatten(2).unsqueeze(1)
    batch, _, _, places = squares.shape
    before = _core.zeros(batch, 1, size // 2, places, dtype=input.dtype)
    after = _core.zeros(batch, 1, (size - 1) // 2, places, dtype=input.dtype)
    padded = _core.cat([before, squares, after], 2)
    means = avg_pool2d(padded, (size, 1), 1).squeeze(1).view(input.shape)
    return input / means.mul(alpha).add(k).pow(beta)
