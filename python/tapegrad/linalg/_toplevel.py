"""The functions of linear algebra that PyTorch has beside torch.linalg: torch.det, torch.svd, Tensor.inverse and so on.

Those that torch.linalg has too differ in the names of arguments and results, or in the form of the result.
"""

from __future__ import annotations

from typing import Any

from .. import _core
from .._core import Tensor
from . import _exponential, _inverse, _lu, _orthogonal, _spectral
from ._cholesky import (
    _cholesky,
    cholesky_inverse as cholesky_inverse,
    cholesky_solve as cholesky_solve,
    triangular_solve as triangular_solve,
)
from ._common import check_matrix, named, written
from ._inverse import logdet as logdet
from ._lowrank import pca_lowrank as pca_lowrank, svd_lowrank as svd_lowrank
from ._lu import lu_unpack as lu_unpack
from ._orthogonal import geqrf as geqrf, orgqr as orgqr, ormqr as ormqr
from ._spectral import pinverse as pinverse


def inverse(input: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Inverse of a square matrix: the same as linalg.inv().

    >>> import tapegrad as tg
    >>> tg.inverse(tg.tensor([[4.]]))
    tensor([[0.2500]])
    """
    return _inverse.inv(input, out=out)


def matrix_power(input: Tensor, n: int, *, out: Tensor | None = None) -> Tensor:
    """The n-th power of a square matrix: the same as linalg.matrix_power().

    >>> import tapegrad as tg
    >>> tg.matrix_power(tg.tensor([[2.]]), 3)
    tensor([[8.]])
    """
    return _inverse.matrix_power(input, n, out=out)


def det(input: Tensor) -> Tensor:
    """Determinant of a square matrix: the same as linalg.det().

    >>> import tapegrad as tg
    >>> tg.det(tg.tensor([[2., 1.], [1., 3.]]))
    tensor(5.)
    """
    return _inverse.det(input)


def slogdet(input: Tensor, *, out: Any = None) -> tuple[Any, ...]:
    """(sign, logabsdet): the older name of linalg.slogdet().

    >>> import tapegrad as tg
    >>> tg.slogdet(tg.eye(2)).sign
    tensor(1.)
    """
    return written("slogdet", named("slogdet", "sign logabsdet", *_inverse.slogdet(input)), out)


def cholesky(input: Tensor, upper: bool = False, *, out: Tensor | None = None) -> Tensor:
    """Cholesky factor of a symmetric positive-definite matrix; the older name of linalg.cholesky().

    >>> import tapegrad as tg
    >>> tg.cholesky(tg.tensor([[4., 2.], [2., 10.]]), upper=True)
    tensor([[2., 1.],
            [0., 3.]])
    """
    return written("cholesky", _cholesky(input, upper, "cholesky", "cholesky")[0], out)


def qr(input: Tensor, some: bool = True, *, out: Any = None) -> tuple[Any, ...]:
    """(Q, R): the older form of linalg.qr(); some=False is its mode "complete".

    >>> import tapegrad as tg
    >>> tg.qr(tg.ones(3, 2), some=False).Q.shape
    torch.Size([3, 3])
    """
    return written("qr", named("qr", "Q R", *_orthogonal.qr(input, "reduced" if some else "complete")), out)


def svd(input: Tensor, some: bool = True, compute_uv: bool = True, *, out: Any = None) -> tuple[Any, ...]:
    """(U, S, V) with input = U diag(S) V^T: the older form of linalg.svd(), with V in place of its transpose.

    some=False gives square U and V; compute_uv=False zeros in their place.

    >>> import tapegrad as tg
    >>> tg.svd(tg.tensor([[3., 0.], [0., 4.]])).S
    tensor([4., 3.])
    """
    check_matrix("linalg.svd", input)
    if compute_uv:
        u, s, vh = _spectral.svd(input, not some)
        v = vh.mT
    else:
        s = _spectral.svdvals(input)
        *batch, m, n = input.shape
        u, v = _core.zeros(*batch, m, m, dtype=input.dtype), _core.zeros(*batch, n, n, dtype=input.dtype)
    return written("svd", named("svd", "U S V", u, s, v), out)


def lu(A: Tensor, pivot: bool = True, get_infos: bool = False, out: Any = None) -> Any:
    """(LU, pivots), and info where get_infos; the older form of linalg.lu_factor(), which raises for no matrix.

    >>> import tapegrad as tg
    >>> tg.lu(tg.tensor([[1., 2.], [2., 2.]]))[1]
    tensor([2, 2], dtype=torch.int32)
    """
    LU, pivots, info = _lu._factor(A, pivot, "linalg.lu_factor_ex", not get_infos)
    if not get_infos:
        return written("lu", (LU, pivots), out)
    return written("lu", named("_lu_with_info", "LU pivots info", LU, pivots, info), out)


def lu_solve(b: Tensor, LU_data: Tensor, LU_pivots: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Solution X of A X = b from the LU factorisation of A; the older form of linalg.lu_solve().

    >>> import tapegrad as tg
    >>> tg.lu_solve(tg.tensor([[2.]]), *tg.linalg.lu_factor(tg.tensor([[4.]])))
    tensor([[0.5000]])
    """
    return _lu.lu_solve(LU_data, LU_pivots, b, out=out)


def matrix_exp(input: Tensor) -> Tensor:
    """Exponential of a square matrix: the same as linalg.matrix_exp().

    >>> import tapegrad as tg
    >>> tg.matrix_exp(tg.zeros(2, 2))
    tensor([[1., 0.],
            [0., 1.]])
    """
    return _exponential.matrix_exp(input)
