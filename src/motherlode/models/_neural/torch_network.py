"""A PyTorch module, trained by skorch's own loop."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from functools import partial
from threading import RLock
from typing import Any

import numpy as np
import skorch
import torch
from skorch.dataset import Dataset
from skorch.helper import predefined_split
from torch import nn
from torch.nn import functional
from torch.nn.modules.batchnorm import _NormBase
from torch.nn.modules.conv import _ConvNd
from torch.nn.parameter import is_lazy
from torch.utils.data import Subset

from ..._rows.arrays import Codes, Floats, Rows
from ...errors import InputError, first_line
from .losses import SMALLEST, Objective
from .network import Network, Weighed
from .rows import Batches

_STREAM = RLock()  # torch's random numbers are the process's own: one fit at a time
_PROBABILITIES = (nn.NLLLoss, nn.BCELoss)  # skorch takes the logarithm before NLLLoss
_REGRESSION = (nn.MSELoss, nn.L1Loss, nn.HuberLoss, nn.SmoothL1Loss, nn.PoissonNLLLoss)
_FOLDS = 5  # of skorch's own split


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Seed torch's random numbers, and put them back afterwards; one thread at a time."""
    with _STREAM, torch.random.fork_rng():
        torch.manual_seed(seed)
        yield


def net_of(settings: Any) -> Any:
    """Copy the skorch net that was handed in, or make one of a module or of what makes a module."""
    given = settings.network
    if not isinstance(given, skorch.NeuralNet):
        if not (isinstance(given, nn.Module) or callable(given)):
            raise InputError(f"The network is {given!r}; give a torch.nn.Module or a skorch net.")
        given = skorch.NeuralNetClassifier(
            given, criterion=nn.CrossEntropyLoss, optimizer=settings.optimizer or torch.optim.Adam,
            lr=settings.lr, max_epochs=50, batch_size=32, train_split=None,
        )  # fmt: skip
    if isinstance(given, skorch.NeuralNetRegressor) or _is(given.criterion, _REGRESSION):
        raise InputError(
            "The skorch net has a criterion of regression; give a classifier, as with "
            "criterion=torch.nn.CrossEntropyLoss."
        )
    # Callbacks are the user's own objects, so what they note is there to read after a fit.
    net = deepcopy(given, {id(given.callbacks): given.callbacks})
    for name in ("epochs", "batch_size", "callbacks", "train_split", "verbose"):
        if getattr(settings, name) is not None:
            setattr(net, name.replace("epochs", "max_epochs"), getattr(settings, name))
    return net


def _initialize(net: Any) -> None:
    """Make the module, the criterion and the optimizer of a net."""
    try:
        net.initialize()
    except (TypeError, ValueError) as error:
        raise InputError(
            f"The network or its optimizer cannot be made ({first_line(error).rstrip('.')}); give "
            "a module, or what makes one without arguments, and the class of an optimizer with "
            "settings that it takes."
        ) from error
    if not any(weight.requires_grad for weight in net.module_.parameters()):
        raise InputError("The network has no weight that can be trained; unfreeze its last layer.")


def _is(criterion: Any, kinds: tuple[type, ...]) -> bool:
    return issubclass(criterion if isinstance(criterion, type) else type(criterion), kinds)


class TorchNetwork(Network):
    """A copy of a classifier's module in a skorch net, with the weights that a fit starts from."""

    def __init__(self, settings: Any, seed: int) -> None:
        self.net = net_of(settings)
        with seeded(seed):
            _initialize(self.net)
            if settings._anew(partial(untrained, self.module)):
                _renew(self.module)
        self.batch_size = self.net.batch_size
        logits = settings.from_logits
        self.from_logits = _gives_logits(self.net) if logits is None else logits

    @property
    def module(self) -> Any:
        """The trained module."""
        return self.net.module_

    def held_out(
        self, X: Floats, codes: Codes, arguments: dict[str, Any], rng: np.random.Generator
    ) -> tuple[Rows, Rows] | None:
        """Hold out by the net's ``train_split``; None as well where that brings its own rows."""
        if self.net.train_split is None:
            return None
        counts = np.unique(codes, return_counts=True)[1]
        whole = np.arange(len(codes)), np.arange(0)
        try:
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", "The least populated class", UserWarning)
                kept, out = self.net.train_split(Dataset(X, codes), codes)
        except ValueError:
            if counts.min() >= _FOLDS:  # else no more than scikit-learn's word on too few rows
                raise
            kept, out = Subset(X, whole[0]), Subset(X, whole[1])
        if not isinstance(out, Subset):
            return None
        self.net.train_split = None  # done here, for the weights of the rows held out
        rows = np.asarray(kept.indices)
        lost = counts.min() < 2 or len(np.unique(codes[rows])) < len(counts)
        return whole if lost else (rows, np.asarray(out.indices))

    def fit(
        self, settings: Any, objective: Objective, seed: int, rows: Weighed, batches: Batches,
        held: Weighed | None, arguments: dict[str, Any],
    ) -> tuple[Any, list[float]]:  # fmt: skip
        """Train by the net's own loop, with its callbacks."""
        net = self.net
        for name in ("shuffle", "batch_size"):
            vars(net).pop(f"iterator_train__{name}", None)
        net.batch_size, net.iterator_train__sampler = batches.size, batches
        if held is not None and net.train_split is None:
            net.train_split = predefined_split(Dataset(*_fed(held)))
        if net.predict_nonlinearity == "auto":  # for callbacks that score
            net.predict_nonlinearity = partial(_probabilities, self.from_logits)
        if settings.loss is None and isinstance(settings.network, skorch.NeuralNet):
            net.criterion_.reduction = "none"
            losses: Any = partial(_own_losses, net)
        else:
            losses = partial(_losses, objective)
        net.infer, net.get_loss = partial(_infer, net), partial(_mean_loss, losses)
        with seeded(seed):
            net.partial_fit(*_fed(rows), **arguments)
        # What only training needs, and what may not pickle.
        del net.infer, net.get_loss, net.iterator_train__sampler
        net.train_split, net.callbacks, net.callbacks_ = None, None, []
        steps = net.history[:, "batches", :, "train_loss"]
        return net.history, [float(np.mean(epoch)) for epoch in steps]

    def weights(self) -> Any:
        """Copy all weights."""
        return deepcopy(self.module.state_dict())

    def restore(self, weights: Any) -> None:
        """Put weights back."""
        self.module.load_state_dict(weights)

    def _outputs(self, X: Floats) -> Floats:
        self.module.eval()
        # A tensor would share the memory of a mapped array, which cannot be written to.
        rows = torch.as_tensor(X if X.flags.writeable else X.copy()).to(self.net.device)
        with torch.inference_mode():
            outputs = self.module(rows)
        if not isinstance(outputs, torch.Tensor):
            raise InputError(
                f"The network gives a {type(outputs).__name__}; its forward must give one tensor "
                "of shape (rows, classes)."
            )
        return self._numpy(outputs)

    def _numpy(self, tensor: Any) -> Floats:
        return tensor.detach().cpu().numpy()

    def _layers(self, kind: str) -> list[Any]:
        drops = (nn.Dropout, nn.Dropout1d, nn.Dropout2d, nn.Dropout3d)
        wanted = nn.Linear if kind == "dense" else drops
        return [layer for layer in self.module.modules() if isinstance(layer, wanted)]

    def _watch(self, layer: Any, change: Callable[[Any, Any], Any]) -> Callable[[], None]:
        hook = layer.register_forward_hook(lambda _, inputs, outputs: change(inputs[0], outputs))
        return hook.remove

    def _dropped(self, layer: Any, outputs: Any, mask: Callable[..., Floats]) -> Any:
        shape = (1, *outputs.shape[1:])
        if not isinstance(layer, nn.Dropout):  # drops whole channels
            shape = (1, shape[1], *(1 for _ in shape[2:]))
        return outputs * torch.as_tensor(mask(shape, layer.p), device=outputs.device)


def _fed(rows: Weighed) -> tuple[dict[str, Floats], Codes]:
    """Return rows and their weights, as skorch hands both to `_infer` and `_mean_loss`."""
    X, codes, weights = rows
    return {"rows": X, "weights": weights.astype(np.float32)}, codes


def _infer(net: Any, x: Any, **arguments: Any) -> Any:
    """Do skorch's ``infer`` without the weights of rows."""
    weighed = isinstance(x, dict) and set(x) == {"rows", "weights"}
    return type(net).infer(net, x["rows"] if weighed else x, **arguments)


def _mean_loss(
    losses: Any, outputs: Any, target: Any, X: Any = None, training: bool = False
) -> Any:
    """Return the weighted mean of the losses of rows, as skorch's ``get_loss``."""
    own = losses(outputs.reshape(len(outputs), -1), target.long().to(outputs.device))
    if own.shape != target.shape:
        raise InputError(
            f"The criterion gave losses of shape {tuple(own.shape)} for {len(target)} rows; it "
            "must take reduction='none' and give one a row."
        )
    weights = X["weights"].to(own.device) if isinstance(X, dict) and "weights" in X else 1.0
    return (weights * own).mean()


def _own_losses(net: Any, outputs: Any, codes: Any) -> Any:
    """Return the losses of rows by the net's own criterion."""
    if outputs.shape[1] == 1:
        outputs, codes = outputs[:, 0], codes.to(outputs.dtype)
    return type(net).get_loss(net, outputs, codes)


def _losses(objective: Objective, outputs: Any, codes: Any) -> Any:
    """Return the log loss of rows, the focal loss or that of adjusted logits."""
    logs = _log_p(objective.from_logits, outputs)
    if objective.gamma:
        own = functional.nll_loss(logs, codes, reduction="none")
        sure = torch.exp(-own).clamp(0.0, 1.0 - 1e-7)  # a power of 0 has no gradient
        return (1.0 - sure) ** objective.gamma * own
    moved = torch.as_tensor(objective.adjustment, dtype=logs.dtype, device=logs.device)
    return functional.cross_entropy(logs + moved, codes, reduction="none")


def _log_p(from_logits: bool, outputs: Any) -> Any:
    """Return log probabilities of shape (n, k) from outputs, one unit for two classes."""
    if outputs.shape[1] == 1:
        rest = torch.zeros_like(outputs) if from_logits else 1.0 - outputs
        outputs = torch.cat([rest, outputs], dim=1)
    if from_logits:
        return functional.log_softmax(outputs, dim=1)
    return outputs.clamp_min(SMALLEST).log()


def _probabilities(from_logits: bool, outputs: Any) -> Any:
    return _log_p(from_logits, outputs.reshape(len(outputs), -1)).exp()


def _renew(module: Any) -> None:
    """Draw new weights for every layer that is learned and knows how to."""
    for layer in module.modules():
        own = _own(layer)
        draw = getattr(layer, "reset_parameters", getattr(layer, "_reset_parameters", None))
        # Attention has the underscore.
        if draw is not None and (not own or any(p.requires_grad for p in own)):
            draw()


def untrained(module: Any) -> bool:
    r"""Tell whether all that is trainable has the weights that it was made with.

    Linear and convolutional layers draw weights and biases evenly from
    :math:`\pm 1 / \sqrt{\text{inputs}}`, and the largest of *n* such comes within a share of
    20 / n of the bound in all but :math:`e^{-20}` of cases. A single step of training pushes
    some past it, and weights learned elsewhere end at bounds of their own. Normalisation starts
    from 1 and 0. Of layers of other kinds nothing is known, and the answer is no.
    """
    learned = [m for m in module.modules() if any(p.requires_grad for p in _own(m))]
    return bool(learned) and all(_as_made(layer) for layer in learned)


def _own(layer: Any) -> list[Any]:
    return list(layer.parameters(recurse=False))


def _as_made(layer: Any) -> bool:
    if any(is_lazy(p) for p in _own(layer)):
        return True
    if isinstance(layer, nn.Linear | _ConvNd):
        bound = float(layer.weight[0].numel() ** -0.5)
        largest = [(float(p.detach().abs().max()) / bound, p.numel()) for p in _own(layer)]
        return all(1.0 - 20.0 / n <= share <= 1.0 + 1e-6 for share, n in largest)
    if isinstance(layer, _NormBase | nn.LayerNorm | nn.GroupNorm):
        started = [(layer.weight, 1.0), (layer.bias, 0.0)]
        started.append((getattr(layer, "running_mean", None), 0.0))
        return all(t is None or bool((t == value).all()) for t, value in started)
    return False


def _gives_logits(net: Any) -> bool:
    """Tell by the last layer if that is a softmax or sigmoid, else by the criterion."""
    leaves = [m for m in net.module_.modules() if not list(m.children())]
    ends = bool(leaves) and isinstance(leaves[-1], nn.Softmax | nn.Sigmoid)
    return not (ends or _is(net.criterion, _PROBABILITIES))
