"""How good a model is: the page, its part that changes, and the endpoint that takes its scores."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from anyio.to_thread import run_sync
from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup

from .._files.choices import Choices
from ..errors import InputError
from ..project._data.evaluated import Aim, Evaluated, end_evaluation, write_evaluated
from ..project._data.score_files import IDS, ScoreColumns, read_scored
from ..project._serving.evaluating import make_run
from ._bodies import EvaluationOut, LookOut
from ._pages import render, show_page
from ._predict import UPLOAD, name_as_sent, read_ending
from ._service import Service, TheAdmin, TheCaller, TheService

if TYPE_CHECKING:
    from ..estimation import EvaluationReport

pages = APIRouter(include_in_schema=False)
router = APIRouter(tags=["the model"])
_NOTHING = EvaluationOut.model_validate({"name": None})
_LONGEST = 1_000


@pages.get("/evaluation")
def evaluation_page(service: TheService, request: Request) -> Response:
    """Show the page."""
    return show_page("evaluation.html", service, request, lambda caller: _figures(service))


@pages.get("/evaluation/now")
def now(service: TheService, caller: TheCaller) -> HTMLResponse:
    """Show the part that changes."""
    return render("evaluation_now.html", **_figures(service))


@router.get("/evaluation")
def get_evaluation(service: TheService, caller: TheCaller) -> EvaluationOut:
    """Tell how good the model is that is evaluated."""
    found = service.live.evaluations.report(service.live.now())
    return _NOTHING if found is None else _describe(*found)


@router.post("/evaluation", openapi_extra=UPLOAD)
async def begin(
    service: TheService,
    admin: TheAdmin,
    request: Request,
    name: Annotated[
        str, Query(min_length=1, max_length=200, description="Of the file, whose ending tells it.")
    ],
    measures: Annotated[
        str, Query(max_length=200, description="Names with commas between.")
    ] = "precision,recall,f1",
    width: Annotated[
        float, Query(gt=0, lt=1, description="Half the width of the intervals that is asked for.")
    ] = 0.05,
    budget: Annotated[int | None, Query(ge=1, le=2**31, description="Rows at most.")] = None,
    threshold: Annotated[
        float | None, Query(description="From which score on a row is called positive.")
    ] = None,
    score: Annotated[
        str | None, Query(max_length=_LONGEST, description="The column of scores.")
    ] = None,
    decision: Annotated[
        str | None, Query(max_length=_LONGEST, description="The column of decisions.")
    ] = None,
    positive: Annotated[
        str | None,
        Query(max_length=_LONGEST, description="How a decision says yes."),
    ] = None,
) -> EvaluationOut:
    """Send a file of a model's scores, one for each row by its id, and evaluate the model.

    Rows of the evaluation are asked before others. It takes the place of one that goes on.
    """
    listed = tuple(part.strip() for part in measures.split(",") if part.strip())
    aim = Aim(name, listed, width, budget, threshold)
    columns = ScoreColumns(
        service.project.settings.id, score or None, decision or None, positive=positive or None
    )
    with tempfile.TemporaryDirectory(prefix="motherlode-") as folder:
        path = Path(folder) / f"scores{read_ending(name)}"
        with path.open("wb") as file:
            async for part in request.stream():
                file.write(part)
        try:
            return await run_sync(_begin, service, path, aim, columns, limiter=service.predicting)
        except InputError as problem:
            raise name_as_sent(problem, path, name) from None


@router.delete("/evaluation")
def end(service: TheService, admin: TheAdmin) -> EvaluationOut:
    """End the evaluation; labels stay."""
    end_evaluation(service.project.folder)
    return _NOTHING


def _begin(service: Service, path: Path, aim: Aim, columns: ScoreColumns) -> EvaluationOut:
    project, live = service.project, service.live
    if live.evaluations.is_alone:
        raise InputError("This project is there for another evaluation; make one of its own.")
    texts = frozenset(n for n in (*IDS, columns.id, columns.decision) if n is not None)
    scored = read_scored(path, columns, Choices(texts=texts))
    scores, decisions = scored.align(project.rows.numbers)
    evaluated = Evaluated(aim, scores, decisions)
    make_run(evaluated)  # says what is wrong before anything is kept
    if not project.settings.positive_classes:
        raise InputError("Name the positive class first, on the page Settings.")
    write_evaluated(project.folder, evaluated)
    found = live.evaluations.report(live.now())
    assert found is not None
    return _describe(*found)


def _describe(aim: Aim, report: "EvaluationReport") -> EvaluationOut:
    from ..estimation import Estimate

    return EvaluationOut.model_validate(
        {
            "name": aim.name,
            "estimates": {name: e.to_dict() for name, e in report.estimates.items()},
            "labels": report.labels,
            "positives": report.positives,
            "passed": report.passed,
            "called": report.called,
            "width": report.width,
            "reached": report.is_reached,
            "done": report.is_done,
            "looks": [
                LookOut(
                    labels=look.labels,
                    half_widths={
                        name: estimate.half_width
                        for name, estimate in look.estimates.items()
                        if isinstance(estimate, Estimate)
                    },
                )
                for look in report.looks
            ],
            "sentence": report.sentence,
        }
    )


def _figures(service: Service) -> dict[str, Any]:
    from ..estimation._evaluation import NAMES

    said = {"names": NAMES}
    try:
        found = service.live.evaluations.report(service.live.now())
    except InputError as problem:
        return {**said, "problem": str(problem)}
    if found is None:
        return said
    aim, report = found
    picture = Markup(report.draw())  # the names in it are our own  # nosec B704
    return {**said, "aim": aim, "report": report, "picture": picture}
