"""Memory shared with other array libraries by the DLPack protocol, as torch.utils.dlpack."""

from __future__ import annotations

import enum

from .. import _core
from .._core import Tensor
from .._types import device as _device

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["DLDeviceType", "from_dlpack", "to_dlpack"]


class DLDeviceType(enum.IntEnum):
    """Kinds of devices, by their number in the protocol."""

    kDLCPU = 1
    kDLCUDA = 2
    kDLCUDAHost = 3
    kDLOpenCL = 4
    kDLVulkan = 7
    kDLMetal = 8
    kDLVPI = 9
    kDLROCM = 10
    kDLROCMHost = 11
    kDLExtDev = 12
    kDLCUDAManaged = 13
    kDLOneAPI = 14


def to_dlpack(tensor: Tensor) -> Any:
    """A capsule over the memory of `tensor`, for one from_dlpack() of any library.

    Raises BufferError where the tensor requires grad.

    >>> import tapegrad as tg
    >>> x = tg.arange(3)
    >>> tg.from_dlpack(tg.utils.dlpack.to_dlpack(x)).data_ptr() == x.data_ptr()
    True
    """
    return _core._to_dlpack(tensor, False, False)


def from_dlpack(ext_tensor: Any, *, device: str | _device | None = None, copy: bool | None = None) -> Tensor:
    """A tensor over the memory of an object of another library (or of a capsule), without a copy.

    copy: True always copies, False never does, None only where it must be. Changes on one side show on the other;
    memory that its owner declares read-only is read-only here, too.
    Raises BufferError for devices and dtypes that tapegrad lacks.

    >>> import numpy as np, tapegrad as tg
    >>> a = np.zeros(2)
    >>> tg.from_dlpack(a).add_(1.0)
    tensor([1., 1.], dtype=torch.float64)
    >>> a
    array([1., 1.])
    """
    if not hasattr(ext_tensor, "__dlpack__"):
        if device is not None or copy is not None:
            raise AssertionError("device and copy kwargs not supported when ext_tensor is already a DLPack capsule.")
        return _core._from_dlpack(ext_tensor)
    if device is not None and _device(device).type != "cpu":
        raise RuntimeError(f"tapegrad runs on the CPU only: device '{device}' is not available")
    kind, number = ext_tensor.__dlpack_device__()
    if kind != DLDeviceType.kDLCPU:
        raise BufferError(f"tapegrad runs on the CPU only: the tensor lives on DLPack device ({int(kind)}, {number})")
    # Producers of older versions of the protocol refuse the newer arguments: each attempt asks for less.
    wishes = {} if copy is None else {"copy": copy}
    for options in ({"max_version": (1, 0), **wishes}, wishes):
        try:
            capsule = ext_tensor.__dlpack__(**options)
        except TypeError:
            continue
        return _core._from_dlpack(capsule)
    shared: Tensor = _core._from_dlpack(ext_tensor.__dlpack__())
    return shared.clone() if copy else shared
