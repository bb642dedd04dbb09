"""Sets for encrypted sums: many public-key encryptions added up, flooded over all coefficients, decrypted once."""

import math
from math import log2, sqrt

from .noise import Noise, tail, zero_encryption_variance
from .primes import even_sizes, prime_chain
from .record import MAXIMUM_PRIME_BITS, SECURITY_LIMIT, parameter_set

STATISTICAL_BITS = 40
ROUNDING_MARGIN = 0.1  # flooded noise leaves this much of q / 2t to the rounding of the release


def released(degree, chain, t, contributions):
    """(flood as a power of two of its half-width, statistical distance as log2, noise of the release).

    Every one of the N coefficients is sent. E|noise| is at most the standard deviation of contributions and
    encryption of zero, plus one half for each rounding of a message and of the noise that privacy adds.
    """
    deviation = sqrt((contributions + 1) * zero_encryption_variance(degree))
    fixed = (contributions + 2) / 2
    expected = log2(degree * (deviation + fixed))
    flood_bits = math.ceil(expected + STATISTICAL_BITS - 1)
    noise = Noise(degree, math.prod(chain), t, deviation, fixed + 2.0**flood_bits, tail(degree))
    return flood_bits, expected - (flood_bits + 1), noise


def sum_set(name, purpose, degree, plaintext_bits, contributions):
    """The smallest q, in as few primes as there can be, whose flooded sum decrypts."""
    t = 2**plaintext_bits
    for total in range(plaintext_bits + STATISTICAL_BITS, SECURITY_LIMIT[degree] + 1):
        chain = prime_chain(degree, even_sizes(total, -(-total // MAXIMUM_PRIME_BITS)))
        flood_bits, distance, noise = released(degree, chain, t, contributions)
        if noise.margin >= ROUNDING_MARGIN:
            break
    else:
        raise ValueError(f"{name}: no modulus within the limit")
    return parameter_set(
        name,
        purpose,
        degree,
        t,
        chain,
        {
            "kind": "sum",
            "encryption": "public-key",
            "contributions": contributions,
            "floodBits": flood_bits,
            "floodDistanceLog2": math.ceil(distance * 100) / 100,
            "rerandomised": True,
        },
        noise.margin,
        "contributions, an encryption of zero and all roundings; N·E|noise| is at most 2^-40 of the width "
        "2·2^floodBits of the flood; margin of flood and noise together",
        answer_bits=noise.answer_bits(),
    )
