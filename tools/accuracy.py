"""Print the worst error of each elementary function, in units of the last place, as docs/accuracy.md holds it.

A developer's tool (needs NumPy and mpmath, and a machine whose long double has 64 bits of mantissa).

    python tools/accuracy.py               # samples, a minute
    python tools/accuracy.py --every 1     # all float32 numbers, for functions of one: an hour
    python tools/accuracy.py exp log       # these alone
    TAPEGRAD_ISA=avx2 python tools/accuracy.py
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass

import mpmath
import numpy as np

import tapegrad as tg

Array = np.ndarray
LD = np.longdouble


def by_mpmath(f: Callable[[mpmath.mpf], mpmath.mpf]) -> Callable[[Array], Array]:
    """f of each number, with the digits that a long double holds."""

    def apply(x: Array) -> Array:
        out = np.empty(x.shape, LD)
        with mpmath.workprec(90):
            for i, value in enumerate(x.ravel()):
                y = f(mpmath.mpf(float(value)))
                high = float(y)
                out.flat[i] = LD(high) + (LD(float(y - high)) if np.isfinite(high) else 0)
        return out

    return apply


@dataclass
class Row:
    """Where a function is sampled (float32, float64) and what is exact; `slow` ones see fewer numbers."""

    exact: Callable[..., Array]
    low: float
    high: float
    low64: float | None = None
    high64: float | None = None
    slow: bool = False


def sigmoid(x: Array) -> Array:
    e = np.exp(-np.abs(x))
    return np.where(x < 0, e, 1) / (1 + e)


ROWS = {
    "exp": Row(np.exp, -104, 89, -746, 710),
    "exp2": Row(np.exp2, -150, 128, -1075, 1024),
    "expm1": Row(np.expm1, -20, 89, -40, 710),
    "log": Row(np.log, 0, np.inf),
    "log2": Row(np.log2, 0, np.inf),
    "log10": Row(np.log10, 0, np.inf),
    "log1p": Row(np.log1p, -1, np.inf),
    "sigmoid": Row(sigmoid, -104, 20, -746, 40),
    "tanh": Row(np.tanh, -10, 10, -20, 20),
    "sinh": Row(np.sinh, -89.5, 89.5, -710.5, 710.5),
    "cosh": Row(np.cosh, -89.5, 89.5, -710.5, 710.5),
    "asinh": Row(np.arcsinh, -np.inf, np.inf),
    "acosh": Row(np.arccosh, 1, np.inf),
    "atanh": Row(np.arctanh, -1, 1),
    "sin": Row(np.sin, -np.inf, np.inf),
    "cos": Row(np.cos, -np.inf, np.inf),
    "tan": Row(np.tan, -np.inf, np.inf),
    "asin": Row(np.arcsin, -1, 1),
    "acos": Row(np.arccos, -1, 1),
    "atan": Row(np.arctan, -np.inf, np.inf),
    "erf": Row(by_mpmath(mpmath.erf), -5, 5, -7, 7, slow=True),
    "erfc": Row(by_mpmath(lambda x: mpmath.erfc(x) if not x > 40 else mpmath.mpf(0)), -5, 10.1, -7, 27, slow=True),
    "rsqrt": Row(lambda x: 1 / np.sqrt(x), 0, np.inf),
    "atan2": Row(np.arctan2, -np.inf, np.inf),
    "hypot": Row(np.hypot, -np.inf, np.inf),
    "pow": Row(np.power, 0, np.inf),
}
BINARY = ("atan2", "hypot", "pow")


def ulps(got: Array, exact: Array) -> Array:
    """Distances in the last place that the exact result has in the type of `got`; 0 where both are not finite."""
    kind = np.finfo(got.dtype)
    with np.errstate(all="ignore"):
        _, exponent = np.frexp(np.where(np.isfinite(exact) & (exact != 0), exact, 1))
        place = np.ldexp(LD(1), np.maximum(exponent - 1, kind.minexp) - kind.nmant)
        distance = np.abs(got.astype(LD) - exact) / place
        overflow = np.isinf(got) & (np.abs(exact) > LD(kind.max)) & (np.sign(got) == np.sign(exact))
        same = (got.astype(LD) == exact) | (np.isnan(got) & np.isnan(exact)) | overflow
    return np.where(same, 0, np.where(np.isfinite(distance), distance, np.inf))


def numbers(row: Row, dtype: type, rng: np.random.Generator, count: int) -> Array:
    """Half evenly spread, half by their bits, all in the function's interesting range; and special ones."""
    kind = np.finfo(dtype)
    low, high = row.low, row.high
    if dtype is np.float64 and row.low64 is not None:
        low, high = row.low64, row.high64 or row.high
    bits = np.uint32 if dtype is np.float32 else np.uint64
    any_bits = rng.integers(0, np.iinfo(bits).max, count, dtype=bits).view(dtype)
    even = rng.uniform(max(low, -20), min(high, 20), count).astype(dtype)
    wide = rng.uniform(max(low, -1e4), min(high, 1e4), count).astype(dtype)
    near = (1 + rng.uniform(-1, 1, count) * 2.0 ** -rng.uniform(0, 20, count)).astype(dtype)
    special = np.array(
        [
            0.0,
            -0.0,
            1,
            -1,
            0.5,
            -0.5,
            np.inf,
            -np.inf,
            np.nan,
            kind.tiny,
            -kind.tiny,
            kind.max,
            -kind.max,
            kind.smallest_subnormal,
            1e30,
            -1e30,
            0.25,
            2,
            1e-30,
        ],
        dtype,
    )
    x = np.concatenate([any_bits, even, wide, near])
    return np.concatenate([x[(x >= low) & (x <= high)], special])


def measure(name: str, x: Array, *others: Array) -> tuple[float, Array]:
    """The worst error over x and where it is."""
    row = ROWS[name]
    got = getattr(tg, name)(*(tg.from_numpy(a.copy()) for a in (x, *others))).numpy()
    with np.errstate(all="ignore"):
        wide = np.float64 if x.dtype == np.float32 and not row.slow and name not in BINARY else LD
        exact = row.exact(*(a.astype(wide) for a in (x, *others))).astype(LD)
    error = ulps(got, exact)
    at = int(np.argmax(error))
    return float(error[at]), np.array([a[at] for a in (x, *others)])


def sampled(name: str, dtype: type) -> tuple[float, Array]:
    rng = np.random.default_rng(0)
    row = ROWS[name]
    x = numbers(row, dtype, rng, 5_000 if row.slow else 400_000)
    if name not in BINARY:
        return measure(name, x)
    if name == "pow":
        y = rng.uniform(-1, 1, len(x)) * 10.0 ** rng.uniform(-3, 2.5, len(x))
        y = np.where(rng.uniform(size=len(x)) < 0.1, np.rint(y), y).astype(dtype)
        simple = np.isin(y, [3, -2, -0.5])  # products of several roundings, as in PyTorch
        return measure(name, x[~simple], y[~simple])
    return measure(name, x, rng.permutation(x))


def exhaustive(name: str, step: int) -> tuple[float, Array]:
    """Over every step-th float32 number, against the float64 function, which the samples are for."""
    worst, at = 0.0, np.zeros(1)
    function = getattr(tg, name)
    for start in range(0, 2**32, step * 2**21):
        x = np.arange(start, min(start + step * 2**21, 2**32), step, dtype=np.uint32).view(np.float32)
        t = tg.from_numpy(x)
        got, exact = function(t).numpy(), function(t.double()).numpy()
        with np.errstate(all="ignore"):
            rounded = exact.astype(np.float32)
            # The place as a power of two, from the exponent of the exact result.
            exponent = np.maximum((exact.view(np.int64) >> 52) & 0x7FF, 1023 - 126) - 23
            error = np.abs(got - exact) / (exponent << 52).view(np.float64)
            error[(got == rounded) | (np.isnan(got) & np.isnan(exact))] = 0
        error[np.isnan(error)] = np.inf
        k = int(np.argmax(error))
        if error[k] > worst:
            worst, at = float(error[k]), x[k : k + 1]
    return max(worst, 0.5), at


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--every", type=int, default=0, help="every n-th float32 number, for functions of one")
    parser.add_argument("--dtype", default="float32,float64")
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    for name in arguments.names or ROWS:
        cells = []
        for dtype in arguments.dtype.split(","):
            swept = arguments.every and dtype == "float32" and name not in BINARY
            worst, at = exhaustive(name, arguments.every) if swept else sampled(name, getattr(np, dtype))
            cells.append(f"{worst:.3f} | {', '.join(f'{v:.9g}' for v in at)}")
        print(f"| {name} | {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    main()
