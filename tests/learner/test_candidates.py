import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from motherlode import ActiveLearner, InputError, Pool
from motherlode._round.selection import Chosen
from motherlode.learner._candidates import AllRows, BySize, RandomRows


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


def test_a_rule_that_gives_too_few_rows_is_named(toy, started):
    class Three:
        def rows(self, view):
            return view.rows[:3]

        def choose(self, view, utilities, n):
            return Chosen(view.rows[:3])

        def __str__(self):
            return "Three"

    for rule in ({"candidates": Three()}, {"selection": Three()}):
        learner = started(toy, **rule)
        assert len(learner.query(3)) == 3
        with pytest.raises(InputError, match="Three gives 3 rows and 5 are asked"):
            learner.query(5)


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


def large_pool(n=3_000, seed=0):
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < 0.02).astype(int)
    return rng.normal(size=(n, 3)) + 3.0 * y[:, None], y


def started_on(X, y, each, **settings):
    made = ActiveLearner(X, [0, 1], LogisticRegression(), minority=1, **settings)
    rows = np.concatenate([np.flatnonzero(y == c)[:each] for c in (0, 1)])
    made.teach(rows, y[rows])
    return made


def test_a_pool_that_is_not_large_is_kept_whole(toy, view_of):
    view = view_of(toy)
    assert BySize().rows(view) is view.rows
    assert isinstance(ActiveLearner(toy.data, [0, 1]).candidates, BySize)
    assert isinstance(ActiveLearner(toy.data, [0, 1], strategy="margin").candidates, AllRows)


@pytest.mark.parametrize("each", [0, 1, 4, 11])
def test_a_large_pool_is_narrowed_to_the_promising_and_a_sample(each):
    X, y = large_pool()
    made = started_on(X, y, each)
    view = made._view(made.training_set.left, 5)
    rows = BySize(large=1_000, size=200).rows(view)
    assert 0 < len(rows) <= 200
    assert (np.diff(rows) > 0).all()
    assert np.isin(rows, view.rows).all()
    # Of the 60 positives, four a sample of 200 would hold.
    assert (y[rows].sum() > 20) == (each > 0)


def test_the_narrowed_pool_is_a_function_of_the_labels():
    X, y = large_pool()
    rule = BySize(large=1_000, size=200)

    def rounds(made, n):
        for _ in range(n):
            rows = made.query(7).rows
            made.teach(rows, y[rows])
        return made

    made = rounds(started_on(X, y, 2, candidates=rule), 4)
    again = ActiveLearner(X, [0, 1], LogisticRegression(), minority=1, candidates=rule)
    again.teach(*made.labelled)
    assert again.query(9).rows.tolist() == made.query(9).rows.tolist()
    assert made.query(9).rows.tolist() == made.query(9).rows.tolist()


def test_the_whole_pool_is_looked_at_when_the_labels_have_doubled():
    X, y = large_pool()
    pool = Pool(X)
    made = started_on(pool, y, 2, candidates=BySize(large=1_000, size=200))
    looks = []
    for _ in range(6):
        rows = made.query(5).rows
        made.teach(rows, y[rows])
        looks.append(sum(key[0] == "ranking" for key in pool._geometry))
    # at 4 labels, at 9, 14, 19, 24 and 29: the powers of two below are 4, 8, 8, 16, 16 and 16
    assert looks == [1, 2, 2, 3, 3, 3]


def test_what_was_labelled_or_skipped_since_a_look_is_no_candidate():
    X, y = large_pool()
    rule = BySize(large=1_000, size=200)
    made = started_on(X, y, 4, candidates=rule)
    asked = made.query(5).rows
    made.skip(asked)
    assert not np.isin(asked, rule.rows(made._view(made.training_set.left, 5))).any()


@pytest.mark.parametrize("settings", [{"large": 0}, {"size": 0}])
def test_sizes_of_the_rule_are_checked(settings):
    with pytest.raises(InputError, match="must be at least 1"):
        BySize(**settings)
