import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.spatial.distance import cdist

from motherlode.errors import InputError
from motherlode.geometry import _approximate as approximate
from motherlode.geometry import _exact as exact
from motherlode.geometry import _neighbours as neighbours
from motherlode.geometry import nearest_neighbours
from motherlode.geometry._exact import exact_neighbours


def points(n, d, seed=0):
    return np.random.default_rng(seed).normal(size=(n, d))


def blobs(n, d, seed=0):
    rng = np.random.default_rng(seed)
    return rng.normal(size=(40, d))[rng.integers(40, size=n)] * 4 + rng.normal(size=(n, d))


def by_hand(P, k):
    D = cdist(P, P)
    np.fill_diagonal(D, np.inf)
    return np.argsort(D, axis=1, kind="stable")[:, :k], np.sort(D, axis=1)[:, :k]


def test_nearest_neighbours_by_brute_force():
    P = points(50, 3)
    D = cdist(P, P)
    np.fill_diagonal(D, np.inf)
    found = nearest_neighbours(P, 4)
    assert np.array_equal(found.ids, np.argsort(D, axis=1)[:, :4])
    assert found.distances == pytest.approx(np.sort(D, axis=1)[:, :4])
    assert nearest_neighbours(P[:3], 9).ids.shape == (3, 2)
    assert nearest_neighbours(P[:1], 9).ids.shape == (1, 0)


@pytest.mark.parametrize("d", [2, 6, 7, 40])
@pytest.mark.parametrize("n", [2, 30, 1_024, 1_030, 2_500])
def test_neighbours_are_exact_by_tree_and_by_pairs(n, d):
    P = points(n, d)
    ids, distances = by_hand(P, min(9, n - 1))
    for found in (nearest_neighbours(P, 9), exact_neighbours(P, min(9, n - 1))):
        assert np.array_equal(found.ids, ids)
        assert found.distances == pytest.approx(distances, abs=1e-9)
        assert found.recall == 1.0


@pytest.mark.parametrize("d", [3, 20])
def test_points_in_single_precision_have_the_neighbours_of_the_same_points_in_double(d):
    P = blobs(3_000, d).astype(np.float32)
    known = exact_neighbours(P.astype(np.float64), 12)
    found = exact_neighbours(P, 12)
    assert np.array_equal(found.ids, known.ids)
    assert np.array_equal(found.distances, known.distances)


@pytest.mark.parametrize("shift", [0.0, 1e4])
def test_points_much_nearer_to_each_other_than_to_the_origin_have_exact_distances(shift):
    """Tight heaps far from each other: their gaps are rounding in single precision."""
    rng = np.random.default_rng(0)
    P = np.repeat(100 * rng.normal(size=(200, 8)), 30, axis=0) + shift
    P += 1e-5 * rng.normal(size=P.shape)
    assert exact_neighbours(P, 5).distances == pytest.approx(by_hand(P, 5)[1], rel=1e-6)


@given(
    P=arrays(np.float64, (40, 2), elements=st.integers(-3, 3).map(float)),
    size=st.sampled_from([4, 11, 64]),
    k=st.sampled_from([1, 3, 39]),
)
@settings(max_examples=30, deadline=None)
def test_copies_and_ties_leave_the_distances_exact(P, size, k):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(exact, "_ASKED", size)
        found = exact_neighbours(P, k)
    assert found.distances == pytest.approx(by_hand(P, k)[1], abs=1e-9)
    assert all(len({row, *near}) == k + 1 for row, near in enumerate(found.ids.tolist()))
    tree = nearest_neighbours(P, k)
    assert tree.distances == pytest.approx(found.distances, abs=1e-9)
    assert all(row not in near for row, near in enumerate(tree.ids.tolist()))


def test_an_index_reports_the_share_of_neighbours_that_it_finds(monkeypatch):
    P = blobs(4_000, 12)
    known = nearest_neighbours(P, 10)
    monkeypatch.setattr(neighbours, "EXACT_ROWS", 1_000)
    found = nearest_neighbours(P, 10)
    shared = [len(np.intersect1d(a, b)) for a, b in zip(found.ids, known.ids, strict=True)]
    assert 0.95 <= found.recall <= 1
    assert np.mean(shared) / 10 == pytest.approx(found.recall, abs=0.03)
    row = np.repeat(np.arange(4_000), 10).reshape(4_000, 10)
    assert (found.ids != row).all()
    assert found.distances == pytest.approx(np.linalg.norm(P[found.ids] - P[row], axis=2), rel=1e-3)
    again = nearest_neighbours(P, 10)
    assert np.array_equal(found.ids, again.ids)


def test_an_index_that_misses_too_many_gives_way_to_all_pairs(monkeypatch):
    P = points(3_000, 60)
    known = nearest_neighbours(P, 10)
    monkeypatch.setattr(neighbours, "EXACT_ROWS", 1_000)
    assert np.array_equal(nearest_neighbours(P, 10).ids, known.ids)
    monkeypatch.setattr(neighbours, "LARGEST_EXACT", 2_000)
    assert nearest_neighbours(P, 10).recall < 0.95


def test_lists_that_hold_too_few_points_are_filled_up(monkeypatch):
    P = np.concatenate([blobs(3_000, 8), 1e3 * points(6, 8)])
    index = approximate.InvertedLists(P, 400)
    found = index.neighbours()
    assert (found.ids >= 0).all()
    assert np.isfinite(found.distances).all()


def test_without_faiss_neighbours_are_exact_or_refused_in_a_sentence(monkeypatch):
    P = blobs(1_500, 8)
    known = nearest_neighbours(P, 4)
    monkeypatch.setattr(neighbours, "find_spec", lambda name: None)
    monkeypatch.setattr(neighbours, "EXACT_ROWS", 1_000)
    assert np.array_equal(nearest_neighbours(P, 4).ids, known.ids)
    monkeypatch.setattr(neighbours, "LARGEST_EXACT", 1_200)
    with pytest.raises(InputError, match=r"1,500 rows need .*motherlode\[ann\]"):
        nearest_neighbours(P, 4)


@pytest.mark.parametrize("d", [2, 9])
def test_neighbours_tell_how_far_they_have_come(d):
    told = []
    nearest_neighbours(points(3_000, d), 3, progress=lambda what, done: told.append(done))
    assert told[-1] == 1.0
    assert told == sorted(told)
