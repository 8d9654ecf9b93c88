"""Search for rows by words, by conditions on columns, or by their similarity to a row."""

import time
from collections.abc import Iterator
from functools import reduce
from typing import TYPE_CHECKING, Annotated

import numpy as np
from anyio.to_thread import run_sync
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from .._rows.arrays import Rows
from ..errors import InputError
from ..project._data.folder import Project
from ..project._serving.answers import check_row
from ._access import Caller
from ._bodies import Found
from ._pages import show_page
from ._service import Service, TheCaller, TheService, list_others, list_own

if TYPE_CHECKING:
    from ..pool import Pool

pages = APIRouter(include_in_schema=False)
router = APIRouter(tags=["search"])
_TIMEOUT = 10.0
_MOST_WORDS = 50
_ROWS_AT_A_TIME = 10_000


@pages.get("/search")
def search_page(service: TheService, request: Request) -> Response:
    """Show the page."""
    return show_page("search.html", service, request)


@router.get("/search")
async def search(
    service: TheService,
    caller: TheCaller,
    words: Annotated[
        str | None, Query(max_length=500, description='Words; in "quotes" a phrase.')
    ] = None,
    condition: Annotated[
        str | None, Query(max_length=500, description="On columns, such as amount > 900.")
    ] = None,
    like_row: Annotated[
        int | None, Query(ge=0, le=2**53, description="The row to find similar ones to.")
    ] = None,
    start: Annotated[int, Query(ge=0, le=2**31, description="How many rows to pass over.")] = 0,
    n: Annotated[int, Query(ge=1, le=100, description="How many rows to return at most.")] = 20,
) -> Found:
    """Find rows that hold all words and meet the condition, or those most similar to a row.

    Answers to them are to have the channel ``search``.
    """
    # Searches have few threads of their own, so that those who label never wait for them.
    return await run_sync(
        lambda: _search(service, caller, words, condition, like_row, slice(start, start + n)),
        limiter=service.searching,
    )


def _search(
    service: Service,
    caller: Caller,
    words: str | None,
    condition: str | None,
    like_row: int | None,
    shown_places: slice,
) -> Found:
    rows = _find(service, words, condition, like_row)
    state = service.live.now()
    shown = [
        service.with_answers(row, list_own(state, caller, row), list_others(state, caller, row))
        for row in rows[shown_places].tolist()
    ]
    return Found(total=len(rows), rows=shown)


def _find(service: Service, words: str | None, condition: str | None, like_row: int | None) -> Rows:
    from ..pool._search import containing, where

    if like_row is not None:
        return _find_similar(service, like_row)
    wanted = [(containing, words), (where, condition)]
    asked = [(find, text.strip()) for find, text in wanted if text and text.strip()]
    if not asked:
        raise InputError("Give words, a condition or a row to search by.")
    if words and len(words.split()) > _MOST_WORDS:
        raise InputError(f"The search holds more than {_MOST_WORDS} words; give fewer.")
    end, found = time.monotonic() + _TIMEOUT, []
    for start, pool in _shown_pools(service.project):
        if time.monotonic() > end:
            raise InputError(
                f"The search took more than {_TIMEOUT:.0f} s; give fewer words, or a condition."
            )
        parts = [find(pool, text) for find, text in asked]
        found.append(start + reduce(np.intersect1d, parts))
    return np.concatenate(found)


def _find_similar(service: Service, row: int) -> Rows:
    from ..pool._search import like

    check_row(row, service.project.settings)
    pool = service.explanations.pool(_TIMEOUT)
    if pool is None:
        raise InputError("The data are still being read; try again in a moment.")
    return like(pool, row, n=200)


def _shown_pools(project: Project) -> Iterator[tuple[int, "Pool"]]:
    """Give what annotators see as pools of some rows, with the first row of each."""
    from ..pool import Pool

    table = project.rows.table.select(list(project.settings.shown))
    for start in range(0, len(table), _ROWS_AT_A_TIME):
        yield start, Pool(table.slice(start, _ROWS_AT_A_TIME), "passthrough")  # nothing is encoded
