"""Derivatives of functions: gradients, Jacobians and Hessians without .backward() and .grad.

Each takes a function and gives a function. Arguments and results may be tensors or tuples, lists and dicts of them;
the derivative has their structure. Derivatives nest: grad(grad(f)) is the second one.

>>> import tapegrad as tg
>>> from tapegrad.func import grad, hessian
>>> def f(x):
...     return (x ** 3).sum()
>>> x = tg.tensor([1., 2.])
>>> grad(f)(x)
tensor([ 3., 12.])
>>> hessian(f)(x)
tensor([[ 6.,  0.],
        [ 0., 12.]])

NumPy arrays go in and come out, which is what scipy.optimize asks for:

>>> import numpy as np
>>> tg.func.value_and_grad(lambda x: ((x - 3) ** 2).sum())(np.array([1., 5.]))
(8.0, array([-4.,  4.]))

An argument that requires a gradient, or a captured tensor that does, stays part of the graph: the derivative can be
differentiated further by backward().
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from . import _core
from ._core import Tensor, enable_grad

__all__ = [
    "grad",
    "grad_and_value",
    "hessian",
    "hvp",
    "jacfwd",
    "jacobian",
    "jacrev",
    "jvp",
    "value_and_grad",
    "vjp",
]

Argnums = int | Sequence[int]


# --- structures of tensors --------------------------------------------------------------------------------------
def _map(f: Callable[[Any], Any], tree: Any) -> Any:
    """f of every leaf of tuples, lists and dicts, in their structure."""
    if isinstance(tree, Tensor):
        return f(tree)
    if isinstance(tree, dict):
        return type(tree)((key, _map(f, value)) for key, value in tree.items())
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return type(tree)(*(_map(f, item) for item in tree))
    if isinstance(tree, (tuple, list)):
        return type(tree)(_map(f, item) for item in tree)
    return f(tree)


def _leaves(tree: Any) -> list[Any]:
    if isinstance(tree, Tensor):
        return [tree]
    if isinstance(tree, dict):
        return [leaf for value in tree.values() for leaf in _leaves(value)]
    if isinstance(tree, (tuple, list)):
        return [leaf for item in tree for leaf in _leaves(item)]
    return [tree]


def _like(tree: Any, leaves: Sequence[Any]) -> Any:
    """The structure of `tree` with other leaves."""
    following = iter(leaves)
    return _map(lambda _: next(following), tree)


def _tensors(tree: Any, what: str) -> list[Tensor]:
    found = _leaves(tree)
    for leaf in found:
        if not isinstance(leaf, Tensor):
            raise ValueError(f"{what} must be tensors, got {type(leaf).__name__}")
    return found


# --- NumPy at the border ----------------------------------------------------------------------------------------
def _is_array(value: Any) -> bool:
    return not isinstance(value, Tensor) and hasattr(value, "__array_interface__")


def _from_numpy(args: tuple[Any, ...]) -> tuple[tuple[Any, ...], bool]:
    """The arguments with arrays as tensors, and whether there were any."""
    for leaf in _leaves(args):
        if _is_array(leaf):
            break
    else:
        return args, False
    return _map(lambda leaf: _core.tensor(leaf) if _is_array(leaf) else leaf, args), True


def _to_numpy(tree: Any) -> Any:
    return _map(lambda leaf: leaf.detach().numpy() if isinstance(leaf, Tensor) else leaf, tree)


# --- what autograd.functional builds on, too --------------------------------------------------------------------
def alias(x: Tensor) -> Tensor:
    """A tensor to differentiate by, part of the graph that x is part of."""
    return x.view_as(x) if x.requires_grad else x.detach().requires_grad_()


def pull(
    outputs: Sequence[Tensor], inputs: Sequence[Tensor], seeds: Sequence[Tensor | None], create_graph: bool
) -> Sequence[Tensor | None]:
    """The products of seeds and Jacobian, one for each input; None where no output depends on it."""
    pairs = [(out, seed) for out, seed in zip(outputs, seeds) if out.requires_grad]
    if not pairs:
        return [None] * len(inputs)
    with enable_grad():
        found: Sequence[Tensor | None] = _core._grad(
            [out for out, _ in pairs],
            inputs,
            [seed for _, seed in pairs],
            retain_graph=True,
            create_graph=create_graph,
            allow_unused=True,
        )
    return found


def blocks(output: Tensor, inputs: Sequence[Tensor], row: Callable[[Tensor, Tensor], Sequence[Tensor]]) -> list[Tensor]:
    """The derivative of every element of `output` by each input, of shape output.shape + input.shape.

    row(flat, seed) gives the products of the flattened output's Jacobian with a seed that picks one element.
    """
    count, flat = output.numel(), output.reshape(-1)
    rows = []
    for index in range(count):
        seed = _core.zeros(count, dtype=output.dtype)
        seed[index] = 1
        rows.append(row(flat, seed))
    shape = tuple(output.shape)
    if not rows:
        return [_core.zeros((*shape, *x.shape), dtype=x.dtype) for x in inputs]
    return [_core.stack(list(column)).reshape((*shape, *column[0].shape)) for column in zip(*rows)]


# --- one level of differentiation -------------------------------------------------------------------------------
_depth = 0


class _Level:
    """Differentiates with respect to fresh aliases of some arguments.

    The aliases are part of the graph that the arguments are part of, so that levels nest.
    """

    def __init__(self, name: str, args: tuple[Any, ...], argnums: Argnums | None) -> None:
        numbers = (argnums,) if isinstance(argnums, int) else range(len(args)) if argnums is None else tuple(argnums)
        changed = list(args)
        self.inner = []
        self.outer = False
        done = set()
        for number in numbers:
            if not -len(args) <= number < len(args):
                raise RuntimeError(f"Got argnum={number}, but only {len(args)} positional inputs")
            place = number % len(args)
            if place in done:
                raise RuntimeError(f"argnums elements must be unique, got {argnums}")
            done.add(place)
            for leaf in _leaves(args[place]):
                if not isinstance(leaf, Tensor):
                    raise TypeError(f"{name}: arguments to differentiate by must be tensors, got {type(leaf).__name__}")
                if not leaf.is_floating_point():
                    raise RuntimeError(
                        f"{name}: only tensors of floating point can be differentiated by, got {leaf.dtype}"
                    )
                self.outer = self.outer or leaf.requires_grad
            changed[place] = _map(alias, args[place])
            self.inner.append(changed[place])
        self.inputs = _leaves(self.inner)
        self.single = isinstance(argnums, int)
        self.args = tuple(changed)

    def run(self, f: Callable[..., Any], kwargs: dict[str, Any]) -> Any:
        global _depth
        _depth += 1
        try:
            with enable_grad():
                return f(*self.args, **kwargs)
        finally:
            _depth -= 1

    def keeps_graph(self, outputs: list[Tensor]) -> bool:
        """Whether something outside will differentiate the result: an enclosing level, an argument or a capture."""
        if _depth or self.outer:
            return True
        return _core._reaches_other_leaf(outputs, self.inputs)

    def pull(self, outputs: Sequence[Tensor], cotangents: Sequence[Tensor | None], create_graph: bool) -> list[Tensor]:
        """The products of cotangents and Jacobian, one for each input; zeros where an output does not depend on it."""
        found = pull(outputs, self.inputs, cotangents, create_graph)
        return [_core.zeros_like(x) if g is None else g for x, g in zip(self.inputs, found)]

    def structured(self, leaves: Sequence[Any]) -> Any:
        trees = _like(self.inner, leaves)
        return trees[0] if self.single else tuple(trees)

    def close(self, tree: Any, keep: bool) -> Any:
        """Results as they leave the level: without history where nobody outside has a use for it."""
        return tree if keep else _map(lambda leaf: leaf.detach() if isinstance(leaf, Tensor) else leaf, tree)


def _split(result: Any, has_aux: bool, name: str) -> tuple[Any, Any]:
    if not has_aux:
        return result, None
    if not (isinstance(result, tuple) and len(result) == 2):
        raise RuntimeError(f"{name}: with has_aux=True the function must return a tuple (output, aux)")
    return result


# --- gradients --------------------------------------------------------------------------------------------------
def _value_and_grad(
    name: str, f: Callable[..., Any], argnums: Argnums, has_aux: bool, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[Any, Any, Any]:
    args, from_numpy = _from_numpy(args)
    level = _Level(name, args, argnums)
    value, aux = _split(level.run(f, kwargs), has_aux, name)
    if not isinstance(value, Tensor):
        raise RuntimeError(
            f"{name}: Expected the function to return a single tensor{' and aux' if has_aux else ''}, "
            f"got {type(value).__name__}"
        )
    if value.dim() != 0:
        raise RuntimeError(
            f"{name}: Expected the function to return a scalar tensor, got tensor with {value.dim()} dims. "
            "Maybe you wanted to use the vjp or jacrev APIs instead?"
        )
    keep = level.keeps_graph([value])
    gradient = level.structured(level.pull([value], [None], keep))
    gradient, value, aux = level.close(gradient, keep), level.close(value, keep), level.close(aux, keep)
    if from_numpy:
        gradient, value, aux = _to_numpy(gradient), value.item(), _to_numpy(aux)
    return gradient, value, aux


def grad(f: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False) -> Callable[..., Any]:
    """The gradient of a function with a scalar result by its argument number `argnums` (or by several).

    With has_aux, f returns (value, aux) and the gradient comes as (gradient, aux).
    Raises RuntimeError where the result is not a single 0-d tensor.

    >>> import tapegrad as tg
    >>> tg.func.grad(lambda x: x ** 2)(tg.tensor(3.))
    tensor(6.)
    """

    def gradient(*args: Any, **kwargs: Any) -> Any:
        found, _, aux = _value_and_grad("grad", f, argnums, has_aux, args, kwargs)
        return (found, aux) if has_aux else found

    return gradient


def grad_and_value(f: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False) -> Callable[..., Any]:
    """Like grad(), with the value of the function as second result (with has_aux: (value, aux)).

    >>> import tapegrad as tg
    >>> tg.func.grad_and_value(lambda x: x ** 2)(tg.tensor(3.))
    (tensor(6.), tensor(9.))
    """

    def both(*args: Any, **kwargs: Any) -> Any:
        found, value, aux = _value_and_grad("grad_and_value", f, argnums, has_aux, args, kwargs)
        return found, ((value, aux) if has_aux else value)

    return both


def value_and_grad(f: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False) -> Callable[..., Any]:
    """The value of a function and its gradient, in the order that scipy.optimize.minimize(..., jac=True) takes.

    >>> import tapegrad as tg
    >>> tg.func.value_and_grad(lambda x: x ** 2)(tg.tensor(3.))
    (tensor(9.), tensor(6.))
    """

    def both(*args: Any, **kwargs: Any) -> Any:
        found, value, aux = _value_and_grad("value_and_grad", f, argnums, has_aux, args, kwargs)
        return ((value, aux) if has_aux else value), found

    return both


# --- products with the Jacobian ---------------------------------------------------------------------------------
def vjp(f: Callable[..., Any], *primals: Any, has_aux: bool = False) -> tuple[Any, ...]:
    """The value of f and a function of a cotangent: its product with the Jacobian of f by all arguments.

    Returns (value, pull) or, with has_aux, (value, pull, aux). pull(cotangent) takes the structure of the value and
    gives a tuple with one entry for each argument.

    >>> import tapegrad as tg
    >>> value, pull = tg.func.vjp(lambda x: x ** 2, tg.tensor([1., 2.]))
    >>> pull(tg.tensor([1., 10.]))
    (tensor([ 2., 40.]),)
    """
    level = _Level("vjp", primals, None)
    value, aux = _split(level.run(f, {}), has_aux, "vjp")
    outputs = _tensors(value, "vjp: the results of the function")
    keep = level.keeps_graph(outputs)

    def pull(cotangents: Any) -> Any:
        seeds = _tensors(cotangents, "vjp: cotangents")
        if len(seeds) != len(outputs):
            raise RuntimeError(
                f"vjp: expected {len(outputs)} cotangents in the structure of the value, got {len(seeds)}"
            )
        again = keep or any(seed.requires_grad for seed in seeds) or _depth > 0
        return level.close(level.structured(level.pull(outputs, seeds, again)), again)

    result = level.close(value, keep)
    return (result, pull, level.close(aux, keep)) if has_aux else (result, pull)


def jvp(
    f: Callable[..., Any], primals: tuple[Any, ...], tangents: tuple[Any, ...], *, has_aux: bool = False
) -> tuple[Any, ...]:
    """The value of f and the product of its Jacobian with `tangents`, which have the structure of `primals`.

    Computed by differentiating the transposed product twice (Townsend 2017, "A new trick for calculating Jacobian
    vector products"), so every operation of f needs a second derivative.

    >>> import tapegrad as tg
    >>> tg.func.jvp(lambda x: x ** 2, (tg.tensor([1., 2.]),), (tg.tensor([1., 1.]),))
    (tensor([1., 4.]), tensor([2., 4.]))
    """
    if not isinstance(primals, tuple) or not isinstance(tangents, tuple) or len(primals) != len(tangents):
        raise RuntimeError("jvp: primals and tangents must be tuples of the same length")
    level = _Level("jvp", primals, None)
    value, aux = _split(level.run(f, {}), has_aux, "jvp")
    outputs = _tensors(value, "jvp: the results of the function")
    directions = _tensors(tangents, "jvp: tangents")
    if [x.shape for x in directions] != [x.shape for x in level.inputs]:
        raise RuntimeError("jvp: tangents must have the structure and the shapes of primals")
    keep = level.keeps_graph(outputs) or any(x.requires_grad for x in directions)
    seeds = [_core.zeros_like(out).requires_grad_() for out in outputs]
    pulled = level.pull(outputs, seeds, True)
    linear = [(g, direction) for g, direction in zip(pulled, directions) if g.requires_grad]
    pushed: Sequence[Tensor | None] = [None] * len(seeds)
    if linear:
        pushed = _core._grad(
            [g for g, _ in linear],
            seeds,
            [direction for _, direction in linear],
            create_graph=keep,
            allow_unused=True,
        )
    tangent = _like(value, [_core.zeros_like(out) if t is None else t for out, t in zip(outputs, pushed)])
    result = level.close(value, keep), level.close(tangent, keep)
    return (*result, level.close(aux, keep)) if has_aux else result


def hvp(f: Callable[..., Any], primals: Any, tangents: Any) -> tuple[Any, Any]:
    """The value of a scalar function and the product of its Hessian with `tangents`.

    `primals` is the argument of f, or a tuple of its arguments; `tangents` has its structure, and so has the product.

    >>> import tapegrad as tg
    >>> tg.func.hvp(lambda x: (x ** 3).sum(), tg.tensor([1., 2.]), tg.tensor([1., 1.]))
    (tensor(9.), tensor([ 6., 12.]))
    """
    single = not isinstance(primals, tuple)
    args, directions = ((primals,), (tangents,)) if single else (primals, tangents)
    everything = tuple(range(len(args)))
    level = _Level("hvp", args, everything)
    first = grad_and_value(f, everything)
    gradient, value = level.run(first, {})
    wanted = _tensors(directions, "hvp: tangents")
    keep = level.keeps_graph([value]) or any(x.requires_grad for x in wanted)
    product = level.structured(level.pull(_leaves(gradient), wanted, keep))
    product = level.close(product, keep)
    return level.close(value, keep), product[0] if single else product


# --- whole matrices ---------------------------------------------------------------------------------------------
def jacrev(f: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False) -> Callable[..., Any]:
    """The Jacobian of f: for each result, a tensor of shape result.shape + argument.shape.

    One backward pass for each element of the result. With several argnums the derivative is a tuple; results in a
    structure give the same structure of Jacobians. With has_aux: (jacobian, aux).

    >>> import tapegrad as tg
    >>> tg.func.jacrev(lambda x: x ** 2)(tg.tensor([1., 2.]))
    tensor([[2., 0.],
            [0., 4.]])
    """

    def jacobian_of(*args: Any, **kwargs: Any) -> Any:
        args, from_numpy = _from_numpy(args)
        level = _Level("jacrev", args, argnums)
        value, aux = _split(level.run(f, kwargs), has_aux, "jacrev")
        outputs = _tensors(value, "jacrev: the results of the function")
        keep = level.keeps_graph(outputs)

        def row(flat: Tensor, seed: Tensor) -> list[Tensor]:
            return level.pull([flat], [seed], keep)

        found = _like(value, [level.structured(blocks(out, level.inputs, row)) for out in outputs])
        found, aux = level.close(found, keep), level.close(aux, keep)
        if from_numpy:
            found, aux = _to_numpy(found), _to_numpy(aux)
        return (found, aux) if has_aux else found

    return jacobian_of


jacobian = jacrev


def jacfwd(f: Callable[..., Any], argnums: Argnums = 0, has_aux: bool = False) -> Callable[..., Any]:
    """The Jacobian of f, the same values as jacrev().

    There is no forward mode: the columns come from the reverse mode, too.

    >>> import tapegrad as tg
    >>> tg.func.jacfwd(lambda x: x.sum())(tg.tensor([1., 2.]))
    tensor([1., 1.])
    """
    return jacrev(f, argnums, has_aux)


def hessian(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """The matrix of second derivatives: of shape result.shape + argument.shape + argument.shape.

    For a scalar function one backward pass for the gradient and one for each of its elements.

    >>> import tapegrad as tg
    >>> tg.func.hessian(lambda x: x[0] * x[1])(tg.tensor([1., 2.]))
    tensor([[0., 1.],
            [1., 0.]])
    """
    return jacrev(jacrev(f, argnums), argnums)
