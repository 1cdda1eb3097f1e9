"""Command line of the benchmarks: `python -m tapegrad.bench --help`."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from types import ModuleType

from .cases import CASES, GROUPS
from .chart import draw, draw_groups
from .report import Report, header, table_line
from .timing import Library, measure


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    """The options; raises SystemExit with a message where they make no sense."""
    parser = argparse.ArgumentParser(
        prog="python -m tapegrad.bench",
        description="Times tapegrad beside PyTorch and NumPy, where they are installed. "
        "Results are compared before they are timed. A ratio is the other library's time "
        "over tapegrad's: above 1, tapegrad is faster.",
    )
    parser.add_argument("--group", default=",".join(GROUPS), help="groups, by comma (default: all: %(default)s)")
    parser.add_argument("--match", default="", help="only rows whose name contains this text")
    parser.add_argument("--threads", type=int, default=1, help="threads for each library (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=7, help="rounds, each of all libraries (default: %(default)s)")
    parser.add_argument("--json", metavar="FILE", help="write times and ratios to FILE")
    parser.add_argument("--markdown", metavar="FILE", help="write a table of the groups to FILE")
    parser.add_argument("--chart", metavar="FILE", help="draw a bar chart to FILE (.png, .svg, ...; extra 'plot')")
    parser.add_argument("--group-chart", metavar="FILE", help="the same of the groups, a dot for each row")
    parser.add_argument("--candidate", default="tapegrad", help=argparse.SUPPRESS)  # another module in our place
    options = parser.parse_args(arguments)
    options.group = [name for name in options.group.split(",") if name]
    for name in options.group:
        if name not in GROUPS:
            parser.error(f"no group {name!r}; there are {', '.join(GROUPS)}")
    if options.rounds < 1 or options.threads < 1:
        parser.error("--rounds and --threads must be at least 1")
    return options


def limit_threads(threads: int) -> None:
    """Sets the variables that libraries read at their import."""
    for name in ("TAPEGRAD_NUM_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
        os.environ[name] = str(threads)


def load(name: str) -> ModuleType | None:
    """The module, or None where it is not installed."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def libraries(candidate: str, threads: int) -> list[Library]:
    """The candidate first, then the peers that are installed."""
    found = []
    for label, name in (("tapegrad", candidate), ("torch", "torch"), ("numpy", "numpy")):
        module = load(name)
        if module is None:
            if label == "tapegrad":
                raise SystemExit(f"cannot import {name}")
            continue
        if hasattr(module, "set_num_threads"):
            module.set_num_threads(threads)
        found.append(Library(label, module))
    return found


def main() -> int:
    """Runs the chosen rows; the exit status is 1 where a result differs or the candidate fails."""
    options = parse()
    limit_threads(options.threads)
    compared = libraries(options.candidate, options.threads)
    report = Report(options.threads, {one.label: one.version for one in compared})
    print(header(compared, options.threads))
    for group in options.group:
        cases = [case for case in CASES if case.group == group and options.match in case.name]
        if not cases:
            continue
        print(f"\n{group}: {GROUPS[group]}")
        for case in cases:
            row = measure(case, compared, options.rounds)
            report.rows.append(row)
            print(table_line(row), flush=True)
    print(report.summary())
    if options.json:
        report.save(options.json)
    if options.markdown:
        with open(options.markdown, "w", encoding="utf-8") as file:
            file.write(report.markdown())
    if options.chart:
        draw(report, options.chart)
    if options.group_chart:
        draw_groups(report, options.group_chart)
    return 1 if report.failed() else 0


if __name__ == "__main__":
    sys.exit(main())
