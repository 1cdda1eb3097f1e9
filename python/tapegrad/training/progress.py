"""The progress bar of fit(): tqdm's where it is installed and standard error is a terminal, else
nothing."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any

__all__ = ["Progress"]


class Progress:
    """A bar over all batches of a training: rate, time left, epoch and the latest values."""

    def __init__(self, show: bool, batches: int | None, done: int) -> None:
        self._bar: Any = None
        if not show or not sys.stderr.isatty():
            return
        try:
            from tqdm import tqdm
        except ImportError:
            return
        self._bar = tqdm(total=batches, initial=done, unit="batch", dynamic_ncols=True, file=sys.stderr)

    @property
    def shown(self) -> bool:
        """Whether there is a bar."""
        return self._bar is not None

    def batch(self, epoch: int, epochs: int, values: Mapping[str, float]) -> None:
        """One batch more; `values` are shown beside the bar, which must be there."""
        self._bar.set_description_str(f"epoch {epoch + 1}/{epochs}", refresh=False)
        shown = " ".join(f"{name}={value:.4g}" for name, value in values.items())
        self._bar.set_postfix_str(shown, refresh=False)
        self._bar.update()

    def close(self) -> None:
        """Leaves the bar as it is."""
        if self._bar is not None:
            self._bar.close()
