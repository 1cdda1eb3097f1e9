"""Data loading and hook registries: torch.utils' part for training."""

from . import data, hooks

__all__ = ["data", "hooks"]
