"""PyTorch modules as classifiers, trained by skorch (extra ``torch``); loaded when used."""

from typing import Any

from .._rows.arrays import Floats
from ..errors import InputError
from ._neural.classifier import NetworkClassifier
from ._neural.losses import Objective
from ._neural.network import Network


class TorchClassifier(NetworkClassifier):
    """A PyTorch network as a scikit-learn classifier.

    Parameters
    ----------
    network : torch.nn.Module, class or function that makes one, or skorch net
        Ends with logits (or with ``nn.Softmax`` or ``nn.Sigmoid``), one for each class, or a
        single one for two classes. Rows reach it as float32, in the shape of the pool's. Of a
        skorch net the module, criterion, optimizer and their settings are used.
    classes : sequence, optional
        One for each output, in their order; by default those found in the labels. A learner
        tells its own.
    optimizer : torch optimizer class, optional
        By default Adam. A skorch net has its own.
    lr : float
        Learning rate; a skorch net has its own.
    epochs, batch_size : int, optional
        By default 50 and 32, or those of the skorch net.
    weights : {"auto", "given", "new", "warm"}
        As of `motherlode.models.keras.KerasClassifier`; what counts as never trained says
        `motherlode.models._neural.torch_network.untrained`. A class or function is called anew,
        under the seed, for each fit.
    from_logits : bool, optional
        Whether outputs are logits. By default what the last layer and the criterion say.
    loss : str, Focal, LogitAdjusted or None
        None is the log loss, or the skorch net's criterion; "focal" and "logit_adjusted" replace
        it.
    class_weight, balanced_batches, early_stopping, validation_fraction, patience
        As of `motherlode.models.keras.KerasClassifier`.
    temperature, verbose, random_state
        As there.

    Attributes
    ----------
    classes_ : ndarray of shape (k,)
    network_ : TorchNetwork or None
        The fitted copy (its ``module`` is the nn.Module); None if all labels were of one class.
    n_iter_ : int
    temperature_ : float

    Notes
    -----
    A fitted classifier pickles. ``torch.save(model.network_.module.state_dict(), path)`` keeps
    the weights alone.

    Examples
    --------
    >>> import numpy as np
    >>> from torch import nn
    >>> model = TorchClassifier(nn.Linear(2, 2), epochs=2, random_state=0)
    >>> model.fit(np.eye(2), ["no", "yes"]).predict_proba(np.eye(2)).shape
    (2, 2)
    """

    def __init__(
        self,
        network: Any,
        classes: Any = None,
        *,
        optimizer: Any = None,
        lr: float = 1e-3,
        epochs: int | None = None,
        batch_size: int | None = None,
        weights: str = "auto",
        from_logits: bool | None = None,
        loss: Any = None,
        class_weight: Any = None,
        balanced_batches: bool = False,
        early_stopping: bool = False,
        validation_fraction: float = 0.2,
        patience: int = 10,
        temperature: Any = 1.0,
        verbose: int = 0,
        random_state: Any = None,
    ) -> None:
        self.network = network
        self.classes = classes
        self.optimizer = optimizer
        self.lr = lr
        self.epochs = epochs  # type: ignore[assignment]
        self.batch_size = batch_size  # type: ignore[assignment]
        self.weights = weights
        self.from_logits = from_logits
        self.loss = loss
        self.class_weight = class_weight
        self.balanced_batches = balanced_batches
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.patience = patience
        self.temperature = temperature
        self.verbose = verbose
        self.random_state = random_state

    def _started(self, X: Floats, objective: Objective, seed: int) -> Network:
        torch_network = _network_module()
        settings: dict[str, Any] = {"lr": self.lr}
        settings["optimizer"] = self.optimizer or torch_network.torch.optim.Adam
        start: Network | None = self._earlier
        return torch_network.TorchNetwork(
            torch_network.net_of(self.network, settings), objective, self.from_logits, seed,
            new=self._anew, start=None if start is None else start.weights(),
        )  # fmt: skip

    def _epochs(self) -> int:
        return int(self.epochs or getattr(self.network, "max_epochs", None) or 50)

    def _batch_rows(self) -> int:
        size = self.batch_size or getattr(self.network, "batch_size", None) or 32
        return int(size) if size > 0 else 32


def _network_module() -> Any:
    try:
        from ._neural import torch_network
    except ImportError as error:
        raise InputError(
            f"A PyTorch model needs torch and skorch ({error.name or error} is missing): "
            'pip install "motherlode[torch]".'
        ) from None
    return torch_network
