"""Statistics, running extrema, differences and integrals, norms."""

from op_table.row import FLOATS, ONCE, S, each, listed, op

# fmt: off
for _name in ("var_mean", "std_mean"):
    op(_name, f"tg.{_name}(x)", f"tg.{_name}(x, 0)", f"tg.{_name}(x, 1, keepdim=True)",
       f"tg.{_name}(x, unbiased=False)", f"tg.{_name}(x, (0, 1), correction=2)",
       f"tg.{_name}(x, 0)[0]", f"tg.{_name}(x, 0)[1]", x=(3, 4), dtypes=FLOATS)
op("nanmean", "tg.nanmean(x)", "tg.nanmean(x, 0)", "x.nanmean((0, 1), keepdim=True)",
   "x.nanmean(1, dtype=tg.float64)", x=(3, 4), dtypes=FLOATS, forms="m")
op("nan skipped", *each("x.{}", "nanmean() | nanmean(0) | nansum() | nansum(1)"),
   "(x.sqrt() * y).nansum()", x=S(3, 4, dtype="float32"), y=S(3, 4, seed=1, dtype="float32"),
   dtypes=ONCE, grad="")
op("nansum", "tg.nansum(x)", "tg.nansum(x, 0)", "x.nansum((0, 1), True)",
   "x.nansum(dtype=tg.float64)", x=(3, 4), forms="m")
op("count_nonzero", "tg.count_nonzero(x)", "x.count_nonzero(0)", "x.count_nonzero(dim=(0, 1))",
   "tg.count_nonzero(x > 0, 1)", x=(3, 4), grad="", forms="m")
op("aminmax", "tg.aminmax(x)", "x.aminmax(dim=0)", "tg.aminmax(x, dim=1, keepdim=True)",
   "x.aminmax(dim=0).min", "x.aminmax().max", x=(3, 4), forms="m")
op("ties of aminmax", *each("tg.tensor([[1., 3., 3.], [1., 1., 3.]]).{}", "aminmax() | aminmax(dim=0)"),
   dtypes=ONCE, grad="")
op("cov", "tg.cov(x)", "x.cov(correction=0)", "tg.cov(x[0])", "tg.cov(x, fweights=f)",
   "tg.cov(x, aweights=a)", "tg.cov(x, correction=0, fweights=f, aweights=a)", x=(3, 4),
   f=S(4, low=1, high=5, dtype="int64"), a=S(4, low=0.1, high=2, dtype="float64"),
   dtypes=("float64", "float32", "int64"), forms="m")
op("corrcoef", "tg.corrcoef(x)", "tg.corrcoef(x[0])", x=S(3, 5, dtype="float64"), dtypes=("float64",),
   forms="m")
for _name in ("cummax", "cummin"):
    op(_name, f"tg.{_name}(x, 0)", f"tg.{_name}(x, 1)", f"x.{_name}(dim=-1).values",
       f"x.{_name}(0).indices", x=(3, 4), forms="m")
    op(f"{_name} at kinks", f"tg.tensor([1., 3., 3., 2., nan, 4.]).{_name}(0)",
       f"tg.tensor([True, False, True]).{_name}(0)", f"tg.tensor(1.).{_name}(0)",
       f"tg.ones(2, 0).{_name}(1)", dtypes=ONCE, grad="")
op("logcumsumexp", "tg.logcumsumexp(x, 0)", "x.logcumsumexp(dim=-1)", x=(3, 4), dtypes=FLOATS,
   forms="mo")
op("logcumsumexp far out", "tg.tensor([-inf, -inf, 1., 900., 1000., inf, inf]).logcumsumexp(0)",
   "tg.tensor([1., nan, 2.]).logcumsumexp(0)", "tg.tensor(1.).logcumsumexp(0)",
   dtypes=ONCE, grad="")

op("diff", "tg.diff(x)", "tg.diff(x, 2)", "x.diff(dim=0)", "x.diff(n=0)", "x.diff(n=9)", "tg.diff(x, 0, prepend=x)",
   "tg.diff(x, prepend=x, append=x[:, :1])", "tg.diff(x, dim=0, append=x)", x=(3, 4), forms="m")
op("gradient", "tg.gradient(x)", "tg.gradient(x, dim=1)", "tg.gradient(x, spacing=2.)",
   "tg.gradient(x, dim=(1, 0), spacing=(0.5, 2))", "tg.gradient(x, edge_order=2)",
   x=(3, 4), dtypes=("float64", "float32", "int64"))
op("gradient at places", "tg.gradient(x, dim=1, spacing=(y,))",
   "tg.gradient(x, dim=(1,), spacing=(y,), edge_order=2)", x=(3, 4), y=S(4, low=0.1, high=2),
   dtypes=("float64",))
for _name in ("trapezoid", "cumulative_trapezoid"):
    op(_name, f"tg.{_name}(x)", f"tg.{_name}(x, dx=2)", f"tg.{_name}(x, dim=0, dx=0.5)",
       f"tg.{_name}(x, y)", f"tg.{_name}(x, y[:3], dim=0)", f"tg.{_name}(x, x * 2)",
       f"tg.{_name}(x, dim=0, x=y[:3])", f"tg.{_name}(x[:, :1])", x=(3, 4), y=S(4, seed=1),
       grad="x y", dtypes=("float64", "float32", "int64"))
op("trapz", "tg.trapz(x)", "tg.trapz(x, dx=2)", "tg.trapz(x, x * 2)", x=(3, 4),
   dtypes=("float64", "float32", "int64"))
op("combinations", "tg.combinations(x)", "tg.combinations(x, 3)", "tg.combinations(x, 2, True)",
   "tg.combinations(x, r=1)", "tg.combinations(x, 0)", "tg.combinations(x, 5)",
   "tg.combinations(x, 3, with_replacement=True)", x=(4,))
op("cartesian_prod", "tg.cartesian_prod(x, y)", "tg.cartesian_prod(x)", "tg.cartesian_prod(x, y, x)",
   x=(2,), y=S(3, seed=1), grad="x y")
op("unravel_index", "tg.unravel_index(x, (2, 3))", "tg.unravel_index(x[0], 6)",
   "tg.unravel_index(x.reshape(2, 2), (2, 1, 3))", "tg.unravel_index(x, ())",
   x=S(4, low=-2, high=8, dtype="int64"), dtypes=("int64",), grad="")

op("norm", "tg.norm(x)", "tg.norm(x, 2, 0)", "x.norm(1)", "x.norm(p=3, dim=1, keepdim=True)",
   "x.norm('fro')", "x.norm('fro', (0, 1))", "x.norm(inf)", "x.norm(-inf, 0)", "x.norm(0)",
   "x.norm(0.5)", "x.norm(1, 0, True, tg.float64)", "tg.norm(x, p=2, dtype=tg.float64)",
   x=(3, 4), dtypes=FLOATS, second=False)
op("dist", "tg.dist(x, y)", "tg.dist(x, y, 1)", "x.dist(y, 3)", "x.dist(y[0], p=inf)",
   "tg.dist(x[:, :1], y, 2)", x=(3, 4), y=S(3, 4, seed=1), grad="x y", dtypes=FLOATS)
op("dist without a derivative", "tg.dist(x, x)", "tg.dist(x, x * 2, 0)", x=(3, 4), dtypes=FLOATS,
   grad="")
op("renorm", "tg.renorm(x, 2, 0, 1.5)", "tg.renorm(x, 1, 1, 2)", "x.renorm(3, -1, 1)",
   "x.renorm(p=2, dim=0, maxnorm=100)", x=(3, 4), dtypes=FLOATS, forms="mio")
op("renorm by the greatest", "tg.renorm(x, inf, 0, 1)", x=(3, 4), dtypes=FLOATS, second=False)
op("linalg.vector_norm", "tg.linalg.vector_norm(x)", "tg.linalg.vector_norm(x, 3, 1, True)",
   "tg.linalg.vector_norm(x, 1, (0, 1), dtype=tg.float64)", x=(3, 4), dtypes=FLOATS)
op("linalg.matrix_norm", "tg.linalg.matrix_norm(x)", "tg.linalg.matrix_norm(x, 'fro', keepdim=True)",
   *[f"tg.linalg.matrix_norm(x, {order}, (0, 2), {keep})"
     for order in ("'nuc'", "2", "-2", "1", "-1", "inf", "-inf") for keep in (False, True)],
   "tg.linalg.matrix_norm(x, 1, (2, 0))", x=(3, 2, 4), dtypes=("float64",), second=False)
op("linalg.norm", "tg.linalg.norm(x)", "tg.linalg.norm(x, 1)", "tg.linalg.norm(x, 'nuc')",
   "tg.linalg.norm(x, 3, 0)", "tg.linalg.norm(x, inf, (1, 0))", "tg.linalg.norm(x[0], 4)",
   "tg.norm(x, 'nuc')", x=(3, 4), dtypes=("float64",), second=False)
op("histogramdd", *listed("""
tg.histogramdd(x, 2) | tg.histogramdd(x, [2, 3, 1]) | tg.histogramdd(x, (1, 2, 2), range=(-1, 1, -1.5, 1.5, 0, 2))
tg.histogramdd(x, 2, weight=y) | tg.histogramdd(x, 2, density=True).hist | tg.histogramdd(x[:0], 2)
tg.histogramdd(x, [2, 1, 2], weight=y, density=True) | tg.histogramdd(x.reshape(2, 2, 3), 2)
tg.histogramdd(x[:, :2], [y.sort().values, y[:2].sort().values]) | tg.histogramdd(tg.ones_like(x), 2)
"""), x=(4, 3), y=S(4, seed=1), dtypes=("float32", "float64"), grad="")
