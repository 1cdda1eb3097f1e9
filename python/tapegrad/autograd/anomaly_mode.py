"""Anomaly detection: backward says which call of forward made the operation that failed or returned nan."""

from __future__ import annotations

import warnings

from .. import _core

__all__ = ["detect_anomaly", "set_detect_anomaly"]


class set_detect_anomaly:
    """Switches anomaly detection on or off, at once or for a `with` block.

    While it is on, operations remember the Python stack that made them. Where one of them fails in backward, a
    warning shows that stack; with check_nan a gradient that holds nan is a RuntimeError.

    >>> import tapegrad as tg
    >>> with tg.autograd.set_detect_anomaly(True):
    ...     tg.is_anomaly_enabled()
    True
    """

    def __init__(self, mode: bool, check_nan: bool = True) -> None:
        self.prev = _core.is_anomaly_enabled()
        self.prev_check_nan = _core.is_anomaly_check_nan_enabled()
        _core._set_anomaly(mode, check_nan)

    def __enter__(self) -> None:
        pass

    def __exit__(self, *args: object) -> None:
        _core._set_anomaly(self.prev, self.prev_check_nan)


class detect_anomaly:
    """A `with` block in which anomaly detection is on; warns that this is slow.

    >>> import warnings
    >>> import tapegrad as tg
    >>> warnings.simplefilter("ignore")
    >>> x = tg.zeros(1, requires_grad=True)
    >>> with tg.autograd.detect_anomaly():
    ...     (x.sqrt() * 0).sum().backward()
    Traceback (most recent call last):
    RuntimeError: Function 'SqrtBackward0' returned nan values in its 0th output.
    >>> warnings.resetwarnings()
    """

    def __init__(self, check_nan: bool = True) -> None:
        self.prev = _core.is_anomaly_enabled()
        self.check_nan = check_nan
        self.prev_check_nan = _core.is_anomaly_check_nan_enabled()
        warnings.warn(
            "Anomaly Detection has been enabled. This mode will increase the runtime and should only be enabled for "
            "debugging.",
            stacklevel=2,
        )

    def __enter__(self) -> None:
        _core._set_anomaly(True, self.check_nan)

    def __exit__(self, *args: object) -> None:
        _core._set_anomaly(self.prev, self.prev_check_nan)
