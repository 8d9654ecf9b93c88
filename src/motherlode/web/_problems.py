"""Why a request was not answered, in words: JSON for programs and scripts, a page for people."""

from collections.abc import Mapping

from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, Response
from starlette.types import Scope

from ._pages import render

_ENDPOINTS = "/api/"
_AGAIN = 503


def describe_problem(
    scope: Scope, sentence: str, status: int, headers: Mapping[str, str] | None = None
) -> Response:
    """Make the answer that says what is wrong."""
    asked = HTTPConnection(scope)
    is_page = not asked.url.path.startswith(_ENDPOINTS)
    if is_page and "text/html" in asked.headers.get("accept", ""):
        return render("problem.html", status, sentence=sentence, again=status == _AGAIN)
    return JSONResponse({"detail": sentence}, status, headers)
