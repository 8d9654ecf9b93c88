"""A real server process, that is killed and started again, and annotators that call it."""

import re
import resource
import signal
import threading
import time
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

import httpx2 as httpx
from forked import Apart, run_command

Limits = dict[int, tuple[int, int]]
"""What a process may use at most, for `resource.setrlimit`."""


class Server:
    """``motherlode serve`` of a project, on one port for all its lives."""

    def __init__(self, folder: Path, *, trainer: bool = True, limits: Limits | None = None) -> None:
        self.folder, self.trainer, self._limits = folder, trainer, limits or {}
        self.port, self.code, self.token = 0, "", ""
        self.public: str | None = None  # where a proxy stands before it

    def start(self) -> "Server":
        trainer = [] if self.trainer else ["--no-trainer"]
        command = ["serve", str(self.folder), "--port", str(self.port), *trainer]
        self.process = Apart(_serve, self._limits, command)
        lines = self.process.wait_for("Bearer")
        found = re.search(r":(\d+)/\?code=(\S+)\s.*Bearer (\S+)", lines)
        assert found, f"the server said {lines!r}"
        self.port, self.code, self.token = int(found[1]), found[2], found[3]
        return self

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    @property
    def link(self) -> str:
        return f"{self.address}?code={self.code}"

    def headers(self, name: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "X-Annotator": name}

    def client(self, name: str) -> httpx.Client:
        return httpx.Client(
            base_url=self.public or self.address, headers=self.headers(name), timeout=30
        )

    def kill(self) -> None:
        self.process.kill()

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            with suppress(TimeoutError):  # it is killed then
                self.process.wait(20)


def _serve(limits: Limits, command: list[str]) -> None:
    for what, limit in limits.items():
        resource.setrlimit(what, limit)
    run_command(*command)


class Annotator(threading.Thread):
    """Asks, answers, and sends an answer again until it is acknowledged, as the page does.

    Attributes
    ----------
    acknowledged : dict of str to int
        Event ids by key, of the answers that the server said it had.
    served : list of (float, int)
        When which row was given to this annotator, before it was answered.
    """

    def __init__(
        self, server: Server, name: str, answers: int, positive, pause: float = 0.0
    ) -> None:
        super().__init__(name=name, daemon=True)
        self.server, self.answers, self._positive = server, answers, positive
        self._pause = pause  # in seconds, after each answer
        self.acknowledged: dict[str, int] = {}
        self.rows: dict[str, int] = {}
        self.failed: list[str] = []
        self.halt = threading.Event()

    def run(self) -> None:
        with self.server.client(self.name) as self._client:
            self._label()

    def _label(self) -> None:
        while len(self.acknowledged) < self.answers and not self.halt.is_set():
            rows = self._until_it_works(self._ask)
            if not rows:
                return
            for row in rows:
                key = uuid4().hex
                self.rows[key] = row
                self._until_it_works(lambda row=row, key=key: self._answer(row, key))
                self.halt.wait(self._pause)

    def _ask(self) -> list[int]:
        found = self._client.get(
            "/api/next", params={"n": 2}, headers=self.server.headers(self.name)
        )
        found.raise_for_status()
        return [row["row"] for row in found.json()["rows"]]

    def _answer(self, row: int, key: str) -> None:
        label = "gold" if self._positive(row) else "dry"
        body = {"labels": [{"row": row, "label": label, "key": key}]}
        headers = self.server.headers(self.name)
        done = self._client.post("/api/labels", json=body, headers=headers)
        if done.status_code == 422:
            self.failed.append(done.text)
            return
        done.raise_for_status()
        self.acknowledged[key] = done.json()["events"][0]

    def _until_it_works(self, call):
        while not self.halt.is_set():
            try:
                return call()
            except httpx.HTTPError:
                time.sleep(0.1)
        return None
