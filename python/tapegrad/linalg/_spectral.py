"""Eigenvalues of symmetric matrices, singular values, and what is made of them: pseudoinverse, rank, condition,
least squares.
"""

from __future__ import annotations

import math
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
    named,
    scalar_name,
    tensor,
    written,
)
from ._inverse import LinalgInvEx
from ._norms import matrix_norm

# ---- symmetric eigenproblem ----------------------------------------------------------------------------------------


def _differences(x: Tensor) -> Tensor:
    """E with E_ij = x_j - x_i, and 1 on the diagonal."""
    return x.unsqueeze(-2) - x.unsqueeze(-1) + _core.eye(x.shape[-1], dtype=x.dtype)


def _skew(x: Tensor) -> Tensor:
    return x - x.mT


class LinalgEigh(LinalgFunction):
    """(A, UPLO) -> (eigenvalues, eigenvectors). Giles 2008, section 3.1; repeated eigenvalues give infinite or NaN
    gradients where the eigenvectors are used.
    """

    @staticmethod
    def forward(ctx: Any, A: Tensor, uplo: Any) -> tuple[Tensor, Tensor]:
        """Keeps both."""
        import numpy as np

        a = array(A)
        try:
            values, vectors = np.linalg.eigh(a, uplo)
        except np.linalg.LinAlgError as error:
            if np.isfinite(a).all():
                raise LinAlgError(
                    "linalg.eigh: The algorithm failed to converge because the input matrix is ill-conditioned or has "
                    "too many repeated eigenvalues."
                ) from error
            values, vectors = np.full(a.shape[:-1], np.nan, a.dtype), np.full(a.shape, np.nan, a.dtype)
        result = tensor(values), tensor(vectors)
        ctx.save_for_backward(*result)
        ctx.set_materialize_grads(False)
        return result

    @staticmethod
    def backward(ctx: Any, grad: Tensor | None, grad_v: Tensor | None) -> tuple[Any, ...]:
        """V (diag(g) + skew(V^T gV) / 2E) V^T, which is symmetric."""
        values, vectors = ctx.saved_tensors
        inner = None if grad is None else _core.diag_embed(grad)
        if grad_v is not None:
            turned = 0.5 * _skew(vectors.mT @ grad_v) / _differences(values)
            inner = turned if inner is None else inner + turned
        return vectors @ inner @ vectors.mT, None


def _check_eigh(A: Tensor, uplo: str) -> str:
    check_square("linalg.eigh", A)
    check_floating("linalg.eigh", A, "linalg_eigh_cpu", True)
    if not isinstance(uplo, str) or uplo.upper() not in ("L", "U"):
        raise RuntimeError(f"Expected UPLO argument to be 'L' or 'U', but got {uplo}")
    return uplo.upper()


def eigh(A: Tensor, UPLO: str = "L", *, out: Any = None) -> tuple[Any, ...]:
    """(eigenvalues, eigenvectors) of a symmetric matrix: A = V diag(L) V^T, eigenvalues in ascending order.

    A: [..., n, n], float32 or float64, of which the lower (UPLO "L") or upper ("U") triangle is read. Eigenvectors are
    the columns of V; their signs are arbitrary, and their gradients exist where no eigenvalue is repeated.

    >>> import tapegrad as tg
    >>> tg.linalg.eigh(tg.tensor([[2., 1.], [1., 2.]])).eigenvalues
    tensor([1., 3.])
    """
    result = LinalgEigh.apply(A, _check_eigh(A, UPLO))
    return written("linalg.eigh", named("linalg_eigh", "eigenvalues eigenvectors", *result), out)


def eigvalsh(A: Tensor, UPLO: str = "L", *, out: Tensor | None = None) -> Tensor:
    """Eigenvalues of a symmetric matrix in ascending order; eigh() says more.

    A: [..., n, n], float32 or float64. Returns [..., n]. Differentiable for repeated eigenvalues too.

    >>> import tapegrad as tg
    >>> tg.linalg.eigvalsh(tg.tensor([[2., 1.], [1., 2.]]))
    tensor([1., 3.])
    """
    return written("linalg.eigvalsh", LinalgEigh.apply(A, _check_eigh(A, UPLO))[0], out)


def eig(A: Tensor, *, out: Any = None) -> tuple[Any, ...]:
    """Eigenvalues and eigenvectors of a general matrix are complex, which tapegrad has not: raises NotImplementedError.

    For symmetric matrices there is eigh().
    """
    raise NotImplementedError(
        "linalg.eig: the eigenvalues of a general matrix are complex, and tapegrad has no complex tensors; "
        "for symmetric matrices use linalg.eigh"
    )


def eigvals(A: Tensor, *, out: Tensor | None = None) -> Tensor:
    """Eigenvalues of a general matrix are complex, which tapegrad has not: raises NotImplementedError.

    For symmetric matrices there is eigvalsh().
    """
    raise NotImplementedError(
        "linalg.eigvals: the eigenvalues of a general matrix are complex, and tapegrad has no complex tensors; "
        "for symmetric matrices use linalg.eigvalsh"
    )


# ---- singular values -----------------------------------------------------------------------------------------------


class LinalgSvd(LinalgFunction):
    """(A, full_matrices) -> (U, S, Vh). Townsend 2016, "Differentiating the singular value decomposition".

    Of full matrices the gradients of the first k rows and columns count.
    """

    @staticmethod
    def forward(ctx: Any, A: Tensor, full: bool) -> tuple[Tensor, Tensor, Tensor]:
        """Keeps all three."""
        import numpy as np

        a = array(A)
        try:
            parts = np.linalg.svd(a, full_matrices=full)
            failed = bool(np.isnan(parts[1]).any())
        except np.linalg.LinAlgError:
            failed = True
        if failed:
            why = "is ill-conditioned" if np.isfinite(a).all() else "contained non-finite values"
            raise LinAlgError(f"linalg.svd: The algorithm failed to converge because the input matrix {why}.")
        u, s, vh = map(tensor, parts)
        ctx.save_for_backward(u, s, vh)
        ctx.set_materialize_grads(False)
        return u, s, vh

    @staticmethod
    def backward(ctx: Any, grad_u: Tensor | None, grad_s: Tensor | None, grad_vh: Tensor | None) -> tuple[Any, ...]:
        """U ((skew(U^T gU) / E) S + S (skew(V^T gV) / E) + diag(gS)) V^T, E_ij = s_j^2 - s_i^2, and what gU and gV have
        outside the spaces of U and V, divided by S.
        """
        u, s, vh = ctx.saved_tensors
        m, n, k = u.shape[-2], vh.shape[-1], s.shape[-1]
        u, vh = u[..., :k], vh[..., :k, :]
        inner = None if grad_s is None else _core.diag_embed(grad_s)
        if grad_u is None and grad_vh is None:
            return u @ inner @ vh if inner is not None else None, None
        squares = s * s
        differences = _differences(squares)
        outside: Any = 0.0
        if grad_u is not None:
            grad_u = grad_u[..., :k]
            part = _skew(u.mT @ grad_u) / differences * s.unsqueeze(-2)
            inner = part if inner is None else inner + part
            if m > k:
                scaled = grad_u / s.unsqueeze(-2)
                outside = outside + (scaled - u @ (u.mT @ scaled)) @ vh
        if grad_vh is not None:
            grad_vh = grad_vh[..., :k, :]
            part = s.unsqueeze(-1) * (_skew(vh @ grad_vh.mT) / differences)
            inner = part if inner is None else inner + part
            if n > k:
                scaled = grad_vh / s.unsqueeze(-1)
                outside = outside + u @ (scaled - (scaled @ vh.mT) @ vh)
        assert inner is not None
        return u @ inner @ vh + outside, None


class LinalgSvdvals(LinalgFunction):
    """A -> S where no derivative is wanted: U and V are then not computed."""

    @staticmethod
    def forward(ctx: Any, A: Tensor) -> Tensor:
        """Singular values only."""
        import numpy as np

        a = array(A)
        try:
            s = np.linalg.svd(a, compute_uv=False)
            failed = bool(np.isnan(s).any())
        except np.linalg.LinAlgError:
            failed = True
        if failed:
            LinalgSvd.forward(ctx, A, False)  # raises
        return tensor(s)


def svd(A: Tensor, full_matrices: bool = True, *, driver: str | None = None, out: Any = None) -> tuple[Any, ...]:
    """(U, S, Vh) with A = U diag(S) Vh: singular values in descending order, orthonormal columns of U and rows of Vh.

    A: [..., m, n], float32 or float64; k = min(m, n). U: [..., m, m], Vh: [..., n, n], or [..., m, k] and [..., k, n]
    unless full_matrices. Signs are arbitrary. Gradients of U and Vh exist where no singular value is repeated or (where
    m != n) zero. Raises LinAlgError for NaN.

    >>> import tapegrad as tg
    >>> tg.linalg.svd(tg.tensor([[3., 0.], [0., 4.]])).S
    tensor([4., 3.])
    """
    check_matrix("linalg.svd", A)
    check_floating("linalg.svd", A, "linalg_svd_cpu")
    if driver is not None:
        raise RuntimeError(
            "torch.linalg.svd: keyword argument `driver=` is only supported on CUDA inputs with cuSOLVER backend."
        )
    return written("linalg.svd", named("linalg_svd", "U S Vh", *LinalgSvd.apply(A, bool(full_matrices))), out)


def svdvals(A: Tensor, *, driver: str | None = None, out: Tensor | None = None) -> Tensor:
    """Singular values in descending order; svd() says more.

    A: [..., m, n], float32 or float64. Returns [..., min(m, n)]. Differentiable for repeated values too.

    >>> import tapegrad as tg
    >>> tg.linalg.svdvals(tg.tensor([[3., 0.], [0., 4.]]))
    tensor([4., 3.])
    """
    check_matrix("linalg.svd", A)
    check_floating("linalg.svd", A, "linalg_svd_cpu")
    if driver is not None:
        raise RuntimeError(
            "torch.linalg.svd: keyword argument `driver=` is only supported on CUDA inputs with cuSOLVER backend."
        )
    recorded = _core.is_grad_enabled() and A.requires_grad
    s: Tensor = LinalgSvd.apply(A, False)[1] if recorded else LinalgSvdvals.apply(A)
    return written("linalg.svdvals", s, out)


# ---- pseudoinverse, rank, condition --------------------------------------------------------------------------------


def _tolerances(function: str, A: Tensor, atol: Any, rtol: Any) -> tuple[Any, Any]:
    """The absolute and relative tolerance; without either the relative one is eps * max(m, n)."""
    for name, value in (("atol", atol), ("rtol", rtol)):
        if isinstance(value, Tensor) and value.is_complex():
            raise RuntimeError(f"{function}: {name} tensor of complex type is not supported.")
    if rtol is None:
        from .._types import finfo

        default = finfo(A.dtype).eps * max(A.shape[-2:])
        if isinstance(atol, Tensor):  # only where the absolute one is not positive
            rtol = _core.where(atol > 0, 0.0, default)
        else:
            rtol = default if atol is None or atol <= 0 else 0.0
    return (0.0 if atol is None else atol), rtol


def _column(x: Any) -> Any:
    """A tolerance for each matrix, ready to be compared with its singular values."""
    return x.unsqueeze(-1) if isinstance(x, Tensor) else x


def _cutoff(atol: Any, rtol: Any, greatest: Tensor) -> Tensor:
    """max(atol, rtol * greatest singular value)."""
    relative = greatest * _column(rtol)
    absolute = _column(atol)
    if isinstance(absolute, Tensor):
        return _core.maximum(absolute, relative)
    return relative.clamp(min=absolute)


def _pinv_gradient(A: Tensor, p: Tensor, grad: Tensor) -> Tensor:
    """Term by term the transpose of dP = -P dA P + P P^T dA^T (I - A P) + (I - P A) dA^T P^T P."""
    pt, gt = p.mT, grad.mT
    left, right = gt @ p @ pt, pt @ p @ gt
    return left - A @ (p @ left) + right - (right @ p) @ A - pt @ grad @ pt


class LinalgPinv(LinalgFunction):
    """(A, atol, rtol, hermitian) -> the pseudoinverse. Golub & Pereyra 1973, "The differentiation of pseudo-inverses
    and nonlinear least squares problems whose variables separate"; where the rank stays the same nearby.
    """

    @staticmethod
    def forward(ctx: Any, A: Tensor, atol: Any, rtol: Any, hermitian: bool) -> Tensor:
        """Keeps A and the result."""
        if hermitian:
            values, u = eigh(A)
            s, vh = values.abs(), u.mT
        else:
            u, s, vh = svd(A, False)
            values = s
        kept = s > _cutoff(atol, rtol, s.amax(-1, True))
        inverse = _core.where(kept, values.reciprocal(), 0.0)
        result = (vh.mT * inverse.unsqueeze(-2)) @ u.mT
        ctx.save_for_backward(A, result)
        return result

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Any, ...]:
        """The gradient of the one matrix from that of the other."""
        A, p = ctx.saved_tensors
        return _pinv_gradient(A, p, grad), None, None, None


def pinv(
    A: Tensor,
    rcond: Any = None,
    hermitian: bool = False,
    *,
    atol: Any = None,
    rtol: Any = None,
    out: Tensor | None = None,
) -> Tensor:
    """Pseudoinverse (Moore-Penrose) of a matrix, or of each matrix of a batch.

    A: [..., m, n], float32 or float64; symmetric where hermitian. Singular values up to max(atol, rtol * the greatest)
    count as 0; rtol is eps * max(m, n) unless it or atol is given; rcond is an older name of rtol. Returns [..., n, m].
    Differentiable where the rank stays the same.

    >>> import tapegrad as tg
    >>> tg.linalg.pinv(tg.tensor([[2.], [0.]]))
    tensor([[0.5000, 0.0000]])
    """
    check_tensor("linalg.pinv", A)
    if A.dim() < 2 or A.dtype not in (_core.float32, _core.float64):
        shape = ", ".join(map(str, A.shape))
        raise RuntimeError(
            f"linalg.pinv({scalar_name(A)}{{[{shape}]}}): expected a tensor with 2 or more dimensions of float, "
            "double, cfloat or cdouble types"
        )
    if rcond is not None:
        if isinstance(rcond, bool):
            hermitian, rcond = rcond, None
        elif atol is not None or rtol is not None:
            raise TypeError("linalg_pinv() takes rcond or atol and rtol, not both")
        else:
            rtol = rcond
    atol, rtol = _tolerances("linalg.pinv", A, atol, rtol)
    result = A.mT.clone() if A.numel() == 0 else LinalgPinv.apply(A, atol, rtol, hermitian)
    return written("linalg.pinv", result, out)


def pinverse(input: Tensor, rcond: float = 1e-15) -> Tensor:
    """Pseudoinverse: linalg.pinv() with another default tolerance.

    >>> import tapegrad as tg
    >>> tg.pinverse(tg.tensor([[4.]]))
    tensor([[0.2500]])
    """
    return pinv(input, rcond)


def matrix_rank(
    A: Tensor,
    tol: Any = None,
    hermitian: bool = False,
    *,
    atol: Any = None,
    rtol: Any = None,
    out: Tensor | None = None,
) -> Tensor:
    """Number of singular values above max(atol, rtol * the greatest), int64.

    A: [..., m, n], float32 or float64; symmetric where hermitian. rtol is eps * max(m, n) unless it or atol is given;
    tol is an older name of atol.

    >>> import tapegrad as tg
    >>> tg.linalg.matrix_rank(tg.ones(3, 3))
    tensor(1)
    """
    check_tensor("linalg.matrix_rank", A, "input")
    if A.dtype not in (_core.float32, _core.float64):
        raise RuntimeError("This function doesn't handle types other than float and double")
    if A.dim() < 2:
        raise RuntimeError("torch.linalg.matrix_rank: The input tensor input must have at least 2 dimensions.")
    if isinstance(tol, bool):
        hermitian, tol = tol, None
    if tol is not None:
        atol, rtol = tol, 0.0 if rtol is None else rtol
    with _core.no_grad():
        atol, rtol = _tolerances("torch.linalg.matrix_rank", A, atol, rtol)
        if A.numel() == 0:
            result = _core.zeros(A.shape[:-2], dtype=_core.int64)
        else:
            s = eigvalsh(A).abs() if hermitian else svdvals(A)
            result = (s > _cutoff(atol, rtol, s.amax(-1, True))).sum(-1)
    return written("linalg.matrix_rank", result, out)


def cond(A: Tensor, p: Any = None, *, out: Tensor | None = None) -> Tensor:
    """Condition number of a matrix: norm(A) * norm(inverse of A), infinite for a singular one.

    A: [..., m, n]. p: None or 2 (quotient of the greatest and the smallest singular value), -2 (its inverse), "fro",
    "nuc", inf, -inf, 1, -1 (square matrices only).

    >>> import tapegrad as tg
    >>> tg.linalg.cond(tg.tensor([[2., 0.], [0., 8.]]))
    tensor(4.)
    """
    check_tensor("linalg.cond", A)
    if A.dim() < 2:
        raise RuntimeError("linalg.cond: The input tensor must have at least 2 dimensions.")
    if p is not None and p not in (2, -2, 1, -1, math.inf, -math.inf, "fro", "nuc"):
        raise RuntimeError(f"linalg.cond got an invalid norm type: {p}")
    empty = A.numel() == 0
    if p in (None, 2, -2):
        s = svdvals(A)
        if empty:
            return written("linalg.cond", s.sum(-1), out)
        quotient = s[..., -1] / s[..., 0] if p == -2 else s[..., 0] / s[..., -1]
        return written("linalg.cond", quotient, out)
    check_square(f"linalg.cond(ord={p})", A)
    if empty:
        return written("linalg.cond", A.sum((-2, -1)), out)
    check_floating("linalg.inv", A)
    inverse, info = LinalgInvEx.apply(A, None)
    quotient = matrix_norm(A, p) * matrix_norm(_core.where(info[..., None, None] == 0, inverse, 0.0), p)
    return written("linalg.cond", _core.where(info == 0, quotient, math.inf), out)


# ---- least squares -------------------------------------------------------------------------------------------------


class LinalgLstsq(LinalgFunction):
    """(A, B, rcond, driver) -> (X, residuals, rank, singular values)."""

    @staticmethod
    def forward(ctx: Any, A: Tensor, B: Tensor, rcond: float, driver: str) -> tuple[Tensor, ...]:
        """NumPy's lstsq (LAPACK's gelsd) for each matrix."""
        import numpy as np

        a, b = array(A), array(B)
        *_, m, n = a.shape
        batch = np.broadcast_shapes(a.shape[:-2], b.shape[:-2])
        a, b = np.broadcast_to(a, (*batch, m, n)), np.broadcast_to(b, (*batch, *b.shape[-2:]))
        x = np.zeros((*batch, n, b.shape[-1]), a.dtype)
        rank = np.zeros(batch, np.int64)
        s = np.zeros((*batch, min(m, n)), a.dtype)
        for index in np.ndindex(*batch):
            try:
                x[index], _, rank[index], s[index] = np.linalg.lstsq(a[index], b[index], rcond)
            except np.linalg.LinAlgError as error:
                raise LinAlgError(
                    "torch.linalg.lstsq: The least squares solution could not be computed because the input matrix is "
                    "not finite or the singular values did not converge."
                ) from error
            if driver == "gels" and rank[index] < min(m, n):
                where = f"(Batch element {np.ravel_multi_index(index, batch)}): " if batch else ""
                raise LinAlgError(
                    f"torch.linalg.lstsq: {where}The least squares solution could not be computed because the input "
                    f"matrix does not have full rank (error code: {rank[index] + 1})."
                )
        full = m > n and driver != "gelsy" and bool((rank == n).all())
        residuals = ((a @ x - b) ** 2).sum(-2) if full else np.empty(0, a.dtype)
        result = tensor(x), tensor(residuals.astype(a.dtype)), tensor(rank), tensor(s)
        ctx.save_for_backward(A, B, result[0])
        ctx.mark_non_differentiable(result[3])
        ctx.rcond = rcond
        ctx.set_materialize_grads(False)
        return result

    @staticmethod
    def backward(ctx: Any, grad: Tensor | None, grad_residuals: Tensor | None, *_: Any) -> tuple[Any, ...]:
        """Through X = pinv(A) B, and the residuals as sums of squares of A X - B, where X minimises them."""
        A, B, x = ctx.saved_tensors
        grad_a = grad_b = None
        if grad is not None:
            inverse = pinv(A, rtol=ctx.rcond)
            grad_b = inverse.mT @ grad
            if ctx.needs_input_grad[0]:
                grad_a = _pinv_gradient(A, inverse, grad @ B.mT)
        if grad_residuals is not None and grad_residuals.numel():
            twice = 2 * (A @ x - B) * grad_residuals.unsqueeze(-2)
            grad_a = twice @ x.mT if grad_a is None else grad_a + twice @ x.mT
            grad_b = -twice if grad_b is None else grad_b - twice
        return grad_a, grad_b, None, None


_DRIVERS = ("gels", "gelsy", "gelsd", "gelss")


def lstsq(A: Tensor, B: Tensor, rcond: float | None = None, *, driver: str | None = None) -> tuple[Any, ...]:
    """(solution, residuals, rank, singular_values): the X of least norm among those that minimise norm(A X - B).

    A: [..., m, n]; B: [..., m, k], or [..., m] for vectors; float32 or float64. Singular values up to rcond times the
    greatest count as 0 (default: eps * max(m, n)). driver: "gelsy" (default), "gelsd", "gelss", or "gels", which
    raises LinAlgError unless the rank is full; all are computed by gelsd. residuals are given where m > n, the rank
    is full and the driver is not "gelsy"; rank unless "gels"; singular_values for "gelsd" and "gelss".

    >>> import tapegrad as tg
    >>> tg.linalg.lstsq(tg.tensor([[1.], [1.]]), tg.tensor([[1.], [3.]])).solution
    tensor([[2.]])
    """
    name = "torch.linalg.lstsq"
    check_tensor("linalg.lstsq", A, "input")
    check_tensor("linalg.lstsq", B, "other", 2)
    if A.dim() < 2:
        raise RuntimeError(f"{name}: input must have at least 2 dimensions.")
    if B.dim() < 1:
        raise RuntimeError(f"{name}: other must have at least 1 dimension.")
    if not 0 <= A.dim() - B.dim() <= 1:
        raise RuntimeError(
            f"{name}: input.dim() must be greater or equal to other.dim() and (input.dim() - other.dim()) <= 1"
        )
    if A.dtype is not B.dtype:
        raise RuntimeError(
            f"{name}: Expected input and other to have the same dtype, but got input's dtype {scalar_name(A)} and "
            f"other's dtype {scalar_name(B)}"
        )
    driver = "gelsy" if driver is None else driver
    if driver not in _DRIVERS:
        raise RuntimeError(f"{name}: parameter `driver` should be one of (gels, gelsy, gelsd, gelss)")
    check_floating("linalg.lstsq", A, "linalg_lstsq_cpu", True)
    vector = B.dim() == 1 or (A.dim() - 1 == B.dim() and B.shape == A.shape[:-1])
    matrix = B.unsqueeze(-1) if vector else B
    if A.shape[-2] != matrix.shape[-2]:
        dim = -1 if vector else -2
        raise RuntimeError(f"{name}: input.size(-2) should match other.size({dim})")
    if rcond is None:
        from .._types import finfo

        rcond = finfo(A.dtype).eps * max(A.shape[-2:])
    x, residuals, rank, s = LinalgLstsq.apply(A, matrix, float(rcond), driver)
    if driver == "gels":
        rank = _core.empty(0, dtype=_core.int64)
    if driver in ("gels", "gelsy"):
        s = _core.empty(0, dtype=A.dtype)
    x = x.squeeze(-1) if vector else x
    return named("linalg_lstsq", "solution residuals rank singular_values", x, residuals, rank, s)
