"""Reductions at computed places, copies with a part replaced, copies of views, tensors of indices."""

from op_table.row import FEW, S, each, op

NUMBERS = ("uint8", "int8", "int16", "int32", "int64", "float16", "bfloat16", "float32", "float64")

# fmt: off
op("scatter_reduce", *each("tg.scatter_reduce(x, 0, i, y, {})", """
'sum' | 'prod' | 'amax' | 'amin' | 'sum', include_self=False | 'prod', include_self=False | 'amax', include_self=False
'amin', include_self=False
"""), x=(3, 3), y=S(2, 3, seed=1), i=S(2, 3, low=0, high=3, dtype="int64"), grad="x y")
op("scatter_reduce by mean", "tg.scatter_reduce(x, 0, i, y, 'mean')",
   "tg.scatter_reduce(x, 0, i, y, 'mean', include_self=False)", "tg.scatter_reduce(x, 1, i, y, 'mean')",
   x=(3, 3), y=S(2, 3, seed=1), i=S(2, 3, low=0, high=3, dtype="int64"), grad="x y", dtypes=NUMBERS)
op("scatter_reduce of a part", "tg.scatter_reduce(x, 0, i[:1, :2], y, 'mean')",
   "x.scatter_reduce(1, i[:1], y, reduce='sum')",
   "tg.scatter_reduce(x, 0, i[:0], y, 'mean')",
   x=(3, 3), y=S(2, 3, seed=1), i=S(2, 3, low=0, high=3, dtype="int64"), grad="", dtypes=NUMBERS)
op("scatter_reduce of ties and zeros",
   *each("tg.scatter_reduce(x * 0 + 1, 0, tg.tensor([0, 0, 1]), y * tg.tensor([0., 1, 0]) + tg.tensor([0., 0, 1]), {})",
         "'prod' | 'amax' | 'amin' | 'amin', include_self=False"),
   x=(3,), y=S(3, seed=1), grad="x y", dtypes=("float32", "float64"), second=False)
op("index_reduce", *each("tg.index_reduce(x, 0, tg.tensor([0, 2, 0]), y, {})", """
'prod' | 'amax' | 'amin' | 'mean' | 'prod', include_self=False | 'mean', include_self=False | 'amax', include_self=False
"""), "x.index_reduce(1, tg.tensor([1, 1, 1]), y, 'mean')", x=(3, 3), y=S(3, 3, seed=1), grad="x y", dtypes=NUMBERS)
op("put", "tg.put(x, tg.tensor([0, -1]), y)", "x.put(tg.tensor([[1], [1]]), y, accumulate=True)",
   "x.t().put(tg.tensor([1, 2]), y)", "x.clone().put_(tg.tensor([1, 2]), y)",
   "x.clone().t().put_(tg.tensor([1, 2]), y)",
   x=(2, 3), y=S(2, seed=1), grad="x y")
op("select_scatter", "tg.select_scatter(x, y[0], 0, 1)", "x.select_scatter(y[:, 0], dim=1, index=-1)",
   "x.t().select_scatter(y[0], 1, 0)", x=(2, 3), y=S(2, 3, seed=1), grad="x y", forms="")
op("slice_scatter", "tg.slice_scatter(x, y[:1], 0, 1)", "x.slice_scatter(y[:, :2], 1, 0, 3, 2)", "x.slice_scatter(y)",
   "x.slice_scatter(y[:, :1], dim=-1, start=-1)", x=(2, 3), y=S(2, 3, seed=1), grad="x y")
op("diagonal_scatter", "tg.diagonal_scatter(x, y[0, :2])", "x.diagonal_scatter(y[0, :1], -1)",
   "x.t().diagonal_scatter(y[0, :2])", x=(2, 3), y=S(2, 3, seed=1), grad="x y")
op("rot90", "tg.rot90(x)", *each("tg.rot90(x, {})", "0 | 2 | 3 | -1 | 5 | 1, [1, 0] | 3, (1, 2)"), x=(2, 3, 2),
   forms="m")
op("fill_diagonal_", "x.clone().fill_diagonal_(1)",
   "(x * 1).expand(2, 4, 3).reshape(8, 3).fill_diagonal_(1, wrap=True)",
   "x.t().clone().fill_diagonal_(1, wrap=True)", "x[:3].expand(3, 3, 3).clone().fill_diagonal_(1)", x=(4, 3))
op("sum_to_size", "x.sum_to_size(3)", "(x > 0).sum_to_size(3)", "x.sum_to_size(1, 3)", "x.sum_to_size((2, 1))",
   "x.sum_to_size(())", "x.sum_to_size(2, 3)",
   x=(2, 3), dtypes=NUMBERS)
op("hsplit", "tg.hsplit(x, 2)", "x.hsplit([1, 3])", "x[0].hsplit(2)", "tg.vsplit(x, 2)", "x.vsplit((1,))",
   "tg.dsplit(x[None], 4)", "x[None].dsplit([1])", x=(2, 4))
op("unsafe_split", "tg.unsafe_split(x, 2)", "x.unsafe_split(1, dim=1)", "tg.unsafe_chunk(x, 2)", "x.unsafe_chunk(3, 1)",
   "tg.unsafe_split_with_sizes(x, [1, 2])", x=(3, 3))
op("copies of views", "tg.alias_copy(x)", *each("tg.{}", """
as_strided_copy(x, (2,), (2,), 1) | diagonal_copy(x, 1) | expand_copy(x, (2, 2, 3)) | permute_copy(x, (1, 0))
select_copy(x, 0, 1)
slice_copy(x, 1, 0, 3, 2) | split_copy(x, 1) | split_with_sizes_copy(x, [1, 2], 1) | squeeze_copy(x[:1])
squeeze_copy(x[:1], 0)
squeeze_copy(x[:1], (0,)) | t_copy(x) | transpose_copy(x, 0, 1) | unbind_copy(x, 1) | unfold_copy(x, 1, 2, 1)
unsqueeze_copy(x, 1)
view_copy(x, (3, 2)) | view_copy(x.t(), (6,)) | narrow_copy(x, 1, 1, 2)
"""), x=(2, 3))
op("tril_indices", "tg.tril_indices(3, 4)", *each("tg.{}", """
tril_indices(3, 4, 1) | tril_indices(4, 2, -1) | tril_indices(3, 3, -5) | tril_indices(3, 3, 5) | tril_indices(0, 3)
triu_indices(3, 4) | triu_indices(3, 4, 2) | triu_indices(4, 2, -1) | triu_indices(3, 3, 9, dtype=tg.int32)
"""), dtypes=("int64",), grad="")
op("nonzero_static", "tg.nonzero_static(x > 0, size=2)", "tg.nonzero_static(x > 0, size=8, fill_value=7)",
   "(x > 0).nonzero_static(size=0)", "x[0, 0].nonzero_static(size=2)", x=(2, 3), grad="", dtypes=FEW)
op("mH", "x.mH", "x.adjoint()", "tg.adjoint(x[None])", x=(2, 3))
