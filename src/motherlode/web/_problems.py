"""Why a request was not answered, in words: JSON for programs and scripts, a page for people."""

from collections.abc import Mapping

from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, Response
from starlette.types import Scope

from ._pages import render

_ENDPOINTS = "/api/"
_AGAIN = 503
_NO_ROUTE = "Not Found"  # of the framework
_UNKNOWN = "Nothing is at this address; it may be mistyped, or of an older version."


def describe_problem(
    scope: Scope, sentence: str, status: int, headers: Mapping[str, str] | None = None
) -> Response:
    """Make the answer that says what is wrong."""
    sentence = _UNKNOWN if sentence == _NO_ROUTE else sentence
    asked = HTTPConnection(scope)
    root = asked.app.state.site.root
    is_page = not scope["path"].removeprefix(root).startswith(_ENDPOINTS)
    if is_page and "text/html" in asked.headers.get("accept", ""):
        kind = {"again": status == _AGAIN, "unknown": sentence == _UNKNOWN}
        return render("problem.html", status, root=root, sentence=sentence, **kind)
    return JSONResponse({"detail": sentence}, status, headers)
