"""The LU and LDL^T factorisations, which NumPy lacks: SciPy calls LAPACK for them."""

from __future__ import annotations

from typing import Any

from .. import _core
from .._core import Tensor
from ._cholesky import solve_triangular
from ._common import (
    LinalgFunction,
    array,
    check_floating,
    check_square,
    check_tensor,
    lapack,
    named,
    scalar_name,
    tensor,
    written,
)


def _permutations(pivots: Any, n: int) -> Any:
    """Index arrays p with (P^T A)[i] = A[p[i]], from the exchanges of rows that LAPACK made, one after the other."""
    import numpy as np

    p = np.broadcast_to(np.arange(n), (*pivots.shape[:-1], n)).copy()
    for k in range(pivots.shape[-1]):
        other = pivots[..., k, None].astype(np.int64) - 1
        here, there = p[..., k : k + 1].copy(), np.take_along_axis(p, other, -1)
        np.put_along_axis(p, other, here, -1)
        p[..., k : k + 1] = there
    return p


def _permutation_matrix(pivots: Tensor, n: int, dtype: Any) -> Tensor:
    """P of A = P L U."""
    import numpy as np

    return tensor(np.swapaxes(np.eye(n)[_permutations(array(pivots), n)], -1, -2)).to(dtype)


def _lower(LU: Tensor) -> Tensor:
    """L, with ones on its diagonal: [..., m, k]."""
    m, k = LU.shape[-2], min(LU.shape[-2:])
    return LU[..., :k].tril(-1) + _core.eye(m, k, dtype=LU.dtype)


def _upper(LU: Tensor) -> Tensor:
    """U: [..., k, n]."""
    return LU[..., : min(LU.shape[-2:]), :].triu()


class LinalgLuFactorEx(LinalgFunction):
    """A -> (LU, pivots, info) with partial pivoting."""

    @staticmethod
    def forward(ctx: Any, A: Tensor, function: str) -> tuple[Tensor, Tensor, Tensor]:
        """LAPACK's getrf for each matrix."""
        import numpy as np

        a = array(A)
        getrf = lapack("getrf", a, function)
        *batch, m, n = a.shape
        lu = np.empty(a.shape, a.dtype)
        pivots = np.zeros((*batch, min(m, n)), np.int32)
        info = np.zeros(batch, np.int32)
        for index in np.ndindex(*batch):
            if m and n:
                lu[index], pivots[index], info[index] = getrf(a[index])
        result = tensor(lu), tensor(pivots + 1), tensor(info)
        ctx.save_for_backward(result[0], result[1])
        ctx.set_materialize_grads(False)
        return result

    @staticmethod
    def backward(ctx: Any, grad: Tensor, *_: Any) -> tuple[Any, ...]:
        """Square: P L^-T (tril(L^T gL, -1) + triu(gU U^T)) U^-T (Walter & Lehmann 2012, section 4).

        A wide matrix has columns that are only multiplied by L^-1, a tall one rows that are only multiplied by U^-1:
        their gradients are passed on, and their share in those of L and U is taken off.
        """
        lu, pivots = ctx.saved_tensors
        m, n = lu.shape[-2:]
        k = min(m, n)
        lower, upper = lu[..., :k, :k], lu[..., :k, :k].triu()
        grad_l, grad_u = grad[..., :k, :k].tril(-1), grad[..., :k, :k].triu()
        square = _lower(lower)
        left, right = square.mT @ grad_l, grad_u @ upper.mT
        rest = None
        if n > k:
            left = left - grad[..., k:] @ lu[..., k:].mT
            rest = solve_triangular(lower.mT, grad[..., k:], upper=True, unitriangular=True)
        elif m > k:
            right = right - lu[..., k:, :].mT @ grad[..., k:, :]
            rest = solve_triangular(upper.mT, grad[..., k:, :], upper=False, left=False)
        inner = solve_triangular(lower.mT, left.tril(-1) + right.triu(), upper=True, unitriangular=True)
        inner = solve_triangular(upper.mT, inner, upper=False, left=False)
        if rest is not None:
            inner = _core.cat([inner, rest], -1 if n > k else -2)
        return _permutation_matrix(pivots, m, lu.dtype) @ inner, None


def _factor(A: Tensor, pivot: bool, function: str, check: bool, text: str = "torch.lu_factor") -> tuple[Any, ...]:
    check_tensor(function, A)
    if A.dim() < 2:
        raise RuntimeError(f"{text}: Expected tensor with 2 or more dimensions. Got size: {list(A.shape)} instead")
    check_floating(function, A, "lu_cpu", True)
    if not pivot:
        raise RuntimeError("linalg.lu_factor: LU without pivoting is not implemented on the CPU")
    LU, pivots, info = LinalgLuFactorEx.apply(A, function)
    if check and info.any():
        flat = info.flatten()
        index = int(flat.nonzero()[0].item())
        where = f"(Batch element {index}): " if info.dim() else ""
        number = flat[index].item()
        raise RuntimeError(
            f"torch.{function}: {where}U[{number},{number}] is zero and using it on lu_solve would result in a "
            "division by zero. If you still want to perform the factorization, consider calling linalg.lu(A, pivot) "
            "or linalg.lu_factor_ex(A, pivot)"
        )
    return LU, pivots, info


def lu_factor(A: Tensor, *, pivot: bool = True, out: Any = None) -> tuple[Any, ...]:
    """(LU, pivots) of A = P L U: U in the upper triangle of LU, L below it, without its diagonal of ones.

    A: [..., m, n], float32 or float64. pivots: int32, the row, from 1 on, that each row was exchanged with. Needs
    SciPy. Raises RuntimeError where U has a zero on its diagonal. Derivative: Walter & Lehmann 2012.

    >>> import tapegrad as tg
    >>> tg.linalg.lu_factor(tg.tensor([[1., 2.], [2., 2.]])).pivots
    tensor([2, 2], dtype=torch.int32)
    """
    result = _factor(A, pivot, "linalg.lu_factor", True)[:2]
    return written("linalg.lu_factor", named("linalg_lu_factor", "LU pivots", *result), out)


def lu_factor_ex(A: Tensor, *, pivot: bool = True, check_errors: bool = False, out: Any = None) -> tuple[Any, ...]:
    """(LU, pivots, info) of lu_factor(): info is 0, or the place of the first zero on the diagonal of U.

    Raises RuntimeError for a zero only with check_errors.

    >>> import tapegrad as tg
    >>> tg.linalg.lu_factor_ex(tg.ones(2, 2)).info
    tensor(2, dtype=torch.int32)
    """
    result = _factor(A, pivot, "linalg.lu_factor_ex", check_errors)
    return written("linalg.lu_factor_ex", named("linalg_lu_factor_ex", "LU pivots info", *result), out)


def lu(A: Tensor, *, pivot: bool = True, out: Any = None) -> tuple[Any, ...]:
    """(P, L, U) with A = P L U: a permutation, a lower triangular matrix with ones on its diagonal, an upper one.

    A: [..., m, n], float32 or float64; P: [..., m, m], L: [..., m, k], U: [..., k, n] with k = min(m, n). Needs SciPy.

    >>> import tapegrad as tg
    >>> tg.linalg.lu(tg.tensor([[1., 2.], [2., 2.]])).U
    tensor([[2., 2.],
            [0., 1.]])
    """
    LU, pivots, _ = _factor(A, pivot, "linalg.lu", False, "linalg.lu")
    result = _permutation_matrix(pivots, A.shape[-2], A.dtype), _lower(LU), _upper(LU)
    return written("linalg.lu", named("linalg_lu", "P L U", *result), out)


def lu_solve(
    LU: Tensor, pivots: Tensor, B: Tensor, *, left: bool = True, adjoint: bool = False, out: Tensor | None = None
) -> Tensor:
    """Solution X of A X = B from lu_factor(A); of X A = B where left=False, with A^T in place of A where adjoint.

    LU: [..., n, n]; pivots: [..., n], int32; B: [..., n, k]; batches are broadcast.

    >>> import tapegrad as tg
    >>> A = tg.tensor([[1., 2.], [2., 2.]])
    >>> tg.linalg.lu_solve(*tg.linalg.lu_factor(A), tg.tensor([[3.], [4.]]))
    tensor([[1.],
            [1.]])
    """
    name = "linalg.lu_solve"
    for position, (label, value) in enumerate((("LU", LU), ("pivots", pivots), ("B", B)), 1):
        check_tensor(name, value, label, position)
    if LU.dtype is not B.dtype:
        raise RuntimeError(
            f"{name}: Expected LU and B to have the same dtype, but found LU of type {scalar_name(LU)} and B of type "
            f"{scalar_name(B)} instead"
        )
    check_floating(name, LU)
    if pivots.dtype is not _core.int32:
        raise RuntimeError(f"{name}: pivots should be a Tensor of scalar type torch.int32")
    check_square(name, LU)
    if B.dim() < 2:
        raise RuntimeError(f"{name}: The input tensor B must have at least 2 dimensions.")
    n, (rows, columns) = LU.shape[-1], B.shape[-2:]
    if n != (rows if left else columns):
        raise RuntimeError(
            f"{name}: Incompatible shapes of A and B for the equation {'AX' if left else 'XA'} = B "
            f"({n}x{n} and {rows}x{columns})"
        )
    if pivots.dim() < 1 or pivots.shape[-1] != n:
        raise RuntimeError(f"{name}: Number of pivots per batch should be same as the dimension of the matrix")
    if pivots.shape[:-1] != LU.shape[:-2]:
        raise RuntimeError(
            f"{name}: Expected LU.shape[:-1] and pivots.shape to be the same, but got pivots with shape "
            f"{list(pivots.shape)} instead"
        )
    if n and ((pivots < 1) | (pivots > n)).any():
        raise RuntimeError(f"{name}: pivots must be between 1 and LU.size(-2) inclusive")
    p = _permutation_matrix(pivots, n, LU.dtype)
    x = B if left else B.mT
    if adjoint == left:  # with the transpose of A = P L U
        x = solve_triangular(LU.mT, x, upper=False)
        x = p @ solve_triangular(LU.mT, x, upper=True, unitriangular=True)
    else:
        x = solve_triangular(LU, p.mT @ x, upper=False, unitriangular=True)
        x = solve_triangular(LU, x, upper=True)
    return written(name, x if left else x.mT, out)


# ---- LDL^T ---------------------------------------------------------------------------------------------------------


class LdlFactor(LinalgFunction):
    """A -> (LD, pivots, info); it has no derivative."""

    @staticmethod
    def forward(ctx: Any, A: Tensor, function: str) -> tuple[Tensor, Tensor, Tensor]:
        """LAPACK's sytrf on the lower triangle of each matrix."""
        import numpy as np

        a = array(A)
        sytrf = lapack("sytrf", a, function)
        *batch, n, _ = a.shape
        ld = np.zeros(a.shape, a.dtype)
        pivots, info = np.zeros((*batch, n), np.int32), np.zeros(batch, np.int32)
        for index in np.ndindex(*batch):
            if n:
                factor, pivots[index], info[index] = sytrf(a[index], lower=1)
                ld[index] = np.tril(factor)
        return tensor(ld), tensor(pivots), tensor(info)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> Any:
        """As PyTorch refuses it."""
        raise NotImplementedError("the derivative for 'linalg_ldl_factor_ex' is not implemented.")


def _ldl(A: Tensor, function: str, check: bool) -> tuple[Any, ...]:
    check_square("torch.linalg.ldl_factor_ex", A)
    check_floating("torch.linalg.ldl_factor_ex", A, "ldl_factor_kernel_cpu")
    result = LdlFactor.apply(A, function)
    info = result[2]
    if check and info.any():
        flat = info.flatten()
        index = int(flat.nonzero()[0].item())
        where = f"(Batch element {index}): " if info.dim() else ""
        number = flat[index].item()
        raise RuntimeError(f"torch.{function}: {where}D[{number},{number}] is zero: the matrix is singular")
    kept: tuple[Any, ...] = result
    return kept


def ldl_factor(A: Tensor, *, hermitian: bool = False, out: Any = None) -> tuple[Any, ...]:
    """(LD, pivots) of A = P L D L^T P^T for a symmetric A: D has blocks of 1 or 2, as LAPACK's sytrf leaves them.

    A: [..., n, n], float32 or float64, of which the lower triangle is read; hermitian makes no difference for real
    numbers. Needs SciPy. Not differentiable. Raises RuntimeError for a singular matrix.

    >>> import tapegrad as tg
    >>> tg.linalg.ldl_factor(tg.tensor([[2., 1.], [1., 3.]])).LD
    tensor([[2.0000, 0.0000],
            [0.5000, 2.5000]])
    """
    result = _ldl(A, "linalg.ldl_factor", True)[:2]
    return written("linalg.ldl_factor", named("linalg_ldl_factor", "LD pivots", *result), out)


def ldl_factor_ex(
    A: Tensor, *, hermitian: bool = False, check_errors: bool = False, out: Any = None
) -> tuple[Any, ...]:
    """(LD, pivots, info) of ldl_factor(): info is 0, or the place of a zero on the diagonal of D.

    >>> import tapegrad as tg
    >>> tg.linalg.ldl_factor_ex(tg.eye(2)).info
    tensor(0, dtype=torch.int32)
    """
    result = _ldl(A, "linalg.ldl_factor_ex", check_errors)
    return written("linalg.ldl_factor_ex", named("linalg_ldl_factor_ex", "LD pivots info", *result), out)


class LdlSolve(LinalgFunction):
    """(LD, pivots, B) -> X; it has no derivative."""

    @staticmethod
    def forward(ctx: Any, LD: Tensor, pivots: Tensor, B: Tensor) -> Tensor:
        """LAPACK's sytrs for each matrix."""
        import numpy as np

        ld, p, b = array(LD), array(pivots), array(B)
        sytrs = lapack("sytrs", ld, "linalg.ldl_solve")
        n = ld.shape[-1]
        batch = np.broadcast_shapes(ld.shape[:-2], b.shape[:-2])
        ld, p = np.broadcast_to(ld, (*batch, n, n)), np.broadcast_to(p, (*batch, n))
        b = np.broadcast_to(b, (*batch, *b.shape[-2:]))
        x = np.zeros(b.shape, b.dtype)
        for index in np.ndindex(*batch):
            if b[index].size:
                x[index], _ = sytrs(ld[index], p[index], b[index], lower=1)
        return tensor(x)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> Any:
        """As PyTorch refuses it."""
        raise NotImplementedError("the derivative for 'linalg_ldl_solve' is not implemented.")


def ldl_solve(LD: Tensor, pivots: Tensor, B: Tensor, *, hermitian: bool = False, out: Tensor | None = None) -> Tensor:
    """Solution X of A X = B from ldl_factor(A).

    LD: [..., n, n]; pivots: [..., n]; B: [..., n, k]; batches are broadcast. Needs SciPy. Not differentiable.

    >>> import tapegrad as tg
    >>> A = tg.tensor([[2., 1.], [1., 3.]])
    >>> tg.linalg.ldl_solve(*tg.linalg.ldl_factor(A), tg.tensor([[3.], [4.]]))
    tensor([[1.],
            [1.]])
    """
    name = "torch.linalg.ldl_solve"
    for position, (label, value) in enumerate((("LD", LD), ("pivots", pivots), ("B", B)), 1):
        check_tensor("linalg.ldl_solve", value, label, position)
    check_square(name, LD, "LD")
    if B.dim() < 2:
        raise RuntimeError(f"{name}: Expected B to have at least 2 dimensions, but it has {B.dim()} dimensions instead")
    if pivots.shape != LD.shape[:-1]:
        raise RuntimeError(
            f"{name}: Expected LD.shape[:-1] and pivots.shape to be the same, but got pivots with shape "
            f"{list(pivots.shape)} instead"
        )
    if pivots.is_floating_point() or pivots.dtype is _core.bool:
        raise RuntimeError(f"{name}: Expected pivots to be integers. Got {scalar_name(pivots)}")
    if LD.dtype is not B.dtype:
        raise RuntimeError(f"{name}: LD dtype {LD.dtype} does not match b dtype {B.dtype}")
    check_floating(name, LD)
    n = LD.shape[-1]
    if B.shape[-2] != n:
        raise RuntimeError(
            f"{name}: Incompatible shapes of A and B for the equation AX = B ({n}x{n} and {B.shape[-2]}x{B.shape[-1]})"
        )
    if n and ((pivots == 0) | (pivots.abs() > n)).any():
        raise RuntimeError(f"{name}: pivots must be those of ldl_factor, from 1 to n or from -n to -1")
    return written("linalg.ldl_solve", LdlSolve.apply(LD, pivots.to(_core.int32), B), out)


# ---- names outside torch.linalg ------------------------------------------------------------------------------------


def lu_unpack(
    LU_data: Tensor, LU_pivots: Tensor, unpack_data: bool = True, unpack_pivots: bool = True, *, out: Any = None
) -> tuple[Any, ...]:
    """(P, L, U) from the result of linalg.lu_factor(); empty tensors for what is not asked for.

    >>> import tapegrad as tg
    >>> tg.lu_unpack(*tg.linalg.lu_factor(tg.tensor([[1., 2.], [2., 2.]]))).P
    tensor([[0., 1.],
            [1., 0.]])
    """
    check_tensor("lu_unpack", LU_data, "LU_data", 1)
    check_tensor("lu_unpack", LU_pivots, "LU_pivots", 2)
    if LU_data.dim() < 2:
        raise RuntimeError(
            f"torch.lu_unpack: Expected tensor with 2 or more dimensions. Got size: {list(LU_data.shape)} instead"
        )
    if unpack_pivots and LU_pivots.dtype is not _core.int32:
        raise RuntimeError(
            "torch.lu_unpack: LU_pivots is expected to be a contiguous tensor of torch.int32 dtype.\n"
            "Note: this function is intended to be used with the output produced by torch.linalg.lu_factor"
        )
    P = L = U = _core.empty(0, dtype=LU_data.dtype)
    if unpack_data:
        L, U = _lower(LU_data), _upper(LU_data)
    if unpack_pivots:
        rows = LU_data.shape[-2]
        if LU_pivots.numel() and ((LU_pivots < 1) | (LU_pivots > rows)).any():
            raise RuntimeError(
                "pivots passed to lu_unpack must be between 1 and LU.size(-2) inclusive."
                "Did you properly pass the result of lu_factor?"
            )
        P = _permutation_matrix(LU_pivots, rows, LU_data.dtype)
    return written("lu_unpack", named("lu_unpack", "P L U", P, L, U), out)
