"""Kill the server, or its trainer, at random moments under load, and count what is lost.

``python -m tests.faults.kill --moments 100 --database postgres --proxy nginx`` prints the figures.
"""

import argparse
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from behind_nginx import free_port, nginx_before
from faults.server import Annotator, Server
from projects import Postgres, rows_table, settings_for
from sqlalchemy import select

from motherlode.project._data.folder import create_project, open_project
from motherlode.project._log import log
from motherlode.project._log.schema import worker

# Requests are still on their way at most moments, and a new trainer need not wait for a processor.
_PAUSE = 0.01


def run(
    folder: Path,
    moments: int,
    *,
    annotators: int = 4,
    seed: int = 0,
    url: str | None = None,
    proxied: bool = False,
) -> dict[str, object]:
    """Kill `moments` times, half of them the server and half the trainer; the figures.

    If the server is `proxied`, annotators reach it through nginx.
    """
    table = rows_table(1_500 * moments)  # more than can be answered meanwhile
    create_project(folder, settings_for(table), table, url).close()
    server = Server(folder)
    with _before(server, folder.with_name("nginx")) if proxied else nullcontext():
        return _run(server.start(), moments, annotators, random.Random(seed))


@contextmanager
def _before(server: Server, folder: Path) -> Iterator[None]:
    """Put nginx before a server, for whoever asks the server for a client."""
    server.port = free_port()
    folder.mkdir()
    with nginx_before(f"http://127.0.0.1:{server.port}", folder) as public:
        server.public = public
        yield


def _run(server: Server, moments: int, annotators: int, rng: random.Random) -> dict[str, object]:
    folder = server.folder
    people = [
        Annotator(server, f"annotator {i}", 10**9, lambda row: row % 12 == 0, _PAUSE)
        for i in range(annotators)
    ]
    for person in people:
        person.start()
    starts, trainers = [], 0
    for moment in range(moments):
        _wait_for_an_answer(people)
        if moment % 2:
            _kill_a_trainer(folder, rng)
            trainers += 1
            continue
        time.sleep(rng.uniform(0.0, 1.0))
        server.kill()
        begun = time.monotonic()
        server.start()
        starts.append(time.monotonic() - begun)
    _wait_for_an_answer(people)
    for person in people:
        person.halt.set()
    for person in people:
        person.join(60)
    server.stop()
    return _figures(folder, people) | {
        "server killed": len(starts),
        "trainer killed": trainers,
        "median start, s": round(sorted(starts)[len(starts) // 2], 2) if starts else None,
    }


def _wait_for_an_answer(people: list[Annotator]) -> None:
    """Until the server has acknowledged something new: on a slow machine it starts slowly."""
    before = sum(len(person.acknowledged) for person in people)
    deadline = time.monotonic() + 120
    while sum(len(person.acknowledged) for person in people) == before:
        if time.monotonic() > deadline:
            raise TimeoutError("the server answers nobody")
        time.sleep(0.01)


def _kill_a_trainer(folder: Path, rng: random.Random) -> None:
    """Kill the trainer at work; one whose server was killed may end by itself before."""
    while True:
        trainer = _wait_for_a_trainer(folder)
        time.sleep(rng.uniform(0.0, 1.0))
        with suppress(ProcessLookupError):
            os.kill(trainer, signal.SIGKILL)
            return


def _wait_for_a_trainer(folder: Path) -> int:
    """The process that ranks; a new one takes seconds to be there."""
    deadline = time.monotonic() + 120
    with open_project(folder) as project:
        while time.monotonic() < deadline:
            with project.database.reading() as connection:
                holder = connection.execute(select(worker.c.holder)).scalar()
            if holder is not None and Path(f"/proc/{holder.rpartition(':')[2]}").exists():
                return int(holder.rpartition(":")[2])
            time.sleep(0.05)
    raise TimeoutError("no trainer is at work")


def _figures(folder: Path, people: list[Annotator]) -> dict[str, object]:
    with open_project(folder) as project, project.database.reading() as connection:
        events = list(log.read_after(connection, 0))
    by_key = {event.key: event for event in events}
    acknowledged = {key: id for person in people for key, id in person.acknowledged.items()}
    lost = [k for k, id in acknowledged.items() if k not in by_key or by_key[k].id != id]
    answers = Counter(event.row for event in events)
    return {
        "acknowledged": len(acknowledged),
        "lost": len(lost),
        "recorded twice": len(events) - len(by_key),
        "rows answered by two": sum(times > 1 for times in answers.values()),
        "refused": sum(len(person.failed) for person in people),
    }


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--moments", type=int, default=100)
    parser.add_argument("--database", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--proxy", choices=["none", "nginx"], default="none")
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        postgres = Postgres(folder) if asked.database == "postgres" else None
        figures = run(
            Path(folder) / "p",
            asked.moments,
            seed=asked.seed,
            url=postgres and postgres.database(),
            proxied=asked.proxy == "nginx",
        )
        if postgres is not None:
            postgres.server.cleanup()
    for name, value in figures.items():
        sys.stdout.write(f"{name}: {value}\n")
