"""The noise model of params/README.md.

Noise is counted in units of the ciphertext modulus q: an answer decrypts while |noise| < q / 2t.
"""

import math
from dataclasses import dataclass
from math import log2, sqrt

FAILURE_LOG2 = -40
ERROR_VARIANCE = 10.5  # centred binomial, parameter 21: 42 coins of variance 1/4
ROUNDING_VARIANCE = 1 / 12  # of one rounding to an integer
SECRET_WEIGHT = 0.78  # non-zero share of a uniform ternary polynomial, exceeded once in 2^40 for N ≥ 1024


def tail(coefficients, failure_log2=FAILURE_LOG2):
    """z with 2·exp(-z²/2) · coefficients ≤ 2^failure: a union bound over sub-Gaussian sums."""
    return sqrt(2 * ((1 - failure_log2) * math.log(2) + math.log(coefficients)))


def dropped_variance(bits):
    """Variance of rounding away `bits` low bits of a uniform integer."""
    return (4.0**bits - 1) / 12


def zero_encryption_variance(degree):
    """Of e·u + e1·s + e0, u and s ternary."""
    return ERROR_VARIANCE * (2 * SECRET_WEIGHT * degree + 1)


def key_switch_variance(degree, digits, special):
    """One key switch: `digits` are the ranges of the balanced digits; then a rounding by P."""
    products = sum(degree * float(d) ** 2 / 12 * ERROR_VARIANCE for d in digits) / float(special) ** 2
    return products + secret_rounding_variance(degree)


def secret_moment(power, degree):
    """Squared norm of s^power, exceeded once in 2^40 keys: power! on average, beside one pair of outlying roots.

    |s(ζ)|² at the roots ζ of X^N + 1 is 2N/3 times an exponential variable for each of N/2 pairs.
    """
    if power < 2:
        return (1, SECRET_WEIGHT * degree)[power]
    pairs = degree / 2
    outlier = (math.log(pairs) - FAILURE_LOG2 * math.log(2)) ** power / pairs
    return (2 * degree / 3) ** power * (math.factorial(power) + outlier)


def product_deviation(degree, t, first, second, power=0):
    """Ciphertext times ciphertext before relinearisation; in deviations, since deep variances overflow.

    Var = 2·t²·N·(M + 1)/12·(V1 + V2) + |s²|²/12, where the factor 2 covers dependent terms, and M is what one more
    power of s adds to noise that holds s^power.
    """
    growth = secret_moment(power + 1, degree) / secret_moment(power, degree)
    quotients = degree * (growth + 1) * ROUNDING_VARIANCE
    return math.hypot(
        t * sqrt(2 * quotients) * math.hypot(first, second), sqrt(square_rounding_variance(degree))
    )


def secret_rounding_variance(degree):
    """Of roundings of c0 and of c1 times the secret s."""
    return (SECRET_WEIGHT * degree + 1) * ROUNDING_VARIANCE


def square_rounding_variance(degree):
    """Of a rounding of c2 times s²."""
    return secret_moment(2, degree) * ROUNDING_VARIANCE


@dataclass
class Noise:
    """Noise of an answer at modulus q: random with standard deviation `deviation`, plus at most `fixed`."""

    degree: int
    q: int
    t: int
    deviation: float
    fixed: float
    z: float

    @property
    def margin(self):
        return log2(self.q) - 1 - log2(self.t) - log2(self.z * self.deviation + self.fixed)

    def decrypts(self, w0, w1, w2=None):
        """Whether the answer still decrypts with c0, c1, c2 rounded to these many bits."""
        variance = (self.deviation / self.q) ** 2 + secret_rounding_variance(self.degree) / 4.0**w1
        if w2 is not None:
            variance += square_rounding_variance(self.degree) / 4.0**w2
        return self.z * sqrt(variance) + self.fixed / self.q + 2.0 ** -(w0 + 1) < 0.5 / self.t

    def answer_bits(self, polynomials=2, constant_only=False):
        """The widths with the fewest bits in all; c0 is nearly free where only its constant is sent."""
        base, best = math.ceil(log2(self.t)), None
        for w1 in range(base, base + 24):
            for w2 in range(w1, w1 + 12) if polynomials == 3 else (None,):
                widths = [w for w in (w1, w2) if w is not None]
                w0 = next((w for w in range(base - 1, base + 16) if self.decrypts(w, *widths)), None)
                if w0 is None:
                    continue
                bits = (w0 / self.degree if constant_only else w0) + sum(widths)
                if best is None or bits < best[0]:
                    best = bits, [w0, *widths]
        return best[1] if best else None
