"""Sets for private lookup.

Layer 1 multiplies encrypted constants by plaintext polynomials; a recursion multiplies encrypted indicators
by the digits of the answers of the layer before.
"""

import math
from math import log2, sqrt

from .noise import (
    ERROR_VARIANCE,
    FAILURE_LOG2,
    Noise,
    dropped_variance,
    key_switch_variance,
    product_deviation,
    tail,
)
from .primes import even_sizes, prime_at_least, prime_chain, primes_below
from .record import named_bits, parameter_set

TAG_BITS = 41  # two columns are tested: 2 · t^-f ≤ 2^-40


def layer(degree, q, t, variance, terms, coefficients, failure_log2):
    """Σ of `terms` encrypted constants times plaintexts of at most ⌊t/2⌋ with signs as good as random."""
    half = t // 2
    fixed = terms * half / 2 + 0.5  # the encoding's rounding, at most 1/2 per constant
    return Noise(
        degree, q, t, half * sqrt(terms * degree * variance), fixed, tail(coefficients, failure_log2)
    )


def layer_workload(noise, terms, widths, answers):
    return {
        "plaintextModulus": hex(noise.t),
        "terms": terms,
        "answerBits": named_bits(widths),
        "answers": answers,
        "marginBits": round(noise.margin, 2),
    }


def recursion_layers(degree, q, variance, groups, first_widths, first_answers, recursions, failure_log2):
    """Later layers under t = 2^b, b the digit size that gives the fewest answer bits in the end."""
    best = None
    for bits in range(1, 24):
        layers, widths, answers = [], first_widths, first_answers
        for _ in range(recursions):
            answers *= -(-sum(widths) // bits)
            noise = layer(degree, q, 2**bits, variance, groups, answers * degree, failure_log2)
            widths = noise.answer_bits() if noise.margin > 0.5 else None
            if widths is None:
                break
            layers.append((noise, groups, widths, answers))
        else:
            if best is None or answers * sum(widths) < best[0]:
                best = answers * sum(widths), layers
    return best[1]


def lookup_set(
    name,
    purpose,
    degree,
    q_bits,
    t,
    column,
    *,
    items,
    groups=1,
    recursions=0,
    labels=0,
    dropped,
    special_bits=None,
    digit_bits=None,
    expansion=0
):
    """Linear retrieval from columns of at most `column` items, in `groups`^recursions groups."""
    chain = prime_chain(degree, [q_bits])
    special = None
    if special_bits:
        special = primes_below(special_bits, 2 * degree, 1)[0]
    q, digits = chain[0], math.ceil(TAG_BITS / log2(t)) + math.ceil(labels / log2(t))
    variance = ERROR_VARIANCE + dropped_variance(dropped) + 0.25  # the dropped part has mean 1/2
    if expansion:
        ranges = [q] if digit_bits is None else [2**digit_bits] * -(-q_bits // digit_bits)
        variance = 2**expansion * (variance + key_switch_variance(degree, ranges, special))
    # Columns are filled to 2 below their size on average: an item that finds both of its columns full makes room
    # in one by moving another item. Groups stay within 5 standard deviations of their mean.
    members = items / groups**recursions
    load = members * (1 + 5 * sqrt(1 / members)) if recursions else members
    answers = math.ceil(load / ((column - 2) * (degree // digits)))
    failure = FAILURE_LOG2 - log2(1 + recursions)
    first = layer(degree, q, t, variance, column, answers * degree, failure)
    widths = first.answer_bits()
    layers = [(first, column, widths, answers)]
    if recursions:
        layers += recursion_layers(degree, q, variance, groups, widths, answers, recursions, failure)
    workload = {
        "kind": "expanded-retrieval" if expansion else "retrieval",
        "items": items,
        "groups": groups**recursions,
        "indicators": groups if recursions else 0,
        "columnSize": column,
        "digitsPerItem": digits,
        "labelBits": labels,
        "expansionLevels": expansion,
        "uploads": -(-(column - 1) // 2**expansion) + recursions * -(-groups // 2**expansion),
        "layers": [layer_workload(*each) for each in layers],
    }
    return parameter_set(
        name,
        purpose,
        degree,
        t,
        chain,
        workload,
        min(each[0].margin for each in layers),
        "smallest margin of the layers before rounding; plaintexts at their bound ⌊t/2⌋, union bound over "
        "every coefficient the client reads",
        special=special,
        digit_bits=digit_bits,
        dropped=dropped,
        answer_bits=widths,
    )


def batch_set(name, purpose, labels=0):
    """1,024 queries in slots: quadratic forms of 14 uploads, three-polynomial answers, no relinearisation."""
    degree, factors, dropped, tag_digits, queries = 4096, 14, 4, 3, 1024
    terms = (factors + 1) * (factors + 2) // 2
    payload = TAG_BITS + log2(queries)
    t = prime_at_least(math.ceil(2 ** (payload / tag_digits)), 2 * degree)
    digits = tag_digits + math.ceil(labels / log2(t))
    # 2,048 cuckoo bins of 1,536 entries on average and 1,732 with five deviations; two slots for each answer give
    # 16 systems, 109 entries each and two-choice 4 more: below the 120 terms.
    answers = 16 * digits // 2
    chain = prime_chain(degree, even_sizes(84, 2))
    fresh = sqrt(
        ERROR_VARIANCE + dropped_variance(dropped) + 0.25 + 0.25
    )  # dropped mean, encoding's rounding
    deviation = t // 2 * sqrt(terms * degree) * product_deviation(degree, t, fresh, fresh)
    noise = Noise(degree, math.prod(chain), t, deviation, 0.5, tail(answers * degree))
    workload = {
        "kind": "quadratic-form",
        "items": 2**20,
        "queries": queries,
        "bins": 2048,
        "uploads": factors,
        "terms": terms,
        "digitsPerItem": digits,
        "answers": answers,
    }
    if labels:
        workload["labelBits"] = labels
    return parameter_set(
        name,
        purpose,
        degree,
        t,
        chain,
        workload,
        noise.margin,
        "products of two uploads without relinearisation times slot plaintexts at their bound ⌊t/2⌋, all "
        "terms at the noise of a product",
        dropped=dropped,
        answer_bits=noise.answer_bits(polynomials=3),
    )
