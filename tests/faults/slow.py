"""Connections that send a request very slowly, and how long those who label wait meanwhile.

``python -m tests.faults.slow`` prints the figures.
"""

import resource
import socket
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path
from uuid import uuid4

sys.path.insert(0, str(Path(__file__).parent.parent))

import httpx2 as httpx
from faults.server import Limits, Server
from projects import rows_table, settings_for

from motherlode.project._data.folder import create_project

_BEGINNINGS = (
    b"",
    b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: ",
    b"POST /api/labels HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 900000\r\n\r\n",
)


class Slow(threading.Thread):
    """Holds `n` connections, sends a byte on each now and then, and opens each again that ends."""

    def __init__(self, port: int, n: int) -> None:
        super().__init__(daemon=True)
        self._port, self._n, self.halt, self.opened = port, n, threading.Event(), 0

    def run(self) -> None:
        held: list[socket.socket] = []
        while not self.halt.is_set():
            held = [one for one in held if _send_a_byte(one)]
            while len(held) < self._n and not self.halt.is_set():
                try:
                    held.append(self._open())
                except OSError:
                    break
            self.halt.wait(0.5)
        for one in held:
            one.close()

    def _open(self) -> socket.socket:
        one = socket.create_connection(("127.0.0.1", self._port), timeout=2)
        self.opened += 1
        one.sendall(_BEGINNINGS[self.opened % len(_BEGINNINGS)])
        return one


def _send_a_byte(one: socket.socket) -> bool:
    try:
        one.sendall(b"a")
    except OSError:
        one.close()
        return False
    return True


def label_for(server: Server, seconds: float) -> list[float]:
    """Take and answer rows as the page does; the seconds of each request, retries included."""
    waits, end = [], time.monotonic() + seconds
    with server.client("ann") as client:
        while time.monotonic() < end:
            row = _measure(waits, lambda: client.get("/api/next")).json()["rows"][0]["row"]
            body = {"labels": [{"row": row, "label": "dry", "key": uuid4().hex}]}
            _measure(waits, lambda body=body: client.post("/api/labels", json=body))
            time.sleep(0.05)
    return waits


def _measure(waits: list[float], call) -> httpx.Response:
    begun = time.monotonic()
    while True:
        try:
            answer = call()
            break
        except httpx.TransportError:  # a connection that gave way; browsers open another
            assert time.monotonic() < begun + 30
    answer.raise_for_status()
    waits.append(time.monotonic() - begun)
    return answer


def run(
    folder: Path, slow: int, seconds: float, *, limits: Limits | None = None
) -> dict[str, float]:
    """Label beside `slow` connections; the figures."""
    table = rows_table(20_000)
    create_project(folder, settings_for(table), table, None).close()
    server = Server(folder, trainer=False, limits=limits).start()
    holder = Slow(server.port, slow)
    try:
        label_for(server, 1)
        alone = label_for(server, seconds / 4)
        holder.start()
        time.sleep(2)
        beside = label_for(server, seconds)
        with server.client("new") as visitor:
            begun = time.monotonic()
            visitor.get("/").raise_for_status()
            visit = time.monotonic() - begun
    finally:
        holder.halt.set()
        server.stop()
    figures = {
        "requests": len(beside),
        "connections opened": holder.opened,
        "new visitor, ms": visit,
    }
    for name, waits in (("alone", alone), ("beside", beside)):
        figures[f"p50 {name}, ms"] = statistics.median(waits)
        figures[f"p95 {name}, ms"] = statistics.quantiles(waits, n=20)[-1]
    return {n: round(1000 * v, 1) if n.endswith("ms") else v for n, v in figures.items()}


def limit_files(files: int) -> Limits:
    """Limit how many files a process may have open."""
    return {resource.RLIMIT_NOFILE: (files, files)}


if __name__ == "__main__":
    for files in (200, 1024):
        with tempfile.TemporaryDirectory() as folder:
            found = run(Path(folder) / "p", 300, 30.0, limits=limit_files(files))
            sys.stdout.write(f"{files} files: {found}\n")
