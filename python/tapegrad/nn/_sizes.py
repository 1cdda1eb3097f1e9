"""What the layers over one to three dimensions share."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def repeated(value: Any, count: int) -> tuple[Any, ...]:
    """`value` as a tuple: itself where it is a sequence, else `count` times."""
    return tuple(value) if isinstance(value, Iterable) else (value,) * count
