"""The files to run a team's server in containers: what can be said of them without running one."""

import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_command

from motherlode.cli._app import app

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "howto" / "team.md").read_text(encoding="utf-8")
SAID = [line[line.index("motherlode ") :]
        for block in re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
        for line in block.replace("\\\n", " ").splitlines()
        if re.search(r"motherlode (init|account|serve) ", line)]  # fmt: skip


def parse(command):
    name, *arguments = command
    get_command(app).commands[name].make_context(name, list(arguments))


@pytest.mark.parametrize("line", SAID)
def test_commands_of_the_page_have_the_options_they_use(line):
    parse(shlex.split(re.sub(r"^motherlode +", "", line)))


def test_the_compose_file_starts_the_server_as_it_can_be_started():
    yaml = pytest.importorskip("yaml")
    found = yaml.safe_load((ROOT / "deploy" / "compose.yaml").read_text(encoding="utf-8"))
    services, server = found["services"], found["services"]["motherlode"]
    parse(server["command"])
    assert server["command"][-1] == services["proxy"]["networks"]["inside"]["ipv4_address"]
    assert "ports" not in server
    assert "ports" not in services["database"]
    volumes = {v.split(":")[0] for one in services.values() for v in one["volumes"]}
    assert volumes == set(found["volumes"])
    needed = set(re.findall(r"\$\{(\w+)", str(found)))
    example = (ROOT / "deploy" / "example.env").read_text(encoding="utf-8")
    assert needed == {line.split("=")[0] for line in example.split()}


def test_the_container_file_copies_what_is_there():
    text = (ROOT / "deploy" / "Containerfile").read_text(encoding="utf-8")
    copied = [name for line in re.findall(r"^COPY (.*) \S+$", text, re.MULTILINE)
              for name in line.split()]  # fmt: skip
    assert copied
    assert all((ROOT / name).exists() for name in copied)
    user, entry = text.index("\nUSER motherlode"), text.index("\nENTRYPOINT")
    assert user < entry, "the server does not run as root"
