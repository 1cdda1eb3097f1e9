"""Affine maps: Linear, and Identity."""

from __future__ import annotations

import math
from typing import Any

from .. import _core
from .._core import Tensor
from . import init
from .module import Module
from .parameter import Parameter

__all__ = ["Identity", "Linear"]


class Identity(Module):
    """Returns its input; takes and ignores any arguments.

    >>> import tapegrad as tg
    >>> tg.nn.Identity()(1)
    1
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()

    def forward(self, input: Any) -> Any:
        """The input itself."""
        return input


class Linear(Module):
    """input @ weight.T + bias, with PyTorch's initial values for the same seed.

    input: (*, in_features); returns (*, out_features). weight: (out_features, in_features) and
    bias: (out_features), both uniform in +-1/sqrt(in_features).

    >>> import tapegrad as tg
    >>> layer = tg.nn.Linear(3, 2)
    >>> layer(tg.ones(4, 3)).shape
    torch.Size([4, 2])
    >>> layer
    Linear(in_features=3, out_features=2, bias=True)
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        self.weight = Parameter(_core.empty((out_features, in_features), dtype=dtype, device=device))
        if bias:
            self.bias = Parameter(_core.empty(out_features, dtype=dtype, device=device))
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draws new initial values."""
        # a = sqrt(5) makes Kaiming's bound 1 / sqrt(fan_in)
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            bound = 1 / math.sqrt(self.in_features) if self.in_features > 0 else 0
            init.uniform_(self.bias, -bound, bound)

    def forward(self, input: Tensor) -> Tensor:
        """The affine map of `input`."""
        return _core.linear(input, self.weight, self.bias)

    def extra_repr(self) -> str:
        """Sizes, as repr() shows them."""
        sizes = f"in_features={self.in_features}, out_features={self.out_features}"
        return f"{sizes}, bias={self.bias is not None}"
