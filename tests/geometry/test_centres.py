import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cdist

from motherlode.geometry import NearestCentre, squared_lengths
from motherlode.geometry import _centres as centres


def cloud(n, d, *, dtype=np.float64, step=0.0, seed=0):
    """Points around five centres far from the origin, perhaps on a grid, where many are level."""
    rng = np.random.default_rng(seed)
    P = 3 + 5 * rng.normal(size=(5, d))[rng.integers(5, size=n)] + rng.normal(size=(n, d))
    return (np.round(P / step) * step if step else P).astype(dtype)


def nearest(P, cuts, rows):
    found, lengths = NearestCentre.none(P), squared_lengths(P)
    for part in np.split(rows, cuts):
        if len(part):
            found = found.add(P, lengths, P[part])
    return found


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("step", [0.0, 1.0])
def test_the_nearest_centre_by_brute_force(dtype, step):
    P, rows = cloud(500, 4, dtype=dtype, step=step), np.arange(0, 500, 11)
    found, D = nearest(P, [3, 4, 9], rows), cdist(P, P[rows], "sqeuclidean")
    assert found.squares.dtype == dtype
    assert np.allclose(found.squares, D.min(axis=1), rtol=1e-4, atol=1e-5)
    assert np.allclose(D[np.arange(500), found.owner], D.min(axis=1), rtol=1e-4, atol=1e-5)
    assert np.array_equal(found.squares[rows], np.zeros(len(rows)))


@pytest.mark.parametrize("near", [0, 2**25], ids=["by the triangle", "by products"])
@settings(max_examples=60, deadline=None)
@given(
    d=st.integers(1, 40),
    single=st.booleans(),
    step=st.sampled_from([0.0, 0.5, 2.0]),
    cuts=st.lists(st.integers(0, 25), max_size=25),
    seed=st.integers(0, 9),
)
def test_all_at_once_is_one_by_one_to_the_last_bit(near, d, single, step, cuts, seed):
    P = cloud(300, d, dtype=np.float32 if single else np.float64, step=step, seed=seed)
    rows = np.random.default_rng(seed).choice(300, 25)  # some twice
    before, centres._NEAR_PROCESSOR = centres._NEAR_PROCESSOR, near
    try:
        one, other = nearest(P, np.arange(25), rows), nearest(P, sorted(cuts), rows)
    finally:
        centres._NEAR_PROCESSOR = before
    assert np.array_equal(one.squares, other.squares)
    assert np.array_equal(one.owner, other.owner)
    assert np.array_equal(one.centres, other.centres)
