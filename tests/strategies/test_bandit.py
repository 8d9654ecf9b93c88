from dataclasses import dataclass

import numpy as np
import pytest
from given import batch_of, binary, given_view, same_contract
from sklearn.linear_model import LogisticRegression

from motherlode import ActiveLearner, Pool
from motherlode.errors import InputError
from motherlode.strategies._bandit import Tailor
from motherlode.strategies._base.strategy import Strategy
from motherlode.strategies._minority import MostLikely
from motherlode.strategies._random import Random
from motherlode.strategies._uncertainty import Margin


@dataclass(frozen=True)
class LeastLikely(Strategy):
    """The arm that nobody needs."""

    def utilities(self, view):
        return -view.minority_probability


P = binary(np.linspace(0.0, 1.0, 200))


def test_beliefs_by_hand():
    """Rows 0 and 5 were asked by the first arm, 7 by the second, 9 was taught unasked."""
    view = given_view(
        P, [0, 9, 5, 7], [0, 1, 1, 1], asked_by={0: "MostLikely", 5: "MostLikely", 7: "Margin"}
    )
    alpha = Tailor(MostLikely(), Margin()).beliefs(view)
    assert np.allclose(alpha, [[1 + 0.99**2, 1 + 0.99], [1, 1 + 1]])


def test_worth_by_hand():
    """Of 5 labels 3 are negative, more than half."""
    view = given_view(P, np.arange(5), [0, 0, 0, 1, 1])
    assert np.allclose(Tailor(MostLikely())._worth(view), [-1 / 3, 1 / 2])
    none = given_view(P, [], [], model=False)
    assert np.allclose(Tailor(MostLikely())._worth(none), [1, 1])


def test_an_arm_that_found_positives_takes_more_turns():
    rows = np.r_[np.arange(30), np.arange(170, 200)]
    asked_by = {int(r): "MostLikely" if r >= 170 else "LeastLikely" for r in rows}
    codes = np.r_[np.zeros(30), np.ones(30)]
    # Ten more negatives, so that positives are short.
    rows, codes = np.r_[rows, np.arange(30, 40)], np.r_[codes, np.zeros(10)]
    tailor = Tailor(LeastLikely(), MostLikely())
    view = given_view(P, rows, codes, asked_by=asked_by, batch=60)
    arms = tailor.arms(view, np.array(batch_of(tailor, view)))
    assert arms.count("MostLikely") > 55
    unknown = given_view(P, rows, codes, batch=60)
    assert 15 < tailor.arms(unknown, np.array(batch_of(tailor, unknown))).count("MostLikely") < 45


def learner_with(strategy, **settings):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(400, 2))
    y = (X[:, 0] > 1.5).astype(int)
    learner = ActiveLearner(Pool(X), [0, 1], LogisticRegression(), strategy, minority=1, **settings)
    return learner, y


def test_the_learner_remembers_who_asked():
    learner, y = learner_with(Tailor(MostLikely(), LeastLikely()), seed=0)
    start = [*np.flatnonzero(y)[:2], *np.flatnonzero(y == 0)[:2]]
    learner.teach(start, y[start])
    for _ in range(8):
        query = learner.query(5)
        again = learner.query(5)
        assert np.array_equal(query.rows, again.rows)
        view = learner._view(learner.unlabelled, 5)
        assert not set(view.asked_by) & set(start)
        learner.teach(query.rows, y[query.rows])
        asked_by = learner._view(learner.unlabelled, 5).asked_by
        for row, reason in zip(query.rows.tolist(), query.reasons, strict=True):
            assert reason.startswith(asked_by[row])
    assert len(asked_by) == 40
    # One row in fifteen is positive; the arms' turns are chosen so that the labels balance.
    assert 0.4 < y[learner.labelled[0]].mean() < 0.6


def test_asked_but_not_taught_rows_are_not_attributed():
    learner, y = learner_with(Tailor(), seed=0)
    learner.teach([0, 1], y[[0, 1]])
    learner.query(5)
    assert learner._view(learner.unlabelled, 1).asked_by == {}


def test_the_same_session_replays():
    sessions = []
    for _ in range(2):
        learner, y = learner_with(Tailor(), seed=3)
        for _ in range(6):
            rows = learner.query(4).rows
            learner.teach(rows, y[rows])
        sessions.append(learner.labelled[0])
    assert np.array_equal(*sessions)


def test_other_strategies_record_nothing():
    learner, y = learner_with("margin", seed=0)
    learner.teach([0, 1], y[[0, 1]])
    rows = learner.query(3).rows
    learner.teach(rows, y[rows])
    assert learner._view(learner.unlabelled, 1).asked_by == {}


@pytest.mark.parametrize("labels", [([], []), ([3], [0]), ([3], [2])])
def test_no_label_and_one_class(labels):
    Q = np.random.default_rng(0).dirichlet(np.ones(3), 30)
    same_contract(Tailor(), given_view(Q, *labels, model=False, batch=6))


def test_three_classes_and_certain_probabilities():
    rng = np.random.default_rng(0)
    Q = np.eye(3)[rng.integers(3, size=50)]
    same_contract(Tailor(), given_view(Q, [0, 1, 2], [0, 2, 1], batch=47))


def test_refuses_two_arms_of_one_name():
    with pytest.raises(InputError, match="arm Random twice"):
        Tailor(Random(), Margin(), Random())


def test_name():
    assert str(Tailor(MostLikely(), Margin())) == "Tailor(MostLikely, Margin)"
