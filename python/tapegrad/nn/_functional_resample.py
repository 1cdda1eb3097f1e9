"""Padding, interpolation and rearrangements of images as functions; nn.functional has them all."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

from .. import _core
from .._core import Tensor, channel_shuffle, pixel_shuffle, pixel_unshuffle

__all__ = [
    "affine_grid", "channel_shuffle", "fold", "grid_sample", "interpolate", "pad", "pixel_shuffle",
    "pixel_unshuffle", "unfold", "upsample", "upsample_bilinear", "upsample_nearest",
]  # fmt: skip

Sizes = int | Sequence[int]


def pad(input: Tensor, pad: Sequence[int], mode: str = "constant", value: float | None = None) -> Tensor:
    """Padding of the last dimensions: pad holds pairs (before, after) from the last one on; negative
    numbers cut off.

    mode: "constant" (with value, 0 by default), "reflect", "replicate" or "circular"; the last three
    pad the last one to three dimensions of inputs with channels and maybe a batch.
    Raises RuntimeError for sizes that do not fit, NotImplementedError for other combinations.

    >>> import tapegrad as tg
    >>> pad(tg.tensor([1, 2]), (1, 2))
    tensor([0, 1, 2, 0, 0])
    >>> pad(tg.tensor([[1, 2, 3]]), (1, 1), mode="reflect")
    tensor([[2, 1, 2, 3, 2]])
    """
    return _core._pad(input, pad, mode, value)


# --- interpolation --------------------------------------------------------------------------------
_WITH_CORNERS = ("linear", "bilinear", "bicubic", "trilinear", "lanczos")
_DIMENSIONS = {"linear": 3, "bilinear": 4, "trilinear": 5}


def _interpolation_sizes(
    input: Tensor, size: Any, scale_factor: Any, recompute_scale_factor: bool
) -> tuple[list[int], list[float] | None]:
    """The output's sizes, and the scales where they count beside them."""
    dims = input.dim() - 2
    if size is not None and scale_factor is not None:
        raise ValueError("only one of size or scale_factor should be defined")
    shape = list(input.shape[2:])
    if size is not None:
        if recompute_scale_factor:
            raise ValueError("recompute_scale_factor is not meaningful with an explicit size.")
        if not isinstance(size, (list, tuple)):
            return [size] * dims, None
        if len(size) != dims:
            raise ValueError(
                "Input and output must have the same number of spatial dimensions, but got "
                f"input with spatial dimensions of {shape} and output size of {size}. "
                "Please provide input tensor in (N, C, d1, d2, ...,dK) format and "
                "output size in (o1, o2, ...,oK) format."
            )
        if not all(isinstance(item, int) for item in size):
            raise TypeError(
                "expected size to be one of int or Tuple[int] or Tuple[int, int] or "
                f"Tuple[int, int, int], but got size with types {[type(item) for item in size]}"
            )
        return list(size), None
    if scale_factor is None:
        raise ValueError("either size or scale_factor should be defined")
    if isinstance(scale_factor, (list, tuple)):
        if len(scale_factor) != dims:
            raise ValueError(
                "Input and scale_factor must have the same number of spatial dimensions, but "
                f"got input with spatial dimensions of {shape} and scale_factor of shape {scale_factor}. "
                "Please provide input tensor in (N, C, d1, d2, ...,dK) format and "
                "scale_factor in (s1, s2, ...,sK) format."
            )
        scales = [float(scale) for scale in scale_factor]
    else:
        scales = [float(scale_factor)] * dims
    sizes = [int(length * scale) for length, scale in zip(shape, scales)]
    return sizes, None if recompute_scale_factor else scales


def interpolate(
    input: Tensor,
    size: Any = None,
    scale_factor: Any = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Tensor:
    """Images (N, C, W), (N, C, H, W) or (N, C, D, H, W) brought to another size, or scaled.

    mode: "nearest", "nearest-exact", "linear" (3-D), "bilinear", "bicubic" (4-D), "trilinear" (5-D)
    or "area". align_corners: the centres of the corner pixels stay in place. antialias: for bilinear
    and bicubic, wider filters where the image shrinks.
    Raises ValueError or NotImplementedError for combinations that do not exist.

    >>> import tapegrad as tg
    >>> interpolate(tg.tensor([[[1.0, 3.0]]]), scale_factor=2)
    tensor([[[1., 1., 3., 3.]]])
    >>> interpolate(tg.tensor([[[1.0, 3.0]]]), size=3, mode="linear", align_corners=True)
    tensor([[[1., 2., 3.]]])
    """
    if mode in ("nearest", "area", "nearest-exact"):
        if align_corners is not None:
            raise ValueError(
                "align_corners option can only be set with the interpolating modes: "
                "linear | bilinear | bicubic | trilinear"
            )
    elif align_corners is None:
        align_corners = False
    sizes, scales = _interpolation_sizes(input, size, scale_factor, bool(recompute_scale_factor))
    rank = input.dim()
    if antialias and not (mode in ("bilinear", "bicubic", "lanczos") and rank == 4):
        raise ValueError(
            "Anti-alias option is restricted to bilinear, bicubic, and lanczos modes and requires a 4-D tensor as input"
        )
    if 3 <= rank <= 5:
        if mode == "area":
            pool = (_core.adaptive_avg_pool1d, _core._adaptive_avg_pool2d, _core._adaptive_avg_pool3d)[rank - 3]
            return pool(input, sizes)
        kind = mode if mode in ("nearest", "nearest-exact") else None
        if rank == _DIMENSIONS.get(mode):
            kind = "linear"
        elif mode == "bicubic" and rank == 4:
            kind = "cubic"
        if kind is not None:
            missing: list[float | None] = [None] * (5 - rank)
            given = missing + ([None] * (rank - 2) if scales is None else list(scales))
            return _core._upsample(input, sizes, kind, bool(align_corners), antialias, *given)
        if mode in _DIMENSIONS:
            raise NotImplementedError(f"Got {rank}D input, but {mode} mode needs {_DIMENSIONS[mode]}D input")
    raise NotImplementedError(
        "Input Error: Only 3D, 4D and 5D input Tensors supported"
        f" (got {rank}D) for the modes: nearest | linear | bilinear | bicubic | trilinear | lanczos | area | "
        f"nearest-exact (got {mode})"
    )


def upsample(
    input: Tensor, size: Any = None, scale_factor: Any = None, mode: str = "nearest", align_corners: bool | None = None
) -> Tensor:
    """The old name of interpolate(); warns.

    >>> import tapegrad as tg, warnings
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     upsample(tg.tensor([[[1.0, 3.0]]]), scale_factor=2)
    tensor([[[1., 1., 3., 3.]]])
    """
    warnings.warn("`nn.functional.upsample` is deprecated. Use `nn.functional.interpolate` instead.", stacklevel=2)
    return interpolate(input, size, scale_factor, mode, align_corners)


def upsample_nearest(input: Tensor, size: Any = None, scale_factor: Any = None) -> Tensor:
    """interpolate() with mode "nearest"; warns, as it is an old name.

    >>> import tapegrad as tg, warnings
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     upsample_nearest(tg.tensor([[[1.0, 3.0]]]), scale_factor=2)
    tensor([[[1., 1., 3., 3.]]])
    """
    warnings.warn(
        "`nn.functional.upsample_nearest` is deprecated. Use `nn.functional.interpolate` instead.", stacklevel=2
    )
    return interpolate(input, size, scale_factor, mode="nearest")


def upsample_bilinear(input: Tensor, size: Any = None, scale_factor: Any = None) -> Tensor:
    """interpolate() with mode "bilinear" and align_corners; warns, as it is an old name.

    >>> import tapegrad as tg, warnings
    >>> with warnings.catch_warnings():
    ...     warnings.simplefilter("ignore")
    ...     upsample_bilinear(tg.tensor([[[[1.0, 3.0]]]]), size=(1, 3))
    tensor([[[[1., 2., 3.]]]])
    """
    warnings.warn(
        "`nn.functional.upsample_bilinear` is deprecated. Use `nn.functional.interpolate` instead.", stacklevel=2
    )
    return interpolate(input, size, scale_factor, mode="bilinear", align_corners=True)


# --- windows --------------------------------------------------------------------------------------
def unfold(input: Tensor, kernel_size: Sizes, dilation: Sizes = 1, padding: Sizes = 0, stride: Sizes = 1) -> Tensor:
    """The windows of images (N, C, H, W) or (C, H, W) as columns (N, C * kernel places, windows).

    >>> import tapegrad as tg
    >>> unfold(tg.tensor([[[1.0, 2.0], [3.0, 4.0]]]), (1, 2))
    tensor([[1., 3.],
            [2., 4.]])
    """
    return _core._im2col(input, kernel_size, dilation, padding, stride)


def fold(
    input: Tensor,
    output_size: Sizes,
    kernel_size: Sizes,
    dilation: Sizes = 1,
    padding: Sizes = 0,
    stride: Sizes = 1,
) -> Tensor:
    """Columns added up to images: where windows overlap, their elements are summed.

    >>> import tapegrad as tg
    >>> fold(tg.ones(2, 2), (1, 3), (1, 2))
    tensor([[[1., 2., 1.]]])
    """
    return _core._col2im(input, output_size, kernel_size, dilation, padding, stride)


# --- spatial transformers (Jaderberg et al. 2015) -------------------------------------------------
_GRID_MODES = {"bilinear": 0, "nearest": 1, "bicubic": 2}
_GRID_PADDINGS = {"zeros": 0, "border": 1, "reflection": 2}
_CORNERS_WARNING = (
    "Default grid_sample and affine_grid behavior has changed to align_corners=False since 1.3.0. "
    "Please specify align_corners=True if the old behavior is desired. "
    "See the documentation of grid_sample for details."
)


def grid_sample(
    input: Tensor,
    grid: Tensor,
    mode: str = "bilinear",
    padding_mode: str = "zeros",
    align_corners: bool | None = None,
) -> Tensor:
    """Images (N, C, H, W) or volumes (N, C, D, H, W) sampled at the places of a grid (N, H', W', 2)
    or (N, D', H', W', 3), whose coordinates run from -1 to 1, x first.

    mode: "bilinear", "nearest" or "bicubic" (images only); padding_mode: "zeros", "border" or
    "reflection". align_corners: -1 and 1 are the centres of the corner pixels.
    Raises ValueError for unknown modes, RuntimeError for sizes that do not fit.

    >>> import tapegrad as tg
    >>> grid_sample(tg.tensor([[[[1.0, 3.0]]]]), tg.zeros(1, 1, 1, 2), align_corners=True)
    tensor([[[[2.]]]])
    """
    if mode not in _GRID_MODES:
        raise ValueError(
            f"nn.functional.grid_sample(): expected mode to be 'bilinear', 'nearest' or 'bicubic', but got: '{mode}'"
        )
    if padding_mode not in _GRID_PADDINGS:
        raise ValueError(
            "nn.functional.grid_sample(): expected padding_mode to be 'zeros', 'border', or 'reflection', "
            f"but got: '{padding_mode}'"
        )
    if align_corners is None:
        warnings.warn(_CORNERS_WARNING, stacklevel=2)
        align_corners = False
    return _core.grid_sampler(input, grid, _GRID_MODES[mode], _GRID_PADDINGS[padding_mode], align_corners)


def affine_grid(theta: Tensor, size: Sequence[int], align_corners: bool | None = None) -> Tensor:
    """The grid for grid_sample() that affine maps theta (N, 2, 3) or (N, 3, 4) give; size: that of
    the output, (N, C, H, W) or (N, C, D, H, W).

    Raises ValueError or NotImplementedError for sizes that do not fit.

    >>> import tapegrad as tg
    >>> affine_grid(tg.tensor([[[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]]]), (1, 1, 1, 2), align_corners=False)
    tensor([[[[-0.5000,  0.0000],
              [ 0.5000,  0.0000]]]])
    """
    if align_corners is None:
        warnings.warn(_CORNERS_WARNING, stacklevel=2)
        align_corners = False
    if not theta.is_floating_point():
        raise ValueError(f"Expected theta to have floating point type, but got {theta.dtype}")
    if len(size) not in (4, 5):
        raise NotImplementedError(
            "affine_grid only supports 4D and 5D sizes, for 2D and 3D affine transforms, respectively. "
            f"Got size {size}."
        )
    dims = len(size) - 2
    if theta.dim() != 3 or theta.shape[-2] != dims or theta.shape[-1] != dims + 1:
        raise ValueError(
            f"Expected a batch of {dims}D affine matrices of shape Nx{dims}x{dims + 1} for size {size}. "
            f"Got {theta.shape}."
        )
    if align_corners and min(size[2:]) == 1:
        warnings.warn(
            "Since version 1.3.0, affine_grid behavior has changed for unit-size grids when align_corners=True. "
            "This is not an intended use case of affine_grid. "
            "See the documentation of affine_grid for details.",
            stacklevel=2,
        )
    elif min(size) <= 0:
        raise ValueError(f"Expected non-zero, positive output size. Got {size}")
    return _core.affine_grid_generator(theta, size, align_corners)
