"""Factories: values (the rest is in test_factories.py)."""

from op_table.row import ONCE, listed, op

# fmt: off
op("factories", *listed("""
tg.zeros(2, 3) | tg.zeros((2, 3)) | tg.ones(2) | tg.full((2, 2), 7) | tg.full((2,), 1.5)
tg.empty(0) | tg.eye(3) | tg.eye(2, 3) | tg.eye(0) | tg.zeros(()) | tg.full((), True)
tg.zeros(0, 3) | tg.arange(5) | tg.arange(1, 4) | tg.arange(1, 2, 0.25) | tg.arange(5, 0, -2)
tg.arange(5.) | tg.arange(0) | tg.arange(3, dtype=tg.float64) | tg.arange(0, 1, 0.1)
tg.arange(-1, 1, 0.3) | tg.linspace(0, 1, 5) | tg.linspace(3, -3, 4) | tg.linspace(0, 1, 1)
tg.linspace(0, 10, 3, dtype=tg.int64) | tg.linspace(0, 1, 11) | tg.linspace(-1, 1, 0)
tg.tensor(1) | tg.tensor(1.5) | tg.tensor(True) | tg.tensor([1, 2.5]) | tg.tensor([[1, 2], [3, 4]])
tg.tensor([True, 2]) | tg.tensor([]) | tg.Tensor([1, 2]) | tg.as_tensor([1., 2.])
tg.LongTensor([1, 2]) | tg.DoubleTensor([1]) | tg.BoolTensor([1, 0]) | tg.IntTensor([3])
"""), dtypes=ONCE, grad="")
op("factories like x", *listed("""
x.new_zeros(2) | x.new_ones(2, 2) | x.new_full((2,), 3) | x.new_tensor([1, 2]) | x.new_empty(0)
tg.zeros_like(x) | tg.ones_like(x) | tg.full_like(x, 3) | tg.empty_like(x[:0])
tg.zeros_like(x, dtype=tg.float64)
"""), x=(2, 3), grad="")
