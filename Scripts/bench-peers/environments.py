"""Python environments for the peers, each pinned, under .build-peers."""

import glob
import os
import pathlib
import shutil
import subprocess
from dataclasses import dataclass

SCRIPTS = pathlib.Path(__file__).resolve().parent


@dataclass(frozen=True)
class Peer:
    name: str  # in the tables
    package: str
    version: str
    module: str  # what must import for the package to work
    pythons: tuple  # minor versions of Python 3 that its wheels are for, the preferred one first
    script: str
    companions: tuple = ()  # installed with it, in any version

    @property
    def requirement(self):
        return f"{self.package}=={self.version}"


PEERS = [
    Peer("SEAL", "tenseal", "0.3.18", "tenseal.sealapi", (11, 12, 13, 14), "seal_bfv.py"),
    Peer("OpenFHE", "openfhe", "1.6.1.0.22.4", "openfhe", (10,), "openfhe_bfv.py"),
]
MATCHING_PEERS = [
    Peer("openmined-psi", "openmined-psi", "2.0.6", "private_set_intersection.python", (11,), "openmined_psi.py"),
    Peer("spu", "spu", "0.9.5", "spu.psi", (11,), "spu_psi.py"),
]


class Unavailable(Exception):
    """A peer cannot be used here; the text says why and what would help."""


def runs(python, code):
    try:
        return subprocess.run([python, "-c", code], capture_output=True).returncode == 0
    except OSError:
        return False


def find_python(minors):
    """A Python of one of these minor versions that can make environments: from the PATH, or one that pyenv keeps."""
    pyenv = os.environ.get("PYENV_ROOT", str(pathlib.Path.home() / ".pyenv"))
    for minor in minors:
        name = f"python3.{minor}"
        for candidate in [shutil.which(name), *sorted(glob.glob(f"{pyenv}/versions/3.{minor}.*/bin/{name}"))]:
            # Shims stand on the PATH even for versions that they then refuse to run.
            if candidate and runs(candidate, f"import sys, venv, ensurepip; assert sys.version_info[1] == {minor}"):
                return candidate
    names = " or ".join(f"3.{minor}" for minor in minors)
    raise Unavailable(f"its wheels need Python {names} with venv, and none runs here: put one on the PATH")


def works(peer, python):
    code = f"import importlib.metadata as m, {peer.module}; assert m.version('{peer.package}') == '{peer.version}'"
    return runs(python, code)


def prepare(peer, folder, say):
    """The Python of the peer's environment, made and filled where it is missing. Throws Unavailable."""
    environment = folder / peer.package
    python = environment / "bin" / "python"
    if works(peer, python):
        say(f"{peer.requirement}: already in {environment.name} under {folder.name}")
        return python
    base = find_python(peer.pythons)
    say(f"{peer.requirement}: installing it and what it needs from PyPI into {folder.name}/{environment.name}, by {base}")
    pip = [python, "-m", "pip", "--disable-pip-version-check"]
    commands = [
        [base, "-m", "venv", "--clear", environment],
        [*pip, "install", "--quiet", "--only-binary", ":all:", peer.requirement, *peer.companions],
    ]
    for command in commands:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode != 0:
            reason = (done.stdout.strip().splitlines() or ["no message"])[-1]
            raise Unavailable(f"installation failed ({reason}): is PyPI in reach? Else use --no-peers")
    if not works(peer, python):
        raise Unavailable(f"installed, but import {peer.module} fails: try {python} -c 'import {peer.module}'")
    installed = subprocess.run([*pip, "freeze"], capture_output=True, text=True).stdout.split()
    say(f"{peer.requirement}: installed {' '.join(installed)}")
    return python
