"""Processes of their own that need not import anything: one that has it all loaded forks them.

A new interpreter takes two seconds until it has imported what a command needs. Here a helper has
imported it, once for all tests of a worker (`multiprocessing` calls that a fork server), and every
process is a copy of the helper: with streams, a folder, an environment and an end of its own. Tests
of how the command starts take a new interpreter, as in `tests/cli/test_app.py` and `test_label.py`.
"""

import multiprocessing
import os
import shutil
import sys
import tempfile
import time
import warnings
import weakref
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

_CONTEXT = multiprocessing.get_context("forkserver")
_CONTEXT.set_forkserver_preload(
    [f"motherlode.cli._{name}" for name in ("add", "backup", "init", "query", "serve", "status")]
)
_SECONDS = 120
_STREAMS = ("in", "out", "err")


class Apart:
    """A function of a module that is called in a process of its own.

    Parameters
    ----------
    function, *arguments
        What to call, and with what.
    cwd : Path, optional
        The folder it works in.
    given : str
        What stands on its standard input.
    environment : dict of str to str, optional
        What is added to the variables of this process.
    """

    def __init__(
        self,
        function: Callable[..., object],
        *arguments: object,
        cwd: Path | None = None,
        given: str = "",
        environment: dict[str, str] | None = None,
    ) -> None:
        self._folder = Path(tempfile.mkdtemp())
        self._remove = weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        for stream in _STREAMS:
            (self._folder / stream).write_text(given if stream == "in" else "")
        variables = os.environ | (environment or {})
        self._process = _CONTEXT.Process(
            target=_begin,
            args=(self._folder, cwd or Path.cwd(), variables, function, arguments),
            daemon=True,  # it ends when this process does
        )
        self._process.start()
        assert self._process.pid is not None
        self.pid = self._process.pid

    def poll(self) -> int | None:
        """Give the exit code, negative for a signal; None while the process lives."""
        return self._process.exitcode

    def kill(self) -> None:
        """Kill the process, and wait until it is gone."""
        self._process.kill()
        self._process.join()

    def send_signal(self, number: int) -> None:
        """Send a signal."""
        os.kill(self.pid, number)

    def wait_for(self, words: str, seconds: float = _SECONDS) -> str:
        """Wait for a line with some words on standard output, and give all that stands there."""
        end = time.monotonic() + seconds
        while True:
            has_ended = self.poll() is not None
            said = (self._folder / "out").read_text()
            if words in said[: said.rfind("\n") + 1]:
                return said
            assert not has_ended, f"{said}\n{(self._folder / 'err').read_text()}"
            assert time.monotonic() < end, said
            time.sleep(0.01)

    def wait(self, seconds: float = _SECONDS) -> int:
        """Wait for the end, and give the exit code; whoever takes too long is killed."""
        self._process.join(seconds)
        code = self.poll()
        if code is None:
            self.kill()
            raise TimeoutError(f"process {self.pid} did not end within {seconds} s")
        return code

    def finish(self, seconds: float = _SECONDS) -> CompletedProcess[str]:
        """Wait for the end, and give the exit code and what the process wrote."""
        code = self.wait(seconds)
        out, err = ((self._folder / stream).read_text() for stream in _STREAMS[1:])
        self._remove()
        return CompletedProcess([], code, out, err)


def call_apart(
    function: Callable[..., object], *arguments: object, cwd: Path | None = None, given: str = ""
) -> CompletedProcess[str]:
    """Call a function in a process of its own, and wait until it has ended."""
    return Apart(function, *arguments, cwd=cwd, given=given).finish()


def run_strictly(*arguments: object) -> None:
    """Be the command line until the process ends, where a warning is an error."""
    warnings.simplefilter("error")
    run_command(*arguments)


def run_command(*arguments: object) -> None:
    """Be the command line until the process ends."""
    from motherlode.cli import main

    sys.argv = ["motherlode", *map(str, arguments)]
    main()


def _begin(
    folder: Path,
    cwd: Path,
    variables: dict[str, str],
    function: Callable[..., object],
    arguments: tuple[object, ...],
) -> None:
    for number, stream in enumerate(_STREAMS):
        opened = os.open(folder / stream, os.O_RDWR | os.O_APPEND)
        os.dup2(opened, number)
        os.close(opened)
    # As a new interpreter makes them; they are open until the process ends.
    sys.stdin, sys.stdout, sys.stderr = (
        os.fdopen(number, mode, closefd=False) for number, mode in enumerate("rww")
    )
    os.environ.clear()
    os.environ.update(variables)
    os.chdir(cwd)
    # joblib starts no processes in a daemon, which this is only for whoever waits for it.
    multiprocessing.current_process()._config["daemon"] = False  # type: ignore[attr-defined]
    function(*arguments)
