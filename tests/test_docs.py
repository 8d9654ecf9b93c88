"""The pages of the site, as they are written: examples, links, tables, commands and their places.

What only the built site shows is checked by ``make docs``.
"""

import doctest
import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parent.parent / "docs"
WRITTEN = ("_build", "benchmarks", "contributing", "gallery", "reference/names")
GENERATED = {"reference/commands.md", "reference/api.md", "reference/settings.md"}
SOURCES = {
    str(path.relative_to(DOCS)): path.read_text(encoding="utf-8")
    for path in sorted(DOCS.rglob("*.md"))
    if not path.relative_to(DOCS).as_posix().startswith(WRITTEN)
    and path.relative_to(DOCS).as_posix() not in GENERATED
}
WITH_EXAMPLES = [name for name, text in SOURCES.items() if ">>>" in text]


@pytest.mark.parametrize("name", WITH_EXAMPLES)
def test_every_example_of_the_docs_runs(name):
    flags = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS
    text = SOURCES[name].replace("```", "")
    parsed = doctest.DocTestParser().get_doctest(text, {}, name, name, 0)
    assert doctest.DocTestRunner(optionflags=flags).run(parsed).failed == 0


@pytest.fixture(scope="module")
def pages():
    """Every page of the site but those of the gallery: written by hand, or from the code."""
    pytest.importorskip("numpydoc")
    from docs.generate.pages import write_pages

    return SOURCES | write_pages()


def anchors(text):
    """The anchors of a page's headings, as MyST makes them."""
    headings = re.findall(r"^#{1,4} (.+)$", re.sub(r"```.*?```", "", text, flags=re.S), re.M)
    said = [re.sub(r"[^\w\- ]", "", one.lower().replace("`", "")) for one in headings]
    return {one.replace(" ", "-") for one in said}


def test_every_link_leads_to_a_page_and_an_anchor(pages):
    examples = {path.stem for path in (DOCS.parent / "examples").glob("*.py")} | {"index"}
    dead = []
    for name, text in pages.items():
        prose = re.sub(r"```.*?```", "", text, flags=re.S) if is_page(name) else ""
        for address in re.findall(r"\]\(<?([^)\s>]+)>?\)", prose):
            if re.match(r"[a-z]+:", address) or address == "crack.png":
                continue
            file, _, anchor = address.partition("#")
            target = (
                (DOCS / name).parent.joinpath(file).resolve() if file else DOCS.resolve() / name
            )
            found = target.relative_to(DOCS.resolve()).as_posix()
            if found.startswith("gallery/"):
                known = found.removeprefix("gallery/") in examples
            elif anchor and found in pages:
                known = anchor in anchors(pages[found])
            else:
                known = found in pages or target.is_file()
            dead += [] if known else [f"{name}: {address}"]
    assert dead == []


def is_page(name):
    return name.endswith(".md")  # the pictures of benchmarks are written, too


def test_every_page_has_one_place_in_the_tree_of_the_site(pages):
    placed = []
    for name, text in pages.items():
        for block in re.findall(r"```\{toctree\}\n(.*?)```", text, re.S):
            for line in filter(None, block.splitlines()):
                if not line.startswith(":"):
                    entry = re.sub(r".*<(.+)>", r"\1", line)
                    placed.append((Path(name).parent / entry).as_posix() + ".md")
    assert sorted(placed) == sorted({*filter(is_page, pages), "gallery/index.md"} - {"index.md"})


def test_every_column_of_a_table_has_a_title(pages):
    header = re.compile(r"^\|(.+)\|\n\|(?:-+\|)+$", re.M)
    empty = [
        f"{name}: {row}"
        for name, text in pages.items()
        for row in header.findall(re.sub(r" ?\| ?", "|", text))
        if not all(cell.strip() for cell in row.split("|"))
    ]
    assert empty == []


def test_commands_on_pages_have_the_options_that_they_show():
    pytest.importorskip("typer")
    from typer.main import get_command

    from motherlode.cli._app import app

    commands = get_command(app).commands
    wrong = []
    for name, text in SOURCES.items():
        for said in re.findall(
            r"(?<![\w/-])(?<!from )motherlode ([a-z-]+)((?:[^`\n#]|\\\n)*)", _code(text)
        ):
            command, rest = commands.get(said[0]), said[1].split(" | ")[0]
            known = [o for p in command.params for o in p.opts] if command else []
            if command is None or not {*re.findall(r"(?<= )--?[a-z][a-z-]*", rest)} <= {*known}:
                wrong.append(f"{name}: motherlode {said[0]}{rest}")
    assert wrong == []


def _code(text):
    """The code of a page, within lines and in blocks."""
    fenced = re.findall(r"^```(.*?)\n(.*?)^```", text, re.S | re.M)
    blocks = [code for language, code in fenced if language in ("", "sh")]
    prose = re.sub(r"```.*?```", "", text, flags=re.S)
    return "\n".join([*blocks, *re.findall(r"`([^`]+)`", prose)])
