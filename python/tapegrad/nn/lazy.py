"""Modules that take the size of their input from the first one they see.

LazyModuleMixin is the mechanism. A lazy class has the arguments of the class that it becomes, but
for the first, and says in initialize_parameters() what the input tells.
"""

from __future__ import annotations

from typing import Any, ClassVar

from .._core import Tensor
from .conv import Conv1d, Conv2d, Conv3d, ConvTranspose1d, ConvTranspose2d, ConvTranspose3d, _ConvNd
from .linear import Linear
from .module import Module
from .normalization import (
    BatchNorm1d,
    BatchNorm2d,
    BatchNorm3d,
    InstanceNorm1d,
    InstanceNorm2d,
    InstanceNorm3d,
    _NormBase,
)  # fmt: skip
from .parameter import UninitializedBuffer, UninitializedParameter, is_lazy

__all__ = [
    "LazyBatchNorm1d", "LazyBatchNorm2d", "LazyBatchNorm3d", "LazyConv1d", "LazyConv2d", "LazyConv3d",
    "LazyConvTranspose1d", "LazyConvTranspose2d", "LazyConvTranspose3d", "LazyInstanceNorm1d",
    "LazyInstanceNorm2d", "LazyInstanceNorm3d", "LazyLinear",
]  # fmt: skip


class LazyModuleMixin(Module):
    """A module whose first call gives shapes to its UninitializedParameters and turns it into one
    of `cls_to_become`; comes first among the bases.

    Parameters keep their identity, so an optimizer may have them before. A state_dict() of a module
    in either state can be loaded by one that has not seen an input.
    """

    cls_to_become: ClassVar[type[Module] | None] = None

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if self.cls_to_become is not None or self.has_uninitialized_params():
            self.initialize_parameters(*args, **kwargs)
        if self.has_uninitialized_params():
            raise RuntimeError(f"module {self._get_name()} has not been fully initialized")
        if self.cls_to_become is not None:
            self.__class__ = self.cls_to_become  # type: ignore[assignment]
        return Module.__call__(self, *args, **kwargs)

    def has_uninitialized_params(self) -> bool:
        """Whether the shape of a parameter or buffer is still unknown."""
        return any(is_lazy(value) for value in (*self._parameters.values(), *self._buffers.values()))

    def initialize_parameters(self, *args: Any, **kwargs: Any) -> None:
        """Gives parameters and buffers their shapes and values, by the arguments of forward()."""
        raise NotImplementedError(f"initialize_parameters is not implemented for {type(self).__name__}")

    def _save_to_state_dict(self, destination: Any, prefix: str, keep_vars: bool) -> None:
        for name, value in self._own_state().items():
            destination[prefix + name] = value if keep_vars or is_lazy(value) else value.detach()

    def _load_from_state_dict(self, state_dict: Any, prefix: str, *rest: Any) -> None:
        for name, value in self._own_state().items():
            loaded = state_dict.get(prefix + name)
            known = isinstance(loaded, Tensor) and not is_lazy(loaded)
            if known and isinstance(value, (UninitializedParameter, UninitializedBuffer)):
                value.materialize(loaded.shape)
        super()._load_from_state_dict(state_dict, prefix, *rest)


class _Lazy(LazyModuleMixin):
    """One of this file: made with input size 0, then its empty parameters give way."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(0, *args, **kwargs)  # type: ignore[call-arg]
        for name, param in self._parameters.items():
            if param is not None:
                self._parameters[name] = UninitializedParameter(dtype=param.dtype)
        for name, buffer in self._buffers.items():
            if buffer is not None and buffer.dim():
                self._buffers[name] = UninitializedBuffer(dtype=buffer.dtype)

    def _materialize(self, **shapes: tuple[int, ...]) -> None:
        for name, value in (*self._parameters.items(), *self._buffers.items()):
            if isinstance(value, (UninitializedParameter, UninitializedBuffer)):
                value.materialize(shapes[name])
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Draws new initial values, once the input is known."""
        values = [value for value in (*self._parameters.values(), *self._buffers.values()) if value is not None]
        if not any(is_lazy(value) or value.numel() == 0 for value in values):
            super().reset_parameters()  # type: ignore[misc]


class LazyLinear(_Lazy, Linear):
    """Linear with in_features from the last dimension of the first input: the arguments are those
    of Linear without in_features.

    >>> import tapegrad as tg
    >>> layer = tg.nn.LazyLinear(2)
    >>> layer
    LazyLinear(in_features=0, out_features=2, bias=True)
    >>> layer(tg.ones(4, 3)).shape
    torch.Size([4, 2])
    >>> layer
    Linear(in_features=3, out_features=2, bias=True)
    """

    cls_to_become = Linear

    def initialize_parameters(self, input: Tensor) -> None:
        """Takes in_features from the input and draws weight and bias."""
        size = input.shape[-1]
        if self.has_uninitialized_params():
            self.in_features = size
            self._materialize(weight=(self.out_features, size), bias=(self.out_features,))
        elif self.in_features == 0:  # the parameters have been loaded
            if size != self.weight.shape[-1]:
                raise AssertionError(
                    f"The in_features inferred from input: {size} is not equal to in_features from self.weight: "
                    f"{self.weight.shape[-1]}"
                )
            self.in_features = size


class _LazyConv(_Lazy, _ConvNd):
    def initialize_parameters(self, input: Tensor, *args: Any, **kwargs: Any) -> None:
        """Takes in_channels from the input and draws weight and bias."""
        if not self.has_uninitialized_params():
            return
        dims = self._dims
        if input.dim() not in (dims + 1, dims + 2):
            raise RuntimeError(
                f"Expected {dims + 1}D (unbatched) or {dims + 2}D (batched) input to {type(self).__name__}, but "
                f"got input of size: {input.shape}"
            )
        self.in_channels = input.shape[-dims - 1]
        if self.in_channels % self.groups != 0:
            raise ValueError("in_channels must be divisible by groups")
        self._materialize(weight=(*self._weight_channels(), *self.kernel_size), bias=(self.out_channels,))


class LazyConv1d(_LazyConv, Conv1d):
    """Conv1d with in_channels from the first input."""

    cls_to_become = Conv1d


class LazyConv2d(_LazyConv, Conv2d):
    """Conv2d with in_channels from the first input: the arguments are those of Conv2d without
    in_channels.

    >>> import tapegrad as tg
    >>> layer = tg.nn.LazyConv2d(6, kernel_size=5)
    >>> layer(tg.ones(1, 3, 8, 8)).shape
    torch.Size([1, 6, 4, 4])
    >>> layer
    Conv2d(3, 6, kernel_size=(5, 5), stride=(1, 1))
    """

    cls_to_become = Conv2d


class LazyConv3d(_LazyConv, Conv3d):
    """Conv3d with in_channels from the first input."""

    cls_to_become = Conv3d


class LazyConvTranspose1d(_LazyConv, ConvTranspose1d):
    """ConvTranspose1d with in_channels from the first input."""

    cls_to_become = ConvTranspose1d


class LazyConvTranspose2d(_LazyConv, ConvTranspose2d):
    """ConvTranspose2d with in_channels from the first input."""

    cls_to_become = ConvTranspose2d


class LazyConvTranspose3d(_LazyConv, ConvTranspose3d):
    """ConvTranspose3d with in_channels from the first input."""

    cls_to_become = ConvTranspose3d


class _LazyNorm(_Lazy, _NormBase):
    # InstanceNorms, too, are affine and track unless told otherwise, as in PyTorch.
    def __init__(
        self,
        eps: float = 1e-5,
        momentum: float | None = 0.1,
        affine: bool = True,
        track_running_stats: bool = True,
        device: Any = None,
        dtype: Any = None,
        *,
        bias: bool = True,
    ) -> None:
        super().__init__(eps, momentum, affine, track_running_stats, device, dtype, bias=bias)

    def initialize_parameters(self, input: Tensor) -> None:
        """Takes num_features from the input; sets weight to 1, bias to 0."""
        if self.has_uninitialized_params():
            self.num_features = input.shape[1]
            names = ("weight", "bias", "running_mean", "running_var")
            self._materialize(**dict.fromkeys(names, (self.num_features,)))


class LazyBatchNorm1d(_LazyNorm, BatchNorm1d):
    """BatchNorm1d with num_features from the first input."""

    cls_to_become = BatchNorm1d


class LazyBatchNorm2d(_LazyNorm, BatchNorm2d):
    """BatchNorm2d with num_features from the first input: the arguments are those of BatchNorm2d
    without num_features.
    """

    cls_to_become = BatchNorm2d


class LazyBatchNorm3d(_LazyNorm, BatchNorm3d):
    """BatchNorm3d with num_features from the first input."""

    cls_to_become = BatchNorm3d


class LazyInstanceNorm1d(_LazyNorm, InstanceNorm1d):
    """InstanceNorm1d with num_features from the first input."""

    cls_to_become = InstanceNorm1d


class LazyInstanceNorm2d(_LazyNorm, InstanceNorm2d):
    """InstanceNorm2d with num_features from the first input."""

    cls_to_become = InstanceNorm2d


class LazyInstanceNorm3d(_LazyNorm, InstanceNorm3d):
    """InstanceNorm3d with num_features from the first input."""

    cls_to_become = InstanceNorm3d
