"""A linear model of the labels, which says what words or columns speak for a class in a row.

It is a logistic regression of the labelled rows alone, fitted in milliseconds. The strategy has a
model of its own to ask by.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, issparse
from scipy.special import expit
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS
from sklearn.linear_model import LogisticRegression

from ..._rows.arrays import Floats, Rows
from ..._rows.matrix import is_frame, take
from ...pool import Pool

_MOST_PUSHES = 8
_MOST_READ = 5_000
_LONGEST_TEXT = 100_000
_MOST_COMMON = 0.25  # share of rows that hold a word which says something
_MANY = 200  # rows, from which on that share is looked at


@dataclass(frozen=True)
class LinearExplanation:
    """A fitted linear model of one class against the others.

    `weights`, shape (d,), are log odds by feature; positive ones speak for the class.
    """

    pool: Pool
    weights: Floats
    intercept: float

    def probabilities(self) -> Floats:
        """Predict the probability of the class for every row of the pool, shape (n,)."""
        odds = np.asarray(scaled_features(self.pool) @ self.weights).ravel() + self.intercept
        return np.asarray(expit(odds))

    def probability(self, row: int) -> float:
        """Predict the probability of the class for one row."""
        odds = float(self._contributions(row).sum()) + self.intercept
        return float(expit(odds))

    def pushes(self, row: int) -> list[tuple[str, float]]:
        """Find the words or columns that change a row's log odds most, the strongest first."""
        parts, names = self._contributions(row), _feature_names(self.pool)
        if names is None:
            return []
        idle = _find_idle_words(self.pool)
        strongest = np.argsort(-np.abs(parts), kind="stable")[: _MOST_PUSHES + len(idle)]
        said = [(str(names[j]), float(parts[j])) for j in strongest if abs(parts[j]) > 1e-6]
        return [(name, part) for name, part in said if name not in idle][:_MOST_PUSHES]

    def telling(self) -> Rows:
        """Find the features with a weight, but for words that say nothing to a reader."""
        places, words = np.flatnonzero(self.weights), self.pool.word_vectoriser
        idle = _find_idle_words(self.pool)
        if words is None or not idle:
            return places
        said_of = words.vocabulary_
        return np.setdiff1d(places, [said_of[word] for word in idle if word in said_of])

    def spans(self, text: str) -> list[tuple[int, int, float]]:
        """Find where words that speak for or against are in a text.

        Places are in UTF-16 units, as browsers count. Words are left out if their weight is below
        a third of the largest in the text, and where they are in most texts, as "the" is.
        """
        words = self.pool.word_vectoriser
        if words is None or words.analyzer != "word":
            return []
        plain, known, idle = (
            words.build_preprocessor(),
            words.vocabulary_,
            _find_idle_words(self.pool),
        )
        found = [
            (m.start(), m.end(), float(self.weights[known[word]]))
            for m in re.finditer(words.token_pattern, text[:_LONGEST_TEXT])
            if (word := plain(m.group())) in known and word not in idle
        ]
        least = max((abs(w) for _, _, w in found), default=0.0) / 3
        return _as_utf16(text, [span for span in found if abs(span[2]) > max(least, 1e-6)])

    def _contributions(self, row: int) -> Floats:
        one = take(scaled_features(self.pool), np.array([row]))
        dense = one.toarray() if issparse(one) else np.asarray(one, dtype=np.float64)
        return np.asarray(dense.ravel() * self.weights)


def explain_labels(
    pool: Pool, rows: Rows, is_positive: "np.ndarray[Any, Any]"
) -> LinearExplanation | None:
    """Fit a linear model to labelled rows; None while they are all of one kind."""
    if is_positive.all() or not is_positive.any():
        return None
    # At most some thousands of each kind, so that fitting takes no time.
    kept = np.sort(
        np.r_[_thin_out(np.flatnonzero(is_positive)), _thin_out(np.flatnonzero(~is_positive))]
    )
    model = LogisticRegression(class_weight="balanced", max_iter=300)
    X = take(scaled_features(pool), rows[kept])
    # Words that no labelled row holds get no weight; most words of a pool are such words.
    used = np.unique(X.indices) if issparse(X) else np.arange(X.shape[1])
    model.fit(X[:, used], is_positive[kept])
    weights = np.zeros(X.shape[1])
    weights[used] = model.coef_[0]
    return LinearExplanation(pool, weights, float(model.intercept_[0]))


def scaled_features(pool: Pool) -> Any:
    """Return features on one scale, as those of texts and tables are and plain numbers are not.

    Of texts they are the words, which a reader understands.
    """
    if issparse(pool.features):
        return csr_matrix(pool.words)
    return pool.points


def _feature_names(pool: Pool) -> Sequence[Any] | None:
    if pool.transformer is not None:
        return _names_out(pool.word_vectoriser or pool.transformer)
    return list(pool.data.column_names) if is_frame(pool.data) else None


@lru_cache(maxsize=1)
def _names_out(transformer: Any) -> Sequence[Any]:
    """Keep the names of features, since sorting a vocabulary takes long."""
    return list(transformer.get_feature_names_out())


@lru_cache(maxsize=1)
def _find_idle_words(pool: Pool) -> frozenset[str]:
    """Find the words that say nothing to a reader, though a model may weigh them.

    These are the stop words of English, and in large pools of any language the words that a
    quarter of the texts hold.
    """
    words, texts = pool.word_vectoriser, len(pool)
    if words is None or words.analyzer != "word":
        return frozenset()
    if texts < _MANY or not issparse(pool.features):
        return frozenset(ENGLISH_STOP_WORDS)
    X = csr_matrix(pool.words)
    holding = np.bincount(X.indices, minlength=X.shape[1])
    names = _names_out(words)
    common = np.flatnonzero(holding > _MOST_COMMON * texts).tolist()
    return frozenset(ENGLISH_STOP_WORDS).union(str(names[j]) for j in common)


def _thin_out(places: Rows) -> Rows:
    step = -(-len(places) // _MOST_READ)
    return places[::step]


def _as_utf16(text: str, spans: list[tuple[int, int, float]]) -> list[tuple[int, int, float]]:
    """Turn offsets in code points into offsets in UTF-16 units."""
    if text.isascii():
        return spans
    units = np.concatenate([[0], np.cumsum([1 + (ord(c) > 0xFFFF) for c in text])])
    return [(int(units[a]), int(units[b]), w) for a, b, w in spans]
