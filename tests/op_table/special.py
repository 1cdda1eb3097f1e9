"""Special functions and the rarer elementwise ops of one and of two inputs."""

from op_table.row import FLOATS, ONCE, S, binary, each, op, unary

WIDE = ("float32", "float64", "int64", "bool")  # dtypes of the ops that refuse float16 and bfloat16

# fmt: off
for _name in ("asinh", "exp2", "erfc", "i0", "sinc", "deg2rad", "rad2deg", "arctan", "arcsinh"):
    unary(_name)
for _name in ("expm1", "log1p", "log2", "log10", "lgamma", "digamma"):
    unary(_name, 0.25, 2)
for _name in ("asin", "acos", "atanh", "erfinv", "arcsin", "arccos", "arctanh"):
    unary(_name, -0.9, 0.9)
for _name in ("tan", "atan", "sinh", "cosh", "erf"):
    unary(_name, -1.5, 1.5)
for _name in ("acosh", "arccosh"):
    unary(_name, 1.25, 2)
unary("ceil", second=False)
unary("floor", second=False)
unary("trunc", second=False)
unary("fix", second=False)
unary("round", second=False)
unary("frac", dtypes=FLOATS, second=False)
unary("sgn", grad="")
unary("angle", forms="mo", second=False)
for _name in ("signbit", "isposinf", "isneginf", "isinf"):
    unary(_name, forms="mo" if _name != "isinf" else "m", grad="")
unary("isreal", forms="m", grad="")
for _name in ("positive", "conj", "resolve_conj", "resolve_neg"):
    unary(_name, forms="m")
unary("real", forms="")
unary("conj_physical", forms="mo")
op("real part", "x.real", x=(2, 3))
op("round to digits", "tg.round(x, decimals=1)", "tg.round(x, decimals=-1)", "x.round(decimals=0)",
   "tg.round(x * 100, decimals=-2)", x=(2, 3), dtypes=FLOATS, forms="mio", second=False)
op("polygamma", "tg.polygamma(2, x)", "tg.polygamma(0, x)", "x.polygamma(3)",
   "x.clone().polygamma_(2)", x=S(2, 3, low=0.5, high=2))
# PyTorch's trigamma and Bessel functions have fewer digits than float64.
SINGLE = ("float32", "int64", "bool")
op("trigamma", "tg.polygamma(1, x)", "tg.special.polygamma(1, x + 3)", x=S(2, 3, low=0.5, high=2),
   dtypes=(*SINGLE, "float16", "bfloat16"))
op("polygamma of negatives", "tg.polygamma(2, x)", "tg.polygamma(3, x)",
   "tg.digamma(x)", "tg.lgamma(x)", x=S(2, 3, low=-1.9, high=-1.1), dtypes=FLOATS)
op("mvlgamma", "tg.mvlgamma(x, 2)", "x.mvlgamma(1)", "x.mvlgamma(5)", "x.clone().mvlgamma_(3)",
   x=S(2, 3, low=2.25, high=4), forms="mio", elementwise=True)
op("logit", "tg.logit(x)", "tg.logit(x, 0.25)", "x.logit(eps=1e-3)", x=S(2, 3, low=0, high=1),
   forms="mio", elementwise=True)
op("nan_to_num", "tg.nan_to_num(x)", x=(2, 3), forms="mio", elementwise=True, second=False)
op("nan_to_num of those", "tg.nan_to_num(x / 0)", "tg.nan_to_num(x / 0, 1, 2, 3)",
   "tg.nan_to_num(x * inf * 0, nan=7)", "tg.nan_to_num(x / 0, neginf=-1)", x=(2, 3), grad="")
op("frexp", "tg.frexp(x)", "x.frexp()", "tg.frexp(x * 1e5)", "tg.frexp(x * 0)", x=(2, 3), dtypes=FLOATS,
   second=False)

binary("atan2", "tg.arctan2(x, y)", "x.arctan2(y)")
binary("hypot", dtypes=FLOATS)
binary("copysign", "tg.copysign(x, -2)", "tg.copysign(x, 0.5)", "tg.copysign(x, tg.tensor(-0.0))")
binary("nextafter", dtypes=FLOATS, second=False, grad="")
op("steps of nextafter", "tg.nextafter(x, y) - x", "tg.nextafter(x * 0, y)", "tg.nextafter(x, x)",
   x=(2, 3), y=S(2, 3, seed=1), dtypes=FLOATS, grad="")
binary("fmod", "tg.fmod(x, 2)", "tg.fmod(x, -0.75)", y=S(2, 3, low=0.25, high=0.75, seed=1),
   second=False)
binary("fmax", forms="mo")
binary("fmin", forms="mo")
binary("gcd", "tg.gcd(x * 6, y * 4)", dtypes=("uint8", "int8", "int16", "int32", "int64"), grad="")
binary("lcm", "tg.lcm(x * 6, y * 4)", dtypes=("uint8", "int8", "int16", "int32", "int64"), grad="")
binary("heaviside", "tg.heaviside(x * 0, y)", grad="")
binary("logaddexp", forms="mo", dtypes=FLOATS)
binary("logaddexp2", forms="mo", dtypes=FLOATS)
binary("xlogy", "tg.xlogy(x, 2)", "tg.xlogy(2, y)", "tg.xlogy(0.0, y)", "x.xlogy(y)",
   "tg.xlogy(x * 0, y)", y=S(2, 3, low=0.25, high=2, seed=1))
binary("ldexp", "tg.ldexp(x, tg.tensor([1, 2, 3]))")
op("igamma", "tg.igamma(x, y)", "tg.igamma(x[0], y)", x=S(2, 3, low=0.25, high=2),
   y=S(2, 3, low=0.25, high=2, seed=1), dtypes=FLOATS, grad="y", forms="mio")
op("igammac", "tg.igammac(x, y)", "tg.igammac(x[0], y)", x=S(2, 3, low=0.25, high=2),
   y=S(2, 3, low=0.25, high=2, seed=1), dtypes=FLOATS, grad="y", forms="mio")
op("float_power", "tg.float_power(x, y)", "tg.float_power(x, 2)", "tg.float_power(2, x)",
   "x.float_power(-0.5)", "x.double().clone().float_power_(2)", x=S(2, 3, low=0.5, high=2),
   y=S(2, 3, low=0.25, high=2, seed=1), grad="x y")
op("operators", "x.__rdiv__(2)", "x.__rtruediv__(3)", x=S(2, 3, low=0.5, high=2))

op("torch.special of one input", *each("tg.special.{}(x)", "entr | i0e | i1 | i1e | ndtr | expit | exp2 | expm1 | "
   "log1p | sinc | gammaln | psi | digamma | erf | erfc | i0 | round"), x=S(2, 3, low=0.25, high=2))
op("torch.special of one input in wide types", *each("tg.special.{}(x)", "ndtri | erfcx | log_ndtr | erfinv | logit"),
   x=S(2, 3, low=0.1, high=0.9), dtypes=WIDE)
op("torch.special of negatives", *each("tg.special.{}(x)", "erfcx | log_ndtr | i0e | i1 | i1e | ndtr | i0"),
   x=S(2, 3, low=-2, high=-0.25), dtypes=WIDE)
op("torch.special without derivative", *each("tg.special.{}(x)", "modified_bessel_i0 | "
   "modified_bessel_i1 | modified_bessel_k0 | modified_bessel_k1 | scaled_modified_bessel_k0 | "
   "scaled_modified_bessel_k1 | spherical_bessel_j0 | airy_ai"), x=S(4, 5, low=0.25, high=12), dtypes=WIDE,
   grad="")
op("Bessel functions", *each("tg.special.{}(x)", "bessel_j0 | bessel_j1 | bessel_y0 | bessel_y1"),
   "tg.special.airy_ai(-x)", x=S(4, 5, low=0.25, high=12), dtypes=SINGLE, grad="")
op("torch.special of two inputs", "tg.special.xlog1py(x, y)", "tg.special.xlog1py(x, 2)",
   "tg.special.xlog1py(2, y)", "tg.special.xlogy(x, y)", x=S(2, 3, low=0.25, high=2),
   y=S(2, 3, low=0.25, high=2, seed=1), grad="x y")
op("zeta", "tg.special.zeta(x, y)", "tg.special.zeta(3, y)", x=S(2, 3, low=1.25, high=3),
   y=S(2, 3, low=0.25, high=2, seed=1), grad="y", dtypes=WIDE)
op("zeta by a number", "tg.special.zeta(x, 2)", x=S(2, 3, low=1.25, high=3), grad="", dtypes=WIDE)
op("incomplete gamma functions", "tg.special.gammainc(x, y)", "tg.special.gammaincc(x, y)",
   "tg.special.gammainc(x * 100, y * 100)", "tg.special.gammaincc(x * 1e5, x * 1e5)",
   x=S(2, 3, low=0.25, high=2), y=S(2, 3, low=0.25, high=2, seed=1), dtypes=FLOATS, grad="")
POLYNOMIALS = ("chebyshev_polynomial_t | chebyshev_polynomial_u | chebyshev_polynomial_v | chebyshev_polynomial_w | "
   "shifted_chebyshev_polynomial_t | shifted_chebyshev_polynomial_u | shifted_chebyshev_polynomial_v | "
   "shifted_chebyshev_polynomial_w | hermite_polynomial_h | hermite_polynomial_he | laguerre_polynomial_l | "
   "legendre_polynomial_p")
op("polynomials", *each("tg.special.{}(x, n)", POLYNOMIALS), *each("tg.special.{}(x, 3)", POLYNOMIALS),
   *each("tg.special.{}(0.75, n)", POLYNOMIALS), x=S(5, 6, low=-2, high=2),
   n=S(6, low=0, high=9, dtype="int64"), dtypes=WIDE, grad="")
op("torch.special with parameters", "tg.special.softmax(x, 0)", "tg.special.log_softmax(x, 1)",
   "tg.special.logsumexp(x, 1)", "tg.special.multigammaln(x + 4, 2)",
   "tg.special.round(x, decimals=1)", x=(2, 3), dtypes=FLOATS)

ENDS = "tg.tensor([0., -0., 0.5, 1., -1., 2., -2.5, inf, -inf, nan, 1e-30, 30.])"
COLUMN = "tg.tensor([[0.], [-0.5], [1.], [inf], [-inf], [nan]])"
ROW = "tg.tensor([0., -0., 2., -0.5, inf, -inf, nan])"
op("special values of the special functions", *each(f"tg.{{}}({ENDS})", "asinh | acosh | atanh | exp2 | erfc | "
   "erfinv | lgamma | digamma | i0 | sinc | frac | sgn | angle | signbit | isposinf | isneginf | round | logit | "
   "nan_to_num | special.entr | special.i0e | special.i1 | special.i1e | special.ndtr | special.ndtri | "
   "special.erfcx | special.log_ndtr | special.bessel_j0 | special.bessel_y0 | special.modified_bessel_k0 | "
   "special.modified_bessel_k1 | special.scaled_modified_bessel_k0 | special.spherical_bessel_j0 | special.airy_ai | "
   "frexp"), dtypes=ONCE, grad="")
op("special values of the special functions of two", *each(f"tg.{{}}({COLUMN}, {ROW})", "atan2 | hypot | copysign | "
   "fmod | fmax | fmin | heaviside | logaddexp | logaddexp2 | xlogy | ldexp | nextafter | igamma | igammac | "
   "special.xlog1py | special.zeta"), dtypes=ONCE, grad="")
