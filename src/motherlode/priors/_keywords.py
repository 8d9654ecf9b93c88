"""Words and phrases that positives are likely to hold."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .._rows.arrays import Floats, Rows
from ..errors import InputError
from ..pool import Pool
from ..pool._texts import texts_of_rows
from ._prior import Prior


@dataclass(frozen=True)
class Keywords(Prior):
    """Words and phrases, each counting by its rarity; a row that holds any of them is likelier.

    Parameters
    ----------
    words : sequence of str
        Words, phrases of several words, or beginnings of words such as ``neuropath*``. Upper and
        lower case are the same.

    Examples
    --------
    >>> from motherlode import Pool
    >>> pool = Pool(["Diabetic neuropathies", "a stroke", "heart stroke volume"])
    >>> Keywords(["neuropath*", "stroke volume"]).score(pool, np.arange(3)).round(2).tolist()
    [0.79, 0.0, 0.79]
    """

    words: tuple[str, ...]

    def __post_init__(self) -> None:
        given: object = self.words
        if isinstance(given, str) or not isinstance(given, Sequence | set | frozenset | np.ndarray):
            raise InputError(f"The keywords are {given!r}; give a list of words.")
        kept = [w.strip() for w in given if isinstance(w, str) and re.search(r"\w", w)]
        if not kept or len(kept) != len(given):
            raise InputError(f"The keywords are {list(given)!r}; give words, each of them a text.")
        object.__setattr__(self, "words", tuple(dict.fromkeys(kept)))

    def check(self, pool: Pool) -> None:
        """Raise an `InputError` if the pool holds no texts."""
        _check_texts(pool)

    def score(self, pool: Pool, rows: Rows) -> Floats:
        """Add up the rarities of the words that each row holds."""
        return np.asarray(pool.once(("keywords", self.words), lambda: self._score_all(pool))[rows])

    def _score_all(self, pool: Pool) -> Floats:
        patterns = [_pattern(word) for word in self.words]
        texts = _check_texts(pool)
        held = np.array([[p.search(text) is not None for p in patterns] for text in texts])
        rarity = np.log1p(len(texts) / (held.sum(axis=0) + 0.5)) / np.log1p(len(texts))
        return np.asarray(held @ rarity)

    def describe(self) -> str:
        """List the words."""
        return "the words " + ", ".join(f'"{word}"' for word in self.words)


def _pattern(word: str) -> re.Pattern[str]:
    """Match a word or phrase as a whole, or with ``*`` the words that begin with it."""
    parts = [re.escape(part).replace(r"\*", r"\w*") for part in word.split()]
    return re.compile(r"(?<!\w)" + r"\W+".join(parts) + r"(?!\w)", re.IGNORECASE)


def _check_texts(pool: Pool) -> list[str]:
    texts = texts_of_rows(pool)
    if texts is None:
        raise InputError(
            "The prior is made of words, and this pool holds no texts; give a column of scores, an "
            "array with one score for each row, or a fitted model."
        )
    return texts
