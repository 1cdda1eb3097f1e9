"""Activations as one node of the graph each: a forward and a backward.

All backwards are made of differentiable operations, so second derivatives follow.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from .. import _core
from .._core import Tensor
from ..autograd import Function


def _shown_as(name: str) -> Callable[[type[Function]], type[Function]]:
    """Gives the nodes of a Function PyTorch's name."""

    def rename(cls: type[Function]) -> type[Function]:
        cls._ctx_type.__name__ = cls._ctx_type.__qualname__ = name
        return cls

    return rename


@_shown_as("LeakyReluBackward0")
class LeakyRelu(Function):
    """x where it is positive, slope * x elsewhere."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, slope: float) -> Tensor:
        """Keeps the input."""
        ctx.save_for_backward(x)
        ctx.slope = slope
        return _core.where(x > 0, x, x * slope)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Any, ...]:
        """The slope is 0's too."""
        (x,) = ctx.saved_tensors
        return _core.where(x > 0, grad, grad * ctx.slope), None


@_shown_as("SoftplusBackward0")
class Softplus(Function):
    """log(1 + exp(beta * x)) / beta; x itself above the threshold."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, beta: float, threshold: float) -> Tensor:
        """Keeps the input."""
        ctx.save_for_backward(x)
        ctx.beta, ctx.threshold = beta, threshold
        scaled = x * beta
        return _core.where(scaled > threshold, x, scaled.exp().log1p() / beta)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Any, ...]:
        """Sigmoid below the threshold."""
        (x,) = ctx.saved_tensors
        scaled = x * ctx.beta
        return _core.where(scaled > ctx.threshold, grad, grad * scaled.sigmoid()), None, None


@_shown_as("GeluBackward0")
class Gelu(Function):
    """x * Phi(x) with the normal distribution function Phi, or its tanh approximation (Hendrycks &
    Gimpel 2016)."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, approximate: bool) -> Tensor:
        """Keeps the input."""
        ctx.save_for_backward(x)
        ctx.approximate = approximate
        if approximate:
            inner = math.sqrt(2 / math.pi) * (x + 0.044715 * (x * x * x))
            return 0.5 * x * (1 + inner.tanh())
        return x * 0.5 * (1 + _core.erf(x * math.sqrt(0.5)))

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Any, ...]:
        """Product rule."""
        (x,) = ctx.saved_tensors
        if ctx.approximate:
            scale = math.sqrt(2 / math.pi)
            t = (scale * (x + 0.044715 * (x * x * x))).tanh()
            inner_slope = scale * (1 + 3 * 0.044715 * (x * x))
            return grad * (0.5 * (1 + t) + 0.5 * x * (1 - t * t) * inner_slope), None
        distribution = 0.5 * (1 + _core.erf(x * math.sqrt(0.5)))
        density = (x * x * -0.5).exp() * (1 / math.sqrt(2 * math.pi))
        return grad * (distribution + x * density), None
