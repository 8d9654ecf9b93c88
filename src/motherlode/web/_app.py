"""The application: pages and endpoints behind the guard, and a sentence for each error."""

from collections.abc import Mapping
from types import MappingProxyType

from fastapi import APIRouter, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from .. import __version__
from ..errors import InputError
from ..project._data.folder import Project
from ..project._data.guidelines import LARGEST_PICTURE
from ..project._log.database import Unavailable
from ..project._serving.keys import KeyTaken
from ..project._serving.live import Live
from . import _adding as adding
from . import _answers as answers
from . import _dashboard as dashboard
from . import _evaluation as evaluation
from . import _guidelines as guidelines
from . import _labelling as labelling
from . import _map as map
from . import _overview as overview
from . import _pages as pages
from . import _people as people
from . import _predict as predict
from . import _prior as prior
from . import _search as search
from . import _sessions as sessions
from . import _settings as settings
from . import _why as why
from ._access import Access
from ._bodies import Problem
from ._body_limits import BodyLimits
from ._guard import Guard
from ._problems import describe_form, describe_problem
from ._service import Service
from ._site import Address, Site

_LARGEST = {
    "/api/score": predict.LARGEST_FILE,
    "/api/rows": adding.LARGEST,
    "/api/evaluation": predict.LARGEST_FILE,
    guidelines.PICTURES: LARGEST_PICTURE,
}
_PROBLEMS = {
    401: "The caller is not known.",
    403: "The caller may not do that, or the request comes from another site.",
    409: "A key was sent before with other content; nothing was recorded.",
    413: "The request is larger than a megabyte, a picture than 5, or a file than 200.",
    422: "Something in the request is wrong; nothing was recorded.",
    429: "Too many attempts, or too much of what takes long at once.",
    503: "The database does not answer now; nothing was recorded, try again.",
}


def make_app(
    project: Project,
    live: Live,
    access: Access,
    *,
    only_own_names: bool,
    public_url: str | None = None,
    below: str = "",
) -> FastAPI:
    """Make the ASGI application of one project.

    Parameters
    ----------
    project : Project
        An open project.
    live : Live
        Gives out its rows and records answers.
    access : Access
        Says who sends a request. Its ``code`` opens the page once, and its ``token`` the REST API,
        while there are no accounts.
    only_own_names : bool
        Whether requests must name this machine's own address as their host, as is safe for a
        server that only this machine can reach.
    public_url : str, optional
        What people type, as in ``https://host/path``, if a proxy stands before the server. Requests
        may name its host too.
    below : str
        The path of the project below that address, as in ``/p/wells``, if a server has several.

    Returns
    -------
    FastAPI
        The application, for an ASGI server such as uvicorn.
    """
    site = Site(project.in_force.beginning, public_url, below)
    app = FastAPI(
        title="Motherlode",
        version=__version__,
        description=(
            "Label rows, and see where a project stands. Requests carry "
            "Authorization: Bearer TOKEN; without accounts X-Annotator says who is labelling."
        ),
        docs_url=None,
        redoc_url=None,
    )
    app.state.service = Service(project, live, access, site)
    problems: dict[int | str, dict[str, object]] = {
        code: {"model": Problem, "description": said} for code, said in _PROBLEMS.items()
    }
    api = APIRouter(prefix="/api", responses=problems)
    working = labelling, answers, why, search, map
    about = overview, predict, evaluation, prior, sessions, settings, people, guidelines, adding
    for part in (*working, *about):
        api.include_router(part.router)
    app.include_router(api)
    for page in (pages, dashboard):
        app.include_router(page.router)
    for part in (search, answers, map, evaluation, settings, people):
        app.include_router(part.pages)
    protect(app, site, only_own_names=only_own_names, largest=_LARGEST)
    return app


def protect(
    app: FastAPI,
    site: Address,
    *,
    only_own_names: bool,
    largest: Mapping[str, int] = MappingProxyType({}),
) -> None:
    """Put the guard before an application, and a sentence in place of each error."""
    app.state.site = site
    app.mount("/static", StaticFiles(packages=[("motherlode.web", "static")]))
    app.add_exception_handler(InputError, _refuse)
    app.add_exception_handler(HTTPException, _refuse_by_code)
    app.add_exception_handler(RequestValidationError, _refuse_form)
    app.add_middleware(BodyLimits, largest=largest)
    app.add_middleware(Guard, site=site, only_own_names=only_own_names)


def _refuse(request: Request, problem: Exception) -> Response:
    if isinstance(problem, Unavailable):
        return describe_problem(request.scope, str(problem), 503, {"Retry-After": "1"})
    status = 409 if isinstance(problem, KeyTaken) else 422
    return describe_problem(request.scope, str(problem), status)


def _refuse_by_code(request: Request, problem: Exception) -> Response:
    assert isinstance(problem, HTTPException)
    code, headers = problem.status_code, problem.headers
    return describe_problem(request.scope, problem.detail, code, headers)


def _refuse_form(request: Request, problem: Exception) -> Response:
    """Say what is wrong and where, without repeating what was sent."""
    assert isinstance(problem, RequestValidationError)
    return describe_problem(request.scope, describe_form(problem.errors()[0]), 422)
