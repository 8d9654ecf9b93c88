"""The endpoints that annotators use: next, labels, undo, and looking back."""

from itertools import islice
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Response
from fastapi import Path as InPath

from ..project._accounts import ADMIN
from ..project._data.images import media_type
from ..project._log.events import SETTLE
from ..project._serving.answers import Answer, check_row
from ._bodies import (
    Answered,
    AnswersIn,
    History,
    Me,
    Next,
    ProjectOut,
    Recorded,
    RowWithAnswers,
    UndoIn,
)
from ._service import Service, TheCaller, TheService, answered

router = APIRouter(tags=["labelling"])
_Row = Annotated[int, InPath(ge=0, le=2**53, description="Global row id.")]


@router.get("/project")
def project(service: TheService, caller: TheCaller) -> ProjectOut:
    """What is labelled, and into which classes."""
    s = service.project.settings
    return ProjectOut(
        name=s.name,
        classes=list(s.classes),
        minority=s.minority,
        kind=s.kind,
        columns=list(s.columns),
        shown=list(s.shown),
        id=s.id,
        rows=s.rows,
        strategy=s.recipe.strategy,
        goal=s.recipe.goal,
    )


@router.get("/me")
def me(caller: TheCaller) -> Me:
    """Who the caller is."""
    return Me(name=caller.name, role=caller.role, csrf=caller.csrf)


@router.get("/next")
def next_rows(
    service: TheService,
    caller: TheCaller,
    n: Annotated[int, Query(ge=1, le=50, description="How many rows to hold.")] = 1,
) -> Next:
    """Rows to answer: those that the caller holds, topped up to n, which nobody else is given."""
    leases = service.live.next(caller.name, n)
    return Next(rows=[service.offered(lease) for lease in leases])


@router.post("/labels")
def labels(service: TheService, caller: TheCaller, body: AnswersIn) -> Recorded:
    """Record answers; they are on the disk when this returns, all of them or none."""
    if any(a.channel == SETTLE for a in body.labels) and caller.role != ADMIN:
        raise HTTPException(403, "Only admins may settle disagreements.")
    answers = [
        Answer(a.row, a.kind, a.label, a.seconds, a.note, tuple(a.tags), a.key, a.channel)
        for a in body.labels
    ]
    return Recorded(events=service.live.answer(caller.name, answers))


@router.post("/undo")
def undo(service: TheService, caller: TheCaller, body: UndoIn | None = None) -> Answered:
    """Take back the caller's last answer, or one of them; its row is offered again."""
    wanted = UndoIn(event=None) if body is None else body
    return answered(service.live.undo(caller.name, event_id=wanted.event, key=wanted.key))


@router.get("/history")
def history(
    service: TheService, caller: TheCaller, n: Annotated[int, Query(ge=1, le=500)] = 50
) -> History:
    """The caller's answers that stand, the last first."""
    found = islice(service.live.now().history(caller.name), n)
    return History(answers=[answered(event) for event in found])


@router.get("/rows/{row}")
def row(service: TheService, caller: TheCaller, row: _Row) -> RowWithAnswers:
    """A row, with the caller's answer to it; admins see everybody's."""
    check_row(row, service.project.settings)
    present = service.live.now().present.get(row)
    opinions = () if present is None else present.opinions
    everybody = caller.role == ADMIN
    seen = [o for o in opinions if everybody or o.annotator == caller.name]
    return service.with_answers(row, seen)


@router.get(
    "/rows/{row}/image",
    response_class=Response,
    responses={200: {"content": {"image/*": {}}, "description": "The image."}},
)
def image(service: TheService, caller: TheCaller, row: _Row) -> Response:
    """The image of a row."""
    content, kind = _image(service, row)
    return Response(content, media_type=kind)


def _image(service: Service, row: int) -> tuple[bytes, str]:
    check_row(row, service.project.settings)
    content = service.project.rows.image(row)
    kind = media_type(content)
    if kind is None:
        raise HTTPException(415, "The row's image is of a kind that is not shown.")
    return content, kind
