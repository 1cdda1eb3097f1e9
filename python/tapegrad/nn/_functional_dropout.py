"""Dropout in its kinds, re-exported by nn.functional."""

from __future__ import annotations

import warnings

from .. import _core
from .._core import Tensor

__all__ = ["alpha_dropout", "dropout", "dropout1d", "dropout2d", "dropout3d", "feature_alpha_dropout"]


def _check(p: float) -> None:
    if p < 0.0 or p > 1.0:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")


def dropout(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """While training, sets elements to zero with probability p and divides the others by 1 - p.

    Raises ValueError for p outside [0, 1].

    >>> import tapegrad as tg
    >>> dropout(tg.ones(3), 0.5, training=False)
    tensor([1., 1., 1.])
    """
    _check(p)
    return _core.dropout_(input, p, training) if inplace else _core.dropout(input, p, training)


def alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """While training, sets elements to the negative limit of selu() with probability p and scales
    all so that mean and variance stay (Klambauer et al. 2017).

    >>> import tapegrad as tg
    >>> alpha_dropout(tg.ones(3))
    tensor([1., 1., 1.])
    """
    _check(p)
    return _core.alpha_dropout_(input, p, training) if inplace else _core.alpha_dropout(input, p, training)


def dropout1d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """dropout() of whole channels of (C, L) or (N, C, L).

    >>> import tapegrad as tg
    >>> dropout1d(tg.ones(1, 2), 0.5, training=False)
    tensor([[1., 1.]])
    """
    _check(p)
    if input.dim() not in (2, 3):
        raise RuntimeError(
            f"dropout1d: Expected 2D or 3D input, but received a {input.dim()}D input. Note that dropout1d "
            "exists to provide channel-wise dropout on inputs with 1 spatial dimension, a channel dimension, "
            "and an optional batch dimension (i.e. 2D or 3D inputs)."
        )
    return _channels(input, 3, p, training, inplace)


def dropout2d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """dropout() of whole channels of images (N, C, H, W).

    >>> import tapegrad as tg
    >>> dropout2d(tg.ones(1, 1, 1, 2), 0.5, training=False)
    tensor([[[[1., 1.]]]])
    """
    _check(p)
    if input.dim() not in (3, 4):
        warnings.warn(
            f"dropout2d: Received a {input.dim()}-D input to dropout2d, which is deprecated and will result in "
            "an error in a future release. To retain the behavior and silence this warning, please use dropout "
            "instead. Note that dropout2d exists to provide channel-wise dropout on inputs with 2 spatial "
            "dimensions, a channel dimension, and an optional batch dimension (i.e. 3D or 4D inputs).",
            stacklevel=2,
        )
    if input.dim() == 3:
        warnings.warn(
            "dropout2d: Received a 3D input to dropout2d and assuming that channel-wise 1D dropout behavior is "
            "desired - input is interpreted as shape (N, C, L), where C is the channel dim. This behavior will "
            "change in a future release to interpret the input as one without a batch dimension, i.e. shape "
            "(C, H, W). To maintain the 1D channel-wise dropout behavior, please switch to using dropout1d "
            "instead.",
            stacklevel=2,
        )
    return _core.feature_dropout_(input, p, training) if inplace else _core.feature_dropout(input, p, training)


def dropout3d(input: Tensor, p: float = 0.5, training: bool = True, inplace: bool = False) -> Tensor:
    """dropout() of whole channels of volumes (C, D, H, W) or (N, C, D, H, W).

    >>> import tapegrad as tg
    >>> dropout3d(tg.ones(1, 1, 1, 2), 0.5, training=False)
    tensor([[[[1., 1.]]]])
    """
    _check(p)
    if input.dim() not in (4, 5):
        warnings.warn(
            f"dropout3d: Received a {input.dim()}-D input to dropout3d, which is deprecated and will result in "
            "an error in a future release. To retain the behavior and silence this warning, please use dropout "
            "instead. Note that dropout3d exists to provide channel-wise dropout on inputs with 3 spatial "
            "dimensions, a channel dimension, and an optional batch dimension (i.e. 4D or 5D inputs).",
            stacklevel=2,
        )
    return _channels(input, 5, p, training, inplace)


def _channels(input: Tensor, batched_dims: int, p: float, training: bool, inplace: bool) -> Tensor:
    """Feature dropout with a batch dimension put in front where there is none."""
    single = input.dim() == batched_dims - 1
    if single:
        input = input.unsqueeze_(0) if inplace else input.unsqueeze(0)
    result = _core.feature_dropout_(input, p, training) if inplace else _core.feature_dropout(input, p, training)
    if single:
        result = result.squeeze_(0) if inplace else result.squeeze(0)
    return result


def feature_alpha_dropout(input: Tensor, p: float = 0.5, training: bool = False, inplace: bool = False) -> Tensor:
    """alpha_dropout() of whole channels (dimensions 0 and 1).

    >>> import tapegrad as tg
    >>> feature_alpha_dropout(tg.ones(1, 1, 2))
    tensor([[[1., 1.]]])
    """
    _check(p)
    if inplace:
        return _core.feature_alpha_dropout_(input, p, training)
    return _core.feature_alpha_dropout(input, p, training)
