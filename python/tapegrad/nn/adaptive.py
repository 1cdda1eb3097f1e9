"""Losses that hold the output layer of a classifier: for many classes, and fused with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from .. import _core
from .._core import Tensor
from . import functional
from .container import ModuleList, Sequential
from .linear import Linear
from .loss import _WeightedLoss
from .module import Module

__all__ = ["AdaptiveLogSoftmaxWithLoss", "LinearCrossEntropyLoss"]


class ASMoutput(NamedTuple):
    """What AdaptiveLogSoftmaxWithLoss returns: the target's log-probabilities, and the loss."""

    output: Tensor
    loss: Tensor


class AdaptiveLogSoftmaxWithLoss(Module):
    """Log-softmax over many classes, sorted by falling frequency, in clusters: the head knows the
    classes below cutoffs[0] and one entry for each further cluster, whose layers shrink by
    div_value from one to the next (Grave et al. 2017).

    input: (N, in_features) or (in_features), target: (N) or (). Returns (output, loss).

    >>> import tapegrad as tg
    >>> layer = tg.nn.AdaptiveLogSoftmaxWithLoss(8, 20, cutoffs=[5, 10], div_value=2.0)
    >>> layer(tg.ones(3, 8), tg.tensor([0, 7, 19])).output.shape
    torch.Size([3])
    """

    def __init__(
        self,
        in_features: int,
        n_classes: int,
        cutoffs: Sequence[int],
        div_value: float = 4.0,
        head_bias: bool = False,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        cutoffs = list(cutoffs)
        if not cutoffs:
            raise ValueError("cutoffs should be a sequence of length larger than 0")
        if (
            cutoffs != sorted(cutoffs)
            or min(cutoffs) <= 0
            or max(cutoffs) > n_classes - 1
            or len(set(cutoffs)) != len(cutoffs)
            or any(int(c) != c for c in cutoffs)
        ):
            raise ValueError(
                "cutoffs should be a sequence of unique, positive integers sorted in an increasing order, where "
                "each value is between 1 and n_classes-1"
            )
        self.in_features = in_features
        self.n_classes = n_classes
        self.cutoffs = [*cutoffs, n_classes]
        self.div_value = div_value
        self.head_bias = head_bias
        self.shortlist_size = self.cutoffs[0]
        self.n_clusters = len(self.cutoffs) - 1
        self.head_size = self.shortlist_size + self.n_clusters
        options: dict[str, Any] = {"device": device, "dtype": dtype}
        self.head = Linear(in_features, self.head_size, bias=head_bias, **options)
        self.tail = ModuleList()
        for number in range(self.n_clusters):
            hidden = int(in_features // (div_value ** (number + 1)))
            classes = self.cutoffs[number + 1] - self.cutoffs[number]
            self.tail.append(
                Sequential(
                    Linear(in_features, hidden, bias=False, **options), Linear(hidden, classes, bias=False, **options)
                )
            )

    def reset_parameters(self) -> None:
        """Draws new initial values."""
        for layer in self.modules():
            if isinstance(layer, Linear):
                layer.reset_parameters()

    def forward(self, input: Tensor, target: Tensor) -> ASMoutput:
        """Log-probabilities of the target classes, and minus their mean."""
        if target.dim() > 1:
            raise RuntimeError("0D or 1D target tensor expected, multi-target not supported")
        if target.dim() == 1 and input.dim() != 2:
            raise RuntimeError(f"1D target tensor expects 2D input tensors, but found inputs with size {input.size()}")
        if target.dim() == 0 and input.dim() != 1:
            raise RuntimeError(f"0D target tensor expects 1D input tensors, but found inputs with size {input.size()}")
        if target.dim() == 1 and input.shape[0] != target.shape[0]:
            raise RuntimeError("Input and target should have the same size in the batch dimension.")
        single = target.dim() == 0
        if single:
            input, target = input.unsqueeze(0), target.unsqueeze(0)
        if target.numel() and not 0 <= int(target.min()) <= int(target.max()) < self.n_classes:
            raise RuntimeError(
                f"Target values should be in [0, {self.n_classes - 1}], but values in range "
                f"[{target.min().item()}, {target.max().item()}] were found. "
            )
        entry = target  # of the head: the class itself, or its cluster
        output = _core.zeros(target.shape[0], dtype=input.dtype)
        for number, layers in enumerate(self.tail):
            low, high = self.cutoffs[number], self.cutoffs[number + 1]
            inside = (target >= low) & (target < high)
            rows = inside.nonzero().squeeze(1)
            if not rows.numel():
                continue
            entry = entry.masked_fill(inside, self.shortlist_size + number)
            part = layers(input.index_select(0, rows)).log_softmax(1)
            relative = (target.index_select(0, rows) - low).unsqueeze(1)
            output = output.index_add(0, rows, part.gather(1, relative).squeeze(1))
        output = output + self.head(input).log_softmax(1).gather(1, entry.unsqueeze(1)).squeeze(1)
        loss = (-output).mean()
        return ASMoutput(output.squeeze(0) if single else output, loss)

    def log_prob(self, input: Tensor) -> Tensor:
        """Log-probabilities of all classes: (N, in_features) gives (N, n_classes)."""
        head = self.head(input).log_softmax(1)
        parts = [head[:, : self.shortlist_size]]
        for number, layers in enumerate(self.tail):
            at = self.shortlist_size + number
            parts.append(layers(input).log_softmax(1) + head[:, at : at + 1])
        return _core.cat(parts, 1)

    def predict(self, input: Tensor) -> Tensor:
        """The most probable class of each row."""
        return self.log_prob(input).argmax(1)


class LinearCrossEntropyLoss(_WeightedLoss):
    """CrossEntropyLoss of a Linear's output; see functional.linear_cross_entropy().

    >>> import tapegrad as tg
    >>> tg.nn.LinearCrossEntropyLoss(3, 4)(tg.zeros(2, 3), tg.tensor([0, 1]))
    tensor(1.3863, grad_fn=<NllLossBackward0>)
    """

    def __init__(
        self,
        in_features: int,
        num_classes: int,
        *,
        out_features: tuple[int, ...] = (),
        bias: bool = False,
        device: Any = None,
        dtype: Any = None,
        reduction: str = "mean",
        weight: Tensor | None = None,
        ignore_index: int | None = None,
        label_smoothing: float = 0.0,
        options: Any = None,
    ) -> None:
        super().__init__(weight, reduction=reduction)
        outputs = num_classes
        for size in out_features:
            outputs *= size
        self.linear = Linear(in_features, outputs, bias=bias, device=device, dtype=dtype)
        self.num_classes = num_classes
        self.out_features = tuple(out_features)
        self.ignore_index = ignore_index
        self.label_smoothing = label_smoothing
        self.options = options

    def forward(self, input: Tensor, target: Tensor) -> Tensor:
        """The loss of the layer's output."""
        sizes = (self.num_classes, *self.out_features)
        bias = self.linear.bias
        return functional.linear_cross_entropy(
            input,
            self.linear.weight.view(*sizes, self.linear.in_features),
            target,
            linear_bias=None if bias is None else bias.view(sizes),
            weight=self.weight,
            reduction=self.reduction,
            ignore_index=self.ignore_index,
            label_smoothing=self.label_smoothing,
            options=self.options,
        )

    def extra_repr(self) -> str:
        """Sizes and options, as repr() shows them."""
        return (
            f"in_features={self.linear.in_features}, num_classes={self.num_classes}, "
            f"out_features={self.out_features}, bias={self.linear.bias is not None}, reduction={self.reduction}, "
            f"ignore_index={self.ignore_index}, label_smoothing={self.label_smoothing}, options={self.options}"
        )
