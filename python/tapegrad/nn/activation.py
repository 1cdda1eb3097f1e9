"""Activation functions as modules."""

from __future__ import annotations

import warnings
from typing import Any

from .. import _core
from .._core import Tensor
from . import functional
from .module import Module
from .parameter import Parameter

__all__ = [
    "CELU", "ELU", "GELU", "GLU", "Hardshrink", "Hardsigmoid", "Hardswish", "Hardtanh",
    "LeakyReLU", "LogSigmoid", "LogSoftmax", "Mish", "PReLU", "RReLU", "ReLU", "ReLU6", "SELU",
    "SiLU", "Sigmoid", "Softmax", "Softmax2d", "Softmin", "Softplus", "Softshrink", "Softsign",
    "Tanh", "Tanhshrink", "Threshold",
]  # fmt: skip


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


class _InPlace(Module):
    """A function with an in-place form."""

    def __init__(self, inplace: bool = False) -> None:
        super().__init__()
        self.inplace = inplace

    def extra_repr(self) -> str:
        """Options, as repr() shows them."""
        return "inplace=True" if self.inplace else ""


class ReLU6(_InPlace):
    """input cut to the range from 0 to 6.

    >>> import tapegrad as tg
    >>> tg.nn.ReLU6()(tg.tensor([-1.0, 8.0]))
    tensor([0., 6.])
    """

    def forward(self, input: Tensor) -> Tensor:
        """relu6 of the input."""
        return functional.relu6(input, self.inplace)


class Hardsigmoid(_InPlace):
    """input / 6 + 1 / 2, cut to the range from 0 to 1.

    >>> import tapegrad as tg
    >>> tg.nn.Hardsigmoid()(tg.zeros(1))
    tensor([0.5000])
    """

    def forward(self, input: Tensor) -> Tensor:
        """hardsigmoid of the input."""
        return functional.hardsigmoid(input, self.inplace)

    def extra_repr(self) -> str:
        """Nothing, as in PyTorch."""
        return ""


class Hardswish(_InPlace):
    """input * Hardsigmoid()(input) (Howard et al. 2019).

    >>> import tapegrad as tg
    >>> tg.nn.Hardswish()(tg.ones(1))
    tensor([0.6667])
    """

    def forward(self, input: Tensor) -> Tensor:
        """hardswish of the input."""
        return functional.hardswish(input, self.inplace)

    def extra_repr(self) -> str:
        """Nothing, as in PyTorch."""
        return ""


class SELU(_InPlace):
    """ELU scaled so that mean and variance stay (Klambauer et al. 2017).

    >>> import tapegrad as tg
    >>> tg.nn.SELU()(tg.ones(1))
    tensor([1.0507])
    """

    def forward(self, input: Tensor) -> Tensor:
        """selu of the input."""
        return functional.selu(input, self.inplace)


class SiLU(_InPlace):
    """input * sigmoid(input), also called swish.

    >>> import tapegrad as tg
    >>> tg.nn.SiLU()(tg.ones(1))
    tensor([0.7311])
    """

    def forward(self, input: Tensor) -> Tensor:
        """silu of the input."""
        return functional.silu(input, self.inplace)


class Mish(_InPlace):
    """input * tanh(softplus(input)) (Misra 2019).

    >>> import tapegrad as tg
    >>> tg.nn.Mish()(tg.ones(1))
    tensor([0.8651])
    """

    def forward(self, input: Tensor) -> Tensor:
        """mish of the input."""
        return functional.mish(input, self.inplace)


class LogSigmoid(Module):
    """Logarithm of sigmoid(input).

    >>> import tapegrad as tg
    >>> tg.nn.LogSigmoid()(tg.zeros(1))
    tensor([-0.6931])
    """

    def forward(self, input: Tensor) -> Tensor:
        """logsigmoid of the input."""
        return functional.logsigmoid(input)


class Softsign(Module):
    """input / (1 + |input|).

    >>> import tapegrad as tg
    >>> tg.nn.Softsign()(tg.ones(1))
    tensor([0.5000])
    """

    def forward(self, input: Tensor) -> Tensor:
        """softsign of the input."""
        return functional.softsign(input)


class Tanhshrink(Module):
    """input - tanh(input).

    >>> import tapegrad as tg
    >>> tg.nn.Tanhshrink()(tg.ones(1))
    tensor([0.2384])
    """

    def forward(self, input: Tensor) -> Tensor:
        """tanhshrink of the input."""
        return functional.tanhshrink(input)


class ELU(Module):
    """input where it is positive, alpha * (exp(input) - 1) elsewhere (Clevert et al. 2015).

    >>> import tapegrad as tg
    >>> tg.nn.ELU()(-tg.ones(1))
    tensor([-0.6321])
    """

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__()
        self.alpha = alpha
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """elu of the input."""
        return functional.elu(input, self.alpha, self.inplace)

    def extra_repr(self) -> str:
        """Options, as repr() shows them."""
        return f"alpha={self.alpha}" + (", inplace=True" if self.inplace else "")


class CELU(Module):
    """input where it is positive, alpha * (exp(input / alpha) - 1) elsewhere (Barron 2017).

    >>> import tapegrad as tg
    >>> tg.nn.CELU()(-tg.ones(1))
    tensor([-0.6321])
    """

    def __init__(self, alpha: float = 1.0, inplace: bool = False) -> None:
        super().__init__()
        self.alpha = alpha
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """celu of the input."""
        return functional.celu(input, self.alpha, self.inplace)

    def extra_repr(self) -> str:
        """Options, as repr() shows them."""
        return f"alpha={self.alpha}" + (", inplace=True" if self.inplace else "")


class LeakyReLU(Module):
    """input where it is positive, negative_slope * input elsewhere.

    >>> import tapegrad as tg
    >>> tg.nn.LeakyReLU()(-tg.ones(1))
    tensor([-0.0100])
    """

    def __init__(self, negative_slope: float = 0.01, inplace: bool = False) -> None:
        super().__init__()
        self.negative_slope = negative_slope
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """leaky_relu of the input."""
        return functional.leaky_relu(input, self.negative_slope, self.inplace)

    def extra_repr(self) -> str:
        """Options, as repr() shows them."""
        return f"negative_slope={self.negative_slope}" + (", inplace=True" if self.inplace else "")


class GLU(Module):
    """The first half of input along `dim` times the sigmoid of the second.

    >>> import tapegrad as tg
    >>> tg.nn.GLU()(tg.tensor([2.0, 0.0]))
    tensor([1.])
    """

    def __init__(self, dim: int = -1) -> None:
        super().__init__()
        self.dim = dim

    def forward(self, input: Tensor) -> Tensor:
        """glu of the input."""
        return functional.glu(input, self.dim)

    def extra_repr(self) -> str:
        """Options, as repr() shows them."""
        return f"dim={self.dim}"


class GELU(Module):
    """input times the normal distribution function of input; approximate: "none" or "tanh".

    >>> import tapegrad as tg
    >>> tg.nn.GELU()(tg.ones(1))
    tensor([0.8413])
    """

    def __init__(self, approximate: str = "none") -> None:
        super().__init__()
        self.approximate = approximate

    def forward(self, input: Tensor) -> Tensor:
        """gelu of the input."""
        return functional.gelu(input, approximate=self.approximate)

    def extra_repr(self) -> str:
        """Options, as repr() shows them."""
        return f"approximate={self.approximate!r}"


class Softshrink(Module):
    """input moved towards 0 by lambd, 0 within lambd of it.

    >>> import tapegrad as tg
    >>> tg.nn.Softshrink()(tg.ones(1))
    tensor([0.5000])
    """

    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__()
        self.lambd = lambd

    def forward(self, input: Tensor) -> Tensor:
        """softshrink of the input."""
        return functional.softshrink(input, self.lambd)

    def extra_repr(self) -> str:
        """Options, as repr() shows them."""
        return f"{self.lambd}"


class Hardshrink(Module):
    """input, but 0 where it is between -lambd and lambd.

    >>> import tapegrad as tg
    >>> tg.nn.Hardshrink()(tg.ones(1))
    tensor([1.])
    """

    def __init__(self, lambd: float = 0.5) -> None:
        super().__init__()
        self.lambd = lambd

    def forward(self, input: Tensor) -> Tensor:
        """hardshrink of the input."""
        return functional.hardshrink(input, self.lambd)

    def extra_repr(self) -> str:
        """Options, as repr() shows them."""
        return f"{self.lambd}"


class Softplus(Module):
    """log(1 + exp(beta * input)) / beta; input itself where beta * input is above the threshold.

    >>> import tapegrad as tg
    >>> tg.nn.Softplus()(tg.zeros(1))
    tensor([0.6931])
    """

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        super().__init__()
        self.beta = beta
        self.threshold = threshold

    def forward(self, input: Tensor) -> Tensor:
        """softplus of the input."""
        return functional.softplus(input, self.beta, self.threshold)

    def extra_repr(self) -> str:
        """Options, as repr() shows them."""
        return f"beta={self.beta}, threshold={self.threshold}"


class Threshold(Module):
    """input where it is above the threshold, value elsewhere.

    >>> import tapegrad as tg
    >>> tg.nn.Threshold(1.0, -1.0)(tg.tensor([0.5, 2.0]))
    tensor([-1.,  2.])
    """

    def __init__(self, threshold: float, value: float, inplace: bool = False) -> None:
        super().__init__()
        self.threshold = threshold
        self.value = value
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """threshold of the input."""
        return functional.threshold(input, self.threshold, self.value, self.inplace)

    def extra_repr(self) -> str:
        """Options, as repr() shows them."""
        return f"threshold={self.threshold}, value={self.value}" + (", inplace=True" if self.inplace else "")


class Hardtanh(Module):
    """input cut to the range from min_val to max_val.

    >>> import tapegrad as tg
    >>> tg.nn.Hardtanh()(tg.tensor([-3.0, 0.5]))
    tensor([-1.0000,  0.5000])
    """

    def __init__(
        self,
        min_val: float = -1.0,
        max_val: float = 1.0,
        inplace: bool = False,
        min_value: float | None = None,
        max_value: float | None = None,
    ) -> None:
        super().__init__()
        for old, given in (("min_value", min_value), ("max_value", max_value)):
            if given is not None:
                warnings.warn(
                    f"keyword argument `{old}` is deprecated and rename to `{old[:-2]}`", FutureWarning, stacklevel=2
                )
        self.min_val = min_val if min_value is None else min_value
        self.max_val = max_val if max_value is None else max_value
        self.inplace = inplace
        if self.max_val <= self.min_val:
            raise AssertionError(f"max_val ({self.max_val}) must be greater than min_val ({self.min_val})")

    def forward(self, input: Tensor) -> Tensor:
        """hardtanh of the input."""
        return functional.hardtanh(input, self.min_val, self.max_val, self.inplace)

    def extra_repr(self) -> str:
        """Options, as repr() shows them."""
        return f"min_val={self.min_val}, max_val={self.max_val}" + (", inplace=True" if self.inplace else "")


class PReLU(Module):
    """input where it is positive, weight * input elsewhere; the weight is learned: one number, or
    one for each channel (dimension 1) (He et al. 2015).

    >>> import tapegrad as tg
    >>> tg.nn.PReLU()(-tg.ones(1))
    tensor([-0.2500], grad_fn=<PreluKernelBackward0>)
    """

    def __init__(self, num_parameters: int = 1, init: float = 0.25, device: Any = None, dtype: Any = None) -> None:
        super().__init__()
        self.num_parameters = num_parameters
        self.init = init
        self.weight = Parameter(_core.empty(num_parameters, device=device, dtype=dtype))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Sets the weight to the initial value."""
        with _core.no_grad():
            self.weight.fill_(self.init)

    def forward(self, input: Tensor) -> Tensor:
        """prelu of the input."""
        return _core.prelu(input, self.weight)

    def extra_repr(self) -> str:
        """Options, as repr() shows them."""
        return f"num_parameters={self.num_parameters}"


class RReLU(Module):
    """input where it is positive; elsewhere times a slope drawn from [lower, upper) while training,
    times the middle of that range otherwise (Xu et al. 2015).

    >>> import tapegrad as tg
    >>> tg.nn.RReLU(0.0, 1.0).eval()(-tg.ones(1))
    tensor([-0.5000])
    """

    def __init__(self, lower: float = 1.0 / 8, upper: float = 1.0 / 3, inplace: bool = False) -> None:
        super().__init__()
        self.lower = lower
        self.upper = upper
        self.inplace = inplace

    def forward(self, input: Tensor) -> Tensor:
        """rrelu of the input."""
        return functional.rrelu(input, self.lower, self.upper, self.training, self.inplace)

    def extra_repr(self) -> str:
        """Options, as repr() shows them."""
        return f"lower={self.lower}, upper={self.upper}" + (", inplace=True" if self.inplace else "")


class Softmin(_OverDim):
    """Softmax of -input along `dim`.

    >>> import tapegrad as tg
    >>> tg.nn.Softmin(dim=0)(tg.zeros(2))
    tensor([0.5000, 0.5000])
    """

    def forward(self, input: Tensor) -> Tensor:
        """softmin of the input."""
        return functional.softmin(input, self.dim, _stacklevel=5)


class Softmax2d(Module):
    """Softmax over the channels of images (C, H, W) or (N, C, H, W).

    >>> import tapegrad as tg
    >>> tg.nn.Softmax2d()(tg.zeros(2, 1, 1)).flatten()
    tensor([0.5000, 0.5000])
    """

    def forward(self, input: Tensor) -> Tensor:
        """softmax of the input."""
        if input.dim() not in (3, 4):
            raise ValueError(f"Softmax2d: expected input to be 3D or 4D, got {input.dim()}D instead")
        return _core.softmax(input, -3)
