"""The pages: the way in from the printed link, the log-in form, and the description of the API."""

from collections.abc import Callable, Mapping
from hashlib import blake2b
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, PackageLoader, select_autoescape

from ._access import set_cookie
from ._guidelines import guidelines
from ._service import Service, TheService, caller_of

router = APIRouter(include_in_schema=False)
_PATIENCE = 0.5

_templates = Environment(
    loader=PackageLoader("motherlode.web"), autoescape=select_autoescape(default=True)
)


@router.get("/")
def index(service: TheService, request: Request, token: str | None = None) -> Response:
    """The page to label on; with the token from the printed link, the way in."""
    if token is not None and service.access.is_token(token):
        # Out of the address bar, and so out of the browser's history.
        answer = RedirectResponse("/", status_code=303)
        set_cookie(answer, request, token)
        return answer
    folder = service.project.folder
    return inside("label.html", service, request, lambda: {"guidelines": guidelines(folder)})


def inside(
    name: str,
    service: Service,
    request: Request,
    shown: Callable[[], Mapping[str, Any]] = dict,
) -> Response:
    """A page for those who may see the project; for others the way in.

    While a server that was started just now still reads the labels, it is a page that says how
    far it is, and that asks again at once for the one that was meant.

    Parameters
    ----------
    name : str
        Of the template.
    service : Service
    request : Request
    shown : callable, optional
        What the template shows beside what all pages do.
    """
    closed = service.access.with_accounts
    try:
        caller = caller_of(request)
    except HTTPException as refused:
        return page("closed.html", 401, sentence=refused.detail, with_accounts=closed)
    about = _about(service)
    read = service.live.read(_PATIENCE)
    if read < 1:
        return page("reading.html", about=about, read=read)
    status = service.status()
    about |= {"labelled": status["labelled"], "found": status["found"]}
    values: dict[str, Any] = {
        "status": status,
        "caller": caller,
        "about": about,
        "with_accounts": closed,
    }
    return page(name, space=_space(service), here=request.url.path, **values, **shown())


def _about(service: Service) -> dict[str, Any]:
    s = service.project.settings
    about = {"name": s.name, "classes": list(s.classes), "minority": s.minority, "kind": s.kind}
    return about | {"columns": list(s.columns), "shown": list(s.shown), "rows": s.rows}


def _space(service: Service) -> str:
    """What a browser keeps a project's answers under: other data or classes are another project."""
    s = service.project.settings
    return blake2b(repr((s.digest, s.classes, s.name)).encode(), digest_size=9).hexdigest()


@router.get("/docs")
def docs(request: Request) -> HTMLResponse:
    """The description of the REST API, for people."""
    return page("docs.html", api=request.app.openapi(), examples=_operations(request))


def _operations(request: Request) -> list[dict[str, Any]]:
    """The operations of the API, in order."""
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
                    "body": _referred(body.get("schema", {})),
                }
            )
    return found


def _referred(schema: dict[str, Any]) -> str | None:
    """The name of the schema that a body refers to."""
    several = schema.get("anyOf", [schema])
    return next((str(s["$ref"]).rsplit("/", 1)[-1] for s in several if "$ref" in s), None)


def page(name: str, status_code: int = 200, **values: Any) -> HTMLResponse:
    """A template with values, as an answer."""
    return HTMLResponse(_templates.get_template(name).render(**values), status_code)
