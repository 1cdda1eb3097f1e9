"""Metrics: functions of a batch's output and target that return a number, averaged over the samples
by fit()."""

from __future__ import annotations

from .._core import Tensor

__all__ = ["accuracy"]


def accuracy(output: Tensor, target: Tensor) -> float:
    """Share of samples whose largest output is the target class. output: (N, C, ...), target: (N,
    ...).

    Raises ValueError where output does not have one dimension more than target.

    >>> import tapegrad as tg
    >>> accuracy(tg.tensor([[0.1, 0.9], [0.8, 0.2]]), tg.tensor([1, 1]))
    0.5
    """
    if output.dim() != target.dim() + 1:
        raise ValueError(
            "accuracy: expected outputs (N, C, ...) for targets (N, ...), got shapes "
            f"{tuple(output.shape)} and "
            f"{tuple(target.shape)}"
        )
    return int((output.argmax(1) == target).sum().item()) / max(target.numel(), 1)
