"""The map of the pool: the place of each row, what is known of it, and rows chosen on the map."""

from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, HTTPException, Query, Request, Response

from ..project._log.fold import LABEL, State
from ..project._serving.put_first import put_first
from ._bodies import RowsFirst, RowsFirstIn
from ._pages import show_page
from ._service import Service, TheCaller, TheService, find_hidden

pages = APIRouter(include_in_schema=False)
router = APIRouter(tags=["map"])
_TIMEOUT = 5.0
_BYTES: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/octet-stream": {}}, "description": "Numbers."}
}
_MOST_CLASSES_OF_8_BITS = 253


@pages.get("/map")
def map_page(service: TheService, request: Request) -> Response:
    """Show the page."""
    return show_page("map.html", service, request)


@router.get("/map/places", response_class=Response, responses=_BYTES)
def places(service: TheService, caller: TheCaller) -> Response:
    """Get the place of each row: two little-endian 16-bit numbers a row, in the order of rows."""
    found = service.explanations.places(_TIMEOUT)
    if found is None:
        step = service.explanations.step_of_map
        raise HTTPException(503, f"The map is being drawn: {step}.", {"Retry-After": "2"})
    return _bytes(found.astype("<u2").tobytes())


@router.get("/map/known", response_class=Response, responses=_BYTES)
def known(
    service: TheService,
    caller: TheCaller,
    wait: Annotated[bool, Query(description="For scores by the newest labels, up to 5 s.")] = False,
) -> Response:
    """Get two numbers a row: its label and its score.

    They have 8 bits each, or 16 (little-endian) where there are more than 253 classes. The label
    is 0 for none, 1 and on for the classes, and the largest number, 255 or 65535, for skipped,
    unsure or disputed. Annotators are shown neither for a row that they may be asked about as the
    second person. The score is the probability of the positive class by a linear model of
    the labels, from 1 to 255, or 0 without one.
    """
    state = service.live.now()
    hidden = find_hidden(state, caller)
    labels = _labels(service, state)
    linear = service.explanations.linear(_TIMEOUT if wait else 0.0)
    scores = np.zeros_like(labels)
    if linear is not None:
        scores = np.round(1 + 254 * linear.probabilities()).astype(labels.dtype)
    labels[hidden] = scores[hidden] = 0  # a score tells what the model was told
    return _bytes(np.column_stack([labels, scores]).tobytes())


@router.post("/map/first")
def first(service: TheService, caller: TheCaller, body: RowsFirstIn) -> RowsFirst:
    """Ask the caller about these rows first; answers to them count as found by search."""
    live, project = service.live, service.project
    rows = live.run(
        lambda connection, state: put_first(
            connection,
            state,
            project.settings_at(state),
            caller.name,
            body.rows,
            live.clock(),
        ),
        durable=False,
    )
    return RowsFirst(rows=rows)


def _labels(
    service: Service, state: State
) -> "np.ndarray[tuple[int], np.dtype[np.uint8 | np.uint16]]":
    settings = service.project.settings_at(state)
    small = len(settings.classes) <= _MOST_CLASSES_OF_8_BITS
    kind = np.dtype("u1" if small else "<u2")
    code = {label: place + 1 for place, label in enumerate(settings.classes)}
    table = state.table()
    codes = np.array([code.get(word, 0) for word in state.words], kind)[table["label"]]
    found = np.zeros(settings.rows, kind)
    found[table["row"]] = np.where(table["kind"] == LABEL, codes, np.iinfo(kind).max)
    return found


def _bytes(content: bytes) -> Response:
    return Response(content, media_type="application/octet-stream")
