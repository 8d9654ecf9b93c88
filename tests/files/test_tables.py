"""Tables on disk are read a block at a time, and give what they give in memory."""

import json
import os
import subprocess
import sys

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import feather, parquet
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from motherlode import ActiveLearner, InputError, Pool
from motherlode._files import opening
from motherlode._files.tables import TableFiles, files_in
from motherlode.pool._stored import RowMemory, StoredFeatures
from motherlode.pool._tabular import TabularEncoder
from motherlode.strategies import KDE, Interleave, Margin, MostLikely, Random

N = 500
RNG = np.random.default_rng(0)
X = RNG.normal(size=(N, 3))
TABLE = pa.table({name: X[:, j] for j, name in enumerate("abc")})
SINGLE = pa.table({name: X[:, j].astype(np.float32) for j, name in enumerate("abc")})


def mixed(n=N, seed=0):
    """Numbers, gaps, dates, categories, an index, names and texts."""
    rng = np.random.default_rng(seed)
    words = np.array(["boat", "wave", "sail", "street", "house", "lamp", "bridge"])
    gappy = np.where(rng.random(n) < 0.2, None, rng.normal(size=n).round(2))
    return pa.table(
        {
            "id": np.arange(n),
            "size": rng.normal(size=n),
            "gappy": pa.array(gappy.tolist(), pa.float64()),
            "when": rng.integers(0, 10**6, n).astype("datetime64[ms]"),
            "yes": rng.random(n) < 0.5,
            "colour": rng.choice(["red", "green", "blue", None], n).tolist(),
            "town": [f"town {i}" for i in (rng.pareto(1.0, n) * 3).astype(int) % 90],
            "name": [f"name-{i}" for i in rng.permutation(n)],
            "note": [" ".join(rng.choice(words, 5)) + f" {i}" for i in range(n)],
            "empty": pa.nulls(n, pa.string()),
        }
    )


@pytest.fixture
def on_disk(tmp_path):
    """A function that writes a table in some form, and opens it."""

    def write(table, form="parquet", parts=1, rows=100):
        step = -(-len(table) // parts)
        for i in range(parts):
            path = tmp_path / f"part-{i:02}.{form}"
            part = table.slice(i * step, step)
            if form == "parquet":
                parquet.write_table(part, path, row_group_size=rows)
            else:
                feather.write_feather(part, path, chunksize=rows, compression="uncompressed")
        return TableFiles(files_in(tmp_path))

    return write


FORMS = [("parquet", 1, 100), ("parquet", 3, 7), ("arrow", 1, 64), ("feather", 4, 500)]


@pytest.mark.parametrize(("form", "parts", "rows"), FORMS)
def test_rows_are_read_back(on_disk, form, parts, rows):
    files = on_disk(mixed(), form, parts, rows)
    assert files.shape == (N, 10)
    for size in (1, 33, 499, 500, 10_000):
        blocks = list(files.blocks(size))
        assert [low for low, _ in blocks] == list(range(0, N, size))
        assert pa.concat_tables([t for _, t in blocks]).equals(mixed())
    some = np.array([499, 3, 3, 0, 250, 101])
    assert files.take(some).equals(mixed().take(some))
    assert files.take(some, ["note", "id"]).equals(mixed().take(some).select(["note", "id"]))
    assert files.take(some[:0]).equals(mixed().slice(0, 0))
    assert pa.concat_tables(list(files.tables(["size"]))).equals(mixed().select(["size"]))


@pytest.mark.parametrize("table", [TABLE, SINGLE], ids=["double", "single"])
def test_numbers_are_as_in_memory(on_disk, table):
    pool = Pool(on_disk(table, parts=2))
    assert isinstance(pool.features, StoredFeatures)
    assert pool.features.dtype == np.float32
    assert len(pool) == N
    some = np.array([400, 2, 2, 77])
    wanted = pytest.approx(Pool(table).features[some], abs=1e-6)
    assert pool.features.take(some) == wanted
    assert pool.features.take(some) == wanted  # from what it remembers
    assert pool[some].equals(table.take(some))
    assert pool.points == pytest.approx(StandardScaler().fit_transform(np.asarray(table)), abs=1e-5)


@pytest.mark.parametrize(("rows", "parts"), [(100, 1), (17, 3)])
def test_mixed_columns_are_encoded_as_in_memory(on_disk, monkeypatch, rows, parts):
    table = mixed().drop(["note"])
    files, whole = on_disk(table, "parquet", parts, rows), TabularEncoder().fit(table)
    monkeypatch.setattr("motherlode.pool._sources._ROWS", 60)
    encoder = TabularEncoder().fit(files)
    assert encoder.dropped_ == whole.dropped_
    assert set(encoder.dropped_) == {"id", "name", "empty"}
    assert encoder.get_feature_names_out().tolist() == whole.get_feature_names_out().tolist()
    assert encoder.transform(table) == pytest.approx(whole.transform(table), abs=1e-5)
    pool = Pool(files)
    assert pool.features.take(np.arange(N)) == pytest.approx(Pool(table).features, abs=1e-5)


def test_texts_on_disk_become_sparse_features_in_memory(on_disk, monkeypatch):
    monkeypatch.setattr("motherlode.pool._sources._ROWS", 60)
    pool, whole = Pool(on_disk(mixed())), Pool(mixed())
    assert abs(pool.features - whole.features).max() < 1e-5
    assert pool.transformer.get_feature_names_out().tolist() == (
        whole.transformer.get_feature_names_out().tolist()
    )


def test_distinct_strings_past_what_is_counted_are_still_told_apart(on_disk, monkeypatch):
    monkeypatch.setattr("motherlode.pool._summary._MOST_COUNTED", 5)
    monkeypatch.setattr("motherlode.pool._sources._ROWS", 60)
    encoder, whole = TabularEncoder().fit(on_disk(mixed())), TabularEncoder().fit(mixed())
    assert encoder.dropped_ == whole.dropped_
    assert encoder.get_feature_names_out().tolist() == whole.get_feature_names_out().tolist()


@given(
    numbers=st.lists(st.one_of(st.none(), st.floats(-1e6, 1e6)), min_size=2, max_size=60),
    size=st.integers(1, 61),
)
def test_means_are_those_of_the_whole_column(numbers, size):
    import narwhals.stable.v2 as nw

    from motherlode.pool._summary import Summary

    values = pa.array(numbers, pa.float64())
    parts, whole = Summary("x"), Summary("x")
    for low in range(0, len(numbers), size):
        block = pa.chunked_array([values.slice(low, size)])
        parts.add(nw.from_native(block, series_only=True), low)
    whole.add(nw.from_native(pa.chunked_array([values]), series_only=True))
    assert (parts.kind, parts.missing) == (whole.kind, whole.missing)
    if whole.present:
        filled = [0.5 if value is None else value for value in numbers]
        assert parts.spread_filled_with(0.5) == pytest.approx(
            (np.mean(filled), np.std(filled)), abs=1e-6
        )


MODELS = {
    "line": LogisticRegression(),
    "forest": RandomForestClassifier(20, random_state=0),
}
STRATEGIES = [
    "margin",
    "entropy",
    "most_likely",
    "random",
    "continuous_learning",
    "query_by_committee",
    Interleave(MostLikely(), Margin(), Random()),
    KDE(region="dense"),
]


def rounds(pool, strategy, model, y):
    made = ActiveLearner(pool, [0, 1], model, strategy, minority=1, seed=3)
    made.teach([0, 1, 2, 3, 4, 5], y[:6])
    for _ in range(3):
        rows = made.query(5).rows
        made.teach(rows, y[rows])
    return made.labelled[0].tolist(), made.final_model()


@pytest.mark.parametrize("model", MODELS)
@pytest.mark.parametrize("strategy", STRATEGIES, ids=str)
@pytest.mark.parametrize("table", ["numbers", "mixed"])
def test_the_same_rows_are_asked_as_in_memory(on_disk, strategy, model, table):
    data = TABLE if table == "numbers" else mixed().drop(["note"])
    y = (np.arange(N) % 2).astype(int)
    stored, whole = Pool(on_disk(data, parts=2)), Pool(data)
    asked, shipped = rounds(stored, strategy, MODELS[model], y)
    expected, twin = rounds(whole, strategy, MODELS[model], y)
    assert asked == expected
    assert shipped.predict_proba(data) == pytest.approx(twin.predict_proba(data), abs=1e-4)


def test_a_round_reads_each_file_once(on_disk, monkeypatch):
    pool = Pool(on_disk(TABLE, parts=3))
    made = ActiveLearner(pool, [0, 1], LogisticRegression(), "margin", minority=1)
    made.teach([0, 1, 2, 3], [0, 1, 0, 1])
    assert not len(pool.copies)  # looked for once for a pool, as are twins
    assert pool.twins is not None
    pool.features._memory = RowMemory()  # without the sample that twins are told by
    read = []
    original = TableFiles.tables

    def counted(self, columns=None):
        for table in original(self, columns):
            read.append(len(table))
            yield table

    monkeypatch.setattr(TableFiles, "tables", counted)
    fetched = []
    take = TableFiles.take
    monkeypatch.setattr(
        TableFiles,
        "take",
        lambda self, rows, c=None: fetched.append(len(rows)) or take(self, rows, c),
    )
    rows = made.query(4).rows
    assert sum(read) == N
    assert sum(fetched) == 4  # those labelled by hand
    made.teach(rows, [0, 1, 0, 1])
    made.query(4)
    assert sum(read) == 2 * N
    assert sum(fetched) == 4  # those asked were read in passing


LIMITED = """
import resource, sys
import numpy as np
from sklearn.linear_model import LogisticRegression
from motherlode import ActiveLearner, Pool
from motherlode.strategies import Margin
import pyarrow.parquet, joblib, threadpoolctl

def used():
    lines = open("/proc/self/status").read().splitlines()
    return 1024 * int(next(line for line in lines if line.startswith("VmData")).split()[1])

model = LogisticRegression().fit(np.eye(2), [0, 1])
limit = used() + int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
if sys.argv[3] == "whole":
    print(np.ones(3 * int(sys.argv[2]) // 8).sum())  # as much as the rows take in memory
else:
    made = ActiveLearner(Pool(sys.argv[1]), [0, 1], LogisticRegression(), Margin(), minority=1)
    made.teach([0, 1, 2, 3], [0, 1, 0, 1])
    first = made.query(5).rows
    made.teach(first, [0, 1, 0, 1, 0])
    print(made.query(5).rows.tolist())
"""


def test_a_pool_three_times_what_fits(tmp_path):
    rows, columns = 100_000, 16
    block = np.random.default_rng(0).normal(size=(rows, columns))
    table = pa.table({f"x{j}": block[:, j] for j in range(columns)})
    with parquet.ParquetWriter(
        tmp_path / "rows.parquet", table.schema, use_dictionary=False, compression="none"
    ) as writer:
        for _ in range(45):
            writer.write_table(table)
    size = 45 * block.nbytes  # 576 MB

    def run(how):
        return subprocess.run(
            [sys.executable, "-c", LIMITED, tmp_path / "rows.parquet", str(size // 3), how],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            # Memory that allocators keep for later would count as used.
            env=os.environ | {"ARROW_DEFAULT_MEMORY_POOL": "system", "MALLOC_ARENA_MAX": "1"},
        )

    assert run("whole").returncode != 0  # the limit is one that counts
    done = run("blocks")
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)) == 5


def test_large_files_stay_where_they_are(tmp_path, monkeypatch):
    parquet.write_table(TABLE, tmp_path / "rows.parquet")
    feather.write_feather(TABLE, tmp_path / "rows.arrow")
    for path in (tmp_path / "rows.parquet", tmp_path / "rows.arrow", tmp_path):
        assert isinstance(Pool(path).data, pa.Table)
        with monkeypatch.context() as patch:
            patch.setattr(opening, "HELD", 1000)
            assert isinstance(Pool(path).data, TableFiles)
    assert len(Pool(tmp_path)) == 2 * N


def test_arrays_are_mapped(tmp_path):
    for array in (X, X.astype(np.float32), (X * 10).astype(np.int16)):
        np.save(tmp_path / "rows.npy", array)
        pool, whole = Pool(tmp_path / "rows.npy"), Pool(array)
        assert isinstance(pool.data.base, np.memmap)
        assert pool.features.dtype == array.dtype
        y = np.arange(N) % 2
        assert (
            rounds(pool, "margin", LogisticRegression(), y)[0]
            == (rounds(whole, "margin", LogisticRegression(), y)[0])
        )


def test_a_large_csv_file_becomes_a_file_of_tables(tmp_path, monkeypatch):
    from pyarrow import csv

    table = mixed().drop(["empty"])
    csv.write_csv(table, tmp_path / "rows.csv")
    small = Pool(tmp_path / "rows.csv")
    monkeypatch.setattr(opening, "HELD", 1000)
    monkeypatch.setattr("motherlode._files.quotes._STEP", 4000)
    large = Pool(tmp_path / "rows.csv")
    assert isinstance(large.data, TableFiles)
    assert large.data.take(np.arange(N)).cast(small.data.schema).equals(small.data)
    assert abs(large.features - small.features).max() < 1e-5


def test_a_csv_column_may_change_its_mind(tmp_path, monkeypatch):
    lines = ["n;x;y;z", *["1;;2;a"] * 300, "1.5;3;b;a", "2;;;a"]
    (tmp_path / "rows.csv").write_text("\n".join(lines))
    monkeypatch.setattr(opening, "HELD", 100)
    monkeypatch.setattr("motherlode._files.quotes._STEP", 256)
    table = Pool(tmp_path / "rows.csv", features="passthrough").data.take(np.array([0, 300, 301]))
    assert table.to_pydict() == {
        "n": [1.0, 1.5, 2.0],
        "x": [None, 3.0, None],
        "y": ["2", "b", ""],
        "z": ["a"] * 3,
    }


def test_a_transformer_of_ones_own_is_fitted_on_a_sample(on_disk):
    pool = Pool(on_disk(TABLE), features=StandardScaler())
    assert pool.features.take(np.arange(N)) == pytest.approx(StandardScaler().fit_transform(X))


def test_a_model_that_encodes_for_itself_reads_the_columns(on_disk):
    from sklearn.pipeline import make_pipeline

    model, y = make_pipeline(TabularEncoder(), LogisticRegression()), np.arange(N) % 2
    data = mixed().drop(["note"])
    asked = rounds(Pool(on_disk(data)), "margin", model, y)[0]
    assert asked == rounds(Pool(data), "margin", model, y)[0]


def test_what_is_wrong_with_files_is_said_in_a_sentence(tmp_path, on_disk):
    with pytest.raises(InputError, match=r"holds no \.parquet"):
        Pool(tmp_path)
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 and then nothing")
    with pytest.raises(InputError, match="not a Parquet file, or is damaged"):
        Pool(tmp_path)
    (tmp_path / "broken.parquet").unlink()
    with pytest.raises(InputError, match="There is no file"):
        Pool(tmp_path / "gone.arrow")
    (tmp_path / "rows.npy").write_bytes(b"nothing")
    with pytest.raises(InputError, match="no array"):
        Pool(tmp_path / "rows.npy")
    parquet.write_table(TABLE, tmp_path / "one.parquet")
    parquet.write_table(TABLE.rename_columns(["a", "b", "d"]), tmp_path / "two.parquet")
    with pytest.raises(InputError, match="differ in column 'd'"):
        Pool(tmp_path)


def test_a_number_that_is_none_is_named_when_it_is_read(on_disk):
    gone = X.copy()
    gone[450, 1] = np.nan
    files = on_disk(pa.table({name: gone[:, j] for j, name in enumerate("abc")}), rows=50)
    assert isinstance(Pool(files).transformer, TabularEncoder)


@pytest.mark.parametrize("strategy", ["kde", "lof", "k_centre"])
def test_geometry_of_a_table_on_disk_is_computed_once_and_kept(on_disk, tmp_path, strategy):
    told = []

    def asked(data, cache):
        pool = Pool(data, cache=cache, progress=lambda what, done: told.append(what))
        made = ActiveLearner(pool, [0, 1], LogisticRegression(), strategy, minority=1)
        made.teach([0, 1], [0, 1])
        for _ in range(2):
            rows = made.query(3).rows
            made.teach(rows, rows % 2)
        return made.labelled[0].tolist()

    in_memory = asked(TABLE, tmp_path / "memory")
    first = list(told)
    told.clear()
    files = on_disk(TABLE)
    assert asked(files, tmp_path / "disk") == in_memory
    assert told == first  # in one of two rounds
    told.clear()
    assert asked(files, tmp_path / "disk") == in_memory
    assert told == []
