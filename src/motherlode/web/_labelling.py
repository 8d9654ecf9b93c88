"""The endpoints that annotators use: next, labels, undo, and history."""

from dataclasses import asdict
from itertools import islice
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Response
from fastapi import Path as InPath

from ..project._accounts import SEE_ALL
from ..project._data.images import find_media_type
from ..project._insight.status import describe_pause
from ..project._log.events import SETTLE
from ..project._serving.answers import Answer, check_row
from ._access import Caller
from ._bodies import (
    Answered,
    AnswersIn,
    History,
    Left,
    Me,
    Next,
    ProjectOut,
    Recorded,
    RowWithAnswers,
    UndoIn,
)
from ._service import Service, TheCaller, TheService, describe_answer, list_others

router = APIRouter(tags=["labelling"])
_Row = Annotated[int, InPath(ge=0, le=2**53, description="Global row id.")]


@router.get("/project")
def project(service: TheService, caller: TheCaller) -> ProjectOut:
    """Tell what is labelled, and with which classes."""
    state, kinds = service.live.now(), service.project.rows.kinds
    settings = asdict(service.project.settings_at(state))
    return ProjectOut.model_validate({**settings["recipe"], **settings, "kinds": kinds})


@router.get("/me")
def me(caller: TheCaller) -> Me:
    """Tell who the caller is."""
    return Me(name=caller.name, role=caller.role, csrf=caller.csrf)


@router.get("/next")
def next_rows(
    service: TheService,
    caller: TheCaller,
    n: Annotated[int, Query(ge=1, le=50, description="How many rows to keep.")] = 1,
) -> Next:
    """Get n rows to answer, which nobody else is given meanwhile; none in a pause."""
    leases = service.live.next(caller.name, n)
    if leases:
        rows = [service.offered(lease) for lease in leases]
        return Next(rows=rows, left=None, paused=None)
    state = service.live.now()
    paused = describe_pause(service.project.settings_at(state), state)
    left = None if paused else _count_left(service, caller)
    return Next.model_validate({"rows": [], "left": left, "paused": paused})


def _count_left(service: Service, caller: Caller) -> Left:
    state = service.live.now()
    wanted = service.live.evaluations.find_wanted(state)
    open_rows = (
        len(wanted.rows) if wanted.alone else service.project.settings.rows - len(state.rows)
    )
    return Left(
        held=max(0, open_rows),
        second=sum(first == caller.name for first in state.single.values()),
        unsure=state.kinds.get("unsure", 0),
        skipped=state.kinds.get("skip", 0),
    )


@router.post("/labels")
def labels(service: TheService, caller: TheCaller, body: AnswersIn) -> Recorded:
    """Record all answers, or none if anything is wrong; they are on the disk when this returns."""
    if any(a.channel == SETTLE for a in body.labels) and caller.role not in SEE_ALL:
        raise HTTPException(403, "Only reviewers and admins may settle disagreements.")
    answers = [
        Answer(**answer.model_dump(exclude={"tags"}), tags=tuple(answer.tags))
        for answer in body.labels
    ]
    return Recorded(events=service.live.answer(caller.name, answers))


@router.post("/undo")
def undo(service: TheService, caller: TheCaller, body: UndoIn | None = None) -> Answered:
    """Take back an answer of the caller, the last if none is named; its row is offered again."""
    wanted = UndoIn(event=None, key=None) if body is None else body
    return describe_answer(service.live.undo(caller.name, event_id=wanted.event, key=wanted.key))


@router.get("/history")
def history(
    service: TheService,
    caller: TheCaller,
    n: Annotated[int, Query(ge=1, le=500, description="How many at most.")] = 50,
) -> History:
    """List the caller's answers, the last first, without those taken back."""
    found = islice(service.live.now().history(caller.name), n)
    return History(answers=[describe_answer(event) for event in found])


@router.get("/rows/{row}")
def row(service: TheService, caller: TheCaller, row: _Row) -> RowWithAnswers:
    """Get a row, with the caller's answer to it; reviewers and admins see all answers."""
    check_row(row, service.project.settings)
    state = service.live.now()
    known = state.rows.get(row)
    opinions = () if known is None else known.opinions
    everybody = caller.role in SEE_ALL
    seen = [o for o in opinions if everybody or o.annotator == caller.name]
    return service.with_answers(row, seen, list_others(state, caller, row))


@router.get(
    "/rows/{row}/image",
    response_class=Response,
    responses={200: {"content": {"image/*": {}}, "description": "The image."}},
)
def image(service: TheService, caller: TheCaller, row: _Row) -> Response:
    """Get the image of a row."""
    check_row(row, service.project.settings)
    content = service.project.rows.image(row)
    kind = find_media_type(content)
    if kind is None:
        raise HTTPException(415, "The row's image is of a kind that browsers do not show.")
    return Response(content, media_type=kind)
