"""Gradients against finite differences: gradcheck() for first derivatives, gradgradcheck() for second ones."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Callable, Sequence
from typing import Any

from .. import _core
from .._core import Tensor
from .function import Function as CustomFunction

__all__ = ["GradcheckError", "gradcheck", "gradgradcheck"]

Function = Callable[..., Any]

NOT_REENTRANT = (
    "Backward is not reentrant, i.e., running backward with same input and grad_output multiple times gives "
    "different values, although analytical gradient matches numerical gradient."
    "The tolerance for nondeterminism was {}."
)
UNDEFINED_GRAD = (
    "Expected backward function to handle undefined output grads. "
    'Please look at "Notes about undefined output gradients" in "tools/autograd/derivatives.yaml"'
)


class GradcheckError(RuntimeError):
    """What gradcheck() and gradgradcheck() raise where a derivative is wrong."""


def _as_tuple(value: Any) -> tuple[Any, ...]:
    if isinstance(value, (tuple, list)):
        return tuple(value)
    return (value,)


def _needs_grad(value: Any) -> bool:
    return isinstance(value, Tensor) and value.requires_grad


def _check_inputs(inputs: tuple[Any, ...]) -> None:
    if not any(map(_needs_grad, inputs)):
        raise ValueError(
            "gradcheck expects at least one input tensor to require gradient, but none of them have requires_grad=True."
        )
    for i, x in enumerate(inputs):
        if not _needs_grad(x):
            continue
        if x.dtype != _core.float64:
            warnings.warn(
                f"Input #{i} requires gradient and is not a double precision floating point or complex. This check "
                "will likely fail if all the inputs are not of double precision floating point or complex. ",
                stacklevel=4,
            )
        if any(stride == 0 and size > 1 for stride, size in zip(x.stride(), x.shape)):
            raise RuntimeError(
                f"The {i}th input has a dimension with stride 0. gradcheck only supports inputs that are "
                "non-overlapping to be able to compute the numerical gradients correctly. You should call "
                ".contiguous on the input before passing it to gradcheck."
            )
        x.retain_grad()


def _differentiable(output: Any) -> tuple[Tensor, ...]:
    return tuple(o for o in _as_tuple(output) if o.requires_grad)


def _numerical(func: Function, inputs: tuple[Any, ...], pick: Callable[[Any], tuple[Tensor, ...]], eps: float) -> Any:
    """Jacobians by central differences: for each input that requires grad one of shape (input, output) an output."""
    jacobians = []
    for x in filter(_needs_grad, inputs):
        values = x.data  # shares the memory, but not the version: the graph does not notice
        rows: list[list[Tensor]] = []
        for place in itertools.product(*map(range, x.shape)):
            before = values[place].item()
            values[place] = before + eps
            above = [o.detach().clone() for o in pick(func(*inputs))]
            values[place] = before - eps
            below = [o.detach().clone() for o in pick(func(*inputs))]
            values[place] = before
            rows.append([((a - b) / (2 * eps)).reshape(-1) for a, b in zip(above, below)])
        outputs = len(rows[0]) if rows else 0
        jacobians.append([_core.stack([row[j] for row in rows]) for j in range(outputs)])
    return jacobians


def _gradients(output: Tensor, inputs: Sequence[Tensor], grad: Tensor) -> tuple[Tensor, ...]:
    result: tuple[Tensor, ...] = _core._grad(
        output, inputs, grad, retain_graph=True, allow_unused=True, materialize_grads=True
    )
    return result


def _analytical(output: Tensor, inputs: Sequence[Tensor]) -> list[Tensor]:
    """For each input the Jacobian of `output`, of shape (input, output), by one backward an element."""
    columns: list[list[Tensor]] = [[] for _ in inputs]
    for k in range(output.numel()):
        grad = _core.zeros_like(output).reshape(-1)
        grad[k] = 1
        for column, g in zip(columns, _gradients(output, inputs, grad.reshape(output.shape))):
            column.append(g.reshape(-1))
    return [_core.stack(column, 1) if column else _core.zeros(0, 0) for column in columns]


def _is_close(got: Tensor, want: Tensor, rtol: float, atol: float) -> bool:
    want = want.to(got.dtype)
    return bool(((got - want).abs() <= atol + rtol * want.abs()).all().item())


def _check_jacobians(
    func: Function, inputs: tuple[Any, ...], eps: float, atol: float, rtol: float, nondet_tol: float
) -> None:
    wanted = [x for x in inputs if _needs_grad(x)]
    with _core.enable_grad():
        outputs = _differentiable(func(*inputs))
    if not outputs:
        for jacobian in itertools.chain(*_numerical(func, inputs, _as_tuple, eps)):
            if not _is_close(jacobian, _core.zeros_like(jacobian), 0, 1e-12):
                raise GradcheckError("Numerical gradient for function expected to be zero")
        return
    numerical = _numerical(func, inputs, _differentiable, eps)
    for j, output in enumerate(outputs):
        analytical, again = _analytical(output, wanted), _analytical(output, wanted)
        for i, (jacobian, want) in enumerate(zip(analytical, [row[j] for row in numerical if row])):
            if not _is_close(jacobian, want, rtol, atol):
                raise GradcheckError(
                    f"Jacobian mismatch for output {j} with respect to input {i},\n"
                    f"numerical:{want}\nanalytical:{jacobian}\n"
                )
            if not _is_close(jacobian, again[i], 0, nondet_tol):
                raise GradcheckError(NOT_REENTRANT.format(nondet_tol))


def _check_zero_gradient(func: Function, inputs: tuple[Any, ...], wanted: list[Tensor], check_dtypes: bool) -> None:
    """A gradient of zeros has to come back as zeros, of the inputs' shapes."""
    outputs = _differentiable(func(*inputs))
    if not outputs:
        return
    grads = _core._grad(outputs, wanted, [_core.zeros_like(o) for o in outputs], allow_unused=True)
    for x, g in zip(wanted, grads):
        if g is None:
            continue
        if not bool((g == 0).all().item()):
            raise GradcheckError("backward not multiplied by grad_output")
        if g.shape != x.shape:
            raise GradcheckError("grad is incorrect size")
        if check_dtypes and g.dtype != x.dtype:
            raise GradcheckError("grad is incorrect type")


def _check_undefined_gradient(func: Function, inputs: tuple[Any, ...], wanted: list[Tensor]) -> None:
    """A backward that gets no gradient for one of its outputs, or for any, has to give none or zeros."""
    count = len(_differentiable(func(*inputs)))
    for undefined in ({*range(count)}, *({k} for k in range(count))):
        outputs = _differentiable(func(*inputs))
        grads: list[Tensor | None] = _undefined_pass(outputs, wanted, undefined)
        if len(undefined) == count and any(g is not None and not bool((g == 0).all().item()) for g in grads):
            raise GradcheckError(
                "Expected all input grads to be undefined or zero when all output grads are undefined or zero. "
                'Please look at "Notes about undefined output gradients" in "tools/autograd/derivatives.yaml"'
            )


def _undefined_pass(outputs: Sequence[Tensor], wanted: list[Tensor], undefined: set[int]) -> list[Tensor | None]:
    """Gradients where those of the `undefined` outputs never arrive."""

    class Stop(CustomFunction):
        @staticmethod
        def forward(ctx: Any, *args: Tensor) -> Any:
            ctx.set_materialize_grads(False)
            return tuple(a.clone() for a in args)

        @staticmethod
        def backward(ctx: Any, *grads: Tensor | None) -> Any:
            return tuple(None if k in undefined else g for k, g in enumerate(grads))

    stopped = Stop.apply(*outputs)
    try:
        return list(_core._grad(stopped, wanted, [_core.ones_like(o) for o in outputs], allow_unused=True))
    except RuntimeError as error:
        raise GradcheckError(UNDEFINED_GRAD) from error


def _check_batched(outputs: Sequence[Tensor], wanted: list[Tensor]) -> None:
    for output in outputs:
        grads = _core.stack([_core.randn_like(output) for _ in range(2)])
        together = _core._grad(output, wanted, grads, retain_graph=True, allow_unused=True, is_grads_batched=True)
        for b in range(2):
            alone = _core._grad(output, wanted, grads[b], retain_graph=True, allow_unused=True)
            for got, want in zip(together, alone):
                if got is not None and not _is_close(got[b], want, 1e-5, 1e-8):
                    raise GradcheckError("gradcheck: batched gradients differ from gradients one by one")


def gradcheck(
    func: Function,
    inputs: Tensor | Sequence[Any],
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_batched_forward_grad: bool = False,
    check_forward_ad: bool = False,
    check_backward_ad: bool = True,
    fast_mode: bool = False,
    masked: bool | None = None,
) -> bool:
    """True where the gradients of func(*inputs) agree with central differences of step eps.

    inputs: those that require grad should be float64. |analytical - numerical| <= atol + rtol * |numerical| is
    asked of every element. Also checked: backward gives the same (within nondet_tol) when it is run again, zeros for
    a gradient of zeros, and does without undefined gradients. fast_mode compares all elements too.
    Raises GradcheckError, or returns False where raise_exception is False; ValueError where no input requires grad.

    >>> import tapegrad as tg
    >>> x = tg.tensor([0.5, 2.], dtype=tg.float64, requires_grad=True)
    >>> tg.autograd.gradcheck(lambda x: (x * x).log(), x)
    True
    """
    if not (check_forward_ad or check_backward_ad):
        raise AssertionError("Expected at least one of check_forward_ad or check_backward_ad to be True")
    if check_batched_grad and not check_backward_ad:
        raise AssertionError("Setting check_batched_grad=True requires check_backward_ad to be True")
    if check_forward_ad or check_batched_forward_grad:
        raise NotImplementedError("tapegrad has no forward-mode derivatives: check_forward_ad must be False")
    arguments = _as_tuple(inputs)
    try:
        _check_inputs(arguments)
        wanted = [x for x in arguments if _needs_grad(x)]
        _check_jacobians(func, arguments, eps, atol, rtol, nondet_tol)
        outputs = _differentiable(func(*arguments))
        if not outputs:
            return True
        if check_batched_grad:
            _check_batched(outputs, wanted)
        _check_zero_gradient(func, arguments, wanted, check_grad_dtypes)
        if check_undefined_grad:
            _check_undefined_gradient(func, arguments, wanted)
    except GradcheckError:
        if raise_exception:
            raise
        return False
    return True


def gradgradcheck(
    func: Function,
    inputs: Tensor | Sequence[Any],
    grad_outputs: Tensor | Sequence[Tensor | None] | None = None,
    *,
    eps: float = 1e-6,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    gen_non_contig_grad_outputs: bool = False,
    raise_exception: bool = True,
    nondet_tol: float = 0.0,
    check_undefined_grad: bool = True,
    check_grad_dtypes: bool = False,
    check_batched_grad: bool = False,
    check_fwd_over_rev: bool = False,
    check_rev_over_rev: bool = True,
    fast_mode: bool = False,
    masked: bool = False,
) -> bool:
    """gradcheck() of the gradients of func: True where its second derivatives agree with finite differences.

    grad_outputs: where the derivative is taken; random where left out, then also differentiated.

    >>> import tapegrad as tg
    >>> x = tg.tensor([0.5, 2.], dtype=tg.float64, requires_grad=True)
    >>> tg.autograd.gradgradcheck(tg.sin, x)
    True
    """
    if not (check_fwd_over_rev or check_rev_over_rev):
        raise AssertionError("Expected at least one of check_fwd_over_rev or check_rev_over_rev to be True")
    if check_fwd_over_rev:
        raise NotImplementedError("tapegrad has no forward-mode derivatives: check_fwd_over_rev must be False")
    arguments = _as_tuple(inputs)
    wanted = [i for i, x in enumerate(arguments) if _needs_grad(x)]
    if grad_outputs is None:
        generator = _core.Generator()
        generator.manual_seed(0)
        grads: tuple[Any, ...] = tuple(
            _noncontiguous(g) if gen_non_contig_grad_outputs else g.requires_grad_()
            for g in (
                _core.randn(o.shape, dtype=o.dtype if o.is_floating_point() else _core.float64, generator=generator)
                for o in _differentiable(func(*arguments))
            )
        )
    else:
        grads = _as_tuple(grad_outputs)
    count = len(grads)

    def gradients(*args: Any) -> tuple[Tensor, ...]:
        given, at = args[: len(args) - count], args[len(args) - count :]
        outputs = _differentiable(func(*given))
        targets = tuple(given[i] for i in wanted)
        result = _core._grad(outputs, targets, list(at), create_graph=True, allow_unused=True)
        return tuple(g for g in result if g is not None)

    return gradcheck(
        gradients,
        (*arguments, *grads),
        eps=eps,
        atol=atol,
        rtol=rtol,
        raise_exception=raise_exception,
        nondet_tol=nondet_tol,
        check_undefined_grad=check_undefined_grad,
        check_grad_dtypes=check_grad_dtypes,
        check_batched_grad=check_batched_grad,
        fast_mode=fast_mode,
        masked=masked,
    )


def _noncontiguous(t: Tensor) -> Tensor:
    """The same values with a gap after each."""
    if t.dim() == 0:
        return t.requires_grad_()
    return _core.stack([t, t], -1)[..., 0].detach().requires_grad_()
