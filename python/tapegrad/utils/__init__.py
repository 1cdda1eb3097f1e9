"""Data loading, hook registries and DLPack: torch.utils' part for training and exchange."""

from . import data, dlpack, hooks

__all__ = ["data", "dlpack", "hooks"]
