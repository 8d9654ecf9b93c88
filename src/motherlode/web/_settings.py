"""The settings of a project: their endpoints, and the page where admins change them."""

from collections.abc import Callable, Iterable
from typing import Any

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection

from ..project._accounts import SEE_ALL
from ..project._data.addresses import find_strange_receivers
from ..project._data.receivers import WEBHOOK
from ..project._insight.engine import load_engine
from ..project._insight.status import format_time
from ..project._log.events import Event
from ..project._log.fold import State
from ..project._serving.changes_in_words import describe_change, describe_value
from ..project._serving.changing import (
    change_settings,
    list_settings,
    plan_classes,
    take_change_back,
)
from ..project._training.checking import check_values, needs_engine
from ._access import Caller
from ._bodies import (
    Changed,
    ChangeOut,
    ClassesIn,
    SettingOut,
    SettingsIn,
    SettingsOut,
    UndoChangeIn,
)
from ._changes import record_changes
from ._guidelines import show_guidelines
from ._pages import render, show_page
from ._service import Service, TheAdmin, TheCaller, TheReviewer, TheService

router = APIRouter(tags=["settings"])
pages = APIRouter(include_in_schema=False)
_MOST_SHOWN = 100


@router.get("/settings")
def settings(service: TheService, reviewer: TheReviewer) -> SettingsOut:
    """List what can be changed, with who changed it last, and all changes, the last first."""
    return _describe(service)


@router.post("/settings")
def change(service: TheService, admin: TheAdmin, body: SettingsIn) -> Changed:
    """Change all settings that are given, or none if anything is wrong; each is one event.

    The guidelines have an endpoint of their own, as reviewers may write them.
    """
    values = body.model_dump(exclude_unset=True)
    if needs_engine(values):
        load_engine()  # here, so that nobody who labels waits for it
    check_values(values, service.project.settings, service.project.rows)
    changed = _change(service, admin, lambda _: values)
    return changed.model_copy(
        update={"notes": [*changed.notes, *_list_waiting(values.get(WEBHOOK, ()))]}
    )


@router.post("/settings/classes")
def change_classes(service: TheService, admin: TheAdmin, body: ClassesIn) -> Changed:
    """Rename, merge and add classes; labels count under the names of now."""

    def plan(state: State) -> dict[str, Any]:
        project, renamed, merged = service.project, body.rename, body.merge
        return {"classes": plan_classes(project, state, add=body.add, rename=renamed, merge=merged)}

    return _change(service, admin, plan)


@router.post("/settings/undo")
def undo(service: TheService, admin: TheAdmin, body: UndoChangeIn | None = None) -> Changed:
    """Take a change back by the opposite event; the last one if none is named."""
    live, wanted = service.live, None if body is None else body.event

    def take_back(connection: Connection, state: State) -> list[Event]:
        now = live.clock()
        return [take_change_back(service.project, connection, state, admin.name, now, wanted)]

    return record_changes(service, take_back)


def _change(
    service: Service, admin: Caller, find_values: Callable[[State], dict[str, Any]]
) -> Changed:
    def run(connection: Connection, state: State) -> list[Event]:
        values, now = find_values(state), service.live.clock()
        return change_settings(service.project, connection, state, admin.name, values, now)

    return record_changes(service, run)


def _list_waiting(receivers: Iterable[str]) -> list[str]:
    """Say which addresses get no word yet: an admin names them, the server's owner accepts them."""
    return [
        f"No word of labels goes to {address} yet: whoever runs the server accepts it by "
        "`motherlode trust` and the name of the folder."
        for address in find_strange_receivers(receivers)
    ]


def _describe(service: Service) -> SettingsOut:
    state = service.live.now()
    listed = list_settings(service.project, state)
    changes = state.changes
    undone = {event.retracts for event in changes.events}
    newest = {change.event.setting: change.event.id for change in changes.standing}
    return SettingsOut(
        settings=[
            SettingOut(
                name=one.name,
                value=one.value,
                said=describe_value(one.name, one.value),
                by=None if one.event is None else one.event.annotator,
                at=None if one.event is None else format_time(one.event.at),
            )
            for one in listed
        ],
        changes=[
            ChangeOut(
                event=event.id,
                setting=str(event.setting),
                said=describe_change(event),
                by=event.annotator,
                at=format_time(event.at),
                takes_back=event.retracts,
                taken_back=event.id in undone,
                can_be_taken_back=newest.get(event.setting) == event.id,
            )
            for event in reversed(changes.events)
        ],
    )


@pages.get("/settings")
def page(service: TheService, request: Request) -> Response:
    """Show the page where admins change settings."""
    return show_page("settings.html", service, request, lambda caller: _shown(service, caller))


@pages.get("/settings/now")
def now(service: TheService, reviewer: TheReviewer) -> HTMLResponse:
    """Show the part of the page that changes."""
    return render("settings_now.html", caller=reviewer, **_shown(service, reviewer))


@pages.get("/guidelines")
def guidelines(service: TheService, caller: TheCaller) -> HTMLResponse:
    """Show the guidelines alone, for pages that are open when they change."""
    service.live.now()
    return HTMLResponse(str(show_guidelines(service.project, service.site.root)))


def _shown(service: Service, caller: Caller) -> dict[str, Any]:
    if caller.role not in SEE_ALL:
        raise HTTPException(403, "Only reviewers and admins may see the settings.")
    found = _describe(service)
    load_engine()
    from ..strategies._registry import STRATEGIES

    values = {one.name: one.value for one in found.settings}
    return {
        "values": values,
        "waiting": _list_waiting(service.project.settings.webhook),
        "changes": found.changes[:_MOST_SHOWN],
        "strategies": STRATEGIES.names(),
    }
