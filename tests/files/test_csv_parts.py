"""A CSV file that is read part by part, and typed by its first part, is what all its cells say."""

import csv
import io

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from motherlode._files import csv_files, opening, quotes
from motherlode._files.cells import type_cells
from motherlode._files.choices import Choices
from motherlode._files.quotes import cut_records
from motherlode._files.reading import read_file
from motherlode.errors import InputError

ROWS = 60
USUAL = {
    "whole": ["1", "20", "-3", "999"],
    "long": ["123456789012345", "7"],
    "decimal": ["1.5", "-0.25", "3", "1e-05", "12.125"],
    "grouped": ["1,234", "12"],
    "comma": ["1,5", "2,25"],
    "either": ["1.234", "2.500"],
    "code": ["007", "010"],
    "day": ["2020-01-02", "2021-12-31"],
    "moment": ["2020-01-02 10:00:00", "2020-01-02"],
    "zone": ["2020-01-02T10:00:00Z", "2021-01-02T10:00:00+01:00"],
    "ordered": ["03/04/2020", "05/06/2021"],
    "truth": ["true", "False"],
    "text": ["a", 'say "so"', "x\ny", "p\r\nq", "é", ","],
    "blank": [""],
}
STRAY = [
    "", " ", "NA", "?", "nan", "inf", "-0", "+1", "01", "-007", "00.5", "1e3", "1E5", "x", "1.5",
    "2.75", "1234567890123456", "0.1234567890123456789", "99999999999999999999", "12%", "$5",
    "2020-02-30", "2020-01-02 10:00:00.5", "13/14/2020", "14/03/2020", "1", "0", "yes", " 7", "7 ",
    "2020-01-02T00:00:00Z", '"', "a\nb", "(5)", "1,5", "1.234,5", "1 000",
]  # fmt: skip


@st.composite
def columns(draw):
    """Cells of one kind, with some of another late in the column."""
    usual = USUAL[draw(st.sampled_from(sorted(USUAL)))]
    cells = [usual[place % len(usual)] for place in range(ROWS)]
    late = st.tuples(st.integers(0, ROWS - 1), st.sampled_from(STRAY))
    for place, stray in draw(st.lists(late, max_size=4)):
        cells[place] = stray
    if draw(st.booleans()):
        cells[-draw(st.integers(1, 20)) :] = [draw(st.sampled_from(["", *STRAY]))]
    cells += [""] * (ROWS - len(cells))
    return cells


TABLES = st.lists(columns(), min_size=2, max_size=4)
CHOICES = st.builds(
    Choices,
    texts=st.sampled_from([frozenset(), frozenset({"b"})]),
    missing=st.sampled_from([frozenset(), frozenset({"1", "x"})]),
)


def write(path, cells, newline, header=None):
    text = io.StringIO(newline="")
    out = csv.writer(text, lineterminator=newline)
    out.writerow(header or "abcdef"[: len(cells)])
    out.writerows(zip(*cells, strict=True))
    path.write_bytes(text.getvalue().encode())


def typed_at_once(cells, choices):
    """Type the cells as one table, without a file."""
    filled = [row for row, some in enumerate(zip(*cells, strict=True)) if "".join(some).strip()]
    names = list("abcdef"[: len(cells)])
    table = pa.table([pa.array(c[: filled[-1] + 1], pa.string()) for c in cells], names=names)
    return type_cells(table, choices)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TABLES, CHOICES, st.sampled_from(["\n", "\r\n"]), st.sampled_from([40, 300, 2**23]))
def test_parts_of_a_file_are_typed_as_the_whole(tmp_path_factory, cells, choices, newline, step):
    path = tmp_path_factory.mktemp("parts") / "rows.csv"
    write(path, cells, newline)
    if not any("".join(some).strip() for some in zip(*cells, strict=True)):
        with pytest.raises(InputError, match="no rows"):
            read_file(path, choices)
        return
    expected, reasons = typed_at_once(cells, choices)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quotes, "_STEP", step)
        found = read_file(path, choices)
        copy = csv_files.copy_csv(path, choices)
    assert found.table.equals(expected)
    assert found.reasons == reasons
    with pa.memory_map(str(copy)) as file:
        assert pa.ipc.open_file(file).read_all().equals(expected)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(TABLES, st.sampled_from(["\n", "\r\n", "\r"]), st.integers(2, 200))
def test_a_text_is_cut_between_records_alone(tmp_path_factory, cells, newline, step):
    path = tmp_path_factory.mktemp("cut") / "rows.csv"
    write(path, cells, newline)
    content = path.read_bytes()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(quotes, "_STEP", step)
        cuts = cut_records(pa.py_buffer(content), len("a"), ",")
    assert cuts[-1] == len(content)
    parts = [content[low:high] for low, high in zip((0, *cuts), cuts, strict=False)]
    rows = [row for part in parts for row in csv.reader(io.StringIO(part.decode(), newline=""))]
    assert rows == list(csv.reader(io.StringIO(content.decode(), newline="")))
    assert len(cuts) > 1 or step > 64


@pytest.mark.parametrize(
    ("late", "kind"),
    [("7", pa.int64()), ("7.5", pa.float64()), ("007", pa.string()), ("", pa.int64())],
)
def test_a_copy_is_written_anew_only_if_a_type_proves_wrong(tmp_path, monkeypatch, late, kind):
    write(tmp_path / "rows.csv", [["5"] * 99 + [late], ["x"] * 100], "\n")
    passes = []
    monkeypatch.setattr(quotes, "_STEP", 50)
    tables = csv_files._Sheet.tables
    monkeypatch.setattr(
        csv_files._Sheet, "tables", lambda sheet: passes.append(sheet) or tables(sheet)
    )
    copy = csv_files.copy_csv(tmp_path / "rows.csv", Choices())
    with pa.ipc.open_file(str(copy)) as file:
        assert file.schema.field("a").type == kind
        assert file.read_all().num_rows == 100
    assert len(passes) == (1 if kind == pa.int64() else 2)


@pytest.mark.parametrize(
    "content",
    [
        "a,b,\n" + "1,x,\n" * 50,
        "a,b,\n" + "1,x,\n" * 50 + "1,x,y\n",
        "a,b\n" + "1,x\n" * 50 + ",\n" * 50,
        "a,b\n" + ",\n" * 50 + "1,x\n" * 50,
        "a,b\n" + "1,x\n" * 50 + '2,19" wide\n',
        "a,b\n" + "1,x\n" * 50 + "\n" * 300 + "2,y\n" + "\n" * 300,
    ],
)
def test_what_only_the_end_shows_is_known_of_all_rows(tmp_path, monkeypatch, content):
    (tmp_path / "rows.csv").write_text(content)
    expected = read_file(tmp_path / "rows.csv").table
    monkeypatch.setattr(quotes, "_STEP", 30)
    monkeypatch.setattr(opening, "HELD", 10)
    found = opening.open_rows(tmp_path / "rows.csv")
    assert found.take(np.arange(found.shape[0])).equals(expected)


def test_a_told_type_that_does_not_fit_is_refused_by_all_cells(tmp_path, monkeypatch):
    write(tmp_path / "rows.csv", [["5"] * 50 + ["x"] + ["5"] * 49, ["x"] * 100], "\n")
    monkeypatch.setattr(quotes, "_STEP", 50)
    choices = Choices(kinds={"a": "number"})
    with pytest.raises(InputError, match="1 of 100 values is no number, as 'x'"):
        csv_files.copy_csv(tmp_path / "rows.csv", choices)
