"""The QR factorisation, and the products of Householder reflections that stand behind it."""

from __future__ import annotations

from typing import Any

from .. import _core
from .._core import Tensor
from ._cholesky import solve_triangular
from ._common import LinalgFunction, array, check_floating, check_matrix, check_tensor, named, tensor, written

_MODES = ("reduced", "complete", "r")


def _mirrored(x: Tensor) -> Tensor:
    """The symmetric matrix with the lower triangle of x."""
    return x.tril() + x.tril(-1).mT


class LinalgQr(LinalgFunction):
    """(A, mode) -> (Q, R). Walter & Lehmann 2012, "Algorithmic differentiation of linear algebra functions", section 5;
    a wide matrix as its square part, which is factorised, and the rest, which is only turned.
    """

    @staticmethod
    def forward(ctx: Any, A: Tensor, mode: Any) -> tuple[Tensor, Tensor]:
        """Keeps Q and R."""
        import numpy as np

        a = array(A)
        parts: Any = (np.empty(0, a.dtype), np.linalg.qr(a, "r")) if mode == "r" else np.linalg.qr(a, mode)
        result = tensor(parts[0]), tensor(parts[1])
        ctx.mode = mode
        ctx.save_for_backward(*result)
        ctx.set_materialize_grads(False)
        return result

    @staticmethod
    def backward(ctx: Any, grad_q: Tensor | None, grad_r: Tensor | None) -> tuple[Any, ...]:
        """(gQ + Q mirrored(R gR^T - gQ^T Q)) R^-T where A is not wide."""
        q, r = ctx.saved_tensors
        if ctx.mode == "r":
            raise RuntimeError(
                "The derivative of linalg.qr depends on Q, which is not computed when mode='r'. Please use "
                "linalg.qr(A, mode='reduced') if you are going to differentiate through linalg.qr."
            )
        m, n = q.shape[-2], r.shape[-1]
        if ctx.mode == "complete" and m > n:
            raise RuntimeError("The QR decomposition is not differentiable when mode='complete' and nrows > ncols.")
        grad_q = _core.zeros_like(q) if grad_q is None else grad_q
        grad_r = _core.zeros_like(r) if grad_r is None else grad_r
        rest = None
        if m < n:  # A = [X Y], R = [U W] with W = Q^T Y: dW = dQ^T Y + Q^T dY
            rest = q @ grad_r[..., m:]
            grad_q = grad_q + q @ r[..., m:] @ grad_r[..., m:].mT
            r, grad_r = r[..., :m], grad_r[..., :m]
        inner = grad_q + q @ _mirrored(r @ grad_r.mT - grad_q.mT @ q)
        square = solve_triangular(r.mT, inner, upper=False, left=False)
        return square if rest is None else _core.cat([square, rest], -1), None


def qr(A: Tensor, mode: str = "reduced", *, out: Any = None) -> tuple[Any, ...]:
    """(Q, R) with A = Q R, Q orthonormal columns, R upper triangular.

    A: [..., m, n], float32 or float64; k = min(m, n). mode: "reduced": Q [..., m, k], R [..., k, n]; "complete":
    Q [..., m, m], R [..., m, n]; "r": R only. Differentiable in mode "reduced", and in "complete" unless m > n,
    where the first k columns are independent (Walter & Lehmann 2012).

    >>> import tapegrad as tg
    >>> q, r = tg.linalg.qr(tg.tensor([[3., 1.], [4., 2.]]))
    >>> tg.allclose(q @ r, tg.tensor([[3., 1.], [4., 2.]]))
    True
    """
    check_matrix("linalg.qr", A)
    check_floating("linalg.qr", A, "geqrf_cpu")
    if mode not in _MODES:
        raise RuntimeError(
            f"qr received unrecognized mode '{mode}' but expected one of 'reduced' (default), 'r', or 'complete'"
        )
    return written("linalg.qr", named("linalg_qr", "Q R", *LinalgQr.apply(A, mode)), out)


# ---- reflections ---------------------------------------------------------------------------------------------------


def _compact(input: Tensor, tau: Tensor) -> tuple[Tensor, Tensor]:
    """V and T of H_1 ... H_k = I - V T V^T, where H_i = I - tau_i v_i v_i^T and v_i stands below the diagonal of input.

    T is triangular with T^-1 = diag(1/tau) + triu(V^T V, 1) (Schreiber & Van Loan 1989, "A storage-efficient WY
    representation"), written so that tau may be 0.
    """
    m, k = input.shape[-2], tau.shape[-1]
    v = input[..., :k].tril(-1) + _core.eye(m, k, dtype=input.dtype)
    scaled = tau.unsqueeze(-1) * (v.mT @ v)
    return v, solve_triangular(scaled, _core.diag_embed(tau), upper=True, unitriangular=True)


def householder_product(A: Tensor, tau: Tensor, *, out: Tensor | None = None) -> Tensor:
    """First n columns of the product of k Householder reflections.

    A: [..., m, n] with m >= n, the vectors below its diagonal; tau: [..., k] with k <= n. float32 or float64.

    >>> import tapegrad as tg
    >>> tg.linalg.householder_product(tg.zeros(2, 1), tg.tensor([2.]))
    tensor([[-1.],
            [ 0.]])
    """
    name = "torch.linalg.householder_product"
    check_tensor("linalg.householder_product", A, "input", 1)
    check_tensor("linalg.householder_product", tau, "tau", 2)
    if A.dim() < 2:
        raise RuntimeError(f"{name}: input must have at least 2 dimensions.")
    m, n = A.shape[-2:]
    if m < n:
        raise RuntimeError(f"{name}: input.shape[-2] must be greater than or equal to input.shape[-1]")
    if tau.dim() < 1 or n < tau.shape[-1]:
        raise RuntimeError(f"{name}: input.shape[-1] must be greater than or equal to tau.shape[-1]")
    if A.dim() - tau.dim() != 1:
        raise RuntimeError(
            f"{name}: Expected tau to have one dimension less than input, but got tau.ndim equal to {tau.dim()} and "
            f"input.ndim is equal to {A.dim()}"
        )
    if tau.shape[:-1] != A.shape[:-2]:
        raise RuntimeError(
            f"{name}: Expected batch dimensions of tau to be equal to input.shape[:-2], but got {list(tau.shape[:-1])}"
        )
    if tau.dtype is not A.dtype:
        raise RuntimeError(f"{name}: tau dtype {tau.dtype} does not match input dtype {A.dtype}")
    check_floating("linalg.householder_product", A, "orgqr_cpu", True)
    v, t = _compact(A, tau)
    result = _core.eye(m, n, dtype=A.dtype) - v @ (t @ v[..., :n, :].mT)
    return written("linalg.householder_product", result, out)


def orgqr(input: Tensor, tau: Tensor, *, out: Tensor | None = None) -> Tensor:
    """The same as linalg.householder_product().

    >>> import tapegrad as tg
    >>> tg.orgqr(tg.zeros(1, 1), tg.tensor([0.]))
    tensor([[1.]])
    """
    return householder_product(input, tau, out=out)


class Geqrf(LinalgFunction):
    """A -> (a, tau), LAPACK's form of the QR factorisation; it has no derivative."""

    @staticmethod
    def forward(ctx: Any, A: Tensor) -> tuple[Tensor, Tensor]:
        """NumPy calls geqrf and returns its result transposed."""
        import numpy as np

        h, tau = np.linalg.qr(array(A), "raw")
        return tensor(np.swapaxes(h, -1, -2)), tensor(tau)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> Any:
        """As PyTorch refuses it."""
        raise NotImplementedError("the derivative for 'geqrf' is not implemented.")


def geqrf(input: Tensor, *, out: Any = None) -> tuple[Any, ...]:
    """(a, tau): the QR factorisation as LAPACK leaves it, R in the upper triangle of a and reflections below it.

    input: [..., m, n], float32 or float64. Not differentiable: linalg.qr() is.

    >>> import tapegrad as tg
    >>> tg.geqrf(tg.zeros(2, 1)).tau
    tensor([0.])
    """
    check_tensor("geqrf", input, "input", 1)
    if input.dim() < 2:
        raise RuntimeError("torch.geqrf: input must have at least 2 dimensions.")
    check_floating("geqrf", input, "geqrf_cpu", True)
    return written("geqrf", named("geqrf", "a tau", *Geqrf.apply(input)), out)


def ormqr(
    input: Tensor, tau: Tensor, other: Tensor, left: bool = True, transpose: bool = False, *, out: Tensor | None = None
) -> Tensor:
    """Q @ other (other @ Q unless left; with Q^T where transpose) for the product Q of Householder reflections.

    input: [..., m, k], the vectors below its diagonal; tau: [..., min(m, k)]; other: a matrix that fits Q [..., m, m].

    >>> import tapegrad as tg
    >>> tg.ormqr(tg.zeros(2, 1), tg.tensor([2.]), tg.ones(2, 1))
    tensor([[-1.],
            [ 1.]])
    """
    name = "torch.ormqr"
    for position, (label, value) in enumerate((("input", input), ("tau", tau), ("other", other)), 1):
        check_tensor("ormqr", value, label, position)
    if input.dim() < 2:
        raise RuntimeError(f"{name}: input must have at least 2 dimensions.")
    if other.dim() < 2:
        raise RuntimeError(f"{name}: other must have at least 2 dimensions.")
    side = -2 if left else -1
    if other.shape[side] < tau.shape[-1]:
        raise RuntimeError(f"{name}: other.shape[{side}] must be greater than or equal to tau.shape[-1]")
    if other.shape[side] != input.shape[-2]:
        raise RuntimeError(f"{name}: other.shape[{side}] must be equal to input.shape[-2]")
    if tau.shape[-1] > input.shape[-1]:
        raise RuntimeError(f"{name}: tau.shape[-1] must be less than or equal to input.shape[-1]")
    if input.dim() - tau.dim() != 1:
        raise RuntimeError(
            f"{name}: Expected tau to have one dimension less than input, but got tau.ndim equal to {tau.dim()} and "
            f"input.ndim is equal to {input.dim()}"
        )
    if input.dim() != other.dim():
        raise RuntimeError(
            f"{name}: Expected other to have the same number of dimensions as input, but got other.ndim equal to "
            f"{other.dim()} and input.ndim is equal to {input.dim()}"
        )
    if tau.shape[:-1] != input.shape[:-2]:
        raise RuntimeError(
            f"{name}: Expected batch dimensions of tau to be equal to input.shape[:-2], but got {list(tau.shape[:-1])}"
        )
    if other.shape[:-2] != input.shape[:-2]:
        raise RuntimeError(
            f"{name}: Expected batch dimensions of other to be equal to input.shape[:-2], but got "
            f"{list(other.shape[:-2])}"
        )
    if not tau.dtype is input.dtype is other.dtype:
        raise RuntimeError(f"{name}: Expected input, tau and other to have the same dtype")
    check_floating("ormqr", input, "ormqr_cpu", True)
    v, t = _compact(input, tau)
    t = t.mT if transpose else t
    result = other - v @ (t @ (v.mT @ other)) if left else other - ((other @ v) @ t) @ v.mT
    return written("ormqr", result, out)
