"""Search for rows by words, by conditions on columns, or by their similarity to a row."""

import time
from collections.abc import Iterator
from functools import reduce
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import pyarrow as pa
from anyio.to_thread import run_sync
from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from .._files.cell_texts import format_cells
from .._rows.arrays import Rows
from ..errors import InputError
from ..project._data.folder import Project
from ..project._data.written import find_cells
from ..project._log.fold import State
from ..project._serving.answers import check_row
from ._access import Caller
from ._bodies import Found, FoundRow
from ._pages import show_page
from ._service import Service, TheCaller, TheService, list_others, list_own

if TYPE_CHECKING:
    import re

pages = APIRouter(include_in_schema=False)
router = APIRouter(tags=["search"])
_TIMEOUT = 10.0
_MOST_WORDS = 50
_MOST_LIKE = 200
_ROWS_AT_A_TIME = 10_000
_BETWEEN_CELLS = "\0"  # neither a letter nor a blank, so no phrase goes on in the next cell


@pages.get("/search")
def search_page(service: TheService, request: Request) -> Response:
    """Show the page."""
    return show_page("search.html", service, request, lambda _: _describe_columns(service.project))


@router.get("/search")
async def search(
    service: TheService,
    caller: TheCaller,
    words: Annotated[
        str | None,
        Query(max_length=500, description='Words, or an id; in "quotes" a phrase.'),
    ] = None,
    condition: Annotated[
        str | None, Query(max_length=500, description="On columns, such as amount > 900.")
    ] = None,
    like_row: Annotated[
        int | None, Query(ge=0, le=2**53, description="The row to find similar ones to.")
    ] = None,
    like: Annotated[
        str | None, Query(max_length=1_000, description="The same by the id of the row.")
    ] = None,
    start: Annotated[int, Query(ge=0, le=2**31, description="How many rows to pass over.")] = 0,
    n: Annotated[int, Query(ge=1, le=100, description="How many rows to return at most.")] = 20,
) -> Found:
    """Find rows that hold all words and meet the condition, or those most similar to a row.

    A row whose id is the words comes first. Answers to rows found are to have the channel
    ``search``.
    """
    # Searches have few threads of their own, so that those who label never wait for them.
    return await run_sync(
        lambda: _search(service, caller, words, condition, like_row, like, slice(start, start + n)),
        limiter=service.searching,
    )


def _search(
    service: Service,
    caller: Caller,
    words: str | None,
    condition: str | None,
    like_row: int | None,
    like: str | None,
    shown_places: slice,
) -> Found:
    from ..pool._search import find_patterns

    if like is not None:
        like_row = _find_by_id(service, like)
    rows = _find(service, words, condition, like_row)
    is_by_words = like_row is None and words is not None and words.strip()
    patterns = find_patterns(words) if is_by_words and words else []
    state = service.live.now()
    shown = [
        _describe(service, caller, state, row, patterns) for row in rows[shown_places].tolist()
    ]
    name = None if like_row is None else service.project.rows.name(like_row)
    return Found(total=len(rows), like=name, rows=shown)


def _describe(
    service: Service, caller: Caller, state: State, row: int, patterns: list["re.Pattern[str]"]
) -> FoundRow:
    said = list_own(state, caller, row), list_others(state, caller, row)
    about = service.with_answers(row, *said)
    spans = {name: _find_spans(text, patterns) for name, text in about.content.items() if text}
    return FoundRow(
        **about.model_dump(), spans={name: found for name, found in spans.items() if found}
    )


def _find_spans(text: str, patterns: list["re.Pattern[str]"]) -> list[tuple[int, int]]:
    """Find the places of words in a text, in UTF-16 units as browsers count; none overlap."""
    found = sorted(match.span() for one in patterns for match in one.finditer(text))
    joined: list[tuple[int, int]] = []
    for start, end in found:
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        else:
            joined.append((start, end))
    if text.isascii():
        return joined
    return [
        (len(text[:start].encode("utf-16-le")) // 2, len(text[:end].encode("utf-16-le")) // 2)
        for start, end in joined
    ]


def _find(service: Service, words: str | None, condition: str | None, like_row: int | None) -> Rows:
    if like_row is not None:
        return _find_similar(service, like_row)
    asked = {
        find: text.strip()
        for find, text in ((_hold_words, words), (_meet_condition, condition))
        if text and text.strip()
    }
    if not asked:
        raise InputError("Give words, an id, a condition or a row to search by.")
    if words and len(words.split()) > _MOST_WORDS:
        raise InputError(f"The search holds more than {_MOST_WORDS} words; give fewer.")
    end, found = time.monotonic() + _TIMEOUT, []
    for start, part in _parts(service.project):
        if time.monotonic() > end:
            raise InputError(
                f"The search took more than {_TIMEOUT:.0f} s; give fewer words, or a condition."
            )
        met = [find(part, service.project, text) for find, text in asked.items()]
        found.append(start + np.flatnonzero(reduce(np.logical_and, met)))
    rows: Rows = np.concatenate(found)
    exact = service.project.rows.numbers.get(asked.get(_hold_words, "").strip('"'))
    if exact is None or _meet_condition in asked:
        return rows
    return np.array([exact, *rows[rows != exact]], np.int64)


def _find_similar(service: Service, row: int) -> Rows:
    from ..pool._search import like

    check_row(row, service.project.settings)
    pool = service.explanations.pool(_TIMEOUT)
    if pool is None:
        raise InputError("The data are still being read; try again in a moment.")
    return like(pool, row, n=_MOST_LIKE)


def _find_by_id(service: Service, id: str) -> int:
    row: int | None = service.project.rows.numbers.get(id.strip())
    if row is None:
        raise InputError(f"There is no row {id!r}; give an id of the data.")
    return row


def _describe_columns(project: Project) -> dict[str, Any]:
    """Name the columns for the page, with an example of a condition that can be met."""
    names, kinds = _list_columns(project), project.rows.kinds
    first = {kind: name for name, kind in reversed(kinds.items())}
    if name := first.get("number"):
        example = f"{_quote(name)} > 900"
    elif name := first.get("date"):
        example = f"{_quote(name)} > 2026-08-31"
    else:
        example = f"{_quote(names[0])} is not null"
    return {"columns": names, "example": example, "first_id": project.rows.name(0)}


def _quote(name: str) -> str:
    return name if name.isidentifier() else f"`{name}`"


def _parts(project: Project) -> Iterator[tuple[int, pa.Table]]:
    """Give the rows some at a time, with the first row of each part."""
    table = project.rows.table
    for start in range(0, len(table), _ROWS_AT_A_TIME):
        yield start, table.slice(start, _ROWS_AT_A_TIME)


def _list_columns(project: Project) -> list[str]:
    """List what annotators see: the columns shown, and the id, which stands above each row."""
    settings = project.settings
    return list(dict.fromkeys([*settings.shown, *([settings.id] if settings.id else [])]))


def _hold_words(part: pa.Table, project: Project, words: str) -> "np.ndarray[Any, Any]":
    """Find rows by words in their cells as the file has them, or in the values read from them."""
    from ..pool._search import make_test

    holds, cells = make_test(words), find_cells(project.rows.table)
    names = [column for name in _list_columns(project) for column in {name, cells.get(name, name)}]
    texts = [format_cells(part.column(name)) for name in names]
    joined = (_BETWEEN_CELLS.join(filter(None, row)) for row in zip(*texts, strict=True))
    return np.fromiter((holds(text) for text in joined), bool, len(part))


def _meet_condition(part: pa.Table, project: Project, condition: str) -> "np.ndarray[Any, Any]":
    from ..pool._search import find_rows_that_meet

    cells, names = find_cells(project.rows.table), _list_columns(project)
    written = {name: cells[name] for name in names if name in cells}
    return find_rows_that_meet(part.select([*names, *written.values()]), condition, written)
