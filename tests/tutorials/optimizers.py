"""The same two weights under plain SGD, momentum, Nesterov, weight decay and Adagrad."""

import tapegrad as tg

target = tg.tensor([[2.0, -1.0], [0.5, 3.0], [1.0, 1.0]])
wanted = tg.tensor([1.0, -2.0])


def train(name, make, steps=25):
    w = tg.zeros(2, requires_grad=True)
    optimizer = make([w])
    for _ in range(steps):
        optimizer.zero_grad()
        loss = ((target @ w - target @ wanted) ** 2).mean()
        loss.backward()
        optimizer.step()
    print(name, w, loss.item())


train("sgd", lambda p: tg.optim.SGD(p, lr=0.05))
train("momentum", lambda p: tg.optim.SGD(p, lr=0.02, momentum=0.9))
train("dampening", lambda p: tg.optim.SGD(p, lr=0.05, momentum=0.9, dampening=0.5))
train("nesterov", lambda p: tg.optim.SGD(p, lr=0.02, momentum=0.9, nesterov=True))
train("weight decay", lambda p: tg.optim.SGD(p, lr=0.05, weight_decay=0.1))
train("maximize", lambda p: tg.optim.SGD(p, lr=0.001, maximize=True), steps=5)
train("adagrad", lambda p: tg.optim.Adagrad(p, lr=0.5))
train(
    "adagrad decay",
    lambda p: tg.optim.Adagrad(p, lr=0.5, lr_decay=0.01, weight_decay=0.01, initial_accumulator_value=0.1, eps=1e-8),
)


def closure_step():
    w = tg.ones(1, requires_grad=True)
    optimizer = tg.optim.SGD([w], lr=0.1)

    def closure():
        optimizer.zero_grad()
        loss = (w**2).sum()
        loss.backward()
        return loss

    print("closure", optimizer.step(closure), w)


closure_step()

groups = tg.optim.SGD(
    [
        {"params": [tg.ones(1, requires_grad=True)]},
        {"params": [tg.ones(1, requires_grad=True)], "lr": 0.5},
    ],
    lr=0.1,
)
for group in groups.param_groups:
    group["params"][0].grad = tg.ones(1)
groups.step()
print(
    [group["params"][0] for group in groups.param_groups],
    groups.state_dict()["param_groups"][1]["lr"],
)
