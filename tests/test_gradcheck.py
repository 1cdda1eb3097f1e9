"""gradcheck() and gradgradcheck(): what they accept and what they find."""

from __future__ import annotations

import warnings

import pytest
from conftest import tg

from tapegrad.autograd import gradcheck, gradgradcheck
from tapegrad.autograd.function import Function


def leaf(*values: float):
    return tg.tensor(values, dtype=tg.float64, requires_grad=True)


class WrongFactor(Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, grad):
        return grad * 3


class IgnoresGradient(Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, grad):
        return tg.full_like(grad, 2.0)


class Unsteady(Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, grad):
        return grad * (2 + 1e-9 * tg.rand_like(grad))


class WrongSecond(Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, grad):
        return 2 * grad * ctx.saved_tensors[0].detach()


@pytest.mark.parametrize(
    "function, count",
    [
        (tg.sin, 1),
        (lambda a, b: a * b / (1 + a * a), 2),
        (lambda a, b: (a.sum(), a * b, b.detach()), 2),
        (lambda a: a.reshape(2, 1).expand(2, 3).cumsum(1), 1),
        (lambda a, b: a[0] * b.flip(0), 2),
        (lambda a: a * 0 + 1, 1),
    ],
)
@pytest.mark.parametrize("check", [gradcheck, gradgradcheck])
def test_right_gradients(check, function, count):
    inputs = (leaf(0.5, 1.5), leaf(2.0, 3.0))[:count]
    assert check(function, inputs) is True
    assert check(function, inputs, fast_mode=True, check_batched_grad=True) is True


def test_shapes_and_arguments():
    x = tg.rand(2, 3, dtype=tg.float64).t().requires_grad_()
    assert gradcheck(lambda x, n: x.pow(n), (x, 3))
    assert gradcheck(tg.exp, tg.tensor(0.5, dtype=tg.float64, requires_grad=True))
    assert gradcheck(tg.exp, tg.zeros(0, dtype=tg.float64, requires_grad=True))
    assert gradcheck(lambda a, b: a * b, (leaf(1.0), tg.ones(1)))
    assert gradgradcheck(tg.sin, leaf(1.0, 2.0), leaf(1.0, 3.0))
    assert gradgradcheck(tg.sin, leaf(1.0, 2.0), gen_non_contig_grad_outputs=True)


def test_wrong_gradient():
    with pytest.raises(
        tg.autograd.GradcheckError,
        match=r"^Jacobian mismatch for output 0 with respect to input 0,\nnumerical:tensor\(\[\[2\.0000, 0\.0000\],\n"
        r"        \[0\.0000, 2\.0000\]\], dtype=torch\.float64\)\nanalytical:tensor\(\[\[3\., 0\.\],\n",
    ):
        gradcheck(WrongFactor.apply, leaf(0.3, 0.7))
    assert gradcheck(WrongFactor.apply, leaf(0.3, 0.7), raise_exception=False) is False
    assert gradcheck(WrongFactor.apply, leaf(0.3), rtol=1) is True


@pytest.mark.parametrize(
    "function, message",
    [
        (IgnoresGradient.apply, "backward not multiplied by grad_output"),
        (Unsteady.apply, "Backward is not reentrant, i.e., running backward with same input and grad_output multiple"),
        (lambda x: x.detach(), "Numerical gradient for function expected to be zero"),
    ],
)
def test_other_mistakes(function, message):
    with pytest.raises(tg.autograd.GradcheckError, match=message):
        gradcheck(function, leaf(0.3))


def test_mistakes_that_are_allowed():
    assert gradcheck(Unsteady.apply, leaf(0.3), nondet_tol=1e-6)
    assert gradcheck(lambda x: (x * 0).detach(), leaf(0.3))


def test_wrong_second_derivative():
    assert gradcheck(WrongSecond.apply, leaf(0.3))
    with pytest.raises(tg.autograd.GradcheckError, match="Jacobian mismatch for output 0 with respect to input 0"):
        gradgradcheck(WrongSecond.apply, leaf(0.3))


def test_bad_arguments():
    with pytest.raises(ValueError, match="gradcheck expects at least one input tensor to require gradient, but none"):
        gradcheck(tg.sin, tg.ones(2, dtype=tg.float64))
    with pytest.raises(RuntimeError, match="The 0th input has a dimension with stride 0"):
        gradcheck(tg.sin, leaf(1.0).expand(3))
    with pytest.raises(AssertionError, match="Expected at least one of check_forward_ad or check_backward_ad"):
        gradcheck(tg.sin, leaf(1.0), check_backward_ad=False)
    with pytest.raises(NotImplementedError, match="tapegrad has no forward-mode derivatives"):
        gradcheck(tg.sin, leaf(1.0), check_forward_ad=True)
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        assert not gradcheck(tg.sin, tg.ones(1, requires_grad=True), raise_exception=False)
    assert str(seen[0].message).startswith("Input #0 requires gradient and is not a double precision floating point")


def test_inputs_are_left_as_they_were():
    x = leaf(0.1, 0.2)
    before = x.tolist()
    assert gradcheck(tg.exp, x)
    assert (x.tolist(), x._version, x.grad) == (before, 0, None)
