import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf
from sklearn.base import clone

from motherlode import ActiveLearner, InputError, Pool
from motherlode.models._neural import keras_network
from motherlode.models.keras import KerasClassifier

from .networks import bells, classifier, dense_keras

X, Y = bells()


@pytest.fixture(autouse=True)
def seeded():
    """Networks made in a test begin with the same weights in every run."""
    keras.utils.set_random_seed(0)


@keras.saving.register_keras_serializable("motherlode tests")
class Subclassed(keras.Model):
    def __init__(self, units=4, **settings):
        super().__init__(**settings)
        self.units = units
        self.hidden = keras.layers.Dense(units, activation="relu")
        self.head = keras.layers.Dense(2, activation="softmax")

    def call(self, inputs):
        return self.head(self.hidden(inputs))

    def get_config(self):
        return {"units": self.units}


def functional():
    rows = keras.Input((4,))
    return keras.Model(rows, keras.layers.Dense(2, activation="softmax")(rows))


def unbuilt():
    return keras.Sequential([keras.layers.Dense(2, activation="softmax")])


def compiled(network, loss="categorical_crossentropy"):
    network.compile("adam", loss, run_eagerly=True)
    return network


@pytest.mark.parametrize("make", [functional, Subclassed, unbuilt])
def test_networks_of_every_kind(make):
    model = KerasClassifier(compiled(make()), epochs=2, random_state=0).fit(X, Y)
    again = KerasClassifier(lambda: compiled(make()), epochs=2, random_state=0).fit(X, Y)
    assert model.predict_proba(X).shape == again.predict_proba(X).shape == (80, 2)
    assert model.embed(X).shape == (80, 4)


@pytest.mark.parametrize("outputs", [1, 2])
def test_one_unit_and_two_agree_on_what_they_learn(outputs):
    model = classifier("keras", outputs=outputs, epochs=20, eager=False)
    assert (model.fit(X, Y).predict(X) == Y).mean() > 0.9


def test_logits_are_known_by_the_loss_or_when_told():
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    for model in (
        KerasClassifier(dense_keras(activation=None, loss=loss, eager=False)),
        KerasClassifier(dense_keras(activation=None, eager=False), from_logits=True, loss="focal"),
    ):
        P = model.set_params(epochs=20, random_state=0).fit(X, Y).predict_proba(X)
        assert (P.argmax(axis=1) == Y).mean() > 0.9


def test_eager_and_graph_mode_agree():
    eager, graph = (
        KerasClassifier(dense_keras(eager=flag), epochs=3, weights="new", random_state=0)
        for flag in (True, False)
    )
    assert eager.fit(X, Y).predict_proba(X) == pytest.approx(
        graph.fit(X, Y).predict_proba(X), abs=1e-5
    )


def test_a_network_that_was_traced_for_another_fit_gives_the_same_answers():
    model = KerasClassifier(dense_keras(eager=False), epochs=2, weights="new", random_state=0)
    alone = clone(model).fit(X, Y).predict_proba(X)
    traced = keras_network._TRACED[model.network]
    other = clone(model).fit(X[:20], Y[:20])
    assert np.array_equal(clone(model).fit(X, Y).predict_proba(X), alone)
    assert keras_network._TRACED[model.network] is traced
    assert not np.array_equal(other.predict_proba(X), alone)


def test_frozen_layers_keep_their_weights_when_others_are_drawn_anew():
    network = dense_keras()
    network.layers[0].trainable = False
    network.compile("adam", "sparse_categorical_crossentropy", run_eagerly=True)
    model = KerasClassifier(network, weights="new", epochs=1, random_state=0).fit(X, Y)
    first, last = (model.network_.model.layers[i].get_weights()[0] for i in (0, -1))
    assert np.array_equal(first, network.layers[0].get_weights()[0])
    assert not np.allclose(last, network.layers[-1].get_weights()[0], atol=0.1)


def test_rows_take_the_shape_that_the_network_reads():
    image = keras.Sequential(
        [
            keras.Input((2, 2, 1)),
            keras.layers.Conv2D(2, 2),
            keras.layers.Flatten(),
            keras.layers.Dense(2, activation="softmax"),
        ]
    )
    model = KerasClassifier(compiled(image), epochs=1).fit(X, Y)
    assert model.predict_proba(X).shape == (80, 2)
    with pytest.raises(InputError, match="rows have 3 features and the network reads 4"):
        KerasClassifier(compiled(image), epochs=1).fit(X[:, :3], Y)


def test_pipelines_of_batches():
    model = classifier("keras").fit(X, Y)
    dataset = tf.data.Dataset.from_tensor_slices(X.astype("float32")).batch(32)

    class Pages(keras.utils.PyDataset):
        def __len__(self):
            return 3

        def __getitem__(self, page):
            return X[page * 30 : page * 30 + 30], Y[page * 30 : page * 30 + 30]

    for rows in (dataset, Pages()):
        assert model.predict_proba(rows) == pytest.approx(model.predict_proba(X), abs=1e-6)
        assert model.embed(rows).shape == (80, 8)


@pytest.mark.parametrize("loss", [None, "focal"])
def test_a_saved_network_comes_back_with_its_classes(loss, tmp_path):
    model = classifier("keras", loss=loss, class_weight="balanced", temperature=2.0)
    model.fit(X, np.array(["fine", "rare"])[Y]).save(tmp_path / "model.keras")
    back = KerasClassifier.load(tmp_path / "model.keras")
    assert np.array_equal(back.predict_proba(X), model.predict_proba(X))
    assert back.predict(X).tolist() == model.predict(X).tolist()
    bare = keras.saving.load_model(tmp_path / "model.keras")
    assert bare(X.astype("float32")).shape == (80, 2)
    model.network_.model.save(tmp_path / "bare.keras")
    with pytest.raises(InputError, match="holds a network and no classes"):
        KerasClassifier.load(tmp_path / "bare.keras")
    (tmp_path / "odd.keras").write_text("odd")
    for path, said in [("no.keras", "can't be read: No such"), ("odd.keras", "is no file that")]:
        with pytest.raises(InputError, match=said):
            KerasClassifier.load(tmp_path / path)
    with pytest.raises(InputError, match="can't be written: No such"):
        model.save(tmp_path / "nowhere" / "model.keras")
    with pytest.raises(InputError, match=r"should end in \.keras"):
        model.save(tmp_path / "model.h5")
    with pytest.raises(InputError, match="no trained network to save"):
        classifier("keras").save(tmp_path / "none.keras")


class Uncopied(keras.Model):
    def __init__(self):
        super().__init__()
        self.last = keras.layers.Dense(2, "softmax")

    def call(self, X):
        return self.last(X)


def of_two_inputs():
    inputs = [keras.Input((4,)), keras.Input((3,))]
    outputs = keras.layers.Dense(2, "softmax")(keras.layers.Concatenate()(inputs))
    return compiled(keras.Model(inputs, outputs))


def test_what_no_classifier_is_made_of():
    plain = keras.Sequential([keras.Input((4,)), keras.layers.Dense(2, activation="softmax")])
    for network, match in [
        (plain, "was not compiled; call model.compile"),
        (
            compiled(keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)]), "mse"),
            "regression",
        ),
        (
            compiled(keras.Sequential([keras.Input((4,)), keras.layers.Dense(2, "relu")])),
            "regression",
        ),
        ("network.keras", "give a compiled keras.Model"),
        (
            compiled,
            r"network is compiled, which cannot be called \(.*\); give a compiled keras.Model, or",
        ),
        (of_two_inputs(), r"fails on rows of shape \(8, 4\).* expects 2 named input"),
        (compiled(Uncopied()), r"cannot be copied \([^\n]*\); give it a get_config\(\), or hand"),
    ]:
        with pytest.raises(InputError, match=match):
            KerasClassifier(network, epochs=1).fit(X, Y)


def test_a_compiled_model_is_given_to_the_learner_as_it_is():
    learner = ActiveLearner(Pool(X), ["fine", "rare"], dense_keras(), minority="rare")
    assert isinstance(learner.model, KerasClassifier)
    learner.model.set_params(epochs=2)
    learner.query_model.set_params(epochs=2)
    learner.teach([int(Y.argmax())], ["rare"])  # one class
    first = learner.query(4).rows
    learner.teach(first, np.array(["fine", "rare"])[Y[first]])
    known = np.concatenate([np.flatnonzero(c == Y)[:3] for c in (0, 1)])
    learner.teach(known, np.array(["fine", "rare"])[Y[known]])
    assert learner.query(3).rows.tolist() == learner.query(3).rows.tolist()
    model = learner.final_model(threshold="f1")
    assert set(model.predict(X)) <= {"fine", "rare"}


TORCH_BACKEND = """
import os
os.environ["KERAS_BACKEND"] = "torch"
import numpy as np, pickle
import keras
assert keras.backend.backend() == "torch"
from motherlode import ActiveLearner
from motherlode.models import MCDropout
from motherlode.models.keras import KerasClassifier
from motherlode.strategies import BALD
from tests.models.neural.networks import bells, dense_keras
X, y = bells()
model = KerasClassifier(dense_keras(), epochs=3, weights="new", random_state=0)
first, again = (KerasClassifier(**model.get_params(deep=False)).fit(X, y) for _ in range(2))
P = first.predict_proba(X)
assert np.array_equal(P, again.predict_proba(X))
assert np.allclose(pickle.loads(pickle.dumps(first)).predict_proba(X), P, atol=1e-6)
assert first.embed(X).shape == (80, 8)
learner = ActiveLearner(X, [0, 1], dense_keras(), BALD(MCDropout(3)))
learner.query_model.set_params(epochs=2, loss="focal")
learner.teach(range(30), y[:30])
assert len(learner.query(3)) == 3
print("agreed")
"""


def test_keras_on_torch():
    done = subprocess.run(
        [sys.executable, "-c", TORCH_BACKEND], capture_output=True, text=True, check=False
    )
    assert done.stdout.strip().endswith("agreed"), done.stderr
