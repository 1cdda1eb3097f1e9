"""Graphs of a million nodes: built, walked and freed with a small stack, so nothing may recurse
over the graph.
"""

# ruff: noqa: E501 - programs of one line
from __future__ import annotations

import pytest
from conftest import run_python

N = 1_000_000
# Each program builds on `x`, a leaf of one element, and prints what must come out.
PROGRAMS = {
    "forward, backward, free": (
        "y = x\nfor _ in range(N): y = y + 1\ny.backward(); print(x.grad.item()); del y",
        "1.0",
    ),
    "saved tensors": (
        "w = tg.ones(1)\ny = x\nfor _ in range(N): y = y * w\ny.backward(); print(x.grad.item()); del y",
        "1.0",
    ),
    "free without backward": (
        "y = x\nfor _ in range(N): y = y * 1.0\ndel y; print('freed')",
        "freed",
    ),
    "free at exit": ("y = x\nfor _ in range(N): y = y * 1.0\nprint('end')", "end"),
    "in-place": (
        "y = x * 1\nfor _ in range(N): y += 1\ny.backward(); print(x.grad.item(), y.item())",
        f"1.0 {N + 2 - 1:.1f}",
    ),
    "in-place on a view": (
        "y = x.expand(2) * 1; v = y[0]\nfor _ in range(N // 20): v.mul_(1.0)\ny.sum().backward(); print(x.grad.item())",
        "2.0",
    ),
    "setitem": (
        "y = x.expand(3) * 1\nfor i in range(N // 20): y[i % 3] = 1.0\ny.sum().backward(); print(x.grad.item())",
        "0.0",
    ),
    "grad_fn seen by Python": (
        "y = x; seen = []\nfor _ in range(N // 10):\n    y = y + 1\n    seen.append(y.grad_fn)\ndel seen, y; print('freed')",
        "freed",
    ),
    "walk of next_functions": (
        "y = x\nfor _ in range(N // 10): y = y + 1\nnode, count = y.grad_fn, 0\n"
        "while node.next_functions:\n    node = node.next_functions[0][0]; count += 1\nprint(count)",
        f"{N // 10}",
    ),
    "all results kept, freed from the front": (
        "y = x; kept = []\nfor _ in range(N // 4):\n    y = y + 1\n    kept.append(y)\nkept.reverse()\n"
        "while kept: kept.pop()\ny.backward(); print(x.grad.item())",
        "1.0",
    ),
    "hooks on the way": (
        "y = x; calls = []\nfor _ in range(N // 20):\n    y = y + 1\n    y.register_hook(calls.append)\ny.backward(); print(len(calls)); del y",
        f"{N // 20}",
    ),
    "hooks of one leaf, removed from the front": (
        "handles = [x.register_hook(print) for _ in range(N // 10)]\nfor handle in handles: handle.remove()\n"
        "x.backward(); print(x.grad.item())",
        "1.0",
    ),
    "hooks of one node, removed from the front": (
        "y = x * 1\nhandles = [y.grad_fn.register_hook(print) for _ in range(N // 10)]\n"
        "for handle in handles: handle.remove()\ny.backward(); print(x.grad.item())",
        "1.0",
    ),
    "wide": (
        "s = 0\nfor _ in range(N // 4): s = s + (x * 1.5 - 0.5) ** 2\ns.backward(); print(x.grad.item())",
        f"{3.0 * (N // 4):.1f}",
    ),
    "fan-in": (
        "t = tg.stack([x * 1 for _ in range(N // 20)])\nt.sum().backward(); print(x.grad.item())",
        f"{N / 20:.1f}",
    ),
    "fan-out": (
        "y = x.expand(N // 20) * 1\nz = tg.cat([p.reshape(1) for p in y.unbind()])\nz.sum().backward(); print(x.grad.item())",
        f"{N / 20:.1f}",
    ),
    "second derivative": (
        "y = x\nfor _ in range(N // 20): y = y * x\n(g,) = tg.autograd.grad(y, x, create_graph=True)\n"
        "(h,) = tg.autograd.grad(g, x)\nprint(g.item(), h.item() / (N / 20 * (N / 20 + 1)))",
        f"{N / 20 + 1:.1f} 1.0",
    ),
    "exception midway": (
        "y = x\nfor _ in range(N // 4): y = y + 1\ndef fail(grad): raise ValueError\nmiddle = y\nmiddle.register_hook(fail)\n"
        "for _ in range(N // 4): y = y + 1\ntry: y.backward()\nexcept ValueError: print('raised')\ndel y, middle",
        "raised",
    ),
    "list of a million leaves": (
        "leaves = [tg.ones(1, requires_grad=True) for _ in range(N // 10)]\ns = leaves[0]\nfor leaf in leaves[1:]: s = s + leaf\n"
        "s.backward(); print(sum(leaf.grad.item() for leaf in leaves))",
        f"{N / 10:.1f}",
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_deep_graph(name):
    body, want = PROGRAMS[name]
    setup = f"import tapegrad as tg\nN = {N}\nx = tg.ones(1, requires_grad=True)\n"
    if name == "second derivative":
        setup = setup.replace("ones(1,", "ones(1, dtype=tg.float64,")
    assert run_python(setup + body, stack_kilobytes=512).strip() == want


def test_deep_graph_in_a_thread_with_a_small_stack():
    code = (
        "import threading, tapegrad as tg\nthreading.stack_size(256 * 1024)\n"
        "def work():\n    x = tg.ones(1, requires_grad=True); y = x\n    for _ in range(300000): y = y * 1.0\n    y.backward(); print(x.grad.item())\n"
        "thread = threading.Thread(target=work); thread.start(); thread.join()"
    )
    assert run_python(code).strip() == "1.0"
