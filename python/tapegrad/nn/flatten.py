"""Flatten: a module that joins dimensions."""

from __future__ import annotations

from .._core import Tensor
from .module import Module

__all__ = ["Flatten"]


class Flatten(Module):
    """Joins the dimensions start_dim to end_dim into one.

    >>> import tapegrad as tg
    >>> tg.nn.Flatten()(tg.ones(2, 3, 4)).shape
    torch.Size([2, 12])
    """

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        super().__init__()
        self.start_dim = start_dim
        self.end_dim = end_dim

    def forward(self, input: Tensor) -> Tensor:
        """The flattened input: a view where its strides allow one."""
        return input.flatten(self.start_dim, self.end_dim)

    def extra_repr(self) -> str:
        """Dimensions, as repr() shows them."""
        return f"start_dim={self.start_dim}, end_dim={self.end_dim}"
