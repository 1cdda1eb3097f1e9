"""Tools that look into the graph: hooks on saved tensors, hooks on several tensors, edges."""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, Literal, NamedTuple

from .. import _core
from .._core import Tensor
from .._hooks import RemovableHandle

__all__ = [
    "GradientEdge",
    "disable_saved_tensors_hooks",
    "get_gradient_edge",
    "increment_version",
    "register_multi_grad_hook",
    "save_on_cpu",
    "saved_tensors_hooks",
]

_thread = threading.local()


class saved_tensors_hooks:
    """A `with` block in which pack_hook(tensor) decides what the graph keeps of each tensor that it saves.

    unpack_hook(packed) must give a tensor of the same values back when backward needs it. The hooks run without
    recording; of nested blocks the innermost counts. Raises RuntimeError where pack_hook changes its tensor in place.

    >>> import tapegrad as tg
    >>> x = tg.ones(2, requires_grad=True)
    >>> with tg.autograd.graph.saved_tensors_hooks(lambda t: t.double(), lambda packed: packed.float()):
    ...     y = x.exp().sum()
    >>> y.backward()
    >>> x.grad
    tensor([2.7183, 2.7183])
    """

    def __init__(self, pack_hook: Callable[[Tensor], Any], unpack_hook: Callable[[Any], Tensor]) -> None:
        self.pack_hook = pack_hook
        self.unpack_hook = unpack_hook

    def __enter__(self) -> None:
        refused = getattr(_thread, "refused", None)
        if refused is not None:
            raise RuntimeError(refused)
        _core._push_saved_hooks(self.pack_hook, self.unpack_hook)

    def __exit__(self, *args: object) -> None:
        _core._pop_saved_hooks()


class save_on_cpu(saved_tensors_hooks):
    """A `with` block in which the graph keeps copies of what it saves: later changes in place do no harm."""

    def __init__(self, pin_memory: bool = False, device_type: str = "cuda") -> None:
        super().__init__(lambda tensor: tensor.detach().clone(), lambda packed: packed)


@contextmanager
def disable_saved_tensors_hooks(error_message: str) -> Generator[None, None, None]:
    """A `with` block in which saved_tensors_hooks raises RuntimeError(error_message).

    >>> import tapegrad as tg
    >>> with tg.autograd.graph.disable_saved_tensors_hooks("not here"), tg.autograd.graph.save_on_cpu():
    ...     pass
    Traceback (most recent call last):
    RuntimeError: not here
    """
    before = getattr(_thread, "refused", None)
    _thread.refused = error_message
    try:
        yield
    finally:
        _thread.refused = before


class _Handles:
    """Removes several hooks at once."""

    def __init__(self, handles: Sequence[RemovableHandle]) -> None:
        self.handles = handles

    def _remove_hook(self, id: int) -> None:
        for handle in self.handles:
            handle.remove()


def register_multi_grad_hook(
    tensors: Sequence[Tensor],
    fn: Callable[[Sequence[Tensor | None]], None] | Callable[[Tensor], None],
    *,
    mode: Literal["all", "any"] = "all",
) -> RemovableHandle:
    """Calls fn once in a backward that computes gradients of `tensors`.

    mode "all": fn(gradients) when all are known that this backward computes, None for the others; mode "any":
    fn(gradient) for the first. What fn returns is not used.

    >>> import tapegrad as tg
    >>> a, b = tg.ones(1, requires_grad=True), tg.ones(1, requires_grad=True)
    >>> handle = tg.autograd.graph.register_multi_grad_hook((a, b), lambda grads: print(grads))
    >>> (a * 2 + b * 3).backward()
    [tensor([2.]), tensor([3.])]
    >>> handle.remove()
    """
    if mode not in ("all", "any"):
        raise ValueError(f"Expects mode to be one of ('all', 'any') but got {mode}")
    for tensor in tensors:
        if not tensor.requires_grad:
            raise RuntimeError("cannot register a hook on a tensor that doesn't require gradient")
    lock = threading.Lock()
    call: Any = fn
    if mode == "any":
        seen: list[int] = []

        def first(grad: Tensor) -> None:
            with lock:
                run = _core._current_backward()
                if run in seen:
                    return
                seen[:] = [*seen[-64:], run]  # backward passes that run at the same time are few
            call(grad)

        handles = [tensor.register_hook(first) for tensor in tensors]
        return RemovableHandle(_Handles(handles), -1)

    waiting: dict[int, tuple[int, list[Tensor | None]]] = {}  # of each backward: how many are missing

    def collect(index: int, grad: Tensor) -> None:
        with lock:
            run = _core._current_backward()
            if run not in waiting:
                expected = sum(map(_core._will_receive_gradient, tensors))
                waiting[run] = (expected, [None] * len(tensors))
            missing, grads = waiting[run]
            grads[index] = grad
            waiting[run] = (missing - 1, grads)
            if missing > 1:
                return
            del waiting[run]
        call(grads)

    handles = [tensor.register_hook(partial(collect, i)) for i, tensor in enumerate(tensors)]
    return RemovableHandle(_Handles(handles), -1)


class GradientEdge(NamedTuple):
    """Where the gradient of a tensor goes: a node and which of its outputs the tensor was."""

    node: Any
    output_nr: int


def get_gradient_edge(tensor: Tensor) -> GradientEdge:
    """The edge of a tensor that requires grad; of a leaf it leads to its AccumulateGrad.

    >>> import tapegrad as tg
    >>> tg.autograd.graph.get_gradient_edge(tg.ones(1, requires_grad=True) * 2).node.name()
    'MulBackward0'
    """
    if not tensor.requires_grad:
        raise RuntimeError("It is not possible to get the gradient edge for a Tensor that does not require gradients")
    node = tensor.grad_fn
    if node is None:
        with _core.enable_grad():
            node = tensor.view_as(tensor).grad_fn.next_functions[0][0]
    return GradientEdge(node, tensor.output_nr)


def increment_version(tensor: Tensor | Sequence[Tensor]) -> None:
    """Counts a change in place that the library did not see, so that backward notices it."""
    for t in (tensor,) if isinstance(tensor, Tensor) else tensor:
        _core._increment_version(t)
