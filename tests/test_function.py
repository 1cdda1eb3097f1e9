"""Custom autograd functions: what forward may return, what backward gets, saved tensors, errors."""

from __future__ import annotations

import sys

import pytest
from conftest import close, tg


class Cube(tg.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x**3

    @staticmethod
    def backward(ctx, grad):
        (x,) = ctx.saved_tensors
        return grad * 3 * x**2


def leaf(*values):
    return tg.tensor(values, requires_grad=True)


def test_gradient():
    x = leaf(1.0, 2.0)
    y = Cube.apply(x)
    assert y.grad_fn.name() == "CubeBackward" and type(y.grad_fn).__name__ == "CubeBackward"
    y.sum().backward()
    close(y, [1, 8])
    close(x.grad, [3, 12])


def test_second_derivative():
    x = leaf(2.0)
    (first,) = tg.autograd.grad(Cube.apply(x), x, create_graph=True)
    close(tg.autograd.grad(first, x)[0], [12])


def test_forward_runs_without_the_tape():
    seen = []

    class Probe(tg.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            seen.append((tg.is_grad_enabled(), (x * 2).requires_grad, ctx.needs_input_grad))
            return x * 2

        @staticmethod
        def backward(ctx, grad):
            seen.append(tg.is_grad_enabled())
            return grad * 2

    Probe.apply(leaf(1.0)).backward()
    assert seen == [(False, False, (True,)), False]


def test_several_inputs_and_outputs():
    class Both(tg.autograd.Function):
        @staticmethod
        def forward(ctx, x, y, scale):
            ctx.scale = scale
            return x * scale, x + y

        @staticmethod
        def backward(ctx, one, two):
            return one * ctx.scale + two, two, None

    x, y = leaf(1.0), leaf(2.0)
    a, b = Both.apply(x, y, 5)
    (a + 2 * b).backward()
    close(x.grad, [7])
    close(y.grad, [2])


def test_unused_outputs_get_zeros():
    class Pair(tg.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 1, x * 2

        @staticmethod
        def backward(ctx, one, two):
            return one + two * 10

    x = leaf(1.0)
    Pair.apply(x)[0].backward()
    close(x.grad, [1])


def test_setup_context():
    class Square(tg.autograd.Function):
        @staticmethod
        def forward(x):
            return x * x

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.save_for_backward(inputs[0])

        @staticmethod
        def backward(ctx, grad):
            return 2 * grad * ctx.saved_tensors[0]

    x = leaf(3.0)
    Square.apply(x).backward()
    close(x.grad, [6])


def test_modified_saved_tensor_is_found():
    w = tg.ones(1)

    class Times(tg.autograd.Function):
        @staticmethod
        def forward(ctx, x, w):
            ctx.save_for_backward(w)
            return x * w

        @staticmethod
        def backward(ctx, grad):
            return grad * ctx.saved_tensors[0], None

    y = Times.apply(leaf(1.0), w)
    w.add_(1)
    with pytest.raises(RuntimeError, match=r"modified by an inplace operation"):
        y.backward()


def test_saved_tensors_are_freed():
    y = Cube.apply(leaf(1.0))
    y.backward()
    with pytest.raises(RuntimeError, match=r"Trying to backward through the graph a second time"):
        y.backward()


def test_saved_output():
    class Exp(tg.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            y = x.exp()
            ctx.save_for_backward(y)
            return y

        @staticmethod
        def backward(ctx, grad):
            return grad * ctx.saved_tensors[0]

    x = leaf(0.0)
    y = Exp.apply(x)
    (first,) = tg.autograd.grad(y, x, create_graph=True)
    close(first, [1])
    close(tg.autograd.grad(first, x)[0], [1])


def test_mark_dirty():
    class Double_(tg.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            x.mul_(2)
            ctx.mark_dirty(x)
            return x

        @staticmethod
        def backward(ctx, grad):
            return grad * 2

    x = leaf(3.0)
    y = x * 1
    z = Double_.apply(y)
    assert z is y
    z.backward()
    close(x.grad, [2])


def test_non_differentiable_output():
    class Largest(tg.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            index = x.argmax()
            ctx.mark_non_differentiable(index)
            return x.max(), index

        @staticmethod
        def backward(ctx, grad, _):
            return grad * tg.ones(2)

    value, index = Largest.apply(leaf(1.0, 2.0))
    assert value.requires_grad and not index.requires_grad


def test_input_that_needs_no_gradient():
    assert not Cube.apply(tg.ones(1)).requires_grad
    with tg.no_grad():
        assert not Cube.apply(leaf(1.0)).requires_grad


def test_wrong_number_of_gradients():
    class Wrong(tg.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 1

        @staticmethod
        def backward(ctx, grad):
            return grad, grad

    with pytest.raises(RuntimeError, match=r"returned an incorrect number of gradients \(expected 1, got 2\)"):
        Wrong.apply(leaf(1.0)).backward()


def test_wrong_shape_of_a_gradient():
    class Wrong(tg.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 1

        @staticmethod
        def backward(ctx, grad):
            return tg.ones(3)

    with pytest.raises(
        RuntimeError,
        match=r"returned an invalid gradient at index 0 - got \[3\] but expected shape compatible with \[2\]",
    ):
        Wrong.apply(leaf(1.0, 2.0)).sum().backward()


def test_exceptions_pass_through():
    class Fails(tg.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            return x * 1

        @staticmethod
        def backward(ctx, grad):
            if hasattr(sys, "_clear_type_cache"):
                sys._clear_type_cache()  # the lookups of the graph's destruction must not hide the error
            raise KeyError("mine")

    with pytest.raises(KeyError, match="mine"):
        Fails.apply(leaf(1.0)).backward()
    assert tg.is_grad_enabled()


def test_instances_are_refused():
    with pytest.raises((RuntimeError, DeprecationWarning), match=r"should not be instantiated"):
        Cube()(leaf(1.0))
