"""Keep a project's trainer running beside the server."""

import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress

from ...errors import InputError
from .._data.folder import Project
from .._serving.ranking import read_latest
from .retries import describe_failure, find_wait
from .trainer_lock import ANOTHER_AT_WORK, SILENT_SECONDS, read_holder, release, write_problem

_WAIT_FOR_ANOTHER = 2.0
_TRAINER = "motherlode.project._training.trainer"
_log = logging.getLogger("motherlode.project")


class Supervisor:
    """Runs the trainer of a project in a process of its own, for a ``with`` block.

    If the trainer ends before the block, it is started again, after a longer wait each time until
    one has ranked.

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
        failures = 0
        while not self._stop.is_set():
            begun = time.time()
            self._process = self._start()
            said = self._wait_for(self._process)
            if self._process.returncode == ANOTHER_AT_WORK:
                wait = _WAIT_FOR_ANOTHER
            else:
                failures = 1 if self._has_ranked(begun) else failures + 1
                wait = find_wait(failures)
            with suppress(InputError):  # a database that is away; the next end tries again
                self._report(self._process, said, failures)
            self._stop.wait(wait)

    def _has_ranked(self, since: float) -> bool:
        with suppress(InputError), self._project.database.reading() as connection:
            newest = read_latest(connection)
            return newest is not None and newest.at >= since
        return False

    def _report(self, process: "subprocess.Popen[bytes]", said: str, failures: int) -> None:
        """Free the lock of a trainer that ended, and tell why there is none."""
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
            message = said or _explain_end(process.returncode)
            write_problem(database, describe_failure(message, failures))  # until one has ranked
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
            start_new_session=True,  # Ctrl-C is for us, and we end it
            stdout=subprocess.PIPE,  # for one sentence at most; see `trainer.main`
        )

    def _wait_for(self, process: "subprocess.Popen[bytes]") -> str:
        """Wait for the trainer's end, or end it when asked to stop; return what it said."""
        assert process.stdout is not None
        with process.stdout as output:
            while process.poll() is None:
                if self._stop.wait(0.2):
                    process.terminate()
                    process.wait(10)
                    return ""
            return output.readline().decode(errors="replace").strip()


def _explain_end(code: int) -> str:
    """Say how a trainer ended that said nothing itself, and what to do."""
    if -code == getattr(signal, "SIGKILL", None):
        return (
            "The trainer was killed, as when memory runs out, and is started again; if that "
            "repeats, give it more memory or choose a simpler model by `motherlode set`."
        )
    how = f"by signal {-code}" if code < 0 else f"with code {code}"
    return (
        f"The trainer ended {how} and is started again; if that repeats, "
        "`motherlode query` fits the same model and shows the whole error."
    )
