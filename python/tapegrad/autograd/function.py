"""Custom autograd functions."""

from __future__ import annotations

from typing import Any, ClassVar

from .. import _core
from .._core import Tensor


class FunctionCtx:
    """What forward and backward of one call of a Function share."""

    needs_input_grad: tuple[bool, ...] = ()
    _to_save: tuple[Any, ...] | None = None
    _dirty: tuple[Tensor, ...] = ()
    _no_gradient: tuple[Tensor, ...] = ()
    _materialize: bool = True
    _node: Any = None
    _function: ClassVar[type[Function]]

    def save_for_backward(self, *tensors: Tensor | None) -> None:
        """Keeps inputs or outputs for backward; in-place changes of them are noticed there."""
        self._to_save = tensors

    @property
    def saved_tensors(self) -> tuple[Tensor, ...]:
        """The tensors of save_for_backward(). Raises RuntimeError after the graph was freed."""
        if self._node is None:
            return self._to_save or ()
        saved: tuple[Tensor, ...] = _core._saved_tensors(self._node)
        return saved

    def mark_dirty(self, *tensors: Tensor) -> None:
        """Says which inputs forward changes in place."""
        self._dirty = tensors

    def mark_non_differentiable(self, *tensors: Tensor) -> None:
        """Says which outputs have no gradient."""
        self._no_gradient = tensors

    def set_materialize_grads(self, value: bool) -> None:
        """Whether backward gets zeros (default) or None for outputs that were not used."""
        self._materialize = value

    def _run_backward(self, grads: tuple[Tensor | None, ...]) -> Any:
        return self._function.backward(self, *grads)


class Function:
    """Base of custom differentiable functions: define static forward(ctx, ...) and backward(ctx, *grads).

    backward returns one gradient (or None) for each argument of forward. Alternatively forward(...) takes no ctx and
    a static setup_context(ctx, inputs, output) fills it.

    >>> import tapegrad as tg
    >>> class Double(tg.autograd.Function):
    ...     @staticmethod
    ...     def forward(ctx, x):
    ...         return x * 2
    ...     @staticmethod
    ...     def backward(ctx, grad):
    ...         return grad * 2
    >>> x = tg.ones(2, requires_grad=True)
    >>> Double.apply(x)
    tensor([2., 2.], grad_fn=<DoubleBackward>)
    """

    _ctx_type: ClassVar[type[FunctionCtx]]

    def __init__(self) -> None:
        raise RuntimeError(
            f"{type(self)} should not be instantiated. Methods on autograd functions are all static, so you should "
            "invoke them on the class itself: use apply()."
        )

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls._ctx_type = type(cls.__name__ + "Backward", (FunctionCtx,), {"_function": cls})

    @staticmethod
    def forward(*args: Any, **kwargs: Any) -> Any:
        """Computes the result; to be defined."""
        raise NotImplementedError("You must implement the forward function for custom autograd.Function.")

    @staticmethod
    def setup_context(ctx: Any, inputs: tuple[Any, ...], output: Any) -> Any:
        """Fills ctx after forward, where forward takes none."""
        raise NotImplementedError("setup_context is not implemented.")

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Any) -> Any:
        """Gradients of the arguments of forward; to be defined."""
        raise NotImplementedError("You must implement the backward function for custom autograd.Function.")

    @classmethod
    def apply(cls, *args: Any) -> Any:
        """Runs forward and records it."""
        ctx = cls._ctx_type()
        ctx.needs_input_grad = tuple(isinstance(a, Tensor) and a.requires_grad for a in args)
        recording = _core.is_grad_enabled() and any(ctx.needs_input_grad)
        with _core.no_grad():
            if cls.setup_context is not Function.setup_context:
                output = cls.forward(*args)
                cls.setup_context(ctx, args, output)
            else:
                output = cls.forward(ctx, *args)
        if not recording:
            return output
        single = not isinstance(output, (tuple, list))
        outputs = [output] if single else list(output)
        made = _core._record_function(
            ctx, cls._ctx_type.__name__, args, outputs, ctx._to_save, ctx._dirty, ctx._no_gradient, ctx._materialize
        )
        ctx._to_save = None
        return made[0] if single else tuple(made)
