"""Padding, interpolation and rearrangements of images."""

from op_table.row import FLOATS, S, each, op

# fmt: off
_F = "tg.nn.functional"
op("pad", f"{_F}.pad(x, (1, 2))", *each(_F + ".pad({})", "x, (1, 0, -1, 2), value=3 | x, (-1, -1) | x, ()"),
   "tg.constant_pad_nd(x, (0, 1), 2)", x=(2, 3))
op("pad by the image's own", *each(_F + ".pad(x, {})",
   "(2, 1), 'reflect' | (2, 1), 'replicate' | (2, 1), 'circular' | (1, -1, 2, 1), 'reflect' | "
   "(1, -1, 4, 1), 'replicate' | (-1, 1, 3, 1), 'circular'"),
   x=(2, 3, 4), dtypes=("float32", "float64", "int64", "bfloat16"))
op("pad of volumes", *each(_F + ".pad(x, {})",
   "(1, 1, 0, 1, 1, 0), 'reflect' | (1, 1, 0, 1, 1, 0), 'replicate' | (1, 1, 0, 1, 1, 0), 'circular'"),
   x=(1, 2, 2, 3), dtypes=("float32", "float64"))
op("interpolate", *each(_F + ".interpolate({})",
   "x, 3 | x, scale_factor=(1.7, 0.5) | x, (3, 5), mode='nearest-exact' | x, 3, mode='area' | x[0], 5 | "
   "x[None], (2, 3, 4)"),
   x=(2, 2, 4, 3), dtypes=("float32", "float64", "bfloat16"))
op("interpolate between", *each(_F + ".interpolate({})",
   "x, 5, mode='bilinear' | x, (2, 5), mode='bilinear', align_corners=True | "
   "x, scale_factor=1.3, mode='bilinear' | "
   "x, 6, mode='bicubic' | x, (2, 5), mode='bicubic', align_corners=True | x[0], 5, mode='linear' | "
   "x[None], (3, 2, 6), mode='trilinear' | x, (2, 2), mode='bilinear', antialias=True | "
   "x, (3, 2), mode='bicubic', antialias=True | "
   "x, scale_factor=1.3, mode='bilinear', recompute_scale_factor=True"),
   x=(2, 2, 4, 3), dtypes=("float32", "float64"))
op("unfold", *each(_F + ".unfold({})", "x, 2 | x[0], (2, 3), 1, 1, 2 | x, 2, (2, 1), (1, 0)"), x=(2, 2, 4, 3),
   dtypes=("float32", "float64", "bfloat16"))
op("fold", *each(_F + ".fold({})", "x, (3, 3), 2 | x[0], (3, 3), 2 | x, (4, 3), 2, 1, (1, 0), (3, 1)"), x=S(2, 8, 4),
   dtypes=("float32", "float64", "bfloat16"))
op("pixel_shuffle", "tg.pixel_shuffle(x, 2)", "tg.pixel_shuffle(x[0], 2)", x=(2, 8, 2, 3))
op("pixel_unshuffle", "tg.pixel_unshuffle(x, 2)", "tg.pixel_unshuffle(x[0], 1)", x=(2, 2, 4, 6))
op("channel_shuffle", "tg.channel_shuffle(x, 2)", "tg.channel_shuffle(x, 3)", x=(2, 6, 2), dtypes=FLOATS)
op("grid_sample", *each(_F + ".grid_sample(x, g, {})",
   "align_corners=True | align_corners=False, padding_mode='border' | "
   "padding_mode='reflection', align_corners=False | mode='nearest', align_corners=False | "
   "mode='bicubic', align_corners=False | mode='bicubic', padding_mode='border', align_corners=True"),
   *each(_F + ".grid_sample(x[:, :, None], tg.cat([g, g[..., :1]], -1)[:, None], {})",
         "align_corners=False | 'nearest', 'reflection', align_corners=True"),
   x=(1, 2, 3, 4), g=S(1, 2, 3, 2, low=-1.3, high=1.3, seed=1), grad="x g",
   dtypes=("float32", "float64"))
op("affine_grid", f"{_F}.affine_grid(x, (2, 1, 2, 3), align_corners=True)",
   f"{_F}.affine_grid(x, (2, 1, 2, 3), align_corners=False)",
   f"{_F}.affine_grid(tg.cat([x, x[:, :1]], 1)[:, :, [0, 1, 2, 2]], (2, 1, 2, 3, 2), align_corners=False)",
   x=(2, 2, 3), dtypes=("float32", "float64"))
