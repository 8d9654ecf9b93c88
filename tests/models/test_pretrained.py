"""The pretrained classifier: what it sees, and what it must not depend on.

The network here has random weights, so nothing that is learnt can hide a dependence.
"""

import pickle
import tracemalloc
from functools import wraps

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_array
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from motherlode import ActiveLearner, Pool
from motherlode._round.training_set import Presumption
from motherlode.errors import InputError
from motherlode.models import PretrainedClassifier, SkillWeighted, fit_classifier
from motherlode.models._default import default_model
from motherlode.models._held_out import held_out_of_fit, held_out_probabilities
from motherlode.models._pretrained import _classifier
from motherlode.models._pretrained._directions import learn_directions, turn
from motherlode.models._pretrained._features import NEGATIVE, POSITIVE, UNLABELLED, WIDTH
from motherlode.models._pretrained._forward import Network
from motherlode.strategies import ContinuousLearning


def drawn_weights(width=16, layers=2, heads=2, seed=0):
    """Weights of a small network, drawn at random."""
    rng = np.random.default_rng(seed)
    shapes = {"enter": (width, WIDTH), "leave": (1, width)}
    for k in range(layers):
        shapes |= {f"layers.{k}.{name}": (width, width) for name in ("query", "key", "value")}
        shapes |= {f"layers.{k}.out": (width, 3 * width)}
        shapes |= {f"layers.{k}.up": (2 * width, width), f"layers.{k}.down": (width, 2 * width)}
    weights = {"state.weight": rng.normal(size=(3, width)), "heads": np.array(heads)}
    for name, (out, into) in shapes.items():
        weights[f"{name}.weight"] = rng.normal(size=(out, into)) / np.sqrt(into)
        weights[f"{name}.bias"] = rng.normal(size=out) * 0.1
    for name in ["norm", *(f"layers.{k}.norm{i}" for k in range(layers) for i in (1, 2))]:
        weights[f"{name}.weight"], weights[f"{name}.bias"] = np.ones(width), np.zeros(width)
    return weights


@pytest.fixture
def network(monkeypatch):
    """A network of random weights in the place of the one in the package."""
    made = Network(drawn_weights())
    monkeypatch.setattr(_classifier, "load_network", lambda: made)
    return made


def table(rows=120, columns=6, seed=0):
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(rows, columns))
    X[:, 0] += np.where(np.arange(rows) < 9, 2.0, 0.0)
    return X, (np.arange(rows) < 9).astype(int), np.arange(rows) >= 40


def odds(X, y, presumed, rows):
    return PretrainedClassifier().fit(X, y, presumed=presumed).decision_function(rows)


def test_the_order_of_rows_says_nothing(network):
    X, y, presumed = table()
    order = np.random.default_rng(1).permutation(len(X))
    z = odds(X, y, presumed, X)
    assert z.std() > 0.05
    assert odds(X[order], y[order], presumed[order], X) == pytest.approx(z, abs=1e-4)
    assert odds(X, y, presumed, X[order]) == pytest.approx(z[order], abs=1e-4)


def test_the_order_the_unit_and_the_sign_of_columns_say_nothing(network):
    X, y, presumed = table()
    z = odds(X, y, presumed, X)
    rng = np.random.default_rng(2)
    order = rng.permutation(X.shape[1])
    turned = (X * rng.choice([-3.0, 5.0], X.shape[1]) + 7.0)[:, order]
    assert odds(turned, y, presumed, turned) == pytest.approx(z, abs=2e-3)


def test_names_and_order_of_labels_say_nothing(network):
    X, y, presumed = table()
    z = odds(X, y, presumed, X)
    assert odds(X, np.where(y == 1, "a", "b"), presumed, X) == pytest.approx(-z)
    even, one = X[:18], y[:18]
    z = odds(even, one, None, X)
    assert odds(even, 1 - one, None, X) == pytest.approx(-z)


def test_three_classes_are_told_apart_in_any_order(network):
    X, y, _ = table()
    three = np.where(np.arange(len(X)) % 7 == 3, 2, y)
    model = PretrainedClassifier().fit(X, three)
    P = model.predict_proba(X)
    assert P.sum(axis=1) == pytest.approx(1.0)
    names = np.array(["z", "y", "x"])[three]
    assert PretrainedClassifier().fit(X, names).predict_proba(X) == pytest.approx(P[:, ::-1])


def test_rows_are_scored_alike_alone_and_together(network):
    X, y, presumed = table()
    model = PretrainedClassifier().fit(X, y, presumed=presumed)
    many = np.random.default_rng(3).normal(size=(5_000, 6))
    z = model.decision_function(many)
    assert model.decision_function(many[4_090:4_100]) == pytest.approx(z[4_090:4_100], abs=1e-4)
    assert model.decision_function(many.astype(np.float32)) == pytest.approx(z, abs=1e-3)


@pytest.mark.parametrize("columns", [1, 2, 33, 200])
@pytest.mark.parametrize("positives", [1, 3])
def test_any_number_of_columns_from_one_positive_on(network, columns, positives):
    X, _, presumed = table(columns=columns)
    y = np.arange(len(X)) < positives
    P = PretrainedClassifier().fit(X, y, presumed=presumed).predict_proba(X)
    assert np.isfinite(P).all()
    assert P[:, 1].std() > 0


def test_missing_values_and_columns_of_one_value(network):
    X, y, presumed = table()
    X[::3, 1], X[:, 2], X[:, 3], X[5:, 4] = np.nan, 4.0, np.nan, np.nan
    z = odds(X, y, presumed, X)
    assert np.isfinite(z).all()
    assert z.std() > 0.05
    assert np.isfinite(odds(X, y, presumed, np.full((2, 6), np.nan))).all()


def test_categories_are_read_by_the_pool(network):
    rng = np.random.default_rng(4)
    frame = pd.DataFrame({"kind": rng.choice(list("abc"), 80), "size": rng.normal(size=80)})
    learner = ActiveLearner(Pool(frame), ["no", "yes"], PretrainedClassifier(), minority="yes")
    learner.teach([0, 1, 2], ["yes", "no", "no"])
    assert len(learner.query(3)) == 3
    assert learner.final_model().predict_proba(frame.head()).shape == (5, 2)


def test_without_a_row_of_a_second_class_it_says_so(network):
    with pytest.raises(ValueError, match="There is one class alone"):
        PretrainedClassifier().fit(np.eye(3), [1, 1, 1])


def test_presumed_rows_are_unlabelled_to_the_network(network):
    X, y, presumed = table()
    model = PretrainedClassifier().fit(X, y, presumed=presumed)
    (look,) = model._looks.values()
    assert (look.states[y == 1] == POSITIVE).all()
    assert (look.states[presumed] == UNLABELLED).all()
    assert (look.states[~presumed & (y == 0)] == NEGATIVE).all()


def test_the_class_that_is_not_presumed_is_looked_for_also_if_it_is_commoner(network):
    X, y, _ = table(30)
    presumed = np.arange(30) >= 20
    model = PretrainedClassifier().fit(X, y == 0, presumed=presumed)
    assert list(model._looks) == [0]
    most = np.arange(30) < 20
    assert list(PretrainedClassifier().fit(X, most, presumed=presumed)._looks) == [1]


def test_presumed_is_one_value_for_each_row():
    with pytest.raises(
        InputError, match=r"presumed has shape \(2,\); give one value for each of 3"
    ):
        PretrainedClassifier().fit(np.eye(3), [0, 1, 0], presumed=[True, False])


def test_a_row_of_weight_zero_is_left_out(network):
    X, y, presumed = table()
    kept = np.arange(len(X)) % 4 > 0
    model = PretrainedClassifier().fit(X, y, sample_weight=kept * 0.3, presumed=presumed)
    assert model.decision_function(X) == pytest.approx(odds(X[kept], y[kept], presumed[kept], X))


def test_of_many_rows_the_labelled_and_rare_ones_are_kept(network):
    X, y, presumed = table(3_000)
    model = PretrainedClassifier(random_state=0).fit(X, y, presumed=presumed)
    (look,) = model._looks.values()
    assert [int((look.states == s).sum()) for s in (POSITIVE, NEGATIVE)] == [9, 31]
    assert len(look.states) == 1_000
    again = PretrainedClassifier(random_state=0).fit(X, y, presumed=presumed)
    assert np.array_equal(again.decision_function(X[:50]), model.decision_function(X[:50]))


@pytest.mark.parametrize("presumed", [False, True])
@pytest.mark.parametrize("positive", [0, 1])
def test_where_a_class_alone_would_fill_what_is_kept_all_others_have_rows_too(
    network, positive, presumed
):
    X = np.random.default_rng(0).normal(size=(2500, 2))
    is_negative = np.arange(2500) >= 1200
    y = is_negative ^ bool(positive)
    model = PretrainedClassifier(0).fit(X, y, presumed=is_negative if presumed else None)
    for look in model._looks.values():
        assert len(look.states) == 1_000
        assert (look.states == POSITIVE).sum() == 500
    assert np.isfinite(model.predict_proba(X[:5])).all()


def test_huge_numbers_are_read(network):
    X = np.random.default_rng(0).normal(size=(50, 2)) * 1e300
    assert np.isfinite(PretrainedClassifier().fit(X, np.arange(50) < 5).predict_proba(X)).all()


def test_memory_does_not_grow_with_the_rows_scored_but_for_the_result(network):
    X, y, presumed = table()
    model = PretrainedClassifier().fit(X, y, presumed=presumed)
    many = np.random.default_rng(5).normal(size=(20_000, 6)).astype(np.float32)
    model.decision_function(many[:10])

    def peak(rows):
        tracemalloc.start()
        model.decision_function(many[:rows])
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return most

    # The result, and what it is made of, are some numbers a row.
    assert peak(20_000) - peak(5_000) < 15_000 * 8 * 6


def test_texts_are_turned_to_latent_directions(network):
    rng = np.random.default_rng(6)
    X = csr_array(rng.poisson(0.1, size=(90, 300)).astype(np.float64))
    y = (np.arange(90) < 5).astype(int)
    model = PretrainedClassifier().fit(X, y)
    z = model.decision_function(X)
    assert np.isfinite(z).all()
    assert z.std() > 0.01
    empty = csr_array((90, 300))
    assert np.isfinite(PretrainedClassifier().fit(empty, y).decision_function(empty)).all()


def test_directions_of_sparse_rows_keep_all_angles_of_few_rows():
    X = csr_array(np.random.default_rng(7).poisson(0.2, size=(40, 60)).astype(np.float64))
    ours, theirs = turn(X, learn_directions(X)), X.toarray()
    lengths = np.linalg.norm(theirs, axis=1)
    assert ours @ ours.T == pytest.approx(theirs @ theirs.T / np.outer(lengths, lengths))


def test_it_is_cloned_and_pickled(network):
    X, y, presumed = table()
    model = PretrainedClassifier(random_state=3).fit(X, y, presumed=presumed)
    assert clone(model).get_params() == {"random_state": 3}
    again = pickle.loads(pickle.dumps(model))
    assert np.array_equal(again.predict_proba(X), model.predict_proba(X))
    assert len(pickle.dumps(model)) < 1_000_000  # the weights stay in the package
    assert model.classes_.tolist() == [0, 1]


@pytest.mark.parametrize("sparse", [False, True])
def test_a_file_without_code_holds_estimators_and_arrays_alone(network, sparse):
    io = pytest.importorskip("skops.io")
    X, y, presumed = table()
    X = csr_array(np.abs(X)) if sparse else X
    model = PretrainedClassifier().fit(X, y, presumed=presumed)
    data = io.dumps(model)
    names = io.get_untrusted_types(data=data)
    assert all(name.endswith(".PretrainedClassifier") for name in names)
    again = io.loads(data, trusted=names)
    assert np.array_equal(again.predict_proba(X), model.predict_proba(X))


def unlabelled(model):
    """Which rows of a fit are unlabelled to the network."""
    (look,) = model._looks.values()
    return look.states == UNLABELLED


def test_a_learner_tells_which_rows_it_presumed_negative(network, toy):
    learner = ActiveLearner(Pool(toy.data), [0, 1], PretrainedClassifier(), minority=1)
    rows = toy.some(3)
    learner.teach(rows, toy.y[rows])
    assert set(learner.query(5).rows).isdisjoint(rows)
    training = learner.training_set
    presumed = training.presume(Presumption(50), np.random.default_rng(0))
    told = unlabelled(training.fit(learner.model, presumed).estimator)
    assert told.tolist() == [False] * len(rows) + [True] * len(presumed.rows)


def test_it_is_shown_as_much_of_the_pool_however_many_rows_are_labelled(network, toy, monkeypatch):
    shown, fit = [], PretrainedClassifier.fit

    @wraps(fit)
    def note(self, X, y, sample_weight=None, presumed=None):
        shown.append(0 if presumed is None else int(np.sum(presumed)))
        return fit(self, X, y, sample_weight, presumed)

    monkeypatch.setattr(PretrainedClassifier, "fit", note)
    learner = ActiveLearner(
        Pool(toy.data), [0, 1], PretrainedClassifier(), minority=1, strategy=ContinuousLearning()
    )
    rows = np.union1d(np.arange(80), toy.some(3))
    learner.teach(rows, toy.y[rows])
    assert "with 100 rows presumed negative" in learner.query(5).reasons[0]
    assert shown[-1] == 100


def test_a_pipeline_and_a_member_are_told_and_others_are_not(network):
    X, y, presumed = table()
    classes, line = np.array([0, 1]), LogisticRegression()
    piped = make_pipeline(StandardScaler(), PretrainedClassifier())
    fitted = fit_classifier(piped, X, y, classes, 0, presumed=presumed)
    assert np.array_equal(unlabelled(fitted.estimator[-1]), presumed)
    several = SkillWeighted([("line", line), ("network", PretrainedClassifier())], judged_from=2)
    fitted = fit_classifier(several, X, y, classes, 0, np.ones(len(X)), presumed=presumed)
    assert np.array_equal(unlabelled(fitted.estimator.estimators_[1]), presumed)
    assert set(fitted.estimator.skills_) == {"line", "network"}
    assert held_out_of_fit(fitted, X, y, None, presumed).shape == (len(X), 2)
    assert fit_classifier(line, X, y, classes, 0, presumed=presumed).n_labels == len(X)


def test_its_skill_is_that_of_rows_held_out_with_their_states(network):
    X, y, presumed = table()
    classes, model = np.array([0, 1]), PretrainedClassifier()
    held = held_out_probabilities(model, X, y, classes, folds=3, presumed=presumed)
    assert not np.allclose(held, held_out_probabilities(model, X, y, classes, folds=3))


def test_it_is_a_member_of_the_default_model(network, toy):
    own = default_model(Pool(toy.data))
    own.set_params(
        estimators=[*own.estimators, ("network", PretrainedClassifier())], first_weights=None
    )
    learner = ActiveLearner(Pool(toy.data), [0, 1], own, minority=1)
    rows = toy.some(3)
    learner.teach(rows, toy.y[rows])
    assert len(learner.query(5)) == 5
    assert learner.final_model().predict_proba(toy.data[:3]).shape == (3, 2)
