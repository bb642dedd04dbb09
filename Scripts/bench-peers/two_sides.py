"""Two processes of one peer over loopback: the ids they match, and what the run takes.

Each peer's script starts itself twice. A side's clocks start once its library is imported, and before it reads its
ids. Everything that the sides send each other passes a relay in the starting process, which counts it.
"""

import json
import os
import pathlib
import resource
import socket
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass

HOST = "127.0.0.1"
PATIENCE_SECONDS = 60  # for the other side to listen


@dataclass(frozen=True)
class Side:
    name: str  # of the row
    count: int  # of ids
    rank: int  # 0 learns the result
    folder: pathlib.Path
    listen: int  # the port of this side
    connect: int  # the port that leads to the other side

    def path(self, kind):
        return self.folder / f"{self.rank}.{kind}"

    def ids(self):
        return self.path("csv").read_text().split()[1:]


class Relay:
    """Forwards connections to `target`, a port, and counts the bytes of both directions."""

    def __init__(self, target):
        self.target, self.bytes, self.lock = target, 0, threading.Lock()
        self.listener = socket.create_server((HOST, 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            near, _ = self.listener.accept()
            threading.Thread(target=self.join, args=(near,), daemon=True).start()

    def join(self, near):
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                far = socket.create_connection((HOST, self.target))
                break
            except ConnectionRefusedError:
                if time.monotonic() > deadline:
                    near.close()
                    return
                time.sleep(0.01)
        for source, sink in ((near, far), (far, near)):
            threading.Thread(target=self.pump, args=(source, sink), daemon=True).start()

    def pump(self, source, sink):
        buffer = memoryview(bytearray(1 << 20))
        try:
            while length := source.recv_into(buffer):
                sink.sendall(buffer[:length])
                with self.lock:
                    self.bytes += length
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            source.close()
            sink.close()


def write_table(path, count, first):
    """Ids from `first` on, in the order of `hitoku-bench psi`."""
    with open(path, "w") as file:
        file.write("id\n")
        file.writelines(f"customer-{first + index * 7919 % count}\n" for index in range(count))


def free_ports(count):
    sockets = [socket.create_server((HOST, 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def start(script, side):
    """One side as a process; what it says goes to the folder, and so do files that its library makes."""
    command = [sys.executable, "-B", script, side.name, side.count, side.rank, side.folder, side.listen, side.connect]
    with open(side.path("log"), "w") as log:
        return subprocess.Popen(
            [str(word) for word in command], cwd=side.folder, stdout=log, stderr=subprocess.STDOUT,
            env={**os.environ, "TMPDIR": str(side.folder)})


def wait_for(sides, processes):
    """Until both have ended or one has failed, for which the other would wait."""
    running = dict(zip(sides, processes))
    while running:
        for side, process in list(running.items()):
            if process.poll() is None:
                continue
            if process.returncode != 0:
                log = side.path("log").read_text().strip().splitlines()
                sys.exit("\n".join([f"{side.name}: side {side.rank} failed with {process.returncode}", *log[-20:]]))
            del running[side]
        time.sleep(0.05)


def run_both(script, name, count):
    """Prints one JSON line: what both sides took."""
    with tempfile.TemporaryDirectory(prefix="hitoku-bench-") as folder:
        ports = free_ports(2)
        relays = [Relay(port) for port in ports]
        sides = [Side(name, count, rank, pathlib.Path(folder), ports[rank], relays[1 - rank].port) for rank in range(2)]
        for side, first in zip(sides, (0, count // 2)):
            write_table(side.path("csv"), count, first)
        processes = [start(script, side) for side in sides]
        try:
            wait_for(sides, processes)
            first, second = (json.loads(side.path("json").read_text()) for side in sides)
        finally:
            for process in processes:
                process.kill()
                process.wait()
    expected = count - count // 2
    if first["common"] != expected:
        sys.exit(f"{name} found {first['common']} common ids instead of {expected}")
    sent = sum(relay.bytes for relay in relays)
    print(json.dumps({
        "name": name, "n": count,
        "seconds": round(max(first["end"], second["end"]) - max(first["start"], second["start"]), 2),
        "cpu_seconds": round(first["cpu_seconds"] + second["cpu_seconds"], 2),
        "bytes_per_item": round(sent / count, 2), "bytes": sent,
        "rss_mb": max(first["rss_mb"], second["rss_mb"]),
    }))


def processor_seconds():
    """Of this process, all its threads and the processes that it waited for."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def run_one(work, side):
    """Runs one side between two readings of the clocks. `work` takes the side; that of rank 0 returns the count."""
    start_time, used = time.monotonic(), processor_seconds()
    common = work(side)
    side.path("json").write_text(json.dumps({
        "start": start_time, "end": time.monotonic(), "cpu_seconds": processor_seconds() - used, "common": common,
        "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 // 1_000_000,
    }))


def main(script, usage, works):
    """`works` maps the names of rows to what one side does."""
    arguments = sys.argv[1:]
    if len(arguments) == 6:
        name, count, rank, folder, listen, connect = arguments
        run_one(works[name], Side(name, int(count), int(rank), pathlib.Path(folder), int(listen), int(connect)))
    elif len(arguments) == 1 and arguments[0].isdecimal():
        for name in works:
            run_both(pathlib.Path(script).resolve(), name, int(arguments[0]))
    else:
        sys.exit(usage)
