"""Figures and charts of a page against the published document."""

from collections import Counter

NUMBERS = ("value", "low95", "high95", "p")


def check_figures(browser, published, check):
    """Every published number stands on the page exactly once, and nothing else does; and what is read is what is meant."""
    expected = Counter()
    for key, fact in published["facts"].items():
        if key.endswith(" welch t"):
            # Its p is the difference's, which shows it.
            check("a test and its difference have one p", fact["p"] == published["facts"][key[:-7] + "difference"]["p"])
            expected[float(fact["value"])] += 1
        elif isinstance(fact, dict):
            expected.update(float(fact[name]) for name in NUMBERS if fact.get(name) is not None)
        elif key in ("contributors", "rows"):
            expected[float(fact)] += 1
    expected.update(float(row["count"]) for row in published["rows"])
    shown = browser.run("return [...document.querySelectorAll('#result data')].map((e) => [e.value, e.textContent])")
    found = Counter(float(value) for value, _ in shown)
    check("the page shows the published numbers", found == expected, [found - expected, expected - found])
    for value, text in shown:
        value = float(value)
        if text.startswith("<"):
            check("small p are small", value < 1e-4, (value, text))
            continue
        if "E" in text:
            read = float(text.replace(",", ""))
            check("numbers are rounded", abs(read - value) <= 0.01 * abs(value), (value, text))
            continue
        read, decimals = float(text.replace(",", "")), len(text.partition(".")[2])
        digits = len(text.replace(".", "").replace(",", "").lstrip("-0"))
        check("what is read is the number, rounded", abs(read - value) <= 0.501 * 10.0 ** -decimals, (value, text))
        check("enough of it is read", digits >= 3 or value == int(value), (value, text))
    cells = rows(browser, "Statistics of each number")
    check("each number has its line", [row[0] for row in cells] == ["wage", "Age", "hours"], cells)
    mean = published["facts"]["wage mean"]
    check("the mean stands under its name", float(cells[0][2].replace(",", "")) == float(f"{mean['value']:.5g}"), cells[0])
    cells = rows(browser, "Mean wage by sex")
    check("groups stand in the study's order", [row[0] for row in cells] == ["women", "men"], cells)
    cells = rows(browser, "Rows by sex and area")
    counts = {row["value"]: row["count"] for row in published["rows"] if row["counts of"] == "sex by area"}
    areas = ("north", "east", "south", "west")
    check("pairs stand in their row and column", [[int(cell) for cell in row[1:]] for row in cells]
          == [[counts[f"{sex} / {area}"] for area in areas] for sex in ("women", "men")], cells)
    check("nothing is left over", not browser.run(
        "return [...document.querySelectorAll('#result h3')].some((e) => e.textContent === 'Other figures')"))


def rows(browser, caption):
    return browser.run("""
        const table = [...document.querySelectorAll("#result table")].find((one) => one.caption.textContent === arguments[0]);
        return table ? [...table.tBodies[0].rows].map((row) => [...row.cells].map((cell) => cell.textContent)) : [];""", caption)


def check_charts(browser, published, check):
    """Bars are as long as their counts, points lie where their means are, and labels say it too."""
    label, widths = browser.run("""
        const svg = [...document.querySelectorAll("svg")].find((one) => one.getAttribute("aria-label").startsWith("Distribution of wage"));
        return [svg.getAttribute("aria-label"), [...svg.querySelectorAll("rect")].map((bar) => bar.width.baseVal.value)];""")
    counts = [row["count"] for row in published["rows"] if row["counts of"] == "wage"]
    scale = max(widths) / max(counts)
    check("a bar for each range", len(widths) == len(counts) == 7, widths)
    check("bars are as long as their counts", all(abs(width - scale * count) < 1 for width, count in zip(widths, counts)), widths)
    check("the label has every count", all(str(count) in label for count in counts), label)
    for caption, keys in (("Mean wage by area", [f"wage of {area} mean" for area in ("north", "east", "south", "west")]),
                          ("Correlations", ["age, wage correlation", "hours, wage correlation"])):
        points, whiskers = browser.run("""
            const svg = [...document.querySelectorAll("svg")].find((one) => one.getAttribute("aria-label").startsWith(arguments[0]));
            return [[...svg.querySelectorAll(".point")].map((point) => point.cx.baseVal.value),
                    [...svg.querySelectorAll("g")].filter((g) => g.querySelector(".point")).map((g) => {
                      const line = g.querySelector(".whisker"); return [line.x1.baseVal.value, line.x2.baseVal.value]; })];""", caption)
        facts = [published["facts"][key] for key in keys]
        places = [place for point, ends in zip(points, whiskers) for place in (point, *ends)]
        values = [value for fact in facts for value in (fact["value"], fact["low95"], fact["high95"])]
        check(f"{caption}: a point each", len(points) == len(facts), points)
        low, high = values.index(min(values)), values.index(max(values))
        slope = (places[high] - places[low]) / (values[high] - values[low])
        check(f"{caption}: points and whiskers lie where the numbers are", slope > 0 and all(
            abs(place - places[low] - slope * (value - values[low])) < 0.5 for place, value in zip(places, values)), places)
    check("every chart has a label and a table beside it", browser.run("""
        return [...document.querySelectorAll("sum-chart")].every((chart) => {
          const svg = chart.querySelector("svg[role=img]");
          return svg && svg.getAttribute("aria-label").length > 20 && chart.parentElement.querySelector("table caption"); });"""))
