"""Basic and advanced indexing."""

from op_table.row import each, op

# fmt: off
op("index",
   *each("x[{}]", """
0 | -1 | 1, 2 | 0:2 | :, 1 | ::2 | 1:, :2 | ..., 0 | None | 0, ..., None | 2:1 | :, -2: | True
[0, 2, 0] | [0, 1], [1, 2] | tg.tensor([2, 0]) | tg.tensor([[2], [0]]) | :, tg.tensor([1, 1])
tg.tensor([0]), 1: | tg.tensor([True, False, True]) | tg.tensor([[True, False, True]] * 3)
:, [2, 0] | tg.tensor(1) | tg.tensor([1]), None
"""),
   x=(3, 3))
