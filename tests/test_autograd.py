"""The tape as users meet it: backward and its options, leaves, grad modes, hooks, in-place on
views, errors, threads.
"""

from __future__ import annotations

import gc
import threading
import weakref

import pytest
from conftest import close, inf, run_python, tg


def leaf(*values: float):
    return tg.tensor(values, requires_grad=True)


# --- backward -------------------------------------------------------------------------------------
def test_accumulation_keeps_the_grad_tensor():
    x = leaf(1.0)
    (x * 2).backward()
    first = x.grad
    (x * 3).backward()
    assert x.grad is first
    close(first, [5])


@pytest.mark.filterwarnings("ignore:Using backward.. with create_graph=True will create a reference cycle")
def test_accumulation_under_create_graph_makes_a_new_grad():
    x = leaf(1.0)
    (x * x).backward()
    first = x.grad
    (x * x).backward(create_graph=True)
    assert x.grad is not first
    close(first, [2])
    assert x.grad.requires_grad


def test_one_leaf_used_twice():
    x = leaf(3.0)
    (x * x + 2 * x).backward()
    close(x.grad, [8])


def test_backward_with_gradient():
    x = leaf(1.0, 2.0)
    (x * x).backward(tg.tensor([1.0, 0.1]))
    close(x.grad, [2, 0.4])


def test_backward_with_gradient_by_name():
    x = leaf(1.0, 2.0)
    (x * x).backward(gradient=tg.tensor([1.0, 10.0]))
    close(x.grad, [2, 40])


def test_backward_of_one_element_of_any_shape():
    x = leaf(2.0)
    (x.reshape(1, 1) * 3).backward()
    close(x.grad, [3])


def test_retain_graph():
    x = leaf(2.0)
    y = x * x
    y.backward(retain_graph=True)
    y.backward()
    close(x.grad, [8])


def test_second_backward_is_refused():
    x = leaf(2.0)
    y = (x * x).exp()
    y.backward()
    with pytest.raises(RuntimeError, match=r"Trying to backward through the graph a second time"):
        y.backward()


def test_second_backward_of_what_saves_nothing():
    x = leaf(2.0)
    y = x + 1
    y.backward()
    y.backward()
    close(x.grad, [2])


@pytest.mark.parametrize("name", ["sign", "floor", "ceil", "trunc"])
def test_gradient_of_a_step_is_zeros_without_history(name):
    x = leaf(0.5, -1.5)
    y = getattr(x, name)()
    (grad,) = tg.autograd.grad(y.abs().sum(), x, create_graph=True)
    assert grad.tolist() == [0, 0] and not grad.requires_grad
    (grad,) = tg.autograd.grad(y, x, tg.tensor([tg.inf, tg.nan]))
    assert grad.tolist() == [0, 0]


@pytest.mark.parametrize(
    "call",
    [
        "tg.relu(x)",
        "F.leaky_relu(x)",
        "F.hardtanh(x)",
        "F.relu6(x)",
        "F.hardsigmoid(x)",
        "F.softshrink(x)",
        "F.hardshrink(x)",
        "F.threshold(x, 0.1, 0.45)",
        "F.rrelu(x)",
    ],
)
def test_gradient_of_a_piecewise_line_has_second_derivative_zero(call):
    x = leaf(0.7, -0.7)
    y = eval(call, {"tg": tg, "F": tg.nn.functional, "x": x})
    (grad,) = tg.autograd.grad(y.sum(), x, create_graph=True)
    (second,) = tg.autograd.grad(grad.sum(), x, create_graph=True)
    assert grad.requires_grad and second.tolist() == [0, 0]


@pytest.mark.parametrize("dims", [(), (0,)])
def test_changed_result_of_prod_is_refused(dims):
    y = tg.prod(leaf(2.0, 3.0), *dims)
    with tg.no_grad():
        y.add_(1)
    with pytest.raises(RuntimeError, match=r"is at version 1; expected version 0 instead.*check_nan=False\)\.$"):
        y.backward()


def test_create_graph():
    x = leaf(2.0)
    (first,) = tg.autograd.grad(x**4, x, create_graph=True)
    (second,) = tg.autograd.grad(first, x, create_graph=True)
    (third,) = tg.autograd.grad(second, x)
    close(first, [32])
    close(second, [48])
    close(third, [48])
    assert not third.requires_grad


def test_backward_inputs():
    x, y = leaf(2.0), leaf(3.0)
    (x * y).backward(inputs=[x])
    close(x.grad, [3])
    assert y.grad is None


def test_backward_inputs_of_one_tensor_and_of_non_leaves():
    x = leaf(2.0)
    y = x * 3
    (y * y).backward(inputs=y)
    close(y.grad, [12])
    assert x.grad is None


def test_autograd_backward_of_several_roots():
    x = leaf(1.0, 2.0)
    tg.autograd.backward([x.sum(), (x * x)], [None, tg.tensor([1.0, 1.0])])
    close(x.grad, [3, 5])


def test_root_that_is_a_leaf():
    x = leaf(4.0)
    x.backward()
    close(x.grad, [1])


def test_diamonds_and_long_branches():
    x = leaf(1.5)
    a = x * 2
    b = a * 3
    for _ in range(50):
        b = b + 0 * a
    (a * b).backward()
    close(x.grad, [2 * 2 * 6 * 1.5])


def test_unused_branch_is_not_visited():
    x, y = leaf(1.0), leaf(1.0)
    seen = []
    z = y * 2
    z.register_hook(seen.append)
    (x * 2).backward()
    assert not seen
    assert y.grad is None


def test_gradient_of_another_dtype_is_cast():
    x = tg.ones(2, dtype=tg.float64, requires_grad=True)
    (x.float() * 2).sum().backward()
    assert x.grad.dtype == tg.float64
    close(x.grad, [2, 2])


# --- autograd.grad --------------------------------------------------------------------------------
def test_grad_leaves_grad_alone():
    x = leaf(2.0)
    (found,) = tg.autograd.grad(x * x, x)
    close(found, [4])
    assert x.grad is None


def test_grad_of_intermediates():
    x = leaf(2.0)
    y = x * 3
    z = y * y
    by_y, by_x = tg.autograd.grad(z, [y, x])
    close(by_y, [12])
    close(by_x, [36])


def test_grad_outputs():
    x = leaf(1.0, 2.0)
    (found,) = tg.autograd.grad(x * x, x, grad_outputs=tg.tensor([1.0, 2.0]))
    close(found, [2, 8])


def test_grad_allow_unused():
    x, y = leaf(1.0), leaf(1.0)
    assert tg.autograd.grad(x * 2, [x, y], allow_unused=True)[1] is None
    with pytest.raises(
        RuntimeError,
        match=r"The differentiated Tensor at index 1 appears to not have been used in the graph",
    ):
        tg.autograd.grad(x * 2, [x, y])


def test_grad_materialize_grads():
    x, y = leaf(1.0), leaf(1.0, 2.0)
    found = tg.autograd.grad(x * 2, [x, y], materialize_grads=True)
    close(found[1], [0, 0])


def test_grad_of_what_needs_none():
    x, y = leaf(1.0), tg.ones(1)
    with pytest.raises(RuntimeError, match=r"One of the differentiated Tensors does not require grad"):
        tg.autograd.grad(x * y, [y])


# --- leaves ---------------------------------------------------------------------------------------
def test_requires_grad_can_be_assigned_and_chained():
    x = tg.ones(2)
    x.requires_grad = True
    assert x.requires_grad
    assert x.requires_grad_(False) is x
    assert not x.requires_grad


def test_requires_grad_of_integers_is_refused():
    with pytest.raises(
        RuntimeError,
        match=r"Only Tensors of floating point and complex dtype can require gradients",
    ):
        tg.tensor([1], requires_grad=True)
    with pytest.raises(
        RuntimeError,
        match=r"only Tensors of floating point (and complex )?dtype can require gradients",
    ):
        tg.tensor([1]).requires_grad_()
    with pytest.raises(
        RuntimeError,
        match=r"only Tensors of floating point (and complex )?dtype can require gradients",
    ):
        tg.tensor([1]).requires_grad = True


def test_requires_grad_of_non_leaf_cannot_be_cleared():
    y = leaf(1.0) * 2
    with pytest.raises(RuntimeError, match=r"you can only change requires_grad flags of leaf variables\."):
        y.requires_grad = False
    with pytest.raises(RuntimeError, match=r"you can only change requires_grad flags of leaf variables\."):
        y.requires_grad_(False)


def test_retain_grad():
    x = leaf(2.0)
    y = x * 3
    assert not y.retains_grad
    y.retain_grad()
    y.retain_grad()
    assert y.retains_grad and not x.retains_grad
    (y * y).backward()
    close(y.grad, [12])


def test_retain_grad_of_leaf_does_nothing():
    x = leaf(2.0)
    x.retain_grad()
    (x * 2).backward()
    close(x.grad, [2])


def test_retain_grad_needs_requires_grad():
    with pytest.raises(RuntimeError, match=r"can't retain_grad on Tensor that has requires_grad=False"):
        tg.ones(1).retain_grad()


@pytest.mark.filterwarnings("ignore:The .grad attribute of a Tensor that is not a leaf")
def test_grad_of_non_leaf_is_none():
    y = leaf(1.0) * 2
    y.backward()
    assert y.grad is None


def test_reading_grad_of_a_non_leaf_warns():
    y = leaf(1.0) * 2
    with pytest.warns(
        UserWarning,
        match=r"The \.grad attribute of a Tensor that is not a leaf Tensor is being accessed",
    ):
        y.grad  # noqa: B018 (reading is what warns)


def test_detach_shares_memory_and_stops_gradients():
    x = leaf(1.0, 2.0)
    y = (x * 2).detach()
    assert y.is_leaf and not y.requires_grad and y.grad_fn is None
    d = x.detach()
    assert d.data_ptr() == x.data_ptr()
    d[0] = 9
    assert x[0].item() == 9


def test_detach_inplace():
    x = leaf(1.0)
    y = x * 2
    assert y.detach_() is y
    assert y.is_leaf and not y.requires_grad
    view = (x * 2)[0:1]
    with pytest.raises(RuntimeError, match=r"Can't detach views in-place\. Use detach\(\) instead"):
        view.detach_()


def test_clone_keeps_history():
    x = leaf(1.0, 2.0)
    y = x.clone()
    assert y.data_ptr() != x.data_ptr()
    (y * tg.tensor([1.0, 2.0])).sum().backward()
    close(x.grad, [1, 2])


def test_data_reads_without_history():
    x = leaf(1.0, 2.0)
    assert not x.data.requires_grad
    assert x.data.data_ptr() == x.data_ptr()
    version = x._version
    x.data.mul_(2)
    close(x, [2, 4])
    assert x._version == version


def test_data_write_swaps_the_tensor():
    x = leaf(1.0, 2.0)
    x.data = tg.tensor([5.0, 6.0, 7.0])
    assert x.requires_grad and x.is_leaf and x.shape == (3,)
    (x * 2).sum().backward()
    close(x.grad, [2, 2, 2])


def test_data_write_of_training_loops():
    w = leaf(3.0)
    for _ in range(3):
        (w * w).backward()
        w.data = w.data - 0.1 * w.grad.data
        w.grad.data.zero_()
    close(w, [3 * 0.8**3])


def test_data_write_needs_a_tensor():
    x = leaf(1.0)
    with pytest.raises(TypeError, match=r"Variable data has to be a tensor, but got float"):
        x.data = 1.0


def test_grad_can_be_set():
    x = leaf(1.0, 2.0)
    x.grad = tg.tensor([3.0, 4.0])
    x.sum().backward()
    close(x.grad, [4, 5])
    x.grad = None
    assert x.grad is None
    x.grad = tg.ones(2)
    del x.grad
    assert x.grad is None


def test_grad_set_checks():
    x = leaf(1.0, 2.0)
    with pytest.raises(TypeError, match=r"assigned grad expected to be a Tensor or None but got grad of type float"):
        x.grad = 1.0
    with pytest.raises(
        RuntimeError,
        match=r"attempting to assign a gradient of size '\[3\]' to a tensor of size '\[2\]'",
    ):
        x.grad = tg.ones(3)
    with pytest.raises(RuntimeError, match=r"attempting to assign a gradient with dtype '.*' to a tensor with"):
        x.grad = tg.ones(2, dtype=tg.float64)
    with pytest.raises(RuntimeError, match=r"can't assign Variable as its own grad"):
        x.grad = x


# --- grad modes -----------------------------------------------------------------------------------
def test_set_grad_enabled():
    with tg.set_grad_enabled(False):
        assert not tg.is_grad_enabled()
    assert tg.is_grad_enabled()
    tg.set_grad_enabled(False)
    assert not tg.is_grad_enabled()
    tg.set_grad_enabled(True)


def test_modes_as_decorators():
    @tg.no_grad()
    def off(x):
        return x * 2

    @tg.no_grad
    def off_without_call(x):
        return x * 2

    @tg.enable_grad()
    def on(x):
        return x * 2

    @tg.set_grad_enabled(False)
    def off_by_flag(x):
        return x * 2

    x = leaf(1.0)
    assert not off(x).requires_grad
    assert not off_without_call(x).requires_grad
    with tg.no_grad():
        assert on(x).requires_grad
    tg.set_grad_enabled(True)
    assert not off_by_flag(x).requires_grad
    assert off.__name__ == "off"


def test_decorator_is_reentrant():
    @tg.no_grad()
    def countdown(x, n):
        assert not tg.is_grad_enabled()
        return x if n == 0 else countdown(x * 2, n - 1)

    assert not countdown(leaf(1.0), 3).requires_grad
    assert tg.is_grad_enabled()


def test_decorated_generator_keeps_the_mode_of_its_body():
    @tg.no_grad()
    def numbers():
        for _ in range(2):
            yield tg.is_grad_enabled()

    seen = []
    for enabled in numbers():
        seen.append((enabled, tg.is_grad_enabled()))
    assert seen == [(False, True)] * 2


def test_mode_is_restored_after_an_exception():
    with pytest.raises(ZeroDivisionError), tg.no_grad():
        raise ZeroDivisionError
    assert tg.is_grad_enabled()


def test_leaf_update_under_no_grad():
    x = leaf(1.0, 2.0)
    with tg.no_grad():
        x -= 0.5
        x[0] = 7
    close(x, [7, 1.5])
    assert x.requires_grad and x.is_leaf


def test_inference_mode():
    x = leaf(1.0)
    with tg.inference_mode():
        y = x * 2
        assert tg.is_inference_mode_enabled()
        assert not tg.is_grad_enabled()
    assert not tg.is_inference_mode_enabled()
    assert y.is_inference() and not y.requires_grad and not x.is_inference()
    with pytest.raises(RuntimeError, match=r"Inference tensors cannot be saved for backward"):
        x * y


def test_inference_mode_as_decorator_and_off():
    @tg.inference_mode()
    def f(x):
        return x * 2

    assert f(leaf(1.0)).is_inference()
    with tg.inference_mode(False):
        assert (leaf(1.0) * 2).requires_grad


def test_grad_mode_is_per_thread():
    seen = []
    with tg.no_grad():
        thread = threading.Thread(target=lambda: seen.append(tg.is_grad_enabled()))
        thread.start()
        thread.join()
    assert seen == [True]


# --- grad_fn --------------------------------------------------------------------------------------
X = "tg.tensor([[1., 2.], [3., 4.]], requires_grad=True)"
NAMES = {
    "x + 1": "Add",
    "x - 1": "Sub",
    "1 - x": "Rsub",
    "x * 2": "Mul",
    "x / 2": "Div",
    "2 / x": "Mul",
    "x ** 2": "Pow",
    "-x": "Neg",
    "x.sum()": "Sum",
    "x.sum(0)": "Sum",
    "x.mean()": "Mean",
    "x.mean(1)": "Mean",
    "x.exp()": "Exp",
    "x.log()": "Log",
    "x.sqrt()": "Sqrt",
    "x.tanh()": "Tanh",
    "x.relu()": "Relu",
    "x.sigmoid()": "Sigmoid",
    "x @ x": "Mm",
    "x.t()": "T",
    "x.view(4)": "View",
    "x.reshape(4)": "View",
    "x.t().reshape(4)": "UnsafeView",
    "x[0]": "Select",
    "x[:, 0]": "Select",
    "x[:1]": "Slice",
    "x[tg.tensor([0])]": "Index",
    "x.clone()": "Clone",
    "x.max()": "Max",
    "x.max(0)[0]": "Max",
    "tg.cat([x, x])": "Cat",
    "tg.stack([x, x])": "Stack",
    "x.unsqueeze(0)": "Unsqueeze",
    "x.expand(2, 2, 2)": "Expand",
    "x.softmax(0)": "Softmax",
    "x.log_softmax(1)": "LogSoftmax",
    "x.double()": "ToCopy",
    "x.unbind()[0]": "Unbind",
    "x.permute(1, 0)": "Permute",
    "x.transpose(0, 1)": "Transpose",
    "x.clamp(0, 1)": "Clamp",
    "x[0] @ x[0]": "Dot",
    "x @ x[0]": "Mv",
    "tg.where(x > 1, x, 0)": "Where",
    "x.prod()": "Prod",
    "x.std()": "Std",
    "x.var()": "Var",
    "tg.nn.functional.mse_loss(x, x * 2)": "MseLoss",
    "tg.nn.functional.cross_entropy(x, tg.tensor([0, 1]))": "NllLoss",
}


@pytest.mark.parametrize("call", NAMES)
def test_grad_fn_name(call):
    grad_fn = eval(call, {"tg": tg, "x": eval(X)}).grad_fn
    assert grad_fn.name().rstrip("0123456789") == f"{NAMES[call]}Backward"
    assert type(grad_fn).__name__ == grad_fn.name()


def test_next_functions():
    x, y = leaf(1.0), leaf(2.0)
    z = x * 2 + y
    (left, zero), (right, _) = z.grad_fn.next_functions
    assert left.name() == "MulBackward0" and zero == 0
    assert right.name() == "torch::autograd::AccumulateGrad"
    assert right.variable is y
    assert left.next_functions[1] == (None, 0)
    assert left.next_functions[0][0].variable is x
    assert right.next_functions == ()


def test_next_functions_give_the_output_number():
    x = tg.ones(2, 2, requires_grad=True)
    second = x.unbind()[1]
    assert (second * 2).grad_fn.next_functions[0][1] == 1


def test_grad_fn_is_one_object():
    y = leaf(1.0) * 2
    assert y.grad_fn is y.grad_fn
    assert (y + 1).grad_fn.next_functions[0][0] is y.grad_fn


def test_grad_fn_cannot_be_set():
    y = leaf(1.0) * 2
    with pytest.raises(AttributeError, match=r"grad_fn"):
        y.grad_fn = None


def test_ops_without_derivative_give_no_grad_fn():
    x = leaf(1.0, 2.0)
    for result in (x > 1, x.argmax(), x.sign() > 0, x.long(), x.isnan(), x.detach()):
        assert result.grad_fn is None


# --- hooks ----------------------------------------------------------------------------------------
def test_tensor_hook_sees_the_gradient():
    x = leaf(2.0)
    y = x * 3
    seen = []
    y.register_hook(lambda grad: seen.append(grad.item()))
    (y * y).backward()
    assert seen == [12.0]
    close(x.grad, [36])


def test_tensor_hook_replaces_the_gradient():
    x = leaf(2.0)
    x.register_hook(lambda grad: grad * 10)
    x.register_hook(lambda grad: grad + 1)
    (x * 3).backward()
    close(x.grad, [31])


def test_hook_can_be_removed():
    x = leaf(2.0)
    seen = []
    handle = x.register_hook(lambda grad: seen.append(grad))
    handle.remove()
    handle.remove()
    with x.register_hook(lambda grad: seen.append(grad)):
        pass
    (x * 3).backward()
    assert not seen


@pytest.mark.parametrize("kind", ["leaf", "result", "accumulate", "node"])
def test_hooks_run_in_order_whichever_were_removed(kind):
    x = leaf(2.0)
    y = x if kind in ("leaf", "accumulate") else x * 1
    register = {
        "leaf": x.register_hook,
        "result": y.register_hook,
        "accumulate": x.register_post_accumulate_grad_hook,
        "node": getattr(y.grad_fn, "register_hook", None),
    }[kind]
    seen, handles = [], {}
    for added, removed in enumerate([0, None, 1, None, None, 4, None, None, 3, None, None]):
        handles[added] = register(lambda *_, number=added: seen.append(number))
        if removed is not None:
            handles.pop(removed).remove()
    y.backward()
    assert seen == list(handles) == [2, 5, 6, 7, 8, 9, 10]


def test_hook_that_removes_itself():
    x = leaf(2.0)
    seen = []

    def once(grad):
        seen.append(grad.item())
        handle.remove()

    handle = x.register_hook(once)
    for _ in range(2):
        (x * 3).backward()
    assert seen == [3.0]


def test_hook_needs_requires_grad():
    with pytest.raises(RuntimeError, match=r"cannot register a hook on a tensor that doesn't require gradient"):
        tg.ones(1).register_hook(print)


def test_hook_must_return_a_tensor_of_the_same_shape():
    x = leaf(2.0)
    x.register_hook(lambda grad: 1.0)
    with pytest.raises(TypeError, match=r"expected Variable, but hook returned 'float'"):
        (x * 3).backward()
    y = leaf(2.0)
    y.register_hook(lambda grad: tg.ones(3))
    with pytest.raises(RuntimeError, match=r"hook '<lambda>' has changed the size of value"):
        (y * 3).backward()


def test_hook_of_an_output_that_nothing_depends_on_gets_none():
    x, seen = leaf(1.0, 2.0), []
    unused, used = x.chunk(2)
    handle = unused.register_hook(seen.append)
    used.backward()
    assert seen == [None]
    close(x.grad, [0, 1])
    handle.remove()
    unused.register_hook(lambda grad: tg.ones(1))
    with pytest.raises(RuntimeError, match=r"^can't replace a None gradient with a non-None value$"):
        x.chunk(2)[1].backward()  # another node: not hooked
        used.backward()


def test_hook_of_a_view_does_not_see_what_its_new_values_get():
    x, seen = leaf(1.0, 2.0), []
    y = x * 1
    first = y[0]
    first.register_hook(seen.append)
    first.mul_(3)
    y.sum().backward()
    assert seen == []
    close(x.grad, [3, 1])


def test_hook_of_a_leaf_runs_once_with_the_sum():
    x = leaf(2.0)
    seen = []
    x.register_hook(lambda grad: seen.append(grad.item()))
    (x * 3 + x * 4).backward()
    assert seen == [7.0]


def test_hooks_run_for_autograd_grad():
    x = leaf(2.0)
    y = x * 3
    y.register_hook(lambda grad: grad * 2)
    close(tg.autograd.grad(y * y, x)[0], [72])


def test_post_accumulate_grad_hook():
    x = leaf(2.0)
    seen = []
    handle = x.register_post_accumulate_grad_hook(lambda tensor: seen.append((tensor is x, tensor.grad.item())))
    (x * 3).backward()
    handle.remove()
    (x * 3).backward()
    assert seen == [(True, 3.0)]


def test_node_hooks():
    x = leaf(2.0)
    y = x * 3
    seen = []
    y.grad_fn.register_hook(lambda inputs, outputs: seen.append((inputs[0].item(), outputs[0].item())))
    y.grad_fn.register_prehook(lambda outputs: seen.append(outputs[0].item()))
    y.backward()
    assert seen == [1.0, (3.0, 1.0)]


def test_exception_in_a_hook():
    x = leaf(2.0)
    y = x * 3

    def fail(grad):
        raise KeyError("from the hook")

    handle = y.register_hook(fail)
    z = y * y
    with tg.no_grad(), pytest.raises(KeyError, match=r"from the hook"):
        z.backward(retain_graph=True)
    assert tg.is_grad_enabled()
    assert x.grad is None
    handle.remove()
    z.backward()
    close(x.grad, [36])


def test_hook_under_create_graph_is_differentiated():
    x = leaf(3.0)
    y = x * x
    y.register_hook(lambda grad: grad * x)
    (first,) = tg.autograd.grad(y, x, create_graph=True)  # x * 2x
    close(tg.autograd.grad(first, x)[0], [12])


def test_hook_runs_with_grad_mode_off():
    seen = []
    x = leaf(1.0)
    x.register_hook(lambda grad: seen.append(tg.is_grad_enabled()))
    tg.autograd.grad(x * 1, x)
    tg.autograd.grad(x * 1, x, create_graph=True)
    assert seen == [False, True]


def test_hook_survives_inplace_on_a_later_tensor():
    x = leaf(2.0)
    y = x * 3
    seen = []
    y.register_hook(lambda grad: seen.append(grad.item()))
    y.mul_(5)
    y.backward()
    assert seen == [5.0]  # of y as it was at registration
    close(x.grad, [15])


def test_reentrant_backward():
    x = leaf(2.0)
    inner = leaf(3.0)

    def hook(grad):
        with tg.enable_grad():
            (inner * inner).backward()
        return grad * inner.grad.detach()

    y = x * 3
    y.register_hook(hook)
    (y * 1).backward()
    close(x.grad, [18])
    close(inner.grad, [6])


def test_deeply_reentrant_backward():
    calls = []

    def hook(grad):
        calls.append(1)
        if len(calls) < 40:
            with tg.enable_grad():
                run()

    def run():
        x = leaf(1.0)
        y = x * 2
        y.register_hook(hook)
        y.backward()

    run()
    assert len(calls) == 40


class Refuse(tg.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        return x * 1

    @staticmethod
    def backward(ctx, grad):
        raise KeyError("no way on")


def test_a_failing_node_leaves_the_gradients_that_were_complete():
    x, y, both = leaf(1.0), leaf(1.0), leaf(1.0)
    seen = []
    y.register_hook(lambda grad: seen.append(grad.item()))
    failing = Refuse.apply(x * both)  # older than the others: they run before it
    with pytest.raises(KeyError, match="no way on"):
        (y * 3 + both * 5 + failing).backward()
    assert x.grad is None and both.grad is None  # wait for what failed
    assert y.grad.item() == 3 and seen == [3]
    with pytest.raises(KeyError):
        tg.autograd.grad(y * 3 + failing, [x, y])
    assert y.grad.item() == 3


def test_an_error_in_a_hook_of_a_complete_leaf_does_not_hide_the_first_one():
    x, y = leaf(1.0), leaf(1.0)

    def fail(grad):
        raise ValueError("second")

    y.register_hook(fail)
    failing = Refuse.apply(x)
    with pytest.raises(KeyError, match="no way on"):
        (y * 3 + failing).backward()
    assert y.grad is None


# --- in-place -------------------------------------------------------------------------------------
def test_inplace_moves_the_history():
    x = leaf(1.0, 2.0)
    y = x * 2
    before = y.grad_fn
    y.add_(1).mul_(3)
    assert y.grad_fn is not before
    y.sum().backward()
    close(x.grad, [6, 6])


@pytest.mark.parametrize("name", ["exp", "sqrt", "tanh", "sigmoid", "reciprocal"])
def test_inplace_keeps_its_result_for_backward(name):
    x = leaf(0.5, 2.0)
    y = getattr(x * 1, name + "_")()
    with tg.no_grad():
        y[0] = 1
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()


@pytest.mark.parametrize("call", ["x.neg_()", "x.mul_(-1)", "x.mul_(tg.tensor([-1.0, -1.0]))", "x.square_()"])
def test_inplace_on_overlapping_windows_goes_on_from_what_was_written(call):
    for base in (tg.tensor([2.0, 3.0, 4.0]), leaf(2.0, 3.0, 4.0) * 1):
        x = base.unfold(0, 2, 1)  # the 3 is in both windows
        eval(call, {"x": x, "tg": tg})
        assert base.tolist() == ([-2, 3, -4] if "square" not in call else [4, 81, 16])


@pytest.mark.parametrize(
    ("call", "values", "grads"),
    [
        ("x.add_(-3)", [-1, -3, 1], [1, 1, 1]),
        ("x.div_(2.0)", [1, 0.75, 2], [0.5, 0.5, 0.5]),
        ("x.mul_(tg.tensor([2]))", [4, 12, 8], [2, 2, 2]),
    ],
)
def test_gradient_of_overlapping_windows_changed_in_place(call, values, grads):
    leaf_ = leaf(2.0, 3.0, 4.0)
    base = leaf_ * 1
    eval(call, {"x": base.unfold(0, 2, 1), "tg": tg})
    assert base.tolist() == values
    base.sum().backward()
    close(leaf_.grad, grads)  # the change is counted once, as in PyTorch


def test_cumprod_over_one_element_passes_the_gradient_on():
    x = leaf(2.0, 3.0)
    y = x.reshape(2, 1).cumprod(1)
    (grad,) = tg.autograd.grad(y.sum(), [x], create_graph=True)
    assert not grad.requires_grad
    close(grad, [1, 1])


@pytest.mark.parametrize(
    "fill, node",
    [
        ("x.fill_(2)", "FillBackward2"),
        ("x.fill_(a)", "FillBackward3"),
        ("x.zero_()", "ZeroBackward0"),
        ("x[:] = 2", "FillBackward3"),
        ("x[:] = a", "FillBackward3"),
        ("x[:] = a.expand(2)", "CopyBackwards"),
    ],
)
def test_fills_have_pytorchs_nodes(fill, node):
    a = tg.tensor(2.0, requires_grad=True)
    y = leaf(1.0, 3.0)
    x = y * 1
    exec(fill, {"x": x, "a": a})
    assert type(x.grad_fn).__name__ == node
    x.sum().backward()
    assert y.grad.tolist() == [0, 0]
    assert a.grad is None or a.grad.item() == 2


def test_augmented_operators():
    x = leaf(4.0)
    y = x * 1
    y += 1
    y *= 2
    y -= x
    y /= 2
    y **= 2
    y.backward()
    close(y, [9])
    close(x.grad, [3])


def test_inplace_on_a_view_reaches_the_base():
    x = leaf(1.0, 2.0, 3.0)
    y = x * 2
    view = y[1:]
    view.mul_(10)
    assert y.grad_fn.name() == "torch::autograd::CopySlices"
    assert view.grad_fn.name() in ("AsStridedBackward0", "SliceBackward0")
    y.sum().backward()
    close(x.grad, [2, 20, 20])


def test_inplace_on_the_base_reaches_the_view():
    x = leaf(1.0, 2.0)
    y = x * 2
    view = y[0]
    y.mul_(3)
    view.backward()
    close(x.grad, [6, 0])


def test_inplace_on_a_view_with_a_tensor_that_requires_grad():
    base = tg.zeros(3)
    w = leaf(5.0)
    base[1:2].copy_(w)
    assert base.requires_grad
    (base * tg.tensor([1.0, 2.0, 3.0])).sum().backward()
    close(w.grad, [2])


def test_setitem_records():
    x, w = leaf(1.0, 2.0, 3.0), leaf(10.0)
    y = x * 1
    y[1] = w[0] * 2
    y[2:] = 0
    (y * y).sum().backward()
    close(x.grad, [2, 0, 0])
    close(w.grad, [80])


def test_views_of_views():
    x = tg.ones(2, 3, requires_grad=True)
    y = x * 1
    y[0][1:].mul_(tg.tensor([2.0, 3.0]))
    y.t()[2].mul_(5)
    y.sum().backward()
    close(x.grad, [[1, 2, 15], [1, 1, 5]])


def test_inplace_on_a_leaf_is_refused():
    x = leaf(1.0, 2.0)
    with pytest.raises(
        RuntimeError,
        match=r"a leaf Variable that requires grad is being used in an in-place operation",
    ):
        x.add_(1)
    with pytest.raises(
        RuntimeError,
        match=r"a view of a leaf Variable that requires grad is being used in an in-place operation",
    ):
        x[0].add_(1)
    with pytest.raises(
        RuntimeError,
        match=r"a view of a leaf Variable that requires grad is being used in an in-place operation",
    ):
        x[0] = 1


def test_modified_saved_tensor_is_found():
    x, w = leaf(1.0, 2.0), tg.ones(2)
    y = x * w
    w.add_(1)
    with pytest.raises(
        RuntimeError,
        match=r"one of the variables needed for gradient computation has been modified by an inplace operation",
    ):
        y.sum().backward()


def test_modified_saved_tensor_names_the_versions():
    x, w = leaf(1.0, 2.0), tg.ones(2)
    y = x * w
    w.add_(1)
    w[0] = 1
    with pytest.raises(
        RuntimeError,
        match=r"\[torch.FloatTensor \[2\]\] is at version 2; expected version 0 instead",
    ):
        y.sum().backward()


def test_modified_saved_output_is_found():
    x = leaf(1.0, 2.0)
    y = x.exp()
    y.add_(1)
    with pytest.raises(RuntimeError, match=r"output 0 of Exp.*, is at version 1; expected version 0 instead"):
        y.sum().backward()


def test_modified_through_a_view_is_found():
    x = leaf(1.0, 2.0)
    w = tg.ones(2)
    y = x * w
    w[0] = 3
    with pytest.raises(RuntimeError, match=r"modified by an inplace operation"):
        y.sum().backward()


def test_modified_but_not_saved_is_fine():
    x, w = leaf(1.0, 2.0), tg.ones(2)
    y = x + w
    w.add_(1)
    y.sum().backward()
    close(x.grad, [1, 1])


@pytest.mark.parametrize("split", ["unbind", "split", "chunk"])
def test_inplace_on_one_of_many_views_is_refused(split):
    x = tg.ones(2, 2, requires_grad=True) * 1
    views = {
        "unbind": lambda: x.unbind(),
        "split": lambda: x.split(1),
        "chunk": lambda: x.chunk(2),
    }[split]()
    with pytest.raises(
        RuntimeError,
        match=r"is a view and is being modified inplace. "
        r"This view is the output of a function that returns multiple views",
    ):
        views[0].mul_(2)


def test_view_made_under_no_grad_cannot_be_changed_with_grad():
    x = leaf(1.0, 2.0) * 1
    with tg.no_grad():
        view = x[:1]
    with pytest.raises(
        RuntimeError,
        match=r"A view was created in no_grad mode and is being modified inplace with grad mode enabled",
    ):
        view.mul_(2)


def test_view_made_under_no_grad_requires_grad_as_its_base_does():
    y = leaf(1.0, 2.0) * 2
    with tg.no_grad():
        view = y[:1]
    assert (view.requires_grad, view.is_leaf, view.grad_fn) == (True, True, None)
    product = view * 3
    assert product.grad_fn.next_functions[0][0] is None
    product.sum().backward()
    assert tg.autograd.grad((view * 1).sum(), view, allow_unused=True) == (None,)
    with pytest.raises(RuntimeError, match=r"element 0 of tensors does not require grad and does not have a grad_fn"):
        view.backward(tg.ones(1))


def test_view_made_under_no_grad_is_stale_after_a_change_of_its_base():
    y = leaf(1.0, 2.0) * 2
    with tg.no_grad():
        view = y[:1]
    y.mul_(2)
    assert repr(view) == "tensor([4.], grad_fn=<Invalid>)"
    for use in (lambda: view + 1, lambda: view.is_leaf, lambda: view.grad_fn):
        with pytest.raises(
            RuntimeError,
            match=r"A view was created in no_grad mode and its base or another view of its base has been modified "
            r"inplace with grad mode enabled\. Given that this use case is ambiguous",
        ):
            use()
    with tg.no_grad():
        assert (view + 1).tolist() == [5.0]


@pytest.mark.parametrize(
    "split, name",
    [("y.split(1)", "Split"), ("y.split([1, 1])", "SplitWithSizes"), ("y.unbind()", "Unbind"), ("y.chunk(2)", "Split")],
)
def test_one_of_many_views_is_stale_after_a_change_of_its_base(split, name):
    y = leaf(1.0, 2.0) * 2
    _first, second = eval(split, {"y": y})
    y.mul_(2)
    with pytest.raises(
        RuntimeError,
        match=rf"Output 1 of {name} is a view and its base or another view of its base has been modified inplace\. "
        "This view is the output of a function that returns multiple views",
    ):
        second + 1


def test_view_of_a_view_made_under_no_grad():
    y = leaf(1.0, 2.0) * 2
    with tg.no_grad():
        view = y[:1]
    with pytest.raises(
        RuntimeError,
        match=r"Output 0 of Slice is a view of a view which was created in no_grad mode and is being modified inplace",
    ):
        view[:1].mul_(2)
    with tg.inference_mode():
        view = y[:1]
    with pytest.raises(
        RuntimeError, match=r"A view was created in inference mode and is being modified inplace in nor"
    ):
        view.mul_(2)


@pytest.mark.parametrize(
    "change",
    [
        "view.mul_(w)",
        "view.copy_(w)",
        "view[0] = w[0]",
        "view.masked_fill_(tg.tensor([True]), w[0])",
        "view.lerp_(w, 0.5)",
        "view.index_fill_(0, tg.tensor([0]), w[0])",
    ],
)
def test_view_of_what_needs_no_grad_cannot_take_a_gradient(change):
    x = tg.ones(2)
    with tg.no_grad():
        view = x[:1]
    with pytest.raises(RuntimeError, match=r"A view was created in no_grad mode and is being modified inplace"):
        exec(change, {"view": view, "w": leaf(2.0), "tg": tg})
    part, _ = x.detach().split(1)
    with pytest.raises(RuntimeError, match=r"A view was created in no_grad mode .* returns multiple views"):
        part.mul_(leaf(2.0))
    assert x.tolist() == [1, 1]


def test_view_of_what_gets_a_gradient_later():
    x = tg.ones(2)
    view = x[:1]
    x.mul_(leaf(3.0))
    assert view.requires_grad and view.grad_fn.name() == "AsStridedBackward0"
    fresh = tg.ones(2)
    view = fresh[:1]
    fresh.requires_grad_()
    assert view.requires_grad and view.grad_fn is None


def test_leaf_view_cannot_be_changed():
    view = tg.ones(2)[:1].requires_grad_()
    with pytest.raises(RuntimeError, match=r"a view of a leaf Variable that requires grad is being used in an in-pl"):
        view.mul_(2)


def test_stale_view_gets_a_node_older_than_its_users():
    y = leaf(1.0, 2.0, 3.0) * 1
    view, other = y[:2], y[1:]
    y.mul_(2)
    product = other * view
    product.sum().backward()
    assert product.grad_fn._sequence_nr() > view.grad_fn._sequence_nr()


def test_backward_inputs_retains_grad_of_non_leaves():
    x = leaf(1.0, 2.0)
    y = x * 2
    y.sum().backward(inputs=[y, y])
    close(y.grad, [1, 1])
    assert y.retains_grad and x.grad is None


def test_backward_inputs_keeps_the_grad_tensor_of_a_leaf():
    x = leaf(1.0, 2.0)
    (x * 2).sum().backward(inputs=[x])
    first = x.grad
    (x * 2).sum().backward(inputs=[x])
    assert x.grad is first
    close(first, [4, 4])


def test_floor_divide_has_no_derivative():
    x = leaf(5.0)
    for y in (x // 2, 7 // x, tg.floor_divide(x, x)):
        assert y.requires_grad and repr(y.grad_fn).startswith("<NotImplemented object at")
        with pytest.raises(RuntimeError, match=r"^derivative for aten::floor_divide is not implemented$"):
            y.backward()
    for mode in ("floor", "trunc"):
        y = tg.div(x, 2, rounding_mode=mode)
        assert y.grad_fn.name() == "DivBackward2"
        y.backward()
    close(x.grad, [0])


def test_integers_take_values_but_no_history():
    x = leaf(1.0, 2.0)
    whole = tg.zeros(2, dtype=tg.int64)
    whole.copy_(x)
    assert (whole.tolist(), whole.requires_grad) == ([1, 2], False)
    whole[:] = x * 3
    whole[0] = x[1]
    assert (whole.tolist(), whole.requires_grad) == ([2, 6], False)


def test_integers_filled_from_a_tensor_require_grad_but_nothing_differentiates_them():
    x = tg.tensor(2.5, requires_grad=True)
    whole = tg.zeros(3, dtype=tg.int64)
    whole[:2] = x
    assert (whole.tolist(), whole.requires_grad, whole.is_leaf) == ([2, 2, 0], True, False)
    assert tg.zeros(2, dtype=tg.bool).fill_(x).requires_grad
    assert not (whole > 1).requires_grad
    assert not (whole // 2).requires_grad
    assert not whole.detach().requires_grad
    assert not whole.int().requires_grad
    refused = [
        lambda: whole * 2,
        lambda: 2 - whole,
        lambda: whole[0],
        lambda: whole.sum(),
        lambda: whole.clone(),
        lambda: tg.cat([whole, whole]),
        lambda: whole.max(0),
        lambda: whole.unbind(0),
    ]
    for call in refused:
        with pytest.raises(RuntimeError, match=r"^Autograd not support dtype: Long$"):
            call()
    whole += 1
    assert whole.tolist() == [3, 3, 1]
    assert whole.requires_grad
    y = (whole * 1.5).sum() + whole.double().sum()
    assert y.requires_grad
    with pytest.raises(RuntimeError, match=r"a gradient is of dtype Long"):
        y.backward()
    with tg.no_grad():
        assert not (whole * 2).requires_grad
    one, _ = tg.zeros(4, dtype=tg.int32).chunk(2)
    with pytest.raises(RuntimeError, match=r"This view is the output of a function that returns multiple views"):
        one[:] = x


@pytest.mark.parametrize("make", ["0.5 % x", "tg.remainder(2, x)", "x // 2", "2 // x", "view // 2"])
def test_derivatives_that_do_not_exist(make):
    x = leaf(1.5, 2.5)
    with tg.no_grad():
        view = x.view_as(x)
    y = eval(make, {"tg": tg, "x": x, "view": view})
    assert y.requires_grad
    assert repr(y.grad_fn).startswith("<NotImplemented object at")
    name = "floor_divide" if "//" in make else "remainder"
    with pytest.raises(RuntimeError, match=rf"^derivative for aten::{name} is not implemented$"):
        y.sum().backward()


@pytest.mark.parametrize(
    ("call", "changed"),
    [
        ("2 ** x", "y"),
        ("0.5 ** x", "y"),
        ("x ** x", "y"),
        ("x ** c", "y"),
        ("c ** x", "y"),
        ("x ** 2", "x"),
        ("x.gather(0, index)", "x"),
        ("x.gather(0, index)", "index"),
        ("x.div(c, rounding_mode='floor')", "c"),
        ("c.div(x, rounding_mode='trunc')", "c"),
    ],
)
def test_what_pytorch_keeps_may_not_change(call, changed):
    x = leaf(0.5, 1.5) * 1
    names = {"tg": tg, "x": x, "c": tg.tensor([2.0, 3.0]), "index": tg.tensor([1, 0])}
    y = names["y"] = eval(call, names)
    result = y.sum()
    with tg.no_grad():
        names[changed].add_(0)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        result.backward()


@pytest.mark.parametrize(
    "call, changed",
    [("tg.take_along_dim(x, index, 0)", "index"), ("tg.take_along_dim(x, index)", "index"), ("x.erfinv()", "y")],
)
def test_what_pytorch_does_not_keep_may_change(call, changed):
    x = leaf(0.25, 0.5) * 1
    names = {"tg": tg, "x": x, "index": tg.tensor([1, 1])}
    y = names["y"] = eval(call, names)
    (wanted,) = tg.autograd.grad(y.sum(), x, retain_graph=True)
    with tg.no_grad():
        names[changed].mul_(0)
    (got,) = tg.autograd.grad(y.sum(), x)
    assert got.tolist() == wanted.tolist()


def test_gradient_of_sgn_is_immutable_as_in_pytorch():
    x = leaf(1.5, -2.0)
    x.sgn().sum().backward()
    assert x.grad.tolist() == [0, 0]
    for change in (lambda: x.grad.add_(1), lambda: x.grad[0].zero_(), lambda: x.grad.detach().mul_(2)):
        with pytest.raises(RuntimeError, match="ZeroTensors are immutable"):
            change()
    with pytest.raises(RuntimeError, match="ZeroTensors are immutable"):
        (x * x).sum().backward()
    x.grad = x.grad.clone()
    (x * x).sum().backward()
    assert x.grad.tolist() == [3, -4]
    assert (x.grad * 1).add_(1).tolist() == [4, -3]


@pytest.mark.parametrize("inner", ["x * x", "x + x", "x / 2", "x ** 2", "x.square()", "x.exp()", "x.view(2)"])
def test_products_and_sums_of_an_immutable_zero_are_immutable(inner):
    x = leaf(1.5, -2.0)
    eval(inner, {"x": x}).sgn().sum().backward()
    assert x.grad.tolist() == [0, 0]
    with pytest.raises(RuntimeError, match="ZeroTensors are immutable"):
        (x * 3).sum().backward()


def test_an_immutable_zero_stays_one_beside_infinity():
    x = leaf(1000.0, 1.0)
    x.exp().sgn().sum().backward()
    assert x.grad.tolist() == [0, 0]


@pytest.mark.parametrize("inner", ["-x", "x.tanh()", "x * x - x", "x / x", "2 / x", "x.sum(0)"])
def test_other_functions_of_an_immutable_zero_are_not(inner):
    x = leaf(1.5, -2.0)
    eval(inner, {"x": x}).sgn().sum().backward()
    (x * 3).sum().backward()
    assert x.grad.tolist() == [3, 3]


def test_a_sum_with_an_immutable_zero_is_not():
    x = leaf(1.5, -2.0)
    y, z = x * x, x * x
    (y.sgn() + z.sgn() + y * 3).sum().backward()
    assert x.grad.tolist() == [9, -12]
    x.grad.add_(1)


def test_view_made_under_no_grad_keeps_nothing_for_its_gradient():
    x = leaf(1.0, 2.0)
    with tg.no_grad():
        view = x.view(1, 2)
    other = tg.ones(2, 1)
    y = tg.mm(view, other)
    other.add_(1)
    y.backward()
    assert x.grad is None


@pytest.mark.parametrize(
    "call",
    [
        "tg.mm(w, x)",
        "tg.bmm(w[None], x[None])",
        "tg.mv(w, x[:, 0])",
        "tg.dot(w[0], x[:, 0])",
        "tg.addmm(x, w, x)",
        "tg.addcmul(w, w, x)",
        "w * x",
    ],
)
def test_only_what_a_gradient_needs_is_saved(call):
    w, x = tg.ones(2, 2, requires_grad=True), tg.ones(2, 2)
    y = eval(call, {"tg": tg, "w": w, "x": x})
    with tg.no_grad():
        w.add_(1)  # the gradient of w needs x alone
    y.sum().backward()
    y = eval(call, {"tg": tg, "w": w, "x": x})
    x.add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.sum().backward()


def test_cumprod_of_one_element_is_linear():
    x = leaf(2.0)
    (grad,) = tg.autograd.grad(x.cumprod(0).sum(), x, create_graph=True)
    assert grad.tolist() == [1] and not grad.requires_grad


def test_gradient_of_max_after_its_data_were_replaced():
    x = leaf(1.0, 2.0)
    y = x.max()
    x.data = tg.tensor([5.0, 6.0])
    (y * 3).backward()
    close(x.grad, [0, 0])


def test_batch_of_gradients():
    x = leaf(1.0, 2.0)
    unused = leaf(1.0)
    y = x * x
    (jacobian,) = tg.autograd.grad(y, x, tg.eye(2), is_grads_batched=True, retain_graph=True)
    close(jacobian, [[2, 0], [0, 4]])
    both = tg.autograd.grad(
        y, (x, unused), tg.eye(2), is_grads_batched=True, allow_unused=True, retain_graph=True, create_graph=True
    )
    assert both[0].requires_grad and both[1] is None
    with pytest.raises(RuntimeError, match=r"If `is_grads_batched=True`, we interpret the first dimension"):
        tg.autograd.grad(y, x, tg.ones(2, 3), is_grads_batched=True)


def test_self_assignment_of_overlapping_views():
    x = leaf(1.0, 2.0, 3.0)
    y = x * 1
    y[1:] = y[:-1].clone()
    y.sum().backward()
    close(x.grad, [2, 1, 0])


# --- errors ---------------------------------------------------------------------------------------
def test_root_without_history():
    with pytest.raises(
        RuntimeError,
        match=r"element 0 of tensors does not require grad and does not have a grad_fn",
    ):
        tg.ones(1).backward()


def test_root_of_many_elements():
    with pytest.raises(RuntimeError, match=r"grad can be implicitly created only for scalar outputs"):
        (leaf(1.0, 2.0) * 2).backward()


def test_gradient_of_the_wrong_shape():
    with pytest.raises(RuntimeError, match=r"Mismatch in shape"):
        (leaf(1.0, 2.0) * 2).backward(tg.ones(3))


def test_gradient_of_the_wrong_kind():
    with pytest.raises((TypeError, RuntimeError)):
        (leaf(1.0, 2.0) * 2).backward("one")
    with pytest.raises(RuntimeError, match=r"inputs.* cannot be empty"):
        (leaf(1.0) * 2).backward(inputs=[])


def test_numpy_of_what_requires_grad():
    with pytest.raises(
        RuntimeError,
        match=r"Can't call numpy\(\) on Tensor that requires grad. Use tensor.detach\(\).numpy\(\) instead",
    ):
        leaf(1.0).numpy()


def test_failed_op_leaves_the_graph_usable():
    x = leaf(1.0, 2.0)
    y = x * 2
    with pytest.raises(RuntimeError):
        y + tg.ones(3)
    y.sum().backward()
    close(x.grad, [2, 2])


# --- lifetime and threads -------------------------------------------------------------------------
def test_graph_dies_with_its_root():
    x = leaf(1.0)
    y = x * 2
    mark = weakref.ref(y)
    z = y * y
    del y
    assert z.grad_fn is not None
    z.backward()
    del z
    gc.collect()
    assert mark() is None


def test_saved_tensors_are_released_by_backward():
    x = leaf(1.0)
    big = tg.ones(1)
    mark = weakref.ref(big)
    y = x * big
    del big
    y.backward()
    gc.collect()
    assert mark() is None


def test_threads_with_their_own_graphs():
    results = []

    def work():
        x = leaf(2.0)
        for _ in range(200):
            (x * x).backward()
        results.append(x.grad.item())

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [800.0] * 4


def test_threads_that_share_a_leaf():
    x = leaf(2.0)

    def work():
        for _ in range(100):
            (x * 3).backward()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    close(x.grad, [1200])


def test_threads_that_share_a_graph():
    x = leaf(2.0)
    y = (x * x).exp().log()
    errors = []

    def work():
        try:
            for _ in range(50):
                tg.autograd.grad(y, x, retain_graph=True)
        except RuntimeError as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors


def test_interrupt_ends_a_long_backward():
    out = run_python(
        "import os, signal, threading, time, tapegrad as tg\n"
        "x = tg.ones(1, requires_grad=True); y = x\n"
        "for _ in range(300000): y = y + 1\n"
        "y.register_hook(lambda grad: os.kill(os.getpid(), signal.SIGINT))\n"
        "try:\n    y.backward(); print('finished')\n"
        "except KeyboardInterrupt: print('interrupted')\n"
        "(x * 2).backward(); print(tg.is_grad_enabled())\n"
    )
    assert out.split() == ["interrupted", "True"]


# --- second derivatives of whole expressions ------------------------------------------------------
def test_gradient_penalty():
    w = leaf(2.0)
    x = leaf(3.0)
    (slope,) = tg.autograd.grad((w * x) ** 2, x, create_graph=True)
    (slope**2).backward()  # (2 w^2 x)^2
    close(w.grad, [16 * 2**3 * 9])


def test_hessian_of_a_small_function():
    x = leaf(1.0, 2.0)
    y = x[0] ** 2 * x[1] ** 3
    (grad,) = tg.autograd.grad(y, x, create_graph=True)
    rows = [tg.autograd.grad(item, x, retain_graph=True)[0] for item in grad]
    close(tg.stack(rows), [[16, 24], [24, 12]])


def test_infinite_input_stays_out_of_second_derivative_of_prelu():
    x, w, g = leaf(inf, -2.0), tg.tensor(0.25, requires_grad=True), leaf(1.0, 1.0)
    (of_w,) = tg.autograd.grad(tg.nn.functional.prelu(x, w), w, g, create_graph=True)
    assert of_w.item() == -2
    assert tg.autograd.grad(of_w, g)[0].tolist() == [0, -2]
