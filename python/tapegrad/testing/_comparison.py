"""assert_close()."""

from __future__ import annotations

import cmath
import math
import numbers
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .. import _core
from .._core import Tensor

# Relative and absolute tolerance of each dtype; the others are compared exactly.
TOLERANCES = {
    _core.float16: (1e-3, 1e-5),
    _core.bfloat16: (1.6e-2, 1e-5),
    _core.float32: (1.3e-6, 1e-5),
    _core.float64: (1e-7, 1e-7),
}

Place = tuple[Any, ...]


class _Mismatch(Exception):
    """What differs, and at which item of the containers."""

    def __init__(self, kind: type[Exception], message: str, place: Place) -> None:
        self.kind = kind
        self.message = message
        self.place = place


class _Options:
    def __init__(self, rtol: float | None, atol: float | None, **flags: bool) -> None:
        if (rtol is None) != (atol is None):
            missing = "rtol" if rtol is None else "atol"
            raise ValueError(f"Both 'rtol' and 'atol' must be either specified or omitted, but got no {missing}.")
        self.rtol = rtol
        self.atol = atol
        self.flags = flags

    def tolerances(self, *defaults: tuple[float, float]) -> tuple[float, float]:
        if self.rtol is not None and self.atol is not None:
            return self.rtol, self.atol
        return max(rtol for rtol, _ in defaults), max(atol for _, atol in defaults)


def _up_to(tolerance: float, exact: bool) -> str:
    return "" if exact else f" (up to {tolerance} allowed)"


def _message_of_numbers(actual: Any, expected: Any, rtol: float, atol: float) -> str:
    exact = rtol == 0 and atol == 0
    difference = abs(actual - expected)
    relative = math.inf if expected == 0 else difference / abs(expected)
    return (
        f"Scalars are not {'equal' if exact else 'close'}!\n\n"
        f"Expected {expected} but got {actual}.\n"
        f"Absolute difference: {difference}{_up_to(atol, exact)}\n"
        f"Relative difference: {relative}{_up_to(rtol, exact)}"
    )


def _compare_numbers(actual: Any, expected: Any, options: _Options, place: Place) -> None:
    if options.flags["check_dtype"] and type(actual) is not type(expected):
        raise _Mismatch(AssertionError, f"The (d)types do not match: {type(actual)} != {type(expected)}.", place)
    exact = all(isinstance(value, numbers.Integral) for value in (actual, expected))
    rtol, atol = options.tolerances((0.0, 0.0) if exact else TOLERANCES[_core.float64])
    if actual == expected or (options.flags["equal_nan"] and cmath.isnan(actual) and cmath.isnan(expected)):
        return
    difference = abs(actual - expected)
    if cmath.isfinite(actual) and cmath.isfinite(expected) and difference <= atol + rtol * abs(expected):
        return
    raise _Mismatch(AssertionError, _message_of_numbers(actual, expected, rtol, atol), place)


def _index_of(flat: int, shape: Sequence[int]) -> tuple[int, ...]:
    index = []
    for size in reversed(shape):
        flat, at = divmod(flat, size)
        index.append(at)
    return tuple(reversed(index))


def _first_largest(values: Tensor) -> int:
    """Position of the first nan, or else of the largest value."""
    nans = values.isnan()
    return int((nans.to(_core.uint8) if bool(nans.any().item()) else values).argmax().item())


def _message_of_tensors(actual: Tensor, expected: Tensor, matches: Tensor, rtol: float, atol: float) -> str:
    exact = rtol == 0 and atol == 0
    shape = tuple(actual.shape)
    wrong, total = int((~matches).sum().item()), matches.numel()
    if not actual.is_floating_point():
        # Differences of int64 are right; the smaller types could wrap.
        actual, expected = actual.to(_core.int64), expected.to(_core.int64)
    # What matches (as equal infinities do) must not show up as the largest difference.
    gap = (actual - expected).abs().reshape(-1).masked_fill(matches.reshape(-1), 0)
    ratio = (gap / expected.reshape(-1).abs()).masked_fill(matches.reshape(-1), 0)
    at, relative_at = _first_largest(gap), _first_largest(ratio)
    return (
        f"Tensor-likes are not {'equal' if exact else 'close'}!\n\n"
        f"Mismatched elements: {wrong} / {total} ({wrong / total:.1%})\n"
        f"Greatest absolute difference: {gap[at].item()} at index {_index_of(at, shape)}{_up_to(atol, exact)}\n"
        f"Greatest relative difference: {ratio[relative_at].item()} at index {_index_of(relative_at, shape)}"
        f"{_up_to(rtol, exact)}"
    )


def _compare_tensors(actual: Tensor, expected: Tensor, options: _Options, place: Place) -> None:
    def attribute(name: str, got: Any, want: Any) -> None:
        if got != want:
            raise _Mismatch(AssertionError, f"The values for attribute '{name}' do not match: {got} != {want}.", place)

    actual, expected = actual.detach(), expected.detach()
    attribute("shape", actual.shape, expected.shape)
    if options.flags["check_dtype"]:
        attribute("dtype", actual.dtype, expected.dtype)
    if options.flags["check_stride"]:
        attribute("stride()", actual.stride(), expected.stride())
    rtol, atol = options.tolerances(*(TOLERANCES.get(t.dtype, (0.0, 0.0)) for t in (actual, expected)))
    if actual.dtype != expected.dtype:
        dtype = _core.promote_types(actual.dtype, expected.dtype)
        actual, expected = actual.to(dtype), expected.to(dtype)
    if actual.is_floating_point():
        matches = actual.isclose(expected, rtol=rtol, atol=atol, equal_nan=options.flags["equal_nan"])
    elif rtol == 0 and atol == 0:
        matches = actual == expected
    else:
        matches = actual.to(_core.int64).isclose(expected.to(_core.int64), rtol=rtol, atol=atol)
    if bool(matches.all().item()):
        return
    if actual.dim() == 0:
        message = _message_of_numbers(actual.item(), expected.item(), rtol, atol)
    else:
        message = _message_of_tensors(actual, expected, matches, rtol, atol)
    raise _Mismatch(AssertionError, message, place)


def _tensor_like(value: Any) -> Tensor | None:
    """Tensors and NumPy arrays; the arrays share their memory."""
    if isinstance(value, Tensor):
        return value
    if (
        type(value).__module__ == "numpy"
        and hasattr(value, "__array_interface__")
        and not isinstance(value, numbers.Number)
    ):
        return _core.as_tensor(value)
    return None


def _compare(actual: Any, expected: Any, options: _Options, place: Place) -> None:
    if all(isinstance(value, Sequence) and not isinstance(value, str) for value in (actual, expected)):
        if len(actual) != len(expected):
            message = f"The length of the sequences mismatch: {len(actual)} != {len(expected)}"
            raise _Mismatch(AssertionError, message, place)
        for i, (got, want) in enumerate(zip(actual, expected)):
            _compare(got, want, options, (*place, i))
        return
    if isinstance(actual, Mapping) and isinstance(expected, Mapping):
        missing, additional = expected.keys() - actual.keys(), actual.keys() - expected.keys()
        if missing or additional:
            raise _Mismatch(
                AssertionError,
                "The keys of the mappings do not match:\n"
                f"Missing keys in the actual mapping: {sorted(missing)}\n"
                f"Additional keys in the actual mapping: {sorted(additional)}",
                place,
            )
        for key in sorted(actual, key=str):
            _compare(actual[key], expected[key], options, (*place, key))
        return
    if actual is None or expected is None:
        if actual is not expected:
            raise _Mismatch(AssertionError, f"None mismatch: {actual} is not {expected}", place)
        return
    if isinstance(actual, bool) and isinstance(expected, bool):
        if actual is not expected:
            raise _Mismatch(AssertionError, f"Booleans mismatch: {actual} is not {expected}", place)
        return
    if isinstance(actual, numbers.Number) and isinstance(expected, numbers.Number):
        return _compare_numbers(actual, expected, options, place)
    related = isinstance(actual, type(expected)) or isinstance(expected, type(actual))
    same = type(actual) is type(expected) or (related and options.flags["allow_subclasses"])
    got, want = _tensor_like(actual), _tensor_like(expected)
    if same and got is not None and want is not None:
        return _compare_tensors(got, want, options, place)
    raise _Mismatch(
        TypeError,
        f"No comparison pair was able to handle inputs of type {type(actual)} and {type(expected)}.",
        place,
    )


def assert_close(
    actual: Any,
    expected: Any,
    *,
    allow_subclasses: bool = True,
    rtol: float | None = None,
    atol: float | None = None,
    equal_nan: bool = False,
    check_device: bool = True,
    check_dtype: bool = True,
    check_layout: bool = True,
    check_stride: bool = False,
    msg: str | Callable[[str], str] | None = None,
) -> None:
    """Raises AssertionError where |actual - expected| > atol + rtol * |expected| for an element.

    actual, expected: tensors, arrays, numbers, None, and sequences and mappings of these. Shape, and dtype unless
    check_dtype is False, have to be the same. The tolerances depend on the dtype: 1.3e-6 and 1e-5 for float32; give
    both or none. msg: replaces the message, or makes it from the usual one.
    Raises ValueError where only one tolerance is given, TypeError for values that cannot be compared.

    >>> import tapegrad as tg
    >>> tg.testing.assert_close(tg.tensor([1., 2.]), tg.tensor([1., 2.5]))
    Traceback (most recent call last):
    AssertionError: Tensor-likes are not close!
    <BLANKLINE>
    Mismatched elements: 1 / 2 (50.0%)
    Greatest absolute difference: 0.5 at index (1,) (up to 1e-05 allowed)
    Greatest relative difference: 0.20000000298023224 at index (1,) (up to 1.3e-06 allowed)
    """
    options = _Options(
        rtol,
        atol,
        equal_nan=equal_nan,
        check_dtype=check_dtype,
        check_stride=check_stride,
        allow_subclasses=allow_subclasses,
    )
    try:
        _compare(actual, expected, options, ())
    except _Mismatch as mismatch:
        message = mismatch.message
        if mismatch.place:
            message += f"\n\nThe failure occurred for item {''.join(f'[{key!r}]' for key in mismatch.place)}"
        if mismatch.kind is AssertionError and msg is not None:
            message = msg(message) if callable(msg) else msg
        raise mismatch.kind(message) from None
