"""Products of matrices of all the shapes and orders that the kernels tell apart, to the last bit:
the factors are small integers, whose sums floats hold exactly.
"""

from __future__ import annotations

import itertools

import pytest
from conftest import tg

# Around the heights of tiles and of blocks, the lengths of vectors, and the depths.
ROWS = (1, 2, 5, 11, 12, 13, 25, 32, 49, 61, 133)
DEPTHS = (1, 7, 16, 65, 129, 300)
COLUMNS = (1, 3, 12, 16, 31, 33, 64, 150)


def integers(rows, columns, transposed):
    generator = tg.Generator().manual_seed(rows * 1000 + columns)
    sizes = (columns, rows) if transposed else (rows, columns)
    matrix = tg.randint(-8, 9, sizes, generator=generator)
    return matrix.t() if transposed else matrix


@pytest.mark.parametrize("dtype", [tg.float32, tg.float64])
@pytest.mark.parametrize("transposed", list(itertools.product([False, True], repeat=2)), ids=str)
def test_product(dtype, transposed):
    for rows, depth, columns in itertools.product(ROWS, DEPTHS, COLUMNS):
        a, b = integers(rows, depth, transposed[0]), integers(depth, columns, transposed[1])
        assert tg.equal(a.to(dtype) @ b.to(dtype), (a @ b).to(dtype)), (rows, depth, columns)


@pytest.mark.parametrize("dtype", [tg.float32, tg.float64])
@pytest.mark.parametrize(
    "rows, depth, columns",
    [
        (67, 4103, 3),
        (131, 600, 9),
        (301, 257, 305),
        (529, 1100, 40),
        (40, 1100, 1061),
        (700, 48, 530),
        (61, 700, 300),
        (200, 300, 515),
        (90, 3, 700),
    ],
)
def test_large_product(rows, depth, columns, dtype):
    for transposed in itertools.product([False, True], repeat=2):
        a, b = integers(rows, depth, transposed[0]), integers(depth, columns, transposed[1])
        assert tg.equal(a.to(dtype) @ b.to(dtype), (a @ b).to(dtype)), transposed


@pytest.mark.parametrize("dtype", [tg.float32, tg.float64, tg.int32])
@pytest.mark.parametrize("transposed", list(itertools.product([False, True], repeat=2)), ids=str)
def test_product_added_to_something(dtype, transposed):
    for rows, depth, columns in itertools.product((1, 5, 13, 61, 140), (0, 1, 7, 16, 300), (1, 3, 16, 33, 300)):
        a, b = integers(rows, depth, transposed[0]), integers(depth, columns, transposed[1])
        wide = integers(rows, columns + 3, False)
        for added in [
            wide[:, :columns],
            wide[0, 2 : 2 + columns],
            wide[:, 1:2],
            wide[0, 0],
            wide[:, 3:].t().clone().t(),
        ]:
            got = tg.addmm(added.to(dtype), a.to(dtype), b.to(dtype))
            assert tg.equal(got, (a @ b + added).to(dtype)), (rows, depth, columns, added.shape)


@pytest.mark.parametrize("dtype", [tg.float32, tg.float64])
def test_product_of_parts_of_matrices(dtype):
    a, b = integers(200, 300, False), integers(300, 400, False)
    for left, right in [(a[::2, 10:], b[10:, ::3]), (a[:, ::3], b[::3, 5:77]), (a[3:70, 1:], b.flip(1)[1:, 7:])]:
        assert tg.equal(left.to(dtype) @ right.to(dtype), (left @ right).to(dtype))
        x, y = a.to(dtype), b.to(dtype)
        assert tg.equal(x[::2, 10:] @ y[10:, ::3], (a[::2, 10:] @ b[10:, ::3]).to(dtype))


def test_integers_wrap():
    a = tg.full((3, 100), 100, dtype=tg.int8)
    assert (a @ a.t()).tolist() == [[(100 * 100 * 100 + 128) % 256 - 128] * 3] * 3
    large = tg.full((2, 2), 2**62)
    assert (large @ tg.full((2, 2), 3)).tolist() == [[(6 * 2**62 + 2**63) % 2**64 - 2**63] * 2] * 2


@pytest.mark.parametrize("dtype", [tg.float32, tg.float64, tg.int32])
@pytest.mark.parametrize("transposed", list(itertools.product([False, True], repeat=2)), ids=str)
def test_batch(dtype, transposed):
    for rows, depth, columns in itertools.product((1, 5, 8, 12, 16, 17, 40), (0, 1, 16, 40), (1, 9, 16, 31, 64)):
        a = tg.stack([integers(rows, depth, False) + i for i in range(3)]).to(dtype)
        b = tg.stack([integers(depth, columns, False) - i for i in range(3)]).to(dtype)
        a = a.mT.clone().mT if transposed[0] else a
        b = b.mT.clone().mT if transposed[1] else b
        for x, y in (a, b), (a[:1].expand(3, rows, depth), b), (a[::2], b[1:]):
            expected = tg.stack([p @ q for p, q in zip(x, y)])
            assert tg.equal(x @ y, expected), (rows, depth, columns)
