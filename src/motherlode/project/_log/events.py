"""One thing that an annotator did to one row, or one change of the project."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...session import CONTROL
from .provenance import (
    HOW,
    Provenance,
    field_types,
    provenance_from_dict,
    provenance_from_values,
    provenance_to_dict,
)

# How a row came to be answered; estimates depend on it.
QUERY, DOUBLE, SEARCH, GIVEN, SETTLE = "query", "double", "search", "given", "settle"
EVALUATION = "evaluation"
CHANNELS = (QUERY, CONTROL, DOUBLE, SEARCH, GIVEN, SETTLE, EVALUATION)

CHANGED = "changed"
"""The kind of an event that changes a setting."""
NO_ROW = -1
"""The row of an event that is about the whole project."""

_GIVEN = Provenance(GIVEN)


@dataclass(frozen=True, slots=True)
class Event:
    """An entry of the log.

    Attributes
    ----------
    id : int
        Position in the log; 0 for an event that is not recorded yet.
    row : int
        Global row id; `NO_ROW` for a change of the project.
    kind : {"label", "skip", "unsure", "retract", "changed"}
        "skip": left unlabelled on purpose; "unsure": nobody can tell; "retract": takes back the
        event `retracts`; "changed": the project has another `setting` from here on.
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
        Given by the sender; an event with the same key is recorded once.
    setting : str or None
        What was changed, for the kind "changed"; `retracts` is then the change that this one takes
        back.
    before, after : str or None
        Its values as JSON.
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
    setting: str | None = None
    before: str | None = None
    after: str | None = None
    id: int = 0

    @property
    def each_tag(self) -> tuple[str, ...]:
        """Its tags, one by one."""
        return tuple(filter(None, (self.tags or "").split("\n")))


_OWN = {name: kind for name, kind in field_types(Event).items() if name != "how"}
_HOW = [*field_types(Event)].index("how")
FIELDS = {**_OWN, **HOW}
"""The columns of an event in tables, those of `how` included, each with its type."""


def event_to_dict(event: Event) -> dict[str, Any]:
    """Give the values of an event by `FIELDS`."""
    return {**{name: getattr(event, name) for name in _OWN}, **provenance_to_dict(event.how)}


def event_from_values(values: Sequence[Any]) -> Event:
    """Make an event of the values of `FIELDS` in their order, which is how a log is read."""
    how = provenance_from_values(values[len(_OWN) :])
    in_order: list[Any] = [*values[:_HOW], how, *values[_HOW : len(_OWN)]]
    return Event(*in_order)


def event_from_dict(line: Mapping[str, Any]) -> Event:
    """Make an event of what `event_to_dict` gave, among other values.

    Examples
    --------
    >>> said = Event(7, "label", "ann", 0.0, label="spam", how=Provenance("query", "Margin"))
    >>> event_from_dict(event_to_dict(said)) == said
    True
    """
    return Event(**{name: line[name] for name in _OWN}, how=provenance_from_dict(line))
