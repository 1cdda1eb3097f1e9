"""Normalisation."""

from op_table.row import FLOATS, S, each, op

# fmt: off
_F = "tg.nn.functional"
op("batch_norm", f"{_F}.batch_norm(x, None, None, w, b, True)",
   *each(_F + ".batch_norm({})", "x, m, v, w, b | x, m, v | x[:, :, 0], None, None, w, b, True, 0.1, 0.5"),
   x=(3, 2, 4), w=S(2, low=0.5, high=2, seed=1), b=S(2, seed=2), m=S(2, seed=3), v=S(2, low=0.5, high=2, seed=4),
   grad="x w b", dtypes=FLOATS)
_MOVED = "(lambda a, b: (tg.batch_norm(x, None, None, a, b, True, 0.3, 1e-5, False), a, b)[1:])(m.clone(), v.clone())"
op("running statistics", _MOVED, "tg.native_batch_norm(x, None, None, None, None, True, 0.1, 1e-5)[1:]",
   "tg.native_layer_norm(x, (4,), None, None, 1e-5)[1:]", x=(3, 2, 4),
   m=S(2, seed=3), v=S(2, low=0.5, high=2, seed=4), grad="", dtypes=("float32", "float64"))
op("layer_norm", "tg.layer_norm(x, (4,), w, b)",
   *each("tg.layer_norm({})", "x, (4,) | x, (2, 4), eps=0.5 | x, (4,), w"),
   "tg.native_layer_norm(x, (4,), w, b, 1e-5)[0]",
   x=(3, 2, 4), w=S(4, low=0.5, high=2, seed=1), b=S(4, seed=2), grad="x w b", dtypes=FLOATS)
op("group_norm", "tg.group_norm(x, 2, w, b)", *each("tg.group_norm({})", "x, 1 | x, 4, w | x[:, :, 0], 2, w, b"),
   "tg.native_group_norm(x, w, b, 2, 4, 3, 2, 1e-5)",
   x=(2, 4, 3), w=S(4, low=0.5, high=2, seed=1), b=S(4, seed=2), grad="x w b", dtypes=FLOATS)
op("instance_norm", f"{_F}.instance_norm(x)",
   *each(_F + ".instance_norm({})", "x, None, None, w, b | x, m, v, w, b, False | x, eps=0.5"),
   x=(2, 3, 4), w=S(3, low=0.5, high=2, seed=1), b=S(3, seed=2), m=S(3, seed=3), v=S(3, low=0.5, high=2, seed=4),
   grad="x w b", dtypes=("float32", "float64"))
op("rms_norm", "tg.rms_norm(x, (4,), w)", *each("tg.rms_norm({})", "x, (4,) | x, (3, 4), eps=0.5"),
   x=(2, 3, 4), w=S(4, low=0.5, high=2, seed=1), grad="x w", dtypes=FLOATS)
op("local_response_norm", f"{_F}.local_response_norm(x, 3)", f"{_F}.local_response_norm(x, 2, 0.5, 1.0, 2.0)",
   x=(2, 4, 3), dtypes=("float32", "float64"))
