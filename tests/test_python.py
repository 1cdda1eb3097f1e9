"""Tensors as Python objects: identity, subclasses, attributes, weak references, pickling, copying,
protocols, numpy.
"""

from __future__ import annotations

import copy
import gc
import math
import operator
import pickle
import weakref

import numpy as np
import pytest
from conftest import close, tg


class Mine(tg.Tensor):
    """A subclass with nothing of its own."""


# --- identity -------------------------------------------------------------------------------------
def test_identity_survives_the_python_side():
    w = tg.ones(2, requires_grad=True)
    w.sum().backward()
    w.grad.note = "kept"
    gc.collect()
    assert w.grad.note == "kept"


def test_identity_in_graphs():
    w = tg.ones(2, requires_grad=True)
    y = w * 2
    assert y.grad_fn.next_functions[0][0].variable is w


def test_attributes():
    x = tg.ones(1)
    x.name_of_mine = [1]
    assert x.name_of_mine == [1] and x.__dict__ == {"name_of_mine": [1]}
    del x.name_of_mine
    with pytest.raises(AttributeError):
        x.name_of_mine  # noqa: B018 (reading is what raises)


def test_attributes_do_not_follow_views_and_results():
    x = tg.ones(2)
    x.mine = 1
    assert not hasattr(x.detach(), "mine") and not hasattr(x + 1, "mine") and not hasattr(x[0], "mine")


# --- subclasses -----------------------------------------------------------------------------------
def test_subclass():
    x = tg.ones(2).as_subclass(Mine)
    assert type(x) is Mine and isinstance(x, tg.Tensor) and x.tolist() == [1, 1]


def test_subclass_constructor():
    class Named(tg.Tensor):
        def __new__(cls, values, name):
            return tg.Tensor._make_subclass(cls, tg.tensor(values))

        def __init__(self, values, name):
            self.name_of_it = name

    x = Named([1.0, 2.0], "mine")
    assert x.name_of_it == "mine" and type(x) is Named and x.sum().item() == 3


def test_subclass_instance_survives_in_the_graph():
    p = tg.nn.Parameter(tg.ones(2))
    p.note = 5
    y = p * 2
    del p
    gc.collect()
    back = y.grad_fn.next_functions[0][0].variable
    assert type(back) is tg.nn.Parameter and back.note == 5


def test_parameter():
    p = tg.nn.Parameter(tg.ones(2))
    assert isinstance(p, tg.Tensor) and isinstance(p, tg.nn.Parameter) and p.requires_grad and p.is_leaf
    assert not tg.nn.Parameter(tg.ones(2), requires_grad=False).requires_grad
    assert type(p * 2) is tg.Tensor and type(p.data) is tg.Tensor and type(p.detach()) is tg.Tensor


# --- weak references and the collector ------------------------------------------------------------
def dies(make) -> bool:
    """Whether what make() returns is collected once the caller drops it."""
    thing = make()
    mark = weakref.ref(thing)
    del thing
    gc.collect()
    return mark() is None


def test_weak_reference():
    x = tg.ones(1)
    calls = []
    mark = weakref.ref(x, calls.append)
    weakref.finalize(x, calls.append, "final")
    assert mark() is x
    del x
    assert mark() is None and len(calls) == 2


def test_weak_reference_while_only_the_graph_holds_it():
    x = tg.ones(1, requires_grad=True)
    mark = weakref.ref(x)
    y = x * 2
    del x
    gc.collect()
    assert mark() is y.grad_fn.next_functions[0][0].variable
    del y
    gc.collect()
    assert mark() is None


def test_attribute_cycle_is_collected():
    def make():
        x = tg.ones(1)
        x.me = x
        return x

    assert dies(make)


def test_subclass_attribute_cycle_is_collected():
    def make():
        x = tg.Tensor._make_subclass(Mine, tg.ones(1))
        x.me = [x]
        return x

    assert dies(make)


def test_hook_cycle_is_collected():

    def make():
        x = tg.ones(1, requires_grad=True)
        x.register_hook(lambda grad, x=x: None)
        return x

    assert dies(make)


def test_hook_cycle_of_a_result_is_collected():
    """PyTorch 2.13 leaks this one."""

    def make():
        y = tg.ones(1, requires_grad=True) * 2
        y.register_hook(lambda grad, y=y: None)
        return y

    assert dies(make)


def test_grad_attribute_cycle_is_collected():
    """PyTorch 2.13 leaks this one."""

    def make():
        x = tg.ones(1, requires_grad=True)
        x.grad = tg.ones(1)
        x.grad.owner = x
        return x

    assert dies(make)


def test_grad_fn_metadata_cycle_is_collected():
    def make():
        x = tg.ones(1, requires_grad=True)
        y = x * 2
        y.note = y.grad_fn
        return y

    assert dies(make)


# --- pickle and copy ------------------------------------------------------------------------------
@pytest.mark.parametrize("protocol", range(2, pickle.HIGHEST_PROTOCOL + 1))
@pytest.mark.parametrize(
    "make",
    [
        "tg.arange(6.).reshape(2, 3)",
        "tg.tensor([True])",
        "tg.zeros(0, 2)",
        "tg.tensor(5)",
        "tg.ones(2, 3).t()",
        "tg.ones(2, requires_grad=True)",
        "tg.tensor([1.5], dtype=tg.bfloat16)",
    ],
)
def test_pickle(make, protocol):
    x = eval(make, {"tg": tg})
    y = pickle.loads(pickle.dumps(x, protocol))
    assert y.dtype == x.dtype and y.shape == x.shape and y.tolist() == x.tolist() and y.requires_grad == x.requires_grad


def test_pickle_keeps_attributes_and_class():
    x = tg.Tensor._make_subclass(Mine, tg.ones(2))
    x.note = "kept"
    y = pickle.loads(pickle.dumps(x))
    assert type(y) is Mine and y.note == "kept"
    p = pickle.loads(pickle.dumps(tg.nn.Parameter(tg.ones(2))))
    assert type(p) is tg.nn.Parameter and p.requires_grad


def test_pickle_of_dtypes_sizes_and_devices():
    for thing in (tg.float32, tg.Size([1, 2]), tg.device("cpu")):
        assert pickle.loads(pickle.dumps(thing)) == thing
    assert pickle.loads(pickle.dumps(tg.float32)) is tg.float32
    assert copy.deepcopy(tg.int64) is tg.int64


def test_deepcopy():
    x = tg.ones(2, requires_grad=True)
    x.grad = tg.tensor([3.0, 4.0])
    x.note = [1]
    y = copy.deepcopy(x)
    assert y.data_ptr() != x.data_ptr() and y.requires_grad and y.grad.tolist() == [3, 4] and y.grad is not x.grad
    assert y.note == [1] and y.note is not x.note


def test_deepcopy_keeps_shared_objects_shared():
    x = tg.ones(2)
    pair = copy.deepcopy([x, x])
    assert pair[0] is pair[1] and pair[0] is not x


def test_deepcopy_of_a_result_is_refused():
    with pytest.raises(RuntimeError, match=r"Only Tensors created explicitly by the user"):
        copy.deepcopy(tg.ones(1, requires_grad=True) * 2)


def test_shallow_copy_shares_memory():
    x = tg.ones(2)
    y = copy.copy(x)
    y[0] = 7
    assert x[0].item() == 7


# --- protocols ------------------------------------------------------------------------------------
def test_scalars():
    x = tg.tensor(3)
    assert (
        int(x) == 3
        and float(x) == 3.0
        and bool(x)
        and [10, 11, 12, 13][x] == 13
        and operator.index(x) == 3
        and complex(x) == 3
    )
    assert int(tg.tensor([2.9])) == 2 and not tg.tensor(0.0) and bool(tg.tensor([[True]]))
    assert math.sqrt(tg.tensor(4.0)) == 2 and math.floor(float(tg.tensor(2.5))) == 2


def test_len_and_contains():
    x = tg.arange(6).reshape(3, 2)
    assert len(x) == 3 and len(tg.zeros(0, 5)) == 0
    assert 4 in x and 9 not in x and tg.tensor(3) in x


def test_contains_refuses_other_types():
    with pytest.raises((TypeError, RuntimeError)):
        "a" in tg.ones(2)  # noqa: B015 (the operator is what raises)


def test_hash_is_identity():
    x, y = tg.ones(1), tg.ones(1)
    assert hash(x) == hash(x) and len({x, y, x}) == 2 and {x: 1}[x] == 1
    assert id(x) != id(y)


def test_comparison_gives_tensors():
    assert (tg.tensor([1, 2]) == tg.tensor([1, 3])).tolist() == [True, False]
    assert (tg.tensor([1]) == None) is False  # noqa: E711 (the operator is what is tested)
    assert (tg.tensor([1]) != None) is True  # noqa: E711 (the operator is what is tested)


def test_format():
    assert (
        f"{tg.tensor(1.23456):.2f}" == "1.23"
        and f"{tg.tensor(7):03d}" == "007"
        and format(tg.tensor(2.0), ".1f") == "2.0"
    )
    with pytest.raises(TypeError, match=r"unsupported format string passed to .*Tensor.__format__"):
        f"{tg.ones(2):.2f}"


def test_builtin_functions():
    x = tg.tensor([3.0, -1.0])
    assert abs(x).tolist() == [3, 1] and max(x).item() == 3 and min(x).item() == -1 and sum(x).item() == 2
    assert sorted(tg.tensor([3, 1, 2])) == [1, 2, 3] and list(reversed(tg.tensor([1, 2]))) == [2, 1]
    assert [a.item() + b for a, b in zip(x, [1, 2])] == [4, 1] and any(x > 0) and not all(x > 0)
    assert divmod(7, 2) == (3, 1) and pow(tg.tensor(2), 3).item() == 8


def test_reflected_operators():
    x = tg.tensor([2.0])
    assert (
        (1 - x).item() == -1
        and (1 / x).item() == 0.5
        and (2**x).item() == 4
        and (5 // x).item() == 2
        and (5 % x).item() == 1
    )
    assert (True + x).item() == 3 and (1 - tg.tensor([1])).dtype == tg.int64


def test_unknown_operands_get_their_turn():
    class Other:
        def __radd__(self, left):
            return "radd"

        def __rmatmul__(self, left):
            return "rmatmul"

        def __gt__(self, left):
            return "gt"

    x = tg.ones(1)
    assert x + Other() == "radd" and x @ Other() == "rmatmul" and (x < Other()) == "gt"


def test_size_is_a_tuple():
    shape = tg.zeros(2, 3).shape
    assert shape == (2, 3) and isinstance(shape, tuple) and isinstance(shape, tg.Size)
    assert shape.numel() == 6 and shape[0] == 2 and type(shape[:1]) is tg.Size and (*shape, 1) == (2, 3, 1)
    a, b = shape
    assert (
        (a, b) == (2, 3)
        and len(shape) == 2
        and list(shape) == [2, 3]
        and hash(shape) == hash((2, 3))
        and tg.Size([2, 3]) == shape
    )


def test_named_results():
    result = tg.tensor([[1.0, 3.0, 2.0]]).max(1)
    values, indices = result
    assert result.values is values and result[1] is indices and result.indices is indices
    assert values.item() == 3 and indices.item() == 1


def test_devices():
    assert tg.device("cpu") == tg.zeros(1).device and str(tg.device("cpu")) == "cpu" and tg.device("cuda", 1).index == 1
    assert hash(tg.device("cpu")) == hash(tg.device("cpu")) and tg.device(tg.device("cpu")) == tg.device("cpu")


# --- numpy ----------------------------------------------------------------------------------------
def test_numpy_shares_memory():
    x = tg.zeros(2, 3)
    array = x.numpy()
    array[0, 1] = 5
    x[1, 2] = 7
    assert x[0, 1].item() == 5 and array[1, 2] == 7 and array.dtype == np.float32 and array.strides == (12, 4)
    assert x.t().numpy().shape == (3, 2)


def test_numpy_array_outlives_the_tensor():
    array = tg.arange(1000.0).numpy()
    gc.collect()
    _ = [tg.zeros(1000) for _ in range(10)]
    assert array[999] == 999


def test_tensor_outlives_the_numpy_array():
    x = tg.from_numpy(np.arange(1000.0))
    gc.collect()
    _ = [np.zeros(1000) for _ in range(10)]
    assert x[999].item() == 999


def test_asarray_and_functions_of_numpy():
    x = tg.tensor([1.0, 4.0])
    assert (
        np.asarray(x).tolist() == [1, 4]
        and np.array(x).dtype == np.float32
        and np.asarray(x, dtype=np.float64).dtype == np.float64
    )
    assert np.sqrt(x.numpy()).tolist() == [1, 2] and np.allclose(x, [1, 4]) and float(np.sum(x.numpy())) == 5


def test_bfloat16_has_no_numpy_form():
    with pytest.raises(TypeError, match=r"Got unsupported ScalarType BFloat16"):
        tg.ones(1, dtype=tg.bfloat16).numpy()


def test_array_on_the_right():
    x = tg.ones(2, requires_grad=True)
    y = x.detach() * np.array([2.0, 3.0])
    assert isinstance(y, tg.Tensor) and y.tolist() == [2, 3]


@pytest.mark.parametrize("sign", ["+", "-", "*", "/", "@", "**"])
def test_array_on_the_left_keeps_the_gradient(sign):
    """Friendlier than PyTorch, where this fails or loses the tape."""
    array = np.array([2.0, 4.0])
    x = tg.tensor([1.0, 3.0], dtype=tg.float64, requires_grad=True)
    y = eval(f"array {sign} x")
    want = eval("array_as_tensor " + sign + " x", {"array_as_tensor": tg.tensor(array), "x": x})
    assert isinstance(y, tg.Tensor) and y.requires_grad
    close(y, want)
    y.sum().backward()
    got, x.grad = x.grad, None
    want.sum().backward()
    close(got, x.grad)


@pytest.mark.parametrize("sign", ["<", "<=", "==", "!=", ">", ">="])
def test_comparison_with_an_array_on_the_left(sign):
    scope = {"array": np.array([1.0, 4.0]), "x": tg.tensor([1.0, 3.0], dtype=tg.float64)}
    y = eval(f"array {sign} x", scope)
    assert isinstance(y, tg.Tensor)
    assert y.tolist() == eval(f"array {sign} x.numpy()", scope).tolist()


def test_numpy_scalars_as_operands():
    x = tg.tensor([1.0, 2.0])
    assert (
        (x * np.float64(2)).dtype == tg.float32
        and (x + np.int64(1)).tolist() == [2, 3]
        and (x * np.float32(0.5)).tolist() == [0.5, 1]
    )


def test_numpy_scalar_on_the_left_keeps_the_tape():
    x = tg.tensor([1.0, 2.0], requires_grad=True)
    y = np.float64(3) * x
    assert isinstance(y, tg.Tensor) and y.requires_grad


def test_item_types():
    assert (
        type(tg.tensor(1).item()) is int
        and type(tg.tensor(1.0).item()) is float
        and type(tg.tensor(True).item()) is bool
    )
    assert tg.tensor([[1, 2]]).tolist() == [[1, 2]] and tg.tensor(1.5).tolist() == 1.5 and tg.zeros(0).tolist() == []
    assert tg.tensor([0.1], dtype=tg.float64).item() == 0.1


def test_doc_and_signatures():
    assert "exp" in tg.exp.__name__ and tg.exp.__doc__ and tg.Tensor.sum.__doc__


@pytest.mark.parametrize("name, want", [("floordiv", 1), ("mod", 1), ("pow", 9)])
def test_some_reflected_operators_take_any_first_argument(name, want):
    x = tg.tensor(3.0)
    assert getattr(tg.Tensor, f"__r{name}__")(2.0, x).item() == want  # x ** 2 and so on
    assert getattr(x, f"__r{name}__")(3.0).item() == getattr(operator, name)(3.0, 3.0)
    assert getattr(tg.Tensor, f"__r{name}__")(2.0, 3.0) is NotImplemented


@pytest.mark.parametrize("name", ["add", "mul"])
def test_other_reflected_operators_are_of_tensors(name):
    with pytest.raises(TypeError, match=r"requires a 'Tensor' object"):
        getattr(tg.Tensor, f"__r{name}__")(2.0, tg.ones(1))


def test_subtraction_in_subclasses():
    assert tg.Tensor.__rsub__(2.0, tg.ones(1)) is NotImplemented
    assert tg.ones(1).__rsub__(3).item() == 2 and (3 - tg.ones(1)).item() == 2

    class Own(tg.Tensor):
        def __rsub__(self, other):
            return "mine"

    class Plain(tg.Tensor):
        pass

    x = tg.ones(1).as_subclass(Plain)
    assert (3 - x).item() == 2 and (x - 3).item() == -2 and (x - x).item() == 0
    y = tg.ones(1).as_subclass(Own)
    assert 3 - y == "mine" and (y - 3).item() == -2


def test_old_division():
    assert tg.tensor(4.0).__rdiv__(2).item() == 0.5
