"""The map of the pool: the place of each row, what is known of it, and rows chosen on the map."""

from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, HTTPException, Query, Request, Response

from .._rows.arrays import Floats
from ..project._log.fold import KINDS, State
from ..project._serving.put_first import cancel, count_chosen, put_first
from ._bodies import RowsChosen, RowsFirst, RowsFirstIn
from ._pages import show_page
from ._service import Service, TheCaller, TheService, find_hidden

pages = APIRouter(include_in_schema=False)
router = APIRouter(tags=["map"])
_TIMEOUT = 5.0
_BYTES: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/octet-stream": {}}, "description": "Numbers."}
}
_OTHERS = ("disputed", "unsure", "skip")  # from the largest number down
_MOST_CLASSES_OF_8_BITS = 255 - len(_OTHERS)


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

    They have 8 bits each, or 16 (little-endian) where there are more than 252 classes. The label
    is 0 for none, 1 and on for the classes, and the largest numbers for others: 255 or 65535 for
    disputed, one less for unsure, and two less for skipped. Annotators are shown neither for a row
    that they may be asked about as the second person. The score is the rank of the row by a linear
    model of the labels, or 0 without one: a score s means that the row is among the likeliest
    rows^((1 - s) / 254) of all, from 1, all rows, to 255, the likeliest row alone.
    """
    state = service.live.now()
    hidden = find_hidden(state, caller)
    labels = _labels(service, state)
    linear = service.explanations.linear(_TIMEOUT if wait else 0.0)
    scores = np.zeros_like(labels)
    if linear is not None:
        found = _rank(linear.probabilities()[: len(scores)])  # rows may have been added in between
        scores[: len(found)] = found.astype(labels.dtype)
    labels[hidden] = scores[hidden] = 0  # a score tells what the model was told
    return _bytes(np.column_stack([labels, scores]).tobytes())


@router.post("/map/first")
def first(service: TheService, caller: TheCaller, body: RowsFirstIn) -> RowsFirst:
    """Ask the caller about these rows first; answers to them count as found by search.

    They are asked until they are answered or cancelled.
    """
    live, project = service.live, service.project
    rows = live.run(
        lambda connection, state: put_first(
            connection,
            state,
            project.settings_at(state),
            caller.name,
            body.rows,
            live.clock(),
            live.reaches.find(project.settings_at(state), caller.name),
        ),
        durable=False,
    )
    return RowsFirst(rows=rows)


@router.get("/map/first")
def chosen(service: TheService, caller: TheCaller) -> RowsChosen:
    """Tell how far the rows are that the caller chose to be asked first."""
    state = service.live.now()
    with service.project.database.reading() as connection:
        found = count_chosen(connection, state, caller.name)
    return RowsChosen(chosen=found.rows, answered=found.answered, to_come=found.to_come)


@router.delete("/map/first")
def cancel_chosen(service: TheService, caller: TheCaller) -> RowsChosen:
    """Ask the caller no more about the rows that they chose."""
    live, project = service.live, service.project
    live.run(
        lambda connection, state: cancel(
            connection, state, project.settings_at(state), caller.name, live.clock()
        ),
        durable=False,
    )
    return RowsChosen(chosen=0, answered=0, to_come=0)


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
    found[table["row"]] = codes
    for place, other in enumerate(_OTHERS):
        found[table["row"][table["kind"] == KINDS.index(other)]] = np.iinfo(kind).max - place
    return found


def _rank(probabilities: Floats) -> Floats:
    """Rank rows from 1 to 255 by the share of rows that are as likely or likelier, in its log.

    Where a positive class is rare, all probabilities are small and alike; ranks still differ, and
    in the log they tell the likeliest hundred of 100,000 rows from the thousand after them.
    """
    n = len(probabilities)
    below = np.searchsorted(np.sort(probabilities), probabilities, side="left")
    above = (n - below).astype(np.float64)
    return np.round(1 + 254 * (1 - np.log(above) / np.log(max(n, 2))))


def _bytes(content: bytes) -> Response:
    return Response(content, media_type="application/octet-stream")
