"""Making tensors: sizes in all their forms, dtypes, legacy constructors, numpy, and what is
refused.
"""

from __future__ import annotations

import numpy as np
import pytest
from conftest import dtype_name, same, tg


@pytest.mark.parametrize("make", ["zeros", "ones", "empty", "rand", "randn"])
def test_sizes_as_numbers_tuple_list_or_keyword(make):
    function = getattr(tg, make)
    for made in (
        function(2, 3),
        function((2, 3)),
        function([2, 3]),
        function(tg.Size([2, 3])),
        function(size=(2, 3)),
        function(*[2, 3]),
    ):
        assert made.shape == (2, 3) and made.dtype == tg.float32
    assert function(()).shape == () and function(0).shape == (0,) and function(2, 0).shape == (2, 0)
    assert function(np.int64(2), 1).shape == (2, 1)


@pytest.mark.parametrize("make", ["zeros", "ones", "empty", "full", "rand", "randn", "arange", "eye", "linspace"])
def test_keywords_of_factories(make):
    size = {"full": ((2,), 1.0), "arange": (3,), "eye": (2,), "linspace": (0, 1, 3)}.get(make, (2,))
    made = getattr(tg, make)(*size, dtype=tg.float64, requires_grad=True, device="cpu")
    assert made.dtype == tg.float64 and made.requires_grad and made.is_leaf and made.grad_fn is None


def test_values():
    assert tg.zeros(2).tolist() == [0, 0]
    assert tg.ones(1, 2).tolist() == [[1, 1]]
    assert tg.full((2,), 7).tolist() == [7, 7]
    assert tg.full((2,), 7).dtype == tg.int64
    assert tg.full((2,), 1.5).dtype == tg.float32
    assert tg.full((1,), True).dtype == tg.bool
    assert tg.full((), 3.0).item() == 3
    assert tg.eye(2).tolist() == [[1, 0], [0, 1]]


@pytest.mark.parametrize(
    "arguments, want",
    [
        ((5,), [0, 1, 2, 3, 4]),
        ((1, 4), [1, 2, 3]),
        ((0, 10, 3), [0, 3, 6, 9]),
        ((5, 0, -2), [5, 3, 1]),
        ((0,), []),
        ((3, 3), []),
        ((0, 1, 0.25), [0, 0.25, 0.5, 0.75]),
        ((2.5,), [0, 1, 2]),
        ((1, 0, -0.5), [1, 0.5]),
        ((-2, 2), [-2, -1, 0, 1]),
    ],
)
def test_arange(arguments, want):
    made = tg.arange(*arguments)
    assert made.tolist() == want
    assert made.is_floating_point() is any(isinstance(number, float) for number in arguments)


def test_arange_by_name_and_dtype():
    assert tg.arange(start=1, end=3).tolist() == [1, 2]
    assert tg.arange(3, dtype=tg.float64).dtype == tg.float64
    assert tg.arange(0, 3, step=2).tolist() == [0, 2]


@pytest.mark.parametrize(
    "bad, message",
    [
        ("tg.arange(0, 5, 0)", "step must be nonzero"),
        (
            "tg.arange(0, 5, -1)",
            "upper bound and lower bound inconsistent with step sign|larger bound inconsistent with step sign",
        ),
        ("tg.arange(0, float('inf'))", "unsupported range: 0 -> inf"),
        ("tg.linspace(0, 1, -1)", "number of steps must be non-negative"),
        (
            "tg.zeros(-1)",
            r"Trying to create tensor with negative dimension -1: \[-1\]|zeros: Dimension size must be non-negative",
        ),
        ("tg.eye(-1)", "n must be greater or equal to 0, got -1"),
        ("tg.zeros(2**40, 2**40)", "overflow|invalid size|Storage size calculation overflowed"),
        (
            "tg.ones((2,) * 70)",
            "overflow|at most 64|Storage size calculation overflowed",
        ),
    ],
)
def test_refused(bad, message):
    with pytest.raises(RuntimeError, match=message):
        eval(bad, {"tg": tg})


@pytest.mark.parametrize(
    "bad",
    [
        "tg.zeros('2')",
        "tg.zeros(2.5)",
        "tg.zeros(None)",
        "tg.zeros((1, 'a'))",
        "tg.zeros(2, dtype='float')",
        "tg.full((2,))",
        "tg.ones(2, bad=1)",
        "tg.eye()",
        "tg.arange()",
    ],
)
def test_refused_types(bad):
    with pytest.raises(TypeError):
        eval(bad, {"tg": tg})


@pytest.mark.parametrize("like", ["zeros_like", "ones_like", "empty_like", "rand_like", "randn_like"])
def test_like(like):
    x = tg.ones(2, 3, dtype=tg.float64)
    made = getattr(tg, like)(x)
    assert made.shape == x.shape and made.dtype == x.dtype and not made.requires_grad
    assert getattr(tg, like)(x, dtype=tg.float32).dtype == tg.float32
    assert getattr(tg, like)(x.requires_grad_(), requires_grad=True).is_leaf
    assert getattr(tg, like)(tg.ones(2, 3).t()).stride() == (1, 3)


def test_full_like_and_randint_like():
    x = tg.ones(2, dtype=tg.int32)
    assert tg.full_like(x, 3).tolist() == [3, 3] and tg.full_like(x, 3).dtype == tg.int32
    made = tg.randint_like(x, 5)
    assert made.dtype == tg.int32 and made.max().item() < 5


def test_new():
    x = tg.ones(2, dtype=tg.float64)
    assert x.new_zeros(2, 3).shape == (2, 3) and x.new_zeros((2,)).dtype == tg.float64
    assert x.new_ones(2, dtype=tg.int64).tolist() == [1, 1]
    assert x.new_full((2,), 1.5).tolist() == [1.5, 1.5]
    assert x.new_tensor([1, 2]).dtype == tg.float64
    assert x.new_empty(3).shape == (3,)
    assert x.new_zeros(1, requires_grad=True).requires_grad


# --- tensor, as_tensor, from_numpy ----------------------------------------------------------------
def test_tensor_of_nested_sequences():
    assert tg.tensor([[1, 2], [3, 4]]).shape == (2, 2)
    assert tg.tensor(((1.0,), (2.0,))).shape == (2, 1)
    assert tg.tensor([[], []]).shape == (2, 0)
    assert tg.tensor(5).shape == () and tg.tensor([[[5]]]).shape == (1, 1, 1)
    assert tg.tensor(range(3)).tolist() == [0, 1, 2]


def test_tensor_of_tensors_and_numpy():
    assert tg.tensor([tg.tensor(1), tg.tensor(2)]).tolist() == [1, 2]
    assert tg.tensor([np.float32(1.5), 2]).tolist() == [1.5, 2]
    assert tg.tensor(np.array([1, 2], dtype=np.int16)).dtype == tg.int16
    assert tg.tensor(np.float64(2.5)).dtype == tg.float64


def test_tensor_copies():
    source = np.ones(2)
    made = tg.tensor(source)
    source[0] = 5
    assert made.tolist() == [1, 1]


@pytest.mark.filterwarnings("ignore:To copy construct from a tensor")
def test_tensor_of_a_tensor_is_detached():
    x = tg.ones(2, requires_grad=True)
    made = tg.tensor(x)
    assert not made.requires_grad and made.data_ptr() != x.data_ptr()


def test_tensor_of_a_tensor_warns():
    with pytest.warns(UserWarning, match=r"To copy construct from a tensor, it is recommended to use"):
        tg.tensor(tg.ones(2))


@pytest.mark.parametrize(
    "bad, kind, message",
    [
        ("[[1, 2], [3]]", ValueError, "expected sequence of length 2 at dim 1 .got 1."),
        ("'abc'", TypeError, "new.*: invalid data type 'str'"),
        ("[1, 'a']", (TypeError, ValueError), "."),
        ("[None]", (RuntimeError, TypeError), "Could not infer dtype of NoneType"),
        ("{}", RuntimeError, "Could not infer dtype of dict"),
        ("[1, [2]]", (TypeError, ValueError), "."),
        ("[[1], 2]", (TypeError, ValueError), "."),
        ("[2**64]", (RuntimeError, OverflowError, ValueError), "."),
        ("object()", RuntimeError, "Could not infer dtype of object"),
    ],
)
def test_tensor_refuses(bad, kind, message):
    with pytest.raises(kind, match=message):
        tg.tensor(eval(bad))


def test_tensor_of_a_list_that_contains_itself():
    endless = []
    endless.append(endless)
    with pytest.raises((ValueError, RecursionError, RuntimeError)):
        tg.tensor(endless)


@pytest.mark.parametrize("dtype", ["bool", "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64"])
def test_numpy_round_trip(dtype):
    source = np.array([[0, 1], [1, 0]], dtype=dtype)
    made = tg.from_numpy(source)
    assert dtype_name(made.dtype) == dtype
    source[0, 0] = 1
    assert made[0, 0].item() == 1
    back = made.numpy()
    assert back.dtype == source.dtype and back.tolist() == source.tolist()
    made[1, 1] = 1
    assert source[1, 1] == 1


def test_from_numpy_keeps_strides():
    source = np.arange(12.0).reshape(3, 4)
    assert tg.from_numpy(source.T).stride() == (1, 4)
    assert tg.from_numpy(source[:, ::2]).tolist() == source[:, ::2].tolist()
    assert tg.from_numpy(source)[1].numpy().tolist() == source[1].tolist()


def test_from_numpy_refuses():
    with pytest.raises(ValueError, match=r"At least one stride in the given numpy array is negative"):
        tg.from_numpy(np.arange(3)[::-1])
    with pytest.raises(
        TypeError,
        match=r"can't convert np.ndarray of type numpy.str_|can't convert np.ndarray of type",
    ):
        tg.from_numpy(np.array(["a"]))
    with pytest.raises(TypeError, match=r"expected np.ndarray \(got list\)"):
        tg.from_numpy([1])


def test_as_tensor_shares_where_it_can():
    source = np.ones(2, dtype=np.float32)
    made = tg.as_tensor(source)
    source[0] = 5
    assert made.tolist() == [5, 1]
    assert tg.as_tensor(made) is made
    assert tg.as_tensor(source, dtype=tg.float64).tolist() == [5, 1]
    assert tg.as_tensor([1, 2]).dtype == tg.int64


# --- legacy constructors --------------------------------------------------------------------------
def test_legacy_constructors():
    assert tg.Tensor([1, 2]).dtype == tg.float32
    assert tg.Tensor(2, 3).shape == (2, 3)
    assert tg.Tensor().shape == (0,)
    assert tg.Tensor((1, 2)).tolist() == [1, 2]
    assert tg.FloatTensor([1, 2]).tolist() == [1, 2]
    assert tg.Tensor(tg.ones(2)).tolist() == [1, 1]
    assert tg.Tensor(np.array([1.5, 2.5])).tolist() == [1.5, 2.5]


@pytest.mark.parametrize(
    "name, dtype",
    [
        ("FloatTensor", "float32"),
        ("DoubleTensor", "float64"),
        ("HalfTensor", "float16"),
        ("ByteTensor", "uint8"),
        ("CharTensor", "int8"),
        ("ShortTensor", "int16"),
        ("IntTensor", "int32"),
        ("LongTensor", "int64"),
        ("BoolTensor", "bool"),
        ("BFloat16Tensor", "bfloat16"),
    ],
)
def test_typed_legacy_constructors(name, dtype):
    made = getattr(tg, name)([1, 0])
    assert dtype_name(made.dtype) == dtype and made.tolist() == [1, 0]
    assert getattr(tg, name)(2).shape == (2,)
    assert getattr(tg, name)().shape == (0,)
    assert isinstance(made, getattr(tg, name))
    assert isinstance(made, tg.Tensor)


def test_isinstance_of_typed_tensors():
    assert isinstance(tg.ones(1), tg.FloatTensor) and not isinstance(tg.ones(1), tg.DoubleTensor)


def test_linspace_ends_are_exact():
    for steps in (2, 3, 7, 100, 1000):
        made = tg.linspace(-0.1, 0.3, steps)
        assert made.shape == (steps,)
        assert made[0].item() == tg.tensor(-0.1).item() and made[-1].item() == tg.tensor(0.3).item()


def test_linspace_is_symmetric():
    made = tg.linspace(-1, 1, 8)
    same(made, -made.flip(0))


def test_meta_of_devices():
    assert tg.zeros(1, device="cpu").device == tg.device("cpu")
    assert tg.zeros(1).device.type == "cpu"
    assert not tg.cuda.is_available()
    with pytest.raises((RuntimeError, AssertionError)):
        tg.zeros(1, device="cuda")
    with pytest.raises((RuntimeError, AssertionError)):
        tg.zeros(1).cuda()
