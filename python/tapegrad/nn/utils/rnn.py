"""Sequences of different lengths as one batch: padded, or packed step by step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from ... import _core
from ..._core import Tensor

__all__ = [
    "PackedSequence", "invert_permutation", "pack_padded_sequence", "pack_sequence",
    "pad_packed_sequence", "pad_sequence", "unpack_sequence", "unpad_sequence",
]  # fmt: skip


class _Packed(NamedTuple):
    data: Tensor
    batch_sizes: Tensor
    sorted_indices: Tensor | None
    unsorted_indices: Tensor | None


class PackedSequence(_Packed):
    """Steps of a batch of sequences one after the other, the longest sequence first: data holds
    batch_sizes[t] elements of step t. sorted_indices: where each sequence was in the batch;
    unsorted_indices: the way back.

    >>> import tapegrad as tg
    >>> pack_sequence([tg.tensor([1, 2, 3]), tg.tensor([4])]).data
    tensor([1, 4, 2, 3])
    """

    __slots__ = ()

    def __new__(
        cls,
        data: Tensor,
        batch_sizes: Tensor | None = None,
        sorted_indices: Tensor | None = None,
        unsorted_indices: Tensor | None = None,
    ) -> PackedSequence:
        if batch_sizes is None:
            raise AssertionError("batch_sizes must not be None")
        if unsorted_indices is None:
            unsorted_indices = invert_permutation(sorted_indices)
        return super().__new__(cls, data, batch_sizes, sorted_indices, unsorted_indices)

    def to(self, *args: Any, **kwargs: Any) -> PackedSequence:
        """With data.to(...)."""
        data = self.data.to(*args, **kwargs)
        return self if data is self.data else PackedSequence(data, *self[1:])

    def double(self) -> PackedSequence:
        """In float64."""
        return self.to(dtype=_core.float64)

    def float(self) -> PackedSequence:
        """In float32."""
        return self.to(dtype=_core.float32)

    @property
    def is_cuda(self) -> bool:
        """Always False."""
        return False


def invert_permutation(permutation: Tensor | None) -> Tensor | None:
    """The permutation that undoes one; None for None.

    >>> import tapegrad as tg
    >>> invert_permutation(tg.tensor([2, 0, 1]))
    tensor([1, 2, 0])
    """
    if permutation is None:
        return None
    return _core.empty_like(permutation).scatter_(0, permutation, _core.arange(permutation.numel()))


def pack_padded_sequence(
    input: Tensor, lengths: Tensor | Sequence[int], batch_first: bool = False, enforce_sorted: bool = True
) -> PackedSequence:
    """The first lengths[n] steps of each sequence of a padded batch (T, N, *), or (N, T, *) where
    batch_first. enforce_sorted: lengths must fall; otherwise the sequences are sorted.

    >>> import tapegrad as tg
    >>> pack_padded_sequence(tg.tensor([[1, 4], [2, 0]]), [2, 1]).data
    tensor([1, 4, 2])
    """
    sizes = [int(n) for n in (lengths.tolist() if isinstance(lengths, Tensor) else lengths)]
    sorted_indices = None
    if not enforce_sorted:
        order = sorted(range(len(sizes)), key=lambda n: -sizes[n])
        sizes = [sizes[n] for n in order]
        sorted_indices = _core.tensor(order)
        input = input.index_select(0 if batch_first else 1, sorted_indices)
    if batch_first:
        input = input.transpose(0, 1)
    if len(sizes) != input.shape[1]:
        raise RuntimeError(
            f"Expected `len(lengths)` to be equal to batch_size, but got {len(sizes)} (batch_size={input.shape[1]})"
        )
    if not sizes or sizes[-1] <= 0:
        raise RuntimeError(
            "Length of all samples has to be greater than 0, but found an element in 'lengths' that is <= 0"
        )
    if sizes != sorted(sizes, reverse=True):
        raise RuntimeError(
            "`lengths` array must be sorted in decreasing order when `enforce_sorted` is True. You can pass "
            "`enforce_sorted=False` to pack_padded_sequence and/or pack_sequence to sidestep this requirement "
            "if you do not need ONNX exportability."
        )
    if sizes[0] > input.shape[0]:
        raise RuntimeError(f"Expected sequence length to be at most {input.shape[0]}, but got a length of {sizes[0]}")
    batch_sizes = [sum(length > t for length in sizes) for t in range(sizes[0])]
    data = _core.cat([input[t, :n] for t, n in enumerate(batch_sizes)])
    return PackedSequence(data, _core.tensor(batch_sizes), sorted_indices)


def pad_packed_sequence(
    sequence: PackedSequence,
    batch_first: bool = False,
    padding_value: float = 0.0,
    total_length: int | None = None,
) -> tuple[Tensor, Tensor]:
    """The padded batch (T, N, *), or (N, T, *) where batch_first, and the lengths.

    >>> import tapegrad as tg
    >>> pad_packed_sequence(pack_sequence([tg.tensor([1, 2]), tg.tensor([4])]))
    (tensor([[1, 4],
            [2, 0]]), tensor([2, 1]))
    """
    steps: list[int] = sequence.batch_sizes.tolist()
    if total_length is not None and total_length < len(steps):
        raise ValueError(
            "Expected total_length to be at least the length of the longest sequence in input, but got "
            f"total_length={total_length} and max sequence length being {len(steps)}"
        )
    batch = steps[0]
    rows = []
    for part in sequence.data.split(steps):
        missing = batch - part.shape[0]
        if missing:
            filler = _core.full((missing, *part.shape[1:]), padding_value, dtype=part.dtype)
            part = _core.cat([part, filler])
        rows.append(part)
    for _ in range((total_length or 0) - len(steps)):
        rows.append(_core.full_like(rows[0], padding_value))
    padded = _core.stack(rows)
    lengths = _core.tensor([sum(n > k for n in steps) for k in range(batch)])
    if sequence.unsorted_indices is not None:
        padded = padded.index_select(1, sequence.unsorted_indices)
        lengths = lengths.index_select(0, sequence.unsorted_indices)
    return (padded.transpose(0, 1) if batch_first else padded), lengths


def pad_sequence(
    sequences: Tensor | Sequence[Tensor],
    batch_first: bool = False,
    padding_value: float = 0.0,
    padding_side: str = "right",
) -> Tensor:
    """Sequences (L, *) as one batch (T, N, *), or (N, T, *) where batch_first, T the greatest
    length.

    >>> import tapegrad as tg
    >>> pad_sequence([tg.tensor([1, 2]), tg.tensor([4])], batch_first=True)
    tensor([[1, 2],
            [4, 0]])
    """
    items = list(sequences.unbind(0)) if isinstance(sequences, Tensor) else list(sequences)
    if padding_side not in ("left", "right"):
        raise RuntimeError(f"Expected padding_side to be one of left or right, but got {padding_side}.")
    longest = max(len(item) for item in items)
    rows = []
    for item in items:
        filler = _core.full((longest - len(item), *item.shape[1:]), padding_value, dtype=item.dtype)
        rows.append(_core.cat([item, filler] if padding_side == "right" else [filler, item]))
    return _core.stack(rows, 0 if batch_first else 1)


def unpad_sequence(padded_sequences: Tensor, lengths: Tensor, batch_first: bool = False) -> list[Tensor]:
    """The sequences of a padded batch, without the padding.

    >>> import tapegrad as tg
    >>> unpad_sequence(tg.tensor([[1, 4], [2, 0]]), tg.tensor([2, 1]))
    [tensor([1, 2]), tensor([4])]
    """
    if not batch_first:
        padded_sequences = padded_sequences.transpose(0, 1)
    return [row[: int(length)] for row, length in zip(padded_sequences.unbind(0), lengths.tolist())]


def pack_sequence(sequences: Sequence[Tensor], enforce_sorted: bool = True) -> PackedSequence:
    """Sequences (L, *) packed; see pack_padded_sequence().

    >>> import tapegrad as tg
    >>> pack_sequence([tg.tensor([1, 2]), tg.tensor([4])]).batch_sizes
    tensor([2, 1])
    """
    lengths = [len(sequence) for sequence in sequences]
    return pack_padded_sequence(pad_sequence(sequences), lengths, enforce_sorted=enforce_sorted)


def unpack_sequence(packed_sequences: PackedSequence) -> list[Tensor]:
    """The sequences that were packed.

    >>> import tapegrad as tg
    >>> unpack_sequence(pack_sequence([tg.tensor([1, 2]), tg.tensor([4])]))
    [tensor([1, 2]), tensor([4])]
    """
    padded, lengths = pad_packed_sequence(packed_sequences, batch_first=True)
    return unpad_sequence(padded, lengths, batch_first=True)
