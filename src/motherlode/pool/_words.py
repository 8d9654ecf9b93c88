"""TF-IDF for texts of any script: words, and beside them runs of letters where texts are short."""

import re
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any, Self

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import FeatureUnion

from .._rows.gaps import is_gap
from .._rows.matrix import is_frame
from ..errors import InputError

_PEEK = 100  # texts looked at to see what they are
# Thai to Khmer, kana and Han.
_SPACELESS = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
# Two or more word characters; for Python the vowel signs of Indian scripts are none.
_WORD = r"(?u)[\w\u0900-\u0963\u0966-\u0dff]{2,}"
_LARGE = 50
# Longer texts have some hundreds of runs of letters each, and pairs of words instead.
_SHORT = 300  # characters of a text, in the mean
_MOST_CHARACTERS = 10_000_000  # of all texts, in which counting takes under a minute
_RUNS = (3, 5)


class TextVectoriser(TfidfVectorizer):
    """A `TfidfVectorizer` that takes one text a row, and nothing that only looks like texts.

    scikit-learn's own goes through whatever it is given, and through a frame by the names of its
    columns. A text that is missing is an empty one.
    """

    def set_output(self, *, transform: str | None = None) -> "TextVectoriser":
        """Stay as it is: words are a sparse matrix, whatever frames others ask for.

        Parameters
        ----------
        transform : str, optional
            As scikit-learn has it.
        """
        return self

    def fit(self, raw_documents: Any, y: object = None) -> Self:
        """Learn the words of texts."""
        super().fit(_as_texts(raw_documents), y)
        return self

    def fit_transform(self, raw_documents: Any, y: object = None) -> Any:
        """Learn the words of texts, and weigh them."""
        return super().fit_transform(_as_texts(raw_documents), y)

    def transform(self, raw_documents: Any) -> Any:
        """Weigh the words of texts."""
        return super().transform(_as_texts(raw_documents))


def _as_texts(given: Any) -> Any:
    """Check that there is one text a row, as far as that shows without reading them."""
    if is_frame(given) or getattr(given, "ndim", 1) != 1:
        names = ", ".join(map(repr, list(getattr(given, "columns", ()))[:5]))
        raise InputError(
            f"The model reads texts, one a row, and was given a {type(given).__name__} of columns"
            f"{f' such as {names}' if is_frame(given) else ''}; give the one that holds the texts."
        )
    if not isinstance(given, Sequence) and not hasattr(given, "dtype"):
        return given  # is read more than once, or a block at a time
    if isinstance(given, str) or all(type(text) is str for text in given):
        return given
    return ["" if is_gap(text) else text for text in given]


def vectoriser_for(texts: Iterable[str], n: int, **settings: Any) -> TextVectoriser:
    """Choose a vectoriser of words, or of pairs of characters in scripts without spaces.

    Of 50 texts and more, words seen once and those in nearly every text are dropped. There are
    ``n`` texts; the settings are those of `TfidfVectorizer`, in place of the chosen ones.
    """
    some = "".join(islice(texts, 0, None, max(1, n // _PEEK)))
    spaceless = 2 * len(_SPACELESS.findall(some)) > len(some)
    script = (
        {"analyzer": "char", "ngram_range": (1, 2)}
        if spaceless
        else {"token_pattern": _WORD, "strip_accents": "unicode"}
    )
    seen = {"min_df": 2, "max_df": 0.9} if n >= _LARGE else {}
    usual = {"sublinear_tf": True, "dtype": np.float32}
    return TextVectoriser(**{**usual, **script, **seen, **settings})


def text_encoder(texts: Sequence[str]) -> "TextVectoriser | FeatureUnion":
    """Choose what makes features of texts: words, with runs of letters or with pairs of words.

    Two short texts about one thing often share no word, but parts of words: those of other endings,
    of compounds and of names. In long texts a pair of words says what neither says alone. Fewer
    than 50 texts have too little in common, and scripts without spaces are read by characters
    anyway.
    """
    words = vectoriser_for(texts, len(texts))
    characters = sum(map(len, texts))
    if len(texts) < _LARGE or words.analyzer != "word" or characters > _MOST_CHARACTERS:
        return words
    if characters > _SHORT * len(texts):
        return vectoriser_for(texts, len(texts), ngram_range=(1, 2))
    # A word of two texts has runs in two texts, so there are runs wherever there are words.
    letters = TextVectoriser(
        analyzer="char_wb", ngram_range=_RUNS, strip_accents="unicode", min_df=2,
        sublinear_tf=True, dtype=np.float32,
    )  # fmt: skip
    union = FeatureUnion([("words", words), ("letters", letters)])
    return union.set_output(transform="default")  # sparse, whatever frames others ask for


def words_beside_letters(encoder: Any) -> TfidfVectorizer | None:
    """Take the vectoriser of words, whose columns come first, out of what `text_encoder` made.

    None where it made no runs of letters.
    """
    return encoder.transformer_list[0][1] if isinstance(encoder, FeatureUnion) else None
