"""Papers that several records of a project hold, as exports of several databases do."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..._files.cell_texts import format_cells
from ..._files.dois import find_doi
from ..._rows.arrays import Rows
from ...pool._reference_columns import find_named, find_reference

if TYPE_CHECKING:
    from ...pool._copies import Copies

_MARKUP = re.compile(r"</?\w[^<>]*>")
_LEAST = 30
"""Letters of a title that tells a paper; "Reply to the letter to the editor" tells none."""
_SHARED = 0.8
"""Of the words of the shorter title, from which on two titles with one DOI are of one paper."""
_MOST = 50
"""Papers with one title that a row is compared with."""


@dataclass(frozen=True, eq=False)
class Papers:
    """Which paper each record holds.

    Attributes
    ----------
    first : ndarray of int64 of shape (n,)
        Of each row, the first row with its paper; most often itself.
    whole : ndarray of bool of shape (n,)
        Whether the row has an abstract.
    """

    first: Rows
    whole: NDArray[np.bool_]

    def copies(self) -> "Copies":
        """Give the rows whose paper others hold too; those with an abstract are asked first."""
        from ...pool._copies import Copies  # loads scikit-learn, which adding rows can spare

        held = np.bincount(self.first, minlength=len(self.first))[self.first]
        rows = np.flatnonzero(held > 1)
        _, kind = np.unique(self.first[rows], return_inverse=True)
        return Copies(rows, kind.astype(np.int64), self.whole[rows].astype(np.float64))


def find_papers(table: pa.Table, columns: Sequence[str]) -> Papers:
    """Find the records that hold the same paper.

    Rows are records of papers if models read a title and an abstract; of others each is its own.
    Two records hold one paper if they have one DOI and most words of the shorter title in common,
    since all abstracts of a congress may have one DOI. They do so too if one of them has no DOI,
    their titles have the same letters, at least thirty, and their years are equal, where both have
    one.

    Parameters
    ----------
    table : pyarrow.Table
        All rows.
    columns : sequence of str
        What models read.
    """
    reference = find_reference(columns)
    if not reference:
        return Papers(np.arange(len(table)), np.zeros(len(table), dtype=np.bool_))
    names = [*reference, *(find_named(word, table.column_names) for word in ("doi", "year"))]
    titles, abstracts, dois, years = (_read_cells(table, name) for name in names)
    seen, found = _Seen(), (find_doi(cell.casefold()) for cell in dois)
    cells = zip(titles, found, years, strict=True)
    first = [seen.find(row, *held) for row, held in enumerate(cells)]
    return Papers(np.array(first, dtype=np.int64), np.array([bool(one) for one in abstracts]))


def find_copies(table: pa.Table, columns: Sequence[str]) -> "Copies":
    """Find the rows whose paper others hold too, as a pool takes copies; see `find_papers`."""
    return find_papers(table, columns).copies()


def _read_cells(table: pa.Table, name: str | None) -> list[str]:
    if name is None:
        return [""] * len(table)
    return [(cell or "").strip() for cell in format_cells(table.column(name))]


def _read_words(title: str) -> list[str]:
    """Read the words of a title without case, accents, markup and points."""
    plain = unicodedata.normalize("NFKD", _MARKUP.sub("", title)).casefold()
    return re.findall(r"[^\W_]+", "".join(c for c in plain if not unicodedata.combining(c)))


@dataclass(eq=False)
class _Paper:
    """A paper: the first row of it, the words of its title, and what is known of it."""

    first: int
    words: set[str]
    doi: str = ""
    year: str = ""

    def shares_words(self, words: set[str]) -> bool:
        """Tell whether a title may be this paper's, which has the same DOI."""
        shorter = min(len(words), len(self.words))
        return len(words & self.words) >= _SHARED * shorter

    def allows(self, doi: str, year: str) -> bool:
        """Tell whether a reference with the same title may be this paper."""
        return not (doi and self.doi) and (not year or self.year in ("", year))


class _Seen:
    """The papers of the rows up to one."""

    def __init__(self) -> None:
        self._by_doi: defaultdict[str, list[_Paper]] = defaultdict(list)
        self._by_title: defaultdict[str, list[_Paper]] = defaultdict(list)

    def find(self, row: int, title: str, doi: str, year: str) -> int:
        """Find the first row of the paper that a row is; itself if it is the first."""
        words = _read_words(title)
        letters, said = "".join(words), set(words)
        of_doi = self._by_doi[doi][:_MOST] if doi else []
        of_title = self._by_title[letters][:_MOST] if len(letters) >= _LEAST else []
        paper = next((one for one in of_doi if one.shares_words(said)), None)
        if paper is None:
            paper = next((one for one in of_title if one.allows(doi, year)), None)
        if paper is None:
            paper = _Paper(row, said)
        paper.doi, paper.year = paper.doi or doi, paper.year or year
        if doi and paper not in of_doi:
            self._by_doi[doi].append(paper)
        if len(letters) >= _LEAST and paper not in of_title:
            self._by_title[letters].append(paper)
        return paper.first
