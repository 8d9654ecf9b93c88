"""The answers that stand, chosen by what was said, by whom, when, and of which rows."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pyarrow as pa

from ...errors import InputError
from .._data.folder import Project
from .._log.events import Event
from .._log.fold import State
from .._serving.answers import check_class

_MOST_WORDS = 50
_ROWS_AT_A_TIME = 10_000


@dataclass(frozen=True)
class Wanted:
    """Which answers to list; what is empty asks for nothing.

    Parameters
    ----------
    annotator : str or None
        Whose answers.
    classes : tuple of str
        The answer is one of these classes. Together with `unsure` and `skipped` these are
        alternatives; with none of the three it may be any.
    unsure, skipped : bool
        The answer is that nobody can tell, or that the row was left out.
    disputed : bool
        Annotators differ on the row, and nobody has settled it.
    note : str or None
        The note holds this text, in any case.
    tag : str or None
        The answer has this tag, in any case.
    words : str or None
        The row holds these words, as a search for them finds it.
    since, until : float or None
        The answer was given from then on, or before then, in seconds since 1970.
    """

    annotator: str | None = None
    classes: tuple[str, ...] = ()
    unsure: bool = False
    skipped: bool = False
    disputed: bool = False
    note: str | None = None
    tag: str | None = None
    words: str | None = None
    since: float | None = None
    until: float | None = None


def list_answers(
    project: Project, state: State, wanted: Wanted, timeout: float | None = None
) -> list[Event]:
    """List the answers that stand and meet all that is wanted, the last first.

    An answer that its annotator has replaced is not among them.
    """
    found = list(_standing(state, wanted.annotator))
    for test in _tests(project, state, wanted):
        found = [event for event in found if test(event)]
    if wanted.words and wanted.words.strip():
        rows = sorted({event.row for event in found})
        holding = _find_holding(project, rows, wanted.words, timeout)
        found = [event for event in found if event.row in holding]
    return found


def read_day(text: str | None, *, end: bool = False) -> float | None:
    """Read a day or a time as seconds since 1970; a day is one of UTC, and `end` gives its end.

    Examples
    --------
    >>> read_day("1970-01-02"), read_day("1970-01-02", end=True), read_day("1970-01-01T00:01Z")
    (86400.0, 172800.0, 60.0)
    """
    if text is None or not text.strip():
        return None
    try:
        return _seconds(text.strip(), end)
    except (ValueError, OverflowError):
        raise InputError(f"The date {text!r} cannot be read; write it like 2026-11-30.") from None


def _seconds(text: str, end: bool) -> float:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        at = datetime.fromisoformat(text)
    else:
        at = datetime(day.year, day.month, day.day) + timedelta(days=end)
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


def _standing(state: State, annotator: str | None) -> Iterator[Event]:
    if annotator is None:
        opinions = (o for known in state.rows.values() for o in known.opinions)
        yield from sorted(opinions, key=lambda event: -event.id)
        return
    seen = set()
    for event in state.history(annotator):
        if event.row not in seen:
            seen.add(event.row)
            yield event


def _tests(project: Project, state: State, wanted: Wanted) -> Iterator[Callable[[Event], bool]]:
    since, until = wanted.since, wanted.until
    if since is not None:
        yield lambda event: event.at >= since
    if until is not None:
        yield lambda event: event.at < until
    if wanted.classes or wanted.unsure or wanted.skipped:
        settings = project.settings_at(state)
        for label in wanted.classes:
            check_class(label, state, settings)
        labels = {state.changes.current(label) for label in wanted.classes}
        kinds = {"unsure": wanted.unsure, "skip": wanted.skipped}
        yield lambda event: kinds.get(event.kind, False) or event.label in labels
    if wanted.disputed:
        yield lambda event: state.rows[event.row].disagrees
    if note := (wanted.note or "").strip().casefold():
        yield lambda event: note in (event.note or "").casefold()
    if tag := (wanted.tag or "").strip().casefold():
        yield lambda event: tag in (event.tags or "").casefold().split("\n")


def _find_holding(project: Project, rows: list[int], words: str, timeout: float | None) -> set[int]:
    """Find which of some rows hold all words, in the columns that annotators see."""
    from ...pool import Pool
    from ...pool._search import containing

    if len(words.split()) > _MOST_WORDS:
        raise InputError(f"The search holds more than {_MOST_WORDS} words; give fewer.")
    table = project.rows.table.select(list(project.settings.shown))
    begun, found = time.monotonic(), set[int]()
    for start in range(0, len(rows), _ROWS_AT_A_TIME):
        if timeout is not None and time.monotonic() - begun > timeout:
            raise InputError(
                f"The search took more than {timeout:.0f} s; give fewer words, or a shorter time."
            )
        few = np.array(rows[start : start + _ROWS_AT_A_TIME])
        pool = Pool(table.take(pa.array(few)), "passthrough")  # nothing is encoded
        found.update(few[containing(pool, words)].tolist())
    return found
