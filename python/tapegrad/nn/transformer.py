"""The Transformer (Vaswani et al. 2017): encoder, decoder, their layers, and the whole."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from typing import Any

from .. import _core
from .._core import Tensor
from . import functional, init
from ._functional_attention import canonical_mask
from .attention import MultiheadAttention
from .container import ModuleList
from .dropout import Dropout
from .linear import Linear
from .module import Module
from .normalization import LayerNorm

__all__ = [
    "Transformer", "TransformerDecoder", "TransformerDecoderLayer", "TransformerEncoder",
    "TransformerEncoderLayer",
]  # fmt: skip

Activation = str | Callable[[Tensor], Tensor]


def _layer_norm(size: int, eps: float, bias: bool, device: Any, dtype: Any) -> Module:
    return LayerNorm(size, eps=eps, bias=bias, device=device, dtype=dtype)


def _clones(module: Module, count: int) -> ModuleList:
    return ModuleList([copy.deepcopy(module) for _ in range(count)])


def _activation(activation: Activation) -> Callable[[Tensor], Tensor]:
    if not isinstance(activation, str):
        return activation
    if activation == "relu":
        return functional.relu
    if activation == "gelu":
        return functional.gelu
    raise RuntimeError(f"activation should be relu/gelu, not {activation}")


def _causal_mask(size: int, device: Any = None, dtype: Any = None) -> Tensor:
    return _core.triu(_core.full((size, size), -math.inf, dtype=dtype, device=device), diagonal=1)


def _is_causal(mask: Tensor | None, is_causal: bool | None, size: int | None) -> bool:
    """Whether the mask is the causal one: as told, or by its values."""
    if is_causal is not None or mask is None:
        return bool(is_causal)
    expected = _causal_mask(size or mask.shape[-1], dtype=mask.dtype if mask.is_floating_point() else None)
    return mask.shape == expected.shape and bool((mask == expected).all())


class _Layer(Module):
    """The parts that both kinds of layer have; norms: how many."""

    dropout1: Dropout

    def _make(
        self, sizes: tuple[int, int, int], dropout: float, activation: Activation, eps: float, batch_first: bool,
        norm_first: bool, bias: bool, device: Any, dtype: Any, norms: int,
    ) -> None:  # fmt: skip
        model, heads, feedforward = sizes
        options: dict[str, Any] = {"bias": bias, "device": device, "dtype": dtype}
        self.self_attn = MultiheadAttention(model, heads, dropout, batch_first=batch_first, **options)
        if norms == 3:
            self.multihead_attn = MultiheadAttention(model, heads, dropout, batch_first=batch_first, **options)
        self.linear1 = Linear(model, feedforward, **options)
        self.dropout = Dropout(dropout)
        self.linear2 = Linear(feedforward, model, **options)
        self.norm_first = norm_first
        for number in range(1, norms + 1):
            setattr(self, f"norm{number}", _layer_norm(model, eps, bias, device, dtype))
        for number in range(1, norms + 1):
            setattr(self, f"dropout{number}", Dropout(dropout))
        self.activation = _activation(activation)

    def _attend(self, x: Tensor, mask: Tensor | None, padding: Tensor | None, is_causal: bool) -> Tensor:
        attended = self.self_attn(
            x, x, x, attn_mask=mask, key_padding_mask=padding, is_causal=is_causal, need_weights=False
        )[0]
        result: Tensor = self.dropout1(attended)
        return result

    def _feed(self, x: Tensor, dropout: Module) -> Tensor:
        result: Tensor = dropout(self.linear2(self.dropout(self.activation(self.linear1(x)))))
        return result


class TransformerEncoderLayer(_Layer):
    """Self-attention and a network of two layers, each with dropout, a residual and a LayerNorm,
    which comes first where norm_first.

    src: (S, N, d_model), or (N, S, d_model) where batch_first. activation: "relu", "gelu" or a
    function.

    >>> import tapegrad as tg
    >>> layer = tg.nn.TransformerEncoderLayer(d_model=8, nhead=2, dim_feedforward=16)
    >>> layer(tg.ones(5, 3, 8)).shape
    torch.Size([5, 3, 8])
    """

    norm1: Module
    norm2: Module
    dropout2: Dropout

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: Activation = functional.relu,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self._make(
            (d_model, nhead, dim_feedforward), dropout, activation, layer_norm_eps, batch_first, norm_first, bias,
            device, dtype, 2,
        )  # fmt: skip

    def forward(
        self,
        src: Tensor,
        src_mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        is_causal: bool = False,
    ) -> Tensor:
        """The encoded source; the masks are those of MultiheadAttention."""
        padding = canonical_mask(src_key_padding_mask, "src_key_padding_mask", src_mask, "src_mask", src)
        mask = canonical_mask(src_mask, "src_mask", None, "", src, False)
        x = src
        if self.norm_first:
            x = x + self._attend(self.norm1(x), mask, padding, is_causal)
            return x + self._feed(self.norm2(x), self.dropout2)
        x = self.norm1(x + self._attend(x, mask, padding, is_causal))
        result: Tensor = self.norm2(x + self._feed(x, self.dropout2))
        return result


class TransformerDecoderLayer(_Layer):
    """As TransformerEncoderLayer, with attention to the encoder's output between the two.

    >>> import tapegrad as tg
    >>> layer = tg.nn.TransformerDecoderLayer(d_model=8, nhead=2, dim_feedforward=16)
    >>> layer(tg.ones(5, 3, 8), tg.ones(4, 3, 8)).shape
    torch.Size([5, 3, 8])
    """

    norm1: Module
    norm2: Module
    norm3: Module
    dropout2: Dropout
    dropout3: Dropout

    def __init__(
        self,
        d_model: int,
        nhead: int,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: Activation = functional.relu,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()
        self._make(
            (d_model, nhead, dim_feedforward), dropout, activation, layer_norm_eps, batch_first, norm_first, bias,
            device, dtype, 3,
        )  # fmt: skip

    def forward(
        self,
        tgt: Tensor,
        memory: Tensor,
        tgt_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None,
        memory_key_padding_mask: Tensor | None = None,
        tgt_is_causal: bool = False,
        memory_is_causal: bool = False,
    ) -> Tensor:
        """The decoded target; memory is the encoder's output."""

        def look(x: Tensor) -> Tensor:
            attended = self.multihead_attn(
                x, memory, memory, attn_mask=memory_mask, key_padding_mask=memory_key_padding_mask,
                is_causal=memory_is_causal, need_weights=False,
            )[0]  # fmt: skip
            result: Tensor = self.dropout2(attended)
            return result

        x = tgt
        if self.norm_first:
            x = x + self._attend(self.norm1(x), tgt_mask, tgt_key_padding_mask, tgt_is_causal)
            x = x + look(self.norm2(x))
            return x + self._feed(self.norm3(x), self.dropout3)
        x = self.norm1(x + self._attend(x, tgt_mask, tgt_key_padding_mask, tgt_is_causal))
        x = self.norm2(x + look(x))
        result: Tensor = self.norm3(x + self._feed(x, self.dropout3))
        return result


class TransformerEncoder(Module):
    """num_layers copies of a layer one after the other, and a norm at the end.

    >>> import tapegrad as tg
    >>> layer = tg.nn.TransformerEncoderLayer(d_model=8, nhead=2, dim_feedforward=16)
    >>> tg.nn.TransformerEncoder(layer, num_layers=2)(tg.ones(5, 3, 8)).shape
    torch.Size([5, 3, 8])
    """

    def __init__(
        self,
        encoder_layer: TransformerEncoderLayer,
        num_layers: int,
        norm: Module | None = None,
        enable_nested_tensor: bool = True,
        mask_check: bool = True,
    ) -> None:
        super().__init__()
        self.layers = _clones(encoder_layer, num_layers)
        self.num_layers = num_layers
        self.norm = norm
        self.enable_nested_tensor = enable_nested_tensor
        self.mask_check = mask_check

    def forward(
        self,
        src: Tensor,
        mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        is_causal: bool | None = None,
    ) -> Tensor:
        """The source through all layers."""
        padding = canonical_mask(src_key_padding_mask, "src_key_padding_mask", mask, "mask", src)
        mask = canonical_mask(mask, "mask", None, "", src, False)
        first: Any = self.layers[0] if self.num_layers else None
        size = src.shape[1 if first is not None and first.self_attn.batch_first and src.dim() == 3 else 0]
        is_causal = _is_causal(mask, is_causal, size)
        output = src
        for layer in self.layers:
            output = layer(output, src_mask=mask, is_causal=is_causal, src_key_padding_mask=padding)
        return output if self.norm is None else self.norm(output)


class TransformerDecoder(Module):
    """num_layers copies of a layer one after the other, and a norm at the end.

    >>> import tapegrad as tg
    >>> layer = tg.nn.TransformerDecoderLayer(d_model=8, nhead=2, dim_feedforward=16)
    >>> tg.nn.TransformerDecoder(layer, num_layers=2)(tg.ones(5, 3, 8), tg.ones(4, 3, 8)).shape
    torch.Size([5, 3, 8])
    """

    def __init__(self, decoder_layer: TransformerDecoderLayer, num_layers: int, norm: Module | None = None) -> None:
        super().__init__()
        self.layers = _clones(decoder_layer, num_layers)
        self.num_layers = num_layers
        self.norm = norm

    def forward(
        self,
        tgt: Tensor,
        memory: Tensor,
        tgt_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None,
        memory_key_padding_mask: Tensor | None = None,
        tgt_is_causal: bool | None = None,
        memory_is_causal: bool = False,
    ) -> Tensor:
        """The target through all layers."""
        first: Any = self.layers[0] if self.num_layers else None
        size = tgt.shape[1 if first is not None and first.self_attn.batch_first and tgt.dim() == 3 else 0]
        causal = _is_causal(tgt_mask, tgt_is_causal, size)
        output = tgt
        for layer in self.layers:
            output = layer(
                output, memory, tgt_mask, memory_mask, tgt_key_padding_mask, memory_key_padding_mask, causal,
                memory_is_causal,
            )  # fmt: skip
        return output if self.norm is None else self.norm(output)


class Transformer(Module):
    """Encoder and decoder. src: (S, N, E), tgt: (T, N, E), or both with N first where batch_first;
    returns the target's shape.

    >>> import tapegrad as tg
    >>> model = tg.nn.Transformer(d_model=8, nhead=2, num_encoder_layers=1, num_decoder_layers=1, dim_feedforward=16)
    >>> model(tg.ones(5, 3, 8), tg.ones(4, 3, 8)).shape
    torch.Size([4, 3, 8])
    """

    def __init__(
        self,
        d_model: int = 512,
        nhead: int = 8,
        num_encoder_layers: int = 6,
        num_decoder_layers: int = 6,
        dim_feedforward: int = 2048,
        dropout: float = 0.1,
        activation: Activation = functional.relu,
        custom_encoder: Module | None = None,
        custom_decoder: Module | None = None,
        layer_norm_eps: float = 1e-5,
        batch_first: bool = False,
        norm_first: bool = False,
        bias: bool = True,
        device: Any = None,
        dtype: Any = None,
    ) -> None:
        super().__init__()

        def norm() -> Module:
            return _layer_norm(d_model, layer_norm_eps, bias, device, dtype)

        options: Any = (
            d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps, batch_first, norm_first, bias,
            device, dtype,
        )  # fmt: skip
        self.encoder = custom_encoder
        if custom_encoder is None:
            self.encoder = TransformerEncoder(TransformerEncoderLayer(*options), num_encoder_layers, norm())
        self.decoder = custom_decoder
        if custom_decoder is None:
            self.decoder = TransformerDecoder(TransformerDecoderLayer(*options), num_decoder_layers, norm())
        self._reset_parameters()
        self.d_model = d_model
        self.nhead = nhead
        self.batch_first = batch_first

    def _reset_parameters(self) -> None:
        for parameter in self.parameters():
            if parameter.dim() > 1:
                init.xavier_uniform_(parameter)

    def forward(
        self,
        src: Tensor,
        tgt: Tensor,
        src_mask: Tensor | None = None,
        tgt_mask: Tensor | None = None,
        memory_mask: Tensor | None = None,
        src_key_padding_mask: Tensor | None = None,
        tgt_key_padding_mask: Tensor | None = None,
        memory_key_padding_mask: Tensor | None = None,
        src_is_causal: bool | None = None,
        tgt_is_causal: bool | None = None,
        memory_is_causal: bool = False,
    ) -> Tensor:
        """The decoded target; the masks are those of MultiheadAttention."""
        batch = 0 if self.batch_first else 1
        if src.dim() == 3 and src.shape[batch] != tgt.shape[batch]:
            raise RuntimeError("the batch number of src and tgt must be equal")
        if src.shape[-1] != self.d_model or tgt.shape[-1] != self.d_model:
            raise RuntimeError("the feature number of src and tgt must be equal to d_model")
        assert self.encoder is not None and self.decoder is not None
        memory = self.encoder(src, mask=src_mask, src_key_padding_mask=src_key_padding_mask, is_causal=src_is_causal)
        result: Tensor = self.decoder(
            tgt, memory, tgt_mask=tgt_mask, memory_mask=memory_mask, tgt_key_padding_mask=tgt_key_padding_mask,
            memory_key_padding_mask=memory_key_padding_mask, tgt_is_causal=tgt_is_causal,
            memory_is_causal=memory_is_causal,
        )  # fmt: skip
        return result

    @staticmethod
    def generate_square_subsequent_mask(sz: int, device: Any = None, dtype: Any = None) -> Tensor:
        """-inf above the diagonal, 0 elsewhere: what is_causal means."""
        return _causal_mask(sz, device, dtype)
