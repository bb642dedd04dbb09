"""Scripts/page-check's second half: what a browser sees of a running hitoku-sumd. Arguments: its address, and the folder of its studies."""

import json
import os
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

from PIL import Image

from browser import Browser
from page_figures import check_charts, check_figures

ADDRESS, FOLDER = sys.argv[1], Path(sys.argv[2])
PICTURES = Path(os.environ["PAGE_PICTURES"])
AXE = Path(os.environ["PAGE_AXE"]).read_text()
DIGESTS = {name: (FOLDER / f"{name}.digest").read_text().strip() for name in ("wages", "leave", "hostile")}
WORDS = {code: json.loads((Path(__file__).parents[2] / f"Sources/Programs/hitoku-sumd/web/words.{code}.json").read_text())
         for code in ("en", "ja")}
WIDE, NARROW = (1280, 900), (390, 844)
passed = 0


def check(claim, holds, found=""):
    global passed
    if not holds:
        raise AssertionError(f"{claim}: {found}" if found != "" else claim)
    passed += 1


def ask(path, **fields):
    """Status, header and body of a request that is no browser's."""
    context = ssl.create_default_context(cafile=FOLDER / "server/certificate.pem")
    context.check_hostname = False
    request = urllib.request.Request(ADDRESS + path, headers={name.replace("_", "-"): value for name, value in fields.items()})
    try:
        with urllib.request.urlopen(request, context=context) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def check_answers():
    status, header, body = ask("/")
    policy = header["Content-Security-Policy"]
    check("the policy lets nothing in that the page does not bring", "default-src 'none'" in policy and "unsafe" not in policy
          and "frame-ancestors 'none'" in policy and "http" not in policy, policy)
    for name, value in (("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"), ("Cache-Control", "no-cache"),
                        ("Vary", "Accept-Language")):
        check(f"{name} is {value}", header[name] == value, header[name])
    check("Permissions-Policy is there", "camera=()" in header["Permissions-Policy"])
    check("no style and no handler stands in the page", b" style=" not in body and b" on" + b"click" not in body)
    status, again, body = ask("/", If_None_Match=header["ETag"])
    check("a page that the browser has is not sent again", status == 304 and body == b"", status)
    for accepted, language in (("ja", "ja"), ("en-GB,en;q=0.9,ja;q=0.8", "en"), ("fr;q=0.9, ja-JP;q=0.5", "ja"), ("de", "en"),
                               ("ja;q=0, en;q=0.1", "en"), ("", "en"), (";;q=,", "en")):
        body = ask("/", Accept_Language=accepted)[2].decode()
        check(f"{accepted!r} gets {language}", f'<html lang="{language}">' in body)
        check(f"without a script the page speaks {language}", WORDS[language]["lead"] in body and "{{" not in body)
    script = body.split('type="module" src="')[1].split('"')[0]
    check("files of this version are kept", "immutable" in ask(script)[1]["Cache-Control"])
    other = script.replace(script.split("/")[2], "0" * 32)
    check("files of other versions are not", ask(other)[0] == 200 and ask(other)[1]["Cache-Control"] == "no-cache")
    for path in ("/page/x/none.js", "/page/x/../page.js", "/index.html", "/fr", f"/v1/public/studies/{DIGESTS['hostile']}",
                 f"/v1/public/studies/{DIGESTS['hostile']}/result", f"/v1/public/studies/{DIGESTS['leave']}/result",
                 f"/v1/public/studies/{DIGESTS['wages']}/log"):
        check(f"{path} is not found", ask(path)[0] == 404, ask(path)[0])
    listed = json.loads(ask("/v1/public/studies")[2])["studies"]
    check("everybody sees what is public", {entry["progress"]["digest"] for entry in listed} == {DIGESTS["wages"], DIGESTS["leave"]})
    check("and what it asks for", b"Hourly" in ask(f"/v1/public/studies/{DIGESTS['wages']}")[2])
    for path in ("/v1/studies", f"/v1/studies/{DIGESTS['wages']}/result"):
        check(f"{path} takes a token still", ask(path)[0] == 401)


def check_picture(browser, name, colours=(), dark=False):
    path = PICTURES / f"{name}.png"
    browser.picture(path)
    with Image.open(path) as image:
        picture = image.convert("RGB")
    width = browser.size[0]
    check(f"{name} is as wide as the window", picture.width == width, picture.size)
    check(f"{name} has a page's height", picture.height > 600, picture.size)
    counts = sorted(((count, colour) for count, colour in picture.getcolors(1 << 24)), reverse=True)
    check(f"{name} is not blank", len(counts) > 50 and counts[0][0] < 0.97 * picture.width * picture.height, counts[:3])
    paper = sum(counts[0][1]) / 3
    check(f"{name} is {'dark' if dark else 'light'}", paper < 64 if dark else paper > 192, counts[0][1])
    found = dict((colour, count) for count, colour in counts)
    for colour in colours:
        check(f"{name} has the colour {colour}", found.get(colour, 0) > 200, found.get(colour, 0))
    wide = browser.run("return document.scrollingElement.scrollWidth")
    check(f"{name} needs no sideways scrolling", wide <= width, (wide, width))


def check_access(browser, name):
    browser.run(AXE + "; window.axe = axe;")
    found = browser.run_async("""
        const done = arguments[0];
        axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]})
          .then((result) => done({passes: result.passes.length, violations: result.violations.map((one) =>
            `${one.id}: ${one.help}: ${one.nodes.map((node) => node.html).slice(0, 3).join(" ")}`)}));""")
    check(f"{name} keeps nobody out", not found["violations"], found["violations"])
    check(f"axe looked at {name}", found["passes"] > 20, found["passes"])


def check_words(browser, language):
    check(f"the document is in {language}", browser.run("return document.documentElement.lang") == language)
    texts = browser.run("return [...document.querySelectorAll('[data-word]')].map((e) => [e.dataset.word, e.textContent])")
    for key, text in texts:
        check(f"{key} is in {language}", text == WORDS[language][key], text)
    check("the current language is marked", browser.run(
        "return document.querySelector('nav [aria-current]').dataset.language") == language)


def check_silence(browser):
    errors = [entry for entry in browser.console() if entry["level"] in ("SEVERE", "WARNING")]
    check("the console has no error", not errors, errors)
    asked = browser.requested()
    others = [url for url in asked if not url.startswith(ADDRESS + "/") and not url.startswith(("data:", "chrome:", "about:"))]
    check("nothing was asked of other hosts", asked and not others, others)
    kept = browser.run("return [document.cookie, localStorage.length, sessionStorage.length]")
    check("the browser stores nothing", kept == ["", 0, 0], kept)


FOCUS = """
    const element = document.activeElement;
    if (element === document.body) return null;
    const style = getComputedStyle(element), box = element.getBoundingClientRect();
    return {name: element.id || element.dataset.language || element.getAttribute("href") || element.tagName.toLowerCase(),
            order: [...document.querySelectorAll("*")].indexOf(element),
            outline: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2,
            inside: box.bottom > 0 && box.top < innerHeight && box.width > 0};"""


def walk(browser, most=60):
    """Presses Tab from the page's first link until the page is left; gives what had the focus."""
    browser.run("document.querySelector('.skip').focus()")
    browser.press("Shift", "Tab")
    seen = []
    while len(seen) < most:
        browser.press("Tab")
        focus = browser.run(FOCUS)
        if focus is None or any(focus["order"] == other["order"] for other in seen):
            return seen
        seen.append(focus)
    raise AssertionError("the walk does not end")


def go(browser, name):
    """Tabs on to an element by its name."""
    for _ in range(60):
        browser.press("Tab")
        focus = browser.run(FOCUS)
        if focus and focus["name"] == name:
            return
    raise AssertionError(f"Tab never reaches {name}")


def check_walk(browser, name, expected):
    seen = walk(browser)
    orders = [focus["order"] for focus in seen]
    check(f"{name}: the focus goes down the page", orders == sorted(orders), [focus["name"] for focus in seen])
    for focus in seen:
        check(f"{name}: the focus is seen", focus["outline"] and focus["inside"], focus)
    browser.run("document.activeElement.blur()")
    names = [focus["name"] for focus in seen]
    check(f"{name}: the keyboard reaches everything", all(one in names for one in expected), names)


TITLES = "[...document.querySelectorAll('#studies h3 a')].map((e) => e.textContent)"


def check_overview(browser):
    browser.open(ADDRESS + "/")
    browser.wait("document.querySelectorAll('#studies li').length === 2")
    check_words(browser, "en")
    check("studies have their titles", browser.run("return " + TITLES)
          == ["Hourly wages by sex and area", "病気休暇の日数 / Sick leave"])
    progress = "document.querySelectorAll('#studies .count')[1].textContent"
    check("progress stands against the minimum", browser.run("return " + progress)
          == "2 of at least 4 contributions · still needed before anything can be released: 2")
    check("the bar says the same", browser.run(
        "const bar = document.querySelectorAll('#studies progress')[1]; return [bar.value, bar.max]") == [2, 4])
    check_walk(browser, "overview", ["#main", "en", "ja", f"#study-{DIGESTS['wages']}", f"#study-{DIGESTS['leave']}", "summary"])
    check_access(browser, "overview")
    check_picture(browser, "overview-en")
    # One more contributes while somebody looks and has the focus on that study.
    browser.run("document.querySelectorAll('#studies h3 a')[1].focus()")
    subprocess.run(["bash", "-c", "submit leave cedar"], cwd=FOLDER, check=True, capture_output=True)
    browser.wait(progress + ".startsWith('3 of at least 4')")
    check("what changed is said", "3 of at least 4" in browser.run("return document.querySelector('[role=status]').textContent"))
    check("the focus stayed", browser.run("return document.activeElement.textContent").startswith("病気"))


def check_study(browser):
    browser.open(ADDRESS + "/en")
    browser.wait("document.querySelectorAll('#studies li').length === 2")
    go(browser, f"#study-{DIGESTS['wages']}")
    browser.press("Enter")
    browser.wait("document.querySelectorAll('#result sum-chart svg').length >= 6")
    check("the focus goes to the study", browser.run("return document.activeElement.id") == "detail-title")
    check("the window has its title", browser.run("return document.title") == "Hourly wages by sex and area – Encrypted sums")
    published = ask(f"/v1/public/studies/{DIGESTS['wages']}/result")[2]
    check_figures(browser, json.loads(published), check)
    check_charts(browser, json.loads(published), check)
    check("the document stands there as it was published", browser.run(
        "return document.querySelector('#result details pre').textContent") == published.decode())
    check("tables have captions and headings", browser.run("""return [...document.querySelectorAll("table")].every((table) =>
        table.caption && table.querySelectorAll("thead th[scope=col]").length > 0
        && [...table.tBodies[0].rows].every((row) => row.cells[0].scope === "row"))"""))
    check_walk(browser, "study", ["#top", "summary"])
    check_access(browser, "study")
    check_picture(browser, "study-en", colours=[(0x2F, 0x6D, 0xB5)])
    browser.run("document.querySelector('.back').focus()")
    browser.press("Enter")
    browser.wait("!document.getElementById('overview').hidden && document.getElementById('detail').hidden")


def check_patience(browser):
    """What the page does where it is refused: it says so, and waits as long as it is told."""
    browser.open(ADDRESS + "/en")
    browser.wait("document.querySelectorAll('#studies li').length === 2")
    browser.run("""
        window.asked = 0; window.waits = [];
        const [wait, ask] = [window.setTimeout, window.fetch];
        window.setTimeout = (body, milliseconds) => { waits.push(milliseconds); return wait(body, milliseconds); };
        window.fetch = async () => { asked += 1; return new Response("", {status: 429, headers: {"Retry-After": "40"}}); };
        window.restore = () => { window.fetch = ask; };
        document.dispatchEvent(new Event("visibilitychange"));""")
    browser.wait("!document.getElementById('studies-note').hidden")
    browser.wait("waits.length === 1")
    asked, waits, note = browser.run("return [asked, waits, document.getElementById('studies-note').textContent]")
    check("a refused page waits as long as it is told", asked == 1 and 40_000 <= waits[0] <= 48_000, (asked, waits))
    check("and says so", "in 40 seconds" in note, note)
    check("what it knows stays", browser.run("return document.querySelectorAll('#studies li').length") == 2)
    browser.run("restore(); document.dispatchEvent(new Event('visibilitychange'));")
    browser.wait("document.getElementById('studies-note').hidden && waits.length === 2")
    check("then it asks as often as before", browser.run("return waits[1]") <= 6_000)


def check_token(browser):
    token = (FOLDER / "result-user.token").read_text().strip()
    browser.open(ADDRESS + "/en")
    browser.wait("document.querySelectorAll('#studies li').length === 2")
    browser.press("Tab", "Enter")
    check("the skip link goes to the content", browser.run("return document.activeElement.id") == "main")
    go(browser, "summary")
    browser.press("Enter", "Tab", *token, "Enter")
    browser.wait("document.querySelectorAll('#studies li').length === 3")
    hostile = json.loads((FOLDER / "hostile-draft.json").read_text())
    check("a title is text, whatever it says", hostile["title"] in browser.run("return " + TITLES))
    go(browser, f"#study-{DIGESTS['hostile']}")
    browser.press("Enter")
    browser.wait("!document.getElementById('detail').hidden")
    check("a column is text too", hostile["fields"][0]["column"] in browser.run("return document.querySelector('#detail table').textContent"))
    check("no markup came of it", browser.run("return document.querySelectorAll('main img, main script, main b').length") == 0)
    check_silence(browser)
    browser.run("document.querySelector('[data-language=ja]').click()")
    browser.wait("document.documentElement.lang === 'ja' && !document.getElementById('detail').hidden")
    check("the language changes where one is", browser.run("return location.pathname + location.hash") == f"/ja#study-{DIGESTS['hostile']}")
    check("the address never has the token", token not in browser.run("return location.href + document.documentElement.outerHTML"))
    browser.run("history.back()")
    browser.wait("document.getElementById('detail').hidden")
    browser.run("document.getElementById('forget-token').click()")
    browser.wait("document.querySelectorAll('#studies li').length === 2")
    # A token that is none is refused, said, and forgotten; the browser itself notes the status in the console.
    browser.run("document.getElementById('token').focus()")
    browser.press(*("0" * 64), "Enter")
    browser.wait("document.getElementById('status').textContent === arguments[0]", WORDS["ja"]["tokenRefused"])
    check("a wrong token is forgotten", browser.run("return document.getElementById('forget-token').hidden"))
    errors = [entry["message"] for entry in browser.console() if entry["level"] == "SEVERE"]
    check("nothing else went wrong", len(errors) == 1 and "401" in errors[0], errors)


def check_japanese():
    with Browser("--accept-lang=ja-JP,ja") as browser:
        browser.resize(*WIDE)
        browser.open(ADDRESS + "/")
        browser.wait("document.querySelectorAll('#studies li').length === 2")
        check_words(browser, "ja")
        check("dates are written as in Japan", "年" in browser.run("return document.querySelector('#studies time').textContent"))
        check_access(browser, "overview in Japanese")
        check_picture(browser, "overview-ja")
        browser.prefer(prefers_color_scheme="dark", prefers_reduced_motion="reduce")
        browser.resize(*NARROW)
        check("nothing moves for who wants that", browser.run("return getComputedStyle(document.documentElement).scrollBehavior") == "auto")
        check_picture(browser, "overview-ja-narrow-dark", dark=True)
        browser.open(f"{ADDRESS}/ja#study-{DIGESTS['wages']}")
        browser.wait("document.querySelectorAll('#result sum-chart svg').length >= 6")
        check_words(browser, "ja")
        check("the heading is Japanese", "公表された結果" in browser.run("return document.getElementById('detail').textContent"))
        check_access(browser, "study in Japanese, dark")
        check_picture(browser, "study-ja-narrow-dark", colours=[(0x6F, 0xA5, 0xE3)], dark=True)
        browser.prefer(prefers_color_scheme="light", prefers_reduced_motion="no-preference")
        check("what moves moves gently", browser.run("return getComputedStyle(document.documentElement).scrollBehavior") == "smooth")
        check_silence(browser)


def main():
    check_answers()
    with Browser("--accept-lang=en-GB,en") as browser:
        browser.resize(*WIDE)
        browser.prefer(prefers_reduced_motion="reduce")
        check_overview(browser)
        check_study(browser)
        check_patience(browser)
        browser.prefer(prefers_color_scheme="dark", prefers_reduced_motion="reduce")
        browser.resize(*NARROW)
        browser.open(f"{ADDRESS}/en#study-{DIGESTS['leave']}")
        browser.wait("!document.getElementById('detail').hidden")
        check_picture(browser, "study-open-en-narrow-dark", dark=True)
        check_silence(browser)
        browser.prefer(prefers_color_scheme="light", prefers_reduced_motion="reduce")
        browser.resize(*WIDE)
        check_token(browser)
    check_japanese()
    print(f"the page holds {passed} checks in a browser")


main()
