"""Search rows by hand: by words, by conditions on columns, by likeness to a row.

With fewer positives than one in a thousand, a person who knows the rare class finds the first one
sooner than any strategy. Rows found so are no random sample: teach them with ``channel="search"``,
so that later estimates can leave them out.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .._rows.arrays import Rows
from .._rows.matrix import is_frame
from ..errors import InputError
from . import Pool
from ._columns import open_frame
from ._condition import find_met
from ._likeness import likeness
from ._texts import texts_of_rows

_QUOTES = '"“”„'


def containing(pool: Pool, words: str) -> Rows:
    """Find the rows whose text holds every word, in any case.

    Parameters
    ----------
    pool : Pool
        Of texts, or of a frame with columns of text, which are searched together.
    words : str
        Words, or "phrases in double quotes". A word also matches where it begins a longer one,
        with or without a star at its end.

    Returns
    -------
    ndarray of int64
        Global ids, in increasing order.

    Raises
    ------
    InputError
        If there is no word, or the pool holds no text.

    Examples
    --------
    >>> containing(Pool(["Refund, please", "thank you", "no refunds"]), "refund")
    array([0, 2])
    >>> containing(Pool(["a price of $100", "see a#win", "#win now"]), "#win")
    array([2])
    """
    if not isinstance(words, str):
        raise InputError(f"The words are {words!r}; give them as one text.")
    holds = make_test(words)
    return np.array([row for row, text in enumerate(_texts(pool)) if holds(text)], dtype=np.int64)


def find_patterns(words: str) -> list["re.Pattern[str]"]:
    """Make what finds each word and phrase in a text."""
    # Not \b, which before a word like "$100" asks for the end of another word.
    return [
        re.compile(r"(?<!\w)" + r"\s+".join(map(re.escape, part)), re.IGNORECASE)
        for part in _read(words)
    ]


def make_test(words: str) -> Callable[[str], bool]:
    """Make a function that tells whether a text holds all words and phrases."""
    patterns = []
    for part in _read(words.lower()):
        first, *rest = map(re.escape, part)
        # As in find_patterns, but letters stand first and in one case: Python then looks for them
        # much faster.
        patterns.append(re.compile(rf"{first}(?<!\w{first})" + "".join(rf"\s+{w}" for w in rest)))

    def holds(text: str) -> bool:
        letters = text.lower()
        return all(pattern.search(letters) for pattern in patterns)

    return holds


def _read(words: str) -> list[list[str]]:
    """Read words as parts, a phrase as the words that follow each other."""
    parts = []
    for phrase, word in re.findall(rf"[{_QUOTES}]([^{_QUOTES}]+)[{_QUOTES}]|(\S+)", words):
        # A variation selector says how an emoji is drawn, and not every text has it.
        bare = (phrase or word.strip(_QUOTES).rstrip("*")).replace("\ufe0f", "").split()
        if bare:
            parts.append(bare)
    if not parts:
        raise InputError("The search holds no word; give at least one.")
    return parts


def where(pool: Pool, condition: str) -> Rows:
    """Find the rows of a frame that meet a condition on its columns.

    Parameters
    ----------
    pool : Pool
        Of a pandas, polars or Arrow frame.
    condition : str
        Comparisons of columns with numbers, quoted texts, dates, lists or each other, joined by
        ``and``, ``or`` and ``not``, as in ``"amount > 900 and country in ['BR', 'NG']"``. Dates
        are written like ``booked > 2026-08-31``, and one without a time is its whole day. Missing
        values are found by ``amount is null`` and ``amount is not null``; they meet no other
        comparison. A name with other signs than letters and digits may stand in backquotes.

    Returns
    -------
    ndarray of int64
        Global ids, in increasing order.

    Raises
    ------
    InputError
        If the condition cannot be read, or names a column that is not there.

    Examples
    --------
    >>> import polars as pl
    >>> where(Pool(pl.DataFrame({"amount": [5, 950, 2000]})), "amount > 900")
    array([1, 2])
    """
    if not is_frame(pool.data):
        raise InputError("A condition speaks of columns, and this pool's data has no column names.")
    if not isinstance(condition, str):
        raise InputError(f"The condition is {condition!r}; give a text.")
    return np.flatnonzero(find_rows_that_meet(pool.data, condition))


def find_rows_that_meet(
    frame: Any, condition: str, written: Mapping[str, str] | None = None
) -> NDArray[np.bool_]:
    """Find which rows of a frame meet a condition; `written` is as for `find_met`."""
    return find_met(open_frame(frame), condition, written).to_numpy().astype(bool)


def like(pool: Pool, rows: Any, n: int = 10, *, among: Rows | None = None) -> Rows:
    """Find the ``n`` rows most like any of the given ones, most alike first.

    Parameters
    ----------
    pool : Pool
        Of any kind of rows.
    rows : int or array-like of int
        Global ids of examples; they are left out of the answer.
    n : int
        How many rows to find; fewer come back if there are no more.
    among : ndarray of int64, optional
        Global ids of the rows to choose from; by default all rows of the pool.

    Returns
    -------
    ndarray of int64 of shape (n,)
        By cosine where the features are sparse, as of texts, and by distance between
        standardised points elsewhere.
    """
    examples = np.atleast_1d(np.asarray(rows))
    if examples.ndim != 1 or (examples.size and examples.dtype.kind not in "iu"):
        raise InputError(
            f"The examples are {rows!r}; give ids of rows, which are whole numbers, as "
            "containing(pool, words) finds them for words."
        )
    if examples.size == 0 or examples.min() < 0 or examples.max() >= len(pool):
        raise InputError(f"The examples {examples.tolist()} are not all rows 0 to {len(pool) - 1}.")
    others = np.arange(len(pool)) if among is None else among
    alike = np.max([likeness(pool, row, among) for row in examples.tolist()], axis=0)
    order = np.argsort(-alike, kind="stable")
    return others[order[~np.isin(others[order], examples)][:n]]


def _texts(pool: Pool) -> list[str]:
    texts = texts_of_rows(pool)
    if texts is None:
        raise InputError("A search for words needs texts, and this pool holds none.")
    return texts
