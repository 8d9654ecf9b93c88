from typing import ClassVar

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy.sparse import csr_array, csr_matrix
from sklearn.cluster import KMeans
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.svm import SVC

from motherlode import ActiveLearner, InputError, Pool, Query
from motherlode._round.selection import Stochastic
from motherlode.learner._candidates import RandomRows
from motherlode.strategies import Entropy, Interleave, Margin, MostLikely, Random


def test_the_contract_runs_as_it_is_written():
    X = np.random.default_rng(0).normal(size=(100, 3))
    pool = Pool(X)
    learner = ActiveLearner(
        pool, classes=[0, 1], model=RandomForestClassifier(5), strategy=Margin(), seed=0
    )
    learner.teach([17, 4], [1, 0])
    query = learner.query(10)
    assert isinstance(query, Query)
    assert query.rows.shape == query.utilities.shape == (10,)
    assert query.rows.dtype == np.int64
    assert len(query.reasons) == len(query) == 10
    assert query.probabilities is None
    rows, labels = learner.labelled
    assert rows.tolist() == [17, 4]
    assert labels.tolist() == [1, 0]
    assert learner.predict_proba([3, 5, 8]).shape == (3, 2)
    assert learner.final_model().predict(X).shape == (100,)
    for goal in ("find", "learn", "both"):
        ActiveLearner(pool, classes=[0, 1], goal=goal).query(1)
    ActiveLearner(pool, classes=["a", "b"], strategy="margin", minority="b").query(3)


def test_anything_that_a_pool_is_made_of_will_do(toy):
    for data in (toy.data, toy.data.tolist(), csr_matrix(toy.data), pd.DataFrame(toy.data)):
        assert len(ActiveLearner(data, [0, 1]).pool) == 210


def test_the_rare_class_is_found(toy):
    learner = ActiveLearner(toy.data, [0, 1], LogisticRegression(), "most_likely")
    learner.teach(toy.some(1), [0, 1])
    for _ in range(3):
        rows = learner.query(6).rows
        learner.teach(rows, toy.y[rows])
    assert (learner.labelled[1] == 1).sum() >= 8  # of 10 in 210


# States without a model


@pytest.mark.parametrize("taught", [[], [0], [0, 2, 3]])
def test_no_labels_and_one_class_are_normal_states(toy, taught):
    rows = np.flatnonzero(toy.y == 0)[taught]
    learner = ActiveLearner(toy.data, ["no", "yes"], LogisticRegression(), "margin")
    learner.teach(rows, ["no"] * len(rows))
    query = learner.query(4)
    assert not set(query.rows) & set(rows)
    assert all("exploring at random" in reason for reason in query.reasons)
    # Laplace's estimate from the counts so far.
    share = (len(rows) + 1) / (len(rows) + 2)
    assert learner.predict_proba([5, 6]) == pytest.approx(np.array([[share, 1 - share]] * 2))
    known = ["nothing is labelled yet", "the one label is no", "", "all 3 labels are no"][len(rows)]
    with pytest.raises(InputError, match=f"{known}; give"):
        learner.final_model()


def test_a_class_that_is_corrected_away_takes_the_model_with_it(toy, started):
    learner = started(toy, each=1)
    learner.query(1)
    learner.correct(toy.some(1)[1], [0])
    assert "only class 0 is labelled yet" in learner.query(1).reasons[0]
    learner.correct(toy.some(1)[1], [1])
    assert "p(1)" in learner.query(1).reasons[0]


# Refits


class Counts(LogisticRegression):
    fits = 0

    def fit(self, X, y, sample_weight=None):
        Counts.fits += 1
        return super().fit(X, y, sample_weight)


def fits_of(learner, toy, batches):
    """How many fits there have been after each batch taught and question asked."""
    Counts.fits, out = 0, []
    for batch in batches:
        rows = learner.unlabelled[:batch]
        learner.teach(rows, toy.y[rows])
        learner.query(1)
        out.append(Counts.fits)
    return out


@pytest.mark.parametrize(
    ("refit_every", "batches", "fits"),
    [
        (1, [0, 1, 1, 5], [1, 2, 3, 4]),
        (1, [0, 0, 0], [1, 1, 1]),
        (3, [0, 1, 1, 1, 1, 1, 1], [1, 1, 1, 2, 2, 2, 3]),
        (3, [0, 2, 2, 2], [1, 1, 2, 2]),
        (10, [0, 4, 4, 4, 20], [1, 1, 1, 2, 3]),
    ],
)
def test_the_model_is_fitted_when_enough_is_new(toy, started, refit_every, batches, fits):
    learner = started(toy, model=Counts(), refit_every=refit_every)
    assert fits_of(learner, toy, batches) == fits


def test_asking_again_and_predicting_fit_nothing_new(toy, started):
    learner = started(toy, model=Counts())
    Counts.fits = 0
    learner.query(1), learner.query(5), learner.predict_proba([0, 1]), learner.query(2)
    assert Counts.fits == 1


def test_random_draws_need_no_model(toy, started):
    learner = started(toy, Random(), model=Counts())
    Counts.fits = 0
    learner.query(5)
    assert Counts.fits == 0


def test_between_refits_the_labels_are_seen_and_the_model_stays(toy, started):
    learner = started(toy, model=LogisticRegression(), refit_every=100)
    before = learner.predict_proba(np.arange(50))
    rows = learner.query(3).rows
    learner.teach(rows, toy.y[rows])
    assert np.array_equal(learner.predict_proba(np.arange(50)), before)
    view = learner._view(learner.unlabelled, 1)
    assert len(view.labelled_rows) == 7
    assert view.fresh == 3
    # The model to ship is of all labels.
    known, labels = learner.labelled
    fresh = LogisticRegression().fit(toy.data[known], labels)
    shipped = learner.final_model(presume=False)
    assert shipped.predict_proba(toy.data) == pytest.approx(fresh.predict_proba(toy.data))


def test_a_correction_is_learnt_from(toy, started):
    learner = started(toy, model=Counts())
    before = learner.predict_proba([0])[0, 1]
    Counts.fits = 0
    learner.correct(toy.some(2)[0], 1)
    assert learner.predict_proba([0])[0, 1] > before
    assert Counts.fits == 1


# Labels


def test_teaching_is_all_or_nothing(toy, started):
    learner = started(toy)
    before, question = learner.labelled, learner.query(3)
    for rows, labels in (([50, 51], [0, 2]), ([50, 999], [0, 0]), ([50, 50], [0, 1])):
        with pytest.raises(InputError):
            learner.teach(rows, labels)
    assert all(np.array_equal(a, b) for a, b in zip(learner.labelled, before, strict=True))
    assert learner.query(3).rows.tolist() == question.rows.tolist()


def test_the_same_label_again_changes_no_question(toy, started):
    learner = started(toy, Random())
    question = learner.query(5).rows.tolist()
    learner.teach(*learner.labelled)
    assert learner.query(5).rows.tolist() == question
    learner.teach([100], [toy.y[100]])
    assert learner.query(5).rows.tolist() != question


def test_rows_that_were_never_asked_may_be_taught(toy):
    learner = ActiveLearner(toy.data, [0, 1])
    learner.teach(range(9), toy.y[:9])
    assert learner.labelled[0].tolist() == list(range(9))
    assert learner.labelled[1].tolist() == toy.y[:9].tolist()


def test_skipped_rows_are_neither_asked_nor_trained_on(toy, started):
    learner = started(toy, Margin())
    first = learner.query(4).rows
    learner.skip(first)
    learner.skip(first[:2])
    learner.skip([first[0], first[0]])
    assert not set(first) & set(learner.unlabelled)
    assert not set(first) & set(learner.query(202).rows)
    assert len(learner.labelled[0]) == 4
    with pytest.raises(InputError, match="202 that are left"):
        learner.query(203)
    with pytest.raises(InputError, match="Row 210"):
        learner.skip([210])


def test_a_labelled_row_cannot_be_skipped(toy, started):
    learner = started(toy, Margin())
    known, free = learner.labelled[0][0], learner.unlabelled[0]
    with pytest.raises(InputError, match=f"Row {known} is labelled.*correct"):
        learner.skip([free, known])
    assert free in learner.unlabelled
    learner.skip([free])
    learner.teach([free], [toy.y[free]])
    assert free in learner.labelled[0]


def test_a_skip_asks_anew(toy, started):
    learner = started(toy, Random())
    before = learner.query(5).rows.tolist()
    learner.skip([before[0]])
    after = learner.query(5).rows.tolist()
    assert before[0] not in after
    assert after != before


def test_what_is_handed_out_is_not_what_is_kept(toy, started):
    learner = started(toy)
    rows, labels = learner.labelled
    rows[:], labels[:] = 0, 0
    learner.unlabelled[:] = 0
    assert learner.labelled[0].tolist() == toy.some(2).tolist()
    assert learner.labelled[1].tolist() == [0, 0, 1, 1]


# The same seed


@pytest.mark.parametrize("strategy", ["margin", "random", "auto", "query_by_committee", "kde"])
def test_a_replay_of_the_log_asks_the_same_questions(toy, strategy):
    def fresh():
        return ActiveLearner(toy.data, [0, 1], RandomForestClassifier(5), strategy, seed=3)

    learner, log = fresh(), []
    for i in range(5):
        rows = learner.query(4).rows
        log.append(("teach", rows, toy.y[rows]))
        learner.teach(rows, toy.y[rows])
        if i == 2:
            log.append(("skip", learner.query(1).rows))
            learner.skip(log[-1][1])
    again = fresh()
    for event, *arguments in log:
        getattr(again, event)(*arguments)
    assert again.query(6).rows.tolist() == learner.query(6).rows.tolist()
    assert again.query(6).utilities == pytest.approx(learner.query(6).utilities)


def test_seeds_differ(toy):
    asked = {
        tuple(ActiveLearner(toy.data, [0, 1], strategy="random", seed=seed).query(5).rows)
        for seed in range(6)
    }
    assert len(asked) == 6


def test_the_global_generator_is_neither_used_nor_changed(toy, started):
    np.random.seed(1)  # noqa: NPY002
    state = np.random.get_state()[1].tolist()  # noqa: NPY002
    first = started(toy, "query_by_committee", model=RandomForestClassifier(3)).query(5)
    assert np.random.get_state()[1].tolist() == state  # noqa: NPY002
    np.random.seed(2)  # noqa: NPY002
    second = started(toy, "query_by_committee", model=RandomForestClassifier(3)).query(5)
    assert first.rows.tolist() == second.rows.tolist()


# Parts


def test_candidates_selection_and_strategy_combine(toy, started):
    learner = started(
        toy,
        Interleave(MostLikely(), Entropy()),
        candidates=RandomRows(20),
        selection=Stochastic(),
    )
    query = learner.query(5)
    assert query.probabilities.shape == (5,)
    assert set(query.rows) <= set(
        RandomRows(20).rows(learner._view(learner.unlabelled, 5)).tolist()
    )


def test_probabilities_follow_the_declared_classes(toy, started):
    learner = started(toy, classes=["z", "a"])
    rows = toy.some(2)
    model = LogisticRegression().fit(toy.data[rows], toy.y[rows])
    assert learner.predict_proba(np.arange(9)) == pytest.approx(model.predict_proba(toy.data[:9]))
    assert learner.final_model().classes_.tolist() == ["a", "z"]
    assert learner.predict_proba([]).shape == (0, 2)


def test_the_whole_pool_may_be_asked_at_once(toy):
    learner = ActiveLearner(toy.data, [0, 1], strategy="margin")
    assert sorted(learner.query(210).rows) == list(range(210))


@pytest.mark.parametrize("labels", [["no", "yes"], [False, True], [5, 2]])
def test_labels_come_back_as_they_were_given(toy, labels):
    learner = ActiveLearner(toy.data, labels, LogisticRegression())
    learner.teach([1, 2], labels)
    assert learner.labelled[1].tolist() == labels
    assert set(learner.final_model().predict(toy.data)) <= set(labels)


# The final model takes data of the pool's own form

Y = np.array([0, 1] * 20)
NUMBERS = np.random.default_rng(0).normal(size=(40, 3)) + 4 * Y[:, None]
MIXED = pd.DataFrame({"size": NUMBERS[:, 0], "colour": np.where(Y, "red", "blue")})
SENTENCES = [f"number {i} says {'yes' if y else 'no'}" for i, y in enumerate(Y)]
COLUMNS = ColumnTransformer([("colour", OneHotEncoder(), ["colour"])])


@pytest.mark.parametrize(
    ("data", "model"),
    [
        (NUMBERS, None),
        (NUMBERS.astype(np.float32), RandomForestClassifier(5)),
        (NUMBERS > 2, LogisticRegression()),
        (csr_matrix(NUMBERS), LogisticRegression()),
        (csr_array(NUMBERS), SVC()),
        (pd.DataFrame(NUMBERS, columns=list("abc")), RandomForestClassifier(5)),
        (pl.DataFrame(NUMBERS, schema=list("abc")), RandomForestClassifier(5)),
        (MIXED, LogisticRegression()),
        (pl.from_pandas(MIXED), RandomForestClassifier(5)),
        (MIXED, make_pipeline(COLUMNS, LogisticRegression())),
        (MIXED, GridSearchCV(make_pipeline(COLUMNS, LogisticRegression()), {})),
        (SENTENCES, None),
        (SENTENCES, LogisticRegression()),
        (SENTENCES, make_pipeline(TfidfVectorizer(), MultinomialNB())),
        (
            Pool(SENTENCES, features="passthrough"),
            make_pipeline(TfidfVectorizer(), MultinomialNB()),
        ),
        (Pool(MIXED, features=COLUMNS), LogisticRegression()),
        (Pool(NUMBERS, features=StandardScaler()), LogisticRegression()),
    ],
    ids=lambda v: "" if v is None or isinstance(v, list) else type(v).__name__,
)
def test_the_final_model_takes_data_of_the_pools_form(data, model):
    learner = ActiveLearner(data, [0, 1], model)
    learner.teach(range(20), Y[:20])
    given = data.data if isinstance(data, Pool) else data
    new = given[20:]
    predicted = learner.final_model().predict(new)
    assert (predicted == Y[20:]).mean() > 0.8
    learner.query(5)


# Bad inputs


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"classes": [0]}, "at least two"),
        ({"classes": [0, 0]}, "declared twice"),
        ({"classes": [0, "1"]}, "not of one type"),
        ({"classes": 2}, "give a list"),
        ({"model": LinearRegression()}, "regressor LinearRegression; give a classifier"),
        ({"model": len}, r"the function len; .*, wrap it as KerasClassifier\(len\) or Torch"),
        ({"model": RandomForestClassifier}, r"call it: RandomForestClassifier\(\)"),
        ({"model": "forest"}, "model is 'forest'; give a scikit-learn classifier"),
        ({"model": StandardScaler()}, "model is StandardScaler, which predicts no class"),
        ({"model": KMeans()}, "model is KMeans, which predicts no class"),
        ({"query_model": LinearRegression()}, "query_model is the regressor"),
        ({"strategy": "margn"}, "did you mean 'margin'"),
        ({"strategy": Margin}, r"call it: Margin\(\)"),
        ({"strategy": None}, "The strategy is None"),
        ({"goal": "win"}, "goal is 'win'"),
        ({"minority": 7}, "minority names 7"),
        ({"minority": [0, 1]}, "not all"),
        ({"minority": []}, "at least one"),
        ({"candidates": 59}, r"candidates is 59; .*rows\(\)"),
        ({"candidates": RandomRows}, "candidates is"),
        ({"selection": "top"}, r"selection is 'top'; .*choose\(\)"),
        ({"refit_every": 0}, "refit_every is 0"),
        ({"refit_every": 1.5}, "refit_every is 1.5"),
        ({"seed": -1}, "seed is -1"),
        ({"seed": None}, "seed is None"),
        ({"seed": True}, "seed is True"),
        ({"pool": None}, "cannot be made of NoneType"),
    ],
)
def test_bad_arguments_are_named_in_one_sentence(toy, arguments, words):
    with pytest.raises(InputError, match=words) as raised:
        ActiveLearner(**({"pool": toy.data, "classes": [0, 1]} | arguments))
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda it: it.query(0), "n is 0"),
        (lambda it: it.query(-3), "n is -3"),
        (lambda it: it.query(2.0), "n is 2.0"),
        (lambda it: it.query("all"), "n is 'all'"),
        (lambda it: it.query(207), r"query\(207\) asks for more rows than the 206"),
        (lambda it: it.teach([210], [0]), "Row 210 is not in the pool, whose rows are 0 to 209"),
        (lambda it: it.teach([-1], [0]), "Row -1 is not in the pool"),
        (lambda it: it.teach([1.0], [0]), "whole numbers"),
        (lambda it: it.teach([100], [2]), r"Label 2 .* declared classes \[0, 1\]"),
        (lambda it: it.teach([100], ["1"]), "Label '1'"),
        (lambda it: it.teach([100, 101], [0]), "2 rows and 1 labels"),
        (lambda it: it.teach([100, 100], [0, 1]), "Row 100 is labelled 0 and now 1"),
        (lambda it: it.teach(it.labelled[0][:1], [1]), "is labelled 0 and now 1; nothing of this"),
        (lambda it: it.correct([100], [5]), "Label 5"),
        (lambda it: it.correct([300], [0]), "Row 300"),
        (lambda it: it.predict_proba([300]), "Row 300"),
        (lambda it: it.predict_proba([0.5]), "whole numbers"),
        (lambda it: it.skip("1"), "whole numbers"),
    ],
)
def test_bad_calls_are_named_in_one_sentence(toy, started, call, words):
    learner = started(toy)
    with pytest.raises(InputError, match=words) as raised:
        call(learner)
    assert "\n" not in str(raised.value)
    assert len(learner.labelled[0]) == 4


def test_with_nothing_left_there_is_nothing_to_ask():
    learner = ActiveLearner(np.eye(3), [0, 1])
    learner.teach([0, 1, 2], [0, 1, 0])
    with pytest.raises(InputError, match="the 0 that are left unlabelled; there is nothing to ask"):
        learner.query(1)


def test_every_label_keeps_the_channel_it_came_by():
    learner = ActiveLearner(Pool(np.eye(12)), [0, 1], strategy="random")
    asked = learner.query(2).rows
    other = np.setdiff1d(np.arange(12), asked)
    learner.teach(other[:1], [1], channel="search")
    learner.teach(asked, [0, 0])
    learner.teach(other[1:2], [0])
    learner.correct(other[:1], [0])
    assert learner.channels == ["search", "query", "query", "given"]


def test_a_skipped_row_is_never_presumed_negative():
    class Watch(LogisticRegression):
        seen: ClassVar[set[int]] = set()

        def fit(self, X, y):
            type(self).seen |= set(np.flatnonzero(X.sum(axis=0)).tolist())
            return super().fit(X, y)

    learner = ActiveLearner(Pool(np.eye(40)), [0, 1], Watch(), "continuous_learning", minority=1)
    learner.teach([0, 1], [1, 0])
    learner.skip([5, 6, 7])
    learner.query(3)
    learner.final_model()
    assert {0, 1, 8, 30} <= Watch.seen
    assert not Watch.seen & {5, 6, 7}
