"""Mixed columns of a frame as the float32 features that models read."""

from typing import Any, Self

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.impute import MissingIndicator, SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.utils.validation import check_is_fitted

from ..arrays import Matrix
from ..errors import InputError
from .columns import (
    Column,
    numbers_rows,
    open_frame,
    read_column,
    reads_as_text,
    why_useless,
)  # fmt: skip
from .words import vectoriser_for

_MOST_CATEGORIES = 50
_MOST_WORDS = 20_000
_MOST_DENSE_COLUMNS = 500


class TabularEncoder(TransformerMixin, BaseEstimator):
    """Encode numbers, dates, categories and texts; fitted on the pool, applied to new frames.

    Takes pandas, polars and Arrow frames, and gives the same answer for each.

    ================================  ==========================================================
    column                            features
    ================================  ==========================================================
    numbers, booleans                 standardised; missing is the median
    dates, times, durations           number of days, then as numbers
    number or date with gaps          also an indicator, 1 where the value was missing
    strings, categories               one-hot; beyond 50 values the rarest fall into "other", as
                                      do values the pool did not hold (all 0 if there is no
                                      "other"); missing counts as a value
    strings of 4 words or more,       TF-IDF
    mostly distinct
    strings that differ in nearly     none: they name the row
    every row
    ascending or descending whole     none: they number the rows
    numbers named id, …_id or index
    columns without a value           none
    ================================  ==========================================================

    Attributes
    ----------
    dropped_ : dict of str to str
        The columns that were left out, with the reason.
    feature_names_in_ : ndarray of str
        The columns that are used, in the frame's order.
    n_features_in_ : int
        How many they are.

    Notes
    -----
    The result is a dense float32 array of shape (n, features), or a float32 csr matrix if there
    is text or more than 500 features.

    Examples
    --------
    >>> import pyarrow as pa
    >>> encoder = TabularEncoder()
    >>> encoder.fit_transform(pa.table({"age": [30, 50, None], "sex": ["f", "m", "f"]}))
    array([[-1.22...,  0.  ,  1.  ,  0.  ],
           [ 1.22...,  0.  ,  0.  ,  1.  ],
           [ 0.  ,  1.  ,  1.  ,  0.  ]], dtype=float32)
    >>> encoder.get_feature_names_out().tolist()
    ['age', 'age: missing', 'sex=f', 'sex=m']
    """

    def fit(self, frame: Any, y: object = None) -> Self:
        """Learn from the pool's columns.

        Raises
        ------
        InputError
            If a value is infinite, a column is nested, or no column can be used.
        """
        self._fit(frame)
        return self

    def fit_transform(self, frame: Any, y: object = None) -> Matrix:
        """Learn from the pool's columns and encode them."""
        return self._encode(self._fit(frame))

    def transform(self, frame: Any) -> Matrix:
        """Encode a frame that has the fitted columns; further ones are ignored.

        Raises
        ------
        InputError
            If a column is missing, holds another kind of value than the pool's, or an infinite.
        """
        check_is_fitted(self, "dropped_")
        table = open_frame(frame)
        names = {str(name): name for name in table.columns}
        absent = [name for name in self.feature_names_in_ if name not in names]
        if absent:
            raise InputError(
                f"The frame has no column {absent[0]!r}, which the encoder was fitted with."
            )
        if len(table) == 0:
            empty = np.zeros((0, len(self._names)), dtype=np.float32)
            return sp.csr_matrix(empty) if self._sparse else empty
        columns = {n: read_column(n, table.get_column(names[n])) for n in self.feature_names_in_}
        for name, column in columns.items():
            if column.kind not in (self._kinds[name], "nothing"):
                raise InputError(
                    f"Column {name!r} holds {column.kind} here, and held {self._kinds[name]} "
                    "when the encoder was fitted."
                )
        return self._encode(columns)

    def get_feature_names_out(self, input_features: object = None) -> NDArray[Any]:
        """Name the features, one a column of the result."""
        check_is_fitted(self, "dropped_")
        return np.array(self._names, dtype=object)

    def _fit(self, frame: Any) -> dict[str, Column]:
        table = open_frame(frame)
        if len(table) == 0:
            raise InputError("The frame holds no rows.")
        self.dropped_: dict[str, str] = {}
        columns: dict[str, Column] = {}
        for label in table.columns:
            name, series = str(label), table.get_column(label)
            column = read_column(name, series)
            reason = "numbers the rows" if numbers_rows(name, series) else why_useless(column)
            if reason:
                self.dropped_[name] = reason
            else:
                columns[name] = column
        self._fit_blocks(columns)
        columns = {name: column for name, column in columns.items() if name not in self.dropped_}
        if not columns:
            reasons = ", ".join(f"{name!r} {reason}" for name, reason in self.dropped_.items())
            raise InputError(f"The frame has no column that a model can use: {reasons or 'none'}.")
        self._kinds = {name: column.kind for name, column in columns.items()}
        self.feature_names_in_ = np.array(list(columns), dtype=object)
        self.n_features_in_ = len(columns)
        return columns

    def _fit_blocks(self, columns: dict[str, Column]) -> None:
        names: list[str] = []
        self._numbers = [n for n, c in columns.items() if c.kind in ("numbers", "dates")]
        if self._numbers:
            values = _side_by_side(columns, self._numbers, np.float64)
            self._scaler = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
            self._scaler.fit(values)
            self._gaps = MissingIndicator(error_on_new=False).fit(values)
            names += self._numbers
            names += [f"{self._numbers[j]}: missing" for j in self._gaps.features_]
        texts = [n for n, c in columns.items() if c.kind == "strings" and reads_as_text(c)]
        self._categories = [n for n, c in columns.items() if c.kind == "strings" and n not in texts]
        if self._categories:
            self._one_hot = OneHotEncoder(
                handle_unknown="infrequent_if_exist",
                max_categories=_MOST_CATEGORIES,
                dtype=np.float32,
                feature_name_combiner=_category_name,
            ).fit(_side_by_side(columns, self._categories, object))
            names += self._one_hot.get_feature_names_out(self._categories).tolist()
        self._words: dict[str, TfidfVectorizer] = {}
        for name in texts:
            try:
                self._words[name] = _fit_words(columns[name])
            except ValueError:
                self.dropped_[name] = "holds no word that occurs twice"
                continue
            names += [f"{name}: {w}" for w in self._words[name].get_feature_names_out()]
        self._names = names
        self._sparse = bool(self._words) or len(names) > _MOST_DENSE_COLUMNS

    def _encode(self, columns: dict[str, Column]) -> Matrix:
        blocks: list[Any] = []
        if self._numbers:
            values = _side_by_side(columns, self._numbers, np.float64)
            blocks += [self._scaler.transform(values), self._gaps.transform(values)]
        if self._categories:
            strings = _side_by_side(columns, self._categories, object)
            one_hot = self._one_hot.transform(strings)
            blocks.append(one_hot if self._sparse else one_hot.toarray())
        for name, vectoriser in self._words.items():
            blocks.append(vectoriser.transform(_texts(columns[name])))
        if not self._sparse:
            return np.hstack(blocks).astype(np.float32)
        return sp.csr_matrix(sp.hstack([sp.csr_matrix(b, dtype=np.float32) for b in blocks]))


def _fit_words(column: Column) -> TfidfVectorizer:
    texts = _texts(column)
    return vectoriser_for(texts, max_features=_MOST_WORDS).fit(texts)


def _texts(column: Column) -> list[str]:
    return ["" if value is None else value for value in column.values]


def _side_by_side(columns: dict[str, Column], names: list[str], dtype: Any) -> NDArray[Any]:
    return np.column_stack([columns[name].values.astype(dtype) for name in names])


def _category_name(column: str, value: str | None) -> str:
    if value is None:
        return f"{column}: missing"
    return f"{column}: other" if value == "infrequent_sklearn" else f"{column}={value}"
