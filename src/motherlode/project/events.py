"""One thing that an annotator did to one row."""

from dataclasses import dataclass, fields

from ..session import CONTROL

# How a row came to be answered; it bears on what can be estimated from the answers.
QUERY, DOUBLE, SEARCH, GIVEN, SETTLE = "query", "double", "search", "given", "settle"
CHANNELS = (QUERY, CONTROL, DOUBLE, SEARCH, GIVEN, SETTLE)


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
    channel : {"query", "control", "double", "search", "given", "settle"}
        Asked by the strategy; drawn by lot; asked again of a second annotator; found by search;
        handed in; or decided where annotators disagreed.
    query : int or None
        The ranking that asked.
    strategy, utility, probability
        Of the row in that ranking; the probability is that of being drawn, None if chance had
        no part in it.
    model_version : int or None
        The last event that the asking model had seen.
    asked_at : float or None
        When the row was given out, in seconds since 1970.
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
    channel: str = GIVEN
    query: int | None = None
    strategy: str | None = None
    utility: float | None = None
    probability: float | None = None
    model_version: int | None = None
    asked_at: float | None = None
    seconds: float | None = None
    note: str | None = None
    tags: str | None = None
    retracts: int | None = None
    key: str | None = None
    id: int = 0


FIELDS = tuple(field.name for field in fields(Event))
