"""The ops as a table: for each, calls in Python, the inputs they take, and the forms that exist.

A call is an expression over `tg` and the inputs. test_ops.py turns every row into tests of value,
dtype, gradient, second derivative, strides, broadcasting, in-place and out= forms;
tools/make_golden.py evaluates the same rows with PyTorch.
The first call of a row is tried with every dtype, the others with float32, float64 and int64.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

ALL = (
    "bool",
    "uint8",
    "int8",
    "int16",
    "int32",
    "int64",
    "float16",
    "bfloat16",
    "float32",
    "float64",
)
FEW = ("float32", "float64", "int64")
FLOATS = ("float16", "bfloat16", "float32", "float64")
ONCE = ("float32",)


def listed(text: str) -> list[str]:
    """The items of a table in a string: one a line, or several with ` | ` between them."""
    return text.strip().replace("\n", " | ").split(" | ")


def each(form: str, texts: str) -> list[str]:
    """The form with {} replaced by every item of a table in a string."""
    return [form.replace("{}", text) for text in listed(texts)]


@dataclass(frozen=True)
class Sample:
    """Distinct numbers in (low, high), never 0 and exact in every float type where |high| is below
    2.
    """

    shape: tuple[int, ...]
    low: float = -2.0
    high: float = 2.0
    seed: int = 0
    dtype: str | None = None  # set: this input keeps its dtype, whatever the test asks for

    def values(self) -> list[float]:
        """Golden-ratio points, which are well spread for any count."""
        count = 1
        for size in self.shape:
            count *= size
        points = [((index + 1) * 0.6180339887498949 + 0.37 * self.seed) % 1.0 for index in range(count)]
        numbers = [self.low + (self.high - self.low) * point for point in points]
        if self.dtype and not self.dtype.startswith("float"):
            return [int(number // 1) for number in numbers]
        return [round(number * 64) / 64 + 1 / 128 for number in numbers]

    def tensor(self, tg, dtype: str, requires_grad: bool = False):
        """The sample as a tensor; integer types get four times the value, bool its sign."""
        dtype = self.dtype or dtype
        numbers = self.values()
        if not self.dtype:
            if dtype == "bool":
                numbers = [number > (self.low + self.high) / 2 for number in numbers]
            elif not dtype.startswith(("float", "bfloat")):
                numbers = [int(number * 4) for number in numbers]
                numbers = [abs(number) for number in numbers] if dtype == "uint8" else numbers
        result = tg.tensor(numbers, dtype=getattr(tg, dtype)).reshape(self.shape)
        return result.requires_grad_() if requires_grad and dtype.startswith(("float", "bfloat")) else result


def S(*shape, low=-2.0, high=2.0, seed=0, dtype=None) -> Sample:
    return Sample(shape, low, high, seed, dtype)


@dataclass(frozen=True)
class Op:
    """One row. `calls[0]` of the form tg.name(x, ...) gives the method, in-place and out= forms."""

    name: str
    calls: tuple[str, ...]
    inputs: dict[str, Sample] = field(default_factory=dict)
    grad: tuple[str, ...] = ()  # the inputs that have a derivative
    dtypes: tuple[str, ...] = ALL
    method: bool = False
    inplace: bool = False
    out: bool = False
    elementwise: bool = False  # any shape will do, and shapes broadcast
    second: bool = True  # has a second derivative that finite differences can see

    def arguments(self, call: str | None = None) -> str:
        """What stands after x in a call of the form tg.name(x, ...)."""
        found = re.fullmatch(r"tg\.\w+\(x(?:, )?(.*)\)", call or self.calls[0])
        assert found, f"{call or self.calls[0]} is not of the form tg.name(x, ...)"
        return found[1]


OPS: list[Op] = []


def op(name, *calls, grad="x", dtypes=ALL, forms="", second=True, elementwise=False, **inputs) -> None:
    """Adds a row; forms: letters m (method), i (in-place), o (out=)."""
    inputs = {key: S(*value) if isinstance(value, tuple) else value for key, value in inputs.items()}
    forms = {"method": "m" in forms, "inplace": "i" in forms, "out": "o" in forms}
    OPS.append(
        Op(
            name,
            calls,
            inputs,
            tuple(grad.split()),
            dtypes,
            second=second,
            elementwise=elementwise,
            **forms,
        )
    )


def unary(name, low=-2.0, high=2.0, forms="mio", grad="x", **more) -> None:
    op(
        name,
        f"tg.{name}(x)",
        x=S(2, 3, low=low, high=high),
        forms=forms,
        grad=grad,
        elementwise=True,
        **more,
    )


def binary(name, *more, y=None, x=None, forms="mio", grad="x y", **options) -> None:
    op(
        name,
        f"tg.{name}(x, y)",
        *more,
        x=x or S(2, 3),
        y=y or S(2, 3, seed=1),
        forms=forms,
        grad=grad,
        elementwise=True,
        **options,
    )


# fmt: off
# --- elementwise, one input -----------------------------------------------------------------------
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

# --- elementwise, two inputs ----------------------------------------------------------------------
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

# --- reductions -----------------------------------------------------------------------------------
op("sum", "tg.sum(x)", "tg.sum(x, 0)", "tg.sum(x, 1, keepdim=True)", "tg.sum(x, (0, 1))",
   "x.sum(-1)", "x.sum(dim=(0, 1), keepdim=True)", "x.sum(axis=0)", "x.sum(dtype=tg.float64)",
   x=(2, 3), forms="m")
op("sum to an integer", "x.sum(dtype=tg.int32)", "x.sum(0, dtype=tg.int64)", x=(2, 3), grad="")
op("sum over a dim", "tg.sum(x, 1)", "x.sum(())", "x.sum((0, 2))", "x.sum((-1, 0), True)",
   x=(2, 3, 2), forms="mo")
op("mean", "tg.mean(x)", "tg.mean(x, 0)", "tg.mean(x, (0, 1), keepdim=True)", "x.mean(-1)",
   "x.mean(axis=1)", "x.mean(dtype=tg.float64)", x=(2, 3), forms="m")
op("mean over a dim", "tg.mean(x, 1)", x=(2, 3, 2), forms="mo")
op("prod", "tg.prod(x)", "tg.prod(x, 0)", "tg.prod(x, 1, keepdim=True)", "x.prod(-1)",
   "x.prod(dtype=tg.float64)", x=(2, 3), forms="m")
op("prod with zeros", "tg.prod(x * z)", "tg.prod(x * z, 1)", x=(2, 3),
   z=S(2, 3, low=-0.9, high=1.9, dtype="int64"))
for _name in ("max", "min"):
    op(_name, f"tg.{_name}(x)", f"tg.{_name}(x, 0)", f"tg.{_name}(x, 1, keepdim=True)",
       f"x.{_name}(-1)", f"x.{_name}(dim=0).values", f"x.{_name}(axis=0).indices", x=(2, 3),
       forms="m")
    op(f"a{_name}", f"tg.a{_name}(x, 0)", f"tg.a{_name}(x)", f"tg.a{_name}(x, (0, 1))",
       f"x.a{_name}(1, keepdim=True)", x=(2, 3), forms="mo")
    op(f"arg{_name}", f"tg.arg{_name}(x)", f"tg.arg{_name}(x, 0)", f"x.arg{_name}(1)",
       f"x.arg{_name}(dim=-1, keepdim=True)", x=(2, 3), grad="", forms="mo")
    op(f"ties of {_name}",
       *each("tg.tensor([[1., 3., 3.], [1., 1., 3.]]).{}",
             f"{_name}(0) | {_name}(1) | arg{_name}() | arg{_name}(1) | a{_name}(1)"),
       dtypes=ONCE, grad="")
for _name in ("var", "std"):
    op(_name, f"tg.{_name}(x)", f"tg.{_name}(x, 0)", f"tg.{_name}(x, 1, keepdim=True)",
       f"x.{_name}(unbiased=False)", f"x.{_name}(0, correction=0)", f"x.{_name}((0, 1))",
       f"x.{_name}(dim=-1, unbiased=False)", x=(2, 3), forms="m")
for _name in ("all", "any"):
    op(_name, f"tg.{_name}(x)", f"tg.{_name}(x, 0)", f"tg.{_name}(x, 1, keepdim=True)",
       f"(x > 0).{_name}()", f"(x > 0).{_name}(-1)", f"(x > -9).{_name}()", f"(x > 9).{_name}()",
       x=(2, 3), grad="", forms="m")
op("logsumexp", "tg.logsumexp(x, 0)", "tg.logsumexp(x, (0, 1))", "x.logsumexp(-1, keepdim=True)",
   "tg.logsumexp(x * 1000, 1)", x=(2, 3), forms="mo")
for _name in ("softmax", "log_softmax"):
    op(_name, f"tg.{_name}(x, 0)", f"tg.{_name}(x, dim=1)", f"x.{_name}(-1)",
       f"tg.{_name}(x, 1, dtype=tg.float64)", f"tg.nn.functional.{_name}(x, dim=1)",
       f"tg.{_name}(x * 1000, 1)", x=(2, 3), forms="m")
op("reductions of 0-d",
   *each("x.{}", """
sum() | sum(0) | sum(-1) | mean() | prod() | max() | min() | max(0) | amax() | argmax() | argmin(0)
all() | any() | logsumexp(0) | softmax(0) | var(unbiased=False)
"""),
   x=(), second=False)
op("reductions of nothing",
   *each("x.{}", """
sum() | sum(0) | sum(1) | mean() | mean(1) | prod() | prod(0) | amax(1) | max(1) | argmax(1)
all() | all(0) | any() | logsumexp(0) | softmax(0) | var() | std(0)
"""),
   x=(0, 2), grad="")
op("reductions with nan",
   *each("tg.tensor([[1., nan], [3., 2.]]).{}", """
sum() | max() | min() | max(1) | min(1) | argmax() | argmin(1) | amax(0) | amin() | prod(0) | all()
any(0)
"""),
   "tg.tensor([nan, inf]).logsumexp(0)", "tg.tensor([-inf, -inf]).logsumexp(0)",
   "tg.tensor([-inf, 0.]).softmax(0)", dtypes=ONCE, grad="")

# --- matrix products ------------------------------------------------------------------------------
op("matmul", "tg.matmul(x, y)", "x @ y", "x.matmul(y[:, 0])", "x[0] @ y", "x[0] @ y[:, 0]",
   "tg.matmul(x.expand(2, 2, 3), y)", "x @ y.expand(2, 1, 3, 4)", x=(2, 3), y=S(3, 4, seed=1),
   grad="x y", forms="mo")
op("matmul of stacks", "tg.matmul(x, y)", "x @ y[0]", "x @ y[0, :, 0]", "x[:, None] @ y",
   x=(2, 2, 3), y=S(2, 3, 2, seed=1), grad="x y")
op("mm", "tg.mm(x, y)", x=(2, 3), y=S(3, 4, seed=1), grad="x y", forms="mo")
op("mv", "tg.mv(x, y)", x=(2, 3), y=S(3, seed=1), grad="x y", forms="mo")
op("bmm", "tg.bmm(x, y)", x=(2, 2, 3), y=S(2, 3, 2, seed=1), grad="x y", forms="mo")
op("dot", "tg.dot(x, y)", x=(3,), y=S(3, seed=1), grad="x y", forms="mo")
op("outer", "tg.outer(x, y)", x=(2,), y=S(3, seed=1), grad="x y", forms="mo")
op("addmm", "tg.addmm(x, y, z)", "tg.addmm(x, y, z, beta=2, alpha=3)", "tg.addmm(x[0], y, z)",
   "x.addmm(y, z, beta=0)", x=(2, 4), y=S(2, 3, seed=1), z=S(3, 4, seed=2), grad="x y z",
   forms="mio")
op("products with no elements", "x @ x.t()", "x.t() @ x", "tg.dot(x[0], x[0])", x=(3, 0),
   second=False)
op("linear", "tg.nn.functional.linear(x, y, z)", "tg.nn.functional.linear(x, y)",
   "tg.nn.functional.linear(x[0], y, z)", x=(2, 3), y=S(4, 3, seed=1), z=S(4, seed=2), grad="x y z",
   dtypes=FLOATS)

# --- shapes ---------------------------------------------------------------------------------------
op("reshape", "tg.reshape(x, (3, 2))", "x.reshape(-1)", "x.reshape(3, -1)", "x.reshape([6, 1])",
   "x.t().reshape(6)", x=(2, 3), forms="m")
op("view", "x.view(3, 2)", "x.view(-1)", "x.view((6, 1))", "x.view(1, -1, 3)", "x.view_as(x)",
   x=(2, 3))
op("flatten", "tg.flatten(x)", "tg.flatten(x, 1)", "x.flatten(0, 1)",
   "x.flatten(start_dim=1, end_dim=-1)", x=(2, 3, 2), forms="m")
op("transpose", "tg.transpose(x, 0, 1)", "x.transpose(-1, 0)", "x.swapaxes(0, 1)", x=(2, 3, 2),
   forms="m")
op("permute", "tg.permute(x, (2, 0, 1))", "x.permute(2, 0, 1)", "x.permute(-1, 0, 1)", x=(2, 3, 2),
   forms="m")
op("t", "tg.t(x)", "x.T", "x.mT", "x[0].t()", x=(2, 3), forms="m")
op("mT", "x.mT", "x.transpose(1, 2).mT", x=(2, 3, 2))
op("squeeze", "tg.squeeze(x)", "tg.squeeze(x, 0)", "x.squeeze(1)", "x.squeeze(-1)",
   "x.squeeze((0, 2))", x=(1, 3, 1), forms="m")
op("unsqueeze", "tg.unsqueeze(x, 0)", "x.unsqueeze(-1)", "x.unsqueeze(1)", "x[None]", "x[:, None]",
   x=(2, 3), forms="m")
op("expand", "x.expand(2, 2, 3)", "x.expand(-1, 3)", "x[:, :1].expand(2, 4)", "x.expand((1, 2, 3))",
   "x.expand_as(x)", x=(2, 3))
op("broadcast_to", "tg.broadcast_to(x, (2, 2, 3))", "x.broadcast_to((2, 3))", x=(2, 3), forms="m")
op("cat", "tg.cat([x, y])", "tg.cat((x, y), dim=0)", "tg.cat([x, x], 1)",
   "tg.cat([x, y, x], dim=-2)", "tg.cat([x])", "tg.concat([x, y])", x=(2, 3), y=S(1, 3, seed=1),
   grad="x y")
op("stack", "tg.stack([x, y])", "tg.stack((x, y), 1)", "tg.stack([x, y], dim=-1)", x=(2, 3),
   y=S(2, 3, seed=1), grad="x y")
op("split", "tg.split(x, 2)", "x.split(2, dim=1)", "x.split([1, 2], 1)", "x.split(5)", x=(3, 3),
   forms="m")
op("chunk", "tg.chunk(x, 2)", "x.chunk(2, dim=1)", "x.chunk(4)", "x.chunk(1)", x=(3, 3), forms="m")
op("unbind", "tg.unbind(x)", "x.unbind(1)", "tuple(x)", x=(2, 3), forms="m")
op("contiguous", "x.contiguous()", "x.t().contiguous()", "x[:, ::2].contiguous()", x=(2, 3))
op("clone", "tg.clone(x)", "x.t().clone()", x=(2, 3), forms="m")

# --- indexing -------------------------------------------------------------------------------------
op("index",
   *each("x[{}]", """
0 | -1 | 1, 2 | 0:2 | :, 1 | ::2 | 1:, :2 | ..., 0 | None | 0, ..., None | 2:1 | :, -2: | True
[0, 2, 0] | [0, 1], [1, 2] | tg.tensor([2, 0]) | tg.tensor([[2], [0]]) | :, tg.tensor([1, 1])
tg.tensor([0]), 1: | tg.tensor([True, False, True]) | tg.tensor([[True, False, True]] * 3)
:, [2, 0] | tg.tensor(1) | tg.tensor([1]), None
"""),
   x=(3, 3))

# --- types and layouts ----------------------------------------------------------------------------
op("conversions",
   *each("x.{}", """
to(tg.float64) | float() | double() | half() | bfloat16() | long() | int() | short() | char()
byte() | bool() | to('cpu') | to(dtype=tg.float32) | to(x) | cpu() | type(tg.int32)
type('torch.DoubleTensor') | type_as(x.double())
"""),
   x=(2, 3), second=False)
for _dtype in ("float16", "bfloat16", "int8", "uint8", "int32", "bool"):
    op(f"to {_dtype}", f"x.to(tg.{_dtype})", x=(2, 3), grad="")
op("facts",
   *each("x.{}", """
type() | tolist() | size() | size(0) | size(-1) | shape | dim() | ndim | numel() | nelement()
stride() | stride(0) | storage_offset() | is_contiguous() | t().is_contiguous() | t().stride()
element_size() | itemsize | nbytes | is_leaf | requires_grad | dtype | is_floating_point() | layout
device | t().shape | sum().item() | sum().tolist() | ndimension()
"""),
   x=(2, 3), grad="", dtypes=FEW)

# --- in-place only --------------------------------------------------------------------------------
op("zero_", "x.clone().zero_()", x=(2, 3))
op("fill_", "x.clone().fill_(2)", "x.clone().fill_(tg.tensor(1.5))", x=(2, 3))
op("copy_", "x.clone().copy_(y)", "x.clone().copy_(y[0])", "x.clone().double().copy_(y)", x=(2, 3),
   y=S(2, 3, seed=1), grad="x y")
op("add_ and others with alpha", "x.clone().add_(y, alpha=2)", "x.clone().sub_(y, alpha=0.5)",
   "x.clone().add_(2, alpha=3)", "x.clone().mul_(2)", "x.clone().div_(2)", x=(2, 3),
   y=S(2, 3, seed=1), grad="x y", dtypes=FLOATS)

# --- losses ---------------------------------------------------------------------------------------
_F = "tg.nn.functional"
op("mse_loss", f"{_F}.mse_loss(x, y)", f"{_F}.mse_loss(x, y, reduction='sum')",
   f"{_F}.mse_loss(x, y, reduction='none')", x=(2, 3), y=S(2, 3, seed=1), grad="x y", dtypes=FLOATS)
op("cross_entropy", f"{_F}.cross_entropy(x, c)", f"{_F}.cross_entropy(x, c, reduction='sum')",
   f"{_F}.cross_entropy(x, c, reduction='none')", f"{_F}.cross_entropy(x, c, weight=w)",
   f"{_F}.cross_entropy(x, c, ignore_index=1)", f"{_F}.cross_entropy(x, c, label_smoothing=0.1)",
   f"{_F}.cross_entropy(x, p)", f"{_F}.cross_entropy(x[0], c[0])", x=(4, 3),
   c=S(4, low=0, high=3, dtype="int64"), w=S(3, low=0.5, high=2),
   p=S(4, 3, low=0.1, high=1, seed=2), dtypes=FLOATS)
op("nll_loss", f"{_F}.nll_loss(x, c)", f"{_F}.nll_loss(x, c, reduction='sum')",
   f"{_F}.nll_loss(x, c, weight=w)", f"{_F}.nll_loss(x, c, ignore_index=0)",
   f"{_F}.nll_loss(x, c, reduction='none')", x=(4, 3), c=S(4, low=0, high=3, dtype="int64"),
   w=S(3, low=0.5, high=2), dtypes=FLOATS)
op("binary_cross_entropy", f"{_F}.binary_cross_entropy(x, y)",
   f"{_F}.binary_cross_entropy(x, y, reduction='sum')",
   f"{_F}.binary_cross_entropy(x, y, weight=w)", x=S(2, 3, low=0.1, high=0.9),
   y=S(2, 3, low=0.1, high=0.9, seed=1), w=S(3, low=0.5, high=2), grad="x y", dtypes=FLOATS)
op("binary_cross_entropy_with_logits",
   *each(_F + ".binary_cross_entropy_with_logits({})",
         "x, y | x, y, reduction='none' | x, y, weight=w | x, y, pos_weight=w"),
   x=(2, 3), y=S(2, 3, low=0.1, high=0.9, seed=1), w=S(3, low=0.5, high=2), grad="x y",
   dtypes=FLOATS)

# --- factories (values; the rest is in test_factories.py) -----------------------------------------
op("factories", *listed("""
tg.zeros(2, 3) | tg.zeros((2, 3)) | tg.ones(2) | tg.full((2, 2), 7) | tg.full((2,), 1.5)
tg.empty(0) | tg.eye(3) | tg.eye(2, 3) | tg.eye(0) | tg.zeros(()) | tg.full((), True)
tg.zeros(0, 3) | tg.arange(5) | tg.arange(1, 4) | tg.arange(1, 2, 0.25) | tg.arange(5, 0, -2)
tg.arange(5.) | tg.arange(0) | tg.arange(3, dtype=tg.float64) | tg.arange(0, 1, 0.1)
tg.arange(-1, 1, 0.3) | tg.linspace(0, 1, 5) | tg.linspace(3, -3, 4) | tg.linspace(0, 1, 1)
tg.linspace(0, 10, 3, dtype=tg.int64) | tg.linspace(0, 1, 11) | tg.linspace(-1, 1, 0)
tg.tensor(1) | tg.tensor(1.5) | tg.tensor(True) | tg.tensor([1, 2.5]) | tg.tensor([[1, 2], [3, 4]])
tg.tensor([True, 2]) | tg.tensor([]) | tg.Tensor([1, 2]) | tg.as_tensor([1., 2.])
tg.LongTensor([1, 2]) | tg.DoubleTensor([1]) | tg.BoolTensor([1, 0]) | tg.IntTensor([3])
"""), dtypes=ONCE, grad="")
op("factories like x", *listed("""
x.new_zeros(2) | x.new_ones(2, 2) | x.new_full((2,), 3) | x.new_tensor([1, 2]) | x.new_empty(0)
tg.zeros_like(x) | tg.ones_like(x) | tg.full_like(x, 3) | tg.empty_like(x[:0])
tg.zeros_like(x, dtype=tg.float64)
"""), x=(2, 3), grad="")

# Shapes that elementwise ops of two inputs broadcast, and what comes out.
BROADCASTS = [
    ((2, 3), (3,), (2, 3)), ((2, 3), (1, 3), (2, 3)), ((2, 1), (1, 3), (2, 3)), ((3,), (2, 1), (2,
    3)), ((), (2, 3), (2, 3)),
    ((2, 3), (), (2, 3)), ((), (), ()), ((1,), (3,), (3,)), ((2, 1, 2), (3, 1), (2, 3, 2)), ((0,),
    (1,), (0,)), ((0, 3), (3,), (0, 3)),
    ((2, 0), (), (2, 0)), ((1, 1, 1), (2,), (1, 1, 2)),
]
# fmt: on
