"""Times `hitoku psi` side by side with the matching protocols that PyPI has, two processes each on this machine.

  Scripts/bench psi                 build hitoku and hitoku-bench, install the peers, run everything, print a table
  Scripts/bench psi --size 100000   a try
  Scripts/bench psi --table         what docs/benchmarks.md shows

Beside openmined-psi and spu, pinned, each in an environment of its own under .build-peers (spu's takes 1 GB); one
that cannot be had here is skipped aloud. All have the same ids, half of each side's common, and both processors.
"""

import statistics

SIZE = 1 << 20  # of hitoku-bench psi, for count
# What hitoku-bench psi takes, up to where the hashes of openmined-psi are wide enough.
SIZES = range(100, (1 << 22) + 1)
FIGURES = ("seconds", "cpu_seconds", "bytes_per_item", "rss_mb")
OURS = "psi/count"
LEGEND = ("CPU seconds of both sides in all, bytes of both directions in all for each of n ids, memory of the larger "
          "side; a ratio below 1 means that ours takes less processor time.")


def takes(size):
    return size in SIZES and size % 7919 != 0


def entries(lines):
    """One record for each row: medians over the rounds, and for peers the ratio of our processor time to theirs."""
    rows = {}
    for line in lines:
        rows.setdefault((line["name"], line["n"]), []).append(line)
    medians = [
        {"name": name, "n": n, **{figure: statistics.median(line[figure] for line in found) for figure in FIGURES}}
        for (name, n), found in rows.items()]
    ours = next(entry["cpu_seconds"] for entry in medians if entry["name"] == OURS)
    for entry in medians:
        is_peer = not entry["name"].startswith("psi/")
        entry["cpu_ratio"] = round(ours / entry["cpu_seconds"], 3) if is_peer else None
    return medians


def table(found):
    head = ["run", "n", "seconds", "CPU seconds", "bytes per id", "MB a side", f"CPU of {OURS} / of this"]
    return [head, *(
        [entry["name"], str(entry["n"]), f"{entry['seconds']:.2f}", f"{entry['cpu_seconds']:.2f}",
         f"{entry['bytes_per_item']:.1f}", f"{entry['rss_mb']:.0f}",
         "–" if entry["cpu_ratio"] is None else f"{entry['cpu_ratio']:.3f}"]
        for entry in found)]
