import csv
from datetime import UTC, date, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from motherlode._files.cells import Evidence, apply_choices, decide_all, type_cells
from motherlode._files.choices import Choices
from motherlode._files.reading import read_file, read_table
from motherlode.errors import InputError


def cells(*values: str) -> pa.ChunkedArray:
    return pa.chunked_array([pa.array(values, pa.string())])


def typed(*values: str, choices: Choices | None = None) -> tuple[list, str, str | None]:
    """The values of a column, its type, and the reason."""
    table, reasons = type_cells(pa.table({"c": cells(*values)}), choices or Choices())
    return table.column("c").to_pylist(), str(table.column("c").type), reasons.get("c")


def told(kind: str, **more) -> Choices:
    return Choices(kinds={"c": kind}, **more)


@pytest.mark.parametrize(
    "column",
    [
        ["00042", "7", "13"],
        ["7", "13", "-042"],
        ["01.5", "2.5"],
        ["1e3", "2E4", "100"],
        ["1234567890123456", "1"],
        ["-1234567890123456789", "1"],
        ["+1", "-1", "0"],
        ["+1.5", "2.5"],
        ["0x1F", "22", "23"],
        ["007", "?", "1,234"],
    ],
)
def test_codes_stay_as_they_are_written(column):
    values, kind, reason = typed(*column)
    assert (values, kind) == (column, "string")
    assert " of " in reason
    assert any(cell in reason for cell in column)


@pytest.mark.parametrize(
    ("column", "values"),
    [
        (["1", "-2", ""], [1, -2, None]),
        (["0", "-0", "10"], [0, 0, 10]),
        (["123456789012345", "1"], [123456789012345, 1]),
        (["0.5", "-.5", "5."], [0.5, -0.5, 5.0]),
        (["1e-05", "1.5e3", "2E+20"], [1e-05, 1500.0, 2e20]),
        (["1e5", "2.5", "3"], [1e5, 2.5, 3.0]),
        (["0.12345678901234567", "1"], [0.12345678901234567, 1.0]),
        (["inf", "1.5"], [float("inf"), 1.5]),
        (["nan", "1.5", "NA", "#N/A", "null", "None"], [None, 1.5, None, None, None, None]),
        (["?", "-", ".", "unknown", "N/A", "4"], [None, None, None, None, None, 4]),
        ([" 1", "2 ", "3"], [1, 2, 3]),
        (["1,234", "5", "1,234,567"], [1234, 5, 1234567]),
        (["1,234.5", "5"], [1234.5, 5.0]),
        (["1.234,5", "5"], [1234.5, 5.0]),
        (["3,4", "-5,25"], [3.4, -5.25]),
        (["1.234.567", "12"], [1234567, 12]),
        (["1 234", "1\u00a0234,5", "1\u202f000"], [1234.0, 1234.5, 1000.0]),
        (["1'234.50", "2"], [1234.5, 2.0]),
        (["12%", "3.5 %", "0%"], [0.12, 0.035, 0.0]),
        (["7,93%", "-57\u00a0%", "1.234,5 %"], [0.0793, -0.57, 12.345]),
        (["1e-3%", "inf%"], [1e-05, float("inf")]),
        (["$5.20", "-$6", "$1,000"], [5.2, -6.0, 1000.0]),
        (["5 €", "7,50 €"], [5.0, 7.5]),
        (["EUR 5", "7"], [5, 7]),
        (["(12)", "3", "4"], [-12, 3, 4]),
        (["\u22123", "4"], [-3, 4]),
    ],
)
def test_numbers_are_read_as_people_write_them(column, values):
    found, kind, _ = typed(*column)
    assert found == values
    assert kind == ("double" if any(isinstance(v, float) for v in values) else "int64")


@pytest.mark.parametrize(
    ("column", "said"),
    [
        (["1", "2", "abc"], "1 of 3 values is no number, as 'abc'"),
        ([*"123456", "x", "y"], "2 of 8 values are no numbers, as 'x'"),
        (["12%", "3", "4"], "1 of 3 values is a per cent"),
        (["5 €", "7 $", "3 €"], "different units: $, €"),
        (["(1)", "(2)"], "brackets"),
        (["31.02.2023", "1.1.2023", "2.2.2022"], "1 of 3 values is no date, as '31.02.2023'"),
        (["2023-02-31", "2023-01-01", "2023-01-02"], "is no date, as '2023-02-31'"),
        (["01/02/2023", "03/04/2023"], "day or month may stand first, as in '01/02/2023'"),
        (["31/12/2023", "12/31/2023", "1/1/2023"], "is no date, as '12/31/2023'"),
        (["true", "1", "false"], "neither true nor false, as '1'"),
    ],
)
def test_a_column_that_is_no_number_or_date_says_why(column, said):
    values, kind, reason = typed(*column)
    assert (values, kind) == (column, "string")
    assert said in reason


@pytest.mark.parametrize("column", [["yes", "no", ""], ["a", "5", "b"], ["?", "?"], ["-", "x"]])
def test_words_are_texts_without_a_reason(column):
    assert typed(*column) == (column, "string", None)


@pytest.mark.parametrize("column", [["", ""], ["NA", "", "null"]])
def test_a_column_without_a_value_holds_none(column):
    assert typed(*column)[0] == [None] * len(column)


@pytest.mark.parametrize(
    ("column", "first"),
    [
        (["2023-12-31", ""], date(2023, 12, 31)),
        (["2023/12/31", "?"], date(2023, 12, 31)),
        (["31.12.2023", "1.2.2023"], date(2023, 12, 31)),
        (["31/12/2023", "1/2/2023"], date(2023, 12, 31)),
        (["12/31/2023", "1/2/2023"], date(2023, 12, 31)),
        (["31-12-2023"], date(2023, 12, 31)),
        (["31-Dec-2023", "1 January 2023"], date(2023, 12, 31)),
        (["Dec 31, 2023", "January 3, 2023"], date(2023, 12, 31)),
        (["29.02.2024"], date(2024, 2, 29)),
        (["2023-12-31 10:00", "2023-12-31"], datetime(2023, 12, 31, 10)),
        (["2023-12-31T10:00:01.5"], datetime(2023, 12, 31, 10, 0, 1, 500_000)),
        (["2023-12-31T10:00:00+02:00", "2023-01-01T00:00Z"], datetime(2023, 12, 31, 8, tzinfo=UTC)),
        (["31.12.2023 10:05", "1.1.2023"], datetime(2023, 12, 31, 10, 5)),
        (["12/31/2023 3:04 PM"], datetime(2023, 12, 31, 15, 4)),
        (["12/31/2023 12:04 AM"], datetime(2023, 12, 31, 0, 4)),
    ],
)
def test_dates_are_read_in_the_forms_that_people_write(column, first):
    assert typed(*column)[0][0] == first


def test_the_file_tells_what_stands_first_in_its_dates_and_what_its_decimal_sign_is():
    table = pa.table(
        {
            "open": cells("01/02/2023", "03/04/2023"),
            "clear": cells("31/12/2023", "01/02/2023"),
            "price": cells("51,37", "2,5"),
            "groups": cells("1.234", "5.678"),
        }
    )
    found, _ = type_cells(table, Choices())
    assert found.column("open").to_pylist() == [date(2023, 2, 1), date(2023, 4, 3)]
    assert found.column("groups").to_pylist() == [1234, 5678]


def test_one_stray_cell_does_not_turn_a_column(tmp_path):
    lines = [f"{i};{50 + i * 1.37:.2f};{'3,4' if i == 9 else 7}" for i in range(30)]
    path = tmp_path / "s.csv"
    path.write_text("\n".join(["id;price;size", *lines]) + "\n")
    found = read_file(path)
    assert found.table.schema.types == [pa.int64(), pa.float64(), pa.string()]
    assert found.table.column("size").to_pylist()[8:11] == ["7", "3,4", "7"]
    assert found.reasons["size"] == "1 of 30 values has another decimal sign, as '3,4'"


def test_a_person_overrules_what_cells_look_like():
    assert typed("007", "+5", "1234567890123456", choices=told("number"))[0] == [
        7,
        5,
        1234567890123456,
    ]
    assert typed("1", "2", choices=told("text")) == (["1", "2"], "string", None)
    assert typed("yes", "N", "1", choices=told("boolean"))[0] == [True, False, True]
    assert typed("01/02/2023", choices=told("date"))[0] == [date(2023, 2, 1)]
    assert typed("1", "2", choices=Choices(texts=frozenset({"c"})))[0] == ["1", "2"]


@pytest.mark.parametrize("kind", ["number", "date", "boolean"])
def test_what_a_person_says_and_cells_do_not_is_refused(kind):
    with pytest.raises(InputError, match=r"Column 'c' can't be read as .*'abc'"):
        typed("abc", "", choices=told(kind))


def test_codes_that_a_person_names_are_missing_in_every_column_but_ids():
    codes = Choices(texts=frozenset({"id"}), missing=frozenset({"-99"}))
    table = pa.table({n: cells("-99", other) for n, other in [("id", "1"), ("n", "2"), ("t", "x")]})
    found, reasons = type_cells(table, codes)
    assert found.to_pydict() == {"id": ["-99", "1"], "n": [None, 2], "t": [None, "x"]}
    assert reasons == {"n": "read as missing: '-99' (1 row)"}


def test_typed_formats_are_overruled_too():
    table = pa.table({"zip": [1001, 2], "n": ["1,5", "?"], "as it is": ["1", "2"]})
    found, _ = apply_choices(table, Choices(kinds={"zip": "text", "n": "number"}))
    assert found.to_pydict() == {"zip": ["1001", "2"], "n": [1.5, None], "as it is": ["1", "2"]}


@pytest.mark.parametrize(
    "column",
    [
        ["1", "2", "3", "4.5"],
        ["1", "2", "3", "007"],
        ["1", "2", "?", "1,234"],
        ["", "", "5", "6"],
        ["unknown", "?", "5", "6"],
        ["1.1.2023", "2.1.2023", "2.1.2023 10:00", ""],
        ["2023-01-01", "2023-01-01", "2023-01-01 10:00", ""],
        ["true", "", "x", "false"],
        ["1,5", "2,5", "3", "4"],
        ["1.234", "2.345", "1.234,5", "3.456,25"],
    ],
)
def test_blocks_are_decided_like_the_whole(column):
    whole = typed(*column)
    blocks = [cells(*column[:2]), cells(*column[2:])]
    evidence = Evidence("c", Choices())
    for block in blocks:
        evidence.add(block)
    (decision,) = decide_all([evidence])
    found = [v for block in blocks for v in decision.convert(block, Choices()).to_pylist()]
    assert (found, str(decision.type)) == whole[:2]
    assert (decision.reason is None) == (whole[2] is None)


def test_slices_and_nulls_are_read_like_other_cells():
    numbers = pa.array(["x", "1", "", None, "2", "y"], pa.string()).slice(1, 4)
    table, _ = type_cells(pa.table({"c": pa.chunked_array([numbers])}), Choices())
    assert table.column("c").to_pylist() == [1, None, None, 2]


def write(folder: Path, header: list[str], rows: list[list[str]]) -> Path:
    path = folder / "a.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    return path


codes = st.one_of(
    st.from_regex(r"0\d{1,6}", fullmatch=True),
    st.from_regex(r"\d{16,22}", fullmatch=True),
    st.from_regex(r"\d{1,3}e\d{1,2}", fullmatch=True),
    st.from_regex(r"\+\d{1,9}", fullmatch=True),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=6),
    st.sampled_from(["NA", "null", "true", "?", "-", "2023-01-02", "1,5", "1.0"]),
)


@given(st.lists(codes, min_size=1, max_size=8))
def test_ids_come_back_as_they_went_in(tmp_path_factory, ids):
    path = write(tmp_path_factory.mktemp("ids"), ["x", "id"], [["1", name] for name in ids])
    found = read_table(path, Choices(texts=frozenset({"id"})))
    assert found.column("id").to_pylist() == ids


@given(
    st.lists(st.from_regex(r"\d{1,4}", fullmatch=True), max_size=6),
    st.from_regex(r"0\d{1,5}", fullmatch=True),
)
def test_a_column_with_a_leading_zero_comes_back_as_it_went_in(tmp_path_factory, others, code):
    column = [*others, code]
    path = write(tmp_path_factory.mktemp("codes"), ["x", "code"], [["1", name] for name in column])
    assert read_table(path).column("code").to_pylist() == column


def grouped(number: float, group: str, point: str) -> str:
    return f"{number:,.2f}".replace(",", "\0").replace(".", point).replace("\0", group)


@given(
    st.lists(st.decimals(-(10**9), 10**9, places=2), min_size=1, max_size=8),
    st.sampled_from([(",", "."), (".", ","), (" ", ","), ("'", "."), ("\u202f", ","), ("", ".")]),
    st.sampled_from(["{}", "{} €", "$ {}", "{}%"]),
    st.sampled_from(["", "?", "NA", "-", "unknown"]),
)
def test_numbers_come_back_in_every_notation(tmp_path_factory, numbers, signs, form, gap):
    column = [form.format(grouped(number, *signs)) for number in numbers]
    rows = [["1", cell] for cell in [*column, gap]]
    found = read_table(write(tmp_path_factory.mktemp("numbers"), ["x", "n"], rows)).column("n")
    values = [number.scaleb(-2) if form == "{}%" else number for number in numbers]
    assert found.to_pylist() == [*map(float, values), None]


@given(
    st.lists(st.dates(date(1600, 1, 1), date(2400, 1, 1)), min_size=1, max_size=8),
    st.sampled_from(["%Y-%m-%d", "%d.%m.%Y", "%Y/%m/%d", "%d %b %Y", "%B %d, %Y"]),
)
def test_dates_come_back_in_every_form(tmp_path_factory, days, form):
    rows = [["1", f"{day:{form}}"] for day in days]
    found = read_table(write(tmp_path_factory.mktemp("days"), ["x", "day"], rows)).column("day")
    assert found.to_pylist() == days
