"""Keras networks as classifiers (extras ``keras`` and ``tensorflow``); loaded when used."""

import json
import pickle
import zipfile
from os import PathLike
from typing import Any

import numpy as np

from .._rows.arrays import Floats
from ..errors import InputError
from ._neural.classifier import NetworkClassifier
from ._neural.losses import Focal, LogitAdjusted, Objective
from ._neural.network import Network

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
    epochs, batch_size : int
        Batches are always full; see `motherlode.models._neural.rows.Batches`.
    weights : {"auto", "given", "new", "warm"}
        Where a fit starts: "given" is from the weights handed in; "new" from new ones for all
        that is trainable, drawn by the seed, while frozen layers keep theirs; "warm" from those
        of the last fit. "auto" is "new" for a network that was never trained, so that the seed
        settles all, and "given" for any other; see
        `motherlode.models._neural.keras_network.untrained`.
    from_logits : bool, optional
        Whether outputs are logits. By default what the loss was compiled with.
    loss : str, Focal, LogitAdjusted or None
        None trains on the compiled loss; "focal" and "logit_adjusted" replace it.
    class_weight : "balanced", dict or None
        Weights of the classes in the loss. A learner's query model goes without.
    balanced_batches : bool
        Whether each batch holds all classes in equal numbers.
    early_stopping : bool
        Whether to stop when the loss on held-out rows, weighted as in training, has not fallen
        for `patience` epochs, and take the best weights.
    validation_fraction : float
        Share of the rows held out, stratified by class.
    patience : int
    temperature : float or "held_out"
        What logits are divided by; "held_out" finds it on held-out rows.
    verbose : int
        1 prints a line an epoch.
    random_state : int, optional
        The same seed gives the same network.

    Attributes
    ----------
    classes_ : ndarray of shape (k,)
    network_ : KerasNetwork or None
        The fitted copy (its ``model`` is a keras.Model); None if all labels were of one class.
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
        self.epochs = epochs
        self.batch_size = batch_size
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
        new.network_ = network.KerasNetwork.of(model, kept["from_logits"])
        return new

    def _started(self, X: Floats, objective: Objective, seed: int) -> Network:
        network = _network_module()
        shared: dict[Any, Any] = self.__dict__.setdefault("_shared", {})
        key = id(self.network), self.from_logits
        if key not in shared:
            shared[key] = self._drawn(network, seed)
        blueprint = shared[key]
        start: Network | None = self._earlier
        new = self._anew(lambda: network.untrained(blueprint.network))
        return network.KerasNetwork(
            blueprint, X, objective, seed, new=new,
            start=None if start is None else start.weights(),
        )  # fmt: skip

    def _drawn(self, network: Any, seed: int) -> Any:
        given = self.network
        if not isinstance(given, network.keras.Model) and callable(given):
            with network.seeded(seed):
                given = given()
        return network.Blueprint(network.checked(given), self.from_logits)

    def __sklearn_clone__(self) -> "KerasClassifier":
        other = super().__sklearn_clone__()
        # Traced once for all copies of a classifier: that takes longer than most fits.
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
        from ._neural import keras_network
    except ImportError as error:
        raise InputError(
            f"A Keras model needs Keras and a backend ({error.name or error} is missing): "
            'pip install "motherlode[tensorflow]".'
        ) from None
    return keras_network
