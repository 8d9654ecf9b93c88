"""Every command, option, endpoint and setting is in the reference, as the code has it."""

from dataclasses import fields

import pytest

pytest.importorskip("typer")
pytest.importorskip("fastapi")
pytest.importorskip("numpydoc")

from typer.main import get_command

from docs.generate.api import describe_api
from docs.generate.commands import WHEN
from docs.generate.pages import write_pages
from motherlode.cli._app import app
from motherlode.project import Recipe, Settings

COMMANDS = get_command(app).commands


@pytest.fixture(scope="module")
def pages():
    return write_pages()


def section(page, heading):
    """The part of a page under a heading."""
    return page.split(f"\n{heading}\n", 1)[1].split("\n#", 1)[0]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_explained(name, pages):
    part = section(pages["reference/commands.md"], f"## {name}")
    assert WHEN[name] in part
    for parameter in COMMANDS[name].params:
        is_argument = parameter.param_type_name == "argument"
        for said in [parameter.metavar] if is_argument else parameter.opts:
            assert f"`{said}`" in part
        assert parameter.help in part


def test_every_endpoint_and_every_field_is_explained(pages):
    page, api = pages["reference/api.md"], describe_api()
    for path, methods in api["paths"].items():
        for method, about in methods.items():
            part = section(page, f"### {method.upper()} {path}")
            assert about["description"].split("\n")[0].replace("``", "`").split(".")[0] in part
            for parameter in about.get("parameters", []):
                assert f"`{parameter['name']}`" in part
                assert parameter["description"] in part
    for name, schema in api["components"]["schemas"].items():
        part = section(page, f"### {name}")
        assert all(f"`{field}`" in part for field in schema["properties"])


@pytest.mark.parametrize("kind", [Settings, Recipe])
def test_every_setting_is_explained(kind, pages):
    for one in fields(kind):
        assert f"\n| `{one.name}` | " in pages["reference/settings.md"]
