"""The endpoints about the whole project: status, its live feed, export, disagreements."""

import asyncio
from collections.abc import AsyncIterable
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent

from ..errors import InputError
from ..pool._files import WRITERS
from ..project._export import Export
from ..project._insight.agreement import disagreements as disagreements_of
from ._bodies import Disagreements, ForecastOut, StatusOut
from ._service import TheAdmin, TheCaller, TheService, caller_of

router = APIRouter(tags=["overview"])

_LOOK_SECONDS = 0.5
_PATIENCE = 10.0
_MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/jsonl",
    "parquet": "application/vnd.apache.parquet",
}
_ANY_FILE = "application/octet-stream"


@router.get("/status", response_model_exclude_unset=True)
def status(service: TheService, caller: TheCaller) -> StatusOut:
    """Counts, agreement, and how fresh the ranking is."""
    return StatusOut.model_validate(service.status())


@router.get("/forecast", response_model_exclude_unset=True)
def forecast(service: TheService, caller: TheCaller) -> ForecastOut:
    """Positives left, the share found, and whether to stop: estimates, advice, assumptions.

    Where working it out takes long it is of some labels ago, as ``labels`` says.
    """
    found = service.readings.forecast(_PATIENCE)
    if found is None:
        raise HTTPException(503, "It is still being worked out; try again.", {"Retry-After": "2"})
    return ForecastOut.model_validate(found)


@router.get("/events", response_class=EventSourceResponse)
async def events(
    service: TheService, caller: TheCaller, request: Request
) -> AsyncIterable[ServerSentEvent]:
    """The status, now and whenever it changes, as server-sent events named ``status``."""
    before: object = None
    while True:
        try:
            await run_in_threadpool(caller_of, request)  # may no longer be let in
            found = await run_in_threadpool(service.status)
        except HTTPException:
            return
        except InputError as problem:
            yield ServerSentEvent(event="problem", data={"detail": str(problem)})
            await asyncio.sleep(4 * _LOOK_SECONDS)
            continue
        ranking = found["ranking"] or {}
        now = (found["last_event"], ranking.get("id"), ranking.get("problem"))
        if now != before:
            yield ServerSentEvent(event="status", data=found, id=str(found["last_event"]))
            before = now
        await asyncio.sleep(_LOOK_SECONDS)


@router.get(
    "/export",
    response_class=StreamingResponse,
    responses={
        200: {
            "content": {kind: {} for kind in (*_MEDIA.values(), _ANY_FILE)},
            "description": "A file.",
        }
    },
)
def export(
    service: TheService,
    admin: TheAdmin,
    format: Annotated[str, Query(pattern=f"^({'|'.join(WRITERS.names())})$")] = "csv",
    events: Annotated[bool, Query(description="The whole log, an event a line.")] = False,
) -> StreamingResponse:
    """The labels with where they came from, as a file."""
    found = Export(service.project, events=events)
    name = {"Content-Disposition": f'attachment; filename="labels.{format}"'}
    kind = _MEDIA.get(format, _ANY_FILE)
    return StreamingResponse(found.parts(format), media_type=kind, headers=name)


@router.get("/disagreements")
def disagreements(
    service: TheService, admin: TheAdmin, n: Annotated[int, Query(ge=1, le=500)] = 50
) -> Disagreements:
    """Rows that annotators differ on; an answer with the channel ``settle`` decides one."""
    found = disagreements_of(service.live.now())[:n]
    rows = [service.with_answers(row, present.opinions) for row, present in found]
    return Disagreements(rows=rows)
