"""A strategy written outside the package, in a few lines, drives a learner."""

from dataclasses import dataclass

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from motherlode import ActiveLearner, InputError, Pool
from motherlode.strategies import Interleave, Margin, MostLikely, Strategy, as_strategy


# --- all that somebody has to write -------------------------------------------------------------
@dataclass(frozen=True)
class NearestPositive(Strategy):
    """The rows that lie closest to a known row of the positive class."""

    power: float = 1.0

    def utilities(self, view):
        points, known = view.pool.points, view.labelled_rows[view.labelled_minority]
        if not len(known):
            return np.zeros(len(view))
        gaps = points[view.rows][:, None] - points[known]
        return 1.0 / (1e-9 + np.linalg.norm(gaps, axis=2).min(axis=1)) ** self.power


class Far:
    """The rows furthest from the middle of the pool: an object that knows nothing of us."""

    def utilities(self, view):
        return np.abs(view.pool.points[view.rows]).sum(axis=1)


# ------------------------------------------------------------------------------------------------


def by_hand(toy):
    points = Pool(toy.data).points
    left = np.setdiff1d(np.arange(len(points)), toy.some(2))
    known = toy.some(2)[2:]
    gap = np.linalg.norm(points[left][:, None] - points[known], axis=2).min(axis=1)
    return left[np.argsort(gap)]


def test_a_subclass_drives_a_learner(toy, started):
    query = started(toy, NearestPositive()).query(10)
    assert query.rows.tolist() == by_hand(toy)[:10].tolist()
    assert toy.y[query.rows].mean() > 0.3
    assert query.reasons[0].startswith("NearestPositive ")


def test_an_object_with_utilities_drives_a_learner(toy, started):
    learner = started(toy, Far())
    query = learner.query(10)
    far = np.abs(learner.pool.points[learner.unlabelled]).sum(axis=1)
    assert query.rows.tolist() == learner.unlabelled[np.argsort(-far)[:10]].tolist()
    assert query.reasons[0].startswith("Far ")


@pytest.mark.parametrize("strategy", [NearestPositive(), Far()], ids=lambda s: type(s).__name__)
def test_it_works_from_nothing_to_the_last_row(toy3, strategy):
    learner = ActiveLearner(toy3.data, [0, 1, 2], LogisticRegression(), strategy)
    while len(learner.unlabelled):
        rows = learner.query(min(16, len(learner.unlabelled))).rows
        learner.teach(rows, toy3.y[rows])
    assert len(learner.labelled[0]) == 96


def test_it_combines_with_ours(toy, started):
    for strategy in (
        NearestPositive() * Margin(),
        NearestPositive(2.0) ** 0.5 + MostLikely(),
        Interleave(NearestPositive(), as_strategy(Far()), Margin()),
    ):
        assert len(set(started(toy, strategy).query(9).rows)) == 9


def test_it_is_a_value(toy, started):
    assert NearestPositive(2.0) == NearestPositive(2.0)
    assert str(NearestPositive(2.0)) == "NearestPositive(power=2.0)"
    again = [started(toy, NearestPositive()).query(5).rows.tolist() for _ in range(2)]
    assert again[0] == again[1]


class Wrong:
    def __init__(self, answer):
        self.answer = answer

    def utilities(self, view):
        return self.answer(view)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (lambda view: np.zeros(3), r"Wrong.utilities gave an array of shape \(3,\) for 206"),
        (lambda view: np.full(len(view), np.nan), r"Wrong.utilities gave nan \(first for row"),
        (lambda view: np.zeros((len(view), 2)), r"shape \(206, 2\)"),
    ],
)
def test_what_it_gets_wrong_is_named(toy, started, answer, words):
    with pytest.raises(InputError, match=words):
        started(toy, Wrong(answer)).query(1)
