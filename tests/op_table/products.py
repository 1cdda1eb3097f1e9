"""Products over named dimensions, products with something added, chains, and distances."""

from op_table.row import FEW, S, op

NUMBERS = ("uint8", "int8", "int16", "int32", "int64", "float16", "bfloat16", "float32", "float64")
DOUBLE = ("float32", "float64")

# fmt: off
op("einsum", "tg.einsum('ij,jk->ik', x, y)", "tg.einsum('ij,jk', x, y)", "tg.einsum('ij,jk->ki', x, y)",
   "tg.einsum('ij,jk->', x, y)", "tg.einsum('ij,jk->i', [x, y])", "tg.einsum('ij,jk->ijk', x, y)",
   "tg.einsum('ij,kl->il', x, y)", "tg.einsum(x, [0, 1], y, [1, 2], [2, 0])", "tg.einsum('i...,...k->ki', x, y[0])",
   "tg.einsum(' ij , jk -> ik ', x, y)", "tg.einsum(x, [0, ...], y, [..., 2])",
   x=(2, 3), y=S(3, 4, seed=1), grad="x y", dtypes=NUMBERS)
op("einsum of one", "tg.einsum('ij->ji', x)", "tg.einsum('ij->', x)", "tg.einsum('ij->j', x)", "tg.einsum('ij', x)",
   "tg.einsum('ii->i', x)", "tg.einsum('ii', x)", "tg.einsum('ji', x)", "tg.einsum('...j->j...', x)",
   "tg.einsum('ij->...', x)", "tg.einsum(x, [3, 3])", "tg.einsum('iij->ij', x.expand(3, 3, 3))", x=(3, 3),
   dtypes=NUMBERS)
op("einsum that sums", "tg.einsum('ij->j', x)", x=(3, 3), dtypes=NUMBERS)
op("einsum of stacks", "tg.einsum('bij,bjk->bik', x, y)", "tg.einsum('bij,bjk->kbi', x, y)",
   "tg.einsum('...ij,...jk', x, y)", "tg.einsum('bij,bjk->ik', x, y)", "tg.einsum('bij,cjk->bcik', x, y)",
   "tg.einsum('bij,bij->b', x, y.mT)", "tg.einsum('...ij,...jk->...ik', x, y[0])",
   "tg.einsum('bij,bjk->bik', x, y[:1])", "tg.einsum('bij,bjk->', x[:1], y)",
   "tg.einsum('abc,bcd->ad', x, y.mT.mT[:1].expand(2, 3, 2))",
   x=(2, 2, 3), y=S(2, 3, 2, seed=1), grad="x y", dtypes=NUMBERS)
op("einsum of vectors", "tg.einsum('i,i->', x, y)", "tg.einsum('i,j->ij', x, y)", "tg.einsum('i,j->ji', x, y)",
   "tg.einsum('i,i->i', x, y)", "tg.einsum(',', x[0], y[1])", "tg.einsum('i,->i', x, y[1])", x=(3,), y=S(3, seed=1),
   grad="x y", dtypes=NUMBERS)
op("einsum of three", "tg.einsum('ij,jk,kl->il', x, y, z)", "tg.einsum('ij,jk,kl->lj', x, y, z)",
   "tg.einsum('ij,jk,lk->ijl', x, y, z.t())", "tg.einsum('ij,jk,kl', x, y, z)", "tg.einsum('ij,jk,kl->', x, y, z)",
   x=(2, 3), y=S(3, 2, seed=1), z=S(2, 2, seed=2), grad="x y z", dtypes=FEW)
op("einsum of nothing", "tg.einsum('ij,jk->ik', x, x.t())", "tg.einsum('ij,kj->ik', x.t(), x.t())",
   "tg.einsum('ij->i', x)",
   x=(2, 0), dtypes=NUMBERS)
op("tensordot", "tg.tensordot(x, y, 1)", "tg.tensordot(x, y, dims=([1], [0]))", "tg.tensordot(x, y, 0)",
   "tg.tensordot(x, x, 2)", "tg.tensordot(x, y, ([-1], [-2]))",
   "tg.tensordot(x[:, :1], y, 1)", x=(2, 3), y=S(3, 4, seed=1), grad="x y", dtypes=NUMBERS)
op("inner", "tg.inner(x, y)", "x.inner(y[0])", "tg.inner(x[0], y[0])", "tg.inner(x, y[0, 0])", x=(2, 3),
   y=S(4, 3, seed=1), grad="x y", forms="mo", dtypes=NUMBERS)
op("vdot", "tg.vdot(x, y)", x=(3,), y=S(3, seed=1), grad="x y", forms="mo", dtypes=NUMBERS)
op("kron", "tg.kron(x, y)", "tg.kron(x[0], y)", "tg.kron(x, y[0])", "tg.kron(x, y[0, 0])", x=(2, 3), y=S(2, 2, seed=1),
   grad="x y", forms="mo")
op("trace", "tg.trace(x)", "x.t().trace()", x=(2, 3), forms="m", dtypes=NUMBERS)
op("cross", "tg.cross(x, y)", "tg.cross(x, y, dim=1)", "tg.cross(x, y[:1], 1)", "x.t().cross(y.t())", x=(2, 3),
   y=S(2, 3, seed=1), grad="x y", forms="mo", dtypes=NUMBERS)
op("vander", "tg.vander(x)", "tg.vander(x, 2)", "tg.vander(x, N=4, increasing=True)", "tg.vander(x, 0)",
   "tg.vander(x, 1)",
   x=(3,), grad="", dtypes=FEW)  # PyTorch raises in its derivative
op("linalg.vander", "tg.linalg.vander(x)", "tg.linalg.vander(x[0, 0], N=3)", "tg.linalg.vander(x[0], N=2)", x=(2, 3),
   dtypes=FEW)
op("linalg.cross", "tg.linalg.cross(x, y)", "tg.linalg.cross(x, y[:1])", "tg.linalg.cross(x.t(), y.t(), dim=0)",
   x=(2, 3), y=S(2, 3, seed=1), grad="x y", dtypes=NUMBERS)
op("linalg.vecdot", "tg.linalg.vecdot(x, y)", "tg.linalg.vecdot(x, y[0])", "tg.linalg.vecdot(x, y, dim=0)", x=(2, 3),
   y=S(2, 3, seed=1), grad="x y", dtypes=("float32", "float64"))
op("linalg.multi_dot", "tg.linalg.multi_dot([x, y, z])", "tg.linalg.multi_dot([x[0], y])",
   "tg.linalg.multi_dot([x[0], y, z[:, 0]])", "tg.linalg.multi_dot([z[:, :2], x, y, z, z.t()])",
   x=(2, 3), y=S(3, 2, seed=1), z=S(2, 4, seed=2), grad="x y z", dtypes=FEW)
op("linalg.diagonal", "tg.linalg.diagonal(x)", "tg.linalg.diagonal(x[None], offset=1)", x=(2, 3))
op("chain_matmul", "tg.chain_matmul(x, y, z)", "tg.chain_matmul(x)", x=(2, 3), y=S(3, 2, seed=1), z=S(2, 4, seed=2),
   grad="x y z", dtypes=FEW)
op("block_diag", "tg.block_diag(x, y)", "tg.block_diag(x[0], y[0, 0], x)", "tg.block_diag(x)", "tg.block_diag()",
   "tg.block_diag(x, y.double())", x=(2, 3), y=S(1, 2, seed=1), grad="x y")
op("addmv", "tg.addmv(x, y, z)", "tg.addmv(x, y, z, beta=2, alpha=3)", "tg.addmv(x[:1], y, z)", "tg.addmv(x[0], y, z)",
   "x.addmv(y, z, beta=0)", x=(2,), y=S(2, 3, seed=1), z=S(3, seed=2), grad="x y z", forms="mio", dtypes=NUMBERS)
op("addr", "tg.addr(x, y, z)", "tg.addr(x, y, z, beta=2, alpha=3)", "tg.addr(x[0], y, z)", "x.addr(y, z, beta=0)",
   x=(2, 3), y=S(2, seed=1), z=S(3, seed=2), grad="x y z", forms="mio")
op("baddbmm", "tg.baddbmm(x, y, z)", "tg.baddbmm(x, y, z, beta=2, alpha=3)", "tg.baddbmm(x[0, 0], y, z)",
   "x.baddbmm(y, z, beta=0)", x=(2, 2, 2), y=S(2, 2, 3, seed=1), z=S(2, 3, 2, seed=2), grad="x y z", forms="mio",
   dtypes=NUMBERS)
op("addbmm", "tg.addbmm(x, y, z)", "tg.addbmm(x, y, z, beta=2, alpha=3)", "tg.addbmm(x[0], y, z)",
   "x.addbmm(y, z, beta=0)", x=(2, 2), y=S(2, 2, 3, seed=1), z=S(2, 3, 2, seed=2), grad="x y z", forms="mio",
   dtypes=NUMBERS)
op("cdist", "tg.cdist(x, y)", "tg.cdist(x, y, p=1)", "tg.cdist(x, y, p=0)", "tg.cdist(x, y, p=3)",
   "tg.cdist(x, y, p=1.5)", "tg.cdist(x[None], y.expand(2, 3, 3))", "tg.cdist(x[:, :0], y[:, :0])",
   "tg.cdist(x[:0], y)",
   "tg.cdist(x, y, compute_mode='use_mm_for_euclid_dist')", x=(2, 3), y=S(3, 3, seed=1), grad="x y", dtypes=DOUBLE)
op("cdist by the greatest", "tg.cdist(x, y, p=inf)", x=(2, 3), y=S(3, 3, low=-1, high=1.9, seed=5), grad="x y",
   dtypes=DOUBLE)
op("cdist of equal rows", "tg.cdist(x, x.detach())", "tg.cdist(x, x.detach(), p=1)", "tg.cdist(x, x.detach(), p=3)",
   "tg.cdist(x, x.detach(), p=1.5)", "tg.cdist(x, x.detach(), p=0.5)", "tg.cdist(x, x.detach(), p=inf)", x=(2, 3),
   grad="", dtypes=DOUBLE)
