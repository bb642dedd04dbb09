"""One step of python-paillier, to check that its files and ours are the same: a JSON request on standard input, the answer on
standard output, keys and ciphertexts as pheutil writes them.

  {"generate": bits}                               a private key's object, with p and q
  {"key": private, "encrypt": [numbers]}           ciphertext objects
  {"key": private, "sum": [ciphertext objects]}    their sum, a ciphertext object
  {"key": private, "decrypt": [ciphertexts]}       numbers
"""

import json
import sys

import phe
from phe.util import base64_to_int, int_to_base64


def main():
    request = json.load(sys.stdin)
    if "generate" in request:
        public, private = phe.generate_paillier_keypair(n_length=request["generate"])
        answer = {
            "kty": "DAJ", "key_ops": ["decrypt"], "p": int_to_base64(private.p), "q": int_to_base64(private.q),
            "pub": {"kty": "DAJ", "alg": "PAI-GN1", "key_ops": ["encrypt"], "n": int_to_base64(public.n), "kid": "a \\"},
            "kid": "a comment",
        }
    else:
        key = request["key"]
        public = phe.PaillierPublicKey(base64_to_int(key["pub"]["n"]))
        private = phe.PaillierPrivateKey(public, base64_to_int(key["p"]), base64_to_int(key["q"]))

        def read(one):
            return phe.EncryptedNumber(public, int(one["v"]), exponent=one["e"])

        def write(number):
            return {"v": str(number.ciphertext()), "e": number.exponent}

        if "encrypt" in request:
            answer = [write(public.encrypt(value)) for value in request["encrypt"]]
        elif "sum" in request:
            numbers = [read(one) for one in request["sum"]]
            answer = write(sum(numbers[1:], numbers[0]))
        else:
            answer = [private.decrypt(read(one)) for one in request["decrypt"]]
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
