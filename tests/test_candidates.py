import numpy as np
import pytest

from motherlode import InputError
from motherlode.candidates import AllRows, RandomRows


def test_all_rows(toy, view_of):
    view = view_of(toy)
    assert AllRows().rows(view) is view.rows


@pytest.mark.parametrize("size", [1, 30, 206, 10_000])
def test_a_random_sample_is_of_the_candidates_and_in_order(toy, view_of, size):
    view = view_of(toy)
    rows = RandomRows(size).rows(view)
    assert len(rows) == min(size, 206)
    assert (np.diff(rows) > 0).all()
    assert np.isin(rows, view.rows).all()


def test_a_batch_larger_than_the_sample_is_filled(toy, view_of, started):
    assert len(RandomRows(3).rows(view_of(toy, batch=12))) == 12
    assert len(started(toy, candidates=RandomRows(3)).query(12)) == 12
    assert len(started(toy, candidates=RandomRows(3)).query(206)) == 206


def test_the_sample_is_fresh_each_round_and_the_same_for_the_same_seed(toy, view_of):
    draw = [
        RandomRows(20).rows(view_of(toy, seed=seed)).tolist() for seed in [(0, 1), (0, 1), (0, 2)]
    ]
    assert draw[0] == draw[1]
    assert draw[0] != draw[2]


def test_every_row_is_drawn_as_often(toy, view_of):
    drawn = np.zeros(210)
    for i in range(400):
        drawn[RandomRows(105).rows(view_of(toy, each=0, seed=(0, i)))] += 1
    assert drawn.mean() == 200
    assert np.abs(drawn - 200).max() < 5 * 10  # five standard deviations of a binomial


def test_only_the_sample_is_asked_and_ranked(toy, started):
    learner = started(toy, candidates=RandomRows(15))
    sample = RandomRows(15).rows(learner._view(learner.unlabelled, 5))
    query = learner.query(5)
    P = learner.predict_proba(sample)[:, 1]
    best = sample[np.argsort(np.abs(P - 0.5))[:5]]
    assert set(query.rows) == set(best)


@pytest.mark.parametrize("size", [0, -1, 2.5, None, "all"])
def test_a_bad_size_is_named(size):
    with pytest.raises(InputError, match="size is"):
        RandomRows(size)
