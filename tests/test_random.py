"""Random numbers: the very streams of PyTorch for the same seed, ranges, generators, state."""

from __future__ import annotations

import hashlib

import pytest
from conftest import close, decode, dtype_name, encode, golden, tg
from op_table.row import listed

# After manual_seed(seed), each of these in turn; the tensors they give are golden.
STREAMS = {
    "rand": "tg.rand(5)",
    "rand 2-d": "tg.rand(2, 3)",
    "rand float64": "tg.rand(4, dtype=tg.float64)",
    "rand twice": "tg.rand(1), tg.rand(1)",
    "randn few": "tg.randn(5)",
    "randn 15": "tg.randn(15)",
    "randn 16": "tg.randn(16)",
    "randn 20": "tg.randn(20)",
    "randn 35": "tg.randn(35)",
    "randn few twice": "tg.randn(3), tg.randn(2)",
    "randn then rand": "tg.randn(1), tg.rand(2)",
    "rand then randn": "tg.rand(1), tg.randn(2)",
    "randn float64": "tg.randn(3, dtype=tg.float64)",
    "randn float64 17": "tg.randn(17, dtype=tg.float64)",
    "randn 2-d": "tg.randn(4, 5)",
    "randn strided": "tg.empty(4, 5).t().normal_()",
    "randint": "tg.randint(10, (8,))",
    "randint low high": "tg.randint(-5, 5, (2, 4))",
    "randint wide": "tg.randint(0, 2**40, (4,))",
    "randint int32": "tg.randint(0, 100, (5,), dtype=tg.int32)",
    "randint float": "tg.randint(0, 7, (3,), dtype=tg.float32)",
    "randperm": "tg.randperm(10)",
    "randperm 1": "tg.randperm(1), tg.rand(1)",
    "randperm 100": "tg.randperm(100)",
    "uniform_": "tg.empty(4).uniform_(-2, 3)",
    "uniform_ float64": "tg.empty(3, dtype=tg.float64).uniform_(0, 10)",
    "normal_": "tg.empty(4).normal_(1, 2)",
    "normal_ 20": "tg.empty(20).normal_(-1, 0.5)",
    "normal size": "tg.normal(0, 1, (3,))",
    "normal named size": "tg.normal(2., 3., size=(2, 2))",
    "normal of means": "tg.normal(tg.arange(3.), 1.)",
    "normal of stds": "tg.normal(0., tg.arange(1., 4.))",
    "normal of both": "tg.normal(tg.arange(20.), tg.ones(20))",
    "bernoulli": "tg.bernoulli(tg.full((6,), 0.5))",
    "bernoulli_": "tg.empty(5).bernoulli_(0.3)",
    "random_": "tg.zeros(4, dtype=tg.int64).random_(10)",
    "rand_like": "tg.rand_like(tg.zeros(2))",
    "randn_like": "tg.randn_like(tg.zeros(2, dtype=tg.float64))",
    "rand half": "tg.rand(3, dtype=tg.float16)",
    "randn half": "tg.randn(3, dtype=tg.float16)",
    "multinomial": "tg.multinomial(tg.tensor([1., 2., 3.]), 5, replacement=True)",
    "exponential_": "tg.empty(3).exponential_(2)",
    "rand bfloat16": "tg.rand(3, dtype=tg.bfloat16)",
    "linear": "tg.nn.Linear(3, 2).weight.detach()",
    "multinomial once": "tg.multinomial(tg.tensor([[1., 2., 3.], [3., 0., 1.]]), 1), tg.rand(1)",
    "multinomial without replacement": "tg.multinomial(tg.arange(1., 6.), 4), tg.rand(1)",
    "log_normal_": "tg.empty(4).log_normal_(0.5, 0.25)",
    "cauchy_": "tg.empty(4).cauchy_(1, 2)",
    "geometric_": "tg.empty(5).geometric_(0.3)",
    "bernoulli_ of a tensor": "tg.empty(4).bernoulli_(tg.linspace(0.1, 0.9, 4))",
    "poisson": "tg.poisson(tg.tensor([0.5, 3., 12., 80.])), tg.rand(1)",
    "binomial": "tg.binomial(tg.tensor([5., 50., 500.]), tg.tensor([0.3, 0.9, 0.1])), tg.rand(1)",
    "dropout": "tg.nn.functional.dropout(tg.ones(8), 0.4)",
    "alpha_dropout": "tg.nn.functional.alpha_dropout(tg.ones(6), 0.4, True)",
    "dropout2d": "tg.nn.functional.dropout2d(tg.ones(2, 3, 1, 2), 0.5)",
    "feature_alpha_dropout": "tg.nn.functional.feature_alpha_dropout(tg.ones(2, 3, 2), 0.5, True)",
    "rrelu": "tg.nn.functional.rrelu(tg.tensor([-1., 2., -3., -4.]), training=True)",
    "gumbel_softmax": "tg.nn.functional.gumbel_softmax(tg.arange(4.), tau=2.)",
    "trunc_normal_": "tg.nn.init.trunc_normal_(tg.empty(20), 0, 1, -0.5, 1.5), tg.rand(1)",
    "trunc_normal_ of a narrow range": "tg.nn.init.trunc_normal_(tg.empty(5), 0, 1, 1, 3), tg.rand(1)",
    "sparse_": "tg.nn.init.sparse_(tg.empty(4, 3), 0.5)",
}


# Equal bit for bit: digests of larger results, and of what the generator gives next. Nothing here goes through a
# function of the C library.
BITS = listed("""
tg.rand(5003) | tg.rand(1000, dtype=tg.float64) | tg.rand(33, dtype=tg.float16) | tg.empty(1000).uniform_(-2, 3)
tg.empty(501, dtype=tg.float64).uniform_(-2, 3) | tg.empty(40, 25).t().uniform_() | tg.randint(0, 1000, (1000,))
tg.randint(0, 2**40, (1000,)) | tg.randint(-7, 9, (1000,), dtype=tg.int8) | tg.randperm(5003)
tg.zeros(1000, dtype=tg.int64).random_() | tg.zeros(1000).random_() | tg.zeros(1000).random_(100)
tg.bernoulli(tg.linspace(0, 1, 1000)) | tg.empty(1000).bernoulli_(0.3) | tg.empty(99, dtype=tg.bool).bernoulli_(0.3)
tg.nn.functional.dropout(tg.ones(5003), 0.3) | tg.nn.functional.dropout(tg.ones(1000, dtype=tg.float16), 0.3)
tg.nn.functional.dropout2d(tg.ones(10, 100, 2, 2), 0.3)
tg.nn.functional.rrelu(tg.linspace(-1, 1, 1000), training=True)
tg.nn.functional.alpha_dropout(tg.linspace(-1, 1, 1000), 0.3) | tg.multinomial(tg.linspace(0.1, 1, 100), 1000, True)
tg.nn.init.kaiming_uniform_(tg.empty(100, 30)) | tg.nn.Linear(300, 20).weight.detach()
tg.nn.GRU(30, 40).weight_hh_l0.detach()
tg.nn.functional.fractional_max_pool2d(tg.arange(324.).reshape(1, 4, 9, 9), 2, output_size=(4, 4))
""")


def digest(call: str) -> str:
    (result,) = run(call, 7)
    after = tg.randint(0, 2**40, (1,))
    return hashlib.sha256(result.contiguous().numpy().tobytes() + after.numpy().tobytes()).hexdigest()[:16]


def run(call: str, seed: int):
    tg.manual_seed(seed)
    result = eval(call, {"tg": tg})
    return result if isinstance(result, tuple) else (result,)


def make_golden() -> dict:
    values = {
        f"{name}, seed {seed}": [encode(item) for item in run(call, seed)]
        for name, call in STREAMS.items()
        for seed in (0, 2**40 + 7)
    }
    return values | {call: digest(call) for call in BITS}


GOLDEN = golden("random")


@pytest.mark.parametrize("seed", [0, 2**40 + 7])
@pytest.mark.parametrize("name", STREAMS)
def test_stream_is_that_of_pytorch(name, seed):
    want = GOLDEN[f"{name}, seed {seed}"]
    found = run(STREAMS[name], seed)
    assert len(found) == len(want)
    for got, text in zip(found, want):
        dtype, shape, values = decode(text)
        assert (dtype_name(got.dtype), tuple(got.shape)) == (dtype, shape)
        close(
            got,
            values,
            rtol={"float64": 1e-10, "float32": 2e-6, "float16": 2e-3, "bfloat16": 2e-2}.get(dtype, 0),
            what=STREAMS[name],
        )


@pytest.mark.parametrize("call", BITS)
def test_bits_are_those_of_pytorch(call):
    assert digest(call) == GOLDEN[call]


def test_seed_repeats_the_stream():
    tg.manual_seed(5)
    first = tg.rand(3).tolist(), tg.randn(20).tolist()
    tg.manual_seed(5)
    assert (tg.rand(3).tolist(), tg.randn(20).tolist()) == first
    assert tg.initial_seed() == 5


def test_seeds_out_of_range():
    tg.manual_seed(-1)
    first = tg.rand(2).tolist()
    tg.manual_seed(2**64 - 1)
    assert tg.rand(2).tolist() == first
    with pytest.raises((RuntimeError, ValueError, OverflowError), match=r"."):
        tg.manual_seed(2**65)


def test_seed_is_not_repeated():
    tg.seed()
    first = tg.rand(4).tolist()
    tg.seed()
    assert tg.rand(4).tolist() != first


def test_generator_has_its_own_stream():
    generator = tg.Generator().manual_seed(3)
    tg.manual_seed(3)
    want = tg.rand(4).tolist()
    state = tg.get_rng_state()
    assert tg.rand(4, generator=generator).tolist() == want
    assert tg.get_rng_state().tolist() == state.tolist()
    assert generator.initial_seed() == 3
    for call in (
        "tg.randn(2, generator=g)",
        "tg.randint(5, (2,), generator=g)",
        "tg.randperm(5, generator=g)",
        "tg.empty(2).uniform_(generator=g)",
        "tg.empty(2).normal_(generator=g)",
        "tg.normal(0., 1., (2,), generator=g)",
    ):
        eval(call, {"tg": tg, "g": generator})
    assert tg.get_rng_state().tolist() == state.tolist()


def test_state_can_be_saved_and_restored():
    tg.manual_seed(1)
    tg.randn(3)
    state = tg.get_rng_state()
    want = tg.randn(5).tolist(), tg.rand(3).tolist()
    tg.set_rng_state(state)
    assert (tg.randn(5).tolist(), tg.rand(3).tolist()) == want
    generator = tg.Generator()
    generator.set_state(state)
    assert tg.randn(5, generator=generator).tolist() == want[0]


def test_rand_is_in_the_unit_interval():
    x = tg.rand(100_000)
    assert x.min().item() >= 0 and x.max().item() < 1
    assert abs(x.mean().item() - 0.5) < 0.005 and abs(x.var().item() - 1 / 12) < 0.002


def test_randn_is_standard_normal():
    tg.manual_seed(0)
    x = tg.randn(100_000)
    assert abs(x.mean().item()) < 0.02 and abs(x.std().item() - 1) < 0.01 and 3.5 < x.max().item() < 6


def test_randint_covers_its_range():
    assert sorted(set(tg.randint(-2, 3, (500,)).tolist())) == [-2, -1, 0, 1, 2]


def test_randperm_is_a_permutation():
    assert sorted(tg.randperm(1000).tolist()) == list(range(1000))
    assert tg.randperm(0).shape == (0,) and tg.randperm(3, dtype=tg.int32).dtype == tg.int32


@pytest.mark.parametrize(
    "bad, message",
    [
        (
            "tg.randint(5, 5, (2,))",
            r"random_ expects 'from' to be less than 'to', but got from=5 >= to=5",
        ),
        (
            "tg.empty(2).uniform_(3, 1)",
            r"uniform_ expects to return a \[from, to\) range, but found from=3 > to=1",
        ),
        ("tg.empty(2).normal_(0, -1)", r"normal expects std >= 0.0, but found std -1"),
        ("tg.randperm(-1)", "Trying to create tensor with negative dimension -1"),
        ("tg.normal(0., -1., (2,))", "std"),
        ("tg.rand(2, dtype=tg.int64)", "not implemented for 'Long'"),
        ("tg.zeros(2, dtype=tg.int64).normal_()", "not implemented for 'Long'"),
    ],
)
def test_refused(bad, message):
    with pytest.raises((RuntimeError, ValueError, NotImplementedError), match=message):
        eval(bad, {"tg": tg})


def test_uniform_of_a_leaf_under_no_grad():
    w = tg.empty(2, requires_grad=True)
    with tg.no_grad():
        w.uniform_(-1, 1)
    assert w.requires_grad and w.abs().max().item() <= 1


def test_gradient_of_random_inplace_is_zero():
    x = tg.ones(3, requires_grad=True)
    y = x * 2
    y.normal_()
    y.sum().backward()
    assert x.grad.tolist() == [0, 0, 0]
