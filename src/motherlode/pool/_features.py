"""From data as handed in to features: one rule for each kind of data."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import issparse
from sklearn.base import MetaEstimatorMixin, clone
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import BaseEnsemble, StackingClassifier, VotingClassifier
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer
from sklearn.impute import SimpleImputer
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer

from .._rows.arrays import Matrix
from .._rows.blocks import Stored, read_slices
from .._rows.matrix import is_frame, n_rows
from .._rows.single import LARGEST, fits_single
from ..embedding import EfficientNet, Embedding, Hog, Pixels, Sketch, SketchedNet, embedding_of
from ..embedding._efficientnet import image_encoder
from ..embedding._images import names_image
from ..errors import InputError
from ..geometry import Progress, silent
from ._cache import Cache
from ._embedded import embed
from ._forms import as_known_form, as_numbers
from ._tabular import TabularEncoder
from ._words import text_encoder

_ROWS = 65_536  # of an array looked at at a time
_PEEK = 100  # texts looked at to see what they are
_OF_IMAGES = (EfficientNet, Hog, Pixels, Sketch, SketchedNet)


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
    data = as_known_form(data)
    if isinstance(data, Stored):
        return _featurise_stored(data, transformer, first)
    if count_rows(data) == 0:
        raise InputError("The pool is empty; give it at least one row.")
    texts = texts_or_none(data)
    data = data if texts is None else texts
    if isinstance(transformer, str):
        return Features(data, data)
    if texts is not None:
        _refuse_names_of_images(texts, first, transformer)
    if transformer is None and texts is None and _are_paths(data):
        first = Embedding(image_encoder())
    if first is not None:
        return _encode(data, embed(data, first, cache, progress), first, rest)
    if transformer is not None:
        fitted = clone(transformer)
        return Features(data, _check_finite(fitted.fit_transform(data)), fitted)
    return _plain(data) if texts is None else _words(texts)


def are_numbers(X: Matrix, known: bool = False) -> bool:
    """Tell whether features are one vector of finite numbers for each row.

    What a transformer made, and what was checked, is ``known`` to be finite.
    """
    if issparse(X):
        return True
    if isinstance(X, Stored):
        return hasattr(X, "dtype")  # files of a table have one for each column
    return isinstance(X, np.ndarray) and (known or (X.ndim == 2 and _are_finite(X)))


def _are_finite(X: Any) -> bool:
    return X.dtype.kind in "biuf" and all(
        np.isfinite(part).all() for _, part in read_slices(X, _ROWS)
    )


def encode_raw(data: Any, cache: Cache | None = None, progress: Progress = silent) -> Features:
    """Make numbers of rows that a model reads as they are, for distances between them.

    Arrays of numbers keep theirs, with the median in gaps and an indicator of each column's gaps.
    Everything else is encoded as by default.
    """
    if not isinstance(data, np.ndarray):
        return featurise(data, None, cache, progress)
    if data.dtype.kind in "biuf":
        gaps = SimpleImputer(strategy="median", add_indicator=True, keep_empty_features=True)
        encoder = make_pipeline(FunctionTransformer(_as_vectors), gaps)
    else:
        encoder = make_pipeline(FunctionTransformer(_as_frame), TabularEncoder())
    encoder.set_output(transform="default")
    return Features(data, encoder.fit_transform(data), encoder)


def _as_vectors(data: Any) -> Any:
    """Make one vector of each row, with NaN for what is infinite too."""
    wide = np.asarray(data, dtype=np.float64).reshape(len(data), -1)
    return np.where(np.isfinite(wide), wide, np.nan)


def _as_frame(data: Any) -> Any:
    try:
        import pandas as pd
    except ImportError:
        raise InputError(
            "Distances between rows of an array that mixes numbers with other values need pandas; "
            "install it, or give Pool(features=...) a transformer that encodes."
        ) from None
    return pd.DataFrame(data)


def _plain(data: Any) -> Features:
    if is_frame(data):
        # Also where another output is set for all transformers of scikit-learn.
        encoder = TabularEncoder().set_output(transform="default")
        return Features(data, encoder.fit_transform(data), encoder)
    matrix = _check_finite(as_numbers(data))
    return Features(matrix, matrix)


def _are_paths(data: Any) -> bool:
    return isinstance(data, list) and isinstance(data[0], Path)


def _refuse_names_of_images(texts: list[str], first: Embedding | None, transformer: Any) -> None:
    """Refuse names of images, of which models would read the letters."""
    example = texts[0][-60:]
    if first is not None and isinstance(first.encoder, _OF_IMAGES):
        raise InputError(
            f"{type(first.encoder).__name__} reads images, and the pool holds texts such as "
            f"{example!r}; give paths, as [Path(name) for name in names]."
        )
    if transformer is None and all(map(names_image, texts)):
        raise InputError(
            f"The pool's texts are names of images, such as {example!r}; give paths, as "
            "[Path(name) for name in names], or features=TfidfVectorizer() to read the names."
        )


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
    encoder = text_encoder(texts)
    try:
        return Features(texts, encoder.fit_transform(texts).tocsr(), encoder)
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


def count_rows(data: Any) -> int:
    """Count the rows, or raise an `InputError` if the data has none."""
    try:
        in_order_only = not (hasattr(data, "__getitem__") or issparse(data))
        if isinstance(data, Mapping | Set) or in_order_only:
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


def _check_finite(X: Matrix) -> Matrix:
    if fits_single(X):
        return X
    row, column, value = _first_odd(X)
    what = "is missing (NaN)" if np.isnan(value) else "is infinite"
    if np.isfinite(value):
        what = f"is {value:g}, too large for the single precision of many models"
    cure = "scale" if np.isfinite(value) else "impute"
    raise InputError(
        f"Row {row}, feature {column} of the pool {what}; {cure} it, or give Pool(features=...) a "
        "transformer that does, or 'passthrough' for a model that takes such values."
    )


def _first_odd(X: Matrix) -> tuple[int, int, float]:
    if issparse(X):
        cells = X.tocoo()
        odd = np.flatnonzero(~(np.abs(cells.data) <= LARGEST))
        first = odd[np.lexsort((cells.col[odd], cells.row[odd]))[0]]
        return int(cells.row[first]), int(cells.col[first]), float(cells.data[first])
    row, column = np.argwhere(~(np.abs(X) <= LARGEST))[0]
    return int(row), int(column), float(X[row, column])
