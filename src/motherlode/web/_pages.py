"""The pages: labelling, logging in, and the description of the REST API."""

from collections.abc import Callable, Mapping
from hashlib import blake2b
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, PackageLoader, select_autoescape

from ..project._log.database import Unavailable
from ._access import set_cookie
from ._guidelines import read_guidelines
from ._service import Service, TheService, get_caller

router = APIRouter(include_in_schema=False)
_TIMEOUT = 0.5

_templates = Environment(
    loader=PackageLoader("motherlode.web"), autoescape=select_autoescape(default=True)
)


@router.get("/")
def index(service: TheService, request: Request, token: str | None = None) -> Response:
    """Show the page to label on; a token from the printed link opens it."""
    if token is not None and service.access.is_token(token):
        # So that the token is not in the browser's history.
        answer = RedirectResponse("/", status_code=303)
        set_cookie(answer, request, token)
        return answer
    folder = service.project.folder
    return show_page(
        "label.html", service, request, lambda: {"guidelines": read_guidelines(folder)}
    )


def show_page(
    name: str,
    service: Service,
    request: Request,
    shown: Callable[[], Mapping[str, Any]] = dict,
) -> Response:
    """Show a page to those who may see the project, and the log-in form to others.

    While the server still reads the labels after its start, the page says how far it is, and loads
    again at once. `shown` makes the values that the template needs beside those of all pages.
    While the database does not answer, the page says so.
    """
    try:
        return _show_page(name, service, request, shown)
    except Unavailable as problem:
        return render("closed.html", 503, sentence=str(problem), with_accounts=False)


def _show_page(
    name: str, service: Service, request: Request, shown: Callable[[], Mapping[str, Any]]
) -> Response:
    with_accounts = service.access.with_accounts
    try:
        caller = get_caller(request)
    except HTTPException as refused:
        return render("closed.html", 401, sentence=refused.detail, with_accounts=with_accounts)
    about = _describe_project(service)
    progress = service.live.progress(_TIMEOUT)
    if progress < 1:
        return render("starting.html", about=about, progress=progress)
    status = service.status()
    about |= {"labelled": status["labelled"], "found": status["found"]}
    return render(
        name,
        space=_make_space(service),
        here=request.url.path,
        status=status,
        caller=caller,
        about=about,
        with_accounts=with_accounts,
        **shown(),
    )


def _describe_project(service: Service) -> dict[str, Any]:
    s = service.project.settings
    about = {"name": s.name, "classes": list(s.classes), "minority": s.minority, "kind": s.kind}
    return about | {"columns": list(s.columns), "shown": list(s.shown), "rows": s.rows}


def _make_space(service: Service) -> str:
    """Make the name that a browser keeps a project's answers under, by its data and classes."""
    s = service.project.settings
    return blake2b(repr((s.digest, s.classes, s.name)).encode(), digest_size=9).hexdigest()


@router.get("/docs")
def docs(request: Request) -> HTMLResponse:
    """Show the description of the REST API."""
    return render("docs.html", api=request.app.openapi(), operations=_list_operations(request))


def _list_operations(request: Request) -> list[dict[str, Any]]:
    found = []
    for path, methods in request.app.openapi()["paths"].items():
        for method, about in methods.items():
            body = about.get("requestBody", {}).get("content", {}).get("application/json", {})
            found.append(
                {
                    "method": method.upper(),
                    "path": path,
                    "about": about.get("description", ""),
                    "parameters": about.get("parameters", []),
                    "body": _find_schema(body.get("schema", {})),
                }
            )
    return found


def _find_schema(schema: dict[str, Any]) -> str | None:
    """Find the name of the schema that a body refers to."""
    several = schema.get("anyOf", [schema])
    return next((str(s["$ref"]).rsplit("/", 1)[-1] for s in several if "$ref" in s), None)


def render(name: str, status_code: int = 200, **values: Any) -> HTMLResponse:
    """Fill in a template."""
    return HTMLResponse(_templates.get_template(name).render(**values), status_code)
