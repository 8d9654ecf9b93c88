"""Labels that come in a file: recorded once, however often the file is handed in."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

from sqlalchemy import Connection

from ...errors import InputError
from ...session import CONTROL
from .._data.settings import Settings
from .._log import log
from .._log.events import GIVEN, SETTLE, Event
from .._log.fold import RowState, State
from .._log.provenance import Provenance
from . import leases, ranking
from .answers import check_class, check_row

_GIVEN = Provenance(GIVEN)


@dataclass(frozen=True)
class TeachingResult:
    """How many labels were new, known already, and corrected."""

    new: int
    known: int
    corrected: int


def teach(
    connection: Connection,
    state: State,
    settings: Settings,
    annotator: str,
    rows: Sequence[int],
    labels: Sequence[str],
    now: float,
    *,
    correct: bool = False,
    name: Callable[[int], str] = str,
) -> TeachingResult:
    """Record all labels of some rows, or none of them if anything is wrong.

    A label that a row has already is not recorded again. Nor is a label of a list that was taught
    before, even if somebody has corrected it since. Rows that ``motherlode query`` gave out keep
    their provenance, and so do control draws of the page. With `correct`, a label may replace
    another, and then decides. Errors call a row by its `name`, as the file does.
    """
    given = _join(state, settings, rows, labels, name)
    content = blake2b(repr(sorted(given.items())).encode(), digest_size=16).hexdigest()
    keys = {row: f"taught {content} {row}" for row in given}
    before = set() if correct else set(log.find_by_key(connection, keys.values()))
    asked = _find_provenance(connection, set(given))
    events, corrected = [], 0
    for row, label in given.items():
        known, meant = state.rows.get(row), state.changes.current(label)
        had = None if known is None else known.label
        how = asked.get(row, _GIVEN)
        if keys[row] in before or (had == meant and not _is_news(how, known)):
            continue
        if had not in (None, meant) and not correct:
            raise InputError(
                f"Row {name(row)} is labelled {had!r} and now {label!r}; nothing was recorded. If "
                "the first label was wrong, say --correct."
            )
        fresh = Event(row, "label", annotator, now, label=label)
        if had not in (None, meant):
            corrected += 1
            events.append(replace(fresh, how=Provenance(SETTLE)))
        else:
            events.append(replace(fresh, how=how, key=None if correct else keys[row]))
    log.append_many(connection, events)
    return TeachingResult(len(events) - corrected, len(given) - len(events), corrected)


def _is_news(how: Provenance, known: RowState | None) -> bool:
    """Say whether chance drew a row that somebody labelled meanwhile for another reason."""
    return how.channel == CONTROL and known is not None and known.how.channel != CONTROL


def _join(
    state: State,
    settings: Settings,
    rows: Sequence[int],
    labels: Sequence[str],
    name: Callable[[int], str],
) -> dict[int, str]:
    given: dict[int, str] = {}
    for row, label in zip(rows, labels, strict=True):
        check_row(row, settings)
        check_class(label, state, settings)
        if given.setdefault(row, label) != label:
            raise InputError(f"Row {name(row)} is labelled both {given[row]!r} and {label!r}.")
    return given


def _find_provenance(connection: Connection, rows: set[int]) -> dict[int, Provenance]:
    """Find how rows were asked: drawn for somebody on the page, or in the last query of each."""
    drawn = leases.find_draws(connection)
    found = {row: offer.how for row, offer in drawn.items() if row in rows}
    for query in ranking.read_intact(connection, ranking.BATCH):
        for place, row in enumerate(query.rows):
            if row in rows and row not in found:
                found[row] = replace(query.how(place), asked_at=query.at)
    return found
