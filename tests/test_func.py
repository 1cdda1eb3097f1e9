"""tapegrad.func and autograd.functional: derivatives of functions against formulas, nesting, structures, errors."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import array, close, tg

F = tg.func
AF = tg.autograd.functional


def doubles(*values, **options):
    return tg.tensor(values if len(values) != 1 else values[0], dtype=tg.float64, **options)


X = (1.0, 2.0, 3.0)
x_ = np.array(X)


def cubes(x):
    return (x**3).sum()


def test_gradient_and_value():
    x = doubles(*X)
    close(F.grad(cubes)(x), 3 * x_**2)
    gradient, value = F.grad_and_value(cubes)(x)
    close(gradient, 3 * x_**2)
    assert value.item() == 36
    value, gradient = F.value_and_grad(cubes)(x)
    close(gradient, 3 * x_**2)
    assert not gradient.requires_grad and not value.requires_grad and not x.requires_grad


def test_several_arguments_and_structures():
    x = doubles(*X)
    by_both = F.grad(lambda x, y: (x * y**2).sum(), argnums=(0, 1))(x, x)
    assert isinstance(by_both, tuple)
    close(by_both[0], x_**2)
    close(by_both[1], 2 * x_ * x_)
    close(F.grad(lambda x, y: (x * y**2).sum(), argnums=-1)(x, x), 2 * x_ * x_)
    tree = F.grad(lambda p: (p["w"] * p["more"][0] ** 2).sum())({"w": x, "more": [x]})
    assert list(tree) == ["w", "more"] and isinstance(tree["more"], list)
    close(tree["more"][0], 2 * x_ * x_)
    _, aux = F.grad(lambda x: (cubes(x), {"twice": x * 2}), has_aux=True)(x)
    close(aux["twice"], 2 * x_)
    assert not aux["twice"].requires_grad
    close(F.grad(lambda x, *, power: (x**power).sum())(x, power=2), 2 * x_)


def test_derivatives_nest():
    close(F.grad(F.grad(F.grad(lambda x: x**4)))(doubles(2.0)), 48.0)
    # d/dx of a directional derivative
    inner = F.grad(lambda x: F.jvp(lambda y: (x * y**2).sum(), (x,), (x,))[1])
    close(inner(doubles(*X)), 6 * x_**2)
    # the inner level must not see the outer variable as its own: d/dx x * (d/dy (x + y)) = 1
    close(F.grad(lambda x: x * F.grad(lambda y: x + y)(doubles(1.0)))(doubles(5.0)), 1.0)


def test_what_requires_a_gradient_outside_stays_in_the_graph():
    w = doubles(*X, requires_grad=True)
    found = F.grad(lambda x: (x**2 * w).sum())(doubles(*X))
    assert found.requires_grad
    found.sum().backward()
    close(w.grad, 2 * x_)
    x = doubles(*X, requires_grad=True)
    F.grad(cubes)(x).sum().backward()
    close(x.grad, 6 * x_)
    assert not F.grad(cubes)(x.detach()).requires_grad


def test_products():
    x = doubles(*X)
    value, pull = F.vjp(lambda x, y: (x * y, x.sum()), x, x)
    close(value[0], x_**2)
    by_x, by_y = pull((x, doubles(1.0)))
    close(by_x, x_**2 + 1)
    close(by_y, x_**2)
    close(pull((x, doubles(1.0)))[0], x_**2 + 1)  # may be called again
    value, tangent = F.jvp(lambda x, y: x**2 * y, (x, x), (x, x * 0))
    close(tangent, 2 * x_ * x_ * x_)
    value, product = F.hvp(cubes, x, doubles(1.0, 0.0, 2.0))
    assert value.item() == 36
    close(product, 6 * x_ * np.array([1, 0, 2]))
    value, products = F.hvp(lambda x, y: (x**2 * y).sum(), (x, x), (x, x))
    close(products[0], 4 * x_ * x_)
    close(products[1], 2 * x_ * x_)


def test_jacobians_and_hessians():
    x = doubles(*X)
    matrix = doubles([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    for jacobian in (F.jacrev, F.jacfwd, F.jacobian):
        close(jacobian(lambda x: matrix @ x)(x), array(matrix))
        assert tuple(jacobian(lambda x: x[:0])(x).shape) == (0, 3)
        close(jacobian(lambda x: tg.ones(2, dtype=tg.float64))(x), np.zeros((2, 3)))
    by_name = F.jacrev(lambda x, y: {"p": x * y}, argnums=(0, 1))(x, x)
    close(by_name["p"][0], np.diag(x_))
    close(F.hessian(cubes)(x), np.diag(6 * x_))
    (xx, xy), (yx, yy) = F.hessian(lambda x, y: (x**2 * y).sum(), argnums=(0, 1))(x, x)
    for block, want in ((xx, 2 * x_), (xy, 2 * x_), (yx, 2 * x_), (yy, 0 * x_)):
        close(block, np.diag(want))


def test_numpy_in_and_out():
    value, gradient = F.value_and_grad(lambda x: ((x - 3) ** 2).sum())(x_)
    assert type(value) is float and type(gradient) is np.ndarray and gradient.dtype == np.float64
    np.testing.assert_allclose(gradient, 2 * (x_ - 3))
    second = F.hessian(cubes)(x_)
    assert type(second) is np.ndarray
    np.testing.assert_allclose(second, np.diag(6 * x_))


def test_functional_forms():
    x = doubles(*X)
    close(AF.jacobian(lambda x: x**2, x), np.diag(2 * x_))
    blocks = AF.jacobian(lambda x, y: (x * y, x.sum()), (x, x))
    close(blocks[0][1], np.diag(x_))
    close(blocks[1][0], np.ones(3))
    close(blocks[1][1], np.zeros(3))
    close(AF.hessian(cubes, x), np.diag(6 * x_))
    for product in (AF.hvp, AF.vhp):
        value, found = product(cubes, x, x)
        close(found, 6 * x_ * x_)
        assert value.item() == 36
    close(AF.vjp(lambda x: x**2, x, x)[1], 2 * x_ * x_)
    close(AF.jvp(lambda x: x**2, x, x)[1], 2 * x_ * x_)
    assert not AF.jacobian(cubes, x).requires_grad
    y = doubles(*X, requires_grad=True)
    AF.jacobian(cubes, y, create_graph=True).sum().backward()
    close(y.grad, 6 * x_)


@pytest.mark.parametrize(
    "call, error, text",
    [
        (lambda x: F.grad(lambda x: x)(x), RuntimeError, "return a scalar tensor, got tensor with 1 dims"),
        (lambda x: F.grad(lambda x: 3)(x), RuntimeError, "return a single tensor"),
        (lambda x: F.grad(cubes, argnums=1)(x), RuntimeError, "Got argnum=1, but only 1 positional"),
        (lambda x: F.grad(cubes, argnums=(0, 0))(x), RuntimeError, "unique"),
        (lambda x: F.grad(cubes)(x.long()), RuntimeError, "only tensors of floating point"),
        (lambda x: F.grad(cubes)(3.0), TypeError, "must be tensors, got float"),
        (lambda x: F.grad(cubes, has_aux=True)(x), RuntimeError, "tuple \\(output, aux\\)"),
        (lambda x: F.jvp(cubes, (x,), (x[:2],)), RuntimeError, "shapes of primals"),
        (lambda x: F.jvp(cubes, x, x), RuntimeError, "must be tuples"),
        (lambda x: F.vjp(cubes, x)[1]((x, x)), RuntimeError, "expected 1 cotangents"),
        (lambda x: AF.jacobian(lambda x: 3, x), TypeError, "must be either a Tensor or a tuple of Tensors"),
        (lambda x: AF.hessian(lambda x: x, x), RuntimeError, "single element"),
        (lambda x: AF.vjp(lambda x: x, x), RuntimeError, "can only be None if"),
        (lambda x: AF.vjp(lambda x: x, x, x[:2]), RuntimeError, "invalid size"),
        (lambda x: AF.jacobian(lambda x: tg.ones(2), x, strict=True), RuntimeError, "strict mode"),
    ],
)
def test_refusals(call, error, text):
    with pytest.raises(error, match=text):
        call(doubles(*X))
