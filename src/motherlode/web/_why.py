"""The endpoint that explains a row: why it is asked, and what the labels say about it."""

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query
from fastapi import Path as InPath

from ..project._insight.explanations import labels_of
from ..project._serving.answers import check_row
from ..project._serving.ranking import find_ranking_time
from ._access import Caller
from ._bodies import Near, Why
from ._service import Service, TheCaller, TheService, is_hidden

if TYPE_CHECKING:
    from ..project._insight.linear_explanation import LinearExplanation

router = APIRouter(tags=["labelling"])
_TIMEOUT = 0.3
_NEAREST = 3  # labelled rows that are shown beside a row


@router.get("/rows/{row}/why")
def why(
    service: TheService,
    caller: TheCaller,
    row: Annotated[int, InPath(ge=0, le=2**53, description="Global row id.")],
    model_version: Annotated[
        int | None, Query(ge=0, le=2**53, description="As in the row's offer.")
    ] = None,
) -> Why:
    """Explain a row: what speaks for and against the positive class, and similar labelled rows."""
    check_row(row, service.project.settings)
    explanations = service.explanations
    linear = explanations.linear(_TIMEOUT)
    if is_hidden(service.live.now(), caller, row):
        linear = None  # it was told the label that the caller is to give without knowing it
    since, age = _find_age(service, model_version)
    return Why(
        ready=explanations.is_ready,
        towards=" or ".join(explanations.towards),
        score=None if linear is None else linear.probability(row),
        pushes=[] if linear is None else linear.pushes(row),
        spans=[] if linear is None else _find_spans(service, linear, row),
        nearest=_find_nearest(service, caller, row),
        answers_since=since,
        model_seconds=age,
    )


def _find_age(service: Service, version: int | None) -> tuple[int, float | None]:
    """Count the events that the query model had not seen, and find its age if that is kept."""
    if version is None:
        return 0, None
    live = service.live
    with service.project.database.reading() as connection:
        at = find_ranking_time(connection, version)
    return max(0, live.now().last - version), None if at is None else max(0.0, live.clock() - at)


def _find_spans(
    service: Service, linear: "LinearExplanation", row: int
) -> list[tuple[int, int, float]]:
    project = service.project
    return linear.spans(project.rows.text(row)) if project.settings.kind == "text" else []


def _find_nearest(service: Service, caller: Caller, row: int) -> list[Near]:
    from ..pool._search import like

    pool = service.explanations.pool()
    if pool is None:
        return []
    state = service.live.now()
    labelled, _ = labels_of(state, service.explanations.towards)
    found: list[Near] = []
    for near in like(pool, row, len(labelled), among=labelled).tolist():
        known = state.rows.get(near)
        if len(found) == _NEAREST:
            break
        if known is not None and known.label is not None and not is_hidden(state, caller, near):
            found.append(Near(**service.describe_row(near), label=known.label))
    return found
