"""The present state of a project: what its log of events amounts to.

A pure function of the events in their order. Each annotator's present opinion of a row is their
last answer to it that was not taken back. Opinions of several annotators make the row's label:
what was settled decides, else the majority; a tie is disputed and trains no model.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from .events import SETTLE, Event


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
    """

    kind: str
    label: str | None
    since: int
    opinions: tuple[Event, ...]

    @property
    def channel(self) -> str:
        """How the row was found by whom it is labelled since."""
        return next(o.channel for o in self.opinions if o.id == self.since)

    @property
    def settled(self) -> bool:
        """Whether an opinion was given to settle a disagreement."""
        return any(opinion.channel == SETTLE for opinion in self.opinions)

    @property
    def disagrees(self) -> bool:
        """Whether annotators differ, in class or in being sure, and nobody has settled it."""
        if self.settled:
            return False
        labels = {o.label for o in self.opinions if o.kind == "label"}
        return len(labels) > 1 or (bool(labels) and any(o.kind == "unsure" for o in self.opinions))


class State:
    """The fold of the events added so far.

    Attributes
    ----------
    last : int
        Id of the last event added.
    present : dict of int to Present
        By row; rows that nobody has an opinion of are absent.
    retracted : set of int
        Ids of events taken back.
    """

    def __init__(self) -> None:
        self.last = 0
        self.present: dict[int, Present] = {}
        self.retracted: set[int] = set()
        self._answers: dict[int, dict[str, list[Event]]] = {}
        self._of: dict[str, dict[int, Event]] = {}

    def add(self, event: Event) -> None:
        """Take the next event of the log into account."""
        self.last = event.id
        answers = self._answers.setdefault(event.row, {})
        if event.kind != "retract":
            answers.setdefault(event.annotator, []).append(event)
            self._of.setdefault(event.annotator, {})[event.id] = event
        elif not self._take_back(event, answers.get(event.annotator, [])):
            return
        decided = _decided([stack[-1] for stack in answers.values() if stack])
        if decided is None:
            self.present.pop(event.row, None)
        else:
            self.present[event.row] = decided

    def last_of(self, annotator: str) -> Event | None:
        """The annotator's last answer that was not taken back."""
        own = self._of.get(annotator)
        return own[next(reversed(own))] if own else None

    def answer(self, event_id: int, annotator: str) -> Event | None:
        """The annotator's answer of that id, unless it was taken back."""
        return self._of.get(annotator, {}).get(event_id)

    def history(self, annotator: str) -> Iterator[Event]:
        """The annotator's answers that were not taken back, the last first."""
        return iter(list(reversed(self._of.get(annotator, {}).values())))

    @property
    def annotators(self) -> dict[str, int]:
        """How many answers of each annotator stand."""
        return {name: len(own) for name, own in self._of.items() if own}

    def labelled(self) -> list[tuple[int, Present]]:
        """Rows that have a class, in the order taught."""
        rows = [(row, p) for row, p in self.present.items() if p.kind == "label"]
        return sorted(rows, key=lambda pair: pair[1].since)

    def _take_back(self, event: Event, stack: list[Event]) -> bool:
        target = self.answer(event.retracts or 0, event.annotator)
        if target is None or target.row != event.row:
            return False
        stack.remove(target)
        del self._of[event.annotator][target.id]
        self.retracted.add(target.id)
        return True


def fold(events: Iterable[Event]) -> State:
    """The state that events, in the order of their ids, amount to.

    Examples
    --------
    >>> said = Event(7, "label", "ann", 0.0, label="spam", id=1)
    >>> fold([said]).present[7].label
    'spam'
    >>> fold([said, Event(7, "retract", "ann", 0.0, retracts=1, id=2)]).present
    {}
    """
    state = State()
    for event in events:
        state.add(event)
    return state


def _decided(opinions: list[Event]) -> Present | None:
    if not opinions:
        return None
    ordered = tuple(sorted(opinions, key=lambda opinion: opinion.id))
    settling = [o for o in ordered if o.channel == SETTLE]
    deciding = settling[-1:] or ordered
    votes = Counter(o.label for o in deciding if o.kind == "label")
    if not votes:
        kind = "unsure" if any(o.kind == "unsure" for o in deciding) else "skip"
        return Present(kind, None, deciding[0].id, ordered)
    (label, most), *others = votes.most_common(2)
    if others and others[0][1] == most:
        return Present("disputed", None, ordered[0].id, ordered)
    since = next(o.id for o in deciding if o.label == label)
    return Present("label", label, since, ordered)
