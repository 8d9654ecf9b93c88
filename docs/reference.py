"""``python docs/reference.py`` writes commands.md and api.md from the code that they describe."""

import json
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
from typer.main import get_command

from motherlode.cli._app import app
from motherlode.project import Live, Settings, create_project
from motherlode.web import Access, make_app

DOCS = Path(__file__).parent
WHEN = {
    "demo": "Run it first, to see what active learning saves on real data.",
    "strategies": "Use it to choose a strategy by name.",
    "simulate": "Use it on data whose labels you know, before you choose a strategy or a budget.",
    "init": "Use it once for each project, with a file of rows or a folder of images.",
    "set": "Use it when the classes, the goal or the shares change, while people label or not.",
    "add": "Use it when more rows are there than on the first day, while people label or not.",
    "query": "Use it to label in a program of your own: it prints rows, and `teach` takes labels.",
    "teach": "Use it for labels that you have in a file.",
    "label": "Use it to label alone, without a browser.",
    "status": "Use it to see how many positives are found, what is left, and whether to stop.",
    "answers": "Use it to find answers again: by class, person, note, words or day.",
    "export": "Use it to take the labels elsewhere, or to keep the whole log.",
    "backup": "Use it in place of a copy by hand, which may lack the last labels.",
    "restore": "Use it after a disk was lost, or to go back to an earlier day.",
    "move": "Use it when a project of one person becomes one of a team, or the other way round.",
    "check": "Use it after a disk was full or failed, and on a copy that you were sent.",
    "predict": "Use it to score rows that the project does not hold; see predict.md.",
    "rank": "Use it for the likeliest rows that nobody answered, to look at or to hand on.",
    "evaluate": "Use it to learn how good a model is that you have; see evaluate.md.",
    "train": "Use it when you stop labelling, for the model that predicts on new data.",
    "account": "Use it before several people label, or other machines reach the server.",
    "pause": "Use it when guidelines are in question, and nobody is to label until they are clear.",
    "resume": "Use it after `motherlode pause`.",
    "assign": "Use it to divide the rows: by language, by country, or into equal shares.",
    "trust": "Use it once, before you open a project of a team that you got from a colleague.",
    "serve": "Use it to label on a page, alone or as a team.",
    "label-studio": "Use it to label in Label Studio, with predictions and an order of a project.",
}
COMMANDS = """\
# Commands

`python docs/reference.py` writes this page from the command line's own help. `motherlode COMMAND
--help` prints the same. A wrong input ends with exit code 2 and one sentence on stderr.
"""
API = """\
# REST API

`python docs/reference.py` writes this page from the OpenAPI description, which a server gives at
`/openapi.json`. `motherlode serve PROJECT` starts a server.

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


def write_commands() -> str:
    """Write the page of all commands and their options."""
    return COMMANDS + "".join(f"\n{part}" for part in map(_command, WHEN))


def _command(name: str) -> str:
    command = get_command(app).commands[name]  # type: ignore[attr-defined]
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    usage = " ".join(["motherlode", name, *(str(p.metavar) for p in arguments), "[OPTIONS]"])
    lines = [f"## {name}", "", f"{command.help} {WHEN[name]}", "", "```sh", usage, "```", ""]
    return "\n".join([*lines, *_table("argument or option", map(_parameter, command.params))])


def _parameter(parameter: Any) -> tuple[str, str]:
    names = [parameter.metavar] if parameter.param_type_name == "argument" else parameter.opts
    said = str(parameter.help)
    if parameter.required:
        said += " Required."
    elif parameter.default not in (None, False):
        said += f" Default: {parameter.default}."
    return ", ".join(f"`{name}`" for name in [*names, *parameter.secondary_opts]), said


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
        parts.append("\n" + "\n".join([f"### {name}", "", about, "", *_table("field", rows)]))
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
    return "\n".join([*lines, *_table("parameter", rows)])


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


def _table(title: str, rows: Iterable[tuple[str, str]]) -> list[str]:
    cells = [" | ".join(" ".join(cell.split()).replace("|", "\\|") for cell in row) for row in rows]
    return [f"| {title} | |", "|---|---|", *(f"| {row} |" for row in cells), ""] if cells else []


if __name__ == "__main__":
    (DOCS / "commands.md").write_text(write_commands(), encoding="utf-8")
    (DOCS / "api.md").write_text(write_api(), encoding="utf-8")
