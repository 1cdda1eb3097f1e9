"""DLPack: memory shared with NumPy and among tensors, without a copy, with PyTorch's refusals."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest
from conftest import tg

from tapegrad.utils import dlpack

DTYPES = ("bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64")


@pytest.mark.parametrize("name", DTYPES)
def test_from_numpy_and_back(name):
    array = np.arange(6).reshape(2, 3).astype(name)
    x = tg.from_dlpack(array)
    assert x.dtype is getattr(tg, name) and x.tolist() == array.tolist()
    back = np.from_dlpack(x)
    assert back.dtype == array.dtype and back.tolist() == array.tolist()
    assert back.__array_interface__["data"][0] == x.data_ptr() == array.__array_interface__["data"][0]


def test_changes_show_on_both_sides():
    array = np.zeros(3)
    x = tg.from_dlpack(array)
    x[1] = 5
    array[2] = 7
    assert x.tolist() == array.tolist() == [0, 5, 7]


def test_strides_and_offsets():
    array = np.arange(12.0).reshape(3, 4)[1:, ::2].T
    x = tg.from_dlpack(array)
    assert x.tolist() == array.tolist() and x.stride() == (2, 4)
    assert np.from_dlpack(tg.arange(6).reshape(2, 3).t()[1:]).tolist() == [[1, 4], [2, 5]]
    assert tg.from_dlpack(np.zeros((2, 0))).shape == (2, 0)
    assert tg.from_dlpack(np.array(3.0)).item() == 3


@pytest.mark.parametrize("versioned", [False, True])
def test_capsules(versioned):
    x = tg.ones(2, dtype=tg.bfloat16)
    capsule = x.__dlpack__(max_version=(1, 0) if versioned else None)
    y = tg.from_dlpack(capsule)
    assert y.dtype is tg.bfloat16 and y.data_ptr() == x.data_ptr()
    with pytest.raises(RuntimeError, match="DLTensor capsules can be consumed only once"):
        tg.from_dlpack(capsule)
    assert x.__dlpack_device__() == (dlpack.DLDeviceType.kDLCPU, 0) == (1, 0)
    x.__dlpack__()  # dropped without a consumer


def test_memory_lives_as_long_as_its_last_user():
    array = np.ones(1000)
    gone = weakref.ref(array)
    x = tg.from_dlpack(array)
    del array
    assert gone() is not None and x.sum().item() == 1000
    back = np.from_dlpack(x)
    del x
    gc.collect()
    assert gone() is not None and back.sum() == 1000
    del back
    assert gone() is None


def test_copies():
    array = np.zeros(2)
    assert tg.from_dlpack(array, copy=True).data_ptr() != array.__array_interface__["data"][0]
    assert tg.from_dlpack(array, copy=False, device="cpu").data_ptr() == array.__array_interface__["data"][0]
    x = tg.zeros(2)
    assert tg.from_dlpack(x.__dlpack__(copy=True)).data_ptr() != x.data_ptr()


class Old:
    """A producer from before version 1.0."""

    def __dlpack__(self, stream=None):
        return tg.ones(2).__dlpack__()

    def __dlpack_device__(self):
        return (1, 0)


class Elsewhere(Old):
    def __dlpack_device__(self):
        return (2, 0)


def test_old_producers():
    assert tg.from_dlpack(Old()).tolist() == [1, 1]
    assert tg.from_dlpack(Old(), copy=True).tolist() == [1, 1]


def test_read_only_memory_stays_read_only():
    array = np.zeros(2)
    array.flags.writeable = False
    x = tg.from_dlpack(array)
    with pytest.raises(RuntimeError, match="read-only"):
        x.add_(1)
    with pytest.raises(BufferError):
        x.__dlpack__()
    assert not np.from_dlpack(x).flags.writeable


def test_refusals():
    with pytest.raises(BufferError, match="Can't export tensors that require gradient"):
        tg.ones(2, requires_grad=True).__dlpack__()
    with pytest.raises(TypeError, match="stream must be"):
        tg.ones(2).__dlpack__(stream="x")
    with pytest.raises(AssertionError, match="stream should be None on cpu"):
        tg.ones(2).__dlpack__(stream=3)
    with pytest.raises(BufferError):
        tg.ones(2).__dlpack__(dl_device=(2, 0))
    with pytest.raises(BufferError, match="CPU only"):
        tg.from_dlpack(Elsewhere())
    with pytest.raises(RuntimeError, match="CPU only"):
        tg.from_dlpack(np.zeros(2), device="cuda")
    with pytest.raises(BufferError, match="no dtype"):
        tg.from_dlpack(np.zeros(2, dtype=np.uint32))
    with pytest.raises(TypeError):
        tg.from_dlpack(3)
