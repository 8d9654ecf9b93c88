"""The rows of a pool that are equal to a model, found once by a hash of each row."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_matrix, csr_matrix, issparse
from scipy.sparse.csgraph import connected_components

from .._rows.arrays import Codes, Floats, Matrix, Rows
from .._rows.blocks import Stored, read_slices
from .._rows.matrix import is_frame, n_rows
from .._rows.random_by_row import GOLDEN, mix_bits
from .._rows.unlabelled import Unlabelled
from ._columns import open_frame, read_floats, read_objects
from ._natives import as_plain_series

_Hashes = NDArray[np.uint64]

MOST_ROWS = 2_000_000
"""In larger pools no copies are looked for: that would take too much time and memory."""

_WORD = re.compile(r"\w+")
_CELLS = 65_536  # worked on at a time: so many stay in the processor's cache
_STORED_ROWS = 65_536
_NAN = 0x7FF8000000000000


@dataclass(frozen=True, eq=False)
class Copies:
    """The copies of a pool: rows with equal features. A kind is a set of equal rows.

    Attributes
    ----------
    rows : ndarray of int64 of shape (c,)
        All rows that have a copy, in increasing order.
    kind : ndarray of int64 of shape (c,)
        The kind of each, from 0 on.
    standing : ndarray of float of shape (c,), optional
        Of each kind the row of the highest is asked first; by default the first row.

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
    standing: Floats | None = None

    def __len__(self) -> int:
        """Count the rows that could be left out without losing a kind."""
        return len(self._later)

    def kinds(self, rows: Rows) -> Codes:
        """Look up the kind of each of ``rows``; -1 for one without a copy."""
        if not len(self.rows):
            return np.full(len(rows), -1)
        place = np.minimum(np.searchsorted(self.rows, rows), len(self.rows) - 1)
        return np.where(self.rows[place] == rows, self.kind[place], -1)

    def fresh(self, left: Unlabelled) -> Unlabelled:
        """Keep one row of each kind without a label, and all rows without a copy."""
        if not len(self):
            return left
        return left.without(np.concatenate([self._later, self._first[self._known(left)]]))

    def unsettled(self, left: Unlabelled) -> Unlabelled:
        """Keep the rows that have no copy with a known label."""
        if not len(self):
            return left
        known = np.zeros(len(self._first), dtype=bool)
        known[self._known(left)] = True
        return left.without(self.rows[known[self.kind]])

    def others(self, left: Unlabelled) -> Rows:
        """List the rows left that are not `fresh`, in increasing order."""
        return self.rows[left.holds(self.rows) & ~self.fresh(left).holds(self.rows)]

    def count_represented(self, rows: Rows, left: Unlabelled) -> Floats:
        """Count how many of the rows left each of some known rows represents, shape (len(rows),).

        Known rows of one kind share what is left of it.
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

    def joined(self, more: "Copies") -> "Copies":
        """Take for copies what is one here, or in ``more``, whose standing counts."""
        if not len(more):
            return self
        rows = np.union1d(self.rows, more.rows)
        pairs = [(each.rows, each._first[each.kind]) for each in (self, more)]
        one, other = (
            np.searchsorted(rows, np.concatenate(ends)) for ends in zip(*pairs, strict=True)
        )
        links = coo_matrix((np.ones(len(one)), (one, other)), shape=(len(rows), len(rows)))
        _, kind = connected_components(links, directed=False)
        standing = np.zeros(len(rows))
        if more.standing is not None:
            standing[np.searchsorted(rows, more.rows)] = more.standing
        return Copies(rows, kind.astype(np.int64), standing)

    def _known(self, left: Unlabelled) -> Codes:
        """Look up the kind of each row that is not left and has a copy."""
        kind = self.kinds(left.known)
        return kind[kind >= 0]

    @cached_property
    def _first(self) -> Rows:
        """The row of each kind that is asked first."""
        standing = np.zeros(len(self.rows)) if self.standing is None else self.standing
        order = np.lexsort((self.rows, -standing, self.kind))
        _, place = np.unique(self.kind[order], return_index=True)
        return self.rows[order[place]]

    @cached_property
    def _later(self) -> Rows:
        """All but the row of each kind that is asked first."""
        return self.rows[self._first[self.kind] != self.rows]


NO_COPIES = Copies(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))


def copies_of(features: Matrix, data: Any = None) -> Copies:
    """Find the copies of a pool, by a 64-bit hash of each row.

    Zeros are equal whatever their sign, and gaps are equal. If ``data`` is a list of texts, copies
    have the same words, too: texts of one form, which differ in a number that no other text has,
    are equal to a pool and not to who reads them. More than `MOST_ROWS` rows, and rows that are
    with other processes, give `NO_COPIES`.
    Among a million different rows, two have the same hash with probability 3e-8.
    """
    elsewhere = isinstance(features, Stored) and features.elsewhere
    if elsewhere or n_rows(features) > MOST_ROWS:
        return NO_COPIES
    hashes = np.concatenate([np.empty(0, dtype=np.uint64), *_by_block(features)])
    found = _group(hashes)
    if not (issparse(features) and isinstance(data, list)):
        return found
    alike = found.rows
    hashes[alike] += mix_bits(_bits([_read(data[row]) for row in alike.tolist()]))
    return _group(hashes)


def _read(text: str) -> str:
    """Read the words of a text, whatever their case, their order and what stands between them."""
    return " ".join(sorted(_WORD.findall(text.casefold()))) or text


def _group(hashes: _Hashes) -> Copies:
    ordered = np.sort(hashes)
    repeated = ordered[1:][ordered[1:] == ordered[:-1]]
    if not len(repeated):
        return NO_COPIES
    twice = repeated[np.append(True, repeated[1:] != repeated[:-1])]
    place = np.minimum(np.searchsorted(twice, hashes), len(twice) - 1)
    rows = np.flatnonzero(twice[place] == hashes)
    return Copies(rows, place[rows])


def _by_block(X: Matrix) -> Iterator[_Hashes]:
    """Hash the rows of a matrix, block by block."""
    if isinstance(X, Stored):
        for _, block in X.blocks(_STORED_ROWS):
            yield from _by_block(block)
    elif issparse(X):
        csr = _canonical(X)
        yield from (_of_sparse(part) for _, part in read_slices(csr, _STORED_ROWS))
    elif is_frame(X):
        frame = open_frame(X)
        yield _of_columns(len(frame), (_column(frame.get_column(name)) for name in frame.columns))
    elif isinstance(X, np.ndarray) and X.ndim > 1:
        wide = X.reshape(len(X), -1)
        size = max(1, _CELLS // max(wide.shape[1], 1))
        yield from (_of_dense(part) for _, part in read_slices(wide, size))
    else:
        yield _of_columns(n_rows(X), [_bits(X)])


def _of_dense(X: NDArray[Any]) -> _Hashes:
    cells = _bits(X) + _keys(np.arange(X.shape[1]))
    return np.asarray(mix_bits(cells).sum(axis=1, dtype=np.uint64))


def _of_columns(n: int, columns: Iterable[_Hashes]) -> _Hashes:
    out = np.zeros(n, dtype=np.uint64)
    for j, bits in enumerate(columns):
        out += mix_bits(bits + _keys(np.array([j])))
    return out


def _of_sparse(X: csr_matrix) -> _Hashes:
    # A sum over the entries of each row. It may overflow; then differences of sums do so too.
    cells = mix_bits(_bits(X.data) + _keys(X.indices))
    cells[X.data == 0] = 0  # a stored zero is equal to one that is not stored
    upto = np.concatenate([np.zeros(1, dtype=np.uint64), np.cumsum(cells, dtype=np.uint64)])
    return np.asarray(upto[X.indptr[1:]] - upto[X.indptr[:-1]])


def _canonical(X: Matrix) -> csr_matrix:
    """Make a matrix in which each cell is stored once."""
    csr = X.tocsr()
    if not csr.has_canonical_format:
        csr = csr.copy()
        csr.sum_duplicates()
    return csr


def _keys(columns: NDArray[Any]) -> _Hashes:
    return (columns.astype(np.uint64) + np.uint64(1)) * GOLDEN


def _column(series: "nw.Series[Any]") -> _Hashes:
    plain = as_plain_series(series)
    dtype = plain.dtype
    if not dtype.is_numeric() or dtype in (nw.Int128, nw.UInt128, nw.Decimal):
        return _bits(read_objects(plain))
    return _bits(read_floats(plain) if plain.null_count() else plain.to_numpy())


def _bits(values: Any) -> _Hashes:
    """Make 64 bits of each value, the same for equal ones."""
    kind = values.dtype.kind if isinstance(values, np.ndarray) else "O"
    if kind in "biu":
        return values.astype(np.int64).view(np.uint64)
    if kind == "f":
        floats = np.asarray(values, dtype=np.float64) + 0.0  # -0.0 becomes 0.0
        bits = floats.view(np.uint64)
        if np.isnan(floats.sum()):  # that of infinite ones may be NaN too
            bits[np.isnan(floats)] = _NAN
        return bits
    flat = np.ravel(values).tolist() if isinstance(values, np.ndarray) else values
    found = np.fromiter(map(_hash, flat), dtype=np.int64, count=len(flat)).view(np.uint64)
    return found.reshape(np.shape(values)) if isinstance(values, np.ndarray) else found


def _hash(value: Any) -> int:
    # By its text, since -1 and -2 have one hash in Python, and each NaN has its own.
    if isinstance(value, np.ndarray):
        return hash((value.shape, value.tobytes()))
    return hash(value if isinstance(value, str) else repr(value))
