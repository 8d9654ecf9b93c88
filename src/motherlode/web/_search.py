"""Finding rows by hand: words, conditions on columns, likeness to a row."""

from typing import TYPE_CHECKING, Annotated

import numpy as np
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from .._rows.arrays import Rows
from ..errors import InputError
from ..project._data.folder import Project
from ..project._serving.answers import check_row
from ._bodies import Found
from ._pages import inside
from ._service import Service, TheCaller, TheService

if TYPE_CHECKING:
    from ..pool import Pool

pages = APIRouter(include_in_schema=False)
router = APIRouter(tags=["search"])
_PATIENCE = 10.0
_Text = Annotated[str | None, Query(max_length=500)]


@pages.get("/search")
def search_page(service: TheService, request: Request) -> Response:
    """The page."""
    return inside("search.html", service, request)


@router.get("/search")
def search(
    service: TheService,
    caller: TheCaller,
    words: _Text = None,
    condition: _Text = None,
    like_row: Annotated[int | None, Query(ge=0, le=2**53)] = None,
    start: Annotated[int, Query(ge=0, le=2**31)] = 0,
    n: Annotated[int, Query(ge=1, le=100)] = 20,
) -> Found:
    """Rows that hold all words and meet the condition, or those most like a row.

    Answers to them carry the channel ``search``.
    """
    rows = _found(service, words, condition, like_row)
    present_of = service.live.now().present
    shown = []
    for row in rows[start : start + n].tolist():
        present = present_of.get(row)
        own = [o for o in present.opinions if o.annotator == caller.name] if present else []
        shown.append(service.with_answers(row, own))
    return Found(total=len(rows), rows=shown)


def _found(
    service: Service, words: str | None, condition: str | None, like_row: int | None
) -> Rows:
    from ..pool._search import containing, where

    if like_row is not None:
        return _alike(service, like_row)
    wanted = [(containing, words), (where, condition)]
    asked = [(find, text.strip()) for find, text in wanted if text and text.strip()]
    if not asked:
        raise InputError("Give words, a condition or a row to search by.")
    pool = shown_pool(service.project)
    rows = asked[0][0](pool, asked[0][1])
    for find, text in asked[1:]:
        rows = np.intersect1d(rows, find(pool, text))
    return rows


def _alike(service: Service, row: int) -> Rows:
    from ..pool._search import like

    check_row(row, service.project.settings)
    pool = service.readings.pool(_PATIENCE)
    if pool is None:
        raise InputError("The data are still being read; try again in a moment.")
    return like(pool, row, n=200)


def shown_pool(project: Project) -> "Pool":
    """What annotators see, as a pool to search in; nothing of it is encoded."""
    from ..pool import Pool

    return Pool(project.rows.table.select(list(project.settings.shown)), "passthrough")
