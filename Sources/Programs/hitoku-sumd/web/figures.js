// The published document as figures: what `hitoku sum result --publish` writes, taken apart by what the study asked for.

/** The report within a published document, or null where it is something else. */
export function reportOf(published) {
  for (const candidate of [published, published?.report, published?.result]) {
    let report = candidate;
    if (typeof candidate === "string") {
      try { report = JSON.parse(candidate); } catch { continue; }
    }
    if (report && typeof report.facts === "object" && report.facts !== null) return report;
  }
  return null;
}

const statistics = [
  "count", "mean", "variance", "standard deviation", "covariance", "correlation", "slope", "intercept", "r squared",
  "difference", "welch t", "degrees of freedom", "chi-square", "least expected count",
];

/** The figures of a report, each given out once, so that what nobody asked for is left over. */
export class Figures {
  #facts;
  #rows;

  constructor(report) {
    this.#facts = new Map(Object.entries(report.facts));
    this.#rows = Array.isArray(report.rows) ? [...report.rows] : [];
    // Names of the study, not figures of it.
    for (const key of ["study", "noise"]) this.#facts.delete(key);
  }

  /** A plain fact, or undefined. */
  fact(key) {
    const value = this.#facts.get(key);
    this.#facts.delete(key);
    return value;
  }

  /** A statistic of a subject as { value, low95, high95, p }, or null. */
  statistic(subject, statistic) {
    const found = this.fact(`${subject} ${statistic}`.toLowerCase());
    return found && Number.isFinite(found.value) ? found : null;
  }

  /** The counts of a subject, in order, as { label, count }. */
  counts(subject, belongs = () => true) {
    const mine = (row) => row["counts of"] === subject && Number.isFinite(row.count) && belongs(String(row.value));
    const found = this.#rows.filter(mine).map((row) => ({ label: String(row.value), count: row.count }));
    this.#rows = this.#rows.filter((row) => !mine(row));
    return found;
  }

  /** Whatever was not asked for, as [subject, statistic, figure]; a statistic that is unknown here is "". */
  rest() {
    const left = [];
    for (const [key, value] of this.#facts) {
      const figure = typeof value === "object" && value !== null ? value : { value };
      const statistic = statistics.find((name) => key.endsWith(` ${name}`)) ?? "";
      left.push([statistic ? key.slice(0, -statistic.length - 1) : key, statistic, figure]);
    }
    for (const row of this.#rows) {
      left.push([`${row["counts of"] ?? ""}: ${row.value ?? ""}`, "count", { value: row.count }]);
    }
    return left;
  }
}

/** What a study asks for, as lists, whatever its file leaves out. */
export function questions(study) {
  const list = (value) => (Array.isArray(value) ? value : []);
  return {
    fields: list(study?.fields), categories: list(study?.categories), products: list(study?.products),
    groups: list(study?.groups), tables: list(study?.tables),
  };
}
