"""Files of reference managers, workbooks, labelling tools, data sets and databases."""

import datetime as dt
import json
from pathlib import Path

import psycopg
import pyarrow as pa
import pytest
import rispy

from motherlode import InputError, Pool
from motherlode._files import databases, disk_copies, opening
from motherlode._files.choices import Choices
from motherlode._files.reading import read_file, read_table
from motherlode._files.tables import TableFiles

from . import made


def rows(source, choices=None):
    return read_table(source, choices).to_pydict()


def refusal(source):
    with pytest.raises(InputError) as caught:
        read_file(source)
    said = str(caught.value)
    assert "\n" not in said
    assert said.endswith(".")
    return said


def put(folder, name, content):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


# References


def test_zotero_with_labels_of_asreview(tmp_path):
    found = rows(put(tmp_path, "a.ris", made.ZOTERO))
    assert list(found)[:6] == ["title", "abstract", "authors", "year", "doi", "keywords"]
    assert found["authors"] == ["Doe, Jane; Müller, Jörg", "Roe, R."]
    assert found["year"] == [2019, 2001]
    assert found["keywords"] == ["screening; reviews", ""]
    assert found["label"] == ["relevant", "irrelevant"]
    assert found["notes"] == ["read twice", ""]


def test_embase_numbers_its_records_and_goes_on_without_a_tag(tmp_path):
    found = rows(put(tmp_path, "a.ris", made.EMBASE))
    assert found["abstract"] == ["First line of the abstract and its second line.", ""]
    assert found["authors"] == ["Smith J.; Jones K.", ""]
    assert found["journal"] == ["The Lancet", ""]
    assert found["year"] == [2004, 2005]
    assert "label" not in found


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_scopus_begins_with_a_note_and_ends_without_a_line(tmp_path, encoding):
    found = rows(put(tmp_path, "a.ris", made.SCOPUS.encode(encoding)))
    assert found["abstract"] == ["An abstract - with a dash."]
    assert found["doi"] == ["10.1016/j.things.2018.01.001"]
    assert found["notes"] == ["Export Date: 5 May 2020; Cited By :12"]
    assert found["M3"] == ["Article"]


def test_proquest(tmp_path):
    found = rows(put(tmp_path, "a.ris", made.PROQUEST))
    assert found["title"] == ["On doubt"]
    assert found["year"] == [2012]
    assert found["U1"] == [99]


@pytest.mark.parametrize("name", ["a.nbib", "a.txt", "a.ris", "a.nbib.gz"])
def test_pubmed_in_each_of_its_endings(tmp_path, name):
    import gzip

    content = made.PUBMED.encode()
    path = put(tmp_path, name, gzip.compress(content) if name.endswith("gz") else content)
    found = rows(path)
    assert found["title"][0].endswith("a long title that goes on in a second line.")
    assert found["authors"] == ["Huang, Chaolin; Wang, Yeming", ""]
    assert found["doi"] == ["10.1016/S0140-6736(20)30183-5", ""]
    assert found["keywords"] == ["disease; Adult; Humans", ""]
    assert found["year"] == [2020, 2021]
    assert found["pmid"] == [32000001, 32000002]


def test_endnote_joins_the_styles_of_a_text(tmp_path):
    found = rows(put(tmp_path, "a.xml", made.ENDNOTE))
    assert found["title"] == ["A title in parts"]
    assert found["abstract"] == ["Short & clear."]
    assert found["authors"] == ["Doe, J.; Roe, R."]
    assert found["keywords"] == ["one; two"]
    assert found["doi"] == ["10.1000/x.1"]


@pytest.mark.parametrize("text", [made.ZOTERO, made.PROQUEST.replace("\r\n", "\n")])
def test_references_are_those_that_rispy_reads(tmp_path, text):
    found, theirs = rows(put(tmp_path, "a.ris", text)), rispy.loads(text)
    for i, one in enumerate(theirs):
        assert found["title"][i] == one.get("title", one.get("primary_title"))
        authors = one.get("authors", one.get("first_authors"))
        assert found["authors"][i] == "; ".join(authors)
        assert found["abstract"][i] == one.get("abstract", "") if "abstract" in found else True


def test_what_repeats_or_never_ends_is_kept(tmp_path):
    text = "TY  - JOUR\nTI  - a\nU2  - one\nU2  - two\nTY  - JOUR\nTI  - b\n"
    found = rows(put(tmp_path, "a.ris", text))
    assert found["title"] == ["a", "b"]
    assert found["U2"] == ["one; two", ""]


BILLION = '<!DOCTYPE x [<!ENTITY a "b"><!ENTITY c "&a;&a;">]><xml><records>&c;</records></xml>'


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.ris", "no references\n", "holds no reference"),
        ("a.ris", "TY  - JOUR\nER  - \nTI  - lost\n", "Line 3"),
        ("a.nbib", "PMID- 1\nno tag\n", "Line 2"),
        ("a.xml", BILLION, "declares entities"),
        ("a.xml", "<a><b></a>", "Line 1"),
        ("a.xml", "<a/>", "no references"),
        ("a.xml", "<a>" * 100_000, "elements within elements"),
        ("a.xml", '<?xml version="1.0" encoding="nope"?><a/>', "."),
    ],
)
def test_references_that_are_none_are_refused(tmp_path, name, content, said):
    assert said in refusal(put(tmp_path, name, content))


# Workbooks

BOOK = [
    ["id", "when", "size", "mixed", None, "yes", "code", None],
    [1, dt.datetime(2020, 1, 2), 1.5, "a", None, True, "00042", "z"],
    [2, dt.datetime(2020, 1, 3), 2, 3, None, False, "7", None],
    [None] * 8,
]


def test_cells_of_a_workbook_keep_their_types(tmp_path):
    path = made.save_xlsx(tmp_path / "a.xlsx", {"One": BOOK, "Two words": [["q"], [5]]})
    found = read_file(path)
    assert found.table.to_pydict() == {
        "id": [1, 2],
        "when": [dt.date(2020, 1, 2), dt.date(2020, 1, 3)],
        "size": [1.5, 2.0],
        "mixed": ["a", "3"],
        "yes": [True, False],
        "code": ["00042", "7"],
        "column_8": ["z", None],
    }
    assert "Two words" in found.notes[0]
    assert rows(f"{path}#Two words") == {"q": [5]}
    assert "it has 'One', 'Two words'" in refusal(f"{path}#Three")
    assert rows(path, Choices(texts=frozenset(["id"])))["id"] == ["1", "2"]
    assert len(Pool(path)) == 2


def test_a_hash_in_a_name_is_part_of_it(tmp_path):
    path = made.save_xlsx(tmp_path / "no #1.xlsx", {"A#B": [["q"], [5]]})
    assert rows(path) == rows(f"{path}#A#B") == {"q": [5]}
    assert "There is no file" in refusal(tmp_path / "gone.xlsx#A")
    assert "has no parts" in refusal(f"{put(tmp_path, 'a.csv', 'a,b')}#A")


def test_an_open_document(tmp_path):
    path = made.save_ods(tmp_path / "a.ods", [["n", "t"], [1, "x"], [2.5, "y"]])
    assert rows(path) == {"n": [1.0, 2.5], "t": ["x", "y"]}


@pytest.mark.parametrize("ending", ["xlsx", "xlsm", "xls", "ods"])
def test_a_workbook_that_is_none_is_refused(tmp_path, ending):
    assert "not a workbook" in refusal(put(tmp_path, f"a.{ending}", b"PK\x03\x04 and nothing"))
    assert "is empty" in refusal(put(tmp_path, f"b.{ending}", b""))


def test_a_workbook_without_rows_is_refused(tmp_path):
    assert "no rows" in refusal(made.save_xlsx(tmp_path / "a.xlsx", {"One": [["a", "b"]]}))
    twice = made.save_xlsx(tmp_path / "b.xlsx", {"One": [["a", "a "], [1, 2]]})
    assert "two columns named 'a'" in refusal(twice)


# JSON of other tools

PRODIGY = [
    {"text": "a", "_task_hash": 1, "options": [{"id": "x"}], "accept": ["x"], "answer": "accept"},
    {"text": "b", "_task_hash": 2, "options": [{"id": "x"}], "accept": ["x"], "answer": "reject"},
    {"text": "c", "_task_hash": 3, "options": [{"id": "x"}], "accept": [], "answer": "accept"},
]
STUDIO = [
    {
        "id": 7,
        "data": {"text": "a"},
        "annotations": [
            {"result": [{"from_name": "mood", "type": "choices", "value": {"choices": ["x"]}}]},
            {"was_cancelled": True, "result": []},
        ],
        "predictions": [],
    },
    {"id": 8, "data": {"text": "b"}, "annotations": []},
    {
        "id": 9,
        "data": {"text": "c"},
        "annotations": [
            {"result": [{"from_name": "mood", "type": "choices", "value": {"choices": [one]}}]}
            for one in "xy"
        ],
    },
]
ARGILLA = [
    {
        "id": "1",
        "fields": {"text": "a"},
        "metadata": {"k": 1},
        "responses": {"mood": [{"value": "x", "user_id": "u", "status": "submitted"}]},
        "suggestions": {},
    },
    {
        "id": "2",
        "fields": {"text": "b"},
        "metadata": {},
        "responses": {"mood": [{"value": "x", "user_id": "u", "status": "discarded"}]},
    },
    {"id": "3", "fields": {"text": "c"}, "metadata": {}, "responses": {}},
]
OLD_ARGILLA = [
    {"inputs": {"text": t}, "prediction": None, "annotation": label, "status": "Default"}
    for t, label in (("a", "x"), ("b", None), ("c", None))
]
DOCCANO = [
    {"id": 1, "text": "a", "label": ["x"]},
    {"id": 2, "text": "b", "label": []},
    {"id": 3, "text": "c", "label": []},
]
TOOLS = {
    "Prodigy": PRODIGY,
    "Label Studio": STUDIO,
    "Argilla": ARGILLA,
    "Argilla 1": OLD_ARGILLA,
    "doccano": DOCCANO,
}


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_exports_of_tools_have_their_texts_and_labels(tmp_path, tool, name):
    lines = "\n".join(map(json.dumps, TOOLS[tool]))
    content = lines if name == "a.jsonl" else json.dumps(TOOLS[tool], indent=1)
    found = read_file(put(tmp_path, name, content))
    table = found.table.to_pydict()
    assert table["text"] == ["a", "b", "c"]
    assert table["label"] == ["x", None, None]
    assert not any(column.startswith(("_", "\0", "data")) for column in table)
    assert tool == "doccano" or tool.removesuffix(" 1") in found.notes[0]


def test_answers_to_several_questions_have_their_names(tmp_path):
    result = [
        {"from_name": name, "type": "choices", "value": {"choices": [one]}}
        for name, one in (("mood", "x"), ("topic", "y"))
    ]
    tasks = [
        {"data": {"text": "a"}, "annotations": [{"result": result[1:]}]},
        {"data": {"text": "b"}, "annotations": [{"result": result}]},
    ]
    found = rows(put(tmp_path, "a.json", json.dumps(tasks)))
    assert found == {"text": ["a", "b"], "topic": ["y", "y"], "mood": [None, "x"]}


def test_the_small_export_of_label_studio(tmp_path):
    tasks = [{"text": "a", "mood": "x"}, {"text": "b", "mood": {"choices": ["x", "y"]}}]
    assert rows(put(tmp_path, "a.json", json.dumps(tasks)))["mood"] == ["x", "x; y"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ('{"a": {"b": {"c": 1}, "d": "x"}}', {"a.d": ["x"], "a.b.c": [1]}),
        ('{"v": [1, 2]}\n{"v": [0.5]}', {"v": [[1.0, 2.0], [0.5]]}),
        ('{"v": [[0, 5, "X"]]}', {"v": ['[[0, 5, "X"]]']}),
        ('{"n": 12345678901234567890123}\n{"n": 1}', {"n": ["12345678901234567890123", "1"]}),
        ('{"n": 9007199254740993}\n{"n": 2}', {"n": [9007199254740993, 2]}),
        ('{"n": 9007199254740993}\n{"n": 0.5}', {"n": ["9007199254740993", "0.5"]}),
        ('{"n": 0.12345678901234567891}', {"n": ["0.12345678901234567891"]}),
        ('{"n": "00042"}', {"n": ["00042"]}),
        ('{"d": "2020-01-02"}', {"d": [dt.date(2020, 1, 2)]}),
    ],
)
def test_values_of_json_stay_what_they_are(tmp_path, content, expected):
    found = read_file(put(tmp_path, "a.json", content))
    assert found.table.to_pydict() == expected
    has_long = str(expected.get("n", [""])[0])[:3] in ("123", "900", "0.1") and isinstance(
        expected["n"][0], str
    )
    assert ("more digits" in found.reasons.get("n", "")) == has_long


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ('[{"a": 1},\n{"a": ]', "Line 2"),
        ('[{"a": 1}, 2]', "Record 2"),
        ('[{"a": 1}, {"a": "x"}]', "Record 2 .* string under 'a', which holds a number"),
        ('[{"a": 1, "a": 2}]', "key 'a' twice"),
        ('{"a": {"x": 1, "x": 2}}\n', "key 'x' twice"),
        ("[]", "holds no rows"),
        ("[" * 100_000, "too deep"),
        ('{"a": "\\ud800"}', "half of a character"),
        ('[{"data": {"t": 1}, "annotations": []}, {"t": 2}]', "Record 2 .* Label Studio"),
        ('"text"', "no JSON objects"),
        ("a,b\n1,2\n", "Line 1"),
    ],
)
def test_json_that_is_no_table_is_refused(tmp_path, content, said):
    with pytest.raises(InputError, match=said):
        read_file(put(tmp_path, "a.json", content))


# Data sets of Hugging Face

TABLE = pa.table({"text": ["a", "b", "c"], "label": pa.array([0, 1, -1])})
FEATURES = {
    "text": {"dtype": "string", "_type": "Value"},
    "label": {"names": ["neg", "pos"], "_type": "ClassLabel"},
}
NAMED = {"text": ["a", "b", "c"], "label": ["neg", "pos", None]}


@pytest.mark.parametrize("parts", [1, 2])
def test_a_saved_data_set_has_the_names_of_its_classes(tmp_path, monkeypatch, parts):
    folder = made.save_dataset(tmp_path / "set", TABLE, FEATURES, parts)
    assert rows(folder) == NAMED
    assert opening.open_rows(folder).to_pydict() == NAMED
    monkeypatch.setattr(opening, "HELD", 1)
    stored = opening.open_rows(folder)
    assert isinstance(stored, TableFiles)
    assert stored.table().to_pydict() == NAMED


def test_a_split_is_named(tmp_path):
    folder = made.save_splits(tmp_path / "sets", {"train": TABLE, "test": TABLE[:2]}, FEATURES)
    assert "name one: sets#train, sets#test" in refusal(folder)
    assert rows(f"{folder}#train") == NAMED
    assert len(Pool(f"{folder}#test")) == 2
    assert "no split 'all'" in refusal(f"{folder}#all")
    only = made.save_splits(tmp_path / "one", {"train": TABLE}, FEATURES)
    assert rows(only) == NAMED
    assert "has no splits" in refusal(f"{folder / 'train'}#train")


def test_a_damaged_data_set_is_refused(tmp_path):
    folder = made.save_dataset(tmp_path / "set", TABLE, FEATURES)
    (data,) = folder.glob("*.arrow")
    data.write_bytes(data.read_bytes()[:300])
    assert "damaged" in refusal(folder)
    data.unlink()
    assert "There is no file" in refusal(folder)
    (folder / "state.json").write_text("{")
    assert "state.json is damaged" in refusal(folder)


# Databases

SQL = """
create table t (id integer, x real, code text, odd);
insert into t values (1, 1.5, '00042', 1), (9007199254740993, 2, null, 'x');
create table empty (a integer);
create view v as select id from t;
"""


@pytest.fixture
def address(tmp_path):
    return f"sqlite:///{made.save_sqlite(tmp_path / 'a.db', SQL)}"


def test_a_table_a_view_and_a_query(address):
    assert rows(f"{address}#t") == {
        "id": [1, 9007199254740993],
        "x": [1.5, 2.0],
        "code": ["00042", None],
        "odd": ["1", "x"],
    }
    assert rows(f"{address}#v") == {"id": [1, 9007199254740993]}
    assert rows(f"{address}#select id, x * 2 as y from t where x < 2") == {"id": [1], "y": [3.0]}
    assert len(Pool(f"{address}#select x, code from t")) == 2


QUERY = "select ':x' as a, '50%' as b, '12:30:45' as c, n from u where x like '50%'"


@pytest.fixture
def server(postgres):
    """The address of a database of PostgreSQL with a table."""
    address = postgres.database()
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(
            "create table u (n numeric, d date, j jsonb, a float8[], ok boolean, x text)"
        )
        connection.execute(
            "insert into u select i + 0.25, '2020-01-02', '{\"k\": 1}', '{1.5, 2}', true, '50%' "
            "from generate_series(1, 3) i"
        )
    return address


def test_a_table_of_postgresql(server, monkeypatch):
    monkeypatch.setattr(databases, "_ROWS", 2)
    assert rows(f"{server}#u") == {
        "n": [1.25, 2.25, 3.25],
        "d": [dt.date(2020, 1, 2)] * 3,
        "j": ['{"k": 1}'] * 3,
        "a": [[1.5, 2.0]] * 3,
        "ok": [True] * 3,
        "x": ["50%"] * 3,
    }
    assert rows(f"{server}#{QUERY}")["n"] == [1.25, 2.25, 3.25]
    assert "no table 'nope'; it has u" in refusal(f"{server}#nope")
    for part in ("with z as (delete from u returning *) select * from z", "select 1; drop table u"):
        assert "can't be read" in refusal(f"{server}#{part}")
    assert len(Pool(f"{server}#select n, x from u")) == 3


def test_colons_and_per_cents_of_a_query_are_its_own(tmp_path):
    path = made.save_sqlite(
        tmp_path / "a.db", "create table u (n, x); insert into u values (1, '50%');"
    )
    found = rows(f"sqlite:///{path}#{QUERY}")
    assert found == {"a": [":x"], "b": ["50%"], "c": ["12:30:45"], "n": [1]}


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ("", "needs a table; it has empty, t, v"),
        ("#nope", "no table 'nope'; it has empty, t, v"),
        ("#empty", "no rows"),
        ("#select nope from t", "no such column: nope"),
        ("#select id as a, x as a from t", "two columns named 'a'"),
        ("#delete from t", "no table 'delete from t'"),
        ("#with a as (select 1) delete from t", "can't be read"),
        ("#select 1; delete from t", "can't be read"),
    ],
)
def test_what_is_no_table_is_said_and_nothing_is_written(address, part, said):
    assert said in refusal(address + part)
    assert len(rows(f"{address}#t")["id"]) == 2


def test_a_database_that_is_not_there_is_not_made(tmp_path):
    assert "There is no file" in refusal(f"sqlite:///{tmp_path}/gone.db#t")
    assert not list(tmp_path.iterdir())
    assert "two slashes" in refusal(Path("sqlite:///a.db#t"))
    assert "is not installed" in refusal("nothing://host/x#t")


def test_a_password_is_never_shown():
    for address in (
        "postgresql://me:s3cret@127.0.0.1:1/x#t",
        "postgresql://me@127.0.0.1:1/x?password=s3cret#t",
        "nothing://me:s3cret@host/x#t",
        "postgresql://me:s3cret@127.0.0.1:port/x#t",
    ):
        assert "s3cret" not in refusal(address)


def test_a_large_table_is_spooled_with_types_that_fit_all_blocks(tmp_path, monkeypatch):
    path = tmp_path / "a.db"
    values = ", ".join(f"({i}, null, {i}, {i})" for i in range(100))
    made.save_sqlite(
        path,
        f"create table t (a, b, c, d); insert into t values {values};"
        "insert into t values (0.5, 7, 'x', null);",
    )
    whole = read_table(f"sqlite:///{path}#t")
    assert whole.schema.types == [pa.float64(), pa.int64(), pa.string(), pa.int64()]
    monkeypatch.setattr(databases, "_ROWS", 16)
    monkeypatch.setattr(disk_copies, "HELD", 100)
    stored = opening.open_rows(f"sqlite:///{path}#t")
    assert isinstance(stored, TableFiles)
    assert stored.table().to_pydict() == whole.to_pydict()
