"""Activation functions, gated units and softmax's relatives, re-exported by nn.functional."""

from __future__ import annotations

import warnings
from typing import Any

from .. import _core
from .._core import Tensor

__all__ = [
    "celu", "celu_", "elu", "elu_", "gelu", "glu", "gumbel_softmax", "hardshrink", "hardsigmoid",
    "hardswish", "hardtanh", "hardtanh_", "leaky_relu", "leaky_relu_", "logsigmoid", "mish",
    "prelu", "relu6", "relu_", "rrelu", "rrelu_", "selu", "selu_", "silu", "softmin", "softplus",
    "softshrink", "softsign", "tanhshrink", "threshold", "threshold_",
]  # fmt: skip

celu_ = _core.celu_
elu_ = _core._elu_
gelu = _core._gelu
hardshrink = _core.hardshrink
hardtanh_ = _core._hardtanh_
leaky_relu_ = _core._leaky_relu_
logsigmoid = _core._log_sigmoid
prelu = _core.prelu
relu_ = _core.relu_
rrelu_ = _core.rrelu_
selu_ = _core.selu_
softplus = _core._softplus
softshrink = _core._softshrink
threshold_ = _core.threshold_


def threshold(input: Tensor, threshold: float, value: float, inplace: bool = False) -> Tensor:
    """input where it is above the threshold, value elsewhere.

    >>> import tapegrad as tg
    >>> tg.nn.functional.threshold(tg.tensor([0.5, 2.0]), 1.0, -1.0)
    tensor([-1.,  2.])
    """
    return _core.threshold_(input, threshold, value) if inplace else _core.threshold(input, threshold, value)


def hardtanh(input: Tensor, min_val: float = -1.0, max_val: float = 1.0, inplace: bool = False) -> Tensor:
    """input cut to the range from min_val to max_val. ValueError where min_val is the greater.

    >>> import tapegrad as tg
    >>> tg.nn.functional.hardtanh(tg.tensor([-3.0, 0.5]))
    tensor([-1.0000,  0.5000])
    """
    if min_val > max_val:
        raise ValueError("min_val cannot be greater than max_val")
    return _core._hardtanh_(input, min_val, max_val) if inplace else _core._hardtanh(input, min_val, max_val)


def relu6(input: Tensor, inplace: bool = False) -> Tensor:
    """input cut to the range from 0 to 6.

    >>> import tapegrad as tg
    >>> tg.nn.functional.relu6(tg.tensor([-1.0, 8.0]))
    tensor([0., 6.])
    """
    return _core._hardtanh_(input, 0, 6) if inplace else _core._hardtanh(input, 0, 6)


def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """input where it is positive, negative_slope * input elsewhere.

    >>> import tapegrad as tg
    >>> tg.nn.functional.leaky_relu(tg.tensor([-1.0, 2.0]), 0.5)
    tensor([-0.5000,  2.0000])
    """
    return _core._leaky_relu_(input, negative_slope) if inplace else _core._leaky_relu(input, negative_slope)


def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """input where it is positive, alpha * (exp(input) - 1) elsewhere (Clevert et al. 2015).

    >>> import tapegrad as tg
    >>> tg.nn.functional.elu(tg.tensor([-1.0, 2.0]))
    tensor([-0.6321,  2.0000])
    """
    return _core._elu_(input, alpha) if inplace else _core._elu(input, alpha)


def selu(input: Tensor, inplace: bool = False) -> Tensor:
    """elu() scaled so that activations keep mean 0 and variance 1 (Klambauer et al. 2017).

    >>> import tapegrad as tg
    >>> tg.nn.functional.selu(tg.tensor([-1.0, 1.0]))
    tensor([-1.1113,  1.0507])
    """
    return _core.selu_(input) if inplace else _core.selu(input)


def celu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """input where it is positive, alpha * (exp(input / alpha) - 1) elsewhere (Barron 2017).

    Raises RuntimeError for alpha = 0.

    >>> import tapegrad as tg
    >>> tg.nn.functional.celu(tg.tensor([-1.0, 1.0]), 2.0)
    tensor([-0.7869,  1.0000])
    """
    return _core.celu_(input, alpha) if inplace else _core.celu(input, alpha)


def rrelu(
    input: Tensor, lower: float = 1.0 / 8, upper: float = 1.0 / 3, training: bool = False, inplace: bool = False
) -> Tensor:
    """input where it is positive; elsewhere times a slope drawn from [lower, upper) while training,
    times the middle of that range otherwise (Xu et al. 2015).

    >>> import tapegrad as tg
    >>> tg.nn.functional.rrelu(tg.tensor([-1.0, 2.0]), 0.0, 1.0)
    tensor([-0.5000,  2.0000])
    """
    return _core.rrelu_(input, lower, upper, training) if inplace else _core.rrelu(input, lower, upper, training)


def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """input * sigmoid(input), also called swish (Hendrycks & Gimpel 2016).

    >>> import tapegrad as tg
    >>> tg.nn.functional.silu(tg.tensor([-1.0, 1.0]))
    tensor([-0.2689,  0.7311])
    """
    return _core._silu_(input) if inplace else _core._silu(input)


def mish(input: Tensor, inplace: bool = False) -> Tensor:
    """input * tanh(softplus(input)) (Misra 2019).

    >>> import tapegrad as tg
    >>> tg.nn.functional.mish(tg.tensor([-1.0, 1.0]))
    tensor([-0.3034,  0.8651])
    """
    return _core._mish_(input) if inplace else _core._mish(input)


def hardsigmoid(input: Tensor, inplace: bool = False) -> Tensor:
    """input / 6 + 1 / 2, cut to the range from 0 to 1.

    >>> import tapegrad as tg
    >>> tg.nn.functional.hardsigmoid(tg.tensor([-4.0, 0.0, 4.0]))
    tensor([0.0000, 0.5000, 1.0000])
    """
    return _core._hardsigmoid_(input) if inplace else _core._hardsigmoid(input)


def hardswish(input: Tensor, inplace: bool = False) -> Tensor:
    """input * hardsigmoid(input) (Howard et al. 2019).

    >>> import tapegrad as tg
    >>> tg.nn.functional.hardswish(tg.tensor([-4.0, 1.0, 4.0]))
    tensor([-0.0000, 0.6667, 4.0000])
    """
    return _core._hardswish_(input) if inplace else _core._hardswish(input)


def softsign(input: Tensor) -> Tensor:
    """input / (1 + |input|).

    >>> import tapegrad as tg
    >>> tg.nn.functional.softsign(tg.tensor([-1.0, 3.0]))
    tensor([-0.5000,  0.7500])
    """
    return input / (input.abs() + 1)


def tanhshrink(input: Tensor) -> Tensor:
    """input - tanh(input).

    >>> import tapegrad as tg
    >>> tg.nn.functional.tanhshrink(tg.tensor([1.0]))
    tensor([0.2384])
    """
    return input - input.tanh()


def glu(input: Tensor, dim: int = -1) -> Tensor:
    """The first half of input along `dim` times the sigmoid of the second (Dauphin et al. 2016).

    Raises RuntimeError where the size of the dimension is odd.

    >>> import tapegrad as tg
    >>> tg.nn.functional.glu(tg.tensor([2.0, 0.0]))
    tensor([1.])
    """
    if input.dim() == 0:
        raise RuntimeError("glu does not support scalars because halving size must be even")
    return _core._glu(input, dim)


def implicit_dim(name: str, dims: int, stacklevel: int) -> int:
    """The dimension that softmax and its relatives take where none is given; warns."""
    warnings.warn(
        f"Implicit dimension choice for {name} has been deprecated. Change the call to include dim=X as an argument.",
        stacklevel=stacklevel + 1,
    )
    return 0 if dims in (0, 1, 3) else 1


def softmin(input: Tensor, dim: int | None = None, _stacklevel: int = 3, dtype: Any = None) -> Tensor:
    """Softmax of -input along `dim`.

    >>> import tapegrad as tg
    >>> tg.nn.functional.softmin(tg.zeros(2), 0)
    tensor([0.5000, 0.5000])
    """
    if dim is None:
        dim = implicit_dim("softmin", input.dim(), _stacklevel)
    return _core.softmax(-input, dim) if dtype is None else _core.softmax(-input, dim, dtype=dtype)


def gumbel_softmax(logits: Tensor, tau: float = 1, hard: bool = False, eps: float = 1e-10, dim: int = -1) -> Tensor:
    """A sample of the Gumbel-softmax distribution at temperature tau (Jang et al. 2016).

    hard: one-hot in the forward pass, the soft sample's gradient in the backward pass.

    >>> import tapegrad as tg
    >>> tg.nn.functional.gumbel_softmax(tg.zeros(2, 3), hard=True).sum(1)
    tensor([1., 1.])
    """
    if eps != 1e-10:
        warnings.warn("`eps` parameter is deprecated and has no effect.", stacklevel=2)
    gumbels = -_core.empty_like(logits).exponential_().log()
    soft = ((logits + gumbels) / tau).softmax(dim)
    if not hard:
        return soft
    index = soft.max(dim, keepdim=True)[1]
    one_hot = _core.zeros_like(logits).scatter_(dim, index, 1.0)
    return one_hot - soft.detach() + soft
