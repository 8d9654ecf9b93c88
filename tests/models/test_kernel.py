"""Logistic regression on likeness to remembered rows."""

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.kernel_approximation import Nystroem
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.pipeline import make_pipeline

from motherlode.models._kernel import KernelLogisticRegression


def disc(n=300, seed=0):
    """A small disc in the midst of a square: no line tells it apart."""
    rng = np.random.default_rng(seed)
    X = rng.uniform(-3, 3, (n, 2))
    return X, ((X**2).sum(axis=1) < 0.8).astype(int)


def test_it_is_the_nystroem_map_and_a_line():
    X, y = disc(60)
    ours = KernelLogisticRegression(landmarks=60, random_state=0).fit(X, y)
    theirs = make_pipeline(
        Nystroem(gamma=0.5, n_components=60, random_state=1),
        LogisticRegression(C=100.0, tol=1e-6, max_iter=1000),
    )
    assert ours.predict_proba(X) == pytest.approx(theirs.fit(X, y).predict_proba(X), abs=1e-3)


def test_a_class_in_one_place_is_learned_from_a_few_rows():
    X, y = disc()
    rows = np.concatenate([np.flatnonzero(y)[:3], np.flatnonzero(y == 0)[:15]])
    new, truth = disc(2000, seed=1)
    kernel = KernelLogisticRegression().fit(X[rows], y[rows])
    line = LogisticRegression().fit(X[rows], y[rows])
    assert average_precision_score(truth, kernel.predict_proba(new)[:, 1]) > 0.8
    assert average_precision_score(truth, line.predict_proba(new)[:, 1]) < 0.3


def test_the_rarest_class_is_remembered_first():
    X, y = disc()
    model = KernelLogisticRegression(landmarks=int(y.sum()) + 2, random_state=3).fit(X, y)
    kept = {tuple(row) for row in model.landmarks_}
    assert len(kept) == y.sum() + 2
    assert {tuple(row) for row in X[y == 1]} < kept


def test_copies_of_a_row_do_no_harm():
    X, y = disc(80)
    X, y = np.tile(X, (3, 1)).astype(np.float32), np.tile(y, 3)
    P = KernelLogisticRegression(landmarks=240).fit(X, y).predict_proba(X)
    assert average_precision_score(y, P[:, 1]) > 0.9
    assert np.abs(P[:80] - P[80:160]).max() < 1e-6


def test_weights_count_rows():
    X, y = disc(60)
    twice = np.concatenate([np.arange(60), np.flatnonzero(y)])
    one = KernelLogisticRegression(landmarks=100).fit(X, y, sample_weight=1 + y)
    other = KernelLogisticRegression(landmarks=100).fit(X[twice], y[twice])
    assert one.predict_proba(X) == pytest.approx(other.predict_proba(X), abs=0.02)


def test_single_precision_and_blocks_say_the_same():
    X, y = disc(200)
    model = KernelLogisticRegression().fit(X, y)
    many = np.tile(X, (50, 1))
    P = model.predict_proba(many)
    assert P.dtype == np.float64
    assert P[9800:] == pytest.approx(model.predict_proba(X), abs=1e-12)
    assert model.predict_proba(many.astype(np.float32)) == pytest.approx(P, abs=1e-3)


def test_a_row_far_from_all_is_finite():
    X, y = disc(100)
    model = KernelLogisticRegression().fit(X, y)
    for kind in (np.float32, np.float64):
        assert np.isfinite(model.predict_proba(np.array([[1e9, -1e9]], dtype=kind))).all()


def test_three_classes_of_any_name_and_the_same_seed():
    X, y = disc()
    names = np.where(y == 1, "rare", np.where(X[:, 0] > 0, "right", "left"))
    model = KernelLogisticRegression(landmarks=50, random_state=5).fit(X, names)
    P = model.predict_proba(X)
    assert P.shape == (300, 3)
    assert P.sum(axis=1) == pytest.approx(1.0)
    assert (model.predict(X) == names).mean() > 0.9
    assert np.array_equal(clone(model).fit(X, names).predict_proba(X), P)
