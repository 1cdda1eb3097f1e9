"""Datasets and the loader that makes batches of them, in PyTorch's order for the same seed.

Start at DataLoader; Batches is one pass over it, whose position a checkpoint can hold.
"""

from __future__ import annotations

import itertools
import math
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from .. import _core
from .._core import Tensor

__all__ = [
    "BatchSampler", "DataLoader", "Dataset", "RandomSampler", "SequentialSampler", "Subset",
    "TensorDataset", "default_collate", "random_split",
]  # fmt: skip


# --- datasets -------------------------------------------------------------------------------------
class Dataset:
    """What has items by number: subclasses define __getitem__ and __len__."""

    def __getitem__(self, index: Any) -> Any:
        raise NotImplementedError("Subclasses of Dataset should implement __getitem__.")

    def __len__(self) -> int:
        raise NotImplementedError("Subclasses of Dataset should implement __len__.")


class TensorDataset(Dataset):
    """Item i is the tuple of tensor[i] of all tensors, which have the same first size.

    >>> import tapegrad as tg
    >>> TensorDataset(tg.tensor([1.0, 2.0]), tg.tensor([3, 4]))[1]
    (tensor(2.), tensor(4))
    """

    def __init__(self, *tensors: Tensor) -> None:
        if any(tensor.shape[0] != tensors[0].shape[0] for tensor in tensors):
            raise AssertionError("Size mismatch between tensors")
        self.tensors = tensors

    def __getitem__(self, index: Any) -> tuple[Tensor, ...]:
        return tuple(tensor[index] for tensor in self.tensors)

    def __len__(self) -> int:
        return int(self.tensors[0].shape[0])


class Subset(Dataset):
    """The items of `dataset` at `indices`.

    >>> Subset("abcd", [3, 0])[0]
    'd'
    """

    def __init__(self, dataset: Any, indices: Sequence[int]) -> None:
        self.dataset = dataset
        self.indices = indices

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, list):
            return self.dataset[[self.indices[i] for i in index]]
        return self.dataset[self.indices[index]]

    def __len__(self) -> int:
        return len(self.indices)


def random_split(dataset: Any, lengths: Sequence[float], generator: Any = None) -> list[Subset]:
    """Splits a dataset at random into parts of the given lengths, or of fractions that sum up to 1.

    Raises ValueError where the lengths do not sum up to the dataset's.

    >>> [len(part) for part in random_split(range(10), [0.75, 0.25])]
    [8, 2]
    """
    if math.isclose(sum(lengths), 1) and sum(lengths) <= 1:
        counts = []
        for i, fraction in enumerate(lengths):
            if fraction < 0 or fraction > 1:
                raise ValueError(f"Fraction at index {i} is not between 0 and 1")
            counts.append(math.floor(len(dataset) * fraction))
        for i in range(len(dataset) - sum(counts)):
            counts[i % len(counts)] += 1
        for i, count in enumerate(counts):
            if count == 0:
                warnings.warn(
                    f"Length of split at index {i} is 0. This might result in an empty dataset.",
                    stacklevel=2,
                )
    else:
        counts = [int(length) for length in lengths]
    if sum(counts) != len(dataset):
        raise ValueError("Sum of input lengths does not equal the length of the input dataset!")
    indices = _core.randperm(sum(counts), generator=generator).tolist()
    return [Subset(dataset, indices[end - count : end]) for end, count in zip(itertools.accumulate(counts), counts)]


# --- samplers -------------------------------------------------------------------------------------
class SequentialSampler:
    """0, 1, 2, ..."""

    def __init__(self, data_source: Any) -> None:
        self.data_source = data_source

    def __iter__(self) -> Iterator[int]:
        return iter(range(len(self.data_source)))

    def __len__(self) -> int:
        return len(self.data_source)


def _draw_seed(generator: Any = None) -> int:
    return int(_core.empty((), dtype=_core.int64).random_(generator=generator).item())


class RandomSampler:
    """A new random order on each pass, or `num_samples` draws with replacement.

    >>> import tapegrad as tg
    >>> sorted(RandomSampler("abc", generator=tg.Generator()))
    [0, 1, 2]
    """

    def __init__(
        self,
        data_source: Any,
        replacement: bool = False,
        num_samples: int | None = None,
        generator: Any = None,
    ) -> None:
        if not isinstance(replacement, bool):
            raise TypeError(f"replacement should be a boolean value, but got replacement={replacement}")
        self.data_source = data_source
        self.replacement = replacement
        self._num_samples = num_samples
        self.generator = generator
        if not isinstance(self.num_samples, int) or self.num_samples <= 0:
            raise ValueError(f"num_samples should be a positive integer value, but got num_samples={self.num_samples}")

    @property
    def num_samples(self) -> int:
        """How many numbers a pass gives."""
        return len(self.data_source) if self._num_samples is None else self._num_samples

    def __iter__(self) -> Iterator[int]:
        size, count = len(self.data_source), self.num_samples
        generator = self.generator
        if generator is None:
            seed = _draw_seed()
            generator = _core.Generator()
            generator.manual_seed(seed)
        if self.replacement:
            for _ in range(count // 32):
                yield from _core.randint(size, (32,), dtype=_core.int64, generator=generator).tolist()
            yield from _core.randint(size, (count % 32,), dtype=_core.int64, generator=generator).tolist()
            return
        for _ in range(count // size):
            yield from _core.randperm(size, generator=generator).tolist()
        yield from _core.randperm(size, generator=generator).tolist()[: count % size]

    def __len__(self) -> int:
        return self.num_samples


class BatchSampler:
    """Lists of batch_size numbers from a sampler; drop_last leaves out the last one where it is
    shorter.

    >>> list(BatchSampler(range(5), 2, drop_last=False))
    [[0, 1], [2, 3], [4]]
    """

    def __init__(self, sampler: Any, batch_size: int, drop_last: bool) -> None:
        if not isinstance(batch_size, int) or isinstance(batch_size, bool) or batch_size <= 0:
            raise ValueError(f"batch_size should be a positive integer value, but got batch_size={batch_size}")
        if not isinstance(drop_last, bool):
            raise ValueError(f"drop_last should be a boolean value, but got drop_last={drop_last}")
        self.sampler = sampler
        self.batch_size = batch_size
        self.drop_last = drop_last

    def __iter__(self) -> Iterator[list[int]]:
        numbers = iter(self.sampler)
        while batch := list(itertools.islice(numbers, self.batch_size)):
            if len(batch) < self.batch_size and self.drop_last:
                return
            yield batch

    def __len__(self) -> int:
        count = len(self.sampler)
        return count // self.batch_size if self.drop_last else -(-count // self.batch_size)


# --- batches --------------------------------------------------------------------------------------
def default_collate(batch: Sequence[Any]) -> Any:
    """One batch of a list of items: tensors are stacked, numbers become tensors, containers are
    collated by place.

    Raises TypeError for other items, RuntimeError where lengths differ.

    >>> default_collate([(1, 2.0), (3, 4.0)])
    [tensor([1, 3]), tensor([2., 4.], dtype=torch.float64)]
    """
    first = batch[0]
    if isinstance(first, Tensor):
        return _core.stack(list(batch))
    kind = type(first)
    if kind.__module__ == "numpy":
        if kind.__name__ == "ndarray":
            return _core.stack([_core.as_tensor(item) for item in batch])
        return _core.as_tensor(list(batch))
    if isinstance(first, float):
        return _core.tensor(batch, dtype=_core.float64)
    if isinstance(first, int):
        return _core.tensor(batch)
    if isinstance(first, (str, bytes)):
        return batch
    if isinstance(first, Mapping):
        return {key: default_collate([item[key] for item in batch]) for key in first}
    if isinstance(first, Sequence):
        if any(len(item) != len(first) for item in batch):
            raise RuntimeError("each element in list of batch should be of equal size")
        collated = [default_collate(items) for items in zip(*batch)]
        return kind(*collated) if hasattr(first, "_fields") else collated
    raise TypeError(f"default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found {kind}")


def _tensor_rows(dataset: Any) -> bool:
    """Whether a list of numbers selects a whole batch at once."""
    while type(dataset) is Subset:
        dataset = dataset.dataset
    return type(dataset) is TensorDataset


class Batches:
    """One pass over a DataLoader."""

    def __init__(self, loader: DataLoader) -> None:
        self._dataset = loader.dataset
        self._numbers = iter(loader._index_sampler)
        self._collate = loader.collate_fn
        # PyTorch draws a seed for its workers here, before the sampler draws its own: the streams
        # stay equal.
        _draw_seed(loader.generator)
        self._rows_at_once = loader.batch_sampler is not None and (
            loader.collate_fn is default_collate and _tensor_rows(loader.dataset)
        )
        self._batched = loader.batch_sampler is not None

    def __iter__(self) -> Batches:
        return self

    def __next__(self) -> Any:
        numbers = next(self._numbers)
        if self._rows_at_once:
            return list(self._dataset[numbers])
        if self._batched:
            return self._collate([self._dataset[number] for number in numbers])
        return self._collate(self._dataset[numbers])

    def skip(self, count: int) -> None:
        """Passes over `count` batches without making them."""
        for _ in itertools.islice(self._numbers, count):
            pass


def _as_item(item: Any) -> Any:
    """An item as it is, as a tensor where it is a NumPy array: what loaders without batches
    give."""
    return _core.as_tensor(item) if type(item).__module__ == "numpy" else item


class DataLoader:
    """Batches of a dataset, made in this process.

    dataset: has __getitem__ and __len__; shuffle: a new order on each pass, drawn from `generator`
    or the default one; batch_size None: single items; collate_fn: makes a batch of a list of items;
    sampler, batch_sampler: own orders.
    Raises ValueError for options that exclude each other and for workers.

    >>> import tapegrad as tg
    >>> loader = DataLoader(TensorDataset(tg.arange(5)), batch_size=2)
    >>> [batch.tolist() for (batch,) in loader], len(loader)
    ([[0, 1], [2, 3], [4]], 3)
    """

    def __init__(
        self,
        dataset: Any,
        batch_size: int | None = 1,
        shuffle: bool | None = None,
        sampler: Iterable[int] | None = None,
        batch_sampler: Iterable[list[int]] | None = None,
        num_workers: int = 0,
        collate_fn: Callable[[Any], Any] | None = None,
        pin_memory: bool = False,
        drop_last: bool = False,
        *,
        generator: Any = None,
    ) -> None:
        if num_workers != 0:
            raise ValueError(f"tapegrad's DataLoader works in one process: num_workers must be 0, got {num_workers}")
        if sampler is not None and shuffle:
            raise ValueError("sampler option is mutually exclusive with shuffle")
        if batch_sampler is not None:
            if batch_size != 1 or shuffle or sampler is not None or drop_last:
                raise ValueError(
                    "batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, and drop_last"
                )
            batch_size, drop_last = None, False
        elif batch_size is None and drop_last:
            raise ValueError("batch_size=None option disables auto-batching and is mutually exclusive with drop_last")
        if sampler is None:
            sampler = RandomSampler(dataset, generator=generator) if shuffle else SequentialSampler(dataset)
        if batch_size is not None:
            batch_sampler = BatchSampler(sampler, batch_size, drop_last)
        self.dataset = dataset
        self.batch_size = batch_size
        self.drop_last = drop_last
        self.sampler = sampler
        self.batch_sampler = batch_sampler
        self.num_workers = num_workers
        self.pin_memory = pin_memory
        self.generator = generator
        if collate_fn is None:
            collate_fn = _as_item if batch_sampler is None else default_collate
        self.collate_fn = collate_fn

    @property
    def _index_sampler(self) -> Any:
        return self.sampler if self.batch_sampler is None else self.batch_sampler

    def __iter__(self) -> Batches:
        return Batches(self)

    def __len__(self) -> int:
        return len(self._index_sampler)
