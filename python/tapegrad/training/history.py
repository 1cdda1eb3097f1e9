"""History: what fit() returns."""

from __future__ import annotations

from typing import Any

__all__ = ["History"]


class History(dict[str, list[float]]):
    """Lists of one value an epoch: "loss", the metrics, and the same of the validation data as
    "val_...".

    interrupted: Ctrl-C ended the training; best_epoch: the one (from 0) that EarlyStopping found
    best, or None.

    >>> history = History(loss=[0.5, 0.25])
    >>> history.epochs, history["loss"][-1]
    (2, 0.25)
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.interrupted = False
        self.best_epoch: int | None = None

    @property
    def epochs(self) -> int:
        """How many epochs were completed."""
        return len(self.get("loss", ()))

    def plot(self, path: Any = None) -> Any:
        """The curves as a matplotlib Figure, losses above metrics; written to `path` (PNG, PDF,
        SVG) if given.

        Raises ImportError where matplotlib is missing.
        """
        new_figure: Any
        try:
            if path is None:
                from matplotlib import pyplot

                new_figure = pyplot.figure
            else:
                from matplotlib.figure import Figure

                new_figure = Figure
        except ImportError as error:
            raise ImportError("History.plot() needs matplotlib: pip install tapegrad[plot]") from error
        names = [name for name in self if not name.startswith("val_")]
        panels = [
            [name for name in names if name == "loss"],
            [name for name in names if name != "loss"],
        ]
        panels = [panel for panel in panels if panel]
        figure: Any = new_figure(figsize=(7, 1 + 3 * len(panels)), layout="constrained")
        for row, panel in enumerate(panels, 1):
            axes = figure.add_subplot(len(panels), 1, row)
            for name in panel:
                for key, style in ((name, "-"), (f"val_{name}", "--")):
                    if key in self:
                        axes.plot(range(1, len(self[key]) + 1), self[key], style, label=key)
            axes.set_xlabel("epoch")
            axes.grid(alpha=0.3)
            axes.legend()
        if path is not None:
            figure.savefig(path, dpi=120)
        return figure
