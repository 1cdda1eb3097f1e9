"""Lazy modules: what their first input makes of them."""

from __future__ import annotations

import copy
import pickle

import pytest
from conftest import same, tg

nn = tg.nn

# A lazy module, the module that it becomes, the sizes of the input.
TABLE = [
    ("LazyLinear(3)", "Linear(5, 3)", (2, 5)),
    ("LazyLinear(3, bias=False)", "Linear(4, 3, bias=False)", (4,)),
    ("LazyConv1d(4, 3, stride=2)", "Conv1d(5, 4, 3, stride=2)", (2, 5, 9)),
    ("LazyConv2d(4, 3, 1, 1, groups=2)", "Conv2d(6, 4, 3, 1, 1, groups=2)", (2, 6, 5, 5)),
    ("LazyConv2d(4, 3, bias=False)", "Conv2d(6, 4, 3, bias=False)", (6, 5, 5)),
    ("LazyConv3d(2, 2)", "Conv3d(3, 2, 2)", (1, 3, 3, 3, 3)),
    ("LazyConvTranspose1d(4, 3)", "ConvTranspose1d(5, 4, 3)", (2, 5, 9)),
    ("LazyConvTranspose2d(4, 3, groups=2)", "ConvTranspose2d(6, 4, 3, groups=2)", (2, 6, 3, 3)),
    ("LazyConvTranspose3d(1, 2)", "ConvTranspose3d(2, 1, 2)", (2, 2, 2, 2, 2)),
    ("LazyBatchNorm1d()", "BatchNorm1d(5)", (4, 5)),
    ("LazyBatchNorm2d(1e-3, 0.2, False)", "BatchNorm2d(5, 1e-3, 0.2, False)", (4, 5, 2, 2)),
    ("LazyBatchNorm3d(track_running_stats=False)", "BatchNorm3d(5, track_running_stats=False)", (4, 5, 2, 2, 2)),
    ("LazyInstanceNorm1d()", "InstanceNorm1d(5, affine=True, track_running_stats=True)", (4, 5, 3)),
    ("LazyInstanceNorm2d(affine=False)", "InstanceNorm2d(5, track_running_stats=True)", (4, 5, 3, 3)),
    ("LazyInstanceNorm3d()", "InstanceNorm3d(5, affine=True, track_running_stats=True)", (4, 5, 2, 2, 2)),
]


@pytest.mark.parametrize("lazy, eager, sizes", TABLE)
def test_becomes_what_it_would_have_been(lazy, eager, sizes):
    x = tg.linspace(-1, 1, tg.Size(sizes).numel()).view(sizes)
    tg.manual_seed(7)
    wanted = eval("nn." + eager)
    tg.manual_seed(7)
    module = eval("nn." + lazy)
    assert type(module).__name__ in repr(module)
    assert all("Uninitialized" in repr(value) for value in module.state_dict().values() if repr(value) != "tensor(0)")
    parameters = list(module.parameters())
    result = module(x)
    same(result, wanted(x))
    assert type(module) is type(wanted)
    assert repr(module) == repr(wanted)
    assert all(one is other for one, other in zip(module.parameters(), parameters))
    state, wanted_state = module.state_dict(), wanted.state_dict()
    assert list(state) == list(wanted_state)
    for key, value in state.items():
        same(value, wanted_state[key], key)
    assert all(type(value) is nn.Parameter for value in module.parameters())
    assert all(type(value) is tg.Tensor for value in module.buffers())


def test_optimizer_may_have_the_parameters_before():
    net = nn.Sequential(nn.LazyConv2d(3, 2), nn.ReLU(), nn.Flatten(), nn.LazyLinear(2))
    optimizer = tg.optim.SGD(net.parameters(), 0.1)
    net(tg.ones(1, 1, 4, 4)).sum().backward()
    before = net[3].bias.clone()
    optimizer.step()
    assert (net[3].bias - before).tolist() == pytest.approx([-0.1, -0.1])


def test_dtype_is_kept():
    layer = nn.LazyLinear(2).double()
    assert layer.weight.dtype == tg.float64
    assert layer(tg.ones(1, 3, dtype=tg.float64)).dtype == tg.float64
    assert nn.LazyConv1d(2, 1, dtype=tg.float64)(tg.ones(1, 1, 1, dtype=tg.float64)).dtype == tg.float64


def test_states_go_both_ways():
    full, lazy = nn.Linear(4, 3), nn.LazyLinear(3)
    assert repr(lazy.load_state_dict(nn.LazyLinear(3).state_dict())) == "<All keys matched successfully>"
    lazy.load_state_dict(full.state_dict())
    same(lazy.weight, full.weight)
    with pytest.raises(AssertionError, match=r"inferred from input: 2 is not equal to in_features from self.weight: 4"):
        lazy(tg.ones(1, 2))
    same(lazy(tg.ones(1, 4)), full(tg.ones(1, 4)))
    assert repr(lazy) == repr(full)
    with pytest.raises(RuntimeError, match="Can't access the shape of an uninitialized parameter"):
        full.load_state_dict(nn.LazyLinear(3).state_dict())


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda module: pickle.loads(pickle.dumps(module))])
def test_copies_wait_too(copied):
    layer = nn.LazyLinear(3)
    other = copied(layer)
    assert other(tg.ones(1, 7)).shape == (1, 3)
    assert (repr(other), repr(layer)) == (
        "Linear(in_features=7, out_features=3, bias=True)",
        "LazyLinear(in_features=0, out_features=3, bias=True)",
    )


@pytest.mark.parametrize(
    "call, error, text",
    [
        ("layer.weight.sum()", ValueError, "Attempted to use an uninitialized parameter in"),
        ("layer.weight.numel()", ValueError, "Attempted to use an uninitialized parameter in"),
        ("layer.weight.shape", RuntimeError, "Can't access the shape of an uninitialized parameter"),
        ("layer(1)", AttributeError, "'int' object has no attribute 'shape'"),
        ("nn.LazyConv2d(3, 2)(tg.ones(2, 2))", RuntimeError, r"Expected 3D \(unbatched\) or 4D \(batched\) input to"),
        ("nn.LazyConv2d(4, 2, groups=2)(tg.ones(1, 3, 4, 4))", ValueError, "in_channels must be divisible by groups"),
    ],
)
def test_refused(call, error, text):
    with pytest.raises(error, match=text):
        eval(call, {"tg": tg, "nn": nn, "layer": nn.LazyLinear(2)})


def test_own_lazy_module():
    class Scale(nn.lazy.LazyModuleMixin, nn.Module):
        def __init__(self):
            super().__init__()
            self.factor = nn.UninitializedParameter()

        def initialize_parameters(self, x):
            if self.has_uninitialized_params():
                self.factor.materialize(x.shape[1:])
                nn.init.ones_(self.factor)

        def forward(self, x):
            return x * self.factor

    scale = Scale()
    assert scale(tg.ones(2, 3)).tolist() == [[1, 1, 1]] * 2
    assert scale(tg.ones(1, 3)).shape == (1, 3)
    assert scale.factor.shape == (3,)

    class Forgetful(Scale):
        def initialize_parameters(self, x):
            pass

    with pytest.raises(RuntimeError, match="module Forgetful has not been fully initialized"):
        Forgetful()(tg.ones(2, 3))
