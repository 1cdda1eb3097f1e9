"""One look at each part of the library: what `make tiny` runs, in about a second with the start of
pytest. The other files look at everything.
"""

from __future__ import annotations

import math
import operator

import pytest
from conftest import close, tg

pytestmark = pytest.mark.tiny


def leaf(*values: float):
    return tg.tensor(values, requires_grad=True)


# --- the tape -------------------------------------------------------------------------------------
def test_first_example_of_the_readme():
    x = tg.ones(2, 2, requires_grad=True)
    out = ((x + 1) ** 2 * 2).mean()
    assert repr(out) == "tensor(8., grad_fn=<MeanBackward0>)"
    out.backward()
    assert x.grad.tolist() == [[2, 2], [2, 2]]


def test_backward_fills_grad_of_leaves():
    x, y = leaf(2.0, 3.0), leaf(5.0, 7.0)
    (x * y).sum().backward()
    close(x.grad, [5, 7])
    close(y.grad, [2, 3])


def test_gradients_accumulate():
    x = leaf(1.0, 2.0)
    for _ in range(3):
        (x * x).sum().backward()
    close(x.grad, [6, 12])


def test_leaf_and_requires_grad():
    x = tg.ones(2)
    assert x.is_leaf and not x.requires_grad and x.grad_fn is None
    x.requires_grad_()
    assert x.is_leaf and x.requires_grad and x.grad_fn is None
    y = x * 2
    assert not y.is_leaf and y.requires_grad and y.grad_fn is not None
    assert (tg.ones(2) * 2).is_leaf


def test_no_grad():
    x = leaf(1.0)
    with tg.no_grad():
        assert not tg.is_grad_enabled()
        y = x * 2
        with tg.enable_grad():
            assert tg.is_grad_enabled()
            z = x * 2
        assert not tg.is_grad_enabled()
    assert tg.is_grad_enabled()
    assert not y.requires_grad and z.requires_grad


def test_second_derivative():
    x = leaf(3.0)
    (first,) = tg.autograd.grad((x**3).sum(), x, create_graph=True)
    (second,) = tg.autograd.grad(first.sum(), x)
    assert first.item() == 27 and second.item() == 18


def test_in_place_on_a_view():
    x = leaf(1.0, 2.0)
    y = x * 1
    y[0].mul_(5)
    y.sum().backward()
    close(x.grad, [5, 1])


def test_custom_function():
    class Cube(tg.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x**3

        @staticmethod
        def backward(ctx, grad):
            (x,) = ctx.saved_tensors
            return grad * 3 * x**2

    x = leaf(1.0, 2.0)
    y = Cube.apply(x)
    assert y.grad_fn.name() == "CubeBackward"
    y.sum().backward()
    close(x.grad, [3, 12])


# --- tensors --------------------------------------------------------------------------------------
def test_values_of_factories():
    assert tg.zeros(2).tolist() == [0, 0] and tg.ones(1, 2).tolist() == [[1, 1]]
    assert tg.full((2,), 7).dtype == tg.int64 and tg.full((2,), 1.5).dtype == tg.float32
    assert tg.arange(3).tolist() == [0, 1, 2] and tg.eye(2).tolist() == [[1, 0], [0, 1]]
    assert tg.tensor([[1, 2], [3, 4]]).shape == (2, 2) and tg.tensor(range(3)).tolist() == [0, 1, 2]


def test_one_object_per_tensor():
    w = tg.ones(2, requires_grad=True)
    (w * 2).sum().backward()
    assert w.grad is w.grad
    y = w * 2
    assert y.grad_fn is y.grad_fn
    assert y.add_(0) is y
    assert w.requires_grad_() is w


def test_numbers():
    x = tg.tensor(3)
    assert int(x) == 3 and float(x) == 3.0 and bool(x) and [10, 11, 12, 13][x] == 13
    assert operator.index(x) == 3 and math.sqrt(tg.tensor(4.0)) == 2
    assert len(tg.zeros(3, 2)) == 3 and 4 in tg.arange(6)


@pytest.mark.parametrize(
    "call, want",
    [
        ("x + y", [[4, 6], [6, 8]]),
        ("x @ x", [[7, 10], [15, 22]]),
        ("x.t()", [[1, 3], [2, 4]]),
        ("x.sum(0)", [4, 6]),
        ("x.max(1).values", [2, 4]),
        ("x[x > 2]", [3, 4]),
        ("tg.cat([x, x])[2:]", [[1, 2], [3, 4]]),
        ("tg.where(x > 2, x, 0)", [[0, 0], [3, 4]]),
        ("x.reshape(-1)", [1, 2, 3, 4]),
        ("x.clamp(2, 3)", [[2, 2], [3, 3]]),
        ("x.cumsum(1)", [[1, 3], [3, 7]]),
    ],
)
def test_operations(call, want):
    scope = {"tg": tg, "x": tg.tensor([[1.0, 2.0], [3.0, 4.0]]), "y": tg.tensor([3.0, 4.0])}
    assert eval(call, scope).tolist() == want


@pytest.mark.parametrize(
    "call, error, message",
    [
        ("tg.ones(2) + tg.ones(3)", RuntimeError, "The size of tensor a"),
        ("tg.ones(2).sum(5)", IndexError, "Dimension out of range"),
        ("tg.ones(2).add('a')", TypeError, "must be Tensor, not str"),
        ("tg.ones(2).backward()", RuntimeError, "does not require grad"),
    ],
)
def test_errors(call, error, message):
    with pytest.raises(error, match=message):
        eval(call, {"tg": tg})


# --- networks -------------------------------------------------------------------------------------
def test_training():
    tg.manual_seed(0)
    x = tg.linspace(-1, 1, 16).unsqueeze(1)
    net = tg.nn.Sequential(tg.nn.Linear(1, 8), tg.nn.Tanh(), tg.nn.Linear(8, 1))
    optimizer = tg.optim.Adam(net.parameters(), lr=0.05)
    losses = []
    for _ in range(60):
        optimizer.zero_grad()
        loss = tg.nn.functional.mse_loss(net(x), x * x)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.1 * losses[0]


def test_parameters():
    net = tg.nn.Linear(2, 3)
    assert [name for name, _ in net.named_parameters()] == ["weight", "bias"]
    assert repr(net) == "Linear(in_features=2, out_features=3, bias=True)"
    assert not net.eval().training and list(net.state_dict()) == ["weight", "bias"]


def test_batches():
    loader = tg.utils.data.DataLoader(tg.arange(5), batch_size=2)
    assert [batch.tolist() for batch in loader] == [[0, 1], [2, 3], [4]]
