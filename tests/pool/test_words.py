"""Short texts have runs of letters beside their words, long ones pairs; distances go by words."""

import numpy as np
import pytest
from scipy.sparse import issparse
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.pipeline import FeatureUnion

from motherlode import ActiveLearner, Pool
from motherlode.pool import _words
from motherlode.pool._words import vectoriser_for
from motherlode.project._insight.linear_explanation import explain_labels

PLACES = ["river", "lake", "harbour", "island", "delta", "canal", "coast", "bay", "ocean", "pond"]
DEEDS = ["fished", "fishing", "fishermen", "painted", "painting", "painters"]
SHORT = [f"they {deed} near a {place}" for deed in DEEDS for place in PLACES]


def by_words(texts):
    return vectoriser_for(texts, len(texts)).fit_transform(texts)


def test_short_texts_have_words_first_and_runs_of_letters_behind():
    pool = Pool(SHORT)
    assert isinstance(pool.transformer, FeatureUnion)
    assert issparse(pool.features)
    assert pool.features.dtype == np.float32
    words = by_words(SHORT)
    assert pool.features.shape[1] > words.shape[1]
    assert (pool.words != words).nnz == 0
    names = pool.transformer.get_feature_names_out()
    assert "letters__ fish" in names
    assert names[words.shape[1] - 1].startswith("words__")
    assert names[words.shape[1]].startswith("letters__")


@pytest.mark.parametrize(
    "texts",
    [
        SHORT[:49],
        [" ".join([text] * 12) for text in SHORT],
        ["今天天气很好" + "山水人家"[i % 4] for i in range(60)],
    ],
    ids=["few", "long", "without spaces"],
)
def test_other_texts_have_words_alone(texts):
    pool = Pool(texts)
    assert isinstance(pool.transformer, TfidfVectorizer)
    assert pool.words is pool.features


def test_many_texts_have_words_alone(monkeypatch):
    monkeypatch.setattr(_words, "_MOST_CHARACTERS", sum(map(len, SHORT)))
    assert isinstance(Pool(SHORT).transformer, FeatureUnion)
    assert isinstance(Pool([*SHORT, "one more"]).transformer, TfidfVectorizer)


def test_wherever_there_are_words_there_are_runs_of_letters():
    texts = [f"x{i}" for i in range(58)] + ["ab", "ab"]
    assert Pool(texts).features.shape[1] > Pool(texts).words.shape[1] == 1


def test_distances_and_copies_are_those_of_words():
    texts = [*SHORT, "They fished near a river!"]
    pool, words = Pool(texts), Pool(by_words(texts))
    assert np.array_equal(pool.points, words.points)
    assert (pool.unit_vectors != words.unit_vectors).nnz == 0
    assert pool.copies.rows.tolist() == [0, 60]


def test_a_union_of_the_users_own_is_taken_as_it_is():
    own = FeatureUnion(
        [("words", TfidfVectorizer()), ("letters", TfidfVectorizer(analyzer="char"))]
    )
    pool = Pool(SHORT, features=own)
    assert pool.words is pool.features
    assert pool.word_vectoriser is None


def test_rows_added_to_a_small_pool_bring_runs_of_letters():
    pool = Pool(SHORT[:40]).extend(SHORT[40:])
    assert (pool.features != Pool(SHORT).features).nnz == 0
    assert (pool.words != by_words(SHORT)).nnz == 0
    assert pool.only(np.arange(3)).words.shape == (3, pool.words.shape[1])


def test_a_final_model_knows_new_texts_by_parts_of_words():
    learner = ActiveLearner(Pool(SHORT), ["no", "yes"], minority="yes", seed=0)
    learner.teach([0, 1, 10, 11, 30, 31, 40, 41], ["yes"] * 4 + ["no"] * 4)
    p = learner.final_model().predict_proba(["a fisher", "a paint"])[:, 1]
    assert p[0] > 1.5 * p[1]


def test_reasons_name_words_alone():
    pool = Pool(SHORT)
    rows = np.array([0, 1, 30, 31])
    said = explain_labels(pool, rows, np.array([True, True, False, False]))
    names = set(pool.word_vectoriser.vocabulary_)
    assert said.pushes(0)
    assert {name for name, _ in said.pushes(0)} <= names
    assert [SHORT[0][low:high] for low, high, _ in said.spans(SHORT[0])] == ["fished"]
    assert said.probabilities()[2] > said.probabilities()[32]


def test_long_texts_are_read_by_pairs_of_words_too():
    rocks = ("quartz", "granite", "basalt")
    texts = [f"drill {i} met a gold vein in {rocks[i % 3]} " * 12 for i in range(60)]
    found = set(Pool(texts).transformer.vocabulary_)
    assert {"granite", "in granite", "granite drill"} <= found
    assert not {"gold vein", "drill 17"} & found, "in every text, and in a single one"
