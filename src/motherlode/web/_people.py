"""Who works on a project: accounts, parts of the rows, and what each annotator did."""

from datetime import UTC, datetime, timedelta
from typing import Any

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection

from ..errors import InputError
from ..project._accounts import (
    ADMIN,
    ROLES,
    ListedAccount,
    disable_account,
    enable_account,
    list_accounts,
    put_account,
    read_password_hash,
    remove_account,
)
from ..project._data.assigned import (
    ASSIGNED,
    WHERE,
    Assignment,
    assign_rows,
    assign_share,
    say_assignment,
)
from ..project._insight.status import format_time
from ..project._log.events import Event
from ..project._log.fold import State
from ..project._serving.changing import change_settings, plan_assigned
from ..project._serving.reach import check_assignment
from ._access import Caller
from ._bodies import (
    AccountChange,
    AccountName,
    AccountOut,
    Accounts,
    AssignedRows,
    Changed,
    Records,
)
from ._changes import record_changes
from ._charts import draw_days
from ._pages import render, show_page
from ._service import Service, TheAdmin, TheCaller, TheService, find_blind

router = APIRouter(tags=["people"])
pages = APIRouter(include_in_schema=False)
_TIMEOUT, _TIMEOUT_OF_PAGE = 10.0, 2.0
_DAYS = 14


@router.get("/annotators")
def annotators(service: TheService, caller: TheCaller) -> Records:
    """Get what annotators did and how they err, maybe as of some answers ago.

    Annotators get their own figures alone.
    """
    found = _describe_records(service, caller, _TIMEOUT)
    if found is None:
        raise HTTPException(503, "It is still being worked out; try again.", {"Retry-After": "2"})
    return Records.model_validate({"annotators": found})


@router.get("/accounts")
def accounts(service: TheService, admin: TheAdmin) -> Accounts:
    """List who may log in."""
    return _list_accounts(service)


@router.post("/accounts")
def change(service: TheService, admin: TheAdmin, body: AccountChange) -> Accounts:
    """Add an account, or change one; the last admin stays one."""
    database = service.project.database
    if not service.access.with_accounts and body.role != ADMIN:
        raise InputError(
            "The first account is to be an admin: with it the printed link opens nothing any more."
        )
    is_new = read_password_hash(database, body.name) is None
    if body.is_new and not is_new:
        raise InputError(
            f"There is an account {body.name!r} already; Change, beside its name, gives it another "
            "password or role."
        )
    if is_new and body.password is None:
        raise InputError(f"There is no account {body.name!r}; a new one needs a password.")
    if is_new or body.role is not None or body.password is not None:
        put_account(database, body.name, body.role, body.password)
    if body.disabled is not None:
        if body.disabled:
            disable_account(database, body.name, service.live.clock())
        else:
            enable_account(database, body.name)
    return _list_accounts(service)


@router.post("/accounts/remove")
def remove(service: TheService, admin: TheAdmin, body: AccountName) -> Accounts:
    """Remove an account other than one's own; what was labelled by it stays."""
    if body.name == admin.name:
        raise InputError("This is your own account; another admin can remove it.")
    remove_account(service.project.database, body.name)
    return _list_accounts(service)


@router.post("/assigned")
def assign(service: TheService, admin: TheAdmin, body: AssignedRows) -> Changed:
    """Ask an annotator about a part of the rows alone, or about all again; it is one event."""
    project, live = service.project, service.live
    given = [one for one in (body.where, body.share, body.ids) if one is not None]
    if len(given) > 1:
        raise InputError("Give one of where, share and ids.")
    fixed = _make_fixed(service, body)
    if fixed is not None:  # here, so that nobody who labels waits for it
        check_assignment(project, fixed, project.settings_at(live.now()))

    def run(connection: Connection, state: State) -> list[Event]:
        part = fixed
        if body.share is not None:
            assigned = project.settings_at(state).assigned
            others = [other for name, other in assigned.items() if name != body.annotator]
            part = assign_share(body.share, others)
        values = {ASSIGNED: plan_assigned(project, state, body.annotator, part)}
        return change_settings(project, connection, state, admin.name, values, live.clock())

    return record_changes(service, run)


def _make_fixed(service: Service, body: AssignedRows) -> Assignment | None:
    """Make an assignment that does not depend on those of others."""
    if body.where is not None:
        return {WHERE: body.where.strip()}
    if body.ids is None:
        return None
    numbers = service.project.rows.numbers
    unknown = next((id for id in body.ids if id not in numbers), None)
    if unknown is not None:
        raise InputError(f"There is no row {unknown!r}; nothing was assigned.")
    return assign_rows(numbers[id] for id in body.ids)


@pages.get("/people")
def page(service: TheService, request: Request) -> Response:
    """Show the page: all people to those who may see them, to others their own work."""
    return show_page("people.html", service, request, lambda caller: _shown(service, caller))


@pages.get("/people/now")
def now(service: TheService, caller: TheCaller) -> HTMLResponse:
    """Show the part of the page that changes."""
    access, status = service.access, service.status(caller)
    shown = _shown(service, caller)
    return render(
        "people_now.html", caller=caller, status=status, with_accounts=access.with_accounts, **shown
    )


def _shown(service: Service, caller: Caller) -> dict[str, Any]:
    records = _describe_records(service, caller, _TIMEOUT_OF_PAGE)
    for record in records or []:
        record["chart"] = draw_days(_fill_days(record["days"]))
    shown: dict[str, Any] = {"records": records, "roles": ROLES}
    if caller.role == ADMIN:
        assigned = service.project.settings_at(service.live.now()).assigned
        listed = _list_accounts(service).accounts
        known = {one.name for one in listed} | set(service.live.now().annotators) | set(assigned)
        shown["accounts"] = listed
        shown["assigned"] = {name: say_assignment(part) for name, part in assigned.items()}
        shown["names"] = sorted(known)
    return shown


def _fill_days(days: dict[str, int]) -> dict[str, int]:
    """Give the last days up to now, also those without answers."""
    last = datetime.now(UTC).date()
    written = [str(last - timedelta(days=back)) for back in reversed(range(_DAYS))]
    return {day: days.get(day, 0) for day in written}


def _describe_records(
    service: Service, caller: Caller, timeout: float
) -> list[dict[str, Any]] | None:
    records = service.explanations.records(timeout)
    judged = service.explanations.annotators(timeout)
    if records is None or judged is None:
        return None
    from ..project._insight.records import describe_records  # statistics take a second to load

    return describe_records(records, judged, only=find_blind(caller))


def _list_accounts(service: Service) -> Accounts:
    found = list_accounts(service.project.database, service.live.clock())
    return Accounts(accounts=[_describe(one) for one in found])


def _describe(one: ListedAccount) -> AccountOut:
    return AccountOut(
        name=one.name,
        role=one.role,
        disabled_at=None if one.disabled_at is None else format_time(one.disabled_at),
        seen_at=None if one.seen_at is None else format_time(one.seen_at),
        sessions=one.sessions,
    )
