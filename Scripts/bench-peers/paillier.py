"""Paillier beside python-paillier with gmpy2: the rows of `Scripts/bench paillier`."""

import statistics

import environments

PEER = environments.Peer("phe", "phe", "1.5.0", "phe, gmpy2", (11, 12, 13, 14), "phe_paillier.py", companions=("gmpy2",))
BITS = (2048, 3072)
# Goals in milliseconds per value at 2048 and 3072 bits; key generation's is python-paillier's own time.
GOALS = {
    "paillier/encrypt": (0.05, 0.15), "paillier/encrypt-classic": (0.5, 1.6), "paillier/decrypt": (0.15, 0.46),
    "paillier/add": (0.002, 0.004), "paillier/multiply-plain32": (0.02, 0.04), "paillier/tables": (50, 150),
}


def measure(run, rounds, say, root, no_peers):
    """Medians over the rounds, by runner, then by operation and bits."""
    peer = None
    if not no_peers:
        try:
            peer = environments.prepare(PEER, root / ".build-peers", say), environments.SCRIPTS / PEER.script
        except environments.Unavailable as reason:
            say(f"SKIPPED {PEER.requirement}: {reason}")
    samples = {}
    for index in range(rounds):
        say(f"round {index + 1} of {rounds}")
        for variant in ("avx512", "base"):
            arguments = [part for bits in BITS for part in ("--bits", str(bits))]
            try:
                lines = run.lines([run.program, "paillier", "--json", *arguments], HITOKU_SIMD=variant)
            except SystemExit:
                say(f"SKIPPED variant {variant}: this processor does not have it")
                continue
            for line in lines:
                keep(samples, line["variant"], line)
        if peer:
            for line in run.lines([peer[0], "-B", peer[1], *map(str, BITS)]):
                keep(samples, PEER.name, line)
    return {runner: {key: statistics.median(values) for key, values in rows.items()} for runner, rows in samples.items()}


def keep(samples, runner, line):
    samples.setdefault(runner, {}).setdefault((line["name"], line["key_bits"]), []).append(line["median_ms"])


def table(medians):
    """A heading and rows of texts."""
    runners = list(medians)
    rows = [["ms per value", "bits", *runners, "goal"]]
    names = list(dict.fromkeys(name for figures in medians.values() for name, _ in figures))
    for name in names:
        for index, bits in enumerate(BITS):
            goal = GOALS.get(name)
            cells = [medians[runner].get((name, bits)) for runner in runners]
            rows.append([name, str(bits), *("" if cell is None else f"{cell:.4g}" for cell in cells),
                         f"{goal[index]:g}" if goal else ""])
    return rows


def markdown(rows):
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]])


def text(rows):
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows)
