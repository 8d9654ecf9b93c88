"""What settings are and what their changes mean, in words for people."""

import json
from collections.abc import Sequence
from typing import Any

from ..._files.class_names import list_names
from .._data.assigned import ASSIGNED, say_assignment
from .._data.stated import PRIOR, say_prior
from .._log.changes import CLASSES, MINORITY
from .._log.events import Event
from .._log.fold import State
from .._log.parts import ROWS, Part
from .pausing import PAUSED

_LONGEST = 60
_SHARES = ("double", "control")
_NOTHING = {
    PRIOR: "nothing",
    MINORITY: "not named",
    "model": "the default",
    "guidelines": "guidelines.md in the folder, if it is there",
}


def describe_value(name: str, value: Any) -> str:
    """Write the value of a setting in a few words.

    Examples
    --------
    >>> describe_value("control", 0.05), describe_value("classes", ["dry", "gold"])
    ('5 %', 'dry, gold')
    """
    if name == PRIOR and value is not None:
        value = say_prior(value)
    if value is None:
        return _NOTHING.get(name, "none")
    if name == PAUSED:
        return "yes" if value else "no"
    if name == ASSIGNED:
        value = "; ".join(f"{who}: {say_assignment(part)}" for who, part in value.items())
        return value or "all rows to everybody"
    if name in _SHARES:
        return f"{100 * value:g} %"
    if name == "lease":
        return f"{value:g} s"
    if isinstance(value, list):
        return list_names(value) or "none"
    text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def describe_change(event: Event) -> str:
    """Write what an event changed, as in ``control: 0 % → 5 %``."""
    name = str(event.setting)
    if name == ASSIGNED:
        return _describe_assigned(*(json.loads(text or "{}") for text in _both(event)))
    if name == ROWS:
        return describe_part(Part.from_event(event))
    before, after = (describe_value(name, json.loads(text or "null")) for text in _both(event))
    return f"{name}: {before} → {after}"


def _describe_assigned(before: dict[str, Any], after: dict[str, Any]) -> str:
    """Write whose part of the rows was changed."""
    names = [n for n in {**before, **after} if before.get(n) != after.get(n)]
    old, new = (
        [say_assignment(parts[name]) if name in parts else "all rows" for name in names]
        for parts in (before, after)
    )
    return "; ".join(f"assigned to {n}: {a} → {b}" for n, a, b in zip(names, old, new, strict=True))


def describe_part(part: Part) -> str:
    """Write what a part of the rows brought.

    Examples
    --------
    >>> describe_part(Part(120, (3, 8), "", None, None, "more.csv"))
    'rows: 120 added and 2 changed, from more.csv'
    """
    counts = [(part.rows, "added"), (len(part.updated), "changed")]
    said = " and ".join(f"{n:,} {what}" for n, what in counts if n)
    return f"rows: {said}, from {part.source}"


def list_notes(events: Sequence[Event], before: State, positive: Sequence[str]) -> list[str]:
    """List what to know of changes: what they do not reach, and for what they count.

    Parameters
    ----------
    events : sequence of Event
        The changes.
    before : State
        The state before them.
    positive : sequence of str
        The positive classes before them.
    """
    found = []
    labelled = before.kinds.get("label", 0)
    for event in events:
        if event.setting == ROWS:
            continue
        old, new = (json.loads(text or "null") for text in _both(event))
        if event.setting == CLASSES:
            found += _list_notes_of_classes(old, new, labelled, positive)
        elif event.setting == MINORITY and labelled:
            found.append("Counts and estimates take the labels of before anew.")
        elif event.setting == "control":
            found.append(
                "The share counts from now on; rows drawn before keep the probability that they "
                "were drawn with."
            )
        elif event.setting == ASSIGNED and any(old.get(n) != new[n] for n in new):
            found.append(
                "Rows drawn at random, on which estimates rest, go to those alone who are asked "
                "about all rows. Keep one such person, or draw some by motherlode query "
                "--at-random."
            )
        elif event.setting == PAUSED and new:
            found.append("Nobody is given rows; answers to rows on the page are still kept.")
        elif event.setting == "double":
            found.append(
                "Nobody is asked for a second label any more."
                if not new
                else "The share counts for rows that are labelled from now on."
            )
    return found


def _list_notes_of_classes(
    old: Sequence[str], new: Sequence[str], labelled: int, positive: Sequence[str]
) -> list[str]:
    found = []
    added = new[len(old) :]
    if added and labelled:
        rows = "1 row was" if labelled == 1 else f"{labelled:,} rows were"
        found.append(
            f"{rows} labelled before there was a class {' or '.join(added)}. Rows of it may be "
            "among them, under another label; estimates take the labels as they are."
        )
    pairs = list(zip(old, new, strict=False))
    looked_for = {now for was, now in pairs if was in positive}
    for name in sorted(looked_for & {now for was, now in pairs if was not in positive}):
        found.append(
            f"{name}, which is looked for, has labels of other classes now; counts and estimates "
            "are of all of them."
        )
    return found


def _both(event: Event) -> tuple[str | None, str | None]:
    return event.before, event.after
