"""Optimizers: trajectories equal to PyTorch's, options, groups, state, errors, hooks."""

from __future__ import annotations

import copy
import pickle

import pytest
from conftest import array, close, golden, tg

# name of the row: optimizer and options. golden/optim.json holds where each leads.
ROWS = {
    "SGD": ("SGD", {"lr": 0.1}),
    "SGD weight_decay": ("SGD", {"lr": 0.1, "weight_decay": 0.3}),
    "SGD momentum": ("SGD", {"lr": 0.1, "momentum": 0.9}),
    "SGD dampening": ("SGD", {"lr": 0.1, "momentum": 0.9, "dampening": 0.4}),
    "SGD nesterov": ("SGD", {"lr": 0.1, "momentum": 0.7, "nesterov": True, "weight_decay": 0.01}),
    "SGD maximize": ("SGD", {"lr": 0.1, "momentum": 0.9, "weight_decay": 0.1, "maximize": True}),
    "Adagrad": ("Adagrad", {"lr": 0.1}),
    "Adagrad options": (
        "Adagrad",
        {"lr": 0.1, "lr_decay": 0.3, "weight_decay": 0.1, "initial_accumulator_value": 0.5},
    ),
    "Adagrad maximize": ("Adagrad", {"lr": 0.1, "eps": 0.01, "maximize": True}),
    "Adam": ("Adam", {"lr": 0.1}),
    "Adam options": ("Adam", {"lr": 0.1, "betas": (0.4, 0.7), "eps": 0.01, "weight_decay": 0.2}),
    "Adam amsgrad": ("Adam", {"lr": 0.1, "betas": (0.9, 0.5), "amsgrad": True, "maximize": True}),
    "AdamW": ("AdamW", {"lr": 0.1, "weight_decay": 0.2}),
    "AdamW amsgrad": ("AdamW", {"lr": 0.1, "betas": (0.5, 0.6), "amsgrad": True}),
    "RMSprop": ("RMSprop", {"lr": 0.1}),
    "RMSprop momentum": ("RMSprop", {"lr": 0.1, "momentum": 0.6, "weight_decay": 0.1}),
    "RMSprop centered": ("RMSprop", {"lr": 0.1, "alpha": 0.7, "centered": True, "maximize": True}),
}
DTYPES = ("float32", "float64", "bfloat16", "float16")
STEPS = 5


def make(name: str, params, **options):
    return getattr(tg.optim, name)(params, **options)


def gradient(step: int, size: int) -> list[float]:
    """Numbers without a pattern that float16 holds as well."""
    return [((7 * step + 5 * i) % 23 - 11) / 8 for i in range(size)]


def run(name: str, options: dict, dtype: str = "float32", size: int = 19, layout=lambda t: t):
    """The parameter after STEPS steps and what the optimizer keeps of it."""
    kind = getattr(tg, dtype)
    start = [(3 * i % 17) / 8 - 1 for i in range(size)]
    p = layout(tg.tensor(start, dtype=kind)).requires_grad_()
    optimizer = make(name, [p], **options)
    for step in range(STEPS):
        p.grad = layout(tg.tensor(gradient(step, size), dtype=kind))
        optimizer.step()
    return p, optimizer.state[p]


def numbers(tensor) -> list[float]:
    """Enough digits to tell any two values apart."""
    digits = 17 if tensor.dtype == tg.float64 else 9
    return [float(f"{value:.{digits}g}") for value in tensor.detach().reshape(-1).tolist()]


def make_golden() -> dict:
    entries = {}
    for row, (name, options) in ROWS.items():
        for dtype in DTYPES:
            p, state = run(name, options, dtype)
            kept = {key: numbers(value) for key, value in state.items()}
            entries[f"{row} {dtype}"] = {"param": numbers(p), **kept}
    return entries


GOLDEN = golden("optim")


# SGD in float32 and float64 is exact. PyTorch's vectorized square root is not correctly rounded, and
# in 16-bit types it rounds products in the last elements of a tensor that it does not round before.
TOLERANCE = {"float32": 2e-6, "float64": 1e-14, "bfloat16": 0.03, "float16": 0.004}


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("row", ROWS)
def test_trajectory_equals_pytorchs(row, dtype):
    p, state = run(*ROWS[row], dtype)
    want = GOLDEN[f"{row} {dtype}"]
    assert {"param", *state} == set(want)
    for key, value in {"param": p, **state}.items():
        if row.startswith("SGD") and dtype in ("float32", "float64"):
            assert numbers(value) == want[key], key
        else:
            close(value.reshape(-1), want[key], TOLERANCE[dtype], what=key)


@pytest.mark.parametrize("row", ROWS)
@pytest.mark.parametrize("size", [1, 2, 8, 40])
def test_elements_do_not_depend_on_each_other(row, size):
    p, _ = run(*ROWS[row], size=size)
    same = run(*ROWS[row], size=1)[0]
    assert p[0].item() == same[0].item()


def transposed(t):
    return t.reshape(2, -1).t().contiguous().t()


@pytest.mark.parametrize("row", ROWS)
def test_strided_parameters_and_gradients(row):
    want, _ = run(*ROWS[row], size=8)
    got, _ = run(*ROWS[row], size=8, layout=transposed)
    assert not got.is_contiguous()
    assert got.reshape(-1).tolist() == want.tolist()
    half = tg.zeros(8, 2)[:, 0].detach()
    half.requires_grad_()
    assert half.stride() == (2,)
    half.grad = tg.ones(8)
    make("SGD", [half], lr=0.5).step()
    assert half.tolist() == [-0.5] * 8


# --- steps ----------------------------------------------------------------------------------------
def leaf(*values: float, grad=None):
    p = tg.tensor(values, requires_grad=True)
    if grad is not None:
        p.grad = tg.tensor(grad)
    return p


@pytest.mark.parametrize("name", ["SGD", "Adagrad", "Adam", "AdamW", "RMSprop"])
def test_parameters_without_gradient_are_passed_over(name):
    a, b, c = leaf(1.0, grad=[1.0]), leaf(1.0), leaf(1.0, grad=[1.0])
    optimizer = make(name, [a, b, c], lr=0.1)
    optimizer.step()
    assert b.tolist() == [1.0]
    assert a.item() == c.item() != 1.0
    if name != "Adagrad":  # whose state is made at once
        assert b not in optimizer.state


def test_step_is_not_recorded_and_counts_the_version():
    p = leaf(1.0, 2.0, grad=[1.0, 1.0])
    make("SGD", [p], lr=0.5).step()
    assert p.is_leaf and p.grad_fn is None
    assert p._version == 1


def test_backward_after_a_step_notices_the_change():
    p = leaf(1.0, 2.0)
    loss = (p * p).sum()
    p.grad = tg.ones(2)
    make("SGD", [p], lr=0.5).step()
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        loss.backward()


def test_options_are_read_at_each_step():
    p = leaf(1.0, grad=[1.0])
    optimizer = make("SGD", [p], lr=0.5)
    optimizer.step()
    optimizer.param_groups[0]["lr"] = 0.25
    optimizer.step()
    assert p.item() == 0.25
    q = leaf(1.0, grad=[1.0])
    optimizer.param_groups[0]["params"].append(q)
    optimizer.step()
    assert (p.item(), q.item()) == (0.0, 0.75)


def test_lr_may_be_a_tensor():
    p = leaf(1.0, grad=[1.0])
    optimizer = make("SGD", [p], lr=tg.tensor(0.5))
    optimizer.step()
    optimizer.param_groups[0]["lr"].fill_(0.25)
    optimizer.step()
    assert p.item() == 0.25


def test_groups_have_their_own_options():
    a, b = leaf(1.0, grad=[1.0]), leaf(1.0, grad=[1.0])
    optimizer = make("SGD", [{"params": a, "lr": 0.5}, {"params": [b]}], lr=0.25)
    optimizer.step()
    assert (a.item(), b.item()) == (0.5, 0.75)
    c = leaf(1.0, grad=[1.0])
    optimizer.add_param_group({"params": [c], "momentum": 0.5})
    optimizer.step()
    assert c.item() == 0.75 and "momentum_buffer" in optimizer.state[c]


def test_closure_runs_with_gradients_and_returns_its_loss():
    p = leaf(3.0)
    optimizer = make("SGD", [p], lr=0.5)

    def closure():
        optimizer.zero_grad()
        loss = (p * p).sum()
        loss.backward()
        return loss

    with tg.no_grad():
        assert optimizer.step(closure).item() == 9
    assert p.item() == 0


def test_zero_grad():
    a, b = leaf(1.0, grad=[1.0]), leaf(1.0)
    optimizer = make("SGD", [a, b], lr=0.5)
    grad = a.grad
    optimizer.zero_grad(set_to_none=False)
    assert a.grad is grad and grad.tolist() == [0.0] and b.grad is None
    optimizer.zero_grad()
    assert a.grad is None


def test_zero_grad_of_a_gradient_with_history():
    p = leaf(2.0)
    (p**3).sum().backward(create_graph=True)
    make("SGD", [p], lr=0.5).zero_grad(set_to_none=False)
    assert p.grad.tolist() == [0.0] and not p.grad.requires_grad


def test_parameter_of_another_dtype_than_its_gradient():
    p = leaf(1.0, grad=[1.0])
    optimizer = make("SGD", [p], lr=0.5, momentum=0.5)
    optimizer.step()
    p.grad = None
    p.data = p.data.double()
    p.grad = tg.ones(1, dtype=tg.float64)
    optimizer.step()
    assert p.dtype is tg.float64 and p.item() == -0.25


# --- state ----------------------------------------------------------------------------------------
def test_state_dict_has_pytorchs_format():
    a, b = leaf(1.0, grad=[0.5]), leaf(2.0)
    optimizer = make("SGD", [{"params": [a]}, {"params": [b], "lr": 1.0}], lr=0.5, momentum=0.9)
    optimizer.step()
    saved = optimizer.state_dict()
    assert list(saved) == ["state", "param_groups"]
    assert saved["state"][0]["momentum_buffer"].tolist() == [0.5] and list(saved["state"]) == [0]
    options = {
        "lr": 0.5, "momentum": 0.9, "dampening": 0, "weight_decay": 0, "nesterov": False,
        "maximize": False, "foreach": None, "differentiable": False, "fused": None,
    }  # fmt: skip
    assert saved["param_groups"][0] == {**options, "params": [0]}
    assert saved["param_groups"][1] == {**options, "lr": 1.0, "params": [1]}


@pytest.mark.parametrize("name", ["SGD", "Adagrad", "Adam", "AdamW", "RMSprop"])
@pytest.mark.parametrize("way", ["state_dict", "pickle", "deepcopy"])
def test_training_goes_on_from_saved_state(name, way):
    options = {"lr": 0.1, **({"momentum": 0.9} if name in ("SGD", "RMSprop") else {})}

    def steps(p, optimizer, first, last):
        for step in range(first, last):
            p.grad = tg.tensor(gradient(step, 4))
            optimizer.step()

    p = leaf(1.0, 2.0, 3.0, 4.0)
    optimizer = make(name, [p], **options)
    steps(p, optimizer, 0, 3)
    if way == "state_dict":
        q = p.detach().clone().requires_grad_()
        other = make(name, [q], lr=7.0)
        other.load_state_dict(copy.deepcopy(optimizer.state_dict()))
    else:
        duplicate = copy.deepcopy if way == "deepcopy" else lambda o: pickle.loads(pickle.dumps(o))
        other = duplicate(optimizer)
        (q,) = other.param_groups[0]["params"]
    steps(p, optimizer, 3, 6)
    steps(q, other, 3, 6)
    assert p is not q and p.tolist() == q.tolist()


def test_load_state_dict_casts_to_the_parameter_but_not_step():
    p = leaf(1.0, grad=[0.5])
    optimizer = make("Adam", [p])
    optimizer.step()
    q = tg.tensor([1.0], dtype=tg.float64, requires_grad=True)
    other = make("Adam", [q])
    other.load_state_dict(optimizer.state_dict())
    assert other.state[q]["exp_avg"].dtype is tg.float64
    assert other.state[q]["step"].dtype is tg.float32


def test_load_state_dict_refuses_other_groups():
    a, b = leaf(1.0), leaf(1.0)
    one, two = make("SGD", [a], lr=1.0), make("SGD", [{"params": a}, {"params": b}], lr=1.0)
    with pytest.raises(ValueError, match="has a different number of parameter groups"):
        one.load_state_dict(two.state_dict())
    wide = make("SGD", [a, b], lr=1.0)
    with pytest.raises(ValueError, match="that doesn't match the size of optimizer's group"):
        one.load_state_dict(wide.state_dict())


def test_named_parameters_keep_their_names():
    a = leaf(1.0)
    optimizer = make("SGD", [("layer.weight", a)], lr=1.0)
    assert optimizer.param_groups[0]["param_names"] == ["layer.weight"]
    assert optimizer.state_dict()["param_groups"][0]["param_names"] == ["layer.weight"]


# --- errors ---------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "name, params, options, error, message",
    [
        ("SGD", lambda p: [], {}, ValueError, "optimizer got an empty parameter list"),
        ("SGD", lambda p: p, {}, TypeError,
         "params argument given to the optimizer should be an iterable of Tensors or dicts, but "
         "got torch.FloatTensor"),
        ("SGD", lambda p: [1.0], {}, TypeError,
         "optimizer can only optimize Tensors, but one of the params is float"),
        ("SGD", lambda p: [p * 2], {}, ValueError, "can't optimize a non-leaf Tensor"),
        ("SGD", lambda p: [{"params": {p}}], {}, TypeError,
         "optimizer parameters need to be organized in ordered collections, but the ordering of "
         "tensors in sets will change between runs. Please use a list instead."),
        ("SGD", lambda p: [{"params": p}, {"params": p}], {}, ValueError,
         "some parameters appear in more than one parameter group"),
        ("SGD", lambda p: [p], {"lr": -1}, ValueError, "Invalid learning rate: -1"),
        ("SGD", lambda p: [p], {"momentum": -1}, ValueError, "Invalid momentum value: -1"),
        ("SGD", lambda p: [p], {"weight_decay": -1}, ValueError, "Invalid weight_decay value: -1"),
        ("SGD", lambda p: [p], {"nesterov": True}, ValueError,
         "Nesterov momentum requires a momentum and zero dampening"),
        ("SGD", lambda p: [p], {"lr": tg.ones(2)}, ValueError, "Tensor lr must be 1-element"),
        ("Adagrad", lambda p: [p], {"lr_decay": -1}, ValueError, "Invalid lr_decay value: -1"),
        ("Adagrad", lambda p: [p], {"eps": -1}, ValueError, "Invalid epsilon value: -1"),
        ("Adagrad", lambda p: [p], {"initial_accumulator_value": -1}, ValueError,
         "Invalid initial_accumulator_value value: -1"),
        ("Adam", lambda p: [p], {"betas": (1.0, 0.9)}, ValueError,
         "Invalid beta parameter at index 0: 1.0"),
        ("RMSprop", lambda p: [p], {"alpha": -1}, ValueError, "Invalid alpha value: -1"),
    ],
)  # fmt: skip
def test_errors_are_pytorchs(name, params, options, error, message):
    with pytest.raises(error) as raised:
        make(name, params(leaf(1.0)), **options)
    assert str(raised.value) == message


def test_duplicate_parameters_warn():
    p = leaf(1.0)
    with pytest.warns(UserWarning, match="parameter group with duplicate parameters"):
        make("SGD", [p, p], lr=1.0)


def test_steps_on_broken_groups_and_state_raise():
    p = leaf(1.0, grad=[1.0])
    optimizer = make("SGD", [p], lr=0.5, momentum=0.9)
    optimizer.param_groups[0]["params"] = [3.0]
    with pytest.raises(TypeError, match="can only optimize Tensors"):
        optimizer.step()
    optimizer.param_groups[0]["params"] = [p]
    optimizer.state[p] = {"momentum_buffer": "no tensor"}
    with pytest.raises(TypeError, match="str where a Tensor is expected"):
        optimizer.step()
    optimizer.state[p] = {"momentum_buffer": tg.ones(3)}
    with pytest.raises(RuntimeError):
        optimizer.step()
    assert p.item() == 1.0


def test_repr():
    assert repr(make("SGD", [leaf(1.0)], lr=0.5)) == (
        "SGD (\nParameter Group 0\n    dampening: 0\n    differentiable: False\n    foreach: None\n"
        "    fused: None\n    lr: 0.5\n    maximize: False\n    momentum: 0\n    nesterov: False\n"
        "    weight_decay: 0\n)"
    )


# --- hooks ----------------------------------------------------------------------------------------
def test_step_hooks_run_around_the_step_until_removed():
    p = leaf(1.0, grad=[1.0])
    optimizer = make("SGD", [p], lr=0.5)
    seen = []
    before = optimizer.register_step_pre_hook(lambda o, args, kwargs: seen.append(p.item()))
    after = optimizer.register_step_post_hook(lambda o, args, kwargs: seen.append(p.item()))
    optimizer.step()
    assert seen == [1.0, 0.5]
    before.remove()
    after.remove()
    optimizer.step()
    assert seen == [1.0, 0.5] and p.item() == 0


def test_state_dict_hooks():
    p = leaf(1.0)
    optimizer = make("SGD", [p], lr=0.5)
    optimizer.register_state_dict_post_hook(lambda o, state: {**state, "note": 1})
    assert optimizer.state_dict()["note"] == 1
    optimizer.register_load_state_dict_pre_hook(lambda o, state: {**state, "state": {}})
    optimizer.load_state_dict(optimizer.state_dict())


def test_subclasses_of_users():
    class Descent(tg.optim.Optimizer):
        def step(self, closure=None):
            with tg.no_grad():
                for group in self.param_groups:
                    for p in group["params"]:
                        p.add_(p.grad, alpha=-group["lr"])

    p = leaf(1.0, grad=[1.0])
    optimizer = Descent([p], {"lr": 0.5})
    calls = []
    optimizer.register_step_post_hook(lambda *args: calls.append(1))
    optimizer.step()
    assert p.item() == 0.5 and calls == [1]


def test_big_parameters():
    p = tg.ones(1000, 1000, requires_grad=True)
    p.grad = tg.ones(1000, 1000)
    make("SGD", [p], lr=0.5).step()
    assert (array(p) == 0.5).all()
