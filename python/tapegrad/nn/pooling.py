"""Pooling as modules; the functions are in nn.functional."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from .. import _core
from .._core import Tensor
from . import functional
from ._sizes import repeated
from .module import Module

__all__ = [
    "AdaptiveAvgPool1d", "AdaptiveAvgPool2d", "AdaptiveAvgPool3d", "AdaptiveMaxPool1d",
    "AdaptiveMaxPool2d", "AdaptiveMaxPool3d", "AvgPool1d", "AvgPool2d", "AvgPool3d",
    "FractionalMaxPool2d", "FractionalMaxPool3d", "LPPool1d", "LPPool2d", "LPPool3d", "MaxPool1d",
    "MaxPool2d", "MaxPool3d", "MaxUnpool1d", "MaxUnpool2d", "MaxUnpool3d",
]  # fmt: skip

Sizes = int | Sequence[int]


class _MaxPool(Module):
    _apply_pool: ClassVar[Any]
    _apply_pair: ClassVar[Any]

    def __init__(
        self,
        kernel_size: Sizes,
        stride: Sizes | None = None,
        padding: Sizes = 0,
        dilation: Sizes = 1,
        return_indices: bool = False,
        ceil_mode: bool = False,
    ) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = stride if stride is not None else kernel_size
        self.padding = padding
        self.dilation = dilation
        self.return_indices = return_indices
        self.ceil_mode = ceil_mode

    def forward(self, input: Tensor) -> Any:
        """The greatest elements, with their places where return_indices."""
        apply = self._apply_pair if self.return_indices else self._apply_pool
        return apply(input, self.kernel_size, self.stride, self.padding, self.dilation, self.ceil_mode)

    def extra_repr(self) -> str:
        """Sizes and options, as repr() shows them."""
        return (
            f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}, "
            f"dilation={self.dilation}, ceil_mode={self.ceil_mode}"
        )


class MaxPool1d(_MaxPool):
    """Greatest element of each window of (N, C, L) or (C, L); stride: the kernel by default.

    >>> import tapegrad as tg
    >>> tg.nn.MaxPool1d(2)(tg.tensor([[1.0, 3.0, 2.0, 5.0]]))
    tensor([[3., 5.]])
    """

    _apply_pool = staticmethod(_core.max_pool1d)
    _apply_pair = staticmethod(_core.max_pool1d_with_indices)


class MaxPool2d(_MaxPool):
    """Greatest element of each window of (N, C, H, W) or (C, H, W); stride: the kernel by default.

    >>> import tapegrad as tg
    >>> tg.nn.MaxPool2d(2)(tg.tensor([[[1.0, 3.0], [2.0, 5.0]]]))
    tensor([[[5.]]])
    """

    _apply_pool = staticmethod(_core.max_pool2d)
    _apply_pair = staticmethod(_core._max_pool2d_with_indices)


class MaxPool3d(_MaxPool):
    """Greatest element of each window of (N, C, D, H, W) or (C, D, H, W).

    >>> import tapegrad as tg
    >>> tg.nn.MaxPool3d(2)(tg.arange(8.0).view(1, 2, 2, 2)).item()
    7.0
    """

    _apply_pool = staticmethod(_core.max_pool3d)
    _apply_pair = staticmethod(_core._max_pool3d_with_indices)


class AvgPool1d(Module):
    """Mean of each window of (N, C, L) or (C, L); count_include_pad: zeros of the padding count.

    >>> import tapegrad as tg
    >>> tg.nn.AvgPool1d(2)(tg.tensor([[1.0, 3.0, 2.0, 6.0]]))
    tensor([[2., 4.]])
    """

    def __init__(
        self,
        kernel_size: Sizes,
        stride: Sizes | None = None,
        padding: Sizes = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
    ) -> None:
        super().__init__()
        self.kernel_size = repeated(kernel_size, 1)
        self.stride = repeated(stride if stride is not None else kernel_size, 1)
        self.padding = repeated(padding, 1)
        self.ceil_mode = ceil_mode
        self.count_include_pad = count_include_pad

    def forward(self, input: Tensor) -> Tensor:
        """The means."""
        return _core.avg_pool1d(
            input, self.kernel_size, self.stride, self.padding, self.ceil_mode, self.count_include_pad
        )

    def extra_repr(self) -> str:
        """Sizes, as repr() shows them."""
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class _AvgPool(Module):
    _apply_pool: ClassVar[Any]

    def __init__(
        self,
        kernel_size: Sizes,
        stride: Sizes | None = None,
        padding: Sizes = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: int | None = None,
    ) -> None:
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = stride if stride is not None else kernel_size
        self.padding = padding
        self.ceil_mode = ceil_mode
        self.count_include_pad = count_include_pad
        self.divisor_override = divisor_override

    def forward(self, input: Tensor) -> Tensor:
        """The means."""
        result: Tensor = self._apply_pool(
            input, self.kernel_size, self.stride, self.padding, self.ceil_mode, self.count_include_pad,
            self.divisor_override,
        )  # fmt: skip
        return result

    def extra_repr(self) -> str:
        """Sizes, as repr() shows them."""
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class AvgPool2d(_AvgPool):
    """Mean of each window of (N, C, H, W) or (C, H, W); divisor_override: what sums are divided by.

    >>> import tapegrad as tg
    >>> tg.nn.AvgPool2d(2)(tg.tensor([[[1.0, 3.0], [2.0, 6.0]]]))
    tensor([[[3.]]])
    """

    _apply_pool = staticmethod(_core._avg_pool2d)


class AvgPool3d(_AvgPool):
    """Mean of each window of (N, C, D, H, W) or (C, D, H, W).

    >>> import tapegrad as tg
    >>> tg.nn.AvgPool3d(2)(tg.arange(8.0).view(1, 2, 2, 2)).item()
    3.5
    """

    _apply_pool = staticmethod(_core._avg_pool3d)


class _Adaptive(Module):
    _function: ClassVar[Any]

    def extra_repr(self) -> str:
        """Sizes, as repr() shows them."""
        return f"output_size={self.output_size}"


class _AdaptiveAvgPool(_Adaptive):
    def __init__(self, output_size: Any) -> None:
        super().__init__()
        self.output_size = output_size

    def forward(self, input: Tensor) -> Tensor:
        """The means."""
        result: Tensor = self._function(input, self.output_size)
        return result


class AdaptiveAvgPool1d(_AdaptiveAvgPool):
    """Means of output_size windows that cover the last dimension.

    >>> import tapegrad as tg
    >>> tg.nn.AdaptiveAvgPool1d(2)(tg.tensor([[1.0, 3.0, 2.0, 6.0]]))
    tensor([[2., 4.]])
    """

    _function = staticmethod(functional.adaptive_avg_pool1d)


class AdaptiveAvgPool2d(_AdaptiveAvgPool):
    """Means of windows that cover the planes; None in output_size: the input's size.

    >>> import tapegrad as tg
    >>> tg.nn.AdaptiveAvgPool2d(1)(tg.tensor([[[1.0, 3.0], [2.0, 6.0]]]))
    tensor([[[3.]]])
    """

    _function = staticmethod(functional.adaptive_avg_pool2d)


class AdaptiveAvgPool3d(_AdaptiveAvgPool):
    """Means of windows that cover the volumes; None in output_size: the input's size.

    >>> import tapegrad as tg
    >>> tg.nn.AdaptiveAvgPool3d(1)(tg.arange(8.0).view(1, 2, 2, 2)).item()
    3.5
    """

    _function = staticmethod(functional.adaptive_avg_pool3d)


class _AdaptiveMaxPool(_Adaptive):
    def __init__(self, output_size: Any, return_indices: bool = False) -> None:
        super().__init__()
        self.output_size = output_size
        self.return_indices = return_indices

    def forward(self, input: Tensor) -> Any:
        """The greatest elements, with their places where return_indices."""
        return self._function(input, self.output_size, self.return_indices)


class AdaptiveMaxPool1d(_AdaptiveMaxPool):
    """Greatest elements of output_size windows that cover the last dimension.

    >>> import tapegrad as tg
    >>> tg.nn.AdaptiveMaxPool1d(2)(tg.tensor([[1.0, 3.0, 2.0, 6.0]]))
    tensor([[3., 6.]])
    """

    _function = staticmethod(functional.adaptive_max_pool1d)


class AdaptiveMaxPool2d(_AdaptiveMaxPool):
    """Greatest elements of windows that cover the planes; None in output_size: the input's size.

    >>> import tapegrad as tg
    >>> tg.nn.AdaptiveMaxPool2d(1)(tg.tensor([[[1.0, 3.0], [2.0, 6.0]]]))
    tensor([[[6.]]])
    """

    _function = staticmethod(functional.adaptive_max_pool2d)


class AdaptiveMaxPool3d(_AdaptiveMaxPool):
    """Greatest elements of windows that cover the volumes; None in output_size: the input's size.

    >>> import tapegrad as tg
    >>> tg.nn.AdaptiveMaxPool3d(1)(tg.arange(8.0).view(1, 2, 2, 2)).item()
    7.0
    """

    _function = staticmethod(functional.adaptive_max_pool3d)


class _LPPool(Module):
    _function: ClassVar[Any]

    def __init__(
        self, norm_type: float, kernel_size: Sizes, stride: Sizes | None = None, ceil_mode: bool = False
    ) -> None:
        super().__init__()
        self.norm_type = norm_type
        self.kernel_size = kernel_size
        self.stride = stride
        self.ceil_mode = ceil_mode

    def forward(self, input: Tensor) -> Tensor:
        """(sum of x^p)^(1/p) over each window."""
        result: Tensor = self._function(input, float(self.norm_type), self.kernel_size, self.stride, self.ceil_mode)
        return result

    def extra_repr(self) -> str:
        """Sizes and options, as repr() shows them."""
        return (
            f"norm_type={self.norm_type}, kernel_size={self.kernel_size}, stride={self.stride}, "
            f"ceil_mode={self.ceil_mode}"
        )


class LPPool1d(_LPPool):
    """(sum of x^p)^(1/p) over each window of the last dimension.

    >>> import tapegrad as tg
    >>> tg.nn.LPPool1d(2, 2)(tg.tensor([[3.0, 4.0]]))
    tensor([[5.]])
    """

    _function = staticmethod(functional.lp_pool1d)


class LPPool2d(_LPPool):
    """(sum of x^p)^(1/p) over each window of the planes.

    >>> import tapegrad as tg
    >>> tg.nn.LPPool2d(2, (1, 2))(tg.tensor([[[3.0, 4.0]]]))
    tensor([[[5.]]])
    """

    _function = staticmethod(functional.lp_pool2d)


class LPPool3d(_LPPool):
    """(sum of x^p)^(1/p) over each window of the volumes.

    >>> import tapegrad as tg
    >>> tg.nn.LPPool3d(2, (1, 2, 2))(tg.ones(1, 1, 2, 2)).item()
    2.0
    """

    _function = staticmethod(functional.lp_pool3d)


class _MaxUnpool(Module):
    _dims: ClassVar[int]
    _function: ClassVar[Any]

    def __init__(self, kernel_size: Sizes, stride: Sizes | None = None, padding: Sizes = 0) -> None:
        super().__init__()
        self.kernel_size = repeated(kernel_size, self._dims)
        self.stride = repeated(stride if stride is not None else kernel_size, self._dims)
        self.padding = repeated(padding, self._dims)

    def forward(self, input: Tensor, indices: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
        """Zeros with the elements of `input` at `indices`."""
        result: Tensor = self._function(input, indices, self.kernel_size, self.stride, self.padding, output_size)
        return result

    def extra_repr(self) -> str:
        """Sizes, as repr() shows them."""
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


class MaxUnpool1d(_MaxUnpool):
    """Zeros with the elements at the places that MaxPool1d gave.

    >>> import tapegrad as tg
    >>> tg.nn.MaxUnpool1d(2)(tg.tensor([[3.0]]), tg.tensor([[1]]))
    tensor([[0., 3.]])
    """

    _dims = 1
    _function = staticmethod(functional.max_unpool1d)


class MaxUnpool2d(_MaxUnpool):
    """Zeros with the elements at the places that MaxPool2d gave.

    >>> import tapegrad as tg
    >>> tg.nn.MaxUnpool2d(2)(tg.tensor([[[3.0]]]), tg.tensor([[[2]]]))
    tensor([[[0., 0.],
             [3., 0.]]])
    """

    _dims = 2
    _function = staticmethod(functional.max_unpool2d)


class MaxUnpool3d(_MaxUnpool):
    """Zeros with the elements at the places that MaxPool3d gave.

    >>> import tapegrad as tg
    >>> tg.nn.MaxUnpool3d(2)(tg.ones(1, 1, 1, 1), tg.tensor([[[[7]]]])).flatten()
    tensor([0., 0., 0., 0., 0., 0., 0., 1.])
    """

    _dims = 3
    _function = staticmethod(functional.max_unpool3d)


class _FractionalMaxPool(Module):
    _dims: ClassVar[int]
    _function: ClassVar[Any]

    def __init__(
        self,
        kernel_size: Sizes,
        output_size: Sizes | None = None,
        output_ratio: Any = None,
        return_indices: bool = False,
        _random_samples: Tensor | None = None,
    ) -> None:
        super().__init__()
        name = type(self).__name__
        if output_size is None and output_ratio is None:
            raise ValueError(f"{name} requires specifying either an output size, or a pooling ratio")
        if output_size is not None and output_ratio is not None:
            raise ValueError("only one of output_size and output_ratio may be specified")
        self.kernel_size = repeated(kernel_size, self._dims)
        self.return_indices = return_indices
        self.register_buffer("_random_samples", _random_samples)
        self.output_size = repeated(output_size, self._dims) if output_size is not None else None
        self.output_ratio = repeated(output_ratio, self._dims) if output_ratio is not None else None
        if self.output_ratio is not None and not all(0 < ratio < 1 for ratio in self.output_ratio):
            raise ValueError(f"output_ratio must be between 0 and 1 (got {output_ratio})")

    def forward(self, input: Tensor) -> Any:
        """The greatest elements, with their places where return_indices."""
        return self._function(
            input, self.kernel_size, self.output_size, self.output_ratio, self.return_indices, self._random_samples
        )


class FractionalMaxPool2d(_FractionalMaxPool):
    """Greatest elements of windows at pseudorandom places (Graham 2014).

    >>> import tapegrad as tg
    >>> tg.nn.FractionalMaxPool2d(2, output_size=2)(tg.ones(1, 4, 4)).shape
    torch.Size([1, 2, 2])
    """

    _dims = 2
    _function = staticmethod(functional.fractional_max_pool2d)


class FractionalMaxPool3d(_FractionalMaxPool):
    """Greatest elements of windows of volumes at pseudorandom places.

    >>> import tapegrad as tg
    >>> tg.nn.FractionalMaxPool3d(2, output_ratio=0.5)(tg.ones(1, 4, 4, 4)).shape
    torch.Size([1, 2, 2, 2])
    """

    _dims = 3
    _function = staticmethod(functional.fractional_max_pool3d)
