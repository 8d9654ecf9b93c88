"""References of Web of Science and of EndNote's tags, and what else has the ending .txt."""

import gzip

import pytest

from motherlode._files.reading import read_file, read_table
from motherlode.errors import InputError

WOS = """FN Clarivate Analytics Web of Science
VR 1.0
PT J
AU Smith, J
   Doe, A
AF Smith, John
   Doe, Ann
TI A long title that
   goes on
SO JOURNAL OF X
DE one; two;
   three
ID FOUR; FIVE
AB We say TI - as a rule.
   AB follows.
PY 2020
DI 10.1000/x.1
UT WOS:0001
ER

PT J
TI The second
ER

EF
"""
REFER = """%0 Journal Article
%A Smith, John
%A Doe, Ann
%T A long title that
goes on
%D 2020
%J Journal of X
%K one
two
%X We say %T as a rule.
%R 10.1000/x.1
%F included

%0 Book
%T The second
"""


@pytest.mark.parametrize("name", ["a.ciw", "a.txt", "a.ris", "a.ciw.gz"])
def test_web_of_science(tmp_path, name):
    text = ("\ufeff" + WOS).encode()
    (tmp_path / name).write_bytes(gzip.compress(text) if name.endswith("gz") else text)
    first, second = read_table(tmp_path / name).to_pylist()
    assert first == {
        "title": "A long title that goes on",
        "abstract": "We say TI - as a rule. AB follows.",
        "authors": "Smith, John; Doe, Ann",
        "year": 2020,
        "doi": "10.1000/x.1",
        "keywords": "one; two; three; FOUR; FIVE",
        "journal": "JOURNAL OF X",
        "type": "J",
        "accession_number": "WOS:0001",
    }
    assert (second["title"], second["abstract"], second["year"]) == ("The second", "", None)


@pytest.mark.parametrize("name", ["a.enw", "a.txt"])
def test_endnote_tags(tmp_path, name):
    (tmp_path / name).write_text(REFER)
    first, second = read_table(tmp_path / name).to_pylist()
    assert first == {
        "title": "A long title that goes on",
        "abstract": "We say %T as a rule.",
        "authors": "Smith, John; Doe, Ann",
        "year": 2020,
        "doi": "10.1000/x.1",
        "keywords": "one; two",
        "journal": "Journal of X",
        "type": "Journal Article",
        "label": "included",
    }
    assert (second["title"], second["label"]) == ("The second", "")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.ris", "TY  - JOUR\nAB  - \nTI  - One\nER  - \n"),
        ("a.nbib", "PMID- 1\nAB  - \nTI  - One\n"),
        ("a.ciw", "PT J\nAB \nTI One\nER \n"),
        ("a.enw", "%0 Journal Article\n%X \n%T One\n"),
    ],
)
def test_a_tag_may_have_no_value_and_a_file_a_mark_of_its_order(tmp_path, name, text):
    (tmp_path / name).write_text("\ufeff" + text, encoding="utf-8")
    assert read_table(tmp_path / name)["title"].to_pylist() == ["One"]


def test_a_file_that_is_cut_keeps_its_last_reference(tmp_path):
    (tmp_path / "a.ciw").write_text(WOS[: WOS.index("The second") + 10])
    assert read_table(tmp_path / "a.ciw")["title"].to_pylist()[1] == "The second"


def test_a_reference_of_web_of_science_ends_where_the_next_begins(tmp_path):
    (tmp_path / "a.ciw").write_text(WOS.replace("ER\n", ""))
    titles = read_table(tmp_path / "a.ciw")["title"].to_pylist()
    assert titles == ["A long title that goes on", "The second"]


def test_a_file_without_references_says_how_they_begin(tmp_path):
    (tmp_path / "a.enw").write_text("%A Doe\n%T A title\n")
    with pytest.raises(InputError, match="'%0 ' in EndNote's"):
        read_table(tmp_path / "a.enw")


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [("a.ciw", "FN x\nno tag\n", "Line 2"), ("a.ciw", "FN x\nPT J\nTI A\n?\n", "Line 4")],
)
def test_a_line_without_a_tag_is_named(tmp_path, name, text, line):
    (tmp_path / name).write_text(text)
    with pytest.raises(InputError, match=line):
        read_table(tmp_path / name)


TABLES = {
    "one tab": "id\ttext\n7\ta\n8\tb\n",
    "a line break in a cell": 'id\ttext\tby\n7\t"a\nb"\tp\n8\tc\tp\n9\td\tq\n',
}


@pytest.mark.parametrize("name", TABLES)
def test_a_table_with_tabs(tmp_path, name):
    (tmp_path / "a.txt").write_text(TABLES[name])
    found = read_file(tmp_path / "a.txt")
    assert found.table["id"].to_pylist()[:2] == [7, 8]
    assert "first line names the columns" in found.notes[-1]


def test_a_title_above_a_table_with_tabs(tmp_path):
    (tmp_path / "a.txt").write_text("Wells\t\t\nid\ttext\tby\n7\ta\tp\n")
    found = read_file(tmp_path / "a.txt")
    assert found.table.column_names == ["id", "text", "by"]
    assert "line 2 names the columns" in found.notes[-2]
    assert "the first line" not in found.notes[-1]


@pytest.mark.parametrize(
    "text",
    [
        "\tindented\n\tonce more\n",
        "ended\t\nonce more\t\n",
        "7\ta\n8\tb\n",
        "2020-01-01\tINFO\tbegun\n2020-01-02\tINFO\tdone\n",
        "spam\tbuy\nham\thello\nspam\twin\n",
        "a text\tits class\n",
    ],
)
def test_texts_with_tabs_keep_their_first_line(tmp_path, text):
    (tmp_path / "a.txt").write_text(text)
    found = read_file(tmp_path / "a.txt")
    assert found.table["text"].to_pylist() == text.splitlines()
    assert "no line names the columns" in found.notes[-1]


@pytest.mark.parametrize(
    "text",
    [
        *("a\tb\nc\n", "a\nb\tc\n", "a\tb\tc\nd\ne\nf\n"),
        *("PT boats\nx\n", "PT J\n", "FN is a gun\nx\n", "%0 off today\nx\n"),
    ],
)
def test_texts_with_single_tabs_stay_texts(tmp_path, text):
    (tmp_path / "a.txt").write_text(text)
    assert read_table(tmp_path / "a.txt")["text"].to_pylist() == text.splitlines()
