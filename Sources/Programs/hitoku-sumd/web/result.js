// A published result as tables, and charts beside them.

import { bars, field as heat, intervals } from "./charts.js";
import { make, table } from "./dom.js";
import { Figures, questions, reportOf } from "./figures.js";
import { hasWord, list, number, percent, whole, word } from "./words.js";

/** A figure that keeps its exact value beside what people read. */
function data(value, written = number) {
  if (!Number.isFinite(value)) return typeof value === "string" ? value : "–";
  return make("data", { value }, written(value));
}

function interval(figure) {
  if (!Number.isFinite(figure?.low95) || !Number.isFinite(figure?.high95)) return "–";
  return make("span", {}, data(figure.low95), " … ", data(figure.high95));
}

/** A figure with its interval, if it has one, on a line of its own. */
function spread(figure) {
  if (!Number.isFinite(figure?.low95)) return data(figure?.value);
  return make("span", {}, data(figure.value), make("span", { class: "soft" }, interval(figure)));
}

function probability(figure) {
  const p = figure?.p;
  if (!Number.isFinite(p)) return "–";
  return p < 1e-4 ? make("data", { value: p }, `< ${number(0.0001, 1)}`) : data(p, (value) => number(value, 3));
}

const statistic = (name) => (hasWord(`statistic-${name}`) ? word(`statistic-${name}`) : name);

const statisticHeads = (...names) => names.map(statistic);

const spoken = (items) => list(items.map((item) => `${item.label} ${item.text}`));

const bounded = (label, figure) =>
  ({ label, value: figure.value, low: figure.low95, high: figure.high95, text: number(figure.value) });

function part(title, ...content) { return make("section", {}, make("h3", {}, title), ...content); }

/** A chart and its table: side by side where there is room, or one above the other where the table has many columns. */
const beside = (...content) => make("div", { class: "pair" }, ...content);
const above = (...content) => make("div", { class: "stack" }, ...content);

function fields(figures, asked) {
  const rows = [];
  for (const { column } of asked.fields) {
    const [count, mean, variance, deviation] = ["count", "mean", "variance", "standard deviation"]
      .map((name) => figures.statistic(column, name));
    if (count || mean) {
      rows.push([column, data(count?.value, whole), data(mean?.value), interval(mean), spread(deviation), spread(variance)]);
    }
  }
  if (rows.length === 0) return null;
  return part(word("fields"), table(word("fieldsCaption"),
    [word("column"), ...statisticHeads("count", "mean"), word("interval"), ...statisticHeads("standard deviation", "variance")],
    rows));
}

function differences(figures, names, labels) {
  const column = names.field;
  const rows = [];
  const items = [];
  for (const [at, first] of labels.entries()) {
    for (const second of labels.slice(at + 1)) {
      const subject = `${column}, ${first} less ${second}`;
      const [difference, test, degrees] = ["difference", "welch t", "degrees of freedom"]
        .map((name) => figures.statistic(subject, name));
      if (!difference) continue;
      const label = word("less", { first, second });
      items.push(bounded(label, difference));
      rows.push([label, data(difference.value), interval(difference), data(test?.value), data(degrees?.value), probability(difference)]);
    }
  }
  if (rows.length === 0) return [];
  return [above(
    intervals(word("differenceChart", { ...names, text: spoken(items) }), items, null, true),
    table(word("differenceCaption", names),
      [word("pair"), statistic("difference"), word("interval"), statistic("welch t"), statistic("degrees of freedom"), word("p")],
      rows))];
}

function group(figures, asked, [column, category]) {
  const labels = (asked.categories.find((candidate) => candidate.column === category)?.labels ?? []).map(String);
  const rows = [];
  const items = [];
  for (const label of labels) {
    const [count, mean, deviation] = ["count", "mean", "standard deviation"]
      .map((name) => figures.statistic(`${column} of ${label}`, name));
    if (!count && !mean) continue;
    if (mean) items.push(bounded(label, mean));
    rows.push([label, data(count?.value, whole), data(mean?.value), interval(mean), spread(deviation)]);
  }
  if (rows.length === 0) return null;
  const names = { field: column, category };
  return part(word("by", names),
    above(
      items.length > 0 ? intervals(word("groupChart", { ...names, text: spoken(items) }), items) : null,
      table(word("groupCaption", names),
        [word("label"), ...statisticHeads("count", "mean"), word("interval"), statistic("standard deviation")], rows)),
    ...differences(figures, names, labels));
}

function counted(title, chart, head, counts) {
  if (counts.length === 0) return null;
  const total = counts.reduce((sum, { count }) => sum + count, 0);
  const items = counts.map(({ label, count }) => ({ label, value: count, text: whole(count) }));
  return part(title, beside(
    bars(chart(spoken(items)), items),
    table(title, [head, statistic("count"), word("share")],
      counts.map(({ label, count }) => [label, data(count, whole), total > 0 ? percent(count / total) : "–"]))));
}

function relations(figures, asked) {
  const [items, correlations, regressions] = [[], [], []];
  for (const [first, second] of asked.products) {
    const [covariance, correlation] = ["covariance", "correlation"]
      .map((name) => figures.statistic(`${first}, ${second}`, name));
    const label = word("pairOf", { first, second });
    if (correlation) items.push(bounded(label, correlation));
    if (correlation || covariance) {
      correlations.push([label, data(correlation?.value), interval(correlation), probability(correlation), data(covariance?.value)]);
    }
    const [slope, intercept, explained] = ["slope", "intercept", "r squared"]
      .map((name) => figures.statistic(`${second} on ${first}`, name));
    if (slope) {
      regressions.push([word("regression", { first, second }), data(slope.value), interval(slope), probability(slope),
        data(intercept?.value), interval(intercept), data(explained?.value)]);
    }
  }
  if (correlations.length + regressions.length === 0) return null;
  return part(word("relations"),
    above(
      items.length > 0 ? intervals(word("relationsChart", { text: spoken(items) }), items, [-1, 1], true) : null,
      table(word("relationsCaption"),
        [word("pair"), statistic("correlation"), word("interval"), word("p"), statistic("covariance")], correlations)),
    regressions.length > 0 ? table(word("regressionCaption"),
      [word("pair"), statistic("slope"), word("interval"), word("p"), statistic("intercept"), word("interval"), statistic("r squared")],
      regressions) : null);
}

function cross(figures, asked, [first, second]) {
  const labels = [first, second].map((name) =>
    (asked.categories.find((candidate) => candidate.column === name)?.labels ?? []).map(String));
  const subject = `${first} by ${second}`;
  const names = new Set(labels[0].flatMap((one) => labels[1].map((other) => `${one} / ${other}`)));
  const counts = figures.counts(subject, (label) => names.has(label));
  if (counts.length !== labels[0].length * labels[1].length || counts.length === 0) return null;
  const values = labels[0].map((_, row) =>
    labels[1].map((__, column) => counts[row * labels[1].length + column].count));
  const [square, degrees, least] = ["chi-square", "degrees of freedom", "least expected count"]
    .map((name) => figures.statistic(subject, name));
  const items = counts.map(({ label, count }) => ({ label, text: whole(count) }));
  return part(word("cross", { first, second }),
    beside(
      heat(word("crossChart", { first, second, text: spoken(items) }), labels[0], labels[1], values),
      table(word("crossCaption", { first, second }), [first, ...labels[1]],
        labels[0].map((label, row) => [label, ...values[row].map((count) => data(count, whole))]))),
    square ? table(word("testCaption", { first, second }),
      [word("pair"), statistic("chi-square"), statistic("degrees of freedom"), word("p"), statistic("least expected count")],
      [[word("cross", { first, second }), data(square.value), data(degrees?.value), probability(square), data(least?.value)]])
      : null);
}

function others(figures) {
  const rows = figures.rest().map(([subject, name, figure]) =>
    [subject, name ? statistic(name) : "", data(figure.value), interval(figure), probability(figure)]);
  if (rows.length === 0) return null;
  return part(word("others"), table(word("othersCaption"),
    [word("figure"), word("kind"), word("value"), word("interval"), word("p")], rows, 2));
}

function raw(text, isOpen) {
  return make("details", { open: isOpen }, make("summary", {}, word("raw")),
    make("pre", { class: "scroll", role: "region", tabindex: 0, "aria-label": word("raw") }, text));
}

function facts(pairs) {
  return make("dl", { class: "facts" }, pairs.map(([name, value]) =>
    make("div", {}, make("dt", {}, name), make("dd", {}, value))));
}

/** The result of a study, from the text that was published. */
export function showResult(text, study) {
  let report = null;
  try { report = reportOf(JSON.parse(text)); } catch { /* Shown as it is. */ }
  if (!report) return [make("p", { class: "note" }, word("resultOther")), raw(text, true)];
  const figures = new Figures(report);
  const asked = questions(study);
  const isExact = study?.privacy === "exact";
  const hasSpread = Object.entries(report.facts).some(([key, figure]) =>
    key.endsWith(" standard deviation") && Number.isFinite(figure?.low95));
  return [
    facts([
      [word("contributors"), data(figures.fact("contributors"), whole)],
      [word("rows"), data(figures.fact("rows"), whole)],
    ]),
    make("p", { class: "soft" }, word(isExact ? "resultNote" : "resultNoteNoise"),
      hasSpread ? ` ${word("resultNoteSpread")}` : null),
    fields(figures, asked),
    ...asked.groups.map((pair) => group(figures, asked, pair)),
    ...asked.fields.map(({ column }) => counted(word("histogram", { field: column }),
      (spokenText) => word("histogramChart", { field: column, text: spokenText }), word("bin"), figures.counts(column))),
    relations(figures, asked),
    ...asked.tables.map((pair) => cross(figures, asked, pair)),
    ...asked.categories.map(({ column }) => counted(word("countsOf", { category: column }),
      (spokenText) => word("countsChart", { category: column, text: spokenText }), word("label"), figures.counts(column))),
    others(figures),
    raw(text, false),
  ].filter((section) => section !== null);
}

export { facts };
