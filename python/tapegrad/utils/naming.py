"""Type names as PyTorch writes them in its messages."""

from __future__ import annotations

from .._core import Tensor

__all__ = ["type_name"]


def type_name(value: object) -> str:
    """Name of a value's type with its module; the legacy name of a tensor.

    >>> type_name(1.0), type_name([])
    ('float', 'list')
    """
    if isinstance(value, Tensor):
        return str(value.type())
    kind = value if isinstance(value, type) else type(value)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
