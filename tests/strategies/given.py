"""Views whose probabilities are written down in the test: the pool's columns are the model's."""

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin

from motherlode import Pool
from motherlode._round.training_set import TrainingSet
from motherlode._round.view import View
from motherlode.models._classifier import FittedClassifier


class AsGiven(ClassifierMixin, BaseEstimator):
    """A classifier whose probabilities of classes 0 ... k-1 are the first k columns."""

    def __init__(self, k=2):
        self.k = k

    def fit(self, X, y):
        self.classes_ = np.arange(self.k)
        return self

    def predict_proba(self, X):
        return np.asarray(X)[:, : self.k]


def given_view(P, rows, codes, *, points=None, model=True, **settings):
    """A view of a pool with probabilities ``P``, in which ``rows`` have the labels ``codes``."""
    P = np.asarray(P, dtype=float)
    k = P.shape[1]
    pool = Pool(P if points is None else np.hstack([P, points]))
    if points is not None:
        pool.points = np.asarray(points, dtype=float)  # geometry in the units of the test
    rows = np.asarray(rows, dtype=np.int64)
    codes = np.asarray(codes, dtype=np.int64)
    unfitted, fitted = AsGiven(k), None
    fresh = settings.pop("fresh", 0)
    if model:
        fitted = FittedClassifier(
            unfitted.fit(None, None), np.arange(k), n_labels=len(rows) - fresh
        )
    training = TrainingSet(
        pool,
        np.arange(k),
        rows,
        codes,
        settings.pop("minority", (k - 1,)),
        settings.pop("seed", (0, len(rows))),
        **{name: settings.pop(name) for name in ("skipped", "copies") if name in settings},
    )
    return View(
        training,
        np.setdiff1d(np.arange(len(P)), rows),
        unfitted=unfitted,
        model=fitted,
        **settings,
    )


def binary(p):
    """Two columns from the probability of class 1."""
    p = np.asarray(p, dtype=float)
    return np.stack([1 - p, p], axis=1)


def batch_of(strategy, view):
    """The rows that a top-k selection would ask, in order."""
    order = np.argsort(-strategy.utilities(view), kind="stable")
    return view.rows[order[: view.batch]].tolist()


def same_contract(strategy, view):
    """What every strategy keeps: a finite utility and a reason for each, the same twice."""
    u = strategy.utilities(view)
    assert u.shape == (len(view.rows),)
    assert u.dtype == np.float64
    assert np.isfinite(u).all()
    assert np.array_equal(u, strategy.utilities(view.narrow(view.rows.copy())))
    asked = batch_of(strategy, view)
    assert len(set(asked)) == min(view.batch, len(view))
    reasons = strategy.reasons(view, np.array(asked))
    assert len(reasons) == len(asked)
    assert all(reasons)
