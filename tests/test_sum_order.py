"""Sums of dense floats have the bits of PyTorch's: its order of additions shows in the last digit."""

import pytest

import tapegrad as tg


def numbers(n: int, dtype: tg.dtype) -> tg.Tensor:
    return (tg.arange(n) * 7919 % 1009).to(dtype) / 997


# Made with PyTorch 2.13 on one thread.
@pytest.mark.parametrize(
    ("n", "float32", "float64"),
    [
        (5, "0x1.41bbb2p+1", "0x1.41bbb2f80a455p+1"),
        (13, "0x1.8fca98p+2", "0x1.8fca977e9677ap+2"),
        (31, "0x1.f5a204p+3", "0x1.f5a205a621615p+3"),
        (100, "0x1.9818a8p+5", "0x1.9818a6631d03ep+5"),
        (500, "0x1.f900c4p+7", "0x1.f900c53318e82p+7"),
        (777, "0x1.894762p+8", "0x1.894761d4595b2p+8"),
        (5000, "0x1.3c03fap+11", "0x1.3c03fadd5604ap+11"),
        (100000, "0x1.8af164p+15", "0x1.8af16465ae58dp+15"),
    ],
)
def test_sum_of_all(n: int, float32: str, float64: str) -> None:
    assert numbers(n, tg.float32).sum().item() == float.fromhex(float32)
    assert numbers(n, tg.float64).sum().item() == float.fromhex(float64)
    assert numbers(n, tg.float64).reshape(1, n, 1).sum().item() == float.fromhex(float64)


def test_sum_and_mean_of_rows() -> None:
    rows = numbers(3000, tg.float32).reshape(6, 500)
    sums = ["f900c4p+7", "fb63e4p+7", "f7b480p+7", "fa17a0p+7", "f86e68p+7", "fad186p+7"]
    means = ["028fc0p-1", "03c8a6p-1", "01e5a2p-1", "031e88p-1", "0244d0p-1", "037db6p-1"]
    assert rows.sum(1).tolist() == [float.fromhex("0x1." + s) for s in sums]
    assert rows.mean(1).tolist() == [float.fromhex("0x1." + m) for m in means]


# Columns that fill PyTorch's vectors are summed in another order than the rest.
@pytest.mark.parametrize(
    ("rows", "width", "sums"),
    [
        (5000, 7, ["0x1.3c0f280000000p+11", "0x1.3bfe040000000p+11", "0x1.3bece00000000p+11"]),
        (300, 40, ["0x1.3039840000000p+7", "0x1.34a76a0000000p+7", "0x1.31fadc0000000p+7"]),
        (2000, 3, ["0x1.f99e6c0000000p+9", "0x1.f9fcec0000000p+9", "0x1.f958540000000p+9"]),
    ],
)
def test_sum_of_columns(rows: int, width: int, sums: list[str]) -> None:
    x = numbers(rows * width, tg.float32).reshape(rows, width)
    total = x.sum(0)
    assert [total[i].item() for i in (0, width // 2, width - 1)] == [float.fromhex(s) for s in sums]
    assert (x.reshape(1, rows, width, 1).sum(1).flatten() == total).all()


@pytest.mark.parametrize(
    ("width", "float32", "float64"),
    [
        (5, ["0x1.41bbb20000000p+1", "0x1.5cd28e0000000p+1"], ["0x1.41bbb2f80a455p+1", "0x1.5cd28d394280fp+1"]),
        (9, ["0x1.2621620000000p+2", "0x1.13d5e40000000p+2"], ["0x1.26216150e1f54p+2", "0x1.13d5e3c159197p+2"]),
        (27, ["0x1.9dc0d80000000p+3", "0x1.ccf7880000000p+3"], ["0x1.9dc0d5a205a62p+3", "0x1.ccf786cdee06bp+3"]),
    ],
)
def test_sum_of_narrow_rows(width: int, float32: list[str], float64: list[str]) -> None:
    for dtype, sums in [(tg.float32, float32), (tg.float64, float64)]:
        x = numbers(2 * width, dtype).reshape(2, width)
        assert x.sum(1).tolist() == [float.fromhex(s) for s in sums]
