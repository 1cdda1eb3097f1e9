"""Softmax, its logarithm, logsumexp and cross entropy on lines of every length and place."""

import math

import numpy as np
import pytest

import tapegrad as tg
import tapegrad.nn.functional as F

SIZES = [1, 3, 10, 17, 100, 511, 512, 513, 1025, 3000]
ERROR = {tg.float32: 3e-6, tg.float64: 1e-14}


def numbers(*sizes, scale=3.0):
    tg.manual_seed(sum(sizes))
    return tg.randn(*sizes, dtype=tg.float64) * scale


def relative(got, wanted):
    return (np.abs(got.numpy() - wanted) / np.maximum(np.abs(wanted), 1e-300)).max()


def exact_log_softmax(x, dim):
    x = x.numpy().astype(np.longdouble)
    x = x - x.max(dim, keepdims=True)
    return x - np.log(np.exp(x).sum(dim, keepdims=True))


@pytest.mark.parametrize("dtype", ERROR, ids=str)
@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("dim", [0, 1, 2])
def test_values_and_gradients_along_each_dim(n, dim, dtype):
    sizes = [2, 3, 5]
    sizes[dim] = n
    x = numbers(*sizes).to(dtype)
    logs = exact_log_softmax(x, dim)
    shares = np.exp(logs)
    assert relative(tg.softmax(x, dim), shares) < 10 * ERROR[dtype]
    assert np.abs(tg.log_softmax(x, dim).numpy() - logs).max() < ERROR[dtype] * 10
    total = tg.logsumexp(x, dim, keepdim=True)
    assert relative(tg.exp(x - total), shares) < 30 * ERROR[dtype]
    x.requires_grad_()
    g = numbers(*sizes, scale=1.0).to(dtype)
    size = 10 * ERROR[dtype] * n**0.5
    exact = g.numpy().astype(np.longdouble)
    for f, wanted in [
        (tg.softmax, (exact - (exact * shares).sum(dim, keepdims=True)) * shares),
        (tg.log_softmax, exact - shares * exact.sum(dim, keepdims=True)),
        (lambda x, dim: tg.logsumexp(x, dim, True), exact.take([0], dim) * shares),
    ]:
        given = g if f in (tg.softmax, tg.log_softmax) else g.narrow(dim, 0, 1)
        (got,) = tg.autograd.grad(f(x, dim), x, given)
        assert np.abs(got.numpy() - wanted).max() < size


def test_results_do_not_depend_on_the_number_of_rows():
    for n in (3, 10, 100, 700):
        x = numbers(60, n).float()
        assert (tg.softmax(x, 1)[7:8] == tg.softmax(x[7:8], 1)).all()
        assert (tg.log_softmax(x, 1)[7:8] == tg.log_softmax(x[7:8], 1)).all()
        assert (tg.logsumexp(x, 1)[7:8] == tg.logsumexp(x[7:8], 1)).all()


@pytest.mark.parametrize("shape", [(4, 3), (4, 40), (3, 2000)])
@pytest.mark.parametrize("dim", [0, 1])
@pytest.mark.parametrize("dtype", ERROR, ids=str)
def test_infinities(shape, dim, dtype):
    inf = math.inf
    x = tg.zeros(shape, dtype=dtype)
    x[0, :] = -inf
    if dim == 0:  # lines go down: -inf beside zeros has no share
        y = tg.softmax(x, 0)
        assert (y[0] == 0).all()
        assert (y[1:] == 1 / tg.full((), shape[0] - 1, dtype=dtype)).all()
        expected = tg.log(tg.full((), shape[0] - 1, dtype=dtype))
        tg.testing.assert_close(tg.logsumexp(x, 0), expected.expand(shape[1]), rtol=ERROR[dtype], atol=0)
        x[:, 0] = -inf
        assert tg.softmax(x, 0)[:, 0].isnan().all()
        assert tg.logsumexp(x, 0)[0].item() == -inf
        x[1, 0] = inf
        assert tg.log_softmax(x, 0)[:, 0].isnan().all()
        assert tg.logsumexp(x, 0)[0].item() == inf
    else:
        assert tg.softmax(x, 1)[0].isnan().all()
        assert tg.log_softmax(x, 1)[0].isnan().all()
        assert tg.logsumexp(x, 1)[0].item() == -inf
        x[0, 1] = inf
        assert tg.softmax(x, 1)[0].isnan().all()
        assert tg.logsumexp(x, 1)[0].item() == inf
        x[1, 2] = math.nan
        assert tg.softmax(x, 1)[1].isnan().all()
        assert tg.logsumexp(x, 1)[1].isnan().item()
        assert (tg.softmax(x, 1)[2] == 1 / tg.full((), shape[1], dtype=dtype)).all()


def test_tiny_shares_keep_their_digits():
    x = tg.tensor([0.0, -86.0, -95.0, -103.0, -120.0])
    assert relative(tg.softmax(x, 0)[:2], np.exp([0.0, -86.0])) < 1e-6
    assert np.allclose(tg.softmax(x, 0)[2:4].numpy(), np.exp([-95.0, -103.0]), rtol=0, atol=2e-45)
    assert tg.softmax(x, 0)[4].item() == 0
    x = tg.tensor([0.0, -700.0, -740.0, -800.0], dtype=tg.float64)
    assert relative(tg.softmax(x, 0)[:2], np.exp([0.0, -700.0])) < 1e-15
    assert tg.softmax(x, 0)[2].item() == pytest.approx(math.exp(-740), rel=1e-3)
    assert tg.softmax(x, 0)[3].item() == 0


def test_logsumexp_over_dims_that_are_not_neighbours():
    x = numbers(3, 4, 5).requires_grad_()
    y = tg.logsumexp(x, (0, 2))
    exact = np.log(np.exp(x.detach().numpy()).sum((0, 2)))
    assert relative(y.detach(), exact) < 1e-14
    y.sum().backward()
    assert relative(x.grad, np.exp(x.detach().numpy() - exact[:, None])) < 1e-13


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("shape", [(6, 3), (5, 700), (4,)])
def test_cross_entropy_is_nll_loss_of_log_softmax(shape, weighted, reduction):
    x = numbers(*shape).requires_grad_()
    target = tg.randint(0, shape[-1], shape[:-1])
    if target.dim():
        target[1] = -100
    weight = tg.rand(shape[-1], dtype=tg.float64) if weighted else None
    kind = {"weight": weight, "reduction": reduction}
    one = F.cross_entropy(x, target, **kind)
    two = F.nll_loss(F.log_softmax(x, -1), target, **kind)
    assert tg.allclose(one, two, rtol=1e-14, atol=0)
    g = tg.rand_like(one)
    (of_one,) = tg.autograd.grad(one, x, g, retain_graph=True)
    (of_two,) = tg.autograd.grad(two, x, g, retain_graph=True)
    assert tg.allclose(of_one, of_two, rtol=1e-12, atol=1e-16)
    (again,) = tg.autograd.grad(one, x, g, create_graph=True)
    (other,) = tg.autograd.grad(two, x, g, create_graph=True)
    assert tg.allclose(again, of_one, rtol=1e-12, atol=1e-16)
    v = tg.rand_like(x)
    (second,) = tg.autograd.grad((again * v).sum(), x)
    (wanted,) = tg.autograd.grad((other * v).sum(), x)
    assert second.abs().sum().item() > 0
    assert tg.allclose(second, wanted, rtol=1e-11, atol=1e-16)


def test_logits_may_change_after_cross_entropy():
    x = numbers(4, 3).requires_grad_()
    target = tg.tensor([0, 1, 2, 1])
    y = x * 1
    loss = F.cross_entropy(y, target)
    (wanted,) = tg.autograd.grad(loss, x, retain_graph=True)
    with tg.no_grad():
        y.mul_(0)
    (got,) = tg.autograd.grad(loss, x, retain_graph=True)
    assert (got == wanted).all()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        tg.autograd.grad(loss, x, create_graph=True)


@pytest.mark.skipif("baseline" in tg.__config__.show(), reason="registers of four numbers")
def test_short_rows_are_added_one_by_one():
    """PyTorch's order: each of the small ones is lost beside 1, all of them together would not be."""
    x = tg.tensor([0.0, -16.64, -16.64, -16.64, -16.64])
    assert tg.softmax(x, 0)[0] == 1 and tg.log_softmax(x, 0)[0] == 0


@pytest.mark.skipif("baseline" in tg.__config__.show(), reason="exponentials without fused multiply-add")
def test_columns_are_divided_by_their_sum():
    """As in PyTorch, rather than multiplied by its inverse, which would round twice."""
    x = tg.tensor([0.5, -1.25, 2.0, 0.125, -0.75])[:, None].expand(5, 64).contiguous()
    wanted = ["0x1.34eefep-3", "0x1.ad7a10p-6", "0x1.5a22d2p-1", "0x1.a8a748p-4", "0x1.620b34p-5"]  # PyTorch's
    assert tg.softmax(x, 0)[:, 7].tolist() == [float.fromhex(v) for v in wanted]
