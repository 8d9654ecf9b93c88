"""``motherlode check``: see that a project is whole, and say all that is wrong."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from .._inert.description import pluralise
from ..errors import InputError
from ..project._care import checking
from ._progress import Told, show_progress
from ._screen import make_console, say


def check(folder: Path) -> None:
    """Check a project, and say how much it holds."""
    console = make_console()
    with ExitStack() as shown:
        found = checking.check(folder, _tell_in(shown))
    for hint in found.hints:
        say(console, f"Note: {hint}")
    if len(found.faults) == 1:
        raise InputError(found.faults[0])
    for number, fault in enumerate(found.faults, start=1):
        say(console, f"{number}. {fault}")
    if found.faults:
        raise InputError(f"{folder} has {len(found.faults)} faults, as listed above.")
    whole = f"{pluralise(found.rows, 'row')}, {pluralise(found.events, 'event')}"
    say(console, f"{folder} is whole: {whole}.")


def _tell_in(shown: ExitStack) -> Callable[[str], Told]:
    """Show one thing after the other."""

    def tell(what: str) -> Told:
        shown.close()
        return shown.enter_context(show_progress(what))

    return tell
