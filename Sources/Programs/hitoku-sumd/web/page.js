// Joins the page's parts: the language, the token, the address, and what the daemon says from time to time.

import { byId } from "./dom.js";
import { hasToken, Poll, Refused, result, setToken, studies, study } from "./service.js";
import { announcement, StudyList, StudyView } from "./studies.js";
import { language, setLanguage, whole, word } from "./words.js";

const cards = new StudyList();
let known = null;
let view = null;
let poll = null;

const wanted = () => location.hash.match(/^#study-([0-9a-f]{64})$/)?.[1] ?? null;

function note(text) {
  byId("studies-note").hidden = text === "";
  byId("studies-note").textContent = text;
}

const say = (text) => { byId("status").textContent = text; };

function showOverview() {
  const was = view !== null;
  view = null;
  byId("detail").hidden = true;
  byId("overview").hidden = false;
  document.title = word("title");
  if (was) byId("main").focus();
}

function showUnknown() {
  showOverview();
  note(word("unknownStudy"));
}

/** Shows what the address names. */
async function show() {
  const digest = wanted();
  if (digest === null) return showOverview();
  if (known === null) return undefined;
  const entry = known.get(digest);
  if (!entry) return showUnknown();
  if (view?.digest !== digest) {
    const file = await study(digest, entry.isPublic);
    if (wanted() !== digest) return undefined;
    open(new StudyView(digest, entry, file), entry);
    view.focus();
  }
  view.set(entry);
  if (entry.progress.stage === "published" && !view.hasResult) {
    const shown = view;
    shown.setResult(await result(digest, entry.isPublic));
  }
  return undefined;
}

function open(next, entry) {
  view = next;
  byId("overview").hidden = true;
  byId("detail").hidden = false;
  document.title = `${entry.title} – ${word("title")}`;
}

/** Takes the daemon's word on all studies; whether any may still change. */
async function refresh(problem, seconds) {
  if (problem) return complain(problem, seconds);
  const before = known;
  known = await studies();
  const changed = [...known].filter(([digest, entry]) =>
    before?.has(digest) && JSON.stringify(before.get(digest).progress) !== JSON.stringify(entry.progress));
  cards.set(known);
  note(known.size > 0 ? "" : word(hasToken() ? "noStudiesForToken" : "noStudies"));
  await show();
  if (changed.length > 0) say(changed.map(([, entry]) => announcement(entry)).join(" "));
  return [...known.values()].some((entry) => entry.progress.stage !== "published");
}

function complain(problem, seconds) {
  if (problem.status === 401 && hasToken()) {
    forget();
    say(word("tokenRefused"));
    note(word("tokenRefused"));
    return false;
  }
  if (problem.status === 404) {
    showUnknown();
    return false;
  }
  note(problem instanceof Refused && seconds ? word("problem", { seconds: whole(Math.round(seconds)) }) : word("problemNow"));
  return false;
}

function forget() {
  setToken("");
  byId("token").value = "";
  byId("forget-token").hidden = true;
}

function useToken(event) {
  event.preventDefault();
  const text = byId("token").value.trim();
  if (text === "") {
    byId("token").focus();
    return;
  }
  setToken(text);
  byId("token").value = "";
  byId("forget-token").hidden = false;
  say(word("tokenUsed"));
  poll.now();
}

function forgetToken() {
  forget();
  known = null;
  say(word("tokenForgotten"));
  byId("token").focus();
  poll.now();
}

async function changeLanguage(event) {
  const code = event.currentTarget.dataset.language;
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (code === language()) return;
  await setLanguage(code);
  history.replaceState(null, "", `/${code}${location.hash}`);
  byId("status").textContent = "";
  if (known) cards.set(known);
  const entry = view && known?.get(view.digest);
  if (entry) {
    const { digest, study: file, resultText } = view;
    open(new StudyView(digest, entry, file), entry);
    if (resultText !== null) view.setResult(resultText);
  } else {
    document.title = word("title");
  }
  poll.now();
}

async function navigate() {
  try {
    await show();
  } catch (problem) {
    complain(problem, 0);
  }
}

/** The skip link: the address stays that of what is shown. */
function skip(event) {
  event.preventDefault();
  byId("main").focus();
}

async function start() {
  document.querySelector(".skip").addEventListener("click", skip);
  for (const link of document.querySelectorAll("[data-language]")) link.addEventListener("click", changeLanguage);
  byId("token-form").addEventListener("submit", useToken);
  byId("forget-token").addEventListener("click", forgetToken);
  const command = document.querySelector("[data-command] code");
  command.textContent = command.textContent.replace("HOST:PORT", location.host);
  await setLanguage(language());
  note(word("loading"));
  poll = new Poll(refresh);
  window.addEventListener("hashchange", navigate);
  await poll.now();
}

start();
