"""The ops as a table: for each, calls in Python, the inputs they take, and the forms that exist.

A call is an expression over `tg` and the inputs. test_ops.py turns every row into tests of value,
dtype, gradient, second derivative, strides, broadcasting, in-place and out= forms;
tools/make_golden.py evaluates the same rows with PyTorch, into golden/ops/<family>.json.
The first call of a row is tried with every dtype, the others with float32, float64 and int64.

Each file beside this one is a family, whose rows come into being when it is imported.
"""

from __future__ import annotations

import importlib
import pkgutil

from op_table.row import FEW, OPS, Op, Sample, listed

__all__ = ["BROADCASTS", "FAMILIES", "FEW", "OPS", "Op", "Sample", "listed"]

FAMILIES: dict[str, list[Op]] = {}
for _module in sorted(module.name for module in pkgutil.iter_modules(__path__) if module.name != "row"):
    _before = len(OPS)
    importlib.import_module(f"op_table.{_module}")
    FAMILIES[_module] = OPS[_before:]

# fmt: off
# Shapes that elementwise ops of two inputs broadcast, and what comes out.
BROADCASTS = [
    ((2, 3), (3,), (2, 3)), ((2, 3), (1, 3), (2, 3)), ((2, 1), (1, 3), (2, 3)), ((3,), (2, 1), (2,
    3)), ((), (2, 3), (2, 3)),
    ((2, 3), (), (2, 3)), ((), (), ()), ((1,), (3,), (3,)), ((2, 1, 2), (3, 1), (2, 3, 2)), ((0,),
    (1,), (0,)), ((0, 3), (3,), (0, 3)),
    ((2, 0), (), (2, 0)), ((1, 1, 1), (2,), (1, 1, 2)),
]
# fmt: on
