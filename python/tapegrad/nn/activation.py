"""Activation functions as modules."""

from __future__ import annotations

from .. import _core
from .._core import Tensor
from . import functional
from .module import Module

__all__ = ["LogSoftmax", "ReLU", "Sigmoid", "Softmax", "Tanh"]


class ReLU(Module):
    """max(input, 0).

    >>> import tapegrad as tg
    >>> tg.nn.ReLU()(tg.tensor([-1.0, 2.0]))
    tensor([0., 2.])
    """

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """The rectified input."""
        return input.relu_() if self.inplace else _core.relu(input)

    def extra_repr(self) -> str:
        """Options, as repr() shows them."""
        return "inplace=True" if self.inplace else ""


class Tanh(Module):
    """Hyperbolic tangent.

    >>> import tapegrad as tg
    >>> tg.nn.Tanh()(tg.zeros(1))
    tensor([0.])
    """

    def forward(self, input: Tensor) -> Tensor:
        """tanh of the input."""
        return _core.tanh(input)


class Sigmoid(Module):
    """1 / (1 + exp(-input)).

    >>> import tapegrad as tg
    >>> tg.nn.Sigmoid()(tg.zeros(1))
    tensor([0.5000])
    """

    def forward(self, input: Tensor) -> Tensor:
        """sigmoid of the input."""
        return _core.sigmoid(input)


class _OverDim(Module):
    def __init__(self, dim: int | None = None) -> None:
        super().__init__()
        self.dim = dim

    def extra_repr(self) -> str:
        """The dimension, as repr() shows it."""
        return f"dim={self.dim}"


class Softmax(_OverDim):
    """exp(input) over its sum along `dim`.

    >>> import tapegrad as tg
    >>> tg.nn.Softmax(dim=0)(tg.zeros(2))
    tensor([0.5000, 0.5000])
    """

    def forward(self, input: Tensor) -> Tensor:
        """softmax of the input."""
        return functional.softmax(input, self.dim, _stacklevel=5)


class LogSoftmax(_OverDim):
    """Logarithm of Softmax, computed without overflow.

    >>> import tapegrad as tg
    >>> tg.nn.LogSoftmax(dim=0)(tg.zeros(2))
    tensor([-0.6931, -0.6931])
    """

    def forward(self, input: Tensor) -> Tensor:
        """log_softmax of the input."""
        return functional.log_softmax(input, self.dim, _stacklevel=5)
