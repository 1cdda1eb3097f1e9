"""Window functions."""

from op_table.row import ONCE, each, listed, op

# fmt: off
for _name in ("bartlett", "blackman", "cosine", "exponential", "gaussian", "general_hamming", "hamming", "hann",
              "kaiser", "nuttall"):
    op(f"signal.windows.{_name}", *each(f"tg.signal.windows.{_name}({{}})", "0 | 1 | 2 | 5 | 6, sym=False | "
                                        "1, sym=False | 4, dtype=tg.float64"), dtypes=ONCE, grad="")
op("windows with parameters", *each("tg.signal.windows.{}", """
exponential(4, tau=3.) | exponential(4, center=1, sym=False) | gaussian(5, std=0.4) | kaiser(5, beta=2.)
kaiser(4, beta=0., sym=False) | general_hamming(5, alpha=0.7) | general_cosine(5, a=[0.5, 0.3, 0.2])
general_cosine(4, a=(1, 0.5), sym=False)
"""), dtypes=ONCE, grad="")
op("windows of the main namespace", *listed("""
tg.hann_window(5) | tg.hann_window(4, False) | tg.hann_window(0) | tg.hann_window(1) | tg.hamming_window(5)
tg.hamming_window(5, True, 0.6) | tg.hamming_window(4, False, 0.6, 0.3) | tg.blackman_window(5, dtype=tg.float64)
tg.bartlett_window(5) | tg.bartlett_window(4, periodic=False) | tg.kaiser_window(4) | tg.kaiser_window(5, False, 3.)
tg.hann_window(4, dtype=tg.float16)
"""), dtypes=ONCE, grad="")
