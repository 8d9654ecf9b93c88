import datetime as dt
import pickle

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from motherlode import ActiveLearner, Pool
from motherlode.errors import InputError
from motherlode.pool._tabular import TabularEncoder

FRAMES = [pd.DataFrame, pl.DataFrame, pa.table]
ROOT = 1.5**0.5  # of the standardised 0, 1, 2
WORDS = ["ore", "vein", "shaft", "gold", "seam", "rock", "pick", "lamp", "cart", "dust"]


def encode(columns, make=pl.DataFrame):
    encoder = TabularEncoder()
    return encoder, encoder.fit_transform(make(columns))


def notes(n: int) -> list[str]:
    rng = np.random.default_rng(0)
    return [" ".join(rng.choice(WORDS, 6)) for _ in range(n)]


@pytest.mark.parametrize("make", FRAMES)
def test_numbers_booleans_and_gaps_by_hand(make):
    _, found = encode({"n": [1, 2, 3], "c": [5, 5, 5], "g": [None, 1.0, 3.0]}, make)
    # The gap takes the median 2, which is the mean as well.
    expected = [[-ROOT, 0, 0, 1], [0, 0, -ROOT, 0], [ROOT, 0, ROOT, 0]]
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, expected, atol=1e-6)


@pytest.mark.parametrize("make", FRAMES)
def test_categories_by_hand(make):
    encoder, found = encode({"s": ["a", None, "b", "a", ""]}, make)
    assert encoder.get_feature_names_out().tolist() == ["s=", "s=a", "s=b", "s: missing"]
    expected = [[0, 1, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0], [0, 1, 0, 0], [1, 0, 0, 0]]
    np.testing.assert_array_equal(found, expected)


def mixed() -> dict[str, list]:
    day = dt.timedelta(days=1)
    start = dt.datetime(2020, 1, 1)
    return {
        "n": [1, None, 3, 7],
        "flag": [True, None, False, True],
        "s": ["a", None, "", "a"],
        "d": [start.date(), None, start.date() + 2 * day, start.date()],
        "t": [start, None, start + 1.5 * day, start],
        "z": [(start + i * day).replace(tzinfo=dt.UTC) for i in range(4)],
        "clock": [dt.time(6), None, dt.time(12, 30, 5), dt.time(0)],
        "span": [day, None, 0.25 * day, -day],
        "empty": [None] * 4,
        "note": ["gold in the old shaft", None, "no gold in this seam", "an old lamp in dust"],
    }


def test_pandas_polars_and_arrow_give_the_same_answer():
    encoders, answers = zip(*[encode(mixed(), make) for make in FRAMES], strict=True)
    for encoder, found in zip(encoders[1:], answers[1:], strict=True):
        np.testing.assert_array_equal(found.toarray(), answers[0].toarray())
        assert encoder.get_feature_names_out().tolist() == list(encoders[0].get_feature_names_out())
        assert encoder.dropped_ == {"empty": "holds no value"}


def test_an_encoder_fitted_on_one_kind_of_frame_reads_the_others():
    encoder = TabularEncoder().fit(pd.DataFrame(mixed()))
    for make in FRAMES:
        found = encoder.transform(make(mixed()))
        np.testing.assert_array_equal(
            found.toarray(), encoder.fit_transform(pd.DataFrame(mixed())).toarray()
        )


@pytest.mark.parametrize("make", FRAMES)
def test_categorical_dtypes_are_strings(make):
    words = ["lo", None, "hi", "lo"]
    frame = {
        pd.DataFrame: lambda: pd.DataFrame({"s": pd.Categorical(words)}),
        pl.DataFrame: lambda: pl.DataFrame({"s": pl.Series(words, dtype=pl.Enum(["lo", "hi"]))}),
        pa.table: lambda: pa.table({"s": pa.array(words).dictionary_encode()}),
    }[make]()
    np.testing.assert_array_equal(TabularEncoder().fit_transform(frame), encode({"s": words})[1])


@pytest.mark.parametrize("make", FRAMES)
def test_dates_are_days(make):
    start = dt.datetime(1970, 1, 2, 12)
    encoder, found = encode({"t": [start, start + dt.timedelta(days=2)]}, make)
    np.testing.assert_allclose(found, [[-1], [1]])
    # The mean is day 2.5 and one deviation a day, so day 10 is 7.5 deviations off.
    later = encoder.transform(make({"t": [dt.datetime(1970, 1, 11)]}))
    np.testing.assert_allclose(later, [[7.5]])


def test_new_rows_are_measured_by_the_pool():
    encoder, _ = encode({"n": [0, 2, 0, 2], "g": [1, None, 1, 3], "s": ["a", "a", "b", "b"]})
    new = pl.DataFrame({"x": ["extra"], "s": ["unseen"], "g": [None], "n": [None]})
    found = dict(
        zip(encoder.get_feature_names_out(), encoder.transform(new)[0].tolist(), strict=True)
    )
    # The median of g is 1, its mean 1.5 once the gap is filled, its variance 0.75.
    assert found == {
        "n": pytest.approx(0), "g": pytest.approx(-0.5 / 0.75**0.5), "g: missing": 1,
        "s=a": 0, "s=b": 0,
    }  # fmt: skip


def test_many_categories_fold_the_rarest_and_the_unseen_into_other():
    common = [f"c{i:02d}" for i in range(49) for _ in range(3)]
    rare = [f"r{i}" for i in range(20)]
    encoder, found = encode({"s": common + rare})
    names = encoder.get_feature_names_out().tolist()
    assert names == [f"s=c{i:02d}" for i in range(49)] + ["s: other"]
    assert found[:, -1].tolist() == [0] * len(common) + [1] * len(rare)
    assert encoder.transform(pl.DataFrame({"s": ["new"]}))[0].tolist() == [0] * 49 + [1]


def test_text_becomes_words_and_the_result_sparse():
    encoder, found = encode({"n": list(range(60)), "note": notes(60)})
    assert sp.issparse(found)
    assert found.format == "csr"
    assert found.dtype == np.float32
    assert encoder.get_feature_names_out().tolist() == ["n", *(f"note: {w}" for w in sorted(WORDS))]
    lengths = np.sqrt(found[:, 1:].multiply(found[:, 1:]).sum(axis=1))
    np.testing.assert_allclose(np.asarray(lengths).ravel(), 1, rtol=1e-5)


@pytest.mark.parametrize("made", ["all at once", "a part of new rows"])
def test_beside_a_text_all_other_columns_together_are_as_long_as_it(made):
    rng = np.random.default_rng(0)
    columns = {
        **{f"n{j}": rng.normal(5, 3, 200).round(3) for j in range(5)},
        "place": rng.choice(["north", "south", "east"], 200),
        "title": notes(200),
        "note": notes(200)[::-1],
    }
    encoder, found = encode(columns)
    if made == "a part of new rows":
        found = encoder.transform(pl.DataFrame(columns)[::2])
    names = encoder.get_feature_names_out()
    of_texts = np.array([name.startswith(("title: ", "note: ")) for name in names])
    squares = found.multiply(found).toarray()
    assert squares[:, ~of_texts].sum(axis=1).mean() == pytest.approx(1, abs=0.15)
    np.testing.assert_allclose(squares[:, of_texts].sum(axis=1), 2, rtol=1e-5)


def test_columns_of_noise_do_not_drown_a_text():
    rng = np.random.default_rng(0)
    rare = rng.permutation(600) < 12
    words, of_rare = np.array([f"w{i}" for i in range(300)]), [f"rare{i}" for i in range(6)]
    texts = [
        " ".join([*rng.choice(words, 20), *rng.choice(of_rare, 3 * is_rare)]) for is_rare in rare
    ]
    frame = pd.DataFrame({"text": texts} | {f"n{j}": rng.normal(size=600) for j in range(8)})
    learner = ActiveLearner(Pool(frame), classes=["no", "yes"], minority="yes", seed=0)
    learner.teach([int(np.flatnonzero(rare)[0])], ["yes"])
    while len(learner.labelled[0]) < 81:
        rows = learner.query(10).rows
        learner.teach(rows, ["yes" if rare[row] else "no" for row in rows])
    assert rare[learner.labelled[0]].sum() >= 10


def test_repeated_long_strings_are_categories():
    answers = ["yes I would do so again", "no I would never do so"] * 10
    encoder, found = encode({"s": answers})
    assert encoder.get_feature_names_out().tolist() == [f"s={a}" for a in sorted(set(answers))]
    assert found.shape == (20, 2)


def test_text_without_a_word_that_returns_is_dropped():
    texts = [" ".join(f"w{i}x{j}" for j in range(4)) for i in range(60)]
    encoder, found = encode({"n": list(range(60)), "t": texts})
    assert encoder.dropped_ == {"t": "holds no word that occurs twice"}
    assert found.shape == (60, 1)


def test_what_names_or_numbers_a_row_is_dropped():
    encoder, _ = encode(
        {
            "Id": [3, 2, 1] * 10,  # few values: a feature like any other
            "user_ID": list(range(100, 130)),
            "index": list(range(30, 0, -1)),
            "idea": list(range(30)),  # a name that only begins like one
            "key": [f"k{i}" for i in range(30)],
        }
    )
    assert encoder.dropped_ == {
        "user_ID": "numbers the rows",
        "index": "numbers the rows",
        "key": "differs in nearly every row",
    }
    assert encoder.feature_names_in_.tolist() == ["Id", "idea"]


@pytest.mark.parametrize("name", ["id", "case_ID", ""])
@pytest.mark.parametrize(
    "values",
    [
        [row // 2 for row in range(40)],
        [*range(20), *range(20)],
        np.random.default_rng(0).permutation(40).tolist(),
        [f"k{row % 20}" for row in range(40)],
    ],
    ids=["doubled", "two files", "shuffled", "strings"],
)
def test_ids_that_do_not_number_the_rows_are_dropped_by_their_name(name, values):
    frame = pa.table({name: values, "n": [1.5, 2.0] * 20})
    assert TabularEncoder().fit(frame).dropped_ == {
        name: "is named like an id, and few rows share a value"
    }
    other = pa.table({"amount": values, "n": [1.5, 2.0] * 20})
    assert TabularEncoder().fit(other).dropped_ == {}


def test_ids_beyond_the_precision_of_floats_are_still_seen():
    encoder, _ = encode({"id": [2**60 + i for i in range(5)], "n": [1, 1, 2, 2, 3]})
    assert list(encoder.dropped_) == ["id"]


def test_few_distinct_strings_in_few_rows_stay():
    encoder, _ = encode({"s": ["a", "b", "c"]})
    assert encoder.dropped_ == {}


def test_many_categories_make_a_sparse_result_and_many_numbers_do_not():
    wide = {f"c{i}": ["a", "b"] for i in range(250)}
    assert isinstance(encode(wide)[1], np.ndarray)
    assert sp.issparse(encode(wide | {"last": ["a", "b"]})[1])
    numbers = {f"c{i}": [0.0, 1.0] for i in range(1_000)}
    assert isinstance(encode(numbers)[1], np.ndarray)


def test_no_rows_in_a_new_frame_give_no_rows_back():
    for columns in ({"n": [1, 2]}, {"n": [1, 2], "t": notes(2)}):
        encoder, found = encode(columns)
        assert encoder.transform(pl.DataFrame(columns).clear()).shape == (0, found.shape[1])


def test_columns_need_no_string_names():
    found = TabularEncoder().fit_transform(pd.DataFrame([[1, 0], [2, 0], [3, 0]]))
    np.testing.assert_allclose(found, [[-ROOT, 0], [0, 0], [ROOT, 0]], atol=1e-6)


@pytest.mark.parametrize("make", FRAMES)
@pytest.mark.parametrize("bad", [np.inf, -np.inf, 1e300])
def test_infinite_and_huge_values_say_column_and_row(make, bad):
    columns = {"fine": [1.0, 2.0, 3.0], "dose": [1.0, None, bad]}
    with pytest.raises(InputError, match=r"'dose'.*row 2 "):
        encode(columns, make)
    encoder, _ = encode({"fine": [1.0, 2.0], "dose": [1.0, 2.0]}, make)
    with pytest.raises(InputError, match=r"'dose'.*row 2 "):
        encoder.transform(make(columns))


@pytest.mark.parametrize("make", FRAMES)
@pytest.mark.parametrize("bad", [[[1], [2, 3]], [{"a": 1}, {"a": 2}], [b"1", b"2"]])
def test_nested_columns_are_refused(make, bad):
    with pytest.raises(InputError, match="Column 'tags' holds"):
        encode({"n": [1, 2], "tags": bad}, make)


def test_a_missing_or_changed_column_is_named():
    encoder, _ = encode({"age": [1, 2], "sex": ["f", "m"]})
    with pytest.raises(InputError, match="no column 'sex'"):
        encoder.transform(pl.DataFrame({"age": [1, 2]}))
    with pytest.raises(InputError, match=r"needed, not Series; give rows as a frame, one row as"):
        encoder.transform(pd.DataFrame({"age": [1, 2], "sex": ["f", "m"]}).iloc[0])
    with pytest.raises(InputError, match=r"'age' holds strings here, .* into numbers first"):
        encoder.transform(pl.DataFrame({"age": ["old", "2"], "sex": ["f", "m"]}))
    encoder, _ = encode({"day": [dt.date(2020, 1, 1), dt.date(2020, 1, 3)]})
    with pytest.raises(InputError, match=r"turn it into dates first, as by pandas.to_datetime\."):
        encoder.transform(pl.DataFrame({"day": ["soon"]}))


@pytest.mark.parametrize("make", FRAMES)
@pytest.mark.parametrize("held", ["", None])
def test_a_gap_is_one_however_the_reader_of_a_file_writes_it(make, held):
    encoder, found = encode({"s": ["a", held, "b", "a"]}, make)
    for gap in ("", None):
        assert np.array_equal(encoder.transform(make({"s": ["a", gap, "b", "a"]})), found)


@pytest.mark.parametrize("kind", [pl.Null, pl.String, pl.Float64])
def test_a_column_all_missing_in_a_new_frame_is_missing(kind):
    encoder, _ = encode({"age": [1, 3], "sex": ["f", None]})
    blank = pl.DataFrame({"age": [None], "sex": [None]}, schema={"age": kind, "sex": kind})
    assert encoder.transform(blank).tolist() == [[0, 0, 1]]


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (pl.DataFrame({"n": []}), "no rows"),
        (pl.DataFrame({"id": [1, 2], "e": [None, None]}), "'id' numbers the rows, 'e' holds no"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "two columns of one name"),
        (np.zeros((2, 2)), "not ndarray"),
        (pl.LazyFrame({"n": [1]}), "lazy"),
    ],
)
def test_frames_that_cannot_be_used(frame, said):
    with pytest.raises(InputError, match=said):
        TabularEncoder().fit(frame)


def test_pandas_objects_of_other_kinds():
    day = dt.date(2020, 1, 1)
    frame = pd.DataFrame({"n": [1, None, True], "mix": [1, "b", None], "d": [day, None, day]})
    encoder = TabularEncoder().fit(frame.astype(object))
    assert encoder.get_feature_names_out().tolist() == [
        "n", "d", "n: missing", "d: missing", "mix=1", "mix=b", "mix: missing",
    ]  # fmt: skip


def test_it_is_a_scikit_learn_transformer():
    frame = pd.DataFrame(mixed())
    encoder = TabularEncoder()
    with pytest.raises(NotFittedError):
        encoder.transform(frame)
    found = encoder.fit(frame).transform(frame)
    again = pickle.loads(pickle.dumps(encoder)).transform(frame)
    np.testing.assert_array_equal(found.toarray(), again.toarray())
    with pytest.raises(NotFittedError):
        clone(encoder).transform(frame)
    model = make_pipeline(clone(encoder), LogisticRegression()).fit(frame, [0, 1, 0, 1])
    assert model.predict(frame).shape == (4,)


cell = st.none() | st.floats(-1e6, 1e6, allow_nan=False)
word = st.none() | st.sampled_from(["a", "b", "", "two words", "é"])


@settings(deadline=None, max_examples=40)
@given(st.lists(st.tuples(cell, word, st.none() | st.booleans()), min_size=1, max_size=12))
def test_any_frame_gives_finite_features_and_one_answer(rows):
    columns = {name: [row[j] for row in rows] for j, name in enumerate("xsb")}
    types = {"x": pa.float64(), "s": pa.string(), "b": pa.bool_()}
    table = pa.table({name: pa.array(columns[name], types[name]) for name in columns})
    frames = [table, table.to_pandas(), pl.from_arrow(table)]
    if all(value is None for values in columns.values() for value in values):
        with pytest.raises(InputError, match="no column that a model can use"):
            TabularEncoder().fit(table)
        return
    encoder = TabularEncoder().fit(table)
    answers = [encoder.transform(frame) for frame in frames]
    assert np.isfinite(answers[0]).all()
    assert answers[0].shape == (len(rows), len(encoder.get_feature_names_out()))
    for frame, answer in zip(frames, answers, strict=True):
        np.testing.assert_array_equal(answer, answers[0])
        np.testing.assert_array_equal(TabularEncoder().fit_transform(frame), answers[0])
