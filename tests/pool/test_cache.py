import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from motherlode import InputError, Pool
from motherlode.pool import _pool as module
from motherlode.pool._cache import Cache, content_key, digest_of

X = np.random.default_rng(0).normal(size=(300, 8))


def used(pool):
    graph = pool.neighbours(5)
    return graph.ids, graph.distances, pool.log_density(0.7), pool.local_outlier_factor(20)


@pytest.fixture
def computed(monkeypatch):
    """The names of what was computed and not read from disk, in order."""
    names = []

    def watch(name):
        call = getattr(module, name)
        monkeypatch.setattr(
            module, name, lambda *args, **more: (names.append(name), call(*args, **more))[1]
        )

    watch("nearest_neighbours")
    watch("exact_density")
    return names


def test_the_next_process_reads_what_the_last_one_kept(tmp_path, computed):
    first = used(Pool(X, cache=tmp_path / "deep" / "folder"))
    assert computed == ["nearest_neighbours", "exact_density"]
    again = Pool(X.copy(), cache=tmp_path / "deep" / "folder")
    for a, b in zip(first, used(again), strict=True):
        assert np.array_equal(a, b)
    assert len(computed) == 2
    assert isinstance(again.density(0.7).of_others, np.memmap)
    assert (again.neighbours(20).recall, again.density(0.7).error) == (1.0, 0.0)


def test_other_points_and_other_parameters_have_other_keys(tmp_path, computed):
    used(Pool(X, cache=tmp_path))
    moved = X.copy()
    moved[7, 3] += 1e-9
    used(Pool(moved, cache=tmp_path))
    assert len(computed) == 4
    Pool(X, cache=tmp_path).log_density(0.71)
    Pool(X, cache=tmp_path).neighbours(21)
    assert len(computed) == 6


@pytest.mark.parametrize("harm", ["cut", "flipped", "gone", "empty", "other json", "no json"])
def test_a_damaged_entry_is_computed_again(tmp_path, computed, harm):
    known = [np.array(value) for value in used(Pool(X, cache=tmp_path))]
    listing = next(tmp_path.glob("neighbours-*.json"))
    path = next(tmp_path.glob("neighbours-*.distances.npy"))
    whole = path.read_bytes()
    if harm == "cut":
        path.write_bytes(whole[:-100])
    elif harm == "flipped":
        path.write_bytes(whole[:-100] + bytes([whole[-100] ^ 1]) + whole[-99:])
    elif harm == "gone":
        path.unlink()
    elif harm == "empty":
        path.write_bytes(b"")
    elif harm == "other json":
        listing.write_text(json.dumps([1, 2]))
    else:
        listing.write_text("{")
    for a, b in zip(known, used(Pool(X, cache=tmp_path)), strict=True):
        assert np.array_equal(a, b)
    assert computed == ["nearest_neighbours", "exact_density", "nearest_neighbours"]
    assert path.read_bytes() == whole
    used(Pool(X, cache=tmp_path))
    assert len(computed) == 3


def test_nothing_but_whole_files_is_left(tmp_path):
    used(Pool(X, cache=tmp_path))
    names = sorted(path.name.split(".", 1)[1] for path in tmp_path.iterdir())
    assert names == sorted(
        ["ids.npy", "distances.npy", "recall.npy", "json", "of_others.npy", "accuracy.npy", "json"]
    )


def test_a_folder_that_cannot_be_is_named_and_the_work_survives(tmp_path, computed):
    (tmp_path / "file").write_text("here already")
    pool = Pool(X, cache=tmp_path / "file")
    with pytest.raises(InputError, match=r"cannot be kept in .*file"):
        pool.neighbours(5)
    assert pool.neighbours(5).ids.shape == (300, 5)
    assert computed == ["nearest_neighbours"]


def test_without_a_folder_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    used(Pool(X))
    assert not list(tmp_path.iterdir())


@given(st.dictionaries(st.sampled_from("abc"), st.lists(st.floats(), max_size=5), max_size=3))
def test_arrays_come_back_as_they_were(tmp_path_factory, arrays):
    cache = Cache(tmp_path_factory.mktemp("cache"))
    given_ = {name: np.array(values) for name, values in arrays.items()}
    cache.save("key", given_)
    found = cache.load("key")
    assert found.keys() == given_.keys()
    assert all(np.array_equal(found[name], given_[name], equal_nan=True) for name in given_)
    assert cache.load("another") is None


def test_digests_hang_on_shape_and_type_too():
    points = np.zeros((4, 6))
    digests = [digest_of(P) for P in (points, points.reshape(6, 4), points.astype(np.float32))]
    assert len(set(digests)) == 3
    assert digest_of(np.asfortranarray(X)) == digest_of(X)
    assert content_key("kde", (0.5,), "a") != content_key("kde", (0.25,), "a")


def test_a_pool_tells_what_takes_time():
    told = []
    pool = Pool(X, progress=lambda what, done: told.append((what, done)))
    pool.log_density(0.5)
    pool.neighbours(3)
    assert ("Density", 1.0) in told
    assert ("Nearest neighbours", 1.0) in told
    told.clear()
    pool.log_density(0.5)
    assert not told
