"""Three coefficients of a parabola fitted with the tape; the loss is printed as a tensor and as a
number.
"""

import tapegrad as tg

xs = tg.arange(-2.0, 2.5, 0.5)
ys = 1.5 * xs**2 - 2 * xs + 0.5

a = tg.tensor([1.0], requires_grad=True)
b = tg.tensor([1.0], requires_grad=True)
c = tg.tensor([0.0], requires_grad=True)
print(a, b.requires_grad, c.grad)


def predict(x):
    return a * x**2 + b * x + c


for step in range(301):
    loss = ((predict(xs) - ys) ** 2).mean()
    loss.backward()
    if step % 60 == 0:
        print(step, loss, f"{loss.item():.5f}", a.grad, b.grad)
    with tg.no_grad():
        for parameter in (a, b, c):
            parameter -= 0.05 * parameter.grad
            parameter.grad.zero_()

print("coefficients", a.item(), b.item(), c.item())
print("predict 4:", predict(tg.tensor(4.0)), predict(tg.tensor(4.0)).shape)
