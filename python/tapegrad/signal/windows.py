"""Window functions under the names of torch.signal.windows, and torch's older ones of the main namespace.

A window has M points; `sym=False` (periodic) leaves out the last point of a symmetric window of M + 1, which suits
spectral analysis. All take dtype (float32 or float64; the default dtype), layout, device and requires_grad, and raise
ValueError for other dtypes, a negative length and parameters out of range.

>>> hann(5)
tensor([0.0000, 0.5000, 1.0000, 0.5000, 0.0000])
>>> hann(4, sym=False)
tensor([0.0000, 0.5000, 1.0000, 0.5000])
"""

from __future__ import annotations

from collections.abc import Iterable
from math import pi, sqrt
from typing import Any

from .. import _core
from .._core import Tensor
from .._types import layout as Layout, strided

__all__ = [
    "bartlett",
    "blackman",
    "cosine",
    "exponential",
    "gaussian",
    "general_cosine",
    "general_hamming",
    "hamming",
    "hann",
    "kaiser",
    "nuttall",
]


def _options(name: str, M: int, dtype: Any, layout: Layout, device: Any, requires_grad: bool) -> dict[str, Any]:
    """What the points are made with."""
    if dtype is None:
        dtype = _core.get_default_dtype()
    if M < 0:
        raise ValueError(f"{name} requires non-negative window length, got M={M}")
    if layout is not strided:
        raise ValueError(f"{name} is implemented for strided tensors only, got: {layout}")
    if dtype not in (_core.float32, _core.float64):
        raise ValueError(f"{name} expects float32 or float64 dtypes, got: {dtype}")
    return {"dtype": dtype, "device": device, "requires_grad": requires_grad}


def _span(M: int, sym: bool) -> int:
    """The distance between the first and the last point of the symmetric window."""
    return M - 1 if sym or M <= 1 else M


def exponential(
    M: int,
    *,
    center: float | None = None,
    tau: float = 1.0,
    sym: bool = True,
    dtype: Any = None,
    layout: Layout = strided,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """exp(-|n - center| / tau). The center of a periodic window may be chosen.

    >>> exponential(3)
    tensor([0.3679, 1.0000, 0.3679])
    """
    options = _options("exponential", M, dtype, layout, device, requires_grad)
    if tau <= 0:
        raise ValueError(f"Tau must be positive, got: {tau} instead.")
    if sym and center is not None:
        raise ValueError("Center must be None for symmetric windows")
    if M == 0:
        return _core.empty(0, **options)
    if center is None:
        center = _span(M, sym) / 2
    n = _core.linspace(-center / tau, (M - 1 - center) / tau, M, **options)
    return (-n.abs()).exp()


def cosine(
    M: int,
    *,
    sym: bool = True,
    dtype: Any = None,
    layout: Layout = strided,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """One half of a sine wave, sampled in the middle of each step.

    >>> cosine(3)
    tensor([0.5000, 1.0000, 0.5000])
    """
    options = _options("cosine", M, dtype, layout, device, requires_grad)
    if M == 0:
        return _core.empty(0, **options)
    step = pi / (_span(M, sym) + 1)
    return _core.linspace(0.5 * step, (M - 0.5) * step, M, **options).sin()


def gaussian(
    M: int,
    *,
    std: float = 1.0,
    sym: bool = True,
    dtype: Any = None,
    layout: Layout = strided,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """exp(-n^2 / (2 std^2)) with n counted from the middle.

    >>> gaussian(3)
    tensor([0.6065, 1.0000, 0.6065])
    """
    options = _options("gaussian", M, dtype, layout, device, requires_grad)
    if std <= 0:
        raise ValueError(f"Standard deviation must be positive, got: {std} instead.")
    if M == 0:
        return _core.empty(0, **options)
    start, step = -_span(M, sym) / 2, 1 / (std * sqrt(2))
    n = _core.linspace(start * step, (start + M - 1) * step, M, **options)
    return (-(n**2)).exp()


def kaiser(
    M: int,
    *,
    beta: float = 12.0,
    sym: bool = True,
    dtype: Any = None,
    layout: Layout = strided,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """i0(beta sqrt(1 - n^2)) / i0(beta) with n from -1 to 1: a larger beta is a narrower window.

    >>> kaiser(3, beta=2.0)
    tensor([0.4387, 1.0000, 0.4387])
    """
    options = _options("kaiser", M, dtype, layout, device, requires_grad)
    if beta < 0:
        raise ValueError(f"beta must be non-negative, got: {beta} instead.")
    if M == 0:
        return _core.empty(0, **options)
    if M == 1:
        return _core.ones(1, **options)
    # In the dtype of the result, so that no point lies beyond beta.
    b = _core.tensor(beta, dtype=options["dtype"])
    step = 2.0 * b / _span(M, sym)
    n = _core.linspace(-b.item(), _core.minimum(b, -b + (M - 1) * step).item(), M, **options)
    return _core.i0((b * b - n.pow(2)).sqrt()) / _core.i0(b)


def bartlett(
    M: int,
    *,
    sym: bool = True,
    dtype: Any = None,
    layout: Layout = strided,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """A triangle from 0 to 1 to 0.

    >>> bartlett(5)
    tensor([0.0000, 0.5000, 1.0000, 0.5000, 0.0000])
    """
    options = _options("bartlett", M, dtype, layout, device, requires_grad)
    if M == 0:
        return _core.empty(0, **options)
    if M == 1:
        return _core.ones(1, **options)
    n = _core.linspace(-1, -1 + (M - 1) * 2 / _span(M, sym), M, **options)
    return 1 - n.abs()


def general_cosine(
    M: int,
    *,
    a: Iterable[float],
    sym: bool = True,
    dtype: Any = None,
    layout: Layout = strided,
    device: Any = None,
    requires_grad: bool = False,
) -> Tensor:
    """The sum of (-1)^i a[i] cos(2 pi i n / (M - 1)).

    >>> general_cosine(3, a=[0.5, 0.5])
    tensor([0., 1., 0.])
    """
    options = _options("general_cosine", M, dtype, layout, device, requires_grad)
    if M == 0:
        return _core.empty(0, **options)
    if M == 1:
        return _core.ones(1, **options)
    if not isinstance(a, Iterable):
        raise TypeError("Coefficients must be a list/tuple")
    if not a:
        raise ValueError("Coefficients cannot be empty")
    step = 2 * pi / _span(M, sym)
    n = _core.linspace(0, (M - 1) * step, M, **options)
    factors = _core.tensor([-w if i % 2 else w for i, w in enumerate(a)], **options)
    order = _core.arange(factors.shape[0], dtype=factors.dtype)
    return (factors.unsqueeze(-1) * (order.unsqueeze(-1) * n).cos()).sum(0)


def general_hamming(M: int, *, alpha: float = 0.54, **options: Any) -> Tensor:
    """alpha - (1 - alpha) cos(2 pi n / (M - 1)).

    >>> general_hamming(3, alpha=0.6)
    tensor([0.2000, 1.0000, 0.2000])
    """
    return general_cosine(M, a=[alpha, 1.0 - alpha], **options)


def hamming(M: int, **options: Any) -> Tensor:
    """general_hamming() with alpha 0.54.

    >>> hamming(3)
    tensor([0.0800, 1.0000, 0.0800])
    """
    return general_hamming(M, **options)


def hann(M: int, **options: Any) -> Tensor:
    """general_hamming() with alpha 0.5, which ends at 0.

    >>> hann(3)
    tensor([0., 1., 0.])
    """
    return general_hamming(M, alpha=0.5, **options)


def blackman(M: int, **options: Any) -> Tensor:
    """general_cosine() with 0.42, 0.5, 0.08.

    >>> blackman(5)[1:4]
    tensor([0.3400, 1.0000, 0.3400])
    """
    return general_cosine(M, a=[0.42, 0.5, 0.08], **options)


def nuttall(M: int, **options: Any) -> Tensor:
    """general_cosine() with Nuttall's four coefficients for the lowest sidelobes.

    >>> nuttall(3)
    tensor([3.6280e-04, 1.0000e+00, 3.6280e-04])
    """
    return general_cosine(M, a=[0.3635819, 0.4891775, 0.1365995, 0.0106411], **options)


# --- the windows of the main namespace, periodic unless asked otherwise -----------------------------------------------
def _periodic(
    name: str,
    window_length: int,
    periodic: bool,
    window: Any,
    dtype: Any = None,
    layout: Layout = strided,
    device: Any = None,
    pin_memory: bool = False,
    requires_grad: bool = False,
) -> Tensor:
    if dtype is None:
        dtype = _core.get_default_dtype()
    if not dtype.is_floating_point:
        raise RuntimeError(f"{name} expects floating point dtypes, got: {dtype}")
    if window_length < 0:
        raise RuntimeError(f"{name} requires non-negative window_length, got window_length={window_length}")
    if window_length < 2:
        return _core.ones(window_length, dtype=dtype, device=device, requires_grad=requires_grad)
    wide = dtype if dtype in (_core.float32, _core.float64) else _core.float32
    points: Tensor = window(window_length, sym=not periodic, dtype=wide, layout=layout, device=device).to(dtype)
    return points.requires_grad_() if requires_grad else points


def hann_window(window_length: int, periodic: bool = True, **options: Any) -> Tensor:
    """signal.windows.hann(), periodic by default.

    >>> hann_window(4)
    tensor([0.0000, 0.5000, 1.0000, 0.5000])
    """
    return _periodic("hann_window", window_length, periodic, hann, **options)


def hamming_window(
    window_length: int, periodic: bool = True, alpha: float = 0.54, beta: float = 0.46, **options: Any
) -> Tensor:
    """alpha - beta cos(2 pi n / (M - 1)), periodic by default.

    >>> hamming_window(4)
    tensor([0.0800, 0.5400, 1.0000, 0.5400])
    """

    def window(M: int, **rest: Any) -> Tensor:
        return general_cosine(M, a=[alpha, beta], **rest)

    return _periodic("hamming_window", window_length, periodic, window, **options)


def blackman_window(window_length: int, periodic: bool = True, **options: Any) -> Tensor:
    """signal.windows.blackman(), periodic by default.

    >>> blackman_window(4)[1]
    tensor(0.3400)
    """
    return _periodic("blackman_window", window_length, periodic, blackman, **options)


def bartlett_window(window_length: int, periodic: bool = True, **options: Any) -> Tensor:
    """signal.windows.bartlett(), periodic by default.

    >>> bartlett_window(4)
    tensor([0.0000, 0.5000, 1.0000, 0.5000])
    """
    return _periodic("bartlett_window", window_length, periodic, bartlett, **options)


def kaiser_window(window_length: int, periodic: bool = True, beta: float = 12.0, **options: Any) -> Tensor:
    """signal.windows.kaiser(), periodic by default.

    >>> kaiser_window(2, beta=2.0)
    tensor([0.4387, 1.0000])
    """

    def window(M: int, **rest: Any) -> Tensor:
        return kaiser(M, beta=beta, **rest)

    return _periodic("kaiser_window", window_length, periodic, window, **options)
