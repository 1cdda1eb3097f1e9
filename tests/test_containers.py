"""ModuleDict, ParameterList, ParameterDict: dicts and lists that a module knows the content of."""

from __future__ import annotations

import copy
import pickle

import pytest
from conftest import error_text, tg

nn = tg.nn


def test_module_dict():
    parts = nn.ModuleDict({"a": nn.Linear(1, 2), "b": nn.ReLU()})
    parts["c"] = nn.Tanh()
    parts.update([("d", nn.GELU())])
    parts.update(nn.ModuleDict({"a": nn.Identity()}))
    assert list(parts) == list(parts.keys()) == ["a", "b", "c", "d"]
    assert repr(parts.pop("c")) == "Tanh()"
    del parts["d"]
    assert repr(parts) == "ModuleDict(\n  (a): Identity()\n  (b): ReLU()\n)"
    assert (len(parts), "a" in parts, "c" in parts) == (2, True, False)
    assert [repr(module) for module in parts.values()] == [repr(module) for _, module in parts.items()]
    assert [name for name, _ in nn.ModuleDict({"in": nn.Linear(1, 1)}).named_parameters()] == ["in.weight", "in.bias"]
    parts.clear()
    assert repr(parts) == "ModuleDict()"


def test_parameter_list():
    values = nn.ParameterList([tg.zeros(2, 3), nn.Parameter(tg.ones(4), requires_grad=False)])
    values += [tg.zeros(0)]
    values.append(1)
    assert repr(values) == (
        "ParameterList(\n"
        "    (0): Parameter containing: [torch.float32 of size 2x3]\n"
        "    (1): Parameter containing: [torch.float32 of size 4]\n"
        "    (2): Parameter containing: [torch.float32 of size 0]\n"
        "    (3): Object of type: int\n"
        ")"
    )
    assert [value.requires_grad for value in values[:2]] == [True, False]
    assert isinstance(values[1:3], nn.ParameterList)
    assert len(values[1:3]) == 2
    values[-1] = tg.ones(1)
    assert list(values.state_dict()) == ["0", "1", "2", "3"]
    assert values[3] is list(values)[-1]


def test_parameter_dict():
    values = nn.ParameterDict({"left": tg.zeros(2), "right": nn.Parameter(tg.ones(3))})
    values["n"] = 5
    assert repr(values) == (
        "ParameterDict(\n"
        "    (left): Parameter containing: [torch.FloatTensor of size 2]\n"
        "    (right): Parameter containing: [torch.FloatTensor of size 3]\n"
        "    (n): Object of type: int\n"
        ")"
    )
    assert list(values.state_dict()) == ["left", "right"]
    assert list(reversed(values)) == ["n", "right", "left"]
    assert (values["n"], values.get("no"), values.get("no", 3), len(values)) == (5, None, 3, 3)
    assert values.setdefault("n", 6) == 5
    values["n"] = tg.ones(1)  # now a parameter, in its old place
    assert [key for key, _ in values.items()] == ["left", "right", "n"]
    assert len(list(values.parameters())) == len(list(values.values())) == 3
    assert list(values | nn.ParameterDict({"more": tg.ones(1)})) == ["left", "right", "n", "more"]
    assert list(values.fromkeys(["x", "y"], 1)) == ["x", "y"]
    assert values.popitem()[0] == "n"
    assert values.pop("left").shape == (2,)
    assert list(values.copy()) == ["right"]
    values.clear()
    assert (len(values), list(values.parameters())) == (0, [])


@pytest.mark.parametrize("made", ["nn.ParameterList([tg.ones(2), 3])", "nn.ParameterDict({'a': tg.ones(2), 'b': 3})"])
def test_copies_and_dtypes(made):
    values = eval(made, {"nn": nn, "tg": tg})
    assert repr(copy.deepcopy(values)) == repr(pickle.loads(pickle.dumps(values))) == repr(values)
    assert next(values.double().parameters()).dtype == tg.float64


@pytest.mark.parametrize(
    "call, kind, text",
    [
        ("nn.ModuleDict()['no']", KeyError, "'no'"),
        ("nn.ModuleDict(3)", TypeError, "ModuleDict.update should be called with an iterable of key/value pairs, "),
        ("nn.ModuleDict([3])", TypeError, "ModuleDict update sequence element #0 should be Iterable; isint"),
        ("nn.ModuleDict([('a',)])", ValueError, "ModuleDict update sequence element #0 has length 1; 2 is required"),
        ("nn.ModuleDict({'a': 3})", TypeError, "int is not a Module subclass"),
        ("nn.ModuleDict({'x.y': nn.ReLU()})", KeyError, "contain"),
        ("nn.ModuleDict({'keys': nn.ReLU()})", KeyError, "attribute 'keys' already exists"),
        ("nn.ParameterDict({'keys': tg.ones(1)})", KeyError, "attribute 'keys' already exists"),
        ("nn.ParameterDict({3: tg.ones(1)})", TypeError, "Index given to ParameterDict cannot be used as a key as it"),
        ("nn.ParameterDict().pop('no')", AttributeError, "'ParameterDict' object has no attribute 'no'"),
        ("nn.ParameterList()[0]", IndexError, "index 0 is out of range"),
        ("nn.ParameterList(3)", TypeError, "ParameterList.extend should be called with an iterable, but got int"),
        ("nn.ParameterList(tg.ones(2))", TypeError, "ParameterList.extend should be called with an iterable, but got"),
        ("nn.ParameterList()(1)", RuntimeError, "ParameterList should not be called."),
        ("nn.ParameterDict()(1)", RuntimeError, "ParameterDict should not be called."),
        ("nn.Unflatten('a', (1, 2))", TypeError, "invalid argument type for dim in nn.Unflatten"),
        ("nn.Unflatten(1, 3)", TypeError, "unflattened_size must be a tuple of ints, but found type int"),
        ("nn.Unflatten(1, (1.5, 2))", TypeError, "unflattened_size must be tuple of ints, but found element of type"),
        ("nn.Unflatten(1, (3, 3))(tg.ones(2, 8))", RuntimeError, "unflatten: Provided sizes [3, 3] don't multiply up"),
    ],
)
def test_refused(call, kind, text):
    with pytest.raises(kind) as error:
        eval(call, {"nn": nn, "tg": tg})
    assert text in error_text(error.value)


def test_unflatten():
    assert repr(nn.Unflatten(1, (2, -1))) == "Unflatten(dim=1, unflattened_size=(2, -1))"
    assert nn.Unflatten(-1, [2, -1])(tg.ones(3, 8)).shape == (3, 2, 4)
