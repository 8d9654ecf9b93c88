"""The present state of a project, which follows from its log of events.

It is a pure function of the events in their order. An annotator's opinion of a row is their last
answer to it that was not taken back. If somebody has settled the row, that answer is its label,
else the label of most annotators is. A row with as many votes for one class as for another is
disputed and trains no model. A row that was a control draw stays one, whoever answers it and
whatever is taken back.

An event may also change the project from there on. A class that has another name then, or that was
merged into another one, has it in all labels, also in those of before.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from copy import copy
from dataclasses import dataclass, fields, replace
from operator import attrgetter
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from ...session import CONTROL, Origin
from .changes import CLASSES, Changes, Classes
from .events import CHANGED, GIVEN, SETTLE, Event
from .persistent import Map, Table
from .provenance import HOW, Provenance

K = TypeVar("K")
NeedsSecond = Callable[[int, str | None, Mapping[str, int]], bool]
"""See `State`."""
RuleAfter = Callable[[Changes], NeedsSecond | None]
"""See `State`."""
_Opinions = tuple[tuple[str, str], ...]
# An answer's id and the link before it; a linked list is copied at no cost.
_Link = tuple[int, "_Link | None"]

KINDS = ("", "label", "skip", "unsure", "disputed")
_PLACES = {kind: place for place, kind in enumerate(KINDS)}
LABEL, DISPUTED = _PLACES["label"], _PLACES["disputed"]

_COUNTED = ("probability", "drawn_from", "asked_after")
"""Fields of an origin that estimates count from the order of the log."""
KEPT = tuple(field.name for field in fields(Origin) if field.name not in _COUNTED)
"""Fields of an origin that estimates read as they were recorded."""
_get_kept = attrgetter(*KEPT)

_COLUMNS = [
    ("row", "i8"), ("kind", "i1"), ("since", "i8"), ("disagrees", "?"), ("seconds", "f8"),
    ("first", "i8"), ("asked_at", "f8"), ("is_random", "?"), ("label", "i4"),
    *((name, "i4" if HOW[name] is str else "f8") for name in KEPT),
]  # fmt: skip
_EMPTY = (0,) * len(_COLUMNS)


class _Row(NamedTuple):
    """A row's place in the table, its answers that were not taken back, and its control draw."""

    place: int
    answers: tuple[Event, ...] = ()
    draw: Provenance | None = None


@dataclass(frozen=True, slots=True)
class RowState:
    """What is known of a row now.

    Attributes
    ----------
    kind : {"label", "skip", "unsure", "disputed"}
    label : str or None
    since : int
        Id of the earliest event that gives this label; labels are taught in this order.
    opinions : tuple of Event
        One of each annotator who has any, in the order of their ids.
    first : Event
        The earliest answer that was not taken back, also if its annotator has corrected it since.
    how : Provenance
        How the row came to be labelled: that of `first`, or of the first answer to it as a control
        draw, also if that was taken back.
    before_settling : tuple of Event
        What those who settled the row had said of it before.
    """

    kind: str
    label: str | None
    since: int
    opinions: tuple[Event, ...]
    first: Event
    how: Provenance
    before_settling: tuple[Event, ...] = ()

    @property
    def settled(self) -> bool:
        """Whether an opinion was given to settle a disagreement."""
        return any(opinion.how.channel == SETTLE for opinion in self.opinions)

    @property
    def disagrees(self) -> bool:
        """Whether annotators differ, in the class or in being sure, and nobody has settled it."""
        if len(self.opinions) == 1 or self.settled:
            return False
        labels = {o.label for o in self.opinions if o.kind == "label"}
        return len(labels) > 1 or (bool(labels) and any(o.kind == "unsure" for o in self.opinions))

    @property
    def independent(self) -> _Opinions:
        """Annotators with their labels, sorted; labels that settle are left out."""
        given = [o for o in self.opinions if o.how.channel != SETTLE] + [*self.before_settling]
        return tuple(sorted((o.annotator, o.label) for o in given if o.label is not None))


class State:
    """The state after the events that were added so far.

    Counts are kept up to date with each event. Only `labelled` and `table` take longer the more
    events there are.

    Parameters
    ----------
    needs_second : callable, optional
        Says whether a second annotator is to be asked about a row, from the row, the first label of
        it (or None), and how many rows have each label; by default none is.
    rule_after : callable, optional
        Gives the rule `needs_second` from a change of the project on; by default it stays.

    Attributes
    ----------
    last : int
        Id of the last event added.
    rows : Map of int to RowState
        The rows that somebody has an opinion of.
    single : Map of int to str
        Rows that need a second opinion, with who gave the first.
    waiting : dict of tuple to int
        How many rows of `single` each annotator gave the first opinion of, by annotator, kind and
        label.
    kinds, labels : dict of str to int
        How many rows are of each kind of `RowState`, and have each label.
    disagreeing : int
        Rows that are to be settled.
    opinions : Map of tuple to int
        How many rows got each combination of two or more labels: sorted pairs of annotator and
        label, without labels that settle.
    retractions : int
        How many answers were taken back.
    changes : Changes
        What was changed in the project.
    last_answer_at : float or None
        When the last answer was recorded, in seconds since 1970.
    """

    def __init__(
        self, needs_second: NeedsSecond | None = None, rule_after: RuleAfter | None = None
    ) -> None:
        self.last = self.disagreeing = self.retractions = 0
        self.rows: Map[int, RowState] = Map()
        self.single: Map[int, str] = Map()
        self.opinions: Map[_Opinions, int] = Map()
        self.kinds: dict[str, int] = {}
        self.labels: dict[str, int] = {}
        self.waiting: dict[tuple[str, str, str | None], int] = {}
        self.changes = Changes()
        self.last_answer_at: float | None = None
        self._needs_second, self._rule_after = needs_second, rule_after
        self._places: Map[int, int] = Map()  # of answers in classes that were merged
        self._answered: Map[int, _Row] = Map()
        self._answers: Map[int, Event] = Map()
        self._histories: Map[str, _Link] = Map()
        self._standing: dict[str, int] = {}
        self._words: dict[str, int] = {}
        self._table = Table(_COLUMNS)

    def copy(self) -> "State":
        """Copy the state; what is added to one of the two is not in the other."""
        made = copy(self)
        for name, value in vars(self).items():
            if isinstance(value, Map | Table | dict):
                setattr(made, name, value.copy())
        return made

    def add(self, event: Event) -> None:
        """Add the next event of the log."""
        self.last = event.id
        if event.kind == CHANGED:
            self._change(event)
            return
        event = self._under_present_name(event)
        row = self._answered.get(event.row) or _Row(len(self._answered))
        if event.kind == "retract":
            target = self.answer(event.retracts or 0, event.annotator)
            if target is None or target.row != event.row:
                return
            answers = tuple(a for a in row.answers if a.id != target.id)
            del self._answers[target.id]
            self._places.pop(target.id, None)
            self.retractions += 1
        else:
            answers = (*row.answers, event)
            if row.draw is None and event.how.channel == CONTROL:
                row = row._replace(draw=event.how)
            self.last_answer_at = event.at
            self._answers[event.id] = event
            self._histories[event.annotator] = (event.id, self._histories.get(event.annotator))
        _count(self._standing, event.annotator, len(answers) - len(row.answers))
        self._answered[event.row] = row._replace(answers=answers)
        self._decide(event.row, row.place, _resolve(answers, row.draw))

    def last_of(self, annotator: str) -> Event | None:
        """Find the annotator's last answer that was not taken back."""
        return next(self.history(annotator), None)

    def answer(self, event_id: int, annotator: str) -> Event | None:
        """Find the annotator's answer of an id, unless it was taken back."""
        found: Event | None = self._answers.get(event_id)
        return None if found is None or found.annotator != annotator else found

    def history(self, annotator: str) -> Iterator[Event]:
        """Give the annotator's answers that were not taken back, the last first."""
        link: _Link | None = self._histories.get(annotator)
        while link is not None:
            id, link = link
            if id in self._answers:
                yield self._answers[id]

    @property
    def annotators(self) -> dict[str, int]:
        """How many answers of each annotator were not taken back."""
        return {name: count for name, count in self._standing.items() if count}

    def labelled(self) -> list[tuple[int, RowState]]:
        """List the rows that have a class, in the order taught."""
        rows = [(row, p) for row, p in self.rows.items() if p.kind == "label"]
        return sorted(rows, key=lambda pair: pair[1].since)

    def table(self) -> NDArray[np.void]:
        """Return the rows that somebody has an opinion of, in no order, as a structured array.

        Its columns are ``row``, ``kind`` (a place in `KINDS`), ``since`` and ``disagrees`` as in
        `RowState`, ``seconds`` (of all opinions), ``first`` (the id of `RowState.first`),
        ``asked_at``, ``is_random`` (whether the row is a control draw) and all of `KEPT`, these of
        `RowState.how`. Labels and other words are places in `words`.
        """
        found = self._table.to_array()
        return found[found["kind"] > 0]

    def is_outdated(self, row: int) -> bool:
        """Say whether a row got other content after its label, or its other answer, was given."""
        known = self.rows.get(row)
        return known is not None and self.changes.updated.get(row, 0) > known.since

    @property
    def outdated(self) -> list[int]:
        """The rows that got other content after they were answered."""
        return [row for row in self.changes.updated if self.is_outdated(row)]

    @property
    def words(self) -> tuple[str, ...]:
        """The words that columns of `table` hold places of."""
        return tuple(self._words)

    def _change(self, event: Event) -> None:
        """Go on with another setting."""
        known = self.changes.classes
        self.changes = self.changes.add(event)
        if event.setting == CLASSES:
            before = Classes.begin(json.loads(str(event.before)))
            now = self.changes.classes
            assert now is not None
            self._rename_classes(known or before, now)
        if self._rule_after is None:
            return
        self._needs_second = self._rule_after(self.changes)
        if self._needs_second is None:
            self.single, self.waiting = Map(), {}

    def _under_present_name(self, event: Event) -> Event:
        """Give an answer the present name of its class."""
        classes = self.changes.classes
        if classes is None or event.label is None:
            return event
        place = classes.place(event.label)
        return event if place is None else self._put_into(event, place, classes)

    def _rename(self, answer: Event, before: Classes, now: Classes) -> Event:
        if answer.label is None:
            return answer
        place = self._places.get(answer.id, before.place(answer.label))
        is_kept = place is not None and place < len(now.names)
        return self._put_into(answer, place, now) if is_kept else answer

    def _put_into(self, event: Event, place: int, classes: Classes) -> Event:
        name = classes.names[place]
        if classes.place(name) == place:
            self._places.pop(event.id, None)
        else:  # the name alone would lead to the class that this one joined
            self._places[event.id] = place
        return event if event.label == name else replace(event, label=name)

    def _rename_classes(self, before: Classes, now: Classes) -> None:
        """Give all answers the present names of their classes."""
        for row, known in list(self._answered.items()):
            answers = tuple([self._rename(answer, before, now) for answer in known.answers])
            if any(new is not old for new, old in zip(answers, known.answers, strict=True)):
                self._answers.update({answer.id: answer for answer in answers})
                self._answered[row] = known._replace(answers=answers)
                self._decide(row, known.place, _resolve(answers, known.draw), is_new=False)

    def _decide(
        self, row: int, place: int, decided: RowState | None, *, is_new: bool = True
    ) -> None:
        """Replace what is known of a row; it `is_new` unless classes alone have other names."""
        before: RowState | None = self.rows.get(row)
        if before is not None:
            self._count(before, -1)
        if decided is None:
            self.rows.pop(row, None)
            self._table[place] = _EMPTY
        else:
            self.rows[row] = decided
            self._count(decided, 1)
            self._table[place] = self._record(row, decided)
        if not is_new:
            self._keep_second(row, before, decided)
        elif self._needs_second is not None:
            self._want_second(row, before, decided, self._needs_second)

    def _count(self, known: RowState, by: int) -> None:
        _count(self.kinds, known.kind, by)
        if known.label is not None:
            _count(self.labels, known.label, by)
        self.disagreeing += by * known.disagrees
        if len(known.opinions) > 1 and len(said := known.independent) > 1:
            _count(self.opinions, said, by)

    def _record(self, row: int, known: RowState) -> tuple[Any, ...]:
        first, how = known.first, known.how
        return (
            row,
            _PLACES[known.kind],
            known.since,
            known.disagrees,
            sum([opinion.seconds or 0.0 for opinion in known.opinions]),
            first.id,
            first.at if how.asked_at is None else how.asked_at,
            how.channel == CONTROL,
            self._word(known.label or ""),
            *[self._encode(value) for value in _get_kept(how)],
        )

    def _encode(self, value: Any) -> Any:
        return self._word(value) if isinstance(value, str) else value

    def _word(self, word: str) -> int:
        return self._words.setdefault(word, len(self._words))

    def _keep_second(self, row: int, before: RowState | None, known: RowState | None) -> None:
        """Count a row that waits for a second opinion under the present name of its label."""
        first: str | None = self.single.get(row)
        if first is not None and before is not None and known is not None:
            _count(self.waiting, (first, before.kind, before.label), -1)
            _count(self.waiting, (first, known.kind, known.label), 1)

    def _want_second(
        self,
        row: int,
        before: RowState | None,
        known: RowState | None,
        needs_second: NeedsSecond,
    ) -> None:
        """Note whether a row has one opinion and needs another; its label decides that once."""
        first = self.single.pop(row, None)
        label = None if known is None else known.label
        if first is not None and before is not None:
            _count(self.waiting, (first, before.kind, before.label), -1)
        if known is None or len(known.opinions) != 1 or not _was_asked(known):
            return
        stays = first is not None and before is not None and before.label == label
        if stays or needs_second(row, label, self.labels):
            self.single[row] = who = known.opinions[0].annotator
            _count(self.waiting, (who, known.kind, label), 1)


def _was_asked(known: RowState) -> bool:
    return known.how.channel not in (GIVEN, SETTLE)


def _count(counts: MutableMapping[K, int], key: K, by: int) -> None:
    counts[key] = counts.get(key, 0) + by


def fold(events: Iterable[Event]) -> State:
    """Make the state that follows from events, which come in the order of their ids.

    Examples
    --------
    >>> said = Event(7, "label", "ann", 0.0, label="spam", id=1)
    >>> fold([said]).rows[7].label
    'spam'
    >>> dict(fold([said, Event(7, "retract", "ann", 0.0, retracts=1, id=2)]).rows)
    {}
    """
    state = State()
    for event in events:
        state.add(event)
    return state


def _resolve(answers: tuple[Event, ...], draw: Provenance | None) -> RowState | None:
    """Decide what a row is by its answers, which come in the order given."""
    if not answers:
        return None
    first = answers[0]
    how = draw or first.how
    if len(answers) == 1:  # as nearly all rows have
        return RowState(first.kind, first.label, first.id, answers, first, how)
    last = {answer.annotator: answer for answer in answers}
    ordered = tuple(sorted(last.values(), key=lambda opinion: opinion.id))
    settling = [o for o in ordered if o.how.channel == SETTLE]
    deciding = settling[-1:] or ordered
    votes = Counter(o.label for o in deciding if o.kind == "label")
    if not votes:
        kind = "unsure" if any(o.kind == "unsure" for o in deciding) else "skip"
        return RowState(kind, None, deciding[0].id, ordered, first, how)
    (label, most), *others = votes.most_common(2)
    if others and others[0][1] == most:
        return RowState("disputed", None, ordered[0].id, ordered, first, how)
    since = next(o.id for o in deciding if o.label == label)
    own = {a.annotator: a for a in answers if a.how.channel != SETTLE} if settling else {}
    before = tuple(own[o.annotator] for o in settling if o.annotator in own)
    return RowState("label", label, since, ordered, first, how, before)
