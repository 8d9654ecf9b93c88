"""Keras networks as classifiers (extras ``keras`` and ``tensorflow``); loaded when used."""

import json
import pickle
import zipfile
from os import PathLike
from typing import Any

import numpy as np

from ..arrays import Floats
from ..errors import InputError
from .neural.classifier import NetworkClassifier
from .neural.losses import Focal, LogitAdjusted, Objective
from .neural.network import Network
from .neural.rows import dense

_ENTRY = "motherlode.json"


class KerasClassifier(NetworkClassifier):
    """A Keras 3 network as a scikit-learn classifier, on whatever backend Keras runs.

    Parameters
    ----------
    network : keras.Model, or callable that returns one
        Compiled; sequential, functional or subclassed. It ends with a softmax, with one sigmoid
        unit for two classes, or with logits. Rows are given the shape that it reads, as from 64
        features to (8, 8, 1). A function is called once, without arguments.
    classes : sequence, optional
        One for each output, in their order; by default those found in the labels. A learner
        tells its own.
    epochs, batch_size, callbacks, verbose
        As of Keras' ``fit``, whose other arguments `fit` takes. Batches are always full; see
        `motherlode.models.neural.rows.Batches`. Callbacks are the user's own objects in all
        clones, and are called with the network that is trained.
    validation_split : float
        Share of the rows held out, stratified by class and weighted as in training. While a
        class has a single row none are, and ``val_loss`` is that of the rows trained on.
    weights : {"auto", "given", "new", "warm"}
        Where a fit starts: "given" is from the weights handed in; "new" from new ones for all
        that is trainable, drawn by the seed, while frozen layers keep theirs; "warm" from those
        of the last fit. "auto" is "new" for a network that was never trained, so that the seed
        settles all, and "given" for any other; see
        `motherlode.models.neural.keras_network.untrained`.
    from_logits : bool, optional
        Whether outputs are logits. By default what the loss was compiled with.
    loss : str, Focal, LogitAdjusted or None
        None trains on the compiled loss; "focal" and "logit_adjusted" replace it.
    class_weight : "balanced", dict or None
        Weights of the classes in the loss. A learner's query model goes without.
    balanced_batches : bool
        Whether each batch holds all classes in equal numbers.
    temperature : float or "held_out"
        What logits are divided by; "held_out" finds it on held-out rows, a fifth unless
        `validation_split` says otherwise.
    random_state : int, optional
        The same seed gives the same network.

    Attributes
    ----------
    classes_ : ndarray of shape (k,)
    network_ : KerasNetwork or None
        The fitted copy (its ``model`` is a keras.Model); None if all labels were of one class.
    history_ : dict
        What Keras recorded: a list of values an epoch for the loss and each compiled metric.
    n_iter_ : int
        Epochs trained.
    temperature_ : float

    Notes
    -----
    Weights of classes, balanced batches, focal loss and adjusted logits change what outputs mean;
    ``predict_proba`` takes that out, and answers for rows as they came.

    Examples
    --------
    >>> import keras, numpy as np
    >>> network = keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, "softmax")])
    >>> network.compile("adam", "sparse_categorical_crossentropy")
    >>> model = KerasClassifier(network, epochs=2, random_state=0)
    >>> model.fit(np.eye(2), ["no", "yes"]).predict_proba(np.eye(2)).shape
    (2, 2)
    """

    def __init__(
        self,
        network: Any,
        classes: Any = None,
        *,
        epochs: int = 50,
        batch_size: int = 32,
        callbacks: Any = None,
        validation_split: float = 0.0,
        verbose: Any = 0,
        weights: str = "auto",
        from_logits: bool | None = None,
        loss: Any = None,
        class_weight: Any = None,
        balanced_batches: bool = False,
        temperature: Any = 1.0,
        random_state: Any = None,
    ) -> None:
        self.network = network
        self.classes = classes
        self.epochs = epochs
        self.batch_size = batch_size
        self.callbacks = callbacks
        self.validation_split = validation_split
        self.verbose = verbose
        self.weights = weights
        self.from_logits = from_logits
        self.loss = loss
        self.class_weight = class_weight
        self.balanced_batches = balanced_batches
        self.temperature = temperature
        self.random_state = random_state

    def save(self, path: str | PathLike[str]) -> None:
        """Write the fitted network to a ``.keras`` file that Keras itself can open, too.

        Parameters
        ----------
        path : path ending in .keras

        Raises
        ------
        InputError
            If there is no network, since all labels were of one class.
        """
        if getattr(self, "network_", None) is None:
            raise InputError("There is no trained network to save; fit labels of two classes.")
        with _network_module().quiet():
            self.network_.model.save(path)
        kept = {
            "classes": self.classes_.tolist(),
            "row_shape": list(self._row_shape),
            "from_logits": self._from_logits,
            "temperature": self.temperature_,
            "trained": self._objective.trained.tolist(),
            "shares": self._objective.shares.tolist(),
            "loss": _named(self._objective.loss),
        }
        with zipfile.ZipFile(path, "a") as archive:
            archive.writestr(_ENTRY, json.dumps(kept))

    @classmethod
    def load(cls, path: str | PathLike[str], **settings: Any) -> "KerasClassifier":
        """The classifier that `save` wrote, ready to predict.

        Parameters
        ----------
        path : path
        **settings
            Of a new `KerasClassifier`, for later fits.

        Raises
        ------
        InputError
            If the file was not written by `save`.
        """
        network = _network_module()
        with zipfile.ZipFile(path) as archive:
            if _ENTRY not in archive.namelist():
                raise InputError(
                    f"{path} holds a network and no classes; load it with keras.saving.load_model "
                    "and hand it to KerasClassifier."
                )
            kept = json.loads(archive.read(_ENTRY))
        model = network.keras.saving.load_model(path)
        new = cls(model, kept["classes"], from_logits=kept["from_logits"], **settings)
        new.classes_ = new._outputs = np.asarray(kept["classes"])
        new._columns = np.arange(len(new.classes_))
        new._row_shape = tuple(kept["row_shape"])
        new.n_features_in_ = int(np.prod(new._row_shape))
        new._from_logits, new.temperature_ = kept["from_logits"], kept["temperature"]
        loss = _loss(*kept["loss"])
        new._objective = Objective(loss, np.array(kept["trained"]), np.array(kept["shares"]))
        new.network_ = network.KerasNetwork.__new__(network.KerasNetwork)
        new.network_.__setstate__({"model": model, "from_logits": kept["from_logits"]})
        return new

    def _started(self, X: Floats, objective: Objective, seed: int) -> Network:
        module, start = _network_module(), self._earlier
        # Traced once for all clones of a classifier: that takes longer than most fits.
        shared: dict[str, Any] = self.__dict__.setdefault("_shared", {})
        given = module.handed_in(self.network, seed, shared)
        return module.KerasNetwork(
            given, X, objective, seed, from_logits=self.from_logits, shared=shared,
            new=self._anew(lambda: module.untrained(given)),
            start=None if start is None else start.weights(),
        )  # fmt: skip

    def _arguments(self, given: dict[str, Any]) -> dict[str, Any]:
        names = ("epochs", "batch_size", "callbacks", "validation_split", "verbose")
        arguments = {name: getattr(self, name) for name in names} | given
        if arguments.get("validation_data") is not None:
            X, y, *weights = arguments["validation_data"]
            codes = self._codes(np.asarray(y))
            weighed = np.asarray(weights[0]) if weights else np.ones(len(codes))
            arguments["validation_data"] = dense(X), codes, weighed
        return arguments

    def __sklearn_clone__(self) -> "KerasClassifier":
        other = super().__sklearn_clone__()
        other._shared = self.__dict__.setdefault("_shared", {})
        return other

    def __getstate__(self) -> dict[str, Any]:
        state = {k: v for k, v in super().__getstate__().items() if k != "_shared"}
        if not callable(getattr(self.network, "get_config", None)):
            return state  # a function
        return state | {"network": None, "_packed": _network_module().packed(self.network)}

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__({k: v for k, v in state.items() if k != "_packed"})
        if "_packed" in state:
            self.network = pickle.loads(state["_packed"])


def _named(loss: Any) -> tuple[str | None, float]:
    if loss is None:
        return None, 0.0
    return type(loss).__name__, loss.gamma if hasattr(loss, "gamma") else loss.tau


def _loss(name: str | None, setting: float) -> Focal | LogitAdjusted | None:
    if name is None:
        return None
    return Focal(setting) if name == "Focal" else LogitAdjusted(setting)


def _network_module() -> Any:
    try:
        from .neural import keras_network
    except ImportError as error:
        raise InputError(
            f"A Keras model needs Keras and a backend ({error.name or error} is missing): "
            'pip install "motherlode[tensorflow]".'
        ) from None
    return keras_network
