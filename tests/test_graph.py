"""Anomaly detection and the hooks of autograd.graph."""

from __future__ import annotations

import threading
import warnings

import pytest
from conftest import close, tg

from tapegrad.autograd import graph


def leaf(*values: float, dtype=tg.float32):
    return tg.tensor(values, dtype=dtype, requires_grad=True)


# --- anomaly detection ----------------------------------------------------------------------------
def caught(function):
    """What `function` raises, and the warnings before it."""
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        with pytest.raises(Exception) as error:
            function()
    return error.value, [str(w.message) for w in seen]


def test_nan_is_found_and_its_call_shown():
    with tg.autograd.set_detect_anomaly(True):
        x = tg.zeros(2, requires_grad=True)
        y = x.sqrt()  # the line that the warning shows
        error, messages = caught(lambda: (y * 0).sum().backward())
    assert str(error) == "Function 'SqrtBackward0' returned nan values in its 0th output."
    (message,) = messages
    assert message.startswith("Error detected in SqrtBackward0. Traceback of forward call that caused the error:\n")
    assert "y = x.sqrt()  # the line that the warning shows" in message


def test_without_check_nan():
    with tg.autograd.set_detect_anomaly(True, check_nan=False):
        assert not tg.is_anomaly_check_nan_enabled()
        x = tg.zeros(1, requires_grad=True)
        (x.sqrt() * 0).sum().backward()
    assert x.grad.isnan().item() and tg.is_anomaly_check_nan_enabled()


class Fails(tg.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 2

    @staticmethod
    def backward(ctx, grad):
        raise ValueError("no")


def test_failing_node_without_a_trace():
    y = Fails.apply(leaf(1.0)).sum()
    with tg.autograd.set_detect_anomaly(True):
        error, messages = caught(y.backward)
    assert isinstance(error, ValueError)
    assert messages == [
        "Error detected in FailsBackward. No forward pass information available. Enable detect anomaly during "
        "forward pass for more information."
    ]


def test_node_made_in_backward_shows_both_calls():
    with tg.autograd.set_detect_anomaly(True, check_nan=True):
        x = tg.zeros(1, requires_grad=True)
        y = x.pow(1.5)
        (grad,) = tg.autograd.grad(y, x, create_graph=True)
        error, messages = caught((grad * 0).backward)
    assert "returned nan values" in str(error)
    assert messages[1].startswith("\n\nPrevious calculation was induced by PowBackward0. Traceback of forward call")
    assert "y = x.pow(1.5)" in messages[1]


def test_detect_anomaly_warns_and_is_left():
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        with tg.autograd.detect_anomaly(check_nan=False):
            assert tg.is_anomaly_enabled() and not tg.is_anomaly_check_nan_enabled()
    assert [str(w.message) for w in seen] == [
        "Anomaly Detection has been enabled. This mode will increase the runtime and should only be enabled for "
        "debugging."
    ]
    assert not tg.is_anomaly_enabled() and tg.is_anomaly_check_nan_enabled()


# --- saved_tensors_hooks --------------------------------------------------------------------------
def test_saved_tensors_go_through_the_hooks():
    packed, unpacked = [], []

    def pack(tensor):
        packed.append((tensor.tolist(), tg.is_grad_enabled()))
        return tensor.tolist()

    def unpack(values):
        unpacked.append(values)
        return tg.tensor(values)

    x = leaf(1.0, 2.0)
    with graph.saved_tensors_hooks(pack, unpack):
        y = (x * x).exp().sum()
    assert [values for values, _ in packed][:2] == [[1.0, 2.0], [1.0, 2.0]] and not any(on for _, on in packed)
    assert len(packed) == 3 and unpacked == []
    y.backward()
    assert len(unpacked) == 3
    close(x.grad, [2 * 2.718281828, 4 * 54.59815003], rtol=1e-5)


def test_only_the_innermost_hooks_are_called():
    calls = []
    x = leaf(1.0)
    outer = graph.saved_tensors_hooks(lambda t: calls.append("outer") or t, lambda t: t)
    inner = graph.saved_tensors_hooks(lambda t: calls.append("inner") or t, lambda t: t)
    with outer:
        with inner:
            x.exp()
        x.exp()
    x.exp()
    assert calls == ["inner", "outer"]


def test_second_derivative_through_the_hooks():
    x = leaf(2.0, dtype=tg.float64)
    with graph.save_on_cpu():
        y = x.pow(3) + x.exp() * (x * x).sin()
        (first,) = tg.autograd.grad(y.sum(), x, create_graph=True)
        (second,) = tg.autograd.grad(first.sum(), x)
    z = x.pow(3) + x.exp() * (x * x).sin()
    (want,) = tg.autograd.grad(z.sum(), x, create_graph=True)
    (second_want,) = tg.autograd.grad(want.sum(), x)
    close(first, want)
    close(second, second_want)


def test_hooks_see_what_custom_functions_save():
    class Square(tg.autograd.Function):
        @staticmethod
        def forward(ctx, x):
            ctx.save_for_backward(x)
            return x * x

        @staticmethod
        def backward(ctx, grad):
            return 2 * ctx.saved_tensors[0] * grad

    x = leaf(3.0)
    with graph.saved_tensors_hooks(lambda t: (t.detach(), 10), lambda pair: pair[0] * pair[1]):
        y = Square.apply(x)
    y.backward()
    close(x.grad, [60])


def test_save_on_cpu_keeps_the_old_values():
    x = leaf(1.0)
    y = x * 2
    with graph.save_on_cpu():
        z = y * y
    with tg.no_grad():
        y.add_(100)
    z.backward()
    close(x.grad, [8])


def test_hooks_that_do_wrong():
    x = leaf(1.0)
    wrong = r"A saved tensor pack hook is modifying its input in place"
    with graph.saved_tensors_hooks(lambda t: t.add_(1), lambda t: t), pytest.raises(RuntimeError, match=wrong):
        (x * 2).exp()
    with graph.saved_tensors_hooks(lambda t: 1 / 0, lambda t: t), pytest.raises(ZeroDivisionError):
        x.exp()
    with graph.saved_tensors_hooks(lambda t: t, lambda t: 3):
        y = x.exp()
    with pytest.raises(
        TypeError, match=r"Output of saved tensor unpack_hook expected to be a Tensor but got result of"
    ):
        y.backward()
    with (
        pytest.raises(RuntimeError, match="not now"),
        graph.disable_saved_tensors_hooks("not now"),
        graph.save_on_cpu(),
    ):
        pass
    x.exp().backward()


def test_hooks_are_of_one_thread():
    calls = []
    x = leaf(1.0)
    with graph.saved_tensors_hooks(lambda t: calls.append(1) or t, lambda t: t):
        thread = threading.Thread(target=lambda: x.exp())
        thread.start()
        thread.join()
    assert calls == []


# --- hooks on several tensors ---------------------------------------------------------------------
def test_multi_grad_hook_waits_for_all():
    a, b, c = leaf(1.0), leaf(2.0), leaf(3.0)
    middle = a * b
    seen = []
    handle = graph.register_multi_grad_hook((a, b, c, middle), lambda grads: seen.append(grads))
    (middle * 2).backward(retain_graph=True)
    assert [None if g is None else g.item() for g in seen.pop()] == [4, 2, None, 2]
    (middle * c).backward(retain_graph=True)
    assert [g.item() for g in seen.pop()] == [6, 3, 2, 3]
    (middle * c).backward(inputs=[c], retain_graph=True)
    assert [None if g is None else g.item() for g in seen.pop()] == [None, None, 2, None]
    handle.remove()
    middle.backward()
    assert seen == []


def test_multi_grad_hook_for_any():
    a, b = leaf(1.0), leaf(2.0)
    seen = []
    with graph.register_multi_grad_hook((a, b), lambda grad: seen.append(grad.item()), mode="any"):
        (a * 5 + b * 7).backward()
        (b * 7).backward()
    assert len(seen) == 2 and seen[1] == 7
    with pytest.raises(ValueError, match=r"Expects mode to be one of \('all', 'any'\) but got some"):
        graph.register_multi_grad_hook((a,), print, mode="some")
    with pytest.raises(RuntimeError, match=r"cannot register a hook on a tensor that doesn't require gradient"):
        graph.register_multi_grad_hook((a.detach(),), print)


def test_gradient_edge_and_version():
    x = leaf(1.0)
    assert graph.get_gradient_edge(x).node.variable is x
    parts = (x * 2).split(1)
    assert graph.get_gradient_edge(parts[0]) == (parts[0].grad_fn, 0)
    with pytest.raises(RuntimeError, match=r"It is not possible to get the gradient edge for a Tensor that does not r"):
        graph.get_gradient_edge(x.detach())
    y = x * 2
    z = y * y
    graph.increment_version(y)
    with pytest.raises(RuntimeError, match=r"modified by an inplace operation"):
        z.backward()


@pytest.mark.parametrize(
    "call, written",
    [("a // 3 + b", False), ("b + a // 3", True), ("(2 % a) * b", False), ("b.exp() * (a // 3)", False),
     ("tg.where(a > 0, a // 3, b)", False), ("(b * 1).sum() + (a // 3).sum()", False)],
)  # fmt: skip
def test_a_node_without_derivative_raises_before_later_leaves_are_written(call, written):
    a, b = (tg.tensor([1.5, 2.5], requires_grad=True) for _ in range(2))
    with pytest.raises(RuntimeError, match="is not implemented"):
        eval(call, {"tg": tg, "a": a, "b": b}).sum().backward()
    assert a.grad is None
    assert (b.grad is not None) == written
