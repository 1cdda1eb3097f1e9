"""Forms that exist in place only."""

from op_table.row import FLOATS, S, each, op

# fmt: off
op("zero_", "x.clone().zero_()", x=(2, 3))
op("fill_", "x.clone().fill_(2)", "x.clone().fill_(tg.tensor(1.5))", x=(2, 3))
op("copy_", "x.clone().copy_(y)", "x.clone().copy_(y[0])", "x.clone().double().copy_(y)", x=(2, 3),
   y=S(2, 3, seed=1), grad="x y")
op("add_ and others with alpha", "x.clone().add_(y, alpha=2)", "x.clone().sub_(y, alpha=0.5)",
   "x.clone().add_(2, alpha=3)", "x.clone().mul_(2)", "x.clone().div_(2)", x=(2, 3),
   y=S(2, 3, seed=1), grad="x y", dtypes=FLOATS)
op("aliases in place", "x.clone().negative_()", "x.clone().absolute_()", x=(2, 3))
op("aliases of comparisons in place", "x.clone().greater_(y)", "x.clone().greater_equal_(y)", "x.clone().less_(0.5)",
   "x.clone().less_equal_(y)", "x.clone().not_equal_(x[0])", x=(2, 3), y=S(2, 3, seed=1), grad="")
op("in-place functions", *each("tg.{}", "sigmoid_(x.clone()) | clamp_(x.clone(), min=0.5) | "
   "round_(x.clone(), decimals=1) | arctan_(x.clone()) | fill_(x.clone(), 2) | nan_to_num_(x.clone())"),
   x=(2, 3), dtypes=FLOATS, second=False)
