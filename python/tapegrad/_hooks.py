"""Handles of registered hooks."""

from __future__ import annotations

from types import TracebackType
from typing import Any


class RemovableHandle:
    """What register_hook() returns: remove() undoes the registration, leaving a `with` block does so too.

    >>> import tapegrad as tg
    >>> x = tg.ones(1, requires_grad=True)
    >>> with x.register_hook(lambda grad: grad * 10):
    ...     (x * 2).backward()
    >>> x.grad
    tensor([20.])
    """

    __slots__ = ("_owner", "id")

    def __init__(self, owner: Any, id: int) -> None:
        self._owner = owner
        self.id = id

    def remove(self) -> None:
        """Removes the hook; a second call does nothing."""
        owner, self._owner = self._owner, None
        if owner is not None:
            owner._remove_hook(self.id)

    def __enter__(self) -> RemovableHandle:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.remove()
