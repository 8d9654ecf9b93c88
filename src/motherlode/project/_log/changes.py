"""What was changed in a project since it was made, as its log says.

A class is known by its place in the list of classes, which it keeps. Its name may change, and two
places with one name are one class. So a label that was given under an earlier name counts under
the name of now, and taking a merger back parts the labels again.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from .events import Event
from .parts import ROWS, Part

CLASSES, MINORITY = "classes", "minority"
_Names = tuple[str, ...]


@dataclass(frozen=True)
class Classes:
    """The names of classes by place, and the place that each name stands for.

    Parameters
    ----------
    names : tuple of str
        By place; two places with one name are one class.
    places : dict of str to int
        Of names of now and of earlier ones; of a merged class, the place that others joined.
    """

    names: _Names
    places: Mapping[str, int]

    @staticmethod
    def begin(names: Sequence[str]) -> "Classes":
        """Make the classes that a project began with."""
        return Classes(tuple(names), {name: place for place, name in enumerate(names)})

    def rename(self, names: Sequence[str]) -> "Classes":
        """Give the places other names; further names are classes that are added.

        Examples
        --------
        >>> merged = Classes.begin(["spam", "junk"]).rename(["spam", "spam"])
        >>> merged.place("junk"), merged.current("junk")
        (1, 'spam')
        """
        names = tuple(names)
        places = {name: place for name, place in self.places.items() if place < len(names)}
        for place, name in enumerate(names):
            if name not in places or names[places[name]] != name:
                places[name] = place
        return Classes(names, places)

    @property
    def listed(self) -> list[str]:
        """The classes, each once."""
        return list(dict.fromkeys(self.names))

    def place(self, name: str) -> int | None:
        """Find the place that a name stands for, also a name that it had before."""
        return self.places.get(name)

    def current(self, name: str) -> str | None:
        """Give the present name of a class that had this name; None if none ever had."""
        place = self.places.get(name)
        return None if place is None else self.names[place]


@dataclass(frozen=True)
class Change:
    """An event that changed a setting.

    Attributes
    ----------
    event : Event
        Says which setting, its value before and after as JSON, who changed it and when.
    was : object
        What `Changes` held of the setting before: names by place, places of positive classes, or
        the value.
    """

    event: Event
    was: Any


@dataclass(frozen=True)
class Changes:
    """All changes of a project up to some event; it never changes itself.

    Attributes
    ----------
    last : int
        Id of the last event that changed something; 0 without one.
    events : tuple of Event
        All of them.
    standing : tuple of Change
        Those that were not taken back, and take back none themselves.
    classes : Classes or None
        None as long as they are as the project began.
    parts : tuple of Part
        Rows that were added, in this order. No such change is taken back: row ids only grow.
    updated : dict of int to int
        Rows that have other content than they began with, each with the event that changed it last.
    """

    last: int = 0
    events: tuple[Event, ...] = ()
    standing: tuple[Change, ...] = ()
    classes: Classes | None = None
    parts: tuple[Part, ...] = ()
    updated: Mapping[int, int] = field(default_factory=dict)
    _held: Mapping[str, Any] = field(default_factory=dict)

    def add(self, event: Event) -> "Changes":
        """Add the next event that changes something."""
        name = str(event.setting)
        if name == ROWS:
            return self._with_part(Part.from_event(event), event)
        before, after = (json.loads(text or "null") for text in (event.before, event.after))
        made = self._with_classes(before) if name == CLASSES else self
        undone = next((c for c in self.standing if c.event.id == event.retracts), None)
        was = made._was(name, before)
        now = undone.was if undone is not None else made._internal(name, after)
        if name == CLASSES:
            assert made.classes is not None
            made = replace(made, classes=made.classes.rename(now))
        else:
            made = replace(made, _held={**made._held, name: now})
        if undone is None:
            standing = (*self.standing, Change(event, was))
        else:
            standing = tuple(change for change in self.standing if change is not undone)
        return replace(made, last=event.id, events=(*self.events, event), standing=standing)

    def values(self, beginning: Mapping[str, Any]) -> dict[str, Any]:
        """Give the settings that changes or names of classes replaced, by name.

        Parameters
        ----------
        beginning : mapping
            The settings ``classes`` and ``minority`` that the project began with.
        """
        found = dict(self._held)
        if self.classes is None:
            return found
        found[CLASSES] = self.classes.listed
        positive = beginning[MINORITY]
        if positive is not None:
            positive = [beginning[CLASSES].index(name) for name in positive]
        found[MINORITY] = self.render(MINORITY, found.get(MINORITY, positive))
        return found

    def render(self, name: str, held: Any) -> Any:
        """Give the value of a setting as people write it, of one that is held by place."""
        if name != MINORITY or held is None or self.classes is None:
            return held
        names = [self.classes.names[o] if isinstance(o, int) else o for o in held]
        return list(dict.fromkeys(names))

    def current(self, label: str) -> str:
        """Give the present name of the class that a label names, also by an earlier name."""
        return label if self.classes is None else self.classes.current(label) or label

    def former_names(self) -> Iterator[str]:
        """Give the names that classes had before and have no more."""
        if self.classes is not None:
            yield from (name for name in self.classes.places if name not in self.classes.names)

    def _with_part(self, part: Part, event: Event) -> "Changes":
        updated = self.updated
        if part.updated:
            updated = {**updated, **dict.fromkeys(part.updated, event.id)}
        return replace(
            self,
            last=event.id,
            # What rows held before may be long, and nobody asks for it here.
            events=(*self.events, replace(event, before=None)),
            parts=(*self.parts, part),
            updated=updated,
        )

    def _with_classes(self, before: Sequence[str]) -> "Changes":
        """Begin to know classes by place, with their names before the first change of any."""
        if self.classes is not None:
            return self
        begun = replace(self, classes=Classes.begin(before))
        if MINORITY not in self._held:
            return begun
        return replace(begun, _held={**self._held, MINORITY: begun._places(self._held[MINORITY])})

    def _internal(self, name: str, value: Any) -> Any:
        return self._places(value) if name == MINORITY else value

    def _places(self, positive: Any) -> Any:
        """Hold positive classes by place, so that they keep their meaning under other names."""
        if positive is None or self.classes is None:
            return positive
        return tuple(self.classes.places.get(one, one) for one in positive)

    def _was(self, name: str, before: Any) -> Any:
        if name == CLASSES:
            assert self.classes is not None
            return self.classes.names
        return self._held.get(name, self._internal(name, before))
