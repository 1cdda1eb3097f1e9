"""Printed forms, character by character as PyTorch's: tests/golden/printing.json holds them."""

from __future__ import annotations

import pytest
from conftest import golden, inf, nan, tg
from op_table import Sample, listed

FLOATS = listed("""
[1.,2.,3.] | [.5,.25,.125] | [-1.5,2.25,-3.] | [1/3,2/3,-1/3] | [1.,10.,100.5] | [1.,1000.,1001.5]
[.001,1.,.5] | [.0001,1.,.5] | [100000.,200000.,350000.] | [100000.5,2.] | [1e8,2e8,5.] | [1e8,.5]
[1e10,1.] | [1e-5,2e-5] | [1e-40,0.] | [1e-4,1.,1e4] | [1.,nan,2.5] | [inf,1.,-inf] | [nan,1.,2.]
[nan] | [0.,0.] | [-0.,0.,1.] | [.99999,.00001] | [9.99996,1.] | [3.4e38,1.]
[1234567.,-7654321.] | [-1e-7,1e7] | [3.14159265358979,2.718281828459045] | [inf,1e-6]
[99999.,-99999.] | [16777216.] | [999.5,1.] | [.00123,.00456] | [1e5] | [99999.5] | [123456.789]
""")
INTS = [
    "[1,2,3]",
    "[-1,20,300]",
    "[[1,-2],[30,4]]",
    "7",
    "[0]",
    "[[[1],[2]],[[3],[4]]]",
    "[2**62,-1]",
]
SHAPES = listed("""
tg.ones(2,2,1,2) | tg.arange(24).reshape(2,3,4) | tg.arange(24.).reshape(2,3,4)
tg.ones(2,1,3)*1.5 | tg.arange(16.).reshape(2,2,2,2)/3 | tg.zeros(1,2,3) | tg.zeros(0)
tg.zeros(0,3) | tg.zeros(3,0,2,dtype=tg.int64) | tg.tensor([]) | tg.Tensor()
tg.zeros(0,requires_grad=True) | tg.zeros(2,0,dtype=tg.bool) | tg.arange(30) | tg.arange(100)
tg.arange(30.)/7 | tg.arange(60.).reshape(2,30)/7 | tg.arange(25)*10000
tg.ones(30,dtype=tg.bool) | tg.arange(20.)*1e6+.5 | tg.ones(40) | tg.arange(1001)
tg.arange(1000.)[::50] | tg.arange(10000.).reshape(100,100) | tg.arange(10000).reshape(100,100)
tg.zeros(20,20,20) | tg.arange(3000.).reshape(3,1000) | tg.arange(3000.).reshape(1000,3)/7
tg.arange(2002.).reshape(2,1001) | tg.ones(5,5,5,10) | tg.arange(1200).reshape(6,200)
tg.ones(1500,dtype=tg.bool) | tg.zeros(1001,dtype=tg.float64) | tg.ones(1001,1) | tg.ones(1,1001)
tg.ones(1001,requires_grad=True) | tg.arange(2000.).reshape(2,10,100)*1e-3
tg.arange(6.).reshape(2,3).t() | tg.arange(24.).reshape(2,3,4)[:,1] | tg.arange(10)[::2]
tg.ones(3,1).expand(3,4) | tg.zeros(3)[1] | tg.tensor([1.5],dtype=tg.float16)
tg.tensor([[True],[False]]) | tg.tensor(True) | tg.tensor([1/3],dtype=tg.bfloat16)
tg.tensor(5,dtype=tg.uint8) | tg.tensor([1,2],dtype=tg.int8) | tg.eye(3)
""")
GRADS = listed("""
x+1 | x-1 | 1-x | x*2 | x/2 | 2/x | x**2 | -x | x.sum() | x.mean() | x.sum(0) | x.exp() | x.log()
x.sqrt() | x.abs() | x.sigmoid() | x.tanh() | x.relu() | x.clone() | x.t() | x.view(-1)
x.reshape(4) | x.unsqueeze(0) | x[0] | x[:,0] | x[:1] | x[tg.tensor([0,1])] | x@x | x.mv(x[0])
tg.cat([x,x]) | tg.stack([x,x]) | x.max() | x.max(0)[0] | x.clamp(min=0) | x.expand(3,2,2)
x.prod() | x.var() | tg.where(x>0,x,-x) | x.softmax(0) | x.unbind(0)[0] | x.detach() | x.data
x.double() | x.double()*2 | x.pow(3) | x.amax() | x.logsumexp(0) | x.maximum(x*2)
tg.addmm(x,x,x) | tg.outer(x[0],x[1]) | x | tg.nn.functional.mse_loss(x,x*2)
tg.nn.functional.cross_entropy(x,tg.tensor([0,1])) | (x*1000/7).expand(10,2,2).reshape(2,20)
(x*1).detach_() | x[0]@x[1]
""")
TEXTS = listed("""
str(tg.tensor([1.5])) | f'{tg.tensor([1,2])}' | f'{tg.tensor(3)}' | f'{tg.tensor(3.14159)}'
f'{tg.tensor(3.14159):.2f}' | '%s' % tg.tensor([1.]) | '{}'.format(tg.tensor(True))
'%.3f' % tg.tensor(2.5) | '%d' % tg.tensor(7) | repr([tg.tensor(1),tg.tensor([2.])])
repr({'a':tg.tensor(1.)}) | f'{tg.tensor(5):>6d}' | f'{tg.tensor(1.,requires_grad=True)}'
f'{tg.tensor(2.5,requires_grad=True):.1f}' | format(tg.tensor(7),'05d') | f'{tg.zeros(2,2)}'
f'{tg.tensor([1.])!r}' | repr(tg.float32) | repr(tg.int64) | repr(tg.bool) | repr(tg.long)
repr(tg.zeros(2,3).shape) | repr(tg.zeros(()).shape) | repr(tg.zeros(2).size())
repr(tg.Size([1,2])) | repr(tg.zeros(1).device) | str(tg.zeros(1).device)
repr(tg.zeros(2).type()) | repr(tg.zeros(1).layout) | repr(tg.tensor([3,1,2]).max(0))
repr(tg.tensor([1.,2.]).min(0)) | repr(tg.tensor([1,2]).tolist()) | repr(tg.tensor(1.).item())
repr(tg.zeros(3).stride()) | repr(tg.device('cpu')) | repr(type(tg.zeros(1)).__name__)
repr(tg.zeros(2,3).numel()) | repr(tg.finfo(tg.float32).eps)
repr(tg.zeros(2,3).max(1,keepdim=True)) | str(tg.tensor(1.,requires_grad=True)*2)
repr(tuple(tg.zeros(2,1))) | repr(tg.strided)
tg.ones(1,requires_grad=True).mul(2).grad_fn.name()
""")
OPTIONS = [
    {"precision": 2},
    {"precision": 8},
    {"precision": 0},
    {"sci_mode": True},
    {"sci_mode": False},
    {"linewidth": 40},
    {"threshold": 10},
    {"threshold": 10, "edgeitems": 1},
    {"threshold": 20, "edgeitems": 2, "precision": 3},
    {"profile": "short"},
    {"profile": "full"},
    {"sci_mode": True, "precision": 2},
    {"linewidth": 120, "precision": 6},
]
UNDER_OPTIONS = [
    "tg.tensor([1/3,200/3,-.001])",
    "tg.tensor([[1e-5,1.],[1e5,3.]])",
    "tg.arange(50.)/3",
    "tg.arange(30).reshape(3,10)",
    "tg.tensor(1/3)",
]

EXPRESSIONS = [f"repr(tg.tensor({values}))" for values in FLOATS]
EXPRESSIONS += [f"repr(tg.tensor({values}, dtype=tg.float64))" for values in FLOATS[::3]]
EXPRESSIONS += [f"repr(tg.tensor({values}[0], requires_grad=True))" for values in FLOATS[::2]]
EXPRESSIONS += [f"repr(tg.tensor([{values}, {values}[::-1]]))" for values in FLOATS[1::4]]
EXPRESSIONS += [f"repr(tg.tensor({values}))" for values in INTS] + [
    f"repr(tg.tensor({values}, dtype=tg.int32))" for values in INTS[:4]
]
EXPRESSIONS += [f"repr({call})" for call in SHAPES]
EXPRESSIONS += [f"repr({call})" for call in GRADS]
EXPRESSIONS += TEXTS
EXPRESSIONS += [f"repr(spread({seed}))" for seed in range(16)]
CASES = {expression: (expression, {}) for expression in EXPRESSIONS}
CASES |= {
    f"{call} {', '.join(f'{key}={value}' for key, value in options.items())}": (
        f"repr({call})",
        options,
    )
    for options in OPTIONS
    for call in UNDER_OPTIONS
}


def spread(seed: int):
    """Numbers whose shape, magnitude and kind follow from the seed."""
    shape = ((), (3,), (2, 4), (2, 1, 3))[seed % 4]
    x = Sample(shape, -1, 1, seed).tensor(tg, "float64") * 10.0 ** ((seed * 5) % 11 - 5)
    return ((x * 4).long().double() if seed % 3 == 1 else x).to(tg.float32 if seed % 2 else tg.float64)


def show(expression: str, options: dict) -> str:
    x = tg.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    try:
        if options:
            tg.set_printoptions(**options)
        return eval(expression, {"tg": tg, "x": x, "spread": spread, "nan": nan, "inf": inf})
    finally:
        if options:
            tg.set_printoptions(profile="default", sci_mode=None)


def make_golden() -> dict:
    return {name: show(*case) for name, case in CASES.items()}


GOLDEN = golden("printing")


@pytest.mark.parametrize("name", CASES)
def test_printed_form_is_that_of_pytorch(name):
    assert show(*CASES[name]) == GOLDEN[name]


def test_str_is_repr():
    x = tg.arange(3.0)
    assert str(x) == repr(x) == f"{x}" == "tensor([0., 1., 2.])"


def test_printing_does_not_touch_the_graph():
    x = tg.ones(3, requires_grad=True) * 2
    grad_fn, version = x.grad_fn, x._version
    repr(x)
    assert x.grad_fn is grad_fn and x._version == version


def test_subclass_prints_its_name():
    class Mine(tg.Tensor):
        pass

    assert repr(tg.Tensor._make_subclass(Mine, tg.ones(2))) == "Mine([1., 1.])"


def test_parameter_prints_like_one():
    assert repr(tg.nn.Parameter(tg.ones(2))) == "Parameter containing:\ntensor([1., 1.], requires_grad=True)"


def test_bad_profile_changes_nothing():
    tg.set_printoptions(precision=3)
    assert repr(tg.tensor(1 / 3)) == "tensor(0.333)"
    tg.set_printoptions(profile="default")
    assert repr(tg.tensor(1 / 3)) == "tensor(0.3333)"
