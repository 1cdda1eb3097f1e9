"""Early stopping: ends a training that no longer improves."""

from __future__ import annotations

import math
from typing import Any

__all__ = ["EarlyStopping"]


class EarlyStopping:
    """Stops after `patience` epochs without an improvement of more than min_delta.

    monitor: a key of the History, by default "val_loss" where there is validation data, else
    "loss"; mode: "min" or "max", by default "max" for names that hold "acc"; restore_best: the
    model ends with the parameters of its best epoch.
    Raises ValueError for patience below 1 and other modes.

    >>> stopping = EarlyStopping(patience=2)
    >>> [stopping.update(epoch, value) for epoch, value in enumerate([3.0, 2.0, 2.5, 2.1])]
    [False, False, False, True]
    >>> stopping.best_epoch
    1
    """

    def __init__(
        self,
        patience: int = 5,
        min_delta: float = 0.0,
        monitor: str | None = None,
        restore_best: bool = True,
        mode: str | None = None,
    ) -> None:
        if patience < 1:
            raise ValueError(f"patience must be at least 1, got {patience}")
        if mode not in (None, "min", "max"):
            raise ValueError(f"mode must be 'min' or 'max', got {mode!r}")
        self.patience = patience
        self.min_delta = min_delta
        self.monitor = monitor
        self.restore_best = restore_best
        self.mode = mode
        self.reset()

    def reset(self) -> None:
        """Forgets what it saw; fit() calls it first."""
        self.best: float | None = None
        self.best_epoch: int | None = None
        self.best_state: Any = None
        self.waited = 0

    @property
    def sign(self) -> int:
        """-1 where larger values are better."""
        mode = self.mode or ("max" if "acc" in (self.monitor or "") else "min")
        return -1 if mode == "max" else 1

    def update(self, epoch: int, value: float) -> bool:
        """Takes the value of an epoch; True where the training should stop. A nan is no
        improvement."""
        known = math.inf if self.best is None else self.sign * self.best
        if self.sign * value < known - self.min_delta:
            self.best, self.best_epoch, self.waited = value, epoch, 0
        else:
            self.waited += 1
        return self.waited >= self.patience

    def state(self) -> dict[str, Any]:
        """What a checkpoint holds of it."""
        return {
            "best": self.best,
            "best_epoch": self.best_epoch,
            "best_state": self.best_state,
            "waited": self.waited,
        }

    def load(self, state: dict[str, Any]) -> None:
        """Takes over what state() returned."""
        for name, value in state.items():
            setattr(self, name, value)
