"""Registries of hooks, as modules and optimizers keep them."""

from __future__ import annotations

import itertools
from typing import Any

from .._hooks import RemovableHandle

__all__ = ["HookDict", "RemovableHandle"]

_next_id = itertools.count()


class HookDict(dict[int, Any]):
    """Hooks by id, called in the order of the dict; add() returns the handle that removes one.

    >>> hooks = HookDict()
    >>> handle = hooks.add(print)
    >>> handle.remove()
    >>> len(hooks)
    0
    """

    def add(self, hook: Any, prepend: bool = False) -> RemovableHandle:
        """Registers `hook`, before the others where `prepend`."""
        handle = RemovableHandle(self, next(_next_id))
        if prepend:
            others = dict(self)
            self.clear()
            self[handle.id] = hook
            self.update(others)
        else:
            self[handle.id] = hook
        return handle

    def _remove_hook(self, id: int) -> None:
        self.pop(id, None)
