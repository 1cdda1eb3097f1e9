"""Attention (Vaswani et al. 2017), re-exported by nn.functional."""

from __future__ import annotations

import math

from .. import _core
from .._core import Tensor

__all__ = ["multi_head_attention_forward", "scaled_dot_product_attention"]


def scaled_dot_product_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> Tensor:
    """softmax(query @ key.T * scale + mask) @ value of query (*, L, E), key (*, S, E) and value
    (*, S, V); returns (*, L, V).

    attn_mask: True where a key may be seen, or numbers that are added. is_causal: query i sees the
    keys up to i. scale: 1 / sqrt(E) by default. enable_gqa: heads (dimension -3) of key and value
    serve several of query. Rows that see no key give 0.
    Raises RuntimeError for dtypes and options that do not fit.

    >>> import tapegrad as tg
    >>> q = tg.tensor([[1.0, 0.0]])
    >>> scaled_dot_product_attention(q, q, tg.tensor([[5.0]]))
    tensor([[5.]])
    """
    return _core._scaled_dot_product_attention(query, key, value, attn_mask, dropout_p, is_causal, scale, enable_gqa)


def canonical_mask(
    mask: Tensor | None, name: str, other: Tensor | None, other_name: str, like: Tensor, check_other: bool = True
) -> Tensor | None:
    """A mask as numbers to add: -inf where a bool one is True."""
    if mask is None:
        return None
    if mask.dtype != _core.bool and not mask.is_floating_point():
        raise AssertionError(f"only bool and floating types of {name} are supported")
    if check_other and other is not None and mask.dtype != other.dtype:
        import warnings

        warnings.warn(
            f"Support for mismatched {name} and {other_name} is deprecated. Use same type for both instead.",
            stacklevel=3,
        )
    if mask.dtype == _core.bool:
        return _core.zeros_like(mask, dtype=like.dtype).masked_fill_(mask, -math.inf)
    return mask


def _check_shapes(query: Tensor, key: Tensor, value: Tensor, padding: Tensor | None, mask: Tensor | None,
                  num_heads: int) -> bool:  # fmt: skip
    """Whether the inputs have a batch dimension."""
    dims = query.dim()
    if dims not in (2, 3):
        raise AssertionError(f"query should be unbatched 2D or batched 3D tensor but received {dims}-D query tensor")
    kind = "batched (3-D)" if dims == 3 else "unbatched (2-D)"
    if key.dim() != dims or value.dim() != dims:
        raise AssertionError(
            f"For {kind} `query`, expected `key` and `value` to be {dims}-D but found {key.dim()}-D and "
            f"{value.dim()}-D tensors respectively"
        )
    if padding is not None and padding.dim() != dims - 1:
        raise AssertionError(
            f"For {kind} `query`, expected `key_padding_mask` to be `None` or {dims - 1}-D but found "
            f"{padding.dim()}-D tensor instead"
        )
    if mask is not None:
        if mask.dim() not in (2, 3):
            raise AssertionError(
                f"For {kind} `query`, expected `attn_mask` to be `None`, 2-D or 3-D but found {mask.dim()}-D "
                "tensor instead"
            )
        expected = (num_heads, query.shape[0], key.shape[0])
        if dims == 2 and mask.dim() == 3 and tuple(mask.shape) != expected:
            raise AssertionError(f"Expected `attn_mask` shape to be {expected} but got {tuple(mask.shape)}")
    return dims == 3


def _padded(mask: Tensor | None) -> Tensor | None:
    """The mask with one more key, which may be seen."""
    if mask is None:
        return None
    return _core.cat([mask, _core.zeros((*mask.shape[:-1], 1), dtype=mask.dtype)], -1)


def multi_head_attention_forward(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    embed_dim_to_check: int,
    num_heads: int,
    in_proj_weight: Tensor | None,
    in_proj_bias: Tensor | None,
    bias_k: Tensor | None,
    bias_v: Tensor | None,
    add_zero_attn: bool,
    dropout_p: float,
    out_proj_weight: Tensor,
    out_proj_bias: Tensor | None,
    training: bool = True,
    key_padding_mask: Tensor | None = None,
    need_weights: bool = True,
    attn_mask: Tensor | None = None,
    use_separate_proj_weight: bool = False,
    q_proj_weight: Tensor | None = None,
    k_proj_weight: Tensor | None = None,
    v_proj_weight: Tensor | None = None,
    static_k: Tensor | None = None,
    static_v: Tensor | None = None,
    average_attn_weights: bool = True,
    is_causal: bool = False,
) -> tuple[Tensor, Tensor | None]:
    """Attention in num_heads projections of query (L, N, E), key (S, N, E) and value (S, N, E), or
    all without N; returns the output (L, N, E) and, where need_weights, the weights (N, L, S), or
    (N, heads, L, S) where they are not averaged.

    nn.MultiheadAttention documents the options and holds the weights.
    """
    batched = _check_shapes(query, key, value, key_padding_mask, attn_mask, num_heads)
    if is_causal and attn_mask is None:
        raise RuntimeError("Need attn_mask if specifying the is_causal hint.")
    self_attention, same_memory = query is key, key is value
    if not batched:
        query, key, value = query.unsqueeze(1), key.unsqueeze(1), value.unsqueeze(1)
        if key_padding_mask is not None:
            key_padding_mask = key_padding_mask.unsqueeze(0)
    length, batch, size = query.shape
    keys = key.shape[0]
    key_padding_mask = canonical_mask(key_padding_mask, "key_padding_mask", attn_mask, "attn_mask", query)
    if is_causal and key_padding_mask is None and not need_weights:
        attn_mask = None  # the hint says what it holds
    else:
        attn_mask = canonical_mask(attn_mask, "attn_mask", None, "", query, False)
        if key_padding_mask is not None:
            is_causal = False
    if size != embed_dim_to_check:
        raise AssertionError(f"was expecting embedding dimension of {embed_dim_to_check}, but got {size}")
    head_size = size // num_heads
    if head_size * num_heads != size:
        raise AssertionError(f"embed_dim {size} not divisible by num_heads {num_heads}")

    linear = _core.linear
    if use_separate_proj_weight:
        if key.shape[:2] != value.shape[:2]:
            raise AssertionError(
                f"key's sequence and batch dims {key.shape[:2]} do not match value's {value.shape[:2]}"
            )
        if q_proj_weight is None or k_proj_weight is None or v_proj_weight is None:
            raise AssertionError("use_separate_proj_weight is True but one of the weights is None")
        biases = (None, None, None) if in_proj_bias is None else in_proj_bias.chunk(3)
        q, k, v = (
            linear(x, w, b)
            for x, w, b in zip((query, key, value), (q_proj_weight, k_proj_weight, v_proj_weight), biases)
        )
    else:
        if key.shape != value.shape:
            raise AssertionError(f"key shape {key.shape} does not match value shape {value.shape}")
        if in_proj_weight is None:
            raise AssertionError("use_separate_proj_weight is False but in_proj_weight is None")
        if self_attention and same_memory:
            q, k, v = (x.contiguous() for x in linear(query, in_proj_weight, in_proj_bias).chunk(3, -1))
        else:
            biases = (None, None, None) if in_proj_bias is None else in_proj_bias.chunk(3)
            q, k, v = (linear(x, w, b) for x, w, b in zip((query, key, value), in_proj_weight.chunk(3), biases))

    if attn_mask is not None:
        if attn_mask.dim() == 2:
            expected: tuple[int, ...] = (length, keys)
            if tuple(attn_mask.shape) != expected:
                raise RuntimeError(f"The shape of the 2D attn_mask is {attn_mask.shape}, but should be {expected}.")
            attn_mask = attn_mask.unsqueeze(0)
        else:
            expected = (batch * num_heads, length, keys)
            if tuple(attn_mask.shape) != expected:
                raise RuntimeError(f"The shape of the 3D attn_mask is {attn_mask.shape}, but should be {expected}.")
    if bias_k is not None and bias_v is not None:
        if static_k is not None or static_v is not None:
            raise AssertionError("bias cannot be added to static key or value.")
        k = _core.cat([k, bias_k.repeat(1, batch, 1)])
        v = _core.cat([v, bias_v.repeat(1, batch, 1)])
        attn_mask, key_padding_mask = _padded(attn_mask), _padded(key_padding_mask)

    heads = batch * num_heads
    q = q.view(length, heads, head_size).transpose(0, 1)
    k = k.view(k.shape[0], heads, head_size).transpose(0, 1) if static_k is None else static_k
    v = v.view(v.shape[0], heads, head_size).transpose(0, 1) if static_v is None else static_v
    for static, name in ((static_k, "static_k"), (static_v, "static_v")):
        if static is not None and (static.shape[0] != heads or static.shape[2] != head_size):
            raise AssertionError(f"expecting {name} of shape ({heads}, *, {head_size}), but got {static.shape}")
    if add_zero_attn:
        zero = _core.zeros(heads, 1, head_size, dtype=k.dtype)
        k, v = _core.cat([k, zero], 1), _core.cat([v, zero], 1)
        attn_mask, key_padding_mask = _padded(attn_mask), _padded(key_padding_mask)
    keys = k.shape[1]
    if key_padding_mask is not None:
        if tuple(key_padding_mask.shape) != (batch, keys):
            raise AssertionError(
                f"expecting key_padding_mask shape of {(batch, keys)}, but got {key_padding_mask.shape}"
            )
        padding = key_padding_mask.view(batch, 1, 1, keys).expand(-1, num_heads, -1, -1)
        padding = padding.reshape(heads, 1, keys)
        attn_mask = padding if attn_mask is None else attn_mask + padding
    if not training:
        dropout_p = 0.0

    if need_weights:
        if is_causal and attn_mask is None:
            raise AssertionError("is_causal is not implemented for need_weights")
        scores = (q * math.sqrt(1.0 / head_size)) @ k.transpose(-2, -1)
        if attn_mask is not None:
            scores = scores + attn_mask
        weights = scores.softmax(-1)
        if dropout_p > 0.0:
            weights = _core.dropout(weights, dropout_p, True)
        attended = (weights @ v).transpose(0, 1).reshape(length * batch, size)
        output = linear(attended, out_proj_weight, out_proj_bias).unflatten(0, (length, batch))
        weights = weights.view(batch, num_heads, length, keys)
        if average_attn_weights:
            weights = weights.mean(1)
        return (output, weights) if batched else (output.squeeze(1), weights.squeeze(0))

    if attn_mask is not None:
        if attn_mask.shape[0] == 1 and attn_mask.dim() == 3:
            attn_mask = attn_mask.unsqueeze(0)
        else:
            attn_mask = attn_mask.unflatten(0, (batch, num_heads))
    attended = scaled_dot_product_attention(
        q.view(batch, num_heads, length, head_size),
        k.view(batch, num_heads, keys, head_size),
        v.view(batch, num_heads, keys, head_size),
        attn_mask, dropout_p, is_causal,
    )  # fmt: skip
    attended = attended.permute(2, 0, 1, 3).reshape(batch * length, size)
    output = linear(attended, out_proj_weight, out_proj_bias).unflatten(0, (length, batch))
    return (output if batched else output.squeeze(1)), None
