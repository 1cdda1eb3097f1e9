"""Matrix products."""

from op_table.row import FLOATS, S, op

# fmt: off
op("matmul", "tg.matmul(x, y)", "x @ y", "x.matmul(y[:, 0])", "x[0] @ y", "x[0] @ y[:, 0]",
   "tg.matmul(x.expand(2, 2, 3), y)", "x @ y.expand(2, 1, 3, 4)", x=(2, 3), y=S(3, 4, seed=1),
   grad="x y", forms="mo")
op("matmul of stacks", "tg.matmul(x, y)", "x @ y[0]", "x @ y[0, :, 0]", "x[:, None] @ y",
   x=(2, 2, 3), y=S(2, 3, 2, seed=1), grad="x y")
op("mm", "tg.mm(x, y)", x=(2, 3), y=S(3, 4, seed=1), grad="x y", forms="mo")
op("mv", "tg.mv(x, y)", x=(2, 3), y=S(3, seed=1), grad="x y", forms="mo")
op("bmm", "tg.bmm(x, y)", x=(2, 2, 3), y=S(2, 3, 2, seed=1), grad="x y", forms="mo")
op("dot", "tg.dot(x, y)", x=(3,), y=S(3, seed=1), grad="x y", forms="mo")
op("outer", "tg.outer(x, y)", x=(2,), y=S(3, seed=1), grad="x y", forms="mo")
op("addmm", "tg.addmm(x, y, z)", "tg.addmm(x, y, z, beta=2, alpha=3)", "tg.addmm(x[0], y, z)",
   "x.addmm(y, z, beta=0)", x=(2, 4), y=S(2, 3, seed=1), z=S(3, 4, seed=2), grad="x y z",
   forms="mio")
op("products with no elements", "x @ x.t()", "x.t() @ x", "tg.dot(x[0], x[0])", x=(3, 0),
   second=False)
op("linear", "tg.nn.functional.linear(x, y, z)", "tg.nn.functional.linear(x, y)",
   "tg.nn.functional.linear(x[0], y, z)", x=(2, 3), y=S(4, 3, seed=1), z=S(4, seed=2), grad="x y z",
   dtypes=FLOATS)
