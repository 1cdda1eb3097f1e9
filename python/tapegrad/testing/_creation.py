"""make_tensor()."""

from __future__ import annotations

import math
from typing import Any

from .. import _core
from .._core import Tensor
from .._types import finfo

# Range of random values where none is given, the upper end not included.
DEFAULT_RANGE: dict[Any, tuple[int, int]] = {_core.bool: (0, 2), _core.uint8: (0, 10)}
INTEGERS = {
    _core.bool: (0, 2),
    _core.uint8: (0, 2**8),
    _core.int8: (-(2**7), 2**7),
    _core.int16: (-(2**15), 2**15),
    _core.int32: (-(2**31), 2**31),
    _core.int64: (-(2**63), 2**63 - 1),
}
LARGEST = {_core.float16: 65504.0, _core.bfloat16: 3.3895313892515355e38, _core.float32: 3.4028234663852886e38}


def make_tensor(
    *shape: Any,
    dtype: Any,
    device: Any = "cpu",
    low: float | None = None,
    high: float | None = None,
    requires_grad: bool = False,
    noncontiguous: bool = False,
    exclude_zero: bool = False,
    memory_format: Any = None,
) -> Tensor:
    """A tensor of random values, uniform in [low, high).

    shape: sizes or one sequence. Without a range it is -9 to 9, -9 to 10 for signed integers, 0 to 10 for uint8.
    exclude_zero replaces zeros by the smallest number of the dtype; noncontiguous leaves gaps between the elements.
    Raises ValueError for an empty or nan range, and for requires_grad with integers.

    >>> import tapegrad as tg
    >>> tg.testing.make_tensor(2, 3, dtype=tg.int64, low=1, high=2)
    tensor([[1, 1, 1],
            [1, 1, 1]])
    """
    sizes = [int(s) for s in (shape[0] if len(shape) == 1 and not isinstance(shape[0], int) else shape)]
    if noncontiguous and memory_format is not None:
        raise ValueError(
            "The parameters `noncontiguous` and `memory_format` are mutually exclusive, "
            f"but got noncontiguous={noncontiguous} and memory_format={memory_format}"
        )
    if requires_grad and dtype in INTEGERS:
        raise ValueError(
            f"`requires_grad=True` is not supported for boolean and integral dtypes, but got dtype={dtype}"
        )
    lowest, highest = DEFAULT_RANGE.get(dtype, (-9, 10 if dtype in INTEGERS else 9))
    low, high = lowest if low is None else low, highest if high is None else high
    if math.isnan(low) or math.isnan(high):
        raise ValueError(f"`low` and `high` cannot be NaN, but got low={low} and high={high}")
    if low > high or (low == high and dtype in INTEGERS):
        raise ValueError(f"`low` must be less than `high`, but got {low} >= {high}")
    gaps = noncontiguous and math.prod(sizes) > 1
    if gaps:
        sizes[-1] *= 2
    if dtype in INTEGERS:
        least, end = INTEGERS[dtype]
        first, last = max(math.ceil(low), least), min(math.ceil(high), end)
        result = _core.randint(first, last, sizes, device=device, dtype=dtype)
    else:
        limit = LARGEST.get(dtype, 1.7976931348623157e308)
        result = _core.empty(sizes, device=device, dtype=dtype).uniform_(max(low, -limit), min(high, limit))
    if gaps:
        result = result[..., 1::2]
    if exclude_zero:
        result[result == 0] = 1 if dtype in INTEGERS else finfo(dtype).tiny
    if requires_grad:
        result.requires_grad_()
    return result
