"""Times OpenFHE's BFV under moduli as near to those of a parameter file as its interface allows.

OpenFHE chooses its primes itself, by size and depth, and its security check leaves no room for a special modulus
here, so that keys are switched by digits alone (BV). Its word-size primes of 60 bits are its fastest choice, and
taken where they fit.

Usage: openfhe_bfv.py params/bench-nN.json
"""

import json
import pathlib
import sys
from functools import partial

import openfhe
from stopwatch import median_us, median_us_prepared, report, report_about, require, slots

# By degree: bits of one prime, and the depth that makes the product of all primes come nearest to ours.
CHOICES = {4096: (35, 1), 8192: (60, 3), 16384: (60, 8)}


def make_context(degree, t):
    bits, depth = CHOICES[degree]
    parameters = openfhe.CCParamsBFVRNS()
    parameters.SetRingDim(degree)
    parameters.SetPlaintextModulus(t)
    parameters.SetScalingModSize(bits)
    parameters.SetMultiplicativeDepth(depth)
    parameters.SetKeySwitchTechnique(openfhe.KeySwitchTechnique.BV)
    parameters.SetSecurityLevel(openfhe.SecurityLevel.HEStd_128_classic)
    context = openfhe.GenCryptoContext(parameters)
    for feature in ("PKE", "KEYSWITCH", "LEVELEDSHE"):
        context.Enable(getattr(openfhe.PKESchemeFeature, feature))
    return context


def centered(values, t):
    return [value - t if value > t // 2 else value for value in values]


class OpenFHEBenchmark:
    def __init__(self, literal):
        self.degree, self.t = literal["degree"], int(literal["plaintextModulus"], 16)
        self.context = make_context(self.degree, self.t)
        keys = self.context.KeyGen()
        self.secret, self.public = keys.secretKey, keys.publicKey
        self.context.EvalMultKeyGen(self.secret)
        self.context.EvalRotateKeyGen(self.secret, [1])
        self.values = slots(self.degree, self.t)
        self.plaintext = self.make_plaintext()

    def make_plaintext(self):
        return self.context.MakePackedPlaintext(centered(self.values, self.t))

    def encrypted(self):
        return self.context.Encrypt(self.public, self.plaintext)

    def measure(self, name, body):
        report(name, self.degree, median_us(body))

    def run(self):
        context, a, b = self.context, self.encrypted(), self.encrypted()
        modulus = int(context.GetModulus()).bit_length()
        primes = modulus // CHOICES[self.degree][0]
        report_about(
            f"OpenFHE {openfhe.__version__}, n = {self.degree}: q of {modulus} bits, {primes} primes",
            context.GetRingDimension)
        self.measure("bfv/encrypt-secret", partial(context.Encrypt, self.secret, self.plaintext))
        self.measure("bfv/encrypt-public", partial(context.Encrypt, self.public, self.plaintext))
        self.measure("bfv/decrypt", partial(context.Decrypt, self.secret, a))
        self.measure("bfv/add", partial(context.EvalAddInPlace, self.encrypted(), b))
        # Ciphertexts stand in evaluation form here always, and a plaintext does so from its first use.
        self.measure("bfv/multiply-plain-eval", partial(context.EvalMult, a, self.make_plaintext()))
        self.measure("bfv/multiply", partial(context.EvalMultNoRelin, a, b))
        product = context.EvalMultNoRelin(a, b)
        self.measure("bfv/relinearize", partial(context.Relinearize, product))
        plain = context.Decrypt(self.secret, context.Relinearize(product)).GetPackedValue()
        squares = centered([value * value % self.t for value in self.values], self.t)
        require(plain == squares, "the relinearized product")
        self.measure("bfv/rotate-rows", partial(context.EvalRotate, a, 1))
        # Last, since it throws the key away that the context keeps: a second one would not be made.
        report("bfv/relin-key", self.degree, median_us_prepared(
            openfhe.ClearEvalMultKeys, partial(context.EvalMultKeyGen, self.secret)))


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    OpenFHEBenchmark(json.loads(pathlib.Path(sys.argv[1]).read_text())).run()
