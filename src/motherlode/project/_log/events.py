"""One thing that an annotator did to one row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...session import CONTROL
from .provenance import HOW, Provenance, kinds_of, provenance_in, provenance_of, told

# How a row came to be answered; it bears on what can be estimated from the answers.
QUERY, DOUBLE, SEARCH, GIVEN, SETTLE = "query", "double", "search", "given", "settle"
CHANNELS = (QUERY, CONTROL, DOUBLE, SEARCH, GIVEN, SETTLE)

_GIVEN = Provenance(GIVEN)


@dataclass(frozen=True, slots=True)
class Event:
    """An entry of the log, which is only ever appended to.

    Attributes
    ----------
    id : int
        Position in the log; 0 for an event that is not recorded yet.
    row : int
        Global row id.
    kind : {"label", "skip", "unsure", "retract"}
        "skip": not answered; "unsure": looked at, and nobody can tell; "retract": takes back
        the event `retracts`.
    annotator : str
    at : float
        Seconds since 1970 by the clock of the machine that recorded it.
    label : str or None
        The class; None unless `kind` is "label".
    how : Provenance
        How the row came to be answered.
    seconds : float or None
        Time spent on the row.
    note : str or None
    tags : str or None
        Tags with newlines between.
    retracts : int or None
    key : str or None
        Given by the sender; the log takes an event with the same key once.
    """

    row: int
    kind: str
    annotator: str
    at: float
    label: str | None = None
    how: Provenance = _GIVEN
    seconds: float | None = None
    note: str | None = None
    tags: str | None = None
    retracts: int | None = None
    key: str | None = None
    id: int = 0


_OWN = {name: kind for name, kind in kinds_of(Event).items() if name != "how"}
_HOW = [*kinds_of(Event)].index("how")
FIELDS = {**_OWN, **HOW}
"""An event as tables have it, with what `how` holds beside the rest; each with its type."""


def line_of(event: Event) -> dict[str, Any]:
    """The values of an event by `FIELDS`."""
    return {**{name: getattr(event, name) for name in _OWN}, **told(event.how)}


def event_in(values: Sequence[Any]) -> Event:
    """From the values of `FIELDS` in their order, which is how a long log is read."""
    how = provenance_in(values[len(_OWN) :])
    in_order: list[Any] = [*values[:_HOW], how, *values[_HOW : len(_OWN)]]
    return Event(*in_order)


def event_of(line: Mapping[str, Any]) -> Event:
    """From what `line_of` gave, among other values.

    Examples
    --------
    >>> said = Event(7, "label", "ann", 0.0, label="spam", how=Provenance("query", "Margin"))
    >>> event_of(line_of(said)) == said
    True
    """
    return Event(**{name: line[name] for name in _OWN}, how=provenance_of(line))
