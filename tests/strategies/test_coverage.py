import numpy as np
import pytest
from given import batch_of, binary, given_view, same_contract
from skactiveml.pool import ProbCover as TheirProbCover
from skactiveml.pool import TypiClust as TheirTypiClust

from motherlode import Pool
from motherlode.errors import InputError
from motherlode.strategies import _coverage
from motherlode.strategies._coverage import (
    ProbCover,
    TypiClust,
    _pure_radius,
    _typicality,
    clusters,
    count_within,
)

EITHER = pytest.mark.parametrize("strategy", [TypiClust(), ProbCover(), ProbCover(0.5)], ids=str)


def at(points, labelled=(), **settings):
    """A view of given points; models have no say here."""
    points = np.asarray(points, dtype=float)
    points = points.reshape(len(points), -1)
    P = binary(np.full(len(points), 0.5))
    return given_view(P, list(labelled), [0] * len(labelled), points=points, **settings)


def blobs(sizes, seed=0):
    """Groups of rows, far apart and of different sizes, with their group numbers."""
    rng = np.random.default_rng(seed)
    X = np.concatenate([rng.normal([40.0 * g, 0], 1.0, (n, 2)) for g, n in enumerate(sizes)])
    return X, np.repeat(np.arange(len(sizes)), sizes)


# --------------------------------------------------------------- TypiClust

TWO_GROUPS = [0, 1, 2, 4, 8, 100, 101, 103]


def test_typiclust_by_hand():
    # Mean distances to the others: 3.75 3 2.75 3.25 6.25 in one group, 2 1.5 2.5 in the other.
    view = at(TWO_GROUPS, batch=2)
    assert batch_of(TypiClust(), view) == [2, 6]
    said = TypiClust().reasons(view, np.array([2, 6]))
    assert [text.split()[2] for text in said] == ["0.364", "0.667"]


def test_typiclust_goes_where_nothing_is_labelled():
    assert batch_of(TypiClust(), at(TWO_GROUPS, [2], batch=1)) == [6]
    assert batch_of(TypiClust(), at(TWO_GROUPS, [6], batch=1)) == [2]


def test_typiclust_passes_over_small_clusters_only_if_told():
    assert batch_of(TypiClust(smallest=4), at(TWO_GROUPS, batch=2)) == [2, 1]
    # Where all are small, they are better than nothing.
    assert batch_of(TypiClust(smallest=9), at(TWO_GROUPS, batch=2)) == [2, 6]


def test_typiclust_reaches_a_rare_mode_that_the_authors_drop():
    X, group = blobs([30, 25, 20, 4])
    assert set(group[batch_of(TypiClust(), at(X, batch=4))]) == {0, 1, 2, 3}
    assert 3 not in group[batch_of(TypiClust(smallest=6), at(X, batch=4))]


def test_typiclust_asks_the_rows_of_scikit_activeml():
    X, group = blobs([30, 22, 17, 12, 9])
    labelled = [0, 40]
    y = np.full(len(X), np.nan)
    y[labelled] = 0
    theirs = TheirTypiClust(k=20, cluster_algo_dict={"n_init": 5}, random_state=0)
    expected = theirs.query(X, y, batch_size=3)
    assert batch_of(TypiClust(), at(X, labelled, batch=3)) == list(expected)
    assert group[expected].tolist() == [2, 3, 4]


def test_typicality_is_over_the_20_nearest_others():
    X = np.random.default_rng(0).normal(size=(60, 3))
    D = np.sort(np.linalg.norm(X[:, None] - X, axis=2), axis=1)
    assert np.allclose(_typicality(X, X), 1 / (D[:, 1:21].mean(axis=1) + 1e-5))
    assert _typicality(X[:1], X[:1]).tolist() == [0.0]
    assert np.isfinite(_typicality(np.zeros((5, 2)), np.zeros((5, 2)))).all()


def test_clusters_of_fewer_points_than_clusters():
    cluster = clusters(np.repeat([[0.0], [5.0]], 10, axis=0), 6, np.random.default_rng(0))
    assert len(np.unique(cluster)) == 2


def test_typiclust_in_a_cluster_of_thousands():
    X = np.random.default_rng(0).normal(size=(2500, 2))
    row = batch_of(TypiClust(), at(X, batch=1))[0]
    assert np.linalg.norm(X[row]) < 1


# --------------------------------------------------------------- ProbCover


def star(x, leaves):
    """A centre and leaves at 0.9 around it, no two of them within 1 of each other."""
    angle = 2 * np.pi * np.arange(leaves) / leaves
    return [[x, 0], *np.stack([x + 0.9 * np.cos(angle), 0.9 * np.sin(angle)], axis=1)]


STARS = [*star(0, 3), *star(10, 5), *star(20, 4)]  # centres are rows 0, 4 and 10


# The peer warns of the purity, which it did not compute, wherever one radius is given.
@pytest.mark.filterwarnings("ignore:The maximum purity was -1")
def test_probcover_by_hand_and_as_scikit_activeml():
    view = at(STARS, batch=3)
    assert batch_of(ProbCover(delta=1.0), view) == [4, 10, 0]
    said = ProbCover(delta=1.0).reasons(view, np.array([4, 10, 0]))
    assert [text.split()[2] for text in said] == ["6", "5", "4"]
    theirs = TheirProbCover(deltas=[1.0], random_state=0)
    expected = theirs.query(np.array(STARS), np.full(len(STARS), np.nan), batch_size=3)
    assert list(expected) == [4, 10, 0]


def test_probcover_counts_what_labelled_rows_cover():
    assert batch_of(ProbCover(delta=1.0), at(STARS, [4], batch=2)) == [10, 0]
    # A labelled leaf covers itself and its centre, which leaves four other leaves.
    assert batch_of(ProbCover(delta=1.0), at(STARS, [5], batch=1)) == [10]


def test_probcover_balls_are_closed():
    # Of five points one apart, those with both neighbours in reach cover three.
    view = at([0, 1, 2, 3, 4], batch=2)
    first, second = batch_of(ProbCover(delta=1.0), view)
    assert first in (1, 2, 3)
    assert second != first


@pytest.mark.parametrize("seed", range(5))
def test_probcover_picks_are_greedy(seed):
    rng = np.random.default_rng(seed)
    X, labelled = rng.normal(size=(120, 2)), [3, 50]
    near = np.linalg.norm(X[:, None] - X, axis=2) <= 0.4
    covered = near[labelled].any(axis=0)
    candidates = np.setdiff1d(np.arange(120), labelled)
    for row in batch_of(ProbCover(delta=0.4), at(X, labelled, batch=15)):
        gain = near[:, ~covered].sum(axis=1)
        assert gain[row] == gain[candidates].max()
        covered |= near[row]
        candidates = np.setdiff1d(candidates, row)


def test_probcover_goes_on_when_everything_is_covered():
    asked = batch_of(ProbCover(delta=99.0), at(np.arange(8), batch=5))
    assert len(set(asked)) == 5


def test_pure_radius_by_hand():
    pool = Pool(np.arange(6.0).reshape(-1, 1))
    pool.points = np.array([[0], [1], [2], [10], [11], [13]], dtype=float)
    # Distances to the other group: 10 9 8 and 8 9 11.
    assert _pure_radius(pool, 2, 0.95) == pytest.approx(8, rel=1e-5)
    assert _pure_radius(pool, 2, 0.5) == pytest.approx(9, rel=1e-5)
    assert _pure_radius(pool, 1, 0.95) == np.inf


def test_pure_radius_is_the_largest():
    pool = Pool(np.random.default_rng(0).normal(size=(300, 3)))
    P, delta = pool.points, _pure_radius(pool, 3, 0.9)
    rng = np.random.default_rng(0)
    impure = np.not_equal.outer(*[clusters(P, 3, rng)] * 2)
    D = np.linalg.norm(P[:, None] - P, axis=2)

    def purity(radius):
        return 1 - (impure & (radius >= D)).any(axis=1).mean()

    assert purity(delta) >= 0.9
    assert purity(delta * 1.00001) < 0.9


def test_counts_within_includes_the_surface():
    x = np.arange(5.0).reshape(-1, 1)
    assert count_within(x, x, 1.0).tolist() == [2, 3, 3, 3, 2]
    assert count_within(x, x[:2], 0.5).tolist() == [1, 1, 0, 0, 0]


def test_probcover_of_a_pool_beyond_the_sample(monkeypatch):
    monkeypatch.setattr(_coverage, "SAMPLE_ROWS", 1_000)
    X = np.random.default_rng(0).normal(size=(1_200, 2))
    view = at(X, [0], batch=4)
    same_contract(ProbCover(), view)
    assert (ProbCover(delta=0.3).utilities(view) == 0).sum() >= 199


@pytest.mark.parametrize("bad", [{"delta": 0.0}, {"delta": np.nan}, {"purity": 0.0}])
def test_probcover_refuses(bad):
    with pytest.raises(InputError):
        ProbCover(**bad)


def test_typiclust_refuses():
    with pytest.raises(InputError, match="smallest is 0"):
        TypiClust(smallest=0)


# ----------------------------------------------------------------- of both


@EITHER
@pytest.mark.parametrize("each", [0, 1, 2])
@pytest.mark.parametrize("name", ["toy", "toy3", "texts"])
def test_contract(strategy, each, name, view_of, request):
    same_contract(strategy, view_of(request.getfixturevalue(name), each=each, batch=7))


@EITHER
def test_copies_few_rows_and_many_picks(strategy):
    same_contract(strategy, at(np.zeros(9), [1], batch=8))
    same_contract(strategy, at([3.0], batch=1))
    same_contract(strategy, at(np.repeat([0.0, 4.0], 8), [0, 1, 8], batch=13))


@EITHER
def test_seed_decides(strategy, toy, started):
    asked = [started(toy, strategy, seed=s).query(5).rows.tolist() for s in (1, 1)]
    assert asked[0] == asked[1]
