"""Parameter: a tensor that a Module registers when it is assigned to one."""

from __future__ import annotations

from typing import Any

from .. import _core
from .._core import Tensor

__all__ = ["Parameter"]


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
