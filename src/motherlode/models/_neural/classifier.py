"""A network as a scikit-learn classifier: what Keras and PyTorch have in common."""

from abc import abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import KW_ONLY, dataclass
from importlib import import_module
from math import prod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import issparse
from scipy.special import softmax
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.utils import check_random_state
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, validate_data

from ..._inert.whole_numbers import check_whole
from ..._rows.arrays import Codes, Floats, Matrix
from ..._rows.blocks import between
from ..._rows.matrix import is_frame, n_rows
from ...errors import InputError
from .losses import Objective, as_loss, fitted_temperature
from .network import Masks, reading
from .outputs import NamedOutputs
from .rows import Batches, class_weights, dense, held_out

_FORWARD_CELLS = 4_000_000  # features handed to the network at a time: 16 MB
_SHARED = ("network", "callbacks")  # the user's own objects: a clone has the same


@dataclass(eq=False, repr=False)
class NetworkClassifier(ClassifierMixin, BaseEstimator):
    """What `KerasClassifier` and `TorchClassifier` share; see these.

    A dataclass, so that each setting is written once: scikit-learn reads them from ``__init__``.
    """

    network: Any
    classes: Any = None
    _: KW_ONLY
    epochs: int | None = None
    batch_size: int | None = None
    callbacks: Any = None
    verbose: Any = 0
    weights: str = "auto"
    from_logits: bool | None = None
    loss: Any = None
    class_weight: Any = None
    balanced_batches: bool = False
    temperature: Any = 1.0
    random_state: Any = None

    @abstractmethod
    def _started(self, X: Floats, seed: int) -> Any:
        """Return a `Network` with the weights that a fit starts from, for rows like ``X``."""

    def _arguments(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return the arguments of the framework's own fit, from these settings and those given."""
        return given

    def fit(
        self, X: Matrix, y: ArrayLike, sample_weight: ArrayLike | None = None, **arguments: Any
    ) -> "NetworkClassifier":
        """Fit a copy of the network; the one handed in is never changed.

        Parameters
        ----------
        X : array, sparse matrix or numeric frame of shape (m, d)
            The labelled rows, which fit in memory; no data set of batches, as `predict_proba`
            takes.
        y : array-like of shape (m,)
            Of one class alone too, which is then the answer for every row.
        sample_weight : array-like of shape (m,), optional
            What each row counts.
        **arguments
            For this fit alone, as the framework's own fit takes them.
        """
        self._check_settings()
        X, labels = validate_data(
            self,
            X,
            y,
            accept_sparse=["csr"],
            dtype=np.float32,
            allow_nd=True,
            ensure_all_finite=False,
            ensure_min_samples=1,
        )
        _check_finite(X.data if issparse(X) else X)
        check_classification_targets(labels)
        sample_weight = None if sample_weight is None else np.asarray(sample_weight, dtype=float)
        if sample_weight is not None and not sample_weight.any():
            raise InputError("Every sample weight is zero; give at least one row a weight.")
        earlier = getattr(self, "_earlier", None) or getattr(self, "network_", None)
        self._name_outputs(labels)
        codes = self._codes(labels)
        weights = np.ones(len(codes)) if sample_weight is None else sample_weight
        self._row_shape = dense(between(X, 0, 1)).shape[1:]
        self.n_features_in_ = prod(self._row_shape)
        self.temperature_, self._earlier = 1.0, None
        self.network_: Any = None
        if len(np.unique(codes)) > 1:
            earlier = earlier if self.weights == "warm" else None
            self._fit_network(dense(X), codes, weights, earlier, self._arguments(arguments))
        else:  # logits that leave no doubt
            k = len(self._outputs)
            self._objective = Objective(None, np.ones(k), np.ones(k), from_logits=True)
            self._alone = np.where(np.arange(k) == codes[0], 0.0, -np.inf)
        return self

    def predict_proba(self, X: Any) -> Floats:
        """Return probabilities of shape (n, k), one column for each of ``classes_``.

        ``X`` may also be a ``tf.data.Dataset``, a Keras ``PyDataset`` or a torch ``DataLoader``
        of batches of rows, for rows that do not fit in memory.
        """
        return self._probabilities(X)

    def predict(self, X: Any) -> Any:
        """Return the likeliest class of each row."""
        likeliest = self.predict_proba(X).argmax(axis=1)
        return self.classes_[likeliest]

    def embed(self, X: Any) -> Floats:
        """Return what the last dense layer reads: the penultimate activations, shape (n, d)."""
        return self.last_layer(X)[1]

    def last_layer(self, X: Any) -> tuple[Floats, Floats]:
        """Return the network's own probabilities and its penultimate activations, in one pass.

        The probabilities, of shape (n, k), are those of its softmax or sigmoid, without
        temperature and correction: the gradient of the log loss in the last layer's weights is
        made of them.
        """
        parts = list(self._forward(X, tap=True))
        P = np.concatenate([softmax(self._objective.log_p(out), axis=1) for out, _ in parts])
        return P, np.concatenate([np.asarray(h, dtype=np.float64) for _, h in parts])

    def dropout_pass(self, X: Any, masks: Masks) -> Floats:
        """Return probabilities with one draw of the dropout masks, shape (n, k)."""
        return self._probabilities(X, masks=masks)

    @property
    def dropouts_(self) -> int:
        """How many dropout layers the fitted network has."""
        return 0 if self.network_ is None else self.network_.dropouts

    def start_from(self, other: "NetworkClassifier") -> "NetworkClassifier":
        """Let the next fit go on from the weights of a fitted classifier of the same kind."""
        self._earlier = other.network_
        return self

    def __sklearn_clone__(self) -> "NetworkClassifier":
        settings = self.get_params(deep=False)
        copied = {k: v if k in _SHARED else clone(v, safe=False) for k, v in settings.items()}
        return type(self)(**copied)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = True
        return tags

    def _fit_network(
        self, X: Floats, codes: Codes, weights: Floats, earlier: Any, arguments: dict[str, Any]
    ) -> None:
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        rng = np.random.default_rng(seed)
        network = self._started(X[:8], seed)
        if earlier is not None:
            network.restore(earlier.weights())
        class_weight = arguments.pop("class_weight", self.class_weight)
        self._objective, row_weights = self._trained_for(
            codes, weights, class_weight, network.from_logits
        )
        with reading(X[:8]):
            outputs = network.forward(X[:8])[0]
        self._objective.log_p(outputs)  # raises on what is no classifier's
        parts = network.held_out(X, codes, arguments, rng)
        if parts is None and self.temperature == "held_out":
            parts = held_out(codes, 0.2, rng)
        kept, out = parts or (np.arange(len(codes)), np.arange(0))
        # With too few rows to hold any out, callbacks watch those that are trained on.
        watched = out if len(out) else kept
        # Held-out rows weigh as in training, balanced batches included.
        judged = row_weights / (np.bincount(codes)[codes] if self.balanced_batches else 1.0)
        held = (X[watched], codes[watched], judged[watched]) if parts else None
        size = arguments.pop("batch_size", None) or network.batch_size
        batches = Batches(codes[kept], size if size > 0 else len(kept), self.balanced_batches, rng)
        rows = X[kept], codes[kept], row_weights[kept]
        self.history_, losses = network.fit(
            self, self._objective, seed, rows, batches, held, arguments
        )
        for epoch, loss in enumerate(losses, 1):
            if not np.isfinite(loss):
                raise InputError(
                    f"The network's loss is {loss} in epoch {epoch}; scale the features, or lower "
                    "the learning rate."
                )
        self.n_iter_, self.network_ = len(losses), network
        if self.temperature != "held_out":
            self.temperature_ = float(self.temperature)
        elif len(out):
            logits = self._objective.logits(network.forward(X[out])[0])
            self.temperature_ = fitted_temperature(logits, codes[out], weights[out])

    def _trained_for(
        self, codes: Codes, weights: Floats, class_weight: Any, from_logits: bool
    ) -> tuple[Objective, Floats]:
        """Return the objective, and what each row weighs in the loss: 1 on average."""
        totals = np.bincount(codes, weights, minlength=len(self._outputs)).astype(np.float64)
        present = totals > 0
        of_class = class_weights(class_weight, self._outputs, totals)
        seen = present.astype(float) if self.balanced_batches else totals
        # A class without rows is neither weighed up nor down, and its share is that of one row.
        least = weights.sum() / len(codes)
        shares = np.where(present, totals, least) / totals.sum()
        shown = (seen * of_class).sum()
        trained = np.where(present, seen * of_class / shown, shares)
        mean = float(shown / seen.sum() * weights.mean())
        objective = Objective(as_loss(self.loss), trained, shares, from_logits)
        return objective, weights * of_class[codes] / (mean or 1.0)

    def _probabilities(self, X: Any, **how: Any) -> Floats:
        parts = [self._objective.logits(outputs) for outputs, _ in self._forward(X, **how)]
        logits = np.concatenate(parts)[:, self._columns]
        return np.asarray(softmax(logits / self.temperature_, axis=1))

    def _forward(self, X: Any, **how: Any) -> Iterator[tuple[Floats, Floats | None]]:
        check_is_fitted(self)
        for chunk in self._chunks(X):
            _check_finite(chunk)
            if prod(chunk.shape[1:]) != self.n_features_in_:
                raise InputError(
                    f"X has {prod(chunk.shape[1:])} features, but {type(self).__name__} is "
                    f"expecting {self.n_features_in_} features as input."
                )
            if self.network_ is None:
                yield np.tile(self._alone, (len(chunk), 1)), np.zeros((len(chunk), 1))
            else:
                yield self.network_.forward(chunk.reshape(len(chunk), *self._row_shape), **how)

    def _chunks(self, X: Any) -> Iterator[Floats]:
        if not hasattr(X, "shape") and hasattr(X, "__array__"):
            X = np.asarray(X)
        if hasattr(X, "shape") or is_frame(X) or isinstance(X, list | tuple):
            if getattr(X, "ndim", 2) == 1:
                raise InputError(
                    "X has one dimension and needs two. Reshape your data: one row is X[None]."
                )
            X = X.tocsr() if issparse(X) else X
            # Names of columns are compared here, and numbers of them where chunks are read.
            if is_frame(X) or getattr(X, "shape", ())[1:] == (self.n_features_in_,):
                validate_data(self, X, reset=False, skip_check_array=True)
            step = max(1, _FORWARD_CELLS // self.n_features_in_)
            for low in range(0, max(n_rows(X), 1), step):
                yield dense(between(X, low, low + step))
            return
        count = getattr(X, "num_batches", None)
        for batch in X if count is None else (X[i] for i in range(count)):
            yield dense(batch[0] if isinstance(batch, list | tuple) else batch)

    def _name_outputs(self, labels: Any) -> None:
        """Note the class of each output, which outputs answer, and the classes of the answers."""
        self._outputs = np.unique(labels)
        if isinstance(self.classes, NamedOutputs):
            self._outputs = np.array([*self.classes, None], dtype=object)[:-1]
        elif self.classes is not None:
            self._outputs = np.asarray(list(self.classes))
        self.classes_, names = self._outputs, self._outputs.tolist()
        if isinstance(self.classes, NamedOutputs):
            self.classes_ = np.unique(labels)
        self._columns = np.array(
            [names.index(c) for c in self.classes_.tolist() if c in names], dtype=np.int64
        )

    def _codes(self, labels: np.ndarray[Any, Any]) -> Codes:
        place = {label: code for code, label in enumerate(self._outputs.tolist())}
        unknown = [label for label in labels.tolist() if label not in place]
        if unknown or not len(labels):
            what = f"is {unknown[0]!r}, not one" if unknown else "is missing: give at least one"
            raise InputError(f"A label {what} of the declared classes {self._outputs.tolist()}.")
        return np.array([place[label] for label in labels.tolist()], dtype=np.int64)

    def _anew(self, untrained: Callable[[], bool]) -> bool:
        """Tell whether a fit draws new weights, for a network that may never have been trained."""
        return self.weights == "new" or (self.weights != "given" and untrained())

    def _check_settings(self) -> None:
        t = self.temperature
        if self.weights not in ("auto", "given", "new", "warm"):
            raise InputError(
                f"weights is {self.weights!r}; it is one of 'auto', 'given', 'new', 'warm'."
            )
        if t != "held_out" and not (isinstance(t, int | float) and np.isfinite(t) and t > 0):
            raise InputError(f"temperature is {t!r}; give a number above 0 or 'held_out'.")
        for name in ("epochs", "batch_size"):
            if getattr(self, name) is not None:
                check_whole(getattr(self, name), name)


def _check_finite(X: Any) -> None:
    # A sum needs no mask of the rows' size.
    if not np.isfinite(X.sum(dtype=np.float64)) and not np.isfinite(X).all():
        raise InputError("X contains NaN or infinity; give finite numbers.")


def framework(name: str, needs: str, extra: str) -> Any:
    """Import what is particular to a framework."""
    try:
        return import_module(f"{__package__}.{name}")
    except ImportError as error:
        raise InputError(
            f'A {needs} ({error.name or error} is missing): pip install "motherlode[{extra}]".'
        ) from None
