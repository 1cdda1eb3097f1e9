"""Embeddings, attention, distances and bilinear forms."""

from op_table.row import ALL, FLOATS, S, each, op

# fmt: off
_F = "tg.nn.functional"
_WIDE = ("float32", "float64")

op("embedding", *each(_F + ".embedding({})",
                      "c, w | c[0], w | c[0, 0], w | c.int(), w | c, w.T[:, :4].contiguous()"),
   "tg.embedding(w, c)", c=S(2, 3, low=0, high=3, dtype="int64"), w=(4, 5), grad="w", dtypes=ALL)
# Their gradients are not the slopes: they leave rows out, divide them, or change the table.
op("embedding with options",
   *each(_F + ".embedding({})", "c, w, padding_idx=1 | c, w, padding_idx=-1, scale_grad_by_freq=True"),
   f"{_F}.embedding(c, w.detach().clone(), max_norm=1.0) + w.sum()",
   f"{_F}.embedding(c, w.detach().clone(), max_norm=1.0, norm_type=1.0)",
   f"{_F}.embedding_bag(c, w, padding_idx=0, scale_grad_by_freq=True)",
   c=S(2, 3, low=0, high=3, dtype="int64"), w=(4, 5), grad="w", dtypes=_WIDE)
op("embedding_bag",
   *each(_F + ".embedding_bag({})",
         "c, w | c, w, mode='sum' | c, w, mode='max' | c.flatten(), w, tg.tensor([0, 2, 2]) | "
         "c.flatten(), w, tg.tensor([0, 2, 2]), mode='sum', per_sample_weights=p, padding_idx=1 | "
         "c.flatten(), w, tg.tensor([0, 2, 2]), mode='max', padding_idx=1 | "
         "c.flatten(), w, tg.tensor([0, 2, 2, 6]), include_last_offset=True"),
   c=S(2, 3, low=0, high=3, dtype="int64"), w=(4, 5), p=S(6, low=0.1, high=1), grad="w p",
   dtypes=FLOATS)
op("scaled_dot_product_attention",
   *each(_F + ".scaled_dot_product_attention({})",
         "q, k, v | q, k, v, is_causal=True | q, k, v, m | q, k, v, m > 0, scale=0.5 | "
         "q[0], k[0], v[0] | q[0, 0], k[0, 0], v[0, 0], m > 5 | q, k[:, :1], v[:, :1], enable_gqa=True | "
         "q, k[:, :1], v[:, :1]"),
   q=(2, 2, 3, 4), k=S(2, 2, 5, 4, seed=1), v=S(2, 2, 5, 4, seed=2), m=S(3, 5, seed=3),
   grad="q k v m", dtypes=_WIDE)
op("cosine_similarity", *each("tg.cosine_similarity({})", "x, y | x, y, 0 | x, y[0], dim=-1"),
   x=(2, 3), y=S(2, 3, seed=1), grad="x y", dtypes=_WIDE)
op("pairwise_distance", *each("tg.pairwise_distance({})", "x, y | x, y[0], 1.0 | x, y, 3.0, 0.1, True"),
   x=(2, 3), y=S(2, 3, seed=1), grad="x y", dtypes=_WIDE)
op("pdist", *each("tg.pdist({})", "x | x, 1 | x, 3.5 | x, 1.5 | x, 0 | x[:1]"),
   x=(4, 3), dtypes=_WIDE)
op("distances at kinks", "tg.pdist(x, float('inf'))", "tg.cosine_similarity(x * 0.01, y, 1, 0.5)", x=(4, 3),
   y=S(4, 3, seed=1), grad="x y", dtypes=_WIDE)
op("normalize", *each(_F + ".normalize({})", "x | x, 1.0 | x, 2.0, 0 | x, 3.0, -1, 0.5"), x=(2, 3),
   dtypes=FLOATS)
op("bilinear", *each("tg.bilinear({})", "x, y, w | x, y, w, b | x[0], y[0], w, b"),
   x=(2, 3), y=S(2, 4, seed=1), w=S(5, 3, 4, seed=2), b=S(5, seed=3), grad="x y w b", dtypes=_WIDE)
op("multi_head_attention_forward",
   *each(_F + ".multi_head_attention_forward({})[0]",
         "x, x, x, 4, 2, w, b, None, None, False, 0.0, w[:4], b[:4] | "
         "x, y, y, 4, 2, w, b, None, None, True, 0.0, w[:4], b[:4], key_padding_mask=y[:, :, 0].T > 1 | "
         "x, y, y, 4, 2, w, b, r, r, False, 0.0, w[:4], b[:4], need_weights=False | "
         "x[:, 0], x[:, 0], x[:, 0], 4, 1, w, b, None, None, False, 0.0, w[:4], None, attn_mask=x[:, 0, :3]"),
   f"{_F}.multi_head_attention_forward(x, x, x, 4, 2, w, b, None, None, False, 0.0, w[:4], b[:4], "
   "average_attn_weights=False)[1]",
   x=(3, 2, 4), y=S(5, 2, 4, seed=1), w=S(12, 4, low=-1, high=1, seed=2), b=S(12, seed=3),
   r=S(1, 1, 4, seed=4), grad="x y w b", dtypes=_WIDE, second=False)
