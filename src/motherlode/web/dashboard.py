"""The page of where the project stands, and the part of it that is drawn anew as labels come."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from ..pool.files import WRITERS
from ..project.fold import State
from .charts import balance, found_curve
from .pages import inside, page
from .service import Service, TheCaller, TheService

router = APIRouter(include_in_schema=False)
_RECENT = 100


@router.get("/dashboard")
def dashboard(service: TheService, request: Request) -> Response:
    """The whole page."""
    figures = _figures(service)
    return inside("dashboard.html", service, request, formats=WRITERS.names(), **figures)


@router.get("/dashboard/now")
def now(service: TheService, caller: TheCaller) -> HTMLResponse:
    """The part that changes."""
    return page("now.html", status=service.status(), **_figures(service))


def _figures(service: Service) -> dict[str, Any]:
    status, live = service.status(), service.live
    bars = {"bars": balance(status["classes"]), **_ahead(service)}
    if status["minority"] is None:
        return bars
    found = live.run(lambda _: found_by(live.state, status["minority"]), durable=False)
    few = min(_RECENT, len(found) - 1)
    recent = {"labels": few, "found": found[-1] - found[-1 - few]}
    return {**bars, "curve": found_curve(found, status["minority"]), "recent": recent}


def _ahead(service: Service) -> dict[str, Any]:
    """What is left, how well a model does, and whether to stop."""
    ahead = service.outlook()
    quality = service.readings.quality()
    names = ("missed", "alarms")
    return {
        "ahead": ahead,
        "quality": quality and {name: getattr(quality, name) for name in names},
    }


def found_by(state: State, sought: str) -> list[int]:
    """How many rows of a class were found after 0, 1, 2, … labels that stand."""
    found = [0]
    for _, present in state.labelled():
        found.append(found[-1] + (present.label == sought))
    return found
