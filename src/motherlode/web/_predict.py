"""The endpoints of the model at work: rows of a request, a file, and the rest of the project."""

import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Annotated, Any

from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse

from .._files.choices import Choices
from .._files.formats import ending_of, list_formats
from ..errors import InputError
from ..project._prediction.model_at_hand import AtHand
from ._bodies import ModelOut, Predicted, RowsIn, ScoredOut
from ._images import decode_image
from ._overview import ANY_FILE, MEDIA, hold_export
from ._service import Service, TheAdmin, TheService

router = APIRouter(tags=["the model"])
LARGEST_FILE = 200_000_000
"""Bytes of a file to score."""

NOTE = "X-Motherlode-Note"
"""The header of a file that says what `ModelOut.note` says."""

_Noted = tuple[Iterator[bytes], str | None]
_ENDINGS = re.compile(r"(\.[a-z0-9]{1,10}){1,2}$")
_Format = Annotated[
    str, Query(pattern=f"^({'|'.join(list_formats())})$", description="What file it is.")
]
_FILE: dict[int | str, dict[str, Any]] = {
    200: {"content": {kind: {} for kind in (*MEDIA.values(), ANY_FILE)}, "description": "A file."}
}
UPLOAD = {
    "requestBody": {
        "required": True,
        "content": {ANY_FILE: {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.post("/predict")
async def predict(service: TheService, admin: TheAdmin, body: RowsIn) -> Predicted:
    """Say of rows, each an object with the project's columns, what the final model says of them.

    It is the model that ``motherlode train`` wrote in the project's folder, or one that is fitted
    on all labels where there is none. Images are texts in base64.
    """
    # Models have few threads of their own, so that those who label never wait for them.
    return await run_sync(_predict, service, body, limiter=service.predicting)


@router.post(
    "/score",
    dependencies=[Depends(hold_export)],
    response_class=StreamingResponse,
    responses=_FILE,
    openapi_extra=UPLOAD,
)
async def score(
    service: TheService,
    admin: TheAdmin,
    request: Request,
    name: Annotated[
        str, Query(min_length=1, max_length=200, description="Of the file, whose ending tells it.")
    ],
    format: _Format = "csv",
) -> StreamingResponse:
    """Send a file of rows, and get it with a decision, probabilities and reasons for each row.

    If another scikit-learn wrote the model, the header ``X-Motherlode-Note`` says so.
    """
    ending = read_ending(name)
    folder = Path(await run_sync(lambda: tempfile.mkdtemp(prefix="motherlode-")))
    path = folder / f"rows{ending}"
    try:
        with path.open("wb") as file:
            async for part in request.stream():
                file.write(part)
        parts, note = await run_sync(_score, service, path, format, limiter=service.predicting)
    except BaseException as problem:
        shutil.rmtree(folder, ignore_errors=True)
        if isinstance(problem, InputError):
            raise name_as_sent(problem, path, name) from None
        raise
    return _send(parts, f"scored.{ending_of(format)}", note, lambda: shutil.rmtree(folder, True))


@router.get(
    "/rank", dependencies=[Depends(hold_export)], response_class=StreamingResponse, responses=_FILE
)
async def rank(
    service: TheService,
    admin: TheAdmin,
    format: _Format = "csv",
    n: Annotated[int | None, Query(ge=1, le=2**31, description="How many rows at most.")] = None,
) -> StreamingResponse:
    """Get the rows that nobody answered as a file, likeliest first.

    If another scikit-learn wrote the model, the header ``X-Motherlode-Note`` says so.
    """
    parts, note = await run_sync(_rank, service, format, n, limiter=service.predicting)
    return _send(parts, f"rest.{ending_of(format)}", note, lambda: None)


def _predict(service: Service, body: RowsIn) -> Predicted:
    from ..project._prediction.scored_lines import score_rows

    at_hand, settings = _find(service), service.project.settings
    scores, notes = score_rows(service.project, at_hand.found, _table_of(service, body.rows))
    shares = _or_null(scores.probabilities.tolist())
    positive = _or_null([scores.positive.tolist()])[0]
    rows = [
        ScoredOut(
            id=None if settings.id is None else _as_text(given.get(settings.id)),
            decision=str(label),
            probability=share,
            probabilities=dict(zip(settings.classes, each, strict=True)),
            reasons=[reason for reason in said.split("; ") if reason],
        )
        for given, label, share, each, said in zip(
            body.rows, scores.decisions.tolist(), positive, shares, scores.reasons, strict=True
        )
    ]
    about = at_hand.found.about
    model = ModelOut(
        saved=at_hand.file is not None,
        threshold=about.threshold,
        positive=list(about.positive),
        last_event=about.last_event,
        events_since=max(0, service.live.now().last - about.last_event),
        note=at_hand.found.say_other_version(),
    )
    return Predicted(rows=rows, notes=notes, model=model)


def _table_of(service: Service, rows: list[dict[str, Any]]) -> Any:
    """Make a table of the columns that models read."""
    from .._files.typed_values import make_table

    settings, schema = service.project.settings, service.project.rows.table.schema
    columns: dict[str, list[Any]] = {}
    for name in settings.columns:
        lacking = next((place for place, row in enumerate(rows) if name not in row), None)
        if lacking is not None:
            raise InputError(
                f"Row {lacking} (counted from 0) has no {name!r}, which the models of this "
                "project read; give null where there is no value."
            )
        values = [row[name] for row in rows]
        columns[name] = [decode_image(v) for v in values] if settings.kind == "image" else values
    texts = frozenset(n for n in settings.columns if str(schema.field(n).type) == "string")
    return make_table(columns, Choices(texts=texts), "none")[0]


def _as_text(value: Any) -> str | None:
    return None if value is None else str(value)


def _or_null(rows: list[list[float]]) -> list[list[float | None]]:
    """Put null for what is not a number, which JSON has no word for."""
    return [[None if value != value else value for value in row] for row in rows]


def _score(service: Service, path: Path, format: str) -> _Noted:
    from ..project._prediction.new_rows import THE_FILE, open_new_rows
    from ..project._prediction.scored_lines import ScoredRows

    rows = open_new_rows(service.project, path, Choices(), THE_FILE)
    try:
        found = _find(service).found
        scored = ScoredRows(service.project, found, rows, _ignore)
        parts = _begin(scored.parts(format))
    except BaseException:
        rows.close()
        raise
    return _finally(parts, rows.close), found.say_other_version()


def _rank(service: Service, format: str, n: int | None) -> _Noted:
    from ..project._prediction.rest import Rest

    found = _find(service).found
    rest = Rest(service.project, found, service.live.now(), n, _ignore)
    return _begin(rest.parts(format)), found.say_other_version()


def _find(service: Service) -> AtHand:
    return service.models.get(service.live.now())


def _ignore(done: int, total: int) -> None:
    pass


def _begin(parts: Iterator[bytes]) -> Iterator[bytes]:
    """Make the first part now, so that what is wrong is said in place of a file."""
    return chain([next(parts, b"")], parts)


def _finally(parts: Iterator[bytes], end: Callable[[], None]) -> Iterator[bytes]:
    try:
        yield from parts
    finally:
        end()


def name_as_sent(problem: InputError, path: Path, name: str) -> InputError:
    """Say what is wrong with a file by the name that its sender knows, not by where it was kept."""
    return InputError(f"{problem}".replace(str(path), name))


def read_ending(name: str) -> str:
    """Read the ending of a file's name, which tells its format."""
    found = _ENDINGS.search(name.lower())
    if found is None:
        raise InputError("The file's name has no ending, which tells its format; add one.")
    return found.group()


def _send(
    parts: Iterator[bytes], name: str, note: str | None, end: Callable[[], None]
) -> StreamingResponse:
    kind = MEDIA.get(name.rpartition(".")[2], ANY_FILE)
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    if note is not None:
        headers[NOTE] = note
    return StreamingResponse(_finally(parts, end), media_type=kind, headers=headers)
