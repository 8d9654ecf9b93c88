"""Find a digit that is one image in a hundred with a PyTorch network.

``python examples/rare_digit_torch.py digit.svg`` needs the extras ``torch`` and
``plot``.
"""

from rare_digit import main
from torch import nn

from motherlode.models.torch import TorchClassifier


def make_model(epochs: int) -> TorchClassifier:
    """Build a small module that ends with two logits."""
    network = nn.Sequential(
        nn.Unflatten(1, (1, 8, 8)),
        nn.Conv2d(1, 16, 3),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(16 * 36, 32),
        nn.ReLU(),
        nn.Dropout(0.3),
        nn.Linear(32, 2),
    )
    return TorchClassifier(network, lr=0.003, epochs=epochs, weights="new")


if __name__ == "__main__":
    main(make_model, "A rare digit, one in 100, by a PyTorch network")
