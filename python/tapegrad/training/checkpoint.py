"""Checkpoint files: nested values with tensors, written so that a crash at any moment leaves the
old file or the new one.

The file is a NumPy .npz without pickled objects: one array a tensor, and the structure around them
as JSON. Reading it runs no code.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from .. import _core
from .._core import Tensor

__all__ = ["read_checkpoint", "write_checkpoint"]

_FORMAT = "tapegrad checkpoint 1"


def _flatten(value: Any, arrays: dict[str, Any]) -> Any:
    """`value` as JSON; its tensors go into `arrays`."""
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, Tensor):
        name = f"tensor{len(arrays)}"
        dtype = str(value.dtype).rpartition(".")[2]
        plain = value.detach()
        # NumPy has no bfloat16; float32 holds its values exactly.
        arrays[name] = (plain.float() if dtype == "bfloat16" else plain).numpy().copy()
        return {"tensor": name, "dtype": dtype}
    if isinstance(value, list):
        return [_flatten(item, arrays) for item in value]
    if isinstance(value, tuple):
        return {"tuple": [_flatten(item, arrays) for item in value]}
    if isinstance(value, dict):
        for key in value:
            if not isinstance(key, (int, str)):
                raise TypeError(
                    f"a checkpoint holds dicts with keys str or int, got a key of type {type(key).__name__}"
                )
        return {"dict": [[key, _flatten(item, arrays)] for key, item in value.items()]}
    raise TypeError(
        f"a checkpoint holds tensors, numbers, strings, lists, tuples and dicts, got {type(value).__name__}"
    )


def _unflatten(value: Any, arrays: Any) -> Any:
    if isinstance(value, list):
        return [_unflatten(item, arrays) for item in value]
    if not isinstance(value, dict):
        return value
    if "tensor" in value:
        array = arrays[value["tensor"]]
        return _core.tensor(array).to(getattr(_core, value["dtype"]))
    if "tuple" in value:
        return tuple(_unflatten(item, arrays) for item in value["tuple"])
    return {key: _unflatten(item, arrays) for key, item in value["dict"]}


def write_checkpoint(path: Any, value: Any) -> None:
    """Writes numbers, strings, tensors, and lists, tuples and dicts of them to `path`.

    The bytes go to a file beside it, reach the disk, and take the name `path` in one step. Raises
    TypeError for other values, OSError where the file cannot be written.
    """
    import numpy

    path = Path(path)
    arrays: dict[str, Any] = {}
    text = json.dumps({"format": _FORMAT, "value": _flatten(value, arrays)})
    arrays["structure"] = numpy.frombuffer(text.encode(), numpy.uint8)
    temporary = path.with_name(path.name + ".tmp")  # one name, so that killed writers leave one file at most
    with open(temporary, "wb") as file:
        numpy.savez(file, **arrays)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)  # the new name too
    finally:
        os.close(folder)


def read_checkpoint(path: Any) -> Any:
    """The value that write_checkpoint() wrote. Raises ValueError for any other file, OSError where
    there is none."""
    import zipfile

    import numpy

    try:
        # numpy.load() leaves files open that it cannot read.
        with open(path, "rb") as file, numpy.load(file, allow_pickle=False) as arrays:
            content = json.loads(arrays["structure"].tobytes().decode())
            if content["format"] != _FORMAT:
                raise ValueError(f"unknown format {content['format']!r}")
            return _unflatten(content["value"], arrays)
    except (ValueError, KeyError, TypeError, AttributeError, EOFError, zipfile.BadZipFile) as error:
        raise ValueError(f"{path} is not a checkpoint of tapegrad.training: {error}") from error
