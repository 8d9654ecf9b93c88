"""TF-IDF for texts of any script: words, and beside them runs of letters where texts are short."""

import re
from collections.abc import Iterable, Sequence
from itertools import islice
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import FeatureUnion

_PEEK = 100  # texts looked at to see what they are
# Thai to Khmer, kana and Han.
_SPACELESS = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
# Two or more word characters; for Python the vowel signs of Indian scripts are none.
_WORD = r"(?u)[\w\u0900-\u0963\u0966-\u0dff]{2,}"
_LARGE = 50
# Longer texts say enough by their words, and have some hundreds of runs of letters each.
_SHORT = 300  # characters of a text, in the mean
_MOST_CHARACTERS = 10_000_000  # of all texts, for which counting letters takes under a minute
_RUNS = (3, 5)


def vectoriser_for(texts: Iterable[str], n: int, **settings: Any) -> TfidfVectorizer:
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
    return TfidfVectorizer(sublinear_tf=True, dtype=np.float32, **{**script, **seen, **settings})


def text_encoder(texts: Sequence[str]) -> "TfidfVectorizer | FeatureUnion":
    """Choose what makes features of texts: their words and, of short texts, runs of letters too.

    Two short texts about one thing often share no word, but parts of words: those of other endings,
    of compounds and of names. Fewer than 50 texts have too few runs in common, and scripts without
    spaces are read by characters anyway.
    """
    words = vectoriser_for(texts, len(texts))
    characters = sum(map(len, texts))
    short = characters <= min(_SHORT * len(texts), _MOST_CHARACTERS)
    if len(texts) < _LARGE or words.analyzer != "word" or not short:
        return words
    # A word of two texts has runs in two texts, so there are runs wherever there are words.
    letters = TfidfVectorizer(
        analyzer="char_wb", ngram_range=_RUNS, strip_accents="unicode", min_df=2,
        sublinear_tf=True, dtype=np.float32,
    )  # fmt: skip
    return FeatureUnion([("words", words), ("letters", letters)])


def words_beside_letters(encoder: Any) -> TfidfVectorizer | None:
    """Take the vectoriser of words, whose columns come first, out of what `text_encoder` made.

    None where it made no runs of letters.
    """
    return encoder.transformer_list[0][1] if isinstance(encoder, FeatureUnion) else None
