"""Systems with triangular matrices, and the Cholesky factorisation of positive-definite ones."""

from __future__ import annotations

from typing import Any

from .. import _core
from .._core import Tensor
from ._common import (
    LinAlgError,
    LinalgFunction,
    array,
    check_floating,
    check_matrix,
    check_square,
    check_tensor,
    eye_like,
    named,
    no_errors,
    tensor,
    written,
)


def solve_triangular(
    A: Tensor, B: Tensor, *, upper: bool, left: bool = True, unitriangular: bool = False, out: Tensor | None = None
) -> Tensor:
    """Solution X of A X = B (of X A = B where left=False) for a triangular A.

    A: [..., n, n], of which the other triangle is not read, nor the diagonal where unitriangular; B: [..., n, k];
    batches are broadcast. float32 or float64. A zero on the diagonal gives infinities and NaN.

    >>> import tapegrad as tg
    >>> tg.linalg.solve_triangular(tg.tensor([[2., 0.], [1., 1.]]), tg.tensor([[4.], [3.]]), upper=False)
    tensor([[2.],
            [1.]])
    """
    check_tensor("linalg.solve_triangular", A)
    check_tensor("linalg.solve_triangular", B, "B", 2)
    result = _core._linalg_solve_triangular(A, B, upper=upper, left=left, unitriangular=unitriangular)
    return written("linalg.solve_triangular", result, out)


def _try(a: Any) -> Any:
    """The lower factors, or None where a matrix has none.

    Some builds of LAPACK take NaN for positive: from where it first stands it spreads to the last element.
    """
    import numpy as np

    try:
        factors = np.linalg.cholesky(a)
    except np.linalg.LinAlgError:
        return None
    last = factors[..., -1:, -1:]
    return factors if (last == last).all() else None


def _order(a: Any) -> int:
    """The order of the first leading minor that is not positive-definite: the least for which LAPACK fails."""
    works, fails = 0, len(a)
    while fails - works > 1:
        middle = (works + fails) // 2
        if _try(a[:middle, :middle]) is None:
            fails = middle
        else:
            works = middle
    return fails


def _factors(a: Any, function: str | None) -> tuple[Any, Any]:
    """Lower factors and infos (None where all have one); matrices that have none raise where a function is named.

    Otherwise their result is the factor of the leading minor that has one, and what the matrix holds below it.
    """
    import numpy as np

    factors = _try(a)
    if factors is not None:
        return factors, None
    factors, info = np.tril(a), np.zeros(a.shape[:-2], np.int32)
    for index in np.ndindex(info.shape):
        factor = _try(a[index])
        if factor is None:
            info[index] = order = _order(a[index])
            factors[index][: order - 1, : order - 1] = np.linalg.cholesky(a[index][: order - 1, : order - 1])
        else:
            factors[index] = factor
    if function is not None:
        flat = info.reshape(-1)
        first = int((flat != 0).argmax())
        where = f"(Batch element {first}): " if info.ndim else ""
        raise LinAlgError(
            f"{function}: {where}The factorization could not be completed because the input is not positive-definite "
            f"(the leading minor of order {flat[first]} is not positive-definite)."
        )
    return factors, info


class LinalgCholeskyEx(LinalgFunction):
    """(A, function named in the error, or None) -> (L, info), from the lower triangle of A."""

    @staticmethod
    def forward(ctx: Any, A: Tensor, function: str | None) -> tuple[Tensor, Tensor]:
        """Keeps L."""
        result, failed = _factors(array(A), function)
        factor, info = tensor(result), no_errors(A.shape[:-2]) if failed is None else tensor(failed)
        ctx.save_for_backward(factor)
        ctx.set_materialize_grads(False)
        return factor, info

    @staticmethod
    def backward(ctx: Any, grad: Tensor, _: Any) -> tuple[Any, ...]:
        """L^-T P L^-1 with P the symmetric half of tril(L^T grad) (Murray 2016, "Differentiation of the Cholesky
        decomposition", section 3).
        """
        (factor,) = ctx.saved_tensors
        lower = (factor.mT @ grad).tril()
        half = 0.5 * (lower + lower.tril(-1).mT)
        return solve_triangular(factor.mT, solve_triangular(factor, half, upper=False, left=False), upper=True), None


def _cholesky(A: Tensor, upper: bool, function: str | None, checked: str = "linalg.cholesky") -> tuple[Tensor, Tensor]:
    check_square(checked, A)
    check_floating(checked, A, "cholesky_cpu")
    factor, info = LinalgCholeskyEx.apply(A.mT if upper else A, function)
    return factor.mT if upper else factor, info


def cholesky(A: Tensor, *, upper: bool = False, out: Tensor | None = None) -> Tensor:
    """Cholesky factor of a symmetric positive-definite matrix: L of A = L L^T, or L^T where upper.

    A: [..., n, n], float32 or float64; only the named triangle is read. Raises LinAlgError where a matrix is not
    positive-definite. Derivative: Murray 2016, "Differentiation of the Cholesky decomposition".

    >>> import tapegrad as tg
    >>> tg.linalg.cholesky(tg.tensor([[4., 2.], [2., 10.]]))
    tensor([[2., 0.],
            [1., 3.]])
    """
    return written("linalg.cholesky", _cholesky(A, upper, "linalg.cholesky")[0], out)


def cholesky_ex(A: Tensor, *, upper: bool = False, check_errors: bool = False, out: Any = None) -> tuple[Any, ...]:
    """(L, info) of cholesky(): info is 0, or the order of the first leading minor that is not positive-definite.

    Raises LinAlgError only with check_errors; without it L is then not complete.

    >>> import tapegrad as tg
    >>> tg.linalg.cholesky_ex(-tg.eye(2)).info
    tensor(1, dtype=torch.int32)
    """
    result = _cholesky(A, upper, "linalg.cholesky_ex" if check_errors else None)
    return written("linalg.cholesky_ex", named("linalg_cholesky_ex", "L info", *result), out)


# ---- names outside torch.linalg ------------------------------------------------------------------------------------


def _triangular(L: Tensor) -> Tensor:
    """L, or its lower triangle where the upper one is not 0."""
    return L.tril() if L.detach().triu(1).any() else L


class CholeskySolve(LinalgFunction):
    """(B, L) -> X of L L^T X = B. The gradient of L is PyTorch's, of the whole matrix; its lower triangle is what
    counts, as L is a triangular matrix.
    """

    @staticmethod
    def forward(ctx: Any, B: Tensor, L: Tensor) -> Tensor:
        """Keeps L and X."""
        x: Tensor = solve_triangular(L.mT, solve_triangular(L, B, upper=False), upper=True)
        ctx.save_for_backward(L, x)
        return x

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Any, ...]:
        """gB = A^-1 grad; gA = -gB X^T and A = L L^T give gL = (gA + gA^T) L."""
        L, x = ctx.saved_tensors
        grad_b = CholeskySolve.apply(grad, L)
        grad_a = grad_b @ x.mT
        return grad_b, -(grad_a + grad_a.mT) @ _triangular(L)


class CholeskyInverse(LinalgFunction):
    """L -> inverse of L L^T, with the gradient of L as in CholeskySolve."""

    @staticmethod
    def forward(ctx: Any, L: Tensor) -> Tensor:
        """Keeps L and the result."""
        inverse = solve_triangular(L, eye_like(L), upper=False)
        result = inverse.mT @ inverse
        ctx.save_for_backward(L, result)
        return result

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        """gA = -Y^T grad Y^T and A = L L^T give gL = (gA + gA^T) L."""
        L, y = ctx.saved_tensors
        return -(y @ (grad + grad.mT) @ y) @ _triangular(L)


def cholesky_solve(B: Tensor, L: Tensor, upper: bool = False, *, out: Tensor | None = None) -> Tensor:
    """Solution X of A X = B from the Cholesky factor L of A (A = L L^T, or L^T L where upper).

    B: [..., n, k]; L: [..., n, n]; batches are broadcast. float32 or float64.

    >>> import tapegrad as tg
    >>> tg.cholesky_solve(tg.tensor([[8.], [20.]]), tg.tensor([[2., 0.], [1., 3.]]))
    tensor([[1.1111],
            [1.7778]])
    """
    check_tensor("cholesky_solve", B, "input", 1)
    check_tensor("cholesky_solve", L, "input2", 2)
    for name, value in (("b", B), ("u", L)):
        if value.dim() < 2:
            raise RuntimeError(f"{name} should have at least 2 dimensions, but has {value.dim()} dimensions instead")
    rows, columns = L.shape[-2:]
    if rows != columns:
        raise RuntimeError(f"A must be batches of square matrices, but they are {rows} by {columns} matrices")
    if B.shape[-2] != rows:
        raise RuntimeError(
            f"Incompatible matrix sizes for cholesky_solve: each A matrix is {rows} by {rows} but each b matrix is "
            f"{B.shape[-2]} by {B.shape[-1]}"
        )
    check_floating("cholesky_solve", B, "cholesky_solve_cpu", True)
    return written("cholesky_solve", CholeskySolve.apply(B, L.mT if upper else L), out)


def cholesky_inverse(L: Tensor, upper: bool = False, *, out: Tensor | None = None) -> Tensor:
    """Inverse of A from its Cholesky factor L (A = L L^T, or L^T L where upper).

    L: [..., n, n], float32 or float64. Raises LinAlgError where the diagonal of L has a zero.

    >>> import tapegrad as tg
    >>> tg.cholesky_inverse(tg.tensor([[2., 0.], [0., 1.]]))
    tensor([[0.2500, 0.0000],
            [0.0000, 1.0000]])
    """
    check_square("cholesky_inverse", L)
    check_floating("cholesky_inverse", L, "cholesky_inverse_out_cpu", True)
    zero = L.detach().diagonal(0, -2, -1) == 0
    if zero.any():
        index, place = zero.reshape(-1, zero.shape[-1]).nonzero()[0].tolist()
        where = f"(Batch element {index}): " if L.dim() > 2 else ""
        raise LinAlgError(
            f"cholesky_inverse: {where}The diagonal element {place + 1} is zero, the inversion could not be completed "
            "because the input matrix is singular."
        )
    return written("cholesky_inverse", CholeskyInverse.apply(L.mT if upper else L), out)


def triangular_solve(
    b: Tensor, A: Tensor, upper: bool = True, transpose: bool = False, unitriangular: bool = False, *, out: Any = None
) -> tuple[Any, ...]:
    """(solution, cloned_coefficient) of A X = b for a triangular A; the older form of linalg.solve_triangular().

    >>> import tapegrad as tg
    >>> tg.triangular_solve(tg.ones(1, 1), tg.tensor([[4.]])).solution
    tensor([[0.2500]])
    """
    check_matrix("torch.triangular_solve", b, "b")
    check_square("triangular_solve", A)
    if A.shape[-1] != b.shape[-2]:
        raise RuntimeError(
            f"Incompatible matrix sizes for triangular_solve: each A matrix is {A.shape[-1]} by {A.shape[-1]} but each "
            f"b matrix is {b.shape[-2]} by {b.shape[-1]}"
        )
    solution = solve_triangular(A.mT if transpose else A, b, upper=upper != transpose, unitriangular=unitriangular)
    batch = solution.shape[:-2]
    coefficient = A.expand(*batch, *A.shape[-2:]).clone()
    result = named("triangular_solve", "solution cloned_coefficient", solution, coefficient)
    return written("triangular_solve", result, out)
