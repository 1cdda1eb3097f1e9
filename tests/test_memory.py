"""How elements are moved: operands that lie across each other, results too large for the caches, gradients that are
written over.
"""

from __future__ import annotations

import numpy as np
import pytest
from conftest import same, tg

DTYPES = ("float32", "float64", "bfloat16", "int64", "int16", "uint8", "bool")
# Rows and columns below, at and past the sides of the squares and tiles.
SIZES = [(8, 8), (8, 200), (16, 16), (17, 129), (33, 7), (130, 131), (257, 64)]


def grid(*sizes, dtype="float32"):
    """Different small numbers, as a numpy array and as a tensor."""
    numbers = np.arange(np.prod(sizes)).reshape(sizes) % 97
    if dtype == "bool":
        numbers = numbers % 3 == 0
    if dtype == "bfloat16":
        return numbers.astype("float32"), tg.tensor(numbers.tolist(), dtype=tg.bfloat16)
    numbers = numbers.astype(dtype)
    return numbers, tg.tensor(numbers)


def equal(tensor, numbers):
    np.testing.assert_array_equal(np.array(tensor.tolist(), dtype=numbers.dtype).reshape(numbers.shape), numbers)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("sizes", SIZES)
def test_copies_of_what_lies_across(sizes, dtype):
    numbers, x = grid(*sizes, dtype=dtype)
    equal(x.t().contiguous(), numbers.T)
    equal(tg.zeros(sizes[::-1], dtype=x.dtype).copy_(x.t()), numbers.T)
    equal(x.t().to(tg.float32, memory_format=tg.contiguous_format), numbers.T.astype("float32"))
    # Into what lies across, and with steps on both sides.
    out = tg.zeros(sizes[::-1], dtype=x.dtype)
    out.t().copy_(x)
    equal(out, numbers.T)
    equal(x[:, ::2].t().contiguous(), numbers[:, ::2].T)
    wide = tg.zeros(sizes[1], 2 * sizes[0], dtype=x.dtype)
    wide[:, ::2] = x.t()
    equal(wide[:, ::2], numbers.T)
    assert not wide[:, 1::2].any()


def test_copies_of_permutations():
    numbers, x = grid(3, 20, 9, 31)
    for order in [(0, 2, 3, 1), (3, 2, 1, 0), (1, 0, 3, 2), (2, 3, 0, 1)]:
        equal(x.permute(order).contiguous(), numbers.transpose(order))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("side", [8, 33, 150])
def test_operands_that_lie_across(side, dtype):
    numbers, x = grid(side, side, dtype=dtype)
    other = numbers.T
    equal(x == x.t(), numbers == other)
    equal(tg.where(x > x.t(), x.t(), x), np.where(numbers > other, other, numbers))
    equal(tg.where((x > 3).t(), x, x.t()), np.where((numbers > 3).T, numbers, other))
    equal(x.masked_fill((x > 3).t(), 1), np.where((numbers > 3).T, np.ones_like(numbers), numbers))
    if dtype == "bool":
        return
    if dtype != "bfloat16":
        equal(x + x.t(), numbers + other)
        equal(x.t() * x[0], other * numbers[0])
        equal(x[:, None] - x.t(), numbers[:, None] - other)
    copy = x.clone()
    copy.t().sub_(x)  # across in its own memory
    same(copy, x - x.t())
    same(x + x.t().to(tg.float64), x + x.t().contiguous().to(tg.float64))


@pytest.mark.parametrize("left", DTYPES)
@pytest.mark.parametrize("right", DTYPES)
def test_operands_of_two_dtypes_are_as_if_cast_before(left, right):
    """Above a few thousand elements the loop converts them."""
    x, y = (grid(73, 90, dtype=dtype)[1] for dtype in (left, right))
    common = tg.promote_types(x.dtype, y.dtype)
    for a, b in [(x, y), (x.t(), y[0, :73]), (x[::2], y[::2]), (x, y[1, 2])]:
        dtype = common if b.dim() else tg.result_type(a, b)
        same(a * b, a.to(dtype) * b.to(dtype))
        same(a > b, a.to(dtype) > b.to(dtype))


def test_where_with_numbers_rows_and_steps():
    numbers, x = grid(41, 530)
    mask = numbers % 2 == 0
    tensors = tg.tensor(mask)
    equal(tg.where(tensors, x, 5), np.where(mask, numbers, np.float32(5)))
    equal(tg.where(tensors, x[0], x), np.where(mask, numbers[0], numbers))
    equal(tg.where(tensors[:, :1], x, x[:, :1]), np.where(mask[:, :1], numbers, numbers[:, :1]))
    equal(tg.where(tensors[:, ::3], x[:, ::3], 1), np.where(mask[:, ::3], numbers[:, ::3], np.float32(1)))
    steps = x.clone()
    steps[:, ::2].masked_fill_(tensors[:, ::2], -1)
    want = numbers.copy()
    want[:, ::2][mask[:, ::2]] = -1
    equal(steps, want)


@pytest.mark.parametrize("offset", [0, 1, 3])
def test_results_too_large_for_the_caches(offset):
    """A result of 33 MB goes past the caches: the same numbers, from any place in memory, and nothing beside it."""
    n = (33 << 20) // 4 + 5
    x = (tg.arange(n + offset, dtype=tg.int32) % 1001).to(tg.float32)[offset:]
    numbers = x.numpy()
    assert np.array_equal((x * x + 2).numpy(), numbers * numbers + 2)
    assert np.array_equal((x > 500).numpy(), numbers > 500)
    assert np.array_equal(x.clone().numpy(), numbers)
    assert np.array_equal(x.to(tg.int32).numpy(), numbers.astype("int32"))
    assert np.array_equal(tg.where(x > 500, x, -1).numpy(), np.where(numbers > 500, numbers, np.float32(-1)))
    room = tg.full((n + 32,), 7.0)
    part = room[9 + offset : 9 + offset + n]
    tg.add(x, 1, out=part)
    assert np.array_equal(part.numpy(), numbers + 1)
    part.copy_(x)
    assert np.array_equal(part.numpy(), numbers)
    assert (room[: 9 + offset] == 7).all() and (room[9 + offset + n :] == 7).all()
    rows = x[: 3001 * 2803].reshape(3001, 2803)
    assert np.array_equal((rows + rows[0]).numpy(), rows.numpy() + rows[0].numpy())
    assert np.array_equal((rows + rows[:, :1]).numpy(), rows.numpy() + rows[:, :1].numpy())


def test_gradients_that_others_see_are_not_written_over():
    x = tg.tensor([0.5, -1.0, 2.0], requires_grad=True)
    given = tg.tensor([1.0, 2.0, 3.0])

    def chain(y):
        return y.tanh().relu().exp().sigmoid()

    chain(x).backward(given, retain_graph=True)
    assert given.tolist() == [1.0, 2.0, 3.0]
    want = x.grad.clone()

    # Hooks of tensors and of nodes, retained gradients, gradients of what lies between.
    x.grad = None
    seen, between = [], []
    y = x
    for step in (tg.tanh, tg.relu, tg.exp, tg.sigmoid):
        y = step(y)
        y.retain_grad()
        y.register_hook(lambda grad: seen.append((grad, grad.clone())) and None)
        y.grad_fn.register_hook(lambda into, of: seen.append((of[0], of[0].clone())) and None)
        between.append(y)
    y.backward(given)
    same(x.grad, want)
    for grad, copy in seen:
        same(grad, copy)
    later = [tg.autograd.grad(chain(x), x, given)[0], *(t.grad for t in between)]
    same(later[0], want)
    for t, (grad, _) in zip(between, seen[::-2], strict=True):
        same(t.grad, grad)

    # One gradient for two.
    a, b = (tg.tensor([0.3, 0.7], requires_grad=True) for _ in range(2))
    (a.tanh() + b.tanh()).sum().backward()
    same(a.grad, 1 - a.detach().tanh() ** 2)
    same(b.grad, 1 - b.detach().tanh() ** 2)

    # With a graph of its own.
    (first,) = tg.autograd.grad(chain(x).sum(), x, create_graph=True)
    (second,) = tg.autograd.grad(first.sum(), x)
    h = 1e-3
    z = [x.detach().double().add(step).requires_grad_() for step in (h, -h)]
    slopes = [tg.autograd.grad(chain(t).sum(), t)[0] for t in z]
    np.testing.assert_allclose(second.numpy(), ((slopes[0] - slopes[1]) / (2 * h)).numpy(), rtol=1e-3, atol=1e-5)


def test_a_chain_goes_back_in_the_memory_of_one_gradient():
    n, size = 1 << 20, 4 << 20
    x = tg.rand(n, requires_grad=True)
    y = x
    for _ in range(20):
        y = y.relu()
    loss = y * 2
    tg.empty_cache()
    before = tg.memory_stats()
    assert before["cached_bytes"] == 0
    loss.backward(tg.ones(n))
    after = tg.memory_stats()
    # What was not given back to the system: the gradient that came in, and that of the product, which became x.grad.
    reserved = after["allocated_bytes"] + after["cached_bytes"] - before["allocated_bytes"]
    assert reserved <= 2 * size + (1 << 20)
