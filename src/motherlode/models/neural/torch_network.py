"""A PyTorch module, trained by skorch's own loop."""

import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from functools import partial
from threading import Lock, RLock, get_ident
from typing import Any

import numpy as np
import skorch
import torch
from sklearn.base import clone
from skorch.dataset import Dataset, ValidSplit
from skorch.helper import predefined_split
from torch import nn
from torch.nn import functional
from torch.nn.modules.batchnorm import _NormBase
from torch.nn.modules.conv import _ConvNd
from torch.nn.modules.dropout import _DropoutNd
from torch.nn.parameter import is_lazy
from torch.utils.data import Subset

from ...arrays import Codes, Floats, Rows
from ...errors import InputError
from .losses import SMALLEST, Objective
from .network import Masks, Network, Weighed
from .rows import Batches

_STREAM = RLock()  # torch's random numbers are the process's own: one fit at a time
_LOGITS = (nn.CrossEntropyLoss, nn.BCEWithLogitsLoss)
_PROBABILITIES = (nn.NLLLoss, nn.BCELoss)  # skorch takes the logarithm before NLLLoss
_REGRESSION = (nn.MSELoss, nn.L1Loss, nn.HuberLoss, nn.SmoothL1Loss, nn.PoissonNLLLoss)
_FOLDS = 5


def net_of(given: Any, settings: dict[str, Any], optimizer: Any, lr: float) -> Any:
    """An unfitted skorch net of what was handed in: a net, a module, or what makes a module.

    Parameters
    ----------
    given : skorch.NeuralNet, nn.Module, class of one, or callable
    settings : dict
        Of the net, in place of its own.
    optimizer, lr
        For a net of our own making.

    Raises
    ------
    InputError
        If it is none of these, or trained with a criterion of regression.
    """
    if not isinstance(given, skorch.NeuralNet):
        if not (isinstance(given, nn.Module) or callable(given)):
            raise InputError(f"The network is {given!r}; give a torch.nn.Module or a skorch net.")
        given = skorch.NeuralNetClassifier(
            given, criterion=nn.CrossEntropyLoss, optimizer=optimizer or torch.optim.Adam, lr=lr,
            max_epochs=50, batch_size=32, train_split=None,
        )  # fmt: skip
    if isinstance(given, skorch.NeuralNetRegressor) or _is(given.criterion, _REGRESSION):
        raise InputError(
            "The skorch net has a criterion of regression; give a classifier, as with "
            "criterion=torch.nn.CrossEntropyLoss."
        )
    # Callbacks are the user's own objects: what they note is there to read after a fit, and keeps
    # scikit-learn from cloning them.
    own = {"callbacks": given.callbacks, "train_split": given.train_split} | settings
    copied = {
        name: clone(value, safe=False)
        for name, value in given.get_params(deep=False).items()
        if name not in own
    }
    return type(given)(**copied, **own)


def _is(criterion: Any, kinds: tuple[type, ...]) -> bool:
    if isinstance(criterion, type):
        return issubclass(criterion, kinds)
    return isinstance(criterion, kinds)


class Objected(nn.Module):
    """The criterion of a net: an objective's loss of rows, each with a weight.

    Parameters
    ----------
    objective : Objective
    from_logits : bool
    criterion : callable, optional
        From outputs and classes to a loss a row, in place of the log loss.
    """

    def __init__(
        self, objective: Objective, from_logits: bool, criterion: Callable[..., Any] | None
    ) -> None:
        super().__init__()
        self.objective, self.from_logits, self.criterion = objective, from_logits, criterion
        self.weights: Any = None  # of the rows that the module read last

    def forward(self, outputs: Any, target: Any) -> Any:
        """The mean loss."""
        codes, outputs = target.long(), outputs.reshape(len(outputs), -1)
        weights = 1.0 if self.weights is None else self.weights.to(outputs.device)
        if self.criterion is not None:
            losses = self.criterion(outputs, codes)
            if losses.shape != codes.shape:
                raise InputError(
                    f"The criterion gave losses of shape {tuple(losses.shape)} for {len(codes)} "
                    "rows; it must take reduction='none' and give one a row."
                )
            return (weights * losses).mean()
        return (weights * _losses(self.objective, log_p(outputs, self.from_logits), codes)).mean()


def log_p(outputs: Any, from_logits: bool) -> Any:
    """Log probabilities of shape (n, k) from outputs, one unit for two classes."""
    if outputs.shape[1] == 1 and from_logits:
        return torch.cat([functional.logsigmoid(-outputs), functional.logsigmoid(outputs)], dim=1)
    if from_logits:
        return functional.log_softmax(outputs, dim=1)
    if outputs.shape[1] == 1:
        outputs = torch.cat([1.0 - outputs, outputs], dim=1)
    return outputs.clamp_min(SMALLEST).log()


def _probabilities(from_logits: bool, outputs: Any) -> Any:
    """What the net's own ``predict_proba`` answers, as for a callback that scores."""
    return log_p(outputs.reshape(len(outputs), -1), from_logits).exp()


def _infer(net: Any, x: Any, **params: Any) -> Any:
    """The ``infer`` of skorch, which hands the weights of rows to the criterion on the way."""
    weighed = isinstance(x, dict) and set(x) == {"rows", "weights"}
    net.criterion_.weights = x["weights"] if weighed else None
    return type(net).infer(net, x["rows"] if weighed else x, **params)


def _losses(objective: Objective, logs: Any, codes: Any) -> Any:
    if objective.gamma:
        own = functional.nll_loss(logs, codes, reduction="none")
        sure = torch.exp(-own).clamp(0.0, 1.0 - 1e-7)  # a power of 0 has no gradient
        return (1.0 - sure) ** objective.gamma * own
    moved = torch.as_tensor(objective.adjustment, dtype=logs.dtype, device=logs.device)
    return functional.cross_entropy(logs + moved, codes, reduction="none")


def _criterion(net: Any) -> Callable[..., Any] | None:
    """The net's own criterion, a row at a time; None where it is the plain log loss."""
    settings = net.get_params_for("criterion")
    kind = net.criterion
    if not isinstance(kind, type):
        plain = type(kind)(reduction="none") if isinstance(kind, _LOGITS + _PROBABILITIES) else None
        if plain is not None and repr(vars(plain)) == repr(vars(kind) | {"reduction": "none"}):
            return None
        raise InputError("Give the skorch net's criterion as a class and not as an object.")
    if not settings and kind in _LOGITS + _PROBABILITIES:
        return None
    made = kind(**settings | {"reduction": "none"})

    def of_rows(outputs: Any, codes: Any) -> Any:
        if isinstance(made, nn.NLLLoss):
            return made(outputs.clamp_min(SMALLEST).log(), codes)
        if outputs.shape[1] == 1:
            return made(outputs[:, 0], codes.to(outputs.dtype))
        return made(outputs, codes)

    return of_rows


class TorchNetwork(Network):
    """A copy of a module inside a skorch net, trained for an objective.

    Parameters
    ----------
    net : skorch.NeuralNet
        From `net_of`.
    objective : Objective
    from_logits : bool or None
        None asks the criterion and the last layer.
    seed : int
    new : callable
        From whether the module may never have been trained, a function, to whether trainable
        layers get new weights.
    start : weights, optional
        To start from.
    """

    def __init__(
        self, net: Any, objective: Objective, from_logits: bool | None, seed: int, *,
        new: Callable[[Callable[[], bool]], bool], start: Any = None,
    ) -> None:  # fmt: skip
        self.net, self._lock = net, Lock()
        with _STREAM, torch.random.fork_rng():
            torch.manual_seed(seed)
            net.initialize()
            if new(lambda: untrained(net.module_)):
                _renewed(net.module_)
            self._random = torch.random.get_rng_state()
        if start is not None:
            net.module_.load_state_dict(start)
        self.from_logits = _gives_logits(net) if from_logits is None else from_logits
        criterion = None if objective.loss is not None else _criterion(net)
        # Past set_params, which would hand the settings of the net's own criterion on.
        net.criterion_ = Objected(objective, self.from_logits, criterion).to(net.device)
        net.module_.eval()

    @property
    def module(self) -> Any:
        """The trained module."""
        return self.net.module_

    def held_out(
        self, X: Floats, codes: Codes, arguments: dict[str, Any], always: bool,
        rng: np.random.Generator,
    ) -> tuple[Rows, Rows] | None:  # fmt: skip
        """By the net's ``train_split``; None as well where that brings rows of its own."""
        split = self.net.train_split or (ValidSplit(_FOLDS, stratified=True) if always else None)
        if split is None:
            return None
        counts = np.unique(codes, return_counts=True)[1]
        whole = np.arange(len(codes)), np.arange(0)
        try:
            with warnings.catch_warnings():
                warnings.filterwarnings("ignore", "The least populated class", UserWarning)
                kept, out = split(Dataset(X, codes), codes)
        except ValueError:
            if counts.min() < _FOLDS:  # no more than scikit-learn's word on too few rows
                return whole
            raise
        if not isinstance(out, Subset):
            return None
        rows = np.asarray(kept.indices)
        lost = counts.min() < 2 or len(np.unique(codes[rows])) < len(counts)
        return whole if lost else (rows, np.asarray(out.indices))

    def batch_rows(self, arguments: dict[str, Any]) -> int:
        """The net's own size; -1 is skorch's word for all rows."""
        return int(arguments.pop("batch_size", self.net.batch_size))

    def train(
        self, rows: Weighed, batches: Batches, held: Weighed | None, arguments: dict[str, Any]
    ) -> tuple[Any, list[float]]:
        """The net's own loop, with its callbacks."""
        net = self.net
        net.batch_size = batches.size
        for name in ("shuffle", "batch_size"):
            net.__dict__.pop(f"iterator_train__{name}", None)
        net.iterator_train__sampler = batches
        if held is not None:
            net.train_split = predefined_split(Dataset(*_fed(held)))
        if net.predict_nonlinearity == "auto":
            net.predict_nonlinearity = partial(_probabilities, self.from_logits)
        net.infer = partial(_infer, net)
        with _STREAM, torch.random.fork_rng():
            torch.random.set_rng_state(self._random)
            net.partial_fit(*_fed(rows), **arguments)
        net.module_.eval()
        # What only training needs, and what may not pickle.
        del net.__dict__["infer"], net.__dict__["iterator_train__sampler"]
        net.criterion_.weights = net.train_split = net.callbacks = None
        net.callbacks_ = []
        steps = [[step.get("train_loss") for step in epoch["batches"]] for epoch in net.history]
        return net.history, [float(np.mean([x for x in own if x is not None])) for own in steps]

    def forward(
        self, X: Floats, *, masks: Masks | None = None, tap: bool = False
    ) -> tuple[Floats, Floats | None]:
        """As in prediction, with dropout masks if any are given."""
        self.module.eval()
        # A tensor would share the memory of a mapped array, which cannot be written to.
        rows = torch.as_tensor(X if X.flags.writeable else X.copy()).to(self.net.device)
        with torch.inference_mode():
            if masks is None and not tap:
                return _numpy(self.module(rows)), None
            with self._lock, _watched(self.module, masks) as read:
                outputs = _numpy(self.module(rows))
        if tap and "last" not in read:
            raise InputError("The network has no linear layer whose input could be its embedding.")
        return outputs, _numpy(read["last"]).reshape(len(outputs), -1) if tap else None

    def weights(self) -> Any:
        """A copy of all weights."""
        return deepcopy(self.module.state_dict())

    def restore(self, weights: Any) -> None:
        """Put weights back."""
        self.module.load_state_dict(weights)

    @property
    def dropouts(self) -> int:
        """How many dropout layers there are."""
        return len(_dropouts(self.module))

    def __getstate__(self) -> dict[str, Any]:
        return {k: v for k, v in self.__dict__.items() if k != "_lock"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, _lock=Lock())


def _fed(rows: Weighed) -> tuple[dict[str, Floats], Codes]:
    X, codes, weights = rows
    return {"rows": X, "weights": weights.astype(np.float32)}, codes


def _renewed(module: Any) -> None:
    """New weights for every layer that is learned and knows how to draw them."""
    for layer in module.modules():
        own = _own(layer)
        learned = not own or any(p.requires_grad for p in own)
        draw = getattr(layer, "reset_parameters", getattr(layer, "_reset_parameters", None))
        if learned and draw is not None:  # attention has the underscore
            draw()


def untrained(module: Any) -> bool:
    r"""Whether all that is trainable has the weights that it was made with, as far as can be told.

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
    """By the last layer if that is a softmax or sigmoid, else by the criterion."""
    leaves = [m for m in net.module_.modules() if not list(m.children())]
    if leaves and isinstance(leaves[-1], nn.Softmax | nn.Sigmoid):
        return False
    return not _is(net.criterion, _PROBABILITIES)


def _numpy(tensor: Any) -> Floats:
    return np.asarray(tensor.detach().cpu().numpy())


def _dropouts(module: Any) -> list[Any]:
    kinds = (nn.Dropout, nn.Dropout1d, nn.Dropout2d, nn.Dropout3d)
    return [m for m in module.modules() if isinstance(m, _DropoutNd) and isinstance(m, kinds)]


@contextmanager
def _watched(module: Any, masks: Masks | None) -> Iterator[dict[str, Any]]:
    """Dropout layers multiply by masks, and linear layers note what they read, in this thread."""
    read: dict[str, Any] = {}
    thread = get_ident()

    def noting(layer: Any, inputs: Any) -> None:
        if get_ident() == thread:
            read["last"] = inputs[0]

    def masked(place: int) -> Callable[[Any, Any, Any], Any]:
        def times_mask(layer: Any, inputs: Any, output: Any) -> Any:
            if get_ident() != thread or not layer.p:
                return output
            shape = (1, *output.shape[1:])
            if not isinstance(layer, nn.Dropout):  # drops whole channels
                shape = (1, shape[1], *(1 for _ in shape[2:]))
            mask = masks(place, shape, layer.p)  # type: ignore[misc]
            return output * torch.as_tensor(mask, device=output.device)

        return times_mask

    linear = [m for m in module.modules() if isinstance(m, nn.Linear)]
    hooks = [m.register_forward_pre_hook(noting) for m in linear]
    if masks is not None:
        dropouts = enumerate(_dropouts(module))
        hooks += [m.register_forward_hook(masked(place)) for place, m in dropouts]
    try:
        yield read
    finally:
        for hook in hooks:
            hook.remove()
