"""Linear algebra. Inputs are made well-conditioned by a multiple of the identity."""

from op_table.row import S, op

REAL = ("float32", "float64")
EYE = "tg.eye(3, dtype=x.dtype)"
REGULAR = f"x + 3 * {EYE}"


# fmt: off
def matrix(name, *calls, forms="", grad="x", shape=(3, 3), second=True, **inputs) -> None:
    """A row of functions of x, where {a} in a call is a regular matrix made of x."""
    calls = [call.replace("{a}", REGULAR) for call in calls]
    op(name, *calls, x=shape, grad=grad, dtypes=REAL, forms=forms, second=second, **inputs)


matrix("linalg.inv", "tg.linalg.inv({a})", "tg.inverse({a})", "({a}).inverse()",
       "tg.linalg.inv(tg.stack([{a}, x.mT - 4 * tg.eye(3, dtype=x.dtype)]))", "tg.linalg.inv_ex({a})")
matrix("linalg.det", "tg.linalg.det({a})", "tg.det(x)", "tg.det(x[:2, :2])", "x[:1, :1].det()", "tg.det(x[:0, :0])")
matrix("linalg.det of larger matrices", "tg.det(x)", "tg.det(x - 2 * tg.eye(4, dtype=x.dtype))", shape=(4, 4),
       forms="m")
matrix("linalg.slogdet", "tg.linalg.slogdet({a})", "tg.slogdet(-({a}))", "({a}).slogdet()")
matrix("logdet", "tg.logdet({a})", "({a}).logdet()")
matrix("linalg.solve", "tg.linalg.solve({a}, y)", "tg.linalg.solve({a}, y, left=False)",
       "tg.linalg.solve({a}, y[0])", "tg.linalg.solve({a}, y.expand(2, 3, 3))",
       "tg.linalg.solve(tg.stack([{a}, ({a}).mT]), y[:2])", "tg.linalg.solve_ex({a}, y)",
       y=S(3, 3, seed=1), grad="x y")
matrix("linalg.matrix_power", "tg.linalg.matrix_power(x, 3)", "tg.matrix_power(x, 0)", "tg.matrix_power(x, 1)",
       "({a}).matrix_power(-2)")
matrix("linalg.tensorinv", "tg.linalg.tensorinv(x + tg.eye(4, dtype=x.dtype).reshape(2, 2, 4) * 4)", shape=(2, 2, 4))
matrix("linalg.tensorsolve", "tg.linalg.tensorsolve(x + tg.eye(4, dtype=x.dtype).reshape(2, 2, 4) * 4, y)",
       shape=(2, 2, 4), y=S(2, 2, seed=1), grad="x y")
matrix("linalg.cholesky", "tg.linalg.cholesky(x @ x.mT + {a} + ({a}).mT)",
       "tg.linalg.cholesky(x @ x.mT + {a} + ({a}).mT, upper=True)", "tg.linalg.cholesky_ex(x @ x.mT + {a} + ({a}).mT)",
       "tg.cholesky(tg.stack([x @ x.mT, x.mT @ x]) + {a} + ({a}).mT)", "(x @ x.mT + {a} + ({a}).mT).cholesky()")
matrix("cholesky_solve", "tg.cholesky_solve(y, ({a}).tril())", "y.cholesky_solve(({a}).triu(), upper=True)",
       "tg.cholesky_solve(y.expand(2, 3, 2), ({a}).tril())", y=S(3, 2, seed=1), grad="x y")
matrix("cholesky_inverse", "tg.cholesky_inverse(({a}).tril())", "({a}).triu().cholesky_inverse(upper=True)")
matrix("linalg.solve_triangular", "tg.linalg.solve_triangular({a}, y, upper=True)",
       "tg.linalg.solve_triangular({a}, y, upper=False, unitriangular=True)",
       "tg.linalg.solve_triangular(({a}).mT, y.mT, upper=True, left=False)",
       "tg.linalg.solve_triangular({a}, y.mT.expand(2, 2, 3), upper=False, left=False)",
       "tg.linalg.solve_triangular(tg.stack([{a}, x.mT + 4 * tg.eye(3, dtype=x.dtype)]), y, upper=True)",
       "tg.triangular_solve(y, {a})", "tg.triangular_solve(y, {a}, upper=False, transpose=True)",
       y=S(3, 2, seed=1), grad="x y")
matrix("linalg.qr", "tg.linalg.qr({a})", "tg.linalg.qr({a}, mode='complete')", "tg.qr(tg.stack([{a}, ({a}).mT]))",
       "({a})[:2].qr()", "tg.linalg.qr(({a})[:2], mode='complete')[0]")
matrix("linalg.qr of tall matrices", "tg.linalg.qr(x)", "tg.qr(x.expand(2, 4, 2))",
       "tg.linalg.qr(x, mode='reduced')[1]", shape=(4, 2))
matrix("linalg.qr without a derivative", "tg.linalg.qr(x, mode='r')", "tg.linalg.qr(x, mode='complete')", "tg.geqrf(x)",
       "x.mT.geqrf()", shape=(4, 2), grad="")
matrix("linalg.eigh", "[v.abs() for v in tg.linalg.eigh(x + x.mT)]", "tg.linalg.eigvalsh(x + x.mT)",
       "[v.abs() for v in tg.linalg.eigh(x + x.mT, UPLO='U')]", "tg.linalg.eigvalsh(tg.stack([x + x.mT, x @ x.mT]))")
matrix("linalg.svd", "[v.abs() for v in tg.linalg.svd({a})]", "tg.linalg.svdvals({a})", "({a}).svd().S",
       "[v.abs() for v in tg.svd(tg.stack([{a}, x]))]", "tg.svd({a}, compute_uv=False)")
matrix("linalg.svd of tall and wide matrices", "[v.abs() for v in tg.linalg.svd(x, full_matrices=False)]",
       "[v.abs() for v in tg.linalg.svd(x.mT, full_matrices=False)]", "tg.linalg.svd(x)[0][:, :2].abs()",
       "tg.linalg.svd(x.mT)[2][:2].abs()", "tg.linalg.svdvals(x)", "tg.linalg.svd(x, full_matrices=False)[1]",
       "tg.svd(x, some=False)[2].abs()", shape=(4, 2))
matrix("linalg.pinv", "tg.linalg.pinv(x)", "tg.linalg.pinv(x.mT)", "x.pinverse()",
       "tg.linalg.pinv(x @ x.mT, rtol=1e-3)", "tg.linalg.pinv(x, atol=3.0)",
       "tg.linalg.pinv(x.expand(2, 4, 2), rcond=tg.tensor([0.1, 0.2], dtype=x.dtype))",
       shape=(4, 2))
matrix("linalg.pinv of symmetric matrices", "tg.linalg.pinv({a} + ({a}).mT, hermitian=True)")
matrix("linalg.lstsq", "tg.linalg.lstsq(x, y)", "tg.linalg.lstsq(x, y, driver='gelsd')[:3]",
       "tg.linalg.lstsq(x, y, driver='gels')", "tg.linalg.lstsq(x, y[:, 0])", "tg.linalg.lstsq(x.mT, y[:2])",
       "tg.linalg.lstsq(x.expand(2, 4, 2), y.expand(2, 4, 3))",
       shape=(4, 2), y=S(4, 3, seed=1), grad="x y")
matrix("linalg.matrix_exp", "tg.linalg.matrix_exp(x)", "tg.matrix_exp(x * 5)", "tg.stack([x, x.mT * 0.1]).matrix_exp()",
       "tg.matrix_exp(x[:0, :0])")
matrix("linalg.matrix_rank", "tg.linalg.matrix_rank(x)", "tg.linalg.matrix_rank(tg.outer(x[0], x[1]))",
       "tg.linalg.matrix_rank(x, tol=2.0)", "tg.linalg.matrix_rank(x + x.mT, hermitian=True)",
       "tg.linalg.matrix_rank(x, atol=0.1, rtol=0.5)", "tg.linalg.matrix_rank(tg.stack([x, x * 0]))", grad="")
matrix("linalg.cond", "tg.linalg.cond({a})", "tg.linalg.cond({a}, -2)", "tg.linalg.cond(({a})[:2])")
# PyTorch's own backward fails for these: it has changed the inverse in place
matrix("linalg.cond by norm and inverse", "tg.linalg.cond({a}, 1)", "tg.linalg.cond({a}, -1)",
       "tg.linalg.cond({a}, inf)", "tg.linalg.cond({a}, -inf)", "tg.linalg.cond({a}, 'fro')",
       "tg.linalg.cond({a}, 'nuc')", grad="")
matrix("linalg.lu", "tg.linalg.lu({a})", "tg.linalg.lu(x)", "tg.linalg.lu(x[:2])", "tg.linalg.lu(x[:, :2])",
       "tg.linalg.lu(tg.stack([{a}, x]))")
matrix("linalg.lu_factor", "tg.linalg.lu_factor(x)", "tg.linalg.lu_factor_ex(x.mT)", "x.lu()",
       "tg.lu(x, get_infos=True)", "tg.linalg.lu_factor(x[:2])", "tg.linalg.lu_factor(x[:, :2])",
       "tg.lu_unpack(*tg.linalg.lu_factor(x))",
       "tg.lu_unpack(*tg.linalg.lu_factor(x), unpack_data=False)[0]")
matrix("linalg.lu_solve", "tg.linalg.lu_solve(*tg.linalg.lu_factor({a}), y)",
       "tg.linalg.lu_solve(*tg.linalg.lu_factor({a}), y, adjoint=True)",
       "tg.linalg.lu_solve(*tg.linalg.lu_factor({a}), y.mT, left=False)",
       "tg.linalg.lu_solve(*tg.linalg.lu_factor({a}), y.mT, left=False, adjoint=True)",
       "y.lu_solve(*tg.linalg.lu_factor({a}))", "tg.linalg.lu_solve(*tg.linalg.lu_factor({a}), y.expand(2, 3, 2))",
       y=S(3, 2, seed=1), grad="x y")
matrix("linalg.ldl_factor", "tg.linalg.ldl_factor({a})", "tg.linalg.ldl_factor_ex(x + x.mT)",
       "tg.linalg.ldl_solve(*tg.linalg.ldl_factor({a}), y)", "tg.linalg.ldl_solve(*tg.linalg.ldl_factor(x), y)",
       y=S(3, 2, seed=1), grad="")
matrix("linalg.householder_product", "tg.linalg.householder_product(x, y)", "tg.orgqr(x, y[:1])",
       "tg.orgqr(x.expand(2, 4, 3), y.expand(2, 3))", "tg.ormqr(x, y, z)", "tg.ormqr(x, y, z, transpose=True)",
       "x.ormqr(y, z.mT, left=False)", "x.ormqr(y, z.mT, False, True)", shape=(4, 3), y=S(3, seed=1),
       z=S(4, 2, seed=2), grad="x y z")
