"""tapegrad.testing: what assert_close() accepts, and its messages (PyTorch's)."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import nan, tg

from tapegrad.testing import assert_close, make_tensor

T = tg.tensor
EQUAL = {
    "T([1., 2.]), T([1., 2.0000001])": {},
    "T([1., 2.]), T([1., 2.4])": {"rtol": 0, "atol": 0.5},
    "1, 1": {},
    "1.0, 1.00000001": {},
    "None, None": {},
    "[], []": {},
    "(T(1.),), [T(1.)]": {},
    "{'a': [1, T(2.)]}, {'a': (1, T(2.))}": {},
    "T([1.]), T([1.]).double()": {"check_dtype": False},
    "T([1.]), T([1])": {"check_dtype": False},
    "T([nan]), T([nan])": {"equal_nan": True},
    "nan, nan": {"equal_nan": True},
    "tg.ones(0), tg.ones(0)": {},
    "tg.ones(2, requires_grad=True), tg.ones(2)": {},
    "np.array([1., 2.]), np.array([1., 2.])": {},
    "tg.nn.Parameter(T([1.])), T([1.])": {},
    "T([1e-6]), T([0.])": {},
    "T([inf]), T([inf])": {},
}
NOT_CLOSE = "Tensor-likes are not close!\n\n"
LAST = (
    "Mismatched elements: 1 / 3 (33.3%)\n"
    "Greatest absolute difference: 1.0 at index (2,) (up to 1e-05 allowed)\n"
    "Greatest relative difference: 0.25 at index (2,) (up to 1.3e-06 allowed)"
)
SCALARS = (
    "Scalars are not close!\n\nExpected 2.0 but got 1.0.\nAbsolute difference: 1.0 (up to 1e-05 allowed)\n"
    "Relative difference: 0.5 (up to 1.3e-06 allowed)"
)
DIFFERENT = {
    "T([1., 2, 3]), T([1., 2, 4])": NOT_CLOSE + LAST,
    "T([[1., 2.], [3, 4]]), T([[1., 2.], [5, 4.5]])": NOT_CLOSE + "Mismatched elements: 2 / 4 (50.0%)\n"
    "Greatest absolute difference: 2.0 at index (1, 0) (up to 1e-05 allowed)\n"
    "Greatest relative difference: 0.4000000059604645 at index (1, 0) (up to 1.3e-06 allowed)",
    "T([1, 2]), T([1, 3])": "Tensor-likes are not equal!\n\nMismatched elements: 1 / 2 (50.0%)\n"
    "Greatest absolute difference: 1 at index (1,)\nGreatest relative difference: 0.3333333432674408 at index (1,)",
    "T([True, False]), T([True, True])": "Tensor-likes are not equal!\n\nMismatched elements: 1 / 2 (50.0%)\n"
    "Greatest absolute difference: 1 at index (1,)\nGreatest relative difference: 1.0 at index (1,)",
    "T([1, 2], dtype=tg.uint8), T([3, 2], dtype=tg.uint8)": "Tensor-likes are not equal!\n\n"
    "Mismatched elements: 1 / 2 (50.0%)\n"
    "Greatest absolute difference: 2 at index (0,)\nGreatest relative difference: 0.6666666865348816 at index (0,)",
    "T([2**62]), T([2**62 + 1])": "Tensor-likes are not equal!\n\nMismatched elements: 1 / 1 (100.0%)\n"
    "Greatest absolute difference: 1 at index (0,)\nGreatest relative difference: 2.168404344971009e-19 at index (0,)",
    "T(1.), T(2.)": SCALARS,
    "T(5), T(6)": "Scalars are not equal!\n\nExpected 6 but got 5.\nAbsolute difference: 1\n"
    "Relative difference: 0.16666666666666666",
    "1.0, 2.0": "Scalars are not close!\n\nExpected 2.0 but got 1.0.\nAbsolute difference: 1.0 (up to 1e-07 allowed)\n"
    "Relative difference: 0.5 (up to 1e-07 allowed)",
    "1, 2": "Scalars are not equal!\n\nExpected 2 but got 1.\nAbsolute difference: 1\nRelative difference: 0.5",
    "1 + 0j, 2 + 0j": "Scalars are not close!\n\nExpected (2+0j) but got (1+0j).\n"
    "Absolute difference: 1.0 (up to 1e-07 allowed)\nRelative difference: 0.5 (up to 1e-07 allowed)",
    "inf, 1.0": "Scalars are not close!\n\nExpected 1.0 but got inf.\nAbsolute difference: inf (up to 1e-07 allowed)\n"
    "Relative difference: inf (up to 1e-07 allowed)",
    "1, 1.0": "The (d)types do not match: <class 'int'> != <class 'float'>.",
    "True, False": "Booleans mismatch: True is not False",
    "None, 1": "None mismatch: None is not 1",
    "[T([1.]), T([2.])], [T([1.]), T([3.])]": NOT_CLOSE + "Mismatched elements: 1 / 1 (100.0%)\n"
    "Greatest absolute difference: 1.0 at index (0,) (up to 1e-05 allowed)\n"
    "Greatest relative difference: 0.3333333432674408 at index (0,) (up to 1.3e-06 allowed)\n\n"
    "The failure occurred for item [1]",
    "[1, 2], [1, 2, 3]": "The length of the sequences mismatch: 2 != 3",
    "[[1, 2], [3]], [[1, 2], [4]]": "Scalars are not equal!\n\nExpected 4 but got 3.\nAbsolute difference: 1\n"
    "Relative difference: 0.25\n\nThe failure occurred for item [1][0]",
    "{'a': 1, 'b': 2}, {'a': 1, 'c': 2}": "The keys of the mappings do not match:\n"
    "Missing keys in the actual mapping: ['c']\nAdditional keys in the actual mapping: ['b']",
    "{'a': [T(1.)]}, {'a': [T(2.)]}": SCALARS + "\n\nThe failure occurred for item ['a'][0]",
    "T([1.]), T([1.]).double()": "The values for attribute 'dtype' do not match: torch.float32 != torch.float64.",
    "T([1.]), T([1., 2])": "The values for attribute 'shape' do not match: torch.Size([1]) != torch.Size([2]).",
    "T([nan, 1.]), T([1., 2.])": NOT_CLOSE + "Mismatched elements: 2 / 2 (100.0%)\n"
    "Greatest absolute difference: nan at index (0,) (up to 1e-05 allowed)\n"
    "Greatest relative difference: nan at index (0,) (up to 1.3e-06 allowed)",
    "T([inf, 1.]), T([inf, 2.])": NOT_CLOSE + "Mismatched elements: 1 / 2 (50.0%)\n"
    "Greatest absolute difference: 1.0 at index (1,) (up to 1e-05 allowed)\n"
    "Greatest relative difference: 0.5 at index (1,) (up to 1.3e-06 allowed)",
    "T([0., 1.]), T([0., 0.])": NOT_CLOSE + "Mismatched elements: 1 / 2 (50.0%)\n"
    "Greatest absolute difference: 1.0 at index (1,) (up to 1e-05 allowed)\n"
    "Greatest relative difference: inf at index (1,) (up to 1.3e-06 allowed)",
    "T([1.]).half(), T([2.]).half()": NOT_CLOSE + "Mismatched elements: 1 / 1 (100.0%)\n"
    "Greatest absolute difference: 1.0 at index (0,) (up to 1e-05 allowed)\n"
    "Greatest relative difference: 0.5 at index (0,) (up to 0.001 allowed)",
    "np.array([1., 2.]), np.array([1., 3.])": NOT_CLOSE + "Mismatched elements: 1 / 2 (50.0%)\n"
    "Greatest absolute difference: 1.0 at index (1,) (up to 1e-07 allowed)\n"
    "Greatest relative difference: 0.3333333333333333 at index (1,) (up to 1e-07 allowed)",
}
NAMES = {"T": T, "tg": tg, "np": np, "nan": nan, "inf": float("inf")}


@pytest.mark.parametrize("values", EQUAL)
def test_close(values):
    actual, expected = eval(values, NAMES)
    assert_close(actual, expected, **EQUAL[values])


@pytest.mark.parametrize("values", DIFFERENT)
def test_not_close(values):
    actual, expected = eval(values, NAMES)
    with pytest.raises(AssertionError) as error:
        assert_close(actual, expected)
    assert str(error.value) == DIFFERENT[values]


@pytest.mark.parametrize(
    "values",
    ["'a', 'a'", "T([1.]), [1.]", "T([1.]), 1.", "np.array([1.]), T([1.])", "object(), object()", "1, T(1)"],
)
def test_cannot_be_compared(values):
    actual, expected = eval(values, NAMES)
    with pytest.raises(TypeError, match=r"No comparison pair was able to handle inputs of type <class"):
        assert_close(actual, expected)


def test_options():
    a, b = T([1.0, 2, 3]), T([1.0, 2, 4])
    with pytest.raises(
        ValueError, match=r"^Both 'rtol' and 'atol' must be either specified or omitted, but got no atol"
    ):
        assert_close(a, b, rtol=0)
    with pytest.raises(AssertionError, match=r"\AMine\Z"):
        assert_close(a, b, msg="Mine")
    with pytest.raises(AssertionError) as error:
        assert_close([a], [b], msg=lambda text: f"first\n{text}")
    assert str(error.value) == "first\n" + NOT_CLOSE + LAST + "\n\nThe failure occurred for item [0]"
    with pytest.raises(AssertionError) as error:
        assert_close(a, b, rtol=0, atol=0)
    assert str(error.value).startswith("Tensor-likes are not equal!") and "allowed" not in str(error.value)
    with pytest.raises(
        AssertionError, match=r"The values for attribute 'stride\(\)' do not match: \(2, 1\) != \(1, 2\)"
    ):
        assert_close(tg.ones(2, 2), tg.ones(2, 2).t(), check_stride=True)
    with pytest.raises(TypeError, match=r"No comparison pair"):
        assert_close(tg.nn.Parameter(a), a, allow_subclasses=False)


def test_make_tensor():
    tg.manual_seed(0)
    x = make_tensor(3, dtype=tg.float32)
    assert [round(v, 4) for v in x.tolist()] == [-0.0674, 4.8280, -7.4074]
    tg.manual_seed(0)
    assert make_tensor((3,), dtype=tg.int64, device="cpu").tolist() == [6, -5, -9]
    gaps = make_tensor(2, 3, dtype=tg.float64, low=0, high=1, noncontiguous=True, requires_grad=True)
    assert gaps.stride() == (6, 2) and gaps.requires_grad and bool(((gaps >= 0) & (gaps < 1)).all())
    assert make_tensor((), dtype=tg.bool).dtype is tg.bool
    assert 0 not in make_tensor(50, dtype=tg.int8, low=0, high=2, exclude_zero=True).tolist()
    with pytest.raises(ValueError, match="`low` must be less than `high`, but got 3 >= 1"):
        make_tensor(3, dtype=tg.float32, low=3, high=1)
    with pytest.raises(ValueError, match="`requires_grad=True` is not supported for boolean and integral dtypes"):
        make_tensor(3, dtype=tg.int64, requires_grad=True)
