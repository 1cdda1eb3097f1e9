"""What is refused, with PyTorch's error type and text: tests/golden/errors.json holds both."""

from __future__ import annotations

import contextlib

import pytest
from conftest import error_text, golden, inf, nan, run_python, tg
from op_table import listed

# Expressions over x: float (2, 3), y: float (2, 4), i: int64 (3,), b: bool (2,), s: float scalar,
# r: float (2, 3) that requires grad.
# Text compared as a whole: PyTorch's message is the specification.
EXACT = """
x + y | x - y | x * y | x / y | x @ x | x.mm(x) | x.mv(i.float()[:2]) | x.bmm(x) | x.dot(x)
i.float().dot(b.float()) | tg.outer(x, i) | x @ s | s @ x | x @ i.double() | x.mm(i)
tg.addmm(x, x, y) | x.reshape(4) | x.reshape(-1, -1) | x.reshape(-1, 4) | x.view(5)
x.view(-1, 0) | x.t().view(6) | x.transpose(0, 2) | x.permute(0) | x.permute(0, 0)
x.permute(0, 5) | x.unsqueeze(4) | x.squeeze(3) | x.expand(3, 3) | x.expand(3)
x.expand(-1, 2, 3) | x.t().t().unsqueeze(0).t() | x.sum(2) | x.sum(-3) | x.sum((0, 0)) | x.mean(5)
x.max(2) | x.argmax(3) | x.softmax(2) | x.logsumexp(7) | x.prod(4) | x.all(2) | x.std(9)
x.flatten(3) | x.unbind(2) | i.mean() | i.std() | i.var() | x[:0].max() | x[:0].min()
x[:0].argmax() | x[:0].max(0) | x[:, :0].amax(1) | tg.cat([x, y]) | tg.cat([]) | tg.cat([x, s])
tg.cat([x, i]) | tg.stack([x, y]) | tg.stack([]) | x.split(0) | x.split(-1) | x.split([1, 2])
x.chunk(0) | x.split([3], 5) | x.item() | x[0].item() | bool(x) | int(x) | float(x) | range(3)[x]
bool(x[:0]) | r.numpy() | len(s) | iter(s) | b - b | -b | ~x | tg.tensor([1]) ** -1 | x.backward()
r.backward() | (r * 2).backward() | (r * 2).sum().backward(tg.ones(2))
r.sum().backward(retain_graph=True, gradient=x) | r.add_(1) | r[0].mul_(2) | r.zero_() | x.add_(y)
s.add_(x) | i.add_(1.5) | i.mul_(x[0]) | b.add_(1) | i.div_(2) | x.copy_(y) | x.fill_(x)
x.clamp() | i.exp_() | x.clamp_() | tg.exp(x, out=i) | tg.add(x, 1, out=r) | tg.add(r, 1, out=x)
tg.add(x, x, out=i) | tg.where(x, x, x) | tg.where(b, x, x) | tg.where(x > 0, x, y)
tg.maximum(x, y) | x == y | x.allclose(y) | x.allclose(i.expand(2, 3))
tg.nn.functional.cross_entropy(x, i) | tg.nn.functional.nll_loss(x, tg.tensor([0, 9]))
tg.nn.functional.cross_entropy(x, tg.tensor([0, 7]))
tg.nn.functional.cross_entropy(x, tg.tensor([0., 1.]))
tg.nn.functional.mse_loss(x, x, reduction='bad') | tg.nn.functional.binary_cross_entropy(x + 5, x)
tg.nn.functional.binary_cross_entropy(x, y)
tg.nn.functional.binary_cross_entropy_with_logits(x, y) | tg.nn.functional.linear(x, y)
tg.eye(-1) | tg.eye(2, -1) | tg.linspace(0, 1, -2) | tg.arange(0, 5, -1) | tg.arange(0, 5, 0)
tg.full((-1,), 0) | tg.empty(-2) | tg.tensor([[1], [1, 2]]) | tg.tensor([None]) | tg.tensor({})
tg.tensor(object()) | tg.tensor([1], requires_grad=True) | i.requires_grad_()
i.float().long().requires_grad_() | tg.from_numpy([1]) | tg.set_default_dtype(tg.int32)
tg.randint(3, 3, (1,)) | x.uniform_(2, 1) | x.normal_(0, -1) | x.as_strided((9,), (1,))
x.as_strided((2, 2), (1,)) | x.as_strided((2,), (-1,)) | x[2] | x[-3] | x[0, 3] | x[0, 0, 0]
x[tg.tensor([5])] | x[1.0] | x[::-1] | x[b.repeat(2)] | x[tg.tensor([0.5])] | s[0]
x.narrow(0, 1, 5) | x.select(0, 4) | x.select(3, 0) | x.__setitem__(0, y) | x.__setitem__(5, 1)
x.size(2) | x.stride(5) | tg.broadcast_to(x, (2,)) | x.view(tg.float64) | tg.zeros(2).view(3, -1)
tg.zeros(0).view(-1, 0) | (r * 2).detach_()[0].zero_().sum().backward()
tg.autograd.grad(r.sum(), x) | tg.autograd.grad(x.sum(), r) | tg.autograd.grad(r, r)
tg.autograd.grad((r * 1).sum(), tg.ones(1, requires_grad=True)) | tg.ones(1).register_hook(print)
x.retain_grad() | (r * 2).requires_grad_(False) | tg.optim.SGD([], 0.1) | tg.optim.SGD([r], -1.)
tg.optim.SGD([r * 2], 0.1) | tg.optim.SGD([r], 0.1, nesterov=True)
tg.optim.SGD([r], 0.1, momentum=-1) | tg.optim.SGD([r], 0.1, weight_decay=-1)
tg.optim.Adagrad([r], lr=-1) | tg.optim.Adagrad([r], eps=-1) | tg.optim.SGD(r, 0.1)
tg.signal.windows.hann(-1) | tg.signal.windows.hann(3, dtype=tg.float16) | tg.signal.windows.kaiser(3, beta=-1.0)
tg.signal.windows.exponential(3, tau=0) | tg.signal.windows.exponential(3, center=1) | tg.hann_window(-2)
tg.signal.windows.gaussian(3, std=0) | tg.signal.windows.general_cosine(3, a=[]) | tg.histogramdd(y[0], 2)
tg.signal.windows.general_cosine(3, a=1.0) | tg.histogramdd(x, [2, 2]) | tg.histogramdd(x, 2, range=[0., 1.])
tg.histogramdd(x, 0) | tg.histogramdd(x, 2, range=[0., 1., 1., 0., 0., 1.]) | tg.histogramdd(x, [x[0]])
tg.histogramdd(x, [x[0], x[0], x]) | tg.histogramdd(x, [x[0], x[0].double(), x[0]])
tg.histogramdd(x, [x[0], x[0, :0], x[0]]) | tg.histogramdd(x, 2, weight=x) | tg.histogramdd(x.long(), 2)
tg.histogramdd(x, 2, weight=x[:, 0].double())
tg.optim.SGD([1], 0.1) | tg.optim.SGD([{'lr': 1}], 0.1) | tg.nn.Linear(2, 3)(y)
tg.nn.functional.nll_loss(x, tg.tensor([0, 1]), r[0]) | tg.nn.functional.soft_margin_loss(x, r)
tg.nn.functional.multi_margin_loss(x, tg.tensor([0, 1]), weight=r[0])
tg.nn.functional.binary_cross_entropy(x, x, r) | tg.nn.Linear(4, 1)(i) | b.sub(b) | x.type('nothing')
i.pow(-2) | [1, 2][s]
"""

# Only the type is compared: the text speaks of PyTorch's own signatures.
KINDS = """
x.sum('a') | x.reshape('a') | x.reshape(1.5) | x.view(None) | x.expand(1.5) | tg.add(x) | tg.add()
tg.add(x, 'a') | x + 'a' | x + None | x + [1, 2] | 'a' * x | x @ 2 | x.add(x, x)
x.add_(x, beta=2) | tg.exp(2) | tg.exp(x, x) | tg.sum() | x.mean(dim='a') | x.transpose(0)
x.transpose(0, 'a') | x.permute('a') | tg.cat(x) | tg.cat([1, 2]) | tg.cat([x, 1])
tg.stack(x, 0, 1) | x.split('a') | x.to([]) | tg.zeros('a') | tg.ones(1, dtype='float32')
tg.ones(1, 2.5) | tg.full((2,), 'a') | tg.arange('a') | tg.manual_seed('a') | x.clamp('a')
tg.where(1, 2) | tg.matmul(x, 2) | x.item(1) | x.numel(1) | x.backward('a') | x.copy_('a')
x.fill_('a') | x['a'] | x.requires_grad_('a') | x.softmax() | x.softmax('a') | x.squeeze('a')
x < 'a' | x < None | tg.Tensor('a') | tg.Tensor([1], [2]) | tg.tensor() | tg.tensor('a')
tg.tensor([1, 'a']) | tg.tensor([1], dtype=1) | x.sum(nothing=1) | x.sum(dim=0, axis=0)
tg.eye('a') | tg.linspace(0) | tg.rand('a') | x.mul(2, alpha=2) | x.pow() | x.t(1) | x.unsqueeze()
x.unbind('a') | x.__setitem__(0, 'a') | x.__setitem__('a', 0) | setattr(x, 'grad', 1)
setattr(x, 'data', 1) | setattr(x, 'shape', (1,)) | setattr(x, 'dtype', 1) | hash([x])
x.new_zeros('a') | tg.autograd.grad(1, 2) | tg.autograd.backward(1) | tg.equal(x, 1)
tg.allclose(x, 1) | x.type_as(1) | x.expand_as(1) | i & 1.5 | x & x | x << 1 | i ^ x[0]
i.softmax(0) | i.log_softmax(0) | i.normal_() | i.uniform_() | x.new_tensor(None) | x.nothing
tg.nothing | x.to('nowhere')
"""

# Wrong arguments: the whole text is compared, with all signatures that it lists.
ARGUMENTS = """
tg.eq(2, x) | x.add('a') | tg.zeros('a') | tg.zeros(2, 'a') | tg.cat([x, 1]) | x.sum(0, foo=1)
x.max(0, out=x) | x.reshape() | x.transpose(0) | x.transpose(0, 1, 2) | tg.exp() | tg.exp(x, x)
x.mul([1]) | x.unsqueeze(1.0) | x.gather(0) | x.index_select(0, [1]) | tg.stack([1, 2])
tg.maximum(x, 2) | x.add(x, alpha='a') | tg.empty_like(x, dtype='a') | x.fill_('a') | x.pow('a')
x.clamp('a') | tg.lt('a', x) | x.sum('a') | x.squeeze('a') | x.max('a')
x.expand('a') | x.permute(0, 'a') | tg.max(x, 0, out=(x,)) | tg.ones(1, 2.5) | tg.arange('a')
tg.eye() | x.uniform_(0, 1, 2) | x.lerp(x, 'a') | tg.sum(1) | tg.softmax(x) | x.contiguous(1)
"""

EXACT, KINDS, ARGUMENTS = listed(EXACT), listed(KINDS), listed(ARGUMENTS)


def scope() -> dict:
    return {
        "tg": tg,
        "inf": inf,
        "nan": nan,
        "x": tg.arange(6.0).reshape(2, 3) / 8,
        "y": tg.ones(2, 4),
        "i": tg.arange(3),
        "b": tg.tensor([True, False]),
        "s": tg.tensor(1.5),
        "r": tg.ones(2, 3, requires_grad=True),
    }


def outcome(call: str, text=error_text) -> list[str]:
    """Type and first line (or `text` of it) of what the expression raises."""
    try:
        eval(call, scope())
    except Exception as error:
        return [type(error).__name__, text(error)]
    return ["nothing raised", ""]


def make_golden() -> dict:
    return (
        {call: outcome(call) for call in EXACT}
        | {call: [outcome(call)[0]] for call in KINDS}
        | {call: outcome(call, str) for call in ARGUMENTS}
    )


GOLDEN = golden("errors")


@pytest.mark.parametrize("call", EXACT)
def test_type_and_text(call):
    assert outcome(call) == GOLDEN[call]


@pytest.mark.parametrize("call", KINDS)
def test_type(call):
    assert outcome(call)[0] == GOLDEN[call][0]


@pytest.mark.parametrize("call", ARGUMENTS)
def test_whole_text(call):
    assert outcome(call, str) == GOLDEN[call]


def test_golden_file_has_every_case():
    assert list(GOLDEN) == list(dict.fromkeys(EXACT + KINDS + ARGUMENTS))


def test_norm_over_three_dimensions():
    with pytest.raises(RuntimeError, match=r"^linalg\.matrix_norm: dim must be a 2-tuple\. Got -4 3 -3$"):
        tg.norm(tg.ones(1, 2, 1, 2), dim=(-4, 3, -3))


def test_a_refused_inplace_leaves_the_tensor_alone():
    x = tg.arange(3.0)
    version = x._version
    for bad in (
        lambda: x.add_(tg.ones(4)),
        lambda: x.mul_("a"),
        lambda: x.copy_(tg.ones(2)),
        lambda: x.__setitem__(7, 1),
    ):
        with pytest.raises((RuntimeError, TypeError, IndexError)):
            bad()
    assert x.tolist() == [0, 1, 2] and x._version == version


@pytest.mark.parametrize(
    "call",
    ["tg.tensor(values)", "tg.zeros(values)", "tg.ones(4).reshape(values)", "tg.ones(4)[values]"],
)
def test_items_that_clear_their_list(call):
    """PyTorch 2.13 dies of these; here any outcome but a crash will do."""
    code = (
        "import tapegrad as tg\n"
        "class Clears:\n"
        "    def __float__(self): values.clear(); return 1.0\n"
        "    def __index__(self): values.clear(); return 1\n"
        "values = [Clears(), 2, 3]\n"
        f"try: {call}\n"
        "except Exception: pass\n"
        "print('alive')"
    )
    assert run_python(code) == "alive\n"


def test_sequences_that_raise():
    class Angry:
        def __len__(self):
            return 2

        def __getitem__(self, index):
            raise KeyError("mine")

    with pytest.raises((KeyError, RuntimeError, TypeError, ValueError)):
        tg.tensor(Angry())


def test_65_dimensions_do_not_kill():
    with contextlib.suppress(RuntimeError, IndexError):
        assert tg.zeros((1,) * 64).unsqueeze(0).numel() == 1


def test_integer_corner_cases_do_not_kill():
    smallest = tg.tensor([-(2**63)])
    assert (smallest // -1).numel() == (smallest % -1).numel() == 1
    assert (tg.tensor([1]) << 70).numel() == (tg.tensor([1]) >> 70).numel() == 1
    for call in ("tg.tensor([1]) // 0", "tg.tensor([1]) % 0"):
        with pytest.raises(RuntimeError, match=r"ZeroDivisionError"):
            eval(call, {"tg": tg})


@pytest.mark.parametrize("name", ["eq", "lt", "pow", "maximum", "logical_and", "remainder"])
def test_two_numbers_are_refused(name):
    with pytest.raises(TypeError, match=r"must be Tensor, not int|got \(int, int\)"):
        getattr(tg, name)(1, 2)


@pytest.mark.parametrize("name, value", [("add", 5), ("sub", 1), ("mul", 6), ("floor_divide", 1)])
def test_two_numbers_give_a_tensor(name, value):
    made = getattr(tg, name)(3, 2)
    assert made.shape == () and made.dtype is tg.int64 and made.item() == value
