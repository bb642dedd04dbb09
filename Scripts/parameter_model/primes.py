"""Primes that are 1 modulo 2N, as near below a power of two as there are.

Miller-Rabin with the first twelve primes as bases is deterministic below 3.18e23 (Sorenson and Webster,
"Strong pseudoprimes to twelve prime bases", 2015); everything tested here is below 2^48.
"""


def is_prime(value):
    bases = (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37)
    for base in bases:
        if value % base == 0:
            return value == base
    odd, twos = value - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for base in bases:
        x = pow(base, odd, value)
        if x not in (1, value - 1) and all((x := x * x % value) != value - 1 for _ in range(twos - 1)):
            return False
    return value > 1


def primes_below(bits, order, count):
    """The `count` largest primes of exactly `bits` bits that are 1 modulo `order`, descending."""
    found, candidate = [], (2**bits - 2) // order * order + 1
    while len(found) < count:
        if candidate <= 2 ** (bits - 1):
            raise ValueError(f"fewer than {count} primes of {bits} bits are 1 modulo {order}")
        if is_prime(candidate):
            found.append(candidate)
        candidate -= order
    return found


def prime_at_least(floor, order=1):
    candidate = -(-(floor - 1) // order) * order + 1
    while not is_prime(candidate):
        candidate += order
    return candidate


def prime_chain(degree, sizes):
    """For each size in bits the largest primes of that size, descending; equal sizes give distinct primes."""
    return [
        p
        for bits in sorted(set(sizes), reverse=True)
        for p in primes_below(bits, 2 * degree, sizes.count(bits))
    ]


def even_sizes(total, parts):
    """`total` bits cut into `parts` sizes that differ by at most one, descending."""
    return [total // parts + (i < total % parts) for i in range(parts)]
