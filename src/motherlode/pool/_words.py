"""TF-IDF for texts of any script."""

import re
from collections.abc import Iterable
from itertools import islice
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

_PEEK = 100  # texts looked at to see what they are
# Thai to Khmer, kana and Han.
_SPACELESS = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
# Two or more word characters; for Python the vowel signs of Indian scripts are none.
_WORD = r"(?u)[\w\u0900-\u0963\u0966-\u0dff]{2,}"
_LARGE = 50
_LONG = 300  # characters of a text, in the mean
_MOST_CHARACTERS = 20_000_000  # of all texts, whose pairs of words are counted in half a minute


def vectoriser_for(texts: Iterable[str], n: int, **settings: Any) -> TfidfVectorizer:
    """Choose a vectoriser of words, or of pairs of characters in scripts without spaces.

    Of 50 texts and more, words seen once and those in nearly every text are dropped. Long texts,
    such as abstracts, are read by pairs of words too, unless they are too many: what a review
    looks for is often said by terms of two words. There are ``n`` texts; the settings are those of
    `TfidfVectorizer`, in place of the chosen ones.
    """
    looked_at = list(islice(texts, 0, None, max(1, n // _PEEK)))
    some = "".join(looked_at)
    spaceless = 2 * len(_SPACELESS.findall(some)) > len(some)
    script = (
        {"analyzer": "char", "ngram_range": (1, 2)}
        if spaceless
        else {"token_pattern": _WORD, "strip_accents": "unicode"}
    )
    seen: dict[str, Any] = {"min_df": 2, "max_df": 0.9} if n >= _LARGE else {}
    mean = len(some) / max(len(looked_at), 1)
    if seen and not spaceless and not settings and mean >= _LONG and mean * n <= _MOST_CHARACTERS:
        seen["ngram_range"] = (1, 2)
    return TfidfVectorizer(sublinear_tf=True, dtype=np.float32, **{**script, **seen, **settings})
