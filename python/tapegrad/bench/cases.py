"""The table of benchmarks: name, set-up, statement.

Set-ups and statements are written for PyTorch's interface; `T` is the module under test.
rand(*shape) gives float32 values between 0.5 and 1.5, leaf(*shape) the same with requires_grad,
floats(1.0, ...) these numbers with requires_grad. `result` is what the libraries must agree on
after one execution; without it, the statement's value.
"""

from __future__ import annotations

from dataclasses import dataclass

GROUPS = {
    "tutorials": "a training step of the programs in the tutorials",
    "overhead": "operations on a few elements: the cost of a call",
    "elementwise": "float32 arrays that fit the cache, and that do not",
    "reductions": "sums and the like over 1e6 elements",
    "matmul": "products of matrices",
    "indexing": "reads and writes at chosen places, copies and conversions, 1e6 elements",
    "optim": "one step of an optimizer over the parameters of a small network",
    "networks": "training steps of small networks: forward, loss, backward, optimizer",
}
SAME = "the statement of the row itself"


@dataclass(frozen=True)
class Case:
    """One row. `numpy` is NumPy's statement for it, where NumPy has the operation."""

    group: str
    name: str
    setup: str
    statement: str
    result: str = ""
    numpy: str = ""
    tolerance: float = 1e-5


def _case(
    group: str,
    name: str,
    setup: str,
    statement: str,
    result: str = "",
    numpy: str = "",
    tolerance: float = 1e-5,
) -> Case:
    return Case(group, name, setup, statement, result, statement if numpy == SAME else numpy, tolerance)


# --- tutorials ------------------------------------------------------------------------------------
_DATA = "x, y = 2.0, 4.0\n"
_MANY = "x, target = rand(500, 1), rand(500, 1)\nw, b = leaf(1, 1), leaf(1)\n"


def _by_hand(*names: str) -> str:
    """The tutorials' update of each parameter, written out."""
    steps = [f"{n}.data = {n}.data - 0.01 * {n}.grad.data" for n in names]
    return "\n".join(["loss.backward()", *steps, *(f"{n}.grad.data.zero_()" for n in names)])


def _trained(name: str, setup: str, loss: str, parameters: str) -> Case:
    names = parameters.split(", ")
    return _case("tutorials", name, setup, f"loss = {loss}\n{_by_hand(*names)}", f"({parameters},)")


_OPTIMIZED = "o.zero_grad()\nloss = ((x @ w + b - target) ** 2).mean()\nloss.backward()\no.step()"

_TUTORIALS = [
    _trained("linear w x", _DATA + "w = floats(1.0)", "(x * w - y) ** 2", "w"),
    _trained("linear w x + b", _DATA + "w, b = floats(1.0), floats(2.0)", "(x * w + b - y) ** 2", "w, b"),
    _trained(
        "quadratic",
        _DATA + "a, b, c = floats(1.0), floats(1.0), floats(2.0)",
        "(a * x ** 2 + b * x + c - y) ** 2",
        "a, b, c",
    ),
    _trained("500 points by hand", _MANY, "((x @ w + b - target) ** 2).mean()", "w, b"),
    *(
        _case("tutorials", f"500 points, {name}", f"{_MANY}o = T.optim.{made}", _OPTIMIZED, "(w, b)")
        for name, made in (
            ("SGD", "SGD([w, b], lr=0.01)"),
            ("SGD with momentum", "SGD([w, b], lr=0.001, momentum=0.9)"),
            ("Adagrad", "Adagrad([w, b], lr=0.1)"),
        )
    ),
    _case(
        "tutorials",
        "autograd basics, 2x2",
        "x = T.ones(2, 2, requires_grad=True)",
        "out = ((x + 1) ** 2 * 2).mean()\nout.backward()\ng = x.grad\nx.grad = None",
        "(out, g)",
    ),
]

# --- overhead -------------------------------------------------------------------------------------
_PAIR = "a, b = rand(1), rand(1)"
_GRADS = "a, b = leaf(1), leaf(1)"
_MATRIX = "x = rand(3, 4)"
_OVERHEAD = [
    _case("overhead", "a + b", _PAIR, "a + b", numpy=SAME),
    _case("overhead", "a * b with grad", _GRADS, "a * b"),
    _case("overhead", "x + 1.5", "x = rand(3)", "x + 1.5", numpy=SAME),
    _case("overhead", "x ** 2", "x = rand(3)", "x ** 2", numpy=SAME),
    _case("overhead", "x.exp()", "x = rand(3)", "x.exp()", numpy="T.exp(x)"),
    _case("overhead", "broadcast (3, 1) * (4)", "x, y = rand(3, 1), rand(4)", "x * y", numpy=SAME),
    _case("overhead", "x.sum()", _MATRIX, "x.sum()", numpy=SAME),
    _case("overhead", "x.mean(1)", _MATRIX, "x.mean(1)", numpy=SAME),
    _case("overhead", "x @ y, 4x4", "x, y = rand(4, 4), rand(4, 4)", "x @ y", numpy=SAME),
    _case("overhead", "x.add_(0)", "x = rand(3)", "x.add_(0.0)", numpy="T.add(x, 0.0, out=x)"),
    _case("overhead", "x[1]", _MATRIX, "x[1]", numpy=SAME),
    _case("overhead", "x[1, 2] = 1.0", _MATRIX, "x[1, 2] = 1.0", "x", numpy=SAME),
    _case("overhead", "x.t()", _MATRIX, "x.t()", numpy="x.T"),
    _case("overhead", "x.reshape(4, 3)", _MATRIX, "x.reshape(4, 3)", numpy=SAME),
    _case("overhead", "x.item()", "x = rand(1)", "x.item()", numpy=SAME),
    _case("overhead", "x.shape", _MATRIX, "x.shape", numpy=SAME),
    _case("overhead", "x.requires_grad", _MATRIX, "x.requires_grad"),
    _case(
        "overhead",
        "tensor([1., 2., 3.])",
        "",
        "T.tensor([1.0, 2.0, 3.0])",
        numpy="T.array([1.0, 2.0, 3.0])",
    ),
    _case("overhead", "zeros(3)", "", "T.zeros(3)", numpy=SAME),
    _case("overhead", "no_grad()", "x = leaf(1)", "with T.no_grad():\n    x + x", "x"),
    _case(
        "overhead",
        "backward of (x * y).sum()",
        "x, y = leaf(3), leaf(3)",
        "(x * y).sum().backward()\nx.grad = y.grad = None",
        "x",
    ),
    _case("overhead", "repr(x)", _MATRIX, "repr(x)"),
]

# --- elementwise ----------------------------------------------------------------------------------
_ELEMENTWISE = [
    _case("elementwise", f"{text}, {label}", setup.format(n=n), statement, numpy=numpy)
    for n, label in ((10_000, "1e4"), (1_000_000, "1e6"), (10_000_000, "1e7"))
    for text, setup, statement, numpy in (
        ("a + b", "a, b = rand({n}), rand({n})", "a + b", SAME),
        ("a / b", "a, b = rand({n}), rand({n})", "a / b", SAME),
        ("x * 1.5", "x = rand({n})", "x * 1.5", SAME),
        ("a > b", "a, b = rand({n}), rand({n})", "a > b", SAME),
        ("where", "a, b = rand({n}), rand({n})\nc = a > b", "T.where(c, a, b)", SAME),
        ("exp", "x = rand({n})", "T.exp(x)", SAME),
        ("log", "x = rand({n})", "T.log(x)", SAME),
        ("tanh", "x = rand({n})", "T.tanh(x)", SAME),
        ("sqrt", "x = rand({n})", "T.sqrt(x)", SAME),
        ("relu", "x = rand({n}) - 1.0", "T.relu(x)", "T.maximum(x, 0)"),
        (
            "transposed a + b",
            "a, b = rand({n} // 100, 100).T, rand(100, {n} // 100)",
            "a + b",
            SAME,
        ),
    )
] + [
    _case(
        "elementwise",
        f"tanh(a * b + c), forward and backward, {label}",
        f"a, b, c, g = leaf({n}), leaf({n}), leaf({n}), rand({n})",
        "T.tanh(a * b + c).backward(g)\nga, gc = a.grad, c.grad\na.grad = b.grad = c.grad = None",
        "(ga, gc)",
    )
    for n, label in ((10_000, "1e4"), (1_000_000, "1e6"))
]

# --- reductions -----------------------------------------------------------------------------------
_SQUARE = "x = rand(1000, 1000)"
_REDUCTIONS = [
    _case("reductions", name, setup, statement, numpy=numpy, tolerance=1e-4)
    for name, setup, statement, numpy in (
        ("sum", _SQUARE, "x.sum()", SAME),
        ("sum over dim 0", _SQUARE, "x.sum(0)", SAME),
        ("sum over dim 1", _SQUARE, "x.sum(1)", SAME),
        ("mean over dim 1", _SQUARE, "x.mean(1)", SAME),
        ("max", _SQUARE, "x.max()", SAME),
        ("amax over dim 1", _SQUARE, "x.amax(1)", "x.max(1)"),
        ("argmax over dim 1", _SQUARE, "x.argmax(1)", SAME),
        ("prod over dim 1", "x = rand(10000, 100) / 100 + 0.99", "x.prod(1)", SAME),
        ("var over dim 1", _SQUARE, "x.var(1)", "x.var(1, ddof=1)"),
        ("std", _SQUARE, "x.std()", "x.std(ddof=1)"),
        ("all", _SQUARE + "\nm = x > 0", "m.all()", SAME),
        ("cumsum over dim 1", _SQUARE, "x.cumsum(1)", SAME),
        ("sort, 1e5", "x = rand(100000)", "x.sort()[0]", "T.sort(x)"),
        ("topk of 5 over dim 1", _SQUARE, "T.topk(x, 5)[0]", ""),
        ("logsumexp over dim 1", _SQUARE, "T.logsumexp(x, 1)", "T.log(T.exp(x).sum(1))"),
        ("softmax over dim 1", _SQUARE, "T.softmax(x, 1)", ""),
        ("softmax over dim 0", _SQUARE, "T.softmax(x, 0)", ""),
        ("sum of 100000 rows of 10", "x = rand(100000, 10)", "x.sum(1)", SAME),
    )
]

# --- matmul ---------------------------------------------------------------------------------------
_MATMUL = [
    *(
        _case("matmul", f"{n} x {n}", f"a, b = rand({n}, {n}), rand({n}, {n})", "a @ b", numpy=SAME)
        for n in (4, 16, 64, 128, 256, 512, 1024)
    ),
    *(
        _case("matmul", name, setup, statement, numpy=numpy)
        for name, setup, statement, numpy in (
            ("32x64 @ 64x128", "a, b = rand(32, 64), rand(64, 128)", "a @ b", SAME),
            ("32x128 @ 128x10", "a, b = rand(32, 128), rand(128, 10)", "a @ b", SAME),
            (
                "128x32 @ 32x10, left transposed",
                "a, b = rand(32, 128), rand(32, 10)",
                "a.T @ b",
                SAME,
            ),
            (
                "256x784 @ 784x128, right transposed",
                "a, b = rand(256, 784), rand(128, 784)",
                "a @ b.T",
                SAME,
            ),
            ("matrix 512x512 @ vector", "a, b = rand(512, 512), rand(512)", "a @ b", SAME),
            ("dot, 1e4", "a, b = rand(10000), rand(10000)", "a @ b", SAME),
            ("bmm 32 of 64x64", "a, b = rand(32, 64, 64), rand(32, 64, 64)", "a @ b", SAME),
            (
                "addmm 32x64 @ 64x128 + 128",
                "a, b, c = rand(32, 64), rand(64, 128), rand(128)",
                "T.addmm(c, a, b)",
                "c + a @ b",
            ),
        )
    ),
    _case(
        "matmul",
        "64x64 @ 64x64, forward and backward",
        "a, b, g = leaf(64, 64), leaf(64, 64), rand(64, 64)",
        "(a @ b).backward(g)\nga, gb = a.grad, b.grad\na.grad = b.grad = None",
        "(ga, gb)",
    ),
]

# --- indexing and copies ---------------------------------------------------------------------------
_ROWS = "x = rand(10000, 100)\ni = (rand(10000) * 6000).long()"
_INDEXING = [
    _case("indexing", name, setup, statement, result, numpy)
    for name, setup, statement, result, numpy in (
        ("x[mask]", _SQUARE + "\nm = x > 1", "x[m]", "", SAME),
        ("x[mask] = 0", _SQUARE + "\nm = x > 1", "x[m] = 0.0", "x", SAME),
        ("masked_fill", _SQUARE + "\nm = x > 1", "x.masked_fill(m, 0.0)", "", ""),
        ("rows x[i]", _ROWS, "x[i]", "", ""),
        ("index_add", _ROWS + "\nz = rand(10000, 100)", "x.index_add(0, i, z)", "", ""),
        ("gather", "x = rand(1000, 1000)\ni = (x * 600).long()", "x.gather(1, i)", "", ""),
        ("scatter_add", "x = rand(1000, 1000)\ni = (x * 600).long()", "x.scatter_add(1, i, x)", "", ""),
        (
            "gather, backward",
            "x = leaf(1000, 1000)\ni = (x * 600).long()\ng = rand(1000, 1000)",
            "x.gather(1, i).backward(g)\ngx = x.grad\nx.grad = None",
            "gx",
            "",
        ),
        ("transposed copy", _SQUARE, "x.t().contiguous()", "", "T.ascontiguousarray(x.T)"),
        (
            "permuted copy",
            "x = rand(100, 100, 100)",
            "x.permute(2, 0, 1).contiguous()",
            "",
            "T.ascontiguousarray(x.transpose(2, 0, 1))",
        ),
        ("cat over dim 0", "x, y = rand(500, 1000), rand(500, 1000)", "T.cat([x, y])", "", "T.concatenate([x, y])"),
        (
            "cat over dim 1",
            "x, y = rand(1000, 500), rand(1000, 500)",
            "T.cat([x, y], 1)",
            "",
            "T.concatenate([x, y], 1)",
        ),
        ("flip", _SQUARE, "x.flip(0)", "", ""),
        ("to float64", _SQUARE, "x.double()", "", "x.astype('float64')"),
        ("to int64", _SQUARE, "x.long()", "", "x.astype('int64')"),
        ("clone", _SQUARE, "x.clone()", "", "x.copy()"),
        ("numpy()", _SQUARE, "x.numpy()", "x", ""),
        ("tolist, 1e5", "x = rand(100000)", "x.tolist()", "", SAME),
        (
            "tensor of a list, 1e5",
            "values = rand(100000).tolist()",
            "T.tensor(values)",
            "",
            "T.array(values, dtype='float32')",
        ),
    )
]

# --- optim ----------------------------------------------------------------------------------------
_NET = (
    "p = [leaf(64, 128), leaf(128), leaf(128, 10), leaf(10)]\nfor one in p:\n    one.grad = rand(*one.shape) * 1e-4\n"
)
_OPTIM = [
    *(
        _case("optim", name, f"{_NET}o = T.optim.{made}", "o.step()", "tuple(p)")
        for name, made in (
            ("SGD", "SGD(p, lr=1e-3)"),
            ("SGD, momentum", "SGD(p, lr=1e-3, momentum=0.9)"),
            (
                "SGD, nesterov, weight decay",
                "SGD(p, lr=1e-3, momentum=0.9, nesterov=True, weight_decay=1e-4)",
            ),
            ("Adagrad", "Adagrad(p, lr=1e-3)"),
        )
    ),
    _case(
        "optim",
        "SGD, one parameter of 1",
        "w = floats(1.0)\nw.grad = T.tensor([1e-6])\no = T.optim.SGD([w], lr=1e-3)",
        "o.step()",
        "w",
    ),
    _case(
        "optim",
        "zero_grad(set_to_none=False)",
        f"{_NET}o = T.optim.SGD(p, lr=1e-3)",
        "o.zero_grad(set_to_none=False)",
        "tuple(one.grad for one in p)",
    ),
]

# --- networks ---------------------------------------------------------------------------------------
_STEP = "o.zero_grad()\nloss = {loss}\nloss.backward()\no.step()"
_CLASSES = "target = (rand({n}) * 6).long()\ncriterion = T.nn.CrossEntropyLoss()\n"
_MLP = "x = rand(32, 64)\nnet = T.nn.Sequential(T.nn.Linear(64, 128), T.nn.ReLU(), T.nn.Linear(128, 10))\n"
_LENET = """\
x = rand(32, 1, 28, 28)
net = T.nn.Sequential(
    T.nn.Conv2d(1, 6, 3, padding=1), T.nn.ReLU(), T.nn.MaxPool2d(2),
    T.nn.Conv2d(6, 16, 3, padding=1), T.nn.ReLU(), T.nn.MaxPool2d(2),
    T.nn.Flatten(), T.nn.Linear(784, 64), T.nn.ReLU(), T.nn.Linear(64, 10),
)
"""


def _training(name: str, net: str, batch: int, made: str, output: str = "net(x)") -> Case:
    setup = f"T.manual_seed(0)\n{net}{_CLASSES.format(n=batch)}o = T.optim.{made}"
    return _case("networks", name, setup, _STEP.format(loss=f"criterion({output}, target)"), "loss", "", 1e-4)


def _recurrent(kind: str) -> str:
    return (
        f"x = rand(16, 20, 8)\nnet = T.nn.{kind}(8, 32, batch_first=True)\nhead = T.nn.Linear(32, 10)\n"
        "parameters = [*net.parameters(), *head.parameters()]\n"
    )


_NETWORKS = [
    _training("MLP 64-128-10, batch 32, SGD", _MLP, 32, "SGD(net.parameters(), lr=0.01)"),
    _training("MLP 64-128-10, batch 32, Adam", _MLP, 32, "Adam(net.parameters(), lr=1e-4)"),
    _training(
        "MLP 784-512-10, batch 128, SGD",
        "x = rand(128, 784)\nnet = T.nn.Sequential(T.nn.Linear(784, 512), T.nn.ReLU(), T.nn.Linear(512, 10))\n",
        128,
        "SGD(net.parameters(), lr=0.001)",
    ),
    _training("LeNet 28x28, batch 32, SGD", _LENET, 32, "SGD(net.parameters(), lr=0.001)"),
    *(
        _training(
            f"{kind} of 20 steps, batch 16, Adam",
            _recurrent(kind),
            16,
            "Adam(parameters, lr=1e-4)",
            "head(net(x)[0][:, -1])",
        )
        for kind in ("RNN", "LSTM", "GRU")
    ),
    _training(
        "Transformer layer, 8 x 16 x 32, Adam",
        "x = rand(8, 16, 32)\nlayer = T.nn.TransformerEncoderLayer(32, 4, 64, dropout=0.0, batch_first=True)\n"
        "net = T.nn.Sequential(layer, T.nn.Flatten(), T.nn.Linear(512, 10))\n",
        8,
        "Adam(net.parameters(), lr=1e-4)",
    ),
]

CASES = [
    *_TUTORIALS,
    *_OVERHEAD,
    *_ELEMENTWISE,
    *_REDUCTIONS,
    *_MATMUL,
    *_INDEXING,
    *_OPTIM,
    *_NETWORKS,
]
