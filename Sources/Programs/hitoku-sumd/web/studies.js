// The list of studies, and one study by itself.

import { byId, freshId, make, table } from "./dom.js";
import { questions } from "./figures.js";
import { facts, showResult } from "./result.js";
import { time, whole, word } from "./words.js";

/** The address of a study within the page. */
export const place = (digest) => `#study-${digest}`;

const stage = (progress) => word(`stage-${progress.stage}`);

function stageText(progress) {
  const isSoon = progress.stage === "open" && progress.opening * 1000 > Date.now();
  return word(`stageText-${isSoon ? "soon" : progress.stage}`);
}

const written = (progress) =>
  word("progress", { count: whole(progress.contributors), minimum: whole(progress.minimumContributors) });

/** One sentence for who cannot see what changed. */
export const announcement = ({ title, progress }) =>
  word("changed", {
    title, count: whole(progress.contributors), minimum: whole(progress.minimumContributors), stage: stage(progress),
  });

/** How far a study is: a bar up to the minimum and the numbers, which can be set anew. */
class ProgressPanel {
  #badge = make("span", { class: "badge" });
  #bar = make("progress", {});
  #text = make("p", { class: "count" });
  #state = make("p", { class: "soft" });
  node = make("div", { class: "progress" }, this.#state, this.#bar, this.#text);
  badge = this.#badge;

  set({ title, progress }) {
    const missing = progress.minimumContributors - progress.contributors;
    this.#badge.textContent = stage(progress);
    this.#badge.dataset.stage = progress.stage;
    this.#state.textContent = stageText(progress);
    this.#bar.max = Math.max(1, progress.minimumContributors);
    this.#bar.value = Math.min(progress.contributors, progress.minimumContributors);
    this.#bar.setAttribute("aria-label", word("progressOf", { title }));
    const isOver = progress.stage !== "open" && missing > 0;
    const rest = missing <= 0 ? word("met") : isOver ? "" : word("needed", { count: whole(missing) });
    this.#text.replaceChildren(make("strong", {}, written(progress)), rest ? ` · ${rest}` : "");
  }
}

/** The list; what is under the reader's focus stays where it is when numbers change. */
export class StudyList {
  #cards = new Map();

  set(studies) {
    const home = byId("studies");
    for (const [digest, card] of this.#cards) {
      if (!studies.has(digest)) {
        card.node.remove();
        this.#cards.delete(digest);
      }
    }
    for (const [digest, entry] of studies) {
      let card = this.#cards.get(digest);
      if (!card) {
        const panel = new ProgressPanel();
        const title = make("h3", {}, make("a", { href: place(digest) }, entry.title), " ", panel.badge);
        const closing = make("p", { class: "soft" });
        card = { panel, closing, node: make("li", {}, title, panel.node, closing) };
        this.#cards.set(digest, card);
        home.append(card.node);
      }
      card.panel.set(entry);
      card.closing.hidden = entry.progress.stage !== "open";
      card.closing.replaceChildren(`${word("closing")}: `, moment(entry.progress.closing));
    }
  }
}

function moment(seconds) {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? "–" : make("time", { datetime: date.toISOString() }, time(seconds));
}

function noise(study) {
  const { privacy } = study;
  if (privacy === "exact" || !privacy) return word("noiseNone");
  return word(privacy.unit === "row" ? "noiseRow" : "noiseContributor", { epsilon: privacy.epsilon });
}

function asked(study) {
  const { fields, categories } = questions(study);
  const written = (value) => String(value);
  return table(word("askedCaption"), [word("column"), word("kind")], [
    ...fields.map((field) => [field.column,
      word(field.decimals > 0 ? "numberDecimals" : "number", {
        minimum: written(field.minimum), maximum: written(field.maximum), decimals: field.decimals,
      })]),
    ...categories.map((category) => [category.column,
      word("labels", { labels: (category.labels ?? []).join(", ") })]),
  ], 2);
}

const server = () => `--server ${location.host} --peer certificate.pem --token-file token`;

const commands = (label, ...lines) =>
  make("pre", { class: "scroll", role: "region", tabindex: 0, "aria-label": label }, make("code", {}, lines.join("\n")));

/** One study. */
export class StudyView {
  #panel = new ProgressPanel();
  #result = make("div", { id: "result" });
  #text = null;
  #study;
  #digest;
  #title;

  constructor(digest, entry, study) {
    this.#digest = digest;
    this.#study = study;
    const { progress } = entry;
    const heading = (key) => make("h2", {}, word(key));
    const scheme = study.scheme === "paillier" ? "Paillier" : `BFV (${study.parameter_set ?? "sum-n4096"})`;
    this.#title = make("h1", { id: "detail-title", tabindex: -1 }, entry.title);
    const note = freshId();
    byId("detail").replaceChildren(
      make("p", {}, make("a", { href: "#top", class: "back" }, "← ", word("back"))),
      make("div", { class: "opening" }, this.#title, make("p", {}, this.#panel.badge), this.#panel.node),
      make("section", { "aria-label": word("result") }, heading("result"), this.#result),
      make("section", { "aria-label": word("about") }, heading("about"),
        facts([
          [word("opening"), moment(progress.opening)], [word("closing"), moment(progress.closing)],
          [word("minimum"), word("minimumText", { count: whole(progress.minimumContributors) })],
          [word("most"), word("minimumText", { count: whole(progress.maximumContributors) })],
          [word("noise"), noise(study)], [word("scheme"), scheme],
          [word("digest"), make("code", { "aria-describedby": note }, digest)],
        ]),
        make("p", { id: note, class: "soft" }, word("digestNote")),
        asked(study)),
      progress.stage === "open"
        ? make("section", { "aria-label": word("contributeHere") }, heading("contributeHere"), commands(word("command"),
          "hitoku sum submit study.json rows.csv --name NAME --keys my-keys --receipt mine.receipt \\",
          `  --digest ${digest} \\`, `  ${server()}`, "hitoku sum verify-receipt study.json mine.receipt")) : "");
    this.set(entry);
    this.#showResult();
  }

  /** Takes what is new of its progress. */
  set(entry) { this.#panel.set(entry); }

  get digest() { return this.#digest; }

  /** Whether a result is shown. */
  get hasResult() { return this.#text !== null; }

  /** Shows the published document. */
  setResult(text) {
    this.#text = text;
    this.#showResult();
  }

  /** What carries over to this view's successor in another language. */
  get resultText() { return this.#text; }

  get study() { return this.#study; }

  focus() { this.#title.focus(); }

  #showResult() {
    if (this.#text === null) this.#result.replaceChildren(make("p", { class: "note" }, word("resultNone")));
    else {
      this.#result.replaceChildren(...showResult(this.#text, this.#study),
        make("p", {}, word("resultCheck")),
        commands(word("resultCheck"), `hitoku sum published study.json ${server()}`));
    }
  }
}
