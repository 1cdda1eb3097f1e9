"""Named tuples of operations with several results, as torch.return_types."""

from __future__ import annotations

import sys
from operator import itemgetter
from typing import Any


class _Result(tuple[Any, ...]):
    __slots__ = ()
    _fields: tuple[str, ...] = ()

    def __repr__(self) -> str:
        parts = ",\n".join(f"{name}={value!r}" for name, value in zip(self._fields, self, strict=True))
        return f"torch.return_types.{type(self).__name__}(\n{parts})"

    def __reduce__(self) -> Any:
        return (_rebuild, (type(self).__name__, self._fields, tuple(self)))


def _make(name: str, fields: tuple[str, ...]) -> type[_Result]:
    """The result type `name`, made on first use."""
    module = sys.modules[__name__]
    known: type[_Result] | None = getattr(module, name, None)
    if known is not None:
        return known
    members: dict[str, Any] = {"__slots__": (), "_fields": fields, "__module__": __name__}
    members.update({field: property(itemgetter(i)) for i, field in enumerate(fields)})
    made = type(name, (_Result,), members)
    setattr(module, name, made)
    return made


def _rebuild(name: str, fields: tuple[str, ...], values: tuple[Any, ...]) -> _Result:
    return _make(name, fields)(values)
