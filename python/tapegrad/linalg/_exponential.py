"""The exponential of a matrix."""

from __future__ import annotations

from typing import Any

from .. import _core
from .._core import Tensor
from ._common import LinalgFunction, array, check_square, scalar_name, tensor, written

# Coefficients of the [13/13] Pade approximant, and the 1-norm up to which it is exact to double precision
# (Higham 2005, "The scaling and squaring method for the matrix exponential revisited", section 2).
_PADE = (
    64764752532480000, 32382376266240000, 7771770303897600, 1187353796428800, 129060195264000, 10559470521600,
    670442572800, 33522128640, 1323241920, 40840800, 960960, 16380, 182, 1,
)  # fmt: skip
_THETA = 5.371920351148152


def _exponentials(a: Any) -> Any:
    """exp of each matrix of a float64 array: scaling, Pade approximant, squaring. NaN for what is not finite."""
    import numpy as np

    n = a.shape[-1]
    if a.size == 0:
        return a.copy()
    norms = np.abs(a).sum(-2).max(-1)
    finite = np.isfinite(norms)
    a = np.where(finite[..., None, None], a, 0)
    with np.errstate(divide="ignore"):
        squarings = np.maximum(np.ceil(np.log2(np.where(finite, norms, 0) / _THETA)), 0).astype(np.int64)
    a = np.ldexp(a, -squarings[..., None, None])
    one = np.eye(n)
    a2 = a @ a
    a4 = a2 @ a2
    a6 = a4 @ a2
    b = [float(c) for c in _PADE]
    odd = a @ (a6 @ (b[13] * a6 + b[11] * a4 + b[9] * a2) + b[7] * a6 + b[5] * a4 + b[3] * a2 + b[1] * one)
    even = a6 @ (b[12] * a6 + b[10] * a4 + b[8] * a2) + b[6] * a6 + b[4] * a4 + b[2] * a2 + b[0] * one
    result = np.linalg.solve(even - odd, even + odd)
    with np.errstate(over="ignore", invalid="ignore"):
        for step in range(int(squarings.max())):
            result = np.where((squarings > step)[..., None, None], result @ result, result)
    return np.where(finite[..., None, None], result, np.nan)


class LinalgMatrixExp(LinalgFunction):
    """A -> exp(A). The derivative in direction E is the corner of exp([[A, E], [0, A]]) (Mathias 1996, "A chain rule
    for matrix functions and applications"); the gradient is that of A^T in direction grad.
    """

    @staticmethod
    def forward(ctx: Any, A: Tensor) -> Tensor:
        """In double precision for all types."""
        ctx.save_for_backward(A)
        return tensor(_exponentials(array(A.double()))).to(A.dtype)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        """Itself a matrix exponential, so it can be differentiated again."""
        (A,) = ctx.saved_tensors
        n = A.shape[-1]
        transposed = A.mT
        top = _core.cat([transposed, grad], -1)
        bottom = _core.cat([_core.zeros_like(transposed), transposed], -1)
        return LinalgMatrixExp.apply(_core.cat([top, bottom], -2))[..., :n, n:]


def matrix_exp(A: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Exponential of a square matrix, or of each matrix of a batch: the sum of A^k / k!.

    A: [..., n, n], any floating type. Scaling and squaring with a Pade approximant (Higham 2005), in double precision.

    >>> import tapegrad as tg
    >>> tg.linalg.matrix_exp(tg.tensor([[0., 1.], [0., 0.]]))
    tensor([[1., 1.],
            [0., 1.]])
    """
    check_square("linalg.matrix_exp", A)
    if not A.is_floating_point():
        raise RuntimeError(
            f"linalg.matrix_exp: Expected a floating point or complex tensor as input. Got {scalar_name(A)}"
        )
    return written("linalg.matrix_exp", LinalgMatrixExp.apply(A), out)
