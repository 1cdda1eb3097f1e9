"""Basic and advanced indexing, read and write, beside numpy, with gradients."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import array, close, tg
from op_table import listed

SHAPE = (4, 3, 5)
# Indices of x with SHAPE. `i` makes an index array of its argument: a tensor for tapegrad, an ndarray for numpy.
BASIC = listed("""
0 | -1 | 3, 2 | 1, 2, 3 | : | 1: | :-1 | ::2 | 1:3, :2 | ..., 0 | 0, ... | ..., 1:3 | :, ::2, 1
None | :, None | None, 0, None | 0, :, None, 1 | ... | 2:2 | :0 | -3:-1 | 1:100 | -100:2 | 3:1
..., None | :, :, -1 | 1, ..., 2
""")
ADVANCED = listed("""
i([0, 2]) | i([0, 0, 1]) | i([-1, -4]) | i([[0, 1], [2, 3]]) | [0, 2] | [0, 1], [1, 2]
i([0, 1]), i([1, 2]), i([3, 4]) | :, i([2, 0]) | :, :, i([4, 4]) | i([0, 1]), 1 | 1, i([0, 1])
i([0, 1]), :, i([2, 3]) | i([0, 1]), 1: | i([[0], [1]]), i([0, 2]) | ..., i([0, 1])
i([0, 1]), ..., i([2, 3]) | None, i([1, 2]) | i([0, 2]), None | :, i([0, 1]), None, i([1, 2])
i([1]), 1:, ::2 | i([True, False, True, False]) | i([[True, False, True]] * 4)
:, i([True, False, True]) | i([True, False, True, True]), i([0, 1, 2]) | i([False] * 4) | i(True)
i(False) | True | False | i([]) | 0, i([1, 2]), :2 | :2, 0, i([1, 1]) | i(2) | i(1), i([0, 2])
i([0, 1, 2, 3]), i([0, 1, 2, 0]), 2 | :, i([[0, 1]]), i([[1], [2]]) | x > 7 | :, x[0, :, 0] > 3
slice(1, 3), i([1]) | (0, i([1])) | (), | range(2) | ::2, i([0, 1]) | i([3, 1]), ::2, 0
:, 1, i([0]) | i([0]), 0, i([0]) | :, x[0] > 3 | x > 100 | x >= 0 | x[:, :, 0] > 7
""")


def tensor_index(numbers):
    return tg.tensor(numbers) if numbers != [] else tg.tensor([], dtype=tg.int64)


def numpy_index(numbers):
    return np.array(numbers) if numbers != [] else np.array([], dtype=np.int64)


def pair(requires_grad=False):
    """The same numbers as a tensor and as an ndarray."""
    values = np.arange(60, dtype=np.float64).reshape(SHAPE) / 4
    x = tg.tensor(values.reshape(-1).tolist(), dtype=tg.float64).reshape(SHAPE)
    return x.requires_grad_() if requires_grad else x, values


def read(x, index, i):
    return eval(f"x[{index}]", {"x": x, "i": i})


@pytest.mark.parametrize("index", BASIC + ADVANCED)
def test_read(index):
    x, values = pair()
    close(read(x, index, tensor_index), read(values, index, numpy_index), rtol=0)


@pytest.mark.parametrize("density", [0.0, 0.02, 0.5, 1.0])
@pytest.mark.parametrize("layout", ["dense", "transposed", "odd stride of one"])
def test_long_mask(density, layout):
    generator = np.random.default_rng(0)
    values, flags = generator.random((37, 41)), generator.random((37, 41)) < density
    if layout == "odd stride of one":
        values, flags = values.reshape(-1, 1), flags.reshape(-1, 1)
        x = tg.from_numpy(values).as_strided(values.shape, (1, 7))
    else:
        x = tg.from_numpy(values)
        if layout == "transposed":
            x, values, flags = x.t(), values.T, flags.T
    mask = tg.from_numpy(flags.copy())
    leaf = x.clone().requires_grad_()
    (leaf[mask] ** 2).sum().backward()
    close(x[mask], values[flags], rtol=0)
    close(x.masked_select(mask), values[flags], rtol=0)
    close(leaf.grad, np.where(flags, 2 * values, 0))
    close(mask.nonzero(), np.argwhere(flags), rtol=0)
    assert mask.count_nonzero() == flags.sum()
    x[mask] = tg.arange(float(flags.sum()), dtype=tg.float64)
    close(x[mask], np.arange(flags.sum()), rtol=0)


def test_index_out_of_bounds_far_in():
    index = tg.zeros(2000, dtype=tg.int64)
    index[1500], index[1600] = 3, -1
    with pytest.raises(RuntimeError, match="index 3 is out of bounds for dimension 0 with size 3"):
        tg.zeros(3).gather(0, index)
    index[1500] = 2
    with pytest.raises(RuntimeError, match="index -1 is out of bounds for dimension 0 with size 3"):
        tg.zeros(3).gather(0, index)


@pytest.mark.parametrize("index", BASIC)
def test_basic_index_is_a_view(index):
    x, _ = pair()
    part = read(x, index, tensor_index)
    part.zero_()
    assert read(x, index, tensor_index).sum().item() == 0


@pytest.mark.parametrize("index", ADVANCED)
def test_advanced_index_is_a_copy(index):
    if index in ("True", "False", "range(2)", "i(2)"):
        return
    x, _ = pair()
    part = read(x, index, tensor_index)
    part.zero_()
    assert x.sum().item() == 60 * 59 / 8


@pytest.mark.parametrize("index", BASIC + ADVANCED)
def test_gradient_of_read(index):
    x, values = pair(requires_grad=True)
    part = read(x, index, tensor_index)
    weights = np.arange(1.0, part.numel() + 1).reshape(tuple(part.shape))
    (part * tg.tensor(weights.reshape(-1).tolist(), dtype=tg.float64).reshape(part.shape)).sum().backward()
    want = np.zeros(SHAPE)
    np.add.at(want, eval(f"np.index_exp[{index}]", {"np": np, "x": values, "i": numpy_index}), weights)
    close(x.grad, want)


@pytest.mark.parametrize("index", BASIC + ADVANCED)
def test_write_a_number(index):
    x, values = pair()
    exec(f"x[{index}] = -1.5", {"x": x, "i": tensor_index})
    exec(f"x[{index}] = -1.5", {"x": values, "i": numpy_index})
    close(x, values, rtol=0)


@pytest.mark.parametrize(
    "index",
    BASIC + [index for index in ADVANCED if index not in ("i([0, 0, 1])", ":, :, i([4, 4])")],
)
def test_write_a_tensor(index):
    x, values = pair()
    part = read(values, index, numpy_index)
    new = -np.arange(1.0, part.size + 1).reshape(part.shape)
    if any(text in index for text in ("[1, 1]", "[0, 0]")):
        new = np.full(part.shape, -3.0)
    scope = {
        "x": x,
        "i": tensor_index,
        "new": tg.tensor(new.reshape(-1).tolist(), dtype=tg.float64).reshape(new.shape),
    }
    exec(f"x[{index}] = new", scope)
    exec(f"x[{index}] = new", {"x": values, "i": numpy_index, "new": new})
    close(x, values, rtol=0)


@pytest.mark.parametrize(
    "index",
    [
        "0",
        "1:3, :2",
        "..., 0",
        "i([0, 2])",
        "i([0, 1]), i([1, 2])",
        ":, i([True, False, True])",
        "i([0, 1]), 1:",
        "::2",
    ],
)
def test_gradient_of_write(index):
    x, values = pair(requires_grad=True)
    shape = read(values, index, numpy_index).shape
    new = tg.ones(shape, dtype=tg.float64, requires_grad=True)
    y = x * 1
    exec(f"y[{index}] = new * 2", {"y": y, "i": tensor_index, "new": new})
    (y * tg.arange(60.0, dtype=tg.float64).reshape(SHAPE)).sum().backward()
    want = np.arange(60.0).reshape(SHAPE)
    close(new.grad, 2 * eval(f"x[{index}]", {"x": want, "i": numpy_index}))
    exec(f"x[{index}] = 0", {"x": want, "i": numpy_index})
    close(x.grad, want)


@pytest.mark.parametrize(
    "index, shape",
    [
        ("0", (5,)),
        ("0", (3, 1)),
        ("1:3", (1, 3, 5)),
        ("i([0, 2])", (3, 5)),
        ("i([0, 2])", (2, 1, 1)),
        ("...", ()),
    ],
)
def test_write_broadcasts(index, shape):
    x, values = pair()
    exec(f"x[{index}] = v", {"x": x, "i": tensor_index, "v": tg.full(shape, -1.0, dtype=tg.float64)})
    exec(f"x[{index}] = v", {"x": values, "i": numpy_index, "v": np.full(shape, -1.0)})
    close(x, values, rtol=0)


def test_write_converts_the_dtype():
    x = tg.zeros(3, dtype=tg.int64)
    x[0] = 2.9
    x[1:] = tg.tensor([1.5, -1.5])
    assert x.tolist() == [2, 1, -1]


def test_augmented_write():
    x, values = pair()
    x[1] += 2
    x[:, 0] *= 3
    x[tg.tensor([0, 2])] -= 1
    x[x > 10] = 0
    values[1] += 2
    values[:, 0] *= 3
    values[[0, 2]] -= 1
    values[values > 10] = 0
    close(x, values, rtol=0)


def test_repeated_indices_in_a_sum_of_gradients():
    x = tg.zeros(3, requires_grad=True)
    x[tg.tensor([0, 0, 2, 0])].sum().backward()
    close(x.grad, [3, 0, 1])


def test_index_dtypes():
    x = tg.arange(4.0)
    for dtype in (tg.int64, tg.int32):
        assert x[tg.tensor([1, 3], dtype=dtype)].tolist() == [1, 3]
    with pytest.raises(IndexError, match=r"tensors used as indices must be long, int, byte or bool tensors"):
        x[tg.tensor([1.0])]


def test_numpy_indices():
    x, values = pair()
    close(x[np.array([0, 2])], values[[0, 2]], rtol=0)
    close(x[np.int64(1)], values[1], rtol=0)
    close(x[:, np.array([True, False, True])], values[:, [0, 2]], rtol=0)


def test_tensor_as_bound_of_a_slice():
    x, values = pair()
    close(x[tg.tensor(1) : tg.tensor(3)], values[1:3], rtol=0)


ERRORS = [
    ("x[4]", IndexError, "index 4 is out of bounds for dimension 0 with size 4"),
    ("x[-5]", IndexError, "index -5 is out of bounds for dimension 0 with size 4"),
    ("x[0, 0, 0, 0]", IndexError, "too many indices for tensor of dimension 3"),
    ("x[tg.tensor([4])]", IndexError, "index 4 is out of bounds for dimension 0 with size 4"),
    (
        "x[:, tg.tensor([0, -4])]",
        IndexError,
        "index -4 is out of bounds for dimension . with size 3",
    ),
    ("x[::-1]", ValueError, "step must be greater than zero"),
    ("x[::0]", ValueError, "slice step cannot be zero"),
    ("x[1.5]", IndexError, "only integers, slices"),
    (
        "x['a']",
        TypeError,
        "only integers, slices|new\\(\\): invalid data type 'str'|too many dimensions 'str'",
    ),
    (
        "x[tg.tensor([True])]",
        IndexError,
        r"The shape of the mask \[1\] at index 0 does not match the shape of the indexed tensor \[4, 3, 5\] at index 0",
    ),
    (
        "x[tg.tensor([0, 1]), tg.tensor([0, 1, 2])]",
        IndexError,
        r"shape mismatch: indexing tensors could not be broadcast together with shapes \[2\], \[3\]",
    ),
    ("x[..., ..., 0]", (IndexError, RuntimeError), "."),
    ("x.__setitem__(0, tg.ones(4, 5))", RuntimeError, r"expand|The expanded size of the tensor"),
    (
        "x.__setitem__(tg.tensor([0]), tg.ones(4, 5))",
        RuntimeError,
        r"shape mismatch: value tensor of shape \[4, 5\] cannot be broadcast to indexing result of shape \[1, 3, 5\]",
    ),
    ("x.__setitem__(9, 0)", IndexError, "index 9 is out of bounds for dimension 0 with size 4"),
    (
        "x[0, 0, 0][0]",
        IndexError,
        r"invalid index of a 0-dim tensor. Use `tensor.item\(\)` in Python or `tensor.item<T>\(\)` in C\+\+ to convert",
    ),
]


@pytest.mark.parametrize("call, kind, message", ERRORS, ids=[error[0] for error in ERRORS])
def test_errors(call, kind, message):
    x, values = pair()
    with pytest.raises(kind, match=message):
        eval(call, {"x": x, "tg": tg})
    np.testing.assert_array_equal(array(x), values)


def test_iteration_and_unpacking():
    x = tg.arange(6).reshape(3, 2)
    assert [row.tolist() for row in x] == [[0, 1], [2, 3], [4, 5]]
    _, _, c = x
    assert c.tolist() == [4, 5]
    with pytest.raises(TypeError, match=r"iteration over a 0-d tensor"):
        list(tg.tensor(1))


def test_integer_index_of_0d_with_none_and_ellipsis():
    x = tg.tensor(5)
    assert (
        x[None].tolist() == [5]
        and x[...].item() == 5
        and x[()].item() == 5
        and x[True].tolist() == [5]
        and x[False].tolist() == []
    )
    x[...] = 7
    x[()] = x + 1
    assert x.item() == 8


def test_pairs_of_indices_into_a_dimension_longer_than_32_bits():
    x = tg.arange(3).expand(2**33, 3)
    assert x[tg.tensor([2**33 - 1, -1, 0, 2**32]), tg.tensor([1, 2, -3, -1])].tolist() == [1, 2, 0, 2]
    with pytest.raises(IndexError, match=f"index {2**33} is out of bounds for dimension 0"):
        x[tg.tensor([0, 2**33]), tg.tensor([0, 0])]
