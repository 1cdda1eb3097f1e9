"""Jacobians, Hessians and products with them for functions of one tensor or a tuple of tensors.

The same derivatives as tapegrad.func, with the calling convention of torch.autograd.functional: the function and its
inputs in one call, the results in the structure of the inputs.

>>> import tapegrad as tg
>>> from tapegrad.autograd.functional import hessian, jacobian
>>> jacobian(lambda x: x ** 2, tg.tensor([1., 2.]))
tensor([[2., 0.],
        [0., 4.]])
>>> hessian(lambda x, y: (x * y).sum(), (tg.tensor(1.), tg.tensor(2.)))
((tensor(0.), tensor(1.)), (tensor(1.), tensor(0.)))
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import _core
from .._core import Tensor, enable_grad
from ..func import alias, blocks, pull

__all__ = ["hessian", "hvp", "jacobian", "jvp", "vhp", "vjp"]

Tensors = Tensor | tuple[Tensor, ...]


def _as_tuple(value: Any, what: str, name: str) -> tuple[tuple[Tensor, ...], bool]:
    """The tensors, and whether they came as a tuple."""
    given = isinstance(value, tuple)
    values = value if given else (value,)
    for index, item in enumerate(values):
        if not isinstance(item, Tensor):
            if given:
                raise TypeError(
                    f"The {what} given to {name} must be either a Tensor or a tuple of Tensors but the value at index "
                    f"{index} has type {type(item)}."
                )
            raise TypeError(
                f"The {what} given to {name} must be either a Tensor or a tuple of Tensors but the given {what} has "
                f"type {type(item)}."
            )
    return values, given


def _fresh(inputs: tuple[Tensor, ...], create_graph: bool) -> tuple[Tensor, ...]:
    """Aliases to differentiate by: part of the outer graph where the result is to be differentiated itself."""
    return tuple(alias(x if create_graph else x.detach()) for x in inputs)


def _strict(found: Tensor | None, strict: bool, what: str) -> None:
    if strict and found is None:
        raise RuntimeError(f"{what} is independent of the input, which is not allowed in strict mode.")


def _pull(
    outputs: tuple[Tensor, ...],
    inputs: tuple[Tensor, ...],
    seeds: tuple[Tensor | None, ...],
    create_graph: bool,
    strict: bool,
    what: str,
) -> tuple[Tensor, ...]:
    """The products of seeds and Jacobian, zeros where an output does not depend on an input."""
    found = pull(outputs, inputs, seeds, create_graph)
    for g in found:
        _strict(g, strict, what)
    return tuple(_core.zeros_like(x) if g is None else g for x, g in zip(inputs, found))


def _seeds(outputs: tuple[Tensor, ...], v: Any, name: str) -> tuple[Tensor | None, ...]:
    """v as cotangents of the outputs; may be left out for a single element."""
    if v is None:
        if len(outputs) != 1 or outputs[0].numel() != 1:
            raise RuntimeError(
                "The vector v can only be None if the user-provided function returns a single Tensor with a single "
                "element."
            )
        return (None,)
    seeds, _ = _as_tuple(v, "v", name)
    _same_shapes(seeds, outputs, name)
    return seeds


def _same_shapes(v: tuple[Tensor, ...], other: tuple[Tensor, ...], name: str) -> None:
    if len(v) != len(other):
        raise RuntimeError(f"{name}: v has {len(v)} tensors, but {len(other)} are needed")
    for index, (a, b) in enumerate(zip(v, other)):
        if a.shape != b.shape:
            raise RuntimeError(
                f"v has invalid size: should be {b.shape} but got {a.shape}"
                if len(v) == 1
                else f"Entry {index} in v has invalid size: should be {b.shape} but got {a.shape}"
            )


def _directions(inputs: tuple[Tensor, ...], v: Any, name: str) -> tuple[Tensor, ...]:
    """v in the structure of the inputs; may be left out for a single element."""
    if v is None:
        if len(inputs) != 1 or inputs[0].numel() != 1:
            raise RuntimeError(
                "The vector v can only be None if the input to the user-provided function is a single Tensor with a "
                "single element."
            )
        return (_core.ones_like(inputs[0]),)
    directions, _ = _as_tuple(v, "v", name)
    _same_shapes(directions, inputs, name)
    return directions


def _leave(tensors: tuple[Tensor, ...], as_tuple: bool, create_graph: bool) -> Any:
    done = tensors if create_graph else tuple(t.detach() for t in tensors)
    return done if as_tuple else done[0]


def jacobian(
    func: Callable[..., Any],
    inputs: Tensors,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    strategy: str = "reverse-mode",
) -> Any:
    """The Jacobian of func at `inputs`: output.shape + input.shape, nested in tuples where there are several.

    create_graph makes the result differentiable; strict raises RuntimeError where an output does not depend on an
    input. vectorize and strategy are accepted and change nothing: there is one backward pass for each output element.

    >>> import tapegrad as tg
    >>> tg.autograd.functional.jacobian(lambda x: x.exp().sum(), tg.tensor([0., 0.]))
    tensor([1., 1.])
    """
    if strategy not in ("reverse-mode", "forward-mode"):
        raise RuntimeError(f'Expected strategy to be either "forward-mode" or "reverse-mode", got {strategy!r}')
    given, several_inputs = _as_tuple(inputs, "inputs", "jacobian")
    with enable_grad():
        at = _fresh(given, create_graph)
        outputs, several_outputs = _as_tuple(func(*at), "outputs of the user-provided function", "jacobian")
        result = []
        for number, out in enumerate(outputs):

            def row(flat: Tensor, seed: Tensor, what: str = f"Output {number}") -> tuple[Tensor, ...]:
                return _pull((flat,), at, (seed,), create_graph, strict, what)

            result.append(_leave(tuple(blocks(out, at, row)), several_inputs, create_graph))
    return tuple(result) if several_outputs else result[0]


def _scalar(value: Any, name: str) -> Tensor:
    (output,), several = _as_tuple(value, "outputs of the user-provided function", name)
    if several or output.numel() != 1:
        raise RuntimeError(f"The Tensor returned by the function given to {name} should contain a single element")
    return output.reshape(())


def hessian(
    func: Callable[..., Any],
    inputs: Tensors,
    create_graph: bool = False,
    strict: bool = False,
    vectorize: bool = False,
    outer_jacobian_strategy: str = "reverse-mode",
) -> Any:
    """The second derivatives of a scalar function: input.shape + input.shape, a tuple of tuples for several inputs.

    >>> import tapegrad as tg
    >>> tg.autograd.functional.hessian(lambda x: (x ** 3).sum(), tg.tensor([1., 2.]))
    tensor([[ 6.,  0.],
            [ 0., 12.]])
    """
    given, several = _as_tuple(inputs, "inputs", "hessian")

    def gradient(*at: Tensor) -> tuple[Tensor, ...]:
        output = _scalar(func(*at), "hessian")
        return _pull((output,), at, (None,), True, strict, "The output of the user-provided function")

    found = jacobian(gradient, given, create_graph, strict, vectorize, outer_jacobian_strategy)
    return found if several else found[0][0]


def vjp(
    func: Callable[..., Any],
    inputs: Tensors,
    v: Tensors | None = None,
    create_graph: bool = False,
    strict: bool = False,
) -> tuple[Any, Any]:
    """The outputs of func and the product of v (in their structure) with its Jacobian.

    >>> import tapegrad as tg
    >>> tg.autograd.functional.vjp(lambda x: x ** 2, tg.tensor([1., 2.]), tg.tensor([1., 10.]))
    (tensor([1., 4.]), tensor([ 2., 40.]))
    """
    given, several = _as_tuple(inputs, "inputs", "vjp")
    with enable_grad():
        at = _fresh(given, create_graph)
        outputs, many = _as_tuple(func(*at), "outputs of the user-provided function", "vjp")
        product = _pull(outputs, at, _seeds(outputs, v, "vjp"), create_graph, strict, "The output")
    return _leave(outputs, many, create_graph), _leave(product, several, create_graph)


def jvp(
    func: Callable[..., Any],
    inputs: Tensors,
    v: Tensors | None = None,
    create_graph: bool = False,
    strict: bool = False,
) -> tuple[Any, Any]:
    """The outputs of func and the product of its Jacobian with v, which has the structure of the inputs.

    Two reverse passes (Townsend 2017, "A new trick for calculating Jacobian vector products").

    >>> import tapegrad as tg
    >>> tg.autograd.functional.jvp(lambda x: x ** 2, tg.tensor([1., 2.]), tg.tensor([1., 1.]))
    (tensor([1., 4.]), tensor([2., 4.]))
    """
    given, _ = _as_tuple(inputs, "inputs", "jvp")
    directions = _directions(given, v, "jvp")
    with enable_grad():
        at = _fresh(given, create_graph)
        outputs, many = _as_tuple(func(*at), "outputs of the user-provided function", "jvp")
        seeds = tuple(_core.zeros_like(out).requires_grad_() for out in outputs)
        pulled = _pull(outputs, at, seeds, True, strict, "The output")
        product = _pull(pulled, seeds, directions, create_graph, False, "The product")
    return _leave(outputs, many, create_graph), _leave(product, many, create_graph)


def vhp(
    func: Callable[..., Any],
    inputs: Tensors,
    v: Tensors | None = None,
    create_graph: bool = False,
    strict: bool = False,
) -> tuple[Any, Any]:
    """The value of a scalar function and the product of v (in the structure of the inputs) with its Hessian.

    >>> import tapegrad as tg
    >>> tg.autograd.functional.vhp(lambda x: (x ** 3).sum(), tg.tensor([1., 2.]), tg.tensor([1., 1.]))
    (tensor(9.), tensor([ 6., 12.]))
    """
    given, several = _as_tuple(inputs, "inputs", "vhp")
    with enable_grad():
        at = _fresh(given, create_graph)
        output = _scalar(func(*at), "vhp")
        first = _pull((output,), at, (None,), True, strict, "The output")
        seeds = _directions(at, v, "vhp")
        product = _pull(first, at, seeds, create_graph, strict, "The gradient")
    return _leave((output,), False, create_graph), _leave(product, several, create_graph)


def hvp(
    func: Callable[..., Any],
    inputs: Tensors,
    v: Tensors | None = None,
    create_graph: bool = False,
    strict: bool = False,
) -> tuple[Any, Any]:
    """The value of a scalar function and the product of its Hessian with v: vhp(), as the Hessian is symmetric.

    >>> import tapegrad as tg
    >>> tg.autograd.functional.hvp(lambda x: (x ** 3).sum(), tg.tensor([1., 2.]), tg.tensor([1., 1.]))
    (tensor(9.), tensor([ 6., 12.]))
    """
    return vhp(func, inputs, v, create_graph, strict)
