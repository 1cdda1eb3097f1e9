"""Conversions give the same numbers in dense memory, where vectors do them, as one at a time."""

import itertools
import math

import numpy as np
import pytest

import tapegrad as tg

NAMES = ["bool", "uint8", "int8", "int16", "int32", "int64", "float16", "bfloat16", "float32", "float64"]


def values_of(name):
    if name == "bool":
        return tg.tensor([True, False, True, True, False] * 9)
    if name.startswith(("int", "uint")):
        limits = np.iinfo(name)
        return tg.tensor(np.r_[limits.min, limits.max, 0, 1, 100, 7, 40:71].astype(name))
    size = {"float16": 6e4, "bfloat16": 3e38, "float32": 3e38, "float64": 1e300}[name]
    edges = [0.0, -0.0, 1.5, -2.5, 255.5, 256, -1, 3e9, -3e9, 1e19, -1e19, size, -size, math.inf, -math.inf, math.nan]
    return tg.tensor([*edges, *np.linspace(-300, 300, 23)], dtype=tg.float64).to(getattr(tg, name))


def same(a, b):
    return np.array_equal(a.double().numpy(), b.double().numpy(), equal_nan=True)


@pytest.mark.parametrize(("source", "target"), list(itertools.permutations(NAMES, 2)))
def test_dense_and_strided_conversions_agree(source, target):
    x = values_of(source)
    apart = tg.stack([x, x], 1)[:, 0]
    dtype = getattr(tg, target)
    assert not apart.is_contiguous()
    assert same(x.to(dtype), apart.to(dtype))
    assert same(x.to(dtype)[5], x[5].to(dtype))


def test_all_half_precision_numbers():
    bits = np.arange(65536, dtype=np.uint16)
    half = bits.view(np.float16)
    x = tg.tensor(half)
    assert np.array_equal(x.float().numpy(), half.astype(np.float32), equal_nan=True)
    assert np.array_equal(x.float().half().numpy(), half, equal_nan=True)
    brain = (bits.astype(np.uint32) << 16).view(np.float32)
    assert np.array_equal(tg.tensor(brain).bfloat16().float().numpy(), brain, equal_nan=True)


def test_float32_rounds_to_half_precision():
    random = np.random.default_rng(0)
    x = random.integers(0, 2**32, 200_000, dtype=np.uint32).view(np.float32)
    x = np.r_[x, (random.normal(size=100_000) * 10.0 ** random.integers(-9, 5, 100_000)).astype(np.float32)]
    with np.errstate(all="ignore"):
        wanted = x.astype(np.float16)
    assert np.array_equal(tg.tensor(x).half().numpy(), wanted, equal_nan=True)


def test_narrow_integers_wrap():
    random = np.random.default_rng(1)
    for name in ("int8", "uint8", "int16"):
        limits = np.iinfo(name)
        a, b = (random.integers(limits.min, limits.max, 333, dtype=name, endpoint=True) for _ in range(2))
        x, y = tg.tensor(a), tg.tensor(b)
        for got, wanted in [(x + y, a + b), (x - y, a - b), (x * y, a * b), (x[::3] * y[::3], (a * b)[::3])]:
            assert (got.numpy() == wanted).all()


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "int64", "int32", "int8"])
def test_clamp_between_numbers(dtype):
    x = values_of(dtype)
    got = x.clamp(-2, 100)
    assert got.dtype == x.dtype
    assert same(got, tg.clamp_max(tg.clamp_min(x, -2), 100))
    assert (x[:6].clamp(5, 3) == 3).all()
    if dtype.startswith("float"):
        assert x.clamp(math.nan, 1).isnan().all()


def test_gradient_of_clamp():
    x = tg.tensor([-3.0, -1.0, 0.5, 1.0, 2.0, math.nan], requires_grad=True)
    g = tg.arange(1.0, 7.0)
    for create_graph in (False, True):
        (grad,) = tg.autograd.grad(x.clamp(-1, 1), x, g, create_graph=create_graph)
        assert grad.tolist() == [0, 2, 3, 4, 0, 0]
