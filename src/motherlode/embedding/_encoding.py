"""The step that turns rows into vectors by an encoder, one batch of rows at a time."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, TransformerMixin

from .._rows.arrays import Matrix
from .._rows.matrix import n_rows, take
from ..errors import InputError
from ._images import open_image

Vectors = NDArray[np.float32]


class Embedding(TransformerMixin, BaseEstimator):
    """An encoder as a step before a model; there is nothing to fit.

    Parameters
    ----------
    encoder : object with ``encode``, or callable
        From a batch of b rows to an array of shape (b, d), d the same for all batches: a
        sentence-transformers model, an `OnnxText`, a network of your own. It gets texts as a list
        of str, paths of images as a list of RGB ``PIL.Image``, and arrays as slices of the array.
    batch_size : int
        Rows in a batch.

    Examples
    --------
    >>> lengths = Embedding(lambda texts: [[len(text), text.count(" ")] for text in texts])
    >>> lengths.transform(["a word", "two more words"])
    array([[ 6.,  1.], [14.,  2.]], dtype=float32)
    """

    def __init__(self, encoder: Any, *, batch_size: int = 32) -> None:
        self.encoder = encoder
        self.batch_size = batch_size

    def __sklearn_clone__(self) -> Self:
        # Nothing is fitted, and a copy of a network would be as large as the network.
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.requires_fit = False
        tags.no_validation = True  # the encoder knows what its rows are, and we only its vectors
        tags.input_tags.string = tags.input_tags.sparse = True
        tags.transformer_tags.preserves_dtype = ["float32"]
        return tags

    def fit(self, X: Matrix, y: object = None) -> Self:
        """Do nothing, as an encoder needs no fit.

        Parameters
        ----------
        X, y : object
            Ignored.
        """
        return self

    def transform(self, X: Matrix) -> Vectors:
        """Encode rows.

        Parameters
        ----------
        X : list of n texts or of n paths of images, or array of n rows

        Returns
        -------
        ndarray of shape (n, d), float32

        Raises
        ------
        InputError
            If the encoder gives something other than one finite vector of one length a row, or
            an image cannot be read.
        """
        return np.concatenate(list(self.batches(X)))

    def batches(self, X: Matrix, first: int = 0) -> Iterator[Vectors]:
        """Encode one batch of rows after the other.

        Parameters
        ----------
        X : list of n texts or of n paths of images, or array of n rows
        first : int
            The number of the first row, for messages.

        Yields
        ------
        ndarray of shape (b, d), float32
        """
        if n_rows(X) == 0:
            raise InputError("There is no row to encode; give at least one.")
        encode = getattr(self.encoder, "encode", self.encoder)
        width = None
        for low in range(0, n_rows(X), self.batch_size):
            batch = take(X, np.arange(low, min(low + self.batch_size, n_rows(X))))
            vectors = _check(encode(_open_images(batch, first + low)), batch, first + low)
            width = width or vectors.shape[1]
            check_width(width, vectors, first + low)
            yield vectors


def check_width(width: int, vectors: Vectors, row: int) -> None:
    """Raise an `InputError` unless the vectors from a row on are as long as those before."""
    if vectors.shape[1] != width:
        raise InputError(
            f"The encoder gave {width} numbers a row first and {vectors.shape[1]} from row {row} "
            "on; all rows need vectors of one length."
        )


def embedding_of(features: Any) -> Embedding | None:
    """Make an `Embedding` of an encoder; None for anything else.

    Parameters
    ----------
    features : object
        An encoder, an `Embedding`, a transformer or None.

    Returns
    -------
    Embedding or None
    """
    if isinstance(features, Embedding):
        return features
    if isinstance(features, type) or hasattr(features, "fit_transform"):
        return None
    encodes = callable(getattr(features, "encode", None)) or callable(features)
    return Embedding(features) if encodes else None


def _open_images(batch: Matrix, first: int) -> Any:
    if not (isinstance(batch, list) and batch and isinstance(batch[0], Path)):
        return batch
    return [open_image(path, first + i) for i, path in enumerate(batch)]


def _check(found: Any, batch: Matrix, first: int) -> Vectors:
    """Convert what an encoder returned to one finite vector for each row."""
    if hasattr(found, "detach"):
        found = found.detach().cpu()  # of torch
    b, last = n_rows(batch), first + n_rows(batch) - 1
    try:
        vectors = np.asarray(found, dtype=np.float32)
    except (TypeError, ValueError):
        raise InputError(
            f"The encoder gave {type(found).__name__} for rows {first} to {last} and not numbers; "
            f"it should return a dense array of shape ({b}, d)."
        ) from None
    if vectors.ndim != 2 or len(vectors) != b or not vectors.shape[1]:
        raise InputError(
            f"The encoder gave an array of shape {vectors.shape} for the {b} rows {first} to "
            f"{last}; it should return one vector a row, of shape ({b}, d)."
        )
    odd = np.flatnonzero(~np.isfinite(vectors).all(axis=1))
    if len(odd):
        raise InputError(
            f"The encoder gave row {first + odd[0]} a vector that is not finite; look at that row, "
            "or at the encoder's numeric precision."
        )
    return vectors
