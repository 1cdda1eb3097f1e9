"""Order of the dimensions in memory: channels_last, preserve_format, and what elementwise results take over."""

from __future__ import annotations

import pytest
from conftest import tg

IMAGE = tg.arange(36.0).reshape(2, 3, 2, 3)
LAST = IMAGE.contiguous(memory_format=tg.channels_last)
WIDE = tg.arange(6.0).reshape(2, 3)
TALL = tg.arange(6.0).reshape(3, 2)
SCOPE = {
    "tg": tg,
    "x": WIDE,
    "t": TALL.t(),
    "i": IMAGE,
    "l": LAST,
    "e": WIDE[:1].expand(2, 3),
    "s": TALL.t()[::2],
    "o": tg.zeros(3, 1).t(),
}


@pytest.mark.parametrize(
    "call, strides",
    [
        # a copy in a format
        ("i.contiguous(memory_format=tg.channels_last)", (18, 1, 9, 3)),
        ("i.clone(memory_format=tg.channels_last)", (18, 1, 9, 3)),
        ("i.to(memory_format=tg.channels_last)", (18, 1, 9, 3)),
        ("i.to(tg.float64, memory_format=tg.channels_last)", (18, 1, 9, 3)),
        ("l.to(memory_format=tg.contiguous_format)", (18, 6, 3, 1)),
        ("l.contiguous()", (18, 6, 3, 1)),
        ("i.int(memory_format=tg.channels_last)", (18, 1, 9, 3)),
        ("tg.empty(2, 3, 2, 3, memory_format=tg.channels_last)", (18, 1, 9, 3)),
        ("tg.zeros_like(i, memory_format=tg.channels_last)", (18, 1, 9, 3)),
        ("tg.empty(1, 2, 3, 4, 5, memory_format=tg.channels_last_3d)", (120, 1, 40, 10, 2)),
        # kept
        ("l.clone()", (18, 1, 9, 3)),
        ("l.double()", (18, 1, 9, 3)),
        ("tg.zeros_like(l)", (18, 1, 9, 3)),
        ("tg.rand_like(t)", (1, 2)),
        ("t.clone()", (1, 2)),
        ("s.clone()", (1, 1)),
        ("e.clone()", (3, 1)),
        ("tg.zeros_like(t, memory_format=tg.contiguous_format)", (3, 1)),
        # elementwise
        ("l.exp()", (18, 1, 9, 3)),
        ("l * 2", (18, 1, 9, 3)),
        ("tg.cat([l, l])", (18, 1, 9, 3)),
        ("tg.cat([l, i])", (18, 6, 3, 1)),
        ("l > 0", (18, 1, 9, 3)),
        ("l + l", (18, 1, 9, 3)),
        ("i + l", (18, 6, 3, 1)),
        ("l + i", (18, 1, 9, 3)),
        ("l + tg.ones(3, 1, 1)", (18, 1, 9, 3)),
        ("t * t", (1, 2)),
        ("x * t", (3, 1)),
        ("t * x", (1, 2)),
        ("t + tg.ones(3)", (1, 2)),
        ("tg.where(t > 1, t, 0.0)", (1, 2)),
        ("tg.lerp(t, t, 0.5)", (1, 2)),
        ("t.clamp(0, 1)", (1, 2)),
        # strides of a dim of size 1, which no element needs: o has (1, 1)
        ("o.exp()", (3, 1)),
        ("o + tg.zeros(1, 3)", (3, 1)),
        ("o + 1", (1, 1)),
        ("o + tg.zeros(3)", (1, 1)),
        ("tg.zeros(2, 3) + o", (3, 1)),
        ("tg.zeros(()).expand(1, 1)", (0, 0)),
        ("tg.zeros(3).expand(1, 3)", (3, 1)),
    ],
)
def test_strides(call, strides):
    assert eval(call, SCOPE).stride() == strides


def test_questions():
    assert IMAGE.is_contiguous() and not IMAGE.is_contiguous(memory_format=tg.channels_last)
    assert LAST.is_contiguous(memory_format=tg.channels_last) and not LAST.is_contiguous()
    assert not WIDE.is_contiguous(memory_format=tg.channels_last)
    assert LAST.contiguous(memory_format=tg.channels_last) is LAST
    assert WIDE.t().to(memory_format=tg.contiguous_format).stride() == (1, 3)  # a matrix has no other format
    assert LAST.tolist() == IMAGE.tolist()


def test_values_do_not_depend_on_the_format():
    for call in ("v.exp()", "v + v.flip(1)", "v.sum((1, 2))", "v.softmax(1)", "tg.tanh(v) * v"):
        assert eval(call, {"tg": tg, "v": LAST}).tolist() == eval(call, {"tg": tg, "v": IMAGE}).tolist()


def test_gradient_has_the_layout_of_its_leaf():
    x = LAST.clone().requires_grad_()
    x.tanh().sum().backward()
    assert x.grad.stride() == x.stride()
    y = IMAGE.clone().requires_grad_()
    (y.contiguous(memory_format=tg.channels_last) ** 2).sum().backward()
    assert y.grad.is_contiguous() and y.grad.tolist() == (2 * IMAGE).tolist()


@pytest.mark.parametrize(
    "call, message",
    [
        ("x.clone(memory_format=tg.channels_last)", "required rank 4 tensor to use channels_last format"),
        ("x.clone(memory_format=tg.channels_last_3d)", "required rank 5 tensor to use channels_last_3d format"),
        (
            "t.contiguous(memory_format=tg.preserve_format)",
            "preserve memory format is unsupported by the contiguous operator",
        ),
        ("tg.empty(2, memory_format=tg.preserve_format)", "unsupported memory format option Preserve"),
    ],
)
def test_refusals(call, message):
    with pytest.raises(RuntimeError, match=message):
        eval(call, SCOPE)


def test_another_type_is_refused():
    with pytest.raises(TypeError, match=r"argument 'memory_format' must be .*, not str"):
        tg.empty_like(WIDE, memory_format="channels_last")
