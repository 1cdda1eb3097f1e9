"""Losses of pairs of elements, of margins between classes, of distances and of sequences."""

from op_table.row import FLOATS, S, each, op

# fmt: off
_F = "tg.nn.functional"
_WIDE = ("float32", "float64")


_X, _Y = S(2, 3), S(2, 3, low=0.1, high=2, seed=1)


def _pairs(name, *arguments, y=_Y, x=_X, grad="x y", **options):
    calls = [f"{_F}.{name}(x, y{text})" for text in ("", ", reduction='sum'", ", reduction='none'",
                                                    *(", " + text for text in arguments))]
    op(name, *calls, x=x, y=y, grad=grad, dtypes=FLOATS, **options)


_pairs("l1_loss", second=False)
_pairs("smooth_l1_loss", "beta=0.3", "beta=0")
_pairs("huber_loss", "delta=0.3", "weight=w", w=S(2, 3, low=0.1, high=1))
op("kl_div", *each(_F + ".kl_div({})",
                   "x, y, reduction='batchmean' | x, y, reduction='sum' | x, y, reduction='none' | "
                   "x, y, reduction='sum', log_target=True"),
   x=(2, 3), y=S(2, 3, low=0.1, high=2, seed=1), grad="x y", dtypes=FLOATS)
_pairs("soft_margin_loss", grad="x")
_pairs("poisson_nll_loss", "log_input=False", "full=True", x=S(2, 3, low=0.1, high=2))
op(
    "gaussian_nll_loss", *each(_F + ".gaussian_nll_loss({})",
                               "x, y, w | x, y, w, reduction='none' | x, y, w[:, 0] | x, y, w[:, :1] | "
                               "x, y, 0.5 | x, y, w, full=True, reduction='sum'"),
    x=(2, 3), y=S(2, 3, seed=1), w=S(2, 3, low=0.1, high=1), grad="x y w", dtypes=FLOATS)
_pairs("multilabel_soft_margin_loss", "w", w=S(3, low=0.1, high=1))
op("hinge_embedding_loss", *each(_F + ".hinge_embedding_loss({})",
                                 "x, c | x, c, 0.5, reduction='sum' | x, c, reduction='none'"),
   x=(2, 3), c=S(3, low=-1, high=1, dtype="int64", seed=2), dtypes=FLOATS, second=False)
op("margin_ranking_loss", *each(_F + ".margin_ranking_loss({})",
                                "x, y, y | x, y, y, 0.5, reduction='sum' | x, y, y, reduction='none'"),
   x=(4,), y=S(4, seed=1), grad="x y", dtypes=FLOATS)
op("cosine_embedding_loss",
   *each(_F + ".cosine_embedding_loss({})",
         "x, y, c | x, y, -c, 0.1, reduction='sum' | x, y, -c, reduction='none' | x[0], y[0], c[0]"),
   x=(2, 3), y=S(2, 3, seed=1), c=S(2, low=1, high=2, dtype="int64"), grad="x y", dtypes=_WIDE)
op("triplet_margin_loss",
   *each(_F + ".triplet_margin_loss({})",
         "x, y, z | x, y, z, 2.0, 1.5, swap=True | x, y, z, reduction='none' | x[0], y[0], z[0]"),
   f"{_F}.triplet_margin_with_distance_loss(x, y, z)",
   f"{_F}.triplet_margin_with_distance_loss(x, y, z, margin=0.5, swap=True, reduction='sum')",
   x=(2, 3), y=S(2, 3, seed=1), z=S(2, 3, seed=2), grad="x y z", dtypes=_WIDE)
op("multi_margin_loss",
   *each(_F + ".multi_margin_loss({})",
         "x, c | x, c, 2, reduction='sum' | x, c, weight=w, reduction='none' | x, c, 2, 0.5, w | "
         "x[0], c[0] | x[0], c[:1], reduction='none'"),
   x=(4, 3), c=S(4, low=0, high=3, dtype="int64"), w=S(3, low=0.5, high=2), dtypes=FLOATS)
op("multilabel_margin_loss",
   *each(_F + ".multilabel_margin_loss({})",
         "x, c | x, c, reduction='sum' | x, c, reduction='none' | x[0], c[0]"),
   x=(4, 3), c=S(4, 3, low=-1, high=3, dtype="int64"), dtypes=FLOATS, second=False)
op("ctc_loss",
   *each(_F + ".ctc_loss({})",
         "x.log_softmax(2), c, (6, 5, 4), (3, 2, 0) | x.log_softmax(2), c, n, n // 2, reduction='none' | "
         "x.log_softmax(2), c.flatten()[:6], (6, 6, 6), (1, 2, 3), reduction='sum' | "
         "x.log_softmax(2), c, (6, 2, 1), (3, 3, 3), 0, 'sum', True | "
         "x[:, 0].log_softmax(1), c[0, :2], tg.tensor(6), tg.tensor(2) | "
         "x.log_softmax(2), c - 1, (6, 5, 4), (3, 2, 1), 3"),
   x=(6, 3, 4), c=S(3, 3, low=1, high=4, dtype="int64"), n=S(3, low=4, high=6, dtype="int64"),
   dtypes=_WIDE, second=False)
op("cross_entropy of images", f"{_F}.cross_entropy(x, c)", f"{_F}.nll_loss(x, c, reduction='none')",
   f"{_F}.cross_entropy(x, c, w, ignore_index=1)", x=(2, 3, 2, 2),
   c=S(2, 2, 2, low=0, high=3, dtype="int64"), w=S(3, low=0.5, high=2), dtypes=FLOATS)
op("linear_cross_entropy", f"{_F}.linear_cross_entropy(x, w, c)",
   f"{_F}.linear_cross_entropy(x, w, c, linear_bias=b, reduction='sum', label_smoothing=0.1)",
   x=(4, 3), w=S(2, 3, seed=1), b=S(2, seed=2), c=S(4, low=0, high=2, dtype="int64"),
   grad="x w b", dtypes=_WIDE)
