from collections import Counter

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from scipy import sparse
from sklearn.calibration import CalibratedClassifierCV
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier, VotingClassifier
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfVectorizer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import FeatureUnion, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from motherlode import InputError, Pool
from motherlode.embedding import Sketch
from motherlode.models import PriorCorrected
from motherlode.pool._features import encodes_for_itself
from motherlode.pool._pool import as_pool
from motherlode.pool._tabular import TabularEncoder

X = np.random.default_rng(0).normal(size=(40, 3))
FRAME = pd.DataFrame(X, columns=["a", "b", "c"])
MIXED = pd.DataFrame({"size": X[:, 0], "colour": ["red", "blue"] * 20})
COUNTS = np.random.default_rng(1).poisson(0.5, (40, 6))
SENTENCES = [f"number {i} says {word}" for i, word in enumerate(["yes", "no"] * 20)]

NUMBERS = {
    "array": X,
    "fortran order": np.asfortranarray(X),
    "list of lists": X.tolist(),
    "list of arrays": list(X),
    "objects": X.astype(object),
    "view": np.repeat(X, 2, axis=0)[::2],
}
SPARSE = {
    f"{kind}_{shape}": getattr(sparse, f"{kind}_{shape}")(COUNTS.astype(float))
    for kind in ("csr", "csc", "coo", "lil")
    for shape in ("matrix", "array")
}
FRAMES = {
    "pandas": FRAME,
    "pandas, equal labels": FRAME.set_axis(["same"] * 40),
    "pandas, arrow types": FRAME.convert_dtypes(dtype_backend="pyarrow"),
    "polars": pl.DataFrame(FRAME.to_dict("list")),
    "arrow": pa.table(FRAME.to_dict("list")),
}
TEXTS = {
    "list": SENTENCES,
    "tuple": tuple(SENTENCES),
    "array": np.array(SENTENCES),
    "array of objects": np.array(SENTENCES, dtype=object),
    "pandas": pd.Series(SENTENCES),
    "pandas, objects": pd.Series(SENTENCES, dtype=object),
    "polars": pl.Series(SENTENCES),
}


# What goes in


@pytest.mark.parametrize("form", NUMBERS)
def test_numbers(form):
    pool = Pool(NUMBERS[form])
    assert len(pool) == 40
    assert isinstance(pool.features, np.ndarray)
    assert np.array_equal(pool.features, X)
    assert pool.transformer is None


@pytest.mark.parametrize("kind", [sparse.csr_matrix, sparse.csr_array])
def test_long_indices_of_a_sparse_matrix_become_short(kind):
    data = kind(COUNTS.astype(float))
    data.indices, data.indptr = data.indices.astype(np.int64), data.indptr.astype(np.int64)
    features = Pool(data).features
    assert {part.dtype for part in (features[[3, 1]].indices, features.indptr)} == {np.dtype("i4")}
    assert np.array_equal(features.toarray(), COUNTS)
    assert data.indices.dtype == np.int64


@pytest.mark.parametrize("form", SPARSE)
def test_sparse(form):
    pool = Pool(SPARSE[form])
    assert len(pool) == 40
    assert pool.features.format == "csr"
    assert np.array_equal(pool.features.toarray(), COUNTS)


@pytest.mark.parametrize("form", FRAMES)
def test_frames_of_numbers_are_standardised_by_name(form):
    pool = Pool(FRAMES[form])
    assert pool.data is FRAMES[form]
    assert pool.features.dtype == np.float32
    assert pool.features == pytest.approx(StandardScaler().fit_transform(X), abs=1e-6)
    assert pool.transformer.feature_names_in_.tolist() == ["a", "b", "c"]
    assert len(pool) == 40
    assert np.asarray(pool[np.array([5, 2])], dtype=float) == pytest.approx(X[[5, 2]])
    assert pool.points == pytest.approx(StandardScaler().fit_transform(X), abs=1e-6)


@pytest.mark.parametrize("form", TEXTS)
def test_texts(form):
    pool = Pool(TEXTS[form])
    assert pool.data == SENTENCES
    assert sparse.issparse(pool.features)
    assert pool.features.shape[0] == len(pool) == 40
    assert {"yes", "no", "number"} <= set(pool.transformer.vocabulary_)
    assert pool[np.array([3, 1])] == [SENTENCES[3], SENTENCES[1]]


def test_mixed_frames_are_encoded():
    for frame in (MIXED, pl.from_pandas(MIXED), pa.Table.from_pandas(MIXED)):
        pool = Pool(frame)
        assert isinstance(pool.transformer, TabularEncoder)
        assert pool.data is frame
        assert pool.features.shape == (40, 3)
        assert pool.features.dtype == np.float32


@pytest.mark.parametrize("dtype", [bool, np.int8, np.int64, np.uint16])
def test_whole_numbers_and_truth_become_floats(dtype):
    whole = COUNTS.astype(dtype)
    assert Pool(whole).features.dtype == np.float64
    assert np.array_equal(Pool(whole).features, whole)
    assert Pool(sparse.csr_array(whole)).features.dtype == np.float64


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_floats_are_not_copied(dtype):
    array, matrix = X.astype(dtype), sparse.csr_matrix(COUNTS.astype(dtype))
    assert Pool(array).features is array
    assert np.shares_memory(Pool(matrix).features.data, matrix.data)
    assert Pool(matrix).features.dtype == dtype


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("Cyrillic", ["Привет, мир", "Хорошая погода", "мир погода"]),
        ("Greek", ["καλημέρα κόσμε", "καλός καιρός", "ο κόσμος"]),
        ("Arabic", ["مرحبا بالعالم", "الطقس جميل اليوم", "مرحبا اليوم"]),
        ("Devanagari", ["हिन्दी भाषा", "मौसम अच्छा है", "अच्छा भाषा"]),
        ("Korean", ["안녕하세요 세계", "오늘 날씨 좋다", "세계 날씨"]),
        ("accents", ["Übung für Zürich", "größer éclair", "zurich uebung"]),
    ],
)
def test_texts_in_scripts_with_spaces_are_read_in_words(script, words):
    vocabulary = Pool(words).transformer.vocabulary_
    spoken = {w.strip(",").lower() for text in words for w in text.split() if len(w) > 1}
    assert len(vocabulary) >= 0.8 * len(spoken)
    shared = Pool([words[0], words[0], words[1]])
    assert (shared.features[[0]] @ shared.features[[1]].T).toarray() == pytest.approx(1)


@pytest.mark.parametrize(
    "texts",
    [
        ["今天天气很好我们去公园", "公园里有很多花", "他不喜欢下雨的天气"],
        ["今日は天気がいいです", "公園に花がたくさん", "雨の天気はきらい"],
        ["วันนี้อากาศดี", "สวนสาธารณะมีดอกไม้", "เขาไม่ชอบอากาศฝนตก"],
    ],
    ids=["Chinese", "Japanese", "Thai"],
)
def test_texts_in_scripts_without_spaces_share_features(texts):
    pool = Pool(texts)
    alike = (pool.features @ pool.features.T).toarray()
    assert alike[0, 2] > 0.02  # both speak of the weather
    assert len(Pool(texts * 40)) == 120  # no two words of a large pool are the same sentence


def test_texts_may_be_empty_but_not_all():
    pool = Pool(["blue boat", "", "red boat"])
    assert pool.features[[1]].nnz == 0
    with pytest.raises(InputError, match="hold no word"):
        Pool(["", " ", "!"])


def test_a_pool_of_one_row():
    for data in (X[:1], FRAME[:1], ["one text"], sparse.csr_matrix(COUNTS[:1])):
        pool = Pool(data)
        assert len(pool) == 1
        assert np.isfinite(pool.points).all()
        assert pool.log_density(0.5).shape == pool.local_outlier_factor(5).shape == (1,)
        assert pool.mean_similarity().shape == (1,)


def test_a_path_is_read(tmp_path):
    MIXED.to_csv(tmp_path / "rows.csv", index=False)
    for path in (tmp_path / "rows.csv", str(tmp_path / "rows.csv")):
        assert Pool(path).features == pytest.approx(Pool(MIXED).features, abs=1e-6)


def test_as_pool_keeps_a_pool():
    pool = Pool(X)
    assert as_pool(pool) is pool
    assert len(as_pool(X)) == 40


# Features of one's own


def test_a_transformer_is_fitted_on_the_pool_and_used():
    gaps = np.where(X > 1.5, np.nan, X)
    imputer = SimpleImputer()
    pool = Pool(gaps, features=imputer)
    assert np.array_equal(pool.features, SimpleImputer().fit_transform(gaps))
    assert not hasattr(imputer, "statistics_")
    words = Pool(SENTENCES, features=CountVectorizer())
    assert words.features.dtype == np.int64
    assert words.features.shape[0] == 40


def test_passthrough_hands_the_data_on_untouched():
    gaps = np.where(X > 1.5, np.nan, X)
    assert Pool(gaps, features="passthrough").features is gaps
    assert Pool(SENTENCES, features="passthrough").features == SENTENCES
    assert Pool(X, features="passthrough").encoded.features is X


COLUMNS = ColumnTransformer(
    [("colour", OneHotEncoder(), ["colour"]), ("size", "passthrough", ["size"])]
)
READERS = {
    "columns": make_pipeline(COLUMNS, LogisticRegression()),
    "words": make_pipeline(TfidfVectorizer(), MultinomialNB()),
    "counts": make_pipeline(CountVectorizer(), MultinomialNB()),
    "hashes": make_pipeline(HashingVectorizer(), LogisticRegression()),
    "frames": make_pipeline(TabularEncoder(), LogisticRegression()),
    "union": make_pipeline(
        FeatureUnion([("words", TfidfVectorizer()), ("letters", TfidfVectorizer(analyzer="char"))]),
        LogisticRegression(),
    ),
    "nested": make_pipeline(make_pipeline(COLUMNS, StandardScaler()), LogisticRegression()),
}
AROUND = {
    "itself": lambda m: m,
    "search": lambda m: GridSearchCV(m, {}),
    "calibration": CalibratedClassifierCV,
    "search of calibration": lambda m: GridSearchCV(CalibratedClassifierCV(m), {}),
    "prior": lambda m: PriorCorrected(m, [0.9, 0.1]),
    "vote": lambda m: VotingClassifier([("a", m), ("b", m)]),
}


@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("name", READERS)
def test_models_that_encode_for_themselves_are_given_the_data(name, around):
    model = AROUND[around](READERS[name])
    assert encodes_for_itself(model)
    pool = Pool(MIXED)
    assert pool.read_by(model) is pool.data
    assert pool.pipeline(model) is model


@pytest.mark.parametrize(
    "model",
    [
        LogisticRegression(),
        RandomForestClassifier(),
        make_pipeline(StandardScaler(), LogisticRegression()),
        GridSearchCV(make_pipeline(StandardScaler(), LogisticRegression()), {}),
        CalibratedClassifierCV(),
        VotingClassifier([("a", LogisticRegression()), ("b", RandomForestClassifier())]),
    ],
    ids=repr,
)
def test_other_models_are_given_features(model):
    assert not encodes_for_itself(model)
    pool = Pool(MIXED)
    assert pool.read_by(model) is pool.features


def test_a_model_behind_the_pools_encoder_takes_new_data_of_the_pools_form():
    pool, y = Pool(MIXED), np.arange(40) % 2
    model = LogisticRegression().fit(pool.features, y)
    shipped = pool.pipeline(model)
    assert shipped.predict_proba(MIXED[:5]) == pytest.approx(model.predict_proba(pool.features[:5]))
    assert Pool(X).pipeline(model) is model


# Geometry


def test_points_are_standardised():
    pool = Pool(X * [1, 100, 0.01] + [5, -3, 0])
    assert pool.points.dtype == np.float64
    assert pool.points.mean(axis=0) == pytest.approx(0, abs=1e-9)
    assert pool.points.std(axis=0) == pytest.approx(1)
    assert Pool(X.astype(np.float32)).points.dtype == np.float64


def test_points_hang_on_values_and_not_on_their_order_in_memory():
    for seed in range(20):
        data = np.random.default_rng(seed).choice([-0.7, 0.1, 0.3, 1.1], (60, 5))
        assert np.array_equal(Pool(data).points, Pool(np.asfortranarray(data)).points)


def test_points_of_a_large_pool_are_those_of_scikit_learn():
    data = (X[np.arange(60_000) % 40] * [1, 100, 0.01] + [5e3, -3, 0]).astype(np.float32)
    found = Pool(data).points
    assert found.dtype == np.float32
    scaled = StandardScaler().fit_transform(data.astype(np.float64))
    assert np.allclose(found, scaled, rtol=1e-6, atol=1e-7)


def test_constant_columns_become_zero():
    points = Pool(np.column_stack([X, np.full(40, 7.0)])).points
    assert np.array_equal(points[:, 3], np.zeros(40))


def test_sparse_features_are_projected():
    wide = sparse.random(200, 300, density=0.05, random_state=0, format="csr")
    pool = Pool(wide)
    assert pool.points.shape == (200, 50)
    assert pool.points.std(axis=0) == pytest.approx(1)
    assert np.array_equal(pool.points, Pool(wide.copy()).points)
    assert Pool(sparse.csr_matrix(COUNTS)).points.shape == (40, 5)
    assert Pool(sparse.csr_matrix(COUNTS[:, :1])).points.shape == (40, 1)


@pytest.mark.parametrize(
    "data",
    [
        sparse.csr_matrix((20, 6)),
        ["the same words"] * 20,
        np.ones((20, 3)),
        np.repeat(X[:2], 10, axis=0),
        Pool(X * 1e200, features="passthrough"),
        X * 1e-200,
    ],
    ids=["zeros", "equal texts", "equal rows", "two rows", "huge", "tiny"],
)
def test_geometry_of_odd_pools_is_finite(data):
    pool = data if isinstance(data, Pool) else Pool(data)
    assert np.isfinite(pool.points).all()
    for value in (pool.log_density(0.5), pool.local_outlier_factor(5), pool.mean_similarity()):
        assert np.isfinite(value).all()


def test_geometry_is_computed_once(monkeypatch):
    from motherlode.pool import _pool as module

    calls = Counter()

    def count(name):
        call = getattr(module, name)

        def counted(*args, **kwargs):
            calls[name] += 1
            return call(*args, **kwargs)

        monkeypatch.setattr(module, name, counted)

    names = {
        "in_order": lambda pool: pool.log_density(0.5),
        "exact_density": lambda pool: pool.log_density_of_others(0.5),
        "outlier_factor": lambda pool: pool.local_outlier_factor(5),
        "mean_similarity": lambda pool: pool.mean_similarity(),
        "nearest_neighbours": lambda pool: pool.neighbours(3),
        "standardised_points": lambda pool: pool.points,
    }
    for name in names:
        count(name)
    pool = Pool(X)
    for _ in range(3):
        for ask in names.values():
            ask(pool)
    assert calls == dict.fromkeys(names, 1)
    pool.log_density(0.6)
    assert calls["exact_density"] == calls["in_order"] == 2
    pool.neighbours(15)
    pool.local_outlier_factor(20)
    assert calls["nearest_neighbours"] == 1


def test_a_pool_shows_its_size():
    assert repr(Pool(np.ones((1234, 2)))) == "Pool(1,234 rows, 2 features)"
    assert "40 rows" in repr(Pool(SENTENCES, features="passthrough"))


# What does not go in


def spoilt(value, row=2, column=1):
    array = X.copy()
    array[row, column] = value
    return array


class Unsubscriptable:
    """Rows that come one after the other only, as of a data set of TensorFlow."""

    def __len__(self):
        return len(X)

    def __iter__(self):
        return iter(X)


class Stubborn:
    """An array that does not turn into numpy's, as a tensor of another device."""

    shape = X.shape
    __iter__ = __getitem__ = None

    def __array__(self, *_, **__):
        raise RuntimeError("call detach().")


BAD = {
    "missing": (spoilt(np.nan), "Row 2, feature 1 of the pool is missing"),
    "infinite": (spoilt(np.inf), "Row 2, feature 1 of the pool is infinite"),
    "minus infinite": (spoilt(-np.inf, 7, 0), "Row 7, feature 0 of the pool is infinite"),
    "both infinities": (spoilt(np.inf) + spoilt(-np.inf, 1), "Row 1, feature 1"),
    "missing, sparse": (sparse.csr_matrix(spoilt(np.nan)), "Row 2, feature 1 .* missing"),
    "missing, sparse columns": (sparse.csc_array(spoilt(np.nan)), "Row 2, feature 1 .* missing"),
    "huge": (spoilt(1e39), r"Row 2, feature 1 of the pool is 1e\+39, .*; scale it"),
    "huge, sparse": (sparse.csr_matrix(spoilt(-1e300)), r"Row 2, feature 1 .* -1e\+300"),
    "missing, objects": ([[1.0, None], [2.0, 3.0]], "Row 0, feature 1 .* missing"),
    "empty list": ([], "empty"),
    "empty array": (np.empty((0, 3)), "empty"),
    "empty frame": (FRAME[:0], "empty"),
    "no columns": (np.empty((3, 0)), r"shape \(3, 0\)"),
    "no columns, sparse": (sparse.csr_matrix((3, 0)), r"shape \(3, 0\)"),
    "no columns, frame": (pd.DataFrame(index=range(3)), "no column"),
    "one dimension": (X[:, 0], r"reshape\(-1, 1\)"),
    "one dimension, list": ([1, 2, 3], r"reshape\(-1, 1\)"),
    "one dimension, sparse": (sparse.coo_array(X[:, 0]), "shape"),
    "no dimension": (np.array(3.0), "cannot be made of"),
    "three dimensions": (X.reshape(40, 3, 1), r"images are X.reshape\(len\(X\), -1\)"),
    "ragged": ([[1, 2], [3, 4], [5]], "Row 2 of the pool has length 1 and row 0 has 2"),
    "ragged, a number": ([[1, 2], 3], "Row 1 of the pool has length 1"),
    "mixed": (np.array([[1, "a"], [2, "b"]], dtype=object), "mixes numbers with other values"),
    "strings": (np.array([["a", "b"], ["c", "d"]]), "holds <U1 values"),
    "dates": (np.array([["2020-01-01"]], dtype="M8[D]"), "datetime64"),
    "complex": (X + 1j, "complex128"),
    "dicts": ([{"a": 1}, {"a": 2}], "of type dict; give a frame"),
    "bytes": ([b"a text", b"of bytes"], "holds bytes; decode"),
    "no text": (["a text", None, "another"], "Row 1 of the texts is NoneType"),
    "no text at first": ([None, "a text", "another"], "Row 0 of the texts is NoneType"),
    "no text, float": (["a text", float("nan")], "Row 1 of the texts is float"),
    "no text, pandas": (pd.Series(["a text", pd.NA], dtype="string"), "Row 1 of the texts is NA"),
    "generator": ((row for row in X), "cannot be made of generator"),
    "dict": ({"a": [1, 2], "longer": [3, 4]}, "cannot be made of dict"),
    "set": ({1, 2}, "cannot be made of set"),
    "no rows to take": (Unsubscriptable(), "cannot be made of Unsubscriptable"),
    "tensor that learns": (Stubborn(), r"Stubborn cannot be read as an array \(call detach"),
    "none": (None, "cannot be made of NoneType"),
    "number": (3, "cannot be made of int"),
    "lazy": (pl.LazyFrame({"a": [1, 2]}), r"LazyFrame is not in memory; .* collect\(\)"),
    "no file": ("nowhere.csv", "nowhere.csv"),
    "infinite, frame": (FRAME.assign(b=np.inf), "'b'"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_data_is_named_in_one_sentence(name):
    data, words = BAD[name]
    with pytest.raises(InputError, match=words) as raised:
        Pool(data)
    said = str(raised.value)
    assert "\n" not in said
    assert said.endswith(".")
    assert len(said) < 300


def test_names_of_images_are_not_read_as_words():
    names = ["photos/a b.png", "B.JPG", "ü.webp"]
    for given in (names, pd.Series(names), tuple(names)):
        with pytest.raises(InputError, match=r"names of images, such as 'photos/a b.png'; give"):
            Pool(given)
    with pytest.raises(InputError, match="Sketch reads images, and the pool holds texts such as"):
        Pool(names, features=Sketch())
    assert len(Pool(names, features=TfidfVectorizer())) == 3
    assert len(Pool([*names, "a street in the rain"])) == 4


def test_bad_features_are_named():
    with pytest.raises(InputError, match="features is 'numbers'"):
        Pool(X, features="numbers")
    with pytest.raises(InputError, match="Row 2, feature 1"):
        Pool(spoilt(np.nan), features=StandardScaler())
