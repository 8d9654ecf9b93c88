"""The present state of a project: what its log of events amounts to.

A pure function of the events in their order. Each annotator's present opinion of a row is their
last answer to it that was not taken back. Opinions of several annotators make the row's label:
what was settled decides, else the majority; a tie is disputed and trains no model.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, MutableMapping
from copy import copy
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from ...session import CONTROL, Origin
from .events import GIVEN, SETTLE, Event
from .persistent import Map, Table
from .provenance import HOW, Provenance

K = TypeVar("K")
_Said = tuple[tuple[str, str], ...]
# An answer's id and what stands before it; a chain costs nothing to copy.
_Link = tuple[int, "_Link | None"]

KINDS = ("", "label", "skip", "unsure", "disputed")
_PLACES = {kind: place for place, kind in enumerate(KINDS)}
LABEL = _PLACES["label"]

COUNTED = ("probability", "drawn_from", "asked_after")
"""What estimates count from the order of the log, whatever those who asked knew of it."""
KEPT = tuple(field.name for field in fields(Origin) if field.name not in COUNTED)
"""What they read of an origin as it was kept."""
_kept_of = attrgetter(*KEPT)

_COLUMNS = [
    ("row", "i8"), ("kind", "i1"), ("since", "i8"), ("disagrees", "?"), ("seconds", "f8"),
    ("first", "i8"), ("given", "f8"), ("lot", "?"), ("label", "i4"),
    *((name, "i4" if HOW[name] is str else "f8") for name in KEPT),
]  # fmt: skip
_NOTHING = (0,) * len(_COLUMNS)


class _Row(NamedTuple):
    """A row's place in the table, and its answers that stand."""

    place: int
    answers: tuple[Event, ...]


@dataclass(frozen=True, slots=True)
class Present:
    """What is known of a row now.

    Attributes
    ----------
    kind : {"label", "skip", "unsure", "disputed"}
    label : str or None
    since : int
        Id of the earliest event that still speaks for it; labels are taught in this order.
    opinions : tuple of Event
        The present one of each annotator who has any, in the order of their ids.
    first : Event
        The earliest answer that stands, also if its annotator has corrected it since: a row that
        chance drew stays so, whatever it is found to be.
    """

    kind: str
    label: str | None
    since: int
    opinions: tuple[Event, ...]
    first: Event

    @property
    def how(self) -> Provenance:
        """How the row came to be labelled."""
        return self.first.how

    @property
    def settled(self) -> bool:
        """Whether an opinion was given to settle a disagreement."""
        return any(opinion.how.channel == SETTLE for opinion in self.opinions)

    @property
    def disagrees(self) -> bool:
        """Whether annotators differ, in class or in being sure, and nobody has settled it."""
        if len(self.opinions) == 1 or self.settled:
            return False
        labels = {o.label for o in self.opinions if o.kind == "label"}
        return len(labels) > 1 or (bool(labels) and any(o.kind == "unsure" for o in self.opinions))

    @property
    def independent(self) -> _Said:
        """Annotators with the labels they gave of themselves, not to settle, sorted."""
        given = [o for o in self.opinions if o.how.channel != SETTLE]
        return tuple(sorted((o.annotator, o.label) for o in given if o.label is not None))


class State:
    """The fold of the events added so far.

    What is counted of it is kept up to date event by event, and nothing here takes longer the more
    there are, but for `labelled` and `table`.

    Parameters
    ----------
    twice : callable, optional
        Whether a row is to be asked of a second annotator; by default none is.

    Attributes
    ----------
    last : int
        Id of the last event added.
    present : Map of int to Present
        By row; rows that nobody has an opinion of are absent.
    single : Map of int to str
        Rows that want a second opinion, with who gave the first.
    kinds, labels : dict of str to int
        How many rows are of each kind of `Present`, and have each label.
    disagreeing : int
        Rows that are to be settled.
    opinions : Map of tuple to int
        How many rows got each combination of two or more labels: pairs of annotator and label,
        sorted, settling opinions left out.
    retractions : int
        How many answers were taken back.
    """

    def __init__(self, twice: Callable[[int], bool] | None = None) -> None:
        self.last = self.disagreeing = self.retractions = 0
        self.present: Map[int, Present] = Map()
        self.single: Map[int, str] = Map()
        self.opinions: Map[_Said, int] = Map()
        self.kinds: dict[str, int] = {}
        self.labels: dict[str, int] = {}
        self._twice = twice
        self._rows: Map[int, _Row] = Map()
        self._answers: Map[int, Event] = Map()
        self._histories: Map[str, _Link] = Map()
        self._standing: dict[str, int] = {}
        self._words: dict[str, int] = {}
        self._table = Table(_COLUMNS)

    def copy(self) -> "State":
        """The same state; what is added to one of the two is not in the other."""
        made = copy(self)
        for name, value in vars(self).items():
            if isinstance(value, Map | Table | dict):
                setattr(made, name, value.copy())
        return made

    def add(self, event: Event) -> None:
        """Take the next event of the log into account."""
        self.last = event.id
        row = self._rows.get(event.row) or _Row(len(self._rows), ())
        if event.kind == "retract":
            target = self.answer(event.retracts or 0, event.annotator)
            if target is None or target.row != event.row:
                return
            answers = tuple(a for a in row.answers if a.id != target.id)
            del self._answers[target.id]
            self.retractions += 1
        else:
            answers = (*row.answers, event)
            self._answers[event.id] = event
            self._histories[event.annotator] = (event.id, self._histories.get(event.annotator))
        _count(self._standing, event.annotator, len(answers) - len(row.answers))
        self._rows[event.row] = _Row(row.place, answers)
        self._decide(event.row, row.place, _decided(answers))

    def last_of(self, annotator: str) -> Event | None:
        """The annotator's last answer that was not taken back."""
        return next(self.history(annotator), None)

    def answer(self, event_id: int, annotator: str) -> Event | None:
        """The annotator's answer of that id, unless it was taken back."""
        found: Event | None = self._answers.get(event_id)
        return None if found is None or found.annotator != annotator else found

    def history(self, annotator: str) -> Iterator[Event]:
        """The annotator's answers that were not taken back, the last first."""
        link: _Link | None = self._histories.get(annotator)
        while link is not None:
            id, link = link
            if id in self._answers:
                yield self._answers[id]

    @property
    def annotators(self) -> dict[str, int]:
        """How many answers of each annotator stand."""
        return {name: count for name, count in self._standing.items() if count}

    def labelled(self) -> list[tuple[int, Present]]:
        """Rows that have a class, in the order taught."""
        rows = [(row, p) for row, p in self.present.items() if p.kind == "label"]
        return sorted(rows, key=lambda pair: pair[1].since)

    def table(self) -> NDArray[np.void]:
        """The rows that somebody has an opinion of, in no order, as a structured array.

        Its columns are ``row``, ``kind`` (a place in `KINDS`), ``since`` and ``disagrees`` as in
        `Present`, ``seconds`` (of all opinions) and, of `Present.first`,
        ``first`` (its id), ``given`` (when the row was given out), ``lot`` (whether chance drew
        it) and all of `KEPT`. Labels and other words are places in `words`.
        """
        found = self._table.whole()
        return found[found["kind"] > 0]

    @property
    def words(self) -> tuple[str, ...]:
        """What stands in the columns of words of `table`."""
        return tuple(self._words)

    def _decide(self, row: int, place: int, decided: Present | None) -> None:
        """Put what a row is now in the place of what it was."""
        before: Present | None = self.present.get(row)
        if before is not None:
            self._count(before, -1)
        if decided is None:
            self.present.pop(row, None)
            self._table[place] = _NOTHING
        else:
            self.present[row] = decided
            self._count(decided, 1)
            self._table[place] = self._record(row, decided)
        if self._twice is not None and self._twice(row):
            self._want_second(row, decided)

    def _count(self, present: Present, by: int) -> None:
        _count(self.kinds, present.kind, by)
        if present.label is not None:
            _count(self.labels, present.label, by)
        self.disagreeing += by * present.disagrees
        if len(present.opinions) > 1 and len(said := present.independent) > 1:
            _count(self.opinions, said, by)

    def _record(self, row: int, present: Present) -> tuple[Any, ...]:
        first, how = present.first, present.how
        return (
            row,
            _PLACES[present.kind],
            present.since,
            present.disagrees,
            sum([opinion.seconds or 0.0 for opinion in present.opinions]),
            first.id,
            first.at if how.asked_at is None else how.asked_at,
            how.channel == CONTROL,
            self._word(present.label or ""),
            *[self._kept(value) for value in _kept_of(how)],
        )

    def _kept(self, value: Any) -> Any:
        return self._word(value) if isinstance(value, str) else value

    def _word(self, word: str) -> int:
        return self._words.setdefault(word, len(self._words))

    def _want_second(self, row: int, present: Present | None) -> None:
        """Note whether a row has one opinion and wants another."""
        opinions = () if present is None else present.opinions
        if present is not None and len(opinions) == 1 and _was_asked(present):
            self.single[row] = opinions[0].annotator
        else:
            self.single.pop(row, None)


def _was_asked(present: Present) -> bool:
    return present.how.channel not in (GIVEN, SETTLE)


def _count(counts: MutableMapping[K, int], key: K, by: int) -> None:
    counts[key] = counts.get(key, 0) + by


def fold(events: Iterable[Event]) -> State:
    """The state that events, in the order of their ids, amount to.

    Examples
    --------
    >>> said = Event(7, "label", "ann", 0.0, label="spam", id=1)
    >>> fold([said]).present[7].label
    'spam'
    >>> dict(fold([said, Event(7, "retract", "ann", 0.0, retracts=1, id=2)]).present)
    {}
    """
    state = State()
    for event in events:
        state.add(event)
    return state


def _decided(answers: tuple[Event, ...]) -> Present | None:
    """What the answers to a row that stand, in the order given, amount to."""
    if not answers:
        return None
    if len(answers) == 1:  # as nearly all rows have
        (answer,) = answers
        return Present(answer.kind, answer.label, answer.id, answers, answer)
    last = {answer.annotator: answer for answer in answers}
    ordered = tuple(sorted(last.values(), key=lambda opinion: opinion.id))
    settling = [o for o in ordered if o.how.channel == SETTLE]
    deciding = settling[-1:] or ordered
    votes = Counter(o.label for o in deciding if o.kind == "label")
    if not votes:
        kind = "unsure" if any(o.kind == "unsure" for o in deciding) else "skip"
        return Present(kind, None, deciding[0].id, ordered, answers[0])
    (label, most), *others = votes.most_common(2)
    if others and others[0][1] == most:
        return Present("disputed", None, ordered[0].id, ordered, answers[0])
    since = next(o.id for o in deciding if o.label == label)
    return Present("label", label, since, ordered, answers[0])
