"""tapegrad: PyTorch's eager API and autograd as a few megabytes of native code.

>>> import tapegrad as torch
>>> x = torch.ones(2, 2, requires_grad=True)
>>> out = ((x + 1) ** 2 * 2).mean()
>>> out
tensor(8., grad_fn=<MeanBackward0>)
>>> out.backward()
>>> x.grad
tensor([[2., 2.],
        [2., 2.]])

Importing this package imports neither numpy nor the larger parts (nn, optim, training, ...): those load on first use.
"""

from __future__ import annotations

import sys as _sys
from math import e as e, inf as inf, nan as nan, pi as pi

from . import _core
from ._core import *  # noqa: F403 (the operations, too many to list)
from ._core import (
    _log_softmax_backward_data as _log_softmax_backward_data,
    _softmax_backward_data as _softmax_backward_data,
)
from ._printing import printoptions as printoptions, set_printoptions as set_printoptions
from ._shapes import broadcast_shapes as broadcast_shapes, unravel_index as unravel_index
from ._tensor import (
    BFloat16Tensor as BFloat16Tensor,
    BoolTensor as BoolTensor,
    ByteTensor as ByteTensor,
    CharTensor as CharTensor,
    DoubleTensor as DoubleTensor,
    FloatTensor as FloatTensor,
    HalfTensor as HalfTensor,
    IntTensor as IntTensor,
    LongTensor as LongTensor,
    ShortTensor as ShortTensor,
)
from ._types import (
    channels_last as channels_last,
    channels_last_3d as channels_last_3d,
    contiguous_format as contiguous_format,
    device as device,
    finfo as finfo,
    iinfo as iinfo,
    layout as layout,
    memory_format as memory_format,
    preserve_format as preserve_format,
    strided as strided,
)
from ._version import __version__ as __version__

TYPE_CHECKING = False  # typing is not imported: it would take longer than the rest of this package
if TYPE_CHECKING:
    from typing import Any

    from .utils.dlpack import from_dlpack as from_dlpack, to_dlpack as to_dlpack

_sys.modules[__name__].__class__ = _core._Module  # quicker attributes, in spite of __getattr__() below
empty_cache = _core._empty_cache
memory_stats = _core._memory_stats
newaxis = None

_LAZY = (
    "__config__",
    "autograd",
    "bench",
    "cuda",
    "func",
    "linalg",
    "masked",
    "nn",
    "optim",
    "random",
    "return_types",
    "signal",
    "special",
    "testing",
    "training",
    "utils",
)
_LINALG = (
    "cholesky",
    "cholesky_inverse",
    "cholesky_solve",
    "det",
    "geqrf",
    "inverse",
    "logdet",
    "lu",
    "lu_solve",
    "lu_unpack",
    "matrix_exp",
    "matrix_power",
    "orgqr",
    "ormqr",
    "pca_lowrank",
    "pinverse",
    "qr",
    "slogdet",
    "svd",
    "svd_lowrank",
    "triangular_solve",
)
_WINDOWS = ("bartlett_window", "blackman_window", "hamming_window", "hann_window", "kaiser_window")


def __getattr__(name: str) -> Any:
    if name in _LAZY:
        import importlib

        return importlib.import_module(f".{name}", __name__)
    if name in _LINALG:
        from .linalg import _toplevel

        return getattr(_toplevel, name)
    if name in _WINDOWS:
        from .signal import windows

        return getattr(windows, name)
    if name == "histogramdd":
        from ._histogram import histogramdd

        return histogramdd
    if name in ("from_dlpack", "to_dlpack"):
        from .utils import dlpack

        return getattr(dlpack, name)
    if name in ("bilinear", "cosine_similarity", "pairwise_distance"):
        from .nn import functional

        return getattr(functional, name)
    if name in ("complex64", "complex128", "cfloat", "cdouble"):
        raise AttributeError(f"tapegrad has no complex tensors yet: there is no {name}")
    raise AttributeError(f"module 'tapegrad' has no attribute '{name}'")


def show_config() -> None:
    """Prints what this build was made with and runs on: the text of `__config__.show()`."""
    from . import __config__

    print(__config__.show(), end="")


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY, *_LINALG, *_WINDOWS, "from_dlpack", "histogramdd", "to_dlpack"})
