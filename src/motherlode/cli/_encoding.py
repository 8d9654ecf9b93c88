"""What an encoder costs, said once its first rows are encoded, and how far it has come."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from ._screen import say

_WATCHED = 0.5  # seconds from which the whole time is estimated
_SHORT = 5.0  # seconds that need no announcement


@contextmanager
def show_encoding(
    console: Console, rows: int, name: str, kind: str
) -> Iterator[Callable[[int], None]]:
    """Say what is encoded and about how long it takes; on a terminal show a bar too.

    Yields
    ------
    callable
        To be called with how many rows are encoded.
    """
    say(console, f"Encoding {rows:,} {kind}s by {name}, once.")
    estimate = _Estimate(rows, lambda seconds: _announce(console, seconds))
    if not console.is_terminal:
        yield estimate
        return
    columns = (TextColumn("Encoded"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("", total=rows)

        def show(done: int) -> None:
            estimate(done)
            bar.update(task, completed=done)

        yield show


class _Estimate:
    """The time that is left, told once."""

    def __init__(self, rows: int, tell: Callable[[float], None]) -> None:
        self.rows, self.tell = rows, tell
        self.first: tuple[int, float] | None = None
        self.told = False

    def __call__(self, done: int) -> None:
        now = time.monotonic()
        if self.first is None:
            self.first = (done, now)  # opening the network is behind us
            return
        passed = now - self.first[1]
        if self.told or passed < _WATCHED:
            return
        self.told = True
        self.tell((self.rows - done) * passed / (done - self.first[0]))


def _announce(console: Console, seconds: float) -> None:
    if seconds >= _SHORT:
        say(console, f"This takes about {_spell(seconds)}.")


def _spell(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} seconds"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} minutes"
    return f"{seconds / 3600:.1f} hours"
