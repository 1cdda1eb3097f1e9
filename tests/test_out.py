"""out=: dtypes, shapes, overlap and autograd, as PyTorch demands them."""

from __future__ import annotations

import numpy as np
import pytest
from conftest import close, error_text, tg

X = tg.arange(6.0).reshape(2, 3)
J = tg.tensor([[0, 1, 2], [2, 1, 0]])


def new(dtype="float32", *sizes):
    return tg.empty(*(sizes or (0,)), dtype=getattr(tg, dtype))


@pytest.mark.parametrize(
    "call, dtype, error, message",
    [
        ("tg.exp(X, out=o)", "int64", RuntimeError,
         "result type Float can't be cast to the desired output type Long"),
        ("tg.add(X, X, out=o)", "bool", RuntimeError,
         "result type Float can't be cast to the desired output type Bool"),
        ("tg.neg(X, out=o)", "float64", RuntimeError, "Found dtype Double but expected Float"),
        ("tg.gather(X, 1, J, out=o)", "float64", RuntimeError,
         "Expected out tensor to have dtype float, but got double instead"),
        ("tg.argmax(X, 1, out=o)", "float16", RuntimeError,
         "Expected out tensor to have dtype long int, but got c10::Half instead"),
        ("tg.amax(X, 1, out=o)", "float64", RuntimeError,
         "Expected the dtype for input and out to match, but got Float for input's dtype and Double for out's dtype."),
        ("tg.all(X, 1, out=o)", "float32", RuntimeError, "all only supports bool tensor for result, got: Float"),
        ("tg.where(X > 0, X, X, out=o)", "float64", RuntimeError, "Expected out type to be Float but got Double"),
        ("tg.cat([X, X], out=o)", "int64", TypeError,
         "torch.cat(): input types can't be cast to the desired output type Long"),
        ("tg.index_select(X, 0, J[0, :1], out=o)", "float64", RuntimeError,
         "index_select(): self and result must have the same scalar type"),
        ("tg.take(X, J, out=o)", "float64", RuntimeError,
         "take(): self and out expected to have the same dtype, but got self.dtype = Float and out.dtype = Double"),
        ("tg.logsumexp(X, 1, out=o)", "int64", RuntimeError,
         "logsumexp(): Expected floating point type for result tensor, but got: Long"),
        ("tg.zeros(2, dtype=tg.float64, out=o)", "float32", RuntimeError,
         "dtype Double does not match dtype of out parameter (Float)"),
        ("tg.arange(0, 5, 0.5, out=o)", "int64", ValueError, "step must be nonzero"),
        ("tg.max(X, 0, out=o)", "float32", TypeError, "max(): argument 'out' must be tuple of Tensors, not Tensor"),
        ("tg.max(X, 0, out=(o,))", "float32", TypeError, "expected tuple of 2 elements but got 1"),
        ("tg.max(X, 0, out=(o, o))", "float32", RuntimeError,
         "Expected out tensor to have dtype long int, but got float instead"),
        ("X.exp(out=o)", "float32", TypeError, "exp() got an unexpected keyword argument 'out'"),
        ("X.max(0, out=o)", "float32", TypeError, "max() got an unexpected keyword argument 'out'"),
        ("tg.exp(X, out=1)", "float32", TypeError, "exp(): argument 'out' must be Tensor, not int"),
    ],
)  # fmt: skip
def test_refusals(call, dtype, error, message):
    with pytest.raises(error) as raised:
        eval(call, {"tg": tg, "X": X, "J": J, "o": new(dtype)})
    if "unexpected" not in message and "takes" not in error_text(raised.value):
        assert error_text(raised.value) == message


@pytest.mark.parametrize(
    "call, dtype, want",
    [
        ("tg.exp(X * 0, out=o)", "float64", [[1, 1, 1], [1, 1, 1]]),
        ("tg.sum(X, 1, out=o)", "int64", [3, 12]),  # counted in the dtype of out
        ("tg.eq(X, 1, out=o)", "float32", [[0, 1, 0], [0, 0, 0]]),
        ("tg.cumsum(J, 1, out=o)", "float64", [[0, 1, 3], [2, 3, 3]]),
        ("tg.zeros(2, out=o)", "int64", [0, 0]),
        ("tg.linspace(0, 1, 3, out=o)", "float64", [0, 0.5, 1]),
        ("tg.stack([X[0], X[1]], out=o)", "float64", [[0, 1, 2], [3, 4, 5]]),
    ],
)
def test_dtype_of_out_is_kept(call, dtype, want):
    out = new(dtype)
    assert eval(call, {"tg": tg, "X": X, "J": J, "o": out}) is out
    assert out.dtype == getattr(tg, dtype) and out.tolist() == want


def test_several_results():
    values, indices = new(), new("int64")
    result = tg.max(X, 1, out=(values, indices))
    assert result.values is values and result.indices is indices
    assert type(result).__name__ == "max_out"
    assert values.tolist() == [2, 5] and indices.tolist() == [2, 2]


def test_wrong_shape_is_resized_with_a_warning():
    out = new("float32", 7)
    with pytest.warns(UserWarning, match=r"resized since it had shape \[7\], which does not match .* \[2, 3\]"):
        tg.exp(X, out=out)
    assert out.shape == (2, 3)
    close(out, X.exp())


OVERLAP = "some elements of the input tensor and the written-to tensor refer to a single memory location"


def test_overlap():
    base = tg.arange(9.0)
    x, shifted = base[:6].view(2, 3), base[3:].view(2, 3)
    with pytest.raises(RuntimeError, match=OVERLAP):
        tg.add(x, x, out=shifted)
    for call in (lambda: tg.gather(x, 1, J, out=x), lambda: tg.cat([x], out=x), lambda: tg.take(x, J, out=x)):
        with pytest.raises(RuntimeError, match=OVERLAP):
            call()
    assert tg.add(x, x, out=x).tolist() == [[0, 2, 4], [6, 8, 10]]  # in place is fine


def test_foreign_memory_is_not_resized():
    memory = np.zeros(3, dtype=np.float32)
    with pytest.raises(RuntimeError, match="Trying to resize storage that is not resizable"):
        tg.cat([X, X], out=tg.from_numpy(memory)[:0])
    tg.add(X[0], 1, out=tg.from_numpy(memory))
    assert memory.tolist() == [1, 2, 3]


def test_autograd():
    x = tg.ones(2, requires_grad=True)
    message = r"exp\(\): functions with out=... arguments don't support automatic differentiation"
    with pytest.raises(RuntimeError, match=message):
        tg.exp(x, out=new())
    with pytest.raises(RuntimeError, match=message):
        tg.exp(x.detach(), out=tg.ones(2, requires_grad=True))
    with tg.no_grad():
        assert tg.exp(x * 0, out=new()).tolist() == [1, 1]


def test_large_results_are_computed_in_out():
    a, b = tg.randn(60, 50), tg.randn(60, 50)
    out = tg.zeros(60, 50)
    address, version, view = out.data_ptr(), out._version, out.reshape(-1)
    assert tg.add(a, b, alpha=2, out=out) is out
    assert (out == a + 2 * b).all()
    assert (out.data_ptr(), out._version) == (address, version + 1)
    assert (view == out.flatten()).all()
    wanted = out * a
    tg.mul(out, a, out=out)  # an argument as well
    assert (out == wanted).all()
    with pytest.raises(RuntimeError, match="refer to a single memory location"):
        tg.sub(a, out[0], out=out)
    assert (out == wanted).all()
    tg.add(a, b.double(), out=out)
    assert (out == (a + b.double()).float()).all()
    tg.clamp(a, -0.5, 0.5, out=out)
    assert (out == a.clamp(-0.5, 0.5)).all()
    apart = tg.zeros(50, 60).t()
    tg.add(a, b, out=apart)
    assert (apart == a + b).all() and not apart.is_contiguous()
    with pytest.raises(RuntimeError, match="don't support automatic differentiation"):
        tg.add(a.requires_grad_(), b, out=out)
    assert (out == a.detach().clamp(-0.5, 0.5)).all()
