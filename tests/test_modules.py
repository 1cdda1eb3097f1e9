"""Modules of nn against PyTorch's: initial values, printed form, keys of state_dict, results."""

from __future__ import annotations

import pytest
from conftest import encode, golden, matches, tg
from op_table.row import listed

nn = tg.nn

# Made after manual_seed(0); `x` below is the input that they are called with.
IMAGE, ROWS, STEPS = (
    "tg.linspace(-2, 3, 24).view(2, 3, 2, 2)",
    "tg.linspace(-3, 2, 12).view(3, 4)",
    ("tg.linspace(-1, 1, 30).view(5, 2, 3)"),
)
INDICES = "tg.tensor([[0, 2, 1], [3, 1, 1]])"
_OF_ROWS = """
nn.ReLU6() | nn.Hardtanh(-2, 1) | nn.Hardsigmoid() | nn.Hardswish() | nn.ELU(0.5) | nn.SELU()
nn.CELU(2.0) | nn.GLU() | nn.GELU("tanh") | nn.SiLU() | nn.Mish() | nn.LeakyReLU(0.2)
nn.LogSigmoid() | nn.Softplus(2.0) | nn.Softshrink() | nn.Hardshrink() | nn.Softsign()
nn.Tanhshrink() | nn.Threshold(0.5, -1.0) | nn.PReLU() | nn.PReLU(4) | nn.RReLU() | nn.Softmin(1)
nn.ELU(inplace=True) | nn.RReLU(inplace=True).eval() | nn.AlphaDropout(0.3)
nn.FeatureAlphaDropout(0.3) | nn.Dropout(0.3) | nn.Dropout1d(0.3)
"""
_OF_PAIRS = """
nn.KLDivLoss(reduction="sum") | nn.PoissonNLLLoss(full=True) | nn.HuberLoss(delta=0.5)
nn.SmoothL1Loss(beta=0.5) | nn.SoftMarginLoss() | nn.MultiLabelSoftMarginLoss()
nn.HingeEmbeddingLoss()
"""
MODULES = {
    **dict.fromkeys(
        listed(_OF_ROWS),
        (ROWS,),
    ),
    "nn.Softmax2d()": (IMAGE,),
    "nn.Dropout2d(0.5)": (IMAGE,),
    "nn.Dropout3d(0.5)": (IMAGE,),
    "nn.CosineSimilarity()": (ROWS, ROWS + " * 2 + 1"),
    "nn.PairwiseDistance(1.0)": (ROWS, ROWS + " * 2 + 1"),
    "nn.Bilinear(4, 4, 2)": (ROWS, ROWS + " * 2 + 1"),
    "nn.Embedding(4, 3, padding_idx=1)": (INDICES,),
    "nn.EmbeddingBag(4, 3, mode='max')": (INDICES,),
    "nn.MultiheadAttention(4, 2)": (ROWS, ROWS, ROWS),
    "nn.MultiheadAttention(4, 2, kdim=3, vdim=2, add_bias_kv=True)": (ROWS, ROWS + "[:, :3]", ROWS + "[:, :2]"),
    "nn.TransformerEncoderLayer(4, 2, 6, norm_first=True).eval()": (ROWS,),
    "nn.TransformerDecoderLayer(4, 2, 6, activation='gelu', batch_first=True).eval()": (ROWS, ROWS + " * 2"),
    "nn.TransformerEncoder(nn.TransformerEncoderLayer(4, 2, 6), 2).eval()": (ROWS, "tg.ones(3, 3).triu(1) > 0"),
    "nn.Transformer(4, 2, 1, 1, 6).eval()": (ROWS, ROWS + " * 2"),
    "nn.RNN(3, 4, 2, 'relu')": (STEPS,),
    "nn.LSTM(3, 4, bidirectional=True, proj_size=2)": (STEPS,),
    "nn.GRU(3, 4, 2, batch_first=True, bias=False)": (STEPS,),
    "nn.GRU(3, 2)": (STEPS + "[:, 0]", "tg.ones(1, 2)"),
    "nn.RNNCell(4, 2)": (ROWS,),
    "nn.LSTMCell(4, 2)": (ROWS,),
    "nn.GRUCell(4, 2)": (ROWS + "[0]",),
    **dict.fromkeys(
        listed(_OF_PAIRS),
        (ROWS, ROWS + ".abs() + 0.1"),
    ),
    "nn.GaussianNLLLoss()": (ROWS, ROWS + " * 2", "tg.ones(3, 1)"),
    "nn.MarginRankingLoss(0.5)": (ROWS, ROWS + " * 2", "tg.ones(3, 4)"),
    "nn.CosineEmbeddingLoss(0.1)": (ROWS, ROWS + " * 2 + 1", "tg.tensor([1, -1, 1])"),
    "nn.MultiMarginLoss(2)": (ROWS, "tg.tensor([0, 3, 1])"),
    "nn.MultiLabelMarginLoss()": (ROWS, "tg.tensor([[0, 3, -1, 1]] * 3)"),
    "nn.TripletMarginLoss(swap=True)": (ROWS, ROWS + " * 2", ROWS + " + 1"),
    "nn.TripletMarginWithDistanceLoss(margin=2.0)": (ROWS, ROWS + " * 2", ROWS + " + 1"),
    "nn.AdaptiveLogSoftmaxWithLoss(4, 10, [3, 6], 2.0)": (ROWS, "tg.tensor([0, 4, 9])"),
    "nn.LinearCrossEntropyLoss(4, 3, bias=True)": (ROWS, "tg.tensor([0, 2, 1])"),
    "nn.CTCLoss()": (STEPS + ".log_softmax(2)", "tg.tensor([[1, 2], [2, 2]])", "(5, 4)", "(2, 1)"),
}


def flat(result) -> list:
    """The tensors of a result, in order."""
    if isinstance(result, (tuple, list)):
        return [tensor for item in result for tensor in flat(item)]
    return [] if result is None else [result]


def run(call: str):
    """The module, its inputs and its results."""
    tg.manual_seed(0)
    module = eval(call, {"tg": tg, "nn": tg.nn})
    inputs = [eval(text, {"tg": tg}) for text in MODULES[call]]
    return module, inputs, flat(module(*inputs))


def make_golden() -> dict:
    entries = {}
    for call in MODULES:
        module, _, results = run(call)
        entries[call] = {
            "repr": repr(module),
            "state": {name: encode(value) for name, value in module.state_dict().items()},
            "results": [encode(result) for result in results],
        }
    return entries


GOLDEN = golden("modules")


@pytest.mark.filterwarnings("ignore:dropout2d")
@pytest.mark.parametrize("call", MODULES)
def test_module_is_pytorchs(call):
    want = GOLDEN[call]
    module, _, results = run(call)
    assert repr(module) == want["repr"]
    assert list(module.state_dict()) == list(want["state"])
    for name, value in module.state_dict().items():
        matches(value, want["state"][name], f"{name} of {call}")
    assert len(results) == len(want["results"])
    for result, expected in zip(results, want["results"]):
        matches(result, expected, call, scale=20)


@pytest.mark.parametrize(
    "call", ["nn.RNN(3, 4, 2)", "nn.LSTM(3, 4, bidirectional=True)", "nn.GRU(3, 4, bidirectional=True)"]
)
def test_packed_sequences_give_what_single_ones_give(call):
    """Also where they are not sorted."""
    tg.manual_seed(1)
    rnn = eval(call)
    sequences = [tg.randn(2, 3), tg.randn(4, 3), tg.randn(3, 3)]
    packed = nn.utils.rnn.pack_sequence(sequences, enforce_sorted=False)
    output, last = rnn(packed)
    padded, lengths = nn.utils.rnn.pad_packed_sequence(output)
    assert lengths.tolist() == [2, 4, 3]
    for n, sequence in enumerate(sequences):
        alone, end = rnn(sequence)
        assert tg.allclose(padded[: len(sequence), n], alone, atol=1e-6)
        for together, single in zip(flat(last), flat(end)):
            assert tg.allclose(together[:, n], single, atol=1e-6)


@pytest.mark.parametrize("rows, size", [(2, 3), (50, 3), (1, 1), (2, 130), (0, 3)])
@pytest.mark.parametrize("step, parts", [("lstm", 4), ("gru", 3)])
def test_recurrent_steps_are_their_formulas(step, parts, rows, size):
    """The fused loops against plain operations, the fused backward against the one of create_graph."""
    tg.manual_seed(2)
    x, y = (tg.randn(rows, parts * size, dtype=tg.float64, requires_grad=True) for _ in range(2))
    state = tg.randn(rows, size, dtype=tg.float64, requires_grad=True)
    inputs = (x, y, state)
    if step == "lstm":
        results = tg._core._lstm_step(x, y, state)
        i, f, g, o = (x + y).chunk(4, 1)
        cell = f.sigmoid() * state + i.sigmoid() * g.tanh()
        formulas = [o.sigmoid() * cell.tanh(), cell]
    else:
        results = (tg._core._gru_step(x, y, state),)
        r, z = ((a + b).sigmoid() for a, b in zip(x.chunk(3, 1)[:2], y.chunk(3, 1)))
        n = (x.chunk(3, 1)[2] + r * y.chunk(3, 1)[2]).tanh()
        formulas = [(1 - z) * n + z * state]
    for result, formula in zip(results, formulas):
        assert tg.allclose(result, formula, rtol=1e-12, atol=1e-14)
    for used in (results, *([result] for result in results)):  # the state of an LSTM alone as well
        total = sum((result * result).sum() for result in used)
        fused = tg.autograd.grad(total, inputs, retain_graph=True)
        composed = tg.autograd.grad(total, inputs, create_graph=True)
        for a, b in zip(fused, composed):
            assert tg.allclose(a, b, rtol=1e-12, atol=1e-14)
    assert rows == 0 or tg.autograd.grad(composed[0].sum(), inputs)[0].abs().sum() > 0


@pytest.mark.parametrize("steps, rows, size", [(1, 2, 3), (4, 2, 3), (3, 0, 2)])
@pytest.mark.parametrize("reverse", [False, True])
def test_a_sequence_of_an_lstm_is_its_steps(steps, rows, size, reverse):
    """The loop over all steps, its backward, and the backward of create_graph."""
    tg.manual_seed(3)
    sizes = [(steps, rows, 4 * size), (rows, size), (rows, size), (4 * size, size)]
    inputs = [tg.randn(*s, dtype=tg.float64, requires_grad=True) for s in sizes]
    gates, hidden, cell, weight = inputs
    output, cells = tg._core._lstm_layer(gates, hidden, cell, weight, reverse)
    hiddens, states = [None] * steps, [None] * steps
    for at in reversed(range(steps)) if reverse else range(steps):
        hidden, cell = tg._core._lstm_step(gates[at], hidden @ weight.t(), cell)
        hiddens[at], states[at] = hidden, cell
    with tg.no_grad():
        assert tg.equal(output, tg._core._lstm_layer(*inputs, reverse)[0])
    for got, want in ((output, tg.stack(hiddens)), (cells, tg.stack(states))):
        assert tg.allclose(got, want, rtol=1e-12, atol=1e-14)
    for got, want in (
        ((output**2).sum() + (cells**3).sum(), (tg.stack(hiddens) ** 2).sum() + (tg.stack(states) ** 3).sum()),
        (output[0].sum(), hiddens[0].sum()),
        (cells[-1].exp().sum(), states[-1].exp().sum()),
    ):
        expected = tg.autograd.grad(want, inputs, retain_graph=True, allow_unused=True, materialize_grads=True)
        for graph in (False, True):
            found = tg.autograd.grad(got, inputs, retain_graph=True, create_graph=graph)
            for a, b in zip(found, expected):
                assert a.requires_grad is graph and tg.allclose(a, b, rtol=1e-11, atol=1e-13)
    seconds = [sum(g.exp().sum() for g in grads) for grads in (
        tg.autograd.grad((output**2).sum(), inputs, create_graph=True),
        tg.autograd.grad((tg.stack(hiddens) ** 2).sum(), inputs, create_graph=True),
    )]  # fmt: skip
    for a, b in zip(*(tg.autograd.grad(second, inputs) for second in seconds)):
        assert tg.allclose(a, b, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("kind", ["LSTM", "GRU", "RNN"])
def test_outputs_of_recurrent_layers_have_pytorchs_layout(kind):
    rnn = getattr(nn, kind)(2, 5, bidirectional=True)
    assert rnn(tg.ones(3, 4, 2))[0].stride() == (40, 10, 1)
    rnn.batch_first = True
    assert rnn(tg.ones(4, 3, 2))[0].stride() == (10, 40, 1)
    assert rnn(tg.ones(0, 3, 2))[0].shape == (0, 3, 10)


def test_recurrent_steps_of_other_dtypes():
    half = tg.nn.LSTMCell(2, 3, dtype=tg.bfloat16)
    h, c = half(tg.ones(4, 2, dtype=tg.bfloat16))
    assert h.dtype is c.dtype is tg.bfloat16
    (h.sum() + c.sum()).backward()
    assert half.weight_hh.grad.dtype is tg.bfloat16
    with pytest.raises(NotImplementedError, match="\"gru_cell\" not implemented for 'Long'"):
        tg._core._gru_step(*(tg.ones(1, n, dtype=tg.int64) for n in (3, 3, 1)))
    h = tg.ones(1, 1)
    with pytest.raises(RuntimeError, match="expected scalar type Float but found Double"):
        tg._core._lstm_layer(tg.ones(2, 1, 4), h, h, tg.ones(4, 1, dtype=tg.float64))
    with pytest.raises(RuntimeError, match="sizes of states and weight do not match"):
        tg._core._lstm_layer(tg.ones(2, 1, 4), h, h, tg.ones(3, 1))
    with pytest.raises(RuntimeError, match="one step or more"):
        tg._core._lstm_layer(tg.ones(0, 1, 4), h, h, tg.ones(4, 1))


def test_second_derivative_of_ctc_loss_is_refused():
    x = tg.zeros(3, 1, 2, requires_grad=True)
    loss = nn.functional.ctc_loss(x.log_softmax(2), tg.tensor([[1]]), (3,), (1,))
    (grad,) = tg.autograd.grad(loss, x, create_graph=True)
    with pytest.raises(RuntimeError, match="_ctc_loss_backward"):
        tg.autograd.grad(grad.sum(), x)


@pytest.mark.parametrize(
    "call, error, message",
    [
        ("nn.RNN(2, 3, nonlinearity='x')", ValueError, "Unknown nonlinearity"),
        ("nn.LSTM(2, 3, proj_size=3)", ValueError, "proj_size has to be smaller than hidden_size"),
        ("nn.GRU(2, 3, proj_size=1)", ValueError, "proj_size argument is only supported for LSTM"),
        ("nn.RNN(2, 3)(tg.ones(2, 2, 4))", RuntimeError, "Expected 2, got 4"),
        ("nn.RNN(2, 3)(tg.ones(2, 2, 2), tg.ones(1, 3, 3))", RuntimeError, r"Expected hidden size \(1, 2, 3\)"),
        ("nn.GRUCell(2, 3)(tg.ones(2, 2, 2))", ValueError, "GRUCell: Expected input to be 1D or 2D, got 3D"),
        ("nn.MultiheadAttention(5, 2)", AssertionError, "embed_dim must be divisible by num_heads"),
        ("nn.Embedding(2, 3)(tg.tensor([2]))", IndexError, "index out of range in self"),
        ("nn.Embedding(2, 3, padding_idx=2)", AssertionError, "padding_idx must be within num_embeddings"),
        ("nn.Softmax2d()(tg.ones(2))", ValueError, "expected input to be 3D or 4D, got 1D"),
        ("nn.functional.softshrink(tg.ones(1), -1.0)", RuntimeError, "lambda must be in range"),
        ("nn.functional.silu(3)", TypeError, r"silu\(\): argument 'input' \(position 1\) must be Tensor, not int"),
        ("tg.multinomial(tg.zeros(3), 1)", RuntimeError, "sum of probabilities <= 0"),
    ],
)
def test_errors_are_pytorchs(call, error, message):
    with pytest.raises(error, match=message):
        eval(call)
