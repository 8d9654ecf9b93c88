"""The final models that runs are judged by, and how good one is after so many labels."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import issparse
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from motherlode import ActiveLearner, Pool
from motherlode._rows.arrays import Matrix
from motherlode._rows.matrix import take
from motherlode.simulation import Dataset, split
from motherlode.simulation._dataset import are_positive
from motherlode.simulation._scoring import predict_positive, score, score_nothing

FINALS = ("default", "labelled", "logistic")
"""Motherlode's own `final_model`, the same kind of model on the labels alone, and a plain
logistic regression on them."""


class DenseScaler(TransformerMixin, BaseEstimator):
    """Standardises dense columns, and leaves sparse ones, TF-IDF weights, as they are."""

    def fit(self, X: Matrix, y: Any = None) -> "DenseScaler":
        self.scaler_ = None if issparse(X) else StandardScaler().fit(np.asarray(X, dtype=float))
        return self

    def transform(self, X: Matrix) -> Matrix:
        return X if self.scaler_ is None else self.scaler_.transform(np.asarray(X, dtype=float))


@dataclass(frozen=True, eq=False)
class Exam:
    """The pool to fit on, and the test part to rank, of one set and seed; read when needed."""

    dataset: Dataset
    seed: int

    @cached_property
    def _parts(self) -> tuple[Matrix, NDArray[Any], Matrix, NDArray[Any]]:
        return split(self.dataset, self.seed)

    @cached_property
    def _pool(self) -> Pool:
        return Pool(self._parts[0])

    def read(self) -> "Exam":
        """The same, read: before it is handed to several processes."""
        assert len(self._pool)
        return self

    def scores(self, final: str, rows: tuple[int, ...], known: int) -> dict[str, float]:
        """Every metric of a final model, on the test part.

        Parameters
        ----------
        final : {"default", "labelled", "logistic"}
        rows : tuple of int
            Pool rows in the order labelled.
        known : int
            How many of them were labelled before the first question.

        Returns
        -------
        dict of str to float
            By the names of `motherlode.simulation.Round`; those of a constant score while there
            is no model: "default" needs a positive, the others labels of both classes.
        """
        _, labels, test_data, test_labels = self._parts
        minority = self.dataset.minority
        truth = are_positive(test_labels, minority)
        taught = labels[list(rows)]
        # Sums depend in their last bit on the threads that add them.
        with threadpool_limits(1, user_api="blas"):
            model = self._fitted(final, rows, known)
            if model is None:
                return score_nothing(truth)
            answers = predict_positive(model, test_data, self.dataset.classes, minority)
        return score(answers, truth, are_positive(taught, minority))

    def _fitted(self, final: str, rows: tuple[int, ...], known: int) -> Any | None:
        labels, ids = self._parts[1], list(rows)
        if final != "default" and len(np.unique(labels[ids])) < 2:
            return None
        if final == "logistic":
            model = make_pipeline(DenseScaler(), LogisticRegression(max_iter=1000))
            return self._pool.pipeline(model.fit(take(self._pool.features, ids), labels[ids]))
        learner = ActiveLearner(
            self._pool,
            self.dataset.classes,
            strategy="random",
            minority=list(self.dataset.minority),
            seed=self.seed,
        )
        learner.teach(ids[:known], labels[ids[:known]])
        learner.teach(ids[known:], labels[ids[known:]], channel="query")
        return learner.final_model(presume=final == "default") if learner.trainable else None
