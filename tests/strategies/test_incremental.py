import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from motherlode import ActiveLearner, Pool
from motherlode.strategies import _coverage as coverage
from motherlode.strategies import _diversity as diversity
from motherlode.strategies import _explore as explore
from motherlode.strategies import _search as search
from motherlode.strategies import _similar as similar
from motherlode.strategies._base.incremental import accumulate
from motherlode.strategies._base.strategy import Strategy
from motherlode.strategies._compose import Interleave
from motherlode.strategies._coverage import ProbCover
from motherlode.strategies._diversity import KCentre
from motherlode.strategies._explore import Unvisited
from motherlode.strategies._novelty import LocalNovelty
from motherlode.strategies._random import Random
from motherlode.strategies._search import ENS
from motherlode.strategies._similar import FLQMI

RNG = np.random.default_rng(0)
X = np.round(RNG.normal(size=(90, 3)), 1)
Y = (X[:, 0] > 0.9).astype(int)


class Steps:
    """Counts its steps, and adds numbers whose sum hangs on their order."""

    def __init__(self):
        self.taken = 0

    def __call__(self, state, row):
        self.taken += 1
        return (state + 0.1 * row) * 1.1


def folded(rows):
    state = 0.0
    for row in rows:
        state = (state + 0.1 * row) * 1.1
    return state


@given(st.lists(st.tuples(st.integers(0, 12), st.lists(st.integers(0, 9), max_size=4)), min_size=1))
def test_a_kept_state_is_what_would_be_computed_anew(calls):
    """Labels are added, and some taken back, in any order."""
    pool, step, rows = Pool(X), Steps(), []
    for keep, more in calls:
        rows = rows[:keep] + more
        found = accumulate(pool, "sum", np.array(rows, dtype=np.int64), lambda: 0.0, step)
        assert found == folded(rows)


def test_only_new_rows_are_stepped_through():
    pool, step = Pool(X), Steps()
    for rows in ([], [3], [3, 4], [3, 4], [3, 4, 5, 6], [3, 4]):
        accumulate(pool, "sum", np.array(rows, dtype=np.int64), lambda: 0.0, step)
    assert step.taken == 4
    accumulate(pool, "sum", np.array([4, 3]), lambda: 0.0, step)
    assert step.taken == 6
    accumulate(pool, "another", np.array([4, 3]), lambda: 0.0, step)
    assert step.taken == 8


def test_picks_of_an_arm_do_not_drive_out_what_is_known_after_the_labels():
    pool, step = Pool(X), Steps()

    def found(rows, tentative):
        rows = np.array(rows, dtype=np.int64)
        return accumulate(pool, "sum", rows, lambda: 0.0, step, tentative=tentative)

    for labels in ([1, 2], [1, 2, 5, 8]):
        found(labels, tentative=False)
        for arm in ([3, 4, 5], [8, 7, 6]):
            for n in (1, 2, 3):
                found(labels + arm[:n], tentative=True)
    assert step.taken == 2 + 2 + 4 * 3
    # A batch that is labelled as it was picked has been stepped through already.
    found([1, 2, 5, 8, 8, 7, 6], tentative=False)
    found([1, 2, 5, 8, 8, 7, 6, 9], tentative=True)
    assert step.taken == 16 + 1


def test_many_new_rows_are_one_step():
    pool, step, leaps = Pool(X), Steps(), []

    def step_many(state, rows):
        leaps.append(rows.tolist())
        for row in rows:
            state = step(state, row)
        return state

    for rows in ([3, 4, 5], [3, 4, 5, 6], [3, 4, 5, 6, 7, 8]):
        found = accumulate(pool, "sum", np.array(rows), lambda: 0.0, step, step_many=step_many)
        assert found == folded(rows)
    assert leaps == [[3, 4, 5], [7, 8]]


@pytest.mark.parametrize(
    "strategy", [KCentre(), LocalNovelty(3), ProbCover(), Unvisited(), FLQMI(), ENS(40, 5)], ids=str
)
def test_an_arm_of_several_goes_on_from_the_labels_of_the_last_round(strategy, monkeypatch):
    stepped: list[int] = []

    def counting(cache, key, rows, start, step, *, step_many=None, **how):
        def counted(state, row):
            stepped.append(row)
            return step(state, row)

        return accumulate(cache, key, rows, start, counted, **how)

    for module in (coverage, diversity, explore, search, similar):
        monkeypatch.setattr(module, "accumulate", counting)
    asked = learner(Pool(X), Interleave(strategy, Random()))
    asked.teach(range(20), Y[:20])
    for _ in range(4):
        rows = asked.query(6).rows
        asked.teach(rows, Y[rows])
    stepped.clear()
    asked.query(6)
    assert 0 < len(stepped) <= 6 + 6  # the new labels, and the picks of this round


def learner(pool: Pool, strategy: Strategy) -> ActiveLearner:
    return ActiveLearner(pool, [0, 1], LogisticRegression(), strategy, minority=1, seed=3)


@pytest.mark.parametrize(
    "strategy",
    [
        KCentre(),
        LocalNovelty(3),
        ProbCover(),
        ProbCover(delta=0.4),
        Unvisited(),
        FLQMI(),
        ENS(40, 5),
    ],
    ids=str,
)
@settings(max_examples=15, deadline=None)
@given(
    labelled=st.lists(st.integers(0, 89), unique=True, min_size=1, max_size=25),
    cuts=st.sets(st.integers(0, 25), max_size=4),
    batch=st.integers(1, 4),
)
def test_rounds_before_do_not_change_what_is_asked(strategy, labelled, cuts, batch):
    """A session that asked many times, and one that is given all labels at once."""
    long = learner(Pool(X), strategy)
    for row in labelled:
        long.teach([row], [Y[row]])
        if row % 26 in cuts:
            long.query(batch)
    short = learner(Pool(X), strategy)
    for row in labelled:
        short.teach([row], [Y[row]])
    one, other = long.query(batch), short.query(batch)
    assert np.array_equal(one.rows, other.rows)
    assert np.array_equal(one.utilities, other.utilities)
