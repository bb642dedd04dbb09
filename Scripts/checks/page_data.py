"""Drafts of studies and rows of contributors for Scripts/page-check, always the same."""

import json
import random
import sys
from pathlib import Path

PERIOD = {"opening": "2020-01-01T00:00:00Z", "closing": "2999-01-01T00:00:00Z"}
NAMES = ["ash", "birch", "cedar", "elm", "fir"]


def draft(title, minimum, **members):
    return {"format": 1, "kind": "sum", "title": title, "minimum_contributors": minimum, "maximum_contributors": 10,
            "maximum_rows": 100, "privacy": "exact", "parameter_set": "sum-n8192", **PERIOD, **members}


STUDIES = {
    "wages": draft(
        "Hourly wages by sex and area", 5,
        fields=[
            {"column": "wage", "decimals": 2, "minimum": 0, "maximum": 200, "edges": [10, 15, 20, 25, 30, 40]},
            {"column": "Age", "minimum": 14, "maximum": 99},
            {"column": "hours", "decimals": 1, "minimum": 0, "maximum": 80},
        ],
        categories=[
            {"column": "sex", "labels": ["women", "men"]},
            {"column": "area", "labels": ["north", "east", "south", "west"]},
        ],
        products=[["Age", "wage"], ["hours", "wage"]], groups=[["wage", "sex"], ["wage", "area"]],
        tables=[["sex", "area"]]),
    "leave": draft(
        "病気休暇の日数 / Sick leave", 4,
        fields=[{"column": "days", "minimum": 0, "maximum": 366, "edges": [1, 5, 20]}], categories=[]),
    "hostile": draft(
        "<img src=x onerror=\"document.title='hit'\"> & <b>bold</b>", 2,
        fields=[{"column": "<script>alert(1)</script>", "minimum": 0, "maximum": 9}], categories=[]),
}


def rows(study, random_source):
    if study == "leave":
        yield "days"
        for _ in range(20):
            yield str(min(366, int(random_source.expovariate(0.15))))
        return
    yield "wage,Age,hours,sex,area"
    for _ in range(60):
        sex = random_source.choice(["women", "men"])
        area = random_source.choice(["north", "north", "east", "south", "west"])
        age = random_source.randint(18, 67)
        wage = random_source.lognormvariate(2.75, 0.35) + (1.5 if sex == "men" else 0) + (2 if area == "west" else 0) + age / 20
        hours = min(80, max(4, random_source.gauss(34, 8)))
        yield f"{min(200, wage):.2f},{age},{hours:.1f},{sex},{area}"


def main():
    folder = Path(sys.argv[1])
    random_source = random.Random(20)
    for study, document in STUDIES.items():
        (folder / f"{study}-draft.json").write_text(json.dumps(document))
        if study != "hostile":
            for name in NAMES:
                (folder / f"{study}-{name}.csv").write_text("\n".join(rows(study, random_source)) + "\n")


main()
