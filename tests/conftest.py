"""What all tests share: the module under test (the only import of it), comparing, golden files,
child processes.
"""

from __future__ import annotations

import json
import math
import resource
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import tapegrad as tg

HERE = Path(__file__).parent
ROOT = HERE.parent
inf, nan = math.inf, math.nan

# Relative error that a result of the type may have: a few units in the last place.
RTOL = {"float64": 1e-10, "float32": 2e-5, "float16": 4e-3, "bfloat16": 3e-2}


def dtype_name(dtype) -> str:
    """float32 of torch.float32."""
    return str(dtype).rpartition(".")[2]


def array(tensor) -> np.ndarray:
    """The values as a numpy array, through Python numbers, so that no conversion of the library is
    trusted.
    """
    return np.array(tensor.detach().tolist(), dtype=np.float64).reshape(tuple(tensor.shape))


def close(got, want, rtol=1e-6, atol=None, what="values"):
    """Same shape and, within the tolerance, same numbers; nan equals nan."""
    got = array(got) if isinstance(got, tg.Tensor) else np.asarray(got, dtype=np.float64)
    want = array(want) if isinstance(want, tg.Tensor) else np.asarray(want, dtype=np.float64)
    assert got.shape == want.shape, f"shape of {what}: {got.shape}, expected {want.shape}"
    np.testing.assert_allclose(got, want, rtol=rtol, atol=rtol if atol is None else atol, err_msg=what)


def same(got, want, what="tensors"):
    """Same dtype, shape and numbers, to the bit."""
    assert dtype_name(got.dtype) == dtype_name(want.dtype), f"dtype of {what}"
    assert tuple(got.shape) == tuple(want.shape), f"shape of {what}"
    np.testing.assert_array_equal(array(got), array(want), err_msg=what)


def encode(value) -> str | list[str]:
    """A result as the golden files hold it: `float32[2,3] 1 2 3 4 5 6`, a list for several, repr
    for the rest.
    """
    if isinstance(value, (tuple, list)) and value and isinstance(value[0], (tg.Tensor, tuple, list)):
        return [encode(item) for item in value]
    if not isinstance(value, tg.Tensor):
        return repr(value)
    digits = {"float64": 12, "float32": 7, "float16": 4, "bfloat16": 3}.get(dtype_name(value.dtype), 20)
    flat = value.detach().reshape(-1).tolist()
    numbers = [str(int(number)) if isinstance(number, (bool, int)) else f"{number:.{digits}g}" for number in flat]
    return f"{dtype_name(value.dtype)}[{','.join(map(str, value.shape))}] {' '.join(numbers)}".rstrip()


def decode(text: str) -> tuple[str, tuple[int, ...], np.ndarray]:
    """dtype, shape and values of one encoded tensor."""
    head, _, body = text.partition("] ")
    kind, _, shape = head.rstrip("]").partition("[")
    sizes = tuple(int(size) for size in shape.split(",") if size)
    return kind, sizes, np.array([float(word) for word in body.split()]).reshape(sizes)


def matches(got, want: str | list[str], what="", scale=1.0):
    """`got` is what encode() wrote: dtype and shape exactly, values within the tolerance of the
    dtype.
    """
    if isinstance(want, list):
        assert isinstance(got, (tuple, list)), f"{what}: expected {len(want)} results"
        assert len(got) == len(want), f"{what}: {len(got)} results, expected {len(want)}"
        for number, (one, other) in enumerate(zip(got, want)):
            matches(one, other, f"{what} result {number}", scale)
        return
    if not isinstance(got, tg.Tensor):
        assert repr(got) == want, what
        return
    kind, shape, values = decode(want)
    assert dtype_name(got.dtype) == kind, f"dtype of {what}: {dtype_name(got.dtype)}, expected {kind}"
    assert tuple(got.shape) == shape, f"shape of {what}: {tuple(got.shape)}, expected {shape}"
    rtol = RTOL.get(kind, 0.0) * scale
    np.testing.assert_allclose(array(got), values, rtol=rtol, atol=rtol, err_msg=what)


def golden(name: str) -> dict:
    """tests/golden/<name>.json, which tools/make_golden.py writes with PyTorch."""
    path = HERE / "golden" / f"{name}.json"
    return json.loads(path.read_text()) if path.exists() else {}


def error_text(error: BaseException) -> str:
    """First line of the message."""
    return (str(error).strip().splitlines() or [""])[0]


def run_python(code: str, *arguments: str, timeout: float = 120, stack_kilobytes: int | None = None) -> str:
    """Output of a fresh interpreter that runs `code`; fails with its error text. The stack can be
    made small.
    """

    def prepare():
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # a shell has its background jobs ignore it
        if stack_kilobytes:
            resource.setrlimit(resource.RLIMIT_STACK, (stack_kilobytes * 1024,) * 2)

    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        timeout=timeout,
        cwd=HERE,
        preexec_fn=prepare,
    )
    assert done.returncode == 0, f"exit status {done.returncode}\n{done.stdout[-1500:]}{done.stderr[-1500:]}"
    return done.stdout


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """`-m tiny` shall take about a second: the one file that has its tests is all that is read."""
    if config.option.markexpr == "tiny" and collection_path.suffix == ".py":
        return collection_path.name != "test_tiny.py" or None
    return None


@pytest.fixture(autouse=True)
def _leave_no_traces():
    """Every test starts from the defaults, whatever the one before did."""
    yield
    tg.set_grad_enabled(True)
    tg.set_default_dtype(tg.float32)
    tg.set_printoptions(profile="default", sci_mode=None)
