"""ASReview's default model and question."""

import warnings
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.svm import LinearSVC

from benchmarks.efficiency.peers.base import Peer, seed_of
from motherlode._round.view import View
from motherlode._rows.arrays import Floats, Matrix
from motherlode._rows.matrix import take
from motherlode.pool import Pool

RATIO = 9.8
"""Total weight of the relevant records over that of the others, when the model is fitted."""


@dataclass(frozen=True)
class AsreviewDefault(Peer):
    """The most likely first, by a linear support vector machine: "ELAS u4" of ASReview 3.0.8.

    TF-IDF of words and pairs of words, a `LinearSVC` whose training rows are weighted so that the
    positives together weigh 9.8 times the negatives, and the highest decision first. Until both
    classes are labelled, records are shown from the top of the file down, which a simulation
    deals in random order.

    The rule is run by our own code: the package takes texts only, and asks for an older pandas
    than the one that is tested here. A test compares the two where ASReview is installed. Tables
    are read as standardised columns, which ASReview itself does not do.
    """

    def utilities(self, view: View) -> Floats:
        """The decision function; the order of the file while one class is missing."""
        if len(np.unique(view.labelled_codes)) < 2:
            return -view.rows.astype(np.float64)
        positive = view.labelled_minority
        X = view.pool.once(("read by ASReview",), lambda: _features(view.pool))
        model = LinearSVC(loss="squared_hinge", C=0.11, random_state=seed_of(view))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            model.fit(take(X, view.labelled_rows), positive, sample_weight=weights(positive))
        return np.asarray(model.decision_function(take(X, view.rows)))


def weights(positive: NDArray[np.bool_]) -> Floats:
    """Weights of mean 1 by which positives together weigh `RATIO` times the negatives.

    Examples
    --------
    >>> w = weights(np.array([True, False, False]))
    >>> float(w.mean()), round(float(w[0] / w[1:].sum()), 6)
    (1.0, 9.8)
    """
    n_positive, n_negative = positive.sum(), (~positive).sum()
    raw = np.where(positive, 1.0, n_positive / (RATIO * n_negative))
    return np.asarray(raw / raw.mean())


def _features(pool: Pool) -> Matrix:
    if isinstance(pool.data, list):
        return TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, max_df=0.95).fit_transform(
            pool.data
        )
    return pool.points
