"""Project files of ASReview, as it writes them, and as somebody might who means harm."""

import json
import sqlite3
import zipfile
from contextlib import closing

import pytest

from motherlode._files import unpacking
from motherlode._files.reading import read_file
from motherlode.errors import InputError

# As ASReview 3.0.8 makes them.
RECORD = """CREATE TABLE record (dataset_row INTEGER NOT NULL, dataset_id VARCHAR NOT NULL,
title VARCHAR NOT NULL, abstract VARCHAR NOT NULL, authors JSON NOT NULL, keywords JSON NOT NULL,
year INTEGER, doi VARCHAR, url VARCHAR, included INTEGER, record_id INTEGER NOT NULL,
duplicate_of INTEGER, group_id INTEGER NOT NULL GENERATED ALWAYS AS
(COALESCE(duplicate_of, record_id)) VIRTUAL, PRIMARY KEY (record_id))"""
RESULTS = """CREATE TABLE results (record_id INTEGER UNIQUE, label INTEGER, classifier TEXT,
querier TEXT, balancer TEXT, feature_extractor TEXT, training_set INTEGER, time FLOAT, note TEXT,
tags JSON, user_id INTEGER)"""
ROWS = [
    (0, "Cats", "About cats", '["Doe, J.", "Roe, R."]', '["pets"]', 2019, "10.1/a", None, None),
    (1, "Bridges", "About steel", "[]", "[]", None, None, None, None),
    (2, "Cats", "About cats", "[]", "[]", 2019, None, None, 0),
    (3, "Roads", "", "[]", "[]", 2001, None, None, None),
]
NAMES = "record_id, title, abstract, authors, keywords, year, doi, url, duplicate_of"


def database(path, *statements, rows=ROWS, labels=((0, 1), (1, 0))):
    with closing(sqlite3.connect(path)) as made:
        for statement in statements:
            made.execute(statement)
        if RECORD in statements:
            for row in rows:
                values = ", ".join("?" * len(row))
                made.execute(
                    f"INSERT INTO record (dataset_row, dataset_id, {NAMES}) VALUES (?, 'd', "
                    f"{values})",
                    (row[0], *row),
                )
        if RESULTS in statements:
            made.executemany("INSERT INTO results (record_id, label) VALUES (?, ?)", labels)
        made.commit()
    return path.read_bytes()


def project(folder, parts, about=None, name="p.asreview"):
    path = folder / name
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("project.json", json.dumps({"version": "3.0.8"} if about is None else about))
        for part, content in parts.items():
            made.writestr(part, content)
    return path


def refusal(path):
    with pytest.raises(InputError) as caught:
        read_file(path)
    said = str(caught.value)
    assert "\n" not in said
    assert said.endswith(".")
    return said


def is_as_given(found):
    assert found.table.column("title").to_pylist() == ["Cats", "Bridges", "Cats", "Roads"]
    # A duplicate has the label of its original.
    expected = ["relevant", "irrelevant", "relevant", None]
    assert found.table.column("label").to_pylist() == expected


def test_a_project_of_release_3(tmp_path):
    held = database(tmp_path / "r.db", RECORD, RESULTS)
    found = read_file(project(tmp_path, {"results.db": held, "data/d.csv": "left alone"}))
    is_as_given(found)
    assert found.table.column("id").to_pylist() == [0, 1, 2, 3]
    assert found.table.column("authors").to_pylist() == ["Doe, J.; Roe, R.", "", "", ""]
    assert found.table.column("year").to_pylist() == [2019, None, 2019, 2001]
    assert "url" not in found.table.column_names  # nobody gave one
    assert "2 records have a label" in found.notes[0]


def test_a_project_of_release_2(tmp_path):
    parts = {
        "data_store.db": database(tmp_path / "d.db", RECORD),
        "reviews/abc/results.db": database(tmp_path / "r.db", RESULTS),
        "reviews/other/results.db": b"another review",
    }
    about = {"version": "2.1", "reviews": [{"id": "abc"}, {"id": "other"}]}
    is_as_given(read_file(project(tmp_path, parts, about)))


def test_a_project_of_release_1(tmp_path):
    data = "title,abstract\nCats,About cats\nBridges,About steel\nCats,About cats\nRoads,\n"
    labels = ((0, 1), (1, 0), (2, 1), (3, None))
    results = RESULTS.replace("note TEXT", "notes TEXT")
    with closing(sqlite3.connect(tmp_path / "r.sql")) as made:
        made.execute(results)
        made.executemany("INSERT INTO results (record_id, label) VALUES (?, ?)", labels)
        made.commit()
    parts = {"data/d.csv": data, "reviews/abc/results.sql": (tmp_path / "r.sql").read_bytes()}
    about = {"version": "1.6", "dataset_path": "d.csv", "reviews": [{"id": "abc"}]}
    is_as_given(read_file(project(tmp_path, parts, about)))


def test_a_project_without_labels_has_an_empty_column(tmp_path):
    held = database(tmp_path / "r.db", RECORD, RESULTS, labels=())
    found = read_file(project(tmp_path, {"results.db": held}))
    assert found.table.column("label").null_count == 4


@pytest.mark.parametrize("about", [[], {}, {"reviews": 3}, {"dataset_path": "x.asreview"}])
def test_what_is_no_project_is_refused(tmp_path, about):
    assert "p.asreview" in refusal(project(tmp_path, {"x": b""}, about))
    (tmp_path / "q.asreview").write_bytes(b"no zip")
    assert "no zip file" in refusal(tmp_path / "q.asreview")


@pytest.mark.parametrize("path", ["/etc/passwd", "../../x.csv", "x.csv"])
def test_a_project_names_no_file_outside(tmp_path, path):
    (tmp_path / "x.csv").write_text("a\n1\n")
    about = {"dataset_path": path, "reviews": [{"id": "../.."}]}
    refusal(project(tmp_path, {}, about))


VIEW = """CREATE VIEW record AS WITH RECURSIVE n(record_id) AS (SELECT 0 UNION ALL SELECT
record_id + 1 FROM n) SELECT record_id, NULL AS duplicate_of, '' AS title, '' AS abstract,
'' AS authors, '' AS keywords, 0 AS year, '' AS doi, '' AS url FROM n"""
HUGE = RECORD.replace(
    "title VARCHAR NOT NULL", "title VARCHAR GENERATED ALWAYS AS (hex(zeroblob(400000000)))"
)
VIRTUAL = (
    "CREATE VIRTUAL TABLE record USING fts5(record_id, duplicate_of, title, abstract, "
    "authors, keywords, year, doi, url)"
)


@pytest.mark.parametrize("table", [VIEW, HUGE, VIRTUAL, "CREATE TABLE record (title)"])
def test_tables_that_compute_are_refused(tmp_path, table):
    held = database(tmp_path / "r.db", table, RESULTS)
    assert "no project of ASReview" in refusal(project(tmp_path, {"results.db": held}))


def test_a_damaged_database_is_refused(tmp_path):
    held = database(tmp_path / "r.db", RECORD, RESULTS)
    cut = project(tmp_path, {"results.db": held[: len(held) // 3]})
    assert "database that can't be read" in refusal(cut)
    assert "database that can't be read" in refusal(project(tmp_path, {"results.db": b"x" * 5000}))


def test_a_small_file_that_unpacks_to_much_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(unpacking, "LEAST_BOUND", 10**6)
    path = project(tmp_path, {"results.db": b"\0" * 10**7})
    assert "unpacks to more than" in refusal(path)


def test_rows_without_end_are_refused(tmp_path, monkeypatch):
    """A page of rows that stands in a tree many times gives its rows as often."""
    rows = [(n, "t" * 50, "a" * 50, "[]", "[]", None, None, None, None) for n in range(2_000)]
    held = bytearray(database(tmp_path / "r.db", RECORD, RESULTS, rows=rows))
    size = int.from_bytes(held[16:18], "big")
    interior = next(
        at
        for at in range(size, len(held), size)
        if held[at] == 5  # a page of pages
    )
    cells = int.from_bytes(held[interior + 3 : interior + 5], "big")
    pointers = interior + 12
    for cell in range(cells):
        at = interior + int.from_bytes(held[pointers + 2 * cell :][:2], "big")
        held[at : at + 4] = (interior // size + 1).to_bytes(4, "big")  # each child is the page
    monkeypatch.setattr(unpacking, "LEAST_BOUND", 10**6)
    said = refusal(project(tmp_path, {"results.db": bytes(held)}))
    assert "unpacks" in said or "can't be read" in said


def test_an_encrypted_zip_is_refused(tmp_path):
    path = project(tmp_path, {"results.db": b"x"})
    content = bytearray(path.read_bytes())
    for sign, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = content.find(sign)
        while place >= 0:
            content[place + at] |= 1
            place = content.find(sign, place + 1)
    path.write_bytes(bytes(content))
    assert "damaged" in refusal(path)
