import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from motherlode import ActiveLearner
from motherlode.errors import InputError
from motherlode.searches import Ladder, SetAside, side_by_side
from motherlode.stopping import CaptureRecapture, QuantileBound, SampledBatches, Target

ROWS = 300


@pytest.fixture
def data():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(ROWS, 2))
    return X, (X[:, 0] + 0.3 * rng.normal(size=ROWS) > 1.2).astype(int)


def learner(X, strategy="continuous_learning", **settings):
    return ActiveLearner(X, [0, 1], LogisticRegression(), strategy, minority=1, **settings)


def test_positives_set_aside_are_found_again_by_a_search_that_does_not_know_them(data):
    X, y = data
    search = learner(X)
    aside = SetAside(search, seed=1)
    first = aside.ask(60)
    assert (aside.ask(60) == first).all()
    aside.teach(first, y[first] == 1)
    assert not set(aside.ask(20)) & set(first)
    sample = first[y[first] == 1]
    assert len(sample) >= 3
    assert len(search.labelled[0]) == 0
    assert (aside.session().set_aside, aside.session().refound) == (len(sample), 0)
    search.teach(sample[:2], [1, 1])
    assert aside.session().refound == 2
    assert aside.answer(sample[0]) is True
    assert aside.answer(int(first[y[first] == 0][0])) is False
    assert aside.answer(int(np.setdiff1d(np.arange(ROWS), first)[0])) is None
    assert (
        Target(positives=len(sample)).advise(aside.session()).needs.startswith(str(len(sample) - 2))
    )
    search.teach(sample[2:], [1] * len(sample[2:]))
    assert Target(positives=len(sample)).advise(aside.session()).stop


def test_a_random_sample_holds_every_row_in_the_end(data):
    X, y = data
    aside = SetAside(learner(X))
    rows = aside.ask(ROWS)
    assert sorted(rows) == list(range(ROWS))
    with pytest.raises(InputError, match="no others"):
        aside.teach(rows[1:3], [True, True])
    aside.teach(rows[::-1], y[rows[::-1]] == 1)
    assert aside.session().set_aside == y.sum()
    with pytest.raises(InputError, match="0 are left"):
        aside.ask(1)


def test_the_bound_keeps_its_promise():
    """Of a search that meets positives in any order: recall at the stop, 60 of 100 wanted."""
    rng, missed, runs = np.random.default_rng(2), 0, 400
    rule = QuantileBound(0.6)
    X = np.zeros((200, 1))
    for _ in range(runs):
        order = rng.permutation(200)
        truth = order < 100
        search = ActiveLearner(X, [0, 1], strategy="random", minority=1)
        aside = SetAside(search, seed=int(rng.integers(10**6)))
        while aside.session().set_aside < rule.sets_aside:
            row = aside.ask(1)
            aside.teach(row, truth[row])
        sample = np.array([row for row in range(200) if aside.answer(row)])
        # The place of each positive in the search; the rule stops at the j-th of the sample.
        place = np.argsort(np.argsort(order[truth]))
        again = np.sort(place[np.searchsorted(np.flatnonzero(truth), sample)])
        found = again[rule.sets_aside - 1] + 1
        missed += found < 60
    assert missed / runs < 0.05 + 3 * np.sqrt(0.05 * 0.95 / runs)


def test_searches_of_one_pool_side_by_side(data):
    X, y = data
    start = int(np.flatnonzero(y)[0])
    searches = [learner(X, seed=i) for i in range(2)]
    for search in searches:
        search.teach([start], [1])
        for _ in range(4):
            rows = search.query(15).rows
            search.teach(rows, y[rows])
    both = side_by_side(searches)
    rows = [set(search.labelled[0].tolist()) for search in searches]
    assert both.labels == len(rows[0] | rows[1])
    assert both.found == y[list(rows[0] | rows[1])].sum()
    assert not both.at_random.any()
    # What both were told of is no find of either.
    assert len(both.captures) == both.found - 1
    assert both.captures.any(axis=1).all()
    for which in range(2):
        assert both.captures[:, which].sum() == y[list(rows[which])].sum() - 1
    assert "positives are found of some" in CaptureRecapture().advise(both).why


def test_what_cannot_stand_side_by_side_is_said():
    one, other = (learner(np.arange(9.0)[:, None]) for _ in range(2))
    with pytest.raises(InputError, match="two or more"):
        side_by_side([one])
    with pytest.raises(InputError, match=r"\[8, 9\] rows"):
        side_by_side([one, learner(np.zeros((8, 1)))])
    assert side_by_side([one, other]).captures.shape == (0, 2)
    one.teach([3], [1])
    other.teach([3], [0])
    with pytest.raises(InputError, match="Row 3 has different labels"):
        side_by_side([one, other])


@given(st.integers(1, 12), st.integers(0, 3))
def test_a_ladder_covers_the_pool_in_batches_of_which_a_part_is_labelled(most, told):
    X = np.arange(90.0)[:, None]
    y = (X[:, 0] >= 80).astype(int)
    search = learner(X, "random")
    search.teach(np.arange(told), y[:told])
    ladder = Ladder(search, most=most)
    while not ladder.done:
        rows = ladder.ask()
        assert (ladder.ask() == rows).all()
        ladder.teach(rows[::-1], y[rows[::-1]])
    session = ladder.session()
    batches = list(session.batches)[bool(told) :]
    assert [b.size for b in batches[:5]] == [1, 2, 3, 4, 5]
    assert all(b.drawn == min(b.size, most) for b in batches)
    assert sum(b.size for b in session.batches) == session.pool_size == 90
    assert sum(b.drawn for b in session.batches) == session.labels
    assert sum(b.positives for b in session.batches) == session.found
    assert sorted(ladder.rows(len(session.batches))) == list(range(90))
    assert SampledBatches().advise(session).stop
    if most == 12:
        assert sum(b.positives for b in batches) == pytest.approx(10, abs=7)


def test_what_is_no_ladder_is_said(data):
    X, y = data
    with pytest.raises(InputError, match="at least 1 row"):
        Ladder(learner(X), most=0)
    with pytest.raises(InputError, match="control=0"):
        Ladder(learner(X, control=0.1))
    ladder = Ladder(learner(X[:1]))
    with pytest.raises(InputError, match="no others"):
        ladder.teach([], [])
    rows = ladder.ask()
    with pytest.raises(InputError, match="no others"):
        ladder.teach([5], [1])
    ladder.teach(rows, y[rows])
    with pytest.raises(InputError, match="nothing to ask"):
        ladder.ask()
