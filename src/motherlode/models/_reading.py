"""How the members of the default model read a table: each kind of model in the form it takes best.

A line and a likeness of rows are led by the few largest values of a column with a heavy tail, and a
forest is not. A forest needs one cut to part the rare values of a category from the common ones if
the values are one column, and many cuts if each value is a column of its own.
"""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from .._rows.arrays import Floats, Matrix


class TailScaler(OneToOneFeatureMixin, TransformerMixin, BaseEstimator):
    r"""Standardise columns, draw their tails in, and standardise them again.

    A standardised value *z* becomes :math:`\operatorname{sign}(z) \log(1 + |z|)`. A column of two
    values, as an indicator, is only standardised.

    Attributes
    ----------
    mean_, scale_ : ndarray of shape (d,)
        Of the columns.
    drawn_mean_, drawn_scale_ : ndarray of shape (d,)
        Of the columns with their tails drawn in.

    Examples
    --------
    >>> TailScaler().fit_transform([[0.0], [1.0], [2.0], [100.0]]).round(1).ravel().tolist()
    [-0.6, -0.6, -0.6, 1.7]
    """

    def fit(self, X: Matrix, y: object = None) -> Self:
        """Learn the mean and the deviation of each column, as it is and drawn in."""
        rows: Any = validate_data(self, X, dtype=np.float64)
        self.mean_, self.scale_ = _spread(rows)
        drawn = _draw_in((rows - self.mean_) / self.scale_)
        self.drawn_mean_, self.drawn_scale_ = _spread(drawn)
        return self

    def transform(self, X: Matrix) -> Floats:
        """Standardise rows, in their own precision."""
        check_is_fitted(self)
        rows: Any = validate_data(self, X, dtype=[np.float64, np.float32], reset=False)
        kind = rows.dtype.type
        z = _draw_in((rows - self.mean_.astype(kind)) / self.scale_.astype(kind))
        z -= self.drawn_mean_.astype(kind)
        z /= self.drawn_scale_.astype(kind)
        return np.asarray(z)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


class CategoryCodes(TransformerMixin, BaseEstimator):
    """Make one column of the several columns of a category, and leave the others as they are.

    The number of a value is its place from the rarest one on, so the commonest has the largest. A
    value that none of the columns stands for is 0, beyond the rarest.

    Parameters
    ----------
    groups : sequence of (int, int)
        For each category its first column, and the one behind its last, in increasing order.

    Attributes
    ----------
    codes_ : ndarray of shape (d, fewer)
        The result is the features times these.

    Examples
    --------
    >>> X = [[5.0, 1.0, 0.0], [6.0, 0.0, 1.0], [7.0, 1.0, 0.0]]
    >>> CategoryCodes([(1, 3)]).fit_transform(X).tolist()
    [[5.0, 2.0], [6.0, 1.0], [7.0, 2.0]]
    """

    def __init__(self, groups: Sequence[tuple[int, int]] = ()) -> None:
        self.groups = groups

    def fit(self, X: Matrix, y: object = None) -> Self:
        """Learn how common each value is."""
        rows: Any = validate_data(self, X, dtype=[np.float64, np.float32])
        inside = np.zeros(rows.shape[1], dtype=bool)
        for low, high in self.groups:
            inside[low:high] = True
        self._plain = np.flatnonzero(~inside)
        codes = [np.eye(rows.shape[1])[:, self._plain]]
        for low, high in self.groups:
            common = rows[:, low:high].sum(axis=0, dtype=np.float64)
            column = np.zeros((rows.shape[1], 1))
            column[low + np.argsort(common, kind="stable"), 0] = np.arange(1.0, high - low + 1.0)
            codes.append(column)
        self.codes_ = np.hstack(codes)
        return self

    def transform(self, X: Matrix) -> Floats:
        """Make the columns, in the rows' own precision."""
        check_is_fitted(self)
        rows: Any = validate_data(self, X, dtype=[np.float64, np.float32], reset=False)
        out = np.empty((len(rows), self.codes_.shape[1]), dtype=rows.dtype)
        out[:, : len(self._plain)] = rows[:, self._plain]
        for place, (low, high) in enumerate(self.groups, start=len(self._plain)):
            out[:, place] = rows[:, low:high] @ self.codes_[low:high, place].astype(rows.dtype)
        return out

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


def _spread(rows: Floats) -> tuple[Floats, Floats]:
    """Compute mean and deviation of the columns; the deviation of a constant one is 1."""
    mean, deviation = rows.mean(axis=0), rows.std(axis=0)
    flat = deviation <= 1e-12 * np.maximum(np.abs(mean), 1e-300)
    return mean, np.where(flat, 1.0, deviation)


def _draw_in(z: Floats) -> Floats:
    return np.asarray(np.copysign(np.log1p(np.abs(z)), z))
