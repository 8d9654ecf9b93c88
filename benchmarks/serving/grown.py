"""``python -m benchmarks.serving.grown``: waits in a project that has many labels already.

Eight annotators answer about once a second each while dashboards are open: each holds the live
feed, and is drawn anew as the page does it, at most every seven tenths of a second. A caller asks
for the status twice a second. The first dashboard is timed on a fresh server, and so is the time
until its figures are whole. With ``--come N`` somebody sends N new rows every second meanwhile.
Each size is measured several times, on a new server and project each; with ``--report`` the medians
go to the page of results.
"""

import argparse
import http.client
import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from textwrap import fill
from typing import Any

import numpy as np

from motherlode.project._data.folder import open_project
from motherlode.project._log import log
from motherlode.project._log.events import QUERY, Event
from motherlode.project._log.provenance import Provenance
from motherlode.session import CONTROL

from .clients import Client, together
from .server import Server, make, points, serving

RESULTS = Path(__file__).with_name("RESULTS.md")
_HEADING = "## A project with many labels\n"
_HEADING_OF_COMING = "## Rows that arrive meanwhile\n"
_CALM = 0.7
_SILENCE = 5.0  # of the live feed: nobody labels any more
_WAITS = {"next": "GET next", "labels": "POST labels", "status": "GET status",
          "drawn": "dashboard drawn anew"}  # fmt: skip
_STARTS = {"up": "server up", "sign": "first sign", "first": "first dashboard",
           "whole": "all figures"}  # fmt: skip


@dataclass
class Seen:
    """Seconds waited, by what for; the last four since the server was started or was up."""

    next: list[float] = field(default_factory=list)
    labels: list[float] = field(default_factory=list)
    status: list[float] = field(default_factory=list)
    drawn: list[float] = field(default_factory=list)
    come: list[float] = field(default_factory=list)
    up: float = 0.0
    sign: float = 0.0
    first: float = 0.0
    whole: float = 0.0


def record(folder: Path, labels: int) -> None:
    """Record so many labels by eight annotators, one in twenty of a row drawn at random."""
    rng = np.random.default_rng(1)
    with open_project(folder) as project, project.database.writing() as connection:
        rows = rng.choice(project.settings.rows, labels, replace=False).tolist()
        drawn = rng.random(labels) < 0.05
        events = [
            Event(
                row, "label", f"annotator {i % 8}", float(i),
                label="common" if row % 100 else "rare", seconds=1.0,
                how=Provenance(CONTROL if drawn[i] else QUERY, "Margin", asked_at=i - 3.0),
            )
            for i, row in enumerate(rows)
        ]  # fmt: skip
        log.append_many(connection, events)


class Caller:
    """A connection that says who calls; closed by `calling`."""

    def __init__(self, server: Server, connection: http.client.HTTPConnection) -> None:
        self._headers = {"Authorization": f"Bearer {server.token}", "X-Annotator": "viewer"}
        self._headers["Content-Type"] = "application/json"
        self._connection = connection

    def open(
        self, path: str, how: str = "GET", body: str | None = None
    ) -> http.client.HTTPResponse:
        """The answer, to be read."""
        self._connection.request(how, path, body, self._headers)
        answer = self._connection.getresponse()
        assert answer.status == 200, answer.read()
        return answer

    def get(self, path: str, waits: list[float]) -> bytes:
        """The answer; how many seconds it took is added to the waits."""
        begun = time.perf_counter()
        read = self.open(path).read()
        waits.append(time.perf_counter() - begun)
        return read


@contextmanager
def calling(server: Server, timeout: float = 60.0) -> Iterator[Caller]:
    """A caller, until the block ends."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=timeout)
    with closing(connection):
        yield Caller(server, connection)


def come_in(caller: Caller, seen: Seen) -> None:
    """The first dashboard, as a browser asks for it until it has all figures."""
    begun = time.monotonic()
    page = caller.get("/dashboard", [])
    seen.sign = time.monotonic() - begun
    while b'http-equiv="refresh"' in page:
        page = caller.get("/dashboard", [])
    seen.first = time.monotonic() - begun
    while b"Being worked out" in page:
        time.sleep(0.2)
        page = caller.get("/dashboard/now", [])
    seen.whole = time.monotonic() - begun


def look_on(server: Server, until: float, drawn: list[float]) -> None:
    """An open dashboard: its feed, and a drawing whenever that tells of a change."""
    with calling(server, _SILENCE) as listener, calling(server) as caller:
        feed, last = listener.open("/api/events"), 0.0
        with closing(feed), suppress(TimeoutError):
            while time.monotonic() < until:
                told = feed.readline().startswith(b"data: ")
                if told and time.monotonic() - last > _CALM:
                    last = time.monotonic()
                    caller.get("/dashboard/now", drawn)


def ask(server: Server, until: float, waits: list[float]) -> None:
    """Somebody who wants the status twice a second."""
    with calling(server) as caller:
        while time.monotonic() < until:
            caller.get("/api/status", waits)
            time.sleep(0.5)


def bring(server: Server, until: float, rows: int, waits: list[float]) -> None:
    """Somebody who sends so many new rows, each second."""
    columns = points(rows)
    sent = [{name: float(of[i]) for name, of in columns.items()} for i in range(rows)]
    body = json.dumps({"rows": sent, "source": "the benchmark"})
    with calling(server) as caller:
        while time.monotonic() < until:
            begun = time.perf_counter()
            caller.open("/api/rows", "POST", body).read()
            waits.append(time.perf_counter() - begun)
            time.sleep(1.0)


def measure(folder: Path, dashboards: int, seconds: float, come: int = 0) -> Seen:
    """Everything at once, on a fresh server."""
    seen, begun = Seen(), time.monotonic()
    with serving(folder) as server:
        seen.up = time.monotonic() - begun
        with calling(server) as caller:
            come_in(caller, seen)
        until, last = time.monotonic() + seconds, [0]
        people = [
            Client(server.port, server.token, f"annotator {i}", until, 1.0, last) for i in range(8)
        ]
        others: list[Callable[[], object]] = [
            *[partial(look_on, server, until, seen.drawn)] * dashboards,
            partial(ask, server, until, seen.status),
            *[partial(bring, server, until, come, seen.come)] * (come > 0),
        ]
        together([*(one.run for one in people), *others])
        seen.next = [wait for one in people for wait in one.waits.next]
        seen.labels = [wait for one in people for wait in one.waits.labels]
    return seen


def line(labels: int, runs: list[Seen], load: float) -> str:
    """A row of the table: medians over the runs, and the 95th percentile of the worst."""

    def waits(name: str) -> str:
        found = 1e3 * np.array([np.percentile(getattr(run, name), (50, 95)) for run in runs])
        middle = np.median(found, axis=0)
        return f"{middle[0]:.0f} / {middle[1]:.0f} ({found[:, 1].max():.0f})"

    starts = [f"{np.median([getattr(run, name) for run in runs]):.1f}" for name in _STARTS]
    names = [*_WAITS, *["come"] * bool(runs[0].come)]
    return f"| {labels:,} | {load:.1f} | " + " | ".join([*map(waits, names), *starts]) + " |"


def head(asked: Any) -> str:
    """What stands above the table."""
    come = asked["come"]
    names = ["rows", "dashboards", "seconds", "repeats", *["come"] * (come > 0)]
    command = " ".join(f"--{name} {asked[name]}" for name in names)
    waits = [*_WAITS.values(), *[f"POST {come:,} rows"] * (come > 0)]
    columns = [
        "labels before", "load",
        *(f"{what}, ms p50 / p95 (worst p95)" for what in waits),
        *(f"{what}, s" for what in _STARTS.values()),
    ]  # fmt: skip
    said = (
        f"`python -m benchmarks.serving.grown {command}`: {asked['rows']:,} rows, "
        f"{asked['dashboards']} open dashboards with their live feed, the trainer at work, "
        f"{os.cpu_count()} cores. Eight annotators answer about once a second each. "
        f"{f'{come:,} new rows come each second. ' if come else ''}All callers "
        f"run on the same cores, nice {os.nice(0)}. Medians of the runs, and in brackets the 95th "
        "percentile of the worst run. "
        '"Load" is that of the machine before the runs. The server is up a while after its '
        "start; first sign, first dashboard and all figures are counted from there."
    )
    said = fill(said, 108, break_on_hyphens=False)
    return f"{said}\n\n| {' | '.join(columns)} |\n|{'---|' * len(columns)}\n"


def put(section: str, page: Path = RESULTS, heading: str = _HEADING) -> None:
    """Write the section in the place of the one that the page has, or else at its end."""
    before, found, after = page.read_text().partition(heading)
    _, mark, rest = after.partition("\n## ")
    page.write_text(f"{before}{'' if found else chr(10)}{heading}\n{section}{mark}{rest}")


def arguments(given: list[str] | None = None) -> argparse.Namespace:
    """What was asked on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--labels", type=int, nargs="+", default=[1_000, 10_000, 50_000])
    parser.add_argument("--dashboards", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--come", type=int, default=0, help="rows that arrive each second")
    parser.add_argument("--report", action="store_true", help="write the section of RESULTS.md")
    return parser.parse_args(given)


def main() -> None:
    """Measure all sizes, and write the section."""
    asked = arguments()
    section = head(vars(asked))
    print(section, end="", flush=True)
    columns = points(asked.rows)
    for labels in asked.labels:
        load, runs = os.getloadavg()[0], []
        for _ in range(asked.repeats):
            with tempfile.TemporaryDirectory() as folder:
                make(Path(folder) / "p", columns)
                record(Path(folder) / "p", labels)
                runs.append(
                    measure(Path(folder) / "p", asked.dashboards, asked.seconds, asked.come)
                )
        row = line(labels, runs, load) + "\n"
        print(row, end="", flush=True)
        section += row
    if asked.report:
        put(section, heading=_HEADING_OF_COMING if asked.come else _HEADING)


if __name__ == "__main__":
    main()
