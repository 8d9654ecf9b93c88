"""Which rows of a pool are the same to a model, found once by a hash of each row."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, issparse

from .._rows.arrays import Codes, Floats, Matrix, Rows
from .._rows.blocks import Stored, read_slices
from .._rows.matrix import is_frame, n_rows
from .._rows.unlabelled import Unlabelled

Hashes = NDArray[np.uint64]

MOST_ROWS = 2_000_000
"""Larger pools are not looked through: a pass over them costs time, and what it finds memory."""

_CELLS = 65_536  # worked on at a time: near the processor
_STORED_ROWS = 65_536
_GOLDEN = 0x9E3779B97F4A7C15
_NAN = 0x7FF8000000000000


@dataclass(frozen=True, eq=False)
class Copies:
    """The rows of a pool that have an equal; kinds are the sets of equal rows.

    Attributes
    ----------
    rows : ndarray of int64 of shape (c,)
        All rows that have an equal, in increasing order.
    kind : ndarray of int64 of shape (c,)
        The kind of each, from 0 on.

    Examples
    --------
    >>> found = copies_of(np.array([[1.0], [2.0], [1.0], [3.0], [1.0]]))
    >>> found.rows.tolist(), len(found)
    ([0, 2, 4], 2)
    >>> found.fresh(Unlabelled(5, [])).ids.tolist(), found.fresh(Unlabelled(5, [2])).ids.tolist()
    ([0, 1, 3], [1, 3])
    >>> found.unsettled(Unlabelled(5, [2])).ids.tolist()
    [1, 3]
    """

    rows: Rows
    kind: Codes

    def __len__(self) -> int:
        """How many rows could be left out without losing a kind."""
        return len(self._later)

    def kinds(self, rows: Rows) -> Codes:
        """The kind of each of ``rows``; -1 for one without an equal."""
        if not len(self.rows):
            return np.full(len(rows), -1)
        place = np.minimum(np.searchsorted(self.rows, rows), len(self.rows) - 1)
        return np.where(self.rows[place] == rows, self.kind[place], -1)

    def fresh(self, left: Unlabelled) -> Unlabelled:
        """One row of each kind that nothing is known of, and all rows without an equal."""
        if not len(self):
            return left
        return left.without(np.concatenate([self._later, self._first[self._known(left)]]))

    def unsettled(self, left: Unlabelled) -> Unlabelled:
        """Those left without the equals of known rows: all whose answer is open."""
        if not len(self):
            return left
        known = np.zeros(len(self._first), dtype=bool)
        known[self._known(left)] = True
        return left.without(self.rows[known[self.kind]])

    def others(self, left: Unlabelled) -> Rows:
        """Those left that are not `fresh`, in increasing order."""
        return self.rows[left.holds(self.rows) & ~self.fresh(left).holds(self.rows)]

    def spoken_for(self, rows: Rows, left: Unlabelled) -> Floats:
        """How many of those left each of some known rows speaks for, shape (len(rows),).

        Equal rows that are known share what is left of their kind.
        """
        out = np.zeros(len(rows))
        if not len(self):
            return out
        k = len(self._first)
        open_ = np.bincount(self.kind, minlength=k) - np.bincount(self._known(left), minlength=k)
        kind = self.kinds(rows)
        own = kind >= 0
        out[own] = open_[kind[own]] / np.bincount(kind[own], minlength=k)[kind[own]]
        return out

    def _known(self, left: Unlabelled) -> Codes:
        """The kinds of the rows that are not left, once for each such row."""
        kind = self.kinds(left.known)
        return kind[kind >= 0]

    @cached_property
    def _first(self) -> Rows:
        """The first row of each kind."""
        _, place = np.unique(self.kind, return_index=True)
        return self.rows[place]

    @cached_property
    def _later(self) -> Rows:
        """All but the first row of each kind."""
        return self.rows[self._first[self.kind] != self.rows]


NO_COPIES = Copies(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))


def copies_of(features: Matrix, data: Any = None) -> Copies:
    """The equal rows of a pool.

    Parameters
    ----------
    features : matrix of n rows, or `Stored`
        What models read. Zeros are equal whatever their sign, and gaps are equal to gaps.
    data : list of str, optional
        The texts that sparse features were made of. Of a text without a known word the features
        say nothing; it is equal to the same text alone.

    Returns
    -------
    Copies
        `NO_COPIES` for more than `MOST_ROWS` rows, and for rows that are with other processes.

    Notes
    -----
    Rows are equal that have the same 64-bit hash. Of a million different rows two have with
    probability 3e-8.
    """
    elsewhere = isinstance(features, Stored) and features.elsewhere
    if elsewhere or n_rows(features) > MOST_ROWS:
        return NO_COPIES
    hashes = np.concatenate([np.empty(0, dtype=np.uint64), *_by_block(features)])
    if issparse(features) and isinstance(data, list):
        empty = np.flatnonzero(np.diff(features.tocsr().indptr) == 0)
        hashes[empty] = _mixed(_bits([data[row] for row in empty.tolist()]))
    return _grouped(hashes)


def _grouped(hashes: Hashes) -> Copies:
    ordered = np.sort(hashes)
    repeated = ordered[1:][ordered[1:] == ordered[:-1]]
    if not len(repeated):
        return NO_COPIES
    twice = repeated[np.append(True, repeated[1:] != repeated[:-1])]
    place = np.minimum(np.searchsorted(twice, hashes), len(twice) - 1)
    rows = np.flatnonzero(twice[place] == hashes)
    return Copies(rows, place[rows])


def _by_block(X: Matrix) -> Iterator[Hashes]:
    """The hashes of a matrix, one block of rows after the other."""
    if isinstance(X, Stored):
        for _, block in X.blocks(_STORED_ROWS):
            yield from _by_block(block)
    elif issparse(X):
        csr = _canonical(X)
        yield from (_of_sparse(part) for _, part in read_slices(csr, _STORED_ROWS))
    elif is_frame(X):
        frame = nw.from_native(X, eager_only=True)
        yield _of_columns(len(frame), (_column(frame.get_column(name)) for name in frame.columns))
    elif isinstance(X, np.ndarray) and X.ndim > 1:
        wide = X.reshape(len(X), -1)
        size = max(1, _CELLS // max(wide.shape[1], 1))
        yield from (_of_dense(part) for _, part in read_slices(wide, size))
    else:
        yield _of_columns(n_rows(X), [_bits(X)])


def _of_dense(X: NDArray[Any]) -> Hashes:
    cells = _bits(X) + _keys(np.arange(X.shape[1]))
    return np.asarray(_mixed(cells).sum(axis=1, dtype=np.uint64))


def _of_columns(n: int, columns: Iterable[Hashes]) -> Hashes:
    out = np.zeros(n, dtype=np.uint64)
    for j, bits in enumerate(columns):
        out += _mixed(bits + _keys(np.array([j])))
    return out


def _of_sparse(X: csr_matrix) -> Hashes:
    """A sum over the entries of each row; it wraps, and differences of running sums do as well."""
    cells = _mixed(_bits(X.data) + _keys(X.indices))
    cells[X.data == 0] = 0  # a zero that is written down is equal to one that is not
    upto = np.concatenate([np.zeros(1, dtype=np.uint64), np.cumsum(cells, dtype=np.uint64)])
    return np.asarray(upto[X.indptr[1:]] - upto[X.indptr[:-1]])


def _canonical(X: Matrix) -> csr_matrix:
    """Each cell once."""
    csr = X.tocsr()
    if not csr.has_canonical_format:
        csr = csr.copy()
        csr.sum_duplicates()
    return csr


def _keys(columns: NDArray[Any]) -> Hashes:
    return (columns.astype(np.uint64) + np.uint64(1)) * np.uint64(_GOLDEN)


def _mixed(z: Hashes) -> Hashes:
    """The mixing function of SplitMix64, in place: each bit of the result hangs on all."""
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        z ^= z >> np.uint64(shift)
        z *= np.uint64(factor)
    z ^= z >> np.uint64(31)
    return z


def _column(series: "nw.Series[Any]") -> Hashes:
    gaps = series.is_null().to_numpy()
    if series.dtype.is_numeric() and not gaps.any():
        return _bits(series.to_numpy())
    if series.dtype.is_numeric():
        return _bits(np.array(series.cast(nw.Float64).to_numpy(), dtype=np.float64))
    values = np.empty(len(series), dtype=object)
    values[:] = series.to_list()
    values[gaps] = None
    return _bits(values)


def _bits(values: Any) -> Hashes:
    """64 bits for each value, the same for equal ones."""
    kind = values.dtype.kind if isinstance(values, np.ndarray) else "O"
    if kind in "biu":
        return values.astype(np.int64).view(np.uint64)
    if kind == "f":
        floats = np.asarray(values, dtype=np.float64) + 0.0  # -0.0 becomes 0.0
        bits = floats.view(np.uint64)
        if np.isnan(floats.sum()):  # the sum of infinite ones may be, too
            bits[np.isnan(floats)] = _NAN
        return bits
    flat = np.ravel(values).tolist() if isinstance(values, np.ndarray) else values
    found = np.fromiter(map(_hash, flat), dtype=np.int64, count=len(flat)).view(np.uint64)
    return found.reshape(np.shape(values)) if isinstance(values, np.ndarray) else found


def _hash(value: Any) -> int:
    # By what they show, since -1 and -2 have one hash in Python, and each NaN has its own.
    if isinstance(value, np.ndarray):
        return hash((value.shape, value.tobytes()))
    return hash(value if isinstance(value, str) else repr(value))
