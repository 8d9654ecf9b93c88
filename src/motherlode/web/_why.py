"""The endpoint that says why a row is asked, and what the labels so far say of it."""

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query
from fastapi import Path as InPath

from ..project._insight.readings import labels_of
from ..project._serving.answers import check_row
from ..project._serving.ranking import made_at
from ._bodies import Near, Why
from ._service import Service, TheCaller, TheService

if TYPE_CHECKING:
    from ..project._insight.reading import Reading

router = APIRouter(tags=["labelling"])
_PATIENCE = 0.3


@router.get("/rows/{row}/why")
def why(
    service: TheService,
    caller: TheCaller,
    row: Annotated[int, InPath(ge=0, le=2**53, description="Global row id.")],
    model_version: Annotated[
        int | None, Query(ge=0, le=2**53, description="That of the row's offer.")
    ] = None,
) -> Why:
    """What speaks for and against the positive class, and the nearest labelled rows."""
    check_row(row, service.project.settings)
    readings = service.readings
    reading = readings.reading(_PATIENCE)
    since, age = _age(service, model_version)
    return Why(
        ready=readings.is_ready,
        towards=readings.towards,
        score=None if reading is None else reading.probability(row),
        pushes=[] if reading is None else reading.pushes(row),
        spans=[] if reading is None else _spans(service, reading, row),
        nearest=_nearest(service, row),
        answers_since=since,
        model_seconds=age,
    )


def _age(service: Service, version: int | None) -> tuple[int, float | None]:
    """How many events the model that asked has not seen, and its age while its ranking is kept."""
    if version is None:
        return 0, None
    live = service.live
    with service.project.database.reading() as connection:
        at = made_at(connection, version)
    return max(0, live.now().last - version), None if at is None else max(0.0, live.clock() - at)


def _spans(service: Service, reading: "Reading", row: int) -> list[tuple[int, int, float]]:
    settings = service.project.settings
    if settings.kind != "text":
        return []
    text = service.project.rows.content(row)[settings.columns[0]]
    return reading.spans(text) if isinstance(text, str) else []


def _nearest(service: Service, row: int) -> list[Near]:
    from ..project._insight.reading import nearest

    pool = service.readings.pool()
    if pool is None:
        return []
    state = service.live.now()
    labelled, _ = labels_of(state, service.readings.towards)
    found = []
    for near in nearest(pool, row, labelled):
        present = state.present.get(near)
        if present is not None and present.label is not None:
            found.append(Near(**service.row(near).model_dump(), label=present.label))
    return found
