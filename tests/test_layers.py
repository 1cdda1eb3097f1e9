"""The layers of csrc/: a file includes its own layer or a lower one, Python stays in bindings, no
include cycles.
"""

from __future__ import annotations

import re

import pytest
from conftest import ROOT

CSRC = ROOT / "csrc"
LAYERS = ["core", "kernels", "autograd", "ops", "bindings"]
SOURCES = sorted(path for suffix in ("*.h", "*.cpp") for path in CSRC.rglob(suffix))
LONGEST = 700  # lines; a file has one reason to change


def name(path) -> str:
    return path.relative_to(CSRC).as_posix()


def includes(path) -> tuple[list[str], list[str]]:
    """Files included in quotes and in angle brackets."""
    text = path.read_text()
    return re.findall(r'^\s*#\s*include\s+"([^"]+)"', text, re.M), re.findall(
        r"^\s*#\s*include\s+<([^>]+)>", text, re.M
    )


pytestmark = pytest.mark.skipif(not CSRC.is_dir(), reason="no sources here: the tests run on an installed package")


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_includes_its_own_layer_or_a_lower_one(path):
    layer = path.relative_to(CSRC).parts[0]
    assert layer in LAYERS, f"csrc/{layer} is not a layer"
    for included in includes(path)[0]:
        assert (CSRC / included).exists(), f"{included} is not a path from csrc/"
        other = included.split("/")[0]
        assert LAYERS.index(other) <= LAYERS.index(layer), f"{name(path)} ({layer}) includes {included}"


@pytest.mark.parametrize("path", [path for path in SOURCES if not name(path).startswith("bindings/")], ids=name)
def test_python_stays_in_bindings(path):
    for included in includes(path)[1]:
        assert not re.match(r"Python\.h|pybind11/|numpy/|structmember\.h|frameobject\.h", included), included
    assert not re.search(r"\bPyObject\b|\bPy_[A-Z]|\bpybind11::", re.sub(r"//.*", "", path.read_text()))


@pytest.mark.parametrize("path", SOURCES, ids=name)
def test_is_short_and_says_what_it_is_for(path):
    """A .cpp may leave the saying to the .h of its name."""
    text = path.read_text()
    header = path.with_suffix(".h")
    assert text.startswith(("//", "/*")) or (header.exists() and header.read_text().startswith("//")), (
        "no header comment"
    )
    assert text.count("\n") <= LONGEST


@pytest.mark.parametrize("path", [path for path in SOURCES if path.suffix == ".h"], ids=name)
def test_header_has_a_guard(path):
    assert re.search(r"^#pragma once$", path.read_text(), re.M)


def test_no_include_cycles():
    edges = {name(path): [item for item in includes(path)[0] if (CSRC / item).exists()] for path in SOURCES}
    done: set[str] = set()

    def visit(node: str, trail: list[str]) -> None:
        assert node not in trail, " -> ".join([*trail[trail.index(node) :], node])
        if node not in done:
            for other in edges.get(node, ()):
                visit(other, [*trail, node])
            done.add(node)

    for node in edges:
        visit(node, [])


@pytest.mark.parametrize(
    "path",
    [path for path in SOURCES if name(path).startswith(("core/", "kernels/", "autograd/", "ops/"))],
    ids=name,
)
def test_core_neither_prints_nor_exits(path):
    text = re.sub(r"//.*", "", path.read_text())
    assert not re.search(
        r"std::c(out|err)\b|\bprintf\(|\bstd::(abort|exit|terminate)\(|\bf(printf|puts)\((stdout|stderr)",
        text,
    )
