"""The pages: labelling, logging in, and the description of the REST API."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, PackageLoader, select_autoescape

from .._inert.description import pluralise
from .._inert.written_numbers import write_share
from ..project._accounts import SEE_ALL
from ..project._data.stated import holds_words
from ._access import Caller
from ._guidelines import show_guidelines
from ._service import Service, TheService, get_caller

router = APIRouter(include_in_schema=False)
_TIMEOUT = 0.5

_templates = Environment(
    loader=PackageLoader("motherlode.web"), autoescape=select_autoescape(default=True)
)
_templates.globals["write_share"] = write_share
_templates.globals["pluralise"] = pluralise


def list_judged(labels: Mapping[str, int], annotators: Iterable[Mapping[str, Any]]) -> list[str]:
    """List the classes with labels of which it is known how annotators err; tables have these.

    Examples
    --------
    >>> found = {"gold": {"said": "3 %"}, "dry": {"reason": "unknown"}, "wet": {"said": "9 %"}}
    >>> list_judged({"gold": 7, "dry": 8, "wet": 0}, [{"errors": {}}, {"errors": found}])
    ['gold']
    """
    known = {c for one in annotators for c, error in one["errors"].items() if "said" in error}
    return [label for label, n in labels.items() if n and label in known]


_templates.globals["list_judged"] = list_judged


@router.get("/")
def index(service: TheService, request: Request, code: str | None = None) -> Response:
    """Show the page to label on; the code of the printed link opens it once."""
    if code is not None:
        secret = service.access.open_link(code, request)
        if secret is not None:
            # After a redirect, browsers would not send the cookie if the link was on another site's
            # page. This page goes on itself.
            opened = render("opened.html", root=service.site.root)
            service.site.keep_session(request, opened, secret)
            return opened
        if _is_known(request):
            return RedirectResponse(f"{service.site.root}/", status_code=303)
    return show_page(
        "label.html",
        service,
        request,
        lambda caller: {
            "guidelines": show_guidelines(service.project, service.site.root),
            "may_write": caller.role in SEE_ALL,
        },
    )


def _is_known(request: Request) -> bool:
    try:
        get_caller(request)
    except HTTPException:
        return False
    return True


def show_page(
    name: str,
    service: Service,
    request: Request,
    shown: Callable[[Caller], Mapping[str, Any]] = lambda _: {},
) -> Response:
    """Show a page to those who may see the project, and the log-in form to others.

    While the server still reads the labels after its start, the page says how far it is, and loads
    again at once. `shown` makes the values that the template needs beside those of all pages.
    """
    with_accounts, root = service.access.with_accounts, service.site.root
    try:
        caller = get_caller(request)
    except HTTPException as refused:
        said = {"sentence": refused.detail, "with_accounts": with_accounts}
        return render("closed.html", 401, root=root, **said)
    progress = service.live.progress(_TIMEOUT)
    if progress < 1:
        about = _describe_project(service)
        return render("starting.html", root=root, about=about, progress=progress)
    status = service.status(caller)
    about = _describe_project(service)
    about |= {name: status[name] for name in ("labelled", "found", "last_change")}
    return render(
        name,
        space=service.site.space,
        root=root,
        overview=service.site.overview,
        here=request.scope["path"].removeprefix(root),
        status=status,
        caller=caller,
        about=about,
        with_accounts=with_accounts,
        **shown(caller),
    )


def _describe_project(service: Service) -> dict[str, Any]:
    s, rows = service.project.settings, service.project.rows
    return {
        "name": s.name,
        "classes": list(s.classes),
        "kind": s.kind,
        "kinds": rows.kinds,
        "tags": list(s.tags),
        "holdsWords": holds_words(s, rows.table),
        "positiveClasses": list(s.positive_classes),
        "columns": list(s.columns),
        "shown": list(s.shown),
        "rows": s.rows,
    }


@router.get("/docs")
def docs(service: TheService, request: Request) -> HTMLResponse:
    """Show the description of the REST API."""
    operations = _list_operations(request)
    root = service.site.root
    return render("docs.html", root=root, api=request.app.openapi(), operations=operations)


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
