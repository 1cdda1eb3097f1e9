"""Activation functions."""

from op_table.row import ALL, FLOATS, S, each, op

# fmt: off
_F = "tg.nn.functional"
_INTS = tuple(dtype for dtype in ALL if dtype != "bool")


def _activation(name, *arguments, dtypes=FLOATS, inplace=False, **options):
    calls = [f"{_F}.{name}(x{', ' + text if text else ''})" for text in ("", *arguments)]
    if inplace:
        calls.append(f"{_F}.{name}(x * 1, inplace=True)")
    op(name, *calls, x=S(3, 4, low=-4, high=4), dtypes=dtypes, **options)


for _name in ("silu", "mish"):
    _activation(_name, inplace=True)
for _name in ("relu6", "hardsigmoid", "hardswish", "selu"):
    _activation(_name, inplace=True, dtypes=_INTS if _name == "relu6" else FLOATS,
                second=_name in ("hardswish", "selu"))
for _name in ("softsign", "tanhshrink", "logsigmoid"):
    _activation(_name)
_activation("gelu", "approximate='tanh'")
_activation("leaky_relu", "0.3", "-0.5", inplace=True, second=False)
_activation("elu", "0.5", inplace=True)
_activation("celu", "0.5", "-2.0", inplace=True)
_activation("softplus", "2", "0.5, 1.0")
_activation("hardtanh", "-0.5, 2", inplace=True, dtypes=_INTS[1:], second=False)
_activation("softshrink", "1.5", second=False)
_activation("hardshrink", "1.5", "-1", second=False)
op("threshold", f"{_F}.threshold(x, 0.1, 20)", f"{_F}.threshold(x * 1, 0.1, 20, inplace=True)",
   "tg.threshold(x, 1, -1)", x=(2, 3), dtypes=_INTS, second=False)
op(
    "glu", f"{_F}.glu(x)", f"{_F}.glu(x, 0)", f"{_F}.glu(x, 1)", x=(2, 4, 6), dtypes=FLOATS)
op("softmin", f"{_F}.softmin(x, 1)", f"{_F}.softmin(x, 0, dtype=tg.float64)", x=(2, 3),
   dtypes=FLOATS)
op("prelu", *each(_F + ".prelu({})", "x, w | x, w[:1] | x[0, 0], w[0]"), x=(2, 3, 4),
   w=S(3, low=0.1, high=0.9), grad="x w", dtypes=FLOATS)
op("rrelu", f"{_F}.rrelu(x)", f"{_F}.rrelu(x, 0.2, 0.2, True)", x=(2, 3), dtypes=FLOATS,
   second=False)
op("softmax_backward", "tg._softmax_backward_data(x, y.softmax(1), 1, x.dtype)",
   "tg._log_softmax_backward_data(x, y.log_softmax(0), 0, x.dtype)", x=(2, 3), y=S(2, 3, seed=1),
   grad="x y", dtypes=FLOATS)
