"""Gradient clipping, and parameters as one vector."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from types import GeneratorType

from ... import _core
from ..._core import Tensor
from ...utils.naming import type_name
from . import rnn as rnn

__all__ = [
    "clip_grad_norm_", "clip_grad_value_", "clip_grads_with_norm_", "get_total_norm",
    "parameters_to_vector", "vector_to_parameters",
]  # fmt: skip


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
    return _core._total_norm(_listed(tensors), float(norm_type), error_if_nonfinite)


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
    _core._clip_grads_with_norm(_listed(parameters), float(max_norm), total_norm)


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
    params = _listed(parameters)
    if not params and isinstance(parameters, GeneratorType):
        warnings.warn("`parameters` is an empty generator, no gradient clipping will occur.", stacklevel=2)
    return _core._clip_grad_norm(params, float(max_norm), float(norm_type), error_if_nonfinite)


def clip_grad_value_(parameters: Tensor | Iterable[Tensor], clip_value: float, foreach: bool | None = None) -> None:
    """Limits every element of the gradients to [-clip_value, clip_value].

    >>> import tapegrad as tg
    >>> w = tg.zeros(2, requires_grad=True)
    >>> w.grad = tg.tensor([-3.0, 0.5])
    >>> tg.nn.utils.clip_grad_value_(w, 1.0)
    >>> w.grad
    tensor([-1.0000,  0.5000])
    """
    _core._clip_grad_value(_listed(parameters), float(clip_value))


def _listed(parameters: Tensor | Iterable[Tensor]) -> list[Tensor]:
    return [parameters] if isinstance(parameters, Tensor) else list(parameters)


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
