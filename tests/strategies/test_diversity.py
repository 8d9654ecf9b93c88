import itertools

import numpy as np
import pytest
from given import batch_of, binary, given_view, same_contract
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse
from skactiveml.pool import CoreSet
from sklearn.feature_extraction.text import CountVectorizer

from motherlode import ActiveLearner, InputError, Pool
from motherlode.strategies._diversity import (
    Badge,
    KCentre,
    Picked,
    _draw_weighted,
    _GradientEmbeddings,
)

EITHER = pytest.mark.parametrize("strategy", [KCentre(), Badge()], ids=str)


def on_a_line(xs, labelled=(), *, p=None, **settings):
    """A view of points on a line; every probability is a half unless given."""
    P = binary(np.full(len(xs), 0.5) if p is None else p)
    points = np.asarray(xs, dtype=float).reshape(-1, 1)
    return given_view(P, list(labelled), [0] * len(labelled), points=points, **settings)


def test_picks_come_first_and_the_rest_keep_their_order():
    view = on_a_line([0, 1, 2, 3, 4])
    u = Picked(np.array([3, 1]), np.array([0.5, 9.0, 40.0, 2.0, 0.0])).utilities(view)
    assert u[[3, 1]].tolist() == [2.0, 1.5]
    assert np.allclose(u[[0, 2, 4]], [0.5 / 41, 40 / 41, 0.0])


# ---------------------------------------------------------------- k-centre


def test_k_centre_by_hand():
    view = on_a_line([0, 1, 2, 5, 9, 10], [0], batch=3)
    assert batch_of(KCentre(), view) == [5, 3, 2]
    # Of those left, x = 1 and x = 9 are one away from a centre.
    assert np.allclose(KCentre().utilities(view), [1 / 2, 4 / 3, 5 / 3, 1 / 2, 2])
    said = KCentre().reasons(view, np.array([5, 3, 2]))
    assert [text.split()[2] for text in said] == ["10", "5", "2"]


@pytest.mark.parametrize("seed", range(3))
def test_k_centre_asks_the_rows_of_scikit_activeml(seed):
    rng = np.random.default_rng(seed)
    X, labelled = rng.normal(size=(200, 5)), rng.choice(200, 7, replace=False)
    y = np.full(200, np.nan)
    y[labelled] = 0
    theirs = CoreSet(random_state=0).query(X, y, batch_size=12)
    view = given_view(binary(np.full(200, 0.5)), labelled, [0] * 7, points=X, batch=12)
    assert batch_of(KCentre(), view) == list(theirs)


@given(st.lists(st.integers(0, 30), min_size=5, max_size=8), st.integers(1, 3))
def test_k_centre_is_within_twice_the_best_radius(xs, b):
    view = on_a_line(xs, [0], batch=b)
    x = np.asarray(xs, dtype=float)

    def radius(rows):
        return np.abs(x[:, None] - x[[0, *rows]]).min(axis=1).max()

    best = min(radius(rows) for rows in itertools.combinations(range(1, len(xs)), b))
    assert radius(batch_of(KCentre(), view)) <= 2 * best + 1e-9


def test_k_centre_ignores_units_and_row_order():
    X = np.random.default_rng(0).normal(size=(60, 3))
    order = np.random.default_rng(1).permutation(60)

    def asked(data, row):
        learner = ActiveLearner(Pool(data), [0, 1], strategy=KCentre())
        learner.teach([row], [0])
        return learner.query(8).rows

    rows = asked(X, 4)
    assert np.array_equal(asked(X * [1e-3, 7, 1e4] + 5, 4), rows)
    assert np.array_equal(order[asked(X[order], int(np.flatnonzero(order == 4)[0]))], rows)


def test_k_centre_of_texts_goes_by_the_words_they_share():
    pool = Pool(["a b", "a b a b", "a c", "d e", "a b c"], CountVectorizer(token_pattern=r"\w"))
    learner = ActiveLearner(pool, [0, 1], strategy=KCentre(), minority=1)
    learner.teach([0], [0])
    found = learner.query(3)
    # No word shared is a distance of root 2; "a c" shares half of "a b"; a text said twice is one.
    assert found.rows.tolist() == [3, 2, 4]
    said = [float(text.split()[2]) for text in found.reasons]
    assert said == pytest.approx([2**0.5, 1.0, (2 - 2 * 2 / 6**0.5) ** 0.5], abs=0.01)


def test_k_centre_starts_at_the_farthest_row_from_the_mean():
    xs = np.append(np.arange(20.0), 60.0)
    view = on_a_line(xs, batch=3)
    assert batch_of(KCentre(), view)[:2] == [20, 0]
    said = ["KCentre: the farthest row from the mean of the pool"]
    assert KCentre().reasons(view, np.array([20])) == said


def test_k_centre_cuts_odd_values():
    rng = np.random.default_rng(0)
    xs = np.append(rng.normal(size=300), [20.0, 90.0])
    plain = batch_of(KCentre(), on_a_line(xs, [0], batch=2))
    cut = batch_of(KCentre(clip=1.0), on_a_line(xs, [0], batch=2))
    assert plain == [301, 300]
    assert not {300, 301} <= set(cut), "both lie at the cut, so one of them is enough"
    with pytest.raises(InputError, match="clip is -1"):
        KCentre(clip=-1)


def test_k_centre_takes_copies_last():
    asked = batch_of(KCentre(), on_a_line([0] * 10 + [5] * 10 + [9] * 10, [0], batch=6))
    assert len(set(asked)) == 6
    assert [row // 10 for row in asked[:2]] == [2, 1]


# ------------------------------------------------------------------- badge


def explicit(residuals, H):
    return (residuals[:, :, None] * H[:, None, :]).reshape(len(H), -1)


def distances(G, i):
    return ((G - G[i]) ** 2).sum(axis=1)


@pytest.mark.parametrize("k", [2, 3, 5])
def test_badge_distances_are_those_of_the_outer_products(k):
    rng = np.random.default_rng(k)
    P, H = rng.dirichlet(np.ones(k), 40), rng.normal(size=(40, 6))
    view = given_view(P, [0, 1], [0, 1], points=H)
    embeddings = _GradientEmbeddings.of(view)
    G = explicit(P - np.eye(k)[P.argmax(axis=1)], H)[view.rows]
    assert np.allclose(embeddings.squares, (G**2).sum(axis=1))
    for i in range(len(G)):
        assert np.allclose(embeddings.squared_distance(i), distances(G, i))


def test_badge_distances_on_sparse_features_are_those_of_the_features(texts, view_of):
    view = view_of(texts)
    assert sparse.issparse(view.pool.features)
    embeddings, P = _GradientEmbeddings.of(view), view.probabilities
    H = view.pool.features[view.rows].toarray().astype(float)
    G = explicit(P - np.eye(2)[P.argmax(axis=1)], H)
    for i in range(0, len(G), 10):
        assert np.allclose(embeddings.squared_distance(i), distances(G, i), atol=5e-6)


def test_badge_of_two_classes_is_the_residual_times_the_point():
    rng = np.random.default_rng(0)
    p, H = rng.random(30), rng.normal(size=(30, 4))
    embeddings = _GradientEmbeddings.of(given_view(binary(p), [], [], points=H))
    g = (p - (p > 0.5))[:, None] * H
    assert np.allclose(embeddings.squared_distance(7), 2 * distances(g, 7))


def test_badge_draws_by_squared_distance():
    # All probabilities a half: embeddings go as the points. The largest, 4, comes first.
    xs = [4.0, 1.0, 2.0]
    second = [batch_of(Badge(), on_a_line(xs, batch=2, seed=(s, 0))) for s in range(600)]
    assert {rows[0] for rows in second} == {0}
    share = np.mean([rows[1] == 1 for rows in second])
    assert abs(share - 9 / 13) < 0.08  # four standard errors


def test_positions_are_drawn_by_weight():
    rng = np.random.default_rng(0)
    weights = np.zeros(3000, dtype=np.float32)
    weights[[5, 1023, 1024, 2999]] = [1, 2, 3, 4]
    rows, counts = np.unique(
        [_draw_weighted(weights, rng) for _ in range(4000)], return_counts=True
    )
    assert rows.tolist() == [5, 1023, 1024, 2999]
    assert np.allclose(counts / 4000, [0.1, 0.2, 0.3, 0.4], atol=0.04)  # five standard errors


@given(st.lists(st.sampled_from([0.0, 1e-30, 0.1, 0.3, 1e7]), min_size=1), st.integers(0, 99))
def test_what_has_no_weight_is_never_drawn(weights, seed):
    weights = np.tile(np.array(weights, dtype=np.float32), 700)
    if weights.any():
        assert weights[_draw_weighted(weights, np.random.default_rng(seed))] > 0


def test_badge_never_asks_a_row_twice():
    """A peer does in 30 of 50 seeds where rows have copies."""
    xs, p = np.repeat([1.0, 2.0, 5.0], 6), np.repeat([0.5, 0.4, 0.9], 6)
    for seed in range(50):
        asked = batch_of(Badge(), on_a_line(xs, [0], p=p, batch=8, seed=(seed, 1)))
        assert len(set(asked)) == 8
        assert 0 not in asked
        assert len({row // 6 for row in asked[:3]}) == 3


def test_badge_of_a_model_that_is_certain_is_random():
    view = on_a_line(np.arange(50.0), p=np.repeat([0.0, 1.0], 25), batch=10)
    asked = batch_of(Badge(), view)
    assert len(set(asked)) == 10
    other = on_a_line(np.arange(50.0), p=np.repeat([0.0, 1.0], 25), batch=10, seed=(1, 0))
    assert asked != batch_of(Badge(), other)


def test_badge_prefers_what_the_model_doubts():
    p = np.where(np.arange(100) < 10, 0.45, 0.001)
    H = np.random.default_rng(0).normal(size=(100, 3))
    for seed in range(20):
        asked = np.array(batch_of(Badge(), given_view(binary(p), [], [], points=H, batch=8,
                                                      seed=(seed, 0))))  # fmt: skip
        assert asked[0] < 10
        # Certain rows all lie at the origin: one of them stands for the others.
        assert (asked >= 10).sum() <= 1


# ----------------------------------------------------------------- of both


@EITHER
@pytest.mark.parametrize("each", [0, 1, 2])
@pytest.mark.parametrize("name", ["toy", "toy3", "texts"])
def test_contract(strategy, each, name, view_of, request):
    same_contract(strategy, view_of(request.getfixturevalue(name), each=each, batch=7))


@EITHER
def test_one_class_one_row_and_all_rows(strategy):
    same_contract(strategy, on_a_line([1, 2, 3, 4], [2], model=False, batch=2))
    same_contract(strategy, on_a_line([3.0], model=False, batch=1))
    view = on_a_line(np.zeros(6), [1], batch=5)
    same_contract(strategy, view)
    assert set(batch_of(strategy, view)) == {0, 2, 3, 4, 5}


@EITHER
def test_in_a_learner_the_batch_is_the_picks(strategy, toy, started):
    learner = started(toy, strategy)
    query = learner.query(9)
    assert np.allclose(query.utilities, 2 - np.arange(9) / 9)
    assert np.array_equal(query.rows, learner.query(9).rows)


def test_badge_says_that_there_is_no_model_yet():
    view = on_a_line([1, 2, 3], [0], model=False)
    assert "exploring at random" in Badge().reasons(view, view.rows[:1])[0]
