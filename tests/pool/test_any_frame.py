"""Frames of every type of column: read right, or refused in one sentence that names the column."""

import datetime as dt
import re
from decimal import Decimal

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sklearn
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import Pipeline

from motherlode import ActiveLearner, InputError, Pool
from motherlode._files.tables import TableFiles
from motherlode.pool import containing, like, where
from motherlode.pool._columns import open_frame, read_column
from motherlode.pool._kinds import kind_of, readable
from motherlode.pool._tabular import TabularEncoder

N = 6
EPOCH = dt.datetime(1970, 1, 1)
DAY = dt.timedelta(days=1)


def frame_of(column, other="kind"):
    """A frame of the library that the column belongs to, with a column of strings beside."""
    names = ["a", "b"] * (len(column) // 2)
    if isinstance(column, pl.Series):
        return pl.DataFrame({"c": column, other: names})
    if isinstance(column, pa.Array | pa.ChunkedArray):
        return pa.table({"c": column, other: names})
    return pd.DataFrame({"c": column, other: names})


def values_of(frame, name="c"):
    column = read_column(name, open_frame(frame).get_column(name))
    return column.kind, column.values.tolist()


def as_floats(values):
    found = [np.nan if value is None else float(value) for value in values]
    return pytest.approx(found, rel=1e-14, abs=1e-9, nan_ok=True)


def refused(make):
    with pytest.raises(InputError) as raised:
        make()
    said = str(raised.value)
    assert "\n" not in said
    assert said.endswith(".")
    assert len(said) < 300
    return said


# Each type of column


def days(*moments):
    return [None if moment is None else (moment - EPOCH) / DAY for moment in moments]


DATES = [dt.date(2020, 1, day + 1) for day in range(5)] + [None]
DATE_DAYS = days(*[None if d is None else dt.datetime(d.year, d.month, d.day) for d in DATES])
MONTHS = pd.period_range("2020-01", periods=N, freq="M")
LARGE = [2**53 + 1 + 2 * i for i in range(N)]
HUGE = [2**63 + 5 * i for i in range(N)]
VAST = [2**80 + i for i in range(N)]
MONEY = [Decimal("1.25"), None, Decimal("-2.5"), Decimal("3.75"), Decimal(4), Decimal(0)]
MONEY_FLOATS = [None if m is None else float(m) for m in MONEY]
WORDS = ["x", None, "", "y", "x", "z"]
NUMBERS = [1, None, 3, 4, 5, -6]
FLAGS = [True, None, False, True, True, False]
BINS = pd.interval_range(0, 3)


def arrow_pandas(values, kind):
    return pd.array(values, pd.ArrowDtype(kind))


def dictionary(values, kind):
    known = list(dict.fromkeys(v for v in values if v is not None))
    places = [None if v is None else known.index(v) for v in values]
    return pa.DictionaryArray.from_arrays(pa.array(places, pa.int8()), pa.array(known, kind))


def run_ends(values, kind):
    return pa.RunEndEncodedArray.from_arrays(pa.array([2, 6], pa.int32()), pa.array(values, kind))


def extension(kind, storage):
    return pa.ExtensionArray.from_storage(kind, storage)


READ = {
    "pandas decimals": (pd.Series(MONEY), "numbers", MONEY_FLOATS),
    "pandas whole numbers in objects": (pd.Series(VAST, dtype=object), "numbers", VAST),
    "pandas uint64": (np.array(HUGE, np.uint64), "numbers", HUGE),
    "pandas int64, large": (LARGE, "numbers", LARGE),
    "pandas Int64": (pd.array(NUMBERS, "Int64"), "numbers", NUMBERS),
    "pandas Int64, large": (pd.array([None, *LARGE[1:]], "Int64"), "numbers", [None, *LARGE[1:]]),
    "pandas UInt8": (pd.array([1, None] * 3, "UInt8"), "numbers", [1, None] * 3),
    "pandas Float32": (pd.array([0.5, None] * 3, "Float32"), "numbers", [0.5, None] * 3),
    "pandas boolean": (pd.array(FLAGS, "boolean"), "numbers", FLAGS),
    "pandas flags in objects": (pd.Series(FLAGS, dtype=object), "numbers", FLAGS),
    "pandas gaps of every sort": (
        pd.Series([1, np.nan, None, pd.NA, pd.NaT, np.int8(2)], dtype=object),
        "numbers",
        [1, None, None, None, None, 2],
    ),
    "pandas float16": (np.arange(N, dtype=np.float16), "numbers", range(N)),
    "pandas longdouble": (np.arange(N, dtype=np.longdouble), "numbers", range(N)),
    "pandas sparse": (pd.arrays.SparseArray([0, 0, 1.5, 0, np.nan, 2]), "numbers", None),
    "pandas sparse flags": (pd.arrays.SparseArray([True, False] * 3), "numbers", [1, 0] * 3),
    "pandas string": (pd.array(WORDS, "string"), "strings", WORDS),
    "pandas strings in objects": (pd.Series(WORDS, dtype=object), "strings", WORDS),
    "pandas numpy strings": (np.array(list("abcabc")), "strings", list("abcabc")),
    "pandas mixed": (
        pd.Series([1, "x", 2.5, None, True, np.int8(3)], dtype=object),
        "strings",
        ["1", "x", "2.5", None, "True", "3"],
    ),
    "pandas categories": (pd.Categorical(["x", None, "y"] * 2), "strings", ["x", None, "y"] * 2),
    "pandas numbers as categories": (
        pd.Categorical([1, None, 3] * 2, categories=[3, 2, 1]),
        "strings",
        ["1", None, "3"] * 2,
    ),
    "pandas intervals": (
        BINS.take([0, 1, 2, 0, 1, 2]),
        "strings",
        ["(0, 1]", "(1, 2]", "(2, 3]"] * 2,
    ),
    "pandas bins": (pd.cut([1, 2, 3, 9, 1, 2], [0, 1, 2, 3]), "strings", None),
    "pandas periods": (MONTHS, "dates", days(*[p.to_timestamp() for p in MONTHS])),
    "pandas periods in objects": (
        pd.Series([*MONTHS[:5], None], dtype=object),
        "dates",
        days(*[p.to_timestamp() for p in MONTHS[:5]], None),
    ),
    "pandas dates in objects": (pd.Series(DATES, dtype=object), "dates", DATE_DAYS),
    "pandas dates": (pd.to_datetime(DATES), "dates", DATE_DAYS),
    "pandas dates with a zone": (pd.to_datetime(DATES).tz_localize("UTC"), "dates", DATE_DAYS),
    "pandas durations": (pd.timedelta_range("1D", periods=N), "dates", range(1, N + 1)),
    "pandas far dates": (
        pd.Series([dt.datetime(3000, 1, 1)] * N, dtype=object),
        "dates",
        days(*[dt.datetime(3000, 1, 1)] * N),
    ),
    "pandas numpy dates in objects": (
        pd.Series([np.datetime64("2020-01-01", "ns"), None] * 3, dtype=object),
        "dates",
        [DATE_DAYS[0], None] * 3,
    ),
    "pandas arrow strings": (arrow_pandas(WORDS, pa.string()), "strings", WORDS),
    "pandas arrow, large": (arrow_pandas(LARGE, pa.int64()), "numbers", LARGE),
    "pandas arrow decimals": (arrow_pandas(MONEY, pa.decimal128(9, 2)), "numbers", MONEY_FLOATS),
    "pandas arrow date64": (arrow_pandas(DATES, pa.date64()), "dates", DATE_DAYS),
    "pandas arrow categories": (
        arrow_pandas(["x", "y"] * 3, pa.dictionary(pa.int8(), pa.string())),
        "strings",
        ["x", "y"] * 3,
    ),
    "pandas arrow times": (arrow_pandas([dt.time(6)] * N, pa.time64("us")), "dates", [0.25] * N),
    "polars decimals": (pl.Series(MONEY), "numbers", MONEY_FLOATS),
    "polars Int128": (pl.Series(VAST, dtype=pl.Int128), "numbers", VAST),
    "polars UInt64": (pl.Series(HUGE, dtype=pl.UInt64), "numbers", HUGE),
    "polars Int64, large": (pl.Series(LARGE), "numbers", LARGE),
    "polars Categorical": (pl.Series(WORDS, dtype=pl.Categorical), "strings", WORDS),
    "polars Enum": (pl.Series(WORDS, dtype=pl.Enum(["z", "y", "x", ""])), "strings", WORDS),
    "polars NaN": (pl.Series([1.0, float("nan")] * 3), "numbers", [1, None] * 3),
    "polars objects": (pl.Series([1, 2.5, 3, 4, 5, 6], dtype=pl.Object), "numbers", None),
    "polars strings in objects": (
        pl.Series(["x", float("nan"), None] * 2, dtype=pl.Object),
        "strings",
        ["x", None, None] * 2,
    ),
    "polars Date": (pl.Series(DATES), "dates", DATE_DAYS),
    "polars Duration": (pl.Series([DAY] * N), "dates", [1] * N),
    "polars Time": (pl.Series([dt.time(6)] * N), "dates", [0.25] * N),
    "arrow decimals": (pa.array(MONEY, pa.decimal128(9, 2)), "numbers", MONEY_FLOATS),
    "arrow decimal256": (pa.array(MONEY, pa.decimal256(50, 2)), "numbers", MONEY_FLOATS),
    "arrow uint64": (pa.array(HUGE, pa.uint64()), "numbers", HUGE),
    "arrow int64, large": (pa.array(LARGE), "numbers", LARGE),
    "arrow float16": (pa.array([0.5, None] * 3, pa.float16()), "numbers", [0.5, None] * 3),
    "arrow bool": (pa.array(FLAGS), "numbers", FLAGS),
    "arrow string_view": (pa.array(WORDS, pa.string_view()), "strings", WORDS),
    "arrow large_string": (pa.array(WORDS, pa.large_string()), "strings", WORDS),
    "arrow date32": (pa.array(DATES, pa.date32()), "dates", DATE_DAYS),
    "arrow date64": (pa.array(DATES, pa.date64()), "dates", DATE_DAYS),
    "arrow time32": (pa.array([21_600] * N, pa.time32("s")), "dates", [0.25] * N),
    "arrow time64": (pa.array([21_600 * 10**9] * N, pa.time64("ns")), "dates", [0.25] * N),
    "arrow timestamp": (pa.array([86_400, None] * 3, pa.timestamp("s")), "dates", [1, None] * 3),
    "arrow timestamp with a zone": (
        pa.array([86_400 * 10**9] * N, pa.timestamp("ns", "+02:00")),
        "dates",
        [1] * N,
    ),
    "arrow duration": (pa.array([86_400_000] * N, pa.duration("ms")), "dates", [1] * N),
    "arrow runs of strings": (
        run_ends(["x", None], pa.string()),
        "strings",
        ["x"] * 2 + [None] * 4,
    ),
    "arrow runs of numbers": (run_ends([1, 2], pa.int64()), "numbers", [1] * 2 + [2] * 4),
    "arrow json": (extension(pa.json_(), pa.array(["{}", "1"] * 3)), "strings", ["{}", "1"] * 3),
    "arrow bool8": (
        extension(pa.bool8(), pa.array([1, 0] * 3, pa.int8())),
        "numbers",
        [True, False] * 3,
    ),
    "arrow dictionary of strings": (dictionary(WORDS, pa.string()), "strings", WORDS),
    "arrow dictionary of large strings": (dictionary(WORDS, pa.large_string()), "strings", WORDS),
    "arrow dictionary of string views": (dictionary(WORDS, pa.string_view()), "strings", WORDS),
    "arrow dictionary of numbers": (
        dictionary(NUMBERS, pa.int64()),
        "strings",
        [None if v is None else str(v) for v in NUMBERS],
    ),
    "arrow dictionary of floats": (
        dictionary([0.5, None] * 3, pa.float64()),
        "strings",
        ["0.5", None] * 3,
    ),
    "arrow dictionary of flags": (
        dictionary(FLAGS, pa.bool_()),
        "strings",
        [None if v is None else str(v) for v in FLAGS],
    ),
    "arrow dictionary of dates": (
        dictionary(DATES, pa.date32()),
        "strings",
        [None if v is None else str(v) for v in DATES],
    ),
    "arrow dictionary of decimals": (
        dictionary([Decimal("1.50"), None] * 3, pa.decimal128(5, 2)),
        "strings",
        ["1.50", None] * 3,
    ),
}
READ["pandas sparse"] = (READ["pandas sparse"][0], "numbers", [0, 0, 1.5, 0, None, 2])
READ["pandas bins"] = (
    READ["pandas bins"][0],
    "strings",
    ["(0, 1]", "(1, 2]", "(2, 3]", None, "(0, 1]", "(1, 2]"],
)
READ["polars objects"] = (READ["polars objects"][0], "numbers", [1, 2.5, 3, 4, 5, 6])


@pytest.mark.parametrize("name", READ)
def test_values_are_those_that_were_handed_in(name):
    column, kind, wanted = READ[name]
    frame = frame_of(column)
    found, values = values_of(frame)
    assert found == kind
    assert values == (wanted if kind == "strings" else as_floats(wanted))
    pool = Pool(frame)
    assert pool.transformer.feature_names_in_.tolist() == ["c", "kind"]
    assert np.isfinite(pool.features).all()
    # The same encoder reads the frame again, and the same frame is passed through untouched.
    assert np.array_equal(pool.transformer.transform(frame), pool.features)
    raw = Pool(frame, features="passthrough")
    assert raw.features is frame
    assert len(raw.points) == N
    assert len(raw.copies.rows) >= 0


@pytest.mark.parametrize("name", [name for name, (_, kind, _) in READ.items() if kind != "strings"])
def test_a_frame_of_one_column_of_numbers(name):
    frame = frame_of(READ[name][0])
    alone = frame.select(["c"]) if hasattr(frame, "select") else frame[["c"]]
    assert Pool(alone).transformer.feature_names_in_.tolist() == ["c"]


def plain_objects():
    return [object() for _ in range(N)]


REFUSED = {
    "pandas complex": (np.arange(N) * 1j, "complex"),
    "pandas complex in objects": (pd.Series([1j] * N, dtype=object), "complex"),
    "pandas dicts": (pd.Series([{"a": 1}] * N), "dict"),
    "pandas lists": (pd.Series([[1, 2]] * N), "list"),
    "pandas tuples": (pd.Series([(1, 2)] * N), "tuple"),
    "pandas sets": (pd.Series([{1}] * N), "set"),
    "pandas bytes": (pd.Series([b"a"] * N), "bytes"),
    "pandas arrays": (pd.Series([np.zeros(2)] * N), "ndarray"),
    "pandas objects": (pd.Series(plain_objects()), "object"),
    "pandas dates and strings": (
        pd.Series([dt.date(2020, 1, 1), "x", None] * 2, dtype=object),
        "date and str",
    ),
    "pandas number too large": (pd.Series([10**400] * N, dtype=object), "too large"),
    "pandas infinite": (np.array([1, 2, np.inf, 4, 5, 6]), "inf in row 2"),
    "pandas infinite decimal": (pd.Series([Decimal("Infinity")] * N), "inf in row 0"),
    "pandas arrow lists": (arrow_pandas([[1]] * N, pa.list_(pa.int8())), "List"),
    "pandas arrow bytes": (arrow_pandas([b"a"] * N, pa.binary()), "Binary|bytes"),
    "polars List": (pl.Series([[1]] * N), "List"),
    "polars Array": (pl.Series([[1, 2]] * N, dtype=pl.Array(pl.Int8, 2)), "Array"),
    "polars Struct": (pl.Series([{"a": 1}] * N), "Struct"),
    "polars Binary": (pl.Series([b"a"] * N), "Binary"),
    "polars objects": (pl.Series(plain_objects(), dtype=pl.Object), "object"),
    "arrow list": (pa.array([[1]] * N), "List"),
    "arrow list_view": (pa.array([[1]] * N, pa.list_view(pa.int8())), "list"),
    "arrow struct": (pa.array([{"a": 1}] * N), "Struct"),
    "arrow map": (pa.array([[("a", 1)]] * N, pa.map_(pa.string(), pa.int8())), "Map|List"),
    "arrow binary": (pa.array([b"a"] * N), "Binary"),
    "arrow binary_view": (pa.array([b"a"] * N, pa.binary_view()), "bytes"),
    "arrow large_binary": (pa.array([b"a"] * N, pa.large_binary()), "bytes|Binary"),
    "arrow fixed_size_binary": (pa.array([b"a"] * N, pa.binary(1)), "bytes"),
    "arrow interval": (pa.array([(1, 2, 3)] * N, pa.month_day_nano_interval()), "MonthDayNano"),
    "arrow dictionary of bytes": (dictionary([b"a", b"b"] * 3, pa.binary()), "Binary"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_plain_value_is_refused_by_the_name_of_its_column(name):
    column, held = REFUSED[name]
    frame = frame_of(column)
    said = refused(lambda: Pool(frame))
    assert said.startswith("Column 'c' ")
    assert re.search(held, said)
    raw = Pool(frame, features="passthrough")  # the user's own model may read it
    assert raw.features is frame
    assert refused(lambda: raw.points) == said


@pytest.mark.parametrize(
    "kind", [pa.binary(), pa.large_binary(), pa.binary(2), pa.binary_view()], ids=str
)
def test_columns_of_bytes_are_not_read_from_a_table_of_others(kind):
    table = pa.table({"picture": pa.array([b"ab"] * 3, kind), "n": [1, 2, 4]})
    assert readable(table) == ("n",)
    assert kind_of(table).columns == ("n",)


@pytest.mark.parametrize("beside", [{}, {"note": None}, {"note": None, "key": "r{}"}])
def test_a_text_is_one_whatever_no_model_can_use_beside_it(beside):
    texts = [f"{a} {b} {c} over {b} and {a}" for a in WORDS for b in WORDS for c in WORDS]
    held = {n: [v and v.format(i) for i in range(len(texts))] for n, v in beside.items()}
    found = kind_of(pa.table({"text": texts} | held))
    assert (found.name, found.columns) == ("text", ("text",))
    assert set(found.left_out) == set(beside)


WORDS = ("alpha", "beta", "gamma", "delta", "zeta")


# Names of columns


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (pd.DataFrame(np.eye(3), columns=["a", "b", "a"]), "two columns of one name, 'a';"),
        (pd.DataFrame(np.eye(3), columns=[0, 1, "0"]), "two columns of one name, 0 and '0';"),
        (pd.DataFrame(np.eye(3), columns=[1, "a", 1]), "two columns of one name, 1;"),
        (
            pa.Table.from_arrays([pa.array([1, 2]), pa.array([3, 4])], ["a", "a"]),
            "two columns of one name, 'a'",
        ),
        (
            pa.RecordBatch.from_arrays([pa.array([1, 2]), pa.array([3, 4])], ["a", "a"]),
            "two columns of one name, 'a'",
        ),
        (
            pd.DataFrame(np.eye(2), columns=pd.MultiIndex.from_tuples([("g", "a"), ("g", "b")])),
            "names of 2 levels",
        ),
    ],
)
@pytest.mark.parametrize("features", [None, "passthrough"])
def test_columns_need_a_name_each(frame, words, features):
    assert words in refused(lambda: Pool(frame, features=features))
    assert words in refused(lambda: TabularEncoder().fit(frame))


@pytest.mark.parametrize("names", [[0, 1], [("g", "a"), "b"], [np.nan, "b"], [1.5, dt.date.min]])
def test_names_of_any_type_are_read_as_texts(names):
    frame = pd.DataFrame({"x": [1.0, 2.0, 4.0], "y": [4.0, 6.0, 5.0]})
    frame.columns = pd.Index(names, tupleize_cols=False)
    pool = Pool(frame)
    assert pool.transformer.feature_names_in_.tolist() == [str(name) for name in names]
    assert pool[np.array([2, 0])].iloc[0].tolist() == [4.0, 5.0]
    assert where(pool, f"`{names[1]}` > 5").tolist() == [1]


# Frames of numbers


MAKE = {"pandas": pd.DataFrame, "polars": pl.DataFrame, "arrow": pa.table}


def numbers(n=40):
    rng = np.random.default_rng(0)
    return {
        "customer_id": list(range(n)),
        "amount": (1_000 * rng.random(n)).tolist(),
        "age": rng.integers(18, 90, n).tolist(),
    }


@pytest.mark.parametrize("library", MAKE)
def test_a_frame_of_numbers_is_encoded_like_a_mixed_one(library):
    make, data = MAKE[library], numbers()
    pool = Pool(make(data))
    mixed = Pool(make(data | {"kind": ["a", "b"] * 20}))
    assert pool.left_out == mixed.left_out == {"customer_id": "numbers the rows"}
    assert repr(pool) == "Pool(40 rows, 2 features; left out: 'customer_id' (numbers the rows))"
    assert np.array_equal(pool.features, mixed.features[:, :2])
    learner = ActiveLearner(pool, ["no", "yes"], minority="yes", seed=0)
    learner.teach([0, 1, 2, 3], ["yes", "no", "no", "yes"])
    model = learner.final_model()
    assert model.feature_names_in_.tolist() == ["amount", "age"]
    given = model.predict_proba(make(data))
    turned = make({"more": ["x"] * 40, "age": data["age"], "amount": data["amount"]})
    assert np.array_equal(model.predict_proba(turned), given)
    said = refused(lambda: model.predict_proba(make({"age": data["age"]})))
    assert "no column 'amount'" in said


@pytest.mark.parametrize("library", MAKE)
def test_what_whole_numbers_lose_is_said(library):
    pool = Pool(MAKE[library]({"code": LARGE, "n": [1, 2, 3, 4, 5, 7]}))
    assert pool.rounded == ["code"]
    assert repr(pool) == "Pool(6 rows, 2 features; rounded to 16 digits: 'code')"
    assert Pool(MAKE[library]({"code": [2**53, -(2**53), 1]})).rounded == []
    # An index is known by its exact values, also where two are one after rounding.
    assert Pool(MAKE[library]({"id": LARGE[:1] + [LARGE[0] + i for i in range(1, N)], "n": NUMBERS})
    ).left_out == {"id": "numbers the rows"}  # fmt: skip


def test_only_a_few_columns_are_named_where_a_pool_is_shown():
    data = {f"empty{i}": [None] * 3 for i in range(9)} | {"n": [1, 2, 4]}
    shown = repr(Pool(pl.DataFrame(data)))
    assert "'empty4' (holds no value), 4 more)" in shown
    assert "empty5" not in shown


def test_a_frame_of_numbers_costs_one_matrix_of_single_precision():
    import tracemalloc

    n, d = 100_000, 40
    frame = pl.DataFrame(np.random.default_rng(0).normal(size=(n, d)))
    tracemalloc.start()
    pool = Pool(frame)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert pool.features.nbytes == 4 * n * d
    assert peak < 1.4 * pool.features.nbytes


# Arrays and other containers


@pytest.mark.parametrize("kind", [np.float16, np.longdouble])
def test_arrays_of_other_precision_become_usual_ones(kind):
    X = np.random.default_rng(0).normal(size=(200, 3))
    X = (X * [10_000, 1, 1]).astype(kind)  # in half precision the squares overflow
    pool = Pool(X)
    assert pool.features.dtype == (np.float32 if kind == np.float16 else np.float64)
    assert np.array_equal(pool.features, X.astype(np.float64))
    for model in (None, HistGradientBoostingClassifier()):
        learner = ActiveLearner(pool, [0, 1], model, minority=1, seed=0)
        learner.teach(range(20), [0, 1] * 10)
        learner.teach(learner.query(3).rows, [0, 1, 0])
        assert np.isfinite(learner.final_model().predict_proba(X)).all()


MASKED = np.ma.masked_greater(np.arange(12).reshape(6, 2), 8)


def test_masked_cells_are_gaps():
    assert "Row 4, feature 1 of the pool is missing" in refused(lambda: Pool(MASKED))
    raw = Pool(MASKED, features="passthrough").features
    assert np.array_equal(raw, MASKED.astype(float).filled(np.nan), equal_nan=True)
    whole = Pool(np.ma.array(np.eye(3)))
    assert type(whole.features) is np.ndarray
    assert np.array_equal(whole.features, np.eye(3))


@pytest.mark.parametrize("form", ["csr", "csc", "coo", "lil", "dok", "dia", "bsr"])
@pytest.mark.parametrize("container", ["array", "matrix"])
@pytest.mark.parametrize("kind", [bool, np.uint8, int, np.float32, float, np.longdouble])
def test_sparse_containers(form, container, kind):
    X = np.arange(12).reshape(6, 2).astype(kind)
    pool = Pool(getattr(sparse, f"{form}_{container}")(X))
    assert pool.features.format == "csr"
    assert pool.features.dtype == (np.float32 if kind is np.float32 else np.float64)
    assert np.array_equal(pool.features.toarray(), X)
    assert pool[np.array([3, 1])].toarray().tolist() == X[[3, 1]].tolist()


def test_sparse_complex_numbers():
    said = refused(lambda: Pool(sparse.csr_array(np.eye(3) * 1j)))
    assert "complex128" in said


RECORDS = np.array([(1, 2.0), (3, 4.0)], dtype=[("a", int), ("b", float)])
SENTENCES = ["one red apple", "two green apples", "three old boats"]


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (RECORDS, "named fields a, b"),
        (RECORDS.view(np.recarray), "named fields a, b"),
        (np.array(SENTENCES)[:, None], r"shape \(3, 1\); give one text a row"),
        (np.array(SENTENCES, dtype=object)[:, None], r"shape \(3, 1\); give one text a row"),
        ([[s] for s in SENTENCES], r"shape \(3, 1\); give one text a row"),
        (np.array([[b"a"], [b"b"]]), "holds bytes"),
        (np.array([["007", "8"], ["1", "2"]], dtype=object), "mixes numbers"),
        ([["007", 8], ["1", 2]], "<U"),
        (np.array([[10**400, 1]], dtype=object), "mixes numbers"),
        (pd.Series([1, 2]), "one column of int64 values"),
        (pl.Series("c", [1, 2]), "one column of Int64 values"),
        (pa.array([1, 2]), "one column of int64 values"),
        (pa.chunked_array([["a text", None]]), "Row 1 of the texts is NoneType"),
        (pl.DataFrame({"c": [1]}).lazy(), "LazyFrame is not in memory"),
        (pa.table({"c": pa.array([], pa.int8())}), "empty"),
        (pl.DataFrame(), "empty"),
        (pd.DataFrame(index=[1, 2]), "no column"),
        (pd.DataFrame({"c": [None, None]}), "'c' holds no value"),
    ],
)
def test_other_containers_are_refused_in_one_sentence(data, words):
    assert re.search(words, refused(lambda: Pool(data)))


@pytest.mark.parametrize(
    "texts",
    [
        pa.array(SENTENCES),
        pa.array(SENTENCES, pa.large_string()),
        pa.array(SENTENCES, pa.string_view()),
        pa.array(SENTENCES).dictionary_encode(),
        pa.chunked_array([SENTENCES[:1], SENTENCES[1:]]),
        pl.Series(SENTENCES, dtype=pl.Categorical),
        pd.Series(SENTENCES, dtype="category"),
        pd.Series(SENTENCES, dtype="string", index=[3, 3, 1]),
        pd.Series(SENTENCES, dtype=pd.ArrowDtype(pa.string())),
        pd.Index(SENTENCES),
        pd.array(SENTENCES),
        np.array(SENTENCES, dtype=object),
    ],
    ids=lambda texts: f"{type(texts).__module__}.{type(texts).__name__}",
)
def test_columns_of_texts_are_pools_of_texts(texts):
    assert Pool(texts).data == SENTENCES


def test_a_record_batch_is_a_table():
    batch = pa.record_batch({"x": [1, 2, 4], "kind": ["a", "b", "a"]})
    assert np.array_equal(Pool(batch).features, Pool(pa.table(batch)).features)


# Rows that are passed through


def raw_rows(n=60):
    rng = np.random.default_rng(0)
    y = rng.random(n) < 0.3
    frame = pd.DataFrame(
        {
            "a": rng.normal(size=n) + 2 * y,
            "gaps": np.where(rng.random(n) < 0.2, np.nan, rng.normal(size=n)),
            "kind": pd.Categorical(rng.choice(["x", "y", "z"], n)),
        }
    )
    frame.loc[5, "kind"] = None
    return frame, np.where(y, "yes", "no")


FRAME, LABELS = raw_rows()
RAW = {
    "pandas": FRAME,
    "polars": pl.from_pandas(FRAME),
    "arrow": pa.Table.from_pandas(FRAME, preserve_index=False),
    "numbers with gaps": FRAME[["a", "gaps"]],
    "array with gaps": FRAME[["a", "gaps"]].to_numpy(),
    "array of objects": FRAME.to_numpy(dtype=object),
    "array of single precision": FRAME[["a", "gaps"]].to_numpy(np.float32),
    "texts": [
        f"{'good' if y == 'yes' else 'bad'} row {i % 9} {i % 7}" for i, y in enumerate(LABELS)
    ],
}
STARTS = {
    "nothing": [],
    "negatives": np.flatnonzero(LABELS == "no")[:3].tolist(),
    "one positive": np.flatnonzero(LABELS == "yes")[:1].tolist(),
}
BOOSTED = HistGradientBoostingClassifier(
    categorical_features="from_dtype", max_iter=5, min_samples_leaf=3
)


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("name", RAW)
@pytest.mark.parametrize("model", [None, BOOSTED], ids=["default", "boosted"])
def test_rows_passed_through_can_be_asked_and_learnt(name, model, start):
    if model is not None and name in ("texts", "array of objects", "arrow"):
        pytest.skip("scikit-learn's boosted trees do not read it")
    pool = Pool(RAW[name], features="passthrough")
    assert pool.transformer is None
    learner = ActiveLearner(pool, ["no", "yes"], model, minority="yes", seed=0)
    learner.teach(STARTS[start], LABELS[STARTS[start]])
    for _ in range(2):
        rows = learner.query(4).rows
        learner.teach(rows, LABELS[rows])
    found = learner.final_model().predict_proba(pool[np.arange(7)])
    assert found.shape == (7, 2)
    assert np.isfinite(found).all()


@pytest.mark.parametrize("name", ["pandas", "polars", "arrow"])
def test_distances_of_passed_through_frames_are_those_of_encoded_ones(name):
    raw, encoded = Pool(RAW[name], features="passthrough"), Pool(RAW[name])
    assert raw.features is RAW[name]
    assert np.array_equal(raw.points, encoded.points)
    assert raw.encoded.transformer.feature_names_in_.tolist() == ["a", "gaps", "kind"]
    assert like(raw, 3, 5).tolist() == like(encoded, 3, 5).tolist()
    some = raw.only(np.arange(10))
    assert some.features is not raw.features
    assert len(some.points) == 10
    assert encoded.encoded is encoded


def test_table_files_passed_through_have_distances_too(tmp_path):
    pq.write_table(RAW["arrow"], tmp_path / "rows.parquet")
    pool = Pool(TableFiles([tmp_path / "rows.parquet"]), features="passthrough")
    assert np.allclose(pool.points, Pool(RAW["arrow"]).points, atol=1e-5)
    learner = ActiveLearner(pool, ["no", "yes"], minority="yes", seed=0)
    assert len(learner.query(4)) == 4


def test_distances_of_arrays_with_gaps_use_medians_and_indicators():
    X = np.array([[1.0, 2.0], [np.nan, 2.5], [3.0, np.inf], [8.0, 1.0]])
    found = Pool(X, features="passthrough").encoded.features
    assert found.tolist() == [[1, 2, 0, 0], [3, 2.5, 1, 0], [3, 2, 0, 1], [8, 1, 0, 0]]
    whole = np.eye(3)
    assert Pool(whole, features="passthrough").encoded.features is whole


# scikit-learn's own setting of the output


@pytest.mark.parametrize("output", ["pandas", "polars"])
@pytest.mark.parametrize(
    "data",
    [FRAME, RAW["polars"], numbers(), RAW["texts"], FRAME[["a"]].to_numpy(), "wide", "raw"],
    ids=["pandas", "polars", "numbers", "texts", "array", "wide", "raw"],
)
def test_an_output_set_for_all_transformers_changes_nothing(output, data):
    features = "passthrough" if isinstance(data, str) and data == "raw" else None
    if isinstance(data, str):
        wide = {f"w{i}": ["u", "v"] * 30 for i in range(300)}
        data = FRAME if data == "raw" else FRAME.assign(**wide)
    data = pl.DataFrame(data) if isinstance(data, dict) else data

    def asked():
        pool = Pool(data, features=features)
        learner = ActiveLearner(pool, ["no", "yes"], minority="yes", seed=0)
        learner.teach([0, 1, 2], LABELS[:3])
        rows = []
        for _ in range(2):
            rows.append(learner.query(3).rows.tolist())
            learner.teach(rows[-1], LABELS[rows[-1]])
        model = learner.final_model()
        assert isinstance(model, Pipeline) or features is None or pool.transformer is None
        return rows, np.asarray(model.predict_proba(pool[np.arange(5)]))

    rows, probabilities = asked()
    with sklearn.config_context(transform_output=output):
        again, same = asked()
    assert again == rows
    assert same == pytest.approx(probabilities, rel=1e-4)  # columns lie otherwise in memory


# Searches


def test_searches_name_what_is_wrong():
    frame = Pool(pd.DataFrame({"n": [1, 2, 3], "kind": ["a", "b", "a"]}))
    for wrong in ("text", ["red", "apple"], 1.5, None, [[1], [2]], True):
        assert "give ids of rows" in refused(lambda wrong=wrong: like(frame, wrong))
    assert "There is no column 'size'" in refused(lambda: where(frame, "size > 3"))
    assert "not more or less than a number" in refused(lambda: where(frame, "kind > 3"))
    assert "give a text" in refused(lambda: where(frame, 3))
    assert "no column names" in refused(lambda: where(Pool(np.eye(3)), "a > 3"))
    assert "one text" in refused(lambda: containing(frame, ["a"]))
    assert "holds none" in refused(lambda: containing(Pool(pl.DataFrame({"n": [1, 2]})), "a"))


@pytest.mark.parametrize(
    "column",
    [
        pa.array(SENTENCES, pa.string_view()),
        pa.array(SENTENCES).dictionary_encode(),
        pl.Series(SENTENCES, dtype=pl.Categorical),
        pd.Series(SENTENCES, dtype=object),
        pd.Series(SENTENCES, dtype="category"),
    ],
)
def test_words_are_found_in_every_type_of_text(column):
    frames = {
        pl.Series: lambda: pl.DataFrame({"c": column, "lists": [[1]] * 3}),
        pd.Series: lambda: pd.DataFrame({"c": column, "lists": [[1]] * 3}),
    }
    frame = frames.get(type(column), lambda: pa.table({"c": column, "lists": [[1]] * 3}))()
    assert containing(Pool(frame, features="passthrough"), "apple").tolist() == [0, 1]


# Random frames


def gaps(values):
    return st.one_of(st.none(), values)


WIDE = st.integers(-(2**63), 2**63 - 1)
DTYPES = {
    "int64": (WIDE, {"polars": pl.Int64, "arrow": pa.int64(), "pandas": "Int64"}),
    "uint64": (
        st.integers(0, 2**64 - 1),
        {"polars": pl.UInt64, "arrow": pa.uint64(), "pandas": "UInt64"},
    ),
    "int8": (
        st.integers(-128, 127),
        {"polars": pl.Int8, "arrow": pa.int8(), "pandas": pd.ArrowDtype(pa.int8())},
    ),
    "float64": (
        st.floats(width=64),
        {"polars": pl.Float64, "arrow": pa.float64(), "pandas": "float64"},
    ),
    "float32": (
        st.floats(width=32),
        {"polars": pl.Float32, "arrow": pa.float32(), "pandas": "float32"},
    ),
    "bool": (st.booleans(), {"polars": pl.Boolean, "arrow": pa.bool_(), "pandas": "boolean"}),
    "decimal": (
        st.decimals(-(10**6), 10**6, places=2),
        {"polars": pl.Decimal(12, 2), "arrow": pa.decimal128(12, 2), "pandas": object},
    ),
    "date": (
        st.dates(dt.date(1700, 1, 1), dt.date(2200, 1, 1)),
        {"polars": pl.Date, "arrow": pa.date64(), "pandas": object},
    ),
    "datetime": (
        st.datetimes(dt.datetime(1700, 1, 1), dt.datetime(2200, 1, 1)),
        {"polars": pl.Datetime("us"), "arrow": pa.timestamp("us"), "pandas": "datetime64[us]"},
    ),
    "duration": (
        st.timedeltas(-dt.timedelta(10_000), dt.timedelta(10_000)),
        {"polars": pl.Duration("us"), "arrow": pa.duration("us"), "pandas": "timedelta64[us]"},
    ),
    "string": (
        st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=5),
        {"polars": pl.String, "arrow": pa.string_view(), "pandas": "string"},
    ),
    "category": (
        st.sampled_from(["x", "y", "", " ", "1"]),
        {
            "polars": pl.Categorical,
            "arrow": pa.dictionary(pa.int32(), pa.string()),
            "pandas": "category",
        },
    ),
    "mixed": (
        st.one_of(st.integers(-9, 9), st.sampled_from(["x", "1"]), st.booleans()),
        {"pandas": object},
    ),
    "bytes": (st.binary(max_size=3), {"polars": pl.Binary, "arrow": pa.binary(), "pandas": object}),
    "list": (
        st.lists(st.integers(0, 9), max_size=2),
        {"polars": pl.List(pl.Int64), "arrow": pa.list_(pa.int64()), "pandas": object},
    ),
}


def converted(value):
    """What plain Python makes of a value: a number, or a text."""
    if isinstance(value, dt.datetime):
        return (value - EPOCH) / DAY
    if isinstance(value, dt.date):
        return float(value.toordinal() - EPOCH.toordinal())
    if isinstance(value, dt.timedelta):
        return value / DAY
    if isinstance(value, float) and value != value:
        return None
    return value if value is None or isinstance(value, str) else float(value)


def column_of(library, values, kind):
    if library == "polars":
        return pl.Series(values, dtype=kind)
    if library == "arrow":
        return pa.array(values, kind)
    return pd.Series(values, dtype=kind)


@st.composite
def frames(draw):
    library = draw(st.sampled_from(["pandas", "polars", "arrow"]))
    names = [name for name, (_, kinds) in DTYPES.items() if library in kinds]
    n = draw(st.integers(1, 12))
    columns = {}
    for i in range(draw(st.integers(1, 4))):
        name = draw(st.sampled_from(names))
        values, kinds = DTYPES[name]
        given = draw(st.lists(gaps(values), min_size=n, max_size=n))
        columns[f"{name} {i}"] = (given, column_of(library, given, kinds[library]))
    return columns, MAKE[library]({name: column for name, (_, column) in columns.items()})


@settings(max_examples=150, deadline=None)
@given(frames())
def test_a_random_frame_is_read_right_or_refused(made):
    columns, frame = made
    try:
        pool = Pool(frame)
    except InputError as error:
        said = str(error)
        assert "\n" not in said
        assert any(repr(name) in said for name in columns)
        bad = ("bytes", "list", "float64", "float32")  # infinite and huge ones among the floats
        useless = "no column that a model can use" in said
        assert useless or any(repr(n) in said and n.startswith(bad) for n in columns)
        return
    assert len(pool) == len(frame)
    used = pool.transformer.feature_names_in_.tolist()
    assert {*used, *pool.left_out} == {*columns}
    assert np.isfinite(pool.points).all()
    for name, (handed, _) in columns.items():
        kind, values = values_of(frame, name)
        if kind == "strings":
            assert values == [None if v is None else str(v) for v in handed]
        elif kind != "nothing":
            assert values == as_floats(map(converted, handed))
        else:
            assert all(converted(value) is None for value in handed)
        if name not in used:
            assert kind in ("nothing", "strings")
