import numpy as np
import pytest

from motherlode.errors import InputError
from motherlode.simulation import starting_rows
from motherlode.simulation._start import check_start

POSITIVE = np.arange(40) % 8 == 3


def test_none_is_nothing():
    assert starting_rows("none", POSITIVE, 0).tolist() == []
    assert starting_rows(0, POSITIVE, 0).tolist() == []


def test_one_is_one_positive():
    rows = starting_rows("one", POSITIVE, 0)
    assert rows.dtype == np.int64
    assert POSITIVE[rows].tolist() == [True]


def test_a_pair_is_so_many_positives_and_so_many_negatives():
    rows = starting_rows((2, 5), POSITIVE, 0)
    assert POSITIVE[rows].tolist() == [True] * 2 + [False] * 5
    assert len(set(rows.tolist())) == 7


def test_a_number_is_so_many_rows_at_random():
    drawn = np.array([starting_rows(10, POSITIVE, seed) for seed in range(400)])
    assert all(len(set(rows)) == 10 for rows in drawn.tolist())
    # Each row is drawn in a quarter of the seeds; 0.1 is more than four standard errors.
    share = np.bincount(drawn.ravel(), minlength=40) / 400
    assert np.abs(share - 0.25).max() < 0.1


@pytest.mark.parametrize("start", ["one", 7, (1, 9)])
def test_the_same_seed_starts_with_the_same_rows(start):
    first, again = (starting_rows(start, POSITIVE, 5).tolist() for _ in range(2))
    assert first == again
    assert any(starting_rows(start, POSITIVE, seed).tolist() != first for seed in range(6, 9))


@pytest.mark.parametrize("start", ["two", -1, 1.5, True, (1, 2, 3), (1, -1), (1, "a"), None])
def test_what_is_no_start_is_refused(start):
    with pytest.raises(InputError, match="is not a start"):
        check_start(start)


@pytest.mark.parametrize(
    ("start", "problem"),
    [(41, "more rows"), ((6, 0), "6 positives; the pool has 5"), ((0, 36), "36 negatives")],
)
def test_more_than_there_is_is_refused(start, problem):
    with pytest.raises(InputError, match=problem):
        starting_rows(start, POSITIVE, 0)
