"""Change the settings of a project, each by one event, and take changes back.

The functions run inside one write transaction, with a state that is up to date. So they work beside
a server as well as without one; whoever reads the log goes by the new settings from there on.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection

from ..._files.class_names import list_names
from ...errors import InputError
from .._data.assigned import ASSIGNED, Assignment
from .._data.folder import Project
from .._data.receivers import WEBHOOK
from .._data.settings import Settings
from .._data.stated import PRIOR
from .._log import log
from .._log.changes import CLASSES, MINORITY, Change, Changes
from .._log.events import CHANGED, NO_ROW, Event
from .._log.fold import State
from .pausing import PAUSED

SETTINGS = (
    CLASSES, MINORITY, "strategy", "model", "goal", "stop",
    "double", "control", "lease", "batch", "guidelines", "tags", PRIOR, PAUSED, ASSIGNED, WEBHOOK,
)  # fmt: skip
"""What can be changed, in the order in which it is listed."""


@dataclass(frozen=True)
class Setting:
    """A setting that can be changed, with its value and the change that gave it.

    Attributes
    ----------
    name : str
    value : object
    event : Event or None
        The last change of it; None if it is as the project began.
    """

    name: str
    value: Any
    event: Event | None


def list_settings(project: Project, state: State) -> list[Setting]:
    """List what can be changed, with its value and who gave it that, and when.

    Parameters
    ----------
    project : Project
        Whose settings they are.
    state : State
        Its state.
    """
    last = {str(event.setting): event for event in state.changes.events}
    settings = project.settings_at(state)
    return [Setting(name, _value(settings, name), last.get(name)) for name in SETTINGS]


def change_settings(
    project: Project,
    connection: Connection,
    state: State,
    who: str,
    values: Mapping[str, Any],
    now: float,
) -> list[Event]:
    """Change some settings, or none of them if anything is wrong.

    Parameters
    ----------
    project : Project
        Whose settings they are.
    connection : Connection
        Of a write transaction.
    state : State
        Up to date.
    who : str
        Who changes them.
    values : mapping of str to object
        Values by names of `SETTINGS`. Those of ``classes`` are by place, as `plan_classes` gives
        them. That a strategy, a model or a rule exists is seen before, by `check_values` of
        `project._training.checking`, since that takes long.
    now : float
        Seconds since 1970.

    Returns
    -------
    list of Event
        One for each value that is another one than before.

    Raises
    ------
    InputError
        If a value is wrong, or does not go with the others.
    """
    unknown = next((name for name in values if name not in SETTINGS), None)
    if unknown is not None:
        raise InputError(f"There is no setting {unknown!r}; there are: {', '.join(SETTINGS)}.")
    events: list[Event] = []
    changes = state.changes
    for name in sorted(values, key=SETTINGS.index):
        value = values[name]
        value = list(value) if isinstance(value, tuple) else value
        value = None if value == [] and name == MINORITY else value
        before = _held(project, changes, name)
        if value != before:
            event = _event(name, before, value, who, now)
            changes = changes.add(event)
            events.append(event)
    return _record(project, connection, changes, events)


def take_change_back(
    project: Project,
    connection: Connection,
    state: State,
    who: str,
    now: float,
    event_id: int | None = None,
) -> Event:
    """Take a change back by the opposite event.

    Parameters
    ----------
    project, connection, state, who, now
        As for `change_settings`.
    event_id : int, optional
        The change; by default the last that stands. It is the last of its setting.

    Returns
    -------
    Event
        The opposite event.

    Raises
    ------
    InputError
        If there is no such change, or a later one of the same setting stands, or rows are labelled
        with a class that would be gone.
    """
    change = _find(state.changes, event_id)
    name = str(change.event.setting)
    if name == CLASSES:
        _check_unused(state, change)
    before = _held(project, state.changes, name)
    after = change.was if name == CLASSES else state.changes.render(name, change.was)
    event = _event(name, before, after, who, now, retracts=change.event.id)
    return _record(project, connection, state.changes.add(event), [event])[0]


def plan_classes(
    project: Project,
    state: State,
    *,
    add: Sequence[str] = (),
    rename: Mapping[str, str] | None = None,
    merge: Mapping[str, str] | None = None,
) -> list[str]:
    """Plan the names of classes by place, after some are renamed, merged and added.

    Parameters
    ----------
    project : Project
        Whose classes they are.
    state : State
        Its state.
    add : sequence of str
        New classes.
    rename : mapping of str to str, optional
        New names by the name of now.
    merge : mapping of str to str, optional
        The class that each joins, by its name of now.

    Raises
    ------
    InputError
        If a class is not there, or a new name is taken.
    """
    names: list[str] = list(_held(project, state.changes, CLASSES))
    for old, new in (rename or {}).items():
        _check_class(old, names)
        new = new.strip()
        if new in names and new != old:
            raise InputError(
                f"There is a class {new!r} already; to make one of both, merge {old!r} into it."
            )
        names = [new if name == old else name for name in names]
    for joining, into in (merge or {}).items():
        for name in (joining, into):
            _check_class(name, names)
        if joining == into:
            raise InputError(f"The class {joining!r} can't be merged into itself.")
        names = [into if name == joining else name for name in names]
    for new in (name.strip() for name in add):
        if new in names:
            raise InputError(f"There is a class {new!r} already.")
        names.append(new)
    return names


def plan_assigned(
    project: Project, state: State, name: str, assignment: Assignment | None
) -> dict[str, Any]:
    """Plan the setting ``assigned`` after an annotator is given a part of the rows.

    Parameters
    ----------
    project : Project
        Whose rows they are.
    state : State
        Its state.
    name : str
        The annotator.
    assignment : dict or None
        The part, as `motherlode.project._data.assigned` makes it; None for all rows.

    Raises
    ------
    InputError
        If all rows are given back to somebody who had no part.
    """
    before: dict[str, Any] = _held(project, state.changes, ASSIGNED)
    if assignment is None and name not in before:
        raise InputError(f"{name} has no part of the rows, and is asked about all of them.")
    after = {who: part for who, part in before.items() if who != name}
    return after if assignment is None else {**after, name: assignment}


def _check_class(name: str, names: Sequence[str]) -> None:
    if name not in names:
        listed = list_names(names)
        raise InputError(f"There is no class {name!r}; the classes are: {listed}.")


def _check_unused(state: State, change: Change) -> None:
    """See that no label is of a class that would not be there before a change."""
    assert state.changes.classes is not None
    gone = set(state.changes.classes.names[len(change.was) :])
    for name in sorted(gone.intersection(_labels_given(state))):
        raise InputError(
            f"Rows are labelled {name!r}, so the class can't be taken back; merge it into another."
        )


def _labels_given(state: State) -> Iterator[str]:
    for known in state.rows.values():
        yield from (o.label for o in known.opinions if o.label is not None)


def _find(changes: Changes, event_id: int | None) -> Change:
    """Find the change to take back: the last, or the one of an id if no later one builds on it."""
    if event_id is None:
        if not changes.standing:
            raise InputError("No change of the settings is left to take back.")
        return changes.standing[-1]
    found = next((c for c in changes.standing if c.event.id == event_id), None)
    if any(part.event == event_id for part in changes.parts):
        raise InputError("Rows that were added stay, as the ids of rows never change; skip them.")
    if found is None:
        raise InputError(f"Event {event_id} is no change of the settings, or was taken back.")
    setting = found.event.setting
    if any(c.event.setting == setting and c.event.id > event_id for c in changes.standing):
        raise InputError(f"The setting {setting} was changed again later; take that back first.")
    return found


def _held(project: Project, changes: Changes, name: str) -> Any:
    """Give the value of a setting as an event holds it: of classes, their names by place."""
    if name == CLASSES and changes.classes is not None:
        return list(changes.classes.names)
    return _value(project.in_force.find(changes), name)


def _value(settings: Settings, name: str) -> Any:
    """Give the value of a setting as people read it."""
    if name == MINORITY:
        return list(settings.positive_classes) or None
    value = getattr(settings if hasattr(settings, name) else settings.recipe, name)
    return list(value) if isinstance(value, tuple) else value


def _event(
    name: str, before: Any, after: Any, who: str, now: float, retracts: int | None = None
) -> Event:
    return Event(
        NO_ROW,
        CHANGED,
        who,
        now,
        setting=name,
        before=json.dumps(before, ensure_ascii=False),
        after=json.dumps(after, ensure_ascii=False),
        retracts=retracts,
    )


def _record(
    project: Project, connection: Connection, changes: Changes, events: list[Event]
) -> list[Event]:
    project.in_force.find(changes)  # raises if values do not go together
    ids = log.append(connection, events)
    return [replace(event, id=id) for event, id in zip(events, ids, strict=True)]
