"""``motherlode set``: list the settings of a project, change them, or take a change back."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.text import Text

from .._files.class_names import ClassNames
from ..errors import InputError
from ..project._data.addresses import remember_receiver
from ..project._data.folder import Project, open_project
from ..project._data.receivers import WEBHOOK
from ..project._data.stated import PRIOR, Stated
from ..project._insight.status import format_time
from ..project._insight.webhooks import describe_secret
from ..project._log.events import Event
from ..project._log.fold import State
from ..project._log.log import read_state
from ..project._serving.changes_in_words import describe_change, describe_value, list_notes
from ..project._serving.changing import (
    change_settings,
    list_settings,
    plan_classes,
    take_change_back,
)
from ..project._training.checking import check_values
from ._choices import read_minority
from ._screen import make_console, make_table, say, say_json
from ._text_files import read_text
from ._who import find_annotator


@dataclass(frozen=True)
class Request:
    """What is to be changed; None for what stays."""

    add: list[str] | None
    rename: list[str] | None
    merge: list[str] | None
    minority: list[str] | None
    strategy: str | None
    model: str | None
    goal: str | None
    stop: str | None
    double: float | None
    control: float | None
    lease: float | None
    batch: int | None
    guidelines: str | None
    tags: str | None
    prior: Stated | None = None
    no_prior: bool | None = None
    webhook: list[str] | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is to be changed."""
        return all(value is None for value in vars(self).values())


def set_project(folder: Path, request: Request, undo: bool, who: str | None, json: bool) -> None:
    """Change what is asked for, or take the last change back; without either, list what is set."""
    if undo and not request.is_empty:
        raise InputError("--undo takes the last change back; give it alone.")
    with open_project(folder) as project:
        if request.is_empty and not undo:
            _list(project, json)
            return
        name = find_annotator(who)
        with project.database.writing() as connection:
            state = read_state(connection)
            positive = project.settings_at(state).positive_classes
            if undo:
                events = [take_change_back(project, connection, state, name, time.time())]
            else:
                values = _read_values(project, state, request)
                check_values(values, project.settings_at(state), project.rows)
                events = change_settings(project, connection, state, name, values, time.time())
            has_receivers = any(e.setting == WEBHOOK and e.after != "[]" for e in events)
        for address in request.webhook or ():
            if address:
                remember_receiver(address)
    notes = list_notes(events, state, positive)
    if has_receivers:
        notes.append(describe_secret(folder))
    _conclude(events, notes, json)


def _read_values(project: Project, state: State, request: Request) -> dict[str, Any]:
    """Read the new values, by the name of the setting."""
    shares = {"double": request.double, "control": request.control}
    values: dict[str, Any] = {
        "strategy": request.strategy,
        "goal": request.goal,
        "lease": request.lease,
        "batch": request.batch,
        **{name: None if share is None else share / 100 for name, share in shares.items()},
    }
    values = {name: value for name, value in values.items() if value is not None}
    if request.prior is not None and request.no_prior:
        raise InputError("--no-prior takes back what is looked for; give it without another.")
    if request.prior is not None or request.no_prior:
        values[PRIOR] = request.prior
    if request.model is not None:
        values["model"] = request.model or None
    if request.stop is not None:
        values["stop"] = [part.strip() for part in request.stop.split(",") if part.strip()]
    if request.tags is not None:
        values["tags"] = [part.strip() for part in request.tags.split(",") if part.strip()]
    if request.webhook is not None:
        values[WEBHOOK] = [address for address in request.webhook if address]
    if request.guidelines is not None:
        values["guidelines"] = _read_guidelines(request.guidelines) or None
    classes = list(dict.fromkeys(project.settings_at(state).classes))
    if request.add or request.rename or request.merge:
        values["classes"] = plan_classes(
            project,
            state,
            add=request.add or (),
            rename=_read_pairs(request.rename, "--rename"),
            merge=_read_pairs(request.merge, "--merge"),
        )
        classes = list(dict.fromkeys(values["classes"]))
    if request.minority is not None:
        given = [name for name in request.minority if name]
        values["minority"] = read_minority(given, ClassNames(classes))
    return values


def _read_pairs(given: list[str] | None, option: str) -> dict[str, str]:
    """Read pairs such as OLD=NEW."""
    found = {}
    for pair in given or ():
        old, sign, new = pair.partition("=")
        if not (old.strip() and sign and new.strip()):
            raise InputError(f"{option} is {pair!r}; give two names with = between, as in dry=wet.")
        found[old.strip()] = new.strip()
    return found


def _read_guidelines(given: str) -> str:
    """Read guidelines: the text itself, or @FILE that holds it."""
    if not given.startswith("@"):
        return given.strip()
    return read_text(Path(given[1:])).strip()


def _list(project: Project, json: bool) -> None:
    with project.database.reading() as connection:
        listed = list_settings(project, read_state(connection))
    console = make_console()
    if json:
        say_json(
            console,
            {
                one.name: {
                    "value": one.value,
                    "by": one.event and one.event.annotator,
                    "at": one.event and format_time(one.event.at),
                }
                for one in listed
            },
        )
        return
    table = make_table("Setting")
    for name in ("Value", "Changed by", "When"):
        table.add_column(name, overflow="fold")
    for one in listed:
        by = "" if one.event is None else one.event.annotator
        at = "" if one.event is None else format_time(one.event.at)[:16].replace("T", " ")
        table.add_row(*map(Text, (one.name, describe_value(one.name, one.value), by, at)))
    console.print(table)


def _conclude(events: list[Event], notes: list[str], json: bool) -> None:
    console = make_console()
    if json:
        say_json(console, [{"event": e.id, "changed": describe_change(e)} for e in events])
        return
    if not events:
        say(console, "Nothing was changed: the project has these settings already.")
        return
    for event in events:
        say(console, describe_change(event))
    for note in notes:
        say(console, note)
    say(console, "To take the last change back: --undo.")
