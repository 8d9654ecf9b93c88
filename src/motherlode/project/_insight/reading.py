"""A linear reading of the labels: which words speak for a row, and which rows it is like.

It is a logistic regression of the labelled rows alone, fitted in milliseconds, and only explains:
the strategy that asks has a model of its own.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, issparse
from scipy.special import expit
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from ..._rows.arrays import Floats, Rows
from ..._rows.matrix import is_frame, take
from ...pool import Pool

_MOST_PUSHES = 8
_MOST_READ = 5_000
_LONGEST_TEXT = 100_000


@dataclass(frozen=True)
class Reading:
    """A fitted linear model of one class against the others.

    Attributes
    ----------
    pool : Pool
    weights : ndarray of shape (d,)
        Log odds by feature; positive ones speak for the class.
    intercept : float
    """

    pool: Pool
    weights: Floats
    intercept: float

    def probabilities(self) -> Floats:
        """Of the class, for every row of the pool, shape (n,)."""
        odds = np.asarray(features(self.pool) @ self.weights).ravel() + self.intercept
        return np.asarray(expit(odds))

    def probability(self, row: int) -> float:
        """Of the class, for one row."""
        odds = float(self._shares(row).sum()) + self.intercept
        return float(expit(odds))

    def pushes(self, row: int) -> list[tuple[str, float]]:
        """The words or columns that move a row's log odds most, strongest first."""
        shares, names = self._shares(row), _names(self.pool)
        if names is None:
            return []
        strongest = np.argsort(-np.abs(shares), kind="stable")[:_MOST_PUSHES]
        return [(str(names[j]), float(shares[j])) for j in strongest if abs(shares[j]) > 1e-6]

    def spans(self, text: str) -> list[tuple[int, int, float]]:
        """Where words that speak for or against stand in a text, in UTF-16 units as browsers count.

        Only words whose weight is at least a third of the strongest in the text.
        """
        words = self.pool.transformer
        if not isinstance(words, TfidfVectorizer) or words.analyzer != "word":
            return []
        plain, known = words.build_preprocessor(), words.vocabulary_
        found = [
            (m.start(), m.end(), float(self.weights[known[word]]))
            for m in re.finditer(words.token_pattern, text[:_LONGEST_TEXT])
            if (word := plain(m.group())) in known
        ]
        least = max((abs(w) for _, _, w in found), default=0.0) / 3
        return _as_utf16(text, [span for span in found if abs(span[2]) > max(least, 1e-6)])

    def _shares(self, row: int) -> Floats:
        one = take(features(self.pool), np.array([row]))
        dense = one.toarray() if issparse(one) else np.asarray(one, dtype=np.float64)
        return np.asarray(dense.ravel() * self.weights)


def read_labels(pool: Pool, rows: Rows, is_positive: "np.ndarray[Any, Any]") -> Reading | None:
    """Fit a reading of labelled rows; None while they are all of one kind.

    Parameters
    ----------
    pool : Pool
    rows : ndarray of int64 of shape (l,)
    is_sought : ndarray of bool of shape (l,)
    """
    if is_positive.all() or not is_positive.any():
        return None
    # All of the rarer kind, and as many of the other as can be read in no time.
    kept = np.sort(np.r_[_some(np.flatnonzero(is_positive)), _some(np.flatnonzero(~is_positive))])
    model = LogisticRegression(class_weight="balanced", max_iter=300)
    X = take(features(pool), rows[kept])
    # Words that no labelled row holds get no weight, and most words of a pool are such.
    used = np.unique(X.indices) if issparse(X) else np.arange(X.shape[1])
    model.fit(X[:, used], is_positive[kept])
    weights = np.zeros(X.shape[1])
    weights[used] = model.coef_[0]
    return Reading(pool, weights, float(model.intercept_[0]))


def features(pool: Pool) -> Any:
    """Features on one scale: those of texts and tables are, those of plain numbers are not."""
    if issparse(pool.features):
        return csr_matrix(pool.features)
    return pool.points


def nearest(pool: Pool, row: int, labelled: Rows, n: int = 3) -> list[int]:
    """The labelled rows most like a row, most alike first; the row itself is left out."""
    others = labelled[labelled != row]
    if not len(others):
        return []
    if issparse(pool.features):
        unit = pool.unit_vectors
        closeness = np.asarray((unit[others] @ unit[[row]].T).todense()).ravel()
    else:
        closeness = -np.linalg.norm(pool.points[others] - pool.points[row], axis=1)
    return [int(others[j]) for j in np.argsort(-closeness, kind="stable")[:n]]


def _names(pool: Pool) -> Sequence[Any] | None:
    if pool.transformer is not None:
        return _names_out(pool.transformer)
    return list(pool.data.column_names) if is_frame(pool.data) else None


@lru_cache(maxsize=1)
def _names_out(transformer: Any) -> Sequence[Any]:
    """Kept, since sorting a vocabulary takes longer than all else that a row needs."""
    return list(transformer.get_feature_names_out())


def _some(places: Rows) -> Rows:
    step = -(-len(places) // _MOST_READ)
    return places[::step]


def _as_utf16(text: str, spans: list[tuple[int, int, float]]) -> list[tuple[int, int, float]]:
    """Offsets in code points as offsets in UTF-16 units."""
    if text.isascii():
        return spans
    units = np.concatenate([[0], np.cumsum([1 + (ord(c) > 0xFFFF) for c in text])])
    return [(int(units[a]), int(units[b]), w) for a, b, w in spans]
