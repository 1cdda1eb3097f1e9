"""Modules, parameters, initial values, activations, losses. The numbers were made with PyTorch."""

from __future__ import annotations

import copy
import math
import pickle
from collections import OrderedDict

import pytest
from conftest import array, close, inf, nan, tg

nn, F = tg.nn, tg.nn.functional


def seeded(make):
    tg.manual_seed(0)
    return make()


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(2, 3)
        self.rest = nn.Sequential(nn.ReLU(), nn.Linear(3, 1, bias=False))
        self.register_buffer("count", tg.tensor(1.0))
        self.register_buffer("scratch", tg.zeros(1), persistent=False)

    def forward(self, x):
        return self.rest(self.first(x)) * self.count


# --- parameters -----------------------------------------------------------------------------------
def test_parameter_is_a_leaf_over_the_same_memory():
    data = tg.tensor([1.0, 2.0])
    p = nn.Parameter(data)
    assert isinstance(p, tg.Tensor) and p.is_leaf and p.requires_grad
    assert p.data_ptr() == data.data_ptr()
    assert repr(p) == "Parameter containing:\ntensor([1., 2.], requires_grad=True)"
    assert type(p * 2) is tg.Tensor
    assert not nn.Parameter(data, requires_grad=False).requires_grad
    assert nn.Parameter().shape == (0,)


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda p: pickle.loads(pickle.dumps(p))])
def test_parameter_survives_copying(duplicate):
    p = nn.Parameter(tg.tensor([1.0, 2.0]), requires_grad=False)
    q = duplicate(p)
    assert type(q) is nn.Parameter and q is not p
    assert not q.requires_grad and q.tolist() == [1, 2] and q.data_ptr() != p.data_ptr()


# --- modules --------------------------------------------------------------------------------------
def test_names():
    net = Net()
    names = ["first.weight", "first.bias", "rest.1.weight"]
    assert [name for name, _ in net.named_parameters()] == names
    assert [name for name, _ in net.named_modules()] == ["", "first", "rest", "rest.0", "rest.1"]
    assert [name for name, _ in net.named_children()] == ["first", "rest"]
    assert [name for name, _ in net.named_buffers()] == ["count", "scratch"]
    assert list(net.state_dict()) == ["count", *names]
    assert len(list(net.parameters(recurse=False))) == 0
    assert net.get_parameter("rest.1.weight") is net.rest[1].weight
    assert net.get_submodule("rest.0") is net.rest[0] and net.get_buffer("count") is net.count


def test_shared_modules_count_once():
    layer = nn.Linear(2, 2)
    net = nn.Sequential(layer, layer)
    assert len(list(net.parameters())) == 2 and len(list(net.modules())) == 2
    assert len(net.state_dict()) == 4


def test_repr():
    assert repr(Net()) == (
        "Net(\n  (first): Linear(in_features=2, out_features=3, bias=True)\n  (rest): Sequential(\n"
        "    (0): ReLU()\n    (1): Linear(in_features=3, out_features=1, bias=False)\n  )\n)"
    )
    assert repr(nn.ModuleList([nn.ReLU(), nn.ReLU(), nn.Tanh()])) == (
        "ModuleList(\n  (0-1): 2 x ReLU()\n  (2): Tanh()\n)"
    )
    plain = [nn.Dropout(), nn.Flatten(), nn.Softmax(1), nn.MSELoss(), nn.ReLU(True), nn.Sequential()]
    assert [repr(module) for module in plain] == [
        "Dropout(p=0.5, inplace=False)", "Flatten(start_dim=1, end_dim=-1)", "Softmax(dim=1)",
        "MSELoss()", "ReLU(inplace=True)", "Sequential()",
    ]  # fmt: skip


def test_assignment_registers_and_replaces():
    net = nn.Module()
    net.a = nn.Parameter(tg.zeros(1))
    net.a = nn.ReLU()
    assert list(net._parameters) == [] and list(net._modules) == ["a"]
    net.a = None
    assert net.a is None and list(net.children()) == []
    net.b = 3
    net.b = nn.Parameter(tg.zeros(1))
    assert "b" not in net.__dict__ and len(list(net.parameters())) == 1
    del net.b
    assert not hasattr(net, "b")


def test_train_and_eval_reach_all_modules():
    net = Net()
    assert all(not module.training for module in net.eval().modules())
    assert all(module.training for module in net.train().modules())


def test_casts_keep_the_parameters():
    net = Net()
    before = list(net.parameters())
    net(tg.ones(1, 2)).sum().backward()
    assert net.double() is net
    assert all(p is q for p, q in zip(net.parameters(), before))
    assert {p.dtype for p in net.parameters()} == {p.grad.dtype for p in before} == {tg.float64}
    assert net.count.dtype is tg.float64
    assert net.to("cpu", tg.float32).count.dtype is tg.float32
    with pytest.raises(TypeError, match=r"only accepts floating point .* got desired dtype=torch.int64"):
        net.to(tg.int64)


def test_apply_requires_grad_and_zero_grad():
    net, seen = Net(), []
    net.apply(lambda module: seen.append(type(module).__name__))
    assert seen == ["Linear", "ReLU", "Linear", "Sequential", "Net"]
    net(tg.ones(1, 2)).sum().backward()
    net.zero_grad(set_to_none=False)
    assert net.first.bias.grad.tolist() == [0, 0, 0]
    net.zero_grad()
    assert net.first.bias.grad is None
    assert not any(p.requires_grad for p in net.requires_grad_(False).parameters())


def test_state_dict_round_trip():
    a, b = Net(), Net()
    assert repr(b.load_state_dict(a.state_dict())) == "<All keys matched successfully>"
    x = tg.ones(4, 2)
    assert a(x).tolist() == b(x).tolist()
    assert not a.state_dict()["first.bias"].requires_grad
    assert a.state_dict()["first.bias"].data_ptr() == a.first.bias.data_ptr()
    taken = OrderedDict((name, value.clone()) for name, value in a.state_dict().items())
    b.load_state_dict(taken, assign=True)
    assert b.first.bias.data_ptr() == taken["first.bias"].data_ptr()
    assert isinstance(b.first.bias, nn.Parameter) and b.first.bias.requires_grad


def test_load_state_dict_errors_are_pytorchs():
    with pytest.raises(RuntimeError) as raised:
        nn.Linear(2, 2).load_state_dict({"weight": tg.ones(3), "more": tg.ones(1)})
    assert str(raised.value) == (
        'Error(s) in loading state_dict for Linear:\n\tMissing key(s) in state_dict: "bias". \n\t'
        'Unexpected key(s) in state_dict: "more". \n\tsize mismatch for weight: copying a param with '
        "shape torch.Size([3]) from checkpoint, the shape in current model is torch.Size([2, 2])."
    )
    found = nn.Linear(1, 1).load_state_dict({"weight": tg.ones(1, 1), "more": 1}, strict=False)
    assert (found.missing_keys, found.unexpected_keys) == (["bias"], ["more"])


@pytest.mark.parametrize("duplicate", [copy.deepcopy, lambda m: pickle.loads(pickle.dumps(m))])
def test_modules_survive_copying(duplicate):
    net = Net()
    other = duplicate(net)
    x = tg.ones(1, 2)
    assert other(x).item() == net(x).item()
    with tg.no_grad():
        other.first.bias.add_(1)
    assert other.first.bias.tolist() != net.first.bias.tolist()


def test_forward_hooks():
    layer, seen = nn.Identity(), []
    before = layer.register_forward_pre_hook(lambda module, args: (args[0] + 1,))
    after = layer.register_forward_hook(lambda module, args, output: seen.append((args, output)))
    assert layer(1) == 2 and seen == [((2,), 2)]
    before.remove()
    after.remove()
    assert layer(1) == 1 and len(seen) == 1
    layer.register_forward_hook(lambda module, args, output: output * 10)
    layer.register_forward_hook(lambda module, args, output: output + 1, prepend=True)
    assert layer(1) == 20


@pytest.mark.parametrize(
    "call, error, message",
    [
        (lambda m: m.nothing, AttributeError, "'Linear' object has no attribute 'nothing'"),
        (lambda m: setattr(m, "weight", tg.ones(1)), TypeError,
         "cannot assign 'torch.FloatTensor' as parameter 'weight' (torch.nn.Parameter or None expected)"),
        (lambda m: m.register_buffer("a.b", None), KeyError, "'buffer name can\\'t contain \".\"'"),
        (lambda m: m.register_parameter("bias2", tg.ones(1)), TypeError,
         "cannot assign 'torch.FloatTensor' object to parameter 'bias2' (torch.nn.Parameter or None required)"),
        (lambda m: m.add_module("x", 1), TypeError, "int is not a Module subclass"),
        (lambda m: nn.Module()(1), NotImplementedError,
         'Module [Module] is missing the required "forward" function'),
        (lambda m: nn.Sequential(m)[3], IndexError, "index 3 is out of range"),
        (lambda m: m.train(3), ValueError, "training mode is expected to be boolean"),
    ],
)  # fmt: skip
def test_errors_are_pytorchs(call, error, message):
    with pytest.raises(error) as raised:
        call(nn.Linear(1, 1))
    assert str(raised.value) == message


def test_assigning_before_init_is_refused():
    class Early(nn.Module):
        def __init__(self):
            self.weight = nn.Parameter(tg.zeros(1))

    with pytest.raises(AttributeError, match=r"cannot assign parameters before Module.__init__\(\)"):
        Early()


# --- containers -----------------------------------------------------------------------------------
def test_sequential_and_module_list_are_lists():
    a, b, c = nn.ReLU(), nn.Tanh(), nn.Sigmoid()
    for container in (nn.Sequential(a, b), nn.ModuleList([a, b])):
        container.append(c)
        assert len(container) == 3 and container[-1] is c and list(container[1:]) == [b, c]
        container.insert(0, c)
        assert container[0] is c and container[1] is a
        assert container.pop(0) is c
        del container[0]
        assert list(container) == [b, c] and list(container._modules) == ["0", "1"]
        container[0] = a
        assert container[0] is a
        container.extend([b])
        assert container[2] is b
    named = nn.Sequential(OrderedDict(first=a, last=b))
    assert named.first is a and [name for name, _ in named.named_children()] == ["first", "last"]


# --- initial values -------------------------------------------------------------------------------
LINEAR_3_2 = [[-0.00432252, 0.30971584, -0.47518533], [-0.42489460, -0.22236897, 0.15482073]]


def test_linear_starts_from_pytorchs_weights():
    layer = seeded(lambda: nn.Linear(3, 2))
    close(layer.weight, LINEAR_3_2, 1e-6)
    close(layer.bias, [-0.01143914, 0.45777494], 1e-6)


INIT = {
    "xavier_uniform_": [-0.00820140, 0.58764452, -0.90160078],
    "xavier_normal_": [0.97461152, -0.18558073, -1.37798738],
    "kaiming_uniform_": [-0.01058796, 0.75864577, -1.16396153],
    "kaiming_normal_": [1.25821805, -0.23958370, -1.77897406],
    "uniform_": [0.49625659, 0.76822180, 0.08847743],
    "normal_": [1.54099607, -0.29342890, -2.17878938],
}


@pytest.mark.parametrize("name", INIT)
def test_initial_values_are_pytorchs(name):
    close(seeded(lambda: getattr(nn.init, name)(tg.empty(2, 3)))[0], INIT[name], 1e-6)


def test_init_errors():
    with pytest.raises(ValueError, match="can not be computed for tensor with fewer than 2 dimensions"):
        nn.init.xavier_uniform_(tg.empty(2))
    with pytest.raises(ValueError, match="Unsupported nonlinearity gulp"):
        nn.init.calculate_gain("gulp")
    assert nn.init.calculate_gain("leaky_relu", 1) == 1


# --- activations ----------------------------------------------------------------------------------
X = [-25.0, -1.0, 0.0, 0.5, 25.0]
ACTIVATIONS = {
    "leaky_relu": [-0.25, -0.01, 0.0, 0.5, 25.0],
    "softplus": [1.3887944e-11, 0.31326169, 0.69314718, 0.97407699, 25.0],
    "gelu": [-0.0, -0.15865525, 0.0, 0.34573123, 25.0],
    "relu": [0, 0, 0, 0.5, 25],
    "tanh": [math.tanh(x) for x in X],
    "sigmoid": [1 / (1 + math.exp(-x)) for x in X],
}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activation_and_its_derivative(name):
    x = tg.tensor(X, dtype=tg.float64, requires_grad=True)
    f = getattr(F, name)
    close(f(x), ACTIVATIONS[name], 1e-7)
    (grad,) = tg.autograd.grad(f(x).sum(), x, create_graph=True)
    h = 1e-6
    around = (f(x.detach() + h) - f(x.detach() - h)) / (2 * h)
    smooth = [0, 1, 3, 4] if "relu" in name else range(5)
    close(grad.detach()[list(smooth)], around[list(smooth)], 1e-6)


def test_softmax_without_dim_warns():
    with pytest.warns(UserWarning, match="Implicit dimension choice for softmax has been deprecated"):
        close(F.softmax(tg.zeros(1, 2)), [[0.5, 0.5]])


def test_dropout():
    x = tg.ones(1000)
    kept = seeded(lambda: F.dropout(x, 0.25))
    close(sorted(set(kept.tolist())), [0, 4 / 3])
    assert 700 < (kept != 0).sum().item() < 800
    assert F.dropout(x, 0.25, training=False) is x
    assert F.dropout(x, 1.0).tolist() == [0] * 1000
    with pytest.raises(ValueError, match="dropout probability has to be between 0 and 1, but got 2"):
        F.dropout(x, 2)


def test_one_hot():
    assert F.one_hot(tg.tensor([[0, 2]]), 4).tolist() == [[[1, 0, 0, 0], [0, 0, 1, 0]]]
    for value, classes, message in [
        (tg.tensor([0.0]), -1, "one_hot is only applicable to index tensor of type LongTensor."),
        (tg.tensor([-1]), -1, "Class values must be non-negative."),
        (tg.tensor([3]), 3, "Class values must be smaller than num_classes."),
        (tg.empty(0, dtype=tg.int64), -1, "Can not infer total number of classes from empty tensor."),
    ]:
        with pytest.raises(RuntimeError) as raised:
            F.one_hot(value, classes)
        assert str(raised.value) == message


# --- losses ---------------------------------------------------------------------------------------
LOGITS = [[0.5, -1.0, 2.0], [0.0, 0.25, -0.75], [1.5, 1.0, -2.0]]
CLASSES = [2, 0, 1]
WEIGHT = [1.0, 2.0, 0.5]


def cross_entropy_by_hand(i: int, smoothing: float = 0.0) -> float:
    total = math.log(sum(math.exp(x) for x in LOGITS[i]))
    logs = [x - total for x in LOGITS[i]]
    return -(1 - smoothing) * logs[CLASSES[i]] - smoothing * sum(logs) / 3


def test_cross_entropy_of_classes():
    each = [cross_entropy_by_hand(i) for i in range(3)]
    x, y = tg.tensor(LOGITS), tg.tensor(CLASSES)
    close(F.cross_entropy(x, y, reduction="none"), each)
    close(F.cross_entropy(x, y), sum(each) / 3)
    close(F.cross_entropy(x, y, reduction="sum"), sum(each))
    close(F.cross_entropy(x, y, ignore_index=0), (each[0] + each[2]) / 2)
    weights = [WEIGHT[k] for k in CLASSES]
    weighted = sum(w * e for w, e in zip(weights, each)) / sum(weights)
    close(F.cross_entropy(x, y, tg.tensor(WEIGHT)), weighted)
    close(F.cross_entropy(x[0], y[0]), each[0])


def test_cross_entropy_with_smoothing_equals_that_of_smoothed_probabilities():
    x, y = tg.tensor(LOGITS), tg.tensor(CLASSES)
    close(
        F.cross_entropy(x, y, label_smoothing=0.3),
        sum(cross_entropy_by_hand(i, 0.3) for i in range(3)) / 3,
    )
    hot = F.one_hot(y, 3).float()
    for options in ({}, {"reduction": "sum"}, {"reduction": "none"}, {"weight": tg.tensor(WEIGHT)}):
        # The mean divides by the weights of the classes; of probabilities, by their number.
        scale = 3 / 3.5 if "weight" in options else 1
        soft = F.cross_entropy(x, hot, label_smoothing=0.3, **options)
        close(F.cross_entropy(x, y, label_smoothing=0.3, **options), soft * scale)


def test_cross_entropy_over_more_dimensions():
    x = tg.tensor(LOGITS).t().reshape(1, 3, 3)
    y = tg.tensor(CLASSES).reshape(1, 3)
    each = [[cross_entropy_by_hand(i, 0.1) for i in range(3)]]
    close(F.cross_entropy(x, y, reduction="none", label_smoothing=0.1), each)


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_cross_entropy_gradient(smoothing):
    x = tg.tensor(LOGITS, dtype=tg.float64, requires_grad=True)
    F.cross_entropy(x, tg.tensor(CLASSES), label_smoothing=smoothing).backward()
    hot = F.one_hot(tg.tensor(CLASSES), 3).double() * (1 - smoothing) + smoothing / 3
    close(x.grad, (x.detach().softmax(1) - hot) / 3, 1e-9)


@pytest.mark.parametrize(
    "target, options, error, message",
    [
        (CLASSES, {"label_smoothing": 1.5}, RuntimeError,
         "label_smoothing must be between 0.0 and 1.0. Got: 1.5"),
        ([[1] * 3] * 3, {}, RuntimeError,
         "Expected floating point type for target with class probabilities, got Long"),
        ([[1.0] * 3] * 3, {"ignore_index": 2}, RuntimeError,
         "ignore_index is not supported for floating point target"),
        ([[1.0] * 3] * 3, {"weight": tg.ones(2)}, RuntimeError,
         "cross_entropy: weight tensor should be defined either for all 3 classes or no classes but "
         "got weight tensor of shape: [2]"),
        (CLASSES, {"reduction": "most"}, ValueError, "most is not a valid value for reduction"),
    ],
)  # fmt: skip
def test_cross_entropy_errors(target, options, error, message):
    with pytest.raises(error) as raised:
        F.cross_entropy(tg.tensor(LOGITS), tg.tensor(target), **options)
    assert str(raised.value) == message


def test_mse_and_l1():
    x, y = tg.tensor([1.0, 2.0, 4.0]), tg.tensor([1.0, 4.0, 1.0])
    assert F.mse_loss(x, y, reduction="none").tolist() == [0, 4, 9]
    assert F.mse_loss(x, y, reduction="sum").item() == 13
    close(nn.MSELoss()(x, y), 13 / 3)
    close(nn.L1Loss()(x, y), 5 / 3)
    close(F.mse_loss(x, y, weight=tg.tensor([1.0, 2.0, 1.0])), 17 / 4)
    with pytest.raises(ValueError, match="most is not a valid value for reduction"):
        F.l1_loss(x, y, reduction="most")


@pytest.mark.parametrize("loss", [F.mse_loss, F.l1_loss])
def test_losses_warn_before_they_broadcast(loss):
    with pytest.warns(UserWarning) as caught:
        close(loss(tg.ones(2, 1), tg.zeros(2)), 1)
    assert str(caught[0].message) == (
        "Using a target size (torch.Size([2])) that is different to the input size (torch.Size([2, 1])). "
        "This will likely lead to incorrect results due to broadcasting. Please ensure they have the "
        "same size."
    )
    assert caught[0].filename == __file__


def test_binary_cross_entropy():
    p, t = tg.tensor([0.5, 0.25, 0.0]), tg.tensor([1.0, 0.5, 1.0])
    each = [math.log(2), -(math.log(0.25) + math.log(0.75)) / 2, 100.0]
    close(F.binary_cross_entropy(p, t, reduction="none"), each)
    close(nn.BCELoss()(p, t), sum(each) / 3)
    with pytest.raises(RuntimeError, match="all elements of input should be between 0 and 1"):
        F.binary_cross_entropy(tg.tensor([1.5]), tg.tensor([1.0]))
    with pytest.raises(ValueError, match=r"is deprecated. Please ensure they have the same size"):
        F.binary_cross_entropy(p, t[:2])


def test_binary_cross_entropy_with_logits():
    x = tg.tensor([0.0, 1000.0, -1000.0, 2.0], requires_grad=True)
    t = tg.tensor([1.0, 1.0, 0.0, 0.5])
    loss = F.binary_cross_entropy_with_logits(x, t, reduction="none")
    close(loss, [math.log(2), 0, 0, math.log1p(math.exp(-2)) + 1])
    loss.sum().backward()
    close(x.grad, [-0.5, 0, 0, 1 / (1 + math.exp(-2)) - 0.5])
    heavy = nn.BCEWithLogitsLoss(pos_weight=tg.tensor(3.0))
    close(heavy(tg.zeros(1), tg.ones(1)), 3 * math.log(2))


def test_nll_loss():
    logs = tg.tensor(LOGITS).log_softmax(1)
    close(nn.NLLLoss()(logs, tg.tensor(CLASSES)), F.cross_entropy(tg.tensor(LOGITS), tg.tensor(CLASSES)))


# From PyTorch, whose sums of 16-bit losses round at every step.
@pytest.mark.parametrize(
    "dtype, weighted, total, mean",
    [
        (tg.float16, False, -4768.0, -0.95361328125),
        (tg.float16, True, -4100.0, -0.95166015625),
        (tg.bfloat16, False, -4768.0, -0.95703125),
        (tg.bfloat16, True, -4096.0, -0.94140625),
    ],
)
def test_nll_loss_of_16_bits(dtype, weighted, total, mean):
    i = tg.arange(10000)
    x = ((i * 7919 % 1001).float() / 256 - 1).reshape(5000, 2).to(dtype)
    target = tg.arange(5000) * 31 % 5 % 2
    weight = tg.tensor([0.3, 1.7], dtype=dtype) if weighted else None
    assert F.nll_loss(x, target, weight, reduction="sum").item() == total
    assert F.nll_loss(x, target, weight).item() == mean
    assert F.nll_loss(x, target, weight).dtype == dtype


def test_legacy_reduction_arguments_warn():
    with pytest.warns(UserWarning, match="please use reduction='sum' instead"):
        loss = nn.MSELoss(size_average=False)
    assert loss.reduction == "sum"


# --- gradients as a whole -------------------------------------------------------------------------
def with_grads():
    a, b = tg.zeros(2, requires_grad=True), tg.zeros(1, requires_grad=True)
    a.grad, b.grad = tg.tensor([3.0, 0.0]), tg.tensor([4.0])
    return a, b


@pytest.mark.parametrize("norm, total", [(2.0, 5.0), (1.0, 7.0), (inf, 4.0), (3.0, 91 ** (1 / 3))])
def test_clip_grad_norm(norm, total):
    a, b = with_grads()
    unused = tg.zeros(1, requires_grad=True)
    close(nn.utils.clip_grad_norm_([a, b, unused], 2.0, norm), total)
    close(a.grad, [6 / total, 0], 1e-5)
    close(b.grad, [8 / total], 1e-5)
    nn.utils.clip_grad_norm_([a, b], 10.0, norm)  # below the limit: nothing changes
    close(b.grad, [8 / total], 1e-5)


def test_clip_grad_norm_of_nothing_and_of_nan():
    assert nn.utils.clip_grad_norm_([tg.zeros(1, requires_grad=True)], 1.0).item() == 0
    p = tg.zeros(1, requires_grad=True)
    p.grad = tg.tensor([inf])
    with pytest.raises(RuntimeError, match=r"The total norm of order 2.0 .* is non-finite"):
        nn.utils.clip_grad_norm_([p], 1.0, error_if_nonfinite=True)


def test_clip_grad_value():
    a, b = with_grads()
    nn.utils.clip_grad_value_([a, b], 3.5)
    assert (a.grad.tolist(), b.grad.tolist()) == ([3, 0], [3.5])


def test_clipping_of_strided_gradients_and_mixed_dtypes():
    a, b = tg.zeros(2, 3, requires_grad=True), tg.zeros(40, dtype=tg.float64, requires_grad=True)
    a.grad, b.grad = tg.full((3, 2), 4.0).t(), tg.full((40,), 2.0, dtype=tg.float64)
    total = nn.utils.clip_grad_norm_([a, b], 1.0)
    assert total.dtype is tg.float64
    close(total, 16.0)
    close(a.grad, [[0.25] * 3] * 2, 1e-6)
    close(b.grad, [0.125] * 40, 1e-6)
    a.grad = tg.tensor([[-inf, inf], [nan, 1.0], [2.0, -0.0]]).t()
    nn.utils.clip_grad_value_([a, b], 1.5)
    assert str(a.grad.tolist()) == "[[-1.5, nan, 1.5], [1.5, 1.0, -0.0]]"
    assert b.grad[0].item() == pytest.approx(0.125)


@pytest.mark.parametrize("p", [0.5, 3.0])
def test_norms_of_narrow_dtypes_are_rounded_once(p):
    x = (tg.arange(40) % 7 - 3.0).to(tg.bfloat16)
    want = tg.linalg.vector_norm(x.float(), p).to(tg.bfloat16)
    assert nn.utils.get_total_norm([x], p).item() == tg.linalg.vector_norm(x, p).item() == want.item()


def test_clipping_counts_versions_and_leaves_gradients_below_the_limit():
    p = tg.zeros(2, requires_grad=True)
    p.grad = tg.tensor([3.0, 4.0])
    kept = p.grad
    assert nn.utils.clip_grad_norm_(iter([p]), 5.5).item() == 5
    assert p.grad is kept and kept.tolist() == [3.0, 4.0] and kept._version == 1
    nn.utils.clip_grads_with_norm_(p, 1.0, tg.tensor(nan))
    assert str(kept.tolist()) == "[nan, nan]"


def test_what_clipping_refuses():
    with pytest.raises(AttributeError, match="'float' object has no attribute 'grad'"):
        nn.utils.clip_grad_norm_([1.0], 1.0)
    with pytest.raises(AttributeError, match="'float' object has no attribute 'device'"):
        nn.utils.get_total_norm([1.0])
    p = tg.zeros(2, requires_grad=True)
    p.grad = tg.zeros(2)
    p.grad.data = tg.zeros(0)
    with pytest.raises(RuntimeError, match="cannot compute the inf norm on an empty tensor"):
        nn.utils.clip_grad_norm_(p, 1.0, inf)
    with pytest.warns(UserWarning, match="`parameters` is an empty generator"):
        nn.utils.clip_grad_norm_((q for q in [] if q), 1.0)


def test_parameters_as_a_vector():
    net = nn.Linear(2, 1)
    vector = nn.utils.parameters_to_vector(net.parameters())
    assert vector.tolist() == [*array(net.weight).ravel(), *array(net.bias)]
    nn.utils.vector_to_parameters(tg.tensor([1.0, 2.0, 3.0]), net.parameters())
    assert (net.weight.tolist(), net.bias.tolist()) == ([[1, 2]], [3])


@pytest.mark.parametrize("sizes", [(3, 2, 4), (3, 4)])
@pytest.mark.parametrize("masked", [False, True])
def test_attention_of_padded_keys_is_the_same_without_weights(sizes, masked):
    tg.manual_seed(0)
    attention = nn.MultiheadAttention(4, 2)
    query, key = tg.rand(sizes), tg.rand(5, *sizes[1:])
    padding = tg.zeros(*sizes[1:-1], 5, dtype=tg.bool)
    padding[..., 3:] = True
    mask = tg.rand(3, 5) if masked else None
    padding = tg.zeros_like(padding, dtype=tg.float32).masked_fill(padding, -tg.inf)
    with_weights, weights = attention(query, key, key, key_padding_mask=padding, attn_mask=mask)
    without, none = attention(query, key, key, key_padding_mask=padding, attn_mask=mask, need_weights=False)
    close(without, with_weights, rtol=1e-6)
    assert none is None
    assert not weights[..., 3:].any()
