"""Adam (Kingma & Ba 2014), with AMSGrad (Reddi, Kale & Kumar 2018)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .._core import Tensor, _adam_step
from .optimizer import Optimizer, ParamsT, check_implementation, check_not_negative, check_rate

__all__ = ["Adam"]


class Adam(Optimizer):
    """m = b1 * m + (1 - b1) * g;  v = b2 * v + (1 - b2) * g * g;  p -= lr * M / (sqrt(V) + eps).

    M and V are m and v without their bias towards zero: divided by 1 - b**t at step t. weight_decay
    adds to g, or shrinks p by lr * weight_decay where decoupled_weight_decay; amsgrad uses the
    largest v so far.
    Raises ValueError for negative options and betas outside [0, 1).

    >>> import tapegrad as tg
    >>> w = tg.tensor([1.0], requires_grad=True)
    >>> optimizer = tg.optim.Adam([w], lr=0.5)
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w
    tensor([0.5000], requires_grad=True)
    """

    def __init__(
        self,
        params: ParamsT,
        lr: Any = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0,
        amsgrad: bool = False,
        *,
        foreach: bool | None = None,
        maximize: bool = False,
        capturable: bool = False,
        differentiable: bool = False,
        fused: bool | None = None,
        decoupled_weight_decay: bool = False,
    ) -> None:
        check_rate(lr)
        check_not_negative("epsilon value", eps)
        for i in (0, 1):
            if not 0.0 <= betas[i] < 1.0:
                raise ValueError(f"Invalid beta parameter at index {i}: {betas[i]}")
        check_not_negative("weight_decay value", weight_decay)
        if not (all(isinstance(b, float) for b in betas) or all(isinstance(b, Tensor) for b in betas)):
            raise ValueError("betas must be either both floats or both Tensors")
        check_implementation(foreach, differentiable, fused)
        defaults = {
            "lr": lr,
            "betas": tuple(float(beta) for beta in betas),
            "eps": eps,
            "weight_decay": weight_decay,
            "amsgrad": amsgrad,
            "maximize": maximize,
            "foreach": foreach,
            "capturable": capturable,
            "differentiable": differentiable,
            "fused": fused,
            "decoupled_weight_decay": decoupled_weight_decay,
        }
        super().__init__(params, defaults)

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """One step; returns the loss that `closure` computes, if given."""
        loss = None if closure is None else self._evaluate(closure)
        for group in self.param_groups:
            beta1, beta2 = group["betas"]
            _adam_step(
                group["params"],
                self.state,
                group["lr"],
                beta1,
                beta2,
                group["eps"],
                group["weight_decay"],
                group["amsgrad"],
                group["maximize"],
                group["decoupled_weight_decay"],
            )
        return loss
