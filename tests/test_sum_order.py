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
