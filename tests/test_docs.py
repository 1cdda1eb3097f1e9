"""Documentation that can be run is run; facts that the files must state are there."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
import re

import pytest
from conftest import ROOT, tg

in_repository = pytest.mark.skipif(
    not (ROOT / "README.md").exists(),
    reason="no README here: the tests run on an installed package",
)


def module_names() -> list[str]:
    found = [module.name for module in pkgutil.walk_packages(tg.__path__, "tapegrad.", onerror=lambda name: None)]
    return ["tapegrad", *(name for name in found if not name.endswith("__main__"))]


@pytest.mark.parametrize("name", module_names())
def test_doctests(name):
    module = importlib.import_module(name)
    results = doctest.testmod(module, extraglobs={"tg": tg}, optionflags=doctest.ELLIPSIS)
    assert results.failed == 0, f"{results.failed} of {results.attempted} examples"


def test_methods_of_tensor_run_their_examples():
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    parser = doctest.DocTestParser()
    for name in dir(tg.Tensor):
        text = getattr(getattr(tg.Tensor, name), "__doc__", None) or ""
        if ">>>" in text and not name.startswith("__"):
            tg.manual_seed(0)
            runner.run(parser.get_doctest(text, {"tg": tg}, f"Tensor.{name}", None, 0))
    assert runner.failures == 0


def public_functions() -> list[str]:
    return [
        name
        for name in dir(tg)
        if not name.startswith("_") and callable(getattr(tg, name)) and not isinstance(getattr(tg, name), type(tg))
    ]


def test_public_functions_are_documented():
    assert [name for name in public_functions() if not (getattr(tg, name).__doc__ or "").strip()] == []


def test_classes_of_nn_and_optim_are_documented():
    for module in (tg.nn, tg.optim):
        for name in dir(module):
            thing = getattr(module, name)
            if isinstance(thing, type) and thing.__module__.startswith("tapegrad"):
                assert (thing.__doc__ or "").strip(), f"{module.__name__}.{name}"


def blocks_of(path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", path.read_text(), re.M | re.S)


@in_repository
def test_python_of_the_readme_runs():
    blocks = blocks_of(ROOT / "README.md", "python")
    assert blocks
    for block in blocks:
        exec(compile(block, "README.md", "exec"), {})


@in_repository
def test_readme_has_the_setup_block():
    text = (ROOT / "README.md").read_text()
    found = re.search(r"^<!-- setup -->\n```\w*\n(.*?)^```", text, re.M | re.S)
    assert found, "a fenced block right after <!-- setup -->"
    commands = found[1].strip().splitlines()
    assert len(commands) == 2 and "examples" in commands[0] and "pytest" in commands[1]
    program = re.search(r"examples/\w+\.py", commands[0])
    assert program and (ROOT / program[0]).exists()


@in_repository
def test_changelog_knows_the_version():
    text = (ROOT / "CHANGELOG.md").read_text()
    assert re.search(rf"^## .*({re.escape(tg.__version__)}|Unreleased)", text, re.M)


@in_repository
@pytest.mark.parametrize("name", ["LICENSE", "CONTRIBUTING.md", "docs/architecture.md", "Makefile", "pyproject.toml"])
def test_file_is_there(name):
    assert (ROOT / name).stat().st_size > 100


@in_repository
def test_links_of_the_documents_lead_somewhere():
    for document in [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")]:
        for link in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", document.read_text()):
            assert (document.parent / link).exists(), f"{document.name}: {link}"


@in_repository
def test_make_targets_exist():
    text = (ROOT / "Makefile").read_text()
    for target in (
        "build",
        "test",
        "tiny",
        "bench",
        "format",
        "lint",
        "stubs",
        "asan",
        "ubsan",
        "tsan",
    ):
        assert re.search(rf"^{target}:", text, re.M), target


@in_repository
def test_no_unfinished_marks_in_the_sources():
    for folder in ("csrc", "python", "tools", "examples"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in (".h", ".cpp", ".py"):
                assert not re.search(r"\b(TODO|FIXME|XXX|HACK)\b", path.read_text()), path
