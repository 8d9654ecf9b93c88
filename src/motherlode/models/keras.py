"""Keras networks as classifiers (extras ``keras`` and ``tensorflow``); loaded when used."""

import json
import zipfile
from dataclasses import asdict, dataclass
from os import PathLike, fspath
from typing import Any

import numpy as np

from .._rows.arrays import Floats
from ..errors import InputError
from ._neural.classifier import NetworkClassifier, framework
from ._neural.losses import Focal, LogitAdjusted, Objective
from ._neural.rows import dense

_ENTRY = "motherlode.json"
_KEPT = ("classes_", "n_features_in_", "temperature_", "_outputs", "_columns", "_row_shape")


@dataclass(eq=False, repr=False)
class KerasClassifier(NetworkClassifier):
    """A Keras 3 network as a scikit-learn classifier, on whatever backend Keras runs.

    Parameters
    ----------
    network : keras.Model, or callable that returns one
        Compiled. It ends with a softmax, with one sigmoid unit for two classes, or with logits.
        Rows are given the shape that it reads. A function is called once, without arguments.
    classes : sequence, optional
        One for each output, in their order; by default those found in the labels. A learner
        tells its own.
    epochs, batch_size, callbacks, verbose
        As of Keras' ``fit``, whose other arguments `fit` takes. Callbacks are the user's own
        objects in all clones.
    validation_split : float
        Share of the rows held out, stratified by class and weighted as in training. While a
        class has a single row none are, and ``val_loss`` is that of the rows trained on.
    weights : {"auto", "given", "new", "warm"}
        Where a fit starts: "given" is from the weights handed in; "new" from new ones for all
        that is trainable, drawn by the seed, while frozen layers keep theirs; "warm" from those
        of the last fit. "auto" is "new" for a network that was never trained, by
        `motherlode.models._neural.keras_network.untrained`, and "given" for any other.
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

    epochs: int | None = 50
    batch_size: int | None = 32
    validation_split: float = 0.0

    def save(self, path: str | PathLike[str]) -> None:
        """Write the fitted network to a ``.keras`` file that Keras itself can open, too.

        Parameters
        ----------
        path : path ending in .keras
            The file.

        Raises
        ------
        InputError
            If there is no network, since all labels were of one class, or no file can be written.
        """
        if getattr(self, "network_", None) is None:
            raise InputError("There is no trained network to save; fit labels of two classes.")
        if not fspath(path).endswith(".keras"):
            raise InputError(f"{path} should end in .keras.")
        kept = {name: getattr(self, name) for name in _KEPT}
        kept |= {"objective": asdict(self._objective)}
        try:
            self.network_.model.save(path)
            with zipfile.ZipFile(path, "a") as archive:
                archive.writestr(_ENTRY, json.dumps(kept, default=np.ndarray.tolist))
        except OSError as problem:
            raise InputError(f"{path} can't be written: {problem.strerror}.") from None

    @classmethod
    def load(cls, path: str | PathLike[str], **settings: Any) -> "KerasClassifier":
        """Read the classifier that `save` wrote, ready to predict.

        Parameters
        ----------
        path : path
            The file.
        **settings
            Of a new `KerasClassifier`, for later fits.

        Raises
        ------
        InputError
            If the file was not written by `save`.
        """
        network = _network_module()
        kept = _read_kept(path)
        objective = kept.pop("objective")
        loss, logits = objective["loss"], objective["from_logits"]
        if loss is not None:
            loss = (Focal if "gamma" in loss else LogitAdjusted)(**loss)
        trained, shares = np.array(objective["trained"]), np.array(objective["shares"])
        model = network.keras.saving.load_model(path)
        new = cls(model, kept["_outputs"], from_logits=logits, **settings)
        for name, value in kept.items():
            setattr(new, name, np.asarray(value) if isinstance(value, list) else value)
        new._objective = Objective(loss, trained, shares, logits)
        new.network_ = network.KerasNetwork(model, logits)
        return new

    def _started(self, X: Floats, seed: int) -> Any:
        return _network_module().start(self, X, seed)

    def _arguments(self, given: dict[str, Any]) -> dict[str, Any]:
        names = ("epochs", "batch_size", "callbacks", "validation_split", "verbose")
        arguments = {name: getattr(self, name) for name in names} | given
        if arguments.get("validation_data") is not None:
            try:
                X, y, *weights = arguments["validation_data"]
            except (TypeError, ValueError):
                raise InputError("validation_data is no pair; give rows and labels.") from None
            weighed = np.asarray(weights[0]) if weights else np.ones(len(y))
            arguments["validation_data"] = dense(X), self._codes(np.asarray(y)), weighed
        return arguments

    def __getstate__(self) -> Any:
        if callable(getattr(self.network, "get_config", None)):  # a network and no function
            _network_module().build_optimizer(self.network)
        return super().__getstate__()


def _read_kept(path: str | PathLike[str]) -> dict[str, Any]:
    """Read what `save` keeps beside the network."""
    try:
        with zipfile.ZipFile(path) as archive:
            if _ENTRY in archive.namelist():
                kept: dict[str, Any] = json.loads(archive.read(_ENTRY))
                return kept
    except OSError as problem:
        raise InputError(f"{path} can't be read: {problem.strerror}.") from None
    except zipfile.BadZipFile:
        raise InputError(f"{path} is no file that KerasClassifier.save wrote.") from None
    raise InputError(
        f"{path} holds a network and no classes; load it with keras.saving.load_model and hand it "
        "to KerasClassifier."
    )


def _network_module() -> Any:
    return framework("keras_network", "Keras model needs Keras and a backend", "tensorflow")
