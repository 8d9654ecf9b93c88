"""Nasty text files: each is read right, or refused in one sentence that names the line."""

import bz2
import csv
import gzip
import io
import lzma
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from motherlode import InputError, Pool
from motherlode._files import characters, opening, quotes
from motherlode._files.choices import Choices
from motherlode._files.formats import choose_format, write_parts
from motherlode._files.reading import read_file, read_table
from motherlode._files.tables import TableFiles
from motherlode._files.unpacking import LEAST_BOUND
from motherlode._files.writers.lines import Lines

slow_folder = settings(suppress_health_check=[HealthCheck.function_scoped_fixture])


def write(folder: Path, content: str | bytes, name: str = "a.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def rows(path: Path, choices: Choices | None = None) -> dict:
    return read_table(path, choices).to_pydict()


def refusal(path: Path | str, choices: Choices | None = None) -> str:
    with pytest.raises(InputError) as caught:
        read_file(path, choices)
    said = str(caught.value)
    assert "\n" not in said
    assert said.endswith(".")
    return said


READ = {
    "pipes": ("id|title|words\n1|a, b|c\n2|d|e;f\n", {"id": [1, 2], "title": ["a, b", "d"]}),
    "declared": ("sep=;\na,a;b\nx;2\ny;3\n", {"a,a": ["x", "y"], "b": [2, 3]}),
    "declared in quotes": ('"sep=|"\r\na|b\r\nx|2\r\n', {"a": ["x"], "b": [2]}),
    "trailing commas": ("a,b,,\nx,y,,\n,,,\n,,,\n", {"a": ["x"], "b": ["y"]}),
    "more commas than names": ("a,b\nx,y,\nz,w,,\n", {"a": ["x", "z"], "b": ["y", "w"]}),
    "blank lines": ("\n\na,b\n\nx,y\n  \n\n", {"a": ["x"], "b": ["y"]}),
    "blank first row": (",,\na,b,c\nx,y,z\n", {"a": ["x"], "b": ["y"], "c": ["z"]}),
    "spaces": ('a, b, c\nx, "y, z", w\n', {"a": ["x"], "b": ["y, z"], "c": ["w"]}),
    "old line ends": ('a,b\rx,"y\rz"\ru,v\r', {"a": ["x", "u"], "b": ["y\rz", "v"]}),
    "mixed line ends": ("a,b\r\nx,y\nz,w\ru,v", {"a": ["x", "z", "u"], "b": ["y", "w", "v"]}),
    "backslashes": (
        'a,b\nx,"he said \\"hi, you\\" twice"\ny,"C:\\\\dir\\\\"\n',
        {"b": ['he said "hi, you" twice', "C:\\dir\\"]},
    ),
    "path before a quote": ('a,b\n"C:\\dir\\",x\n"D:\\",y\n', {"a": ["C:\\dir\\", "D:\\"]}),
    "stray quotes": (
        'a;b\n"Scooped" risk;x\n19" screen;y\n"""quoted""";"z;"\n',
        {"a": ['"Scooped" risk', '19" screen', '"quoted"'], "b": ["x", "y", "z;"]},
    ),
    "row names": (",a\nx,y\nz,w\n", {"column_1": ["x", "z"], "a": ["y", "w"]}),
    "one name": ("text\nhello there\n", {"text": ["hello there"]}),
    "a separator in quotes": ('"a;b;c",d\nx,y\n', {"a;b;c": ["x"], "d": ["y"]}),
}


@pytest.mark.parametrize("kind", READ)
@pytest.mark.parametrize("large", [False, True])
def test_a_dialect_is_found(tmp_path, monkeypatch, kind, large):
    content, expected = READ[kind]
    path = write(tmp_path, content)
    if large:
        monkeypatch.setattr(opening, "HELD", 1)
        monkeypatch.setattr(characters, "HELD", 1)
        monkeypatch.setattr(quotes, "_STEP", 16)
        found = opening.open_rows(path)
        assert isinstance(found, TableFiles)
        table = found.table()
    else:
        table = read_table(path)
    got = table.to_pydict()
    assert {name: got.get(name) for name in expected} == expected
    assert len(table) == len(next(iter(expected.values())))


LONG = "x" * 200_000  # more than Python's csv module takes
REFUSED = {
    "ragged": ("a,b,c\n1,2,3\n4,5\n", "Line 3 .* has 2 values where the header has 3"),
    "too wide": ("a,b\n1,2\n3,4,5\n", "Line 3 .* has 3 values where the header has 2"),
    "ragged after a long cell": (f'a,b,c\n1,"{LONG}",y\n2,z,z\n4,5\n', "Line 4 .* 2 values"),
    "ragged after a long bare cell": (f"a,b,c\n1,{LONG},y\n2,z,z\n4,5\n", "Line 4 .* 2 values"),
    "ragged after lines in a cell": ('a,b\n"x\ny\r\nz",1\n3\n', "Line 5"),
    "ragged after old line ends": ("a,b\r1,2\r3\r", "Line 3"),
    "ragged after a declaration": ("sep=;\na;b\n\n1;2\n3\n", "Line 5"),
    "open quote": ('a,b\n1,2\n"open,3\n4,5\n', "Line 3 .* opens a quote"),
    "two open quotes": ('a,b\n1,"x\n2,y\n3,"z\n', "Line 2 .* opens a quote"),
    "twice": ("a,b, a\n1,2,3\n", "two columns named 'a'"),
    "no rows": ("a,b\n", "holds no rows"),
    "no rows but commas": ("a,b\n,\n,\n", "holds no rows"),
    "a declaration alone": ("sep=;\n", "holds no rows"),
    "a damaged character": ("a\né\nü\nö\nä\n".encode() + b"\xff\n", "line 6"),
    "nothing": ("\n \n", "is empty"),
}


@pytest.mark.parametrize("kind", REFUSED)
@pytest.mark.parametrize("large", [False, True])
def test_what_is_wrong_is_said_with_the_line(tmp_path, monkeypatch, kind, large):
    content, said = REFUSED[kind]
    path = write(tmp_path, content)
    if large:
        monkeypatch.setattr(opening, "HELD", 1)
        monkeypatch.setattr(characters, "HELD", 1)
    with pytest.raises(InputError, match=said) as caught:
        opening.open_rows(path)
    assert "\n" not in str(caught.value)
    assert path.name in str(caught.value)


WORDS = "näme,b\nÄrger,x\nß,y\n"


@pytest.mark.parametrize(
    ("encoding", "note"),
    [
        ("utf-8-sig", None),
        *((wide, wide[:6].upper()) for wide in ("utf-16", "utf-16-le", "utf-16-be", "utf-32")),
        *((wide, wide[:6].upper()) for wide in ("utf-32-le", "utf-32-be")),
        ("cp1252", "line 1 is not UTF-8"),
        ("latin-1", "cp1252"),
    ],
)
def test_an_encoding_is_found_and_said(tmp_path, encoding, note):
    found = read_file(write(tmp_path, WORDS.encode(encoding)))
    assert found.table.to_pydict() == {"näme": ["Ärger", "ß"], "b": ["x", "y"]}
    assert (note is None and not found.notes) or note in found.notes[0]


@pytest.mark.parametrize("encoding", ["cp1251", "shift_jis", "utf-16", "gb18030"])
def test_an_encoding_can_be_named(tmp_path, encoding):
    word = "привет" if encoding != "shift_jis" else "日本"
    path = write(tmp_path, f"{word},b\n{word},x\n".encode(encoding))
    assert rows(path, Choices(encoding=encoding)) == {word: [word], "b": ["x"]}


JUMBLES = {
    "cp932": ("転倒を防ぐビタミン", "コホート研究"),
    "euc_jp": ("転倒を防ぐビタミン", "コホート研究"),
    "gb18030": ("维生素预防跌倒", "队列研究"),
    "cp949": ("비타민의 낙상 예방", "코호트 연구"),
    "cp950": ("維生素預防跌倒", "世代研究"),
    "cp1251": ("Витамин против падений", "Когортное исследование"),
    "koi8_r": ("Витамин против падений", "Когортное исследование"),
    "cp1253": ("Βιταμίνη κατά πτώσεων", "Μελέτη"),
}


@pytest.mark.parametrize("encoding", JUMBLES)
def test_what_windows_1252_makes_a_jumble_of_is_refused_and_shown(tmp_path, encoding):
    cells = JUMBLES[encoding]
    lines = [f"{i},{cell},in English all the same" for i in range(9) for cell in cells]
    path = write(tmp_path, "\n".join(["id,title,note", *lines]).encode(encoding))
    said = refusal(path)
    assert "is not UTF-8 text (line 2)" in said
    word = max((word for cell in cells for word in cell.split()), key=len)
    assert f"{encoding} (as in {word[:12]}" in said
    assert rows(path, Choices(encoding=encoding))["title"] == [*cells] * 9


@pytest.mark.parametrize(
    "text",
    [
        "«\xa0À l’École\xa0!\xa0»\xa0—\xa0«\xa0Été\xa0»",
        "jäääär hääyöaie ÆØÅ",
        "••••••••• – 10 µm³ ±½ °°°° ————",
        "ŠŽœ „so“ ‚so‘ ‰ €",
        "Þórður Ægisson Ýmir",
        "¡Ñandú! ¿Qué? AÇÃO mañana",
    ],
)
def test_western_texts_are_no_jumble(tmp_path, text):
    path = write(tmp_path, f"id,text\n1,{text}\n2,{text}\n".encode("cp1252"))
    assert rows(path)["text"] == [text] * 2


def test_a_wrong_encoding_is_said(tmp_path):
    path = write(tmp_path, "a\nx\ncafé\n".encode("cp1252"))
    assert "line 3" in refusal(path, Choices(encoding="utf-8"))
    assert "not ascii text" in refusal(path, Choices(encoding="ascii"))
    for name in ("klingon", "rot13", "base64"):
        assert "There is no encoding" in refusal(path, Choices(encoding=name))


@pytest.mark.parametrize("pack", [gzip, bz2, lzma])
@pytest.mark.parametrize("name", ["a.csv", "a.tsv"])
def test_packed_files_are_unpacked(tmp_path, monkeypatch, pack, name):
    ending = {gzip: ".gz", bz2: ".bz2", lzma: ".xz"}[pack]
    content = ("a\tb\n" + "x\t1\n" * 5000).encode("utf-16")
    path = write(tmp_path, pack.compress(content), name + ending)
    expected = {"a": ["x"] * 5000, "b": [1] * 5000}
    assert rows(path) == expected
    monkeypatch.setattr(opening, "HELD", 1)
    monkeypatch.setattr(characters, "HELD", 1)
    found = opening.open_rows(path)
    assert isinstance(found, TableFiles)
    assert found.table().to_pydict() == expected
    cut = write(tmp_path, pack.compress(content)[:-30], "cut.csv" + ending)
    assert "damaged" in refusal(cut)
    assert "damaged" in refusal(write(tmp_path, b"no such thing", "no.csv" + ending))


def test_a_packed_file_of_gigabytes_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("motherlode._files.unpacking.LEAST_BOUND", 10**6)
    monkeypatch.setattr("motherlode._files.unpacking.MOST_TIMES", 10)
    path = write(tmp_path, gzip.compress(b"a\n" + b"1\n" * 10**6), "a.csv.gz")
    assert "unpacks to more than" in refusal(path)
    assert LEAST_BOUND > 10**6
    assert ".csv.gz" in refusal(write(tmp_path, gzip.compress(b"x"), "a.parquet.gz"))


def test_plain_text_is_a_text_a_line(tmp_path):
    path = write(tmp_path, "first, with a comma\r\n\r\n00042\n 'last'", "a.txt")
    assert rows(path) == {"text": ["first, with a comma", "00042", " 'last'"]}
    assert len(Pool(path)) == 3


cells = st.text(
    st.one_of(
        st.sampled_from(list("\"',;|\t\n\r \\aé-=")),
        st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]),
    ),
    max_size=12,
)
grids = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(cells, min_size=width, max_size=width), min_size=1, max_size=8)
)


@slow_folder
@given(grid=grids, separator=st.sampled_from(",;\t|"), quoting=st.sampled_from([0, 1]))
@example(grid=[["\\"]], separator=",", quoting=1)
def test_what_python_writes_comes_back(tmp_path, grid, separator, quoting):
    # A letter in front keeps a cell a text, and rows from being blank.
    grid = [["s" + cell for cell in row] for row in grid]
    names = [f"n{i}" for i in range(len(grid[0]))]
    text = io.StringIO()
    csv.writer(text, delimiter=separator, quoting=quoting).writerows([names, *grid])
    choices = Choices(texts=frozenset(names))
    found = read_table(write(tmp_path, text.getvalue()), choices)
    assert found.to_pydict() == {n: [row[i] for row in grid] for i, n in enumerate(names)}


def outcome(read, path):
    try:
        found = read(path)
    except InputError as problem:
        said = str(problem)
    else:
        said = ""
    assert "\n" not in said
    if said:
        return said
    table = found.table() if isinstance(found, TableFiles) else found
    return table if isinstance(table, np.ndarray) else table.to_pydict()


@pytest.mark.parametrize("name", ["a.csv", "a.tsv", "a.txt", "a.json", "a.jsonl", "a.ris", "a.xml"])
@slow_folder
@given(
    content=st.one_of(
        st.binary(max_size=60),
        st.text(st.sampled_from(list('"\\,;|\t\n\r []{}:a1é=-T<>/')), max_size=60).map(str.encode),
        st.text(max_size=30).map(lambda t: t.encode("utf-16", "surrogatepass")),
    )
)
def test_any_bytes_are_read_or_refused_in_a_sentence(tmp_path, name, content):
    outcome(read_table, write(tmp_path, content, name))


@slow_folder
@given(
    content=st.text(st.sampled_from(list('",\n\r ab1')), min_size=1, max_size=80).map(
        lambda text: ("n,m\n" + text).encode()
    )
)
def test_a_large_file_is_read_as_a_small_one(tmp_path, content):
    path = write(tmp_path, content)
    small = outcome(read_table, path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(opening, "HELD", 1)
        patch.setattr(characters, "HELD", 1)
        large = outcome(opening.open_rows, path)
    assert large == small


@pytest.mark.parametrize("name", ["a.parquet", "a.arrow", "a.npy", "a.xlsx", "a.ods"])
def test_a_damaged_file_is_read_or_refused(tmp_path, name):
    from .made import save_ods, save_xlsx

    path = tmp_path / name
    table = pa.table({"a": [1.5, 2.5] * 20, "b": [3, 4] * 20})
    if name.endswith(".npy"):
        np.save(path, np.arange(40.0))
    elif name.endswith("ods"):
        save_ods(path, [["a", "b"], [1.5, 2], [3, 4]])
    elif name.endswith("xlsx"):
        save_xlsx(path, {"One": [["a", "b"], [1.5, 2], [3, 4]]})
    else:
        lines = Lines(table.schema, iter([table]))
        path.write_bytes(b"".join(write_parts(choose_format(path), lines)))
    whole, rng = path.read_bytes(), np.random.default_rng(0)
    for _ in range(40):
        content = np.frombuffer(whole, np.uint8).copy()
        content[rng.integers(0, len(content), 3)] = rng.integers(0, 256, 3)
        path.write_bytes(content.tobytes()[: rng.integers(1, len(content) + 1)])
        outcome(read_table, path)
