"""One word for each thing: what `docs/reference/glossary.md` calls not used is used nowhere."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
GLOSSARY = ROOT / "docs" / "reference" / "glossary.md"
MEASURED = ROOT / "docs" / "benchmarks"  # made of pages of results, as they were written then
READ = [
    *(ROOT / "src").rglob("*.py"),
    *(ROOT / "src").rglob("*.html"),
    *(ROOT / "src").rglob("*.js"),
    *(
        page
        for page in (ROOT / "docs").rglob("*.md")
        if page != GLOSSARY and MEASURED not in page.parents
    ),
    *(ROOT / name for name in ("README.md", "ARCHITECTURE.md", "CONTRIBUTING.md")),
]
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in GLOSSARY.read_text().splitlines()
    if line.startswith("| ") and not line.startswith("| word")
]
UNUSED = [word.strip() for _, _, words in ROWS for word in words.split(",") if word.strip()]


def places(word):
    """Where a word stands, as ``file:line``."""
    anywhere = r"\s+".join(map(re.escape, word.split()))
    pattern = re.compile(rf"\b{anywhere}\b", re.IGNORECASE)
    for path in READ:
        text = path.read_text()
        for found in pattern.finditer(text):
            yield f"{path.relative_to(ROOT)}:{text.count(chr(10), 0, found.start()) + 1}"


def test_every_word_is_explained_once():
    words = [word.strip() for cell, _, _ in ROWS for word in cell.split(",")]
    assert len(words) > 50
    assert len(set(words)) == len(words)
    assert all(meaning for _, meaning, _ in ROWS)


@pytest.mark.parametrize("word", UNUSED)
def test_words_that_are_not_used_stand_nowhere(word):
    assert list(places(word)) == []


def test_a_word_is_found_across_lines_and_in_any_case(monkeypatch, tmp_path):
    page = tmp_path / "page.md"
    page.write_text("One is drawn\n    By Lot.")
    monkeypatch.setattr("tests.test_glossary.READ", [page])
    monkeypatch.setattr("tests.test_glossary.ROOT", tmp_path)
    assert list(places("drawn by lot")) == ["page.md:1"]
