"""New rows in the pool: ids stay, all is as of one pool, and estimates know when rows came."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from learner.test_saving import START, X, Y, assert_same, label, learner
from scipy.sparse import csr_matrix
from strategies.test_contract import BINARY, model_for

from motherlode import ActiveLearner, InputError, Pool
from motherlode._files.tables import TableFiles
from motherlode.embedding import Embedding
from motherlode.estimation import Estimate, estimate_counts, pool_mean, positives
from motherlode.estimation._estimates import QUANTITIES
from motherlode.stopping import TargetRecall, forecast

OLD = START[START < 30]
WORDS = [f"red {'apple' if i % 3 else 'pear'} number{i % 11} of the tree" for i in range(60)]
COLUMNS = {
    "n": np.r_[np.arange(50.0), np.full(10, 400.0)],
    "kind": ["a", "b"] * 25 + ["c", None] * 5,
    "said": [f"one two three four five{i} six" for i in range(60)],
}


def part(data, rows):
    if isinstance(data, dict):
        return {name: list(np.array(values, dtype=object)[rows]) for name, values in data.items()}
    return [data[i] for i in range(len(data))[rows]] if isinstance(data, list) else data[rows]


def numbers(rows):
    rng = np.random.default_rng(3)
    return np.vstack([rng.normal(size=(45, 4)), rng.normal(3.0, 5.0, size=(15, 4))])[rows]


def frame(make):
    def of(rows):
        return make({name: list(values)[rows] for name, values in COLUMNS.items()})

    return of


KINDS = {
    "array": numbers,
    "float32": lambda rows: numbers(rows).astype(np.float32),
    "sparse": lambda rows: csr_matrix(numbers(rows) * (numbers(rows) > 1)),
    "texts": lambda rows: WORDS[rows],
    "pandas": frame(pd.DataFrame),
    "polars": frame(pl.DataFrame),
    "arrow": frame(pa.table),
    "frame of numbers": lambda rows: pd.DataFrame(numbers(rows), columns=list("abcd")),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_pool_is_then_the_pool_of_all_rows(kind):
    make = KINDS[kind]
    pool = Pool(make(slice(0, 50)))
    if kind != "arrow":
        for _ in (pool.points, pool.copies, pool.twins, pool.unit_vectors, pool.neighbours(3)):
            pass
    old = pool[np.arange(50)]
    assert pool.extend(make(slice(50, 60))) is pool
    whole = Pool(make(slice(0, 60)))
    assert len(pool) == 60
    assert str(pool[np.arange(50)]) == str(old)
    assert pool.digest == whole.digest
    for of in (lambda p: p.features, lambda p: p.points, lambda p: p.unit_vectors):
        one, other = of(pool), of(whole)
        dense = [np.asarray(m.toarray() if hasattr(m, "toarray") else m) for m in (one, other)]
        np.testing.assert_array_equal(*dense)
    assert pool.neighbours(5).ids.tolist() == whole.neighbours(5).ids.tolist()
    assert pool.log_density(1.0).tolist() == whole.log_density(1.0).tolist()
    assert pool.local_outlier_factor(4).tolist() == whole.local_outlier_factor(4).tolist()
    assert pool.copies.rows.tolist() == whole.copies.rows.tolist()


def test_an_encoder_encodes_the_new_rows_alone():
    seen = []

    class Lengths:
        def encode(self, texts):
            seen.extend(texts)
            return np.array([[len(text), text.count("e")] for text in texts], dtype=np.float32)

    pool = Pool(["one", "three"], features=Embedding(Lengths()))
    seen.clear()
    pool.extend(["fourteen"])
    assert set(seen) == {"fourteen"}
    assert pool.features.tolist() == [[3, 1], [5, 2], [8, 2]]


def test_rows_of_other_frames_and_types_of_numbers():
    pool = Pool(pd.DataFrame({"a": [1, 2, 3], "b": ["x", "y", "x"]}))
    pool.extend(pl.DataFrame({"b": ["z"], "a": [2.5]}))
    assert pool.data["a"].tolist() == [1.0, 2.0, 3.0, 2.5]
    assert pool.data["b"].tolist() == ["x", "y", "x", "z"]
    assert pool.data.index.tolist() == [0, 1, 2, 3]


def test_rows_of_a_path(tmp_path):
    pool = Pool(pa.table({"a": [1.0, 2.0], "b": ["x", "y"]}))
    pq.write_table(pa.table({"a": [3.0], "b": ["x"]}), tmp_path / "more.parquet")
    assert len(pool.extend(tmp_path / "more.parquet")) == 3


def test_a_pool_in_files_takes_more_files(tmp_path):
    rng = np.random.default_rng(0)
    a, b = rng.normal(size=(300, 2)), rng.normal(size=(40, 2))
    for name, rows in (("a", a), ("b", b)):
        pq.write_table(pa.table({"x": rows[:, 0], "y": rows[:, 1]}), tmp_path / f"{name}.parquet")
    pool = Pool(TableFiles([tmp_path / "a.parquet"]))
    made = ActiveLearner(pool, [0, 1], strategy="margin", minority=1)
    made.teach([0, 1, 2], [0, 1, 0])
    made.query(3)
    made.extend(tmp_path / "b.parquet")
    assert len(pool) == 340
    assert made.unlabelled[-1] == 339
    whole = Pool(TableFiles([tmp_path / "a.parquet", tmp_path / "b.parquet"]))
    other = ActiveLearner(whole, [0, 1], strategy="margin", minority=1)
    other.teach([0, 1, 2], [0, 1, 0])
    assert made.query(5).rows.tolist() == other.query(5).rows.tolist()
    with pytest.raises(InputError, match="stay in files"):
        pool.extend(pd.DataFrame({"x": [1.0], "y": [1.0]}))
    with pytest.raises(InputError, match="is no Parquet or Arrow file"):
        pool.extend(tmp_path / "c.csv")


@pytest.mark.parametrize(
    ("data", "more", "words"),
    [
        (X, X[:0], "no new row"),
        (X, X[:3, :2], "have 2 features and those of the pool have 3"),
        (X, ["a", "b"], "holds an array"),
        (X, np.full((1, 3), np.nan), "missing"),
        (X, 7, "cannot be made of int"),
        (WORDS, X, "holds texts"),
        (WORDS, ["a", 3], "not a text"),
        (pd.DataFrame(COLUMNS), X, "holds a frame"),
        (pd.DataFrame(COLUMNS), pd.DataFrame({"n": [1.0]}), "no column 'kind'"),
        (pd.DataFrame({"n": [1.0, 2.0]}), pd.DataFrame({"n": [1.0], "m": [2]}), "'m' more"),
        (pd.DataFrame({"n": [1.0, 2.0]}), pd.DataFrame({"n": ["x"]}), "Column 'n' holds String"),
    ],
    ids=lambda value: type(value).__name__ if not isinstance(value, str) else value,
)
def test_rows_of_another_kind_are_refused_and_the_pool_stays(data, more, words):
    pool = Pool(data)
    made = ActiveLearner(pool, [0, 1])
    for taker in (pool, made):
        with pytest.raises(InputError, match=words):
            taker.extend(more)
    assert len(pool) == len(Pool(data))
    assert pool.digest == Pool(data).digest


def test_memory_maps_say_what_to_do(tmp_path):
    np.save(tmp_path / "x.npy", X)
    with pytest.raises(InputError, match=r"memory-mapped files, .* make a Pool of them"):
        Pool(np.load(tmp_path / "x.npy", mmap_mode="r")).extend(X)


@pytest.mark.parametrize("name", BINARY)
def test_every_strategy_asks_as_of_a_pool_of_all_rows(name):
    some = learner(X[:30], strategy=BINARY[name], model=model_for(name), start=START[START < 30])
    whole = learner(X, strategy=BINARY[name], model=model_for(name), start=START[START < 30])
    some.query(3)
    some.extend(X[30:])
    assert some.unlabelled.tolist() == whole.unlabelled.tolist()
    first, second = some.query(5), whole.query(5)
    assert first.rows.tolist() == second.rows.tolist()
    assert first.utilities.tolist() == second.utilities.tolist()


def test_the_default_model_is_that_of_the_new_pool():
    some, whole = (ActiveLearner(rows, [0, 1], minority=1) for rows in (X[:30], X))
    for made in (some, whole):
        made.teach(START[START < 30], Y[START[START < 30]])
    some.predict_proba([0, 1])
    some.extend(X[30:])
    assert some.predict_proba(range(42)).tolist() == whole.predict_proba(range(42)).tolist()
    assert_same(some, whole)


def test_a_learner_notices_that_its_pool_was_extended():
    pool = Pool(X[:30])
    one, other = ActiveLearner(pool, [0, 1], minority=1), ActiveLearner(pool, [0, 1], minority=1)
    one.query(2)
    one.extend(X[30:])
    for made in (one, other):
        made.teach([41, 0], Y[[41, 0]])
        assert len(made.unlabelled) == 40
        made.skip([40])
        assert made.predict_proba([39]).shape == (1, 2)


def test_it_is_saved_with_its_arrivals(tmp_path):
    made = drawn_before_and_after(control=1.0)
    made.save(tmp_path / "kept")
    loaded = ActiveLearner.load(tmp_path / "kept", X)
    assert estimate_counts(loaded.session()) == estimate_counts(made.session())
    assert_same(made, loaded)


def drawn_before_and_after(before=12, after=10, **settings):
    made = learner(X[:30], start=OLD, **settings)
    if before:
        label(made, made.query(before).rows)
    made.extend(X[30:])
    if after:
        label(made, made.query(after).rows)
    return made


class TestEstimates:
    def test_draws_before_speak_for_the_older_rows(self):
        made = drawn_before_and_after(after=0, control=1.0)
        session = made.session()
        found = estimate_counts(session)
        said = "It speaks for 30 of 42 rows: 12 rows have come that no draw has reached yet."
        answers = [getattr(found, quantity) for quantity in QUANTITIES]
        assert {answer.speaks_for for answer in answers} == {said}
        alone = learner(X[:30], start=OLD, control=1.0)
        label(alone, alone.query(12).rows)
        expected = estimate_counts(alone.session())
        for quantity, answer in zip(QUANTITIES, answers, strict=True):
            one = getattr(expected, quantity)
            assert (answer.value, answer.low, answer.high) == (one.value, one.low, one.high)
        assert f"  of which rows: {said}" in forecast(session).lines()
        assert forecast(session).at_random == 12

    def test_positives_found_among_new_rows_are_not_among_the_older(self):
        made = drawn_before_and_after(after=0, control=1.0)
        made.teach(range(30, 40), [1] * 10)
        found = estimate_counts(made.session())
        alone = learner(X[:30], start=OLD, control=1.0)
        label(alone, alone.query(12).rows)
        expected = estimate_counts(alone.session())
        assert found.positives_left.high == expected.positives_left.high
        assert found.recall.high <= 1

    def test_with_draws_after_they_speak_for_all(self):
        found = positives(drawn_before_and_after(control=1.0).session())
        assert found.speaks_for == ""
        assert "by arrival" in found.method
        assert found.low <= Y.sum() <= found.high

    def test_rows_that_came_before_any_draw_are_no_arrival_of_their_own(self):
        made = drawn_before_and_after(before=0, after=12, control=1.0)
        assert made.session().arrivals is None

    def test_rows_asked_before_and_taught_after_were_drawn_from_the_older(self):
        made = learner(X[:30], start=[], control=1.0)
        rows = made.query(12).rows
        made.extend(X[30:])
        label(made, rows)
        assert positives(made.session()).speaks_for.startswith("It speaks for 30 of 42 rows")

    def test_rows_asked_again_after_are_drawn_from_all(self):
        made = learner(X[:30], start=[], control=1.0)
        made.query(12)
        made.extend(X[30:])
        label(made, made.query(12).rows)
        assert positives(made.session()).speaks_for == ""

    def test_what_reads_all_draws_takes_those_since(self):
        session = drawn_before_and_after(control=1.0).session()
        assert int(session.at_random.sum()) == 10
        assert int(session.drawn.sum()) == 22
        assert isinstance(pool_mean(session, session.positive), Estimate)
        early = drawn_before_and_after(after=0, control=1.0).session()
        said = str(pool_mean(early, early.positive))
        assert "of 12 rows drawn at random none was drawn since the last rows came" in said

    def test_a_proved_rule_does_not_stop_on_draws_that_missed_the_new_rows(self):
        rows = np.arange(400.0)[:, None]
        made = ActiveLearner(rows[:200], [0, 1], strategy="random", minority=1, control=1.0)
        made.teach(range(20), [1] * 20)
        asked = made.query(175).rows
        made.teach(asked, [0] * 175)
        assert TargetRecall().advise(made.session()).stop
        made.extend(rows[200:])
        assert not TargetRecall().advise(made.session()).stop
