"""RMSprop (Tieleman & Hinton 2012), centered as in Graves 2013."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .._core import _rmsprop_step
from .optimizer import Optimizer, ParamsT, check_implementation, check_not_negative, check_rate

__all__ = ["RMSprop"]


class RMSprop(Optimizer):
    """v = alpha * v + (1 - alpha) * g * g;  p -= lr * g / (sqrt(v) + eps).

    centered subtracts the square of the mean gradient from v; momentum keeps b = momentum * b + g /
    (sqrt(v) + eps) and subtracts lr * b. Raises ValueError for negative options.

    >>> import tapegrad as tg
    >>> w = tg.tensor([1.0], requires_grad=True)
    >>> w.grad = tg.tensor([4.0])
    >>> tg.optim.RMSprop([w], lr=0.25, alpha=0.0, eps=0.0).step()
    >>> w.tolist()
    [0.75]
    """

    def __init__(
        self,
        params: ParamsT,
        lr: Any = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0,
        momentum: float = 0,
        centered: bool = False,
        capturable: bool = False,
        foreach: bool | None = None,
        maximize: bool = False,
        differentiable: bool = False,
    ) -> None:
        check_rate(lr)
        check_not_negative("epsilon value", eps)
        check_not_negative("momentum value", momentum)
        check_not_negative("weight_decay value", weight_decay)
        check_not_negative("alpha value", alpha)
        check_implementation(foreach, differentiable)
        defaults = {
            "lr": lr,
            "momentum": momentum,
            "alpha": alpha,
            "eps": eps,
            "centered": centered,
            "weight_decay": weight_decay,
            "capturable": capturable,
            "foreach": foreach,
            "maximize": maximize,
            "differentiable": differentiable,
        }
        super().__init__(params, defaults)

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """One step; returns the loss that `closure` computes, if given."""
        loss = None if closure is None else self._evaluate(closure)
        for group in self.param_groups:
            _rmsprop_step(
                group["params"],
                self.state,
                group["lr"],
                group["alpha"],
                group["eps"],
                group["weight_decay"],
                group["momentum"],
                group["centered"],
                group["maximize"],
            )
        return loss
