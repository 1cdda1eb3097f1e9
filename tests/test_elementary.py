"""Vector code of the elementary functions in single precision: accuracy, special values, and the same bits anywhere."""

import math

import pytest

import tapegrad as tg

NAMES = ["exp", "expm1", "sigmoid", "tanh", "erf"]


def ulps(x: tg.Tensor, name: str) -> float:
    """How far float32 results are from float64 ones, in units of the last place."""
    got, exact = getattr(tg, name)(x), getattr(tg, name)(x.double())
    place = tg.exp2(tg.floor(tg.log2(exact.abs())) - 23)
    return ((got.double() - exact).abs() / place).max().item()


@pytest.mark.parametrize("name", NAMES)
def test_within_two_places(name: str) -> None:
    tg.manual_seed(0)
    for width in (80, 5, 1, 0.01):
        assert ulps((tg.rand(20_000) * 2 - 1) * width, name) < 2


@pytest.mark.parametrize(
    ("name", "at_minus_infinity", "at_infinity", "at_zero"),
    [
        ("exp", 0, math.inf, 1),
        ("expm1", -1, math.inf, 0),
        ("sigmoid", 0, 1, 0.5),
        ("tanh", -1, 1, 0),
        ("erf", -1, 1, 0),
    ],
)
def test_special_values(name: str, at_minus_infinity: float, at_infinity: float, at_zero: float) -> None:
    f = getattr(tg, name)
    low, high, zero, minus_zero, nan = f(tg.tensor([-math.inf, math.inf, 0.0, -0.0, math.nan])).tolist()
    assert (low, high, zero, minus_zero) == (at_minus_infinity, at_infinity, at_zero, at_zero)
    assert math.isnan(nan)
    if at_zero == 0:
        assert math.copysign(1, zero) == 1 and math.copysign(1, minus_zero) == -1
    assert f(tg.tensor([200.0, -200.0])).tolist() == [at_infinity, at_minus_infinity]


@pytest.mark.parametrize("name", NAMES)
def test_same_bits_at_any_place_and_stride(name: str) -> None:
    f = getattr(tg, name)
    x = tg.linspace(-9, 9, 67)
    whole = f(x).tolist()
    assert [f(x[i : i + 1]).item() for i in range(67)] == whole
    assert f(x[5:]).tolist() == whole[5:]
    assert f(x[::3]).tolist() == whole[::3]
    assert f(tg.stack([x, x]).t())[:, 1].tolist() == whole
