"""Titles above the header, as in workbooks that people made."""

import openpyxl
import pytest

from motherlode._files.choices import Choices
from motherlode._files.reading import read_file
from motherlode._files.titles import find_header
from motherlode.errors import InputError

HEADER, ROWS = ["id", "text", "cost"], [["007", "late", 3.5], ["008", "broken", 4.25]]
ABOVE = {
    "a title": [["Complaints of 2026"]],
    "two lines and a gap": [["Complaints"], ["as of 30 November"], []],
    "a gap before": [[], ["Complaints"]],
    "in the middle": [["", "Complaints"]],
}


def as_book(rows, path):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)


def as_csv(rows, path, sign=","):
    width = max(map(len, rows))
    lines = [sign.join(map(str, [*row, *[""] * (width - len(row))])) for row in rows]
    path.write_text("\n".join(lines) + "\n")


@pytest.mark.parametrize("ending", ["xlsx", "csv", "tsv"])
@pytest.mark.parametrize("above", ABOVE.values(), ids=ABOVE)
def test_a_title_is_no_header(tmp_path, above, ending):
    path = tmp_path / f"a.{ending}"
    rows = [*above, HEADER, *ROWS]
    as_book(rows, path) if ending == "xlsx" else as_csv(
        rows, path, "\t" if ending == "tsv" else ","
    )
    found = read_file(str(path), Choices(texts=frozenset(["id"])))
    assert found.table.to_pydict() == {
        "id": ["007", "008"], "text": ["late", "broken"], "cost": [3.5, 4.25],
    }  # fmt: skip
    title = next(cell for row in above for cell in row if cell)
    expected = f"{title!r} is taken for a title; line {len(above) + 1} names the columns."
    assert expected in found.notes


def test_the_separator_is_found_below_the_title(tmp_path):
    as_csv([["Kosten, Stand heute"], HEADER, *ROWS], tmp_path / "a.csv", ";")
    found = read_file(str(tmp_path / "a.csv"), Choices())
    assert found.table.column_names == HEADER
    assert "Its cells are separated by semicolons." in found.notes


@pytest.mark.parametrize(
    "rows",
    [
        [["id", "", ""], ["1", "late", "3"]],  # a number is no name
        [["id", ""], ["a", "late"]],
        [["id"], ["late"], ["a, b, c"]],
        [["id", "", ""], ["a", "late", ""]],
        [["id", "", ""], ["a", "late", "late"]],
        [["", "id", ""], ["", "", ""], ["", "a", ""]],
        HEADER[:1],
        [["", "score"], ["ann", "low"], ["bob", "3"], ["cid", "4"]],  # an index has no name
        [["name", ""], ["n/a", "unknown"], ["bob", "3"], ["cid", "4"]],
        [["price"], ["1", "5"], ["2", "5"], ["3", "5"]],
        [["tags"], ["a", "b"], ["c", "d"], ["e", "f"]],
        [["a"], ["b", "c"], ["d", "1"], ["e", "2", "3"]],
    ],
)
def test_what_may_be_a_header_is_one(rows):
    assert find_header(rows) == (0, None)


@pytest.mark.parametrize("sign", [",", ";", "\t"])
@pytest.mark.parametrize("above", ["Complaints of 2026\n", "Complaints of 2026\nby Ann\n\n"])
def test_numbers_below_a_name_tell_a_title_without_separators(tmp_path, above, sign):
    rows = [["text", "cost"], ["late", "3"], ["broken", "4"]]
    (tmp_path / "a.csv").write_text(above + "".join(f"{sign.join(row)}\n" for row in rows))
    found = read_file(str(tmp_path / "a.csv"), Choices())
    assert found.table.to_pydict() == {"text": ["late", "broken"], "cost": [3, 4]}
    assert any("'Complaints of 2026' is taken for a title; line" in note for note in found.notes)


def test_a_title_above_two_columns_of_a_workbook(tmp_path):
    as_book([["Complaints"], ["text", "cost"], ["late", 3], ["broken", 4]], tmp_path / "a.xlsx")
    found = read_file(str(tmp_path / "a.xlsx"), Choices())
    assert found.table.to_pydict() == {"text": ["late", "broken"], "cost": [3, 4]}


def test_a_title_without_separators_is_refused_with_what_to_do(tmp_path):
    (tmp_path / "a.csv").write_text("Complaints of 2026\n\nid,text\n1,late\n")
    with pytest.raises(InputError, match=r"where the header has 1\. If a title stands above"):
        read_file(str(tmp_path / "a.csv"), Choices())
