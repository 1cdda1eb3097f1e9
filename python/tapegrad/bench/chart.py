"""The bar chart of a benchmark run."""

from __future__ import annotations

from .report import Report, duration

COLOURS = {"torch": "#d9542b", "numpy": "#3b6fb6"}


def draw(report: Report, path: str) -> None:
    """Draws a bar for each row and peer: how many times faster than the peer, on a log axis.

    Raises ImportError, naming the extra, where matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ImportError("the chart needs matplotlib: pip install 'tapegrad[plot]'") from error

    rows = [row for row in report.rows if row.ratios]
    peers = [peer for peer in COLOURS if any(peer in row.ratios for row in rows)]
    figure = Figure(figsize=(9, 1.2 + 0.26 * max(len(rows), 1)), layout="constrained")
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
