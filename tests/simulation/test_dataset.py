import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import coo_matrix, csr_matrix

from motherlode.errors import InputError
from motherlode.simulation import Dataset, split

N = 50
NUMBERS = np.arange(N, dtype=float)
RARE = np.where(NUMBERS < 5, "rare", "rest")

# Each holds the row's number, and says how to read it off again.
CONTAINERS = {
    "array": (NUMBERS[:, None], lambda part: part[:, 0]),
    "rows as lists": ([[x] for x in NUMBERS.tolist()], lambda part: part[:, 0]),
    "csr": (csr_matrix(NUMBERS[:, None]), lambda part: part.toarray()[:, 0]),
    "coo": (coo_matrix(NUMBERS[:, None]), lambda part: part.toarray()[:, 0]),
    "texts": ([str(x) for x in NUMBERS], lambda part: [float(text) for text in part]),
    "text series": (
        pd.Series([str(x) for x in NUMBERS], index=range(900, 900 + N)),
        lambda part: [float(text) for text in part],
    ),
    "pandas": (
        pd.DataFrame({"x": NUMBERS, "word": "w"}, index=range(900, 900 + N)),
        lambda part: part["x"].to_numpy(),
    ),
    "polars": (pl.DataFrame({"x": NUMBERS}), lambda part: part["x"].to_numpy()),
    "pyarrow": (pa.table({"x": NUMBERS}), lambda part: part["x"].to_numpy()),
}


@pytest.mark.parametrize(("data", "numbers"), CONTAINERS.values(), ids=CONTAINERS)
class TestSplit:
    def test_keeps_every_row_once_beside_its_label(self, data, numbers):
        pool, pool_labels, test, test_labels = split(Dataset("d", data, RARE), seed=3)
        in_pool, in_test = np.array(numbers(pool)), np.array(numbers(test))
        assert sorted([*in_pool, *in_test]) == NUMBERS.tolist()
        assert (np.where(in_pool < 5, "rare", "rest") == pool_labels).all()
        assert (np.where(in_test < 5, "rare", "rest") == test_labels).all()

    def test_is_paired_by_seed(self, data, numbers):
        dataset = Dataset("d", data, RARE)
        once, again, other = (split(dataset, seed) for seed in (3, 3, 4))
        assert list(numbers(once[0])) == list(numbers(again[0]))
        assert list(numbers(once[0])) != list(numbers(other[0]))


def test_both_parts_hold_their_share_of_every_class():
    labels = np.repeat(["a", "b", "c"], [100, 40, 10])
    _, pool_labels, _, test_labels = split(Dataset("d", np.zeros((150, 1)), labels), seed=0)
    assert np.unique(test_labels, return_counts=True)[1].tolist() == [40, 16, 4]
    assert np.unique(pool_labels, return_counts=True)[1].tolist() == [60, 24, 6]


def test_rows_come_in_random_order():
    pool, *_ = split(Dataset("d", NUMBERS[:, None], RARE), seed=0)
    assert (np.diff(pool[:, 0]) < 0).any()


@given(
    st.lists(st.integers(2, 12), min_size=2, max_size=5),
    st.integers(0, 10_000),
    st.floats(0.05, 0.95),
)
def test_two_rows_of_a_class_are_enough_for_both_parts(counts, seed, share):
    labels = np.repeat(np.arange(len(counts)), counts)
    parts = split(Dataset("d", np.zeros((labels.size, 1)), labels), seed, share)
    assert set(parts[1]) == set(parts[3]) == set(labels.tolist())


def test_the_only_row_of_a_class_nobody_seeks_goes_to_the_pool():
    labels = ["rest"] * 10 + ["rare"] * 4 + ["odd"]
    _, pool_labels, _, test_labels = split(
        Dataset("d", np.zeros((15, 1)), labels, minority="rare"), seed=0
    )
    assert "odd" in pool_labels
    assert "odd" not in test_labels


@pytest.mark.parametrize("labels", [["rest"] * 9 + ["rare"], ["rest"] + ["rare"] * 9])
def test_a_split_that_cannot_be_is_refused(labels):
    with pytest.raises(InputError, match="'d' has too few rows to split"):
        split(Dataset("d", np.zeros((10, 1)), labels, minority="rare"), seed=0)


@pytest.mark.parametrize("share", [0.0, 1.0, -1, 2])
def test_a_share_that_cannot_be_is_refused(share, blobs):
    with pytest.raises(InputError, match="share"):
        split(blobs, 0, share)


class TestMinority:
    @pytest.mark.parametrize(
        ("labels", "rarest"),
        [
            (["a", "a", "b"], "b"),
            ([3, 3, 1], 1),
            ([True, False, False], True),
            (pd.Series(["x", "y", "y"], dtype="category"), "x"),
            (np.array(["p", "q", "p"], dtype=object), "q"),
        ],
    )
    def test_is_the_rarest_by_default(self, labels, rarest):
        dataset = Dataset("d", np.zeros((3, 1)), labels)
        assert dataset.minority == (rarest,)
        assert dataset.is_positive.tolist() == [label == rarest for label in labels]

    @pytest.mark.parametrize("minority", [[2, 0], (0, 2), {0, 2}, np.array([2, 0])])
    def test_may_be_several(self, minority):
        dataset = Dataset("d", np.zeros((5, 1)), [0, 1, 1, 2, 3], minority)
        assert dataset.minority == (0, 2)
        assert dataset.is_positive.tolist() == [True, False, False, True, False]

    def test_a_label_is_not_taken_for_its_beginning(self):
        dataset = Dataset("d", np.zeros((3, 1)), ["ab", "a", "a"], minority="ab")
        assert dataset.is_positive.tolist() == [True, False, False]

    @pytest.mark.parametrize("minority", ["z", [], ["a", "b"], ["a", "z"]])
    def test_must_be_some_of_the_classes(self, minority):
        with pytest.raises(InputError, match=r"positive classes in 'd'.*\['a', 'b'\]"):
            Dataset("d", np.zeros((3, 1)), ["a", "a", "b"], minority)


@pytest.mark.parametrize(
    ("data", "labels", "problem"),
    [
        (np.zeros((3, 1)), ["a", "b"], "3 rows and labels of shape"),
        (np.zeros((2, 1)), [["a"], ["b"]], "3 rows|labels of shape"),
        (np.zeros((2, 1)), ["a", "a"], "has 1 class"),
        (np.zeros((3, 1)), [0.0, 1.0, np.nan], "missing"),
        (np.zeros((3, 1)), np.array(["a", None, "b"], dtype=object), "mix types or have gaps"),
        (np.zeros((2, 1)), np.array(["a", 1], dtype=object), "mix types"),
        ("rows.csv", ["a", "b"], "is a path"),
    ],
)
def test_what_does_not_fit_is_refused(data, labels, problem):
    with pytest.raises(InputError, match=problem):
        Dataset("d", data, labels)


def test_it_says_what_it_is(blobs):
    assert repr(blobs) == "Dataset('blobs', 400 rows, 24 sought)"
    assert blobs.classes == ["rare", "rest"]
