"""Datasets, samplers, batches: orders equal to PyTorch's for the same seed, errors, positions."""

from __future__ import annotations

from collections import namedtuple

import numpy as np
import pytest
from conftest import tg

data = tg.utils.data
Point = namedtuple("Point", "x y")


# --- made with PyTorch ----------------------------------------------------------------------------
SHUFFLED = [[6, 7, 1, 4], [2, 0, 9, 8], [3, 5]]
RAND_AFTER = 0.30742281675338745
WITH_GENERATOR = [[1, 2, 5, 3, 0, 4], [2, 1, 4, 0, 5, 3]]
SPLIT = [[6, 0, 3, 7, 8, 5], [1, 9, 2], [4]]
REPLACED, REPEATED = [0, 0, 2, 0, 0, 0, 1, 0], [0, 1, 2, 1, 2, 0, 1, 0]


def loaded(dataset, **options) -> list:
    return [batch.tolist() for batch in data.DataLoader(dataset, **options)]


# --- orders ---------------------------------------------------------------------------------------
def test_shuffling_follows_the_seed_like_pytorch():
    tg.manual_seed(0)
    order = loaded(tg.arange(10), batch_size=4, shuffle=True)
    assert order == SHUFFLED
    assert tg.rand(1).item() == pytest.approx(RAND_AFTER)  # the stream stands where PyTorch's does


def test_shuffling_with_a_generator():
    generator = tg.Generator()
    generator.manual_seed(7)
    loader = data.DataLoader(tg.arange(6), batch_size=6, shuffle=True, generator=generator)
    assert [batch.tolist() for _ in range(2) for batch in loader] == WITH_GENERATOR


def test_random_split_is_pytorchs():
    generator = tg.Generator()
    generator.manual_seed(3)
    parts = data.random_split(range(10), [0.5, 0.33, 0.17], generator=generator)
    assert [part.indices for part in parts] == SPLIT
    assert parts[0][0] == SPLIT[0][0] and len(parts[2]) == len(SPLIT[2])


def test_random_sampler_with_and_without_replacement():
    tg.manual_seed(1)
    assert list(data.RandomSampler(range(3), replacement=True, num_samples=8)) == REPLACED
    assert list(data.RandomSampler(range(3), num_samples=8)) == REPEATED


def test_batches_in_order():
    assert loaded(tg.arange(5), batch_size=2) == [[0, 1], [2, 3], [4]]
    assert loaded(tg.arange(5), batch_size=2, drop_last=True) == [[0, 1], [2, 3]]
    assert loaded(tg.arange(3), batch_size=None) == [0, 1, 2]
    assert loaded(tg.arange(5), sampler=[3, 1], batch_size=2) == [[3, 1]]
    assert loaded(tg.arange(5), batch_sampler=[[0, 4], [2]]) == [[0, 4], [2]]
    for size, drop, length in [(2, False, 3), (2, True, 2), (5, True, 1), (6, True, 0)]:
        assert len(data.DataLoader(range(5), batch_size=size, drop_last=drop)) == length


@pytest.mark.parametrize("skipped", [0, 1, 3, 4, 9])
def test_skipping_gives_the_later_batches(skipped):
    x = tg.arange(14)
    for dataset in (x, data.TensorDataset(x)):
        loader = data.DataLoader(dataset, batch_size=4, shuffle=True)
        tg.manual_seed(5)
        whole = [str(batch) for batch in loader]
        tg.manual_seed(5)
        batches = iter(loader)
        batches.skip(skipped)
        assert [str(batch) for batch in batches] == whole[skipped:]


# --- batches --------------------------------------------------------------------------------------
def test_tensor_dataset_is_sliced_at_once_with_the_same_result():
    x, y = tg.rand(9, 3), tg.arange(9)
    dataset = data.TensorDataset(x, y)

    class Plain(data.Dataset):
        def __len__(self):
            return 9

        def __getitem__(self, index):
            return dataset[index]

    subset = data.Subset(data.Subset(dataset, range(9)), [4, 2, 7, 1])
    for one, other in [(dataset, Plain()), (subset, data.Subset(Plain(), [4, 2, 7, 1]))]:
        fast = list(data.DataLoader(one, batch_size=2))
        slow = list(data.DataLoader(other, batch_size=2))
        assert str(fast) == str(slow) and type(fast[0]) is type(slow[0]) is list


@pytest.mark.parametrize(
    "items, collated",
    [
        ([1, 2], "tensor([1, 2])"),
        ([1.0, 2.0], "tensor([1., 2.], dtype=torch.float64)"),
        ([True, False], "tensor([ True, False])"),
        (["a", "b"], "['a', 'b']"),
        ([(1, "a"), (2, "b")], "[tensor([1, 2]), ('a', 'b')]"),
        ([{"k": 1}, {"k": 2}], "{'k': tensor([1, 2])}"),
        ([Point(1, 2), Point(3, 4)], "Point(x=tensor([1, 3]), y=tensor([2, 4]))"),
        ([np.float32(1), np.float32(2)], "tensor([1., 2.])"),
        ([np.ones(2), np.zeros(2)],
         "tensor([[1., 1.],\n        [0., 0.]], dtype=torch.float64)"),
    ],
)  # fmt: skip
def test_default_collate(items, collated):
    assert repr(data.default_collate(items)) == collated


def test_own_collate():
    loader = data.DataLoader(range(4), batch_size=2, collate_fn=sum)
    assert list(loader) == [1, 5]


# --- errors ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "call, error, message",
    [
        (lambda: data.DataLoader([1], batch_size=0), ValueError,
         "batch_size should be a positive integer value, but got batch_size=0"),
        (lambda: data.DataLoader([], shuffle=True), ValueError,
         "num_samples should be a positive integer value, but got num_samples=0"),
        (lambda: data.DataLoader([1], batch_size=None, drop_last=True), ValueError,
         "batch_size=None option disables auto-batching and is mutually exclusive with drop_last"),
        (lambda: data.DataLoader([1], shuffle=True, sampler=[0]), ValueError,
         "sampler option is mutually exclusive with shuffle"),
        (lambda: data.DataLoader([1], num_workers=2), ValueError,
         "tapegrad's DataLoader works in one process: num_workers must be 0, got 2"),
        (lambda: data.default_collate([object()]), TypeError,
         "default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found "
         "<class 'object'>"),
        (lambda: data.default_collate([[1], [1, 2]]), RuntimeError,
         "each element in list of batch should be of equal size"),
        (lambda: data.TensorDataset(tg.ones(2), tg.ones(3)), AssertionError,
         "Size mismatch between tensors"),
        (lambda: data.random_split(range(3), [1, 1]), ValueError,
         "Sum of input lengths does not equal the length of the input dataset!"),
    ],
)  # fmt: skip
def test_errors(call, error, message):
    with pytest.raises(error) as raised:
        call()
    assert str(raised.value) == message
