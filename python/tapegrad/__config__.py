"""How this build was made and what it runs on.

>>> import tapegrad
>>> "instruction set" in tapegrad.__config__.show()
True
"""

from __future__ import annotations

import os
import sys

from . import _core
from ._version import __version__


def show() -> str:
    """Version, compiler, instruction set, matrix products, threads and allocator, one a line."""
    machine = _core._machine()
    python = ".".join(map(str, sys.version_info[:3]))
    lines = [
        f"tapegrad {__version__} for Python {python}:",
        f"  - {machine['compiler']}",
        f"  - C++ Version: {machine['cpp']}",
        f"  - instruction set: {machine['isa']}",
        f"  - BLAS: {machine['blas']}",
        f"  - threads: {_core.get_num_threads()}",
        f"  - allocator: {machine['allocator']}",
    ]
    return "\n".join(lines) + "\n"


def parallel_info() -> str:
    """How many threads operations use, and what that number follows from."""
    machine = _core._machine()
    variables = [
        f"\t{name} : {os.environ.get(name, '[not set]')}" for name in ("TAPEGRAD_NUM_THREADS", "OMP_NUM_THREADS")
    ]
    lines = [
        f"get_num_threads() : {_core.get_num_threads()}",
        f"get_num_interop_threads() : {_core.get_num_interop_threads()}",
        f"processors this process may use : {machine['cpu_count']}",
        f"std::thread::hardware_concurrency() : {machine['hardware_concurrency']}",
        "Environment variables:",
        *variables,
        "parallel backend: own pool of threads",
    ]
    return "\n".join(lines) + "\n"
