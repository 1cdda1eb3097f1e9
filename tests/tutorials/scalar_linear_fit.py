"""One weight fitted to y = 2x by hand, point after point; first without gradients from the tape,
then with them.
"""

import tapegrad as tg

points = [(1.0, 2.0), (2.0, 4.0), (3.0, 6.0)]


def slope_by_hand(x, y, w):
    return 2 * x * (x * w - y)


weight = 1.0
for _epoch in range(10):
    for x, y in points:
        weight -= 0.01 * slope_by_hand(x, y, weight)
print("by hand", round(weight, 6))

w = tg.tensor([1.0], requires_grad=True)
print("before", (w * 4).item())
for epoch in range(10):
    for x, y in points:
        loss = (x * w - y) ** 2
        loss.backward()
        print("\tgrad", x, y, w.grad.item())
        w.data = w.data - 0.01 * w.grad.data
        w.grad.data.zero_()
    print("epoch", epoch, loss.item())
print("after", (w * 4).item(), w)
