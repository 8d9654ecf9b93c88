"""The dashboard, and the part of it that is drawn again as labels come."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup

from .._files.formats import list_formats
from ..errors import InputError
from ..project._accounts import ADMIN
from ..project._data.evaluated import read_aim
from ..project._insight.status import count_known
from ..project._prediction.drift import describe_saved
from ._access import Caller
from ._charts import draw_class_counts, draw_found_curve, draw_share
from ._pages import render, show_page
from ._service import Service, TheCaller, TheService, find_blind

router = APIRouter(include_in_schema=False)
_RECENT = 100
_TIMEOUT = 0.2  # seconds; enough for small projects


@router.get("/dashboard")
def dashboard(service: TheService, request: Request) -> Response:
    """Show the whole page."""
    return show_page(
        "dashboard.html",
        service,
        request,
        lambda caller: {"formats": list_formats(), **_figures(service, caller)},
    )


@router.get("/dashboard/now")
def now(service: TheService, caller: TheCaller) -> HTMLResponse:
    """Show the part that changes."""
    root, status = service.site.root, service.status(caller)
    return render("now.html", root=root, status=status, **_figures(service, caller))


def _figures(service: Service, caller: Caller) -> dict[str, Any]:
    """Collect what the template shows; what takes long may be of some labels ago, or None."""
    state, explanations = service.live.now(), service.explanations
    settings = service.project.settings_at(state)
    found = explanations.found(_TIMEOUT)
    ahead = explanations.forecast(_TIMEOUT)
    try:
        quality = explanations.quality()
    except InputError:  # rows that no model can read; the trainer says so above
        quality = None
    figures = {
        "bars": draw_class_counts(count_known(state, settings, find_blind(caller))[1]),
        "ahead": ahead,
        "share": _draw_share(ahead, settings.positive_name),
        "quality": quality,
        "arrived": _say_arrived(service.status(caller)["arrivals"]),
        "model": describe_saved(service.project),
        "evaluated": read_aim(service.project.folder),
        "may_set": caller.role == ADMIN,
        "control": settings.control,
        "pending": explanations.is_behind(state, annotators=find_blind(caller) is None),
        "positive_name": settings.positive_name,
    }
    if settings.positive_name is None or found is None:
        return figures
    few = min(_RECENT, len(found) - 1)
    recent = {"labels": few, "found": found[-1] - found[-1 - few]}
    return {**figures, "curve": draw_found_curve(found, settings.positive_name), "recent": recent}


def _say_arrived(arrivals: list[dict[str, Any]]) -> str | None:
    """Say in a sentence which rows came last, and whence."""
    if not arrivals:
        return None
    last = arrivals[-1]
    rows, changed = last["rows"], last["changed"]
    parts = [f"{rows:,} new row{'s' * (rows != 1)}"] if rows else []
    parts += [f"new content for {changed:,} row{'s' * (changed != 1)}"] if changed else []
    at = last["at"][:16].replace("T", " ")
    return f"Last came {' and '.join(parts) or 'no rows'} from {last['source']}, {at} UTC."


def _draw_share(ahead: dict[str, Any] | None, name: str | None) -> Markup | None:
    """Draw the share of the class `name` that is found, where it is known."""
    recall = (ahead or {"estimates": {"recall": {}}})["estimates"]["recall"]
    if name is None or "value" not in recall:
        return None
    return draw_share(recall["low"], recall["high"], f"{recall['name']}: {recall['said']}")
