"""The scripts in tests/tutorials print what they print under PyTorch: text exactly, numbers to
1e-4.
"""

from __future__ import annotations

import contextlib
import io
import re
import runpy

import pytest
from conftest import HERE

SCRIPTS = sorted((HERE / "tutorials").glob("*.py"))
NUMBER = re.compile(r"(?<![A-Za-z_])[-+]?(?:\d+\.?\d*(?:e[-+]?\d+)?|\.\d+|inf|nan)")


def output_of(script) -> str:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        runpy.run_path(str(script), {"__name__": "__main__"})
    return printed.getvalue()


def make_golden() -> None:
    for script in SCRIPTS:
        script.with_suffix(".txt").write_text(output_of(script))


def words(line: str) -> tuple[str, list[float]]:
    """The line with its numbers taken out, and the numbers."""
    return re.sub(r"\s+", " ", NUMBER.sub("#", line)), [float(number) for number in NUMBER.findall(line)]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.stem)
def test_output_is_that_of_pytorch(script):
    got, want = output_of(script).splitlines(), script.with_suffix(".txt").read_text().splitlines()
    for number, (line, expected) in enumerate(zip(got, want), 1):
        text, numbers = words(line)
        expected_text, expected_numbers = words(expected)
        assert text == expected_text, f"line {number}: {line!r}, expected {expected!r}"
        assert numbers == pytest.approx(expected_numbers, rel=1e-4, abs=1e-6), (
            f"line {number}: {line!r}, expected {expected!r}"
        )
    assert len(got) == len(want)


def test_every_script_has_its_output():
    assert SCRIPTS and all(script.with_suffix(".txt").exists() for script in SCRIPTS)
