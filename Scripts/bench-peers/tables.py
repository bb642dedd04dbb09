"""What is compared with what, and its tables."""

from dataclasses import dataclass

# Given figures of SEAL 4.4.3 with HEXL, one thread, in microseconds, at n = 4096 (3 primes), 8192 (5) and 16384 (9),
# on the kind of machine that docs/benchmarks.md names; and the ratio to them that is the goal.
REFERENCE = {
    "bfv/encrypt-secret": ((309, 951, 3508), 0.4),
    "bfv/encrypt-public": ((398, 953, 3158), 0.6),
    "bfv/relin-key": ((610, 3342, 23265), 0.5),
    "bfv/decrypt": ((62, 191, 794), 0.7),
    "bfv/add": ((1.8, 7.2, 41), 1.0),
    "bfv/multiply-plain-eval": ((2.2, 7.6, 55), 1.0),
    "bfv/multiply-plain-coeff": ((37, 168, 745), 0.7),
    "bfv/multiply": ((1181, 4922, 23499), 0.5),
    "bfv/relinearize": ((119, 587, 5419), 0.7),
    "bfv/rotate-rows": ((128, 647, 5630), 0.7),
    "ntt/forward": ((2.9, 6.4, 13.4), 0.7),
}
# The same without HEXL, which the slower kernels are to beat.
SCALAR_REFERENCE = {("bfv/multiply", 8192): 8644, ("bfv/relinearize", 8192): 2037, ("bfv/decrypt", 8192): 621}
DEGREES = (4096, 8192, 16384)
REFERENCE_NAME = "SEAL+HEXL, reference figures"


@dataclass
class Results:
    """Medians over all rounds, in microseconds, by runner, then by operation and degree."""

    medians: dict
    primes: dict
    peers: list  # the runners that are peers; the others are variants of ours

    def figure(self, runner, operation):
        return self.medians.get(runner, {}).get(operation)

    def reference(self, operation):
        name, degree = operation
        return REFERENCE[name][0][DEGREES.index(degree)] if name in REFERENCE else None

    def operations(self, runner):
        """What `runner` measured and something else did too."""
        others = [self.medians[peer] for peer in self.peers if peer in self.medians]
        return [o for o in self.medians[runner] if self.reference(o) or any(o in figures for figures in others)]

    def entries(self, variant):
        """One flat record for each operation."""
        for operation in self.operations(variant):
            ours = self.figure(variant, operation)
            entry = {"name": operation[0], "n": operation[1], "primes": self.primes[operation],
                     "variant": variant, "median_us": ours}
            for peer in self.peers:
                entry |= compared(peer.lower(), ours, self.figure(peer, operation))
            entry |= compared("seal_hexl_reference", ours, self.reference(operation))
            entry["goal_ratio"] = REFERENCE[operation[0]][1] if operation[0] in REFERENCE else None
            yield entry


def compared(name, ours, theirs):
    return {f"{name}_us": theirs, f"{name}_ratio": round(ours / theirs, 3) if theirs else None}


def microseconds(value):
    return "–" if value is None else f"{value:.1f}" if value < 100 else f"{value:.0f}"


def ratio(value):
    return "–" if value is None else f"{value:.2f}"


def goal(entry):
    aim, reached = entry["goal_ratio"], entry["seal_hexl_reference_ratio"]
    return "–" if aim is None else f"{aim:.1f} {'met' if reached <= aim else 'MISSED'}"


def main_table(results, variant):
    """One variant of ours beside the peers and the reference."""
    head = ["operation", "n", "primes", f"ours, {variant}, µs"]
    for peer in results.peers:
        head += [f"{peer}, µs", f"ours/{peer}"]
    head += [f"{REFERENCE_NAME}, µs", "ours/reference", "goal"]
    rows = []
    for entry in results.entries(variant):
        row = [entry["name"], str(entry["n"]), str(entry["primes"]), microseconds(entry["median_us"])]
        for name in [*(peer.lower() for peer in results.peers), "seal_hexl_reference"]:
            row += [microseconds(entry[f"{name}_us"]), ratio(entry[f"{name}_ratio"])]
        rows.append([*row, goal(entry)])
    return [head, *rows]


def variants_table(results, variants):
    """Each variant beside scalar SEAL."""
    peer = "SEAL" if "SEAL" in results.peers else None
    head = ["operation", "n"]
    for variant in variants:
        head += [f"{variant}, µs"] + ([f"{variant}/{peer}"] if peer else [])
    head += ([f"{peer}, µs"] if peer else []) + ["scalar SEAL, reference figures, µs"]
    rows = []
    for operation in results.operations(variants[-1]):
        row, theirs = [operation[0], str(operation[1])], results.figure(peer, operation)
        for variant in variants:
            ours = results.figure(variant, operation)
            row += [microseconds(ours)] + ([ratio(ours / theirs if theirs else None)] if peer else [])
        row += ([microseconds(theirs)] if peer else []) + [microseconds(SCALAR_REFERENCE.get(operation))]
        rows.append(row)
    return [head, *rows]


def add_output_options(parser):
    output = parser.add_mutually_exclusive_group()
    output.add_argument("--json", action="store_true", help="print one JSON object per line")
    output.add_argument("--table", action="store_true", help="print Markdown")


def markdown(table):
    head, *rows = table
    rule = ["---", *["---:" for _ in head[1:]]]
    return "\n".join(f"| {' | '.join(row)} |" for row in [head, rule, *rows])


def text(table):
    """Columns as wide as their figures; each word of a heading has its own line."""
    head, *rows = table
    words = [name.split(" ") for name in head]
    height = max(map(len, words))
    lines = [[(w[len(w) - height + i] if len(w) - height + i >= 0 else "") for w in words] for i in range(height)]
    widths = [max(len(line[i]) for line in [*lines, *rows]) for i in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) if i == 0 else cell.rjust(width)
                  for i, (cell, width) in enumerate(zip(line, widths))).rstrip()
        for line in [*lines, ["-" * width for width in widths], *rows])
