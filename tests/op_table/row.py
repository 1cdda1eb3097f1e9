"""A row of the table of ops: what it consists of, and the functions that write one."""

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
