"""From data as handed in to features: one rule for each kind of data."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
from scipy.sparse import issparse
from sklearn.base import MetaEstimatorMixin, clone
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import BaseEnsemble, StackingClassifier, VotingClassifier
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline

from .._rows.arrays import Matrix
from .._rows.blocks import Stored
from .._rows.matrix import is_frame, n_rows
from ..embedding import Embedding, Sketch, embedding_of
from ..errors import InputError
from ..geometry import Progress, silent
from ._cache import Cache
from ._embedded import embed
from ._tabular import TabularEncoder
from ._words import vectoriser_for

_SHAPE = "where (rows, features) is needed; one feature alone is X.reshape(-1, 1)."
_PEEK = 100  # texts looked at to see what they are


@dataclass(frozen=True)
class Features:
    """Data as handed in, the matrix that models read, and the transformer between them."""

    data: Any
    matrix: Matrix
    transformer: Any = None


def featurise(
    data: Any,
    transformer: Any = None,
    cache: Cache | None = None,
    progress: Progress = silent,
) -> Features:
    """Make features of ``data`` by the rules of `motherlode.Pool`, which lists the errors too."""
    if isinstance(transformer, str) and transformer != "passthrough":
        raise InputError(f"features is {transformer!r}; give a transformer, 'passthrough' or None.")
    first, rest = _encoder_and_rest(transformer)
    if isinstance(data, Stored):
        return _featurise_stored(data, transformer, first)
    if count_rows(data) == 0:
        raise InputError("The pool is empty; give it at least one row.")
    texts = texts_or_none(data)
    data = data if texts is None else texts
    if isinstance(transformer, str):
        return Features(data, data)
    if transformer is None and texts is None and _are_paths(data):
        first = Embedding(Sketch())
    if first is not None:
        return _encode(data, embed(data, first, cache, progress), first, rest)
    if transformer is not None:
        fitted = clone(transformer)
        return Features(data, _check_finite(fitted.fit_transform(data)), fitted)
    return _plain(data) if texts is None else _words(texts)


def _plain(data: Any) -> Features:
    if is_frame(data):
        return _frame(data)
    matrix = _check_finite(numeric(data))
    return Features(matrix, matrix)


def _are_paths(data: Any) -> bool:
    return isinstance(data, list) and isinstance(data[0], Path)


def _encoder_and_rest(transformer: Any) -> tuple[Embedding | None, Pipeline | None]:
    """Take an encoder, alone or first in a pipeline, and what follows it there."""
    if isinstance(transformer, str):
        return None, None
    if not isinstance(transformer, Pipeline):
        return embedding_of(transformer), None
    first = embedding_of(transformer.steps[0][1])
    rest = transformer.steps[1:]
    return first, Pipeline(rest) if first is not None and rest else None


def _encode(data: Any, vectors: Matrix, first: Embedding, rest: Pipeline | None) -> Features:
    if rest is None:
        return Features(data, vectors, first)
    fitted = clone(rest)
    matrix = _check_finite(fitted.fit_transform(vectors))
    return Features(data, matrix, make_pipeline(first, fitted))


def _words(texts: list[str]) -> Features:
    vectoriser = vectoriser_for(texts, len(texts))
    try:
        return Features(texts, vectoriser.fit_transform(texts).tocsr(), vectoriser)
    except ValueError as error:
        raise InputError(
            f"The {len(texts)} texts hold no word that can be used ({error}); check them, or "
            "give Pool(features=...) a vectoriser of your own."
        ) from None


def _featurise_stored(data: Any, transformer: Any, first: Embedding | None) -> Features:
    from ._stored import stored_features

    if first is not None:
        raise InputError(
            "An encoder reads texts or images, and this pool is a table on disk; read its column "
            "of texts and give Pool(texts, features=encoder)."
        )
    if isinstance(transformer, str):
        return Features(data, data)
    matrix, fitted = stored_features(data, transformer)
    return Features(data, matrix, fitted)


def encodes_for_itself(model: Any) -> bool:
    """Tell whether a model's first step reads columns by name or raw text."""
    while True:
        if isinstance(model, Pipeline):
            model = model.steps[0][1]
        elif isinstance(model, FeatureUnion):
            model = model.transformer_list[0][1]
        elif isinstance(model, VotingClassifier | StackingClassifier):
            model = model.estimators[0][1]
        elif isinstance(model, MetaEstimatorMixin) and not isinstance(model, BaseEnsemble):
            model = getattr(model, "estimator", None)  # searches, calibration, thresholds, …
        else:
            readers = (ColumnTransformer, CountVectorizer, HashingVectorizer, TabularEncoder)
            return isinstance(model, readers)


def _frame(data: Any) -> Features:
    frame = nw.from_native(data, eager_only=True)
    plain = all(dtype.is_numeric() for dtype in frame.schema.values())
    if plain and len(frame.columns):
        columns = [frame[name] for name in frame.columns]
        if all(not c.null_count() and np.isfinite(c.to_numpy()).all() for c in columns):
            # Numbers without gaps stay a frame, so that models see the columns' names.
            return Features(data, data)
    encoder = TabularEncoder()
    return Features(data, encoder.fit_transform(data), encoder)


def count_rows(data: Any) -> int:
    """Count the rows, or raise an `InputError` if the data has none."""
    try:
        if isinstance(data, Mapping | Set):
            raise TypeError
        return n_rows(data)
    except (TypeError, IndexError):
        raise InputError(
            f"A pool cannot be made of {type(data).__name__}; give an array, a sparse matrix, a "
            "frame, a list of texts or the path of a file."
        ) from None


def texts_or_none(data: Any) -> list[str] | None:
    """List the texts, or return None if the data is something else."""
    if issparse(data) or is_frame(data) or getattr(data, "ndim", 1) != 1:
        return None
    if not isinstance(data, Sequence) and not hasattr(data, "dtype"):
        return None
    items = list(data)
    if not any(isinstance(item, str) for item in items[:_PEEK]):
        return None
    for row, item in enumerate(items):
        if not isinstance(item, str):
            raise InputError(
                f"Row {row} of the texts is {type(item).__name__} and not a text; replace what "
                "is missing by an empty string."
            )
    return [str(item) for item in items]


def numeric(data: Any) -> Matrix:
    """Make a matrix of numbers, or raise an `InputError` if there are others or none."""
    if issparse(data):
        if data.ndim != 2 or 0 in data.shape:
            raise InputError(f"The pool's sparse matrix has shape {data.shape} {_SHAPE}")
        csr = data.tocsr()
        return csr if np.issubdtype(csr.dtype, np.floating) else csr.astype(float)
    try:
        array = np.asarray(data)
    except ValueError:
        raise InputError(_explain_not_numeric(data)) from None
    if array.dtype == object:
        try:
            array = array.astype(np.float64)
        except (TypeError, ValueError):
            raise InputError(_explain_not_numeric(data)) from None
    if array.ndim != 2 or 0 in array.shape:
        raise InputError(f"The pool's array has shape {array.shape} {_SHAPE}")
    if array.dtype.kind not in "biuf":
        raise InputError(
            f"The pool's array holds {array.dtype} values; give numbers, or a frame whose text "
            "columns can be encoded."
        )
    if np.issubdtype(array.dtype, np.floating) or isinstance(data, np.memmap):
        return array  # a memory map stays on disk, and is read block by block
    return array.astype(np.float64)


def _explain_not_numeric(data: Any) -> str:
    lengths = [len(row) if isinstance(row, list | tuple | np.ndarray) else 1 for row in data]
    odd = [i for i, length in enumerate(lengths) if length != lengths[0]]
    if odd:
        return (
            f"Row {odd[0]} of the pool has length {lengths[odd[0]]} and row 0 has {lengths[0]}; "
            "every row needs the same number of features."
        )
    return (
        "The pool's array mixes numbers with other values; give numbers, or a pandas or polars "
        "frame, whose columns are encoded one by one."
    )


def _check_finite(X: Matrix) -> Matrix:
    values = X.data if issparse(X) else X
    if not isinstance(values, np.ndarray) or not np.issubdtype(values.dtype, np.floating):
        return X
    # A sum needs no mask of the matrix's size; it may overflow, so a bad one is checked again.
    with np.errstate(over="ignore", invalid="ignore"):
        suspicious = not np.isfinite(values.sum(dtype=np.float64))
    if suspicious and not np.isfinite(values).all():
        row, column, value = _first_not_finite(X)
        kind = "missing (NaN)" if np.isnan(value) else "infinite"
        raise InputError(
            f"Row {row}, feature {column} of the pool is {kind}; impute it, or give "
            "Pool(features=...) a transformer that does, or 'passthrough' for a model that "
            "takes such values."
        )
    return X


def _first_not_finite(X: Matrix) -> tuple[int, int, float]:
    if issparse(X):
        cells = X.tocoo()
        odd = np.flatnonzero(~np.isfinite(cells.data))
        first = odd[np.lexsort((cells.col[odd], cells.row[odd]))[0]]
        return int(cells.row[first]), int(cells.col[first]), float(cells.data[first])
    row, column = np.argwhere(~np.isfinite(X))[0]
    return int(row), int(column), float(X[row, column])
