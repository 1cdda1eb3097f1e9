"""Losses."""

from op_table.row import FLOATS, S, each, op

# fmt: off
_F = "tg.nn.functional"
op("mse_loss", f"{_F}.mse_loss(x, y)", f"{_F}.mse_loss(x, y, reduction='sum')",
   f"{_F}.mse_loss(x, y, reduction='none')", x=(2, 3), y=S(2, 3, seed=1), grad="x y", dtypes=FLOATS)
op("cross_entropy", f"{_F}.cross_entropy(x, c)", f"{_F}.cross_entropy(x, c, reduction='sum')",
   f"{_F}.cross_entropy(x, c, reduction='none')", f"{_F}.cross_entropy(x, c, weight=w)",
   f"{_F}.cross_entropy(x, c, ignore_index=1)", f"{_F}.cross_entropy(x, c, label_smoothing=0.1)",
   f"{_F}.cross_entropy(x, p)", f"{_F}.cross_entropy(x[0], c[0])", x=(4, 3),
   c=S(4, low=0, high=3, dtype="int64"), w=S(3, low=0.5, high=2),
   p=S(4, 3, low=0.1, high=1, seed=2), dtypes=FLOATS)
op("nll_loss", f"{_F}.nll_loss(x, c)", f"{_F}.nll_loss(x, c, reduction='sum')",
   f"{_F}.nll_loss(x, c, weight=w)", f"{_F}.nll_loss(x, c, ignore_index=0)",
   f"{_F}.nll_loss(x, c, reduction='none')", x=(4, 3), c=S(4, low=0, high=3, dtype="int64"),
   w=S(3, low=0.5, high=2), dtypes=FLOATS)
op("binary_cross_entropy", f"{_F}.binary_cross_entropy(x, y)",
   f"{_F}.binary_cross_entropy(x, y, reduction='sum')",
   f"{_F}.binary_cross_entropy(x, y, weight=w)", x=S(2, 3, low=0.1, high=0.9),
   y=S(2, 3, low=0.1, high=0.9, seed=1), w=S(3, low=0.5, high=2), grad="x y", dtypes=FLOATS)
op("binary_cross_entropy_with_logits",
   *each(_F + ".binary_cross_entropy_with_logits({})",
         "x, y | x, y, reduction='none' | x, y, weight=w | x, y, pos_weight=w"),
   x=(2, 3), y=S(2, 3, low=0.1, high=0.9, seed=1), w=S(3, low=0.5, high=2), grad="x y",
   dtypes=FLOATS)
