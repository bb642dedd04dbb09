"""Times python-paillier with gmpy2: one JSON object per line, milliseconds of processor time per value, medians.

Usage: phe_paillier.py BITS…
"""

import json
import statistics
import sys
import time

import gmpy2
import phe

VALUES = 24


def median_ms(calls, body):
    body()
    times = []
    for _ in range(9):
        start = time.process_time()
        body()
        times.append((time.process_time() - start) / calls * 1e3)
    return statistics.median(times)


def main():
    assert phe.util.HAVE_GMP, f"gmpy2 {gmpy2.version()} is not used"
    for bits in map(int, sys.argv[1:]):
        public, private = phe.generate_paillier_keypair(n_length=bits)
        values = list(range(VALUES))
        ciphertexts = [public.raw_encrypt(value) for value in values]
        numbers = [phe.EncryptedNumber(public, ciphertext) for ciphertext in ciphertexts]
        factors = [2**32 - 1 - value for value in values]
        rows = {
            "keygen": median_ms(1, lambda: phe.generate_paillier_keypair(n_length=bits)),
            "encrypt": median_ms(VALUES, lambda: [public.raw_encrypt(value) for value in values]),
            "decrypt": median_ms(VALUES, lambda: [private.raw_decrypt(one) for one in ciphertexts]),
            "add": median_ms(VALUES, lambda: [a._raw_add(b, b) for a, b in zip(numbers, ciphertexts)]),
            "multiply-plain32": median_ms(VALUES, lambda: [a._raw_mul(f) for a, f in zip(numbers, factors)]),
        }
        for name, value in rows.items():
            print(json.dumps({"name": f"paillier/{name}", "key_bits": bits, "median_ms": round(value, 5)}))


if __name__ == "__main__":
    main()
