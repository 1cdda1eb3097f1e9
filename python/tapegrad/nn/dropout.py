"""Dropout (Srivastava et al. 2014)."""

from __future__ import annotations

from .._core import Tensor
from . import functional
from .module import Module

__all__ = [
    "AlphaDropout", "Dropout", "Dropout1d", "Dropout2d", "Dropout3d", "FeatureAlphaDropout",
]  # fmt: skip


class _Dropout(Module):
    def __init__(self, p: float = 0.5, inplace: bool = False) -> None:
        super().__init__()
        if p < 0 or p > 1:
            raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
        self.p = p
        self.inplace = inplace

    def extra_repr(self) -> str:
        """Options, as repr() shows them."""
        return f"p={self.p}, inplace={self.inplace}"


class Dropout(_Dropout):
    """While training, sets elements to zero with probability p and divides the others by 1 - p.

    >>> import tapegrad as tg
    >>> tg.nn.Dropout(0.5).eval()(tg.ones(3))
    tensor([1., 1., 1.])
    """

    def forward(self, input: Tensor) -> Tensor:
        """The input with elements dropped; the input itself in eval mode."""
        return functional.dropout(input, self.p, self.training, self.inplace)


class Dropout1d(_Dropout):
    """Dropout of whole channels of (C, L) or (N, C, L).

    >>> import tapegrad as tg
    >>> tg.nn.Dropout1d(0.5).eval()(tg.ones(1, 2))
    tensor([[1., 1.]])
    """

    def forward(self, input: Tensor) -> Tensor:
        """The input with parts dropped; the input itself in eval mode."""
        return functional.dropout1d(input, self.p, self.training, self.inplace)


class Dropout2d(_Dropout):
    """Dropout of whole channels of images (N, C, H, W).

    >>> import tapegrad as tg
    >>> tg.nn.Dropout2d(0.5).eval()(tg.ones(1, 1, 1, 2))
    tensor([[[[1., 1.]]]])
    """

    def forward(self, input: Tensor) -> Tensor:
        """The input with parts dropped; the input itself in eval mode."""
        return functional.dropout2d(input, self.p, self.training, self.inplace)


class Dropout3d(_Dropout):
    """Dropout of whole channels of volumes (C, D, H, W) or (N, C, D, H, W).

    >>> import tapegrad as tg
    >>> tg.nn.Dropout3d(0.5).eval()(tg.ones(1, 1, 1, 2))
    tensor([[[[1., 1.]]]])
    """

    def forward(self, input: Tensor) -> Tensor:
        """The input with parts dropped; the input itself in eval mode."""
        return functional.dropout3d(input, self.p, self.training, self.inplace)


class AlphaDropout(_Dropout):
    """Dropout that keeps mean and variance of SELU activations (Klambauer et al. 2017).

    >>> import tapegrad as tg
    >>> tg.nn.AlphaDropout(0.5).eval()(tg.ones(1, 2))
    tensor([[1., 1.]])
    """

    def forward(self, input: Tensor) -> Tensor:
        """The input with parts dropped; the input itself in eval mode."""
        return functional.alpha_dropout(input, self.p, self.training, self.inplace)


class FeatureAlphaDropout(_Dropout):
    """AlphaDropout of whole channels (dimensions 0 and 1).

    >>> import tapegrad as tg
    >>> tg.nn.FeatureAlphaDropout(0.5).eval()(tg.ones(1, 2))
    tensor([[1., 1.]])
    """

    def forward(self, input: Tensor) -> Tensor:
        """The input with parts dropped; the input itself in eval mode."""
        return functional.feature_alpha_dropout(input, self.p, self.training, self.inplace)
