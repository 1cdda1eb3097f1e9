"""Random numbers: the names of torch.random."""

from __future__ import annotations

from ._core import get_rng_state, initial_seed, manual_seed, seed, set_rng_state

__all__ = ["get_rng_state", "initial_seed", "manual_seed", "seed", "set_rng_state"]
