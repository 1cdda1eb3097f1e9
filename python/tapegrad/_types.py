"""device, layout, memory_format, finfo and iinfo: objects that describe tensors."""

from __future__ import annotations

from . import _core

TYPE_CHECKING = False  # typing is not imported: it would take longer than the rest of this package
if TYPE_CHECKING:
    from typing import Any


class device:
    """Where a tensor lives. tapegrad computes on the CPU; other kinds can be named, not used.

    >>> import tapegrad as tg
    >>> tg.device("cpu")
    device(type='cpu')
    >>> tg.device("cuda:1").index
    1
    """

    __slots__ = ("index", "type")
    type: str
    index: int | None

    def __init__(self, type: str | device | int, index: int | None = None) -> None:
        if isinstance(type, device):
            kind, number = type.type, type.index
        elif isinstance(type, int):
            kind, number = "cuda", type
        else:
            kind, _, rest = str(type).partition(":")
            number = int(rest) if rest else None
            if rest and index is not None:
                raise RuntimeError(
                    f"type (string) must not include an index because index was passed explicitly: {type}"
                )
        if kind not in ("cpu", "cuda", "mps", "meta", "xpu"):
            raise RuntimeError(
                f"Expected one of cpu, cuda, mps, xpu, meta device type at start of device string: {kind}"
            )
        object.__setattr__(self, "type", kind)
        object.__setattr__(self, "index", number if index is None else index)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"attribute '{name}' of 'torch.device' objects is not writable")

    def __repr__(self) -> str:
        return f"device(type='{self.type}'" + (f", index={self.index})" if self.index is not None else ")")

    def __str__(self) -> str:
        return self.type if self.index is None else f"{self.type}:{self.index}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, device) and (self.type, self.index) == (other.type, other.index)

    def __hash__(self) -> int:
        return hash((self.type, self.index))

    def __reduce__(self) -> Any:
        return (device, (self.type, self.index))


class _Named:
    """A constant that prints as torch.NAME and pickles by name."""

    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        self._name = name

    def __repr__(self) -> str:
        return f"torch.{self._name}"

    def __reduce__(self) -> str:
        return self._name


class layout(_Named):
    """How a tensor lies in memory; there is only `strided`."""


class memory_format(_Named):
    """Order of the dimensions in memory, for clone(), contiguous(), to(), empty_like() and their kin.

    >>> import tapegrad as tg
    >>> tg.ones(1, 2, 3, 4).contiguous(memory_format=tg.channels_last).stride()
    (24, 1, 8, 2)
    """


strided = layout("strided")
contiguous_format = memory_format("contiguous_format")
preserve_format = memory_format("preserve_format")
channels_last = memory_format("channels_last")
channels_last_3d = memory_format("channels_last_3d")

_FLOATS = {  # bits, eps, max, smallest normal, resolution
    "float16": (16, 2.0**-10, 65504.0, 2.0**-14, 0.001),
    "bfloat16": (16, 2.0**-7, (2 - 2.0**-7) * 2.0**127, 2.0**-126, 0.01),
    "float32": (32, 2.0**-23, (2 - 2.0**-23) * 2.0**127, 2.0**-126, 1e-06),
    "float64": (64, 2.0**-52, (2 - 2.0**-52) * 2.0**1023, 2.0**-1022, 1e-15),
}


def _dtype_name(dtype: Any) -> str:
    return str(dtype).rpartition(".")[2]


class finfo:
    """Limits of a floating dtype (of the default one without an argument).

    >>> import tapegrad as tg
    >>> tg.finfo(tg.float32).eps
    1.1920928955078125e-07
    """

    def __init__(self, type: Any = None) -> None:
        self.dtype = _dtype_name(_core.get_default_dtype() if type is None else type)
        if self.dtype not in _FLOATS:
            raise TypeError(
                f"torch.finfo() requires a floating point input type. Use torch.iinfo to handle '{self.dtype}'"
            )
        self.bits, self.eps, self.max, self.tiny, self.resolution = _FLOATS[self.dtype]
        self.min = -self.max
        self.smallest_normal = self.tiny

    def __repr__(self) -> str:
        return (
            f"finfo(resolution={self.resolution:g}, min={self.min:g}, max={self.max:g}, eps={self.eps:g}, "
            f"smallest_normal={self.smallest_normal:g}, tiny={self.tiny:g}, dtype={self.dtype})"
        )


_INTEGERS = {"uint8": (8, False), "int8": (8, True), "int16": (16, True), "int32": (32, True), "int64": (64, True)}


class iinfo:
    """Limits of an integer dtype.

    >>> import tapegrad as tg
    >>> tg.iinfo(tg.int32).max
    2147483647
    """

    def __init__(self, type: Any) -> None:
        self.dtype = _dtype_name(type)
        if self.dtype not in _INTEGERS:
            raise TypeError(f"torch.iinfo() requires an integer input type. Use torch.finfo to handle '{self.dtype}'")
        self.bits, signed = _INTEGERS[self.dtype]
        self.max = 2 ** (self.bits - signed) - 1
        self.min = -(2 ** (self.bits - 1)) if signed else 0

    def __repr__(self) -> str:
        return f"iinfo(min={self.min}, max={self.max}, dtype={self.dtype})"


_core._set_device_object(device("cpu"))
_core._set_memory_formats((contiguous_format, preserve_format, channels_last, channels_last_3d))
