"""tapegrad's tour: three small models, then a network that reads handwritten digits.

    python examples/digits.py [--epochs N] [--seed N] [--output digits.png]

Needs the extra: pip install tapegrad[examples]. Ends with an error where the accuracy on digits is
below 97 %.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable

from sklearn.datasets import load_digits

import tapegrad as tg
from tapegrad import nn, optim
from tapegrad.training import EarlyStopping, accuracy, fit
from tapegrad.utils.data import DataLoader, TensorDataset, random_split


def descend(parameters: list[tg.Tensor], loss: Callable[[], tg.Tensor], lr: float, steps: int) -> float:
    """Gradient descent with nothing but tensors: what an optimizer does."""
    for _ in range(steps):
        value = loss()
        value.backward()
        with tg.no_grad():
            for parameter in parameters:
                parameter -= lr * parameter.grad
                parameter.grad.zero_()
    return value.item()


def fit_linear() -> None:
    """y = 2 x, one weight."""
    x, y = tg.tensor([1.0, 2.0, 3.0]), tg.tensor([2.0, 4.0, 6.0])
    w = tg.tensor([1.0], requires_grad=True)
    loss = descend([w], lambda: ((x * w - y) ** 2).mean(), lr=0.05, steps=200)
    print(f"linear      y = w x             w = {w.item():.4f}   (true: 2)   loss {loss:.1e}")


def fit_quadratic() -> None:
    """y = x**2 - 2 x + 3, three weights."""
    x = tg.linspace(-2, 2, 41)
    y = x**2 - 2 * x + 3
    a, b, c = (tg.zeros(1, requires_grad=True) for _ in range(3))
    loss = descend([a, b, c], lambda: ((a * x**2 + b * x + c - y) ** 2).mean(), lr=0.1, steps=500)
    learned = f"a = {a.item():.4f}, b = {b.item():.4f}, c = {c.item():.4f}"
    print(f"quadratic   y = a x^2 + b x + c {learned}   (true: 1, -2, 3)   loss {loss:.1e}")


def fit_line_from_noise(seed: int) -> None:
    """y = 3 x + 0.8 from 500 noisy points, with a module and an optimizer."""
    tg.manual_seed(seed)
    x = tg.rand(500, 1)
    y = 3 * x + 0.8 + 0.01 * tg.randn(500, 1)
    line = nn.Linear(1, 1)
    optimizer = optim.SGD(line.parameters(), lr=0.1, momentum=0.9)
    fit(line, nn.MSELoss(), optimizer, (x, y), epochs=20, batch_size=50, progress=False)
    w, b = line.weight.item(), line.bias.item()
    print(f"regression  y = w x + b         w = {w:.4f}, b = {b:.4f}   (true: 3, 0.8)")


class Noise(nn.Module):
    """Adds normal noise while training, so that the network does not learn single pixels."""

    def __init__(self, deviation: float) -> None:
        super().__init__()
        self.deviation = deviation

    def forward(self, x: tg.Tensor) -> tg.Tensor:
        """Noisy inputs; the inputs themselves after eval()."""
        return x + self.deviation * tg.randn(x.shape) if self.training else x

    def extra_repr(self) -> str:
        """What the printed network shows of it."""
        return f"deviation={self.deviation}"


def digits() -> tuple[tg.Tensor, tg.Tensor]:
    """1,797 images of 8 x 8 pixels as rows of numbers in [0, 1], and the digits that they show."""
    images, labels = load_digits(return_X_y=True)
    return tg.tensor(images, dtype=tg.float32) / 16, tg.tensor(labels, dtype=tg.int64)


def fit_digits(epochs: int, seed: int, output: str) -> float:
    """Trains a multilayer perceptron; returns its accuracy on images that it has not seen."""
    tg.manual_seed(seed)
    images, labels = digits()
    train, validation, test = random_split(TensorDataset(images, labels), [0.7, 0.1, 0.2])
    model = nn.Sequential(Noise(0.2), nn.Linear(64, 256), nn.ReLU(), nn.Linear(256, 10))
    print(f"\n{model}")
    print(f"{len(train)} images to train on, {len(validation)} to watch, {len(test)} to test")
    history = fit(
        model,
        nn.CrossEntropyLoss(),
        optim.SGD(model.parameters(), lr=0.1, momentum=0.9),
        DataLoader(train, batch_size=32, shuffle=True),
        DataLoader(validation, batch_size=256),
        epochs=epochs,
        metrics={"accuracy": accuracy},
        early_stopping=EarlyStopping(patience=10),
    )
    history.plot(output)
    if history.interrupted:
        print("interrupted: what was learned so far is tested")
    with tg.no_grad():
        inputs, targets = next(iter(DataLoader(test, batch_size=len(test))))
        share = accuracy(model(inputs), targets)
    best = "" if history.best_epoch is None else f", best {history.best_epoch + 1}"
    print(f"{history.epochs} epochs{best}, test accuracy {share:.1%}; loss curve in {output}")
    return share


def main() -> int:
    """Runs everything; the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--epochs", type=int, default=40, help="at most this many (default: 40)")
    parser.add_argument("--seed", type=int, default=0, help="of all random numbers (default: 0)")
    parser.add_argument("--output", default="digits.png", help="the chart (default: digits.png)")
    options = parser.parse_args()
    fit_linear()
    fit_quadratic()
    fit_line_from_noise(options.seed)
    share = fit_digits(options.epochs, options.seed, options.output)
    if share < 0.97 and options.epochs >= 20:
        print("below 97 %: something is wrong", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
