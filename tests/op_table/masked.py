"""Reductions and normalisations of marked elements: torch.masked."""

from op_table.row import FLOATS, ONCE, S, op

NUMBERS = ("uint8", "int8", "int16", "int32", "int64", "float16", "bfloat16", "float32", "float64")
_MASK = S(3, 4, low=-1, high=1, seed=3, dtype="float64")

# fmt: off
for _name in ("sum", "prod"):
    op(f"masked.{_name}", f"tg.masked.{_name}(x, mask=m > 0)", f"tg.masked.{_name}(x, 0, mask=m > 0)",
       f"tg.masked.{_name}(x, (0, 1), keepdim=True, mask=m[0] > 0)", f"tg.masked.{_name}(x, 1)",
       f"tg.masked.{_name}(x, 1, dtype=tg.float64, mask=m > 9)", x=(3, 4), m=_MASK)
for _name in ("cumsum", "cumprod"):
    op(f"masked.{_name}", f"tg.masked.{_name}(x, 1, mask=m > 0)", f"tg.masked.{_name}(x, 0)",
       f"tg.masked.{_name}(x, -1, dtype=tg.float64, mask=m > 0)", x=(3, 4), m=_MASK)
for _name in ("amax", "amin"):
    op(f"masked.{_name}", f"tg.masked.{_name}(x, mask=m > 0)", f"tg.masked.{_name}(x, 0, mask=m > 0)",
       f"tg.masked.{_name}(x, 1, keepdim=True)", x=(3, 4), m=_MASK,
       dtypes=NUMBERS)
for _name in ("argmax", "argmin"):
    op(f"masked.{_name}", f"tg.masked.{_name}(x, mask=m > 0)", f"tg.masked.{_name}(x, 0, mask=m > 0)",
       f"tg.masked.{_name}(x, 1, keepdim=True, dtype=tg.int32)", x=(3, 4), m=_MASK, grad="",
       dtypes=NUMBERS)
op("masked.mean", "tg.masked.mean(x, mask=m > 0)", "tg.masked.mean(x, 0, mask=m > 0)",
   "tg.masked.mean(x, (0, 1), keepdim=True)",
   x=(3, 4), m=_MASK, dtypes=FLOATS, second=False)
op("masked.median", "tg.masked.median(x, 0, mask=m > -0.9)", "tg.masked.median(x, 1, keepdim=True)",
   x=(3, 4), m=_MASK, dtypes=NUMBERS)
op("masked.logsumexp", "tg.masked.logsumexp(x, 0, mask=m > -0.9)", "tg.masked.logsumexp(x)",
   "tg.masked.logsumexp(x, (0, 1), keepdim=True, mask=m > 0)", x=(3, 4), m=_MASK, dtypes=FLOATS)
op("masked.logaddexp", "tg.masked.logaddexp(x, y, input_mask=m > -0.9)",
   "tg.masked.logaddexp(x, y, input_mask=m > 0, other_mask=m < 0)", "tg.masked.logaddexp(x, y)",
   x=(3, 4), y=S(3, 4, seed=1), m=_MASK, grad="x y", dtypes=FLOATS,
   second=False)  # NaN beside what is masked out, in PyTorch too
op("masked.norm", "tg.masked.norm(x, mask=m > 0)", "tg.masked.norm(x, 1, 0, mask=m > -0.9)",
   "tg.masked.norm(x, 3, (0, 1), keepdim=True, mask=m > 0)", x=(3, 4), m=_MASK, dtypes=FLOATS)
op("masked.norm by the extremes", "tg.masked.norm(x, inf, 0, mask=m > 0)",
   "tg.masked.norm(x, -inf, 0, mask=m > 0)", x=S(3, 4, dtype="float32"), m=_MASK, dtypes=ONCE,
   grad="")
op("masked without a mark", "tg.masked.amax(x, mask=m > 9)", "tg.masked.amin(x, mask=m > 9)",
   "tg.masked.mean(x, 1, mask=m > 9, dtype=tg.float64)", "tg.masked.softmax(x, 1, mask=m > 9)",
   "tg.masked.log_softmax(x, 1, mask=m > -0.5)", "tg.masked.median(x, mask=m > 9)",
   "tg.masked.logsumexp(x, mask=m > 9)", x=S(3, 4, dtype="float32"), m=_MASK, dtypes=ONCE, grad="")
for _name in ("var", "std"):
    op(f"masked.{_name}", f"tg.masked.{_name}(x, 1, mask=m > -0.5)", f"tg.masked.{_name}(x)",
       f"tg.masked.{_name}(x, (0, 1), unbiased=False, keepdim=True, mask=m > 0)",
       f"tg.masked.{_name}(x, mask=m > 0, correction=2)", x=(3, 4), m=_MASK,
       dtypes=("float32", "float64", "int64"))
for _name in ("softmax", "softmin"):
    op(f"masked.{_name}", f"tg.masked.{_name}(x, 1, mask=m > -0.5)", f"tg.masked.{_name}(x, 0)",
       x=(3, 4), m=_MASK, dtypes=FLOATS)
op("masked.normalize", "tg.masked.normalize(x, 2., 1, mask=m > -0.5)", "tg.masked.normalize(x, 3., 0)",
   x=(3, 4), m=_MASK, dtypes=FLOATS)
