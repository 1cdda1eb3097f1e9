"""Pooling."""

from op_table.row import FLOATS, S, each, op

# fmt: off
_F = "tg.nn.functional"
_DTYPES = ("float32", "float64", "int64", "int32", "bfloat16")
op("max_pool1d", "tg.max_pool1d(x, 2)",
   *each(_F + ".max_pool1d({})", "x, 3, 1, 1 | x[0], 2, ceil_mode=True | x, 2, 1, dilation=3"),
   f"{_F}.max_pool1d(x, 2, return_indices=True)[1]", x=(2, 2, 7), dtypes=FLOATS)
op("max_pool2d", "tg.max_pool2d(x, 2)",
   *each(_F + ".max_pool2d({})", "x, 3, 1, 1 | x[0], (2, 3), ceil_mode=True | x, 2, (2, 1), (0, 1), (1, 2)"),
   f"{_F}.max_pool2d(x, 2, return_indices=True)[1]", x=(2, 2, 4, 5), dtypes=_DTYPES)
op("max_pool3d", "tg.max_pool3d(x, 2)", "tg.max_pool3d(x[0], (1, 2, 2), 1, (0, 1, 1))",
   f"{_F}.max_pool3d(x, 2, return_indices=True)[1]", x=(1, 2, 2, 4, 3), dtypes=_DTYPES)
op("avg_pool1d", "tg.avg_pool1d(x, 2)",
   *each("tg.avg_pool1d({})", "x, 3, 2, 1 | x[0], 2, ceil_mode=True | x, 3, 1, 1, count_include_pad=False"),
   x=(2, 2, 7), dtypes=FLOATS)
op("avg_pool2d", f"{_F}.avg_pool2d(x, 2)",
   *each(_F + ".avg_pool2d({})",
         "x, 3, 2, 1 | x[0], (2, 3), ceil_mode=True | x, 3, 1, 1, count_include_pad=False | x, 2, divisor_override=3"),
   x=(2, 2, 4, 5), dtypes=(*FLOATS, "int64"))
op("avg_pool3d", f"{_F}.avg_pool3d(x, 2)", f"{_F}.avg_pool3d(x[0], 2, 1, 1, True, False)", x=(1, 2, 2, 4, 3),
   dtypes=("float32", "float64"))
op("adaptive_avg_pool",
   *each(_F + ".adaptive_avg_pool{}", "2d(x, 3) | 2d(x[0], (2, None)) | 2d(x, 1) | 1d(x[0], 3) | 3d(x, (1, 2, 3))"),
   x=(2, 2, 4, 5), dtypes=("float32", "float64"))
op("adaptive_max_pool",
   *each(_F + ".adaptive_max_pool{}",
         "2d(x, 3) | 2d(x[0], (2, None)) | 1d(x[0], 3) | 3d(x, (1, 2, 3)) | 2d(x, 2, True)[1]"),
   x=(2, 2, 4, 5), dtypes=("float32", "float64"))
op("max_unpool", *each(_F + ".max_unpool{}", "2d(x, i, 2) | 2d(x, i, 2, output_size=(4, 5)) | 1d(x[0], i[0], 2)"),
   x=(1, 2, 2, 2), i=S(1, 2, 2, 2, low=0, high=4, dtype="int64"), dtypes=("float32", "float64"))
op("lp_pool", *each(_F + ".lp_pool{}", "2d(x, 2, 2) | 1d(x[0], 3, 2, 1) | 3d(x, 2, (1, 2, 3))"),
   x=S(1, 2, 4, 3, low=0.5, high=2), dtypes=("float32", "float64"))
op("fractional_max_pool2d", f"{_F}.fractional_max_pool2d(x, 2, (2, 3), _random_samples=u.to(x.dtype))",
   f"{_F}.fractional_max_pool2d(x[0], 2, output_ratio=(0.6, 0.6), _random_samples=u[:1].to(x.dtype))", x=(2, 2, 5, 6),
   u=S(2, 2, 2, low=0, high=1, dtype="float64"), dtypes=("float32", "float64"))
