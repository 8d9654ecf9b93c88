"""PyTorch modules as classifiers, trained by skorch (extra ``torch``); loaded when used."""

from dataclasses import dataclass
from typing import Any

from .._rows.arrays import Floats
from ._neural.classifier import NetworkClassifier, framework


@dataclass(eq=False, repr=False)
class TorchClassifier(NetworkClassifier):
    """A PyTorch network as a scikit-learn classifier.

    Settings that are not listed here are those of `motherlode.models.keras.KerasClassifier`.

    Parameters
    ----------
    network : torch.nn.Module, class or function that makes one, or skorch net
        Ends with logits (or with ``nn.Softmax`` or ``nn.Sigmoid``), one for each class, or a
        single one for two classes. Rows reach it as float32, in the shape of the pool's. A
        class or function is called anew, under the seed, for each fit. A skorch net is trained
        as it is, but for `verbose`.
    optimizer : torch optimizer class, optional
        By default Adam. A skorch net has its own.
    lr : float
        Learning rate; a skorch net has its own.
    epochs, batch_size : int, optional
        By default 50 and 32, or the ``max_epochs`` and ``batch_size`` of the skorch net.
    callbacks, verbose
        As of skorch; callbacks are by default those of the skorch net.
    train_split : callable, optional
        As of skorch, such as ``ValidSplit(5, stratified=True)``, or that of the skorch net. Rows
        held out are weighted as in training. While a class has a single row none are, and
        ``valid_loss`` is that of the rows trained on.
    from_logits : bool, optional
        Whether outputs are logits. By default what the last layer and the criterion say.
    loss : str, Focal, LogitAdjusted or None
        None is the log loss, or the skorch net's criterion; the others replace it.

    Attributes
    ----------
    network_ : TorchNetwork or None
        The fitted copy (its ``module`` is the nn.Module); None if all labels were of one class.
    history_ : skorch.history.History

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

    optimizer: Any = None
    lr: float = 1e-3
    train_split: Any = None

    def _started(self, X: Floats, seed: int) -> Any:
        module = framework("torch_network", "PyTorch model needs torch and skorch", "torch")
        return module.TorchNetwork(self, seed)
