import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from motherlode import Pool
from motherlode._round.cluster_margin import ClusterMargin, _linkage_clusters
from motherlode._round.selection import TopK
from motherlode._round.training_set import TrainingSet
from motherlode._round.view import View
from motherlode.errors import InputError


def view_at(points, labelled=(), seed=0):
    points = np.asarray(points, dtype=float)
    pool = Pool(points.reshape(len(points), -1))
    rows = np.array(labelled, dtype=np.int64)
    training = TrainingSet(
        pool,
        np.array([0, 1]),
        rows,
        np.zeros(len(rows), dtype=np.int64),
        (1,),
        (seed,),
    )
    return View(
        training,
        np.setdiff1d(np.arange(len(pool)), rows),
        unfitted=None,
        model=None,
    )


# Half as many clusters as rows: {0, 1}, {2, 3, 4}, {5, 6} and {7}.
LINE = [0, 0.1, 5, 5.1, 5.2, 10, 10.1, 20]
UTILITIES = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.1])


def chosen(n, view=None, u=UTILITIES, **settings):
    view = view_at(LINE) if view is None else view
    return ClusterMargin(**settings).choose(view, u, n).rows.tolist()


def test_clusters_by_hand():
    groups = _linkage_clusters(Pool(np.reshape(LINE, (-1, 1))))
    assert [len(set(groups[a:b])) for a, b in [(0, 2), (2, 5), (5, 7)]] == [1, 1, 1]
    assert len(set(groups)) == 4


def test_turns_go_from_the_smallest_cluster_to_the_largest():
    assert chosen(4) == [7, 0, 5, 2]
    assert chosen(8) == [7, 0, 5, 2, 1, 6, 3, 4]
    assert chosen(3) == [7, 0, 5]


def test_sizes_are_those_among_the_best_rows():
    # The best four are rows 0 to 3: two of each cluster, and the better one goes first.
    assert chosen(2, factor=2) == [0, 2]
    # Of the best three, row 2 is alone in its cluster.
    assert chosen(2, factor=1.5) == [2, 0]


def test_factor_one_is_the_top_in_another_order():
    for n in range(1, 9):
        assert set(chosen(n, factor=1)) == set(range(n))


def test_labelled_rows_are_not_chosen():
    view = view_at(LINE, labelled=[0, 7])
    assert chosen(2, view, UTILITIES[1:7]) == [1, 5]


def test_no_probabilities_are_claimed():
    assert ClusterMargin().choose(view_at(LINE), UTILITIES, 3).probabilities is None


@given(
    st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3)), min_size=1, max_size=40),
    st.integers(1, 40),
    st.floats(1, 12),
)
def test_rows_differ_and_are_among_the_best(rows, n, factor):
    view = view_at([x for x, _ in rows])
    u = np.array([value for _, value in rows], dtype=float)
    n = min(n, len(rows))
    asked = ClusterMargin(factor).choose(view, u, n).rows
    assert len(set(asked.tolist())) == n
    worst = np.sort(u)[::-1][min(len(u), int(np.ceil(factor * n))) - 1]
    assert u[asked].min() >= worst


def test_ties_are_broken_at_random():
    view = [view_at(np.arange(40), seed=s) for s in range(20)]
    assert len({tuple(chosen(3, v, np.zeros(40), factor=1)) for v in view}) > 10


def test_twins_do_not_fill_a_batch():
    X = np.repeat(np.arange(10.0), 20)
    u = -X  # all copies of 0 are the best rows
    assert set(X[TopK().choose(view_at(X), u, 10).rows]) == {0}
    assert len(set(X[chosen(10, view_at(X), u)])) == 5  # the best 100 are five values


def test_a_pool_beyond_the_sample_joins_the_nearest_centre():
    rng = np.random.default_rng(0)
    group = rng.integers(3, size=1500)
    pool = Pool(rng.normal(size=(1500, 2)) + 100 * np.stack([group, group == 1], axis=1))
    cluster = _linkage_clusters(pool)
    assert len(cluster) == 1500
    # Clusters are many, and none reaches from one group into another.
    assert len(np.unique(cluster)) == 500
    assert all(len(set(group[cluster == c])) == 1 for c in np.unique(cluster))
    assert _linkage_clusters(pool) is cluster


@pytest.mark.parametrize("points", [[3.0], [1.0, 2.0], np.zeros(6), np.zeros(1200)])
def test_tiny_pools_and_copies(points):
    n = min(len(points), 5)
    view = view_at(points)
    assert len(set(chosen(n, view, np.zeros(len(points))))) == n


@pytest.mark.parametrize("name", ["toy", "toy3", "texts"])
def test_in_a_learner(name, started, request):
    learner = started(request.getfixturevalue(name), selection=ClusterMargin())
    query = learner.query(7)
    assert len(set(query.rows.tolist())) == 7
    assert np.array_equal(query.rows, learner.query(7).rows)
    everything = learner.query(len(learner.unlabelled)).rows
    assert np.array_equal(np.sort(everything), learner.unlabelled)


@pytest.mark.parametrize("factor", [0.5, np.nan, np.inf])
def test_factor_is_checked(factor):
    with pytest.raises(InputError, match="factor is"):
        ClusterMargin(factor)
