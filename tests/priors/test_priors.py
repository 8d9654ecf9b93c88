"""What is stated, and what each kind of prior makes of it; one suite for all kinds."""

import numpy as np
import pandas as pd
import pytest
from sklearn.ensemble import IsolationForest
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline

from motherlode import InputError, Pool
from motherlode.embedding import Embedding
from motherlode.priors import (
    Column,
    FittedModel,
    Judge,
    Keywords,
    Prior,
    Scores,
    Sentence,
    as_prior,
    from_json,
    to_json,
)

TEXTS = [
    "Hip fracture\nin old age",
    "Heart stroke\nand its volume",
    "Fractured hips\nof sheep",
] * 10
FRAME = pd.DataFrame(
    {"title": TEXTS, "score": np.linspace(0, 1, 30), "when": ["old", "new", "odd"] * 10}
)
LINE = LogisticRegression().fit(np.arange(30.0)[:, None], [0] * 15 + [1] * 15)
KINDS = {
    "sentence": (Sentence("fracture of the hip"), Pool(TEXTS)),
    "sentence of a frame": (Sentence("fracture of the hip"), Pool(FRAME)),
    "keywords": (Keywords(["fractur*", "heart stroke"]), Pool(TEXTS)),
    "column": (Column("score"), Pool(FRAME)),
    "scores": (Scores([*np.arange(29.0), np.nan]), Pool(TEXTS)),
    "model": (FittedModel(LINE), Pool(np.arange(30.0)[:, None])),
    "judge": (Judge(lambda texts: [len(text) / 100 for text in texts]), Pool(TEXTS)),
}


@pytest.mark.parametrize("kind", KINDS)
class TestEveryKind:
    def test_a_row_has_one_score_whichever_others_are_asked(self, kind):
        prior, pool = KINDS[kind]
        every = prior.score(pool, np.arange(30))
        assert every.shape == (30,)
        assert every.dtype == np.float64
        some = np.array([7, 0, 29])
        np.testing.assert_array_equal(prior.score(pool, some), every[some])
        assert prior.score(pool, some[:0]).shape == (0,)

    def test_it_says_what_was_stated_and_checks_its_pool(self, kind):
        prior, pool = KINDS[kind]
        prior.check(pool)
        assert prior.describe()
        assert "\n" not in prior.describe()
        assert as_prior(prior) is prior or as_prior(prior) == prior

    def test_what_can_be_written_comes_back_and_the_rest_says_so(self, kind, tmp_path):
        prior, pool = KINDS[kind]
        if kind in ("model", "judge"):
            with pytest.raises(InputError, match="give it again"):
                to_json(prior, tmp_path)
            return
        again = from_json(to_json(prior, tmp_path), tmp_path)
        assert again == prior
        rows = np.arange(30)
        np.testing.assert_array_equal(again.score(pool, rows), prior.score(pool, rows))


@pytest.mark.parametrize(
    ("stated", "kind"),
    [
        ("hip fractures", Sentence),
        (["hip", "heart"], Keywords),
        ({"hip"}, Keywords),
        (np.array(["hip"]), Keywords),
        ([0.1, 0.2], Scores),
        (pd.Series([1, 2]), Scores),
        (pd.DataFrame({"score": [1, 2]}), Scores),
        (LINE, FittedModel),
        (len, Judge),
        ({"prior": "sentence", "text": "hip"}, Sentence),
    ],
)
def test_anything_that_a_person_states_becomes_a_prior(stated, kind):
    assert type(as_prior(stated)) is kind


@pytest.mark.parametrize(
    "stated", [3.5, None, Sentence, [], {"prior": "moon"}, {"refund": 1}, [[1, 2], [3, 4]]]
)
def test_what_is_no_prior_is_refused(stated):
    with pytest.raises(InputError):
        as_prior(stated)


def test_a_network_which_can_be_called_is_no_function_to_ask():
    class Module:
        def forward(self, X): ...

        def __call__(self, X): ...

    with pytest.raises(InputError, match="the model Module, which has neither predict_proba"):
        as_prior(Module())


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        (pd.Series(["12 %", "7,5 %"]), "2 texts such as '12 %', which are numbers; give numbers"),
        (["0.5", "1e-3", "1,000.25"], "which are numbers"),
        (["high", "low"] * 200, "400 texts such as 'high', more than 200"),
        (LinearRegression(), "the model LinearRegression, which has neither predict_proba"),
        (make_pipeline(LinearRegression()), "the model Pipeline, which has neither"),
    ],
)
def test_what_is_rather_scores_is_not_taken_for_words(stated, said):
    with pytest.raises(InputError, match=said):
        as_prior(stated)
    assert as_prior(["0.5 mm", "1.5 mm"]) == Keywords(["0.5 mm", "1.5 mm"])


@pytest.mark.parametrize("prior", [Sentence("hip"), Keywords(["hip"])])
def test_words_need_texts_and_say_what_to_give_instead(prior):
    with pytest.raises(InputError, match="column of scores"):
        prior.check(Pool(np.arange(6.0).reshape(3, 2)))


class TestSentence:
    def test_rows_with_its_rare_words_come_first(self):
        texts = [f"the report of day {day}" for day in range(60)] + ["a broken hip", "the hip"]
        scores = Sentence("the hip").score(Pool(texts), np.arange(62))
        assert set(np.argsort(-scores)[:2]) == {60, 61}

    def test_the_first_rows_bring_words_that_it_lacks(self):
        """Rows that share words with the best ones come before rows that share none."""
        best = [f"renal failure dialysis patient {i}" for i in range(12)]
        kin = ["dialysis patient cohort"]
        others = [f"wheat yield trial {i} cohort" for i in range(107)]
        scores = Sentence("renal failure").score(Pool(best + kin + others), np.arange(120))
        assert scores[12] > scores[13:].max()

    def test_a_heading_counts_for_itself(self):
        words = [f"{'abcdefg'[i % 7]}word {'hijkl'[i % 5]}word" for i in range(62)]
        texts = [f"nudge\n{words[0]}", f"plain\n{words[1]} nudge"]
        texts += [f"plain\n{some}" for some in words[2:]]
        scores = Sentence("nudge").score(Pool(texts), np.arange(62))
        assert scores[0] > scores[1] > scores[2]

    def test_words_that_no_row_holds_leave_all_rows_alike(self):
        scores = Sentence("zebra").score(Pool(TEXTS), np.arange(30))
        assert np.ptp(scores) == 0

    def test_texts_without_a_word_are_no_error(self):
        pool = Pool(["!", "?"] * 30, features=Embedding(lambda texts: [[1.0, 2.0]] * len(texts)))
        assert np.isfinite(Sentence("hip").score(pool, np.arange(60))).all()

    def test_the_encoder_of_the_pool_encodes_it_too(self):
        def encode(texts):
            return [[1.0, 0.0] if "physician" in t or "doctor" in t else [0.0, 1.0] for t in texts]

        texts = ["a physician", "a painter", "a farmer"] * 20
        plain = Sentence("doctor").score(Pool(texts), np.arange(3))
        encoded = Sentence("doctor").score(Pool(texts, features=Embedding(encode)), np.arange(3))
        given = Sentence("doctor", encode).score(Pool(texts), np.arange(3))
        assert np.ptp(plain) == 0
        assert encoded[0] > encoded[1] == encoded[2]
        np.testing.assert_allclose(given, encoded)


class TestKeywords:
    def test_words_match_as_a_whole_and_beginnings_with_a_star(self):
        pool = Pool(["a hip", "hips", "a HIP, broken", "ship"])
        assert (Keywords(["hip"]).score(pool, np.arange(4)) > 0).tolist() == [
            True,
            False,
            True,
            False,
        ]
        assert (Keywords(["hip*"]).score(pool, np.arange(4)) > 0).tolist() == [
            True,
            True,
            True,
            False,
        ]

    def test_a_phrase_stands_together(self):
        pool = Pool(["heart stroke", "heart\nstroke", "stroke of the heart"])
        found = Keywords(["heart stroke"]).score(pool, np.arange(3))
        assert (found > 0).tolist() == [True, True, False]

    def test_rare_words_count_more(self):
        pool = Pool(["a common word"] * 40 + ["another"] * 10 + ["rare"])
        scores = Keywords(["common", "rare"]).score(pool, np.arange(51))
        assert scores[50] > scores[0] > scores[45] == 0

    @pytest.mark.parametrize("words", ["hip", [], [""], ["hip", 3], ["*"]])
    def test_what_are_no_words_is_refused(self, words):
        with pytest.raises(InputError, match="keywords"):
            Keywords(words)


class TestNumbers:
    def test_gaps_of_a_column_are_unknown(self):
        pool = Pool(pd.DataFrame({"score": [1.0, None, 3.0], "x": [1, 2, 3]}))
        np.testing.assert_array_equal(Column("score").score(pool, np.arange(3)), [1, np.nan, 3])

    @pytest.mark.parametrize(
        ("name", "data"), [("when", FRAME), ("nowhere", FRAME), ("score", np.zeros((3, 2)))]
    )
    def test_a_column_without_numbers_is_refused_by_name(self, name, data):
        with pytest.raises(InputError, match=name):
            Column(name).check(Pool(data))

    def test_scores_are_one_for_each_row_and_unknown_for_later_ones(self):
        pool = Pool(np.arange(4.0).reshape(2, 2))
        with pytest.raises(InputError, match="3 scores and the pool 2 rows"):
            Scores([1, 2, 3]).check(pool)
        pool.extend(np.ones((1, 2)))
        np.testing.assert_array_equal(Scores([1, 2]).score(pool, np.arange(3)), [1, 2, np.nan])

    @pytest.mark.parametrize("values", [["a", "b"], [1, np.inf], [[1, 2], [3, 4]], []])
    def test_what_are_no_scores_is_refused(self, values):
        with pytest.raises(InputError, match="score"):
            Scores(values)

    def test_a_damaged_file_of_scores_is_noticed(self, tmp_path):
        said = to_json(Scores([1.0, 2.0]), tmp_path)
        (tmp_path / said["file"]).write_bytes(b"nothing")
        with pytest.raises(InputError, match="damaged"):
            from_json(said, tmp_path)
        other = to_json(Scores([3.0]), tmp_path)
        (tmp_path / other["file"]).rename(tmp_path / said["file"])
        with pytest.raises(InputError, match="not those"):
            from_json(said, tmp_path)

    def test_a_file_elsewhere_is_not_read(self, tmp_path):
        with pytest.raises(InputError, match="not named"):
            from_json({"prior": "scores", "file": "../prior-1.arrow"}, tmp_path)


class TestFittedModel:
    X = np.arange(30.0)[:, None]

    def test_a_model_of_names_needs_the_positive_one(self):
        model = LogisticRegression().fit(self.X, ["yes"] * 15 + ["no"] * 15)
        with pytest.raises(InputError, match="positive="):
            as_prior(model).check(Pool(self.X))
        by_name = as_prior(model, ["yes"]).score(Pool(self.X), np.array([0, 29]))
        assert by_name[0] > by_name[1]
        with pytest.raises(InputError, match="maybe"):
            FittedModel(model, positive="maybe").check(Pool(self.X))

    def test_a_decision_function_of_the_first_class_is_turned(self):
        class Line:
            classes_ = np.array(["a", "b"])

            def decision_function(self, X):
                return X[:, 0]

        scores = FittedModel(Line(), positive="a").score(Pool(self.X), np.arange(2))
        assert scores[0] > scores[1]

    def test_a_model_that_reads_something_else_is_named(self):
        with pytest.raises(InputError, match="LogisticRegression, given as prior"):
            FittedModel(LINE).check(Pool(np.ones((4, 3))))
        named = make_pipeline(LogisticRegression()).fit(pd.DataFrame({"a": [0, 1]}), [0, 1])
        with pytest.raises(InputError, match="given as prior, cannot score") as found:
            FittedModel(named).check(Pool(pd.DataFrame({"b": [0.0, 1.0]})))
        assert "\n" not in str(found.value)

    @pytest.mark.parametrize("given", [[[0.4]], [[0.4, 0.6]] * 2, 0.5])
    def test_scores_of_another_shape_are_refused(self, given):
        class Odd:
            classes_ = (0, 1)

            def predict_proba(self, X):
                return given

        with pytest.raises(InputError, match=r"Odd, given as prior, gave scores of shape \("):
            FittedModel(Odd()).check(Pool(self.X))

    @pytest.mark.parametrize("make", [make_pipeline, lambda model: model])
    def test_a_detector_puts_outliers_first(self, make):
        X = np.append(np.linspace(-1.0, 1.0, 40), 30.0)[:, None]
        model = make(IsolationForest(n_estimators=20, random_state=0)).fit(X)
        assert np.argmax(as_prior(model).score(Pool(X), np.arange(41))) == 40


def test_a_prior_of_ones_own_is_a_frozen_dataclass_with_two_methods():
    class Last(Prior):
        def score(self, pool, rows):
            return rows.astype(float)

        def describe(self):
            return "the last rows"

    Last().check(Pool(TEXTS))
    assert as_prior(Last()).describe() == "the last rows"
