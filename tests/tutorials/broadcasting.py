"""Shapes that meet: what broadcasting gives, what it refuses, and where the gradients are summed."""

import tapegrad as tg

x = tg.arange(3)
y = tg.arange(4).reshape(4, 1)
print(x + y)
print((x + y).shape, (tg.ones(5, 1, 3) * tg.ones(2, 1)).size())

for left, right in (((2, 3), (3,)), ((2, 3), (2,)), ((0,), (1,)), ((), (2, 2)), ((3, 1), (1, 4))):
    try:
        print(left, right, "->", tuple((tg.zeros(left) + tg.zeros(right)).shape))
    except RuntimeError as error:
        print(left, right, "->", error)

row = tg.tensor([1.0, 2.0, 3.0], requires_grad=True)
column = tg.tensor([[10.0], [20.0]], requires_grad=True)
table = row * column
print(table)
table.sum().backward()
print(row.grad, column.grad, sep="\n")

total = tg.ones(2, 1)
try:
    total += tg.ones(2, 3)
except RuntimeError as error:
    print(error)
centred = table.detach() - table.detach().mean(1, keepdim=True)
print(centred)
print(centred.std(dim=1))
