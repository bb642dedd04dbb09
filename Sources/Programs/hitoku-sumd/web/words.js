// The page's words, and how numbers and dates are written, in the language that it is in.

let words = {};
let code = document.documentElement.lang;

/** The reader's own way to write numbers and dates in the page's language, such as en-GB. */
const locale = () => navigator.languages.find((name) => name.split("-")[0] === code) ?? code;

/** The language's code. */
export const language = () => code;

/** Reads the words of a language and puts them wherever the page names them. */
export async function setLanguage(next) {
  const answer = await fetch(new URL(`words.${next}.json`, import.meta.url), { credentials: "omit" });
  if (!answer.ok) throw new Error(answer.statusText);
  words = await answer.json();
  code = next;
  document.documentElement.lang = next;
  for (const element of document.querySelectorAll("[data-word]")) {
    element.textContent = word(element.dataset.word);
  }
  for (const element of document.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", word(element.dataset.label));
  }
  for (const link of document.querySelectorAll("[data-language]")) {
    if (link.dataset.language === next) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  const description = document.querySelector("meta[name=description]");
  description.setAttribute("content", word("lead"));
}

/** A text with its places filled. */
export function word(key, values = {}) {
  return (words[key] ?? key).replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

/** Whether there is such a text. */
export const hasWord = (key) => Object.hasOwn(words, key);

/** A whole number. */
export const whole = (value) => new Intl.NumberFormat(locale(), { maximumFractionDigits: 0 }).format(value);

/** A mark of an axis. */
export const tick = (value) => new Intl.NumberFormat(locale(), { maximumSignificantDigits: 5 }).format(value);

/** A number with five significant digits, or as many as given, and all of its whole ones. */
export function number(value, digits = 5) {
  if (!Number.isFinite(value)) return "–";
  const magnitude = Math.abs(value);
  if (magnitude !== 0 && (magnitude < 1e-4 || magnitude >= 1e15)) {
    return new Intl.NumberFormat(locale(), { notation: "scientific", maximumSignificantDigits: 3 }).format(value);
  }
  const options = magnitude >= 1e5
    ? { maximumFractionDigits: 0 }
    : { maximumSignificantDigits: digits, minimumSignificantDigits: Number.isInteger(value) ? 1 : digits };
  return new Intl.NumberFormat(locale(), options).format(value);
}

/** A share of one as percent. */
export const percent = (value) =>
  new Intl.NumberFormat(locale(), { style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(value);

/** A time, by the reader's clock, with its zone. */
export const time = (seconds) =>
  new Intl.DateTimeFormat(locale(), {
    year: "numeric", month: "long", day: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short",
  }).format(new Date(seconds * 1000));

/** A list of texts in one sentence. */
export const list = (texts) => new Intl.ListFormat(locale(), { style: "narrow", type: "unit" }).format(texts);
