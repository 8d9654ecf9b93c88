"""A Keras network: copied, compiled anew for an objective, and trained by its own ``fit``.

Nothing here is particular to TensorFlow: the same code runs on Keras' torch and JAX backends.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from threading import RLock
from typing import Any
from weakref import WeakKeyDictionary

import keras
import numpy as np
from keras import ops

from ..._rows.arrays import Codes, Floats, Rows
from ...errors import InputError, first_line
from .losses import SMALLEST, Objective
from .network import Network, Weighed, reading
from .rows import Batches, held_out

_STREAMS = RLock()  # the random streams are the process's own: one fit at a time
_CONSTANT = (keras.initializers.Zeros, keras.initializers.Ones, keras.initializers.Constant)
_MADE: WeakKeyDictionary[Any, Any] = WeakKeyDictionary()  # by the function that made a network
# By the network handed in: what it was traced for, the copy, and how its optimizer starts.
# Tracing takes longer than a fit on few rows.
_TRACED: WeakKeyDictionary[Any, tuple[Any, ...]] = WeakKeyDictionary()


def handed_in(network: Any, seed: int) -> Any:
    """Check the compiled network that was handed in; a function that makes one is called once."""
    if not isinstance(network, keras.Model) and callable(network):
        with seeded(seed):
            if network not in _MADE:
                _MADE[network] = _make(network)
        network = _MADE[network]
    if not isinstance(network, keras.Model):
        raise InputError(f"The network is {network!r}; give a compiled keras.Model.")
    if not network.compiled:
        raise InputError(
            "The Keras model was not compiled; call model.compile(optimizer, loss) first."
        )
    if isinstance(network.loss, dict | list):
        raise InputError("The Keras model has several outputs; give one with a single output.")
    return network


def _make(function: Any) -> Any:
    """Call a function that makes a network."""
    try:
        return function()
    except TypeError as error:
        raise InputError(
            f"The network is {getattr(function, '__name__', type(function).__name__)}, which "
            f"cannot be called ({first_line(error).rstrip('.')}); give a compiled keras.Model, or "
            "a function without arguments that makes one."
        ) from error


def copied(given: Any, X: Floats, *, new: bool) -> Any:
    """Copy a network, uncompiled, with its weights or new ones; the copy has seen rows like ``X``.

    Frozen layers keep their weights, and layers that adapt what they learned of the data.
    """
    try:
        copy = keras.models.clone_model(given)
    except (TypeError, ValueError, NotImplementedError) as error:
        why = first_line(error).rstrip(".")
        raise InputError(
            f"The Keras model {type(given).__name__} cannot be copied ({why}); give it a "
            "get_config(), or hand KerasClassifier a function that builds and compiles it."
        ) from None
    with reading(X):
        copy(_input(copy, X))
    if given.built:
        for own, old in zip(_all_layers(copy), _all_layers(given), strict=True):
            if not (new and old.trainable) or hasattr(old, "adapt"):
                kept: dict[str, Any] = {}
                old.save_own_variables(kept)
                own.load_own_variables(kept)
    return copy


def build_optimizer(model: Any) -> None:
    """Show an optimizer its variables: Keras cannot read back one that has not seen them."""
    if model.compiled and model.built and not model.optimizer.built:
        model.optimizer.build(model.trainable_variables)


def untrained(model: Any) -> bool:
    """Tell whether all that is trainable has the weights that it was made with.

    Training moves biases away from 0, and the scales and means of normalisation from 1 and 0;
    weights that were loaded bring biases with them. So a network counts as never trained if its
    optimizer has made no step, and every weight that starts from a constant, or from a uniform
    distribution of a fixed width as an embedding does, is where it may have started. Without
    any weight that starts from a constant it cannot be told, and the answer is no.
    """
    if not model.built:
        return True
    learned = [found for layer in _all_layers(model) if layer.trainable for found in _starts(layer)]
    return (
        not int(model.optimizer.iterations.numpy())
        and any(isinstance(start, _CONSTANT) for _, start in learned)
        and all(_may_start(value, start) for value, start in learned)
    )


def _starts(layer: Any) -> Iterator[tuple[Floats, Any]]:
    """Give the weights of a layer whose initialisers it tells: ``bias`` by ``bias_initializer``."""
    for name, start in vars(layer).items():
        weight = getattr(layer, name.removesuffix("_initializer"), None)
        if name.endswith("_initializer") and isinstance(weight, keras.Variable):
            yield weight.numpy(), start


def _may_start(value: Floats, start: Any) -> bool:
    if isinstance(start, _CONSTANT):
        return bool((value == _numpy(start(value.shape))).all())
    if isinstance(start, keras.initializers.RandomUniform):
        return bool(((value >= start.minval) & (value <= start.maxval)).all())
    return True


def _numpy(tensor: Any) -> Floats:
    return np.asarray(ops.convert_to_numpy(tensor))


def start(settings: Any, X: Floats, seed: int) -> "KerasNetwork":
    """Copy a classifier's network, with the weights that a fit on rows like ``X`` starts from."""
    given, logits = handed_in(settings.network, seed), settings.from_logits
    if logits is None and isinstance(given.loss, keras.losses.Loss):
        logits = given.loss.get_config().get("from_logits", False)
    new = settings._anew(partial(untrained, given))
    with seeded(seed):
        return KerasNetwork(copied(given, X, new=new), bool(logits))


class KerasNetwork(Network):
    """A copy of a network, built and not compiled."""

    _numpy = staticmethod(_numpy)

    def __init__(self, model: Any, from_logits: bool) -> None:
        self.model, self.from_logits = model, from_logits

    def held_out(
        self, X: Floats, codes: Codes, arguments: dict[str, Any], rng: np.random.Generator
    ) -> tuple[Rows, Rows] | None:
        """Hold out by ``validation_split``, stratified."""
        share = arguments.pop("validation_split")
        if not 0 <= share < 1:
            raise InputError(f"validation_split is {share}; it must be at least 0 and below 1.")
        return held_out(codes, share, rng) if share else None

    def fit(
        self, settings: Any, objective: Objective, seed: int, rows: Weighed, batches: Batches,
        held: Weighed | None, arguments: dict[str, Any],
    ) -> tuple[dict[str, list[float]], list[float]]:  # fmt: skip
        """Train by Keras' own ``fit`` of the traced network, whose weights are then taken over."""
        given = handed_in(settings.network, seed)
        units = self.forward(rows[0][:1])[0].shape[-1]
        held = arguments.pop("validation_data", held)
        callbacks = [
            # Building a network that was traced just now has drawn numbers.
            keras.callbacks.LambdaCallback(
                on_train_begin=lambda logs: keras.utils.set_random_seed(seed)
            ),
            *keras.tree.flatten(arguments.pop("callbacks", None) or []),
            keras.callbacks.TerminateOnNaN(),
        ]

        def fed(X: Floats, codes: Codes, weights: Floats) -> tuple[Any, ...]:
            y = _encoded(codes, given.loss, units, len(objective.shares))
            return _input(self.model, X), y, weights.astype(np.float32)

        if held is not None:
            arguments |= {"validation_data": fed(*held)}
        arguments = {"validation_batch_size": batches.size, "shuffle": False} | arguments
        with seeded(seed):
            model = self._traced(given, rows[0][:1], objective)
            epochs = _Epochs(fed(*rows), batches)
            history = model.fit(epochs, callbacks=callbacks, **arguments).history
            self.restore(model.get_weights())
        for callback in callbacks:  # the user's own, which are to pickle without the network
            callback._model = None
        return history, history.get("loss", [])

    def weights(self) -> Any:
        """Copy all weights."""
        return self.model.get_weights()

    def restore(self, weights: Any) -> None:
        """Put weights back."""
        self.model.set_weights(weights)

    def _outputs(self, X: Floats) -> Floats:
        return _numpy(self.model(_input(self.model, X), training=False))

    def _layers(self, kind: str) -> list[Any]:
        wanted = keras.layers.Dense if kind == "dense" else keras.layers.Dropout
        return [layer for layer in _all_layers(self.model) if isinstance(layer, wanted)]

    def _watch(self, layer: Any, change: Callable[[Any, Any], Any]) -> Callable[[], None]:
        plain = layer.call

        def call(inputs: Any, *args: Any, **kwargs: Any) -> Any:
            return change(inputs, plain(inputs, *args, **kwargs))

        object.__setattr__(layer, "call", call)  # past Keras' bookkeeping: no part of the model
        return partial(object.__delattr__, layer, "call")

    def _dropped(self, layer: Any, outputs: Any, mask: Callable[..., Floats]) -> Any:
        noise = getattr(layer, "noise_shape", None)
        if hasattr(layer, "_get_noise_shape"):
            noise = layer._get_noise_shape(outputs)
        whole = [int(n) for n in outputs.shape]
        shape = [n if m is None else int(m) for n, m in zip(whole, noise or whole, strict=True)]
        return outputs * ops.convert_to_tensor(mask((1, *shape[1:]), layer.rate))

    def _traced(self, given: Any, X: Floats, objective: Objective) -> Any:
        """Return a compiled network, new or as if it were, with the weights to start from."""
        key = (
            X.shape[1:], objective.loss, tuple(objective.adjustment), self.from_logits,
            # The network may be compiled anew, or its learning rate set, between two fits.
            id(given._compile_config), repr(given.optimizer.get_config()), given.run_eagerly,
            tuple(layer.trainable for layer in _all_layers(given)),
        )  # fmt: skip
        if given not in _TRACED or _TRACED[given][0] != key:
            model = copied(given, X, new=False)
            loss = partial(_rare_class_loss, objective)
            model.compile(**_compiled_with(given) | ({"loss": loss} if objective.loss else {}))
            build_optimizer(model)
            _TRACED[given] = key, model, [_numpy(v).copy() for v in model.optimizer.variables]
        _, model, first = _TRACED[given]
        # A network's variables are its weights and the states of its random streams.
        first = [*first, *(_numpy(v) for v in self.model.variables)]
        variables = [*model.optimizer.variables, *model.variables]
        for variable, value in zip(variables, first, strict=True):
            variable.assign(value)
        return model


class _Epochs(keras.utils.PyDataset):
    """The batches of one epoch after the other. Keras would take one from a generator to peek."""

    def __init__(self, rows: tuple[Any, ...], batches: Batches) -> None:
        super().__init__()
        self.rows, self.batches = rows, batches
        self.on_epoch_end()

    def __len__(self) -> int:
        return len(self.order)

    def __getitem__(self, batch: int) -> tuple[Any, ...]:
        return tuple(part[self.order[batch]] for part in self.rows)

    def on_epoch_end(self) -> None:
        self.order: Rows = np.fromiter(self.batches, np.int64).reshape(-1, self.batches.size)


def _compiled_with(given: Any) -> dict[str, Any]:
    """Return what a network was compiled with; its optimizer and metrics as new ones."""

    def fresh(part: Any) -> Any:
        kinds = keras.metrics.Metric, keras.optimizers.Optimizer
        return type(part).from_config(part.get_config()) if isinstance(part, kinds) else part

    settings = given._compile_config.config | {"optimizer": given.optimizer}
    return {name: keras.tree.map_structure(fresh, value) for name, value in settings.items()}


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Seed Keras' random streams, and put those of Python and numpy back afterwards.

    One thread at a time: the streams are the process's own.
    """
    with _STREAMS:
        before = random.getstate(), np.random.get_state()  # noqa: NPY002 - Keras seeds the old one
        try:
            keras.utils.set_random_seed(seed)
            yield
        finally:
            random.setstate(before[0])
            np.random.set_state(before[1])  # noqa: NPY002


def _rare_class_loss(objective: Objective, y: Any, outputs: Any) -> Any:
    """Return the focal loss, or that of adjusted logits, of each row.

    ``y`` is as the network's own loss takes it: one column, or one a class.
    """
    if y.shape[-1] == 1:
        y = ops.one_hot(ops.cast(y[..., 0], "int32"), len(objective.shares))
    if outputs.shape[-1] == 1:
        rest = ops.zeros_like(outputs) if objective.from_logits else 1.0 - outputs
        outputs = ops.concatenate([rest, outputs], axis=-1)
    if not objective.from_logits:
        outputs = ops.log(ops.maximum(outputs, SMALLEST))
    if objective.gamma:
        return keras.losses.categorical_focal_crossentropy(
            y, outputs, alpha=1.0, gamma=objective.gamma, from_logits=True
        )
    moved = outputs + ops.cast(objective.adjustment, outputs.dtype)
    return keras.losses.categorical_crossentropy(y, moved, from_logits=True)


def _encoded(codes: Codes, loss: Any, units: int, k: int) -> Any:
    """Return classes as the network's own loss takes them."""
    name = loss if isinstance(loss, str) else getattr(loss, "__name__", type(loss).__name__)
    if units == 1:
        return codes[:, None].astype(np.float32)
    return codes[:, None] if "sparse" in name.lower() else np.eye(k, dtype=np.float32)[codes]


def _input(model: Any, X: Floats) -> Any:
    """Return rows in the shape that the network reads, where it says which."""
    shape = getattr(model, "input_shape", None) if model.built else None
    if not isinstance(shape, tuple) or None in shape[1:]:
        return X
    if np.prod(shape[1:]) != np.prod(X.shape[1:]):
        raise InputError(
            f"The rows have {int(np.prod(X.shape[1:]))} features and the network reads "
            f"{int(np.prod(shape[1:]))} (shape {shape[1:]})."
        )
    return X.reshape(len(X), *shape[1:])


def _all_layers(model: Any) -> list[Any]:
    """List the model and all layers, also within layers, in the order of their making."""
    return list(model._flatten_layers())
