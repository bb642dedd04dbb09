"""Times one operation of a peer, as hitoku-bench's own stopwatch does: medians of batches of calls.

Both count the processor time of their process: what else the machine does must not count, and it takes the processor
away from everything that runs longer than a time slice, which the slower program does more.
"""

import json
import statistics
from itertools import repeat
from time import process_time_ns

BUDGET_NS = 400_000_000  # rough time to spend on one operation
BATCH_NS = 100_000  # calls shorter than this are timed in batches


def elapsed_ns(body, calls):
    iterations = repeat(None, calls)
    start = process_time_ns()
    for _ in iterations:
        body()
    return process_time_ns() - start


def median_us(body):
    """Median microseconds of `body`."""
    body()
    once = max(elapsed_ns(body, 1), 100)
    calls = max(1, BATCH_NS // once)
    samples = min(1000, max(7, BUDGET_NS // (once * calls)))
    return statistics.median(elapsed_ns(body, calls) for _ in range(samples)) / calls / 1000


def median_us_prepared(prepare, body):
    """Median microseconds of single calls of `body`, each after one of `prepare` that does not count."""
    prepare()
    once = max(elapsed_ns(body, 1), 100)
    samples = []
    for _ in range(min(200, max(7, BUDGET_NS // (4 * once)))):
        prepare()
        samples.append(elapsed_ns(body, 1))
    return statistics.median(samples) / 1000


def report_about(description, call):
    """The first line of a peer: what was measured, and what calling from Python costs, by the cheapest `call`."""
    print(json.dumps({"about": description, "call_us": round(median_us(call), 3)}), flush=True)


def report(name, degree, microseconds):
    print(json.dumps({"name": name, "n": degree, "median_us": round(microseconds, 3)}), flush=True)


def slots(degree, t):
    """The values that hitoku-bench encrypts."""
    return [i * (0x9E3779B97F4A7C15 >> 20) % t for i in range(degree)]


def require(condition, message):
    """What was timed must also have been right."""
    if not condition:
        raise SystemExit(f"wrong result: {message}")
