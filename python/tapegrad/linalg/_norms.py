"""The norms of torch.linalg: of vectors, of matrices, and norm(), which is either."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

from .. import _core
from .._core import Tensor, dtype as DType


def vector_norm(
    x: Tensor,
    ord: float = 2,
    dim: int | Sequence[int] | None = None,
    keepdim: bool = False,
    *,
    dtype: DType | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """The norm (sum |x|^ord)^(1/ord) of all elements or over dim; 0 counts nonzeros, inf takes the greatest |x|.

    x: any shape, floating. Raises RuntimeError for other dtypes and where a dtype would narrow x.

    >>> import tapegrad as tg
    >>> tg.linalg.vector_norm(tg.tensor([3., 4.]))
    tensor(5.)
    """
    return _core._linalg_vector_norm(x, ord, dim, keepdim, dtype=dtype, out=out)


_SCALAR_NAMES = {
    "bool": "Bool",
    "uint8": "Byte",
    "int8": "Char",
    "int16": "Short",
    "int32": "Int",
    "int64": "Long",
    "float16": "Half",
    "bfloat16": "BFloat16",
    "float32": "Float",
    "float64": "Double",
}


def _scalar_name(dtype: DType) -> str:
    return _SCALAR_NAMES[str(dtype).removeprefix("torch.")]


def _check_matrix(x: Tensor, dtype: DType | None) -> None:
    name = "linalg.matrix_norm"
    if x.dim() < 2:
        raise RuntimeError(f"{name}: The input tensor A must have at least 2 dimensions.")
    if not x.is_floating_point():
        raise RuntimeError(f"{name}: Expected a floating point or complex tensor as input. Got {_scalar_name(x.dtype)}")
    if dtype is None:
        return
    if not dtype.is_floating_point:
        raise RuntimeError(f"{name}: dtype should be floating point or complex, but got {_scalar_name(dtype)}")
    if _core.promote_types(x.dtype, dtype) != dtype:
        raise RuntimeError(
            f"{name}: the dtype of the input ({_scalar_name(x.dtype)}) should be convertible without narrowing to the "
            f"specified dtype ({_scalar_name(dtype)})"
        )


def _two_dims(x: Tensor, dim: Sequence[int]) -> tuple[int, int]:
    if len(dim) != 2:
        raise RuntimeError(f"linalg.matrix_norm: dim must be a 2-tuple. Got {' '.join(map(str, dim))}")
    n = x.dim()
    for d in dim:
        if not -n <= d < n:
            raise IndexError(f"Dimension out of range (expected to be in range of [{-n}, {n - 1}], but got {d})")
    rows, columns = dim[0] % n, dim[1] % n
    if rows == columns:
        raise RuntimeError(f"linalg.matrix_norm: dims must be different. Got ({dim[0]}, {dim[1]})")
    return rows, columns


def _singular_values(x: Tensor, rows: int, columns: int) -> Tensor:
    """The singular values of the matrices in the two dims, in a last dimension."""
    from . import svdvals

    values: Tensor = svdvals(x.movedim((rows, columns), (-2, -1)))
    return values


def _extreme(x: Tensor, dim: int, greatest: bool) -> Tensor:
    """The greatest or least along dim; 0 where there is none."""
    if x.size(dim) == 0:
        return x.sum(dim)
    return x.amax(dim) if greatest else x.amin(dim)


def _with_dims(result: Tensor, rows: int, columns: int) -> Tensor:
    """The two dims of the matrices back in their places, as ones."""
    for d in sorted((rows, columns)):
        result = result.unsqueeze(d)
    return result


def matrix_norm(
    A: Tensor,
    ord: float | str = "fro",
    dim: Sequence[int] = (-2, -1),
    keepdim: bool = False,
    *,
    dtype: DType | None = None,
    out: Tensor | None = None,
) -> Tensor:
    """Norm of the matrices in the two dims.

    ord: 'fro' (root of the sum of squares), 'nuc' (sum of the singular values), 2 and -2 (greatest and least of
    them), inf and -inf (greatest and least row sum of |A|), 1 and -1 (column sums).
    A: floating, of at least two dimensions. Raises RuntimeError for other orders, shapes and dtypes.

    >>> import tapegrad as tg
    >>> tg.linalg.matrix_norm(tg.tensor([[1., -2.], [3., 4.]]), ord=1)
    tensor(6.)
    """
    if isinstance(ord, str) and ord not in ("fro", "nuc"):
        raise RuntimeError(f"linalg.matrix_norm: Order {ord} not supported.")
    _check_matrix(A, dtype)
    rows, columns = _two_dims(A, dim)
    if ord == "fro":
        return _core._linalg_vector_norm(A, 2, (rows, columns), keepdim, dtype=dtype, out=out)
    if not isinstance(ord, str) and abs(ord) not in (1, 2, inf):
        raise RuntimeError(f"linalg.matrix_norm: Order {ord:g} not supported.")
    if dtype is not None:
        A = A.to(dtype)
    if isinstance(ord, str):
        result = _singular_values(A, rows, columns).sum(-1)
    else:
        greatest = ord > 0
        if abs(ord) == 2:
            result = _extreme(_singular_values(A, rows, columns), -1, greatest)
        else:
            summed, kept = (columns, rows) if abs(ord) == inf else (rows, columns)
            result = _extreme(A.abs().sum(summed, True), kept, greatest).squeeze(summed - (summed > kept))
    if keepdim:
        result = _with_dims(result, rows, columns)
    return result if out is None else _core.mul(result, 1, out=out)


def _nuclear(x: Tensor, dim: Sequence[int], keepdim: bool, dtype: DType | None) -> Tensor:
    """torch.norm(x, 'nuc')."""
    return matrix_norm(x, "nuc", tuple(dim), keepdim, dtype=dtype)


def norm(
    A: Tensor,
    ord: float | str | None = None,
    dim: int | Sequence[int] | None = None,
    keepdim: bool = False,
    *,
    out: Tensor | None = None,
    dtype: DType | None = None,
) -> Tensor:
    """vector_norm() or matrix_norm(), by the number of dims, or of A's dimensions where an order is given alone.

    Without order and dim, the 2-norm of all elements. Raises RuntimeError where the dims do not fit.

    >>> import tapegrad as tg
    >>> tg.linalg.norm(tg.tensor([[3., 0.], [0., 4.]]))
    tensor(5.)
    """
    dims = (dim,) if isinstance(dim, int) else None if dim is None else tuple(dim)
    if dims is not None and len(dims) not in (1, 2):
        raise RuntimeError(f"linalg.norm: If dim is specified, it must be of length 1 or 2. Got {list(dims)}")
    if dims is None and ord is not None and A.dim() not in (1, 2):
        raise RuntimeError(
            f"linalg.norm: If dim is not specified but ord is, the input must be 1D or 2D. Got {A.dim()}D."
        )
    if isinstance(ord, str) or (ord is not None and (len(dims) == 2 if dims is not None else A.dim() == 2)):
        return matrix_norm(A, ord, dims if dims is not None else (0, 1), keepdim, dtype=dtype, out=out)
    order = 2 if ord is None else ord
    return vector_norm(A, order, dims, keepdim, dtype=dtype, out=out)
