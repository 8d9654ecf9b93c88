"""A sentence that says what is sought, compared with the texts of a pool."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, issparse
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import normalize

from .._rows.arrays import Floats, Rows
from ..embedding import Embedding, minilm
from ..errors import InputError
from ..pool import Pool
from ..pool._embedded import embed
from ..pool._words import vectoriser_for
from ._keywords import _check_texts
from ._prior import Prior

_DIRECTIONS = 100
_SEEN = 20_000  # rows that directions are found in


@dataclass(frozen=True)
class Sentence(Prior):
    """A sentence, a title or a paragraph that describes what is sought.

    Rows are compared with it by their words, the rarer the weightier, and by latent directions of
    the pool, in which words that occur together are alike. Where the pool was made by an encoder of
    texts, it encodes the sentence too.

    Parameters
    ----------
    text : str
        In the language of the texts.
    encoder : "minilm" or object with ``encode``, optional
        An encoder of texts to compare by in addition. It encodes all rows once, which for "minilm"
        (the extra ``onnx``) takes minutes for some thousand long texts; the pool's cache keeps it.
    """

    text: str
    encoder: Any = None

    def __post_init__(self) -> None:
        if not isinstance(self.text, str) or not self.text.strip():
            raise InputError(f"The sentence is {self.text!r}; say in words what is sought.")

    def check(self, pool: Pool) -> None:
        """Raise an `InputError` if the pool holds no texts."""
        _check_texts(pool)

    def score(self, pool: Pool, rows: Rows) -> Floats:
        """Compare rows with the sentence; see the class."""
        key = ("sentence", self.text, None if self.encoder is None else id(self.encoder))
        return np.asarray(pool.once(key, lambda: self._score_all(pool))[rows])

    def _score_all(self, pool: Pool) -> Floats:
        texts = _check_texts(pool)
        parts = _by_words(pool, texts, self.text)
        embedding = self._embedding(pool)
        if embedding is not None:
            parts += _by_encoder(pool, texts, embedding, self.text)
        return np.asarray(np.sum([_on_one_scale(part) for part in parts], axis=0))

    def _embedding(self, pool: Pool) -> Embedding | None:
        if self.encoder is not None:
            return Embedding(minilm() if self.encoder == "minilm" else self.encoder)
        return pool.transformer if isinstance(pool.transformer, Embedding) else None

    def describe(self) -> str:
        """Quote the sentence."""
        return f'the sentence "{self.text.strip()}"'


def _by_words(pool: Pool, texts: list[str], sentence: str) -> list[Floats]:
    """Compare by words, and by latent directions where there are enough of them."""
    vectoriser, words = pool.once("words of texts", lambda: _words(pool, texts))
    asked = vectoriser.transform([sentence])
    # Squared: rare words tell more of what is sought than words of every second text.
    asked = normalize(asked.multiply(vectoriser.idf_).tocsr())
    found = [np.asarray((words @ asked.T).todense()).ravel()]
    latent = pool.once("latent directions of texts", lambda: _latent(words))
    if latent is not None:
        directions, places = latent
        found.append(places @ normalize(asked @ directions.T).ravel())
    return found


def _words(pool: Pool, texts: list[str]) -> tuple[Any, Any]:
    own = pool.transformer
    if isinstance(own, TfidfVectorizer) and pool.data is texts and issparse(pool.features):
        return own, pool.features
    vectoriser = vectoriser_for(texts, len(texts))
    try:
        return vectoriser, vectoriser.fit_transform(texts).tocsr()
    except ValueError:  # no word that can be used
        vectoriser = TfidfVectorizer(vocabulary={"": 0}).fit(["a"])
        return vectoriser, csr_matrix((len(texts), 1))


def _latent(words: Any) -> tuple[NDArray[Any], NDArray[Any]] | None:
    """Find directions of shape (d, words), and the unit vectors of all rows in them."""
    n, width = words.shape
    d = min(_DIRECTIONS, min(n, width) // 5)
    if d < 2:
        return None
    rng = np.random.default_rng(0)
    some = words if n <= _SEEN else words[np.sort(rng.choice(n, _SEEN, replace=False))]
    svd = TruncatedSVD(d, random_state=0).fit(some)
    return svd.components_, normalize(svd.transform(words)).astype(np.float32)


def _by_encoder(pool: Pool, texts: list[str], embedding: Embedding, sentence: str) -> list[Floats]:
    own = pool.transformer is embedding
    vectors = pool.features if own else embed(texts, embedding, pool._cache, pool.progress)
    asked = embedding.transform([sentence])
    return [np.asarray(normalize(vectors) @ normalize(asked).ravel(), dtype=np.float64)]


def _on_one_scale(part: Floats) -> Floats:
    spread = float(part.std())
    return (part - part.mean()) / spread if spread > 0 else np.zeros(len(part))
