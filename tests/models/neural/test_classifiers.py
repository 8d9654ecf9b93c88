"""What both kinds of classifier promise; what is particular to one is in a file of its own."""

import copy
import pickle

import numpy as np
import pytest
import skorch
from keras.callbacks import EarlyStopping
from scipy.sparse import csr_matrix
from sklearn.base import clone, is_classifier
from sklearn.calibration import CalibratedClassifierCV
from sklearn.model_selection import GridSearchCV, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from skorch.dataset import ValidSplit

from motherlode import InputError
from motherlode.models import Focal, fit_classifier

from .networks import FRAMEWORKS, bells, classifier

X, Y = bells()
either = pytest.mark.parametrize("framework", FRAMEWORKS)


@either
def test_it_learns_and_answers_in_the_names_of_its_classes(framework):
    model = classifier(framework, epochs=30, eager=False).fit(X, np.array(["fine", "rare"])[Y])
    P = model.predict_proba(X)
    assert model.classes_.tolist() == ["fine", "rare"]
    assert P.sum(axis=1) == pytest.approx(np.ones(len(X)))
    assert (model.predict(X) == np.array(["fine", "rare"])[Y]).mean() > 0.9
    assert is_classifier(model)


@either
def test_a_clone_keeps_every_setting_and_shares_the_network(framework):
    model = classifier(framework, class_weight={0: 2.0}, loss=Focal(1.0), verbose=0)
    other = clone(model)
    assert other.network is model.network
    ours, theirs = model.get_params(deep=False), other.get_params(deep=False)
    assert {k: v for k, v in ours.items() if k != "network"} == {
        k: v for k, v in theirs.items() if k != "network"
    }


@either
def test_results_repeat_under_a_seed_and_leave_other_streams_alone(framework):
    np.random.seed(3)  # noqa: NPY002
    before = np.random.get_state()[1].copy()  # noqa: NPY002
    first, again = (classifier(framework).fit(X, Y).predict_proba(X) for _ in range(2))
    other = classifier(framework, random_state=1).fit(X, Y).predict_proba(X)
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert np.array_equal(before, np.random.get_state()[1])  # noqa: NPY002


@either
def test_one_class_is_the_answer_for_every_row(framework):
    model = classifier(framework, classes=["a", "b"]).fit(X[:3], ["b"] * 3)
    assert model.predict_proba(X[:2]).tolist() == [[0, 1], [0, 1]]
    assert model.predict(X[:2]).tolist() == ["b", "b"]
    assert len(model.embed(X[:2])) == 2


@either
def test_declared_classes_without_rows_have_a_column(framework):
    model = classifier(framework, outputs=3, classes=["z", "m", "a"])
    P = model.fit(X, np.array(["z", "a"])[Y]).predict_proba(X)
    assert P.shape == (80, 3)
    assert P[:, 1].max() < 0.5
    for setting in ({"class_weight": "balanced"}, {"balanced_batches": True}):
        assert np.isfinite(
            clone(model).set_params(**setting).fit(X, np.array(["z", "a"])[Y]).predict_proba(X)
        ).all()


@either
def test_it_never_changes_the_network_that_was_handed_in(framework):
    model = classifier(framework, weights="given")
    before = weights_of(model.network)
    model.fit(X, Y)
    assert all(np.array_equal(a, b) for a, b in zip(before, weights_of(model.network), strict=True))


def weights_of(network):
    if hasattr(network, "get_weights"):
        return network.get_weights()
    return [p.detach().numpy().copy() for p in network.parameters()]


@either
def test_where_a_fit_starts(framework):
    """With a learning rate of nothing a fit ends where it began."""
    settings = {"epochs": 1, "dropout": 0.0}
    model = classifier(framework, **settings)
    if framework == "keras":
        model.network.optimizer.learning_rate = 0.0
    else:
        model.set_params(lr=0.0)
    given = [clone(model).set_params(weights="given", random_state=s).fit(X, Y) for s in (0, 1)]
    new = [clone(model).set_params(weights="new", random_state=s).fit(X, Y) for s in (0, 1)]
    assert np.array_equal(given[0].predict_proba(X), given[1].predict_proba(X))
    assert not np.allclose(new[0].predict_proba(X), new[1].predict_proba(X))
    warm = clone(model).set_params(weights="warm").start_from(new[1]).fit(X, Y)
    assert np.array_equal(warm.predict_proba(X), new[1].predict_proba(X))


@either
def test_warm_fits_go_on_from_the_last(framework):
    model = classifier(framework, weights="warm", epochs=1)
    first = fit_classifier(model, X, Y, np.arange(2), 0)
    cold = fit_classifier(model, X, Y, np.arange(2), 0)
    warm = fit_classifier(model, X, Y, np.arange(2), 0, earlier=first)
    right = [f.predict_proba(X)[np.arange(80), Y].mean() for f in (cold, warm)]
    assert right[1] > right[0]


@either
@pytest.mark.parametrize(
    "setting",
    [
        {"class_weight": "balanced"},
        {"balanced_batches": True},
        {"loss": "logit_adjusted"},
        {"loss": "focal"},
        {"class_weight": {0: 1.0, 1: 30.0}},
    ],
    ids=str,
)
def test_probabilities_are_those_of_rows_as_they_came(framework, setting):
    """However the classes were weighed, the mean probability is the share among the rows."""
    data, y = bells((180, 20), seed=1, gap=1.0)
    model = classifier(framework, epochs=12, dropout=0.0, eager=False, **setting)
    found = model.fit(data, y).predict_proba(data)[:, 1].mean()
    assert 0.05 < found < 0.17


@either
def test_weights_of_rows_stand_for_copies_of_them(framework):
    """Two rows alike, of both classes: the weight decides."""
    rows, y = np.ones((2, 4)), [0, 1]
    heavy = classifier(framework, epochs=40, dropout=0.0, eager=False)
    P = heavy.fit(rows, y, sample_weight=[1.0, 9.0]).predict_proba(rows)
    assert P[0, 1] == pytest.approx(0.9, abs=0.05)


@either
def test_early_stopping_takes_the_best_weights_back(framework):
    noise = np.random.default_rng(0).integers(0, 2, 80)
    stopping = {
        "keras": lambda: {
            "callbacks": [EarlyStopping(patience=3, restore_best_weights=True)],
            "validation_split": 0.2,
        },
        "torch": lambda: {
            "callbacks": [skorch.callbacks.EarlyStopping(patience=3, load_best=True)],
            "train_split": ValidSplit(5, stratified=True),
        },
    }[framework]()
    model = classifier(
        framework, epochs=200, eager=False, **stopping
    ).fit(X, noise)  # fmt: skip
    assert 4 <= model.n_iter_ < 200


@either
def test_a_temperature_is_found_on_rows_held_out(framework):
    noise = np.random.default_rng(0).integers(0, 2, 80)
    epochs = {"keras": 25, "torch": 60}[framework]
    model = classifier(framework, epochs=epochs, dropout=0.0, temperature="held_out", eager=False)
    assert model.fit(X, noise).temperature_ > 1.0  # sure of noise


@either
def test_rows_in_any_container_get_the_same_answers(framework):
    model = classifier(framework).fit(csr_matrix(X), Y)
    P = model.predict_proba(X)
    assert model.predict_proba(csr_matrix(X)) == pytest.approx(P)
    batches = [X[:50].astype("float32"), (X[50:], Y[50:])]
    assert model.predict_proba(iter(batches)) == pytest.approx(P, abs=1e-6)


@either
def test_pickle_and_copy(framework):
    model = classifier(framework).fit(X, Y)
    for other in (pickle.loads(pickle.dumps(model)), copy.deepcopy(model)):
        assert np.array_equal(other.predict_proba(X), model.predict_proba(X))
        assert np.isfinite(clone(other).fit(X, Y).predict_proba(X)).all()
    assert pickle.loads(pickle.dumps(classifier(framework))).epochs == 3


@either
def test_in_the_company_of_scikit_learn(framework):
    model = classifier(framework, epochs=1, eager=False)
    for whole in (
        make_pipeline(StandardScaler(), model),
        CalibratedClassifierCV(model, cv=2),
        GridSearchCV(model, {"batch_size": [16]}, cv=2),
    ):
        fitted = fit_classifier(whole, X, Y, np.arange(2), 0)
        assert fitted.predict_proba(X).shape == (80, 2)
    assert cross_val_predict(model, X, Y, cv=2, method="predict_proba").shape == (80, 2)


@either
def test_embeddings_are_what_the_last_layer_reads(framework):
    model = classifier(framework).fit(X, Y)
    P, h = model.last_layer(X)
    assert h.shape == (80, 8)
    W, b = last_weights(model)
    z = h @ W + b
    by_hand = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    assert pytest.approx(by_hand, abs=1e-5) == P
    assert np.array_equal(model.embed(X), h)


def last_weights(model):
    if hasattr(model.network_, "model"):
        return model.network_.model.layers[-1].get_weights()
    layer = model.network_.module[-1]
    return layer.weight.detach().numpy().T, layer.bias.detach().numpy()


@either
def test_what_is_wrong_is_said_in_a_sentence(framework):
    def error(match, rows=X, y=Y, outputs=2, **settings):
        with pytest.raises(InputError, match=match) as found:
            classifier(framework, outputs=outputs, **settings).fit(rows, y)
        assert "\n" not in str(found.value)

    error("3 outputs and there are 2 classes", outputs=3)
    error("1 output and there are 3 classes", y=np.arange(80) % 3, outputs=1)
    error("X contains NaN", rows=np.where(X > 0, np.nan, X))
    error(r"loss is (nan|inf) in epoch 1", rows=1e38 * np.sign(X))
    error("weights is 'old'", weights="old")
    error("temperature is 0", temperature=0)
    error("epochs is -1", epochs=-1)
    error("label is 7, not one", classes=[0, 9], y=np.where(Y, 7, 0))
    model = classifier(framework).fit(X, Y)
    with pytest.raises(InputError, match=r"X has 3 features, but .* is expecting 4"):
        model.predict_proba(X[:, :3])
    # After an error the next fit is not held up.
    assert np.isfinite(clone(model).fit(X, Y).predict_proba(X)).all()


@either
def test_the_framework_says_how_it_goes_when_asked_to(framework, capsys):
    classifier(framework, epochs=2, verbose=2).fit(X, Y)
    assert "loss" in capsys.readouterr().out
    classifier(framework, epochs=2).fit(X, Y)
    assert not capsys.readouterr().out
