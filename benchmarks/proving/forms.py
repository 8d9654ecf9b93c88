"""Other forms in which the members of the default model could read a table.

A line and a likeness of rows are led by the few largest values of a column with a heavy tail, and a
forest is not. A forest needs one cut to part the rare values of a category from the common ones if
the values are one column, and many cuts if each value is a column of its own.
"""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin
from sklearn.ensemble import ExtraTreesClassifier, RandomForestClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.utils.validation import check_is_fitted, validate_data

from motherlode import Pool
from motherlode._rows.arrays import Floats, Matrix
from motherlode.models._several import SkillWeighted
from motherlode.pool._tabular import TabularEncoder

Groups = Sequence[tuple[int, int]]


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

    def __init__(self, groups: Groups = ()) -> None:
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


def categories_of(pool: Pool) -> Groups:
    """For each category of a frame its first feature, and the one behind its last."""
    encoder = pool.transformer
    if not isinstance(encoder, TabularEncoder):
        return []
    widths = [len(own.get_feature_names_out()) for own in encoder._one_hot.values()]
    ends = pool.features.shape[1] - sum(widths) + np.cumsum(widths)
    return [(int(end) - width, int(end)) for end, width in zip(ends, widths, strict=True)]


def read_in_forms(own: SkillWeighted, pool: Pool, *, tails: bool, codes: bool) -> SkillWeighted:
    """Let the members of a default model read a pool of dense features in other forms.

    Parameters
    ----------
    own : SkillWeighted
        Changed in place.
    pool : Pool
    tails : bool
        Whether line and kernel read columns with their tails drawn in.
    codes : bool
        Whether forests read one column for each category.
    """
    groups = categories_of(pool)
    members = []
    for name, member in own.estimators:
        if tails and isinstance(member, Pipeline):
            member = make_pipeline(_fitted_on(pool, TailScaler()), member[-1])
        elif codes and groups and isinstance(member, RandomForestClassifier | ExtraTreesClassifier):
            member = make_pipeline(_fitted_on(pool, CategoryCodes(groups)), member)
        members.append((name, member))
    own.estimators = members
    return own


def _fitted_on(pool: Pool, step: Any) -> Any:
    return pool.once(("form", str(step)), lambda: FrozenEstimator(step.fit(pool.features)))
