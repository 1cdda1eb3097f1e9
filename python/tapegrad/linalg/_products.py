"""The products of torch.linalg: of vectors, of chains of matrices, of powers."""

from __future__ import annotations

from collections.abc import Sequence

from .. import _core
from .._core import Tensor


def cross(input: Tensor, other: Tensor, *, dim: int = -1, out: Tensor | None = None) -> Tensor:
    """Cross product of the vectors of three along dim; other dimensions are broadcast.

    input, other: the same dtype and number of dimensions. Raises RuntimeError where dim has not the size 3.

    >>> import tapegrad as tg
    >>> tg.linalg.cross(tg.tensor([1., 0., 0.]), tg.tensor([0., 1., 0.]))
    tensor([0., 0., 1.])
    """
    return _core._linalg_cross(input, other, dim=dim, out=out)


def vecdot(x: Tensor, y: Tensor, *, dim: int = -1, out: Tensor | None = None) -> Tensor:
    """Dot products of the vectors along dim; other dimensions are broadcast.

    x, y: the same floating dtype; the result lacks dim. Raises RuntimeError for other dtypes.

    >>> import tapegrad as tg
    >>> tg.linalg.vecdot(tg.tensor([[1., 2.], [3., 4.]]), tg.tensor([1., 1.]))
    tensor([3., 7.])
    """
    return _core._linalg_vecdot(x, y, dim=dim, out=out)


def matmul(input: Tensor, other: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Matrix product: the same as tapegrad.matmul().

    >>> import tapegrad as tg
    >>> tg.linalg.matmul(tg.tensor([[1., 2.]]), tg.tensor([[3.], [4.]]))
    tensor([[11.]])
    """
    return _core.matmul(input, other, out=out)


def multi_dot(tensors: Sequence[Tensor], *, out: Tensor | None = None) -> Tensor:
    """Product of a chain of at least two matrices, in the order that takes the fewest multiplications.

    The first tensor may be a vector (a row) and the last one too (a column). Raises RuntimeError where sizes do not
    fit. The order is found by dynamic programming (Cormen et al., Introduction to Algorithms, 15.2).

    >>> import tapegrad as tg
    >>> tg.linalg.multi_dot([tg.ones(2, 3), tg.ones(3, 1), tg.ones(1, 2)])
    tensor([[3., 3.],
            [3., 3.]])
    """
    return _core._linalg_multi_dot(tensors, out=out)


def vander(x: Tensor, *, N: int | None = None) -> Tensor:
    """Vandermonde matrices: the powers 0 to N - 1 of each element, along a new last dimension.

    x: any shape and dtype but bool; N is the size of its last dimension if not given. Raises RuntimeError for N < 2.

    >>> import tapegrad as tg
    >>> tg.linalg.vander(tg.tensor([2, 3]), N=3)
    tensor([[1, 2, 4],
            [1, 3, 9]])
    """
    return _core._linalg_vander(x, N=N)


def diagonal(A: Tensor, *, offset: int = 0, dim1: int = -2, dim2: int = -1) -> Tensor:
    """View of a diagonal of each matrix; offset counts from the main one, upwards.

    >>> import tapegrad as tg
    >>> tg.linalg.diagonal(tg.tensor([[1, 2], [3, 4]]))
    tensor([1, 4])
    """
    return _core.diagonal(A, offset, dim1, dim2)
