"""The comparison with other libraries: every row runs and agrees with NumPy; what a report says."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from conftest import tg

from tapegrad.bench import __main__ as command
from tapegrad.bench.cases import CASES, GROUPS, Case
from tapegrad.bench.chart import draw, draw_groups
from tapegrad.bench.report import Report
from tapegrad.bench.timing import Library, Row, compile_case, difference, measure

US, NUMPY = Library("tapegrad", tg), Library("numpy", np)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.group}: {case.name}")
def test_row(case):
    once, _ = compile_case(case, US)
    result = once()
    assert difference(result, result, 0) == ""
    if case.numpy:
        once, _ = compile_case(case, NUMPY)
        assert difference(result, once(), case.tolerance) == ""


def test_groups_are_those_of_the_rows():
    assert list(dict.fromkeys(case.group for case in CASES)) == list(GROUPS)


def test_measure():
    row = measure(Case("overhead", "sum", "x = rand(3)", "x.sum()", numpy="x.sum()"), [US, NUMPY], rounds=2)
    assert set(row.seconds) == {"tapegrad", "numpy"} and row.seconds["tapegrad"] > 0
    assert set(row.ratios) == {"numpy"} and not row.problems


def test_measure_names_what_differs_and_what_fails():
    differs = Case("overhead", "wrong", "x = rand(3)", "x + 1", numpy="x + 2")
    row = measure(differs, [US, NUMPY], rounds=1)
    assert row.problems["numpy"].startswith("differs by")
    assert "numpy" not in row.seconds
    fails = Case("overhead", "absent", "x = rand(3)", "x.nothing()", numpy="x.sum()")
    row = measure(fails, [US, NUMPY], rounds=1)
    assert row.problems["tapegrad"] == "AttributeError: 'Tensor' object has no attribute 'nothing'"
    assert not row.ratios


def report():
    rows = [
        Row("overhead", "a", {"tapegrad": 1e-7, "torch": 2e-7}, {"torch": 2.0}),
        Row("overhead", "b", {"tapegrad": 1e-7, "torch": 8e-7}, {"torch": 8.0}),
        Row("matmul", "c", {"tapegrad": 1e-3, "torch": 1.2e-2, "numpy": 1e-3}, {"torch": 12.0, "numpy": 1.0}),
    ]
    return Report(1, {"tapegrad": "0", "torch": "2"}, rows)


def test_report(tmp_path):
    made = report()
    assert made.means() == {
        "overhead": {"torch": pytest.approx(4.0)},
        "matmul": {"torch": pytest.approx(12.0), "numpy": pytest.approx(1.0)},
    }
    assert "4.00x (2.00x)" in made.summary()
    assert made.markdown().splitlines()[2:] == [
        f"| overhead | {GROUPS['overhead']} | **4.00** | 2.00: a | 8.00: b |",
        f"| matmul | {GROUPS['matmul']} | **12** | 12: c | 12: c |",
    ]
    made.save(str(tmp_path / "r.json"))
    saved = json.loads((tmp_path / "r.json").read_text())
    assert math.isclose(saved["means"]["overhead"]["torch"], 4.0) and len(saved["rows"]) == 3


@pytest.mark.parametrize("chart", [draw, draw_groups])
def test_chart(chart, tmp_path):
    pytest.importorskip("matplotlib", reason="the chart is drawn by matplotlib")
    chart(report(), str(tmp_path / "r.png"))
    assert (tmp_path / "r.png").read_bytes().startswith(b"\x89PNG")


def test_command_refuses_unknown_groups(capsys):
    with pytest.raises(SystemExit):
        command.parse(["--group", "nothing"])
    assert "no group 'nothing'; there are tutorials" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        command.parse(["--rounds", "0"])
