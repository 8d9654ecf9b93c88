import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from motherlode import InputError
from motherlode.models._neural.rows import Batches, class_weights, dense, held_out


def test_rows_of_any_kind_are_dense_and_single():
    X = np.array([[0.0, 2.0], [1.0, 0.0]])
    for given_rows in (X, csr_matrix(X), pd.DataFrame(X), X.tolist()):
        found = dense(given_rows)
        assert found.dtype == np.float32
        assert np.array_equal(found, X)


@given(st.integers(1, 70), st.integers(1, 40))
def test_an_epoch_shows_every_row_in_full_batches(n, size):
    batches = Batches(np.zeros(n, int), size, False, np.random.default_rng(0))
    first, second = list(batches), list(batches)
    assert len(first) == len(second) == len(batches) == size * -(-n // size)
    assert set(first) == set(second) == set(range(n))


def test_balanced_batches_hold_the_classes_in_equal_numbers():
    codes = np.array([0] * 90 + [1] * 3 + [3] * 7)
    order = list(Batches(codes, 9, True, np.random.default_rng(0)))
    for batch in np.reshape(order, (-1, 9)):
        assert np.bincount(codes[batch], minlength=4).tolist() == [3, 3, 0, 3]


def test_weights_of_classes():
    names, totals = np.array(["a", "b", "c"]), np.array([90.0, 10.0, 0.0])
    assert class_weights(None, names, totals).tolist() == [1, 1, 1]
    assert class_weights("balanced", names, totals) == pytest.approx([50 / 90, 5, 1])
    assert class_weights({"b": 4}, names, totals).tolist() == [1, 4, 1]
    for wrong in ("even", {"d": 2}, {"b": 0}, {"b": float("nan")}):
        with pytest.raises(InputError, match="class_weight"):
            class_weights(wrong, names, totals)


@given(st.lists(st.integers(1, 30), min_size=2, max_size=4), st.integers(0, 5))
def test_held_out_rows_are_of_every_class_and_apart(sizes, seed):
    codes = np.repeat(np.arange(len(sizes)), sizes)
    kept, out = held_out(codes, 0.2, np.random.default_rng(seed))
    assert sorted([*kept, *out]) == list(range(len(codes)))
    assert set(codes[kept]) == set(codes)
    assert not len(out) or set(codes[out]) == set(codes)
    assert len(out) or min(sizes) < 2 or sum(sizes) < 2 * len(sizes) + 2
