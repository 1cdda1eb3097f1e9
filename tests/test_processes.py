"""Signals, forks, threads and exits: nothing hangs, nothing is lost."""

from __future__ import annotations

import os

import pytest
from conftest import run_python

PROGRAMS = {
    "Ctrl-C in a loop of operations": (
        "import itertools, signal, tapegrad as tg\n"
        "signal.signal(signal.SIGALRM, signal.default_int_handler); signal.setitimer(signal.ITIMER_REAL, 0.05)\n"
        "x = tg.ones(10)\n"
        "try:\n    for _ in itertools.count(): x = x * 1.0\n"
        "except KeyboardInterrupt: print('interrupted', x.sum().item())",
        "interrupted 10.0",
    ),
    "Ctrl-C in a long conversion": (
        "import itertools, signal, tapegrad as tg\n"
        "values = [[0.5] * 1000] * 20000\n"
        "signal.signal(signal.SIGALRM, signal.default_int_handler); signal.setitimer(signal.ITIMER_REAL, 0.02)\n"
        "try:\n    for _ in itertools.count(): tg.tensor(values)\n"
        "except KeyboardInterrupt: print('interrupted')",
        "interrupted",
    ),
    "fork after work": (
        "import os, tapegrad as tg\n"
        "w = tg.ones(300, 300, requires_grad=True); (w @ w).sum().backward()\n"
        "child = os.fork()\n"
        "if child == 0:\n    w.grad = None; (w @ w).sum().backward(); os._exit(int(w.grad[0, 0].item() == 600))\n"
        "print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))",
        "1",
    ),
    "daemon threads at exit": (
        "import threading, time, tapegrad as tg\n"
        "def work():\n    x = tg.ones(1, requires_grad=True)\n    while True: (x * x).backward()\n"
        "[threading.Thread(target=work, daemon=True).start() for _ in range(3)]\n"
        "time.sleep(0.1); print('end')",
        "end",
    ),
    "daemon threads in long work at exit": (
        "import threading, time, tapegrad as tg\n"
        "def work():\n    x = tg.ones(1000, 1000)\n    while True: (x * x).sum()\n"
        "[threading.Thread(target=work, daemon=True).start() for _ in range(3)]\n"
        "time.sleep(0.2); print('end')",
        "end",
    ),
    "daemon threads in hooks at exit": (
        "import threading, time, tapegrad as tg\n"
        "def work():\n    x = tg.ones(1, requires_grad=True); y = x * x; y.register_hook(lambda g: time.sleep(1e-4))\n"
        "    while True: y.backward(retain_graph=True)\n"
        "[threading.Thread(target=work, daemon=True).start() for _ in range(3)]\n"
        "time.sleep(0.2); print('end')",
        "end",
    ),
    "subinterpreter": (
        "import sys, tapegrad as tg\n"
        "try: import _interpreters as interpreters\n"
        "except ImportError: import _xxsubinterpreters as interpreters\n"
        "child = interpreters.create()\n"
        "code = 'try: import tapegrad\\nexcept ImportError: print(0, flush=True)'\n"
        "interpreters.run_string(child, code); interpreters.destroy(child)\n"
        "print((tg.ones(2) * 2).tolist())",
        "0\n[2.0, 2.0]",
    ),
    "hook that joins a thread": (
        "import threading, tapegrad as tg\n"
        "x, inner = tg.ones(1, requires_grad=True), tg.ones(1, requires_grad=True)\n"
        "def hook(grad):\n    t = threading.Thread(target=lambda: (inner * 3).backward()); t.start(); t.join()\n"
        "y = x * 2; y.register_hook(hook); y.backward()\n"
        "print(x.grad.item(), inner.grad.item())",
        "2.0 3.0",
    ),
    "grad mode of a thread": (
        "import threading, tapegrad as tg\n"
        "seen = []\n"
        "def work():\n    tg.set_grad_enabled(False); seen.append(tg.is_grad_enabled())\n"
        "t = threading.Thread(target=work); t.start(); t.join(); print(seen, tg.is_grad_enabled())",
        "[False] True",
    ),
    "tensors that outlive their thread": (
        "import threading, tapegrad as tg\n"
        "kept = []\n"
        "def work():\n    x = tg.ones(3, requires_grad=True); kept.append((x, (x * 2).sum()))\n"
        "t = threading.Thread(target=work); t.start(); t.join()\n"
        "kept[0][1].backward(); print(kept[0][0].grad.tolist())",
        "[2.0, 2.0, 2.0]",
    ),
    "exit inside a hook": (
        "import sys, tapegrad as tg\n"
        "y = tg.ones(1, requires_grad=True) * 2\n"
        "y.register_hook(lambda grad: sys.exit(0))\n"
        "print('start', flush=True); y.backward(); print('not reached')",
        "start",
    ),
    "tensors in the module at exit": (
        "import tapegrad as tg\n"
        "class Holder:\n    def __del__(self): print((self.x * 2).tolist())\n"
        "h = Holder(); h.x = tg.ones(1)\ndel h; print('end')",
        "[2.0]\nend",
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_process(name):
    if "fork" in name and "thread" in os.environ.get("TAPEGRAD_SANITIZE", ""):
        pytest.skip("ThreadSanitizer ends a process that forks with threads")
    code, want = PROGRAMS[name]
    assert run_python(code, timeout=60).strip() == want
