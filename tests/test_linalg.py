"""tapegrad.linalg beyond the table of ops: errors, batches, empty and singular matrices, out=."""

from __future__ import annotations

import math
import sys

import pytest
from conftest import array, close, run_python, tg

linalg = tg.linalg
A = tg.tensor([[2.0, 1.0], [1.0, 3.0]])
SINGULAR = tg.tensor([[1.0, 2.0], [2.0, 4.0]])
WIDE = tg.ones(2, 3)
BATCH = tg.stack([A, SINGULAR, A])


def raises(call, text, error=RuntimeError):
    with pytest.raises(error) as found:
        call()
    assert text in str(found.value)


NAMES = [
    "cholesky",
    "cholesky_ex",
    "cond",
    "det",
    "eig",
    "eigh",
    "eigvals",
    "eigvalsh",
    "householder_product",
    "inv",
    "inv_ex",
    "ldl_factor",
    "ldl_factor_ex",
    "ldl_solve",
    "LinAlgError",
    "lstsq",
    "lu",
    "lu_factor",
    "lu_factor_ex",
    "lu_solve",
    "matmul",
    "matrix_exp",
    "matrix_power",
    "matrix_rank",
    "pinv",
    "qr",
    "slogdet",
    "solve",
    "solve_ex",
    "solve_triangular",
    "svd",
    "svdvals",
    "tensorinv",
    "tensorsolve",
]


@pytest.mark.parametrize("name", NAMES)
def test_name_is_in_the_namespace(name):
    assert hasattr(linalg, name)
    assert name == "LinAlgError" or (getattr(linalg, name).__doc__ or "").strip()


def test_error_is_called_by_its_public_name():
    assert repr(linalg.LinAlgError) == "<class 'tapegrad.linalg.LinAlgError'>"


# ---- what PyTorch refuses ------------------------------------------------------------------------------------------
SQUARE = [
    ("linalg.inv", linalg.inv),
    ("linalg.inv", linalg.inv_ex),
    ("linalg.inv", tg.inverse),
    ("linalg.det", linalg.det),
    ("linalg.det", tg.det),
    ("linalg.slogdet", linalg.slogdet),
    ("logdet", tg.logdet),
    ("linalg.matrix_power", lambda x: linalg.matrix_power(x, 2)),
    ("linalg.solve", lambda x: linalg.solve(x, tg.ones(2, 2))),
]


@pytest.mark.parametrize("name, function", SQUARE)
def test_square_matrices_only(name, function):
    raises(lambda: function(WIDE), f"{name}: A must be batches of square matrices, but they are 2 by 3 matrices")
    raises(lambda: function(tg.ones(2)), f"{name}: The input tensor A must have at least 2 dimensions.")
    with pytest.raises(TypeError, match="must be Tensor, not list"):
        function([[1.0]])


def test_floating_matrices_only():
    raises(lambda: linalg.inv(tg.ones(2, 2).long()), "Expected a floating point or complex tensor as input. Got Long")
    raises(lambda: linalg.inv(A.half()), "linalg.inv: Low precision dtypes not supported. Got Half")
    raises(lambda: linalg.det(A.half()), "\"lu_cpu\" not implemented for 'Half'", NotImplementedError)
    raises(lambda: linalg.matrix_power(tg.ones(2, 2).long(), -1), "linalg.inv: Expected a floating point")


def test_solve_checks_its_right_side():
    raises(lambda: linalg.solve(A, tg.ones(3, 2)), "for the equation AX = B (2x2 and 3x2)")
    raises(lambda: linalg.solve(A, WIDE, left=False), "for the equation XA = B (2x2 and 2x3)")
    raises(lambda: linalg.solve(A, tg.tensor(1.0)), "The input tensor B must have at least 2 dimensions.")
    raises(lambda: linalg.solve(A, A.double()), "but found A of type Float and B of type Double instead")


def test_tensorinv_and_tensorsolve_check_the_shape():
    raises(lambda: linalg.tensorinv(A, 0), "Expected a strictly positive integer for 'ind', but got 0")
    raises(lambda: linalg.tensorinv(A), "prod(self.shape[ind:]) == prod(self.shape[:ind]), but got 1 != 4")
    raises(lambda: linalg.tensorsolve(tg.eye(6).reshape(2, 3, 6), tg.ones(2, 4)), "but got 6 != 8")


def test_power_is_an_integer():
    raises(lambda: linalg.matrix_power(A, 1.5), "must be int, not float", TypeError)


# ---- singular matrices ---------------------------------------------------------------------------------------------
def test_singular_matrices_have_no_inverse():
    assert issubclass(linalg.LinAlgError, RuntimeError)
    text = "The diagonal element 2 is zero, the inversion could not be completed because the input matrix is singular."
    raises(lambda: linalg.inv(SINGULAR), f"linalg.inv: {text}", linalg.LinAlgError)
    raises(lambda: linalg.inv(BATCH), f"linalg.inv: (Batch element 1): {text}", linalg.LinAlgError)
    raises(lambda: linalg.inv_ex(SINGULAR, check_errors=True), f"linalg.inv_ex: {text}", linalg.LinAlgError)
    raises(lambda: linalg.inv(tg.zeros(2, 2)), "The diagonal element 1 is zero", linalg.LinAlgError)


def test_inv_ex_says_which_matrix_is_singular():
    inverse, info = linalg.inv_ex(BATCH)
    assert info.tolist() == [0, 2, 0]
    assert info.dtype == tg.int32
    close(inverse[0] @ A, tg.eye(2))
    assert inverse[1].tolist() == [[tg.inf, -tg.inf], [-tg.inf, tg.inf]] or inverse[1].isinf().all()


def test_solve_with_a_singular_matrix():
    text = "The solver failed because the input matrix is singular."
    raises(lambda: linalg.solve(SINGULAR, A), f"torch.linalg.solve: {text}", linalg.LinAlgError)
    raises(lambda: linalg.solve(BATCH, A), f"torch.linalg.solve: (Batch element 1): {text}", linalg.LinAlgError)
    x, info = linalg.solve_ex(BATCH, A)
    assert info.tolist() == [0, 2, 0]
    close(x[2], tg.eye(2))
    raises(lambda: linalg.solve_ex(SINGULAR, A, check_errors=True), f"solve_ex: {text}", linalg.LinAlgError)


def test_determinant_of_a_singular_matrix():
    assert tg.det(SINGULAR).item() == 0
    sign, logabsdet = linalg.slogdet(SINGULAR)
    assert (sign.item(), logabsdet.item()) == (0, -tg.inf)
    assert tg.logdet(SINGULAR).item() == -tg.inf
    assert tg.logdet(tg.tensor([[0.0, 1.0], [1.0, 0.0]])).isnan()


@pytest.mark.parametrize("rank", [4, 3, 2, 1, 0])
def test_gradient_of_the_determinant_at_any_rank(rank):
    tg.manual_seed(0)
    x = (tg.randn(4, rank, dtype=tg.float64) @ tg.randn(rank, 4, dtype=tg.float64)) if rank else tg.zeros(4, 4).double()
    x.requires_grad_()
    direction = tg.randn(4, 4, dtype=tg.float64)
    (slope,) = tg.autograd.grad(tg.det(x), x, create_graph=True)

    def minors(m):
        keep = [[j for j in range(4) if j != i] for i in range(4)]
        return tg.stack(
            [tg.stack([(-1) ** (i + j) * tg.det(m[keep[i]][:, keep[j]]) for j in range(4)]) for i in range(4)]
        )

    close(slope, minors(x), rtol=1e-9)
    if rank == 4:
        return
    want = tg.autograd.grad((minors(x) * direction).sum(), x)[0]
    close(tg.autograd.grad((slope * direction).sum(), x)[0], want, rtol=1e-8)


def test_third_derivative_of_a_singular_determinant_is_refused():
    x = tg.zeros(4, 4, requires_grad=True)
    (first,) = tg.autograd.grad(tg.det(x), x, create_graph=True)
    raises(lambda: tg.autograd.grad(first.sum(), x, create_graph=True), "has no third derivative here")


# ---- empty matrices, batches, out= ---------------------------------------------------------------------------------
def test_empty_matrices():
    empty = tg.zeros(0, 0)
    assert linalg.inv(empty).shape == (0, 0)
    assert linalg.inv(tg.zeros(0, 2, 2)).shape == (0, 2, 2)
    assert tg.det(empty).item() == 1
    assert tg.det(tg.zeros(0, 2, 2)).shape == (0,)
    assert [x.item() for x in linalg.slogdet(empty)] == [1, 0]
    assert linalg.solve(empty, tg.ones(0, 3)).shape == (0, 3)
    assert linalg.solve(empty, tg.ones(0)).shape == (0,)
    assert linalg.matrix_power(empty, -3).shape == (0, 0)


def test_gradients_of_broadcast_batches_are_summed():
    b = tg.ones(5, 2, 3, requires_grad=True)
    a = A.clone().requires_grad_()
    linalg.solve(a, b).sum().backward()
    assert a.grad.shape == (2, 2)
    assert b.grad.shape == (5, 2, 3)
    one = A.clone().requires_grad_()
    linalg.solve(one, tg.ones(2, 3)).sum().backward()
    close(a.grad, 5 * array(one.grad), rtol=1e-5)


def test_strided_arguments():
    close(linalg.inv(A.double().expand(3, 2, 2).mT)[2], linalg.inv(A.double().mT))
    close(linalg.inv(tg.ones(4, 4).double().triu()[::2, ::2]), [[1, -1], [0, 1]])


def test_out():
    out = tg.empty(2, 2)
    assert linalg.inv(A, out=out) is out
    close(out @ A, tg.eye(2))
    raises(lambda: linalg.inv(A, out=out.double()), "Expected out tensor to have dtype float, but got double instead")
    a = A.clone().requires_grad_()
    raises(lambda: linalg.inv(a, out=out), "functions with out=... arguments don't support automatic differentiation")
    sign, logabsdet = tg.empty(()), tg.empty(())
    result = linalg.slogdet(A, out=(sign, logabsdet))
    assert result.sign is sign
    close(logabsdet, A.det().log())


def test_results_are_named_and_print_as_in_pytorch():
    assert (
        str(linalg.slogdet(tg.eye(2))) == "torch.return_types.linalg_slogdet(\nsign=tensor(1.),\nlogabsdet=tensor(0.))"
    )
    assert type(tg.slogdet(A)).__name__ == "slogdet"
    assert "LinalgInvExBackward0" in str(linalg.inv(A.clone().requires_grad_()))


# ---- factorisations --------------------------------------------------------------------------------------------------
NOT_SQUARE = [
    ("linalg.cholesky", linalg.cholesky),
    ("linalg.cholesky", linalg.cholesky_ex),
    ("cholesky", tg.cholesky),
    ("cholesky_inverse", tg.cholesky_inverse),
    ("linalg.eigh", linalg.eigh),
    ("linalg.eigh", linalg.eigvalsh),
    ("linalg.eigh", lambda x: linalg.pinv(x, hermitian=True)),
    ("linalg.matrix_exp", linalg.matrix_exp),
    ("linalg.cond(ord=1)", lambda x: linalg.cond(x, 1)),
    ("torch.linalg.ldl_factor_ex", linalg.ldl_factor),
    ("linalg.solve_triangular", lambda x: linalg.solve_triangular(x, A, upper=True)),
]


@pytest.mark.parametrize("name, function", NOT_SQUARE)
def test_factorisations_of_square_matrices(name, function):
    raises(lambda: function(WIDE), f"{name}: A must be batches of square matrices, but they are 2 by 3 matrices")


INTEGERS = [
    (linalg.cholesky, RuntimeError, "linalg.cholesky: Expected a floating point or complex tensor as input. Got Long"),
    (linalg.eigh, NotImplementedError, "\"linalg_eigh_cpu\" not implemented for 'Long'"),
    (linalg.lu_factor, NotImplementedError, "\"lu_cpu\" not implemented for 'Long'"),
    (linalg.svd, RuntimeError, "linalg.svd: Expected a floating point or complex tensor as input. Got Long"),
    (linalg.svdvals, RuntimeError, "linalg.svd: Expected a floating point or complex tensor as input. Got Long"),
    (linalg.qr, RuntimeError, "linalg.qr: Expected a floating point or complex tensor as input. Got Long"),
    (linalg.pinv, RuntimeError, "linalg.pinv(Long{[2, 2]}): expected a tensor with 2 or more dimensions of float"),
    (linalg.matrix_rank, RuntimeError, "This function doesn't handle types other than float and double"),
    (linalg.matrix_exp, RuntimeError, "linalg.matrix_exp: Expected a floating point or complex tensor as input."),
    (linalg.cond, RuntimeError, "linalg.svd: Expected a floating point or complex tensor as input. Got Long"),
]


@pytest.mark.parametrize("function, error, text", INTEGERS)
def test_factorisations_of_integers(function, error, text):
    raises(lambda: function(tg.ones(2, 2).long()), text, error)


def test_general_eigenvalues_need_complex_numbers():
    raises(lambda: linalg.eig(A), "tapegrad has no complex tensors", NotImplementedError)
    raises(lambda: linalg.eigvals(A), "tapegrad has no complex tensors", NotImplementedError)


def test_arguments_of_factorisations():
    raises(lambda: linalg.qr(WIDE, mode="x"), "qr received unrecognized mode 'x' but expected one of 'reduced'")
    raises(lambda: linalg.eigh(A, UPLO="X"), "Expected UPLO argument to be 'L' or 'U', but got X")
    raises(lambda: linalg.svd(A, driver="gesvd"), "keyword argument `driver=` is only supported on CUDA inputs")
    raises(lambda: linalg.cond(A, 3), "linalg.cond got an invalid norm type: 3")
    raises(lambda: linalg.lu_factor(A, pivot=False), "linalg.lu_factor: LU without pivoting is not implemented on the")
    raises(lambda: linalg.lstsq(A, A, driver="x"), "parameter `driver` should be one of (gels, gelsy, gelsd, gelss)")
    raises(lambda: linalg.lstsq(A, tg.ones(3, 1)), "torch.linalg.lstsq: input.size(-2) should match other.size(-2)")
    raises(lambda: linalg.lstsq(tg.ones(2), A), "torch.linalg.lstsq: input must have at least 2 dimensions.")
    raises(lambda: linalg.lstsq(A, BATCH), "input.dim() must be greater or equal to other.dim() and (input.dim() - ")
    raises(lambda: linalg.lu_solve(A, tg.ones(2), A), "pivots should be a Tensor of scalar type torch.int32")
    raises(lambda: linalg.lu_solve(A, tg.ones(3).int(), A), "Number of pivots per batch should be same")
    raises(lambda: linalg.lu_solve(A, tg.full((2,), 7).int(), A), "must be between 1 and LU.size(-2) inclusive")
    raises(lambda: tg.lu_unpack(A, tg.full((2,), 7).int()), "must be between 1 and LU.size(-2) inclusive")
    raises(lambda: linalg.ldl_solve(A, tg.full((2,), 7).int(), A), "pivots must be those of ldl_factor")
    raises(lambda: linalg.householder_product(WIDE, tg.ones(2)), "input.shape[-2] must be greater than or equal to")
    raises(lambda: tg.pca_lowrank(A, q=5), "q(=5) must be non-negative integer and not greater than", ValueError)
    raises(lambda: linalg.solve_triangular(A, WIDE.mT, upper=True), "for the equation AX = B (2x2 and 3x2)")


def test_cholesky_of_a_matrix_that_is_not_positive_definite():
    matrix = tg.tensor([[1.0, 2.0, 0.0], [2.0, 1.0, 0.0], [0.0, 0.0, 1.0]])
    text = (
        "The factorization could not be completed because the input is not positive-definite "
        "(the leading minor of order 2 is not positive-definite)."
    )
    raises(lambda: linalg.cholesky(matrix), f"linalg.cholesky: {text}", linalg.LinAlgError)
    batch = tg.stack([tg.eye(3), matrix])
    raises(lambda: linalg.cholesky(batch), f"linalg.cholesky: (Batch element 1): {text}", linalg.LinAlgError)
    factor, info = linalg.cholesky_ex(batch)
    assert info.tolist() == [0, 2]
    assert factor[0].equal(tg.eye(3))
    raises(lambda: linalg.cholesky(tg.full((2, 2), tg.nan)), "the leading minor of order 1", linalg.LinAlgError)
    raises(lambda: tg.cholesky_inverse(tg.zeros(2, 2)), "The diagonal element 1 is zero", linalg.LinAlgError)


def test_cholesky_reads_one_triangle():
    full = tg.tensor([[4.0, 2.0], [2.0, 10.0]])
    assert linalg.cholesky(full.tril()).equal(linalg.cholesky(full))
    assert linalg.cholesky(full.triu(), upper=True).equal(linalg.cholesky(full).mT)


def test_values_that_are_not_finite():
    nan = tg.full((2, 2), tg.nan)
    text = "linalg.svd: The algorithm failed to converge because the input matrix contained non-finite values."
    for function in (linalg.svd, linalg.svdvals, linalg.pinv, linalg.cond, linalg.matrix_rank):
        raises(lambda function=function: function(nan), text, linalg.LinAlgError)
    assert linalg.eigvalsh(nan).isnan().all()
    assert linalg.qr(nan).Q.isnan().all()
    assert linalg.matrix_exp(nan).isnan().all()
    assert linalg.inv(nan).isnan().all()


def test_derivatives_that_do_not_exist():
    x = tg.randn(3, 2, requires_grad=True)
    raises(lambda: linalg.qr(x, mode="r").R.sum().backward(), "The derivative of linalg.qr depends on Q")
    raises(lambda: linalg.qr(x, mode="complete").R.sum().backward(), "not differentiable when mode='complete'")
    raises(lambda: tg.geqrf(x)[0].sum().backward(), "for 'geqrf' is not implemented", NotImplementedError)
    y = A.clone().requires_grad_()
    raises(lambda: linalg.ldl_factor(y)[0].sum().backward(), "is not implemented", NotImplementedError)


def test_eigenvalues_may_be_repeated_where_only_they_are_used():
    x = tg.eye(3, requires_grad=True)
    linalg.eigvalsh(x).sum().backward()
    assert x.grad.equal(tg.eye(3))
    x.grad = None
    linalg.svdvals(x).sum().backward()
    close(x.grad, tg.eye(3))


def test_lu_of_a_singular_matrix():
    text = "U[2,2] is zero and using it on lu_solve would result in a division by zero."
    raises(lambda: linalg.lu_factor(SINGULAR), f"torch.linalg.lu_factor: {text}")
    raises(lambda: linalg.lu_factor(BATCH), f"torch.linalg.lu_factor: (Batch element 1): {text}")
    assert linalg.lu_factor_ex(BATCH).info.tolist() == [0, 2, 0]
    P, L, U = linalg.lu(SINGULAR)
    close(P @ L @ U, SINGULAR)


def test_ldl_of_an_indefinite_matrix():
    matrix = tg.tensor([[0.0, 1.0, 2.0], [1.0, 0.0, 3.0], [2.0, 3.0, 0.0]], dtype=tg.float64)
    LD, pivots = linalg.ldl_factor(matrix)
    assert pivots.min() < 0  # a block of two
    close(linalg.ldl_solve(LD, pivots, matrix), tg.eye(3), rtol=1e-12)


def test_least_squares_without_full_rank():
    ones = tg.ones(3, 2)
    close(linalg.lstsq(ones, ones[:, :1]).solution, [[0.5], [0.5]])
    assert linalg.lstsq(ones, ones).rank.item() == 1
    text = "could not be computed because the input matrix does not have full rank (error code: 2)."
    raises(lambda: linalg.lstsq(ones, ones, driver="gels"), text, linalg.LinAlgError)
    solved = linalg.lstsq(ones, ones, driver="gelsd")
    assert solved.residuals.shape == (0,)
    close(solved.singular_values, linalg.svdvals(ones))


@pytest.mark.parametrize("p", [1, -1, tg.inf, -tg.inf, "fro", "nuc"])
def test_gradient_of_the_condition_number(p):
    x = A.double().requires_grad_()
    linalg.cond(x, p).backward()
    for i in range(4):
        step = tg.zeros(4, dtype=tg.float64).index_fill(0, tg.tensor([i]), 1e-6).reshape(2, 2)
        slope = (linalg.cond(A.double() + step, p) - linalg.cond(A.double() - step, p)) / 2e-6
        assert x.grad.flatten()[i].item() == pytest.approx(slope.item(), rel=1e-6, abs=1e-8)


def test_condition_of_singular_matrices():
    assert linalg.cond(SINGULAR, 1).item() == tg.inf
    assert linalg.cond(BATCH, "fro").isinf().tolist() == [False, True, False]


def test_factorisations_of_empty_matrices():
    empty, flat = tg.zeros(0, 0), tg.zeros(2, 0, 3)
    assert linalg.cholesky(empty).shape == (0, 0)
    assert [tuple(x.shape) for x in linalg.qr(flat)] == [(2, 0, 0), (2, 0, 3)]
    assert [tuple(x.shape) for x in linalg.svd(flat)] == [(2, 0, 0), (2, 0), (2, 3, 3)]
    assert linalg.svd(flat).Vh[1].equal(tg.eye(3))
    assert [tuple(x.shape) for x in linalg.eigh(empty)] == [(0,), (0, 0)]
    assert linalg.pinv(flat).shape == (2, 3, 0)
    assert linalg.matrix_rank(flat).tolist() == [0, 0]
    assert linalg.cond(empty).item() == 0
    assert linalg.matrix_exp(tg.zeros(0, 2, 2)).shape == (0, 2, 2)
    assert [tuple(x.shape) for x in linalg.lu(flat)] == [(2, 0, 0), (2, 0, 0), (2, 0, 3)]
    assert linalg.lu_factor_ex(empty).info.item() == 0
    assert linalg.solve_triangular(empty, tg.ones(0, 3), upper=True).shape == (0, 3)
    assert [tuple(x.shape) for x in linalg.lstsq(tg.zeros(0, 2), tg.zeros(0, 3))[:2]] == [(2, 3), (0,)]


@pytest.mark.parametrize("n, k", [(1, 1), (31, 3), (33, 1), (70, 40), (129, 5)])
@pytest.mark.parametrize("upper", [False, True])
def test_triangular_systems_of_any_size(n, k, upper):
    tg.manual_seed(0)
    matrix = tg.randn(n, n, dtype=tg.float64) / n + 2 * tg.eye(n, dtype=tg.float64)
    triangle = matrix.triu() if upper else matrix.tril()
    b = tg.randn(2, n, k, dtype=tg.float64)
    close(triangle @ linalg.solve_triangular(matrix, b, upper=upper), b, rtol=1e-12)
    x = linalg.solve_triangular(matrix.mT, b.mT, upper=not upper, left=False)
    close(x @ triangle.mT, b.mT, rtol=1e-12)
    ones = triangle - tg.diag(triangle.diagonal()) + tg.eye(n, dtype=tg.float64)
    close(ones @ linalg.solve_triangular(matrix, b, upper=upper, unitriangular=True), b, rtol=1e-12)


def test_zero_on_the_diagonal_of_a_triangle():
    x = linalg.solve_triangular(tg.zeros(2, 2), WIDE, upper=True)
    assert x[1].isinf().all()
    assert x[0].isnan().all()


@pytest.mark.parametrize("scale", [1e-8, 0.1, 5.0, 50.0])
def test_exponential_of_a_rotation(scale):
    generator = scale * tg.tensor([[0.0, -1.0], [1.0, 0.0]], dtype=tg.float64)
    c, s = math.cos(scale), math.sin(scale)
    close(linalg.matrix_exp(tg.stack([generator, generator * 0])), [[[c, -s], [s, c]], [[1, 0], [0, 1]]], rtol=1e-13)


def test_exponential_in_half_precision():
    assert linalg.matrix_exp(tg.zeros(2, 2).half()).dtype == tg.float16
    assert linalg.matrix_exp(A * 100)[0, 0].item() == tg.inf


def test_low_rank():
    tg.manual_seed(0)
    x = tg.randn(2, 9, 3, dtype=tg.float64) @ tg.randn(2, 3, 7, dtype=tg.float64)
    for matrix in (x, x.mT):
        u, s, v = tg.svd_lowrank(matrix, q=4)
        close((u * s.unsqueeze(-2)) @ v.mT, matrix, rtol=1e-10)
    u, s, v = tg.pca_lowrank(x, q=3)
    close((u * s.unsqueeze(-2)) @ v.mT, x - x.mean(-2, keepdim=True), rtol=1e-10)


def test_gradients_pass_through_iterations():
    """A Gaussian's log-likelihood by Cholesky, log-determinant and solve agree, and so do their gradients."""
    tg.manual_seed(0)
    root = tg.randn(4, 4, dtype=tg.float64) + 4 * tg.eye(4, dtype=tg.float64)
    y = tg.randn(4, 1, dtype=tg.float64)
    found = []
    for way in range(3):
        r = root.clone().requires_grad_()
        covariance = r @ r.mT
        if way == 0:
            factor = linalg.cholesky(covariance)
            value = linalg.solve_triangular(factor, y, upper=False).square().sum() + 2 * factor.diagonal().log().sum()
        elif way == 1:
            value = (y.mT @ linalg.solve(covariance, y)).sum() + tg.logdet(covariance)
        else:
            values, vectors = linalg.eigh(covariance)
            value = ((vectors.mT @ y).square() / values.unsqueeze(-1)).sum() + values.log().sum()
        value.backward()
        found.append((value.item(), r.grad))
    for value, grad in found[1:]:
        assert value == pytest.approx(found[0][0], rel=1e-12)
        close(grad, found[0][1], rtol=1e-10)


def test_lu_without_scipy_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "scipy.linalg", None)
    with pytest.raises(ImportError, match=r"linalg.lu_factor needs SciPy: .*'tapegrad\[linalg\]'"):
        linalg.lu_factor(A)


def test_numpy_is_imported_by_the_first_call():
    run_python(
        "import sys, tapegrad as tg, tapegrad.linalg\n"
        "assert 'numpy' not in sys.modules\n"
        "tg.eye(2).inverse()\n"
        "assert 'numpy' in sys.modules and 'scipy' not in sys.modules"
    )
