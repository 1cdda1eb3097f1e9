"""Element types: promotion of every pair, scalars, 0-d tensors, the default dtype, conversions and
their corner cases.
"""

from __future__ import annotations

import math

import pytest
from conftest import dtype_name, encode, golden, inf, matches, nan, tg
from op_table import listed

NAMES = (
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
SIGNS = ("+", "*", "/", "**")
OPERANDS = {f"tensor {name}": f"tg.ones(2, dtype=tg.{name})" for name in NAMES}
OPERANDS |= {f"0-d {name}": f"tg.ones((), dtype=tg.{name})" for name in NAMES}
OPERANDS |= {"number True": "True", "number 2": "2", "number 2.5": "2.5"}
SCOPE = {"tg": tg, "inf": inf, "nan": nan}

# What numbers become where types meet or narrow; each is one golden line.
CONVERSIONS = listed("""
tg.tensor([2.9, -2.9, 0.5, -0.5]).to(tg.int64) | tg.tensor([300, -1, 256, 255]).to(tg.uint8)
tg.tensor([128, -129]).to(tg.int8) | tg.tensor([0., 0.1, nan, -1.]).to(tg.bool)
tg.tensor([1e-8, 65504., 65520., 1e6, -1e6]).half()
tg.tensor([1e-45, 3e38, 1.00390625, 1.0117]).bfloat16() | tg.tensor([16777217]).float()
tg.tensor([2**53 + 1]).double() | tg.tensor([2**40]).int() | tg.tensor([True, False]).float()
tg.tensor([inf, -inf, nan]).half() | tg.tensor([0.1]).double()
tg.tensor([0.1], dtype=tg.float64).float() | tg.tensor([1e300], dtype=tg.float64).float()
tg.tensor([2049.]).half() | tg.tensor([6e-8, 2.98e-8, 3e-8]).half() | tg.tensor([1, 2]).bool()
tg.tensor([200], dtype=tg.uint8).to(tg.int8) | tg.tensor([-5.7]).to(tg.int8)
tg.tensor([200], dtype=tg.uint8) + 100
tg.tensor([127], dtype=tg.int8) + tg.tensor([1], dtype=tg.int8) | tg.tensor([2**63 - 1]) + 1
-tg.tensor([-2**63]) | abs(tg.tensor([-128], dtype=tg.int8)) | tg.tensor([7, -7]) // 2
tg.tensor([7, -7]) % 3 | tg.tensor([7, -7]) // -2 | tg.tensor([7, -7]) % -3
tg.tensor([7., -7.]) % 3 | tg.tensor([7., -7.]) // 2 | tg.tensor([1, 2]) / 2
tg.tensor([2]) ** 10 | tg.tensor([2.]) ** -1 | tg.tensor([True]) + True | tg.tensor([True]) * 2
tg.tensor([True, True]).sum() | tg.tensor([1, 2], dtype=tg.int32).sum()
tg.tensor([3], dtype=tg.uint8).prod() | tg.tensor([5, 6]).float().mean()
tg.tensor([True, False]) & True | tg.tensor([5]) & 3 | tg.tensor([1]) << 4 | tg.tensor([-8]) >> 1
~tg.tensor([5]) | ~tg.tensor([True]) | tg.tensor([1.]) == 1 | tg.tensor([1]) == tg.tensor([1.])
tg.maximum(tg.tensor([1]), tg.tensor([1.5])) | tg.cat([tg.tensor([1]), tg.tensor([1.5])])
tg.stack([tg.tensor([1], dtype=tg.int32), tg.tensor([2])])
tg.where(tg.tensor([True]), tg.tensor([1]), tg.tensor([2.])) | tg.where(tg.tensor([True]), 1, 2.5)
tg.tensor([1.5], dtype=tg.float16) + tg.tensor([1.], dtype=tg.bfloat16)
tg.tensor([1], dtype=tg.int8) + tg.tensor([1], dtype=tg.uint8) | tg.tensor([0]) ** 0
tg.tensor([1, 0]) // tg.tensor([2., 0.]) | tg.tensor([1.]) // 0 | tg.tensor([1.]) % 0
tg.tensor([1, -1, 0]) / 0 | tg.tensor([3], dtype=tg.uint8) - tg.tensor([5], dtype=tg.uint8)
1 - tg.tensor([3], dtype=tg.uint8) | tg.tensor([2**31 - 1], dtype=tg.int32) * 2
tg.tensor([1, 2, 3]).argmax() | tg.exp(tg.tensor([1])) | tg.sqrt(tg.tensor([4], dtype=tg.uint8))
tg.sigmoid(tg.tensor([True])) | tg.tensor([-2**63]) // -1
tg.tensor([1, 2], dtype=tg.int32).cumsum(0) | tg.tensor([-2**63]) % -1
""")


def promoted(sign: str, left: str) -> str:
    """dtypes of one left operand with every right one; - where PyTorch has no such op, as for pow
    of bool.
    """
    words = []
    for right in OPERANDS:
        if left.startswith("number") and right.startswith("number"):
            continue
        try:
            words.append(dtype_name(eval(f"({OPERANDS[left]}) {sign} ({OPERANDS[right]})", SCOPE).dtype))
        except NotImplementedError:
            words.append("-")
    return " ".join(words)


def make_golden() -> dict:
    """dtype of each pair by operator, then the conversions."""
    table = {f"{sign} {left}": promoted(sign, left) for sign in SIGNS for left in OPERANDS}
    return table | {call: encode(eval(call, SCOPE)) for call in CONVERSIONS}


GOLDEN = golden("dtypes")


@pytest.mark.parametrize("left", OPERANDS)
@pytest.mark.parametrize("sign", SIGNS)
def test_promotion(sign, left):
    for right, got, want in zip(OPERANDS, promoted(sign, left).split(), GOLDEN[f"{sign} {left}"].split()):
        assert got == want or want == "-", f"{left} {sign} {right}"


@pytest.mark.parametrize("left", NAMES)
def test_promote_types_and_result_type(left):
    wanted = GOLDEN[f"+ tensor {left}"].split()
    for right, want in zip(NAMES, wanted):
        assert dtype_name(tg.promote_types(getattr(tg, left), getattr(tg, right))) == want
        pair = (tg.ones(1, dtype=getattr(tg, left)), tg.ones(1, dtype=getattr(tg, right)))
        assert dtype_name(tg.result_type(*pair)) == want


@pytest.mark.parametrize("call", CONVERSIONS)
def test_conversion(call):
    matches(eval(call, SCOPE), GOLDEN[call], call)


@pytest.mark.parametrize("name", NAMES)
def test_inplace_keeps_the_dtype(name):
    x = tg.ones(2, dtype=getattr(tg, name))
    x += 1 if name != "bool" else True
    x *= tg.ones((), dtype=getattr(tg, name))
    assert dtype_name(x.dtype) == name


@pytest.mark.parametrize(
    "into, other",
    [("int64", "float32"), ("bool", "int64"), ("int32", "float64"), ("uint8", "float16")],
)
def test_inplace_refuses_a_higher_kind(into, other):
    x = tg.ones(2, dtype=getattr(tg, into))
    kinds = {
        "int64": "Long",
        "bool": "Bool",
        "int32": "Int",
        "uint8": "Byte",
        "float32": "Float",
        "float64": "Double",
        "float16": "Half",
    }
    with pytest.raises(
        RuntimeError,
        match=f"result type {kinds[other]} can't be cast to the desired output type {kinds[into]}",
    ):
        x += tg.ones(2, dtype=getattr(tg, other))


def test_inplace_division_of_integers_is_refused():
    with pytest.raises(RuntimeError, match=r"result type Float can't be cast to the desired output type Long"):
        tg.ones(2, dtype=tg.int64).div_(2)


# --- defaults -------------------------------------------------------------------------------------
def test_inference_from_python_values():
    for value, name in (
        (1, "int64"),
        (1.0, "float32"),
        (True, "bool"),
        ([1, 2.0], "float32"),
        ([True, 2], "int64"),
        ([], "float32"),
        ([[1], [2]], "int64"),
    ):
        assert dtype_name(tg.tensor(value).dtype) == name


def test_default_dtype():
    assert tg.get_default_dtype() == tg.float32
    tg.set_default_dtype(tg.float64)
    assert tg.get_default_dtype() == tg.float64
    for made in (
        tg.tensor(1.0),
        tg.ones(2),
        tg.arange(2.0),
        tg.rand(1),
        tg.tensor([1]) / 2,
        tg.linspace(0, 1, 2),
        tg.tensor([1]) + 1.5,
        tg.exp(tg.tensor(1)),
    ):
        assert made.dtype == tg.float64
    assert tg.tensor(1).dtype == tg.int64
    assert tg.ones(2, dtype=tg.float32).dtype == tg.float32
    assert (tg.ones(2, dtype=tg.float32) + 1.5).dtype == tg.float32
    assert repr(tg.tensor(1.0)) == "tensor(1.)"
    assert repr(tg.ones(1, dtype=tg.float32)) == "tensor([1.], dtype=torch.float32)"


def test_default_dtype_must_be_floating():
    with pytest.raises(TypeError, match=r"only floating-point types are supported as the default type"):
        tg.set_default_dtype(tg.int64)


# --- the dtype objects ----------------------------------------------------------------------------
def test_dtype_objects():
    assert tg.float is tg.float32 and tg.double is tg.float64 and tg.half is tg.float16
    assert tg.long is tg.int64 and tg.int is tg.int32 and tg.short is tg.int16
    assert tg.ones(1).dtype is tg.float32
    assert repr(tg.float32) == "torch.float32"
    assert tg.float32.is_floating_point and not tg.int8.is_floating_point and not tg.float32.is_complex
    assert tg.int8.is_signed and not tg.uint8.is_signed
    assert [getattr(tg, name).itemsize for name in NAMES] == [1, 1, 1, 2, 4, 8, 2, 2, 4, 8]
    assert len({tg.float32, tg.float, tg.float64}) == 2


def test_finfo_and_iinfo():
    info = tg.finfo(tg.float32)
    assert (info.eps, info.bits, info.max, info.tiny) == (
        2**-23,
        32,
        (2 - 2**-23) * 2.0**127,
        2.0**-126,
    )
    assert (tg.finfo(tg.bfloat16).eps, tg.finfo(tg.float16).max, tg.finfo(tg.float64).eps) == (
        2**-7,
        65504,
        2**-52,
    )
    assert (tg.iinfo(tg.uint8).max, tg.iinfo(tg.int64).min, tg.iinfo(tg.int8).bits) == (
        255,
        -(2**63),
        8,
    )
    with pytest.raises(TypeError):
        tg.iinfo(tg.float32)


@pytest.mark.parametrize(
    "name", ["float", "double", "half", "bfloat16", "long", "int", "short", "char", "byte", "bool"]
)
def test_conversion_methods(name):
    x = tg.tensor([0, 1, 2])
    converted = getattr(x, name)()
    assert converted.tolist() == ([False, True, True] if name == "bool" else [0, 1, 2])
    assert getattr(converted, name)() is converted


@pytest.mark.parametrize("source", ["float32", "float64"])
@pytest.mark.parametrize("count", [1, 40])  # a short loop and a long one
def test_floats_that_no_integer_holds(source, count):
    """What x86 makes of them, as in PyTorch: uint8 and int64 by way of 64 bits, the others of 32."""
    x = tg.tensor([3e9, -3e9, math.nan, math.inf, 300.0, -1.0, 70000.0] * count, dtype=getattr(tg, source))
    low, lowest = -(2**31), -(2**63)
    assert x.int().tolist() == [low, low, low, low, 300, -1, 70000] * count
    assert x.short().tolist() == [0, 0, 0, 0, 300, -1, 4464] * count
    assert x.char().tolist() == [0, 0, 0, 0, 44, -1, 112] * count
    assert x.byte().tolist() == [0, 0, 0, 0, 44, 255, 112] * count
    assert x.long().tolist() == [3 * 10**9, -3 * 10**9, lowest, lowest, 300, -1, 70000] * count
    assert x.bool().all()


def test_type_names():
    names = {
        tg.float32: "Float",
        tg.float64: "Double",
        tg.float16: "Half",
        tg.bfloat16: "BFloat16",
        tg.uint8: "Byte",
        tg.int8: "Char",
        tg.int16: "Short",
        tg.int32: "Int",
        tg.int64: "Long",
        tg.bool: "Bool",
    }
    for dtype, name in names.items():
        assert tg.zeros(1, dtype=dtype).type() == f"torch.{name}Tensor"


def test_to_keeps_gradients():
    x = tg.ones(2, requires_grad=True)
    x.double().mul(2).sum().backward()
    assert x.grad.dtype == tg.float32 and x.grad.tolist() == [2, 2]
    assert x.long().requires_grad is False


def test_to_copy():
    x = tg.ones(2)
    assert x.to(tg.float32, copy=True) is not x
    assert x.to(device="cpu", dtype=tg.float64).dtype == tg.float64


def test_can_cast():
    assert (
        tg.can_cast(tg.int32, tg.float32)
        and not tg.can_cast(tg.float32, tg.int32)
        and tg.can_cast(tg.float64, tg.float16)
    )


def test_is_tensor_and_is_floating_point():
    assert tg.is_tensor(tg.ones(1)) and not tg.is_tensor(1)
    assert tg.is_floating_point(tg.ones(1)) and not tg.is_floating_point(tg.tensor(1))


@pytest.mark.parametrize(
    "call, want",
    [
        ("tg.sub(tg.ones(2), tg.tensor([3], dtype=tg.uint8), alpha=-1)", [4, 4]),
        ("tg.add(tg.ones(1), tg.tensor([2**30], dtype=tg.int32), alpha=8)", [2.0**33]),
        ("tg.ones(1).add_(tg.tensor([3], dtype=tg.uint8), alpha=-1)", [-2]),
        ("tg.rsub(tg.tensor([3], dtype=tg.uint8), tg.ones(1), alpha=-1)", [4]),
        ("tg.add(tg.tensor([1.]), tg.tensor(3, dtype=tg.int8), alpha=100)", [301]),
    ],
)
def test_alpha_multiplies_in_the_dtype_of_the_result(call, want):
    assert eval(call).tolist() == want


BOOL = "tg.tensor([True, False])"


@pytest.mark.parametrize("alpha, want", [(2, True), (True, True), (1, True), (-1, True), (0, False), (False, False)])
@pytest.mark.parametrize("other", [f"{BOOL}", "True"])
def test_alpha_of_bools_is_a_bool(other, alpha, want):
    x = tg.tensor([False, False])
    sum = tg.add(x, eval(other), alpha=alpha)
    assert sum.dtype == tg.bool and sum[0].item() is want
    assert x.add_(eval(other), alpha=alpha)[0].item() is want


def test_bool_alpha_of_numbers_is_refused():
    for alpha in (True, False):
        with pytest.raises(RuntimeError, match=r"^Boolean alpha only supported for Boolean results\.$"):
            tg.add(tg.ones(2), eval(BOOL), alpha=alpha)


@pytest.mark.parametrize("dtype", [tg.float16, tg.bfloat16])
def test_truncated_quotient_of_half_precision_is_rounded_first(dtype):
    x, y = tg.arange(1.0, 400).to(dtype), tg.tensor(1.7, dtype=dtype)
    assert tg.equal(tg.div(x, y, rounding_mode="trunc"), tg.trunc(x / y))
    assert tg.equal(x.clone().div_(y, rounding_mode="trunc"), tg.trunc(x / y))


def test_half_precision_is_widened_inside_lerp_and_attention():
    x, y = tg.tensor([-7.9], dtype=tg.float16), tg.tensor([11.84], dtype=tg.float16)
    assert tg.equal(tg.lerp(x, y, 0.4), tg.lerp(x.float(), y.float(), 0.4).half())
    q, k, v = (tg.randn(2, n, 8) for n in (3, 6, 6))
    attend = tg.nn.functional.scaled_dot_product_attention
    q, k, v = q.half(), k.half(), v.half()
    assert tg.equal(attend(q, k, v), attend(q.float(), k.float(), v.float()).half())


@pytest.mark.parametrize(
    "call, kind, message",
    [
        (f"abs({BOOL})", NotImplementedError, "\"abs_cpu\" not implemented for 'Bool'"),
        (f"+{BOOL}", RuntimeError, "The `+` operator, on a bool tensor is not supported."),
        (f"tg.positive({BOOL})", RuntimeError, "The `+` operator, on a bool tensor is not supported."),
        (f"{BOOL} // True", NotImplementedError, "\"div_floor_cpu\" not implemented for 'Bool'"),
        (f"{BOOL} % True", NotImplementedError, "\"remainder_cpu\" not implemented for 'Bool'"),
        (
            f"tg.div({BOOL}, {BOOL}, rounding_mode='trunc')",
            NotImplementedError,
            "\"div_trunc_cpu\" not implemented for 'Bool'",
        ),
        (f"tg.sub(tg.ones(2), {BOOL}, alpha=0.5)", RuntimeError, "Subtraction, the `-` operator, with a bool tensor"),
    ],
)
def test_bool_is_refused(call, kind, message):
    with pytest.raises(kind) as error:
        eval(call)
    assert str(error.value).startswith(message)


def test_cat_of_vectors_without_elements_looks_at_no_dimension():
    assert tg.cat([tg.zeros(0), tg.zeros(0)], 5).shape == (0,)


@pytest.mark.parametrize(
    "call, want",
    [
        ("x * 0.7", [0.7001953125, 2.099609375]),
        ("0.7 * x", [0.7001953125, 2.099609375]),
        ("x / 0.7", [1.4287109375, 4.28515625]),
        ("0.7 / x", [0.7001953125, 0.2332763671875]),
        ("x * tg.tensor(0.7)", [0.7001953125, 2.099609375]),
        ("tg.tensor(0.7) * x", [0.7001953125, 2.1015625]),
        ("x.clone().mul_(0.7)", [0.7001953125, 2.099609375]),
        ("x.clone().div_(0.7)", [1.4287109375, 4.28515625]),
        ("tg.ones(2, 2, dtype=tg.float16).t() / 0.7", [[1.4287109375] * 2] * 2),
    ],
)
def test_a_number_beside_float16_keeps_its_digits(call, want):
    x = tg.tensor([1.0, 3.0], dtype=tg.float16)
    assert eval(call, {"tg": tg, "x": x}).tolist() == want
