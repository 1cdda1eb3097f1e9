"""The greatest and least elements, and their places, on lines of every length, place and dtype."""

import numpy as np
import pytest

import tapegrad as tg

SIZES = [(1,), (5,), (3, 4), (200,), (17, 300), (4, 5, 6), (70, 3), (2, 2100), (9, 67)]
DTYPES = ["float32", "float64", "int64", "int32", "int16", "int8", "uint8"]


def samples(dtype, sizes):
    random = np.random.default_rng(len(sizes))
    if not dtype.startswith("float"):
        limits = np.iinfo(dtype)
        return [random.integers(limits.min, limits.max, sizes, dtype=dtype, endpoint=True)]
    plain = random.normal(size=sizes).astype(dtype)
    ties = np.sign(plain)
    some_nan = np.where(random.random(sizes) < 0.05, np.nan, plain).astype(dtype)
    infinite = np.where(plain > 0, np.inf, -np.inf).astype(dtype)
    return [plain, ties, some_nan, infinite]


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("sizes", SIZES)
def test_values_and_places(dtype, sizes):
    for a in samples(dtype, sizes):
        x = tg.tensor(a)
        for y, b in [(x, a), (x.T, a.T)] if a.ndim == 2 else [(x, a)]:
            assert np.array_equal(y.max().numpy(), b.max(), equal_nan=True)
            assert np.array_equal(y.min().numpy(), b.min(), equal_nan=True)
            assert y.argmax().item() == b.argmax()
            assert y.argmin().item() == b.argmin()
            for dim in range(b.ndim):
                for name in ("max", "min"):
                    wanted = getattr(b, name)(dim)
                    values, indices = getattr(y, name)(dim)
                    assert values.dtype == y.dtype
                    assert np.array_equal(values.numpy(), wanted, equal_nan=True)
                    assert np.array_equal(getattr(y, "a" + name)(dim).numpy(), wanted, equal_nan=True)
                    places = getattr(b, "arg" + name)(dim)
                    assert (indices.numpy() == places).all()
                    assert (getattr(y, "arg" + name)(dim).numpy() == places).all()


def test_over_dims_that_are_not_neighbours():
    x = tg.randn(3, 4, 5, 6)
    assert (x.amax((0, 2)).numpy() == x.numpy().max((0, 2))).all()
    assert (x.amin((1, 3), True).numpy() == x.numpy().min((1, 3), keepdims=True)).all()
    assert (x.amax((1, 2)).numpy() == x.numpy().max((1, 2))).all()


def test_half_and_bool():
    x = tg.tensor([[1.0, 3.0], [float("nan"), 2.0]], dtype=tg.float16)
    assert x.amax(0).tolist()[1] == 3 and x.amax(0)[0].isnan() and x.amax(0).dtype == tg.float16
    assert x.argmin(1).tolist() == [0, 0]
    assert tg.tensor([[True, False], [True, True]]).amin(1).tolist() == [False, True]
    values, indices = tg.tensor([[False, True], [False, False]]).max(1)
    assert values.tolist() == [True, False] and indices.tolist() == [1, 0]


def long_lines(n):
    random = np.random.default_rng(n)
    plain = random.normal(size=n)
    some = plain.copy()
    some[random.integers(0, n, 7)] = np.nan
    some[[3, 4, 5, 6]] = np.inf, -np.inf, -0.0, 0.0
    rising, few = np.arange(n) / 4.0, np.where(np.arange(n) % 64 == 0, plain, 0)
    return [plain, some, np.zeros(n), rising, -rising, np.round(plain), few, np.full(n, -np.inf)]


@pytest.mark.parametrize("dtype", ["float32", "float64", "float16", "int64"])
@pytest.mark.parametrize("n", [256, 513, 4099])
def test_few_of_many_are_the_first_of_the_sorted_line(n, dtype):
    """Among equals the earlier place comes first."""
    for a in long_lines(n):
        if dtype == "int64" and not np.isfinite(a).all():
            continue
        x = tg.tensor(a).to(getattr(tg, dtype))
        for largest in (True, False):
            places = x.sort(descending=largest, stable=True)[1]
            for k in (1, 5, 9, 16):
                assert x.topk(k, largest=largest)[1].tolist() == places[:k].tolist()
            assert tg.stack([x, x], 1).topk(3, 0, largest=largest)[1][:, 1].tolist() == places[:3].tolist()
        assert x.kthvalue(4)[1].item() == x.sort(stable=True)[1][3].item()


@pytest.mark.parametrize("name", ["cumsum", "cumprod", "logcumsumexp", "cummax", "cummin"])
def test_running_values_do_not_depend_on_lines_beside(name):
    tg.manual_seed(0)
    x = tg.randn(37, 19)
    x[3, 4], x[5, 0], x[6, 2], x[7, :3] = np.nan, np.inf, -np.inf, -np.inf
    function = getattr(tg, name)
    for result, columns, alone in zip(
        *([r] if isinstance(r, tg.Tensor) else r for r in (function(x, 1), function(x.t(), 0))),
        zip(*(([r] if isinstance(r, tg.Tensor) else r) for r in (function(row, 0) for row in x))),
    ):
        for row, column, single in zip(result, columns.t(), alone):
            assert np.array_equal(row.numpy(), single.numpy(), equal_nan=True)
            assert np.array_equal(row.numpy(), column.numpy(), equal_nan=True)
