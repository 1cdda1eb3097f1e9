"""Runs one row of the table: libraries compute, results are compared, then all are timed in turns.

Start at measure(). A row is text, compiled into a function with the set-up's names as closure
variables, so that the loop around a statement of 30 ns costs next to nothing.
"""

from __future__ import annotations

import gc
import statistics
import textwrap
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from .cases import Case

SAMPLE_SECONDS = 0.004  # a sample repeats the statement for about this long
SAMPLES = 3  # of a round; the fastest counts

_TEMPLATE = """
def make(T, rand, leaf, floats):
{setup}
    def once():
{statement}
        return {result}
    def loop(count, clock):
        start = clock()
        for _ in range(count):
{repeated}
        return clock() - start
    return once, loop
"""


@dataclass
class Library:
    """A module to be timed; `label` is its column in the table."""

    label: str
    module: ModuleType

    @property
    def version(self) -> str:
        """The version that the module states."""
        return str(getattr(self.module, "__version__", "unknown"))


@dataclass
class Row:
    """What one row gave: seconds and ratios by label, and the reason where a library has none."""

    group: str
    name: str
    seconds: dict[str, float] = field(default_factory=dict)
    ratios: dict[str, float] = field(default_factory=dict)
    problems: dict[str, str] = field(default_factory=dict)


@dataclass
class _Run:
    label: str
    loop: Callable[[int, Callable[[], float]], float]
    count: int = 1
    rounds: list[float] = field(default_factory=list)


def _inputs(library: Library) -> dict[str, Callable[..., Any]]:
    """The makers of inputs that set-ups use; every library gets the same numbers."""
    import numpy as np

    generator = np.random.default_rng(0)

    def rand(*shape: int) -> Any:
        """float32 between 0.5 and 1.5: safe for log, sqrt and division."""
        values = generator.random(shape, dtype="float32") + np.float32(0.5)
        return values if library.label == "numpy" else library.module.from_numpy(values)

    def leaf(*shape: int) -> Any:
        """The same, as a leaf that requires grad."""
        return rand(*shape).requires_grad_()

    def floats(*values: float) -> Any:
        """A tensor of these numbers that requires grad."""
        return library.module.tensor(values, requires_grad=True)

    return {"rand": rand, "leaf": leaf, "floats": floats}


def compile_case(case: Case, library: Library) -> tuple[Callable[[], Any], Callable[..., float]]:
    """(once, loop): one execution that returns the result to compare, and the timed loop."""
    statement = case.numpy if library.label == "numpy" else case.statement
    body = "" if case.result == "" else statement
    source = _TEMPLATE.format(
        setup=textwrap.indent(case.setup or "pass", " " * 4),
        statement=textwrap.indent(body or "pass", " " * 8),
        result=case.result or statement,
        repeated=textwrap.indent(statement, " " * 12),
    )
    names: dict[str, Any] = {}
    exec(compile(source, f"<{case.group}: {case.name}>", "exec"), names)
    made: tuple[Callable[[], Any], Callable[..., float]] = names["make"](library.module, **_inputs(library))
    return made


def _array(value: Any) -> Any:
    import numpy as np

    if isinstance(value, (tuple, list)):
        return [_array(one) for one in value]
    return np.asarray(value.detach().numpy() if hasattr(value, "detach") else value)


def difference(ours: Any, theirs: Any, tolerance: float) -> str:
    """Empty where the results agree, otherwise what differs. NumPy may compute in another dtype.

    >>> difference([1.0, 2.0], [1.0, 2.0], 1e-6)
    ''
    >>> difference([1.0], [2.0], 1e-6)
    'differs by 0.5'
    """
    import numpy as np

    a, b = _array(ours), _array(theirs)
    if not isinstance(a, list):
        a, b = [a], [b]
    worst = 0.0
    for x, y in zip(a, b):
        if x.shape != y.shape:
            return f"shape {x.shape} against {y.shape}"
        if x.dtype == object or y.dtype == object or x.dtype.kind in "US":
            if not np.array_equal(x, y):
                return f"{x} against {y}"
            continue
        x, y = x.astype("float64"), y.astype("float64")
        scale = max(float(np.abs(y).max(initial=0.0)), 1e-3)
        worst = max(worst, float(np.abs(x - y).max(initial=0.0)) / scale)
        if not np.array_equal(np.isnan(x), np.isnan(y)):
            return "NaN at different places"
    return "" if worst <= tolerance else f"differs by {worst:.2g}"


def _prepare(case: Case, libraries: list[Library], row: Row) -> list[_Run]:
    """Computes once everywhere and compares; the runs that may be timed."""
    runs: list[_Run] = []
    first: Any = None
    for library in libraries:
        if library.label == "numpy" and not case.numpy:
            continue
        try:
            once, loop = compile_case(case, library)
            result = once()
        except Exception as error:  # a missing name or a failing op is a finding of this row
            row.problems[library.label] = f"{type(error).__name__}: {error}".splitlines()[0]
            continue
        if runs:
            differs = difference(first, result, case.tolerance)
            if differs:
                row.problems[library.label] = differs
                continue
        else:
            first = result
        runs.append(_Run(library.label, loop))
    return runs


def measure(case: Case, libraries: list[Library], rounds: int) -> Row:
    """Compares and times one row. The first library is the one that ratios are of."""
    row = Row(case.group, case.name)
    runs = _prepare(case, libraries, row)
    clock = time.perf_counter
    collecting = gc.isenabled()
    gc.disable()
    try:
        for run in runs:
            while (spent := run.loop(run.count, clock)) < SAMPLE_SECONDS / 4:
                run.count *= 4
            run.count = max(1, round(run.count * SAMPLE_SECONDS / spent))
        for turn in range(rounds):
            for run in runs if turn % 2 == 0 else reversed(runs):
                run.rounds.append(min(run.loop(run.count, clock) for _ in range(SAMPLES)) / run.count)
    finally:
        if collecting:
            gc.enable()
    for run in runs:
        row.seconds[run.label] = statistics.median(run.rounds)
    if runs and runs[0].label == libraries[0].label:
        for run in runs[1:]:
            row.ratios[run.label] = statistics.median(b / a for a, b in zip(runs[0].rounds, run.rounds))
    return row
