"""The endpoints about the whole project: status, its live feed, export, disagreements."""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from fastapi.sse import EventSourceResponse, ServerSentEvent

from .._files.formats import ending_of, list_formats
from ..errors import InputError
from ..project._export import Export
from ..project._insight.agreement import list_disagreements
from ._access import find_address
from ._bodies import Disagreements, ForecastOut, StatusOut
from ._service import TheAdmin, TheCaller, TheReviewer, TheService, get_caller

router = APIRouter(tags=["overview"])

_LOOK_SECONDS = 0.5
_TIMEOUT = 10.0
MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "tsv": "text/tab-separated-values; charset=utf-8",
    "jsonl": "application/jsonl",
    "json": "application/json",
    "parquet": "application/vnd.apache.parquet",
    "arrow": "application/vnd.apache.arrow.file",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "ris": "application/x-research-info-systems",
    "zip": "application/zip",
}
ANY_FILE = "application/octet-stream"


# What is held ends when the whole answer was sent, or nobody reads it any more.
async def _hold_feed(
    service: TheService, caller: TheCaller, request: Request
) -> AsyncIterator[None]:
    with service.feeds.hold(caller.name, find_address(request)):
        yield


async def hold_export(
    service: TheService, caller: TheCaller, request: Request
) -> AsyncIterator[None]:
    """Count a file among those that are sent to a caller at once."""
    with service.exports.hold(caller.name, find_address(request)):
        yield


@router.get("/status", response_model_exclude_unset=True)
def status(service: TheService, caller: TheCaller) -> StatusOut:
    """Get counts, agreement, and how fresh the ranking is."""
    return StatusOut.model_validate(service.status(caller))


@router.get("/forecast", response_model_exclude_unset=True)
def forecast(service: TheService, caller: TheCaller) -> ForecastOut:
    """Get estimates of what is left and the advice of stopping rules, with their assumptions.

    They may be of some labels ago, as ``labels`` says.
    """
    found = service.explanations.forecast(_TIMEOUT)
    if found is None:
        raise HTTPException(503, "It is still being worked out; try again.", {"Retry-After": "2"})
    return ForecastOut.model_validate(found)


@router.get("/events", response_class=EventSourceResponse, dependencies=[Depends(_hold_feed)])
async def events(
    service: TheService, caller: TheCaller, request: Request
) -> AsyncIterable[ServerSentEvent]:
    """Get the status, now and after each change, as server-sent events named ``status``."""
    before: object = None
    while True:
        try:
            # The caller may have logged out, or have another role.
            caller = await run_in_threadpool(get_caller, request)
            found = await run_in_threadpool(service.status, caller)
        except HTTPException:
            return
        except InputError as problem:
            yield ServerSentEvent(event="problem", data={"detail": str(problem)})
            before = None  # once it is over, the status says so
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
    dependencies=[Depends(hold_export)],
    response_class=StreamingResponse,
    responses={
        200: {
            "content": {kind: {} for kind in (*MEDIA.values(), ANY_FILE)},
            "description": "A file.",
        }
    },
)
def export(
    service: TheService,
    admin: TheAdmin,
    format: Annotated[
        str,
        Query(pattern=f"^({'|'.join(list_formats())})$", description="What file it is."),
    ] = "csv",
    events: Annotated[bool, Query(description="Export the whole log, an event a line.")] = False,
) -> StreamingResponse:
    """Get the labels with their provenance, as a file."""
    found, ending = Export(service.project, events=events), ending_of(format)
    what = "log" if events else "labels"
    if format != ending:  # files of several formats have one ending
        what += f"-{format}"
    name = {"Content-Disposition": f'attachment; filename="{what}.{ending}"'}
    kind = MEDIA.get(ending, ANY_FILE)
    return StreamingResponse(found.parts(format), media_type=kind, headers=name)


@router.get("/disagreements")
def disagreements(
    service: TheService,
    reviewer: TheReviewer,
    n: Annotated[int, Query(ge=1, le=500, description="How many at most.")] = 50,
) -> Disagreements:
    """List rows that annotators differ on; an answer with the channel ``settle`` decides one."""
    found = list_disagreements(service.live.now())[:n]
    rows = [service.with_answers(row, known.opinions) for row, known in found]
    return Disagreements(rows=rows)
