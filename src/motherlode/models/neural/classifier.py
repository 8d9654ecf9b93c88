"""A network as a scikit-learn classifier: what Keras and PyTorch have in common."""

from abc import abstractmethod
from collections.abc import Callable, Iterable, Iterator
from math import prod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from ...arrays import Codes, Floats, Matrix
from ...blocks import between
from ...errors import InputError
from ...matrix import is_frame, n_rows
from .losses import Objective, as_loss, fitted_temperature, log_probabilities, normalised
from .network import Masks, Network, check_outputs
from .outputs import NamedOutputs
from .rows import Batches, class_weights, dense

_FORWARD_CELLS = 4_000_000  # features handed to the network at a time: 16 MB
WEIGHTS = ("auto", "given", "new", "warm")
_SHARED = ("network", "callbacks")  # the user's own objects: a clone has the same


class NetworkClassifier(ClassifierMixin, BaseEstimator):
    """What `KerasClassifier` and `TorchClassifier` share; see these."""

    network: Any
    classes: Any
    batch_size: Any
    callbacks: Any
    weights: str
    loss: Any
    class_weight: Any
    balanced_batches: bool
    temperature: Any
    random_state: Any

    @abstractmethod
    def _started(self, X: Floats, objective: Objective, seed: int) -> Network:
        """A network with the weights that a fit starts from, for rows like ``X``."""

    @abstractmethod
    def _arguments(self, given: dict[str, Any]) -> dict[str, Any]:
        """The arguments of the framework's own fit, from these settings and those given."""

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
        **arguments
            For this fit alone, as the framework's own fit takes them.
        """
        self._check_settings()
        labels = np.asarray(y)
        earlier = getattr(self, "_earlier", None) or getattr(self, "network_", None)
        self._outputs = self._declared(labels)
        self._columns, self.classes_ = self._answered(labels)
        codes = self._codes(labels)
        weights = np.ones(len(codes)) if sample_weight is None else np.asarray(sample_weight, float)
        self._row_shape = dense(between(X, 0, 1)).shape[1:]
        self.n_features_in_ = prod(self._row_shape)
        self.temperature_, self._earlier = 1.0, None
        self.network_: Any = None
        self._alone = int(codes[0])
        if len(np.unique(codes)) > 1:
            self._earlier = earlier if self.weights == "warm" else None
            self._fit_network(dense(X), codes, weights, self._arguments(arguments))
            self._earlier = None
        return self

    def predict_proba(self, X: Any) -> Floats:
        """Probabilities of shape (n, k), one column for each of ``classes_``.

        ``X`` may also be a ``tf.data.Dataset``, a Keras ``PyDataset`` or a torch ``DataLoader``
        of batches of rows, for rows that do not fit in memory.
        """
        check_is_fitted(self)
        return np.concatenate([self._calibrated(out) for out, _ in self._forward(X)])

    def predict(self, X: Any) -> Any:
        """The likeliest class."""
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    def embed(self, X: Any) -> Floats:
        """What the last dense layer reads: the penultimate activations, shape (n, d)."""
        return self.last_layer(X)[1]

    def last_layer(self, X: Any) -> tuple[Floats, Floats]:
        """The network's own probabilities and its penultimate activations, in one pass.

        The probabilities, of shape (n, k), are those of its softmax or sigmoid, without
        temperature and correction: the gradient of the log loss in the last layer's weights is
        made of them.
        """
        check_is_fitted(self)
        if self.network_ is None:
            return self.predict_proba(X), np.zeros((n_rows(X), 1))
        parts = list(self._forward(X, tap=True))
        P = np.concatenate([normalised(self._log_p(out)) for out, _ in parts])
        return P, np.concatenate([np.asarray(h, dtype=np.float64) for _, h in parts])

    def dropout_pass(self, X: Any, masks: Masks) -> Floats:
        """Probabilities with one draw of the dropout masks, shape (n, k)."""
        check_is_fitted(self)
        return np.concatenate([self._calibrated(out) for out, _ in self._forward(X, masks=masks)])

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
        self, X: Floats, codes: Codes, weights: Floats, arguments: dict[str, Any]
    ) -> None:
        seed = int(check_random_state(self.random_state).randint(2**31 - 1))
        rng = np.random.default_rng(seed)
        self._objective, row_weights = self._trained_for(
            codes, weights, arguments.pop("class_weight", self.class_weight)
        )
        network = self._started(X[:8], self._objective, seed)
        self._from_logits = network.from_logits
        check_outputs(network.forward(X[:8])[0], network.from_logits, len(self._outputs))
        parts = network.held_out(X, codes, arguments, self.temperature == "held_out", rng)
        kept, out = parts or (np.arange(len(codes)), np.arange(0))
        # With too few rows to hold any out, callbacks watch those that are trained on.
        watched = out if len(out) else kept
        held = X[watched], codes[watched], self._judged(codes, row_weights)[watched]
        rows = X[kept], codes[kept], row_weights[kept]
        size = network.batch_rows(arguments)
        size = size if size > 0 else len(kept)
        batches = Batches(codes[kept], size, self.balanced_batches, rng)
        self.history_, losses = network.train(rows, batches, held if parts else None, arguments)
        _check_losses(losses)
        self.n_iter_, self.network_ = len(losses), network
        if self.temperature != "held_out":
            self.temperature_ = float(self.temperature)
        elif len(out):
            logits = self._objective.logits(self._log_p(network.forward(X[out])[0]))
            self.temperature_ = fitted_temperature(logits, codes[out], weights[out])

    def _trained_for(
        self, codes: Codes, weights: Floats, class_weight: Any
    ) -> tuple[Objective, Floats]:
        """The objective, and what each row weighs in the loss: 1 on average."""
        k = len(self._outputs)
        totals = np.bincount(codes, weights, minlength=k).astype(np.float64)
        of_class = class_weights(class_weight, self._outputs, totals)
        seen = (totals > 0).astype(float) if self.balanced_batches else totals
        # A class without rows is neither weighed up nor down, and its share is that of one row.
        least = weights.sum() / len(codes)
        shares, trained = (np.where(totals > 0, s, least) for s in (totals, seen * of_class))
        present = totals > 0
        shares, trained = shares / shares[present].sum(), trained / trained[present].sum()
        trained = np.where(present, trained, shares)
        rows = weights * of_class[codes]
        mean = float((seen * of_class)[present].sum() / seen[present].sum())
        objective = Objective(as_loss(self.loss), trained, shares)
        return objective, rows / (mean * float(weights.mean()) or 1.0)

    def _judged(self, codes: Codes, row_weights: Floats) -> Floats:
        """What held-out rows weigh: as in training, balanced batches included."""
        if not self.balanced_batches:
            return row_weights
        return np.asarray(row_weights / np.bincount(codes)[codes])

    def _forward(self, X: Any, **how: Any) -> Iterator[tuple[Floats, Floats | None]]:
        for chunk in self._chunks(X):
            if prod(chunk.shape[1:]) != self.n_features_in_:
                raise InputError(
                    f"The rows have {prod(chunk.shape[1:])} features and the network was fitted "
                    f"on {self.n_features_in_}."
                )
            chunk = chunk.reshape(len(chunk), *self._row_shape)
            if self.network_ is None:
                yield np.full((len(chunk), 1), np.nan), None
            else:
                yield self.network_.forward(chunk, **how)

    def _chunks(self, X: Any) -> Iterator[Floats]:
        if not hasattr(X, "shape") and not is_frame(X) and not isinstance(X, list | tuple):
            for batch in _batches_of(X):
                yield dense(batch)
            return
        step = max(1, _FORWARD_CELLS // self.n_features_in_)
        for low in range(0, max(n_rows(X), 1), step):
            yield dense(between(X, low, low + step))

    def _calibrated(self, outputs: Floats) -> Floats:
        if self.network_ is None:
            P = np.zeros((len(outputs), len(self._outputs)))
            P[:, self._alone] = 1.0
            return P[:, self._columns]
        logits = self._objective.logits(self._log_p(outputs)) / self.temperature_
        return normalised(logits[:, self._columns])

    def _log_p(self, outputs: Floats) -> Floats:
        check_outputs(outputs, self._from_logits, len(self._outputs))
        return log_probabilities(outputs, self._from_logits)

    def _declared(self, labels: Any) -> np.ndarray[Any, Any]:
        """The class of each output."""
        if self.classes is None:
            return np.unique(labels)
        if isinstance(self.classes, NamedOutputs):
            return np.array([*self.classes.names, None], dtype=object)[:-1]
        return np.asarray(list(self.classes))

    def _answered(self, labels: Any) -> tuple[Codes, np.ndarray[Any, Any]]:
        """The outputs that have a column in an answer, and their classes."""
        if not isinstance(self.classes, NamedOutputs):
            return np.arange(len(self._outputs)), self._outputs
        present, names = np.unique(labels), self._outputs.tolist()
        known = [label for label in present.tolist() if label in names]
        return np.array([names.index(label) for label in known], dtype=np.int64), present

    def _codes(self, labels: np.ndarray[Any, Any]) -> Codes:
        place = {label: code for code, label in enumerate(self._outputs.tolist())}
        unknown = [label for label in labels.tolist() if label not in place]
        if unknown or not len(labels):
            what = f"is {unknown[0]!r}, not one" if unknown else "is missing: give at least one"
            raise InputError(f"A label {what} of the declared classes {self._outputs.tolist()}.")
        return np.array([place[label] for label in labels.tolist()], dtype=np.int64)

    def _anew(self, untrained: Callable[[], bool]) -> bool:
        """Whether a fit draws new weights, for a network that may never have been trained."""
        return self.weights == "new" or (self.weights != "given" and untrained())

    def _check_settings(self) -> None:
        if self.weights not in WEIGHTS:
            raise InputError(
                f"weights is {self.weights!r}; it is one of {', '.join(map(repr, WEIGHTS))}."
            )
        t = self.temperature
        if t != "held_out" and not (isinstance(t, int | float) and np.isfinite(t) and t > 0):
            raise InputError(f"temperature is {t!r}; give a number above 0 or 'held_out'.")
        for name in ("epochs", "batch_size"):
            value = getattr(self, name)
            if value is not None and (isinstance(value, bool) or value < 1):
                raise InputError(f"{name} is {value!r}; give a whole number of at least 1.")


def _check_losses(losses: list[float]) -> None:
    for epoch, loss in enumerate(losses, 1):
        if not np.isfinite(loss):
            raise InputError(
                f"The network's loss is {loss} in epoch {epoch}; scale the features, or lower the "
                "learning rate."
            )


def _batches_of(dataset: Iterable[Any]) -> Iterator[Any]:
    """The rows of each batch of a data set; its labels, if it has any, are passed over."""
    count = getattr(dataset, "num_batches", None)
    batches = dataset if count is None else (dataset[i] for i in range(count))  # type: ignore[index]
    for batch in batches:
        rows = batch[0] if isinstance(batch, list | tuple) else batch
        yield np.asarray(rows)
