"""Times SEAL's BFV through tenseal.sealapi under exactly the primes of a parameter file.

Usage: seal_bfv.py params/bench-nN.json
"""

import json
import pathlib
import sys
import tempfile
from functools import partial
from importlib.metadata import version

import tenseal.sealapi as seal
from stopwatch import median_us, median_us_prepared, report, report_about, require, slots


def make_context(literal):
    parameters = seal.EncryptionParameters(seal.SCHEME_TYPE.BFV)
    parameters.set_poly_modulus_degree(literal["degree"])
    # SEAL's last prime is the special one.
    primes = [*literal["coefficientModuli"], literal["specialModulus"]]
    parameters.set_coeff_modulus([seal.Modulus(int(prime, 16)) for prime in primes])
    parameters.set_plain_modulus(int(literal["plaintextModulus"], 16))
    context = seal.SEALContext(parameters, True, seal.SEC_LEVEL_TYPE.TC128)
    require(context.parameters_set(), context.parameters_error_message())
    return context


def release(ciphertext):
    """The release of SEAL that wrote this ciphertext, from the header of its encoding."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "ciphertext")
        ciphertext.save(str(path))
        header = path.read_bytes()[:5]
    return f"{header[3]}.{header[4]}"


class SEALBenchmark:
    def __init__(self, literal):
        self.degree, self.t = literal["degree"], int(literal["plaintextModulus"], 16)
        self.rows = len(literal["coefficientModuli"])
        self.context = make_context(literal)
        self.keys = seal.KeyGenerator(self.context)
        self.public, self.relinearization, self.galois = seal.PublicKey(), seal.RelinKeys(), seal.GaloisKeys()
        self.keys.create_public_key(self.public)
        self.keys.create_relin_keys(self.relinearization)
        self.keys.create_galois_keys([3], self.galois)  # the Galois element of a rotation by one
        self.encryptor = seal.Encryptor(self.context, self.public, self.keys.secret_key())
        self.decryptor = seal.Decryptor(self.context, self.keys.secret_key())
        self.evaluator = seal.Evaluator(self.context)
        self.encoder = seal.BatchEncoder(self.context)
        self.plaintext = seal.Plaintext()
        self.encoder.encode(slots(self.degree, self.t), self.plaintext)

    def encrypted(self):
        ciphertext = seal.Ciphertext()
        self.encryptor.encrypt(self.plaintext, ciphertext)
        return ciphertext

    def decrypted(self, ciphertext):
        plaintext = seal.Plaintext()
        self.decryptor.decrypt(ciphertext, plaintext)
        return self.encoder.decode_uint64(plaintext)

    def measure(self, name, body):
        report(name, self.degree, median_us(body))

    def run(self):
        ciphertext, made = self.encrypted(), seal.Ciphertext()
        report_about(f"SEAL {release(ciphertext)} in tenseal {version('tenseal')}", ciphertext.size)
        self.measure("bfv/keygen", partial(seal.KeyGenerator, self.context))
        self.measure("bfv/relin-key", partial(self.keys.create_relin_keys, seal.RelinKeys()))
        self.measure("bfv/encrypt-secret", partial(self.encryptor.encrypt_symmetric, self.plaintext, made))
        self.measure("bfv/encrypt-public", partial(self.encryptor.encrypt, self.plaintext, made))
        self.measure("bfv/decrypt", partial(self.decryptor.decrypt, ciphertext, seal.Plaintext()))
        self.run_linear()
        self.run_products()
        self.run_transforms()

    def run_linear(self):
        """Each operation works in place on its last result."""
        total, product, evaluated = self.encrypted(), self.encrypted(), self.encrypted()
        self.measure("bfv/add", partial(self.evaluator.add_inplace, total, self.encrypted()))
        factor = seal.Plaintext()
        self.evaluator.transform_to_ntt(self.plaintext, self.context.first_parms_id(), factor)
        self.evaluator.transform_to_ntt_inplace(evaluated)
        self.measure("bfv/multiply-plain-eval", partial(self.evaluator.multiply_plain_inplace, evaluated, factor))
        self.measure("bfv/multiply-plain-coeff",
                     partial(self.evaluator.multiply_plain_inplace, product, self.plaintext))

    def run_products(self):
        a, b, product, made = self.encrypted(), self.encrypted(), seal.Ciphertext(), seal.Ciphertext()
        self.measure("bfv/multiply", partial(self.evaluator.multiply, a, b, product))
        self.measure("bfv/square", partial(self.evaluator.square, a, made))
        self.measure("bfv/relinearize", partial(self.evaluator.relinearize, product, self.relinearization, made))
        squares = [value * value % self.t for value in slots(self.degree, self.t)]
        require(self.decrypted(made) == squares, "the relinearized product")
        self.measure("bfv/rotate-rows", partial(self.evaluator.rotate_rows_inplace, a, 1, self.galois))

    def run_transforms(self):
        """Times all rows of a ciphertext at once and counts one."""
        ciphertext, rows = self.encrypted(), 2 * self.rows
        forward = partial(self.evaluator.transform_to_ntt_inplace, ciphertext)
        inverse = partial(self.evaluator.transform_from_ntt_inplace, ciphertext)
        forward()
        report("ntt/forward", self.degree, median_us_prepared(inverse, forward) / rows)
        inverse()
        report("ntt/inverse", self.degree, median_us_prepared(forward, inverse) / rows)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    SEALBenchmark(json.loads(pathlib.Path(sys.argv[1]).read_text())).run()
