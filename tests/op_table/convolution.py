"""Convolutions."""

from op_table.row import S, each, op

# fmt: off
_F = "tg.nn.functional"
_BOTH = ("float32", "float64")
op("conv1d", "tg.conv1d(x, w, b)",
   *each("tg.conv1d({})", "x, w | x[0], w, b | x, w, b, 2, 1 | x, w, padding='same' | x, w, b, dilation=2, padding=2"),
   x=(1, 2, 6), w=S(2, 2, 3, seed=1), b=S(2, seed=2), grad="x w b", dtypes=(*_BOTH, "int64", "bfloat16"))
op("conv2d", "tg.conv2d(x, w, b)",
   *each("tg.conv2d({})",
         "x, w | x[0], w, b | x, w, b, (2, 1), (0, 1) | x, w, padding='valid' | "
         "x, w, b, 1, 2, (1, 2) | x, w[:, :, :1, :1], b"),
   *each(_F + ".conv2d({})", "x, w, b, padding='same' | x, w[:, :, :2], padding='same'"),
   x=(1, 2, 4, 4), w=S(2, 2, 3, 2, seed=1), b=S(2, seed=2), grad="x w b", dtypes=_BOTH)
op("conv2d in groups", "tg.conv2d(x, w, b, groups=2)", "tg.conv2d(x, w, None, 2, 1, groups=2)", x=(1, 4, 3, 4),
   w=S(4, 2, 2, 2, seed=1), b=S(4, seed=2), grad="x w b", dtypes=_BOTH)
op("conv2d along long lines", "tg.conv2d(x, w, b, padding=1)", "tg.conv2d(x, w[:, :, :2])",
   "tg.conv2d(x, w, b, (2, 1), (1, 1))", x=(1, 1, 3, 19), w=S(3, 1, 3, 3, seed=1), b=S(3, seed=2), grad="x w b",
   dtypes=_BOTH, second=False)
op("conv2d by channel", "tg.conv2d(x, w, b, padding=1, groups=3)", x=(1, 3, 5, 5), w=S(3, 1, 3, 3, seed=1),
   b=S(3, seed=2), grad="x w b", dtypes=_BOTH)
op("conv3d", "tg.conv3d(x, w, b)", "tg.conv3d(x, w, None, 2, 1)", "tg.conv3d(x[0], w, padding='same')",
   x=(1, 1, 2, 3, 3), w=S(2, 1, 2, 2, 3, seed=1), b=S(2, seed=2), grad="x w b", dtypes=_BOTH)
op("conv_transpose1d", "tg.conv_transpose1d(x, w, b)",
   *each("tg.conv_transpose1d({})", "x, w, b, 2, 1, 1 | x[0], w | x, w, dilation=2"),
   x=(1, 2, 4), w=S(2, 2, 3, seed=1), b=S(2, seed=2), grad="x w b", dtypes=_BOTH)
op("conv_transpose2d", "tg.conv_transpose2d(x, w, b)",
   *each("tg.conv_transpose2d({})", "x, w, b, 2, 1, 1 | x[0], w | x, w[:, :, :1], None, (3, 2) | x, w, groups=2"),
   x=(1, 2, 2, 3), w=S(2, 2, 3, 2, seed=1), b=S(2, seed=2), grad="x w b", dtypes=_BOTH)
op("conv_transpose3d", "tg.conv_transpose3d(x, w, b, 2, 1, 1)", x=(1, 2, 2, 2, 2), w=S(2, 1, 2, 3, 2, seed=1),
   b=S(1, seed=2), grad="x w b", dtypes=_BOTH)
op("convolution", "tg.convolution(x, w, None, [1], [1], [1], False, [0], 1)", x=(1, 2, 4), w=S(3, 2, 3, seed=1),
   grad="x w", dtypes=_BOTH)
op("conv_tbc", "tg.conv_tbc(x, w, b, 1)", x=(4, 2, 3), w=S(2, 3, 2, seed=1), b=S(2, seed=2), grad="x w b",
   dtypes=_BOTH)
