"""The answers that were given: their page, and the endpoint that lists them."""

from typing import Annotated, Any

from anyio.to_thread import run_sync
from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import Response

from ..project._insight.listed_answers import Wanted, list_answers, read_day
from ._access import Caller
from ._bodies import Answers, ListedAnswer
from ._pages import show_page
from ._service import (
    Service,
    TheCaller,
    TheService,
    describe_answer,
    find_blind,
    list_others,
    list_own,
)

pages = APIRouter(include_in_schema=False)
router = APIRouter(tags=["answers"])
_TIMEOUT = 10.0
_Text = Annotated[str | None, Query(max_length=500)]
_Day = Annotated[str | None, Query(max_length=40)]


@pages.get("/answers")
def answers_page(service: TheService, request: Request) -> Response:
    """Show the page."""
    return show_page("answers.html", service, request, lambda caller: _who(service, caller))


def _who(service: Service, caller: Caller) -> dict[str, Any]:
    """Name those whose answers the caller may list."""
    known = sorted(service.live.now().annotators)
    return {"annotators": known if find_blind(caller) is None else None}


@router.get("/answers")
async def answers(
    service: TheService,
    caller: TheCaller,
    annotator: Annotated[
        str | None, Query(max_length=100, description="Whose; admins may list those of anybody.")
    ] = None,
    label: Annotated[
        list[str] | None,
        Query(alias="class", max_length=1_000, description="The answer is one of these classes."),
    ] = None,
    unsure: Annotated[bool, Query(description="It is unsure, beside any class.")] = False,
    skipped: Annotated[bool, Query(description="It is a skip, beside any class.")] = False,
    disputed: Annotated[bool, Query(description="Annotators differ on the row.")] = False,
    note: Annotated[_Text, Query(description="What the note holds, in any case.")] = None,
    tag: Annotated[_Text, Query(description="A tag of the answer, in any case.")] = None,
    words: Annotated[
        _Text, Query(description='Words that the row holds; in "quotes" a phrase.')
    ] = None,
    since: Annotated[
        _Day, Query(alias="from", description="A day of UTC or a time, as 2026-11-30.")
    ] = None,
    until: Annotated[
        _Day, Query(description="A day, with all of it, or a time that is left out.")
    ] = None,
    start: Annotated[int, Query(ge=0, le=2**31, description="How many to pass over.")] = 0,
    n: Annotated[int, Query(ge=1, le=100, description="How many to return at most.")] = 20,
) -> Answers:
    """List answers that stand and meet all conditions: the caller's own, for admins everybody's."""
    whose = find_blind(caller)
    if whose is not None and annotator not in (None, whose):
        raise HTTPException(403, "Only admins may list the answers of others.")
    wanted = Wanted(
        whose or annotator, tuple(label or ()), unsure, skipped, disputed, note, tag, words,
        read_day(since), read_day(until, end=True),
    )  # fmt: skip
    # As searches, these have few threads, so that those who label never wait for them.
    return await run_sync(
        lambda: _list(service, caller, wanted, slice(start, start + n)), limiter=service.searching
    )


def _list(service: Service, caller: Caller, wanted: Wanted, shown: slice) -> Answers:
    state = service.live.now()
    found = list_answers(service.project, state, wanted, _TIMEOUT)
    listed = [
        ListedAnswer(
            **service.describe_row(event.row),
            answer=describe_answer(event),
            answers=[describe_answer(own) for own in list_own(state, caller, event.row)],
            others=list_others(state, caller, event.row),
            disputed=state.rows[event.row].disagrees,
            content_changed=state.is_outdated(event.row),
        )
        for event in found[shown]
    ]
    return Answers(total=len(found), answers=listed)
