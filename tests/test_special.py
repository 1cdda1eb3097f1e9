"""Special functions: refusals, ends of ranges, digits where a careless formula would lose them."""

from __future__ import annotations

import pytest
from conftest import inf, nan, tg

special = tg.special


def double(*numbers):
    return tg.tensor(numbers, dtype=tg.float64)


# What | the error: dtypes, parameters and results that PyTorch refuses.
REFUSED = [
    ("tg.hypot(tg.tensor([3]), tg.tensor([4]))", NotImplementedError, "\"hypot_cpu\" not implemented for 'Long'"),
    ("tg.gcd(tg.ones(2), tg.ones(2))", NotImplementedError, "\"gcd_cpu\" not implemented for 'Float'"),
    ("tg.frac(tg.tensor([1]))", NotImplementedError, "\"frac_cpu\" not implemented for 'Long'"),
    ("special.zeta(tg.ones(2).half(), 2)", NotImplementedError, "\"zeta_cpu\" not implemented for 'Half'"),
    ("special.erfcx(tg.ones(2).bfloat16())", NotImplementedError, "\"erfcx_cpu\" not implemented for 'BFloat16'"),
    ("tg.round(tg.tensor([True]))", NotImplementedError, "\"round_vml_cpu\" not implemented for 'Bool'"),
    ("tg.round(tg.tensor([15]), decimals=-1)", NotImplementedError, "\"round_cpu\" not implemented for 'Long'"),
    ("tg.abs(tg.tensor([True]))", NotImplementedError, "\"abs_cpu\" not implemented for 'Bool'"),
    ("tg.positive(tg.tensor([True]))", RuntimeError, "The `+` operator, on a bool tensor is not supported."),
    ("tg.fmod(tg.tensor([5]), 0)", RuntimeError, "ZeroDivisionError"),
    ("tg.polygamma(-1, tg.ones(2))", RuntimeError, "polygamma(n, x) does not support negative n."),
    ("tg.mvlgamma(tg.ones(2), 0)", RuntimeError, "p has to be greater than or equal to 1"),
    ("tg.mvlgamma(tg.tensor([True]), 1)", RuntimeError, "The input tensor may not be a boolean tensor."),
    ("tg.frexp(tg.tensor([1]))", RuntimeError, "torch.frexp() only supports floating-point dtypes"),
    ("tg.imag(tg.ones(2))", RuntimeError, "imag is not implemented for tensors with non-complex dtypes."),
    ("tg.ones(2).imag", RuntimeError, "imag is not implemented for tensors with non-complex dtypes."),
    (
        "tg.heaviside(tg.ones(2), tg.ones(2).double())",
        RuntimeError,
        "heaviside is not yet implemented for tensors with different dtypes.",
    ),
    (
        "tg.ones(2).float_power_(2)",
        RuntimeError,
        "the base given to float_power_ has dtype Float but the operation's result requires dtype Double",
    ),
    (
        "tg.float_power(tg.ones(2), 2, out=tg.empty(2))",
        RuntimeError,
        "the output given to float_power has dtype Float but the operation's result requires dtype Double",
    ),
    (
        "tg.isposinf(tg.ones(2), out=tg.empty(2))",
        RuntimeError,
        "isposinf does not support non-boolean outputs.",
    ),
    ("tg.tensor([1]).exp2_()", RuntimeError, "result type Float can't be cast to the desired output type Long"),
    ("special.gammainc(tg.ones(2), 2)", TypeError, "argument 'other' (position 2) must be Tensor, not int"),
    ("special.zeta(2, 2)", TypeError, "special_zeta() received an invalid combination of arguments"),
]


@pytest.mark.parametrize("call, kind, text", REFUSED, ids=[row[0] for row in REFUSED])
def test_refusal(call, kind, text):
    with pytest.raises(kind) as caught:
        eval(call)
    assert text in str(caught.value)


NO_DERIVATIVE = [
    ("tg.heaviside(x, y)", RuntimeError, "derivative for aten::heaviside is not implemented"),
    ("tg.igamma(x, y)", NotImplementedError, "the derivative for 'igamma: input' is not implemented."),
    ("tg.igammac(x, y)", NotImplementedError, "the derivative for 'igammac: input' is not implemented."),
    ("special.zeta(x, y)", NotImplementedError, "the derivative for 'zeta' is not implemented."),
    ("special.zeta(x, 2)", NotImplementedError, "the derivative for 'zeta' is not implemented."),
]


@pytest.mark.parametrize("call, kind, text", NO_DERIVATIVE, ids=[row[0] for row in NO_DERIVATIVE])
def test_backward_says_that_there_is_no_derivative(call, kind, text):
    x, y = tg.tensor([1.5], requires_grad=True), tg.tensor([0.5], requires_grad=True)
    result = eval(call, {"tg": tg, "special": special, "x": x, "y": y})
    assert result.requires_grad
    with pytest.raises(kind) as caught:
        result.backward()
    assert text in str(caught.value)


@pytest.mark.parametrize("name", ["bessel_j0", "modified_bessel_k1", "airy_ai"])
def test_result_without_derivative_is_detached(name):
    assert not getattr(special, name)(tg.ones(2, requires_grad=True)).requires_grad
    assert not special.legendre_polynomial_p(tg.ones(2, requires_grad=True), 2).requires_grad


# A function and the number it gives, computed with 30 digits by mpmath.
DIGITS = [
    ("special.erfcx", (50.0,), 0.0112815362653238),
    ("special.log_ndtr", (-40.0,), -804.608442013754),
    ("special.ndtri", (1e-300,), -37.0470962993612),
    ("tg.erfinv", (1e-200,), 8.86226925452758e-201),
    ("tg.erfinv", (1 - 2**-53,), 5.86358474875517),
    ("tg.digamma", (-1000.5,), 6.90875482089867),
    ("special.zeta", (4.0, -1000000.5), 32.4696970113341),
    ("special.zeta", (1.0001, 2.0), 9999.57722294754),
    ("tg.igammac", (1e-10, 0.5), 5.59773594805499e-11),
    ("tg.igamma", (1e6, 1e6), 0.500132980760873),
    ("tg.igammac", (50.0, 200.0), 1.69279799588571e-37),
    ("special.i1e", (1e10,), 3.98942280386472e-06),
    ("special.airy_ai", (100.0,), 2.63448215208818e-291),
    ("tg.lgamma", (1e300,), 6.89775527898214e302),
    ("special.legendre_polynomial_p", (0.3, 40.0), 0.125115845855708),
]


@pytest.mark.parametrize("name, arguments, want", DIGITS)
def test_digits(name, arguments, want):
    found = eval(name)(*[double(number) for number in arguments]).item()
    assert found == pytest.approx(want, rel=2e-13)


@pytest.mark.parametrize(
    "name", ["chebyshev_polynomial_t", "chebyshev_polynomial_u", "laguerre_polynomial_l", "legendre_polynomial_p"]
)
def test_large_degree_takes_bounded_time(name):
    result = getattr(special, name)(double(-1.5, -1 - 2**-52, 0.5, 1 + 2**-52, 1.5, nan), 10**15)
    assert result.shape == (6,)


def test_hermite_of_large_degree_is_nan():
    assert special.hermite_polynomial_h(double(0.5), 10**9).isnan().item()


def test_nextafter_steps_through_the_16_bit_floats():
    for dtype, step in ((tg.float16, 2**-9), (tg.bfloat16, 2**-6)):
        three = tg.tensor([3.0], dtype=dtype)
        assert (tg.nextafter(three, three + 1) - three).item() == step
        zero = tg.zeros(1, dtype=dtype)
        assert tg.nextafter(zero, -three).item() == -tg.nextafter(zero, three).item() != 0
        assert tg.nextafter(tg.tensor([inf], dtype=dtype), three).item() == tg.finfo(dtype).max


def test_strided_broadcast_and_narrow_operands_agree_with_contiguous_ones():
    x = tg.linspace(0.1, 3, 600, dtype=tg.float64).reshape(20, 30)
    assert tg.equal(tg.lgamma(x.t()), tg.lgamma(x.t().contiguous()))
    assert tg.equal(tg.atan2(x[::3, ::2], x[1, ::2]), tg.atan2(x[::3, ::2].clone(), x[1:2, ::2].expand(7, 15).clone()))
    narrow = x.half()
    assert tg.equal(tg.erfinv(narrow / 4), tg.erfinv((narrow / 4).float()).half())
    assert tg.equal(
        tg.gcd(tg.arange(300).to(tg.int16) * 6, tg.tensor(4)), tg.gcd(tg.arange(300) * 6, tg.tensor(4)).short()
    )


def test_round_in_place_leaves_integers():
    x = tg.tensor([3, -4])
    assert x.round_() is x and x.tolist() == [3, -4]
    assert tg.tensor([2.5, -0.26]).round_(decimals=1).tolist() == pytest.approx([2.5, -0.3])


def test_real_views_are_the_tensor_itself():
    x = tg.ones(2)
    assert tg.real(x) is x and x.real is x and x.conj() is x and x.resolve_neg() is x


def test_names_of_torch_special():
    assert special.psi is tg.digamma and special.expit is tg.sigmoid
    for name in special.__all__:
        assert getattr(special, name).__doc__


@pytest.mark.parametrize("call, x, y", [("xlogy", 0.0, 0.0), ("xlogy", 0.0, -1.0), ("xlog1py", -0.0, -1.0)])
@pytest.mark.parametrize("second", [tg.tensor, float])
def test_gradient_of_x_log_y_at_zero_has_a_gradient(call, x, y, second):
    x = tg.tensor(x, requires_grad=True)
    g = tg.tensor(1.5, requires_grad=True)
    (grad,) = tg.autograd.grad(getattr(tg.special, call)(x, second(y)), x, g, create_graph=True)
    assert grad.item() == 0
    assert tg.autograd.grad(grad, g)[0].item() == 0


@pytest.mark.parametrize(
    "s, q, wanted",
    [(inf, -2.5, inf), (1e300, -2.5, inf), (inf, 1.0, 1.0), (1e300, 1.0, 1.0), (7.0, -2.5, 0.0001921640382639378)],
)
def test_zeta_of_large_exponents(s, q, wanted):
    assert tg.special.zeta(tg.tensor(s, dtype=tg.float64), tg.tensor(q, dtype=tg.float64)).item() == wanted
