"""What the pretrained network reads of a row: features that do not depend on the order of columns.

Columns are put in the order in which the positives stand out in them, and turned so that the
positives lie on the positive side. So the network sees the same table however its columns were
ordered, scaled or signed. Everything is learnt from the context (the rows of a fit); a row's
features do not depend on the rows predicted with it.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..._rows.arrays import Codes, Floats

UNLABELLED, NEGATIVE, POSITIVE = 0, 1, 2
"""What is known of a row of the context."""

COLUMNS = 32  # the columns in which positives stand out most
DIRECTIONS = 16  # the same of the principal directions, for classes that lie askew
_ROW = 8  # distances, density, missing values
_TABLE = 4  # how many rows and columns there are
WIDTH = 2 * COLUMNS + DIRECTIONS + _ROW + _TABLE + COLUMNS + DIRECTIONS
"""Features of a row."""

_FEWEST_BACKGROUND = 30
_MOST_SVD = 128  # columns that directions are computed of
_TINY = 1e-9


@dataclass(frozen=True)
class _Order:
    """Columns in the order of how far the positives stand out, and their signs."""

    columns: Codes
    signs: Floats
    relevance: Floats  # of the columns in that order

    def apply(self, values: Floats, width: int) -> Floats:
        out: Any = np.zeros((len(values), width), dtype=np.float32)
        kept = self.columns[:width]
        out[:, : len(kept)] = values[:, kept] * self.signs[: len(kept)]
        return out

    def said(self, width: int) -> Floats:
        out: Any = np.zeros(width, dtype=np.float32)
        kept = self.relevance[:width]
        out[: len(kept)] = np.log1p(kept)
        return out


def _order(values: Floats, positive: Floats) -> _Order:
    """Order columns by the divergence of the positives' spread from the background's.

    Both are taken for normal. The positives' variance is shrunk towards the background's by two
    rows, so that a single positive counts by its distance alone.
    """
    centre, spread = values.mean(axis=0), values.std(axis=0) + _TINY
    z = (positive - centre) / spread
    mean = z.mean(axis=0)
    variance = (((z - mean) ** 2).sum(axis=0) + 2.0) / (len(z) + 2.0)
    relevance = 0.5 * (variance + mean**2 - 1.0 - np.log(variance))
    columns = np.argsort(-relevance, kind="stable")
    signs: Any = np.where(mean < 0, -1.0, 1.0).astype(np.float32)
    return _Order(columns, signs[columns], relevance[columns].astype(np.float32))


class Features:
    """Features learnt from a context of rows and what is known of them.

    Parameters
    ----------
    X : ndarray of shape (m, d)
        Rows of the context; missing values are NaN.
    states : ndarray of int of shape (m,)
        `UNLABELLED`, `NEGATIVE` or `POSITIVE`; at least one is positive.
    """

    def __init__(self, X: Floats, states: Codes) -> None:
        background = X[states == UNLABELLED]
        if len(background) < _FEWEST_BACKGROUND:
            background = X
        self._learn_scale(background)
        values = self._scale(X)
        self._background = self._scale(background)
        is_positive, is_negative = states == POSITIVE, states == NEGATIVE
        self._columns = _order(self._background, values[is_positive])
        self._learn_directions()
        self._axes = _order(self._project(self._background), self._project(values[is_positive]))
        self._learn_weights()
        self._positives, self._negatives = values[is_positive], values[is_negative]
        self._states = states
        self._units = np.ones(7, dtype=np.float32)
        self._units = np.maximum(np.median(self._distances(self._background, None), axis=0), 1e-3)
        counts = np.array([is_positive.sum(), is_negative.sum(), len(X), X.shape[1]])
        self._table = np.concatenate(
            [
                np.log1p(counts).astype(np.float32) / 4.0,
                self._columns.said(COLUMNS),
                self._axes.said(DIRECTIONS),
            ]
        )

    def of_context(self, X: Floats) -> Floats:
        """Compute the features of the context's own rows; none is its own neighbour."""
        return self._compute(X, self._states)

    def of_rows(self, X: Floats) -> Floats:
        """Compute the features of other rows, shape (n, WIDTH)."""
        return self._compute(X, None)

    def _compute(self, X: Floats, states: Codes | None) -> Floats:
        values = self._scale(X)
        distances = self._distances(values, states)
        missing = np.isnan(X).mean(axis=1, keepdims=True).astype(np.float32)
        return np.hstack(
            [
                self._columns.apply(values, COLUMNS),
                self._columns.apply(self._rank(X), COLUMNS),
                self._axes.apply(self._project(values), DIRECTIONS),
                np.clip(np.log(np.maximum(distances, 1e-3) / self._units), -4.0, 4.0),
                missing,
                np.broadcast_to(self._table, (len(X), len(self._table))),
            ]
        ).astype(np.float32)

    def _learn_scale(self, background: Floats) -> None:
        self._sorted = np.sort(background, axis=0)  # missing values come last
        self._known = len(background) - np.isnan(background).sum(axis=0)
        filled = np.where(np.isnan(background), 0.0, background)
        count = np.maximum(self._known, 1)
        low, self._middle, high = (self._quantile(share) for share in (0.25, 0.5, 0.75))
        mean = filled.sum(axis=0) / count
        with np.errstate(over="ignore"):  # an infinite spread makes a column of zeros
            squares = np.where(np.isnan(background), 0.0, (background - mean) ** 2)
            square = squares.sum(axis=0) / count
        spread = (high - low) / 1.349
        # A column that is mostly one value has no quartiles apart.
        self._spread = np.where(spread > _TINY, spread, np.sqrt(square))
        self._spread = np.where(self._spread > _TINY, self._spread, 1.0)

    def _quantile(self, share: float) -> Floats:
        place = share * np.maximum(self._known - 1, 0)
        # The middle of both neighbours, so that a column turned around has the same quantiles.
        both = np.stack([np.floor(place), np.ceil(place)]).astype(np.int64)
        found = np.take_along_axis(self._sorted, both, axis=0).mean(axis=0)
        return np.where(self._known > 0, found, 0.0)

    def _scale(self, X: Floats) -> Floats:
        scaled = np.arcsinh((X - self._middle) / self._spread)
        return np.where(np.isnan(scaled), 0.0, scaled).astype(np.float32)

    def _rank(self, X: Floats) -> Floats:
        """Place each value among the background's, from -1 to 1; ties stand in the middle."""
        out: Any = np.zeros(X.shape, dtype=np.float32)
        for j in self._columns.columns[:COLUMNS]:
            n = int(self._known[j])
            if n:
                column, known = X[:, j], self._sorted[:n, j]
                places = np.searchsorted(known, column) + np.searchsorted(known, column, "right")
                out[:, j] = np.where(np.isnan(column), 0.0, places / n - 1.0)
        return out

    def _learn_directions(self) -> None:
        columns = self._columns.columns[:_MOST_SVD]
        self._used = columns
        values = self._background[:, columns]
        self._centre = values.mean(axis=0)
        _, lengths, axes = np.linalg.svd(values - self._centre, full_matrices=False)
        kept = lengths > 1e-3 * max(float(lengths[:1].sum()), _TINY)
        root = np.sqrt(max(len(values), 1))
        self._rotation = (axes[kept].T / (lengths[kept] / root)).astype(np.float32)[:, :COLUMNS]

    def _project(self, values: Floats) -> Floats:
        return np.asarray((values[:, self._used] - self._centre) @ self._rotation)

    def _learn_weights(self) -> None:
        weights = np.zeros(self._background.shape[1], dtype=np.float32)
        weights[self._columns.columns] = self._columns.relevance + 0.01
        self._weights = np.sqrt(weights / weights.sum())

    def _distances(self, values: Floats, states: Codes | None) -> Floats:
        """Compute seven distances: plain and weighted ones to known rows, and one to any row."""
        d = np.float32(1.0 / np.sqrt(values.shape[1]))
        own = {state: None if states is None else states == state for state in (0, 1, 2)}
        out = []
        for weights in (d, self._weights):
            rows, positives = values * weights, self._positives * weights
            squares = _squares(rows, positives, own[POSITIVE])
            out.append(_nearest(squares, 1))
            out.append(_nearest(_squares(rows, positives.mean(axis=0, keepdims=True), None), 1))
            out.append(_nearest(_squares(rows, self._negatives * weights, own[NEGATIVE]), 1))
        among = own[UNLABELLED] if self._background_is_unlabelled() else None
        out.append(_nearest(_squares(values * d, self._background * d, among), 5))
        # Where there is no other row to be near to, it is as for a typical row.
        return np.where(np.isfinite(stacked := np.stack(out, axis=1)), stacked, self._units)

    def _background_is_unlabelled(self) -> bool:
        return len(self._background) == int((self._states == UNLABELLED).sum())


def _squares(rows: Floats, others: Floats, own: Codes | None) -> Floats:
    """Compute squared distances; rows marked in ``own`` are the others, in that order."""
    with np.errstate(
        invalid="ignore"
    ):  # some libraries raise the flag in lanes that they do not use
        products = rows @ others.T
    squares = (rows**2).sum(axis=1)[:, None] + (others**2).sum(axis=1) - 2.0 * products
    squares = np.maximum(squares, 0.0)
    if own is not None:
        places = np.flatnonzero(own)
        squares[places, np.arange(len(places))] = np.inf
    return squares


def _nearest(squares: Floats, k: int) -> Floats:
    """Give the distance to the k-th nearest; infinite where there are fewer."""
    if squares.shape[1] < k:
        return np.full(len(squares), np.inf, dtype=np.float32)
    return np.sqrt(np.partition(squares, k - 1, axis=1)[:, k - 1])
