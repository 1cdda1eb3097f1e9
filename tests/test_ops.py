"""Every row of op_table/ against golden values and finite differences, in all its forms, layouts
and shapes.
"""

from __future__ import annotations

import json
import re

import numpy as np
import pytest
from conftest import array, close, decode, dtype_name, encode, golden, inf, matches, nan, same, tg
from op_table import BROADCASTS, FAMILIES, FEW, OPS, Sample

pytestmark = pytest.mark.filterwarnings("ignore:.*degrees of freedom", "ignore:An output with one or more elements")


def calls_of(ops):
    return [(op, call) for op in ops for call in op.calls]


CALLS = calls_of(OPS)
DIFFERENTIABLE = [(op, call) for op, call in CALLS if op.grad and "float64" in op.dtypes]
ELEMENTWISE = [op for op in OPS if op.elementwise]


def rows(pairs):
    return [pytest.param(*pair, id=f"{pair[0].name}: {pair[1]}") for pair in pairs]


def ops(which):
    return [pytest.param(op, id=op.name) for op in which]


def evaluate(call: str, inputs: dict):
    return eval(call, {"tg": tg, "inf": inf, "nan": nan, **inputs})


def inputs_of(op, dtype: str, requires_grad: bool = False) -> dict:
    """The row's inputs; those without a derivative never require one."""
    return {name: sample.tensor(tg, dtype, requires_grad and name in op.grad) for name, sample in op.inputs.items()}


def dtypes_of(op, call: str):
    return op.dtypes if call == op.calls[0] else [dtype for dtype in op.dtypes if dtype in FEW]


def cotangent(like, seed: int = 7):
    """Fixed weights in the shape of `like`, so that no two elements of a result count the same."""
    return Sample(tuple(like.shape), -1, 1, seed).tensor(tg, dtype_name(like.dtype))


def floats_of(result) -> list:
    """The floating tensors that a call returned."""
    items = result if isinstance(result, (tuple, list)) else [result]
    return [item for item in items if isinstance(item, tg.Tensor) and item.is_floating_point()]


def weighted(result):
    """A scalar that depends on every element of the results."""
    total = None
    for item in floats_of(result):
        term = (item * cotangent(item)).sum().double()
        total = term if total is None else total + term
    return total


def gradients(op, call: str, inputs: dict, create_graph: bool = False) -> dict:
    """Gradient of weighted(call) for each input that requires it; zeros where nothing flows."""
    wanted = {name: value for name, value in inputs.items() if value.requires_grad}
    total = weighted(evaluate(call, inputs))
    if total is None or not total.requires_grad:
        return {name: tg.zeros_like(value) for name, value in wanted.items()}
    found = tg.autograd.grad(total, list(wanted.values()), allow_unused=True, create_graph=create_graph)
    return {name: tg.zeros_like(value) if grad is None else grad for (name, value), grad in zip(wanted.items(), found)}


def numeric(function, inputs: dict, step: float = 1e-5) -> dict:
    """Central differences of a scalar function, for each input that requires a gradient."""
    found = {}
    for name, value in inputs.items():
        if not value.requires_grad:
            continue
        numbers = value.detach().reshape(-1).tolist()
        slopes = []
        for index, number in enumerate(numbers):
            ends = []
            for moved in (number + step, number - step):
                changed = tg.tensor([*numbers[:index], moved, *numbers[index + 1 :]], dtype=tg.float64)
                shaped = changed.reshape(value.shape).requires_grad_()
                ends.append(function({**inputs, name: shaped}))
            slopes.append((ends[0] - ends[1]) / (2 * step))
        found[name] = tg.tensor(slopes, dtype=tg.float64).reshape(value.shape)
    return found


def make_golden(family: str) -> dict:
    """For each call: the result for every dtype that PyTorch takes, and the float64 gradients.

    Dtypes with the same result stand together; * is the dtype itself.
    """
    entries = {}
    for op, call in calls_of(FAMILIES[family]):
        groups: dict[str, list[str]] = {}
        for dtype in dtypes_of(op, call):
            try:
                text = json.dumps(encode(evaluate(call, inputs_of(op, dtype))))
            except (RuntimeError, TypeError, NotImplementedError, IndexError):
                continue
            groups.setdefault(text.replace(f"{dtype}[", "*["), []).append(dtype)
        entry = {" ".join(dtypes): json.loads(text) for text, dtypes in groups.items()}
        if op.grad and "float64" in op.dtypes:
            found = gradients(op, call, inputs_of(op, "float64", True))
            entry["grad"] = {name: encode(grad) for name, grad in found.items()}
        entries[f"{op.name}: {call}"] = entry
    return entries


def expanded(entry: dict) -> dict:
    """The entry with one key for every dtype."""
    return {
        dtype: json.loads(json.dumps(value).replace("*[", f"{dtype}["))
        for dtypes, value in entry.items()
        for dtype in dtypes.split()
    }


GOLDEN = {key: expanded(entry) for family in FAMILIES for key, entry in golden(f"ops/{family}").items()}
TYPED = [
    pytest.param(op, call, dtype, id=f"{op.name}: {call} {dtype}")
    for op, call in CALLS
    for dtype in dtypes_of(op, call)
    if dtype in GOLDEN.get(f"{op.name}: {call}", {})
]


@pytest.mark.parametrize("op, call, dtype", TYPED)
def test_value_dtype_and_shape(op, call, dtype):
    want = GOLDEN[f"{op.name}: {call}"][dtype]
    matches(evaluate(call, inputs_of(op, dtype)), want, call, scale=3 if op.second else 1)


@pytest.mark.parametrize("op, call", rows(DIFFERENTIABLE))
def test_gradient_is_that_of_pytorch(op, call):
    found = gradients(op, call, inputs_of(op, "float64", True))
    for name, want in GOLDEN[f"{op.name}: {call}"]["grad"].items():
        matches(found[name], want, f"gradient of {call} in {name}", scale=10)


@pytest.mark.parametrize("op, call", rows(DIFFERENTIABLE))
def test_gradient_is_the_slope(op, call):
    if op.name in UNSMOOTH:
        return
    inputs = inputs_of(op, "float64", True)
    slopes = numeric(lambda changed: _number(weighted(evaluate(call, changed))), inputs)
    found = gradients(op, call, inputs)
    for name, slope in slopes.items():
        close(found[name], slope, rtol=2e-6, what=f"gradient of {call} in {name}")


@pytest.mark.parametrize("op, call", rows(DIFFERENTIABLE))
def test_second_derivative_is_the_slope_of_the_first(op, call):
    if op.name in UNSMOOTH or not op.second:
        return

    def first(inputs, create_graph=False):
        found = gradients(op, call, inputs, create_graph)
        return sum(
            ((grad * cotangent(grad, 3)).sum() for grad in found.values()),
            tg.zeros((), dtype=tg.float64),
        )

    inputs = inputs_of(op, "float64", True)
    slopes = numeric(lambda changed: _number(first(changed)), inputs)
    total = first(inputs, create_graph=True)
    wanted = [value for value in inputs.values() if value.requires_grad]
    found = tg.autograd.grad(total, wanted, allow_unused=True) if total.requires_grad else [None] * len(wanted)
    for (name, slope), grad in zip(slopes.items(), found):
        close(
            tg.zeros_like(slope) if grad is None else grad + 0 * slope,
            slope,
            rtol=5e-6,
            what=f"second derivative in {name}",
        )


# float64 results here pass through a narrower type, or are constant between steps
UNSMOOTH = {"conversions", "sign", "floor_divide", "embedding with options", "distances at kinks"}


def _number(total) -> float:
    return 0.0 if total is None else total.item()


# --- forms: method, in-place, out= ----------------------------------------------------------------
@pytest.mark.parametrize("op", ops(op for op in OPS if op.method))
def test_method_equals_function(op):
    inputs = inputs_of(op, _usual(op))
    for call in op.calls:
        if re.match(r"tg\.\w+\(x[,)]", call):
            name = call[3:].split("(")[0]
            if hasattr(tg.Tensor, name):
                got = evaluate(f"x.{name}({op.arguments(call)})", inputs)
                assert encode(got) == encode(evaluate(call, inputs))


@pytest.mark.parametrize("op", ops(op for op in OPS if op.inplace))
def test_inplace_equals_out_of_place(op):
    name = op.calls[0][3:].split("(")[0]
    inputs = inputs_of(op, _usual(op))
    changed = evaluate(f"x.clone().{name}_({op.arguments()})", inputs)
    want = evaluate(op.calls[0], inputs)
    assert encode(changed) == encode(want.to(inputs["x"].dtype))
    before = inputs["x"]
    address, version = before.data_ptr(), before._version
    assert evaluate(f"x.{name}_({op.arguments()})", inputs) is before
    assert (before.data_ptr(), before._version) == (address, version + 1)


@pytest.mark.parametrize("op", ops(op for op in OPS if op.inplace and op.grad))
def test_inplace_has_the_same_gradient(op):
    name = op.calls[0][3:].split("(")[0]
    inputs = inputs_of(op, "float64", True)
    want = gradients(op, op.calls[0], inputs)
    got = gradients(op, f"x.clone().{name}_({op.arguments()})", inputs)
    for key, grad in want.items():
        same(got[key], grad)


@pytest.mark.parametrize("op", ops(op for op in OPS if op.inplace))
def test_inplace_through_a_view(op):
    name = op.calls[0][3:].split("(")[0]
    inputs = inputs_of(op, _usual(op))
    want = evaluate(op.calls[0], inputs).to(inputs["x"].dtype)
    base = tg.zeros(2, *inputs["x"].shape, dtype=inputs["x"].dtype)
    base[1].copy_(inputs["x"])
    evaluate(f"base[1].{name}_({op.arguments()})", {**inputs, "base": base})
    assert encode(base[1]) == encode(want)
    assert not base[0].any()


@pytest.mark.parametrize("op", ops(op for op in OPS if op.out))
def test_out_receives_the_result(op):
    inputs = inputs_of(op, _usual(op))
    want = evaluate(op.calls[0], inputs)
    for shape in (tuple(want.shape), (0,)):
        out = tg.empty(shape, dtype=want.dtype)
        assert evaluate(f"{op.calls[0][:-1]}, out=out)", {**inputs, "out": out}) is out
        same(out, want)
    turned = tg.zeros(tuple(want.shape)[::-1], dtype=want.dtype)
    turned = turned.permute(tuple(range(turned.dim()))[::-1])
    evaluate(f"{op.calls[0][:-1]}, out=turned)", {**inputs, "turned": turned})
    same(turned, want)


@pytest.mark.parametrize("op", ops(op for op in OPS if op.out and op.grad))
def test_out_refuses_gradients(op):
    inputs = inputs_of(op, "float64", True)
    want = evaluate(op.calls[0], inputs)
    with pytest.raises(RuntimeError, match=r"don't support automatic differentiation, but one of the arguments"):
        evaluate(f"{op.calls[0][:-1]}, out=out)", {**inputs, "out": tg.empty_like(want.detach())})


def _usual(op) -> str:
    """float64 where the op takes it, else int64."""
    golden_dtypes = GOLDEN[f"{op.name}: {op.calls[0]}"]
    return "float64" if "float64" in golden_dtypes else "int64"


# --- layouts --------------------------------------------------------------------------------------
def _transposed(x):
    return x.permute(*range(x.dim() - 1, -1, -1)).contiguous().permute(*range(x.dim() - 1, -1, -1))


def _stepped(x):
    roomy = tg.zeros(*(2 * size for size in x.shape), dtype=x.dtype)
    view = roomy[tuple(slice(1, None, 2) for _ in x.shape)]
    view.copy_(x)
    return view


def _offset(x):
    return tg.cat([x[:1], x])[1:]


LAYOUTS = {"transposed": _transposed, "stepped": _stepped, "offset": _offset}
STRIDED = [(op, call) for op, call in CALLS if op.inputs and op.name not in ("view", "facts")]
STRIDED = [(op, call) for op, call in STRIDED if all(len(sample.shape) for sample in op.inputs.values())]
STRIDED = [(op, call) for op, call in STRIDED if call == op.calls[0]]


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("op, call", rows(STRIDED))
def test_strides_do_not_matter(op, call, layout):
    plain = inputs_of(op, _usual(op), True)
    strided = {name: LAYOUTS[layout](value.detach()) for name, value in plain.items()}
    strided = {name: value.requires_grad_(plain[name].requires_grad) for name, value in strided.items()}
    assert encode(evaluate(call, strided)) == encode(evaluate(call, plain))
    want = gradients(op, call, plain)
    for name, grad in gradients(op, call, strided).items():
        close(grad, want[name], rtol=1e-12, what=f"gradient in {name}")


@pytest.mark.parametrize("op", ops(ELEMENTWISE))
def test_expanded_input(op):
    inputs = inputs_of(op, _usual(op))
    expanded = {name: value[:1].expand(3, *value.shape[1:]) for name, value in inputs.items()}
    copied = {name: value.clone() for name, value in expanded.items()}
    assert encode(evaluate(op.calls[0], expanded)) == encode(evaluate(op.calls[0], copied))


@pytest.mark.parametrize("op", ops(ELEMENTWISE))
def test_many_elements_equal_few(op):
    """Vector loops, tails and threads give what single elements give."""
    inputs = inputs_of(op, _usual(op))
    wide = {name: value.reshape(-1)[:5].repeat(14)[:67] for name, value in inputs.items()}
    result = evaluate(op.calls[0], wide)
    few = evaluate(op.calls[0], {name: value[:5] for name, value in wide.items()})
    close(result, few.repeat(14)[:67], rtol=1e-14)


# --- shapes ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("shape", [(), (0,), (2, 0, 3), (1, 1, 1, 1, 1, 1, 2), (1,)], ids=str)
@pytest.mark.parametrize("op", ops(ELEMENTWISE))
def test_any_shape(op, shape):
    dtype = _usual(op)
    inputs = {
        name: Sample(shape, sample.low, sample.high, sample.seed).tensor(tg, dtype, name in op.grad)
        for name, sample in op.inputs.items()
    }
    result = evaluate(op.calls[0], inputs)
    assert tuple(result.shape) == shape
    for name, grad in gradients(op, op.calls[0], inputs).items():
        assert tuple(grad.shape) == shape, name


def summed_to(values: np.ndarray, shape) -> np.ndarray:
    """The sum over the dimensions that broadcasting added or widened."""
    extra = values.ndim - len(shape)
    widened = tuple(dim + extra for dim, size in enumerate(shape) if size == 1)
    return values.sum(axis=(*range(extra), *widened), keepdims=True).reshape(tuple(shape))


@pytest.mark.parametrize("left, right, want", BROADCASTS, ids=str)
@pytest.mark.parametrize("op", ops(op for op in ELEMENTWISE if len(op.inputs) == 2))
def test_broadcasting(op, left, right, want):
    dtype = _usual(op)
    inputs = {
        name: Sample(shape, sample.low, sample.high, sample.seed).tensor(tg, dtype, name in op.grad)
        for (name, sample), shape in zip(op.inputs.items(), (left, right))
    }
    result = evaluate(op.calls[0], inputs)
    assert tuple(result.shape) == want
    full = {name: value.detach().expand(want).clone() for name, value in inputs.items()}
    same(result, evaluate(op.calls[0], full))
    if op.grad:
        full = {name: value.requires_grad_() for name, value in full.items()}
        unreduced = gradients(op, op.calls[0], full)
        for name, grad in gradients(op, op.calls[0], inputs).items():
            close(
                grad,
                summed_to(array(unreduced[name]), inputs[name].shape),
                rtol=1e-12,
                what=f"gradient in {name}",
            )


def test_table_and_golden_files_hold_the_same_calls():
    assert list(GOLDEN) == [f"{op.name}: {call}" for op, call in CALLS]


def test_golden_entries_decode():
    kind, shape, values = decode("float32[2,1] 1 nan")
    assert (kind, shape, values.shape) == ("float32", (2, 1), (2, 1))
