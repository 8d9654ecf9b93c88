import numpy as np
import pytest
from scipy.spatial.distance import cdist
from sklearn.neighbors import LocalOutlierFactor

from motherlode.geometry import local_outlier_factor


def points(n, d, seed=0):
    return np.random.default_rng(seed).normal(size=(n, d))


@pytest.mark.parametrize("neighbours", [1, 5, 20, 500])
def test_local_outlier_factor_is_that_of_scikit_learn(neighbours):
    P = points(120, 3)
    peer = LocalOutlierFactor(n_neighbors=min(neighbours, 119)).fit(P)
    assert local_outlier_factor(P, neighbours) == pytest.approx(-peer.negative_outlier_factor_)


def test_local_outlier_factor_by_definition():
    """Definitions 5 to 7 of the paper, on a handful of points without ties."""
    P, k = points(12, 2, seed=4), 3
    D = cdist(P, P)
    near = np.argsort(D, axis=1)[:, 1 : k + 1]
    k_distance = np.sort(D, axis=1)[:, k]
    reach = np.array([[max(k_distance[o], D[p, o]) for o in near[p]] for p in range(12)])
    density = 1 / reach.mean(axis=1)
    by_hand = density[near].mean(axis=1) / density
    assert local_outlier_factor(P, k) == pytest.approx(by_hand, rel=1e-6)


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_local_outlier_factor_of_a_handful(n):
    factor = local_outlier_factor(points(n, 2), 20)
    assert factor.shape == (n,)
    assert np.isfinite(factor).all()
    assert (factor > 0).all()


def test_rows_beside_a_heap_of_equal_rows_get_a_finite_factor_and_no_warning():
    P = np.concatenate([np.zeros((25, 2)), 0.1 * points(20, 2)])
    factor = local_outlier_factor(P, 20)
    assert np.isfinite(factor).all()
    assert factor[:25] == pytest.approx(1)
