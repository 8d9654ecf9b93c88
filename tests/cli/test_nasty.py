"""Nasty files of every format, at every place that takes a file: read, or refused in a sentence."""

import csv
import io
import json
import sqlite3
import zipfile
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

pytest.importorskip("typer")
pytest.importorskip("sqlalchemy")

from motherlode import InputError, Pool
from motherlode.cli._app import run

IDS = ["0001", "1e3", "=x", "-7", "+7", "1234567890123456789", "a,b", "'q", "007", "x;y", "01"]
CLASSES = ["-1", "+1", "a,b", "true", "NA", "01"]
ROWS = [
    {
        "id": IDS[i] if i < len(IDS) else f"k{i}",
        "=head": f"{i * 37 % 101}.{i % 10}0",
        "note": f"some words of row {i}, with '\"quotes\"'; and | more",
        "y": CLASSES[i % len(CLASSES)],
    }
    for i in range(24)
]


def delimited(separator: str, encoding: str = "utf-8") -> bytes:
    text = io.StringIO()
    write = csv.DictWriter(text, ROWS[0], delimiter=separator)
    write.writeheader()
    write.writerows(ROWS)
    return text.getvalue().encode(encoding)


def arrow(save) -> bytes:
    held = io.BytesIO()
    save(pa.Table.from_pylist(ROWS), held)
    return held.getvalue()


def database(path: Path) -> None:
    with sqlite3.connect(path) as held:
        held.execute('create table t(id text, "=head" text, note text, y text)')
        held.executemany("insert into t values(?, ?, ?, ?)", [tuple(r.values()) for r in ROWS])
    held.close()


GOOD = {
    "a.csv": delimited(","),
    "b.csv": delimited(";"),
    "c.csv": delimited("|", "utf-16"),
    "d.tsv": delimited("\t", "cp1252"),
    "e.json": json.dumps(ROWS).encode(),
    "f.jsonl": "\n".join(map(json.dumps, ROWS)).encode(),
    "g.parquet": arrow(parquet.write_table),
    "h.sqlite": b"",
}


def zipped() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as packed:
        packed.writestr("x", "y")
    return held.getvalue()


BAD = {
    "open.csv": b'id,note,y\n1,"open,a\n2,x,b\n',
    "ragged.csv": b"id,note,y\n1,x\n",
    "twice.csv": b"y,y\n1,2\n",
    "empty.csv": b"",
    "header.csv": b"id,y\n",
    "bytes.csv": bytes(range(256)),
    "cut.csv.gz": b"\x1f\x8b\x08\x00cut",
    "deep.json": b"[" * 100_000,
    "values.json": b"[1, 2]",
    "half.json": b'[{"y": "\\ud800"}, {"y": "a"}]',
    "lines.jsonl": b'{"y": 1}\n[]\n',
    "twice.jsonl": b'{"y": 1, "y": 2}\n',
    "kinds.jsonl": b'{"y": 1}\n{"y": "a"}\n',
    "no.parquet": b"PAR1 no PAR1",
    "no.arrow": b"ARROW1\0\0" * 3,
    "no.npy": b"\x93NUMPY\x01\x00",
    "no.xlsx": zipped(),
    "no.xml": b"<!DOCTYPE x [<!ENTITY a 'b'>]><xml><records>&a;</records></xml>",
    "half.xml": b"<xml><records><record>",
    "no.ris": b"nothing of the kind\n",
    "no.nbib": b"PMID\n",
    "blank.txt": b"\n \n",
    "name.docx": b"x",
}


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("nasty")
    (folder / "d.csv").write_bytes(GOOD["a.csv"])
    assert run(["init", str(folder / "p"), "--data", str(folder / "d.csv"), *NAMED]) == 0
    return folder / "p"


NAMED = [*(f"--classes={name}" for name in CLASSES), "--minority=NA", "--minority=a,b", "--id=id"]


@pytest.mark.parametrize("name", BAD)
def test_a_broken_file_is_refused_everywhere_in_one_sentence(project, tmp_path, capsys, name):
    path = tmp_path / name
    path.write_bytes(BAD[name])
    with pytest.raises(InputError) as caught:
        Pool(path).features  # noqa: B018 - what is read late is read here
    assert "\n" not in str(caught.value)
    for command in (
        ["init", str(tmp_path / "p"), "--data", str(path), "--classes=a,b"],
        ["teach", str(project), str(path)],
        ["simulate", str(path), "--label", "y"],
    ):
        assert run(command) == 2, command
        said = capsys.readouterr()
        assert said.err.strip().count("\n") == 0
        assert said.err.strip().endswith((".", "?"))
        assert not (tmp_path / "p").exists()


def test_a_column_that_nobody_sees_is_left_out_with_the_reason(tmp_path, capsys):
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(json.dumps({"x": i % 3, "v": [i, 2.5]}) for i in range(9)))
    assert run(["init", str(tmp_path / "p"), "--data", str(path), "--classes=a,b"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "v left out holds lists or bytes; models read them if --features names it" in said


@pytest.mark.parametrize("name", GOOD)
def test_ids_classes_and_cells_stay_what_they_are(tmp_path, capsys, name):
    from motherlode.project._data.folder import open_project
    from motherlode.project._log.log import read_state

    path = tmp_path / name
    path.write_bytes(GOOD[name])
    source = str(path)
    if name == "h.sqlite":
        path.unlink()
        database(path)
        source = f"sqlite:///{path}"
    folder = tmp_path / "p"
    assert run(["init", str(folder), "--data", source, *NAMED, "--labels=y"]) == 0
    with open_project(folder) as made, made.database.reading() as connection:
        labels = {made.rows.name(r): known.label for r, known in read_state(connection).labelled()}
        cells = [made.rows.content(row) for row in range(len(ROWS))]
    assert labels == {row["id"]: row["y"] for row in ROWS}
    assert cells == [{n: row[n] for n in ("=head", "note")} for row in ROWS]
    again = tmp_path / "again"
    assert run(["init", str(again), "--data", source, *NAMED]) == 0
    assert "y        left out" in capsys.readouterr().out
    out = tmp_path / "o.csv"
    assert run(["export", str(folder), "--to", str(out)]) == 0
    assert run(["teach", str(again), str(out)]) == 0
    with open_project(again) as made, made.database.reading() as connection:
        taught = {made.rows.name(r): known.label for r, known in read_state(connection).labelled()}
    assert taught == labels
    options = ["--label=y", "--minority=NA", "--seeds=1", "--budget=5", "--strategies=random"]
    capsys.readouterr()
    assert run(["simulate", source, *options]) == 0
    assert "4 of 24 rows are 'NA'" in capsys.readouterr().out


ODD = ["inf", "Infinity", "1e300", "", "nan", "1.5", "1e3", "007", "+1", "5 €", "1,000", "50%", "x",
       "2023-01-01", "true", "9" * 30]  # fmt: skip


@pytest.mark.parametrize("row", ODD)
def test_a_row_that_is_no_number_is_refused(project, tmp_path, capsys, row):
    lines = {"a.csv": f'row,label\n0,NA\n"{row}",NA\n', "b.csv": f'row,label\n"{row}",NA\n'}
    lines["c.jsonl"] = json.dumps({"row": row, "label": "NA"})
    if row == "Infinity":
        lines["d.jsonl"] = '{"row": Infinity, "label": "NA"}'
    for name, content in lines.items():
        path = tmp_path / name
        path.write_text(content)
        assert run(["teach", str(project), str(path)]) == 2
        said = capsys.readouterr().err.strip()
        assert "rows are numbers from 0 on." in said
        assert "\n" not in said


def test_rows_are_read_from_every_form_of_whole_number(tmp_path, capsys):
    (tmp_path / "d.csv").write_bytes(GOOD["a.csv"])
    arguments = ["--data", str(tmp_path / "d.csv"), *NAMED[:-1]]
    assert run(["init", str(tmp_path / "p"), *arguments]) == 0
    parquet.write_table(pa.table({"row": [1.0, 2.0], "label": ["NA"] * 2}), tmp_path / "a.parquet")
    (tmp_path / "a.jsonl").write_text('{"row": "3", "label": "NA"}\n')
    (tmp_path / "b.jsonl").write_text('{"row": 4.0, "label": "NA"}\n{"row": 5, "label": "NA"}\n')
    for name, new in (("a.parquet", 2), ("a.jsonl", 1), ("b.jsonl", 2)):
        capsys.readouterr()
        assert run(["teach", str(tmp_path / "p"), str(tmp_path / name)]) == 0
        assert f"{new} new label" in capsys.readouterr().out
    (tmp_path / "c.csv").write_text("row,label\n-1,NA\n")
    assert run(["teach", str(tmp_path / "p"), str(tmp_path / "c.csv")]) == 2
    assert "Row -1 is not in the data" in capsys.readouterr().err
