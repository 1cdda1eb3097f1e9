"""Reductions and normalisations of the elements that a mask marks, as torch.masked.

`mask` is a boolean tensor that broadcasts to the input (or None: all elements). What is masked out counts as if it
were not there; results of which everything is masked out are the identity of the operation, or NaN.

>>> import tapegrad as tg
>>> tg.masked.mean(tg.tensor([1., 2., 9.]), mask=tg.tensor([True, True, False]))
tensor(1.5000)
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf, nan

from . import _core
from ._core import Tensor, dtype as DType

__all__ = [
    "amax",
    "amin",
    "argmax",
    "argmin",
    "cumprod",
    "cumsum",
    "log_softmax",
    "logaddexp",
    "logsumexp",
    "mean",
    "median",
    "norm",
    "normalize",
    "prod",
    "softmax",
    "softmin",
    "std",
    "sum",
    "var",
]

Dim = int | Sequence[int] | None


def _dims(dim: Dim, ndim: int) -> tuple[int, ...]:
    """The dims counted from the front; None means all."""
    if dim is None:
        return tuple(range(ndim))
    n = max(ndim, 1)
    found: list[int] = []
    for d in (dim,) if isinstance(dim, int) else dim:
        if not -n <= d < n:
            raise IndexError(f"Dimension out of range (expected to be in range of [{-n}, {n - 1}], but got {d})")
        if d % n in found:
            raise RuntimeError(f"dim={d % n} appears multiple times in the list of dims")
        found.append(d % n)
    return tuple(found)


def _broadcast(input: Tensor, mask: Tensor) -> Tensor:
    """The mask as bools in the shape of the input."""
    if mask.dim() > input.dim():
        raise IndexError("_input_mask expected broadcastable mask (got mask dimensionality higher than of the input)")
    return mask.expand(input.shape).bool()


def _filled(input: Tensor, mask: Tensor | None, value: float) -> Tensor:
    """The input with `value` in place of what is masked out."""
    if mask is None:
        return input
    return _core.where(_broadcast(input, mask), input, _core.full((), value, dtype=input.dtype))


def _extreme_value(name: str, dtype: DType, greatest: bool) -> float:
    """The greatest or least value of a dtype."""
    if dtype.is_floating_point:
        return inf if greatest else -inf
    if dtype is _core.bool:
        raise NotImplementedError(f"identity of {name} on torch.bool input")
    from ._types import iinfo

    limits = iinfo(dtype)
    return limits.max if greatest else limits.min


def _cast(input: Tensor, dtype: DType | None) -> Tensor:
    return input if dtype is None else input.to(dtype)


def _accumulating(input: Tensor, dtype: DType | None) -> DType:
    """The dtype of sums and products."""
    return dtype if dtype is not None else input.dtype if input.dtype.is_floating_point else _core.int64


def _floating(name: str, input: Tensor, dtype: DType | None) -> DType:
    found = input.dtype if dtype is None else dtype
    if not found.is_floating_point:
        raise ValueError(
            f"{name}(): Could not infer output dtype. Input dtype must be either a floating point or complex dtype. "
            f"Got: {found}"
        )
    return found


def sum(
    input: Tensor, dim: Dim = None, *, keepdim: bool = False, dtype: DType | None = None, mask: Tensor | None = None
) -> Tensor:
    """Sum of the marked elements, of all or over dim; 0 of none.

    >>> import tapegrad as tg
    >>> tg.masked.sum(tg.tensor([1, 2, 3]), mask=tg.tensor([True, False, True]))
    tensor(4)
    """
    dims = _dims(dim, input.dim())
    return _core.sum(_filled(input, mask, 0), dims, keepdim, dtype=_accumulating(input, dtype))


def prod(
    input: Tensor, dim: Dim = None, *, keepdim: bool = False, dtype: DType | None = None, mask: Tensor | None = None
) -> Tensor:
    """Product of the marked elements, of all or over dim; 1 of none."""
    dtype = _accumulating(input, dtype)
    result = _filled(input, mask, 1)
    for d in sorted(_dims(dim, input.dim()), reverse=True):
        result = result.prod(d, keepdim)
    return result.to(dtype)


def cumsum(input: Tensor, dim: int, *, dtype: DType | None = None, mask: Tensor | None = None) -> Tensor:
    """Sums of the marked elements up to each place along dim."""
    (d,) = _dims(dim, input.dim())
    return _core.cumsum(_filled(input, mask, 0), d, dtype=input.dtype if dtype is None else dtype)


def cumprod(input: Tensor, dim: int, *, dtype: DType | None = None, mask: Tensor | None = None) -> Tensor:
    """Products of the marked elements up to each place along dim."""
    (d,) = _dims(dim, input.dim())
    return _core.cumprod(_filled(input, mask, 1), d, dtype=input.dtype if dtype is None else dtype)


def _lowest(name: str, input: Tensor, mask: Tensor | None, greatest: bool) -> Tensor:
    """The input with what can not be its extremum in place of what is masked out."""
    if mask is None:
        return input
    return _filled(input, mask, _extreme_value(name, input.dtype, not greatest))


def amax(
    input: Tensor, dim: Dim = None, *, keepdim: bool = False, dtype: DType | None = None, mask: Tensor | None = None
) -> Tensor:
    """Greatest marked element, of all or over dim; the least value of the dtype where there is none."""
    dims = _dims(dim, input.dim())
    return _cast(_lowest("amax", input, mask, True).amax(dims, keepdim), dtype)


def amin(
    input: Tensor, dim: Dim = None, *, keepdim: bool = False, dtype: DType | None = None, mask: Tensor | None = None
) -> Tensor:
    """Least marked element, of all or over dim; the greatest value of the dtype where there is none."""
    dims = _dims(dim, input.dim())
    return _cast(_lowest("amin", input, mask, False).amin(dims, keepdim), dtype)


def argmax(
    input: Tensor,
    dim: int | None = None,
    *,
    keepdim: bool = False,
    dtype: DType | None = None,
    mask: Tensor | None = None,
) -> Tensor:
    """Index of the greatest marked element, in the dtype of the input unless dtype is given."""
    found = _lowest("argmax", input, mask, True).argmax(dim, keepdim)
    return found.to(input.dtype if dtype is None else dtype)


def argmin(
    input: Tensor,
    dim: int | None = None,
    *,
    keepdim: bool = False,
    dtype: DType | None = None,
    mask: Tensor | None = None,
) -> Tensor:
    """Index of the least marked element, in the dtype of the input unless dtype is given."""
    found = _lowest("argmin", input, mask, False).argmin(dim, keepdim)
    return found.to(input.dtype if dtype is None else dtype)


def _count(input: Tensor, dims: tuple[int, ...], mask: Tensor | None, dtype: DType) -> Tensor:
    """How many elements are marked, with the dims as ones."""
    ones = _core.ones(input.shape, dtype=dtype) if mask is None else _broadcast(input, mask).to(dtype)
    return ones.sum(dims, True)


def mean(
    input: Tensor, dim: Dim = None, *, keepdim: bool = False, dtype: DType | None = None, mask: Tensor | None = None
) -> Tensor:
    """Mean of the marked elements, of all or over dim; NaN of none. Raises ValueError for integers without dtype."""
    dtype = _floating("mean", input, dtype)
    dims = _dims(dim, input.dim())
    if mask is None:
        return _core.mean(input, dims, keepdim, dtype=dtype)
    total = sum(input, dims, keepdim=keepdim, dtype=dtype, mask=mask)
    count = _core.sum(_broadcast(input, mask), dims, keepdim)
    return total / count


def median(
    input: Tensor, dim: int = -1, *, keepdim: bool = False, dtype: DType | None = None, mask: Tensor | None = None
) -> Tensor:
    """Median of the marked elements along dim, the lower one of two; NaN of none, where integers raise ValueError."""
    (d,) = _dims(dim, input.dim())
    input = _cast(input, dtype)
    if mask is None:
        return _core.nanmedian(input, d, keepdim)[0]
    if input.is_floating_point():
        return _core.nanmedian(_filled(input, mask, nan), d, keepdim)[0]
    if not _broadcast(input, mask).any(d).all():
        raise ValueError("masked median expects no fully masked out rows if dtype is not floating point")
    wide = _filled(input.to(_core.float64), mask, nan)
    return _core.nanmedian(wide, d, keepdim)[0].to(input.dtype)


def logsumexp(
    input: Tensor, dim: Dim = None, *, keepdim: bool = False, dtype: DType | None = None, mask: Tensor | None = None
) -> Tensor:
    """Logarithm of the sum of exponentials of the marked elements; -inf of none."""
    dims = _dims(dim, input.dim())
    kept = input.dtype if dtype is None else dtype
    value = -inf if input.is_floating_point() else _extreme_value("logsumexp", input.dtype, False)
    return _core.logsumexp(_filled(input, mask, value), dims, keepdim).to(kept)


def logaddexp(
    input: Tensor,
    other: Tensor,
    *,
    dtype: DType | None = None,
    input_mask: Tensor | None = None,
    other_mask: Tensor | None = None,
) -> Tensor:
    """log(exp(input) + exp(other)), where what is masked out counts as -inf."""
    input = input if input_mask is None else _filled(input, input_mask, _extreme_value("logaddexp", input.dtype, False))
    other = other if other_mask is None else _filled(other, other_mask, _extreme_value("logaddexp", other.dtype, False))
    return _cast(_core.logaddexp(input, other), dtype)


def norm(
    input: Tensor,
    ord: float = 2.0,
    dim: Dim = None,
    *,
    keepdim: bool = False,
    dtype: DType | None = None,
    mask: Tensor | None = None,
) -> Tensor:
    """Vector norm of the marked elements, of all or over dim; 0 (for ord -inf, inf) of none."""
    dims = _dims(dim, input.dim())
    filled = _filled(input, mask, inf if ord == -inf else 0)
    return _core._linalg_vector_norm(filled, ord, dims, keepdim, dtype=dtype)


def _deviation(
    take_root: bool,
    input: Tensor,
    dim: Dim,
    unbiased: bool | None,
    correction: float | None,
    keepdim: bool,
    dtype: DType | None,
    mask: Tensor | None,
) -> Tensor:
    if unbiased is not None and correction is not None:
        raise AssertionError("Only one of unbiased and correction may be given")
    if correction is None:
        correction = 1 if unbiased is None or unbiased else 0
    dims = _dims(dim, input.dim())
    kept = dtype if dtype is not None else input.dtype if input.dtype.is_floating_point else _core.float32
    computed = kept if kept.is_floating_point else _core.float32
    count = _count(input, dims, mask, computed)
    total = sum(input, dims, keepdim=True, dtype=computed, mask=mask)
    centered = input - total / count
    if mask is not None:
        centered = _filled(centered, mask, 0)
    squares = _core.sum(centered * centered, dims, keepdim, dtype=computed)
    freedom = count if keepdim else count.reshape(squares.shape)
    if correction:
        freedom = _core.maximum(freedom - correction, _core.zeros((), dtype=computed))
    result = (squares / freedom).to(kept)
    return _core.sqrt(result) if take_root else result


def var(
    input: Tensor,
    dim: Dim = None,
    unbiased: bool | None = None,
    *,
    correction: float | None = None,
    keepdim: bool = False,
    dtype: DType | None = None,
    mask: Tensor | None = None,
) -> Tensor:
    """Variance of the marked elements, of all or over dim: squared deviations over their count - correction.

    >>> import tapegrad as tg
    >>> tg.masked.var(tg.tensor([1., 2., 9.]), mask=tg.tensor([True, True, False]))
    tensor(0.5000)
    """
    return _deviation(False, input, dim, unbiased, correction, keepdim, dtype, mask)


def std(
    input: Tensor,
    dim: Dim = None,
    unbiased: bool | None = None,
    *,
    correction: float | None = None,
    keepdim: bool = False,
    dtype: DType | None = None,
    mask: Tensor | None = None,
) -> Tensor:
    """Standard deviation of the marked elements: the square root of var()."""
    return _deviation(True, input, dim, unbiased, correction, keepdim, dtype, mask)


def _soft(function: Callable[..., Tensor], input: Tensor, dim: int, dtype: DType | None, mask: Tensor | None) -> Tensor:
    (d,) = _dims(dim, input.dim())
    input = _cast(input, dtype)
    return function(_filled(input, mask, -inf) if input.is_floating_point() else input, d)


def softmax(input: Tensor, dim: int, *, dtype: DType | None = None, mask: Tensor | None = None) -> Tensor:
    """softmax() of the marked elements along dim, 0 elsewhere; NaN where all of a line is masked out.

    >>> import tapegrad as tg
    >>> tg.masked.softmax(tg.tensor([0., 0., 9.]), 0, mask=tg.tensor([True, True, False]))
    tensor([0.5000, 0.5000, 0.0000])
    """
    return _soft(_core.softmax, input, dim, dtype, mask)


def log_softmax(input: Tensor, dim: int, *, dtype: DType | None = None, mask: Tensor | None = None) -> Tensor:
    """log_softmax() of the marked elements along dim, -inf elsewhere."""
    return _soft(_core.log_softmax, input, dim, dtype, mask)


def softmin(input: Tensor, dim: int, *, dtype: DType | None = None, mask: Tensor | None = None) -> Tensor:
    """softmax() of the negated marked elements along dim, 0 elsewhere."""
    return _soft(_core.softmax, -_cast(input, dtype), dim, None, mask)


def normalize(
    input: Tensor,
    ord: float,
    dim: int,
    *,
    eps: float = 1e-12,
    dtype: DType | None = None,
    mask: Tensor | None = None,
) -> Tensor:
    """The marked elements over their norm along dim (at least eps), 0 elsewhere."""
    (d,) = _dims(dim, input.dim())
    input = _cast(input, dtype)
    length = norm(input, ord, d, keepdim=True, mask=mask)
    return _filled(input, mask, 0) / length.clamp_min(eps)
