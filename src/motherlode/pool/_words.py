"""TF-IDF for texts of any script."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer

_PEEK = 100  # texts looked at to see what they are
# Thai to Khmer, kana and Han.
_SPACELESS = re.compile("[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff]")
# Two or more word characters; Python counts the vowel signs of India's scripts as none.
_WORD = r"(?u)[\w\u0900-\u0963\u0966-\u0dff]{2,}"
_LARGE = 50


def vectoriser_for(texts: Sequence[str], **settings: Any) -> TfidfVectorizer:
    """An unfitted vectoriser of words, or of pairs of characters in scripts without spaces.

    Words seen once, and those in nearly every text, are dropped from larger pools.

    Parameters
    ----------
    texts : sequence of str
        What it will be fitted on.
    **settings
        Of `TfidfVectorizer`, in place of these.
    """
    n = len(texts)
    some = "".join(texts[:: max(1, n // _PEEK)])
    spaceless = 2 * len(_SPACELESS.findall(some)) > len(some)
    script = (
        {"analyzer": "char", "ngram_range": (1, 2)}
        if spaceless
        else {"token_pattern": _WORD, "strip_accents": "unicode"}
    )
    seen = {"min_df": 2, "max_df": 0.9} if n >= _LARGE else {}
    return TfidfVectorizer(sublinear_tf=True, dtype=np.float32, **{**script, **seen, **settings})
