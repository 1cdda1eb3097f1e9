"""Convolutions as modules; the functions are in nn.functional."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from .. import _core
from .._core import Tensor
from . import init
from ._sizes import repeated
from .module import Module
from .parameter import Parameter

__all__ = ["Conv1d", "Conv2d", "Conv3d", "ConvTranspose1d", "ConvTranspose2d", "ConvTranspose3d"]

Sizes = int | Sequence[int]
_PADDING_MODES = {"zeros", "reflect", "replicate", "circular"}


class _ConvNd(Module):
    _dims: int
    weight: Tensor
    bias: Tensor | None

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Sizes,
        stride: Sizes,
        padding: str | Sizes,
        dilation: Sizes,
        transposed: bool,
        output_padding: Sizes,
        groups: int,
        bias: bool,
        padding_mode: str,
        device: Any,
        dtype: Any,
    ) -> None:
        super().__init__()
        dims = self._dims
        if groups <= 0:
            raise ValueError("groups must be a positive integer")
        if in_channels % groups != 0:
            raise ValueError("in_channels must be divisible by groups")
        if out_channels % groups != 0:
            raise ValueError("out_channels must be divisible by groups")
        stride = repeated(stride, dims)
        if isinstance(padding, str):
            if padding not in ("same", "valid"):
                raise ValueError(f"Invalid padding string {padding!r}, should be one of { {'valid', 'same'} }")
            if padding == "same" and any(step != 1 for step in stride):
                raise ValueError("padding='same' is not supported for strided convolutions")
        if padding_mode not in _PADDING_MODES:
            raise ValueError(f"padding_mode must be one of {_PADDING_MODES}, but got padding_mode='{padding_mode}'")
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = repeated(kernel_size, dims)
        self.stride = stride
        self.padding = padding if isinstance(padding, str) else repeated(padding, dims)
        self.dilation = repeated(dilation, dims)
        self.transposed = transposed
        self.output_padding = repeated(output_padding, dims)
        self.groups = groups
        self.padding_mode = padding_mode
        self.weight = Parameter(_core.empty((*self._weight_channels(), *self.kernel_size), dtype=dtype, device=device))
        if bias:
            self.bias = Parameter(_core.empty(out_channels, dtype=dtype, device=device))
        else:
            self.register_parameter("bias", None)
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draws new initial values."""
        # a = sqrt(5) makes Kaiming's bound 1 / sqrt(fan_in)
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            fan_in = self.weight.shape[1] * math.prod(self.weight.shape[2:])
            if fan_in != 0:
                bound = 1 / math.sqrt(fan_in)
                init.uniform_(self.bias, -bound, bound)

    def _weight_channels(self) -> tuple[int, int]:
        if self.transposed:
            return self.in_channels, self.out_channels // self.groups
        return self.out_channels, self.in_channels // self.groups

    def _outer_padding(self) -> list[int]:
        """pad()'s list for the padding modes that are not zeros."""
        pairs: list[int] = []
        for d in reversed(range(self._dims)):
            if isinstance(self.padding, str):
                total = self.dilation[d] * (self.kernel_size[d] - 1) if self.padding == "same" else 0
                pairs += [total // 2, total - total // 2]
            else:
                pairs += [self.padding[d], self.padding[d]]
        return pairs

    def extra_repr(self) -> str:
        """Sizes and options, as repr() shows them."""
        zeros, ones = (0,) * self._dims, (1,) * self._dims
        text = f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}, stride={self.stride}"
        if self.padding != zeros:
            text += f", padding={self.padding}"
        if self.dilation != ones:
            text += f", dilation={self.dilation}"
        if self.output_padding != zeros:
            text += f", output_padding={self.output_padding}"
        if self.groups != 1:
            text += f", groups={self.groups}"
        if self.bias is None:
            text += ", bias=False"
        if self.padding_mode != "zeros":
            text += f", padding_mode={self.padding_mode}"
        return text


class _Conv(_ConvNd):
    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Sizes,
        stride: Sizes = 1,
        padding: str | Sizes = 0,
        dilation: Sizes = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(
            in_channels, out_channels, kernel_size, stride, padding, dilation, False, 0, groups, bias,
            padding_mode, device, dtype,
        )  # fmt: skip

    def forward(self, input: Tensor) -> Tensor:
        """The convolution of `input`."""
        apply = (_core.conv1d, _core.conv2d, _core.conv3d)[self._dims - 1]
        if self.padding_mode == "zeros":
            return apply(input, self.weight, self.bias, self.stride, self.padding, self.dilation, self.groups)
        padded = _core._pad(input, self._outer_padding(), self.padding_mode)
        return apply(padded, self.weight, self.bias, self.stride, 0, self.dilation, self.groups)


class Conv1d(_Conv):
    """Convolution along the last dimension, with PyTorch's initial values for the same seed.

    input: (N, in_channels, L) or (in_channels, L). weight: (out_channels, in_channels / groups,
    kernel_size) and bias: (out_channels), both uniform in +-1/sqrt(fan in).

    >>> import tapegrad as tg
    >>> tg.nn.Conv1d(2, 3, 3)(tg.ones(1, 2, 5)).shape
    torch.Size([1, 3, 3])
    """

    _dims = 1


class Conv2d(_Conv):
    """Convolution of images, with PyTorch's initial values for the same seed.

    input: (N, in_channels, H, W) or (in_channels, H, W). padding: zeros on both sides, "same" or
    "valid"; padding_mode: "zeros", "reflect", "replicate" or "circular".
    Raises ValueError for options that do not fit.

    >>> import tapegrad as tg
    >>> layer = tg.nn.Conv2d(1, 8, 3, padding=1)
    >>> layer(tg.ones(2, 1, 5, 5)).shape
    torch.Size([2, 8, 5, 5])
    >>> layer
    Conv2d(1, 8, kernel_size=(3, 3), stride=(1, 1), padding=(1, 1))
    """

    _dims = 2


class Conv3d(_Conv):
    """Convolution of volumes (N, in_channels, D, H, W) or (in_channels, D, H, W); see Conv2d.

    >>> import tapegrad as tg
    >>> tg.nn.Conv3d(1, 2, 2)(tg.ones(1, 1, 3, 3, 3)).shape
    torch.Size([1, 2, 2, 2, 2])
    """

    _dims = 3


class _ConvTranspose(_ConvNd):
    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Sizes,
        stride: Sizes = 1,
        padding: Sizes = 0,
        output_padding: Sizes = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Sizes = 1,
        padding_mode: str = "zeros",
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        if padding_mode != "zeros":
            raise ValueError(f'Only "zeros" padding mode is supported for {type(self).__name__}')
        super().__init__(
            in_channels, out_channels, kernel_size, stride, padding, dilation, True, output_padding, groups,
            bias, padding_mode, device, dtype,
        )  # fmt: skip

    def _padding_for(self, input: Tensor, output_size: Sequence[int]) -> list[int]:
        """The output padding that gives output_size."""
        dims = self._dims
        others = input.dim() - dims
        if len(output_size) == others + dims:
            output_size = output_size[others:]
        if len(output_size) != dims:
            raise ValueError(
                f"ConvTranspose{dims}D: for {input.dim()}D input, output_size must have {dims} "
                f"or {others + dims} elements (got {len(output_size)})"
            )
        least = [
            (input.shape[others + d] - 1) * self.stride[d]
            - 2 * int(self.padding[d])
            + self.dilation[d] * (self.kernel_size[d] - 1)
            + 1
            for d in range(dims)
        ]
        most = [size + self.stride[d] - 1 for d, size in enumerate(least)]
        if any(not low <= size <= high for low, size, high in zip(least, output_size, most)):
            raise ValueError(
                f"requested an output size of {output_size}, but valid sizes range "
                f"from {least} to {most} (for an input of {input.shape[2:]})"
            )
        return [size - low for size, low in zip(output_size, least)]

    def forward(self, input: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
        """The transposed convolution of `input`; output_size picks among the sizes that stride allows."""
        extra: Sequence[int] = self.output_padding if output_size is None else self._padding_for(input, output_size)
        apply = (_core.conv_transpose1d, _core.conv_transpose2d, _core.conv_transpose3d)[self._dims - 1]
        padding: Any = self.padding
        return apply(input, self.weight, self.bias, self.stride, padding, extra, self.groups, self.dilation)


class ConvTranspose1d(_ConvTranspose):
    """Transposed convolution along the last dimension: the gradient of Conv1d as a layer.

    weight: (in_channels, out_channels / groups, kernel_size).

    >>> import tapegrad as tg
    >>> tg.nn.ConvTranspose1d(2, 3, 3, stride=2)(tg.ones(1, 2, 4)).shape
    torch.Size([1, 3, 9])
    """

    _dims = 1


class ConvTranspose2d(_ConvTranspose):
    """Transposed convolution of images: the gradient of Conv2d as a layer.

    >>> import tapegrad as tg
    >>> tg.nn.ConvTranspose2d(2, 3, 3, stride=2)(tg.ones(1, 2, 4, 4), output_size=(10, 10)).shape
    torch.Size([1, 3, 10, 10])
    """

    _dims = 2


class ConvTranspose3d(_ConvTranspose):
    """Transposed convolution of volumes: the gradient of Conv3d as a layer.

    >>> import tapegrad as tg
    >>> tg.nn.ConvTranspose3d(1, 1, 2)(tg.ones(1, 1, 2, 2, 2)).shape
    torch.Size([1, 1, 3, 3, 3])
    """

    _dims = 3
