"""A party of a Paillier study that has nothing but python-paillier.

Usage: paillier_sum.py contribute HOST:PORT CERTIFICATE TOKEN-FILE STUDY VALUE…
           encrypts one row's values, as the study lays them out for fields without categories: the number of rows, and for each
           field its sum, and its squares' unless the study says otherwise
       paillier_sum.py decrypt HOST:PORT CERTIFICATE TOKEN-FILE DIGEST PRIVATE-KEY
           decrypts the released sums
"""

import hashlib
import json
import ssl
import sys
import urllib.request
from pathlib import Path

import phe
from phe.util import base64_to_int


class Server:
    def __init__(self, address, certificate, token_file):
        self.address = address
        self.token = Path(token_file).read_text().strip()
        # The certificate is the server's own, and pinned: it stands for the name.
        self.trust = ssl.create_default_context(cafile=certificate)
        self.trust.check_hostname = False

    def ask(self, path, body=None, kind=None):
        request = urllib.request.Request(f"https://{self.address}{path}", data=body)
        request.add_header("Authorization", f"Bearer {self.token}")
        if kind:
            request.add_header("Content-Type", kind)
        with urllib.request.urlopen(request, context=self.trust) as answer:
            return answer.read()


def contribute(server, study_file, values):
    study = json.loads(Path(study_file).read_text())
    digest = json.loads(server.ask("/v1/studies"))["studies"][0]["progress"]["digest"]
    key = server.ask(f"/v1/studies/{digest}/key")
    # The study came on another channel: the server cannot put its own key in the place of the analyst's.
    if hashlib.sha256(b"hitoku sum encryption key 1" + key).hexdigest() != study["keys"]["encryption"]:
        sys.exit("the server shows another key than the study's")
    # Four bytes of format, two of the length, then n.
    public = phe.PaillierPublicKey(int.from_bytes(key[6:], "little"))
    vector = [1]
    for field, value in zip(study["fields"], values, strict=True):
        vector += [value] + ([value * value] if field.get("squares", True) else [])
    numbers = [public.encrypt(value) for value in vector]
    lines = "".join(json.dumps({"v": str(one.ciphertext()), "e": one.exponent}) + "\n" for one in numbers)
    receipt = json.loads(server.ask(f"/v1/studies/{digest}/numbers", lines.encode(), "application/x-ndjson"))
    print(f"entry {receipt['sequence']}")


def decrypt(server, digest, private_key):
    key = json.loads(Path(private_key).read_text())
    public = phe.PaillierPublicKey(base64_to_int(key["pub"]["n"]))
    private = phe.PaillierPrivateKey(public, base64_to_int(key["p"]), base64_to_int(key["q"]))
    released = server.ask(f"/v1/studies/{digest}/release")
    # Four bytes of format, 32 of the key's digest, four of the number, then as many bytes for each as n² has.
    size = (public.nsquare.bit_length() + 7) // 8
    count = int.from_bytes(released[36:40], "little")
    ciphertexts = [int.from_bytes(released[40 + i * size:40 + (i + 1) * size], "little") for i in range(count)]
    print(*[private.decrypt(phe.EncryptedNumber(public, one, exponent=0)) for one in ciphertexts])


if __name__ == "__main__":
    command, *place = sys.argv[1:5]
    if command == "contribute":
        contribute(Server(*place), sys.argv[5], [int(value) for value in sys.argv[6:]])
    else:
        decrypt(Server(*place), sys.argv[5], sys.argv[6])
