"""Every command, every option and every endpoint is in the documentation, as the code has it."""

from pathlib import Path

import pytest

pytest.importorskip("typer")
pytest.importorskip("fastapi")

from typer.main import get_command

from docs import reference
from motherlode.cli._app import app

DOCS = Path(__file__).parent.parent / "docs"
COMMANDS = get_command(app).commands


def section(page, heading):
    """The part of a page under a heading."""
    return page.split(f"\n{heading}\n", 1)[1].split("\n#", 1)[0]


def test_the_page_of_commands_is_that_of_the_code():
    written = (DOCS / "commands.md").read_text(encoding="utf-8")
    assert written == reference.write_commands(), "run python docs/reference.py"


def test_the_page_of_the_api_is_that_of_the_code():
    written = (DOCS / "api.md").read_text(encoding="utf-8")
    assert written == reference.write_api(), "run python docs/reference.py"


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_and_option_is_explained(name):
    part = section((DOCS / "commands.md").read_text(encoding="utf-8"), f"## {name}")
    assert reference.WHEN[name] in part
    for parameter in COMMANDS[name].params:
        is_argument = parameter.param_type_name == "argument"
        for said in [parameter.metavar] if is_argument else parameter.opts:
            assert f"`{said}`" in part
        assert parameter.help in part


def test_every_endpoint_and_every_field_is_explained():
    page = (DOCS / "api.md").read_text(encoding="utf-8")
    api = reference.describe_api()
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
