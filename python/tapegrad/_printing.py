"""set_printoptions and printoptions."""

from __future__ import annotations

from . import _core

TYPE_CHECKING = False  # typing is not imported: it would take longer than the rest of this package
if TYPE_CHECKING:
    from typing import Any

_PROFILES = {"default": (4, 1000, 3, 80), "short": (2, 1000, 2, 80), "full": (4, 1 << 62, 3, 80)}
_SCI_MODE = {None: -1, False: 0, True: 1}


def set_printoptions(
    precision: int | None = None,
    threshold: float | None = None,
    edgeitems: int | None = None,
    linewidth: int | None = None,
    profile: str | None = None,
    sci_mode: bool | None = None,
) -> None:
    """Sets how tensors print; what is left out stays, but sci_mode, which becomes automatic.

    precision: digits after the point; threshold: elements from which the middle is left out; edgeitems: what is shown
    of each end then; linewidth: characters; profile: "default", "short" or "full"; sci_mode: scientific notation.

    >>> import tapegrad as tg
    >>> tg.set_printoptions(precision=2)
    >>> tg.tensor([1.2345])
    tensor([1.23])
    >>> tg.set_printoptions(profile="default")
    """
    values = list(_core._get_print_options()[:4])
    if profile is not None:
        if profile not in _PROFILES:
            raise ValueError(f"profile must be one of {sorted(_PROFILES)}, got {profile!r}")
        values = list(_PROFILES[profile])
    for i, value in enumerate((precision, threshold, edgeitems, linewidth)):
        if value is not None:
            values[i] = 1 << 62 if value == float("inf") else int(value)
    digits, limit, edge, width = values
    _core._set_print_options(digits, limit, edge, width, _SCI_MODE[sci_mode])


class printoptions:
    """The options of set_printoptions() for a `with` block.

    >>> import tapegrad as tg
    >>> with tg.printoptions(precision=1):
    ...     print(tg.tensor([1.25]))
    tensor([1.2])
    """

    def __init__(self, **options: Any) -> None:
        self._options = options
        self._before: list[tuple[int, int, int, int, int]] = []

    def __enter__(self) -> None:
        before = _core._get_print_options()
        set_printoptions(**self._options)  # changes nothing where it raises
        self._before.append(before)

    def __exit__(self, *error: object) -> None:
        _core._set_print_options(*self._before.pop())
