"""Padding as modules; the function is nn.functional.pad."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from .. import _core
from .._core import Tensor
from ._sizes import repeated
from .module import Module

__all__ = [
    "CircularPad1d", "CircularPad2d", "CircularPad3d", "ConstantPad1d", "ConstantPad2d", "ConstantPad3d",
    "ReflectionPad1d", "ReflectionPad2d", "ReflectionPad3d", "ReplicationPad1d", "ReplicationPad2d",
    "ReplicationPad3d", "ZeroPad1d", "ZeroPad2d", "ZeroPad3d",
]  # fmt: skip

Sizes = int | Sequence[int]


class _Pad(Module):
    _dims: ClassVar[int]
    _mode: ClassVar[str]
    _ranks: ClassVar[tuple[int, ...]] = ()  # checked where given

    def __init__(self, padding: Sizes) -> None:
        super().__init__()
        self.padding: Sequence[int] = repeated(padding, 2 * self._dims)

    def forward(self, input: Tensor) -> Tensor:
        """The padded input."""
        if self._ranks and input.dim() not in self._ranks:
            wanted = " or ".join(f"{rank}D" for rank in self._ranks)
            raise ValueError(f"expected {wanted} input (got {input.dim()}D input)")
        return _core._pad(input, self.padding, self._mode)

    def extra_repr(self) -> str:
        """Sizes, as repr() shows them."""
        return f"{self.padding}"


class _ConstantPad(Module):
    _dims: ClassVar[int]

    def __init__(self, padding: Sizes, value: float) -> None:
        super().__init__()
        self.padding: Sequence[int] = repeated(padding, 2 * self._dims)
        self.value = value

    def forward(self, input: Tensor) -> Tensor:
        """The padded input."""
        return _core._pad(input, self.padding, "constant", self.value)

    def extra_repr(self) -> str:
        """Sizes and the value, as repr() shows them."""
        return f"padding={self.padding}, value={self.value}"


class _ZeroPad(_ConstantPad):
    def __init__(self, padding: Sizes) -> None:
        super().__init__(padding, 0.0)

    def extra_repr(self) -> str:
        """Sizes, as repr() shows them."""
        return f"{self.padding}"


class ConstantPad1d(_ConstantPad):
    """The last dimension padded with a value on both sides.

    >>> import tapegrad as tg
    >>> tg.nn.ConstantPad1d((1, 0), 7.0)(tg.ones(1, 2))
    tensor([[7., 1., 1.]])
    """

    _dims = 1


class ConstantPad2d(_ConstantPad):
    """The last two dimensions padded with a value; padding: (left, right, top, bottom).

    >>> import tapegrad as tg
    >>> tg.nn.ConstantPad2d((0, 1, 0, 0), 7.0)(tg.ones(1, 1, 2))
    tensor([[[1., 1., 7.]]])
    """

    _dims = 2


class ConstantPad3d(_ConstantPad):
    """The last three dimensions padded with a value.

    >>> import tapegrad as tg
    >>> tg.nn.ConstantPad3d(1, 7.0)(tg.ones(1, 1, 1, 1)).shape
    torch.Size([1, 3, 3, 3])
    """

    _dims = 3


class ZeroPad1d(_ZeroPad):
    """The last dimension padded with zeros.

    >>> import tapegrad as tg
    >>> tg.nn.ZeroPad1d(1)(tg.ones(1, 2))
    tensor([[0., 1., 1., 0.]])
    """

    _dims = 1


class ZeroPad2d(_ZeroPad):
    """The last two dimensions padded with zeros.

    >>> import tapegrad as tg
    >>> tg.nn.ZeroPad2d((1, 0, 0, 0))(tg.ones(1, 1, 2))
    tensor([[[0., 1., 1.]]])
    """

    _dims = 2


class ZeroPad3d(_ZeroPad):
    """The last three dimensions padded with zeros.

    >>> import tapegrad as tg
    >>> tg.nn.ZeroPad3d(1)(tg.ones(1, 1, 1, 1)).sum().item()
    1.0
    """

    _dims = 3


class ReflectionPad1d(_Pad):
    """The last dimension padded with its own elements, mirrored at the ends.

    >>> import tapegrad as tg
    >>> tg.nn.ReflectionPad1d(1)(tg.tensor([[1.0, 2.0, 3.0]]))
    tensor([[2., 1., 2., 3., 2.]])
    """

    _dims = 1
    _mode = "reflect"


class ReflectionPad2d(_Pad):
    """The last two dimensions padded by mirroring.

    >>> import tapegrad as tg
    >>> tg.nn.ReflectionPad2d((1, 0, 0, 0))(tg.tensor([[[1.0, 2.0]]]))
    tensor([[[2., 1., 2.]]])
    """

    _dims = 2
    _mode = "reflect"


class ReflectionPad3d(_Pad):
    """The last three dimensions padded by mirroring.

    >>> import tapegrad as tg
    >>> tg.nn.ReflectionPad3d(1)(tg.ones(1, 2, 2, 2)).shape
    torch.Size([1, 4, 4, 4])
    """

    _dims = 3
    _mode = "reflect"


class ReplicationPad1d(_Pad):
    """The last dimension padded with its first and last elements.

    >>> import tapegrad as tg
    >>> tg.nn.ReplicationPad1d(1)(tg.tensor([[1.0, 2.0]]))
    tensor([[1., 1., 2., 2.]])
    """

    _dims = 1
    _mode = "replicate"


class ReplicationPad2d(_Pad):
    """The last two dimensions padded with the elements at the edges.

    >>> import tapegrad as tg
    >>> tg.nn.ReplicationPad2d((1, 0, 0, 0))(tg.tensor([[[1.0, 2.0]]]))
    tensor([[[1., 1., 2.]]])
    """

    _dims = 2
    _mode = "replicate"


class ReplicationPad3d(_Pad):
    """The last three dimensions padded with the elements at the edges.

    >>> import tapegrad as tg
    >>> tg.nn.ReplicationPad3d(1)(tg.ones(1, 1, 1, 1)).sum().item()
    27.0
    """

    _dims = 3
    _mode = "replicate"


class CircularPad1d(_Pad):
    """The last dimension padded with the elements from its other end.

    >>> import tapegrad as tg
    >>> tg.nn.CircularPad1d(1)(tg.tensor([[1.0, 2.0, 3.0]]))
    tensor([[3., 1., 2., 3., 1.]])
    """

    _dims = 1
    _mode = "circular"
    _ranks = (2, 3)


class CircularPad2d(_Pad):
    """The last two dimensions padded with the elements from the other end.

    >>> import tapegrad as tg
    >>> tg.nn.CircularPad2d((1, 0, 0, 0))(tg.tensor([[[1.0, 2.0]]]))
    tensor([[[2., 1., 2.]]])
    """

    _dims = 2
    _mode = "circular"
    _ranks = (3, 4)


class CircularPad3d(_Pad):
    """The last three dimensions padded with the elements from the other end.

    >>> import tapegrad as tg
    >>> tg.nn.CircularPad3d(1)(tg.ones(1, 1, 1, 1)).sum().item()
    27.0
    """

    _dims = 3
    _mode = "circular"
    _ranks = (4, 5)
