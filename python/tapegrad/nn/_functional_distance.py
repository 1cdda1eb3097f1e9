"""Distances, norms and bilinear forms, re-exported by nn.functional."""

from __future__ import annotations

from .. import _core
from .._core import Tensor

__all__ = ["bilinear", "cosine_similarity", "normalize", "pairwise_distance", "pdist"]

pdist = _core.pdist


def cosine_similarity(x1: Tensor, x2: Tensor, dim: int = 1, eps: float = 1e-8) -> Tensor:
    """Cosine of the angle between vectors along `dim`, with broadcasting; norms are cut at eps.

    >>> import tapegrad as tg
    >>> cosine_similarity(tg.tensor([[1.0, 0.0]]), tg.tensor([[1.0, 1.0]]))
    tensor([0.7071])
    """
    dtype = _core.result_type(x1, x2)
    if not dtype.is_floating_point:
        name = str(dtype).rpartition(".")[2]
        name = {"int64": "Long", "int32": "Int", "int16": "Short", "int8": "Char", "uint8": "Byte"}.get(name, "Bool")
        raise RuntimeError(f"expected common dtype to be floating point, yet common dtype is {name}")
    x1, x2 = _core.broadcast_tensors(x1.to(dtype), x2.to(dtype))
    units = []
    for x in (x1, x2):
        norm = x.norm(2, dim, True)
        # A norm below eps becomes eps, but its derivative stays: as in PyTorch.
        norm = norm + (norm.detach().clamp_min(eps) - norm.detach())
        units.append(x / norm)
    return (units[0] * units[1]).sum(dim)


def pairwise_distance(x1: Tensor, x2: Tensor, p: float = 2.0, eps: float = 1e-6, keepdim: bool = False) -> Tensor:
    """The p-norm of x1 - x2 + eps along the last dimension, with broadcasting.

    >>> import tapegrad as tg
    >>> pairwise_distance(tg.zeros(2), tg.tensor([3.0, 4.0]))
    tensor(5.0000)
    """
    return (x1 - x2 + eps).norm(p, -1, keepdim)


def normalize(
    input: Tensor, p: float = 2.0, dim: int | tuple[int, ...] = 1, eps: float = 1e-12, out: Tensor | None = None
) -> Tensor:
    """input over its p-norm along `dim`; norms are cut at eps.

    >>> import tapegrad as tg
    >>> normalize(tg.tensor([[3.0, 4.0]]))
    tensor([[0.6000, 0.8000]])
    """
    norm = input.norm(p, dim, keepdim=True).clamp_min(eps).expand_as(input)
    return input / norm if out is None else _core.div(input, norm, out=out)


def bilinear(input1: Tensor, input2: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """x1 @ weight[o] @ x2 + bias[o] for each output o. input1: (*, I), input2: (*, J), weight:
    (O, I, J), bias: (O); returns (*, O). RuntimeError where the sizes do not fit.

    >>> import tapegrad as tg
    >>> bilinear(tg.tensor([[1.0, 2.0]]), tg.tensor([[3.0]]), tg.ones(1, 2, 1))
    tensor([[9.]])
    """
    if input1.dim() != input2.dim():
        raise RuntimeError(f"bilinear(): input dimensions do not match: got {input1.dim()} and {input2.dim()}")
    for at, (a, b) in enumerate(zip(input1.shape[:-1], input2.shape[:-1])):
        if a != b:
            raise RuntimeError(f"bilinear(): input batch dimensions do not match at dim {at}: got {a} and {b}")
    for number, size, expected in ((1, input1.shape[-1], weight.shape[1]), (2, input2.shape[-1], weight.shape[2])):
        if size != expected:
            raise RuntimeError(
                f"bilinear(): input{number} size does not match weight size: got {size} but expected {expected}"
            )
    if bias is not None and bias.shape[0] != weight.shape[0]:
        raise RuntimeError(
            f"bilinear(): bias size does not match weight size: got {bias.shape[0]} but expected {weight.shape[0]}"
        )
    outputs, rows, columns = weight.shape
    x1, x2 = input1.reshape(-1, rows), input2.reshape(-1, columns)
    through = (x1 @ weight.transpose(0, 1).reshape(rows, outputs * columns)).reshape(-1, outputs, columns)
    result = (through * x2.unsqueeze(1)).sum(-1).view(*input1.shape[:-1], outputs)
    return result if bias is None else result + bias
