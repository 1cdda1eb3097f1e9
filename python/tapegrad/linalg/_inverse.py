"""Inverses, solutions, determinants and powers of square matrices."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from .. import _core
from .._core import Tensor
from ._common import (
    LinAlgError,
    LinalgFunction,
    array,
    check_floating,
    check_square,
    check_tensor,
    eye_like,
    named,
    no_errors,
    numbers_to_matrices,
    scalar_name,
    tensor,
    written,
)

# ---- singular matrices, which NumPy refuses without saying where ---------------------------------------------------


def _zero_pivot(matrix: Any) -> int:
    """The number, from 1 on, of the pivot that is zero in a matrix that LAPACK found singular."""
    import numpy as np

    u = np.array(matrix)
    n = len(u)
    for k in range(n):
        pivot = k + int(np.argmax(np.abs(u[k:, k])))
        if u[pivot, k] == 0:
            return k + 1
        u[[k, pivot]] = u[[pivot, k]]
        u[k + 1 :, k:] -= np.outer(u[k + 1 :, k] / u[k, k], u[k, k:])
    return n  # LAPACK rounds otherwise: then the last one, where errors gather


def _singular(a: Any) -> Any:
    """For every matrix of a batch the number of the pivot that is zero, or 0."""
    import numpy as np

    info = np.zeros(a.shape[:-2], np.int32)
    for index in np.ndindex(info.shape):
        try:
            np.linalg.inv(a[index])
        except np.linalg.LinAlgError:
            info[index] = _zero_pivot(a[index])
    return info


def _first(info: Any) -> tuple[str, int]:
    """Where in a batch the first failure stands, as text, and its number."""
    flat = info.reshape(-1)
    index = int((flat != 0).argmax())
    return f"(Batch element {index}): " if info.ndim else "", int(flat[index])


def _adjugates(a: Any) -> Any:
    """Transposed cofactors of each matrix, from its singular values; exact for singular matrices too."""
    import numpy as np

    u, s, vh = np.linalg.svd(a)
    sign = np.linalg.slogdet(u)[0] * np.linalg.slogdet(vh)[0]
    n = s.shape[-1]
    others = np.where(np.eye(n, dtype=bool), 1, s[..., None, :]).prod(-1)  # products of all but one
    return np.swapaxes(vh, -1, -2) * (others * sign[..., None])[..., None, :] @ np.swapaxes(u, -1, -2)


def _inverses(a: Any, function: str | None) -> tuple[Any, Any]:
    """Inverses and infos (None where no matrix is singular). Singular ones raise where a function is named, and have
    infinite inverses otherwise.
    """
    import numpy as np

    try:
        return np.linalg.inv(a), None
    except np.linalg.LinAlgError:
        info = _singular(a)
    if function is not None:
        where, number = _first(info)
        raise LinAlgError(
            f"{function}: {where}The diagonal element {number} is zero, the inversion could not be completed because "
            "the input matrix is singular."
        )
    bad = (info != 0)[..., None, None]
    inverse = np.linalg.inv(np.where(bad, np.eye(a.shape[-1], dtype=a.dtype), a))
    with np.errstate(all="ignore"):
        return np.where(bad, _adjugates(np.where(np.isfinite(a), a, 0)) / a.dtype.type(0), inverse), info


# ---- inverses ------------------------------------------------------------------------------------------------------


class LinalgInvEx(LinalgFunction):
    """(A, function named in the error, or None) -> (inverse, info). Giles 2008, section 2.2.3."""

    @staticmethod
    def forward(ctx: Any, A: Tensor, function: str | None) -> tuple[Tensor, Tensor]:
        """Keeps the inverse."""
        result, failed = _inverses(array(A), function)
        inverse, info = tensor(result), no_errors(A.shape[:-2]) if failed is None else tensor(failed)
        ctx.save_for_backward(inverse)
        ctx.set_materialize_grads(False)
        return inverse, info

    @staticmethod
    def backward(ctx: Any, grad: Tensor, _: Any) -> tuple[Any, ...]:
        """-A^-T grad A^-T."""
        (inverse,) = ctx.saved_tensors
        return -(inverse.mT @ grad @ inverse.mT), None


def inv(A: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Inverse of a square matrix, or of each matrix of a batch.

    A: [..., n, n], float32 or float64. Raises LinAlgError where a matrix is singular. To multiply with an inverse,
    solve() is faster and more accurate. Derivative: Giles 2008, "Collected matrix derivative results".

    >>> import tapegrad as tg
    >>> tg.linalg.inv(tg.tensor([[2., 0.], [1., 1.]]))
    tensor([[ 0.5000,  0.0000],
            [-0.5000,  1.0000]])
    """
    check_square("linalg.inv", A)
    check_floating("linalg.inv", A)
    return written("linalg.inv", LinalgInvEx.apply(A, "linalg.inv")[0], out)


def inv_ex(A: Tensor, *, check_errors: bool = False, out: Any = None) -> tuple[Any, ...]:
    """(inverse, info) of each matrix: info is 0, or the number of the pivot that is zero in a singular matrix.

    A: [..., n, n]; info: [...], int32. Raises LinAlgError only with check_errors; without it the inverse of a
    singular matrix is infinite or NaN.

    >>> import tapegrad as tg
    >>> tg.linalg.inv_ex(tg.ones(2, 2)).info
    tensor(2, dtype=torch.int32)
    """
    check_square("linalg.inv", A)
    check_floating("linalg.inv", A)
    result = LinalgInvEx.apply(A, "linalg.inv_ex" if check_errors else None)
    return written("linalg.inv_ex", named("linalg_inv_ex", "inverse info", *result), out)


# ---- solutions -----------------------------------------------------------------------------------------------------


def _solutions(a: Any, b: Any, function: str | None) -> tuple[Any, Any]:
    """X of A X = B and infos (None where no matrix is singular); B is a batch of matrices. Singular matrices raise
    where a function is named.
    """
    import numpy as np

    if a.shape[:-2] != b.shape[:-2]:
        batch = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
        a, b = np.broadcast_to(a, batch + a.shape[-2:]), np.broadcast_to(b, batch + b.shape[-2:])
    try:
        return np.linalg.solve(a, b), None
    except np.linalg.LinAlgError:
        info = _singular(a)
    if function is not None:
        where, _ = _first(info)
        raise LinAlgError(f"{function}: {where}The solver failed because the input matrix is singular.")
    bad = (info != 0)[..., None, None]
    x = np.linalg.solve(np.where(bad, np.eye(a.shape[-1], dtype=a.dtype), a), b)
    with np.errstate(all="ignore"):
        return np.where(bad, _adjugates(np.where(np.isfinite(a), a, 0)) @ b / a.dtype.type(0), x), info


class LinalgSolveEx(LinalgFunction):
    """(A, B, function named in the error, or None) -> (X of A X = B, info). Giles 2008, section 2.3.1."""

    @staticmethod
    def forward(ctx: Any, A: Tensor, B: Tensor, function: str | None) -> tuple[Tensor, Tensor]:
        """Keeps A and X."""
        result, failed = _solutions(array(A), array(B), function)
        x, info = tensor(result), no_errors(result.shape[:-2]) if failed is None else tensor(failed)
        ctx.save_for_backward(A, x)
        ctx.set_materialize_grads(False)
        return x, info

    @staticmethod
    def backward(ctx: Any, grad: Tensor, _: Any) -> tuple[Any, ...]:
        """gB = A^-T grad, gA = -gB X^T."""
        A, x = ctx.saved_tensors
        grad_b = LinalgSolveEx.apply(A.mT, grad, None)[0]
        return -(grad_b @ x.mT) if ctx.needs_input_grad[0] else None, grad_b, None


def _solve(A: Tensor, B: Tensor, left: bool, function: str | None) -> tuple[Tensor, Tensor]:
    check_square("linalg.solve", A)
    check_tensor("linalg.solve", B, "B", 2)
    if A.dtype is not B.dtype:
        raise RuntimeError(
            f"linalg.solve: Expected A and B to have the same dtype, but found A of type {scalar_name(A)} and B of "
            f"type {scalar_name(B)} instead"
        )
    check_floating("linalg.solve", A)
    vector = B.dim() == 1 or (A.dim() - 1 == B.dim() and B.shape == A.shape[:-1])
    matrix = B.unsqueeze(-1) if vector else B
    if matrix.dim() < 2:
        raise RuntimeError("linalg.solve: The input tensor B must have at least 2 dimensions.")
    n, (rows, columns) = A.shape[-1], matrix.shape[-2:]
    if n != (rows if left else columns):
        raise RuntimeError(
            f"linalg.solve: Incompatible shapes of A and B for the equation {'AX' if left else 'XA'} = B "
            f"({n}x{n} and {rows}x{columns})"
        )
    if left:
        x, info = LinalgSolveEx.apply(A, matrix, function)
    else:
        x, info = LinalgSolveEx.apply(A.mT, matrix.mT, function)
        x = x.mT
    return x.squeeze(-1) if vector else x, info


def solve(A: Tensor, B: Tensor, *, left: bool = True, out: Tensor | None = None) -> Tensor:
    """Solution X of A X = B (of X A = B where left=False).

    A: [..., n, n]; B: [..., n, k], or [n] or [..., n] for vectors; batches are broadcast. float32 or float64.
    Raises LinAlgError where a matrix is singular.

    >>> import tapegrad as tg
    >>> tg.linalg.solve(tg.tensor([[2., 0.], [1., 1.]]), tg.tensor([4., 3.]))
    tensor([2., 1.])
    """
    return written("linalg.solve", _solve(A, B, left, "torch.linalg.solve")[0], out)


def solve_ex(
    A: Tensor, B: Tensor, *, left: bool = True, check_errors: bool = False, out: Any = None
) -> tuple[Any, ...]:
    """(result, info) of solve(): info is 0, or the number of the pivot that is zero in a singular matrix.

    Raises LinAlgError only with check_errors; without it the result for a singular matrix is infinite or NaN.

    >>> import tapegrad as tg
    >>> tg.linalg.solve_ex(tg.eye(2), tg.ones(2)).info
    tensor(0, dtype=torch.int32)
    """
    result = _solve(A, B, left, "torch.linalg.solve_ex" if check_errors else None)
    return written("linalg.solve_ex", named("linalg_solve_ex", "result info", *result), out)


# ---- determinants --------------------------------------------------------------------------------------------------


def _cross(a: Tensor, b: Tensor) -> Tensor:
    """Cross product of the last dimension."""
    return a.roll(-1, -1) * b.roll(-2, -1) - a.roll(-2, -1) * b.roll(-1, -1)


def _small_cofactors(A: Tensor) -> Tensor:
    """Cofactors of matrices up to 3 by 3."""
    n = A.shape[-1]
    if n == 1:
        return _core.ones_like(A)
    rows = A.unbind(-2)
    if n == 2:
        sign = _core.tensor([1.0, -1.0], dtype=A.dtype)
        return _core.stack([rows[1].flip(-1) * sign, -rows[0].flip(-1) * sign], -2)
    return _core.stack([_cross(rows[1], rows[2]), _cross(rows[2], rows[0]), _cross(rows[0], rows[1])], -2)


def _nearly_singular(a: Any) -> bool:
    """Whether the derivative of det(A) A^-T would lose more than half of the digits, in one matrix at least."""
    import numpy as np

    s = np.linalg.svd(a, compute_uv=False)
    return bool((s[..., -1] < s[..., 0] * np.finfo(a.dtype).eps ** 0.25).any())


class LinalgDetCofactors(LinalgFunction):
    """Cofactors of matrices that may be singular, with a derivative that needs no inverse."""

    @staticmethod
    def forward(ctx: Any, A: Tensor) -> Tensor:
        """Keeps the matrix."""
        ctx.save_for_backward(A)
        return tensor(_adjugates(array(A))).mT

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        """With A = U S V^T and E = U^T dA V: the cofactors of S + E to first order, turned back.

        On the diagonal they are the sums of E_kk times the product of the s_j, j not in {i, k}; beside it -E_ji times
        the product of the s_k, k not in {i, j}.
        """
        import numpy as np

        (A,) = ctx.saved_tensors
        if _core.is_grad_enabled() and (grad.requires_grad or A.requires_grad):  # a third derivative is wanted
            inverse, info = LinalgInvEx.apply(A, None)
            if info.any():
                raise RuntimeError("det() of a singular matrix has no third derivative here")
            cofactors = numbers_to_matrices(LinalgDet.apply(A)) * inverse.mT
            along = numbers_to_matrices((grad * cofactors).sum((-2, -1)))
            return along * inverse.mT - inverse.mT @ grad.mT @ cofactors
        u, s, vh = np.linalg.svd(array(A))
        sign = np.linalg.slogdet(u)[0] * np.linalg.slogdet(vh)[0]
        n = s.shape[-1]
        one = np.eye(n, dtype=bool)
        others = np.where(one[:, None] | one, 1, s[..., None, None, :]).prod(-1) * ~one
        g = np.swapaxes(u, -1, -2) @ array(grad) @ np.swapaxes(vh, -1, -2)
        diagonal = (others @ np.diagonal(g, axis1=-2, axis2=-1)[..., None])[..., 0]
        inner = -others * np.swapaxes(g, -1, -2) + diagonal[..., None] * np.eye(n, dtype=s.dtype)
        return tensor(sign[..., None, None] * (u @ inner @ vh))


class LinalgDet(LinalgFunction):
    """The determinant. Up to 3 by 3 it is expanded in cofactors, which are exact for singular matrices."""

    @staticmethod
    def forward(ctx: Any, A: Tensor) -> Tensor:
        """Keeps A and the result."""
        n = A.shape[-1]
        if 0 < n <= 3:
            result = (A.select(-2, 0) * _small_cofactors(A).select(-2, 0)).sum(-1)
        else:
            import numpy as np

            # in double precision, since NumPy goes through the logarithm
            result = tensor(np.linalg.det(array(A).astype(np.float64))).to(A.dtype)
        ctx.save_for_backward(A, result)
        return result

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        """grad times the cofactors: det(A) A^-T where A is regular (Giles 2008, section 2.2.4)."""
        A, result = ctx.saved_tensors
        if A.shape[-1] <= 3:
            cofactors = _small_cofactors(A) if A.shape[-1] else A
        elif (result == 0).any() or (_core.is_grad_enabled() and _nearly_singular(array(A))):
            cofactors = LinalgDetCofactors.apply(A)
        else:
            cofactors = numbers_to_matrices(result) * LinalgInvEx.apply(A, None)[0].mT
        return numbers_to_matrices(grad) * cofactors


def det(A: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Determinant of a square matrix, or of each matrix of a batch.

    A: [..., n, n], float32 or float64. Returns [...]; 1 for an empty matrix.

    >>> import tapegrad as tg
    >>> tg.linalg.det(tg.tensor([[2., 1.], [1., 3.]]))
    tensor(5.)
    """
    check_square("linalg.det", A)
    check_floating("linalg.det", A, "lu_cpu")
    return written("linalg.det", LinalgDet.apply(A), out)


class LinalgSlogdet(LinalgFunction):
    """A -> (sign, logabsdet). Giles 2008, section 2.2.4."""

    @staticmethod
    def forward(ctx: Any, A: Tensor) -> tuple[Tensor, Tensor]:
        """Keeps A."""
        import numpy as np

        sign, logabsdet = map(tensor, np.linalg.slogdet(array(A)))
        ctx.save_for_backward(A)
        ctx.set_materialize_grads(False)
        return sign, logabsdet

    @staticmethod
    def backward(ctx: Any, _: Any, grad: Tensor | None) -> Tensor:
        """grad A^-T; the sign is constant."""
        (A,) = ctx.saved_tensors
        if grad is None:
            return _core.zeros_like(A)
        return numbers_to_matrices(grad) * LinalgInvEx.apply(A, None)[0].mT


def slogdet(A: Tensor, *, out: Any = None) -> tuple[Any, ...]:
    """(sign, logabsdet) of a square matrix: its determinant is sign * exp(logabsdet), which may overflow.

    A: [..., n, n], float32 or float64. A singular matrix has sign 0 and logabsdet -inf.

    >>> import tapegrad as tg
    >>> tg.linalg.slogdet(tg.eye(2)).logabsdet
    tensor(0.)
    """
    check_square("linalg.slogdet", A)
    check_floating("linalg.slogdet", A)
    return written("linalg.slogdet", named("linalg_slogdet", "sign logabsdet", *LinalgSlogdet.apply(A)), out)


def logdet(input: Tensor) -> Tensor:
    """Logarithm of the determinant: -inf where it is 0, NaN where it is negative.

    input: [..., n, n], float32 or float64.

    >>> import tapegrad as tg
    >>> tg.logdet(tg.eye(3))
    tensor(0.)
    """
    check_square("logdet", input)
    check_floating("logdet", input)
    sign, logabsdet = LinalgSlogdet.apply(input)
    return _core.where(sign == -1, math.nan, logabsdet)


# ---- powers, tensors as matrices -----------------------------------------------------------------------------------


def matrix_power(A: Tensor, n: int, *, out: Tensor | None = None) -> Tensor:
    """The n-th power of a square matrix, or of each matrix of a batch; of its inverse where n is negative.

    A: [..., n, n]; integer types too unless n is negative. Raises LinAlgError where the inverse does not exist.

    >>> import tapegrad as tg
    >>> tg.linalg.matrix_power(tg.tensor([[1., 1.], [0., 1.]]), 5)
    tensor([[1., 5.],
            [0., 1.]])
    """
    check_square("linalg.matrix_power", A)
    if not isinstance(n, int):
        raise TypeError(f"linalg_matrix_power(): argument 'n' (position 2) must be int, not {type(n).__name__}")
    if n == 0:
        one = _core.where(_core.tensor(True), eye_like(A), A)  # which belongs to the graph of A, as in PyTorch
        return written("linalg.matrix_power", one, out)
    square, n = (inv(A), -n) if n < 0 else (A, n)
    result = None
    while True:  # binary digits of n, the lowest first
        if n & 1:
            result = square if result is None else result @ square
        n >>= 1
        if not n:
            break
        square = square @ square
    assert result is not None
    return written("linalg.matrix_power", result.clone() if result is A else result, out)


def tensorinv(A: Tensor, ind: int = 2, *, out: Tensor | None = None) -> Tensor:
    """Inverse of A seen as a matrix whose rows are its first `ind` dimensions.

    A: prod(shape[:ind]) == prod(shape[ind:]). Returns the shape A.shape[ind:] + A.shape[:ind].

    >>> import tapegrad as tg
    >>> tg.linalg.tensorinv(tg.eye(6).reshape(2, 3, 6)).shape
    torch.Size([6, 2, 3])
    """
    check_tensor("linalg.tensorinv", A)
    if ind <= 0:
        raise RuntimeError(f"Expected a strictly positive integer for 'ind', but got {ind}")
    rows, columns = math.prod(A.shape[:ind]), math.prod(A.shape[ind:])
    if rows != columns:
        raise RuntimeError(
            "Expected self to satisfy the requirement prod(self.shape[ind:]) == prod(self.shape[:ind]), "
            f"but got {columns} != {rows}"
        )
    result = inv(A.reshape(rows, columns)).reshape(*A.shape[ind:], *A.shape[:ind])
    return written("linalg.tensorinv", result, out)


def tensorsolve(A: Tensor, B: Tensor, dims: Sequence[int] | None = None, *, out: Tensor | None = None) -> Tensor:
    """X with tensordot(A, X, X.dim()) == B.

    A: prod(shape[:B.dim()]) == prod(shape[B.dim():]), after the dimensions `dims` were moved to the end.

    >>> import tapegrad as tg
    >>> tg.linalg.tensorsolve(tg.eye(6).reshape(2, 3, 6), tg.ones(2, 3))
    tensor([1., 1., 1., 1., 1., 1.])
    """
    check_tensor("linalg.tensorsolve", A)
    check_tensor("linalg.tensorsolve", B, "B", 2)
    moved = A.movedim(tuple(dims), tuple(range(A.dim() - len(dims), A.dim()))) if dims is not None else A
    shape = moved.shape[B.dim() :]
    unknowns = math.prod(shape)
    if unknowns != B.numel():
        raise RuntimeError(
            "Expected self to satisfy the requirement prod(self.shape[other.ndim:]) == prod(self.shape[:other.ndim]), "
            f"but got {unknowns} != {B.numel()}"
        )
    result = solve(moved.reshape(unknowns, unknowns), B.flatten()).reshape(shape)
    return written("linalg.tensorsolve", result, out)
