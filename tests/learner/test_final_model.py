"""How many unlabelled rows the final model presumes negative, and which."""

import numpy as np
import pytest
import sklearn
from imblearn.over_sampling import RandomOverSampler
from imblearn.pipeline import make_pipeline as make_sampling_pipeline
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.ensemble import StackingClassifier
from sklearn.exceptions import NotFittedError
from sklearn.feature_selection import SelectKBest
from sklearn.linear_model import LogisticRegression, RidgeClassifier
from sklearn.metrics import average_precision_score, f1_score
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC, LinearSVC
from sklearn.utils.validation import check_is_fitted

from motherlode import ActiveLearner, Pool
from motherlode._round.training_set import TrainingSet
from motherlode.errors import InputError
from motherlode.learner._final_model import presume_for_final_model
from motherlode.models import Cost, PriorCorrected


def presumed(positives, model=None, unlabelled=3000):
    """What a final fit presumes beside a thousand labels, so many of them positive."""
    codes = (np.arange(1000) < positives).astype(int)
    pool = Pool(np.arange(1000.0 + unlabelled)[:, None])
    training = TrainingSet(pool, np.arange(2), np.arange(1000), codes, (1,), (0,))
    return presume_for_final_model(training, LogisticRegression() if model is None else model)


def test_together_they_count_for_twice_the_positives():
    rows, weight = presumed(10)
    assert len(np.unique(rows)) == len(rows) == 300
    assert weight == pytest.approx(20 / 300)
    assert rows.min() >= 1000
    assert presumed(99).weight == pytest.approx(0.66)


def test_no_row_counts_for_more_than_a_labelled_one():
    assert presumed(500).weight == 1.0
    rows, weight = presumed(30, unlabelled=10)
    assert sorted(rows) == list(range(1000, 1010))
    assert weight == 1.0


def test_a_model_that_takes_no_weights_gets_fewer_rows():
    rows, weight = presumed(10, KNeighborsClassifier())
    assert len(np.unique(rows)) == len(rows) == 20
    assert weight == 1.0


def test_no_positive_no_presumption():
    assert len(presumed(0).rows) == 0


@pytest.mark.parametrize("model", [LogisticRegression(), KNeighborsClassifier(3)])
def test_labels_of_a_random_sample_presume_nothing(model):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(3000, 2))
    y = (rng.random(3000) < 0.1).astype(int)
    X[y == 1] += 2.5
    learner = ActiveLearner(Pool(X), [0, 1], model, minority=1)
    learner.teach(np.arange(200), y[:200])
    assert type(learner.final_model()) is type(model)  # nothing was presumed, so none is calibrated


@pytest.fixture
def searched():
    """A learner that was taught all positives and the negatives that look like them."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(3000, 2))
    X[:60] += [3.0, 0.0]
    y = (np.arange(3000) < 60).astype(int)
    hard = 60 + np.argsort(-X[60:, 0])[:60]
    learner = ActiveLearner(Pool(X), [0, 1], LogisticRegression(), minority=1)
    learner.teach(np.concatenate([np.arange(60), hard]), np.repeat([1, 0], 60))
    return learner, X, y


def test_the_final_model_knows_the_easy_negatives_too(searched):
    learner, X, y = searched
    plain = learner.final_model(presume=False).predict_proba(X)[:, 1]
    shipped = learner.final_model().predict_proba(X)[:, 1]
    assert average_precision_score(y, shipped) > average_precision_score(y, plain) + 0.01
    assert shipped[60:].mean() < 0.6 * plain[60:].mean()


@pytest.mark.parametrize("names", [("no", "yes"), ("yes", "no")])
@pytest.mark.parametrize(
    "model", [SVC(), LinearSVC(), RidgeClassifier(), make_pipeline(StandardScaler(), SVC())]
)
def test_a_model_without_probabilities_is_shipped_as_it_is(searched, model, names):
    given, X, y = searched
    rows, labels = given.labelled
    learner = ActiveLearner(Pool(X), names, model, minority="yes")
    learner.teach(rows[:6], ["yes"] * 6)
    shipped = learner.final_model()
    assert type(shipped) is type(model)
    assert f1_score(y, shipped.predict(X) == "yes") > 0.4
    learner.teach(rows[6:], np.where(labels[6:] == 1, "yes", "no"))
    decided, presumed = learner.fit_final_model(threshold="f1")
    assert len(presumed.rows)  # the labels are seen to be those of a search
    found = decided.predict(X) == "yes"
    assert f1_score(y, found) > 0.6
    # Decisions are for the class that comes last in the alphabet, "yes" here.
    assert ((decided.threshold <= decided.estimator_.decision_function(X)) == found).all()


class Rule(ClassifierMixin, BaseEstimator):
    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def predict(self, X):
        return (X[:, 0] > 2).astype(int)


def test_a_model_that_only_predicts_is_shipped_and_has_no_threshold(searched):
    given, X, y = searched
    learner = ActiveLearner(Pool(X), [0, 1], Rule(), minority=1)
    learner.teach(*given.labelled)
    assert f1_score(y, learner.final_model().predict(X)) > 0.4
    with pytest.raises(InputError, match="Rule gives neither"):
        learner.final_model(threshold="f1")


def test_presumed_labels_are_forgotten(searched):
    learner, _, _ = searched
    before = learner.query(5).rows
    learner.final_model()
    assert len(learner.labelled[0]) == 120
    assert learner.query(5).rows.tolist() == before.tolist()


@pytest.mark.parametrize("names", [("no", "yes"), ("yes", "no")])
@pytest.mark.parametrize("model", [None, LogisticRegression(), KNeighborsClassifier(3)])
def test_positives_alone_make_a_model(searched, names, model):
    _, X, y = searched
    learner = ActiveLearner(Pool(X), names, model, minority="yes")
    learner.teach(range(5), ["yes"] * 5)
    assert learner.trainable
    shipped = learner.final_model()
    P = shipped.predict_proba(X)[:, shipped.classes_.tolist().index("yes")]
    assert average_precision_score(y, P) > 0.35  # chance has 0.02
    assert P.mean() < 0.5


@pytest.mark.parametrize(
    ("minority", "taught"), [(None, "yes"), (None, "no"), ("yes", "no"), (["no"], "yes")]
)
def test_one_class_makes_no_model_unless_it_is_known_to_be_positive(searched, minority, taught):
    _, X, _ = searched
    learner = ActiveLearner(Pool(X), ["no", "yes"], LogisticRegression(), minority=minority)
    learner.teach(range(5), [taught] * 5)
    assert not learner.trainable
    with pytest.raises(InputError, match=rf"all 5 labels are {taught}; give .* is named"):
        learner.final_model()


def test_few_labels_do_not_tell_which_class_is_positive(searched):
    """Two positives and one negative: the rarer label is of the common class."""
    given, X, _ = searched
    unnamed = ActiveLearner(Pool(X), ["no", "yes"], LogisticRegression())
    unnamed.teach([0, 1, 200], ["yes", "yes", "no"])
    assert not len(unnamed.fit_final_model().presumed.rows)
    named = ActiveLearner(Pool(X), ["no", "yes"], LogisticRegression(), minority="yes")
    named.teach([0, 1, 200], ["yes", "yes", "no"])
    assert len(named.fit_final_model().presumed.rows)
    rows, labels = given.labelled
    unnamed.teach(rows[2:], np.where(labels[2:] == 1, "yes", "no"))
    assert len(unnamed.fit_final_model().presumed.rows)


def test_positives_alone_and_nothing_to_presume_or_to_cut_by(searched):
    _, X, _ = searched
    learner = ActiveLearner(Pool(X[:9]), ["no", "yes"], LogisticRegression(), minority="yes")
    learner.teach(range(5), ["yes"] * 5)
    with pytest.raises(InputError, match="two classes"):
        learner.final_model(presume=False)
    with pytest.raises(InputError, match="two labelled rows of each class"):
        learner.final_model(threshold="f1")
    learner.teach(range(5, 9), ["yes"] * 4)
    assert not learner.trainable


def test_three_classes_presume_nothing():
    X = np.random.default_rng(0).normal(size=(500, 2))
    learner = ActiveLearner(Pool(X), [0, 1, 2], LogisticRegression(), minority=2)
    learner.teach(np.arange(30), np.arange(30) % 3)
    one, two = learner.final_model(), learner.final_model(presume=False)
    assert np.array_equal(one.coef_, two.coef_)


def test_probabilities_are_moved_to_the_share_of_positives_in_the_pool(searched):
    learner, X, y = searched
    shipped = learner.final_model()
    raw = shipped.estimator_
    off = abs(shipped.predict_proba(X)[:, 1].mean() - y.mean())
    assert off < 0.01
    assert off < 0.6 * abs(raw.predict_proba(X)[:, 1].mean() - y.mean())
    # The order of the rows is the model's own.
    assert (
        np.argsort(shipped.predict_proba(X)[:, 1]) == np.argsort(raw.predict_proba(X)[:, 1])
    ).all()


def test_classes_declared_in_another_order_are_moved_alike(searched):
    learner, X, _ = searched
    rows, labels = learner.labelled
    names = np.array(["common", "arare"])
    other = ActiveLearner(Pool(X), ["common", "arare"], LogisticRegression(), minority="arare")
    other.teach(rows, names[labels])
    shipped = other.final_model()
    rare = shipped.classes_.tolist().index("arare")
    ours = learner.final_model().predict_proba(X)[:, 1]
    assert shipped.predict_proba(X)[:, rare] == pytest.approx(ours)


def test_a_model_with_class_weights_keeps_its_probabilities():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(1000, 2))
    X[:20] += [3.0, 0.0]
    model = LogisticRegression(class_weight="balanced")
    learner = ActiveLearner(Pool(X), [0, 1], model, minority=1)
    hard = 20 + np.argsort(-X[20:, 0])[:20]
    learner.teach(np.concatenate([np.arange(20), hard]), np.repeat([1, 0], 20))
    assert isinstance(learner.final_model(), LogisticRegression)


def test_a_cut_is_moved_with_the_probabilities(searched):
    learner, X, _ = searched
    decided = learner.final_model(threshold="f1")
    P = decided.predict_proba(X)[:, 1]
    assert (decided.predict(X) == (decided.threshold <= P)).all()
    assert pytest.approx(learner.final_model().predict_proba(X)[:, 1]) == P


def test_a_model_that_corrects_its_own_prior_is_cut_like_any_other(searched):
    learner, X, _ = searched
    rows, labels = learner.labelled
    own = PriorCorrected(LogisticRegression(), prior={0: 0.9, 1: 0.1})
    cuts = []
    for model in (own, make_pipeline(own)):
        other = ActiveLearner(Pool(X), [0, 1], model, minority=1)
        other.teach(rows, labels)
        cuts.append(other.final_model(presume=False, threshold="f1").threshold)
    assert cuts[0] == cuts[1]


def test_it_tells_which_rows_it_presumed_negative(searched):
    learner, _, _ = searched
    rows, weight = learner.fit_final_model().presumed
    assert len(rows) == 300
    assert not set(rows.tolist()) & set(learner.labelled[0].tolist())
    assert weight == pytest.approx(120 / 300)
    assert not len(learner.fit_final_model(presume=False).presumed.rows)


def test_unlabelled_rows_are_predicted_once(searched):
    learner, _, _ = searched
    asked = []

    class Watched(LogisticRegression):
        def predict_proba(self, X):
            asked.append(len(X))
            return super().predict_proba(X)

    watched = ActiveLearner(learner.pool, [0, 1], Watched(), minority=1)
    watched.teach(*learner.labelled)
    watched.final_model(threshold="f1")
    assert asked.count(3000 - 120) == 1


def default_of(searched):
    given, X, y = searched
    learner = ActiveLearner(Pool(X), ["no", "yes"], minority="yes")
    rows, labels = given.labelled
    learner.teach(rows, np.where(labels == 1, "yes", "no"))
    return learner, X, y


@pytest.mark.parametrize("settings", [{}, {"threshold": "f1"}, {"presume": False}])
def test_a_clone_of_the_final_model_fits_anew(searched, settings):
    learner, X, _ = default_of(searched)
    shipped = learner.final_model(**settings)
    other = np.where(X[:, 1] > 1, "yes", "no")
    assert np.mean(shipped.predict(X) == other) < 0.9
    fitted = clone(shipped)
    with pytest.raises(NotFittedError):
        check_is_fitted(fitted)
    assert np.mean(fitted.fit(X, other).predict(X) == other) > 0.97


def test_the_recipe_is_the_final_model_before_its_fit(searched):
    learner, X, _ = default_of(searched)
    shipped, presumed = learner.fit_final_model()
    recipe = learner.recipe()
    assert repr(recipe) == repr(clone(shipped))
    rows, codes, weights = learner.training_set.examples(presumed)
    recipe.fit(X[rows], learner.classes[codes], sample_weight=weights)
    assert recipe.trained_prior_ == pytest.approx(shipped.trained_prior_)
    # The scaler saw the pool there, and these rows here.
    assert recipe.predict_proba(X) == pytest.approx(shipped.predict_proba(X), abs=0.1)


def test_a_recipe_holds_the_users_model_and_encodes_by_itself():
    texts = [f"sea boat {i % 9}a" for i in range(20)] + [f"town shop {i % 9}b" for i in range(380)]
    search = GridSearchCV(LogisticRegression(), {"C": [1, 10]})
    learner = ActiveLearner(Pool(texts), ["no", "yes"], search, minority="yes")
    before = learner.recipe()  # nothing is known of the shares of the classes
    assert [type(step).__name__ for _, step in before.steps] == ["FeatureUnion", "GridSearchCV"]
    learner.teach(range(6), ["yes"] * 6)
    inner = learner.recipe().estimator
    assert isinstance(inner[-1], GridSearchCV)
    assert not hasattr(inner[0], "vocabulary_")
    y = np.repeat(["yes", "no"], [20, 380])
    assert cross_val_score(learner.recipe(), texts, y).mean() > 0.95


def test_one_fit_is_enough_for_all_thresholds(searched):
    given, X, _ = searched
    fits = []

    class Counted(LogisticRegression):
        def fit(self, *args, **kwargs):
            fits.append(1)
            return super().fit(*args, **kwargs)

    told = []
    pool = Pool(X, progress=lambda what, done: told.append((what, done)))
    learner = ActiveLearner(pool, [0, 1], Counted(), minority=1)
    learner.teach(*given.labelled)
    for target in (None, "f1", "g_mean", Cost(1, 9)):
        learner.final_model(threshold=target)
    assert len(fits) == 6  # itself, and without each of five folds
    assert [done for what, done in told if what == "Held-out probabilities"][-1] == 1.0
    learner.teach([100], [0])
    learner.final_model()
    assert len(fits) == 7


def test_the_default_model_is_not_fitted_again_for_a_threshold(searched, monkeypatch):
    learner, X, y = default_of(searched)
    monkeypatch.setattr(TrainingSet, "hold_out", None)
    decided = learner.final_model(threshold="f1")
    assert f1_score(y, decided.predict(X) == "yes") > 0.6


@pytest.mark.parametrize(
    ("model", "refits"),
    [
        (LogisticRegression(), False),
        (make_pipeline(StandardScaler(), LogisticRegression()), False),
        (LogisticRegression(l1_ratio=1.0, solver="saga", max_iter=5000), True),
        (LogisticRegression(fit_intercept=False), True),
        (make_pipeline(SelectKBest(k=1), LogisticRegression()), True),
        (make_sampling_pipeline(RandomOverSampler(), LogisticRegression()), True),
    ],
)
@pytest.mark.filterwarnings("ignore:l1_ratio parameter")
def test_held_out_rows_are_known_without_a_fit_where_that_is_exact(searched, model, refits):
    given, X, _ = searched
    learner = ActiveLearner(Pool(X), [0, 1], model, minority=1)
    learner.teach(*given.labelled)
    training = learner.training_set
    fitted = training.fit(model)
    found = training.held_out_of(fitted, model)
    assert (found is None) == refits
    if not refits:
        again = training.hold_out(model, folds=60)
        assert found == pytest.approx(again, abs=0.03)


def test_the_final_model_tells_of_its_features(searched):
    given, X, _ = searched
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(X, columns=["length", "width"])
    model = make_pipeline(StandardScaler(), LogisticRegression())
    learner = ActiveLearner(Pool(frame), [0, 1], model, minority=1)
    learner.teach(*given.labelled)
    shipped = learner.final_model()
    assert isinstance(shipped, PriorCorrected)
    assert shipped.feature_names_in_.tolist() == ["length", "width"]
    assert shipped.n_features_in_ == 2
    assert shipped.get_feature_names_out().tolist() == ["length", "width"]
    assert shipped.coef_.shape == (1, 2)
    assert np.array_equal(shipped.intercept_, shipped.estimator_[-1][-1].intercept_)
    assert not hasattr(shipped, "feature_importances_")
    assert not hasattr(clone(shipped), "coef_")
    shipped.set_output(transform="pandas")
    assert list(shipped.estimator_[0].transform(frame).columns) == ["length", "width"]


def test_half_precision(searched):
    given, X, y = searched
    rows, labels = given.labelled
    learners = [ActiveLearner(Pool(A), [0, 1], minority=1) for A in (X, X.astype(np.float16))]
    for learner in learners:
        learner.teach(rows, labels)
        learner.query(3)
    full, half = (learner.final_model() for learner in learners)
    P = half.predict_proba(X.astype(np.float16))
    assert pytest.approx(full.predict_proba(X), abs=0.1) == P
    assert f1_score(y, half.predict(X.astype(np.float16))) > 0.4


def test_metadata_routing_does_not_stop_a_learner(searched):
    plain, X, _ = default_of(searched)
    expected = plain.final_model(threshold="f1")
    with sklearn.config_context(enable_metadata_routing=True):
        routed, _, _ = default_of(searched)
        found = routed.final_model(threshold="f1")
    assert np.array_equal(found.predict_proba(X), expected.predict_proba(X))


def test_mlflow_keeps_a_final_model(searched, tmp_path):
    mlflow = pytest.importorskip("mlflow")
    learner, X, _ = default_of(searched)
    shipped = learner.final_model()
    skops = pytest.importorskip("skops.io")
    trusted = skops.get_untrusted_types(data=skops.dumps(shipped))
    mlflow.sklearn.save_model(shipped, str(tmp_path / "m"), skops_trusted_types=trusted)
    found = mlflow.sklearn.load_model(str(tmp_path / "m"))
    assert np.array_equal(found.predict_proba(X), shipped.predict_proba(X))


def test_a_stack_gives_its_corrected_probabilities_once_it_is_fitted(searched):
    given, X, _ = searched
    stack = StackingClassifier([("a", LogisticRegression()), ("b", SVC())])
    assert not hasattr(stack, "predict_proba")
    learner = ActiveLearner(X, [0, 1], stack, minority=1)
    learner.teach(*given.labelled)
    model = learner.final_model()
    assert isinstance(model, PriorCorrected)
    assert np.array_equal(model.predict(X), model.predict_proba(X).argmax(axis=1))
    assert not hasattr(clone(model), "predict_proba")
