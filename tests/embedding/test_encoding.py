import pickle

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.preprocessing import StandardScaler
from sklearn.utils.validation import check_is_fitted

from motherlode.embedding import Embedding, embedding_of
from motherlode.errors import InputError

TEXTS = ["one", "two words", "and three words", ""]


def counts(texts):
    """Letters and words of each text."""
    return np.array([[len(text), len(text.split())] for text in texts], dtype=float)


class Encoder:
    """As sentence-transformers' models look from outside: they have `fit`, too, for training."""

    def __init__(self):
        self.batches = []

    def fit(self, objectives):
        raise AssertionError("a network is not trained by a pool")

    def encode(self, sentences):
        assert isinstance(sentences, list)
        self.batches.append(len(sentences))
        return counts(sentences)


def test_functions_and_objects_with_encode_are_handed_batches():
    encoder = Encoder()
    expected = np.array([[3, 1], [9, 2], [15, 3], [0, 0]], dtype=np.float32)
    for made in (Embedding(encoder, batch_size=3), Embedding(counts)):
        found = made.transform(TEXTS)
        assert found.dtype == np.float32
        assert np.array_equal(found, expected)
    assert encoder.batches == [3, 1]


def test_arrays_are_handed_over_as_slices():
    images = np.arange(5 * 2 * 3).reshape(5, 2, 3)
    found = Embedding(lambda batch: batch.sum(axis=2), batch_size=2).transform(images)
    assert np.array_equal(found, images.sum(axis=2))


def test_a_clone_shares_the_encoder_and_a_copy_can_be_sent_to_another_process():
    made = Embedding(Encoder(), batch_size=2)
    check_is_fitted(made)
    assert clone(made).encoder is made.encoder
    sent = pickle.loads(pickle.dumps(made))
    assert np.array_equal(sent.fit_transform(TEXTS), made.transform(TEXTS))


class Tensor:
    """As a torch tensor that knows its gradient: numpy cannot read it as it is."""

    def __array__(self, *args, **more):
        raise RuntimeError("Can't call numpy() on Tensor that requires grad.")

    def detach(self):
        return self

    def cpu(self):
        return np.ones((4, 2))


def test_tensors_are_taken_off_their_graph_and_device():
    assert np.array_equal(Embedding(lambda _: Tensor()).transform(TEXTS), np.ones((4, 2)))


@pytest.mark.parametrize(
    ("encode", "message"),
    [
        (lambda t: counts(t)[:-1], r"shape \(3, 2\) for the 4 rows 0 to 3.*shape \(4, d\)"),
        (lambda t: counts(t).sum(axis=1), r"shape \(4,\)"),
        (lambda t: np.empty((len(t), 0)), r"shape \(4, 0\)"),
        (lambda t: np.where(counts(t) == 9, np.nan, counts(t)), "row 1 a vector that is not fin"),
        (lambda t: [{"a": 1} for _ in t], "list for rows 0 to 3 and not numbers"),
        (lambda t: None, "shape"),
    ],
)
def test_what_is_no_finite_vector_a_row_is_named(encode, message):
    with pytest.raises(InputError, match=message) as problem:
        Embedding(encode).transform(TEXTS)
    assert str(problem.value).count(". ") == 0


def test_vectors_of_two_lengths_and_no_rows_are_named():
    with pytest.raises(InputError, match="2 numbers a row first and 1 from row 2 on"):
        Embedding(lambda t: counts(t)[:, : len(t)], batch_size=2).transform(TEXTS[:3])
    with pytest.raises(InputError, match="no row"):
        Embedding(counts).transform([])


def test_what_is_an_encoder_and_what_a_transformer():
    made = Embedding(counts)
    assert embedding_of(made) is made
    assert embedding_of(Encoder()).encoder.batches == []
    assert embedding_of(counts).encoder is counts
    for other in (StandardScaler(), StandardScaler, None, 3):
        assert embedding_of(other) is None
