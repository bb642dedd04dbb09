"""Times `hitoku psi` side by side with the matching protocols that PyPI has, two processes each on this machine.

  Scripts/bench psi                 build hitoku and hitoku-bench, install the peers, run everything, print a table
  Scripts/bench psi --size 100000   a try
  Scripts/bench psi --table         what docs/benchmarks.md shows

Beside openmined-psi and spu, pinned, each in an environment of its own under .build-peers (spu's takes 1 GB); one
that cannot be had here is skipped aloud. All have the same ids, half of each side's common, and both processors.
"""

import argparse
import pathlib
import statistics

import tables

SIZE = 1 << 20  # of hitoku-bench psi, for count
# What hitoku-bench psi takes, up to the last power of two that openmined-psi's hashes are wide enough for.
SIZES = range(100, (1 << 22) + 1)
FIGURES = ("seconds", "cpu_seconds", "bytes_per_item", "rss_mb")
OURS = "psi/count"
LEGEND = ("CPU seconds of both sides in all, bytes of both directions in all for each of n ids, memory of the larger "
          "side; a ratio below 1 means that ours takes less processor time.")


def parsed_arguments(words):
    parser = argparse.ArgumentParser(
        prog="Scripts/bench psi", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, metavar="N", help="ids on each side; default: 2^20, and 10^6 for cross")
    parser.add_argument("--rounds", type=int, default=1, metavar="K", help="how often everything runs; default: 1")
    parser.add_argument("--no-peers", action="store_true", help="install and run no peer")
    programs = parser.add_mutually_exclusive_group()
    programs.add_argument("--scratch-path", default=".build", metavar="DIR", help="for swift build; default: .build")
    programs.add_argument("--program-path", type=pathlib.Path, metavar="DIR",
                          help="build nothing: hitoku and hitoku-bench are in DIR")
    tables.add_output_options(parser)
    arguments = parser.parse_args(words)
    if arguments.rounds < 1:
        parser.error("--rounds must be at least 1")
    if arguments.size is not None and (arguments.size not in SIZES or arguments.size % 7919 == 0):
        parser.error(f"--size is from {SIZES[0]} to {SIZES[-1]}, and no multiple of 7919")
    return arguments


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
