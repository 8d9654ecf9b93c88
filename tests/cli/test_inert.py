"""Rows, columns and classes of somebody else command no terminal and no reader of a file."""

import io
import json
import re
from pathlib import Path

import pytest
from rich.table import Table

pytest.importorskip("typer")
pytest.importorskip("sqlalchemy")

from markdown_it import MarkdownIt

from motherlode.cli import _screen
from motherlode.cli._app import run

TITLE = "\x1b]0;owned\x07"
WORDS = f"{TITLE}\x9b2J\u202egpj.exe\r [/b][red] [x](javascript:alert)"
COMMAND = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@pytest.fixture
def project(tmp_path: Path, capsys) -> Path:
    data, folder = tmp_path / "notes.jsonl", tmp_path / "p"
    lines = [{"id": f"w{i}{TITLE}", "no\nte": f"{WORDS} {i}", "depth": i} for i in range(30)]
    data.write_text("".join(json.dumps(line) + "\n" for line in lines))
    options = ["--classes", "[/b],gold", "--id", "id", "--strategy", "margin"]
    assert run(["init", str(folder), "--data", str(data), *options]) == 0
    labels = tmp_path / "labels.csv"
    labels.write_text("row,label\n" + "".join(f"{i},{['[/b]', 'gold'][i % 2]}\n" for i in range(8)))
    assert run(["teach", str(folder), str(labels), "--as", "ann[/b]"]) == 0
    said = capsys.readouterr()
    assert not COMMAND.search(said.out + said.err)
    return folder


def test_every_command_prints_inert_text(project, capsys, monkeypatch):
    commands = "query -n 5", "query --at-random", "query --json", "status", "status --json", "label"
    for command in map(str.split, commands):
        monkeypatch.setattr("sys.stdin", io.StringIO("g"))
        assert run([command[0], str(project), *command[1:]]) == 0, command
        said = capsys.readouterr()
        assert not COMMAND.search(said.out + said.err), command
        assert command[0] == "status" or "owned" in said.out


def test_json_says_what_the_row_holds(project, capsys):
    assert run(["query", str(project), "-n", "1", "--json"]) == 0
    (asked,) = json.loads(capsys.readouterr().out)
    assert asked["content"]["no\nte"].startswith(WORDS)
    assert asked["id"].endswith(TITLE)


def test_a_refusal_is_inert(tmp_path, capsys):
    assert run(["status", str(tmp_path / f"{TITLE}p")]) == 2
    assert not COMMAND.search(capsys.readouterr().err.rstrip("\n"))


def test_the_inert_console_loses_no_letter_however_many_commands_stand_among_them():
    console = _screen.make_console()
    console.file, console.width = io.StringIO(), 40
    table = Table()
    table.add_column("\x1bhead")
    table.add_row("\x1b".join("abcdefghijklmnopqrstuvwxyz"))
    console.print(table)
    shown = re.sub("[^a-z]", "", console.file.getvalue())
    assert shown == "head" + "abcdefghijklmnopqrstuvwxyz"


def test_a_model_card_holds_no_markup_of_names(project, tmp_path):
    pytest.importorskip("skops")
    model = tmp_path / "m.skops"
    assert run(["train", str(project), "--to", str(model)]) == 0
    card = model.with_suffix(".md").read_text()
    assert not COMMAND.search(card)
    assert "\\[/b\\]: 4" in card
    assert "no te" in card


@pytest.mark.parametrize(
    "name",
    [
        "x\n\n## Use\n```python\nimport evil\n```",
        "<img src=x onerror=alert(1)>",
        "[a](javascript:alert(1))",
        "![a](http://x/y.png)",
        "`code` **bold** # head &lt; \\",
    ],
)
def test_no_name_is_markdown(name):
    from motherlode.project._training.model_card import _escape, _make_code_span

    html = MarkdownIt("commonmark").render(f"# Model of {_escape(name)}\n\n- {_escape(name)}: 3\n")
    assert set(re.findall(r"<(/?\w+)", html)) == {"h1", "/h1", "ul", "/ul", "li", "/li"}
    html = MarkdownIt("commonmark").render(f"- {_make_code_span(name)}\n")
    assert html.count("<code>") == 1
    assert set(re.findall(r"<(/?\w+)", html)) == {"ul", "/ul", "li", "/li", "code", "/code"}
