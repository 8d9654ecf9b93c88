"""The final models that a comparison can be run with, the same for every strategy in it."""

from typing import Any

import numpy as np
from scipy.sparse import issparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from motherlode.arrays import Matrix

NAMES = ("default", "logistic", "forest")


class DenseScaler(TransformerMixin, BaseEstimator):
    """Standardises dense columns, and leaves sparse ones, TF-IDF weights, as they are."""

    def fit(self, X: Matrix, y: Any = None) -> "DenseScaler":
        self.scaler_ = None if issparse(X) else StandardScaler().fit(np.asarray(X, dtype=float))
        return self

    def transform(self, X: Matrix) -> Matrix:
        return X if self.scaler_ is None else self.scaler_.transform(np.asarray(X, dtype=float))


def final(name: str) -> Any:
    """The classifier of that name; None is motherlode's own choice.

    Parameters
    ----------
    name : {"default", "logistic", "forest"}
    """
    if name == "logistic":
        return make_pipeline(DenseScaler(), LogisticRegression(max_iter=1000))
    return RandomForestClassifier(100) if name == "forest" else None
