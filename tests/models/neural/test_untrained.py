"""A network that was never trained starts by the seed; any other keeps its weights."""

import json
import subprocess
import sys

import keras
import numpy as np
import pytest
import torch
from torch import nn

from motherlode import ActiveLearner
from motherlode.models._neural import keras_network, torch_network
from motherlode.models.keras import KerasClassifier
from motherlode.models.torch import TorchClassifier

from .networks import bells, dense_keras, dense_torch

X, Y = bells()


def test_a_keras_network_is_known_by_its_biases_and_steps():
    network = dense_keras()
    assert keras_network.untrained(network)
    network.train_on_batch(X[:8].astype("float32"), Y[:8])
    assert not keras_network.untrained(network)
    loaded = dense_keras()
    loaded.set_weights(network.get_weights())  # as from a file: its optimizer made no step
    assert not keras_network.untrained(loaded)
    for layer in loaded.layers[:-1]:
        layer.trainable = False
    loaded.layers[-1].set_weights([np.ones((8, 2)), np.zeros(2)])
    assert keras_network.untrained(loaded)  # all that is trainable: frozen layers stay anyway


def test_keras_embeddings_that_were_brought_are_kept():
    network = keras.Sequential(
        [keras.Input((4,)), keras.layers.Embedding(9, 3), keras.layers.Flatten(),
         keras.layers.Dense(2, "softmax")]
    )  # fmt: skip
    network.compile("adam", "sparse_categorical_crossentropy")
    assert keras_network.untrained(network)
    network.layers[0].set_weights([np.full((9, 3), 0.3)])
    assert not keras_network.untrained(network)


def test_a_torch_module_is_known_by_the_bounds_of_its_weights():
    for seed in range(20):
        torch.manual_seed(seed)
        module = nn.Sequential(
            nn.Conv1d(1, 8, 3), nn.BatchNorm1d(8), nn.Flatten(), dense_torch(16, 5)
        )
        assert torch_network.untrained(module)
    before = [p.detach().clone() for p in module.parameters()]
    optimizer = torch.optim.Adam(module.parameters(), 1e-3)
    module(torch.randn(8, 1, 4)).square().sum().backward()
    optimizer.step()
    assert not torch_network.untrained(module)
    with torch.no_grad():
        for p, old in zip(module.parameters(), before, strict=True):
            p.copy_(0.5 * old)  # within the bounds, and far from them
    assert not torch_network.untrained(module)
    assert not torch_network.untrained(nn.Embedding(3, 2))  # nothing is known of it


@pytest.mark.parametrize("framework", ["keras", "torch"])
def test_what_was_trained_is_gone_on_from(framework):
    """With a learning rate of nothing, the answers are those of the weights handed in."""
    if framework == "keras":
        network = dense_keras(dropout=0.0)
        network.layers[-1].bias.assign([0.0, 50.0])
        network.optimizer.learning_rate = 0.0
        model = KerasClassifier(network, epochs=1, random_state=0)
    else:
        network = dense_torch(dropout=0.0)
        with torch.no_grad():
            network[-1].bias.copy_(torch.tensor([0.0, 50.0]))
        model = TorchClassifier(network, lr=0.0, epochs=1, random_state=0)
    assert model.fit(X, Y).predict_proba(X)[:, 1].min() > 0.5


def test_what_a_layer_learned_of_the_data_is_kept():
    scale = keras.layers.Normalization()
    scale.adapt(X.astype("float32") * 100 + 7)
    network = keras.Sequential(
        [keras.Input((4,)), scale, keras.layers.Dense(2, "softmax", name="head")]
    )
    network.compile("sgd", "sparse_categorical_crossentropy", run_eagerly=True)
    for weights in ("given", "new"):
        model = KerasClassifier(network, epochs=1, weights=weights, random_state=0).fit(X, Y)
        rows = X[:5].astype("float32")
        assert model.embed(rows) == pytest.approx(np.asarray(scale(rows)), abs=1e-5)


def test_a_network_compiled_anew_is_trained_anew():
    network = dense_keras(dropout=0.0)
    model = KerasClassifier(network, epochs=1, random_state=0)
    first = model.fit(X, Y).predict_proba(X)
    network.optimizer.learning_rate = 0.0
    assert not np.allclose(model.fit(X, Y).predict_proba(X), first)


def ask(network):
    learner = ActiveLearner(X, [0, 1], network, "margin", seed=5)
    learner.query_model.set_params(epochs=2)
    learner.teach(range(30), Y[:30])
    return learner.query(8).utilities.tolist()


ANOTHER_PROCESS = """
from tests.models.neural.test_untrained import ask, dense_keras, dense_torch
print([ask(dense_keras()), ask(dense_torch())])
"""


def test_the_learners_seed_settles_all_in_every_process():
    command = [sys.executable, "-c", ANOTHER_PROCESS]
    there = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert json.loads(there) == [ask(dense_keras()), ask(dense_torch())]
