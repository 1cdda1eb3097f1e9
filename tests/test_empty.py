"""Tensors without elements: every reduction along every dimension, its identity or its refusal, and
the operations that share work out by sizes, which may be 0. Two threads: sharing is what divides.
"""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from conftest import array, dtype_name, inf, nan, tg

SHAPES = [(3, 0), (0, 3), (0, 0), (2, 0, 3), (3, 2, 0), (0, 2, 3), (2, 3, 0, 4)]
DTYPES = ["float32", "float64", "float16", "int64", "uint8"]

# What a reduction of no elements gives; None: there is no such number, and it raises IndexError.
IDENTITY = {
    "sum": 0, "nansum": 0, "prod": 1, "mean": nan, "var": nan, "std": nan, "var_mean": nan, "std_mean": nan,
    "any": False, "all": True, "count_nonzero": 0, "logsumexp": -inf, "norm": 0,
    "amax": None, "amin": None, "max": None, "min": None, "argmax": None, "argmin": None,
    "median": None, "nanmedian": None, "mode": None, "aminmax": None,
}  # fmt: skip
ALONG = [
    "cumsum", "cumprod", "cummax", "cummin", "logcumsumexp", "softmax", "log_softmax", "sort", "argsort", "flip",
]  # fmt: skip
FLOATS_ONLY = {"mean", "var", "std", "var_mean", "std_mean", "norm"}
NO_INTEGER_GRADIENT = {"any", "all", "count_nonzero", "argmax", "argmin", "argsort"}


@pytest.fixture(autouse=True)
def _two_threads():
    before = tg.get_num_threads()
    tg.set_num_threads(2)
    yield
    tg.set_num_threads(before)


def call(name, x, dim):
    if name == "flip":
        return x.flip(dim)
    return getattr(x, name)(dim=dim) if hasattr(x, name) else getattr(tg, name)(x, dim=dim)


def dtypes_of(name, dtype):
    """Of the results, by the name of the reduction and the dtype of what it reduces."""
    integer = not dtype.startswith("float")
    if name in ("sum", "nansum", "prod", "cumsum", "cumprod") and integer:
        return ["int64"]
    if name in ("any", "all"):
        return ["uint8" if dtype == "uint8" else "bool"]
    if name in ("count_nonzero", "argmax", "argmin", "argsort"):
        return ["int64"]
    if name in ("max", "min", "median", "nanmedian", "mode", "sort", "cummax", "cummin"):
        return [dtype, "int64"]
    if name in ("aminmax", "var_mean", "std_mean"):
        return [dtype, dtype]
    return ["float32"] if name == "logsumexp" and integer else [dtype]


def refusal(name, dtype, size):
    """What is raised: by integers where floats are needed, by reducing no elements."""
    if name in FLOATS_ONLY and not dtype.startswith("float"):
        return RuntimeError
    if name == "logcumsumexp" and not dtype.startswith("float"):
        return NotImplementedError
    return IndexError if size == 0 and name in IDENTITY and IDENTITY[name] is None else None


def check_reduction(name, x, dim):
    shape, dtype = tuple(x.shape), dtype_name(x.dtype)
    wanted = (shape[:dim] + shape[dim + 1 :]) if name in IDENTITY else shape
    error = refusal(name, dtype, shape[dim])
    if error:
        with pytest.raises(error):
            call(name, x, dim)
        return None
    results = call(name, x, dim)
    results = list(results) if isinstance(results, tuple) else [results]
    assert [dtype_name(r.dtype) for r in results] == dtypes_of(name, dtype)
    for r in results:
        assert tuple(r.shape) == wanted
        if name in IDENTITY and r.numel():  # the dimension reduced was the only empty one
            assert np.array_equal(array(r), np.full(wanted, IDENTITY[name], "float64"), equal_nan=True)
    return results


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_reductions(shape, dtype):
    x = tg.zeros(shape, dtype=getattr(tg, dtype))
    for name, dim in itertools.product([*IDENTITY, *ALONG], range(len(shape))):
        try:
            check_reduction(name, x, dim)
        except Exception as error:
            raise AssertionError(f"{name} along {dim}") from error


@pytest.mark.parametrize("dtype", [d for d in DTYPES if d.startswith("float")])
@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_gradients_of_reductions(shape, dtype):
    for name, dim in itertools.product([*IDENTITY, *ALONG], range(len(shape))):
        if name in NO_INTEGER_GRADIENT:
            continue
        x = tg.zeros(shape, dtype=getattr(tg, dtype), requires_grad=True)
        results = check_reduction(name, x, dim)
        if results:
            results[0].sum().backward()
            assert x.grad.shape == x.shape, f"{name} along {dim}"
            assert x.grad.dtype == x.dtype


@pytest.mark.parametrize("shape", [*SHAPES, (0,)], ids=str)
def test_all_elements(shape):
    x = tg.zeros(shape, requires_grad=True)
    for name in ("sum", "nansum", "prod", "mean", "var", "std", "any", "all", "count_nonzero", "norm"):
        got = getattr(x, name)()
        assert got.shape == ()
        np.testing.assert_equal(got.item(), IDENTITY[name])
    assert x.median().isnan() and x.nanmedian().isnan()
    for name, error in (
        ("max", RuntimeError),
        ("argmin", IndexError),
        ("amax", RuntimeError),
        ("aminmax", RuntimeError),
    ):
        with pytest.raises(error):
            getattr(x, name)()
    x.mean().backward()
    assert x.grad.shape == x.shape


# Each expression and the shape of its result, with the one number that it is full of where it has
# elements. Z makes float32 zeros, L int64 ones; F is nn.functional. PyTorch gives the same, but for
# multi_margin_loss, which reads memory that nobody wrote there, and backward passes that it refuses:
# those of pixel_shuffle and adaptive_max_pool2d.
OPERATIONS = """
tg.bmm(Z(0,2,3), Z(0,3,2))                                  0,2,2
tg.bmm(Z(2,0,3), Z(2,3,0))                                  2,0,0
tg.bmm(Z(2,3,0), Z(2,0,3))                                  2,3,3 = 0
tg.baddbmm(tg.ones(2,3,3), Z(2,3,0), Z(2,0,3))              2,3,3 = 1
tg.addmm(tg.ones(3,3), Z(3,0), Z(0,3), beta=2)              3,3 = 2
tg.addbmm(tg.ones(3,3), Z(0,3,2), Z(0,2,3))                 3,3 = 1
tg.addmv(tg.ones(3), Z(3,0), Z(0))                          3 = 1
Z(3,0) @ Z(0,4)                                             3,4 = 0
Z(3,0) @ Z(0)                                               3 = 0
Z(3,0) @ Z(2,0,4)                                           2,3,4 = 0
tg.dot(Z(0), Z(0))                                          - = 0
tg.outer(Z(0), Z(3))                                        0,3
tg.kron(Z(0,3), Z(2,2))                                     0,6
tg.einsum('ij,jk->ik', Z(3,0), Z(0,2))                      3,2 = 0
tg.cdist(Z(0,3), Z(2,3))                                    0,2
tg.cdist(Z(3,0), Z(2,0))                                    3,2 = 0
tg.cdist(Z(0,2,3), Z(0,4,3))                                0,2,4
F.pdist(Z(1,3))                                             0
F.pdist(Z(3,0))                                             3 = 0
F.linear(Z(2,0), Z(4,0), tg.ones(4))                        2,4 = 1
F.linear(Z(0,3), Z(4,3))                                    0,4
F.linear(Z(2,3), Z(0,3))                                    2,0
F.bilinear(Z(0,3), Z(0,2), Z(4,3,2))                        0,4
F.layer_norm(Z(0,3), (3,))                                  0,3
F.layer_norm(Z(3,0), (0,))                                  3,0
F.rms_norm(Z(0,3), (3,))                                    0,3
F.batch_norm(Z(0,3), Z(3), Z(3) + 1)                        0,3
F.group_norm(Z(0,4,3), 2)                                   0,4,3
F.local_response_norm(Z(0,3,4), 2)                          0,3,4
F.normalize(Z(3,0))                                         3,0
F.cosine_similarity(Z(3,0), Z(3,0))                         3 = 0
F.pairwise_distance(Z(3,0), Z(3,0))                         3 = 0
F.conv1d(Z(0,3,4), Z(2,3,3))                                0,2,2
F.conv2d(Z(0,3,4,4), Z(2,3,3,3))                            0,2,2,2
F.conv_transpose2d(Z(0,3,4,4), Z(3,2,3,3))                  0,2,6,6
F.unfold(Z(0,3,4,4), 2)                                     0,12,9
F.fold(Z(0,12,4), (3,3), 2)                                 0,3,3,3
F.pixel_shuffle(Z(0,4,3,3), 2)                              0,1,6,6
F.max_pool2d(Z(0,3,4,4), 2)                                 0,3,2,2
F.avg_pool2d(Z(0,3,4,4), 2)                                 0,3,2,2
F.adaptive_avg_pool2d(Z(0,3,4,4), 2)                        0,3,2,2
F.adaptive_max_pool2d(Z(2,3,4,4), 0)                        2,3,0,0
F.interpolate(Z(0,3,4,4), size=3, mode='bilinear')          0,3,3,3
F.grid_sample(Z(2,3,4,4), Z(2,0,2,2), align_corners=False)  2,3,0,2
F.embedding(L(0), Z(3,2))                                   0,2
F.embedding(L(2) * 0, Z(3,0))                               2,0
F.embedding_bag(L(0), Z(3,2), L(2) * 0)                     2,2 = 0
F.cross_entropy(Z(0,3), L(0))                               - = nan
F.cross_entropy(Z(0,3), L(0), reduction='sum')              - = 0
F.cross_entropy(Z(2,3,0), L(2,0), reduction='none')         2,0
F.cross_entropy(Z(2,0), Z(2,0))                             - = nan
F.mse_loss(Z(0,3), Z(0,3))                                  - = nan
F.mse_loss(Z(0,3), Z(0,3), reduction='sum')                 - = 0
F.multi_margin_loss(Z(0,3), L(0))                           - = nan
F.scaled_dot_product_attention(Z(0,2,3), Z(0,4,3), Z(0,4,3))    0,2,3
F.scaled_dot_product_attention(Z(2,2,3), Z(2,0,3), Z(2,0,3))    2,2,3 = 0
tg.nn.MultiheadAttention(4, 2)(Z(3,0,4), Z(3,0,4), Z(3,0,4))[0]                         3,0,4
tg.nn.MultiheadAttention(4, 2)(Z(0,2,4), Z(3,2,4), Z(3,2,4), need_weights=False)[0]     0,2,4
tg.nn.TransformerEncoderLayer(4, 2)(Z(3,0,4))               3,0,4
tg.nn.LSTM(3, 4)(Z(2,0,3))[0]                               2,0,4
tg.nn.GRUCell(3, 4)(Z(0,3))                                 0,4
F.glu(Z(4,0))                                               4,0
F.prelu(Z(0,3), Z(3))                                       0,3
F.gumbel_softmax(Z(3,0))                                    3,0
F.dropout(Z(0,3))                                           0,3
F.pad(Z(3,0), (1,1), value=2.)                              3,2 = 2
F.pad(Z(0,3,3), (1,1), mode='reflect')                      0,3,5
tg.cat([Z(3,0), Z(3,0)])                                    6,0
tg.cat([Z(0), Z(3,0)], 1)                                   3,0
tg.stack([Z(0,3), Z(0,3)], 1)                               0,2,3
tg.where(Z(0,3) > 0, Z(0,3), 1.)                            0,3
Z(3,0)[L(2)]                                                2,0
Z(3,0)[L(2), :]                                             2,0
Z(0,3)[:, L(2)]                                             0,2
Z(3,0)[Z(3,0) > 0]                                          0
Z(3,0).index_add(0, L(2), Z(2,0))                           3,0
Z(3,2).index_add(0, L(0), Z(0,2))                           3,2 = 0
Z(3,0).index_select(0, L(1))                                1,0
Z(3,0).gather(0, L(1,0))                                    1,0
Z(3,2).scatter_add(1, L(3,0), Z(3,0))                       3,2 = 0
Z(3,0).scatter_reduce(0, L(1,0), Z(1,0), 'mean')            3,0
Z(3,0).masked_scatter(Z(3,0) > 0, Z(0))                     3,0
tg.take(Z(3,2), L(0))                                       0
Z(3,0).t().contiguous()                                     0,3
Z(2,0,3).permute(2,0,1).clone()                             3,2,0
Z(3,0).flip((0,1))                                          3,0
tg.roll(Z(0,3), 1, 0)                                       0,3
tg.rot90(Z(3,0))                                            0,3
tg.repeat_interleave(Z(3,0), 2, 0)                          6,0
Z(3,2).repeat(0, 2)                                         0,4
Z(3).unfold(0, 0, 1)                                        4,0
tg.tril(Z(0,3))                                             0,3
tg.diag_embed(Z(2,0))                                       2,0,0
Z(3,0).topk(0)[0]                                           3,0
Z(0,3).kthvalue(1)[0]                                       0
Z(0,3).diff()                                               0,2
tg.cumulative_trapezoid(Z(3,0))                             3,0
tg.renorm(Z(3,0), 2, 0, 1.)                                 3,0
tg.linalg.inv(Z(0,3,3))                                     0,3,3
tg.linalg.det(Z(2,0,0))                                     2 = 1
tg.linalg.solve_triangular(Z(0,3,3), Z(0,3,2), upper=True)  0,3,2
tg.linalg.matrix_norm(Z(0,3))                               - = 0
tg.cross(Z(0,3), Z(0,3))                                    0,3
tg.cartesian_prod(Z(0), Z(3))                               0,2
tg.block_diag(Z(0,3), Z(2,2))                               2,5 = 0
tg.lerp(Z(0,3), Z(0,3), 0.5)                                0,3
"""


@pytest.mark.parametrize("row", OPERATIONS.strip().splitlines())
def test_operations(row):
    expression, _, wanted = row.rpartition("  ")
    shape, _, number = wanted.partition(" = ")
    shape = tuple(int(size) for size in shape.split(",") if size != "-")
    made = []

    def zeros(*sizes):
        made.append(tg.zeros(*sizes, requires_grad=True))
        return made[-1]

    names = {"tg": tg, "F": tg.nn.functional, "Z": zeros, "L": lambda *sizes: tg.ones(*sizes, dtype=tg.int64)}
    result = eval(expression, names)
    assert result.shape == shape
    assert result.dtype == tg.float32
    if number or result.numel():
        assert np.array_equal(array(result), np.full(shape, float(number)), equal_nan=True)
    result.sum().backward()
    received = [x for x in made if x.grad is not None]
    assert received
    assert all(x.grad.shape == x.shape for x in received)


@pytest.mark.parametrize(
    "expression, error, text",
    [
        ("tg.zeros(0, 3)[tg.tensor([0])]", IndexError, "out of bounds"),
        ("tg.take(tg.zeros(0), tg.tensor([0]))", IndexError, "empty"),
        ("tg.zeros(0).quantile(0.5)", RuntimeError, "non-empty"),
        ("tg.zeros(0, 3).view(0, -1)", RuntimeError, "ambiguous"),
        ("tg.zeros(3).unfold(0, 2, 0)", RuntimeError, "step is 0"),
        ("tg.zeros(3, 4).tensor_split(0)", RuntimeError, "larger than 0"),
        ("F.conv2d(tg.zeros(2, 3, 4, 4), tg.zeros(2, 3, 1, 1), stride=0)", RuntimeError, "stride"),
        ("F.conv2d(tg.zeros(2, 3, 4, 4), tg.zeros(2, 3, 1, 1), groups=0)", RuntimeError, "groups"),
        ("F.unfold(tg.zeros(2, 3, 4, 4), 2, stride=0)", RuntimeError, "stride should be greater than zero"),
        ("F.max_pool2d(tg.zeros(2, 3, 4, 4), 0)", RuntimeError, "stride should not be zero"),
        ("F.pixel_shuffle(tg.zeros(2, 4, 3, 3), 0)", RuntimeError, "positive upscale_factor"),
        ("F.channel_shuffle(tg.zeros(2, 4, 3, 3), 0)", RuntimeError, "groups"),
        ("F.group_norm(tg.zeros(2, 4, 3), 0)", ZeroDivisionError, "by zero"),
        ("F.affine_grid(tg.zeros(0, 2, 3), (0, 3, 4, 4), align_corners=False)", ValueError, "non-zero, positive"),
        ("F.adaptive_avg_pool2d(tg.zeros(2, 3, 0, 4), 2)", RuntimeError, "non-zero size"),
        ("tg.nn.LSTM(3, 4)(tg.zeros(0, 2, 3))", RuntimeError, "sequence length to be larger than 0"),
        ("F.ctc_loss(tg.zeros(5, 0, 3), LL, L, L)", RuntimeError, "log_probs tensor must not be empty"),
    ],
)
def test_refused(expression, error, text):
    longs = {"L": tg.zeros(0, dtype=tg.int64), "LL": tg.zeros(0, 2, dtype=tg.int64)}
    with pytest.raises(error, match=text):
        eval(expression, {"tg": tg, "F": tg.nn.functional, **longs})
