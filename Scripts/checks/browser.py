"""A headless Chromium through its driver (the W3C's WebDriver protocol), with nothing but the standard library."""

import base64
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
KEYS = {"Tab": "\ue004", "Enter": "\ue007", "Space": "\ue00d", "Shift": "\ue008", "Escape": "\ue00c"}


class Browser:
    """One window. `arguments` are Chromium's own, such as --accept-lang=ja."""

    def __init__(self, *arguments):
        self.profile = tempfile.mkdtemp()
        self.driver = subprocess.Popen(
            ["chromedriver", "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        port = next(found[1] for line in self.driver.stdout if (found := re.search(r"on port (\d+)\.", line)))
        self.url = f"http://127.0.0.1:{port}/session"
        options = ["--headless=new", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--hide-scrollbars",
                   f"--user-data-dir={self.profile}", *arguments]
        if os.geteuid() == 0:
            options.append("--no-sandbox")
        answer = self.send("POST", "", {"capabilities": {"alwaysMatch": {
            "browserName": "chrome", "acceptInsecureCerts": True,
            "goog:chromeOptions": {"args": options, "binary": shutil.which("chromium")},
            "goog:loggingPrefs": {"browser": "ALL", "performance": "ALL"}}}})
        self.url += "/" + answer["sessionId"]

    def close(self):
        try:
            self.send("DELETE", "")
        finally:
            self.driver.terminate()
            self.driver.wait()
            self.driver.stdout.close()
            shutil.rmtree(self.profile, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def send(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, {"Content-Type": "application/json"}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)["value"]
        except urllib.error.HTTPError as error:
            raise RuntimeError(json.load(error)["value"]["message"]) from None

    def open(self, address):
        self.send("POST", "/url", {"url": address})

    def run(self, script, *arguments):
        """What a script's `return` gives."""
        return self.send("POST", "/execute/sync", {"script": script, "args": list(arguments)})

    def run_async(self, script, *arguments):
        """What a script hands to its last argument, a function."""
        return self.send("POST", "/execute/async", {"script": script, "args": list(arguments)})

    def wait(self, script, *arguments, seconds=20):
        """The first true value of a script."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if value := self.run("return " + script, *arguments):
                return value
            time.sleep(0.05)
        raise AssertionError(f"never came true: {script}")

    def press(self, *names):
        """Presses keys one after the other; Shift holds for the next one."""
        actions, held = [], False
        for name in names:
            if name == "Shift":
                actions.append({"type": "keyDown", "value": KEYS[name]})
                held = True
                continue
            key = KEYS.get(name, name)
            actions += [{"type": "keyDown", "value": key}, {"type": "keyUp", "value": key}]
            if held:
                actions.append({"type": "keyUp", "value": KEYS["Shift"]})
                held = False
        self.send("POST", "/actions", {"actions": [{"type": "key", "id": "keyboard", "actions": actions}]})

    def devtools(self, command, **parameters):
        return self.send("POST", "/goog/cdp/execute", {"cmd": command, "params": parameters})

    def resize(self, width, height):
        self.size = (width, height)
        self.devtools("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
                      mobile=width < 600)

    def prefer(self, **features):
        """Media features, such as prefers_color_scheme="dark"."""
        self.devtools("Emulation.setEmulatedMedia", features=[
            {"name": name.replace("_", "-"), "value": value} for name, value in features.items()])

    def picture(self, path, whole=True):
        """A screenshot of the whole page, or of what the window shows."""
        data = self.devtools("Page.captureScreenshot", format="png", captureBeyondViewport=whole)["data"] if not whole \
            else self.whole_picture()
        with open(path, "wb") as file:
            file.write(base64.b64decode(data))

    def whole_picture(self):
        size = self.devtools("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        return self.devtools("Page.captureScreenshot", format="png", captureBeyondViewport=True, clip=clip)["data"]

    def console(self):
        """What the console said since the last call."""
        return self.send("POST", "/se/log", {"type": "browser"})

    def requested(self):
        """The addresses that were asked for since the last call."""
        entries = (json.loads(entry["message"])["message"] for entry in self.send("POST", "/se/log", {"type": "performance"}))
        return [entry["params"]["request"]["url"] for entry in entries if entry["method"] == "Network.requestWillBeSent"]
