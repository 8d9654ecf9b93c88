"""Read a source again and again, and add what is new in it."""

from collections.abc import Callable
from pathlib import Path

from ...errors import InputError
from .adding import Added

_MOST_NAMED = 5


def watch(
    look: Callable[[], Added],
    tell: Callable[[str], None],
    rest: Callable[[], bool],
    file: Path | None = None,
) -> None:
    """Look at a source until told to stop; what is wrong is said, and looked at again.

    Parameters
    ----------
    look : callable
        Adds what is new.
    tell : callable
        Takes a sentence on what happened; nothing is told if nothing did.
    rest : callable
        Waits for the next look; true to stop.
    file : Path, optional
        The source if it is a file, which is not read again while it stays as it is.
    """
    seen: object = None
    said: str | None = None
    while True:
        stamp = _find_stamp(file)
        try:
            if stamp is None or stamp != seen:
                found = look()
                seen = stamp
                if found.event is not None or found.left:
                    said = _tell_once(tell, describe_added(found), said)
                else:
                    said = None
        except InputError as problem:
            said = _tell_once(tell, str(problem), said)
        if rest():
            return


def _tell_once(tell: Callable[[str], None], sentence: str, said: str | None) -> str:
    if sentence != said:
        tell(sentence)
    return sentence


def _find_stamp(file: Path | None) -> tuple[int, int] | None:
    """Tell one content of a file from another; None if that can't be told."""
    try:
        if file is None or not file.is_file():
            return None
        found = file.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def describe_added(found: Added) -> str:
    """Say what became of rows.

    Examples
    --------
    >>> describe_added(Added(added=2, unchanged=7, event=5, first=120))
    '2 rows added (numbers 120 to 121), 7 there already.'
    >>> describe_added(Added(added=1, event=5, first=120))
    '1 row added (number 120).'
    """
    if found.added:
        first = found.first or 0
        numbers = f"{first} to {first + found.added - 1}"
        where = f"number {first}" if found.added == 1 else f"numbers {numbers}"
        parts = [f"{_count(found.added)} added ({where})"]
    else:
        parts = ["No row added"]
    if found.updated:
        parts.append(f"{found.updated:,} changed")
    if found.unchanged:
        parts.append(f"{found.unchanged:,} there already")
    more = "".join(f" {said}" for said in (found.again, found.drift) if said)
    if not found.left:
        return f"{', '.join(parts)}.{more}"
    named = ", ".join(found.left[:_MOST_NAMED]) + (", …" if len(found.left) > _MOST_NAMED else "")
    was = "it was" if len(found.left) == 1 else "they were"
    parts.append(f"{len(found.left):,} changed in the source and left as {was} ({named})")
    return f"{', '.join(parts)}; --update takes the new content.{more}"


def _count(rows: int) -> str:
    return "1 row" if rows == 1 else f"{rows:,} rows"
