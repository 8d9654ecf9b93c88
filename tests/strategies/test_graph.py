import numpy as np
import pytest
from given import AsGiven, batch_of, binary, given_view, same_contract
from hypothesis import given
from hypothesis import strategies as st

from motherlode import ActiveLearner, Pool
from motherlode.errors import InputError
from motherlode.strategies._graph import (
    Direct,
    Galaxy,
    _best_cut,
    _chain,
    _cut_quality,
    _nodes,
    _version_space,
)

FROZEN = 10**6  # refit_every: the model never changes


def chain_learner(n, strategy, **settings):
    """A pool in which row 0 is the most likely positive and row n - 1 the least."""
    pool = Pool(binary(np.linspace(0.99, 0.01, n)))
    return ActiveLearner(
        pool, [0, 1], AsGiven(), strategy, minority=1, refit_every=FROZEN, **settings
    )


def ask(learner, label, times, size=1):
    asked = []
    for _ in range(times):
        rows = learner.query(size).rows
        learner.teach(rows, [label(row) for row in rows])
        asked.extend(rows.tolist())
    return asked


@pytest.mark.parametrize("cut", [1, 17, 40, 64])
def test_galaxy_bisects_an_ordered_chain(cut):
    """63 rows between a positive and a negative are cut by log2(63 + 1) = 6 labels."""
    learner = chain_learner(65, Galaxy())
    learner.teach([0, 64], [1, 0])
    asked = ask(learner, lambda row: int(row < cut), 6)
    assert asked[0] == 32
    known = set(asked) | {0, 64}
    assert {cut - 1, cut} <= known
    # From then on it asks around the cut, nearest first.
    around = ask(learner, lambda row: int(row < cut), 4)
    unknown = sorted(set(range(65)) - known, key=lambda row: abs(row - cut + 0.5))
    reach = abs(unknown[3] - cut + 0.5)
    assert all(abs(row - cut + 0.5) <= reach for row in around)


def test_galaxy_halves_the_shortest_gap_first():
    learner = chain_learner(100, Galaxy())
    # Between 20 and 31 lie ten rows, between 31 and 80, and 80 and 99, more.
    learner.teach([20, 31, 80, 99], [1, 0, 1, 0])
    query = learner.query(1)
    assert query.rows.tolist() == [25]
    assert query.reasons == ["Galaxy: halves a gap of 10 at the cut of class 1"]


def test_galaxy_sorts_the_class_on_top_whatever_its_code():
    """Sorted the wrong way a chain is still a chain, but its top is not the class."""
    P = binary(np.linspace(0, 1, 9))
    view = given_view(P, [0, 8], [0, 1])
    rows = np.r_[view.labelled_rows, view.rows]
    assert rows[_chain(view, 1)].tolist() == list(range(8, -1, -1))
    flipped = given_view(P, [0, 8], [1, 0], minority=(0,))
    assert rows[_chain(flipped, 0)].tolist() == list(range(9))


def test_chain_of_three_classes_by_hand():
    """By p_k - max p; rows predicted to be k tie at 0 and stand by their confidence."""
    P = np.array([
        [0.1, 0.3, 0.6],  # predicted 2
        [0.0, 0.1, 0.9],  # predicted 2, more confident
        [0.5, 0.1, 0.4],  # -0.1
        [0.8, 0.1, 0.1],  # -0.7
        [0.4, 0.3, 0.3],  # -0.1, less confident
    ])  # fmt: skip
    view = given_view(P, [3], [0])
    rows = np.r_[view.labelled_rows, view.rows]
    assert rows[_chain(view, 2)].tolist() == [1, 0, 2, 4, 3]


def test_chain_keeps_its_ties_for_a_session():
    P = binary(np.full(50, 0.5))
    first, later = given_view(P, [0, 1], [0, 1]), given_view(P, [0, 1, 2], [0, 1, 1])
    orders = [np.r_[v.labelled_rows, v.rows][_chain(v, 1)] for v in (first, later)]
    assert np.array_equal(*orders)
    assert not np.array_equal(orders[0], np.arange(50))


def test_galaxy_asks_at_random_for_a_class_without_a_cut():
    P = np.random.default_rng(0).dirichlet(np.ones(3), 200)
    firsts = set()
    for seed in range(5):
        view = given_view(P, [0, 1], [0, 1], seed=(seed, 2))
        first = batch_of(Galaxy(), view)
        assert (
            "at random, no cut seen yet for class 2" in Galaxy().reasons(view, np.array(first))[0]
        )
        firsts.update(first)
    assert len(firsts) > 1


def test_galaxy_draws_classes_evenly():
    P = np.random.default_rng(0).dirichlet(np.ones(3), 3000)
    view = given_view(P, [0, 1, 2], [0, 1, 2], batch=600)
    reasons = Galaxy("all").reasons(view, np.array(batch_of(Galaxy("all"), view)))
    share = np.bincount([int(reason[-1]) for reason in reasons]) / 600
    assert np.allclose(share, 1 / 3, atol=0.07)
    only = Galaxy().reasons(view, np.array(batch_of(Galaxy(), view)))
    assert all(reason.endswith("class 2") for reason in only)


def test_first_of_a_batch_is_the_single_query():
    for seed in range(10):
        one = chain_learner(200, Galaxy(), seed=seed)
        one.teach([3, 190], [1, 0])
        first, batch = one.query(1).rows, one.query(20).rows
        assert batch[0] == first[0]
        assert len(set(batch)) == 20


def test_direct_quality_and_version_space_by_hand():
    #                 0  1  2   3  4  5   6  7
    w = np.array([1, 0, 1, -1, 0, 1, 0, -1], dtype=np.int8)
    # Of cut h: marks above it minus marks from it on.
    assert _cut_quality(w).tolist() == [-1, 1, 1, 3, 1, 1, 3, 3, 1]
    assert _best_cut(_cut_quality(w)) == 6
    # Positives are pure up to 2, negatives from 7 on.
    assert _version_space(w) == (3, 7)
    assert _version_space(np.zeros(5, dtype=np.int8)) == (0, 5)
    assert _version_space(np.array([0, 1, 0], dtype=np.int8)) == (2, 3)
    assert _version_space(np.array([0, -1, 0], dtype=np.int8)) == (0, 1)


def test_direct_batch_narrows_and_asks_on_both_sides():
    learner = chain_learner(101, Direct())
    learner.teach([10, 90], [1, 0])
    query = learner.query(12)
    narrowing = [r for r, why in zip(query.rows, query.reasons, strict=True) if "narrows" in why]
    beside = [r for r, why in zip(query.rows, query.reasons, strict=True) if "next to" in why]
    assert len(narrowing) == len(beside) == 6
    assert all(10 < row < 90 for row in narrowing)
    # All cuts between the labels are as good; the middle one is above row 51.
    above, below = (side[np.isin(side, narrowing, invert=True)] for side in (
        np.arange(50, 10, -1), np.arange(51, 90)
    ))  # fmt: skip
    assert sorted(beside) == sorted([*above[:3], *below[:3]])


def test_direct_shrinks_the_interval_in_a_round():
    """Each step of a round keeps the fourth root of 79 rows less; the last labels are near."""
    learner = chain_learner(101, Direct(per_round=40))
    learner.teach([10, 90], [1, 0])
    widths = []
    for _ in range(4):  # half of 40 labels, five at a time
        query = learner.query(5)
        assert all("narrows" in why for why in query.reasons)
        widths.append(np.ptp(query.rows))
        learner.teach(query.rows, [int(row < 33) for row in query.rows])
    assert widths[0] > 3 * widths[2]
    query = learner.query(20)
    assert all("next to" in why for why in query.reasons)
    assert query.rows.min() < 33 < query.rows.max()
    assert abs(np.median(query.rows) - 33) <= 3


def test_direct_shares_a_round_between_classes():
    P = np.random.default_rng(0).dirichlet(np.ones(3), 400)
    view = given_view(P, np.arange(6), [0, 0, 0, 1, 1, 2], minority=(1, 2), batch=40)
    why = Direct().reasons(view, np.array(batch_of(Direct(), view)))
    said = [text.removeprefix("Direct: ") for text in why]
    assert said[:10] == ["narrows where the cut lies for class 1"] * 10
    assert said[10:20] == ["narrows where the cut lies for class 2"] * 10
    assert sorted(said[20:]) == sorted(f"next to the best cut of class {c}" for c in [1, 2] * 10)


def found_cut(learner):
    rows, labels = learner.labelled
    marks = np.zeros(len(learner.pool), dtype=np.int8)
    marks[rows] = np.where(labels == 1, 1, -1)
    return _best_cut(_cut_quality(marks))


def flipped(seed, n=600):
    """A cut, and labels that are wrong one time in ten; the outermost rows are right."""
    rng = np.random.default_rng(seed)
    cut = int(rng.integers(n // 10, n // 2))
    labels = (np.arange(n) < cut) ^ (rng.random(n) < 0.1)
    labels[[0, n - 1]] = True, False
    return cut, labels.astype(int)


def bisected(labels):
    """The cut that bisection finds when it believes every label."""
    low, high = 0, len(labels) - 1
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if labels[middle] else (low, middle)
    return high


def test_direct_tolerates_wrong_labels_better_than_bisection():
    errors = []
    for seed in range(15):
        cut, labels = flipped(seed)
        learner = chain_learner(600, Direct(per_round=30), seed=seed)
        learner.teach([0, 599], [1, 0])
        ask(learner, lambda row, labels=labels: labels[row], 30)
        errors.append((abs(found_cut(learner) - cut), abs(bisected(labels) - cut)))
    direct, bisection = np.mean(errors, axis=0)
    assert direct < 3
    assert bisection > 30


def test_direct_with_parallel_annotators_asks_nearer_to_the_cut_than_galaxy():
    near = {Direct(per_round=40): [], Galaxy(): []}
    for seed in range(8):
        cut, labels = flipped(seed)
        for strategy, shares in near.items():
            learner = chain_learner(600, strategy, seed=seed)
            learner.teach([0, 599], [1, 0])
            asked = ask(learner, lambda row, labels=labels: labels[row], 4, size=10)
            shares.append(np.mean(np.abs(np.array(asked) - cut) < 30))
    direct, galaxy = (np.mean(shares) for shares in near.values())
    assert direct > galaxy + 0.1


@pytest.mark.parametrize("strategy", [Galaxy(), Direct(), Galaxy("all"), Direct("all")], ids=str)
@pytest.mark.parametrize("labels", [([], []), ([3], [0]), ([3], [2])])
def test_no_label_and_one_class(strategy, labels):
    P = np.random.default_rng(0).dirichlet(np.ones(3), 30)
    view = given_view(P, *labels, model=False, batch=6)
    same_contract(strategy, view)
    assert "at random" in strategy.reasons(view, view.rows[:1])[0]


@pytest.mark.parametrize("strategy", [Galaxy(), Direct(), Galaxy("all"), Direct("all")], ids=str)
@given(seed=st.integers(0, 10**6), batch=st.integers(1, 26), k=st.integers(2, 3))
def test_certain_probabilities_and_any_labels(strategy, seed, batch, k):
    rng = np.random.default_rng(seed)
    codes = rng.integers(k, size=rng.integers(1, 15))
    fresh = int(rng.integers(len(codes) + 1))
    view = given_view(
        np.eye(k)[rng.integers(k, size=40)], np.arange(len(codes)), codes, batch=batch, fresh=fresh
    )
    same_contract(strategy, view)


def test_chain_holds_the_candidates_only():
    """With narrowed candidates a gap is halved among the rows that may be asked."""
    view = given_view(binary(np.linspace(0.99, 0.01, 100)), [0, 99], [1, 0])
    narrow = view.narrow(np.array([1, 2, 3, 4, 98]))
    assert len(_nodes(narrow)) == 7
    assert batch_of(Galaxy(), narrow) == [3]
    assert set(batch_of(Direct(), narrow)) <= {1, 2, 3, 4, 98}


def test_refuses():
    with pytest.raises(InputError, match="classes is 'rare'"):
        Galaxy("rare")
    with pytest.raises(InputError, match="per_round is 0"):
        Direct(per_round=0)
