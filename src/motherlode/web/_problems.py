"""Why a request was not answered, in words: JSON for programs and scripts, a page for people."""

from collections.abc import Mapping
from typing import Any

from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse, Response
from starlette.types import Scope

from ._pages import render

_ENDPOINTS = "/api/"
_AGAIN = 503
_NO_ROUTE = "Not Found"  # of the framework
_NO_METHOD = "Method Not Allowed"
_PARTS = {"body", "query", "path", "header"}  # of a request, which people need not know
_KINDS = {
    "bool": "true or false",
    "dict": "an object, as in {...}",
    "float": "a number",
    "int": "a whole number",
    "list": "a list, as in [...]",
    "model": "an object, as in {...}",
    "string": "a text",
}
"""What a value should be, by how the error of pydantic begins."""
_BOUNDS = {
    "greater_than": "above {gt}",
    "greater_than_equal": "at least {ge}",
    "less_than": "below {lt}",
    "less_than_equal": "at most {le}",
    "literal_error": "one of {expected}",
    "string_pattern_mismatch": "one of {pattern}",
    "string_too_long": "of a length of at most {max_length}",
    "string_too_short": "of a length of at least {min_length}",
    "too_long": "a list of at most {max_length}",
    "too_short": "a list of at least {min_length}",
}
_UNKNOWN = "Nothing is at this address; it may be mistyped, or of an older version."


def describe_problem(
    scope: Scope, sentence: str, status: int, headers: Mapping[str, str] | None = None
) -> Response:
    """Make the answer that says what is wrong."""
    sentence = _UNKNOWN if sentence == _NO_ROUTE else sentence
    if sentence == _NO_METHOD:
        takes = Headers(headers).get("allow", "other requests")
        sentence = f"This address takes {takes}, and no {scope['method']}."
    asked = HTTPConnection(scope)
    root = asked.app.state.site.root
    is_page = not scope["path"].removeprefix(root).startswith(_ENDPOINTS)
    if is_page and "text/html" in asked.headers.get("accept", ""):
        kind = {"again": status == _AGAIN, "unknown": sentence == _UNKNOWN}
        return render("problem.html", status, root=root, sentence=sentence, **kind)
    return JSONResponse({"detail": sentence}, status, headers)


def describe_form(error: Mapping[str, Any]) -> str:
    """Say what is wrong in a request, and where, without repeating what was sent.

    Parameters
    ----------
    error : mapping
        As pydantic gives it.

    Examples
    --------
    >>> describe_form({"type": "int_parsing", "loc": ("body", "labels", 0, "row"), "msg": ""})
    "'labels[0].row' should be a whole number."
    >>> describe_form({"type": "missing", "loc": ("query", "name"), "msg": ""})
    "The request lacks 'name'."
    """
    kind, bounds, where = error["type"], error.get("ctx", {}), _say_where(error["loc"])
    if kind == "json_invalid":
        return f"The request is no JSON that can be read: {bounds.get('error', 'it is damaged')}."
    if kind == "missing":
        return f"The request lacks {where}."
    if kind == "extra_forbidden":
        return f"The request has {where}, which is unknown here; it may be mistyped."
    if kind in _BOUNDS:
        said = _BOUNDS[kind].format(**bounds)
        return f"{where} should be {said.replace('^(', '').replace(')$', '').replace('|', ', ')}."
    should = next((said for begin, said in _KINDS.items() if kind.startswith(f"{begin}_")), None)
    return f"{where}: {error['msg']}." if should is None else f"{where} should be {should}."


def _say_where(places: tuple[str | int, ...]) -> str:
    inner = places[1:] if places and places[0] in _PARTS else places
    said = "".join(f"[{one}]" if isinstance(one, int) else f".{one}" for one in inner)
    return f"'{said.removeprefix('.')}'" if said else "The request"
