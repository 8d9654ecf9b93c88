"""The map of the pool: places, what is known of each, and rows picked on it."""

from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, HTTPException, Query, Request, Response

from ..project._log.fold import LABEL
from ..project._serving.picked import put_first
from ._bodies import Picked, PickedIn
from ._pages import inside
from ._service import Service, TheCaller, TheService

pages = APIRouter(include_in_schema=False)
router = APIRouter(tags=["map"])
_PATIENCE = 5.0
_BYTES: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/octet-stream": {}}, "description": "Numbers."}
}
_UNSETTLED = 255


@pages.get("/map")
def map_page(service: TheService, request: Request) -> Response:
    """The page."""
    return inside("map.html", service, request)


@router.get("/map/places", response_class=Response, responses=_BYTES)
def places(service: TheService, caller: TheCaller) -> Response:
    """Where each row lies: two little-endian 16-bit numbers a row, in the order of rows."""
    found = service.readings.places(_PATIENCE)
    if found is None:
        raise HTTPException(503, "The map is still being drawn; try again.", {"Retry-After": "2"})
    return _bytes(found.astype("<u2").tobytes())


@router.get("/map/known", response_class=Response, responses=_BYTES)
def known(
    service: TheService,
    caller: TheCaller,
    wait: Annotated[bool, Query(description="For the newest reading, up to 5 s.")] = False,
) -> Response:
    """Two bytes a row: what it is labelled, and its score.

    The first is 0 without a label, 1 and on for the classes, 255 for skipped, unsure or
    disputed; the second is the probability of the positive class by a linear reading of the
    labels, from 1 to 255, or 0 without one.
    """
    labels = _labels(service)
    reading = service.readings.reading(_PATIENCE if wait else 0.0)
    scores = np.zeros(len(labels), np.uint8)
    if reading is not None:
        scores = np.round(1 + 254 * reading.probabilities()).astype(np.uint8)
    return _bytes(np.column_stack([labels, scores]).tobytes())


@router.post("/map/first")
def first(service: TheService, caller: TheCaller, body: PickedIn) -> Picked:
    """Ask the caller these rows before all others; answers to them count as found by search."""
    live, settings = service.live, service.project.settings
    rows = live.run(
        lambda connection, state: put_first(
            connection, state, settings, caller.name, body.rows, live.clock()
        ),
        durable=False,
    )
    return Picked(rows=rows)


def _labels(service: Service) -> "np.ndarray[tuple[int], np.dtype[np.uint8]]":
    settings = service.project.settings
    code = {label: min(place + 1, 254) for place, label in enumerate(settings.classes)}
    state = service.live.now()
    table = state.table()
    codes = np.array([code.get(word, 0) for word in state.words], np.uint8)[table["label"]]
    found = np.zeros(settings.rows, np.uint8)
    found[table["row"]] = np.where(table["kind"] == LABEL, codes, _UNSETTLED)
    return found


def _bytes(content: bytes) -> Response:
    return Response(content, media_type="application/octet-stream")
