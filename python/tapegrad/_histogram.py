"""histogramdd(): counts in boxes of several dimensions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from . import _core
from ._core import Tensor
from .return_types import _make


def _edges(x: Tensor, bins: list[int], limits: Sequence[float] | None) -> list[Tensor]:
    count = len(bins)
    if limits is not None and len(limits) != 2 * count:
        raise RuntimeError(
            f"torch.histogramdd: for a {count}-dimensional histogram range should have {2 * count} elements, "
            f"but got {len(limits)}"
        )
    result = []
    for d, n in enumerate(bins):
        if n <= 0:
            raise RuntimeError(f"torch.histogram(): bins must be > 0, but got {n} for dimension {d}")
        column = x[:, d]
        if limits is not None:
            low, high = limits[2 * d], limits[2 * d + 1]
        elif column.numel():
            low, high = column.min().item(), column.max().item()
        else:
            low, high = 0.0, 1.0
        if not (math.isfinite(low) and math.isfinite(high)):
            raise RuntimeError(f"torch.histogramdd: dimension {d}'s range [{low:g}, {high:g}] is not finite")
        if low > high:
            raise RuntimeError(
                f"torch.histogramdd: min should not exceed max, but got min {low:g} max {high:g} for dimension {d}"
            )
        if low == high:
            low, high = low - 0.5, high + 0.5
        result.append(_core.linspace(low, high, n + 1, dtype=x.dtype))
    return result


def _check_edges(x: Tensor, edges: list[Tensor], count: int) -> None:
    if len(edges) != count:
        raise RuntimeError(
            f"torch.histogramdd: expected {count} sequences of bin edges for a {count}-dimensional histogram "
            f"but got {len(edges)}"
        )
    for d, row in enumerate(edges):
        if row.dtype != x.dtype:
            raise RuntimeError(
                "torch.histogramdd: input tensor and bins tensors should have the same dtype, but got input with "
                f"dtype {_name(x)} and bins for dimension {d} with dtype {_name(row)}"
            )
        if row.dim() != 1:
            raise RuntimeError(
                f"torch.histogramdd: bins tensor should have one dimension, but got {row.dim()} dimensions in the "
                f"bins tensor for dimension {d}"
            )
        if not row.numel():
            raise RuntimeError(
                "torch.histogramdd: bins tensor should have at least 1 element, but got 0 elements in the bins "
                f"tensor for dimension {d}"
            )


def _name(t: Tensor) -> str:
    return {"torch.float32": "float", "torch.float64": "double"}.get(str(t.dtype), str(t.dtype)[6:])


def histogramdd(
    input: Tensor,
    bins: int | Sequence[int] | Sequence[Tensor],
    *,
    range: Sequence[float] | None = None,
    weight: Tensor | None = None,
    density: bool = False,
) -> Any:
    """How many rows of `input`, or how much of `weight`, fall into each box of a grid.

    input: (..., D), float32 or float64. bins: the number of boxes of each dimension, over `range` (two ends for each
    dimension; the smallest and the largest number where not given), or the edges. The last edge belongs to the last
    box; rows outside count nowhere. density divides by the total and the size of the box. Returns (hist, bin_edges);
    hist has D dimensions.

    >>> import tapegrad as tg
    >>> tg.histogramdd(tg.tensor([[0.0, 1.0], [1.0, 0.0], [1.0, 1.0]]), 2).hist
    tensor([[0., 1.],
            [1., 1.]])
    """
    if input.dim() < 2:
        raise RuntimeError("torch.histogramdd: input tensor should have at least 2 dimensions")
    if input.dtype not in (_core.float32, _core.float64):
        raise NotImplementedError(f"\"histogramdd\" not implemented for '{_scalar(input)}'")
    count = input.shape[-1]
    x = input.detach().reshape(-1, count) if count else input.detach().reshape(math.prod(input.shape[:-1]), 0)
    if isinstance(bins, int):
        edges = _edges(x, [bins] * count, range)
    elif any(isinstance(part, Tensor) for part in bins):
        edges = list(bins)  # type: ignore[arg-type]
        _check_edges(x, edges, count)
    else:
        if len(bins) != count:
            raise RuntimeError("histogramdd: The size of bins must be equal to the innermost dimension of the input.")
        edges = _edges(x, list(bins), range)  # type: ignore[arg-type]
    if weight is not None:
        if weight.dtype != input.dtype:
            raise RuntimeError(
                "torch.histogramdd: if weight tensor is provided, input tensor and weight tensor should have the same "
                f"dtype, but got input({_name(input)}), and weight({_name(weight)})"
            )
        if weight.shape != input.shape[:-1]:
            raise RuntimeError(
                "torch.histogramdd: if weight tensor is provided it should have the same shape as the input tensor "
                f"excluding its innermost dimension, but got input with shape {list(input.shape)} and weight with "
                f"shape {list(weight.shape)}"
            )
    sizes = [row.numel() - 1 for row in edges]
    inside = _core.ones(x.shape[0], dtype=_core.bool)
    place = _core.zeros(x.shape[0], dtype=_core.int64)
    for d, row in enumerate(edges):
        column = x[:, d].contiguous()
        inside &= (column >= row[0]) & (column <= row[-1])
        box = _core.bucketize(column, row.detach().contiguous(), right=True) - 1
        place = place * sizes[d] + box.clamp(max=sizes[d] - 1)
    hist = _core.zeros(math.prod(sizes), dtype=x.dtype)
    counted = _core.ones_like(place, dtype=x.dtype) if weight is None else weight.detach().reshape(-1)
    if hist.numel():
        hist.index_add_(0, place[inside], counted[inside])
    hist = hist.reshape(sizes)
    if density:
        hist = hist / hist.sum()
        for d, row in enumerate(edges):
            hist = hist / row.detach().diff().reshape([-1 if d == k else 1 for k, _ in enumerate(sizes)])
    return _make("histogramdd", ("hist", "bin_edges"))((hist, tuple(edges)))


def _scalar(t: Tensor) -> str:
    names = {"int64": "Long", "int32": "Int", "int16": "Short", "int8": "Char", "uint8": "Byte", "bool": "Bool"}
    names.update(float16="Half", bfloat16="BFloat16")
    return names[str(t.dtype)[6:]]
