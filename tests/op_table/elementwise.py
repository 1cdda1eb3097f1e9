"""Elementwise ops of one and of two inputs."""

from op_table.row import FLOATS, ONCE, S, binary, op, unary

# fmt: off
unary("exp")
unary("log", 0.25, 2)
unary("sqrt", 0.25, 2)
unary("rsqrt", 0.25, 2)
unary("sin")
unary("cos")
unary("tanh")
unary("sigmoid")
unary("relu", forms="mi")
unary("abs")
unary("sign")
unary("neg")
unary("reciprocal", 0.25, 2)
unary("square")
unary("logical_not", grad="")
unary("isnan", forms="m", grad="")
unary("isfinite", forms="m", grad="")
op("bitwise_not", "tg.bitwise_not(x)", "~x", x=(2, 3), grad="", forms="mio", elementwise=True)
op("operators on one", "-x", "+x", "abs(x)", x=(2, 3))
op("clamp", "tg.clamp(x, -1, 1)", "tg.clamp(x, min=0.5)", "tg.clamp(x, max=0.5)",
   "tg.clamp(x, -0.25, 0.75)", "x.clamp(1, -1)", x=(2, 3), forms="mio", elementwise=True)
op("clamp by tensors", "tg.clamp(x, y, z)", "tg.clamp(x, min=y)", "tg.clamp(x, max=z)",
   "tg.clamp(x, y)", x=(2, 3), y=S(2, 3, low=-1, high=0, seed=1), z=S(3, low=0, high=1, seed=2),
   grad="x y z", forms="mo")
ONES = ("exp", "log", "sqrt", "rsqrt", "sin", "cos", "tanh", "sigmoid", "relu", "abs", "sign",
        "neg", "reciprocal", "square", "isnan", "isfinite", "logical_not")
TWOS = ("add", "sub", "mul", "div", "floor_divide", "remainder", "pow", "maximum", "minimum", "eq",
        "ne", "lt", "le")
SPECIAL = "tg.tensor([0., -0., 1., -1., inf, -inf, nan, 1e-30, 1e30])"
COLUMN = "tg.tensor([[0.], [-1.], [inf], [-inf], [nan]])"
ROW = "tg.tensor([0., -0., 2., -0.5, inf, -inf, nan])"
op("special values", *(f"tg.{name}({SPECIAL})" for name in ONES), dtypes=ONCE, grad="")
op("special values of two", *(f"tg.{name}({COLUMN}, {ROW})" for name in TWOS), dtypes=ONCE, grad="")
binary("add", "tg.add(x, y, alpha=3)", "tg.add(x, 2)", "tg.add(x, 2.5)", "x + y", "x + 2", "2 + x",
   "x + 2.5", "x + True", "x + x")
binary("sub", "tg.sub(x, y, alpha=2)", "tg.subtract(x, y)", "x - y", "x - 2", "2 - x", "x - 0.5",
   "tg.rsub(x, y)")
binary("mul", "tg.multiply(x, y)", "x * y", "x * 2", "2 * x", "x * 0.5", "x * x")
binary("div", "tg.true_divide(x, y)", "x / y", "x / 2", "2 / x",
   "tg.div(x, y, rounding_mode='floor')", "tg.div(x, y, rounding_mode='trunc')",
   y=S(2, 3, low=0.5, high=2, seed=1))
binary("floor_divide", "x // y", "x // 2", "7 // x", "x // 0.5", x=S(2, 3, low=0.25, high=2),
   y=S(2, 3, low=0.25, high=0.75, seed=1), grad="", second=False)
binary("remainder", "x % y", "x % 2", "x % -0.75", y=S(2, 3, low=0.25, high=0.75, seed=1),
   second=False)
op("remainder of a number", "5 % x", "tg.remainder(5, x)", x=S(2, 3, low=0.25, high=2), grad="",
   elementwise=True)
binary("pow", "x ** y", "tg.pow(x, 2)", "tg.pow(x, 3)", "tg.pow(x, 0)", "tg.pow(x, 0.5)", "x ** 2",
   "x ** 1", "2 ** x", "x ** 1.5", "tg.pow(2, x)", "tg.pow(x, 2.0)", x=S(2, 3, low=0.5, high=2),
   y=S(2, 3, low=0.25, high=2, seed=1))
op("pow of negatives", "tg.pow(x, 2)", "tg.pow(x, 3)", "x ** 4", "x ** -1", "x ** -2.0", x=(2, 3),
   dtypes=FLOATS, forms="mio")
binary("maximum", "tg.max(x, y)", forms="mo")
binary("minimum", "tg.min(x, y)", forms="mo")
for _name, _sign in {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}.items():
    binary(_name, f"x {_sign} y", f"x {_sign} 1", f"1 {_sign} x", f"x {_sign} 0.5",
       f"tg.{_name}(x, x)", grad="")
for _name in ("logical_and", "logical_or", "logical_xor"):
    binary(_name, grad="")
for _name, _sign in {"bitwise_and": "&", "bitwise_or": "|", "bitwise_xor": "^"}.items():
    binary(_name, f"x {_sign} y", f"x {_sign} 3", f"3 {_sign} x", grad="")
for _name, _sign in {"bitwise_left_shift": "<<", "bitwise_right_shift": ">>"}.items():
    binary(_name, f"x {_sign} y", f"x {_sign} 1", y=S(2, 3, low=0, high=0.9, seed=1), grad="")
binary("isclose", "tg.isclose(x, x)", "tg.isclose(x, x + 1e-9)",
   "tg.isclose(x, y, rtol=0.5, atol=0.5)", forms="m", grad="")
op("allclose", "tg.allclose(x, y)", "tg.allclose(x, x)", "x.allclose(x)",
   "tg.allclose(x, x, equal_nan=True)", x=(2, 3), y=S(2, 3, seed=1), grad="")
op("equal", "tg.equal(x, y)", "tg.equal(x, x)", "x.equal(x.clone())", "tg.equal(x, x[0])", x=(2, 3),
   y=S(2, 3, seed=1), grad="")
op("where", "tg.where(c, x, y)", "x.where(c, y)", "tg.where(c, x, 1)", "tg.where(c, 2.5, x)",
   "tg.where(c[0], x, y)", c=S(2, 3, low=0, high=2, seed=5, dtype="bool"), x=(2, 3),
   y=S(2, 3, seed=1), grad="x y")
op("where, one argument", "tg.where(x)", "tg.where(x > 0)", x=(2, 3), grad="")
