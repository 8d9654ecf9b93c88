"""The pool: rows under global ids 0 … n-1 that never change, with their features.

A pool has up to three forms of its rows. `data` is what was handed in. `features` is the numeric
matrix that models read. `points` is the small dense matrix, every column on one scale, in which
distances and densities are measured.
"""

from collections.abc import Callable, Iterable
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from scipy.sparse import issparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import normalize

from .._inert.description import Described, Description, Table
from .._rows.arrays import Floats, Matrix, Rows
from .._rows.matrix import n_rows, take
from ..embedding import Embedding
from ..embedding._encoding import check_width
from ..geometry import (
    EXACT_DENSITY_ROWS,
    Density,
    Neighbours,
    Progress,
    exact_density,
    in_order,
    mean_similarity,
    nearest_neighbours,
    outlier_factor,
    silent,
    truncated_density,
)
from ._cache import Arrays, Cache, content_key, digest_of
from ._copies import NO_COPIES, Copies, copies_of
from ._digest import digest_of_rows
from ._embedded import embed
from ._extending import append_rows
from ._features import Features, are_numbers, encode_raw, encodes_for_itself, featurise
from ._points import standardised_points
from ._twins import Twins, twins_of
from ._words import words_beside_letters

T = TypeVar("T")

_GRAPH_NEIGHBOURS = 20
"""Of the graph that all smaller ones are taken from."""
_MOST_LISTED = 5
"""Columns that are named where a pool is shown."""


class Pool(Described):
    """Unlabelled rows, and the features that models and geometry read.

    Parameters
    ----------
    data : array, sparse matrix, frame, list of str, or path
        A numeric array or scipy sparse matrix of shape (n, d); a pandas, polars or Arrow frame;
        n texts; a list of paths of images (`motherlode.embedding.image_files`); a memory-mapped
        array; or a path: of a file of any format in docs/reference/files.md (CSV, JSON, Excel,
        Parquet, RIS, ...), a part of one ("book.xlsx#Sheet 2"), a folder of Parquet and Arrow
        files, a folder of images, or the address of a database ("sqlite:///file.db#table"). Files
        of more than 32 MB stay on disk, and are read block by block.
    features : scikit-learn transformer, encoder, "passthrough" or None
        How `data` becomes numbers. None does what suits the data: arrays and sparse matrices
        are taken as they are; texts become TF-IDF vectors of words, short ones of runs of three to
        five letters too; images go through `motherlode.embedding.SketchedNet` where its package is
        installed, else through `motherlode.embedding.Sketch`; frames have their columns
        standardised or one-hot encoded, by type. A transformer is fitted on the pool and used
        instead. An encoder (an object with
        ``encode``, or a function from a batch of rows to vectors; see
        `motherlode.embedding.Embedding`) encodes each row once, alone or first in a scikit-learn
        pipeline. "passthrough" gives the data to the model as it is, for models that take
        categories and missing values, such as HistGradientBoosting; distances are those of the
        rows encoded as by default.
    cache : path or None
        A folder in which an encoder's vectors, neighbours and densities are kept, under a key of
        the rows or points, and found again by the next process with the same pool. None keeps
        them in memory only.
    progress : callable or None
        Called with ``("Nearest neighbours", 0.25)`` and the like while rows are encoded and
        geometry is computed.

    Attributes
    ----------
    data : object
        As handed in.
    features : ndarray, sparse matrix, frame or StoredFeatures of n rows
        What models read.
    transformer : fitted transformer or None
        What made `features` of `data`; new data goes through it too.

    Raises
    ------
    InputError
        If the pool is empty, ragged, or holds values that are not finite numbers; and if columns
        of a frame share a name, or hold lists, bytes or other values that are not plain.

    Notes
    -----
    A model whose first step reads columns by name or raw text (a ``ColumnTransformer`` or a
    vectoriser, first in a pipeline) reads `data`, any other model reads `features`.

    Examples
    --------
    >>> pool = Pool(["red apple", "green apple", "old boat"])
    >>> len(pool), pool.features.shape[0]
    (3, 3)
    """

    def __init__(
        self,
        data: Any,
        features: Any = None,
        *,
        cache: str | PathLike[str] | None = None,
        progress: Progress | None = None,
    ) -> None:
        if isinstance(data, str | PathLike):
            from ._paths import open_path

            data = open_path(data)
        self.progress: Progress = progress or silent
        self._cache = None if cache is None else Cache(Path(cache))
        found: Features = featurise(data, features, self._cache, self.progress)
        self.data = found.data
        self.features = found.matrix
        self.transformer = found.transformer
        self._asked_for = features
        self._more_copies: Callable[[], Copies] = _find_none
        self._geometry: dict[Any, Any] = {}

    @classmethod
    def from_dask(cls, collection: Any, features: Any = None) -> "Pool":
        """Make a pool whose rows stay in partitions on the workers of a Dask cluster.

        Pointwise strategies ask the same rows as in memory: each partition is scored by its worker,
        and the best rows are merged. Others work on at most 200,000 candidates in memory, and
        say so if there are more. Persist the collection unless it should be read anew in each
        round.

        Parameters
        ----------
        collection : dask DataFrame or Array
            Row ids are positions in the sequence of its partitions.
        features : scikit-learn transformer, "passthrough" or None
            As for `Pool`; fitted on a random 100,000 rows.

        Raises
        ------
        InputError
            If there is no Dask client, or the rows cannot be read.
        """
        from ._dask import partitions_of

        return cls._of(*partitions_of(collection, features), features)

    @classmethod
    def _of(cls, data: Any, features: Any, transformer: Any, asked_for: Any) -> "Pool":
        pool = cls.__new__(cls)
        pool.data, pool.features, pool.transformer = data, features, transformer
        pool._asked_for, pool._more_copies = asked_for, _find_none
        pool.progress, pool._cache, pool._geometry = silent, None, {}
        return pool

    def only(self, rows: Rows) -> "Pool":
        """Make a pool of some rows, in memory, with ids of its own, encoded as here.

        Parameters
        ----------
        rows : ndarray of int64
            Global ids.

        Returns
        -------
        Pool
        """
        features = take(self.features, rows)
        same = self.data is self.features
        data = features if same else take(self.data, rows)
        return self._of(data, features, self.transformer, self._asked_for)

    def extend(self, more: Any) -> "Pool":
        """Put new rows behind the others, under the next ids.

        The pool is then the one that would be made of all rows at once: columns are standardised
        and words are weighed anew, and geometry is computed anew when it is needed. An encoder
        encodes the new rows alone. Learners of the pool notice the new rows by themselves.

        Parameters
        ----------
        more : array, sparse matrix, frame, list of str, or path
            Rows of the kind that the pool was made of. A pool whose rows stay in files takes the
            path of more files with the same columns.

        Returns
        -------
        Pool
            This pool, which has changed.

        Raises
        ------
        InputError
            If there is no new row, or it is of another kind; the pool then stays as it was.

        Examples
        --------
        >>> pool = Pool(["red apple", "green apple"])
        >>> len(pool.extend(["old boat"])), pool[[2]]
        (3, ['old boat'])
        """
        data = append_rows(self.data, more)
        if isinstance(self.transformer, Embedding):
            new = data[len(self) :]
            vectors = embed(new, self.transformer, self._cache, self.progress)
            check_width(self.features.shape[1], vectors, len(self))
            found = Features(data, np.concatenate([self.features, vectors]), self.transformer)
        else:
            found = featurise(data, self._asked_for, self._cache, self.progress)
        self.data, self.features, self.transformer = found.data, found.matrix, found.transformer
        self._geometry = {}
        for name in ("points", "unit_vectors", "in_memory"):
            self.__dict__.pop(name, None)
        return self

    @property
    def digest(self) -> str:
        """What the pool is known by: a digest of the values of all rows, in their order."""
        return self.once("digest of rows", lambda: digest_of_rows(self.data))

    @cached_property
    def in_memory(self) -> "Pool":
        """The same rows in memory, with the same geometry and cache."""
        found = self.only(np.arange(len(self)))
        found.progress, found._cache, found._geometry = self.progress, self._cache, self._geometry
        found._more_copies = self._more_copies
        return found

    def __len__(self) -> int:
        return n_rows(self.features)

    def _describe(self) -> Description:
        width = getattr(self.features, "shape", (len(self), "?"))[1]
        out = _listed(f"{name!r} ({why})" for name, why in self.left_out.items())
        rounded = _listed(map(repr, self.rounded))
        summary = (
            f"{len(self):,} rows, {width} features"
            + (f"; left out: {out}" if out else "")
            + (f"; rounded to 16 digits: {rounded}" if rounded else "")
        )
        made = "taken as they are" if self.transformer is None else type(self.transformer).__name__
        details = [("rows are", type(self.data).__name__), ("features are", made)]
        reasons = list(self.left_out.items())
        table = Table("Columns left out", ("column", "why"), reasons, len(reasons))
        return Description("Pool", summary, (), details, table, table_in_text=False)

    @property
    def left_out(self) -> dict[str, str]:
        """The columns of a frame that models do not see, each with the reason."""
        return dict(getattr(self.transformer, "dropped_", {}))

    @property
    def rounded(self) -> list[str]:
        """The columns of whole numbers above 2^53, of which models see the first 16 digits."""
        return list(getattr(self.transformer, "rounded_", []))

    def __getitem__(self, rows: Rows) -> Matrix:
        """Take the given rows as they were handed in."""
        return take(self.data, np.asarray(rows))

    def read_by(self, model: Any) -> Matrix:
        """Choose what a model reads: `data` if it encodes rows itself, else `features`.

        Parameters
        ----------
        model : scikit-learn classifier
        """
        return self.data if encodes_for_itself(model) else self.features

    def pipeline(self, fitted: Any) -> Any:
        """Put a model behind the pool's transformer, so that it reads rows like `data`.

        Parameters
        ----------
        fitted : fitted classifier
            Of the pool's features, or of its data.

        Returns
        -------
        fitted classifier
        """
        return fitted if self.reads_data(fitted) else make_pipeline(self.transformer, fitted)

    def reads_data(self, model: Any) -> bool:
        """Tell whether a model reads rows like `data`, with no transformer before it.

        Parameters
        ----------
        model : scikit-learn classifier
        """
        return self.transformer is None or encodes_for_itself(model)

    @property
    def encoded(self) -> "Pool":
        """The same rows as numbers: this pool, unless its features are passed through as they are.

        Its `features` are encoded as by default, and its `transformer` makes them of ours.
        """
        return self.once("encoded", self._encode) or self

    def _encode(self) -> "Pool | None":
        if are_numbers(self.features, known=not isinstance(self._asked_for, str)):
            return None
        found = encode_raw(self.features, self._cache, self.progress)
        twin = self._of(found.data, found.matrix, found.transformer, None)
        twin.progress, twin._cache = self.progress, self._cache
        return twin

    @cached_property
    def points(self) -> Floats:
        """Dense points of shape (n, p), every column of mean 0 and deviation 1.

        They are float64 up to 50,000 rows and float32 for more. Sparse features are first
        projected to at most 50 dimensions (truncated SVD, fixed seed). Those of texts are made of
        their words alone.
        """
        return standardised_points(self.encoded.words)

    @property
    def vectors(self) -> Matrix:
        """Rows as vectors for inner products: `words` of sparse features, else the points."""
        found = self.encoded.words
        return found if issparse(found) else self.points

    @cached_property
    def unit_vectors(self) -> Matrix:
        """`vectors` of length one; zeros stay zeros."""
        return normalize(self.vectors)

    @property
    def word_vectoriser(self) -> TfidfVectorizer | None:
        """What weighs the words of texts, alone or beside runs of letters; None elsewhere."""
        if isinstance(self.transformer, TfidfVectorizer):
            return self.transformer
        return words_beside_letters(self.transformer) if self._asked_for is None else None

    @property
    def words(self) -> Matrix:
        """`features`, without the runs of letters that those of short texts hold beside words.

        Distances are measured in them: runs of letters would take ten times as long.
        """
        words = self.word_vectoriser
        if words is None or words is self.transformer:
            return self.features
        width = len(words.vocabulary_)
        return self.once("words", lambda: self.features.tocsr()[:, :width])

    @property
    def copies(self) -> Copies:
        """Rows with equal features; none are looked for on Dask, or in more than 2 million rows.

        Texts have to have the same words, too.
        """
        return self.once(
            "copies", lambda: copies_of(self.words, self.data).joined(self._more_copies())
        )

    @property
    def twins(self) -> Twins | None:
        """What finds nearly identical rows; None where features are no numbers."""
        return self.once("twins", lambda: twins_of(self.features))

    def log_density(self, bandwidth: float) -> Floats:
        """Compute the log of the kernel density at every row's point, shape (n,).

        Parameters
        ----------
        bandwidth : float
            In the units of `points`; see `motherlode.geometry.in_order` for the order of the rows.
        """
        return self.once(
            ("kde", bandwidth),
            lambda: in_order(self.density(bandwidth).of_others, bandwidth, self.points.shape[1]),
        )

    def log_density_of_others(self, bandwidth: float) -> Floats:
        """Compute the log of the kernel density without each row's own kernel, shape (n,).

        Parameters
        ----------
        bandwidth : float
            In the units of `points`.
        """
        return self.density(bandwidth).of_others

    def density(self, bandwidth: float) -> Density:
        """Compute the density of `log_density_of_others` with its error.

        Parameters
        ----------
        bandwidth : float
            In the units of `points`.

        Returns
        -------
        motherlode.geometry.Density
            Exact up to 50,000 rows, and estimated for more.
        """

        def compute() -> Arrays:
            if len(self) <= EXACT_DENSITY_ROWS:
                found = exact_density(self.points, bandwidth, progress=self.progress)
            else:
                graph = self.neighbours(_GRAPH_NEIGHBOURS)
                found = truncated_density(self.points, bandwidth, graph, progress=self.progress)
            return {
                "of_others": found.of_others,
                "accuracy": np.array([found.error, found.rank_correlation]),
            }

        kept = self._kept("density", (float(bandwidth),), compute)
        return Density(kept["of_others"], *kept["accuracy"].tolist())

    def local_outlier_factor(self, neighbours: int) -> Floats:
        """Compute the local outlier factor of every row, shape (n,).

        Parameters
        ----------
        neighbours : int
            See `motherlode.geometry.local_outlier_factor`.
        """
        return self.once(("lof", neighbours), lambda: outlier_factor(self.neighbours(neighbours)))

    def mean_similarity(self) -> Floats:
        """Compute the mean similarity of every row to all, as `motherlode.geometry` does."""
        return self.once("similarity", lambda: mean_similarity(self.vectors))

    def neighbours(self, k: int) -> Neighbours:
        """Find the k nearest neighbours of every row, itself left out, nearest first.

        Parameters
        ----------
        k : int
            Up to 20 are taken from one graph.

        Returns
        -------
        motherlode.geometry.Neighbours
            Past 50,000 rows its `recall` may be below 1.
        """
        most = max(k, _GRAPH_NEIGHBOURS)

        def compute() -> Arrays:
            found = nearest_neighbours(self.points, most, progress=self.progress)
            return {
                "ids": found.ids,
                "distances": found.distances,
                "recall": np.array([found.recall]),
            }

        kept = self._kept("neighbours", (most,), compute)
        return Neighbours(kept["ids"], kept["distances"], float(kept["recall"][0])).first(k)

    def _kept(
        self, name: str, parameters: tuple[Any, ...], compute: Callable[[], Arrays]
    ) -> Arrays:
        """Compute arrays once, and keep them with the pool and in its cache if it has one."""
        key = (name, *parameters)
        if key in self._geometry or self._cache is None:
            return self.once(key, compute)
        digest = self.once("digest of points", lambda: digest_of(self.points))
        file = content_key(name, parameters, digest)
        found = self._cache.load(file)
        if found is None:
            # In memory first, so that a full disk does not lose the work of minutes.
            self._cache.save(file, self.once(key, compute))
            found = self._cache.load(file)
        if found is not None:
            self._geometry[key] = found
        return self._geometry[key]

    def once(self, key: Any, compute: Callable[[], T]) -> T:
        """Compute something once and keep it with the pool.

        Parameters
        ----------
        key : hashable
            What it is kept under.
        compute : callable
            Called without arguments the first time.
        """
        # Rows never change, so geometry is computed once for all rounds, until there are new rows.
        if key not in self._geometry:
            self._geometry[key] = compute()
        return self._geometry[key]


def _find_none() -> Copies:
    """Know of no rows that are copies although their features differ."""
    return NO_COPIES


def _listed(parts: Iterable[str]) -> str:
    listed = list(parts)
    more = [f"{len(listed) - _MOST_LISTED} more"] if len(listed) > _MOST_LISTED else []
    return ", ".join(listed[:_MOST_LISTED] + more)


def as_pool(data: Any) -> Pool:
    """Make a pool of ``data`` unless it is one."""
    return data if isinstance(data, Pool) else Pool(data)
