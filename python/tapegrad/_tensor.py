"""Tensor methods for which Python is the natural place: pickling, copying, formatting."""

from __future__ import annotations

from . import _core
from ._core import Tensor
from ._types import strided

TYPE_CHECKING = False  # typing is not imported: it would take longer than the rest of this package
if TYPE_CHECKING:
    from typing import Any


def _rebuild(cls: type[Tensor], data: bytes, dtype: Any, shape: tuple[int, ...], requires_grad: bool) -> Tensor:
    tensor = _core._from_bytes(data, dtype, shape)
    if cls is not Tensor:
        made: Tensor = Tensor._make_subclass(cls, tensor, requires_grad)
        return made
    return tensor.requires_grad_(requires_grad) if requires_grad else tensor


def _reduce_ex(self: Tensor, protocol: int) -> Any:
    if self.requires_grad and not self.is_leaf:
        raise RuntimeError(
            "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol and pickling "
            "at the moment: call detach() first"
        )
    state = getattr(self, "__dict__", None) or None
    arguments = (type(self), _core._to_bytes(self), self.dtype, tuple(self.shape), self.requires_grad)
    return (_rebuild, arguments, state) if state else (_rebuild, arguments)


def _deepcopy(self: Tensor, memo: dict[int, Any]) -> Tensor:
    if id(self) in memo:
        known: Tensor = memo[id(self)]
        return known
    if not self.is_leaf:
        raise RuntimeError(
            "Only Tensors created explicitly by the user (graph leaves) support the deepcopy protocol at the moment.  "
            "If you were attempting to deepcopy a module, this may be because of a torch.nn.utils.weight_norm usage, "
            "see https://github.com/pytorch/pytorch/pull/103001"
        )
    copy = self.detach().clone()
    if type(self) is not Tensor:
        copy = Tensor._make_subclass(type(self), copy, self.requires_grad)
    elif self.requires_grad:
        copy.requires_grad_()
    memo[id(self)] = copy
    if self.grad is not None:
        copy.grad = _deepcopy(self.grad, memo)
    if getattr(self, "__dict__", None):
        from copy import deepcopy

        copy.__dict__.update(deepcopy(self.__dict__, memo))
    return copy


def _copy(self: Tensor) -> Tensor:
    copy: Tensor = Tensor._make_subclass(type(self), self, self.requires_grad)
    if getattr(self, "__dict__", None):
        copy.__dict__.update(self.__dict__)
    return copy


def _as_subclass(self: Tensor, cls: type[Tensor]) -> Tensor:
    """The same memory as an object of a subclass of Tensor, without history."""
    made: Tensor = Tensor._make_subclass(cls, self, self.requires_grad)
    return made


def _format(self: Tensor, spec: str) -> str:
    if self.dim() == 0 and type(self) is Tensor:
        return format(self.item(), spec)
    return object.__format__(self, spec)


def _reversed(self: Tensor) -> Tensor:
    return self if self.dim() == 0 else self.flip(0)


def _setstate(self: Tensor, state: dict[str, Any]) -> None:
    self.__dict__.update(state)


class _TypedTensor(type):
    """FloatTensor and its kin: constructors that also answer isinstance() by the dtype."""

    _dtype: Any
    _make: Any

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        return cls._make(*args, **kwargs)

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, Tensor) and instance.dtype is cls._dtype


def _typed_tensor(name: str) -> type:
    make = getattr(_core, name)
    doc = f"{name}(sizes...) or {name}(data): a tensor of that type; isinstance() looks at the dtype."
    return _TypedTensor(name, (), {"_make": make, "_dtype": make().dtype, "__doc__": doc, "__module__": "tapegrad"})


FloatTensor = _typed_tensor("FloatTensor")
DoubleTensor = _typed_tensor("DoubleTensor")
HalfTensor = _typed_tensor("HalfTensor")
BFloat16Tensor = _typed_tensor("BFloat16Tensor")
LongTensor = _typed_tensor("LongTensor")
IntTensor = _typed_tensor("IntTensor")
ShortTensor = _typed_tensor("ShortTensor")
CharTensor = _typed_tensor("CharTensor")
ByteTensor = _typed_tensor("ByteTensor")
BoolTensor = _typed_tensor("BoolTensor")


def _is_shared(self: Tensor) -> bool:
    """Always False: there is no shared memory."""
    return False


class _LinalgMethod:
    """A method of tapegrad.linalg, which is imported when the method is first looked up."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, instance: Tensor | None, owner: type[Tensor]) -> Any:
        from .linalg import _toplevel

        function = getattr(_toplevel, self.name)
        setattr(Tensor, self.name, function)
        return function.__get__(instance, owner)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return getattr(Tensor, self.name)(*args, **kwargs)


for _name in (
    "cholesky",
    "cholesky_inverse",
    "cholesky_solve",
    "det",
    "geqrf",
    "inverse",
    "logdet",
    "lu",
    "lu_solve",
    "matrix_exp",
    "matrix_power",
    "orgqr",
    "ormqr",
    "pinverse",
    "qr",
    "slogdet",
    "svd",
    "triangular_solve",
):
    setattr(Tensor, _name, _LinalgMethod(_name))


def _dlpack(
    self: Tensor,
    *,
    stream: int | None = -1,
    max_version: tuple[int, int] | None = None,
    dl_device: tuple[int, int] | None = None,
    copy: bool | None = None,
) -> Any:
    """A DLPack capsule over this tensor's memory (or a copy of it), for from_dlpack() of another library."""
    if stream is not None and type(stream) is not int:
        raise TypeError("stream must be ``int`` or ``none``")
    if stream is not None and stream != -1:
        raise AssertionError("stream should be None on cpu.")
    if dl_device is not None and tuple(dl_device) != (1, 0):
        raise BufferError(f"tapegrad runs on the CPU only: cannot export to DLPack device {tuple(dl_device)}")
    return _core._to_dlpack(self, max_version is not None and max_version[0] >= 1, bool(copy))


def _dlpack_device(self: Tensor) -> tuple[Any, int]:
    """(DLDeviceType.kDLCPU, 0)."""
    from .utils.dlpack import DLDeviceType

    return (DLDeviceType.kDLCPU, 0)


def _rdiv(self: Tensor, other: Any) -> Any:
    """other / self."""
    return self.reciprocal() * other


for _name, _value in {
    "__dlpack__": _dlpack,
    "__dlpack_device__": _dlpack_device,
    "__rdiv__": _rdiv,
    "__reduce_ex__": _reduce_ex,
    "__copy__": _copy,
    "__deepcopy__": _deepcopy,
    "as_subclass": _as_subclass,
    "__format__": _format,
    "__reversed__": _reversed,
    "__setstate__": _setstate,
    "__array_priority__": 1000,  # NumPy's operators leave the work to ours
    "is_shared": _is_shared,
    "_make_subclass": staticmethod(_core._make_subclass),
    "layout": property(lambda self: strided, doc="Always strided."),
    "__module__": "tapegrad",
}.items():
    setattr(Tensor, _name, _value)
