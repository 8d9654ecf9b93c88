"""Keep a project's trainer running beside the server."""

import logging
import os
import socket
import subprocess
import sys
import threading
from contextlib import suppress

from ...errors import InputError
from .._data.folder import Project
from .trainer_lock import ANOTHER_AT_WORK, SILENT_SECONDS, read_holder, release, write_problem

_FIRST_WAIT, _LONGEST_WAIT = 0.5, 30.0
_LONG_RUN_SECONDS = 60.0
_TRAINER = "motherlode.project._training.trainer"
_log = logging.getLogger("motherlode.project")


class Supervisor:
    """Runs the trainer of a project in a process of its own, for a ``with`` block.

    If the trainer ends before the block, it is started again, after a longer wait each time.

    Parameters
    ----------
    project : Project
        An open project.
    """

    def __init__(self, project: Project) -> None:
        self._project, self._message = project, ""
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="supervisor", daemon=True)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Supervisor":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
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
            ran = self._wait_for(self._process)
            wait = _FIRST_WAIT if ran >= _LONG_RUN_SECONDS else min(2 * wait, _LONGEST_WAIT)
            if self._process.returncode == ANOTHER_AT_WORK:
                wait = _FIRST_WAIT * 4
            with suppress(InputError):  # a database that is away; the next end tries again
                self._report(self._process)
            self._stop.wait(wait)

    def _report(self, process: "subprocess.Popen[bytes]") -> None:
        """Free the lock of a trainer that ended, and log why there is none if that is new."""
        database = self._project.database
        release(database, socket.gethostname(), process.pid)
        if self._stop.is_set():
            return
        if process.returncode == ANOTHER_AT_WORK:
            message = (
                f"Another trainer is at work ({read_holder(database)}); ours begins once that has "
                f"been silent for {SILENT_SECONDS:.0f} s."
            )
        else:
            message = f"The trainer ended with code {process.returncode}; it is started again."
            write_problem(database, message)  # until the next one has ranked
        if message != self._message:
            _log.warning(message)
            self._message = message

    def _start(self) -> "subprocess.Popen[bytes]":
        # One thread: the other cores are for those who label.
        threads = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}
        return subprocess.Popen(  # our own program, no shell  # nosec B603
            [sys.executable, "-m", _TRAINER, str(self._project.folder), str(os.getpid())],
            env=threads | dict(os.environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )

    def _wait_for(self, process: "subprocess.Popen[bytes]") -> float:
        """Wait for the trainer's end, or end it when asked to stop; return the seconds it ran."""
        ran = 0.0
        while process.poll() is None:
            if self._stop.wait(0.2):
                process.terminate()
                process.wait(10)
                break
            ran += 0.2
        return ran
