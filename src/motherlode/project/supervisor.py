"""Keeps a project's trainer running beside whoever serves the project."""

import os
import subprocess
import sys
import threading
from pathlib import Path
from types import TracebackType

from .claim import ANOTHER_AT_WORK

_FIRST_WAIT, _LONGEST_WAIT = 0.5, 30.0
_LONG_RUN_SECONDS = 60.0


class Supervisor:
    """Starts the trainer, and starts it again when it dies, more slowly each time.

    Use it in a ``with`` block; the trainer ends with the block.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="supervisor", daemon=True)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Supervisor":
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()

    @property
    def pid(self) -> int | None:
        """Process id of the trainer, or None while there is none."""
        process = self._process
        return None if process is None or process.poll() is not None else process.pid

    def _keep(self) -> None:
        wait = _FIRST_WAIT
        while not self._stop.is_set():
            self._process = self._start()
            ran = self._until_it_ends(self._process)
            wait = _FIRST_WAIT if ran >= _LONG_RUN_SECONDS else min(2 * wait, _LONGEST_WAIT)
            if self._process.returncode == ANOTHER_AT_WORK:
                wait = _FIRST_WAIT * 4
            self._stop.wait(wait)

    def _start(self) -> "subprocess.Popen[bytes]":
        # One thread: the other cores are for those who label.
        threads = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}
        return subprocess.Popen(
            [
                sys.executable,
                "-m",
                "motherlode.project.trainer",
                str(self._folder),
                str(os.getpid()),
            ],
            env=threads | dict(os.environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )

    def _until_it_ends(self, process: "subprocess.Popen[bytes]") -> float:
        """Wait for the trainer's end, or end it when asked to stop; seconds it ran."""
        ran = 0.0
        while process.poll() is None:
            if self._stop.wait(0.2):
                process.terminate()
                process.wait(10)
                break
            ran += 0.2
        return ran
