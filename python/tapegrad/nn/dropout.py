"""Dropout (Srivastava et al. 2014)."""

from __future__ import annotations

from .._core import Tensor
from . import functional
from .module import Module

__all__ = ["Dropout"]


class Dropout(Module):
    """While training, sets elements to zero with probability p and divides the others by 1 - p.

    >>> import tapegrad as tg
    >>> tg.nn.Dropout(0.5).eval()(tg.ones(3))
    tensor([1., 1., 1.])
    """

    def __init__(self, p: float = 0.5, inplace: bool = False) -> None:
        super().__init__()
        if p < 0 or p > 1:
            raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
        self.p = p
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """The input with elements dropped; the input itself in eval mode."""
        return functional.dropout(input, self.p, self.training, self.inplace)

    def extra_repr(self) -> str:
        """Options, as repr() shows them."""
        return f"p={self.p}, inplace={self.inplace}"
