// Asks the daemon that served this page, and nobody else. The token lives in this module only.

let token = "";

/** Whether a token is in use. */
export const hasToken = () => token !== "";

/** Takes a token, or none for "". */
export function setToken(text) { token = text; }

/** Why there is no answer: the status, or 0 where nobody answered, and how long to wait where the server says so. */
export class Refused extends Error {
  constructor(status, seconds) {
    super(`status ${status}`);
    this.status = status;
    this.seconds = seconds;
  }
}

async function read(path, bearer) {
  const headers = { Accept: "application/json" };
  if (bearer) headers.Authorization = `Bearer ${bearer}`;
  let answer;
  try {
    answer = await fetch(path, {
      headers, cache: "no-store", credentials: "omit", redirect: "error", referrerPolicy: "no-referrer",
    });
  } catch {
    throw new Refused(0, 0);
  }
  if (!answer.ok) {
    throw new Refused(answer.status, Number.parseInt(answer.headers.get("Retry-After") ?? "", 10) || 0);
  }
  return answer.text();
}

/** Studies that anybody may see, and those of the token, by digest: title, progress, and whether anybody may see it. */
export async function studies() {
  const bearer = token;
  const found = new Map();
  const keep = (text, isPublic) => {
    for (const { title, progress } of JSON.parse(text).studies) {
      if (!found.has(progress.digest)) found.set(progress.digest, { title, progress, isPublic });
    }
  };
  keep(await read("/v1/public/studies", ""), true);
  if (bearer) keep(await read("/v1/studies", bearer), false);
  return found;
}

const place = (digest, isPublic) => (isPublic ? "/v1/public/studies/" : "/v1/studies/") + digest;

/** The study file as an object. */
export async function study(digest, isPublic) {
  return JSON.parse(JSON.parse(await read(place(digest, isPublic), isPublic ? "" : token)).study);
}

/** The text of what the analyst published. */
export const result = (digest, isPublic) =>
  read(`${place(digest, isPublic)}/result`, isPublic ? "" : token);

const shortest = 5;
const longest = 300;

/**
 * Calls `body` again and again while the page is looked at: after some seconds, after longer each time where that fails or
 * where `body` says that nothing is under way, and never before the server asks for.
 */
export class Poll {
  #body;
  #seconds = shortest;
  #timer = 0;
  #isRunning = false;
  #runsAgain = false;

  constructor(body) {
    this.#body = body;
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.now();
      else clearTimeout(this.#timer);
    });
  }

  /** Calls it at once. */
  async now() {
    clearTimeout(this.#timer);
    if (this.#isRunning) {
      this.#runsAgain = true;
      return;
    }
    this.#isRunning = true;
    do {
      this.#runsAgain = false;
      this.#seconds = await this.#once();
    } while (this.#runsAgain);
    this.#isRunning = false;
    if (document.visibilityState !== "visible") return;
    // Pages that were opened together do not ask together for ever.
    this.#timer = setTimeout(() => this.now(), this.#seconds * 1000 * (1 + Math.random() / 5));
  }

  async #once() {
    const later = Math.min(longest, this.#seconds * 2);
    try {
      return (await this.#body(null)) ? shortest : Math.min(60, later);
    } catch (problem) {
      if (!(problem instanceof Refused)) console.error(problem);
      const refused = problem instanceof Refused ? problem : new Refused(0, 0);
      const seconds = Math.max(later, refused.seconds);
      await this.#body(refused, seconds);
      return seconds;
    }
  }
}
