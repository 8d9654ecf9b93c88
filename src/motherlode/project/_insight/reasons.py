"""What speaks for the positive class in rows that a project does not hold, in a few words.

These are the weights of the linear model that explains rows on the page, kept without the pool.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, issparse

from ..._rows.arrays import Codes, Floats, Rows
from .linear_explanation import LinearExplanation

_MOST = 3  # words or columns that are named of a row
_LEAST = 1e-6  # log odds
_SHARE = 1 / 3  # of the strongest, for another to be named beside it
_WAYS = {"number": ("low", "high"), "date": ("early", "late")}


@dataclass(frozen=True, eq=False)
class Reasons:
    """Weights of features, for rows that went through the transformer of the pool.

    Parameters
    ----------
    places : ndarray of int64 of shape (f,)
        The features that have a weight, ascending.
    weights : ndarray of shape (f,)
        Log odds by unit of each.
    centres : ndarray of shape (f,)
        What each is on average, where 0 is not nothing; else 0.
    """

    places: Rows
    weights: Floats
    centres: Floats

    def speak(self, X: Any, names: Sequence[str], kinds: dict[str, str]) -> list[str]:
        """Name what speaks most for the positive class, for each row; "" where nothing does.

        Parameters
        ----------
        X : ndarray or sparse matrix of shape (n, d)
            Features of rows.
        names : sequence of str
            Their names.
        kinds : dict of str to str
            The features that are a number or date each, with which of these.
        """
        words = [_word(str(names[place]), kinds) for place in self.places.tolist()]
        ways = np.array([len(one) == 2 for one in words], dtype=bool)
        rows, features, is_high = self._find_strongest(X, ways)
        said: list[list[str]] = [[] for _ in range(X.shape[0])]
        for row, feature, high in zip(rows, features, is_high, strict=True):
            one = words[feature]
            said[row].append(one[high] if len(one) == 2 else one[0])
        return ["; ".join(some) for some in said]

    def _find_strongest(self, X: Any, ways: Any) -> tuple[list[int], list[int], list[bool]]:
        """List row and feature of what speaks most, row by row, the strongest first."""
        rows: Rows
        features: Rows
        if issparse(X):
            own = csr_matrix(X)[:, self.places].tocoo()
            rows, features = own.row.astype(np.int64), own.col.astype(np.int64)
            values = np.asarray(own.data, dtype=np.float64)
            speaks = values * self.weights[features]
        else:
            own = np.asarray(X[:, self.places], dtype=np.float64)
            parts = (own - self.centres) * self.weights
            # A category that the row does not have speaks for nothing.
            parts[(own == 0) & ~ways] = 0.0
            rows, features = (of.ravel() for of in np.indices(parts.shape))
            speaks, values = parts.ravel(), (own - self.centres).ravel()
        kept = np.flatnonzero(speaks > _LEAST)
        rows, features, speaks, values = rows[kept], features[kept], speaks[kept], values[kept]
        most = np.zeros(X.shape[0])
        np.maximum.at(most, rows, speaks)
        order = np.lexsort((features, -speaks, rows))
        near = speaks[order] >= _SHARE * most[rows[order]]
        order = order[near & (_number_within(rows[order]) < _MOST)]
        return rows[order].tolist(), features[order].tolist(), (values[order] > 0).tolist()


def keep_reasons(explanation: LinearExplanation | None) -> Reasons | None:
    """Keep the weights of an explanation; None if its features have no names to speak of."""
    if explanation is None or explanation.pool.transformer is None:
        return None
    if not hasattr(explanation.pool.transformer, "get_feature_names_out"):
        return None
    weights, features = explanation.weights, explanation.pool.features
    places = explanation.telling()
    if issparse(features):
        return Reasons(places, weights[places], np.zeros(len(places)))
    # The explanation reads features of mean 0 and deviation 1.
    own = np.asarray(features)[:, places]
    centres, spread = own.mean(axis=0, dtype=np.float64), own.std(axis=0, dtype=np.float64)
    return Reasons(places, weights[places] / np.where(spread > 0, spread, 1.0), centres)


def _number_within(groups: Codes) -> Codes:
    """Count from 0 within each run of equal values."""
    n = len(groups)
    starts = np.flatnonzero(np.r_[True, groups[1:] != groups[:-1]]) if n else np.empty(0, int)
    return np.arange(n) - np.repeat(starts, np.diff(np.r_[starts, n]))


def _word(name: str, kinds: dict[str, str]) -> tuple[str, ...]:
    """Say a feature in words: in two ways, low and high, if it is a number or date."""
    kind = kinds.get(name)
    return (name,) if kind is None else tuple(f"{name} {way}" for way in _WAYS[kind])
