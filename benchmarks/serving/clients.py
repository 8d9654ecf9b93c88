"""Annotators as threads: ask for a row, answer it, and note how long each took."""

import http.client
import json
import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import quote


@dataclass
class Waits:
    """Seconds waited for each kind of request, and how far behind the served rows' model was."""

    next: list[float] = field(default_factory=list)
    labels: list[float] = field(default_factory=list)
    behind: list[int] = field(default_factory=list)


def is_rare(content: dict[str, object]) -> bool:
    """What the annotators know: points far out, and texts that name a gold vein."""
    if "abstract" in content:
        return "goldvein" in str(content["abstract"])
    return float(content["x0"]) > 2.5


def together(works: Sequence[Callable[[], object]]) -> None:
    """Do all at the same time; what goes wrong in one is raised here."""
    with ThreadPoolExecutor(len(works)) as pool:
        for done in [pool.submit(work) for work in works]:
            done.result()


class Client:
    """One annotator.

    Parameters
    ----------
    port, token
        Of the server.
    name : str
    until : float
        When to stop, by the monotonic clock.
    pace : float
        Seconds from one answer to the next on average, drawn from half to one and a half of it,
        since people do not answer in step; 0 answers at once.
    last : list of int
        The newest event that any client knows of, shared.
    """

    def __init__(
        self, port: int, token: str, name: str, until: float, pace: float, last: list[int]
    ) -> None:
        self.waits, self._until, self._pace, self._last = Waits(), until, pace, last
        self._pauses = random.Random(name)
        self._headers = {"Authorization": f"Bearer {token}", "X-Annotator": quote(name)}
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def run(self) -> None:
        """Ask and answer until the time is up."""
        time.sleep(self._pace * self._pauses.random())
        while time.monotonic() < self._until:
            begun = time.monotonic()
            row = self._timed(self.waits.next, "GET", "/api/next")["rows"][0]
            if row["model_version"] is not None:
                self.waits.behind.append(self._last[0] - row["model_version"])
            label = "rare" if is_rare(row["content"]) else "common"
            body = {"labels": [{"row": row["row"], "label": label}]}
            done = self._timed(self.waits.labels, "POST", "/api/labels", body)
            self._last[0] = max(self._last[0], *done["events"])
            pause = self._pace * (0.5 + self._pauses.random())
            time.sleep(max(0.0, pause - (time.monotonic() - begun)))
        self._connection.close()

    def _timed(self, waits: list[float], method: str, path: str, body: object = None) -> dict:
        content = None if body is None else json.dumps(body)
        headers = self._headers | ({"Content-Type": "application/json"} if content else {})
        begun = time.perf_counter()
        self._connection.request(method, path, content, headers)
        answer = self._connection.getresponse()
        read = answer.read()
        waits.append(time.perf_counter() - begun)
        assert answer.status == 200, read
        return json.loads(read)
