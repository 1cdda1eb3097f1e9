"""How the tape records: requires_grad, grad_fn, backward with and without arguments, and what
stops recording.
"""

import tapegrad as tg

x = tg.ones(2, 2, requires_grad=True)
print(x)
y = x + 2
print(y)
print(y.grad_fn.name(), y.grad_fn.next_functions[0][0].name(), x.grad_fn, x.is_leaf, y.is_leaf)
z = y * y * 3
out = z.mean()
print(z, out)
out.backward()
print(x.grad)

a = tg.tensor([[0.5, -1.0], [2.0, 3.0]])
a = (a * 3) / (a - 1)
print(a.requires_grad)
a.requires_grad_(True)
b = (a * a).sum()
print(b.grad_fn.name(), b)

v = tg.tensor([1.0, 2.0, 3.0], requires_grad=True)
w = v * 2
doublings = 0
while w.data.norm() < 1000:
    w = w * 2
    doublings += 1
print(doublings, w)
w.backward(tg.tensor([0.1, 1.0, 0.0001]))
print(v.grad)

print((v**2).requires_grad)
with tg.no_grad():
    print((v**2).requires_grad)
print(v.detach().requires_grad, v.eq(v.detach()).all())

p = tg.tensor(2.0, requires_grad=True)
for _ in range(2):
    (p**3).backward()
    print("accumulated", p.grad)
p.grad.zero_()
q = p**3
(first,) = tg.autograd.grad(q, p, create_graph=True)
(second,) = tg.autograd.grad(first, p)
print(first, second)
try:
    q.sin().backward()
    q.sin().backward()
except RuntimeError as error:
    print(str(error)[:60])
try:
    (v * 2).backward()
except RuntimeError as error:
    print(error)
print(
    tg.tensor([True, False]),
    tg.tensor(3),
    tg.zeros(0),
    tg.tensor([1e-6, 1.0]),
    tg.linspace(0, 1, 5, dtype=tg.float64),
)
