"""Initial values for parameters; each function fills its tensor in place and returns it."""

from __future__ import annotations

import math
import warnings
from typing import Any

from .. import _core
from .._core import Tensor

__all__ = [
    "calculate_gain", "constant_", "dirac_", "eye_", "kaiming_normal_", "kaiming_uniform_",
    "normal_", "ones_", "orthogonal_", "sparse_", "trunc_normal_", "uniform_", "xavier_normal_",
    "xavier_uniform_", "zeros_",
]  # fmt: skip

_GAIN_1 = (
    "linear", "conv1d", "conv2d", "conv3d", "conv_transpose1d", "conv_transpose2d",
    "conv_transpose3d", "sigmoid",
)  # fmt: skip


def calculate_gain(nonlinearity: str, param: Any = None) -> float:
    """Factor by which weights must grow to keep the variance through `nonlinearity`.

    param: the negative slope of leaky_relu. Raises ValueError for names without a recommended
    factor.

    >>> calculate_gain("leaky_relu", 2.0) ** 2
    0.4
    """
    if nonlinearity in _GAIN_1:
        return 1
    if nonlinearity == "tanh":
        return 5.0 / 3
    if nonlinearity == "relu":
        return math.sqrt(2.0)
    if nonlinearity == "leaky_relu":
        if param is None:
            param = 0.01
        elif isinstance(param, bool) or not isinstance(param, (int, float)):
            raise ValueError(f"negative_slope {param} not a valid number")
        return math.sqrt(2.0 / (1 + param**2))
    if nonlinearity == "selu":
        return 3.0 / 4
    raise ValueError(f"Unsupported nonlinearity {nonlinearity}")


def uniform_(tensor: Tensor, a: float = 0.0, b: float = 1.0, generator: Any = None) -> Tensor:
    """Uniform values in [a, b).

    >>> import tapegrad as tg
    >>> bool((uniform_(tg.empty(100), 2.0, 3.0) >= 2).all())
    True
    """
    with _core.no_grad():
        return tensor.uniform_(a, b, generator=generator)


def normal_(tensor: Tensor, mean: float = 0.0, std: float = 1.0, generator: Any = None) -> Tensor:
    """Normal values.

    >>> import tapegrad as tg
    >>> normal_(tg.empty(2, 3)).shape
    torch.Size([2, 3])
    """
    with _core.no_grad():
        return tensor.normal_(mean, std, generator=generator)


def trunc_normal_(
    tensor: Tensor, mean: float = 0.0, std: float = 1.0, a: float = -2.0, b: float = 2.0, generator: Any = None
) -> Tensor:
    """Normal values, drawn again until they lie in [a, b].

    Warns where the mean is more than two deviations outside.

    >>> import tapegrad as tg
    >>> float(trunc_normal_(tg.empty(100)).abs().max()) <= 2
    True
    """
    if mean < a - 2 * std or mean > b + 2 * std:
        warnings.warn(
            "mean is more than 2 std from [a, b] in nn.init.trunc_normal_. The distribution of values may be "
            "incorrect.",
            stacklevel=2,
        )
    below, above = ((1 + math.erf((edge - mean) / std / math.sqrt(2))) / 2 for edge in (a, b))
    with _core.no_grad():
        if above - below > 0.3:
            tensor.normal_(mean, std, generator=generator)
            while True:
                outside = (tensor < a) | (tensor > b)
                if not outside.any():
                    return tensor
                again = _core.empty_like(tensor).normal_(mean, std, generator=generator)
                tensor.copy_(_core.where(outside, again, tensor))
        # Few normal numbers would hit the range: uniform ones are kept by their density instead.
        peak = ((min(max(mean, a), b) - mean) / std) ** 2
        tensor.uniform_(a, b, generator=generator)
        missing = _core.ones_like(tensor, dtype=_core.bool)
        drawn = tensor.clone()
        while True:
            density = _core.exp(0.5 * (peak - ((drawn - mean) / std) ** 2))
            kept = _core.empty_like(tensor).uniform_(generator=generator) <= density
            tensor.copy_(_core.where(missing & kept, drawn, tensor))
            missing &= ~kept
            if not missing.any():
                return tensor
            drawn.uniform_(a, b, generator=generator)


def constant_(tensor: Tensor, val: float) -> Tensor:
    """`val` everywhere.

    >>> import tapegrad as tg
    >>> constant_(tg.empty(2), 0.5)
    tensor([0.5000, 0.5000])
    """
    with _core.no_grad():
        return tensor.fill_(val)


def ones_(tensor: Tensor) -> Tensor:
    """1 everywhere.

    >>> import tapegrad as tg
    >>> ones_(tg.empty(2))
    tensor([1., 1.])
    """
    return constant_(tensor, 1.0)


def zeros_(tensor: Tensor) -> Tensor:
    """0 everywhere.

    >>> import tapegrad as tg
    >>> zeros_(tg.empty(2))
    tensor([0., 0.])
    """
    return constant_(tensor, 0.0)


def _calculate_fan_in_and_fan_out(tensor: Tensor) -> tuple[int, int]:
    if tensor.dim() < 2:
        raise ValueError("Fan in and fan out can not be computed for tensor with fewer than 2 dimensions")
    receptive_field = math.prod(tensor.shape[2:])
    return tensor.shape[1] * receptive_field, tensor.shape[0] * receptive_field


def xavier_uniform_(tensor: Tensor, gain: float = 1.0, generator: Any = None) -> Tensor:
    """Uniform values of variance gain**2 * 2 / (fan_in + fan_out) (Glorot & Bengio 2010).

    Raises ValueError for fewer than 2 dimensions.

    >>> import tapegrad as tg
    >>> bool((xavier_uniform_(tg.empty(3, 3)).abs() <= 1).all())
    True
    """
    fan_in, fan_out = _calculate_fan_in_and_fan_out(tensor)
    bound = math.sqrt(3.0) * (gain * math.sqrt(2.0 / float(fan_in + fan_out)))
    return uniform_(tensor, -bound, bound, generator)


def xavier_normal_(tensor: Tensor, gain: float = 1.0, generator: Any = None) -> Tensor:
    """Normal values of variance gain**2 * 2 / (fan_in + fan_out) (Glorot & Bengio 2010).

    Raises ValueError for fewer than 2 dimensions.

    >>> import tapegrad as tg
    >>> xavier_normal_(tg.empty(3, 5)).shape
    torch.Size([3, 5])
    """
    fan_in, fan_out = _calculate_fan_in_and_fan_out(tensor)
    return normal_(tensor, 0.0, gain * math.sqrt(2.0 / float(fan_in + fan_out)), generator)


def _kaiming_deviation(tensor: Tensor, a: float, mode: str, nonlinearity: str) -> float:
    mode = mode.lower()
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(f"Mode {mode} not supported, please use one of ['fan_in', 'fan_out']")
    fan = _calculate_fan_in_and_fan_out(tensor)[mode == "fan_out"]
    return calculate_gain(nonlinearity, a) / math.sqrt(fan)


def _is_empty(tensor: Tensor) -> bool:
    if 0 in tensor.shape:
        warnings.warn("Initializing zero-element tensors is a no-op", stacklevel=3)
        return True
    return False


def kaiming_uniform_(
    tensor: Tensor,
    a: float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: Any = None,
) -> Tensor:
    """Uniform values of variance gain**2 / fan (He et al. 2015); a: the slope of leaky_relu.

    Raises ValueError for fewer than 2 dimensions and for other modes.

    >>> import tapegrad as tg
    >>> bool((kaiming_uniform_(tg.empty(2, 6)).abs() <= 1).all())
    True
    """
    if _is_empty(tensor):
        return tensor
    bound = math.sqrt(3.0) * _kaiming_deviation(tensor, a, mode, nonlinearity)
    return uniform_(tensor, -bound, bound, generator)


def kaiming_normal_(
    tensor: Tensor,
    a: float = 0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: Any = None,
) -> Tensor:
    """Normal values of variance gain**2 / fan (He et al. 2015); a: the slope of leaky_relu.

    Raises ValueError for fewer than 2 dimensions and for other modes.

    >>> import tapegrad as tg
    >>> kaiming_normal_(tg.empty(3, 5)).shape
    torch.Size([3, 5])
    """
    if _is_empty(tensor):
        return tensor
    return normal_(tensor, 0.0, _kaiming_deviation(tensor, a, mode, nonlinearity), generator)


def eye_(tensor: Tensor) -> Tensor:
    """The identity matrix. ValueError where the tensor has other than two dimensions.

    >>> import tapegrad as tg
    >>> eye_(tg.empty(2, 2))
    tensor([[1., 0.],
            [0., 1.]])
    """
    if tensor.dim() != 2:
        raise ValueError("Only tensors with 2 dimensions are supported")
    with _core.no_grad():
        return tensor.copy_(_core.eye(*tensor.shape, dtype=tensor.dtype))


def dirac_(tensor: Tensor, groups: int = 1) -> Tensor:
    """Convolution weights that pass the input channels on, as many as there are, in each group.

    Raises ValueError for other than 3 to 5 dimensions, and where the groups do not divide the
    channels.

    >>> import tapegrad as tg
    >>> dirac_(tg.empty(1, 1, 3))
    tensor([[[0., 1., 0.]]])
    """
    dims = tensor.dim()
    if dims not in (3, 4, 5):
        raise ValueError("Only tensors with 3, 4, or 5 dimensions are supported")
    sizes = tensor.size()
    if sizes[0] % groups != 0:
        raise ValueError("dim 0 must be divisible by groups")
    outputs = sizes[0] // groups
    middle = tuple(size // 2 for size in sizes[2:])
    with _core.no_grad():
        tensor.zero_()
        for group in range(groups):
            for channel in range(min(outputs, sizes[1])):
                tensor[(group * outputs + channel, channel, *middle)] = 1
    return tensor


def sparse_(tensor: Tensor, sparsity: float, std: float = 0.01, generator: Any = None) -> Tensor:
    """Normal values, but zeros in a share `sparsity` of each column of a matrix (Martens 2010).

    >>> import tapegrad as tg
    >>> int((sparse_(tg.empty(4, 2), 0.5) == 0).sum())
    4
    """
    if tensor.dim() != 2:
        raise ValueError("Only tensors with 2 dimensions are supported")
    rows, columns = tensor.shape
    count = math.ceil(sparsity * rows)
    with _core.no_grad():
        tensor.normal_(0, std, generator=generator)
        for column in range(columns):
            chosen = _core.randperm(rows)[:count]
            tensor[chosen, column] = 0
    return tensor


def orthogonal_(tensor: Tensor, gain: float = 1, generator: Any = None) -> Tensor:
    """A matrix with orthogonal rows or columns, times gain (Saxe et al. 2013); further dimensions
    count as columns. ValueError for fewer than two dimensions.

    >>> import tapegrad as tg
    >>> q = orthogonal_(tg.empty(2, 3))
    >>> bool(tg.allclose(q @ q.T, tg.eye(2), atol=1e-6))
    True
    """
    if tensor.dim() < 2:
        raise ValueError("Only tensors with 2 or more dimensions are supported")
    if tensor.numel() == 0:
        return tensor
    from ..linalg import qr

    rows = tensor.shape[0]
    columns = tensor.numel() // rows
    with _core.no_grad():
        drawn = _core.empty((rows, columns), dtype=tensor.dtype).normal_(0, 1, generator=generator)
        wide = rows < columns
        q, r = qr(drawn.t() if wide else drawn)
        q = q * r.diagonal().sign()
        return tensor.copy_((q.t() if wide else q).reshape(tensor.shape)).mul_(gain)
