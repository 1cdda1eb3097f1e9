"""A line through 500 noisy points around y = 3x + 0.8, with matrix products and hand-written
steps.
"""

import tapegrad as tg

tg.manual_seed(1)
x = tg.rand([500, 1])
y_true = 3 * x + 0.8 + 0.02 * tg.randn(500, 1)
print(x.shape, x[:3], y_true.mean())

w = tg.rand([1, 1], requires_grad=True)
b = tg.tensor(0, requires_grad=True, dtype=tg.float32)
print(w, b)

for step in range(301):
    y_predict = tg.matmul(x, w) + b
    loss = (y_true - y_predict).pow(2).mean()
    if w.grad is not None:
        w.grad.data.zero_()
    if b.grad is not None:
        b.grad.data.zero_()
    loss.backward()
    w.data = w.data - 0.1 * w.grad
    b.data = b.data - 0.1 * b.grad
    if step % 50 == 0:
        print("step", step, "w, b, loss", w.item(), b.item(), loss.item())

model = tg.nn.Linear(1, 1)
criterion = tg.nn.MSELoss()
optimizer = tg.optim.SGD(model.parameters(), lr=0.1)
for step in range(201):
    loss = criterion(model(x), y_true)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
    if step % 100 == 0:
        print("model", step, loss.item())
print([parameter.data for parameter in model.parameters()])
