"""The page of where the project stands, and the part of it that is drawn anew as labels come."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from ..pool._files import WRITERS
from ._charts import balance, found_curve
from ._pages import inside, page
from ._service import Service, TheCaller, TheService

router = APIRouter(include_in_schema=False)
_RECENT = 100
_PATIENCE = 0.2  # small projects are drawn whole at once


@router.get("/dashboard")
def dashboard(service: TheService, request: Request) -> Response:
    """The whole page."""
    return inside(
        "dashboard.html",
        service,
        request,
        lambda: {"formats": WRITERS.names(), **_figures(service)},
    )


@router.get("/dashboard/now")
def now(service: TheService, caller: TheCaller) -> HTMLResponse:
    """The part that changes."""
    return page("now.html", status=service.status(), **_figures(service))


def _figures(service: Service) -> dict[str, Any]:
    """What the template shows; what takes long to work out is of some labels ago, or None."""
    state, settings, readings = service.live.now(), service.project.settings, service.readings
    found = readings.found(_PATIENCE)
    ahead, quality = readings.forecast(_PATIENCE), readings.quality()
    figures = {
        "bars": balance({label: state.labels.get(label, 0) for label in settings.classes}),
        "ahead": ahead,
        "quality": quality and {"missed": quality.missed, "alarms": quality.alarms},
        "pending": readings.is_behind(state),
    }
    if settings.minority is None or found is None:
        return figures
    few = min(_RECENT, len(found) - 1)
    recent = {"labels": few, "found": found[-1] - found[-1 - few]}
    return {**figures, "curve": found_curve(found, settings.minority), "recent": recent}
