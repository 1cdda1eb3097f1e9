"""Write csrc/kernels/coefficients.h: the polynomials and constants of the elementary functions.

A developer's tool (needs mpmath). Each polynomial interpolates a function at Chebyshev nodes, which comes within a few
percent of the best one, and has the lowest degree at which the error, as a share of the final result, stays below the
target of its kind. Run it again after a change here:

    python tools/make_coefficients.py > csrc/kernels/coefficients.h
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from mpmath import mp, mpf

mp.prec = 260
Function = Callable[[mpf], mpf]


@dataclass
class Kind:
    """Numbers of `bits` binary digits in C++ type `number`; the tolerated error of a polynomial."""

    key: str
    number: str
    bits: int
    target: mpf


KINDS = [
    Kind("float", "float", 24, mpf(2) ** -27.5),
    Kind("double", "double", 53, mpf(2) ** -56.5),
    Kind("Wide", "double", 53, mpf(2) ** -33),
]


@dataclass
class Polynomial:
    """function on [low, high]; share(t) is its weight in the result: what a relative error of one there would cost."""

    name: str
    meaning: str
    function: Function
    low: mpf
    high: mpf
    share: Function
    kinds: str = "float double Wide"


def rounded(value: mpf, bits: int) -> mpf:
    mantissa, exponent = mp.frexp(value)
    return mp.ldexp(mp.nint(mp.ldexp(mantissa, bits)), exponent - bits)


def value_of(coefficients: list[mpf], t: mpf) -> mpf:
    total = mpf(0)
    for c in reversed(coefficients):
        total = total * t + c
    return total


def interpolate(p: Polynomial, degree: int) -> list[mpf]:
    middle, half = (p.low + p.high) / 2, (p.high - p.low) / 2
    nodes = [middle + half * mp.cos(mp.pi * (2 * k + 1) / (2 * degree + 2)) for k in range(degree + 1)]
    table = [p.function(t) for t in nodes]
    for level in range(1, degree + 1):  # divided differences
        for k in range(degree, level - 1, -1):
            table[k] = (table[k] - table[k - 1]) / (nodes[k] - nodes[k - level])
    coefficients = [table[degree]]
    for k in range(degree - 1, -1, -1):  # times (t - node), plus the next difference
        shifted = [mpf(0), *coefficients]
        for i, c in enumerate(coefficients):
            shifted[i] -= nodes[k] * c
        shifted[0] += table[k]
        coefficients = shifted
    return coefficients


def error_of(coefficients: list[mpf], exact: list[tuple[mpf, mpf, mpf]]) -> mpf:
    return max(abs(value_of(coefficients, t) - f) * share for t, f, share in exact)


def fit(p: Polynomial, kind: Kind) -> tuple[list[mpf], mpf]:
    steps = 400
    places = [p.low + (p.high - p.low) * (mpf(i) + mpf(2) / 7) / steps for i in range(steps)]
    exact = [(t, p.function(t), p.share(t)) for t in places]
    for degree in range(1, 45):
        coefficients = interpolate(p, degree)
        if error_of(coefficients, exact) < kind.target:
            coefficients = [rounded(c, kind.bits) for c in coefficients]
            return coefficients, error_of(coefficients, exact)
    raise ValueError(f"{p.name} does not converge")


LOG2 = mp.log(2)
ROOT = mp.sqrt(2)
SCALED_AT = mpf(3.75)  # where erfcx's variable is 0


def erfcx_of(t: mpf) -> mpf:
    x = SCALED_AT * (1 + t) / (1 - t)
    return (1 + 2 * x) * mp.exp(x * x) * mp.erfc(x) - mpf(1.25)


ERFINV_MIDDLE = mpf("2.82")


def erfinv_of(t: mpf) -> mpf:
    x = mp.sqrt(-mp.expm1(2 - (t + ERFINV_MIDDLE) ** 2))
    return mp.erfinv(x) / x


def place(x: float) -> mpf:
    return (mpf(x) - SCALED_AT) / (mpf(x) + SCALED_AT)


def of_square(f: Function) -> Function:
    """From a function of x to one of z = x * x."""
    return lambda z: f(mp.sqrt(z))


POLYNOMIALS = [
    Polynomial(
        "exp",
        "(exp(r) - 1 - r) / r^2",
        lambda r: (mp.exp(r) - 1 - r) / r**2,
        -LOG2 * 0.502,  # no node may be 0
        LOG2 * 0.503,
        lambda r: r**2 / abs(mp.expm1(r)),
    ),
    Polynomial(
        "exp_near",
        "(exp(r) - 1 - r) / r^2 for a 32nd of log(2)",
        lambda r: (mp.exp(r) - 1 - r) / r**2,
        -LOG2 / 32 * 1.002,
        LOG2 / 32 * 1.003,
        lambda r: r**2,
        "float double",
    ),
    Polynomial(
        "exp2_near",
        "(2^r - 1) / r for a 32nd",
        lambda r: mp.expm1(r * LOG2) / r,
        -mpf(1) / 32,
        mpf(1) / 31.9,
        lambda r: abs(r),
        "float double",
    ),
    Polynomial(
        "sinh_near",
        "(sinh(r) / r - 1) / r^2 in r^2, for a 32nd of log(2)",
        of_square(lambda r: (mp.sinh(r) / r - 1) / r**2),
        mpf(0),
        (LOG2 / 32) ** 2 * 1.01,
        lambda z: z,
        "float double",
    ),
    Polynomial(
        "cosh_near",
        "(cosh(r) - 1) / r^2 in r^2, for a 32nd of log(2)",
        of_square(lambda r: (mp.cosh(r) - 1) / r**2),
        mpf(0),
        (LOG2 / 32) ** 2 * 1.01,
        lambda z: 2 * z,
        "float double",
    ),
    Polynomial(
        "log",
        "(log(1 + f) - f + f^2 / 2) / f^3",
        lambda f: (mp.log(1 + f) - f + f**2 / 2) / f**3,
        mpf(-0.25),
        mpf(0.5),
        lambda f: abs(f**3 / mp.log(1 + f)),
        "float",
    ),
    Polynomial(
        "log",
        "(log((1 + s) / (1 - s)) / s - 2) / s^2 in s^2",
        of_square(lambda s: (mp.log((1 + s) / (1 - s)) / s - 2) / s**2),
        mpf(0),
        mpf(0.2) ** 2,
        lambda z: z,
        "double Wide",
    ),
    Polynomial(
        "log_near",
        "(log(1 + r) - r) / r^2 for a 32nd",
        lambda r: (mp.log1p(r) - r) / r**2,
        -mpf(1) / 62,
        mpf(1) / 31,
        lambda r: abs(r),
        "float",
    ),
    Polynomial(
        "log_eighth",
        "(log(1 + r) - r) / r^2 for an eighth",
        lambda r: (mp.log1p(r) - r) / r**2,
        -mpf(1) / 15.5,
        mpf(1) / 7.9,
        lambda r: abs(r),
        "float",
    ),
    Polynomial(
        "log_upper",
        "((log((1 + s) / (1 - s)) / s - 2) / s^2 - 2/3) / s^2 in s^2",
        of_square(lambda s: ((mp.log((1 + s) / (1 - s)) / s - 2) / s**2 - mpf(2) / 3) / s**2),
        mpf(0),
        mpf(0.2) ** 2,
        lambda z: z**2 / 2 * 2**9,
        "double",
    ),
    Polynomial(
        "sin",
        "(sin(r) / r - 1) / r^2 in r^2",
        of_square(lambda r: (mp.sin(r) / r - 1) / r**2),
        mpf(0),
        (mp.pi / 4) ** 2 * 1.01,
        lambda z: z,
    ),
    Polynomial(
        "cos",
        "(cos(r) - 1 + r^2 / 2) / r^4 in r^2",
        of_square(lambda r: (mp.cos(r) - 1 + r**2 / 2) / r**4),
        mpf(0),
        (mp.pi / 4) ** 2 * 1.01,
        lambda z: z**2,
    ),
    Polynomial(
        "sin_near",
        "(sin(r) / r - 1) / r^2 in r^2, for a 16th of pi",
        of_square(lambda r: (mp.sin(r) / r - 1) / r**2),
        mpf(0),
        (mp.pi / 16) ** 2 * 1.01,
        lambda z: z,
        "float double",
    ),
    Polynomial(
        "cos_near",
        "(cos(r) - 1) / r^2 in r^2, for a 16th of pi",
        of_square(lambda r: (mp.cos(r) - 1) / r**2),
        mpf(0),
        (mp.pi / 16) ** 2 * 1.01,
        lambda z: 2 * z,
        "float double",
    ),
    Polynomial(
        "tan",
        "(tan(r) / r - 1) / r^2 in r^2",
        of_square(lambda r: (mp.tan(r) / r - 1) / r**2),
        mpf(0),
        (mp.pi / 4) ** 2 * 1.01,
        lambda z: z,
    ),
    Polynomial(
        "atan",
        "(atan(t) / t - 1) / t^2 in t^2",
        of_square(lambda t: (mp.atan(t) / t - 1) / t**2),
        mpf(0),
        (ROOT - 1) ** 2 * 1.001,
        lambda z: z,
    ),
    Polynomial(
        "asin",
        "(asin(t) / t - 1) / t^2 in t^2",
        of_square(lambda t: (mp.asin(t) / t - 1) / t**2),
        mpf(0),
        mpf(0.25),
        lambda z: z,
    ),
    Polynomial(
        "sinh",
        "(sinh(t) / t - 1) / t^2 in t^2",
        of_square(lambda t: (mp.sinh(t) / t - 1) / t**2),
        mpf(0),
        mpf(1),
        lambda z: z,
    ),
    Polynomial(
        "erf",
        "erf(t) / t - 1 in t^2",
        of_square(lambda t: mp.erf(t) / t - 1),
        mpf(0),
        mpf(0.9275) ** 2,
        lambda z: mpf(1),
        "float double",
    ),
    Polynomial(
        "log_erfc",
        "log(1 - erf(t)) / t",
        lambda t: mp.log(mp.erfc(t)) / t,
        mpf(0.9275),
        mpf(4),
        lambda t: t * mp.erfc(t) / mp.erf(t),
        "float",
    ),
    Polynomial(
        "erfinv",
        "inverse of erf at x, over x, in sqrt(2 - log(1 - x^2)) - 2.82, for 1 - x > 2^-24",
        erfinv_of,
        ROOT - ERFINV_MIDDLE,
        mp.sqrt(18) - ERFINV_MIDDLE,
        lambda t: 1 / erfinv_of(t),
        "Wide",
    ),
    Polynomial(
        "erfcx",
        "(1 + 2 x) exp(x^2) (1 - erf(x)) - 1.25 in (x - 3.75) / (x + 3.75), up to x = 27.3",
        erfcx_of,
        place(0),
        place(27.3),
        lambda t: mpf(1),
        "double",
    ),
    Polynomial(
        "erfcx",
        "(1 + 2 x) exp(x^2) (1 - erf(x)) - 1.25 in (x - 3.75) / (x + 3.75), up to x = 10.1",
        erfcx_of,
        place(0),
        place(10.1),
        lambda t: mpf(8),
        "float Wide",
    ),
]


def near_exact(function: Function, middle: mpf, bits: int, width: mpf) -> mpf:
    """A number of `bits` digits near `middle` where the function nearly is one as well (Gal, 1986)."""
    best, worst = middle, mpf(1)
    for k in range(600):
        place = rounded(middle + width / 2**11 * ((k + 1) // 2) * (-1) ** k, bits)
        value = function(place)
        lost = abs(value - rounded(value, bits)) / mp.ldexp(1, mp.frexp(value)[1] - bits)
        if lost < worst:
            best, worst = place, lost
        if worst < 2**-8:
            break
    return best


@dataclass
class Pieces:
    """An odd function of x >= 0 in pieces: below 1/8, four in each octave from there to `high`, then 1.

    A piece has a polynomial in the distance from its middle. The first has one for f(x) / x - 1, whose coefficients
    stand a row lower, as x takes the place of the lowest. 32 pieces fit two AVX-512 registers.
    """

    name: str
    function: Function
    high: mpf

    def fit(self) -> tuple[list[list[mpf]], mpf]:
        """For each power the coefficients of all pieces, after the row of their middles; and the worst error."""
        kind = KINDS[0]
        edges = [mpf(2) ** (k // 4) * (4 + k % 4) / 32 for k in range(31)]
        pieces = [(mpf(0), edges[0], mpf(0))]
        for a, b in pairwise(edges):
            if a < self.high:
                pieces.append((a, b, near_exact(self.function, (a + b) / 2, kind.bits, b - a)))
        for degree in range(3, 12):
            columns, worst = [], mpf(0)
            for low, high, middle in pieces:
                if middle == 0:
                    p = Polynomial(
                        "", "", lambda t: self.function(t) / t - 1, mpf(0), high, lambda t: t / self.function(t)
                    )
                    exact = [(t, p.function(t), p.share(t)) for t in mp.linspace(high / 100, high, 100)]
                    coefficients = interpolate(p, degree - 1)
                    first = [mpf(0)]
                else:
                    p = Polynomial(
                        "",
                        "",
                        lambda t, m=middle: self.function(m + t),
                        low - middle,
                        high - middle,
                        lambda t, m=middle: 1 / self.function(m + t),
                    )
                    exact = [(t, p.function(t), p.share(t)) for t in mp.linspace(p.low, p.high, 100)]
                    coefficients = interpolate(p, degree)
                    first = []
                worst = max(worst, error_of(coefficients, exact))
                columns.append([middle, *first, *(rounded(c, kind.bits) for c in coefficients)])
            if worst < kind.target:
                columns += [[mpf(0), mpf(1), *[mpf(0)] * degree]] * (32 - len(columns))
                return [list(row) for row in zip(*columns, strict=True)], worst
        raise ValueError(f"{self.name} does not converge")


PIECES = [Pieces("tanh", mp.tanh, mpf(10)), Pieces("erf", mp.erf, mpf(4))]


@dataclass
class EvenPieces:
    """A function on [0, high) in pieces of one width, each a polynomial in the distance from its middle.

    The rows are as in Pieces; of an odd function the first piece is as there, too.
    """

    name: str
    function: Function
    count: int
    high: mpf
    kind: Kind
    odd: bool

    def fit(self) -> tuple[list[list[mpf]], mpf]:
        width = self.high / self.count
        middles = [near_exact(self.function, (k + mpf(0.5)) * width, self.kind.bits, width) for k in range(self.count)]
        for degree in range(3, 20):
            columns, worst = [], mpf(0)
            for k, middle in enumerate(middles):
                low, high = k * width, (k + 1) * width
                if self.odd and k == 0:
                    middle, of_degree = mpf(0), degree - 1
                    p = Polynomial(
                        "",
                        "",
                        lambda t: self.function(t) / t - 1,
                        high * mpf("1e-9"),
                        high,
                        lambda t: t / self.function(t),
                    )
                else:
                    of_degree = degree
                    p = Polynomial(
                        "",
                        "",
                        lambda t, m=middle: self.function(m + t),
                        low - middle,
                        high - middle,
                        lambda t, m=middle: 1 / self.function(m + t),
                    )
                coefficients = interpolate(p, of_degree)
                exact = [(t, p.function(t), p.share(t)) for t in mp.linspace(p.low, p.high, 100)]
                worst = max(worst, error_of(coefficients, exact))
                stored = [rounded(c, self.kind.bits) for c in coefficients]
                columns.append([middle, *stored] if of_degree == degree else [middle, mpf(0), *stored])
            if worst < self.kind.target:
                return [list(row) for row in zip(*columns, strict=True)], worst
        raise ValueError(f"{self.name} does not converge")


EVEN_PIECES = [
    EvenPieces("erf64", mp.erf, 16, mpf(6), KINDS[1], odd=True),
    EvenPieces("sigmoid", lambda x: 1 / (1 + mp.exp(x)), 32, mpf("17.5"), KINDS[0], odd=False),
    EvenPieces("erfcx", lambda x: mp.exp(x * x) * mp.erfc(x), 32, mpf("10.24"), KINDS[0], odd=False),
]


@dataclass
class Constant:
    """A constant in parts that add up to it: each has as many bits as `bits` says (0: all that fit).

    A part with few bits has exact products with small whole numbers.
    """

    name: str
    meaning: str
    value: mpf
    bits: dict[str, list[int]]
    down: bool = False  # parts of one sign: their products with infinity add up

    def parts(self, kind: Kind) -> list[mpf]:
        rest, parts = self.value, []
        for bits in self.bits[kind.number]:
            part = rounded(rest, bits or kind.bits)
            if bits and self.down and abs(part) > abs(rest):
                part -= mp.ldexp(1, mp.frexp(part)[1] - bits)
            parts.append(part)
            rest -= parts[-1]
        return parts


SHORT = {"float": [16, 0], "double": [40, 0]}
WHOLE = {"float": [0, 0], "double": [0, 0]}
CONSTANTS = [
    Constant("log2", "log(2)", LOG2, SHORT, down=True),
    Constant("log2_e", "1 / log(2)", 1 / LOG2, WHOLE),
    Constant("log10_e", "1 / log(10)", 1 / mp.log(10), WHOLE),
    Constant("log10_2", "log(2) / log(10)", LOG2 / mp.log(10), SHORT, down=True),
    Constant("pi", "pi", mp.pi, WHOLE),
    # In double precision the second part ends at 2^-53, so that only the last subtraction rounds.
    Constant("half_pi", "pi / 2", mp.pi / 2, {"float": [0, 0, 0], "double": [30, 23, 0, 0]}),
]


def log_pieces(count: int) -> list[list[mpf]]:
    """The rows of kLogPieces: heads end at 2^-16, so that they add up with multiples of log(2) exactly."""
    bits = KINDS[0].bits
    middles = [1 + (k + mpf(0.5)) / count for k in range(count)]
    middles[0], middles[-1] = mpf(1), mpf(2)
    inverses = [rounded(1 / middle, bits) for middle in middles]
    rows = [inverses]
    for name, base in (("log2", mp.e), ("", mpf(2)), ("log10_2", mpf(10))):
        heads = [mp.nint(mp.ldexp(-mp.log(i) / mp.log(base), 16)) / 2**16 for i in inverses]
        tails = [rounded(-mp.log(i) / mp.log(base) - head, bits) for i, head in zip(inverses, heads, strict=True)]
        if name:  # the last one is what n takes back
            heads[-1], tails[-1] = next(c for c in CONSTANTS if c.name == name).parts(KINDS[0])
        rows += [heads, tails]
    return rows


def number(value: mpf, kind: Kind) -> str:
    digits, exponent = float(value).hex().split("p")
    text = digits.rstrip("0").rstrip(".") + "p" + exponent
    return text + "f" if kind.number == "float" else text


def main() -> None:
    print(
        "// Polynomials (lowest power first) and constants of the elementary functions, made by "
        "tools/make_coefficients.py."
    )
    print("// The error beside a polynomial is its share of the final result; constants are sums of their parts.")
    print("#pragma once\n\nnamespace tg::TG_ISA {\n")
    print("struct Wide {};  // single-precision numbers that are computed in double precision\n")
    print("namespace {  // tables that the linker does not see\n")
    print("template <class Kind>\nstruct Coefficients;\n")
    for kind in KINDS:
        print(f"template <>\nstruct Coefficients<{kind.key}> {{")
        for p in POLYNOMIALS:
            if kind.key not in p.kinds.split():
                continue
            coefficients, worst = fit(p, kind)
            print(f"  // {p.meaning}: 2^{float(mp.log(worst, 2)):.1f}")
            values = ", ".join(number(c, kind) for c in coefficients)
            print(f"  static constexpr {kind.number} {p.name}[] = {{{values}}};")
        for c in CONSTANTS:
            parts = ", ".join(number(part, kind) for part in c.parts(kind))
            print(f"  // {c.meaning}")
            print(f"  static constexpr {kind.number} {c.name}[] = {{{parts}}};")
        print("};\n")
    print(
        "// Odd functions in 32 pieces: the row of their middles, then one for each power of the distance from there."
    )
    print("#if defined(__AVX512F__)")
    for pieces in PIECES:
        rows, worst = pieces.fit()
        print(f"// {pieces.name}: 2^{float(mp.log(worst, 2)):.1f}")
        print(f"alignas(64) constexpr float k{pieces.name.capitalize()}Pieces[{len(rows)}][32] = {{")
        for row in rows:
            print("    {" + ", ".join(number(c, KINDS[0]) for c in row) + "},")
        print("};")
    print("// The same in pieces of one width; above them the row of what the lowest coefficients lack.")
    for even in EVEN_PIECES:
        rows, worst = even.fit()
        print(f"// {even.name}: 2^{float(mp.log(worst, 2)):.1f}")
        name = f"k{even.name.capitalize()}Pieces"
        print(f"alignas(64) constexpr {even.kind.number} {name}[{len(rows)}][{even.count}] = {{")
        for row in rows:
            print("    {" + ", ".join(number(c, even.kind) for c in row) + "},")
        print("};")
    print(
        "// For logarithms: inverses near 1 / m for 32 pieces of [1, 2), and their logarithms in three bases, negated."
    )
    print("alignas(64) constexpr float kLogPieces[7][32] = {")
    for row in log_pieces(32):
        print("    {" + ", ".join(number(c, KINDS[0]) for c in row) + "},")
    print("};")
    tables = [
        ("kPowers", "2^(k / 16)", [mpf(2) ** (mpf(k) / 16) for k in range(16)]),
        ("kSines", "sin(k pi / 8)", [mp.sin(k * mp.pi / 8) if k % 8 else mpf(0) for k in range(16)]),
    ]
    for name, meaning, values in tables:
        print(f"// {meaning}, what is left of it, and that as a share.")
        print(f"template <class Kind>\nconstexpr {KINDS[1].number} {name}[3][16] = {{}};")
        for kind in KINDS[:2]:
            heads = [rounded(value, kind.bits) for value in values]
            tails = [rounded(value - head, kind.bits) for value, head in zip(values, heads, strict=True)]
            print(f"template <>\nalignas(64) constexpr {kind.number} {name}<{kind.key}>[3][16] = {{")
            shares = [rounded(tail / (head or 1), kind.bits) for head, tail in zip(heads, tails, strict=True)]
            for row in (heads, tails, shares):
                print("    {" + ", ".join(number(c, kind) for c in row) + "},")
            print("};")
    print("#elif defined(__AVX2__)")
    print("// The same for 8 pieces and the natural logarithm.")
    print("alignas(32) constexpr float kLogEighths[3][8] = {")
    for row in log_pieces(8)[:3]:
        print("    {" + ", ".join(number(c, KINDS[0]) for c in row) + "},")
    print("};")
    print("#endif\n")
    print("}  // namespace")
    print("}  // namespace tg::TG_ISA")


main()
