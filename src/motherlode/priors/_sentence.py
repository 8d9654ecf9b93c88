"""A sentence that says what is looked for, compared with the texts of a pool."""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfTransformer, TfidfVectorizer
from sklearn.preprocessing import normalize

from .._rows.arrays import Floats, Rows
from ..embedding import Embedding, minilm
from ..errors import InputError
from ..pool import Pool
from ..pool._embedded import embed
from ..pool._words import vectoriser_for
from ._keywords import _check_texts
from ._prior import Prior

_FIRST = 10  # rows taken for what is looked for; fewer in a pool of less than a hundred
_TRUST = 2.0  # times the sentence: how much these rows count
_MORE, _LENGTH = 1.2, 0.75  # BM25's k1 and b: what more of a word counts, and the length of a text


@dataclass(frozen=True)
class Sentence(Prior):
    """A sentence, a title or a paragraph that describes what is looked for.

    Rows are compared with it by their words, the rarer the weightier, and with the ten rows that
    come first, which bring words that the sentence lacks. Where texts have a heading, a first line
    or a first column, it counts for itself. Where the pool was made by an encoder of texts, it
    encodes the sentence too.

    Parameters
    ----------
    text : str
        In the language of the texts.
    encoder : "minilm" or object with ``encode``, optional
        An encoder of texts to compare by in addition. It encodes all rows once, which for "minilm"
        (the extra ``onnx``) takes minutes for some thousand long texts; the pool's cache keeps it.

    References
    ----------
    Robertson & Zaragoza (2009), The probabilistic relevance framework: BM25 and beyond,
    Foundations and Trends in Information Retrieval 3. Rocchio (1971), Relevance feedback in
    information retrieval (here of the first rows, without labels).
    """

    text: str
    encoder: Any = None

    def __post_init__(self) -> None:
        if not isinstance(self.text, str) or not self.text.strip():
            raise InputError(f"The sentence is {self.text!r}; say in words what is looked for.")

    def check(self, pool: Pool) -> None:
        """Raise an `InputError` if the pool holds no texts."""
        _check_texts(pool)

    def score(self, pool: Pool, rows: Rows) -> Floats:
        """Compare rows with the sentence; see the class."""
        key = ("sentence", self.text, None if self.encoder is None else id(self.encoder))
        return np.asarray(pool.once(key, lambda: self._score_all(pool))[rows])

    def _score_all(self, pool: Pool) -> Floats:
        texts = _check_texts(pool)
        parts = [_by_words(pool.once("words of texts", lambda: _words(texts)), self.text)]
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


class _Words(NamedTuple):
    """How often rows hold words, and the same as vectors: of whole texts and of their headings."""

    vectoriser: Any
    counts: Any
    weights: TfidfTransformer
    vectors: Any
    headings: Any

    def ask(self, sentence: str) -> Any:
        """Make a vector of a sentence, shape (1, words)."""
        return self.weights.transform(self.vectoriser.transform([sentence]))


def _by_words(words: _Words, sentence: str) -> Floats:
    """Compare with the sentence and with the rows that come first for it (Rocchio)."""
    asked = words.ask(sentence)
    found = _on_one_scale(_bm25(words.counts, words.vectoriser.transform([sentence])))
    if words.headings is not None:
        found += _on_one_scale(np.asarray((words.headings @ asked.T).todense()).ravel())
    first = min(_FIRST, len(found) // _FIRST)
    if not first or not found.any():
        return found
    best = np.argsort(-found, kind="stable")[:first]
    like = normalize(np.asarray(words.vectors[best].mean(axis=0)))
    wanted = normalize(asked.toarray() + _TRUST * like)
    return np.asarray(words.vectors @ wanted.ravel(), dtype=np.float64)


def _bm25(counts: Any, asked: Any) -> Floats:
    """Score rows by the words of a query, as search engines do (Robertson & Zaragoza 2009)."""
    n, columns = counts.shape[0], asked.indices
    length = np.asarray(counts.sum(axis=1)).ravel()
    held = counts[:, columns].toarray().astype(np.float64)
    seen = (held > 0).sum(axis=0)
    rarity = np.log1p((n - seen + 0.5) / (seen + 0.5))
    long = 1.0 - _LENGTH + _LENGTH * length / max(float(length.mean()), 1e-9)
    return np.asarray(held * (_MORE + 1.0) / (held + _MORE * long[:, None]) @ rarity)


def _words(texts: list[str]) -> _Words:
    vectoriser = vectoriser_for(texts, len(texts), use_idf=False, norm=None, sublinear_tf=False)
    try:
        counts = vectoriser.fit_transform(texts).tocsr()
    except ValueError:  # no word that can be used
        vectoriser = TfidfVectorizer(vocabulary={"": 0}, use_idf=False, norm=None).fit(["a"])
        counts = csr_matrix((len(texts), 1))
    weights = TfidfTransformer(sublinear_tf=True).fit(counts)
    vectors = weights.transform(counts)
    lines = [text.strip().split("\n", 1) for text in texts]
    headings = None
    if 2 * sum(len(parts) > 1 for parts in lines) > len(texts):
        headings = weights.transform(vectoriser.transform([parts[0] for parts in lines]))
    return _Words(vectoriser, counts, weights, vectors, headings)


def _by_encoder(pool: Pool, texts: list[str], embedding: Embedding, sentence: str) -> list[Floats]:
    own = pool.transformer is embedding
    vectors = pool.features if own else embed(texts, embedding, pool._cache, pool.progress)
    asked = embedding.transform([sentence])
    return [np.asarray(normalize(vectors) @ normalize(asked).ravel(), dtype=np.float64)]


def _on_one_scale(part: Floats) -> Floats:
    spread = float(part.std())
    return (part - part.mean()) / spread if spread > 0 else np.zeros(len(part))
