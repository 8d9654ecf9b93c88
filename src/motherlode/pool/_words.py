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
    usual = {"sublinear_tf": True, "dtype": np.float32}
    return TfidfVectorizer(**{**usual, **script, **seen, **settings})
