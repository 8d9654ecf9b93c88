"""An encoder's vectors: computed once, kept with the pool, found again by its next opening."""

import numpy as np
import pyarrow as pa
import pytest
from PIL import Image
from pyarrow import parquet
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline

from motherlode import InputError, Pool
from motherlode._files import opening
from motherlode.embedding import Embedding, Pixels
from motherlode.pool import _embedded as module
from motherlode.pool._search import containing

TEXTS = [f"text {i} of {i % 7} and {i % 11}" for i in range(300)]


class Counting:
    """An encoder that tells how many rows it was handed."""

    def __init__(self, factor=1.0):
        self.factor, self.rows = factor, 0

    def encode(self, texts):
        self.rows += len(texts)
        return np.array([[len(t), sum(map(ord, t))] for t in texts]) * self.factor


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    monkeypatch.setattr(module, "_CHUNK", 100)


def test_without_a_cache_each_row_is_encoded_once_and_told_of():
    encoder, told = Counting(), []
    pool = Pool(TEXTS, features=encoder, progress=lambda *said: told.append(said))
    assert encoder.rows == 300
    assert np.array_equal(pool.features, Counting().encode(TEXTS).astype(np.float32))
    assert {what for what, _ in told} == {"Embeddings"}
    shares = [share for _, share in told]
    assert shares == sorted(shares)
    assert len(shares) > 10
    assert shares[-1] == 1.0


def test_a_second_opening_encodes_the_first_rows_alone(tmp_path):
    first = Pool(TEXTS, features=Counting(), cache=tmp_path)
    again = Counting()
    second = Pool(list(TEXTS), features=again, cache=tmp_path)
    assert again.rows == 8
    assert np.array_equal(first.features, second.features)


def test_rows_that_are_added_or_changed_cost_their_chunk(tmp_path):
    Pool(TEXTS, features=Counting(), cache=tmp_path)
    encoder = Counting()
    changed = [*TEXTS[:150], "another", *TEXTS[151:], "added"]
    pool = Pool(changed, features=encoder, cache=tmp_path)
    assert encoder.rows == 8 + 100 + 1
    assert np.array_equal(pool.features, Counting().encode(changed).astype(np.float32))


def test_encoders_are_told_apart_by_their_vectors_and_not_by_rounding(tmp_path):
    Pool(TEXTS, features=Counting(), cache=tmp_path)
    for factor, encoded in ((2.0, 308), (1.0001, 8), (2.0, 8), (1.0, 8)):
        encoder = Counting(factor)
        pool = Pool(TEXTS, features=encoder, cache=tmp_path)
        assert encoder.rows == encoded, factor
        assert np.allclose(pool.features, encoder.encode(TEXTS), rtol=1e-3)


def test_an_interruption_costs_a_chunk(tmp_path):
    class Cut(Counting):
        def encode(self, texts):
            if self.rows >= 8 + 250:
                raise KeyboardInterrupt
            return super().encode(texts)

    with pytest.raises(KeyboardInterrupt):
        Pool(TEXTS, features=Cut(), cache=tmp_path)
    encoder = Counting()
    Pool(TEXTS, features=encoder, cache=tmp_path)
    assert encoder.rows == 8 + 100


def test_a_damaged_entry_is_encoded_again(tmp_path):
    Pool(TEXTS, features=Counting(), cache=tmp_path)
    sizes = {path: path.stat().st_size for path in tmp_path.glob("embedding-*.vectors.npy")}
    assert len(sizes) == 4  # three chunks, and the rows that tell the encoder
    path = max(sizes, key=sizes.__getitem__)
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    encoder = Counting()
    pool = Pool(TEXTS, features=encoder, cache=tmp_path)
    assert encoder.rows == 8 + 100
    assert np.array_equal(pool.features, Counting().encode(TEXTS).astype(np.float32))


def test_images_are_known_by_their_content(tmp_path):
    paths = [tmp_path / f"{i}.png" for i in range(3)]
    for i, path in enumerate(paths):
        Image.new("L", (4, 4), 50 * i).save(path)
    cache = tmp_path / "cache"
    before = Pool(paths, features=Pixels(2), cache=cache).features
    kept = set(cache.iterdir())
    assert np.array_equal(Pool(paths, features=Pixels(2), cache=cache).features, before)
    assert set(cache.iterdir()) == kept
    Image.new("L", (4, 4), 250).save(paths[2])
    after = Pool(paths, features=Pixels(2), cache=cache).features
    assert (before[:2] == after[:2]).all()
    assert after[2, 0] == np.float32(250 / 255)


def test_arrays_of_images_are_kept_and_other_rows_encoded_anew(tmp_path):
    images = np.random.default_rng(0).normal(size=(20, 3, 3))
    calls = []

    def network(batch):
        calls.append(len(batch))
        return [np.ravel(image)[:4] for image in batch]

    for rows, known in ((images, 8), (list(images), 8), ([im.tolist() for im in images], 20)):
        Pool(rows, features=network, cache=tmp_path)
        calls.clear()
        pool = Pool(rows, features=network, cache=tmp_path)
        assert sum(calls) == known
        assert np.allclose(pool.features, images.reshape(20, 9)[:, :4])


def test_an_encoder_at_the_head_of_a_pipeline_is_kept_too(tmp_path):
    Pool(TEXTS, features=Counting(), cache=tmp_path)
    encoder = Counting()
    pool = Pool(TEXTS, features=make_pipeline(encoder, PCA(1)), cache=tmp_path)
    assert encoder.rows == 8
    assert pool.features.shape == (300, 1)
    assert np.allclose(pool.transformer.transform(TEXTS[:5]), pool.features[:5], rtol=1e-4)


def test_a_pipeline_of_an_encoder_alone_and_texts_found_by_words():
    pool = Pool(TEXTS, features=make_pipeline(Embedding(Counting(), batch_size=7)))
    assert pool.features.shape == (300, 2)
    assert 17 in containing(pool, "17").tolist()


def test_vectors_of_two_lengths_in_two_chunks_are_named():
    class Wide(Counting):
        def encode(self, texts):
            return super().encode(texts)[:, : 1 + (self.rows <= 100)]

    with pytest.raises(InputError, match="2 numbers a row first and 1 from row 100 on"):
        Pool(TEXTS, features=Wide())


def test_tables_on_disk_are_not_encoded_and_arrays_on_disk_are(tmp_path, monkeypatch):
    np.save(tmp_path / "rows.npy", np.ones((5, 2)))
    pool = Pool(tmp_path / "rows.npy", features=lambda X: X[:, :1])
    assert pool.features.tolist() == [[1]] * 5
    monkeypatch.setattr(opening, "HELD", 0)
    parquet.write_table(pa.table({"t": TEXTS}), tmp_path / "texts.parquet")
    with pytest.raises(InputError, match=r"read its column of texts and give Pool\(texts, "):
        Pool(tmp_path / "texts.parquet", features=Counting())


def test_images_hold_no_words(tmp_path):
    path = tmp_path / "a.png"
    Image.new("L", (4, 4)).save(path)
    with pytest.raises(InputError, match="holds none"):
        containing(Pool([path] * 3), "cat")
