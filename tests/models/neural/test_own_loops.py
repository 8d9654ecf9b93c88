"""Keras trains by its own ``fit`` and PyTorch by skorch's loop, with what the user set there."""

import pickle

import keras
import numpy as np
import pytest
import skorch
from sklearn.base import clone
from skorch.callbacks import EarlyStopping, EpochScoring
from skorch.dataset import Dataset, ValidSplit
from skorch.helper import predefined_split
from torch import nn

from motherlode import ActiveLearner, InputError
from motherlode.models.keras import KerasClassifier
from motherlode.models.torch import TorchClassifier

from .networks import bells, classifier, dense_keras, dense_torch

X, Y = bells()


class Noting(keras.callbacks.Callback):
    """Notes the epochs that it was told of."""

    def __init__(self):
        super().__init__()
        self.epochs = []

    def on_epoch_end(self, epoch, logs=None):
        self.epochs.append((epoch, sorted(logs)))


class SkorchNoting(skorch.callbacks.Callback):
    """Notes how many rows it was told of in each epoch, and its net."""

    epochs = 0

    def on_epoch_end(self, net, **kwargs):
        self.epochs += 1


def with_metrics(**settings):
    network = dense_keras()
    network.compile(
        keras.optimizers.Adam(0.05), "sparse_categorical_crossentropy", run_eagerly=True,
        metrics=["accuracy"], weighted_metrics=[keras.metrics.SparseCategoricalCrossentropy("xe")],
    )  # fmt: skip
    settings = {"epochs": 3, "weights": "new", "random_state": 0} | settings
    return KerasClassifier(network, **settings)


@pytest.mark.parametrize("loss", [None, "focal", "logit_adjusted"])
def test_compiled_metrics_are_in_the_history(loss):
    model = with_metrics(loss=loss, validation_split=0.2).fit(X, Y)
    names = {"loss", "accuracy", "xe"}
    assert set(model.history_) == names | {f"val_{name}" for name in names}
    assert [len(values) for values in model.history_.values()] == [3] * 6
    assert 0 <= model.history_["accuracy"][-1] <= 1


def test_callbacks_of_keras_are_called_in_every_clone():
    noting = Noting()
    model = with_metrics(callbacks=[noting])
    clone(model).fit(X, Y)
    assert noting.epochs == [(epoch, ["accuracy", "loss", "xe"]) for epoch in range(3)]
    other = pickle.loads(pickle.dumps(model.fit(X, Y)))
    assert np.array_equal(other.predict_proba(X), model.predict_proba(X))


def test_callbacks_are_called_when_a_learner_fits():
    noting = Noting()
    learner = ActiveLearner(X, [0, 1], with_metrics(callbacks=[noting]), "margin")
    learner.teach(range(30), Y[:30])
    learner.query(2)
    assert len(noting.epochs) >= 3


def test_arguments_of_one_fit_go_on_to_keras():
    noting, model = Noting(), with_metrics()
    held = X[60:], Y[60:]
    model.fit(
        X[:60], Y[:60], epochs=5, initial_epoch=3, batch_size=60, callbacks=[noting],
        class_weight={1: 2.0}, validation_data=held, validation_freq=2,
    )  # fmt: skip
    assert [epoch for epoch, _ in noting.epochs] == [3, 4]
    assert len(model.history_["val_loss"]) == 1
    assert model.epochs == 3
    weighted = with_metrics(class_weight={1: 2.0}).fit(X, Y).predict_proba(X)
    assert np.array_equal(
        with_metrics().fit(X, Y, class_weight={1: 2.0}).predict_proba(X), weighted
    )
    with pytest.raises(TypeError, match="pace"):
        model.fit(X, Y, pace=3)


def test_early_stopping_as_keras_spells_it():
    stopping = keras.callbacks.EarlyStopping(patience=2, restore_best_weights=True)
    noise = np.random.default_rng(0).integers(0, 2, 80)
    model = with_metrics(epochs=100, validation_split=0.2, callbacks=[stopping]).fit(X, noise)
    losses = model.history_["val_loss"]
    assert model.n_iter_ == len(losses) == int(np.argmin(losses)) + 3 < 100
    with pytest.raises(InputError, match="validation_split is 1"):
        with_metrics(validation_split=1.0).fit(X, Y)


def test_with_one_row_of_a_class_keras_watches_the_rows_trained_on():
    few = np.r_[np.flatnonzero(Y == 0)[:8], np.flatnonzero(Y)[:1]]
    stopping = keras.callbacks.EarlyStopping(patience=2, restore_best_weights=True)
    model = with_metrics(validation_split=0.2, callbacks=[stopping]).fit(X[few], Y[few])
    assert len(model.history_["val_loss"]) == 3


def test_a_learning_rate_that_a_callback_changed_starts_anew():
    slower = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate * 0.1)
    model = with_metrics(callbacks=[slower])
    first = model.fit(X, Y).predict_proba(X)
    assert np.array_equal(model.fit(X, Y).predict_proba(X), first)


def skorch_net(**settings):
    settings = {"criterion": nn.CrossEntropyLoss, "max_epochs": 4, "lr": 0.1} | settings
    return skorch.NeuralNetClassifier(dense_torch(), **settings)


def test_callbacks_and_the_split_of_a_skorch_net_are_its_own():
    noting = SkorchNoting()
    net = skorch_net(callbacks=[noting, EpochScoring("roc_auc", lower_is_better=False)])
    model = TorchClassifier(net, random_state=0).fit(X, Y)
    assert noting.epochs == model.n_iter_ == 4
    recorded = {"train_loss", "valid_loss", "valid_acc", "roc_auc"}
    assert recorded <= set(model.history_[-1])
    assert model.history_[:, "valid_acc"][-1] > 0.5
    net.set_params(train_split=None)
    assert "valid_loss" not in TorchClassifier(net, random_state=0).fit(X, Y).history_[-1]


def test_settings_of_the_classifier_take_the_place_of_a_nets():
    noting = SkorchNoting()
    model = TorchClassifier(skorch_net(), epochs=2, callbacks=[noting], random_state=0)
    assert clone(model).fit(X, Y).n_iter_ == noting.epochs == 2
    pickle.loads(pickle.dumps(clone(model).fit(X, Y)))
    assert model.fit(X, Y, epochs=3).n_iter_ == 3


def test_early_stopping_as_skorch_spells_it():
    noise = np.random.default_rng(0).integers(0, 2, 80)
    model = classifier(
        "torch", epochs=100, callbacks=[EarlyStopping(patience=2)],
        train_split=ValidSplit(4, stratified=True),
    ).fit(X, noise)  # fmt: skip
    assert model.n_iter_ < 100
    few = np.r_[np.flatnonzero(Y == 0)[:8], np.flatnonzero(Y)[:1]]
    assert "valid_loss" in clone(model).fit(X[few], Y[few]).history_[-1]


def test_rows_of_a_predefined_split_are_watched():
    held = Dataset(X[60:].astype("float32"), Y[60:])
    model = classifier("torch", train_split=predefined_split(held)).fit(X[:60], Y[:60])
    assert len(model.history_[:, "valid_loss"]) == 3


def test_a_net_for_two_classes_by_one_unit():
    net = skorch.NeuralNetBinaryClassifier(dense_torch(outputs=1), max_epochs=30, lr=0.1)
    model = TorchClassifier(net, random_state=0).fit(X, Y)
    assert (model.predict(X) == Y).mean() > 0.9
    assert model.history_[:, "valid_acc"][-1] > 0.5


def test_a_last_batch_of_one_row_does_not_stop_batch_normalisation():
    module = nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3), nn.Linear(3, 2))
    model = TorchClassifier(module, epochs=2, batch_size=8, random_state=0)
    rows = np.r_[np.flatnonzero(Y == 0)[:6], np.flatnonzero(Y)[:3]]
    model.fit(X[rows], Y[rows])
    assert model.predict_proba(X).shape == (80, 2)
