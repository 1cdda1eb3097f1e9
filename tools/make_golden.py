#!/usr/bin/env python3
"""Writes tests/golden/*.json with PyTorch: what the tests expect of tapegrad, so that
they run without PyTorch.

    python tools/make_golden.py [name ...]        needs torch 2.13; without names: all

Each tests/test_<name>.py makes its own entries: make_golden() there runs with `tg`
standing for torch. The families of tests/op_table/ are named ops/<family>.
"""

from __future__ import annotations

import importlib
import json
import sys
import warnings
from pathlib import Path

import torch

TESTS = Path(__file__).resolve().parent.parent / "tests"
sys.path.insert(0, str(TESTS))
sys.modules["tapegrad"] = torch  # conftest and the tables now speak of PyTorch
warnings.simplefilter("ignore")


def write(name: str, data: object) -> None:
    """One entry a line, so that a change of one is a change of one line."""
    if isinstance(data, dict):
        lines = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in data.items()]
        text = "{\n" + ",\n".join(lines) + "\n}\n"
    else:
        text = "[\n" + ",\n".join(json.dumps(item) for item in data) + "\n]\n"
    path = TESTS / "golden" / f"{name}.json"
    path.parent.mkdir(exist_ok=True, parents=True)
    path.write_text(text)
    print(f"{path.relative_to(TESTS.parent)}: {len(data)} entries, {len(text) / 1000:.0f} kB")


def main() -> None:
    families = [f"ops/{family}" for family in importlib.import_module("op_table").FAMILIES]
    for name in sys.argv[1:] or [*families, "dtypes", "errors", "layout", "printing", "random", "optim", "modules"]:
        test, _, part = name.partition("/")
        write(name, importlib.import_module(f"test_{test}").make_golden(*([part] if part else [])))
    if not sys.argv[1:]:
        importlib.import_module("test_tutorials").make_golden()  # the .txt files beside the scripts


if __name__ == "__main__":
    main()
