"""Training as one call: fit() with validation, metrics, progress, early stopping, checkpoints and a
History."""

from .early_stopping import EarlyStopping
from .fit import fit
from .history import History
from .metrics import accuracy

__all__ = ["EarlyStopping", "History", "accuracy", "fit"]
