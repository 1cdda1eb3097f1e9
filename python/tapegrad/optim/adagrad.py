"""Adagrad (Duchi, Hazan & Singer 2011)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .. import _core
from .._core import _adagrad_step
from .optimizer import Optimizer, ParamsT, check_implementation, check_not_negative, check_rate

__all__ = ["Adagrad"]


class Adagrad(Optimizer):
    """g += weight_decay * p;  sum += g * g;  p -= lr / (1 + t * lr_decay) * g / (sqrt(sum) + eps).

    t counts the steps from 0; the sums start from initial_accumulator_value; maximize changes the
    sign of g.
    Raises ValueError for negative options.

    >>> import tapegrad as tg
    >>> w = tg.tensor([1.0], requires_grad=True)
    >>> optimizer = tg.optim.Adagrad([w], lr=0.25)
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w.tolist(), optimizer.state[w]["sum"].tolist()
    ([0.75], [4.0])
    """

    def __init__(
        self,
        params: ParamsT,
        lr: Any = 1e-2,
        lr_decay: float = 0,
        weight_decay: float = 0,
        initial_accumulator_value: float = 0,
        eps: float = 1e-10,
        foreach: bool | None = None,
        *,
        maximize: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
    ) -> None:
        check_rate(lr)
        check_not_negative("lr_decay value", lr_decay)
        check_not_negative("weight_decay value", weight_decay)
        check_not_negative("initial_accumulator_value value", initial_accumulator_value)
        check_not_negative("epsilon value", eps)
        check_implementation(foreach, differentiable, fused)
        defaults = {
            "lr": lr,
            "lr_decay": lr_decay,
            "eps": eps,
            "weight_decay": weight_decay,
            "initial_accumulator_value": initial_accumulator_value,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
            "fused": fused,
        }
        super().__init__(params, defaults)
        for group in self.param_groups:
            for param in group["params"]:
                self.state[param] = {
                    "step": _core.tensor(0.0),
                    "sum": _core.full_like(param, initial_accumulator_value),
                }

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """One step; returns the loss that `closure` computes, if given."""
        loss = None if closure is None else self._evaluate(closure)
        for group in self.param_groups:
            _adagrad_step(
                group["params"],
                self.state,
                group["lr"],
                group["lr_decay"],
                group["weight_decay"],
                group["initial_accumulator_value"],
                group["eps"],
                group["maximize"],
            )
        return loss
