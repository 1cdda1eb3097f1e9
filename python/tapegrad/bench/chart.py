"""The charts of a benchmark run."""

from __future__ import annotations

from typing import Any

from .report import Report, duration, geometric_mean

COLOURS = {"torch": "#d9542b", "numpy": "#3b6fb6"}


def _figure(width: float, height: float) -> Any:
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ImportError("the chart needs matplotlib: pip install 'tapegrad[plot]'") from error
    return Figure(figsize=(width, height), layout="constrained")


def draw_groups(report: Report, path: str) -> None:
    """Draws the ratios to PyTorch of each group: a bar to the geometric mean, a dot for each row.

    Raises ImportError, naming the extra, where matplotlib is not installed.
    """
    figure = _figure(7, 3)
    axes = figure.subplots()
    ratios: dict[str, list[float]] = {}
    for row in report.rows:
        if "torch" in row.ratios:
            ratios.setdefault(row.group, []).append(row.ratios["torch"])
    means = [geometric_mean(values) for values in ratios.values()]
    axes.barh(range(len(ratios)), [mean - 1 for mean in means], 0.6, left=1, color=COLOURS["torch"])
    for place, values in enumerate(ratios.values()):
        axes.plot(values, [place] * len(values), "o", color="black", alpha=0.4, markersize=3)
    names = [f"{group}: {mean:.3g}x" for group, mean in zip(ratios, means)]
    axes.set_yticks(range(len(ratios)), names, fontsize=8)
    axes.invert_yaxis()
    axes.set_xscale("log")
    axes.axvline(1.0, color="black", linewidth=0.8)
    axes.set_xlabel(f"times faster than PyTorch {report.versions.get('torch', '')}, {report.threads} thread(s)")
    figure.savefig(path, dpi=100)


def draw(report: Report, path: str) -> None:
    """Draws a bar for each row and peer: how many times faster than the peer, on a log axis.

    Raises ImportError, naming the extra, where matplotlib is not installed.
    """
    rows = [row for row in report.rows if row.ratios]
    peers = [peer for peer in COLOURS if any(peer in row.ratios for row in rows)]
    figure = _figure(9, 1.2 + 0.26 * max(len(rows), 1))
    axes = figure.subplots()
    height = 0.8 / max(len(peers), 1)
    for place, peer in enumerate(peers):
        at = [i + (place - (len(peers) - 1) / 2) * height for i, row in enumerate(rows) if peer in row.ratios]
        values = [row.ratios[peer] for row in rows if peer in row.ratios]
        bars = axes.barh(at, values, height, color=COLOURS[peer], label=f"{peer} {report.versions.get(peer, '')}")
        axes.bar_label(bars, [f"{value:.2g}x" for value in values], padding=2, fontsize=6)
    names = [f"{row.group}: {row.name} ({duration(row.seconds['tapegrad']).strip()})" for row in rows]
    axes.set_yticks(range(len(rows)), names, fontsize=7)
    axes.invert_yaxis()
    if rows:
        axes.set_xscale("log")
        axes.legend(loc="lower right", fontsize=8)
    axes.axvline(1.0, color="black", linewidth=0.8)
    axes.margins(x=0.1, y=0.01)
    axes.set_xlabel("times faster than the other library")
    version = report.versions.get("tapegrad", "")
    axes.set_title(f"tapegrad {version}, {report.threads} thread(s)", fontsize=10)
    figure.savefig(path, dpi=100)
