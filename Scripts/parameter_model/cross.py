"""Sets for cross statistics: inner products of uploads with integer weights.

An answer is c1 and the constant coefficient of c0.
"""

import math
from math import log2, sqrt

from .noise import ERROR_VARIANCE, Noise, dropped_variance, tail, zero_encryption_variance
from .primes import even_sizes, prime_chain
from .record import MAXIMUM_PRIME_BITS, SECURITY_LIMIT, named_bits, parameter_set

STATISTICAL_BITS = 40
ANSWERS = 1000
LARGEST_NOISE = 2**13  # of a differentially private answer, in units of the largest weight
FLOOD_MARGIN = 0.15  # flooded noise takes at most nine tenths of q / 2t; rounding the answer has the rest


def radix_error(q, radix, digits):
    """The largest rounding of q·S^g / S^w over g < w: all that an upload with one digit set to 1 can meet."""
    return max(min(q % radix**k, -q % radix**k) / radix**k for k in range(1, digits + 1))


def flooded(degree, chain, t, rows, weight, rounding, flood_bits, dropped):
    """(statistical distance over all answers as log2, noise of an answer), flooded uniformly on [-F, F).

    E|noise| ≤ standard deviation + rows · weight · (rounding + mean of the dropped part). Rounding half up
    drops 1/2 on average, and this mean shows the unprotected count just as the encoding's rounding does.
    """
    variance = rows * weight**2 * (ERROR_VARIANCE + dropped_variance(dropped)) + zero_encryption_variance(
        degree
    )
    fixed = rows * weight * (rounding + (0.5 if dropped else 0)) + 2  # 2: P's own plaintexts, F's asymmetry
    distance = log2(ANSWERS * (sqrt(variance) + fixed)) - (flood_bits + 1)
    return distance, Noise(
        degree, math.prod(chain), t, sqrt(variance), fixed + 2.0**flood_bits, tail(max(ANSWERS, degree))
    )


def cross_candidates(degree, digits, rows, value_range, weight, chosen_radix):
    """Every workable (upload bits, log2 q, …): for each F = 2^b the smallest q and the most dropped bits."""
    floor = (rows + 2 * LARGEST_NOISE) * value_range + 1  # S > the sum's range + twice the noise's
    for flood_bits in range(STATISTICAL_BITS, STATISTICAL_BITS + 50):
        total = math.ceil(1 + digits * log2(floor) + flood_bits + FLOOD_MARGIN)
        if total > SECURITY_LIMIT[degree]:
            return
        chain = prime_chain(degree, even_sizes(total, -(-total // MAXIMUM_PRIME_BITS)))
        q, radix, rounding = math.prod(chain), floor, 0.5
        if chosen_radix:
            radix = min(range(floor, floor + floor // 64), key=lambda s: radix_error(q, s, digits))
            rounding = radix_error(q, radix, digits)
        for dropped in range(24, -1, -1):
            distance, noise = flooded(
                degree, chain, radix**digits, rows, weight, rounding, flood_bits, dropped
            )
            if distance <= -STATISTICAL_BITS and noise.margin >= FLOOD_MARGIN:
                yield total - dropped, total, chain, radix, rounding, flood_bits, dropped, distance, noise
                break


def cross_set(
    name, purpose, degree, digits, rows=10**6, value_range=1, weight=1, limbs=1, chosen_radix=False
):
    """The set with the fewest primes, then the fewest uploaded bits, then the smallest q.

    No Galois keys, so no special prime.
    """
    *_, chain, radix, rounding, flood_bits, dropped, distance, noise = min(
        cross_candidates(degree, digits, rows, value_range, weight, chosen_radix),
        key=lambda c: (len(c[2]), *c[:2]),
    )
    workload = {
        "kind": "inner-product",
        "rows": rows,
        "weightBound": weight,
        "limbs": limbs,
        "answers": ANSWERS,
        "radix": hex(radix),
        "digitsPerCoefficient": digits,
        "noiseBound": LARGEST_NOISE * value_range,
        "uploadDigits": "one digit 1, else 0" if chosen_radix else "any",
        "roundingPerRow": math.ceil(rounding * 1e5) / 1e5,
        "floodBits": flood_bits,
        "floodDistanceLog2": math.ceil(distance * 100) / 100,
        "rerandomised": True,
    }
    return parameter_set(
        name,
        purpose,
        degree,
        radix**digits,
        chain,
        workload,
        noise.margin,
        "E|noise| ≤ standard deviation + rounding of encodings and dropped bits, summed over answers, is at "
        "most 2^-40 of the width 2·2^floodBits of the flood; margin of flood and noise together",
        dropped=dropped,
        answer_bits=noise.answer_bits(constant_only=True),
    )
