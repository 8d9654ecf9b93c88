import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.sparse import csr_array, csr_matrix
from sklearn.metrics.pairwise import cosine_similarity

from motherlode.geometry import mean_similarity


def points(n, d, seed=0):
    return np.random.default_rng(seed).normal(size=(n, d))


def similarity_matrix(X):
    cosine = cosine_similarity(X)
    return cosine if X.min() >= 0 else (1 + cosine) / 2


@pytest.mark.parametrize("shift", [0.0, 10.0], ids=["signs", "no signs"])
def test_mean_similarity_is_the_mean_of_the_whole_matrix(shift):
    X = points(80, 5) + shift
    assert mean_similarity(X) == pytest.approx(similarity_matrix(X).mean(axis=1))


@pytest.mark.parametrize("kind", [csr_matrix, csr_array])
def test_mean_similarity_of_sparse_rows(kind):
    X = np.where(points(60, 9) > 0.5, np.abs(points(60, 9, seed=1)), 0)
    X[3] = 0
    similarity = mean_similarity(kind(X))
    assert similarity == pytest.approx(similarity_matrix(X).mean(axis=1))
    assert similarity[3] == 0


@given(arrays(np.float64, (6, 3), elements=st.floats(-100, 100)))
def test_mean_similarity_lies_between_zero_and_one(X):
    similarity = mean_similarity(X)
    assert np.isfinite(similarity).all()
    assert ((similarity >= 0) & (similarity <= 1)).all()
