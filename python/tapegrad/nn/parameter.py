"""Parameter: a tensor that a Module registers when it is assigned to one; and what stands in for
parameters and buffers of lazy modules while their shapes are unknown.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from .. import _core
from .._core import Tensor

__all__ = ["Parameter", "UninitializedBuffer", "UninitializedParameter", "is_lazy"]


class Parameter(Tensor):
    """A leaf over the memory of `data` that a module counts among its parameters.

    data: a tensor, empty if left out; requires_grad: True unless said otherwise, under no_grad()
    too.

    >>> import tapegrad as tg
    >>> tg.nn.Parameter(tg.zeros(2))
    Parameter containing:
    tensor([0., 0.], requires_grad=True)
    """

    def __new__(cls, data: Any = None, requires_grad: bool = True) -> Parameter:
        if data is None:
            data = _core.empty(0)
        made: Parameter = Tensor._make_subclass(cls, data, requires_grad)
        return made

    def __repr__(self) -> str:
        return "Parameter containing:\n" + super().__repr__()

    def __deepcopy__(self, memo: dict[int, Any]) -> Parameter:
        known = memo.get(id(self))
        if known is None:
            known = memo[id(self)] = type(self)(self.data.clone(), self.requires_grad)
        return known


class _Uninitialized(Tensor):
    """Empty memory of a dtype. materialize() gives it a shape and makes it one of `cls_to_become`."""

    cls_to_become: ClassVar[type[Tensor]]
    _KNOWN = frozenset([
        "data", "dtype", "device", "grad", "grad_fn", "requires_grad", "requires_grad_", "is_leaf", "is_floating_point",
        "to", "half", "bfloat16", "float", "double", "cpu", "copy_", "shape",
    ])  # fmt: skip

    def __getattribute__(self, name: str) -> Any:
        if name.startswith("_") or name in _Uninitialized._KNOWN or not hasattr(Tensor, name):
            return super().__getattribute__(name)
        raise ValueError(
            f"Attempted to use an uninitialized parameter in {getattr(Tensor, name)}. This error happens when you are "
            "using a `LazyModule` or explicitly manipulating "
            f"`torch.nn.parameter.{type(self).__name__}` objects. When using LazyModules Call `forward` with a dummy "
            "batch to initialize the parameters before calling torch functions"
        )

    def materialize(self, shape: Sequence[int], device: Any = None, dtype: Any = None) -> None:
        """Makes memory of the shape, whose values are still to be set."""
        self.data = _core.empty(tuple(shape), device=device, dtype=dtype or self.dtype)
        self.__class__ = self.cls_to_become  # type: ignore[assignment]

    @property
    def shape(self) -> Any:
        """Not known yet: raises RuntimeError."""
        raise RuntimeError(
            "Can't access the shape of an uninitialized parameter or buffer. This error usually happens in "
            "`load_state_dict` when trying to load an uninitialized parameter into an initialized one. Call `forward` "
            "to initialize the parameters before accessing their attributes."
        )

    def __repr__(self) -> str:
        return f"<{type(self).__name__}>"

    def __reduce_ex__(self, protocol: Any) -> Any:
        return type(self), (self.requires_grad, None, self.dtype)

    def __deepcopy__(self, memo: dict[int, Any]) -> Any:
        if id(self) not in memo:
            memo[id(self)] = type(self)(self.requires_grad, None, self.dtype)
        return memo[id(self)]


class UninitializedParameter(_Uninitialized, Parameter):
    """A parameter of a lazy module whose shape is not known yet; only its dtype can be changed.

    >>> import tapegrad as tg
    >>> waiting = tg.nn.UninitializedParameter()
    >>> waiting
    <UninitializedParameter>
    >>> waiting.materialize((2, 3))
    >>> type(waiting), waiting.shape
    (<class 'tapegrad.nn.parameter.Parameter'>, torch.Size([2, 3]))
    """

    cls_to_become = Parameter

    def __new__(cls, requires_grad: bool = True, device: Any = None, dtype: Any = None) -> UninitializedParameter:
        made: UninitializedParameter = Tensor._make_subclass(
            cls, _core.empty(0, device=device, dtype=dtype), requires_grad
        )
        return made


class UninitializedBuffer(_Uninitialized):
    """A buffer of a lazy module whose shape is not known yet; only its dtype can be changed."""

    cls_to_become = Tensor

    def __new__(cls, requires_grad: bool = False, device: Any = None, dtype: Any = None) -> UninitializedBuffer:
        made: UninitializedBuffer = Tensor._make_subclass(
            cls, _core.empty(0, device=device, dtype=dtype), requires_grad
        )
        return made


def is_lazy(value: Any) -> bool:
    """Whether it is a parameter or buffer that waits for its shape."""
    return isinstance(value, _Uninitialized)
