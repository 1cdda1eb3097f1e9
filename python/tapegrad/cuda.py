"""The face of torch.cuda on a library for the CPU: there is no device, and asking says so."""

from __future__ import annotations

from typing import Any


def is_available() -> bool:
    """False: tapegrad runs on the CPU only."""
    return False


def device_count() -> int:
    """0."""
    return 0


def is_initialized() -> bool:
    """False."""
    return False


def manual_seed(seed: int) -> None:
    """Does nothing, as PyTorch without a GPU."""


def manual_seed_all(seed: int) -> None:
    """Does nothing, as PyTorch without a GPU."""


def empty_cache() -> None:
    """Does nothing: see tapegrad.empty_cache for the CPU's cache."""


def synchronize(device: Any = None) -> None:
    """Raises RuntimeError: there is no device to wait for."""
    raise RuntimeError("tapegrad runs on the CPU only: there is no CUDA device")


def current_device() -> int:
    """Raises RuntimeError: there is no device."""
    raise RuntimeError("tapegrad runs on the CPU only: there is no CUDA device")


def get_device_name(device: Any = None) -> str:
    """Raises RuntimeError: there is no device."""
    raise RuntimeError("tapegrad runs on the CPU only: there is no CUDA device")
