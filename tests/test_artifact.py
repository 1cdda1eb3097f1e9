"""The installed package: what an import costs and pulls in, its size, its libraries, its stub."""

from __future__ import annotations

import ast
import importlib.metadata
import shutil
import subprocess
import sys
import zlib
from pathlib import Path

import pytest
from conftest import run_python, tg

CORE = Path(tg._core.__file__)
PACKAGE = Path(tg.__file__).parent


def sanitized() -> bool:
    """Instrumented builds are large and slow: bounds do not apply."""
    return any(mark in CORE.read_bytes() for mark in (b"__asan_init", b"__tsan_init", b"__ubsan_handle"))


def test_import_pulls_in_nothing_heavy():
    heavy = (
        "('numpy', 'matplotlib', 'tqdm', 'torch', 'scipy', "
        "'tapegrad.nn', 'tapegrad.optim', 'tapegrad.training', 'tapegrad.bench')"
    )
    assert run_python(f"import sys, tapegrad; print([name for name in {heavy} if name in sys.modules])").strip() == "[]"


def test_tensors_work_without_numpy():
    code = (
        "import sys; sys.modules['numpy'] = None; import tapegrad as tg; "
        "print((tg.ones(2) * 2 + tg.tensor([1, 2])).tolist())"
    )
    assert run_python(code).strip() == "[3.0, 4.0]"


def test_import_brings_nothing_else():
    """What an import costs is what it loads: numpy, typing and inspect alone would take 100 times as long."""
    code = (
        "import sys; before = set(sys.modules); import tapegrad\n"
        "print(*sorted(name for name in set(sys.modules) - before if not name.startswith('tapegrad')))"
    )
    assert set(run_python(code).split()) <= {"__future__", "math"}


def test_import_leaves_the_processor_alone():
    """No flush-to-zero: a denormal quotient stays a number."""
    assert run_python("import tapegrad, sys; print(sys.float_info.min / 4 > 0)").strip() == "True"


def test_import_starts_no_threads():
    assert run_python("import tapegrad, os; print(len(os.listdir('/proc/self/task')))").strip() == "1"


def test_exit_is_clean_with_a_live_graph():
    assert (
        run_python("import tapegrad as tg; x = tg.ones(2, requires_grad=True); y = x * 2; y.me = y; print('end')")
        == "end\n"
    )


def test_extension_is_small():
    if sanitized():
        return
    assert len(zlib.compress(CORE.read_bytes(), 6)) < 4_000_000


@pytest.mark.skipif(not shutil.which("ldd"), reason="needs ldd")
def test_extension_needs_the_system_libraries_alone():
    if sanitized():
        return
    listed = subprocess.run(["ldd", str(CORE)], capture_output=True, text=True, check=True).stdout
    needed = {line.split()[0].split("/")[-1].split(".so")[0] for line in listed.splitlines()}
    assert needed <= {
        "linux-vdso",
        "libstdc++",
        "libm",
        "libgcc_s",
        "libc",
        "ld-linux-x86-64",
        "ld-linux-aarch64",
        "libpthread",
        "libdl",
        "librt",
    }


def test_version_is_the_same_everywhere():
    assert tg.__version__ == importlib.metadata.version("tapegrad")


def test_package_is_marked_as_typed():
    assert (PACKAGE / "py.typed").exists()


def stub_names() -> tuple[set[str], dict[str, set[str]]]:
    """Names at the top of the stub, and the members of its classes."""
    top: set[str] = set()
    members: dict[str, set[str]] = {}

    def names(statement: ast.stmt) -> set[str]:
        if isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            return {statement.name}
        if isinstance(statement, ast.AnnAssign):
            return {statement.target.id}
        if isinstance(statement, ast.Assign):
            return {target.id for target in statement.targets}
        return set()

    for statement in ast.parse((PACKAGE / "_core.pyi").read_text()).body:
        top |= names(statement)
        if isinstance(statement, ast.ClassDef):
            members[statement.name] = {name for inner in statement.body for name in names(inner)}
    return top, members


def public(thing) -> set[str]:
    return {name for name in dir(thing) if not name.startswith("_")}


def test_stub_names_all_of_the_module():
    top, _ = stub_names()
    assert not public(tg._core) - top, "run `make stubs`"
    assert not {name for name in top if not name.startswith("_")} - public(tg._core), "run `make stubs`"


def test_stub_names_all_members_of_tensor():
    _, members = stub_names()
    inherited = public(object) | set(vars(tg.Tensor))
    assert not {name for name in public(tg._core.Tensor) & inherited if not name.startswith("_")} - members["Tensor"], (
        "run `make stubs`"
    )


def test_calls_enter_native_code_at_once():
    """Slots, methods and functions of C: no Python code between a call and its operation."""
    kinds = (tg.Tensor.__add__, tg.Tensor.__getitem__, tg.Tensor.exp, tg.Tensor.backward, tg.add)
    assert [type(kind).__name__ for kind in kinds] == ["wrapper_descriptor"] * 2 + ["method_descriptor"] * 2 + [
        "builtin_function_or_method"
    ]


def test_python_version_is_supported():
    assert sys.version_info >= (3, 10)
