"""Nothing grows: resident memory and Python blocks of a fresh process over thousands of
repetitions.
"""

# ruff: noqa: E501 - programs of one line
from __future__ import annotations

import os

import pytest
from conftest import run_python

REPEAT = 12_000
MAX_GROWTH = 400_000  # bytes over REPEAT repetitions; 34 bytes a repetition would be one leaked object or more

HARNESS = """
import copy, gc, os, pickle, sys
import numpy as np
import tapegrad as tg
def resident():
    return int(open("/proc/self/statm").read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
class Mine(tg.Tensor): pass
def raises(call, *kinds):
    try: call()
    except (kinds or Exception): return
    raise AssertionError("nothing raised")
w = tg.ones(3, requires_grad=True); x = tg.ones(3); a = np.ones(3, dtype=np.float32); values = [1.0, 2.0, 3.0]
optimizer = None
def body():
    global optimizer
{body}
repeat = int(sys.argv[1])
for _ in range(repeat): body()  # caches of Python, NumPy and malloc fill up first
gc.collect()
blocks, memory = sys.getallocatedblocks(), resident()
for _ in range(repeat): body()
gc.collect()
print(sys.getallocatedblocks() - blocks, resident() - memory)
"""

BODIES = {
    "operators": "y = (x + 1) * 2 - x / 3; y[0]; y.sum().item()",
    "training step": "l = ((x * w - 1) ** 2).sum(); l.backward(); w.data = w.data - 0.01 * w.grad.data; w.grad.data.zero_()",
    "training step under no_grad": "l = (x * w).sum(); l.backward()\n    with tg.no_grad(): w.sub_(0.01 * w.grad); w.grad = None",
    "graph without backward": "y = (x * w).exp().sum()",
    "retain_graph": "y = (w * w).sum(); y.backward(retain_graph=True); y.backward(); w.grad = None",
    "autograd.grad with create_graph": "g, = tg.autograd.grad((w ** 3).sum(), w, create_graph=True); tg.autograd.grad(g.sum(), w)",
    "second backward refused": "y = (w * w).sum(); y.backward(); w.grad = None; raises(y.backward)",
    "saved tensor changed": "v = x.clone(); y = w * v; v.add_(1); raises(y.sum().backward)",
    "in-place on views": "y = w * 1; y[1:].mul_(2); y[0] = 3.0; y.sum().backward(); w.grad = None",
    "indexing": "x[1:], x[tg.tensor([0, 2])], x[x > 0], x[None, ::2]; y = x.clone(); y[[0, 1]] = 5.0",
    "views": "x.view(3, 1).t().expand(2, 3).reshape(-1); x.unbind(); x.split(1)",
    "tensor from lists": "tg.tensor(values); tg.tensor([values, values]); tg.zeros(2, 3); tg.tensor([np.float32(1)])",
    "numpy": "tg.from_numpy(a) + 1; x.numpy().sum(); tg.tensor(a); x + a",
    "tolist, repr and format": "repr(x); x.tolist(); f'{x[0]:.2f}'; str(x.shape)",
    "pickle and deepcopy": "pickle.loads(pickle.dumps(x)); copy.deepcopy(w)",
    "attributes": "y = x + 1; y.note = [y]",
    "subclass": "y = tg.Tensor._make_subclass(Mine, x.clone()); y.note = 1; y.sum()",
    "hooks": "y = w * 2; h = y.register_hook(lambda g: g * 2); y.sum().backward(); h.remove(); w.grad = None",
    "hook on a leaf": "h = w.register_hook(lambda g: None); (w * 1).sum().backward(); h.remove(); w.grad = None",
    "hook that fails": "y = w * 2; y.register_hook(lambda g: 1 / 0); raises(y.sum().backward, ZeroDivisionError)",
    "hook cycle": "y = tg.ones(1, requires_grad=True); y.register_hook(lambda g, y=y: None)",
    "grad_fn objects": "y = w * 2 + 1; y.grad_fn.next_functions[0][0].name(); y.grad_fn.next_functions[0][0].next_functions",
    "retain_grad": "y = w * 2; y.retain_grad(); y.sum().backward(); y.grad; w.grad = None",
    "shape errors": "raises(lambda: x + tg.ones(4)); raises(lambda: x.reshape(7)); raises(lambda: x @ tg.ones(4))",
    "argument errors": "raises(lambda: x.sum('a')); raises(lambda: tg.zeros(-1)); raises(lambda: tg.tensor([None])); raises(lambda: tg.add(x))",
    "index errors": "raises(lambda: x[9]); raises(lambda: x[0, 0]); raises(lambda: x[tg.tensor([9])]); raises(lambda: x.__setitem__(9, 1))",
    "backward errors": "raises(lambda: (w * 2).backward()); raises(lambda: x.sum().backward()); raises(lambda: w.add_(1))",
    "random": "tg.rand(3); tg.randn(20); tg.randint(5, (3,)); tg.randperm(4); tg.manual_seed(1); tg.Generator().manual_seed(2)",
    "out=": "y = tg.empty(3); tg.add(x, x, out=y); z = tg.empty(0); tg.exp(x, out=z)",
    "reductions": "x.sum(); x.mean(0); x.max(0); x.var(); x.softmax(0); x.argmax(); x.logsumexp(0)",
    "products": "m = tg.ones(3, 3); m @ m; m.mv(x); tg.cat([x, x]); tg.stack([x, x])",
    "conversions": "x.double().long().bool().half(); x.to(tg.float64); x.type(tg.int32)",
    "losses": "p = w.reshape(1, 3); tg.nn.functional.cross_entropy(p, tg.tensor([1])).backward(); w.grad = None",
    "modes": "with tg.no_grad(), tg.enable_grad(), tg.inference_mode(): x + 1",
    "optimizer": "optimizer = optimizer or tg.optim.SGD([w], lr=0.01, momentum=0.9); (w * w).sum().backward(); optimizer.step(); optimizer.zero_grad()",
    "iteration": "list(x); tuple(x.unbind()); 1.0 in x; len(x)",
    "large blocks": "tg.ones(300, 300) * 2",
}


@pytest.mark.parametrize("name", BODIES)
def test_nothing_grows(name):
    repeat = REPEAT // 12 if name == "large blocks" else REPEAT
    blocks, memory = map(
        int,
        run_python(HARNESS.replace("{body}", f"    {BODIES[name]}"), str(repeat), timeout=300).split(),
    )
    assert blocks < repeat / 20, f"{blocks} Python blocks in {repeat} repetitions"
    if not os.environ.get("TAPEGRAD_SANITIZE"):  # a sanitizer keeps freed memory for a while
        assert memory < MAX_GROWTH, f"{memory} bytes in {repeat} repetitions"
