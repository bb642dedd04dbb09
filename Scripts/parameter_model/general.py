"""Sets for slots: any circuit up to a multiplicative depth."""

from math import hypot, prod, sqrt

from .noise import Noise, key_switch_variance, product_deviation, tail, zero_encryption_variance
from .primes import even_sizes, prime_chain, primes_below
from .record import parameter_set


def general_set(name, purpose, degree, sizes):
    """Slots under a 20-bit prime t; the special prime is the largest; as deep as one bit of margin allows."""
    special, *chain = prime_chain(degree, sizes)
    t = primes_below(20, 2 * degree, 1)[0]
    q, z = prod(chain), tail(degree)

    def noise_at(depth):
        deviation = sqrt(zero_encryption_variance(degree) + 0.25)  # the encoding rounds by at most 1/2
        for power in range(1, depth + 1):  # a public-key encryption holds s once
            deviation = product_deviation(degree, t, deviation, deviation, power)
            deviation = hypot(deviation, sqrt(key_switch_variance(degree, chain, special)))
        return Noise(degree, q, t, deviation, 0, z)

    depth = 0
    while noise_at(depth + 1).margin >= 1:
        depth += 1
    rounded = Noise(degree, q, t, 0, q / (4 * t), z)  # half of the limit left to the noise
    return parameter_set(
        name,
        purpose,
        degree,
        t,
        chain,
        {"kind": "product-tree", "encryption": "public-key", "depth": depth},
        noise_at(depth).margin,
        f"public-key encryptions multiplied and relinearised to depth {depth}; "
        "answers with at least one bit of margin left may be rounded to answerBits",
        special=special,
        answer_bits=rounded.answer_bits(),
    )
