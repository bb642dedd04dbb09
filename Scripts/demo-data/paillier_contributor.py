"""A party of an encrypted sum that has python-paillier and nothing of Hitoku.

  contribute STUDY SERVER CERTIFICATE TOKEN-FILE NUMBERS   the file's numbers, one to a line, as one contribution
  decrypt STUDY SERVER CERTIFICATE TOKEN-FILE KEY-FILE     prints count and sum of the released ciphertexts
  prepare FOLDER CONTRIBUTORS                              numbers-1.csv …, and the draft of a study for them

A study of the form "separate" with one field and no squares has two values: the number of rows and the field's sum.
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
    """The daemon, behind its pinned certificate."""

    def __init__(self, address, certificate, token_file):
        self.base = f"https://{address}"
        self.token = Path(token_file).read_text().strip()
        self.context = ssl.create_default_context(cafile=certificate)
        self.context.check_hostname = False

    def send(self, method, path, body=None, kind=None):
        headers = {"Authorization": f"Bearer {self.token}"} | ({"Content-Type": kind} if kind else {})
        request = urllib.request.Request(self.base + path, data=body, method=method, headers=headers)
        with urllib.request.urlopen(request, context=self.context, timeout=60) as answer:
            return answer.read()


def read_study(path):
    """The study's digest, as hitoku sum create printed it, and its file."""
    return Path(path).with_suffix(".digest").read_text().strip(), json.loads(Path(path).read_text())


def public_key(server, digest, study):
    """The key: four bytes of format, the length of n, n with its lowest byte first. The study has its fingerprint."""
    encoded = server.send("GET", f"/v1/studies/{digest}/key")
    fingerprint = hashlib.sha256(b"hitoku sum encryption key 1" + encoded).hexdigest()
    assert fingerprint == study["keys"]["encryption"], "the server's key is not the study's"
    return phe.PaillierPublicKey(int.from_bytes(encoded[6:], "little"))


def contribute(path, address, certificate, token_file, numbers):
    server = Server(address, certificate, token_file)
    digest, study = read_study(path)
    key = public_key(server, digest, study)
    rows = [int(line) for line in Path(numbers).read_text().split()[1:]]
    field = study["fields"][0]
    assert all(field["minimum"] <= row <= field["maximum"] for row in rows), "a number is out of its bounds"
    encrypted = [key.encrypt(value) for value in (len(rows), sum(rows))]
    lines = "".join(json.dumps({"v": str(one.ciphertext()), "e": one.exponent}) + "\n" for one in encrypted)
    receipt = json.loads(
        server.send("POST", f"/v1/studies/{digest}/numbers", lines.encode(), "application/x-ndjson"))
    print(f"python-paillier contributed {len(rows)} rows; entry {receipt['sequence']} of the log")


def decrypt(path, address, certificate, token_file, key_file):
    server = Server(address, certificate, token_file)
    digest, study = read_study(path)
    public = public_key(server, digest, study)
    key = json.loads(Path(key_file).read_text())
    private = phe.PaillierPrivateKey(public, base64_to_int(key["p"]), base64_to_int(key["q"]))
    # Format, the key's digest, how many, then each in as many bytes as n squared has, the lowest first.
    released = server.send("GET", f"/v1/studies/{digest}/release")
    count, size = int.from_bytes(released[36:40], "little"), (public.nsquare.bit_length() + 7) // 8
    assert len(released) == 40 + count * size, "the release has another length"
    values = [int.from_bytes(released[40 + i * size:40 + (i + 1) * size], "little") for i in range(count)]
    print(*(private.decrypt(phe.EncryptedNumber(public, value)) for value in values))


def prepare(folder, contributors):
    folder, expected = Path(folder), [0, 0]
    for index in range(1, int(contributors) + 1):
        rows = [(index * 7919 + row * 104729) % 2001 - 1000 for row in range(10 + index)]
        (folder / f"numbers-{index}.csv").write_text("\n".join(["x", *map(str, rows)]) + "\n")
        expected = [expected[0] + len(rows), expected[1] + sum(rows)]
    draft = {
        "format": 1, "kind": "sum", "title": "A field under Paillier", "scheme": "paillier", "paillier_form": "separate",
        "fields": [{"column": "x", "minimum": -1000, "maximum": 1000, "squares": False}],
        "minimum_contributors": 2, "maximum_contributors": 10, "maximum_rows": 100,
        "opening": "2020-01-01T00:00:00Z", "closing": "2999-01-01T00:00:00Z", "privacy": "exact",
    }
    (folder / "numbers-draft.json").write_text(json.dumps(draft, indent=1))
    print(*expected)


if __name__ == "__main__":
    {"contribute": contribute, "decrypt": decrypt, "prepare": prepare}[sys.argv[1]](*sys.argv[2:])
