"""Labels that come in a file: recorded once, however often the file is handed in."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

from sqlalchemy import Connection

from ...errors import InputError
from .._data.settings import Settings
from .._log import log
from .._log.events import GIVEN, SETTLE, Event
from .._log.fold import State
from .._log.provenance import Provenance
from . import ranking
from .answers import check_class, check_row


@dataclass(frozen=True)
class Taught:
    """How many labels of a file were new, known already, and changed."""

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
) -> Taught:
    """Record labels of rows, all of them or, if anything is wrong, none.

    A label that a row has already is not recorded again, and neither is any label of a list that
    was taught before, even if somebody has corrected it since. Rows that ``motherlode query``
    gave out keep what it knew of them.

    Parameters
    ----------
    correct : bool
        Whether a row may get another label than it has; the new one then decides.

    Raises
    ------
    InputError
        For a row outside the data, an unknown class, or a row with another label.
    """
    told = _told(settings, rows, labels)
    content = blake2b(repr(sorted(told.items())).encode(), digest_size=16).hexdigest()
    keys = {row: f"taught {content} {row}" for row in told}
    before = set() if correct else set(log.with_keys(connection, keys.values()))
    asked = _asked(connection, set(told))
    events, corrected = [], 0
    for row, label in told.items():
        present = state.present.get(row)
        had = None if present is None else present.label
        if had == label or keys[row] in before:
            continue
        if had is not None and not correct:
            raise InputError(
                f"Row {row} is labelled {had!r} and now {label!r}; nothing was recorded. If the "
                "first label was wrong, say --correct."
            )
        fresh = Event(row, "label", annotator, now, label=label)
        if had is not None:
            corrected += 1
            events.append(replace(fresh, how=Provenance(SETTLE)))
        else:
            how = asked.get(row, Provenance(GIVEN))
            events.append(replace(fresh, how=how, key=None if correct else keys[row]))
    log.append_many(connection, events)
    return Taught(len(events) - corrected, len(told) - len(events), corrected)


def _told(settings: Settings, rows: Sequence[int], labels: Sequence[str]) -> dict[int, str]:
    told: dict[int, str] = {}
    for row, label in zip(rows, labels, strict=True):
        check_row(row, settings)
        check_class(label, settings)
        if told.setdefault(row, label) != label:
            raise InputError(f"Row {row} is labelled both {told[row]!r} and {label!r}.")
    return told


def _asked(connection: Connection, rows: set[int]) -> dict[int, Provenance]:
    """What the last query that gave out each row knew of it."""
    found: dict[int, Provenance] = {}
    for query in ranking.whole(connection, ranking.BATCH):
        for place, row in enumerate(query.rows):
            if row in rows and row not in found:
                found[row] = replace(query.how(place), asked_at=query.at)
    return found
