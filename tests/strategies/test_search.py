import time
from itertools import product

import numpy as np
import pytest
from given import batch_of, given_view, same_contract
from hypothesis import given, settings
from hypothesis import strategies as st

from motherlode.errors import InputError
from motherlode.geometry import nearest_neighbours
from motherlode.strategies._search import ENS, _Search


def view_of(X, rows, codes, **settings):
    """The model's probabilities are all alike: active search must not read them."""
    X = np.asarray(X, dtype=float)
    return given_view(np.full((len(X), 2), 0.5), rows, codes, points=X, **settings)


def posterior(ids, labels, row, prior):
    """The nearest-neighbour model by its definition; ``labels`` maps rows to 0 or 1."""
    known = [labels[j] for j in ids[row] if j in labels]
    return (prior + sum(known)) / (1 + len(known))


def naive(ids, labels, candidates, prior, budget):
    """``u`` by its definition: every row, both labels, everything computed anew."""
    out = []
    for x in candidates:
        p = posterior(ids, labels, x, prior)
        rest = [j for j in candidates if j != x]
        future = []
        for y in (0, 1):
            then = sorted((posterior(ids, labels | {x: y}, j, prior) for j in rest), reverse=True)
            future.append(sum(then[: budget - 1]))
        out.append(p + p * future[1] + (1 - p) * future[0])
    return np.array(out)


def best_of_two(X, labels, candidates, k, prior):
    """The positives that two labels find, by enumerating every adaptive plan."""
    ids = nearest_neighbours(X, k).ids
    out = []
    for x in candidates:
        p = posterior(ids, labels, x, prior)
        rest = [j for j in candidates if j != x]
        plans = []
        for if_negative, if_positive in product(rest, rest):
            value = 0.0
            for first, y, then in ((1 - p, 0, if_negative), (p, 1, if_positive)):
                q = posterior(ids, labels | {x: y}, then, prior)
                for second, z in ((1 - q, 0), (q, 1)):
                    value += first * second * (y + z)
            plans.append(value)
        out.append(max(plans))
    return np.array(out)


def exact(view, strategy):
    """``u`` of every candidate, none of them pruned."""
    from motherlode.strategies._search import _Future

    state = _Search.of(view, strategy.neighbours, strategy.prior)
    t = min(strategy.budget - len(view.labelled_rows), len(view)) - 1
    return _Future(state, t).values(state.node)


@pytest.mark.parametrize("seed", range(4))
def test_two_labels_against_every_adaptive_plan(seed):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(14, 2))
    labels = {0: 1, 1: 0, 2: int(rng.integers(2))}
    view = view_of(X, list(labels), list(labels.values()))
    strategy = ENS(budget=3 + 2, neighbours=4, prior=0.2)
    expected = best_of_two(X, labels, view.rows.tolist(), 4, 0.2)
    assert np.allclose(exact(view, strategy), expected, atol=1e-12)
    assert strategy.utilities(view).argmax() == expected.argmax()


@settings(max_examples=60)
@given(
    seed=st.integers(0, 10**6),
    n=st.integers(3, 40),
    k=st.integers(1, 12),
    budget=st.integers(1, 50),
    m=st.integers(0, 8),
)
def test_values_are_the_definition_and_pruning_loses_nothing(seed, n, k, budget, m):
    rng = np.random.default_rng(seed)
    X = np.round(rng.normal(size=(n, 2)), 1)
    rows = rng.choice(n, size=min(m, n - 1), replace=False)
    labels = dict(zip(rows.tolist(), rng.integers(2, size=len(rows)).tolist(), strict=True))
    view = view_of(X, rows, list(labels.values()))
    strategy = ENS(len(labels) + budget, k, 0.1)
    # Of equally near rows the pool decides which are among the k.
    ids = view.pool.neighbours(k).ids
    expected = naive(ids, labels, view.rows.tolist(), 0.1, budget)
    assert np.allclose(exact(view, strategy), expected, atol=1e-10)
    u = strategy.utilities(view)
    assert (u >= expected - 1e-9).all()  # a pruned row has its upper bound
    assert np.isclose(u.max(), expected.max())
    assert np.isclose(expected[u.argmax()], expected.max())


def test_one_label_left_is_greedy():
    X = np.r_[np.linspace(0, 1, 10), np.linspace(8, 9, 10)][:, None]
    view = view_of(X, [4, 14], [1, 0])
    u = ENS(budget=3, neighbours=5, prior=0.1).utilities(view)
    near = np.isin(view.rows, np.flatnonzero((nearest_neighbours(X, 5).ids == 4).any(axis=1)))
    assert np.allclose(u[near], 1.1 / 2)
    assert u[near].min() > u[~near].max()


def test_budget_decides_between_the_sure_and_the_promising():
    """Row 1 is likely and leads nowhere; a cluster may be, and would then be all positive."""
    pair, cluster = np.array([[0.0], [0.2]]), 10 + np.linspace(0, 1, 30)[:, None]
    view = view_of(np.vstack([pair, cluster]), [0], [1])
    assert batch_of(ENS(budget=1 + 1, neighbours=10, prior=0.1), view) == [1]
    assert batch_of(ENS(budget=1 + 25, neighbours=10, prior=0.1), view)[0] > 1


def test_spent_budget_is_greedy():
    X = np.random.default_rng(1).normal(size=(30, 2))
    view = view_of(X, [0, 1, 2], [1, 0, 1])
    greedy = ENS(budget=4, neighbours=5).utilities(view)
    assert np.array_equal(ENS(budget=1, neighbours=5).utilities(view), greedy)


def test_finds_more_than_greedy_does_with_a_budget():
    """Three discs in a square hold the positives, and one of them is known."""
    found = {1: 0, 41: 0}
    for seed in range(5):
        rng = np.random.default_rng(seed)
        X, centres = rng.random((300, 2)), rng.random((3, 2))
        y = (np.linalg.norm(X[:, None] - centres, axis=2) < 0.1).any(axis=1).astype(int)
        for budget in found:
            rows = [int(np.flatnonzero(y)[0])]
            while len(rows) < 41:
                view = view_of(X, rows, y[rows], seed=(seed, len(rows)))
                rows += batch_of(ENS(budget, 10, 0.05), view)
            found[budget] += y[rows].sum()
    assert found[41] > 1.1 * found[1], found


def test_a_batch_takes_what_is_asked_for_negative():
    """Greedy without that would ask the neighbours of one row."""
    X = np.r_[np.linspace(0, 1, 12), np.linspace(50, 51, 12)][:, None]
    view = view_of(X, [0, 12], [0, 0], batch=2)
    asked = batch_of(ENS(budget=8, neighbours=6, prior=0.2), view)
    assert {row < 12 for row in asked} == {True, False}
    assert len(set(batch_of(ENS(3, 6), view_of(X, [0], [1], batch=10)))) == 10


@pytest.mark.parametrize("labels", [([], []), ([3], [0]), ([3], [1]), ([3, 4], [0, 1])])
def test_any_labels(labels):
    X = np.random.default_rng(0).normal(size=(30, 2))
    same_contract(ENS(), view_of(X, *labels, model=False, batch=6))
    reasons = ENS().reasons(view_of(X, *labels), np.array([5]))
    assert "by its neighbours" in reasons[0]


def test_several_classes_sought_among_three():
    X = np.random.default_rng(0).normal(size=(40, 2))
    P = np.full((40, 3), 1 / 3)
    rows, codes = [0, 1, 2], [0, 1, 2]
    view = given_view(P, rows, codes, points=X, minority=(1, 2))
    binary = view_of(X, rows, [0, 1, 1])
    assert np.allclose(ENS(10, 5).utilities(view), ENS(10, 5).utilities(binary))


def test_fewer_rows_than_neighbours_and_budget():
    view = view_of([[0.0], [1.0], [5.0]], [0], [1], batch=2)
    same_contract(ENS(100, 50), view)


def test_speed_at_five_thousand_rows():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(5000, 5))
    y = (np.linalg.norm(X - 1, axis=1) < 1).astype(int)
    rows = rng.choice(5000, 60, replace=False)
    view = view_of(X, rows, y[rows])
    view.pool.neighbours(50)
    before = time.process_time()
    ENS(neighbours=50).utilities(view)
    assert time.process_time() - before < 2


@pytest.mark.parametrize("wrong", [{"budget": 0}, {"neighbours": 0}, {"prior": 1.0}])
def test_refuses(wrong):
    with pytest.raises(InputError, match=next(iter(wrong))):
        ENS(**wrong)
