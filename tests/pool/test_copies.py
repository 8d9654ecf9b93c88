"""Equal rows of a pool, and twins of a few."""

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from motherlode import ActiveLearner, Pool
from motherlode._files import opening
from motherlode._rows.unlabelled import Unlabelled
from motherlode.pool import _copies as copies
from motherlode.pool._copies import NO_COPIES, Copies, copies_of
from motherlode.pool._twins import twins_of


def kinds(features, data=None):
    """The sets of equal rows."""
    found = copies_of(features, data)
    return [found.rows[found.kind == k].tolist() for k in sorted(set(found.kind.tolist()))]


def by_comparison(rows):
    """The same by looking at every row."""
    seen = {}
    for i, row in enumerate(rows):
        seen.setdefault(row, []).append(i)
    return sorted(rows for rows in seen.values() if len(rows) > 1)


@settings(deadline=None, max_examples=50)
@given(arrays(np.float64, st.tuples(st.integers(1, 40), st.integers(1, 3)),
              elements=st.sampled_from([0.0, -0.0, 1.0, 2.0, 0.5, -1.0])))  # fmt: skip
def test_equal_rows_are_found_and_no_others(X):
    """The same as by comparing all, dense, in single precision, as a frame and sparse."""
    expected = by_comparison([tuple(row) for row in (X + 0.0).tolist()])
    frame = pd.DataFrame(X, columns=[f"c{j}" for j in range(X.shape[1])])
    kinds_of = [X, X.astype(np.float32), sp.csr_matrix(X), frame, pl.from_pandas(frame)]
    for features in kinds_of:
        assert sorted(kinds(features)) == expected


def test_gaps_are_equal_and_categories_count():
    """Rows of a frame that differ in a category alone are no copies; a gap equals a gap."""
    x = [1.0, np.nan, 1.0, np.nan, 1.0, 2.5, 1.0, 1.0]
    frame = pd.DataFrame({"x": x, "c": [*"abaabb", None, None]})
    for table in (frame, pl.from_pandas(frame), pa.Table.from_pandas(frame, preserve_index=False)):
        for features in (None, "passthrough"):
            assert sorted(kinds_of_pool(Pool(table, features))) == [[0, 2], [6, 7]]


def kinds_of_pool(pool):
    return kinds(pool.features, pool.data)


def in_one_form(n=190):
    """Letters of words, and then ten that differ in a number alone, which no other has."""
    rng = np.random.default_rng(0)
    words = ["rain", "sun", "road", "river", "field", "tower", "garden", "bridge", "market"]
    letters = [f"{i} {' '.join(rng.choice(words, 6))}" for i in range(n)]
    return letters + [f"Pay parcel {number} now" for number in range(4711, 4721)]


def test_texts_of_one_form_are_no_copies():
    """A number that one text alone has is nothing to the pool, and not nothing to a reader."""
    texts = [*in_one_form(), "now: pay parcel 4712", "pay: parcel 4712, now!"]
    pool = Pool(texts)
    assert len(np.unique(pool.words[192:200].toarray(), axis=0)) == 1
    assert pool.copies.rows.tolist() == [191, 200, 201]


def test_texts_of_one_form_are_all_asked_while_they_are_what_is_looked_for():
    pool, y = Pool(in_one_form()), np.arange(200) >= 190
    learner = ActiveLearner(pool, [False, True], minority=True, seed=0)
    learner.teach([190, 0, 1], y[[190, 0, 1]])
    for _ in range(12):
        query = learner.query(1)
        learner.teach(query, y[query.rows])
    assert learner.labelled[1].sum() >= 9


def test_texts_are_equal_by_what_the_pool_makes_of_them():
    """Upper case is nothing to the pool; of unknown words it knows nothing, so texts decide."""
    texts = ["red apple pie", "Red apple pie", "green apple pie", "", "", "?", "!"]
    assert sorted(kinds_of_pool(Pool(texts))) == [[0, 1], [3, 4]]
    assert sorted(kinds_of_pool(Pool(["a b", "a b", "b c"], "passthrough"))) == [[0, 1]]


def test_sparse_cells_that_are_written_twice_or_as_zero():
    """What a cell adds up to is what counts."""
    data, rows, columns = [1.0, 1.0, 2.0, 0.0, 2.0], [0, 0, 1, 1, 2], [3, 3, 3, 1, 2]
    indptr = np.searchsorted(rows, range(4))
    X = sp.csr_matrix((data, columns, indptr), shape=(3, 4))
    assert kinds(X) == [[0, 1]]
    assert X.nnz == 5  # and the matrix is left as it was


def test_minus_one_is_not_minus_two_among_objects():
    """Python has one hash for both."""
    assert kinds(np.array([[-1, "a"], [-2, "a"], [-1, "a"]], dtype=object)) == [[0, 2]]


def test_a_pool_on_disk_has_the_copies_of_one_in_memory(tmp_path, monkeypatch):
    """Blocks change nothing."""
    rng = np.random.default_rng(0)
    frame = pd.DataFrame(rng.integers(0, 6, size=(500, 3)).astype(float), columns=list("abc"))
    frame.to_parquet(tmp_path / "rows.parquet", row_group_size=77)
    monkeypatch.setattr(opening, "HELD", 0)
    monkeypatch.setattr(copies, "_STORED_ROWS", 64)
    found, held = Pool(tmp_path / "rows.parquet").copies, Pool(frame).copies
    assert found.rows.tolist() == held.rows.tolist()
    pairs = set(zip(found.kind.tolist(), held.kind.tolist(), strict=True))
    assert len(pairs) == held.kind.max() + 1


def test_large_pools_are_not_looked_through(monkeypatch):
    """A pass over them is a cost of its own."""
    monkeypatch.setattr(copies, "MOST_ROWS", 3)
    assert copies_of(np.zeros((4, 1))) is NO_COPIES
    assert len(copies_of(np.zeros((3, 1)))) == 2


def test_what_is_left_when_rows_are_known():
    """Kinds: {0, 3, 5}, {1, 4}; rows 2 and 6 are alone."""
    found = copies_of(np.array([0.0, 1.0, 2.0, 0.0, 1.0, 0.0, 6.0])[:, None])
    left = Unlabelled(7, [3, 2])
    assert found.fresh(left).ids.tolist() == [1, 6]
    assert found.others(left).tolist() == [0, 4, 5]
    assert found.unsettled(left).ids.tolist() == [1, 4, 6]
    assert found.count_represented(np.array([2, 3]), left).tolist() == [0.0, 2.0]
    shared = found.count_represented(np.array([5, 3, 4]), Unlabelled(7, [3, 4, 5]))
    assert shared.tolist() == [0.5, 0.5, 1]
    assert NO_COPIES.fresh(left) is left
    assert NO_COPIES.unsettled(left) is left


@pytest.mark.parametrize("dimensions", [2, 40])
def test_twins_are_nearly_identical_and_random_rows_are_none(dimensions):
    """Five rows each, moved by a millionth; of random rows none are so near."""
    rng = np.random.default_rng(0)
    V = 100 * rng.normal(size=(60, dimensions)) + 1e4
    X = np.repeat(V, 5, axis=0) + 1e-5 * rng.normal(size=(300, dimensions))
    pairs = Pool(X).twins.pairs(X)
    assert (pairs // 5)[:, 0].tolist() == (pairs // 5)[:, 1].tolist()
    assert len(pairs) == 60 * 10
    assert bool((pairs[:, 0] < pairs[:, 1]).all())
    assert not len(Pool(V).twins.pairs(V))


def test_twins_of_texts_and_of_what_has_no_numbers():
    """A cosine of .95 for texts; strings passed through have none."""
    texts = ["one two three four five six", "six five four three two one", "seven eight nine"]
    pool = Pool(texts)
    assert pool.twins.pairs(pool.features).tolist() == [[0, 1]]
    assert Pool(texts, "passthrough").twins is None
    assert Pool(pd.DataFrame({"c": list("aab")}), "passthrough").twins is None
    gaps = np.array([[np.nan, 1.0], [np.nan, 1.0], [5.0, 2.0]])
    pool = Pool(gaps, "passthrough")
    assert pool.twins.pairs(pool.features).tolist() == [[0, 1]]


@pytest.mark.parametrize("made", [np.asarray, sp.csr_array, pd.DataFrame])
def test_twins_of_some_rows_among_others(made):
    X = np.random.default_rng(0).normal(size=(300, 4))
    X[7] = X[3] * 1.0001
    X[8] = -X[3]
    rows, others = made(X[[7, 8, 3]]), made(X[[3]])
    assert twins_of(made(X)).near(rows, others).tolist() == [True, False, True]


def test_twins_of_rows_that_are_all_the_same():
    X = np.ones((20, 2))
    assert twins_of(X).near(X[:2], X[5:6]).all()


def test_copies_of_two_kinds_are_joined_and_the_row_of_highest_standing_comes_first():
    equal = copies_of(np.array([[1.0], [1.0], [2.0], [3.0], [4.0]]))
    told = Copies(np.array([1, 2, 3, 4]), np.array([0, 0, 1, 1]), np.array([0.0, 1.0, 0.0, 0.0]))
    both = equal.joined(told)
    assert both.kinds(np.arange(5)).tolist() == [0, 0, 0, 1, 1]
    assert both.fresh(Unlabelled(5, [])).ids.tolist() == [2, 3]
    assert both.fresh(Unlabelled(5, [4])).ids.tolist() == [2]
    assert equal.joined(NO_COPIES) is equal
