import numpy as np
import pytest
import skorch
import torch
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import nn

from motherlode import ActiveLearner, InputError, Pool
from motherlode.models.torch import TorchClassifier

from .networks import bells, dense_torch

X, Y = bells()


@pytest.fixture(autouse=True)
def seeded():
    """Modules made in a test begin with the same weights in every run."""
    torch.manual_seed(0)


class Hidden(nn.Module):
    def __init__(self, units=6):
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(4, units), nn.ReLU(), nn.Linear(units, 2))

    def forward(self, X):
        return self.layers(X)


class Probable(Hidden):
    def forward(self, X):
        return torch.softmax(super().forward(X), dim=1)


class Penalised(skorch.NeuralNetClassifier):
    """Penalises the output weights, as skorch's documentation shows."""

    def get_loss(self, *args, **kwargs):
        return super().get_loss(*args, **kwargs) + 0.3 * self.module_.layers[-1].weight.abs().sum()


def nets():
    return {
        "class": Hidden,
        "function": lambda: Hidden(3),
        "module": Hidden(),
        "softmax": nn.Sequential(nn.Linear(4, 2), nn.Softmax(dim=1)),
        "one unit": nn.Sequential(nn.Linear(4, 1)),
        "sigmoid": nn.Sequential(nn.Linear(4, 1), nn.Sigmoid()),
        "skorch": skorch.NeuralNetClassifier(
            Hidden, criterion=nn.CrossEntropyLoss, max_epochs=30, lr=0.1, module__units=5
        ),
        "skorch of probabilities": skorch.NeuralNetClassifier(Probable, max_epochs=30, lr=0.1),
        "skorch smoothed": skorch.NeuralNetClassifier(
            Hidden, criterion=nn.CrossEntropyLoss, criterion__label_smoothing=0.1, max_epochs=30,
            lr=0.1,
        ),
        "skorch with a criterion that is made": skorch.NeuralNetClassifier(
            Hidden, criterion=nn.CrossEntropyLoss(label_smoothing=0.1), max_epochs=30, lr=0.1
        ),
    }  # fmt: skip


@pytest.mark.parametrize("kind", nets())
def test_networks_of_every_kind_learn(kind):
    net = nets()[kind]
    epochs = None if isinstance(net, skorch.NeuralNet) else 60
    model = TorchClassifier(net, epochs=epochs, lr=0.03, random_state=0).fit(X, Y)
    assert (model.predict(X) == Y).mean() > 0.9
    assert model.n_iter_ == (epochs or 30)
    again = TorchClassifier(net, epochs=epochs, lr=0.03, random_state=0).fit(X, Y)
    assert np.array_equal(again.predict_proba(X), model.predict_proba(X))


def test_a_loss_of_a_skorch_net_is_used():
    settings = {"criterion": nn.CrossEntropyLoss, "max_epochs": 30, "lr": 0.1}
    plain, penalised = (
        TorchClassifier(kind(Hidden, **settings), random_state=0).fit(X, Y).network_.module
        for kind in (skorch.NeuralNetClassifier, Penalised)
    )
    plain, penalised = plain.layers[-1].weight, penalised.layers[-1].weight
    assert penalised.abs().sum() < 0.5 * plain.abs().sum()


def test_the_settings_of_a_skorch_net_are_used():
    model = TorchClassifier(nets()["skorch"], random_state=0).fit(X, Y)
    assert model.embed(X).shape == (80, 5)
    assert not np.allclose(
        model.predict_proba(X),
        TorchClassifier(nets()["skorch smoothed"], random_state=0).fit(X, Y).predict_proba(X),
        atol=0.01,
    )


@pytest.mark.parametrize("net", ["module", "skorch"])
def test_a_network_is_given_to_the_learner_as_it_is(net):
    learner = ActiveLearner(Pool(X), ["fine", "rare"], nets()[net], minority="rare")
    assert isinstance(learner.model, TorchClassifier)
    learner.model.set_params(epochs=2)
    learner.query_model.set_params(epochs=2)
    learner.teach([int(Y.argmax()), int(Y.argmin())], ["rare", "fine"])
    assert len(learner.query(3)) == 3
    assert set(learner.final_model().predict(X)) <= {"fine", "rare"}


def test_frozen_layers_keep_their_weights_when_others_are_drawn_anew():
    network = dense_torch()
    network[0].requires_grad_(False)
    model = TorchClassifier(network, weights="new", epochs=1, random_state=0).fit(X, Y)
    assert torch.equal(model.network_.module[0].weight, network[0].weight)
    assert not torch.allclose(model.network_.module[-1].weight, network[-1].weight, atol=0.05)


def test_other_streams_of_torch_go_on_as_if_nothing_were():
    torch.manual_seed(0)
    alone = torch.rand(3)
    torch.manual_seed(0)
    TorchClassifier(dense_torch().eval(), epochs=1).fit(X, Y)
    torch.manual_seed(0)
    network = dense_torch()
    torch.manual_seed(0)
    TorchClassifier(network, epochs=1, weights="new").fit(X, Y)
    assert torch.equal(torch.rand(3), alone)


def test_what_no_classifier_is_made_of():
    for network, match in [
        (skorch.NeuralNetRegressor(Hidden), "criterion of regression"),
        (skorch.NeuralNet(Hidden, nn.MSELoss), "criterion of regression"),
        (3, "give a torch.nn.Module or a skorch net"),
        (nn.Linear(4, 3), "3 outputs and there are 2 classes"),
        (nn.Linear, r"cannot be made \(Linear.__init__\(\) missing"),
        (nn.Linear(7, 2), r"fails on rows of shape \(8, 4\) of float32 \(mat1 and mat2"),
        (nn.Linear(4, 2).double(), "must have the same dtype"),
        (nn.Linear(4, 2).requires_grad_(False), "no weight that can be trained"),
        (nn.LSTM(4, 2), "gives a tuple; its forward must give one tensor"),
    ]:
        with pytest.raises(InputError, match=match):
            TorchClassifier(network, epochs=1).fit(X, Y)


def test_a_network_in_a_pipeline_is_to_be_wrapped():
    pipeline = make_pipeline(StandardScaler(), nn.Linear(4, 2))
    with pytest.raises(InputError, match="no class; wrap its network in KerasClassifier or"):
        ActiveLearner(X, [0, 1], pipeline)
