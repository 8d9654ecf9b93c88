"""The endpoint of rows that arrive, and a source that the server reads again and again."""

from collections.abc import Callable
from typing import Any

from anyio.to_thread import run_sync
from fastapi import APIRouter
from sqlalchemy import Connection

from .._files.choices import Choices
from ..errors import InputError
from ..project._log.changes import Changes
from ..project._log.parts import Part
from ..project._serving.live import Live
from ._access import Caller
from ._bodies import NewRowsIn, RowsOut
from ._images import decode_image
from ._service import Service, TheAdmin, TheService

router = APIRouter(tags=["rows"])
LARGEST = 20_000_000
"""Bytes of a request with rows."""


@router.post("/rows")
async def add(service: TheService, admin: TheAdmin, body: NewRowsIn) -> RowsOut:
    """Add rows, which get the next ids; all of them, or none if anything is wrong.

    Rows whose ids are there already are refused, or updated on request: they keep their id and
    labels. Images are texts in base64. Without a restart the rows are served, searched and ranked.
    """
    return await run_sync(_add, service, admin, body, limiter=service.predicting)


def run_in(live: Live) -> Callable[[Callable[[Connection, Changes], Part | None]], Part | None]:
    """Make what runs an operation in the writing thread of a server."""
    return lambda operation: live.run(
        lambda connection, state: operation(connection, state.changes)
    )


def _add(service: Service, admin: Caller, body: NewRowsIn) -> RowsOut:
    from ..project._data.sources import fit_rows
    from ..project._prediction.arriving import receive_rows
    from ..project._serving.adding import Known, Source

    project, live = service.project, service.live
    live.now()  # so that rows which others added are known
    fitted = fit_rows(project, _table_of(service, body.rows), Choices(), body.source)
    known: Known = "update" if body.update else "refuse"
    source = Source(fitted.table, body.source)
    done = receive_rows(
        project,
        source,
        admin.name,
        run_in(live),
        known=known,
        clock=live.clock,
        read_model=lambda: service.models.get(live.now()).found,
    )
    state = live.now()
    return RowsOut(
        added=done.added,
        updated=done.updated,
        unchanged=done.unchanged,
        first=done.first,
        event=done.event,
        content_changed=[row for row in done.changed if state.is_outdated(row)],
        notes=[*fitted.notes, *([done.again] if done.again else [])],
        drift=done.drift,
    )


def _table_of(service: Service, rows: list[dict[str, Any]]) -> Any:
    """Make a table of rows; a column that one of them lacks is empty there."""
    import pyarrow as pa

    from .._files.typed_values import make_table

    settings, schema = service.project.settings, service.project.rows.table.schema
    needed = [*settings.columns, *([] if settings.id is None else [settings.id])]
    for place, row in enumerate(rows):
        lacking = next((name for name in needed if name not in row), None)
        if lacking is not None:
            raise InputError(
                f"Row {place} (counted from 0) has no {lacking!r}, which the rows of this project "
                "need; give null where there is no value."
            )
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = {name: [row.get(name) for row in rows] for name in names}
    if settings.kind == "image":
        image = settings.columns[0]
        if pa.types.is_string(schema.field(image).type):
            raise InputError(
                "The images of this project are files; add more by `motherlode add` from a folder."
            )
        columns[image] = [decode_image(value) for value in columns[image]]
    texts = frozenset(f.name for f in schema if pa.types.is_string(f.type))
    return make_table(columns, Choices(texts=texts), "none")[0]
