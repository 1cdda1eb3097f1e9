"""What the benchmarks say: the printed table, its geometric means, and the JSON file."""

from __future__ import annotations

import json
import math
import os
import platform
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

from .cases import GROUPS
from .timing import Library, Row


def duration(seconds: float) -> str:
    """A time in the unit that reads best, nine characters wide.

    >>> duration(3.2e-8), duration(0.0151)
    ('  32.0 ns', '  15.1 ms')
    """
    for factor, unit in ((1e9, "ns"), (1e6, "us"), (1e3, "ms")):
        if seconds * factor < 1000:
            return f"{seconds * factor:6.1f} {unit}"
    return f"{seconds:6.1f} s "


def geometric_mean(values: Iterable[float]) -> float:
    """The mean for ratios; NaN of nothing.

    >>> geometric_mean([2.0, 8.0])
    4.0
    """
    logarithms = [math.log(value) for value in values]
    return math.exp(math.fsum(logarithms) / len(logarithms)) if logarithms else math.nan


def header(libraries: list[Library], threads: int) -> str:
    """The first lines of the output: what is compared, where."""
    versions = ", ".join(f"{one.label} {one.version}" for one in libraries)
    return (
        f"{versions}; Python {platform.python_version()}, {platform.machine()}, "
        f"{os.cpu_count()} cores, {threads} thread(s)\n"
        "ratio = the other library's time / tapegrad's"
    )


def table_line(row: Row) -> str:
    """One row: name, time and, for each peer, its time and the ratio, or why there is none."""
    parts = [f"  {row.name:<38}"]
    for label in ("tapegrad", "torch", "numpy"):
        if label in row.problems:
            parts.append(f"{label}: {row.problems[label]}")
        elif label in row.seconds:
            ratio = f" {row.ratios[label]:7.2f}x" if label in row.ratios else ""
            parts.append(f"{label} {duration(row.seconds[label])}{ratio}")
    return "  ".join(parts)


def _torch_ratio(row: Row) -> float:
    return row.ratios["torch"]


def _short(ratio: float) -> str:
    return f"{ratio:.2f}" if ratio < 9.95 else f"{ratio:.0f}"


@dataclass
class Report:
    """All rows of a run."""

    threads: int
    versions: dict[str, str]
    rows: list[Row] = field(default_factory=list)

    def means(self) -> dict[str, dict[str, float]]:
        """Geometric mean of the ratios, by group and peer."""
        means: dict[str, dict[str, float]] = {}
        for group in dict.fromkeys(row.group for row in self.rows):
            of_group = [row for row in self.rows if row.group == group]
            for peer in ("torch", "numpy"):
                ratios = [row.ratios[peer] for row in of_group if peer in row.ratios]
                if ratios:
                    means.setdefault(group, {})[peer] = geometric_mean(ratios)
        return means

    def summary(self) -> str:
        """The closing table: mean and smallest ratio of each group."""
        lines = ["", f"{'geometric mean (smallest)':<28}{'torch':>20}{'numpy':>20}"]
        for group, means in self.means().items():
            cells = []
            for peer in ("torch", "numpy"):
                low = min(
                    (r.ratios[peer] for r in self.rows if r.group == group and peer in r.ratios),
                    default=0.0,
                )
                cells.append(f"{means[peer]:9.2f}x ({low:.2f}x)" if peer in means else "-")
            lines.append(f"  {group:<26}{cells[0]:>20}{cells[1]:>20}")
        bad = self.failed()
        if bad:
            names = ", ".join(row.name for row in bad)
            lines.append(f"{len(bad)} row(s) without a sound comparison: {names}")
        return "\n".join(lines)

    def markdown(self) -> str:
        """The ratios to PyTorch as a table: geometric mean, smallest and largest row of each group."""
        lines = ["| group | what | mean | smallest | largest |", "|---|---|---|---|---|"]
        for group in dict.fromkeys(row.group for row in self.rows):
            compared = [row for row in self.rows if row.group == group and "torch" in row.ratios]
            if not compared:
                continue
            mean = geometric_mean(row.ratios["torch"] for row in compared)
            ends = (min(compared, key=_torch_ratio), max(compared, key=_torch_ratio))
            low, high = (f"{_short(_torch_ratio(row))}: {row.name}" for row in ends)
            lines.append(f"| {group} | {GROUPS[group]} | **{_short(mean)}** | {low} | {high} |")
        return "\n".join(lines) + "\n"

    def failed(self) -> list[Row]:
        """Rows in which a library failed or disagreed."""
        return [row for row in self.rows if row.problems]

    def save(self, path: str) -> None:
        """Writes everything as JSON."""
        content = {
            "versions": self.versions,
            "python": platform.python_version(),
            "machine": platform.machine(),
            "threads": self.threads,
            "means": self.means(),
            "rows": [asdict(row) for row in self.rows],
        }
        with open(path, "w", encoding="utf-8") as file:
            json.dump(content, file, indent=1)
            file.write("\n")
