"""Show the progress of simulated sessions: a table on a terminal, some lines elsewhere."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table

from ..simulation import Round
from ._screen import make_table, say

_LINES_A_SESSION = 4

_Session = tuple[str, int]
_Watch = Callable[[str, int], Callable[[Round], None]]


@contextmanager
def show_rounds(console: Console, sessions: Sequence[_Session], budget: int) -> Iterator[_Watch]:
    """Make a function from a strategy and a seed to one that shows each `Round` of theirs."""
    if not console.is_terminal:
        yield lambda strategy, seed: _lines(console, strategy, seed, budget)
        return
    latest: dict[_Session, Round | None] = dict.fromkeys(sessions)
    with Live(_table(latest, budget), console=console, auto_refresh=False) as live:

        def watch(strategy: str, seed: int) -> Callable[[Round], None]:
            def show(state: Round) -> None:
                latest[strategy, seed] = state
                live.update(_table(latest, budget), refresh=True)

            return show

        yield watch


def _lines(console: Console, strategy: str, seed: int, budget: int) -> Callable[[Round], None]:
    shown = 0

    def show(state: Round) -> None:
        nonlocal shown
        if state.labels < min(budget, (shown + 1) * budget / _LINES_A_SESSION):
            return
        shown = int(_LINES_A_SESSION * state.labels / budget)
        say(
            console,
            f"{strategy}, seed {seed}: {state.labels:,} labels, {state.positives} found, "
            f"average precision {state.average_precision:.3f}",
        )

    return show


def _table(latest: dict[_Session, Round | None], budget: int) -> Table:
    table = make_table("Strategy", "Seed", "", "Labels", "Found", "Average precision")
    for (strategy, seed), state in latest.items():
        bar = ProgressBar(budget, state.labels if state else 0, width=24)
        if state is None:
            table.add_row(strategy, str(seed), bar)
        else:
            table.add_row(
                strategy,
                str(seed),
                bar,
                f"{state.labels:,}",
                f"{state.positives:,}",
                f"{state.average_precision:.3f}",
            )
    return table
