"""Mixed columns of a frame as the float32 features that models read."""

from collections import Counter
from collections.abc import Callable
from typing import Any, Self

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import OneHotEncoder
from sklearn.utils.validation import check_is_fitted

from .._rows.arrays import Floats, Matrix
from ..errors import InputError
from ._columns import Column
from ._other_kinds import find_gap, read_as
from ._sources import Source, texts_of
from ._summary import Summary
from ._words import vectoriser_for

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
    dates, times, durations, periods  number of days, then as numbers
    number or date with gaps          also an indicator, 1 where the value was missing
    strings, categories, intervals    one-hot; beyond 50 values the rarest fall into "other", as
                                      do values the pool did not hold (all 0 if there is no
                                      "other"); missing counts as a value
    strings of 4 words or more,       TF-IDF
    mostly distinct
    strings that differ in nearly     none: they name the row
    every row
    ascending or descending whole     none: they number the rows
    numbers named id, …_id or index
    whole numbers and strings named   none: they name the row
    so, at least half of them distinct
    columns without a value           none
    ================================  ==========================================================

    Attributes
    ----------
    dropped_ : dict of str to str
        The columns that were left out, with the reason.
    rounded_ : list of str
        The columns of whole numbers above 2^53, of which 16 digits are kept.
    feature_names_in_ : ndarray of str
        The columns that are used, in the frame's order.
    n_features_in_ : int
        How many they are.

    Notes
    -----
    The result is a dense float32 array of shape (n, features), or a float32 csr matrix if there
    is text or categories have more than 500 features.

    A text has length 1. Beside texts all other columns are made shorter by one factor, so that
    together they have a squared length of 1 in the mean too: a handful of dates and page numbers
    would drown a text else, in every model that adds up columns or compares lengths.

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
        """Learn from the columns of the pool: a pandas, polars or Arrow frame, or `TableFiles`.

        Files are read a block of rows at a time, and columns of text, and of numbers with gaps,
        once more. An `InputError` is raised if a value is infinite, a column holds lists or other
        values that are not plain, two have one name, or none can be used.
        """
        self._fit(Source(frame))
        return self

    def fit_transform(self, frame: Any, y: object = None) -> Matrix:
        """Learn from the pool's columns and encode them; see `fit`."""
        source = Source(frame)
        strings = self._fit(source)
        return self._encode(lambda name: strings.get(name) or next(source.read(name)))

    def transform(self, frame: Any) -> Matrix:
        """Encode a frame that has the fitted columns, of the same kinds; others are ignored.

        Texts in a column of numbers or dates are read as the cells of a file are, and numbers in a
        column of categories as the code of that value. So what ``pandas.read_csv`` makes of the
        pool's own file is read too.
        """
        check_is_fitted(self, "dropped_")
        source = Source(frame)
        absent = [name for name in self.feature_names_in_ if name not in source.columns]
        if absent:
            raise InputError(
                f"The frame has no column {absent[0]!r}, which the encoder was fitted with."
            )
        return self._encode(lambda name: self._read_as_fitted(next(source.read(name))))

    def _read_as_fitted(self, column: Column) -> Column:
        one_hot = self._one_hot.get(column.name)
        known = () if one_hot is None else one_hot.categories_[0].tolist()
        return read_as(column, self._kinds[column.name], known)

    def get_feature_names_out(self, input_features: object = None) -> NDArray[Any]:
        """Name the features, one for each column of the result."""
        check_is_fitted(self, "dropped_")
        return np.array(self._names, dtype=object)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False  # columns are known by their names
        tags.input_tags.string = tags.input_tags.categorical = tags.input_tags.allow_nan = True
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags

    def kinds_of_columns(self) -> dict[str, str]:
        """Say what each used column is read as: number, date, category or text."""
        check_is_fitted(self, "dropped_")
        words = dict.fromkeys(self._words, "text") | dict.fromkeys(self._one_hot, "category")
        plain = {"numbers": "number", "dates": "date"}
        return {
            name: words.get(name) or plain[self._kinds[name]] for name in self.feature_names_in_
        }

    def unknown_categories(self, frame: Any) -> "dict[str, Counter[str]]":
        """Count the categories of a frame that the fitted one did not hold, by column."""
        check_is_fitted(self, "dropped_")
        source, found = Source(frame), {}
        for name, encoder in self._one_hot.items():
            known = set(encoder.categories_[0].tolist()) | {""}  # a blank is a gap
            column = self._read_as_fitted(next(source.read(name)))
            unknown = Counter(value for value in column.present if value not in known)
            if unknown:
                found[name] = unknown
        return found

    def _fit(self, source: Source) -> dict[str, Column]:
        """Learn from all blocks, and return the columns of strings of the last one."""
        summaries = {name: Summary(name) for name in source.columns}
        strings: dict[str, Column] = {}
        for low, block in source.blocks():
            for name, summary in summaries.items():
                column = summary.add(block.get_column(name), low)
                if column.kind == "strings":  # slow to read; numbers would take much memory
                    strings[name] = column
        if summaries and not any(summary.rows for summary in summaries.values()):
            raise InputError("The frame holds no rows.")
        reasons = {name: summary.why_useless() for name, summary in summaries.items()}
        self.dropped_: dict[str, str] = {name: why for name, why in reasons.items() if why}
        used = {name: s for name, s in summaries.items() if name not in self.dropped_}
        self._names: list[str] = []
        self._fit_numbers(used, source)
        self._fit_categories(used, source)
        self._fit_texts(used, source)
        others = len(self._numbers) + len(self._one_hot)
        self._length = 1.0 / np.sqrt(others) if self._words and others else 1.0
        categories = len(self._names) - len(self._numbers) - len(self._gaps)
        self._sparse = bool(self._words) or categories > _MOST_DENSE_COLUMNS
        used = {name: s for name, s in used.items() if name not in self.dropped_}
        if not used:
            why = ", ".join(f"{name!r} {reason}" for name, reason in self.dropped_.items())
            raise InputError(f"The frame has no column that a model can use: {why or 'none'}.")
        self.rounded_ = [name for name, summary in used.items() if summary.rounded]
        self._kinds = {name: summary.kind for name, summary in used.items()}
        self.feature_names_in_ = np.array(list(used), dtype=object)
        self.n_features_in_ = len(used)
        return strings

    def _fit_numbers(self, used: dict[str, Summary], source: Source) -> None:
        self._numbers = [n for n, s in used.items() if s.kind in ("numbers", "dates")]
        self._gaps = [j for j, n in enumerate(self._numbers) if used[n].missing]
        self._medians = np.array([used[n].mean for n in self._numbers])
        for j in self._gaps:
            self._medians[j] = np.nanmedian(source.numbers(self._numbers[j]))
        filled = zip(self._numbers, self._medians, strict=True)
        spread = np.array([used[n].spread_filled_with(value) for n, value in filled]).reshape(-1, 2)
        self._means, self._deviations = spread.T
        # What differs by rounding alone is constant.
        flat = self._deviations <= 1e-12 * np.maximum(np.abs(self._means), 1e-300)
        self._deviations[flat] = 1.0
        self._names += self._numbers
        self._names += [f"{self._numbers[j]}: missing" for j in self._gaps]

    def _fit_categories(self, used: dict[str, Summary], source: Source) -> None:
        self._one_hot: dict[str, OneHotEncoder] = {}
        for name, summary in used.items():
            if summary.kind == "strings" and not summary.reads_as_text():
                self._one_hot[name] = _fit_one_hot(summary.counts(source))
                self._names += self._one_hot[name].get_feature_names_out([name]).tolist()

    def _fit_texts(self, used: dict[str, Summary], source: Source) -> None:
        self._words: dict[str, TfidfVectorizer] = {}
        for name, summary in used.items():
            if not summary.reads_as_text():
                continue
            texts = source.texts(name)
            try:
                vectoriser = vectoriser_for(texts, summary.rows, max_features=_MOST_WORDS)
                self._words[name] = vectoriser.fit(texts)
            except ValueError:
                self.dropped_[name] = "holds no word that occurs twice"
                continue
            self._names += [f"{name}: {w}" for w in self._words[name].get_feature_names_out()]

    def _encode(self, read: Callable[[str], Column]) -> Matrix:
        """Encode one column after the other, so that no other is in memory as numbers."""
        numbers = self._encode_numbers(read)
        blocks: list[Any] = [] if numbers is None else [numbers]
        for name, encoder in self._one_hot.items():
            values = _spell_gaps(read(name).values.astype(object), encoder)
            one_hot = _transform(encoder, values[:, None])
            if self._length != 1.0:
                one_hot *= np.float32(self._length)
            blocks.append(one_hot if self._sparse else one_hot.toarray())
        for name, vectoriser in self._words.items():
            blocks.append(_transform(vectoriser, texts_of(read(name))))
        if not self._sparse:
            return blocks[0] if len(blocks) == 1 else np.hstack(blocks).astype(np.float32)
        return sp.csr_matrix(sp.hstack([sp.csr_matrix(b, dtype=np.float32) for b in blocks]))

    def _encode_numbers(self, read: Callable[[str], Column]) -> Floats | None:
        """Standardise the numbers, with the indicators of their gaps behind them."""
        out: Any = None
        width = len(self._numbers) + len(self._gaps)
        for j, name in enumerate(self._numbers):
            values = read(name).values.astype(np.float64)
            if out is None:
                out = np.empty((len(values), width), dtype=np.float32)
            gaps = np.isnan(values)
            values[gaps] = self._medians[j]
            out[:, j] = (values - self._means[j]) / self._deviations[j]
            if j in self._gaps:
                out[:, len(self._numbers) + self._gaps.index(j)] = gaps
        if out is not None and self._length != 1.0:
            out *= np.float32(self._length)
        return out


def _transform(fitted: Any, values: Any) -> Any:
    """Transform values, of which there may be none."""
    if len(values):
        return fitted.transform(values)
    return sp.csr_matrix((0, len(fitted.get_feature_names_out())), dtype=np.float32)


def _fit_one_hot(counts: "Counter[str | None]") -> OneHotEncoder:
    """Fit on a column that holds each value as often as the rank of its count."""
    # The encoder reads only the order of counts, and a rank is much smaller than a count.
    rank = {count: place for place, count in enumerate(sorted(set(counts.values())), 1)}
    values = [value for value, count in counts.items() for _ in range(rank[count])]
    column = np.empty((len(values), 1), dtype=object)
    column[:, 0] = values
    encoder = OneHotEncoder(
        handle_unknown="infrequent_if_exist",
        max_categories=_MOST_CATEGORIES,
        dtype=np.float32,
        feature_name_combiner=_category_name,
    )
    # Whatever scikit-learn is set to give, its sparse matrix is needed here.
    return encoder.set_output(transform="default").fit(column)


def _spell_gaps(values: NDArray[Any], encoder: OneHotEncoder) -> NDArray[Any]:
    """Write the gaps of categories as the encoder knows them."""
    # A blank of a CSV file is an empty string or missing, depending on what reads the file.
    known = set(encoder.categories_[0].tolist())
    for gap, other in ((None, ""), ("", None)):
        if gap not in known and other in known:
            return np.array([other if value == gap else value for value in values], dtype=object)
    word = None if known & {None, ""} else find_gap(known)
    if word is not None:
        return np.array([word if value is None else value for value in values], dtype=object)
    return values


def _category_name(column: str, value: str | None) -> str:
    if value is None:
        return f"{column}: missing"
    return f"{column}: other" if value == "infrequent_sklearn" else f"{column}={value}"
