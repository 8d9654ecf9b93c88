import numpy as np
import pytest
from given import batch_of, binary, given_view, same_contract
from scipy.stats import multivariate_normal
from sklearn.ensemble import IsolationForest
from sklearn.mixture import GaussianMixture

from motherlode import ActiveLearner, Pool
from motherlode.errors import InputError
from motherlode.strategies import Random, _coverage
from motherlode.strategies._discovery import (
    NNDM,
    AnomalyFeedback,
    RareInterleave,
    _Balls,
    _Gaussians,
    _Isolation,
)

EACH = pytest.mark.parametrize("strategy", [NNDM(0.05), RareInterleave(3), AnomalyFeedback(20)],
                               ids=str)  # fmt: skip


def at(points, labelled=(), codes=None, **settings):
    """A view of given points; models have no say here."""
    points = np.asarray(points, dtype=float)
    points = points.reshape(len(points), -1)
    codes = [0] * len(labelled) if codes is None else codes
    P = binary(np.full(len(points), 0.5))
    return given_view(P, list(labelled), codes, points=points, **settings)


def labels_to_first(strategy, X, y, limit, batch=1):
    """How many labels it takes to see class 1, from nothing."""
    learner = ActiveLearner(Pool(X), [0, 1], strategy=strategy, refit_every=10**6)
    seen = []
    while len(seen) < limit:
        rows = learner.query(batch).rows
        seen += y[rows].tolist()
        if 1 in seen:
            return seen.index(1) + 1
        learner.teach(rows, y[rows])
    return limit + 1


def planted(seed, rare, centre, spread):
    """800 rows, of which ``rare`` lie around a centre on the first axis, in random order."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(800, 5))
    X[:rare] = np.eye(5)[0] * centre + spread * X[:rare]
    order = rng.permutation(800)
    return X[order], (np.arange(800) < rare)[order].astype(int)


# -------------------------------------------------------------------- NNDM

LINE = [0, 10, 20, 30, 40, 24.5, 25, 25.5]


def test_nndm_by_hand():
    view = at(LINE, batch=1)
    balls = _Balls.of(view.pool, 3 / 8)
    # A class of three rows fits into a ball of radius a half around 25 and nowhere else.
    assert balls.radius == pytest.approx(0.5)
    assert balls.counts.tolist() == [1, 1, 1, 1, 1, 2, 3, 2]
    assert balls.rise(view.pool, 1).tolist() == [0, 0, 0, 0, 0, 0, 1, 0]
    # Within 2.5 there is nothing else; within 5 of 25.5 lies 30, and of 24.5 lies 20.
    assert balls.rise(view.pool, 5).tolist() == [0, 0, 0, 0, 0, 0, 1, 0]
    assert balls.rise(view.pool, 10).tolist() == [0, 0, 0, 0, 0, 1, 2, 1]
    assert batch_of(NNDM(3 / 8), view) == [6]
    assert "1 more rows" in NNDM(3 / 8).reasons(view, np.array([6]))[0]


def test_nndm_leaves_known_regions():
    view = at(LINE, [6], batch=5)
    assert set(batch_of(NNDM(3 / 8), view)) == {0, 1, 2, 3, 4}


def test_nndm_looks_farther_with_every_label():
    near = at(LINE, [0], batch=1)
    assert NNDM(3 / 8).pick(near).worth.max() == 1
    many = at([*LINE, *range(100, 190, 10)], list(range(8, 17)), batch=1)
    assert NNDM(3 / 17).pick(many).worth.max() == 2


def test_nndm_spreads_a_batch():
    X = np.concatenate([np.arange(0, 100, 5), [31.9, 32, 32.1, 32.2, 71.9, 72, 72.1, 72.2]])
    first, second = batch_of(NNDM(4 / 28), at(X, batch=2))
    assert {int(X[first] // 40), int(X[second] // 40)} == {0, 1}


@pytest.mark.parametrize("seed", range(4))
def test_nndm_finds_a_planted_cluster_that_random_draws_do_not(seed):
    X, y = planted(seed, rare=8, centre=1.0, spread=0.05)
    assert labels_to_first(NNDM(), X, y, limit=5) <= 3
    assert labels_to_first(NNDM(), X, y, limit=5, batch=5) <= 3
    assert labels_to_first(Random(), X, y, limit=5) == 6


def test_nndm_with_three_classes_finds_both_rare_ones():
    X, y = planted(0, rare=16, centre=1.0, spread=0.05)
    second = np.flatnonzero(y)[:8]
    X[second, 0] -= 2.0
    y[second] = 2
    learner = ActiveLearner(Pool(X), [0, 1, 2], strategy=NNDM(), refit_every=10**6)
    for _ in range(6):
        rows = learner.query(1).rows
        learner.teach(rows, y[rows])
    assert {1, 2} <= set(learner.labelled[1].tolist())


def test_nndm_of_copies_has_nothing_to_say():
    view = at(np.zeros(12), [3], batch=4)
    assert (NNDM().utilities(view) == 0).all()
    same_contract(NNDM(), view)
    # Copies are no cluster: the radius is the smallest that is none.
    assert _Balls.of(at([0, 0, 0, 0, 5, 6]).pool, 0.3).radius == pytest.approx(1.0)


def test_nndm_of_a_pool_beyond_the_sample(monkeypatch):
    monkeypatch.setattr(_coverage, "SAMPLE_ROWS", 1_000)
    X = np.random.default_rng(0).normal(size=(1_050, 1))
    view = at(X, [0], batch=3)
    same_contract(NNDM(), view)
    outside = np.setdiff1d(view.rows, _Balls.of(view.pool, 0.01).rows)
    assert len(outside) >= 49
    assert (NNDM().utilities(view)[np.searchsorted(view.rows, outside)] == 0).all()


# -------------------------------------------------------- mixture, in turns


def test_likelihood_is_the_normal_density():
    rng = np.random.default_rng(0)
    X, means, variances = rng.normal(size=(20, 3)), rng.normal(size=(2, 3)), rng.random((2, 3))
    mixture = _Gaussians(means, variances, np.log([0.5, 0.5]))
    for c in range(2):
        expected = multivariate_normal(means[c], np.diag(variances[c])).logpdf(X)
        assert np.allclose(mixture.log_likelihood(X)[:, c], expected)


def test_em_agrees_with_scikit_learn():
    rng = np.random.default_rng(0)
    X = np.concatenate([rng.normal(0, 1, (80, 2)), rng.normal(6, 2, (40, 2))])
    start = X[[0, 100]]
    ours = _Gaussians.fit(X, start, np.empty(0, dtype=np.int64))
    theirs = GaussianMixture(2, covariance_type="diag", means_init=start).fit(X)
    assert np.allclose(ours.means, theirs.means_, atol=0.05)
    assert np.allclose(ours.variances, theirs.covariances_, atol=0.1)
    assert np.allclose(np.exp(ours.log_weights), theirs.weights_, atol=0.01)


def test_labelled_rows_stay_in_the_component_of_their_class():
    rng = np.random.default_rng(0)
    X = rng.normal(0, 1, (100, 2))
    tied = np.repeat([0, 1], [20, 20])  # split a single bell by hand
    mixture = _Gaussians.fit(X, np.array([X[:20].mean(0), X[20:40].mean(0)]), tied)
    assert np.exp(mixture.log_weights).min() >= 0.19
    X[:20] += 50  # and a class far from its start moves its component there
    moved = _Gaussians.fit(X, np.zeros((2, 2)), tied)
    assert np.allclose(moved.means[0], X[:20].mean(axis=0), atol=1)


def test_interleave_asks_the_edge_of_every_component_first():
    rng = np.random.default_rng(0)
    group = np.repeat([0, 1, 2], 30)
    X = rng.normal(0, 1, (90, 2)) + 30 * np.stack([group, group % 2], axis=1)
    view = at(X, batch=3)
    asked = batch_of(RareInterleave(3), view)
    assert set(group[asked]) == {0, 1, 2}
    for row in asked:
        own = X[group == group[row]]
        distance = (((own - own.mean(axis=0)) / own.std(axis=0)) ** 2).sum(axis=1)
        assert np.allclose(own[distance.argmax()], X[row])
    u = RareInterleave(3).utilities(view)
    assert np.allclose(np.sort(u)[::-1], np.repeat(1 / np.arange(1, 31), 3))


def test_interleave_gives_a_class_found_its_own_component():
    X, y = planted(0, rare=10, centre=9.0, spread=0.3)
    positives, negatives = np.flatnonzero(y), np.flatnonzero(y == 0)[:3]
    labelled, codes = [*negatives, positives[0]], [0, 0, 0, 1]
    asked = batch_of(RareInterleave(2), at(X, labelled, codes, batch=6))
    assert 1 <= y[asked].sum() <= 3


def test_interleave_finds_rows_that_fit_badly():
    found = [
        labels_to_first(RareInterleave(), *planted(s, rare=3, centre=8.0, spread=1.0), limit=20)
        for s in range(4)
    ]
    assert np.median(found) <= 5
    assert max(found) <= 20


# --------------------------------------------------- anomalies and feedback


def test_without_labels_the_order_is_the_forests():
    X = np.random.default_rng(0).normal(size=(300, 4))
    view = at(X)
    theirs = IsolationForest(n_estimators=30, max_samples=256, random_state=0).fit(X)
    ours = AnomalyFeedback(trees=30).utilities(view)
    assert np.array_equal(np.argsort(-ours), np.argsort(theirs.score_samples(X)))
    assert (ours.min(), ours.max()) == (0.0, 1.0)


def leaf_indicators(leaves):
    """Row vectors of length one that say which leaves a row falls into."""
    Z = np.concatenate([np.eye(512)[column] for column in leaves.T], axis=1)
    return Z[:, Z.any(axis=0)] / np.sqrt(leaves.shape[1])


def test_the_forests_score_is_linear_in_the_leaves():
    forest = _Isolation.of(Pool(np.random.default_rng(0).normal(size=(400, 3))), 8)
    Z = leaf_indicators(forest.leaves)
    w0 = np.linalg.lstsq(Z, forest.score, rcond=None)[0]
    assert np.allclose(Z @ w0, forest.score)


def test_feedback_is_the_ridge_regression_of_the_docstring():
    rng = np.random.default_rng(0)
    X, labelled, codes = rng.normal(size=(150, 3)), np.arange(12), [0] * 9 + [1] * 3
    view = at(X, labelled, codes)
    forest = _Isolation.of(view.pool, 6)
    Z = leaf_indicators(forest.leaves)
    C = np.diag(np.where(np.array(codes) == 1, 1 / 3, 1 / 9))
    L = Z[labelled]
    residual = np.array(codes) - forest.score[labelled]
    change = np.linalg.solve(L.T @ C @ L + 0.1 * np.eye(Z.shape[1]), L.T @ C @ residual)
    expected = (forest.score + Z @ change)[view.rows]
    assert np.allclose(AnomalyFeedback(trees=6).utilities(view), expected)


def kinds_of_outliers(seed):
    """1,000 rows with five groups of 12 outliers each, of which one group is wanted."""
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(1000, 6))
    for kind in range(5):
        away = rng.normal(size=6)
        X[12 * kind : 12 * kind + 12] = 6 * away / np.linalg.norm(away) + 0.7 * rng.normal(
            size=(12, 6)
        )
    return X, (np.arange(1000) < 12).astype(int)


def test_feedback_turns_to_the_wanted_kind():
    found = {}
    for trust in (0.1, 1e6):
        found[trust] = 0
        for seed in range(3):
            X, y = kinds_of_outliers(seed)
            strategy = AnomalyFeedback(trust=trust)
            learner = ActiveLearner(
                Pool(X), [0, 1], strategy=strategy, minority=1, refit_every=10**6
            )
            for _ in range(30):
                rows = learner.query(1).rows
                learner.teach(rows, y[rows])
            found[trust] += learner.labelled[1].sum()
    assert found[0.1] >= 30  # of 36
    assert found[1e6] < found[0.1] - 8


def test_a_negative_label_lowers_its_like():
    X, _ = kinds_of_outliers(0)
    plain, told = at(X), at(X, [0], [0])
    fall = (AnomalyFeedback().utilities(plain)[1:] - AnomalyFeedback().utilities(told))[:12]
    assert fall[:11].min() > 0


# ------------------------------------------------------------------ of all


@EACH
@pytest.mark.parametrize("each", [0, 1, 2])
@pytest.mark.parametrize("name", ["toy", "toy3", "texts"])
def test_contract(strategy, each, name, view_of, request):
    same_contract(strategy, view_of(request.getfixturevalue(name), each=each, batch=7))


@EACH
def test_copies_few_rows_and_many_picks(strategy):
    same_contract(strategy, at(np.zeros(9), [1], batch=8))
    same_contract(strategy, at([3.0], batch=1))
    same_contract(strategy, at([3.0, 4.0], [0], batch=1))
    same_contract(strategy, at(np.repeat([0.0, 4.0], 8), [0, 1, 8], [0, 0, 1], batch=13))


@EACH
def test_narrowed_candidates(strategy):
    X = np.random.default_rng(0).normal(size=(100, 3))
    view = at(X, [0, 1], [0, 1], batch=4).narrow(np.arange(20, 40))
    same_contract(strategy, view)
    assert set(batch_of(strategy, view)) <= set(range(20, 40))


@pytest.mark.parametrize(
    "make",
    [
        lambda: NNDM(prior=0.0),
        lambda: NNDM(prior=1.0),
        lambda: RareInterleave(components=0),
        lambda: AnomalyFeedback(trees=0),
        lambda: AnomalyFeedback(trust=0.0),
    ],
)
def test_parameters_are_checked(make):
    with pytest.raises(InputError):
        make()
