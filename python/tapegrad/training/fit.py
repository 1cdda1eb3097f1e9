"""fit(): the training loop. Start at fit(); _Run is what a checkpoint holds and a resumed training
continues from."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .. import _core
from .._core import Tensor
from ..nn.utils import clip_grad_norm_
from ..utils.data import Batches, DataLoader, TensorDataset
from .checkpoint import read_checkpoint, write_checkpoint
from .early_stopping import EarlyStopping
from .history import History
from .progress import Progress

__all__ = ["fit"]

Metric = Callable[[Any, Any], Any]


def fit(
    model: Callable[..., Any],
    loss: Callable[[Any, Any], Tensor],
    optimizer: Any,
    train: Any,
    validation: Any = None,
    *,
    epochs: int,
    batch_size: int = 32,
    metrics: Mapping[str, Metric] | None = None,
    progress: bool = True,
    early_stopping: EarlyStopping | None = None,
    clip_norm: float | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    checkpoint_every: int | None = None,
    resume: bool = True,
    on_epoch: Callable[[int, History], Any] | None = None,
) -> History:
    """Trains `model` for `epochs` passes over `train`; returns the values of each epoch.

    model: a Module or any function of the inputs; loss(output, target); optimizer: holds the
    parameters. train, validation: a DataLoader, another iterable of batches (*inputs, target), or a
    tuple of tensors, of which batches of batch_size are made (train's in random order). metrics:
    {name: function(output, target)}. progress: a bar, where tqdm is installed and standard error is
    a terminal. clip_norm: limit of the gradients' norm. checkpoint: a file, written after each
    epoch and after every checkpoint_every batches; where it exists and `resume`, the training goes
    on from it, with the same result as one that never stopped (random numbers of NumPy or `random`
    that the data or the model draw are not restored). on_epoch(epoch, history) runs after each
    epoch. Ctrl-C ends the training; history.interrupted says so.
    Raises ValueError for options out of range, for data without batches, and for a checkpoint that
    does not fit.

    >>> import tapegrad as tg
    >>> x = tg.arange(8.0).reshape(8, 1)
    >>> line = tg.nn.Linear(1, 1)
    >>> optimizer = tg.optim.SGD(line.parameters(), lr=0.02)
    >>> history = fit(line, tg.nn.MSELoss(), optimizer, (x, 2 * x), epochs=200, batch_size=8)
    >>> history.epochs, round(line.weight.item(), 1)
    (200, 2.0)
    """
    if epochs < 0:
        raise ValueError(f"epochs must not be negative, got {epochs}")
    if checkpoint_every is not None and checkpoint_every < 1:
        raise ValueError(f"checkpoint_every must be at least 1, got {checkpoint_every}")
    trained = _Trained(model, loss, optimizer)
    train = _loader(train, batch_size, shuffle=True)
    validation = None if validation is None else _loader(validation, batch_size, shuffle=False)
    run = _Run(trained, train, early_stopping, {"loss": None, **(metrics or {})})
    if early_stopping is not None:
        early_stopping.reset()
        if early_stopping.monitor is None:
            early_stopping.monitor = "loss" if validation is None else "val_loss"
    if checkpoint is not None and resume and os.path.exists(checkpoint):
        run.restore(read_checkpoint(checkpoint))

    batches = len(train) if hasattr(train, "__len__") else None
    done = 0 if batches is None else run.epoch * batches + run.position
    bar = Progress(progress, None if batches is None else epochs * batches, done)

    def after_batch() -> None:
        if bar.shown:
            bar.batch(run.epoch, epochs, {**run.means(), **run.latest_validation()})
        if checkpoint is not None and checkpoint_every is not None and run.position % checkpoint_every == 0:
            write_checkpoint(checkpoint, run.state())

    try:
        while run.epoch < epochs and not run.stopped:
            run.train_epoch(clip_norm, after_batch)
            run.finish_epoch(validation)
            if checkpoint is not None:
                write_checkpoint(checkpoint, run.state())
            if on_epoch is not None:
                on_epoch(run.epoch - 1, run.history)
        if early_stopping is not None and early_stopping.restore_best and early_stopping.best_state is not None:
            trained.load(early_stopping.best_state)
    except KeyboardInterrupt:
        run.history.interrupted = True
    finally:
        bar.close()
        trained.mode(training=False)
    return run.history


def _loader(data: Any, batch_size: int, shuffle: bool) -> Any:
    if isinstance(data, tuple) and data and all(isinstance(item, Tensor) for item in data):
        return DataLoader(TensorDataset(*data), batch_size=batch_size, shuffle=shuffle)
    return data


def _inputs_and_target(batch: Any) -> tuple[Any, Any]:
    if not isinstance(batch, (tuple, list)) or len(batch) < 2:
        raise ValueError(f"fit: a batch must be a tuple or list (*inputs, target), got {type(batch).__name__}")
    *inputs, target = batch
    return inputs, target


class _Trained:
    """Model, loss and optimizer: what of them changes in a training."""

    def __init__(self, model: Any, loss: Any, optimizer: Any) -> None:
        self.model = model
        self.loss = loss
        self.optimizer = optimizer
        self._modules = [part for part in (model, loss) if hasattr(part, "state_dict")]
        known = {id(param) for module in self._modules for param in module.parameters()}
        self.params = [param for group in optimizer.param_groups for param in group["params"]]
        self._others = [param for param in self.params if id(param) not in known]

    def mode(self, training: bool) -> None:
        for module in self._modules:
            module.train(training)

    def state(self) -> dict[str, Any]:
        """Copies of all parameters and buffers."""
        modules = [
            {name: value.detach().clone() for name, value in module.state_dict().items()} for module in self._modules
        ]
        return {"modules": modules, "others": [param.detach().clone() for param in self._others]}

    def load(self, state: dict[str, Any]) -> None:
        if len(state["modules"]) != len(self._modules) or len(state["others"]) != len(self._others):
            raise ValueError("fit: the checkpoint is of another model or optimizer")
        for module, values in zip(self._modules, state["modules"]):
            module.load_state_dict(values)
        with _core.no_grad():
            for param, value in zip(self._others, state["others"]):
                if param.shape != value.shape:
                    raise ValueError("fit: the checkpoint is of another model or optimizer")
                param.copy_(value)


class _Run:
    """Where a training stands: epoch, position in it, sums of the epoch so far, random states,
    history."""

    def __init__(
        self,
        trained: _Trained,
        train: Any,
        early_stopping: EarlyStopping | None,
        measures: Mapping[str, Metric | None],
    ) -> None:
        self.trained = trained
        self.train = train
        self.early_stopping = early_stopping
        self.measures = measures
        self.epoch = 0
        self.position = 0  # batches done in this epoch
        self.samples = 0
        self.sums = dict.fromkeys(measures, 0.0)
        self.history = History()
        self.stopped = False
        self._resumed_at: Any = None  # random states to set after the first `position` batches were skipped
        self._epoch_start = self._random_states()

    # --- random states ----------------------------------------------------------------------------
    def _random_states(self) -> dict[str, Any]:
        generator = getattr(self.train, "generator", None)
        return {
            "default": _core.get_rng_state(),
            "loader": None if generator is None else generator.get_state(),
        }

    def _set_random_states(self, states: dict[str, Any]) -> None:
        _core.set_rng_state(states["default"])
        generator = getattr(self.train, "generator", None)
        if (generator is None) != (states["loader"] is None):
            raise ValueError("fit: the checkpoint is of a loader with another kind of generator")
        if generator is not None:
            generator.set_state(states["loader"])

    # --- one epoch --------------------------------------------------------------------------------
    def _batches(self) -> Iterator[Any]:
        """The batches of this epoch that are still to come."""
        if self._resumed_at is None:
            self._epoch_start = self._random_states()
            return iter(self.train)
        self._set_random_states(self._epoch_start)  # so that the order is drawn again
        batches = iter(self.train)
        if isinstance(batches, Batches):
            batches.skip(self.position)
        else:
            batches = itertools.islice(batches, self.position, None)
        self._set_random_states(self._resumed_at)
        self._resumed_at = None
        return batches

    def train_epoch(self, clip_norm: float | None, after_batch: Callable[[], None]) -> None:
        """Trains on what is left of the epoch."""
        trained, optimizer = self.trained, self.trained.optimizer
        trained.mode(training=True)
        for batch in self._batches():
            inputs, target = _inputs_and_target(batch)
            optimizer.zero_grad()
            output = trained.model(*inputs)
            value = trained.loss(output, target)
            value.backward()
            if clip_norm is not None:
                clip_grad_norm_(trained.params, clip_norm)
            optimizer.step()
            size = _size_of(inputs[0])
            self.samples += size
            self._add(self.sums, value, output, target, size)
            self.position += 1
            after_batch()
        if self.position == 0:
            raise ValueError("fit: the training data has no batches")

    def _add(self, sums: dict[str, float], value: Tensor, output: Any, target: Any, size: int) -> None:
        sums["loss"] += value.item() * size
        if len(self.measures) > 1:
            with _core.no_grad():
                for name, metric in self.measures.items():
                    if metric is not None:
                        sums[name] += float(metric(output, target)) * size

    def means(self) -> dict[str, float]:
        """Averages of the epoch so far."""
        return {name: total / self.samples for name, total in self.sums.items()}

    def latest_validation(self) -> dict[str, float]:
        """Last values of the validation data."""
        return {name: values[-1] for name, values in self.history.items() if name.startswith("val_")}

    def finish_epoch(self, validation: Any) -> None:
        """Validates, appends to the history, and sets everything to the start of the next epoch."""
        for name, value in {**self.means(), **self._validate(validation)}.items():
            self.history.setdefault(name, []).append(value)
        stopping = self.early_stopping
        if stopping is not None:
            monitor = stopping.monitor or "loss"
            if monitor not in self.history:
                raise ValueError(f"EarlyStopping: there is no {monitor!r} among {', '.join(self.history)}")
            self.stopped = stopping.update(self.epoch, self.history[monitor][-1])
            self.history.best_epoch = stopping.best_epoch
            if stopping.restore_best and stopping.best_epoch == self.epoch:
                stopping.best_state = self.trained.state()
        self.epoch += 1
        self.position = self.samples = 0
        self.sums = dict.fromkeys(self.measures, 0.0)

    def _validate(self, validation: Any) -> dict[str, float]:
        if validation is None:
            return {}
        self.trained.mode(training=False)
        sums, samples = dict.fromkeys(self.measures, 0.0), 0
        with _core.no_grad():
            for batch in validation:
                inputs, target = _inputs_and_target(batch)
                output = self.trained.model(*inputs)
                size = _size_of(inputs[0])
                self._add(sums, self.trained.loss(output, target), output, target, size)
                samples += size
        if samples == 0:
            raise ValueError("fit: the validation data has no batches")
        return {f"val_{name}": total / samples for name, total in sums.items()}

    # --- checkpoints ------------------------------------------------------------------------------
    def state(self) -> dict[str, Any]:
        """All that is needed to go on from here."""
        return {
            "trained": self.trained.state(),
            "optimizer": self.trained.optimizer.state_dict(),
            "epoch": self.epoch,
            "position": self.position,
            "samples": self.samples,
            "sums": self.sums,
            "random": self._random_states(),
            "epoch_start": self._epoch_start,
            "history": dict(self.history),
            "best_epoch": self.history.best_epoch,
            "stopped": self.stopped,
            "early_stopping": None if self.early_stopping is None else self.early_stopping.state(),
        }

    def restore(self, state: dict[str, Any]) -> None:
        """Takes over what state() returned."""
        if list(state["sums"]) != list(self.measures):
            raise ValueError(f"fit: the checkpoint holds the metrics {list(state['sums'])}, not {list(self.measures)}")
        self.trained.load(state["trained"])
        self.trained.optimizer.load_state_dict(state["optimizer"])
        for name in ("epoch", "position", "samples", "sums", "stopped"):
            setattr(self, name, state[name])
        self.history.update(state["history"])
        self.history.best_epoch = state["best_epoch"]
        if self.early_stopping is not None and state["early_stopping"] is not None:
            self.early_stopping.load(state["early_stopping"])
        self._set_random_states(state["random"])
        if self.position:
            self._epoch_start, self._resumed_at = state["epoch_start"], state["random"]


def _size_of(inputs: Any) -> int:
    """How many samples a batch has."""
    shape = getattr(inputs, "shape", None)
    return int(shape[0]) if shape else 1
