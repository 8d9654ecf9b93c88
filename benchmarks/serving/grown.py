"""``python -m benchmarks.serving.grown``: waits in a project that has many labels already.

Eight annotators answer once a second each while dashboards are open: each holds the live feed, and
is drawn anew as the page does it, at most every seven tenths of a second. A caller asks for the
status twice a second. The first dashboard is timed on a fresh server, and so is the time until its
figures are whole.
"""

import argparse
import http.client
import json
import os
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from motherlode.project._data.folder import opened
from motherlode.project._log import log
from motherlode.project._log.events import Event

from .clients import Client
from .server import Server, make, points, serving

_CALM = 0.7


@dataclass
class Seen:
    """Seconds waited, by what for."""

    next: list[float] = field(default_factory=list)
    labels: list[float] = field(default_factory=list)
    status: list[float] = field(default_factory=list)
    drawn: list[float] = field(default_factory=list)
    first: float = float("nan")
    whole: float = float("nan")


def fill(folder: Path, labels: int) -> None:
    """Record so many labels by eight annotators, one in twenty of a row drawn at random."""
    rng = np.random.default_rng(1)
    with opened(folder) as project, project.database.writing() as connection:
        rows = rng.choice(project.settings.rows, labels, replace=False).tolist()
        random_numbers = rng.random(labels) < 0.05
        events = [
            Event(
                row, "label", f"annotator {i % 8}", float(i), "common" if row % 100 else "rare",
                "control" if random_numbers[i] else "query", asked_at=i - 3.0, strategy="Margin", seconds=1.0,
            )
            for i, row in enumerate(rows)
        ]  # fmt: skip
        log.append_many(connection, events)


class Caller:
    """A connection that says who calls."""

    def __init__(self, server: Server) -> None:
        self._headers = {"Authorization": f"Bearer {server.token}", "X-Annotator": "viewer"}
        self.connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)

    def get(self, path: str) -> tuple[float, bytes]:
        """Seconds that the answer took, and the answer."""
        begun = time.perf_counter()
        self.connection.request("GET", path, headers=self._headers)
        answer = self.connection.getresponse()
        read = answer.read()
        assert answer.status == 200, read
        return time.perf_counter() - begun, read

    def feed(self) -> http.client.HTTPResponse:
        """The live feed."""
        self.connection.request("GET", "/api/events", headers=self._headers)
        return self.connection.getresponse()


def look_on(server: Server, until: float, drawn: list[float]) -> None:
    """An open dashboard: its feed, and a drawing whenever that tells of a change."""
    feed, caller, last = Caller(server).feed(), Caller(server), 0.0
    while time.monotonic() < until:
        if feed.readline().startswith(b"data: ") and time.monotonic() - last > _CALM:
            last = time.monotonic()
            drawn.append(caller.get("/dashboard/now")[0])


def ask(server: Server, until: float, waits: list[float]) -> None:
    """Somebody who wants the status twice a second."""
    caller = Caller(server)
    while time.monotonic() < until:
        waits.append(caller.get("/api/status")[0])
        time.sleep(0.5)


def measure(folder: Path, dashboards: int, seconds: float) -> Seen:
    """Everything at once, on a fresh server."""
    seen = Seen()
    with serving(folder) as server:
        caller, begun = Caller(server), time.monotonic()
        seen.first, page = caller.get("/dashboard")
        while b"Being worked out" in page and time.monotonic() - begun < 60:
            time.sleep(0.2)
            page = caller.get("/dashboard/now")[1]
        seen.whole = time.monotonic() - begun
        until, last = time.monotonic() + seconds, [0]
        people = [
            Client(server.port, server.token, f"annotator {i}", until, 1.0, last) for i in range(8)
        ]
        others = [(look_on, seen.drawn)] * dashboards + [(ask, seen.status)]
        threads: list[threading.Thread] = [
            *people,
            *(
                threading.Thread(target=work, args=(server, until, waits), daemon=True)
                for work, waits in others
            ),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(seconds + 60)
        seen.next = [wait for one in people for wait in one.waits.next]
        seen.labels = [wait for one in people for wait in one.waits.labels]
    return seen


def line(labels: int, seen: Seen) -> str:
    """A row of the table."""

    def ms(values: list[float]) -> str:
        return " / ".join(f"{1e3 * np.percentile(values, q):.0f}" for q in (50, 95)) or "–"

    waits = " | ".join(
        ms(w) if w else "–" for w in (seen.next, seen.labels, seen.status, seen.drawn)
    )
    return f"| {labels:,} | {waits} | {seen.first:.1f} | {seen.whole:.1f} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--labels", type=int, nargs="+", default=[1_000, 10_000, 50_000])
    parser.add_argument("--dashboards", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=20.0)
    options = parser.parse_args()
    load = json.dumps([round(one, 1) for one in os.getloadavg()])
    print(f"{options.rows:,} rows, {options.dashboards} dashboards, {os.cpu_count()} cores, load "
          f"before: {load}\n")  # fmt: skip
    print("| labels before | GET next, ms p50 / p95 | POST labels, ms p50 / p95 "
          "| GET status, ms p50 / p95 | dashboard drawn anew, ms p50 / p95 "
          "| first dashboard, s | whole, s |")  # fmt: skip
    print("|---|---|---|---|---|---|---|")
    columns = points(options.rows)
    for labels in options.labels:
        with tempfile.TemporaryDirectory() as folder:
            make(Path(folder) / "p", columns)
            fill(Path(folder) / "p", labels)
            print(line(labels, measure(Path(folder) / "p", options.dashboards, options.seconds)),
                  flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
