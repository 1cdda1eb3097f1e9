"""Sorting, selection by rank, distinct elements, searching and counting."""

from op_table.row import FLOATS, ONCE, S, each, op

NUMBERS = ("uint8", "int8", "int16", "int32", "int64", "float16", "bfloat16", "float32", "float64")

# fmt: off
op("sort", "tg.sort(x, 0)", "tg.sort(x)", "x.sort(1, True)", "x.sort(dim=0, descending=True)",
   "x.sort(stable=True).values", "x.sort(-2).indices", x=(2, 3, 4), forms="m")
op("argsort", "tg.argsort(x)", "tg.argsort(x, 0)", "x.argsort(1, True)",
   "x.argsort(dim=-1, stable=True)", x=(3, 4), grad="", forms="m")
op("msort", "tg.msort(x)", x=(4, 3), forms="mo")
op("topk", "tg.topk(x, 2)", "tg.topk(x, 1, 0)", "x.topk(3, largest=False)", "x.topk(0)",
   "x.topk(2, dim=1, sorted=True).values", x=(3, 4), dtypes=NUMBERS, forms="m")
op("kthvalue", "tg.kthvalue(x, 2)", "tg.kthvalue(x, 1, 0)", "x.kthvalue(3, 1, True)",
   "x.kthvalue(k=2, dim=0, keepdim=True).values", x=(3, 4), dtypes=NUMBERS[1:],
   forms="m")  # uint8 has ties, of which any may be named
op("median", "tg.median(x)", "tg.median(x, 0)", "tg.median(x, 1, keepdim=True)", "x.median(-1)",
   "x.median(dim=0).values", x=(3, 4), dtypes=NUMBERS, forms="m")
op("nanmedian", "tg.nanmedian(x)", "tg.nanmedian(x, 0)", "x.nanmedian(1, keepdim=True)", x=(3, 4),
   dtypes=NUMBERS, forms="m")
op("mode", "tg.mode(x)", "tg.mode(x, 0)", "x.mode(1, True)", "x.mode(dim=0).values",
   x=(3, 4), forms="m")
op("quantile", "tg.quantile(x, 0.3)", "tg.quantile(x, 0.5, 0)", "x.quantile(0.9, 1, keepdim=True)",
   *each("x.quantile(0.4, dim=1, interpolation='{}')", "linear | lower | higher | midpoint | nearest"),
   "tg.quantile(x, tg.tensor([0.1, 0.6], dtype=x.dtype), dim=0)",
   "tg.quantile(x, tg.tensor([0.0, 1.0], dtype=x.dtype), keepdim=True)",
   x=S(3, 4, dtype="float64"), dtypes=("float64",), forms="m")
op("quantile of float32", "tg.quantile(x, 0.3)", "tg.nanquantile(x, 0.3, dim=0)",
   x=S(3, 4, dtype="float32"), dtypes=ONCE, grad="")
op("nanquantile", "tg.nanquantile(x, 0.3)", "tg.nanquantile(x.sqrt(), 0.5, 1)",
   "x.log().nanquantile(tg.tensor([0.25, 0.75], dtype=x.dtype), dim=0)",
   x=S(3, 4, dtype="float64"), dtypes=("float64",), grad="", forms="m")
op("unique", "tg.unique(x)", "tg.unique(x, return_inverse=True)",
   "tg.unique(x, return_counts=True, return_inverse=True)", "x.unique(dim=0, return_inverse=True)",
   "x.unique(dim=1, return_counts=True)", "x[:0].unique(return_inverse=True, return_counts=True)",
   x=(4, 2), grad="")
op("unique of equals", "tg.unique(x, True, True, True)", "tg.unique(x, True, True, True, 0)",
   "tg.unique(x % 2, return_counts=True, dim=1)", "tg.unique_consecutive(x, True, True)",
   "tg.unique_consecutive(x, return_inverse=True, dim=0)",
   "tg.unique_consecutive(x % 2, return_counts=True, dim=1)", "x[:0].unique_consecutive(True, True)",
   x=S(6, 3, low=0, high=3, dtype="int64"), dtypes=("int64",), grad="")
op("unique_consecutive", "tg.unique_consecutive(x)", "x.unique_consecutive(return_counts=True)",
   x=(4, 2), grad="")
op("searchsorted", "tg.searchsorted(x.msort(), y)", "tg.searchsorted(x.msort(), y, right=True)",
   "tg.searchsorted(x.msort(), y, side='right', out_int32=True)", "tg.searchsorted(x.msort(), 1)",
   "tg.searchsorted(x, y, sorter=x.argsort())", "tg.searchsorted(x.msort(), y[0, 0])",
   "tg.searchsorted(tg.stack([x, x + 1]).sort().values, y)", x=(5,), y=S(2, 3, seed=1),
   dtypes=NUMBERS, grad="")
op("bucketize", "tg.bucketize(x, y.msort())", "tg.bucketize(x, y.msort(), right=True)",
   "tg.bucketize(0.5, y.msort(), out_int32=True)", x=(2, 3), y=S(4, seed=1), dtypes=NUMBERS,
   grad="")
op("isin", "tg.isin(x, x[0])", "tg.isin(x, x[1], invert=True)", "tg.isin(x, 1)",
   "tg.isin(1, x)", "tg.isin(x, tg.arange(-20, 20))", "tg.isin(x, x[:0])", x=(2, 3), dtypes=NUMBERS,
   grad="")
op("bincount", "tg.bincount(x)", "x.bincount(minlength=9)", "tg.bincount(x, w)",
   "tg.bincount(x, x, 5)", "x[:0].bincount()", x=S(7, low=0, high=5, dtype="int64"),
   w=S(7, dtype="float64"), dtypes=("int64",), grad="")
op("histc", "tg.histc(x)", "tg.histc(x, 4)", "x.histc(bins=3, min=-1, max=1)", x=(3, 4),
   dtypes=FLOATS, grad="", forms="mo")
op("histogram", "tg.histogram(x, 4)", "x.histogram(3, range=(-1., 1.))",
   "tg.histogram(x, 4, weight=x, density=False)", "tg.histogram(x, 4, density=True).hist",
   "tg.histogram(x, tg.tensor([-1, 0.25, 2], dtype=x.dtype))", x=(3, 4),
   dtypes=("float32", "float64"), grad="")
op("order with nan",
   *each("tg.tensor([[2., nan, -0.0, 0.0], [nan, 1., nan, 1.]]).{}", """
sort() | sort(descending=True) | argsort(0) | topk(2).values | topk(2, largest=False).values | kthvalue(3).values
median() | median(1) | nanmedian() | nanmedian(1) | nanmedian(0) | unique() | msort()
unique(dim=0, return_inverse=True) | quantile(0.5) | quantile(0.5, 1) | nanquantile(0.5)
nanquantile(0.5, 0)
"""),
   "tg.searchsorted(tg.tensor([1., nan]), tg.tensor([nan, 0.]))",
   "tg.isin(tg.tensor([1., nan]), tg.tensor([nan, 1.]))",
   "tg.histc(tg.tensor([1., 2., nan]), 4, 0, 3)",
   dtypes=ONCE, grad="")
op("order of 0-d",
   *each("x.{}", """
sort() | argsort() | topk(1) | kthvalue(1) | median() | median(0) | mode() | quantile(0.5)
unique(return_inverse=True) | unique_consecutive()
"""),
   x=(), dtypes=ONCE, grad="")
op("order of nothing",
   *each("x.{}", """
sort() | sort(0) | argsort() | topk(0) | topk(2, 0) | median() | median(0) | nanmedian() | mode(0)
kthvalue(1, 0) | unique() | unique_consecutive(return_inverse=True) | histc(3)
"""),
   x=(2, 0), dtypes=ONCE, grad="")
# Long lines, where other algorithms take over.
_LONG = "((tg.arange({n}) * 7919) % 5003 - 2500).to(tg.{dtype})"
op("order of many",
   *[f"{_LONG.format(n=n, dtype=dtype)}.{call}"
     for n in (300, 6000) for dtype in ("float32", "float64", "int64", "int32")
     for call in ("sort(stable=True).indices[:9]", "sort(descending=True).values[::500]",
                  "topk(3).values", f"topk({n // 20}, largest=False).values[-5:]",
                  f"kthvalue({n // 3}).values", "median()", "unique().sum()", "mode().values")],
   dtypes=ONCE, grad="")
