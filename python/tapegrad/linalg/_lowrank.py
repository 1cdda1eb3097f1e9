"""Approximate singular value decompositions of low rank (Halko, Martinsson & Tropp 2009, "Finding structure with
randomness", algorithms 4.4 and 5.1).
"""

from __future__ import annotations

from .. import _core
from .._core import Tensor
from ._common import check_tensor
from ._orthogonal import qr
from ._spectral import svd


def _range(A: Tensor, q: int, niter: int) -> Tensor:
    """Orthonormal columns that span most of the range of A: q random combinations, made sharper by powers of A A^T."""
    basis = qr(A @ _core.randn(A.shape[-1], q, dtype=A.dtype))[0]
    for _ in range(niter):
        basis = qr(A.mT @ basis)[0]
        basis = qr(A @ basis)[0]
    return basis


def svd_lowrank(
    A: Tensor, q: int | None = 6, niter: int | None = 2, M: Tensor | None = None
) -> tuple[Tensor, Tensor, Tensor]:
    """(U, S, V) with A (A - M where M is given) close to U diag(S) V^T, of rank q at most.

    A: [..., m, n]; U: [..., m, q], S: [..., q], V: [..., n, q], with min(m, n) in place of a greater q. niter: rounds
    of iteration. Takes random numbers from the default generator.

    >>> import tapegrad as tg
    >>> u, s, v = tg.svd_lowrank(tg.outer(tg.arange(1., 4.), tg.ones(5)), q=1)
    >>> u.shape, s.shape, v.shape
    (torch.Size([3, 1]), torch.Size([1]), torch.Size([5, 1]))
    """
    check_tensor("svd_lowrank", A)
    q, niter = 6 if q is None else q, 2 if niter is None else niter
    m, n = A.shape[-2:]
    x = A if M is None else A - M.expand(A.shape)
    wide = m < n
    if wide:
        x = x.mT
    basis = _range(x, q, niter)
    u, s, vh = svd(basis.mT @ x, False)
    u, v = basis @ u, vh.mT
    return (v, s, u) if wide else (u, s, v)


def pca_lowrank(A: Tensor, q: int | None = None, center: bool = True, niter: int = 2) -> tuple[Tensor, Tensor, Tensor]:
    """(U, S, V): principal directions V of the rows of A, which are centred first unless center=False.

    A: [..., m, n]; q: how many directions, min(6, m, n) by default. Raises ValueError for a q that is too great.

    >>> import tapegrad as tg
    >>> tg.pca_lowrank(tg.randn(10, 3), q=2)[2].shape
    torch.Size([3, 2])
    """
    check_tensor("pca_lowrank", A)
    m, n = A.shape[-2:]
    if q is None:
        q = min(6, m, n)
    elif not 0 <= q <= min(m, n):
        raise ValueError(f"q(={q}) must be non-negative integer and not greater than min(m, n)={min(m, n)}")
    if niter < 0:
        raise ValueError(f"niter(={niter}) must be non-negative integer")
    return svd_lowrank(A - A.mean(-2, keepdim=True) if center else A, q, niter)
