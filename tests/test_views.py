"""Views: what they alias, their strides and offsets, the version they share, and the overlaps that
are refused.
"""

from __future__ import annotations

import pytest
from conftest import close, same, tg

BASE = "tg.arange(24.).reshape(2, 3, 4).clone()"
# call on x = BASE: strides and storage offset of the view
VIEWS = {
    "x[1]": ((4, 1), 12),
    "x[:, 1]": ((12, 1), 4),
    "x[..., 2]": ((12, 4), 2),
    "x[:, ::2]": ((12, 8, 1), 0),
    "x[:, 1:, 1::2]": ((12, 4, 2), 5),
    "x[-1, -1, -1]": ((), 23),
    "x[None]": ((24, 12, 4, 1), 0),
    "x[1:2]": ((12, 4, 1), 12),
    "x.transpose(0, 2)": ((1, 4, 12), 0),
    "x.permute(1, 2, 0)": ((4, 1, 12), 0),
    "x.view(6, 4)": ((4, 1), 0),
    "x.view(-1)": ((1,), 0),
    "x.reshape(4, 6)": ((6, 1), 0),
    "x.flatten(1)": ((12, 1), 0),
    "x.unsqueeze(1)": ((12, 12, 4, 1), 0),
    "x.unsqueeze(-1)": ((12, 4, 1, 1), 0),
    "x[:1].squeeze(0)": ((4, 1), 0),
    "x[:, :1].expand(2, 5, 4)": ((12, 0, 1), 0),
    "x.expand(3, 2, 3, 4)": ((0, 12, 4, 1), 0),
    "x.mT": ((12, 1, 4), 0),
    "x.detach()": ((12, 4, 1), 0),
    "x.unbind(1)[2]": ((12, 1), 8),
    "x.split(2, 1)[1]": ((12, 4, 1), 8),
    "x.chunk(2, 2)[1]": ((12, 4, 1), 2),
    "x.narrow(1, 1, 2)": ((12, 4, 1), 4),
    "x.select(2, 3)": ((12, 4), 3),
    "x.data": ((12, 4, 1), 0),
    "x.view_as(x)": ((12, 4, 1), 0),
    "x.squeeze()": ((12, 4, 1), 0),
    "x.transpose(1, 2).transpose(1, 2)": ((12, 4, 1), 0),
    "x[0].T": ((1, 4), 0),
    "x[0].t()": ((1, 4), 0),
    "x.as_strided((2, 2), (1, 2), 3)": ((1, 2), 3),
    "x.broadcast_to((1, 2, 3, 4))": ((24, 12, 4, 1), 0),
}
COPIES = [
    "x.clone()",
    "x.permute(2, 1, 0).reshape(24)",
    "x[:, [0, 1]]",
    "x[x > 3]",
    "x.permute(2, 1, 0).contiguous()",
    "x.double()",
    "x + 0",
    "x.permute(2, 1, 0).flatten()",
    "x.repeat(1, 1, 1)",
]


@pytest.mark.parametrize("call", VIEWS)
def test_strides_and_offset(call):
    view = eval(call, {"tg": tg, "x": eval(BASE)})
    assert (tuple(view.stride()), view.storage_offset()) == VIEWS[call]


@pytest.mark.parametrize("call", VIEWS)
def test_view_aliases_its_base(call):
    x = eval(BASE)
    view = eval(call, {"tg": tg, "x": x})
    assert view.data_ptr() == x.data_ptr() + 4 * view.storage_offset()
    first = view.reshape(-1)[0].item()
    x.add_(100)
    assert view.reshape(-1)[0].item() == first + 100


@pytest.mark.parametrize("call", [call for call in VIEWS if call not in ("x.data", "x.detach()")])
def test_view_shares_the_version(call):
    x = eval(BASE)
    view = eval(call, {"tg": tg, "x": x})
    assert view._version == 0
    x.add_(1)
    assert view._version == 1


def test_detach_shares_the_version_and_data_does_not():
    x = tg.ones(2)
    detached, data = x.detach(), x.data
    x.add_(1)
    assert (detached._version, data._version) == (1, 0)


@pytest.mark.parametrize("call", COPIES)
def test_copy_does_not_alias(call):
    x = eval(BASE)
    copy = eval(call, {"tg": tg, "x": x})
    before = copy.tolist()
    x.add_(100)
    assert copy.tolist() == before


def test_contiguous_of_contiguous_is_the_same_tensor():
    x = tg.ones(2, 3)
    assert x.contiguous() is x
    assert x.to(tg.float32) is x
    assert x.float() is x
    assert x.cpu() is x
    assert x.expand_as(x).data_ptr() == x.data_ptr()


@pytest.mark.parametrize(
    "call, contiguous",
    [
        ("x", True),
        ("x[1]", True),
        ("x.transpose(0, 1)", False),
        ("x[:, ::2]", False),
        ("x[:, :1]", False),
        ("x[:1]", True),
        ("x[:, :, :1]", False),
        ("x[:0]", True),
        ("x.permute(0, 1, 2)", True),
        ("x[:1].transpose(0, 1)", True),
        ("x.expand(2, 2, 3, 4)", False),
    ],
)
def test_is_contiguous(call, contiguous):
    assert eval(call, {"x": eval(BASE)}).is_contiguous() is contiguous


# --- versions -------------------------------------------------------------------------------------
def test_version_counts_changes():
    x = tg.zeros(3)
    assert x._version == 0
    x.add_(1)
    x[0] = 2
    x[1:].mul_(2)
    x += 1
    x.zero_()
    assert x._version == 5


def test_version_ignores_reads():
    x = tg.ones(3)
    _ = x + 1, x[0], x.sum(), x.clone(), x.tolist()
    assert x._version == 0


# --- view() and its refusals ----------------------------------------------------------------------
def test_view_of_non_contiguous():
    x = tg.arange(6.0).reshape(2, 3).t()
    with pytest.raises(
        RuntimeError,
        match=r"view size is not compatible with input tensor's size and stride .*Use \.reshape",
    ):
        x.view(6)
    same(x.unsqueeze(0).view(3, 2), x)


def test_view_splits_a_strided_dimension():
    x = tg.arange(24.0).reshape(4, 6)[:, ::2]
    assert x.view(2, 2, 3).stride() == (12, 6, 2)


def test_view_of_empty_and_0d():
    assert tg.zeros(0, 3).view(3, 0).shape == (3, 0)
    assert tg.tensor(1.0).view(1, 1).shape == (1, 1)
    assert tg.zeros(1, 1).view(()).shape == ()
    with pytest.raises(
        RuntimeError,
        match=r"cannot reshape tensor of 0 elements into shape .* because the unspecified dimension size -1",
    ):
        tg.zeros(0, 3).view(0, -1)


def test_view_as_another_dtype():
    x = tg.tensor([1.0, -2.0])
    assert x.view(tg.int32).tolist() == [0x3F800000, -0x40000000]
    assert x.view(tg.uint8).shape == (8,)


# --- overlap --------------------------------------------------------------------------------------
OVERLAP = "unsupported operation: more than one element of the written-to tensor refers to a single memory location"
PARTIAL = (
    "unsupported operation: some elements of the input tensor and the written-to tensor "
    "refer to a single memory location"
)


@pytest.mark.parametrize(
    "call",
    [
        "add_(1)",
        "mul_(2)",
        "exp_()",
        "copy_(tg.ones(3))",
        "neg_()",
        "add_(tg.ones(3))",
        "clamp_(0, 1)",
        "__setitem__(slice(None), 2)",
    ],
)
def test_inplace_on_expanded_memory_is_refused(call):
    x = tg.ones(1).expand(3)
    with pytest.raises(RuntimeError, match=OVERLAP):
        eval(f"x.{call}", {"x": x, "tg": tg})
    assert x.tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    "call",
    [
        "x.fill_(2)",
        "x.masked_fill_(x > 0, 2)",
        "x.__setitem__(x > 0, 2)",
        "x.index_fill_(0, tg.tensor([0]), 2)",
        "x.index_put_((tg.tensor([1]),), tg.tensor(2.))",
    ],
)
@pytest.mark.parametrize("tracked", [False, True])
def test_expanded_memory_can_be_filled_with_one_value(call, tracked):
    base = tg.ones(1, requires_grad=tracked) * 1
    x = base.expand(3)
    eval(call, {"x": x, "tg": tg})
    assert base.tolist() == [2] and x.tolist() == [2, 2, 2]


def test_expanded_memory_can_be_copied_onto_itself():
    x = tg.ones(1).expand(2, 1)
    x[..., 0] = x.diagonal()
    x.copy_(x)
    assert x.tolist() == [[1], [1]]
    with pytest.raises(RuntimeError, match=OVERLAP):
        x.copy_(tg.ones(1))


def test_empty_part_of_a_tensor_overlaps_nothing():
    x = tg.ones(4, 1, 3)
    assert x[:, 1:2].copy_(x) is not None
    assert x.sum() == 12


def test_gradient_of_filled_expanded_memory_is_refused():
    base = tg.ones(1, requires_grad=True) * 1
    x = base.expand(3)
    x.masked_fill_(x > 0, 2)
    with pytest.raises(RuntimeError, match=OVERLAP):
        base.backward()


def test_expanded_memory_without_elements_takes_a_gradient():
    x = tg.zeros(0, 1, 2, requires_grad=True)
    v = tg.broadcast_to(x.sign(), (2, 0, 1, 2))
    v.copy_(tg.zeros(2, 0, 1, 2))
    v.sum().backward()
    assert x.grad.shape == (0, 1, 2)


def test_out_of_expanded_memory_is_refused():
    with pytest.raises(RuntimeError, match=OVERLAP):
        tg.add(tg.ones(3), 1, out=tg.ones(1).expand(3))


@pytest.mark.parametrize(
    "call",
    [
        "x[1:].add_(x[:-1])",
        "x[1:].copy_(x[:-1])",
        "x[:4].view(2, 2).mul_(x[:4].view(2, 2).t())",
        "x[:4].view(2, 2).copy_(x[:4].view(2, 2).t())",
        "x.mul_(x[0])",
        "x[1:].sub_(x.data[:-1])",
        "x[1:].div_(x[:-1])",
        "x[1:].pow_(x[:-1])",
        "x[1:].clamp_(x[:-1])",
    ],
)
def test_partial_overlap_is_refused(call):
    x = tg.arange(5.0)
    with pytest.raises(RuntimeError, match=PARTIAL):
        eval(call, {"tg": tg, "x": x})
    assert x.tolist() == [0, 1, 2, 3, 4]


def test_partial_overlap_of_out_is_refused_or_right():
    """PyTorch refuses; a result as if through a temporary is as good."""
    x = tg.arange(5.0)
    want = [-1, -2, -3, -4, 4]
    try:
        tg.neg(x[1:], out=x[:-1])
    except RuntimeError as error:
        assert PARTIAL in str(error)
        want = [0, 1, 2, 3, 4]
    assert x.tolist() == want


def test_overlap_with_gaps_is_not_looked_for():
    """As in PyTorch, which only compares stretches of memory."""
    x = tg.arange(4.0).reshape(2, 2)
    x[0] = x[:, 0]
    assert x.tolist() == [[0, 2], [2, 3]]


def test_part_of_a_tensor_is_spread_over_it():
    x = tg.arange(6.0).reshape(3, 2)
    x[:] = x[2]
    assert x.tolist() == [[4, 5]] * 3
    x = tg.arange(3.0).reshape(3, 1)
    x[:] = x[1:2]
    assert x.tolist() == [[1]] * 3
    with pytest.raises(RuntimeError, match=PARTIAL):
        x.copy_(x[1])


def test_full_overlap_is_fine():
    x = tg.arange(3.0)
    x.add_(x)
    assert x.tolist() == [0, 2, 4]
    tg.mul(x, x, out=x)
    assert x.tolist() == [0, 4, 16]


def test_squares_in_place_on_views():
    x = tg.arange(6.0).reshape(2, 3)
    x.t().pow_(2)
    x[:, 1].add_(tg.tensor([100.0, 200.0]))
    assert x.tolist() == [[0, 101, 4], [9, 216, 25]]


def test_roll_of_the_last_elements_of_a_storage():
    x = tg.arange(6.0).reshape(2, 3).diagonal(-1)
    assert x.roll(0, 0).tolist() == [3] and x.roll(5, 0).tolist() == [3]


def test_swap_of_rows_through_clone():
    x = tg.arange(4.0).reshape(2, 2)
    x[0], x[1] = x[1].clone(), x[0].clone()
    assert x.tolist() == [[2, 3], [0, 1]]


# --- as_strided -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "size, stride, offset",
    [
        ((3,), (1,), 4),
        ((2, 2), (4, 1), 2),
        ((1,), (1,), 6),
        ((2,), (2**62,), 0),
        ((2**40,), (1,), 0),
    ],
)
def test_as_strided_outside_the_storage(size, stride, offset):
    with pytest.raises(
        RuntimeError,
        match=r"setStorage: sizes .* are out of bounds for storage of size 24|Storage size calculation overflowed",
    ):
        tg.arange(6.0).as_strided(size, stride, offset)


def test_as_strided_refuses_bad_arguments():
    x = tg.arange(6.0)
    with pytest.raises(RuntimeError, match=r"mismatch in length of strides and shape"):
        x.as_strided((2, 2), (1,))
    with pytest.raises(RuntimeError, match=r"as_strided: Negative strides are not supported"):
        x.as_strided((2,), (-1,))
    with pytest.raises(RuntimeError):
        x.as_strided((2,), (1,), -1)


# Views whose elements overlap, have no history, or are one of several.
UNWRITABLE = ("expand", "detach", "data", "unbind", "split", "chunk", "as_strided((2, 2), (1")


# --- gradients through views ----------------------------------------------------------------------
@pytest.mark.parametrize("call", [call for call in VIEWS if call not in ("x.detach()", "x.data")])
def test_gradient_through_a_view(call):
    x = eval(BASE).requires_grad_()
    view = eval(call, {"tg": tg, "x": x})
    weights = tg.arange(1.0, view.numel() + 1).reshape(view.shape)
    (view * weights).sum().backward()
    want = tg.zeros(24)
    where = eval(call, {"tg": tg, "x": tg.arange(24).reshape(2, 3, 4)}).reshape(-1).tolist()
    for place, weight in zip(where, weights.reshape(-1).tolist()):
        want[place] += weight
    close(x.grad, want.reshape(2, 3, 4))


@pytest.mark.parametrize("call", [call for call in VIEWS if not any(word in call for word in UNWRITABLE)])
def test_gradient_of_inplace_through_a_view(call):
    x = eval(BASE).requires_grad_()
    y = x * 1
    view = eval(call, {"tg": tg, "x": y})
    view.mul_(3)
    y.sum().backward()
    want = tg.ones(24)
    for place in eval(call, {"tg": tg, "x": tg.arange(24).reshape(2, 3, 4)}).reshape(-1).tolist():
        want[place] = 3
    close(x.grad, want.reshape(2, 3, 4))


def test_64_dimensions():
    x = tg.zeros((1,) * 64)
    assert x.dim() == 64 and x.sum().item() == 0
    assert (x + x).permute(*range(63, -1, -1)).shape == (1,) * 64
