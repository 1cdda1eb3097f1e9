"""Operations on several threads: the same bits as on one, and nothing in the way of forks, exits
and other threads.
"""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest
from conftest import HERE, ROOT, run_python, tg
from test_artifact import sanitized

THREADS = (1, 2, 3, 7)


@pytest.fixture(autouse=True)
def _same_number_of_threads():
    before = tg.get_num_threads()
    yield
    tg.set_num_threads(before)


def randn(*sizes, dtype=tg.float32):
    return tg.randn(*sizes, dtype=dtype, generator=tg.Generator().manual_seed(7))


def backward_of(f, *leaves):
    leaves = [leaf.clone().requires_grad_() for leaf in leaves]
    f(*leaves).sum().backward()
    return tg.cat([leaf.grad.flatten() for leaf in leaves])


def step_of(name, dtype=tg.float32, **options):
    """The parameter and the state after two steps."""
    p = x.detach().to(dtype, copy=True).requires_grad_()
    optimizer = getattr(tg.optim, name)([p], **options)
    for grad in (y, x):
        p.grad = grad.to(dtype)
        optimizer.step()
    return tg.stack([p.detach(), *(state for state in optimizer.state[p].values() if state.dim())])


n = 70_001  # above every bound from which threads share an operation, and a multiple of nothing
x, y = randn(2 * n).abs().log().reshape(2, n)
table = randn(403, 307)
places = (x * 1000).abs().to(tg.int64) % 997
columns = (places.repeat(2)[: 403 * 307] % 403).reshape(403, 307)
OPERATIONS = {
    "add": lambda: x + y,
    "add a number": lambda: x + 2,
    "exp": lambda: x.exp(),
    "compare": lambda: x > y,
    "integers": lambda: (x * 100).to(tg.int32) // 7,
    "16 bits": lambda: x.to(tg.bfloat16) * y.to(tg.bfloat16),
    "mixed dtypes": lambda: x + y.to(tg.float64),
    "in place": lambda: x.clone().mul_(y).add_(1),
    "a row to all": lambda: table * table[0],
    "a column to all": lambda: table / table[:, :1],
    "transposed": lambda: table.t() * table.t().abs(),
    "mixed orders": lambda: randn(307, 403).t() + table,
    "seven dimensions": lambda: randn(2, 3, 2, 50, 2, 7, 11).permute(6, 0, 3, 1, 5, 2, 4) * randn(3, 7, 2, 1),
    "every other": lambda: randn(2 * n)[::2] - randn(3 * n)[::3],
    "one long dimension": lambda: randn(1, 1, n) + randn(2, 1, n),
    "where": lambda: tg.where(x > 0, x, y),
    "copy": lambda: x.clone(),
    "cast": lambda: x.to(tg.int16),
    "transposed copy": lambda: table.t().contiguous(),
    "copy of a permutation": lambda: randn(9, 40, 8, 50).permute(2, 0, 3, 1).contiguous(),
    "loss": lambda: tg.nn.functional.smooth_l1_loss(x, y, reduction="none"),
    "backward": lambda: backward_of(lambda a, b: (a * b).tanh() * a, x, y),
    "cat of long tensors": lambda: tg.cat([x, y, x.abs()]),
    "cat": lambda: tg.cat([randn(300, 401), randn(300, 5), randn(301, 300)[1:]], 1),
    "SGD": lambda: step_of("SGD", lr=0.1, momentum=0.9, nesterov=True, weight_decay=0.1),
    "Adagrad": lambda: step_of("Adagrad", tg.float64),
    "Adam": lambda: step_of("Adam", amsgrad=True),
    "AdamW in bfloat16": lambda: step_of("AdamW", tg.bfloat16),
    "RMSprop in float16": lambda: step_of("RMSprop", tg.float16, centered=True, momentum=0.5),
    "step of an LSTM": lambda: tg.stack(tg._core._lstm_step(randn(301, 268), randn(301, 268), randn(301, 67))),
    "backward of an LSTM": lambda: backward_of(
        lambda *operands: tg.cat(tg._core._lstm_layer(*operands)) ** 2,
        randn(5, 61, 268),
        randn(61, 67),
        randn(61, 67),
        randn(268, 67),
    ),
    "backward of a GRU's step": lambda: backward_of(tg._core._gru_step, randn(99, 900), randn(99, 900), randn(99, 300)),
    "matmul": lambda: randn(301, 257) @ randn(257, 305),
    "matmul of transposed": lambda: randn(257, 301).t() @ randn(305, 257).t(),
    "matmul in float64": lambda: randn(130, 999, dtype=tg.float64) @ randn(999, 100, dtype=tg.float64),
    "matmul in bfloat16": lambda: randn(130, 99).to(tg.bfloat16) @ randn(99, 100).to(tg.bfloat16),
    "matmul of integers": lambda: (randn(99, 200) * 9).to(tg.int64) @ (randn(200, 99) * 9).to(tg.int64),
    "deep matmul of transposed": lambda: randn(1300, 277).t() @ randn(603, 1300).t(),
    "many rows by few columns": lambda: randn(301, 4200) @ randn(4200, 5),
    "many rows": lambda: randn(5003, 64) @ randn(64, 10),
    "long sums": lambda: randn(3, 100_003) @ randn(5, 100_003).t(),
    "row by matrix": lambda: randn(1, 1001) @ randn(1001, 1003),
    "matrix by vector": lambda: randn(1003, 1001) @ randn(1001),
    "many products": lambda: tg.bmm(randn(50, 33, 34), randn(50, 34, 35)),
    "two products": lambda: tg.bmm(randn(2, 203, 134), randn(2, 134, 235)),
    "convolution": lambda: tg.conv2d(randn(9, 3, 20, 33), randn(10, 3, 3, 3), randn(10), padding=1),
    "convolution of one image": lambda: tg.conv2d(randn(1, 8, 60, 60), randn(13, 8, 3, 3), stride=2),
    "convolution in groups": lambda: tg.conv1d(randn(5, 6, 999), randn(4, 3, 5), groups=2, dilation=2),
    "convolution of small images": lambda: tg.conv2d(randn(40, 12, 5, 5), randn(50, 12, 3, 3)),
    "convolution in three dimensions": lambda: tg.conv3d(randn(1, 3, 9, 20, 20), randn(8, 3, 3, 3, 3)),
    "backward of convolution": lambda: backward_of(
        lambda a, b: tg.conv2d(a, b, stride=2, padding=1) ** 2, randn(11, 9, 31, 33), randn(10, 9, 3, 3)
    ),
    "backward of convolution of small images": lambda: backward_of(
        lambda a, b: tg.conv2d(a, b, stride=2, padding=1) ** 2, randn(43, 40, 8, 8), randn(66, 40, 3, 3)
    ),
    "backward of convolution in groups": lambda: backward_of(
        lambda a, b: tg.conv2d(a, b, padding=1, groups=3) ** 2, randn(11, 9, 13, 13), randn(12, 3, 3, 3)
    ),
    "backward of pointwise convolution": lambda: backward_of(
        lambda a, b: tg.conv2d(a, b) ** 2, randn(11, 19, 13, 13), randn(12, 19, 1, 1)
    ),
    "rows by index": lambda: table[places % 403],
    "numbers by index": lambda: x[places],
    "rows written by index": lambda: table.clone().index_put_((places[:900] % 403,), randn(900, 307)),
    "gather": lambda: table.gather(0, columns),
    "gather of a row": lambda: table.gather(1, columns.t()[:, :300] % 307),
    "scatter": lambda: table.scatter(0, columns, randn(403, 307)),
    "scatter_add": lambda: table.scatter_add(0, columns, randn(403, 307)),
    "scatter_add of a row": lambda: table.scatter_add(1, columns % 307, randn(403, 307)),
    "scatter_reduce": lambda: table.scatter_reduce(0, columns, randn(403, 307), "amax"),
    "index_select": lambda: table.index_select(1, places[:1000] % 307),
    "index_add": lambda: table.index_add(0, places[:900] % 403, randn(900, 307)),
    "index_add to overlapping rows": lambda: (
        table.flatten()[:5000].clone().as_strided((64, 4096), (1, 1)).index_add_(1, places[:4000], randn(64, 4000))
    ),
    "index_add of columns": lambda: table.index_add(1, places[:900] % 307, randn(403, 900)),
    "embedding": lambda: backward_of(lambda w: tg.nn.functional.embedding(places[:2000] % 403, w) ** 2, table),
    "distances": lambda: tg.cdist(randn(301, 19), randn(205, 19)),
    "backward of distances": lambda: backward_of(tg.cdist, randn(301, 19), randn(205, 19)),
    "backward of distances by another norm": lambda: backward_of(
        lambda a, b: tg.cdist(a, b, p=1), randn(301, 19), randn(205, 19)
    ),
    "backward of matmul": lambda: backward_of(lambda a, b: (a @ b) ** 2, randn(301, 257), randn(257, 305)),
}


def check_bits(operation):
    results = []
    for threads in THREADS:
        tg.set_num_threads(threads)
        for _ in range(2):  # loops over memory go there and back in turn
            results.append(tg._core._to_bytes(operation().contiguous()))
    assert len(set(results)) == 1
    assert any(results[0])


@pytest.mark.parametrize("operation", OPERATIONS)
def test_bits_are_the_same_for_any_number_of_threads(operation):
    check_bits(OPERATIONS[operation])


REDUCTIONS = {
    "sum": lambda x, dim: x.sum(dim),
    "nansum": lambda x, dim: x.nansum(dim),
    "mean": lambda x, dim: x.mean(dim),
    "prod": lambda x, dim: (1 + x / 1000).prod(dim),
    "amax": lambda x, dim: x.amax(dim),
    "amin": lambda x, dim: x.amin(dim),
    "max": lambda x, dim: x.max(dim)[0],
    "argmin": lambda x, dim: x.argmin(dim),
    "all": lambda x, dim: (x > -9).all(dim),
    "any": lambda x, dim: (x > 3).any(dim),
    "var": lambda x, dim: x.var(dim),
    "std": lambda x, dim: x.std(dim),
    "norm": lambda x, dim: x.norm(dim=dim),
    "norm of order 1": lambda x, dim: x.norm(1, dim=dim),
    "logsumexp": lambda x, dim: x.logsumexp(dim),
    "softmax": lambda x, dim: x.softmax(dim),
    "log_softmax": lambda x, dim: x.log_softmax(dim),
    "cumsum": lambda x, dim: x.cumsum(dim),
    "cumprod": lambda x, dim: (1 + x / 1000).cumprod(dim),
    "cummax": lambda x, dim: x.cummax(dim)[0],
    "logcumsumexp": lambda x, dim: x.logcumsumexp(dim),
    "sort": lambda x, dim: x.sort(dim)[0],
    "argsort": lambda x, dim: x.argsort(dim),
    "topk": lambda x, dim: x.topk(2, dim)[0],
    "median": lambda x, dim: x.median(dim)[0],
}
SHAPES = {
    "rows": ((301, 503), 1),
    "short rows": ((20_011, 7), 1),
    "few long rows": ((3, 150_001), 1),
    "columns": ((503, 301), 0),
    "few columns": ((50_021, 3), 0),
    "some columns": ((10_007, 75), 0),
    "the middle": ((31, 90, 61), 1),
    "one line": ((600_007,), 0),
}


@pytest.mark.parametrize("name", REDUCTIONS)
@pytest.mark.parametrize("shape", SHAPES)
def test_bits_of_reductions_are_the_same_for_any_number_of_threads(name, shape):
    sizes, dim = SHAPES[shape]
    check_bits(lambda: REDUCTIONS[name](randn(*sizes), dim))


@pytest.mark.parametrize("name", [name for name in REDUCTIONS if name not in ("argmin", "all", "any", "argsort")])
@pytest.mark.parametrize("shape", ["rows", "few columns", "the middle"])
def test_bits_of_their_gradients_are_the_same_for_any_number_of_threads(name, shape):
    sizes, dim = SHAPES[shape]
    check_bits(lambda: backward_of(lambda x: REDUCTIONS[name](x, dim) ** 2, randn(*sizes)))


@pytest.mark.parametrize("name", REDUCTIONS)
@pytest.mark.parametrize("kind", ["float64", "float16", "strided", "two dims"])
def test_bits_of_reductions_of_other_layouts_and_dtypes(name, kind):
    if kind == "two dims":
        if name not in ("sum", "mean", "amax", "var", "norm", "logsumexp"):
            pytest.skip("takes one dim")
        return check_bits(lambda: REDUCTIONS[name](randn(21, 90, 161), (0, 2)))
    if kind == "strided":
        return check_bits(lambda: REDUCTIONS[name](randn(301, 5, 503).transpose(0, 2)[::2, 1], 1))
    check_bits(lambda: REDUCTIONS[name](randn(301, 503).to(getattr(tg, kind)), 0))


OTHERS = {
    "cat of many lengths": lambda: tg.cat([randn(n) for n in (0, 70_001, 0, 3, 200_003, 1, 0)]),
    "sum of strided elements": lambda: randn(1003, 1001)[:, ::3].sum(),
    "sum of integers": lambda: (randn(900_001) * 1000).to(tg.int64).sum(),
    "sum of bools": lambda: (randn(900_001) > 0).sum(),
    "float16 in all": lambda: randn(900_001).to(tg.float16).sum(),
    "sum of the outer dims": lambda: randn(50, 3, 2001).sum((0, 2)),
    "argmax of all": lambda: randn(900_001).argmax(),
    "NaN in all": lambda: tg.cat([randn(500_000), tg.tensor([float("nan")]), randn(99)]).argmax(),
    "dot": lambda: randn(900_001).dot(randn(900_001)),
    "layer_norm": lambda: backward_of(
        lambda x, w, b: tg.nn.functional.layer_norm(x, (301,), w, b) ** 2, randn(503, 301), randn(301), randn(301)
    ),
    "group_norm": lambda: backward_of(
        lambda x, w: tg.nn.functional.group_norm(x, 5, w) ** 2, randn(11, 10, 33, 33), randn(10)
    ),
    "batch_norm": lambda: backward_of(
        lambda x, w: tg.nn.functional.batch_norm(x, None, None, w, training=True) ** 2,
        randn(11, 10, 33, 33),
        randn(10),
    ),
    "cross_entropy": lambda: backward_of(
        lambda x: tg.nn.functional.cross_entropy(x, tg.arange(1003) % 101), randn(1003, 101)
    ),
}


@pytest.mark.parametrize("operation", OTHERS)
def test_bits_of_sums_are_the_same_for_any_number_of_threads(operation):
    check_bits(OTHERS[operation])


@pytest.mark.parametrize("sizes", [(0, 50_000), (50_000, 0)])
def test_nothing_is_shared(sizes):
    tg.set_num_threads(3)
    x = tg.zeros(sizes)
    for dim in (0, 1):
        assert tg.equal(x.sum(dim), tg.zeros(sizes[1 - dim]))
        assert x.softmax(dim).shape == x.cumsum(dim).shape == sizes
    assert x.sum().item() == 0 and x.prod().item() == 1 and x.all().item()


def test_number_of_threads_is_what_was_set():
    for threads in THREADS:
        tg.set_num_threads(threads)
        assert tg.get_num_threads() == threads
    assert tg.get_num_interop_threads() == 1


@pytest.mark.parametrize(
    "wrong, text",
    [
        (0, "set_num_threads expects a positive integer"),
        (-1, "set_num_threads expects a positive integer"),
        (1.5, "set_num_threads expects an int, but got float"),
        ("2", "set_num_threads expects an int, but got str"),
        (True, "set_num_threads expects an int, but got bool"),
        (None, "set_num_threads expects an int, but got NoneType"),
    ],
)
def test_number_of_threads_is_a_positive_int(wrong, text):
    before = tg.get_num_threads()
    with pytest.raises(RuntimeError, match=text):
        tg.set_num_threads(wrong)
    assert tg.get_num_threads() == before


@pytest.mark.parametrize(
    "variables, threads",
    [
        ({"TAPEGRAD_NUM_THREADS": "3"}, 3),
        ({"OMP_NUM_THREADS": "3"}, 3),
        ({"OMP_NUM_THREADS": "3,2"}, 3),
        ({"TAPEGRAD_NUM_THREADS": "5", "OMP_NUM_THREADS": "3"}, 5),
        ({"TAPEGRAD_NUM_THREADS": "many", "OMP_NUM_THREADS": "3"}, 3),
        ({"TAPEGRAD_NUM_THREADS": "0"}, None),
        ({"TAPEGRAD_NUM_THREADS": "-4"}, None),
        ({}, None),
    ],
)
def test_default_number_of_threads(variables, threads):
    code = (
        "import os, sys\n"
        "for name in ('TAPEGRAD_NUM_THREADS', 'OMP_NUM_THREADS'): os.environ.pop(name, None)\n"
        f"os.environ.update({variables}); import tapegrad as tg\n"
        "print(tg.get_num_threads(), tg._core._machine()['cpu_count'])"
    )
    number, processors = map(int, run_python(code).split())
    assert number == (threads or processors)
    assert 1 <= processors <= os.cpu_count()


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="needs sched_setaffinity")
def test_default_number_of_threads_follows_the_affinity():
    code = (
        "import os; os.environ.pop('TAPEGRAD_NUM_THREADS', None); os.environ.pop('OMP_NUM_THREADS', None)\n"
        "os.sched_setaffinity(0, [min(os.sched_getaffinity(0))]); import tapegrad as tg; print(tg.get_num_threads())"
    )
    assert run_python(code) == "1\n"


WORK = (
    "import os, signal, threading, time, tapegrad as tg\n"
    "tg.set_num_threads(3)\n"
    "x = tg.ones(300, 300, requires_grad=True)\n"
    "def work():\n    x.grad = None; ((x @ x) * 2 + x.exp()).sum().backward(); return x.grad.sum().item()\n"
    "first = work()\n"
    "def tasks(): return len(os.listdir('/proc/self/task'))\n"
    "if os.path.isdir('/proc/self/task'): assert tasks() >= 3, tasks()\n"
)
PROGRAMS = {
    "exit while workers are there": ("print('end')", "end"),
    "exit without finalizing": ("print('end', flush=True); os._exit(0)", "end"),
    "exit by an exception in a thread": (
        "t = threading.Thread(target=work); t.start(); t.join(); print('end')",
        "end",
    ),
    "exit with daemon threads at work": (
        "def endless():\n    while True: work()\n"
        "[threading.Thread(target=endless, daemon=True).start() for _ in range(2)]\n"
        "time.sleep(0.2); print('end')",
        "end",
    ),
    "fork after work": (
        "child = os.fork()\n"
        "if child == 0: os._exit(0 if work() == first and work() == first else 1)\n"
        "print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), work() == first)",
        "0 True",
    ),
    "fork while another thread works": (
        "end = False\n"
        "def until_end():\n    y = tg.ones(300, 300)\n    while not end: y @ y\n"
        "t = threading.Thread(target=until_end); t.start(); codes = []\n"
        "for _ in range(5):\n"
        "    child = os.fork()\n"
        "    if child == 0: os._exit(0 if work() == first else 1)\n"
        "    codes.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
        "end = True; t.join(); print(codes)",
        "[0, 0, 0, 0, 0]",
    ),
    "several threads work": (
        "y = tg.full((300, 300), 0.5); want = (y @ y).exp(); equal = []\n"
        "def check():\n    for _ in range(20): equal.append(tg.equal((y @ y).exp(), want))\n"
        "threads = [threading.Thread(target=check) for _ in range(4)]\n"
        "[t.start() for t in threads]; [t.join() for t in threads]; print(len(equal), all(equal))",
        "80 True",
    ),
    "the number of threads changes while another thread works": (
        "end = False\n"
        "def until_end():\n    y = tg.ones(300, 300)\n    while not end: y @ y\n"
        "t = threading.Thread(target=until_end); t.start()\n"
        "for i in range(50): tg.set_num_threads(1 + i % 4); y = tg.ones(200, 200) @ tg.ones(200, 200)\n"
        "end = True; t.join(); print(y.sum().item())",
        "8000000.0",
    ),
    "signals wake the main thread": (
        "def stop(number, frame): raise KeyboardInterrupt\n"
        "signal.signal(signal.SIGALRM, stop); signal.setitimer(signal.ITIMER_REAL, 0.1)\n"
        "try: time.sleep(100)\nexcept KeyboardInterrupt: print('interrupted', work() == first)",
        "interrupted True",
    ),
}


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_program(program):
    code, output = PROGRAMS[program]
    if "fork" in code and sanitized():
        pytest.skip("ThreadSanitizer ends a process that forks with threads")
    assert run_python("import warnings; warnings.simplefilter('ignore')\n" + WORK + code).strip() == output


@pytest.mark.skipif(not (ROOT / "csrc").is_dir(), reason="no sources here")
@pytest.mark.skipif(not shutil.which("g++"), reason="needs g++")
@pytest.mark.skipif(sanitized(), reason="has a run of its own")
@pytest.mark.parametrize("flags", [[], ["-fsanitize=thread"]], ids=["plain", "thread sanitizer"])
def test_pool(flags, tmp_path):
    """What pool_check.cpp says about the pool on its own."""
    sources = [ROOT / "csrc/kernels" / name for name in ("parallel.cpp", "cpu_count.cpp")]
    program = tmp_path / "pool_check"
    command = ["g++", "-std=c++20", "-O1", "-g", "-pthread", *flags, f"-I{ROOT / 'csrc'}"]
    built = subprocess.run([*command, HERE / "pool_check.cpp", *sources, "-o", program], capture_output=True, text=True)
    if flags and built.returncode and "tsan" in built.stderr:
        pytest.skip("no ThreadSanitizer here")
    assert built.returncode == 0, built.stderr[-2000:]
    # ThreadSanitizer wants memory at places that randomisation may give away.
    launch = ["setarch", "-R"] if flags and shutil.which("setarch") else []
    done = subprocess.run([*launch, program, *flags], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]


def test_configuration_is_told(capsys):
    text = tg.__config__.show()
    assert f"tapegrad {tg.__version__}" in text
    assert f"threads: {tg.get_num_threads()}" in text
    assert "instruction set: " in text and "BLAS: " in text
    tg.show_config()
    assert capsys.readouterr().out == text
    tg.set_num_threads(3)
    assert "get_num_threads() : 3\n" in tg.__config__.parallel_info()


def test_instruction_set_can_be_chosen():
    code = "import os; os.environ['TAPEGRAD_ISA'] = '{}'; import tapegrad as tg; print(tg._core._machine()['isa'])"
    assert run_python(code.format("baseline")) == "baseline\n"
    assert run_python(code.format("")) == tg._core._machine()["isa"] + "\n" or "TAPEGRAD_ISA" in os.environ


def test_unknown_instruction_set_is_refused():
    code = (
        "import os; os.environ['TAPEGRAD_ISA'] = 'sse9'\n"
        "try: import tapegrad\n"
        "except ImportError as error: print(error)"
    )
    assert run_python(code) == "TAPEGRAD_ISA must be baseline, avx2 or avx512, but is 'sse9'\n"
