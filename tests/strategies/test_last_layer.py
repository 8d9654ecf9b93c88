import keras
import numpy as np
import pytest
import tensorflow as tf
import torch
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from motherlode import ActiveLearner, InputError
from motherlode.learner._candidates_near_labels import SEALS, AnchorAL, LastLayerRows
from motherlode.pool._points import standardised_points
from motherlode.strategies import KDE, LOF, Badge, KCentre, LastLayer, Margin, TypiClust
from motherlode.strategies._diversity import _GradientEmbeddings
from motherlode.strategies._last_layer import embed
from tests.models.neural.networks import FRAMEWORKS, bells, classifier

X, Y = bells()
X3, Y3 = bells((40, 20, 20))
either = pytest.mark.parametrize("framework", FRAMEWORKS)


def started(model, strategy="margin", data=X, y=Y, **settings):
    classes = sorted(set(y.tolist()))
    learner = ActiveLearner(data, classes, model, strategy, minority=classes[-1], **settings)
    rows = start(y)
    learner.teach(rows, y[rows])
    return learner


def start(y):
    return np.concatenate([np.flatnonzero(y == c)[:5] for c in np.unique(y)])


def view_of(learner):
    return learner._view(learner.unlabelled, 5)


def keras_gradient(network, x):
    """Of the log loss at the network's own guess, in the weights of its last layer: (k, d)."""
    with tf.GradientTape() as tape:
        p = network(x[None].astype("float32"), training=False)
        loss = -tf.math.log(tf.reduce_max(p))
    return tape.gradient(loss, network.layers[-1].kernel.value).numpy().T


def torch_gradient(module, x):
    module.zero_grad()
    logits = module(torch.as_tensor(x[None], dtype=torch.float32))
    torch.nn.functional.cross_entropy(logits, logits.argmax(dim=1)).backward()
    return module[-1].weight.grad.numpy().copy()


@either
@pytest.mark.parametrize("setting", [{}, {"class_weight": "balanced", "temperature": 3.0}])
def test_badge_embeds_by_the_exact_gradient_of_the_last_layer(framework, setting):
    model = classifier(framework, outputs=3, **setting)
    learner = started(model, data=X3, y=Y3, query_model=model)
    view = view_of(learner)
    found = _GradientEmbeddings.of(view)
    network = view.model.estimator.network_
    for i in range(0, len(view), 7):
        x = X3[view.rows[i]]
        exact = (
            keras_gradient(network.model, x)
            if framework == "keras"
            else torch_gradient(network.module, x)
        )
        ours = np.outer(found.residuals[i], found.vectors[i])
        assert ours == pytest.approx(exact, abs=1e-5)
        assert found.squares[i] == pytest.approx((exact**2).sum(), abs=1e-5)
    apart = found.squared_distance(3)
    g = found.residuals[:, :, None] * found.vectors[:, None, :]
    assert apart == pytest.approx(((g - g[3]) ** 2).sum(axis=(1, 2)), abs=1e-5)


@either
def test_probabilities_and_embeddings_come_of_one_pass(framework, monkeypatch):
    view = view_of(started(classifier(framework)))
    network, passes = view.model.estimator.network_, []
    forward = network.forward
    monkeypatch.setattr(network, "forward", lambda X, **how: passes.append(1) or forward(X, **how))
    Badge().utilities(view)
    assert len(passes) == 1


@either
def test_geometry_is_that_of_the_embeddings(framework):
    learner = started(classifier(framework))
    view = view_of(learner)
    places = standardised_points(view.model.estimator.embed(X))
    inner = embed(view)
    assert inner.points == pytest.approx(places[view.rows], abs=1e-5)
    assert inner.pool.vectors is inner.pool.points
    assert inner.probabilities == pytest.approx(view.probabilities)
    distance = np.linalg.norm(places[view.rows][:, None] - places[start(Y)], axis=2).min(axis=1)
    best = LastLayer(KCentre()).utilities(view).argmax()
    assert distance[best] == pytest.approx(distance.max(), rel=1e-4)


@pytest.mark.parametrize("base", [KCentre(), TypiClust(), LOF(), KDE(), Margin()], ids=str)
def test_any_strategy_of_geometry_works_there(base):
    for data, model in [
        (X, classifier("torch")),
        (csr_matrix(np.where(X > 0.5, X, 0)), classifier("torch")),
        (X, make_pipeline(StandardScaler(), classifier("torch"))),
    ]:
        first, again = (started(model, LastLayer(base), data).query(4) for _ in range(2))
        assert first.rows.tolist() == again.rows.tolist()
        assert first.reasons[0].startswith("last layer: ")
        assert not set(first.rows) & set(start(Y))
    assert str(LastLayer(base)) == f"LastLayer({base})"


@pytest.mark.parametrize("base", [AnchorAL(3, 5, 20), SEALS(5)], ids=str)
def test_candidates_near_the_labels_there(base):
    learner = started(classifier("torch"), candidates=LastLayerRows(base))
    view = view_of(learner)
    rows = LastLayerRows(base).rows(view)
    assert set(rows) <= set(view.rows)
    assert not np.array_equal(rows, base.rows(view))
    assert set(learner.query(4).rows) <= set(rows)


def test_before_there_is_a_network_the_points_are_the_pools():
    learner = ActiveLearner(X, [0, 1], classifier("torch"), LastLayer(KCentre()), minority=1)
    plain = ActiveLearner(X, [0, 1], classifier("torch"), KCentre(), minority=1)
    assert learner.query(3).rows.tolist() == plain.query(3).rows.tolist()


def test_other_models_have_no_last_layer():
    with pytest.raises(InputError, match="LastLayer needs a network as the query model"):
        started(LogisticRegression(), LastLayer(KCentre())).query(3)
    with pytest.raises(InputError, match="give a strategy"):
        LastLayer("k_centre")


def test_a_network_without_a_dense_layer_says_so():
    layers = keras.layers
    network = keras.Sequential(
        [keras.Input((4, 1)), layers.Conv1D(2, 4), layers.Flatten(), layers.Softmax()]
    )
    network.compile("sgd", "sparse_categorical_crossentropy", run_eagerly=True)
    with pytest.raises(InputError, match="no dense layer"):
        started(network, "badge").query(2)
