"""einsum() and the operations of products and layout: what their rows in op_table/ cannot say, and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import close, error_text, golden, same, tg
from op_table.row import listed

# Expressions over x: float (2, 3), y: float (3, 4), v: float (3,), i: int64 (2,), s: float scalar, m: bool (2, 3),
# k: float (5, 2, 4), l: float (5, 4, 3), r: float (2, 3) that requires grad.
# PyTorch's error type and message are the specification.
REFUSED = """
tg.einsum('ij') | tg.einsum() | tg.einsum(x) | tg.einsum('i1,jk->ik', x, y) | tg.einsum('ij,jk->i-k', x, y)
tg.einsum('i..j,jk->ik', x, y) | tg.einsum('...i...,jk->ik', x, y) | tg.einsum('.', x) | tg.einsum('ij->..', x)
tg.einsum('ij->...i...', x) | tg.einsum('ij,jk,kl->il', x, y) | tg.einsum('ij->i', x, y) | tg.einsum('ijk->i', x)
tg.einsum('ijk...->i', x) | tg.einsum('ii->i', x) | tg.einsum('ij,ij->ij', x, y) | tg.einsum('ij,jk->ii', x, y)
tg.einsum('ij,jk->il', x, y) | tg.einsum('ij->->i', x) | tg.einsum(x, [0, 52]) | tg.einsum(x, [0, -1])
tg.tensordot(x, y, dims=-1) | tg.tensordot(x, y, dims=3) | tg.tensordot(x, y, dims=2)
tg.tensordot(x, y, ([1], [0, 1])) | tg.tensordot(x, y, ([1],)) | tg.tensordot(x, y, ([0], [0]))
tg.tensordot(x, y, ([1, 1], [0, 0])) | tg.tensordot(x, y, 1.5) | tg.tensordot(x, y, ([5], [0]))
tg.tensordot(x, y.double(), 1) | tg.inner(x, y) | tg.vdot(x, y) | tg.vdot(v, v.double()) | tg.vdot(v, v[:1])
tg.trace(v) | tg.trace(m) | tg.cross(x, y) | tg.cross(y[:2, :2], y[:2, :2]) | tg.cross(x, x, dim=0)
tg.cross(x, x, dim=5) | tg.cross(x, x.double(), 1) | tg.cross(x, v, dim=1) | tg.cross(m, m)
tg.vander(x) | tg.vander(v, N=-1) | tg.addmv(v, y, v) | tg.addmv(v.double(), y.t(), v) | tg.addmv(v, x, x)
tg.addmv(x, x, v) | tg.addr(x, x, v) | tg.addr(i, i, i, alpha=1.5) | tg.addr(k, i, v)
tg.addbmm(x, k, l[:4]) | tg.addbmm(x, k, l[:, :3]) | tg.addbmm(x, k.double(), l) | tg.addbmm(x.double(), k, l)
tg.baddbmm(x, k, l[:4]) | tg.baddbmm(x, k, l[:, :3]) | tg.baddbmm(x, k.double(), l) | tg.baddbmm(y, k, l)
x.baddbmm_(k, l) | v[:1].clone().addmv_(x, v) | tg.block_diag(x, k) | tg.cdist(x, y) | tg.cdist(v, x)
tg.cdist(x, x.double()) | tg.cdist(i, x) | tg.cdist(x, x, p=-1) | tg.cdist(x.half(), x.half())
tg.cdist(x, x, compute_mode='foo') | tg.cdist(k, l.mT[:4]) | tg.scatter_reduce(v, 0, i, v, 'foo')
tg.scatter_reduce(v, 0, i, v.double(), 'sum') | tg.scatter_reduce(v, 0, i + 7, v, 'sum')
tg.scatter_reduce(v, 0, i.float(), v, 'sum') | tg.scatter_reduce(v, 0, i[None], v, 'sum')
tg.scatter_reduce(v, 0, i.repeat(3), v, 'sum') | tg.scatter_reduce(m[0], 0, i, m[0], 'mean')
tg.index_reduce(v, 0, i, v[:2], 'sum') | tg.index_reduce(v, 0, i, v, 'mean')
tg.index_reduce(v, 0, i + 7, v[:2], 'mean')
tg.index_reduce(v, 0, i.float(), v[:2], 'mean') | tg.index_reduce(v, 0, i[None], v[:2], 'mean')
tg.index_reduce(v, 0, i, v[:2].double(), 'mean') | tg.index_reduce(x, 0, i, y[:2], 'mean')
tg.index_reduce(m[0], 0, i, m[0, :2], 'mean') | tg.put(v, i, v) | tg.put(v, i + 7, v[:2]) | tg.put(v, i.float(), v[:2])
tg.put(v, i, v[:2].double()) | tg.put(v[:0], i, v[:2]) | tg.select_scatter(x, v[:2], 0, 1)
tg.select_scatter(x, v, 0, 5)
tg.select_scatter(s, s, 0, 0) | tg.slice_scatter(x, y[:2, :2], 1, 0, 3) | tg.slice_scatter(x, y, 1, step=0)
tg.diagonal_scatter(x, v) | tg.as_strided_scatter(x, v[:2], (3,), (2,), 1)
tg.as_strided_scatter(x, v[:2], (2,), (0,), 1)
tg.rot90(x, 1, [0, 0]) | tg.rot90(x, 1, [0]) | tg.rot90(x, 1, [0, 5]) | tg.rot90(v, 1, [0, 1]) | tg.tril_indices(-1, 3)
tg.triu_indices(3, -3) | tg.tril_indices(3, 3, dtype=tg.float32) | tg.hsplit(x, 2) | tg.hsplit(s, 3) | tg.hsplit(x, 0)
tg.vsplit(v, 2) | tg.vsplit(x, 3) | tg.dsplit(x, 2) | tg.dsplit(k, 3) | tg.cartesian_prod(x) | tg.cartesian_prod(s, v)
tg.combinations(v, -1) | tg.combinations(x) | tg.nonzero_static(x, size=-1) | x.sum_to_size(2) | x.sum_to_size(1, 2, 3)
tg.narrow_copy(x, 0, 0, 5) | tg.narrow_copy(x, 0, 0, -5) | tg.narrow_copy(x, 2, 0, 1)
tg.unsafe_split(x, -1) | tg.empty_permuted((2, 3, 4), (0, 2))
tg.empty_permuted((2, 3, 4), (0, 2, 2)) | tg.empty_permuted((2, 3, 4), (0, 2, 5)) | x.new_empty_strided((2, 3), (1,))
r.resize_(6) | v.mH | tg.adjoint(v) | v.clone().fill_diagonal_(2) | tg.zeros(3, 3, 2).fill_diagonal_(2)
tg.broadcast_shapes((2, 2), 3) | tg.broadcast_shapes((2, -1), 3) | tg.unravel_index(v, (2, 3))
tg.unravel_index(i, (2, -3)) | tg.gather(x, 0, i[None], out=x) | tg.gather(x, 0, i[None], out=x.double())
tg.take(x, i, out=x[0]) | tg.take(x, i, out=x.double()) | tg.masked_select(x, m, out=x)
tg.masked_select(x, m, out=x.double())
tg.index_select(x, 0, i, out=x) | tg.cat([x, x], out=x) | tg.stack([x, x], out=x)
"""


def environment() -> dict:
    def ramp(*shape):
        return tg.arange(1.0, 1.0 + tg.zeros(shape).numel()).reshape(shape)

    return {
        "tg": tg,
        "x": ramp(2, 3),
        "y": ramp(3, 4),
        "v": ramp(3),
        "i": tg.tensor([0, 1]),
        "s": tg.tensor(1.5),
        "m": ramp(2, 3) > 2,
        "k": ramp(5, 2, 4),
        "l": ramp(5, 4, 3),
        "r": ramp(2, 3).requires_grad_(),
    }


def make_golden() -> dict:
    return {text: error_of(text) for text in listed(REFUSED)}


def error_of(text: str) -> list[str]:
    try:
        eval(text, environment())
    except Exception as error:
        return [type(error).__name__, error_text(error)]
    raise AssertionError(f"{text} was accepted")


@pytest.mark.parametrize("text", listed(REFUSED))
def test_refused(text):
    assert error_of(text) == golden("layout")[text]


NODES = {
    "tg.einsum('ij,jk->ik', r, y)": "ViewBackward0",
    "tg.einsum('ij->ji', r)": "PermuteBackward0",
    "tg.einsum('ij,ij->ij', r, r)": "MulBackward0",
    "tg.einsum('ij->i', r)": "SumBackward1",
    "tg.kron(r, y)": "UnsafeViewBackward0",
    "tg.trace(r)": "TraceBackward0",
    "tg.block_diag(r, y)": "BlockDiagBackward0",
    "tg.addmv(v[:2], r, v)": "AddmvBackward0",
    "tg.cdist(r, r)": "CdistBackward0",
    "tg.rot90(r)": "Rot90Backward0",
    "tg.scatter_reduce(r, 0, i[None], r, 'sum')": "ScatterReduceBackward0",
    "tg.index_reduce(r, 0, i, r, 'mean')": "IndexReduceBackward0",
    "tg.put(r, i, v[:2])": "PutBackward0",
    "tg.select_scatter(r, v, 0, 0)": "SelectScatterBackward0",
    "tg.expand_copy(r, (2, 2, 3))": "ExpandBackward0_copy",
    "tg.unsafe_split(r, 1)[0]": "UnsafeSplitBackward0",
}


@pytest.mark.parametrize("text", NODES)
def test_node_names(text):
    assert eval(text, environment()).grad_fn.name() == NODES[text]


def test_einsum_without_contraction_is_a_view():
    x = tg.zeros(2, 3)
    tg.einsum("ij->ji", x)[0, 1] = 1.0
    tg.einsum("ii->i", x[:, :2]).add_(5)
    same(x, tg.tensor([[5.0, 0.0, 0.0], [1.0, 5.0, 0.0]]))


def test_einsum_takes_many_dimensions():
    x = tg.ones(*[1] * 12, 2, 3)
    assert tg.einsum("...ij,...kj->...ik", x, x).shape == (*[1] * 12, 2, 2)
    with pytest.raises(RuntimeError, match="at most"):
        tg.einsum("...->...", tg.ones(*[1] * 20))
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    y = tg.ones(*[1] * 52)
    assert tg.einsum(f"{letters},{letters}->a", y, y).tolist() == [1.0]


def test_scatter_reduce_keeps_what_is_not_written():
    x = tg.tensor([10, 20, 30])
    index, source = tg.tensor([0, 0]), tg.tensor([1, 4])
    assert x.scatter_reduce(0, index, source, "mean", include_self=False).tolist() == [2, 20, 30]
    assert x.scatter_reduce(0, index, source, "mean").tolist() == [5, 20, 30]
    assert x.scatter_reduce(0, index, source, "amax", include_self=False).tolist() == [4, 20, 30]
    assert (-x).index_reduce(0, index, -source, "mean").tolist() == [-5, -20, -30]


def test_reductions_in_place():
    x = tg.ones(3, requires_grad=True)
    y = tg.tensor([2.0, 3.0], requires_grad=True)
    z = x * 2
    z.scatter_reduce_(0, tg.tensor([0, 0]), y, "prod")
    assert z.tolist() == [12, 2, 2]
    z.sum().backward()
    assert (x.grad.tolist(), y.grad.tolist()) == ([12, 2, 2], [6, 4])
    with pytest.raises(RuntimeError, match="leaf Variable"):
        x.index_reduce_(0, tg.tensor([0]), y[:1], "amax")


def test_second_derivative_of_prod_with_two_zeros_is_refused():
    x, y = tg.ones(1), tg.zeros(2, requires_grad=True)
    out = x.scatter_reduce(0, tg.tensor([0, 0]), y, "prod")
    (first,) = tg.autograd.grad(out.sum(), y, create_graph=True)
    assert first.tolist() == [0, 0]
    with pytest.raises(RuntimeError, match="Double backward is unsupported"):
        tg.autograd.grad(first.sum(), y)


def test_sources_that_share_memory_with_the_target():
    x = tg.tensor([1.0, 2.0, 3.0])
    x.scatter_reduce_(0, tg.tensor([1, 2, 2]), x, "sum")
    assert x.tolist() == [1, 3, 8]
    x.put_(tg.tensor([2, 1, 0]), x)
    assert x.tolist() == [8, 3, 1]


def test_parts_of_unsafe_split_share_memory_but_no_history():
    x = tg.ones(2, requires_grad=True)
    y = x * 1
    first, second = y.unsafe_split(1)
    first.mul_(3)
    assert y.tolist() == [3, 1]
    (first + second).sum().backward()
    assert x.grad.tolist() == [3, 1]


def test_copies_do_not_share_memory():
    x = tg.zeros(2, 3)
    for copy in (tg.alias_copy(x), tg.view_copy(x, (6,)), tg.t_copy(x), tg.select_copy(x, 0, 0), *tg.unbind_copy(x)):
        copy.fill_(1)
    assert x.sum().item() == 0
    out = tg.empty(0)
    assert tg.permute_copy(x, (1, 0), out=out) is out and out.shape == (3, 2)


def test_resize():
    x = tg.arange(6.0)
    assert x.resize_(2, 2).tolist() == [[0, 1], [2, 3]]
    assert x.resize_(3, 2).tolist() == [[0, 1], [2, 3], [4, 5]]
    assert x.resize_((4, 3)).shape == (4, 3) and x.reshape(-1)[:6].tolist() == [0, 1, 2, 3, 4, 5]
    assert tg.resize_as_(x, tg.zeros(2)) is x and x.tolist() == [0, 1]
    part = tg.arange(6.0)[2:4]
    assert part.resize_(4).tolist() == [2, 3, 4, 5]
    with pytest.raises(RuntimeError, match="share"):
        part.resize_(5)
    with pytest.raises(RuntimeError, match="not resizable"):
        tg.from_numpy(__import__("numpy").zeros(2)).resize_(3)
    w = tg.ones(2, requires_grad=True)
    x = tg.ones(2)
    y = (w * x).sum()
    x.resize_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        y.backward()


def test_as_strided_scatter():
    # PyTorch 2.13 has the gradient of x the wrong way round: it flows where x was replaced.
    x = tg.arange(6.0, dtype=tg.float64).reshape(2, 3).requires_grad_()
    y = tg.tensor([10.0, 20.0], dtype=tg.float64, requires_grad=True)
    out = x.as_strided_scatter(y, (2,), (2,), 1)
    assert out.tolist() == [[0, 10, 2], [20, 4, 5]]
    (out * tg.arange(1.0, 7.0).reshape(2, 3)).sum().backward()
    assert x.grad.tolist() == [[1, 0, 3], [0, 5, 6]] and y.grad.tolist() == [2, 4]
    part = tg.arange(6.0)[2:4]  # the places are those in the memory
    assert part.as_strided_scatter(tg.tensor([7.0]), (1,), (1,), 3).tolist() == [2, 7]
    assert part.as_strided_scatter(tg.tensor([7.0]), (1,), (1,), 0).tolist() == [2, 3]
    assert x.detach().t().as_strided_scatter(tg.zeros(3), (3,), (1,)).tolist() == [[0, 3], [0, 4], [0, 5]]


def test_broadcast_shapes():
    assert tg.broadcast_shapes((2, 1), [3], 1, tg.Size([1, 1, 1])) == tg.Size([1, 2, 3])
    assert tg.broadcast_shapes() == tg.Size([])
    assert tg.broadcast_shapes((0, 1), 3) == (0, 3)


def test_unravel_index():
    found = tg.unravel_index(tg.tensor([[1, 20], [-1, 5]]), (2, 3))
    assert [item.tolist() for item in found] == [[[0, 0], [1, 1]], [[1, 2], [2, 2]]]
    assert [item.tolist() for item in tg.unravel_index(tg.tensor([1, 2]), 6)] == [[1, 2]]


def test_empty_permuted():
    assert tg.empty_permuted((2, 3, 4), (0, 2, 1)).stride() == (12, 1, 3)
    assert tg.empty_permuted((2, 3), (0, 1), dtype=tg.int32, requires_grad=False).dtype == tg.int32
    assert tg.zeros(2).new_empty_strided((2, 3), (1, 2), dtype=tg.int8).stride() == (1, 2)


def test_cdist_at_distance_zero_has_no_gradient():
    for p in (0, 0.5, 1, 1.5, 2, 3, float("inf")):
        x = tg.tensor([[1.0, 2.0], [1.0, 4.0]], dtype=tg.float64, requires_grad=True)
        (first,) = tg.autograd.grad(tg.cdist(x, x.detach(), p).sum(), x, create_graph=True)
        (plain,) = tg.autograd.grad(tg.cdist(x, x.detach(), p).sum(), x)
        close(first.detach(), plain, 1e-12)
        assert plain.isfinite().all() and plain[:, 0].tolist() == [0, 0], p


def test_products_of_huge_sizes_are_refused():
    x = tg.zeros(1, 1).expand(1, 2**40)
    with pytest.raises(RuntimeError):
        tg.kron(x, x)
    with pytest.raises(RuntimeError):
        tg.combinations(tg.zeros(200), 100)
    with pytest.raises(RuntimeError):
        tg.tril_indices(2**40, 2**40)
    assert tg.triu_indices(2**40, 2).tolist() == [[0, 0, 1], [0, 1, 1]]
    assert tg.tril_indices(2**40, 0).shape == (2, 0)


@pytest.mark.parametrize("rows, columns", [(0, 0), (1, 1), (2, 5), (5, 2), (3, 3), (3, 0)])
def test_triangles_hold_the_elements_that_tril_and_triu_keep(rows, columns):
    for offset in (-(2**63), -7, -4, -1, 0, 1, 3, 6, 2**63 - 1):
        ones = tg.ones(rows, columns)
        small = max(-99, min(offset, 99))
        same(tg.tril_indices(rows, columns, offset), tg.tril(ones, small).nonzero().t())
        same(tg.triu_indices(rows, columns, offset), tg.triu(ones, small).nonzero().t())


@pytest.mark.parametrize("widths", [(4, 4, 4), (64, 1, 30), (3, 200, 16), (1, 1)])
@pytest.mark.parametrize("rows", [7, 700])
def test_cat_beside_each_other_of_any_widths_layouts_and_dtypes(rows, widths):
    """Dense and strided tensors, short and long rows, in results that fit a near cache and in others."""
    random = np.random.default_rng(rows)
    for kinds in [("dense",) * 3, ("dense", "strided", "dense"), ("double", "dense", "strided")]:
        arrays = [random.normal(size=(rows, width)).astype(np.float32) for width in widths]
        tensors = [tg.tensor(a) for a in arrays]
        for i, kind in enumerate(kinds[: len(tensors)]):
            if kind == "strided":
                tensors[i] = tensors[i].t().contiguous().t()
            elif kind == "double":
                tensors[i] = tensors[i].double()
        want = np.concatenate(arrays, 1)
        assert np.array_equal(tg.cat(tensors, 1).numpy(), want)
        if len(set(widths)) == 1:
            assert np.array_equal(tg.stack(tensors, 1).reshape(rows, -1).numpy(), want)
