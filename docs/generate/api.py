"""The page of the REST API, from the OpenAPI description that a server gives."""

import json
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa

from motherlode.project import Live, Settings, create_project
from motherlode.web import Access, make_app

from .tables import write_table

API = """\
# REST API

`motherlode serve PROJECT` starts a server. It gives this page as an OpenAPI description at
`/openapi.json`.

Each request carries `Authorization: Bearer TOKEN`. Without accounts `motherlode serve` prints the
token, and `X-Annotator: NAME` says who labels. With accounts, `POST /api/login` gives a token. A
browser gets a session in a cookie, from the printed link, which works once, or by logging in; then
requests that change something also carry `X-CSRF-Token`, with the value that `GET /api/me` gives.

A refused request has the status 401, 403, 409, 413, 422, 429 or 503, and its answer has one field,
`detail`, a sentence that says why.

```sh
curl -H "Authorization: Bearer $TOKEN" "http://127.0.0.1:8700/api/next?n=2"
curl -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \\
     -d '{"labels": [{"row": 17, "label": "fraud"}]}' http://127.0.0.1:8700/api/labels
```

The application runs in any ASGI server; `motherlode.web` has its parts:

```python
from motherlode.project import Live, Supervisor, open_project
from motherlode.web import Access, make_app

with open_project(folder) as project, Supervisor(project):
    app = make_app(project, Live(project), Access(project.database), only_own_names=False)
    ...  # give app to the server
```
"""


def write_api() -> str:
    """Write the page of all endpoints, and of what their bodies and answers hold."""
    description = describe_api()
    parts = [API, "\n## Endpoints\n"]
    for path, methods in description["paths"].items():
        parts += ["\n" + _endpoint(f"{m.upper()} {path}", about) for m, about in methods.items()]
    parts.append("\n## Bodies and answers\n")
    for name, schema in sorted(description["components"]["schemas"].items()):
        rows = [(f"`{field}`", _field(about)) for field, about in schema["properties"].items()]
        about = _sentence(schema)
        parts.append("\n" + "\n".join([f"### {name}", "", about, "", *write_table("field", rows)]))
    return "".join(parts)


def describe_api() -> dict[str, Any]:
    """Make the OpenAPI description of a small project."""
    settings = Settings("wells", ("dry", "gold"), "gold", "table", ("x",), ("x",), None, 0, "")
    with tempfile.TemporaryDirectory() as folder:
        rows = pa.table({"x": [1.0, 2.0]})
        with create_project(Path(folder) / "wells", settings, rows, None) as project:
            live = Live(project)
            try:
                made = make_app(project, live, Access(project.database), only_own_names=True)
                return made.openapi()
            finally:
                live.close()


def _endpoint(title: str, about: Mapping[str, Any]) -> str:
    lines = [f"### {title}", "", _sentence(about), ""]
    body = ", ".join(_references(about.get("requestBody", {})))
    answer = ", ".join(_references(about["responses"].get("200", {})))
    said = [f"Body: {body}." if body else "", f"Answer: {answer}." if answer else ""]
    if any(said):
        lines += [" ".join(filter(None, said)), ""]
    rows = [(f"`{p['name']}`", _field(p)) for p in about.get("parameters", [])]
    return "\n".join([*lines, *write_table("parameter", rows)])


def _references(part: Any) -> Iterator[str]:
    """Give the names of the schemas that a part refers to."""
    if isinstance(part, Mapping):
        if "$ref" in part:
            yield _kind(part)
        part = list(part.values())
    if isinstance(part, list):
        for inner in part:
            yield from _references(inner)


def _field(about: Mapping[str, Any]) -> str:
    schema = about.get("schema", about)
    default = schema.get("default")
    said = "" if default in (None, []) else f" Default: {json.dumps(default)}."
    return f"{_kind(schema)}. {_sentence(about)}".strip() + said


def _sentence(about: Mapping[str, Any]) -> str:
    return " ".join(about.get("description", "").replace("``", "`").split())


def _kind(schema: Mapping[str, Any]) -> str:
    if "$ref" in schema:
        name = str(schema["$ref"]).rsplit("/", 1)[-1]
        return f"[{name}](#{name.lower()})"
    if "anyOf" in schema:
        return " or ".join(_kind(one) for one in schema["anyOf"])
    if "enum" in schema:
        return " or ".join(f'"{value}"' for value in schema["enum"])
    inside = schema.get("items")
    return f"array of {_kind(inside)}" if inside else str(schema.get("type", "any value"))
