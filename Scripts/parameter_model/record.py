"""A parameter set as its JSON file holds it, and what must be true of every one.

Security limits: "Security Guidelines for Implementing Homomorphic Encryption", eprint 2024/463, table 5.2
(128-bit classical, ternary secret).
"""

import math
from math import log2

from .noise import FAILURE_LOG2
from .primes import is_prime

SECURITY_LIMIT = {1024: 26, 2048: 53, 4096: 106, 8192: 214, 16384: 430, 32768: 868}
SECURITY_SOURCE = "eprint 2024/463, table 5.2"
MAXIMUM_PRIME_BITS = 48  # lazy butterflies hold values up to 16q in 52 bits
MAXIMUM_PLAINTEXT_BITS = 220


def named_bits(widths):
    return {f"c{i}": bits for i, bits in enumerate(widths)} if widths else None


def parameter_set(
    name,
    purpose,
    degree,
    t,
    chain,
    workload,
    margin,
    model,
    *,
    special=None,
    digit_bits=None,
    dropped=0,
    answer_bits=None,
):
    q = math.prod(chain)
    return {
        "format": 1,
        "name": name,
        "purpose": purpose,
        "degree": degree,
        "plaintextModulus": hex(t),
        "coefficientModuli": [hex(p) for p in chain],
        "specialModulus": None if special is None else hex(special),
        "digitBits": digit_bits,
        "uploadDroppedBits": dropped,
        "answerBits": named_bits(answer_bits),
        "security": {
            "classicalBits": 128,
            "log2q": round(log2(q * (special or 1)), 2),
            "limit": SECURITY_LIMIT[degree],
            "source": SECURITY_SOURCE,
        },
        "workload": workload,
        "noise": {"marginBits": round(margin, 2), "failureProbabilityLog2": FAILURE_LOG2, "model": model},
    }


def validate(entry):
    """What must hold of every set, whatever derived it."""
    degree, t = entry["degree"], int(entry["plaintextModulus"], 16)
    chain = [int(p, 16) for p in entry["coefficientModuli"]]
    special = [] if entry["specialModulus"] is None else [int(entry["specialModulus"], 16)]
    moduli = chain + special
    claims = {
        "the primes are at most 48 bits": all(p.bit_length() <= MAXIMUM_PRIME_BITS for p in moduli),
        "the moduli are prime": all(map(is_prime, moduli)),
        "the primes are 1 modulo 2N": all(p % (2 * degree) == 1 for p in moduli),
        "the primes are distinct": len(set(moduli)) == len(moduli),
        "the data primes descend": chain == sorted(chain, reverse=True),
        "q stays within the security limit": math.prod(moduli) <= 2 ** SECURITY_LIMIT[degree],
        "t is at least 2 and at most 220 bits": 2 <= t and t.bit_length() <= MAXIMUM_PLAINTEXT_BITS,
        "t is coprime to q": all(math.gcd(t, p) == 1 for p in moduli),
        "the margin is positive": entry["noise"]["marginBits"] > 0,
        "a rounded answer decrypts": entry["answerBits"] is not None,
    }
    for claim, holds in claims.items():
        if not holds:
            raise ValueError(f"{entry['name']}: not true that {claim}")
