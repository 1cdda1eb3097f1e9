"""fit(): results, resuming after a kill at any moment, Ctrl-C, early stopping, clipping, files,
progress.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import zipfile

import numpy as np
import pytest
from conftest import HERE, close, run_python, tg

from tapegrad.training import EarlyStopping, History, accuracy, fit
from tapegrad.training.checkpoint import read_checkpoint, write_checkpoint

nn, optim, data = tg.nn, tg.optim, tg.utils.data

# A training whose result depends on everything that a checkpoint holds: shuffling, dropout,
# optimizer state, metrics, early stopping.
TRAINING = """
import sys, time
import tapegrad as tg
from tapegrad import nn, optim
from tapegrad.training import EarlyStopping, accuracy, fit
from tapegrad.utils.data import DataLoader, TensorDataset

def train(checkpoint=None, pause=0.0, name="SGD", own_generator=False, restore=True, **options):
    tg.manual_seed(3)
    x = tg.randn(60, 4)
    y = (x.sum(1) > 0).long()
    model = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Dropout(0.2), nn.Linear(8, 2))
    extra = {"momentum": 0.9} if name == "SGD" else {}
    optimizer = getattr(optim, name)(model.parameters(), lr=0.05, **extra)
    generator = tg.Generator() if own_generator else None
    loader = DataLoader(TensorDataset(x, y), batch_size=8, shuffle=True, generator=generator)
    model.register_forward_hook(lambda *args: time.sleep(pause))
    history = fit(model, nn.CrossEntropyLoss(), optimizer, loader, (x, y), epochs=6,
                  metrics={"accuracy": accuracy}, early_stopping=EarlyStopping(4, restore_best=restore),
                  checkpoint=checkpoint, checkpoint_every=3, clip_norm=1.0, progress=False, **options)
    return history, [p.tolist() for p in model.parameters()]
"""
SPACE: dict = {}
exec(TRAINING, SPACE)
train = SPACE["train"]


def line(**options):
    """A fit of y = 2 x + 1 that converges."""
    tg.manual_seed(0)
    x = tg.linspace(-1, 1, 64).reshape(64, 1)
    model = nn.Linear(1, 1)
    optimizer = optim.SGD(model.parameters(), lr=0.2)
    settings = {"epochs": 30, "batch_size": 16, "progress": False, **options}
    return model, fit(model, nn.MSELoss(), optimizer, (x, 2 * x + 1), **settings)


# --- results --------------------------------------------------------------------------------------
def test_fit_learns_and_returns_one_value_an_epoch():
    model, history = line()
    close(model.weight, [[2]], 1e-3)
    close(model.bias, [1], 1e-3)
    assert list(history) == ["loss"] and history.epochs == 30 and not history.interrupted
    assert history["loss"][-1] < 1e-5 < history["loss"][0]
    assert not model.training


def test_fit_is_the_loop_that_one_would_write():
    history, weights = train(restore=False)
    tg.manual_seed(3)
    x = tg.randn(60, 4)
    y = (x.sum(1) > 0).long()
    model = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Dropout(0.2), nn.Linear(8, 2))
    optimizer = optim.SGD(model.parameters(), lr=0.05, momentum=0.9)
    loader = data.DataLoader(data.TensorDataset(x, y), batch_size=8, shuffle=True)
    validation = data.DataLoader(data.TensorDataset(x, y), batch_size=32)
    criterion = nn.CrossEntropyLoss()
    losses = []
    for _ in range(6):
        total = 0.0
        model.train()
        for inputs, target in loader:
            optimizer.zero_grad()
            loss = criterion(model(inputs), target)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimizer.step()
            total += loss.item() * len(inputs)
        losses.append(total / 60)
        model.eval()
        for _ in validation:
            pass
    assert history["loss"] == losses
    assert weights == [p.tolist() for p in model.parameters()]
    with tg.no_grad():
        assert history["val_accuracy"][-1] == accuracy(model(x), y)


def test_any_callable_and_any_iterable_will_do():
    w = tg.zeros(1, requires_grad=True)
    batches = [(tg.tensor([1.0]), tg.tensor([3.0]))] * 4
    history = fit(
        lambda x: w * x,
        lambda output, target: ((output - target) ** 2).mean(),
        optim.SGD([w], lr=0.3),
        batches,
        epochs=5,
        metrics={"error": lambda output, target: (output - target).abs()},
        progress=False,
    )
    close(w, [3], 1e-4)
    assert len(history["error"]) == 5


def test_on_epoch_sees_each_epoch():
    seen = []
    line(epochs=3, on_epoch=lambda epoch, history: seen.append((epoch, history.epochs)))
    assert seen == [(0, 1), (1, 2), (2, 3)]


@pytest.mark.parametrize(
    "options, message",
    [
        ({"epochs": -1}, "epochs must not be negative, got -1"),
        ({"checkpoint_every": 0}, "checkpoint_every must be at least 1, got 0"),
        ({"validation": []}, "the validation data has no batches"),
        ({"early_stopping": EarlyStopping(monitor="val_f1")}, "there is no 'val_f1' among loss"),
    ],
)
def test_bad_options_raise(options, message):
    with pytest.raises(ValueError, match=message):
        line(**options)


@pytest.mark.parametrize(
    "batches, message",
    [([], "the training data has no batches"), ([tg.ones(1)], "a batch must be a tuple or list")],
)
def test_bad_data_raises(batches, message):
    model = nn.Linear(1, 1)
    with pytest.raises(ValueError, match=message):
        fit(model, nn.MSELoss(), optim.SGD(model.parameters()), batches, epochs=1)


def test_accuracy():
    assert accuracy(tg.tensor([[0.0, 1.0], [1.0, 0.0]]), tg.tensor([1, 1])) == 0.5
    with pytest.raises(ValueError, match=r"got shapes \(2,\) and \(2,\)"):
        accuracy(tg.ones(2), tg.ones(2))


# --- clipping and early stopping ------------------------------------------------------------------
def test_clipping_limits_the_step():
    w = tg.zeros(2, requires_grad=True)
    batch = (tg.tensor([[3.0, 4.0]]), tg.tensor([-1.0]))
    fit(
        lambda x: (w * x).sum(1),
        lambda output, target: (output - target).sum() * 100,
        optim.SGD([w], lr=1.0),
        [batch],
        epochs=1,
        clip_norm=0.5,
        progress=False,
    )
    close(w, [-0.3, -0.4], 1e-5)


@pytest.mark.parametrize("restore", [True, False])
def test_early_stopping_ends_and_restores(restore):
    values = iter([3.0, 2.0, 2.5, 2.6, 1.0])
    w = tg.zeros(1, requires_grad=True)
    seen = []
    history = fit(
        lambda x: w * x,
        lambda output, target: (output * 0).sum() + w.sum() * 0 - w.sum(),
        optim.SGD([w], lr=1.0),
        [(tg.ones(1), tg.ones(1))],
        epochs=9,
        metrics={"error": lambda output, target: next(values)},
        early_stopping=EarlyStopping(2, monitor="error", restore_best=restore),
        on_epoch=lambda epoch, history: seen.append(w.item()),
        progress=False,
    )
    assert history["error"] == [3.0, 2.0, 2.5, 2.6] and history.best_epoch == 1
    assert seen == [1, 2, 3, 4] and w.item() == (2 if restore else 4)


@pytest.mark.parametrize(
    "options, values, stops",
    [
        ({"patience": 1}, [1.0, 1.0], [False, True]),
        ({"patience": 1, "min_delta": 0.5}, [2.0, 1.6, 1.0], [False, True, False]),
        ({"patience": 1, "monitor": "val_accuracy"}, [0.5, 0.6, 0.4], [False, False, True]),
        ({"patience": 2, "mode": "max"}, [1.0, 0.5, float("nan")], [False, False, True]),
    ],
)
def test_early_stopping_rule(options, values, stops):
    stopping = EarlyStopping(**options)
    assert [stopping.update(i, value) for i, value in enumerate(values)] == stops


def test_early_stopping_errors():
    with pytest.raises(ValueError, match="patience must be at least 1, got 0"):
        EarlyStopping(0)
    with pytest.raises(ValueError, match="mode must be 'min' or 'max', got 'up'"):
        EarlyStopping(mode="up")


# --- checkpoints ----------------------------------------------------------------------------------
VALUES = {
    "numbers": [1, -2.5, True, None, "text", float("inf")],
    3: (1, (2.0,)),
    "empty": {},
}


def test_checkpoint_holds_values_and_tensors_of_all_dtypes(tmp_path):
    path = tmp_path / "file"
    kinds = [tg.bool, tg.uint8, tg.int64, tg.float16, tg.bfloat16, tg.float32, tg.float64]
    tensors = [tg.tensor([[0, 1, 1]]).to(kind) for kind in kinds]
    tensors += [tg.tensor(0.1), tg.empty(0, 3), tg.randn(3, 4).t()]
    write_checkpoint(path, {**VALUES, "tensors": tensors})
    read = read_checkpoint(path)
    assert {key: read[key] for key in VALUES} == VALUES
    for one, other in zip(read["tensors"], tensors):
        assert (one.dtype, one.shape, one.tolist()) == (other.dtype, other.shape, other.tolist())


def test_checkpoint_refuses_what_it_cannot_hold(tmp_path):
    with pytest.raises(TypeError, match="got set"):
        write_checkpoint(tmp_path / "file", {1})
    with pytest.raises(TypeError, match="a key of type tuple"):
        write_checkpoint(tmp_path / "file", {(1,): 1})
    assert os.listdir(tmp_path) == []


def test_a_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "file"
    write_checkpoint(path, 1)

    def fail(*args, **kwargs):
        raise OSError("disk full")

    for function in ("fsync", "replace"):
        with monkeypatch.context() as patch:
            patch.setattr(os, function, fail)
            with pytest.raises(OSError, match="disk full"):
                write_checkpoint(path, 2)
        assert read_checkpoint(path) == 1
    write_checkpoint(path, 3)
    assert read_checkpoint(path) == 3 and os.listdir(tmp_path) == ["file"]


def pickled(path):
    np.savez(path, structure=np.array([{"format": 1}], dtype=object))


def other_format(path):
    text = json.dumps({"format": "other 1", "value": 1}).encode()
    np.savez(path, structure=np.frombuffer(text, np.uint8))


def without_tensor(path):
    text = json.dumps({"format": "tapegrad checkpoint 1", "value": {"tensor": "a", "dtype": "int64"}})
    np.savez(path, structure=np.frombuffer(text.encode(), np.uint8))


@pytest.mark.parametrize(
    "write",
    [
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(b"PK\x03\x04 no archive"),
        lambda path: path.write_bytes(b"\x80\x04K\x01."),  # a pickle
        lambda path: zipfile.ZipFile(path, "w").writestr("a", "b"),
        pickled,
        other_format,
        without_tensor,
    ],
)
def test_other_files_are_refused(tmp_path, write):
    path = tmp_path / "file.npz"
    write(path)
    with pytest.raises(ValueError, match=r"is not a checkpoint of tapegrad.training"):
        read_checkpoint(path)


def test_truncated_checkpoints_are_refused(tmp_path):
    path = tmp_path / "file"
    write_checkpoint(path, [tg.arange(100)])
    content = path.read_bytes()
    for size in range(0, len(content), 101):
        path.write_bytes(content[:size])
        with pytest.raises(ValueError, match="is not a checkpoint"):
            read_checkpoint(path)


# --- resuming -------------------------------------------------------------------------------------
class Stop(Exception):
    pass


@pytest.mark.parametrize("name", ["SGD", "Adagrad", "Adam"])
@pytest.mark.parametrize("own_generator", [False, True])
def test_resumed_training_ends_where_an_uninterrupted_one_does(tmp_path, name, own_generator):
    options = {"name": name, "own_generator": own_generator}
    want = train(**options)
    path = tmp_path / "run"

    def stop(epoch, history):
        raise Stop

    runs = 0
    while runs < 20:
        try:
            got = train(path, on_epoch=stop if runs < 4 else None, **options)
            break
        except Stop:
            runs += 1
    assert runs == 4
    assert got == want and got[0].best_epoch == want[0].best_epoch


@pytest.mark.parametrize("batch", range(1, 17, 3))
def test_resuming_in_the_middle_of_an_epoch(tmp_path, monkeypatch, batch):
    want = train()
    path = tmp_path / "run"
    step, count = optim.SGD.step, 0

    def stopping_step(self, closure=None):
        nonlocal count
        count += 1
        if count == batch:
            raise Stop
        return step(self, closure)

    with monkeypatch.context() as patch:
        patch.setattr(optim.SGD, "step", stopping_step)
        with pytest.raises(Stop):
            train(path)
    assert train(path) == want


def test_a_finished_run_is_not_trained_again(tmp_path):
    want = train(tmp_path / "run")
    assert train(tmp_path / "run") == want
    assert train(tmp_path / "run", resume=False) == want


def test_a_checkpoint_of_another_model_is_refused(tmp_path):
    path = tmp_path / "run"
    train(path)
    with pytest.raises(ValueError, match="the checkpoint holds the metrics"):
        line(checkpoint=path)
    line(checkpoint=tmp_path / "line")
    w = tg.zeros(3, requires_grad=True)
    with pytest.raises(ValueError, match="the checkpoint is of another model or optimizer"):
        fit(lambda x: w * x, nn.MSELoss(), optim.SGD([w]), [], epochs=1, checkpoint=tmp_path / "line")


KILLED = f"{TRAINING}\ntrain(sys.argv[1], pause=0.004)\nprint('done')"
FINAL = f"{TRAINING}\nprint(train(sys.argv[1])[1])"


def test_killed_training_resumes_to_the_same_weights(tmp_path):
    want = train()[1]
    path, done, kills = tmp_path / "run", False, 0
    for moment in range(30):
        child = subprocess.Popen([sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE, cwd=HERE)
        before = path.stat().st_mtime_ns if path.exists() else 0
        deadline = time.monotonic() + 60
        while child.poll() is None and time.monotonic() < deadline:
            if path.exists() and path.stat().st_mtime_ns != before:
                break  # it has written a checkpoint: it gets killed a little later
            time.sleep(0.001)
        time.sleep(0.0037 * (moment % 7))
        if child.poll() is None:
            child.send_signal(signal.SIGKILL)
            kills += 1
        done = b"done" in child.communicate()[0]
        if done:
            break
    assert kills >= 2
    assert eval(run_python(FINAL, str(path))) == want


INTERRUPTED = """
import _thread, tapegrad as tg
from tapegrad import nn, optim
from tapegrad.training import fit
model, calls = nn.Linear(1, 1), 0
def step(*args):
    global calls
    calls += 1
    if calls == 7:
        _thread.interrupt_main()
optimizer = optim.SGD(model.parameters(), lr=0.1)
optimizer.register_step_post_hook(step)
x = tg.ones(9, 1)
history = fit(model, nn.MSELoss(), optimizer, (x, x), epochs=100, batch_size=3)
print(history.interrupted, history.epochs, calls)
"""


def test_ctrl_c_returns_the_history_so_far():
    assert run_python(INTERRUPTED).split() == ["True", "2", "7"]


# --- history and progress -------------------------------------------------------------------------
def test_plot_writes_a_picture(tmp_path):
    pytest.importorskip("matplotlib")
    history = History(loss=[2.0, 1.0], accuracy=[0.1, 0.5], val_loss=[3.0, 2.0])
    figure = history.plot(tmp_path / "curve.png")
    assert (tmp_path / "curve.png").read_bytes().startswith(b"\x89PNG")
    labels = [[curve.get_label() for curve in axes.get_lines()] for axes in figure.axes]
    assert labels == [["loss", "val_loss"], ["accuracy"]]


def test_plot_without_matplotlib_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    with pytest.raises(ImportError, match=r"pip install tapegrad\[plot\]"):
        History(loss=[1.0]).plot("x.png")


QUIET = """
import sys, tapegrad as tg
from tapegrad import nn, optim
from tapegrad.training import fit
if "hide" in sys.argv:
    sys.modules["tqdm"] = None
model, x = nn.Linear(1, 1), tg.ones(9, 1)
fit(model, nn.MSELoss(), optim.SGD(model.parameters(), lr=0.1), (x, x), (x, x), epochs=2, batch_size=3)
"""


def test_quiet_where_standard_error_is_no_terminal():
    done = subprocess.run([sys.executable, "-c", QUIET], capture_output=True, cwd=HERE, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def on_a_terminal(*arguments: str) -> str:
    """What the program writes to a terminal."""
    import fcntl
    import pty
    import struct
    import termios

    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 120, 0, 0))
    child = subprocess.Popen([sys.executable, "-c", QUIET, *arguments], stderr=slave, cwd=HERE)
    os.close(slave)
    written = b""
    try:
        while part := os.read(master, 4096):
            written += part
    except OSError:  # the child has closed its end
        pass
    os.close(master)
    assert child.wait(60) == 0
    return written.decode()


def test_bar_on_a_terminal():
    pytest.importorskip("tqdm")
    written = on_a_terminal()
    for part in ("epoch 2/2", "6/6", "batch/s", "loss=", "val_loss="):
        assert part in written


def test_no_bar_without_tqdm():
    assert on_a_terminal("hide") == ""
