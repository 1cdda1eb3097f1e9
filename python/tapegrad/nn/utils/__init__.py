"""Gradient clipping, and parameters as one vector."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ... import _core
from ..._core import Tensor
from ...utils.naming import type_name
from . import rnn as rnn

__all__ = [
    "clip_grad_norm_", "clip_grad_value_", "clip_grads_with_norm_", "get_total_norm",
    "parameters_to_vector", "vector_to_parameters",
]  # fmt: skip


def _norm(values: Tensor, norm_type: float) -> Tensor:
    values = values.abs()
    if norm_type == float("inf"):
        return values.max()
    if norm_type == 2.0:
        return values.square().sum().sqrt()
    if norm_type == 1.0:
        return values.sum()
    if norm_type == 0.0:
        return (values != 0).to(values.dtype).sum()
    return values.pow(norm_type).sum().pow(1.0 / norm_type)


def get_total_norm(
    tensors: Tensor | Iterable[Tensor],
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """Norm of the norms of `tensors`; 0 where there are none.

    Raises RuntimeError where it is not finite and error_if_nonfinite.

    >>> import tapegrad as tg
    >>> tg.nn.utils.get_total_norm([tg.tensor([3.0]), tg.tensor([4.0])])
    tensor(5.)
    """
    tensors = [tensors] if isinstance(tensors, Tensor) else list(tensors)
    norm_type = float(norm_type)
    if not tensors:
        return _core.tensor(0.0)
    with _core.no_grad():
        total = _norm(_core.stack([_norm(tensor, norm_type) for tensor in tensors]), norm_type)
    if error_if_nonfinite and not total.isfinite().item():
        raise RuntimeError(
            f"The total norm of order {norm_type} for gradients from `parameters` is non-finite, "
            "so it cannot be "
            "clipped. To disable this error and scale the gradients by the non-finite norm "
            "anyway, set "
            "`error_if_nonfinite=False`"
        )
    return total


def clip_grads_with_norm_(
    parameters: Tensor | Iterable[Tensor],
    max_norm: float,
    total_norm: Tensor,
    foreach: bool | None = None,
) -> None:
    """Scales the gradients by max_norm / (total_norm + 1e-6) where that is below 1.

    >>> import tapegrad as tg
    >>> w = tg.zeros(1, requires_grad=True)
    >>> w.grad = tg.tensor([4.0])
    >>> tg.nn.utils.clip_grads_with_norm_(w, 2.0, tg.tensor(4.0))
    >>> w.grad
    tensor([2.0000])
    """
    with _core.no_grad():
        scale = (float(max_norm) / (total_norm + 1e-6)).clamp(max=1.0)
        for grad in _grads(parameters):
            grad.mul_(scale)


def clip_grad_norm_(
    parameters: Tensor | Iterable[Tensor],
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
    foreach: bool | None = None,
) -> Tensor:
    """Scales the gradients so that their total norm is at most max_norm; returns the norm before.

    >>> import tapegrad as tg
    >>> w = tg.zeros(2, requires_grad=True)
    >>> w.grad = tg.tensor([3.0, 4.0])
    >>> tg.nn.utils.clip_grad_norm_([w], 1.0)
    tensor(5.)
    >>> w.grad
    tensor([0.6000, 0.8000])
    """
    params = [parameters] if isinstance(parameters, Tensor) else list(parameters)
    total = get_total_norm(_grads(params), norm_type, error_if_nonfinite, foreach)
    clip_grads_with_norm_(params, max_norm, total, foreach)
    return total


def clip_grad_value_(parameters: Tensor | Iterable[Tensor], clip_value: float, foreach: bool | None = None) -> None:
    """Limits every element of the gradients to [-clip_value, clip_value].

    >>> import tapegrad as tg
    >>> w = tg.zeros(2, requires_grad=True)
    >>> w.grad = tg.tensor([-3.0, 0.5])
    >>> tg.nn.utils.clip_grad_value_(w, 1.0)
    >>> w.grad
    tensor([-1.0000,  0.5000])
    """
    limit = float(clip_value)
    with _core.no_grad():
        for grad in _grads(parameters):
            grad.clamp_(min=-limit, max=limit)


def _grads(parameters: Tensor | Iterable[Tensor]) -> list[Any]:
    params = [parameters] if isinstance(parameters, Tensor) else parameters
    return [param.grad for param in params if param.grad is not None]


def parameters_to_vector(parameters: Iterable[Tensor]) -> Tensor:
    """All elements of the parameters, one after the other.

    >>> import tapegrad as tg
    >>> tg.nn.utils.parameters_to_vector([tg.zeros(2), tg.ones(1, 1)])
    tensor([0., 0., 1.])
    """
    return _core.cat([param.reshape(-1) for param in parameters])


def vector_to_parameters(vec: Tensor, parameters: Iterable[Tensor]) -> None:
    """Makes the parameters' data views of consecutive parts of `vec`.

    Raises TypeError where `vec` is no tensor.

    >>> import tapegrad as tg
    >>> w = tg.zeros(2, 1)
    >>> tg.nn.utils.vector_to_parameters(tg.tensor([1.0, 2.0]), [w])
    >>> w.tolist()
    [[1.0], [2.0]]
    """
    if not isinstance(vec, Tensor):
        raise TypeError(f"expected torch.Tensor, but got: {type_name(vec)}")
    start = 0
    for param in parameters:
        count = param.numel()
        param.data = vec[start : start + count].view_as(param).data
        start += count
