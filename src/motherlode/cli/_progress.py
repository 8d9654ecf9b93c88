"""How far a command has come: a bar on a terminal, a line now and then elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

SILENT_SECONDS = 2.0
"""What takes no longer needs no lines."""

_SHARE = 10  # per cent between two lines

Told = Callable[[int, int], None]
"""Called with how much is done, and of how much."""


@contextmanager
def show_progress(what: str) -> Iterator[Told]:
    """Show how far something is, on stderr.

    Parameters
    ----------
    what : str
        What is counted, as in "Rows scored".

    Yields
    ------
    callable
        To be called with how much is done, and of how much.
    """
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _Lines(what)
        return
    columns = TextColumn(what), BarColumn(), TaskProgressColumn(), TimeRemainingColumn()
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(what)
        yield lambda done, total: bar.update(task, completed=done, total=total)


class Steps:
    """Says each step of a command once it is done, with its seconds, on stderr.

    On a terminal it says also what is done now. A step that took less than `SILENT_SECONDS` is not
    worth a line, so what is refused at once is one sentence.
    """

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False, markup=False)
        self._status = self._console.status("") if self._console.is_terminal else None

    @contextmanager
    def show(self, what: str) -> Iterator[None]:
        """Show a step for as long as the block lasts."""
        begun = time.monotonic()
        if self._status is not None:
            self._status.update(what)
            self._status.start()
        try:
            yield
        finally:
            if self._status is not None:
                self._status.stop()
        seconds = time.monotonic() - begun
        if seconds >= SILENT_SECONDS:
            self._console.print(f"{what}: {seconds:.1f} s", soft_wrap=True)


class _Lines:
    """A line for each ten per cent of what takes long."""

    def __init__(self, what: str) -> None:
        self._what, self._begun, self._said = what, time.monotonic(), 0

    def __call__(self, done: int, total: int) -> None:
        per_cent = 100 * done // max(total, 1) // _SHARE * _SHARE
        if per_cent <= self._said or time.monotonic() - self._begun < SILENT_SECONDS:
            return
        self._said = per_cent
        sys.stderr.write(f"{self._what}: {per_cent} %\n")
        sys.stderr.flush()
