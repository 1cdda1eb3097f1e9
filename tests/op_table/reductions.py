"""Reductions, softmax among them."""

from op_table.row import ONCE, S, each, op

# fmt: off
op("sum", "tg.sum(x)", "tg.sum(x, 0)", "tg.sum(x, 1, keepdim=True)", "tg.sum(x, (0, 1))",
   "x.sum(-1)", "x.sum(dim=(0, 1), keepdim=True)", "x.sum(axis=0)", "x.sum(dtype=tg.float64)",
   x=(2, 3), forms="m")
op("sum to an integer", "x.sum(dtype=tg.int32)", "x.sum(0, dtype=tg.int64)", x=(2, 3), grad="")
op("sum over a dim", "tg.sum(x, 1)", "x.sum(())", "x.sum((0, 2))", "x.sum((-1, 0), True)",
   x=(2, 3, 2), forms="mo")
op("mean", "tg.mean(x)", "tg.mean(x, 0)", "tg.mean(x, (0, 1), keepdim=True)", "x.mean(-1)",
   "x.mean(axis=1)", "x.mean(dtype=tg.float64)", x=(2, 3), forms="m")
op("mean over a dim", "tg.mean(x, 1)", x=(2, 3, 2), forms="mo")
op("prod", "tg.prod(x)", "tg.prod(x, 0)", "tg.prod(x, 1, keepdim=True)", "x.prod(-1)",
   "x.prod(dtype=tg.float64)", x=(2, 3), forms="m")
op("prod with zeros", "tg.prod(x * z)", "tg.prod(x * z, 1)", x=(2, 3),
   z=S(2, 3, low=-0.9, high=1.9, dtype="int64"))
for _name in ("max", "min"):
    op(_name, f"tg.{_name}(x)", f"tg.{_name}(x, 0)", f"tg.{_name}(x, 1, keepdim=True)",
       f"x.{_name}(-1)", f"x.{_name}(dim=0).values", f"x.{_name}(axis=0).indices", x=(2, 3),
       forms="m")
    op(f"a{_name}", f"tg.a{_name}(x, 0)", f"tg.a{_name}(x)", f"tg.a{_name}(x, (0, 1))",
       f"x.a{_name}(1, keepdim=True)", x=(2, 3), forms="mo")
    op(f"arg{_name}", f"tg.arg{_name}(x)", f"tg.arg{_name}(x, 0)", f"x.arg{_name}(1)",
       f"x.arg{_name}(dim=-1, keepdim=True)", x=(2, 3), grad="", forms="mo")
    op(f"ties of {_name}",
       *each("tg.tensor([[1., 3., 3.], [1., 1., 3.]]).{}",
             f"{_name}(0) | {_name}(1) | arg{_name}() | arg{_name}(1) | a{_name}(1)"),
       dtypes=ONCE, grad="")
for _name in ("var", "std"):
    op(_name, f"tg.{_name}(x)", f"tg.{_name}(x, 0)", f"tg.{_name}(x, 1, keepdim=True)",
       f"x.{_name}(unbiased=False)", f"x.{_name}(0, correction=0)", f"x.{_name}((0, 1))",
       f"x.{_name}(dim=-1, unbiased=False)", x=(2, 3), forms="m")
for _name in ("all", "any"):
    op(_name, f"tg.{_name}(x)", f"tg.{_name}(x, 0)", f"tg.{_name}(x, 1, keepdim=True)",
       f"(x > 0).{_name}()", f"(x > 0).{_name}(-1)", f"(x > -9).{_name}()", f"(x > 9).{_name}()",
       x=(2, 3), grad="", forms="m")
op("logsumexp", "tg.logsumexp(x, 0)", "tg.logsumexp(x, (0, 1))", "x.logsumexp(-1, keepdim=True)",
   "tg.logsumexp(x * 1000, 1)", x=(2, 3), forms="mo")
for _name in ("softmax", "log_softmax"):
    op(_name, f"tg.{_name}(x, 0)", f"tg.{_name}(x, dim=1)", f"x.{_name}(-1)",
       f"tg.{_name}(x, 1, dtype=tg.float64)", f"tg.nn.functional.{_name}(x, dim=1)",
       f"tg.{_name}(x * 1000, 1)", x=(2, 3), forms="m")
op("reductions of 0-d",
   *each("x.{}", """
sum() | sum(0) | sum(-1) | mean() | prod() | max() | min() | max(0) | amax() | argmax() | argmin(0)
all() | any() | logsumexp(0) | softmax(0) | var(unbiased=False)
"""),
   x=(), second=False)
op("reductions of nothing",
   *each("x.{}", """
sum() | sum(0) | sum(1) | mean() | mean(1) | prod() | prod(0) | amax(1) | max(1) | argmax(1)
all() | all(0) | any() | logsumexp(0) | softmax(0) | var() | std(0)
"""),
   x=(0, 2), grad="")
op("reductions with nan",
   *each("tg.tensor([[1., nan], [3., 2.]]).{}", """
sum() | max() | min() | max(1) | min(1) | argmax() | argmin(1) | amax(0) | amin() | prod(0) | all()
any(0)
"""),
   "tg.tensor([nan, inf]).logsumexp(0)", "tg.tensor([-inf, -inf]).logsumexp(0)",
   "tg.tensor([-inf, 0.]).softmax(0)", dtypes=ONCE, grad="")
