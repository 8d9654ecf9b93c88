"""A Keras network: copied, compiled anew for an objective, and trained by its own ``fit``.

Nothing here is particular to TensorFlow: the same code runs on Keras' torch and JAX backends.
"""

import pickle
import random
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from threading import Lock, RLock, get_ident
from typing import Any

import keras
import numpy as np
from keras import ops

from ...arrays import Codes, Floats, Rows
from ...errors import InputError
from .losses import SMALLEST, Objective
from .network import Masks, Network, Weighed, not_probabilities
from .rows import Batches, held_out

_STREAMS = RLock()  # the random streams are the process's own: one fit at a time
_CONSTANT = (keras.initializers.Zeros, keras.initializers.Ones, keras.initializers.Constant)


def handed_in(network: Any, seed: int, shared: dict[str, Any]) -> Any:
    """The compiled network that was handed in; a function that makes one is called once.

    Parameters
    ----------
    network : keras.Model or callable
    seed : int
        For what a function draws.
    shared : dict
        What all clones of a classifier have in common.
    """
    with seeded(seed):
        if shared.get("of") is not network:
            made = network
            if not isinstance(network, keras.Model) and callable(network):
                made = network()
            shared.clear()
            shared.update(of=network, network=made)
        given = shared["network"]
    if not isinstance(given, keras.Model):
        raise InputError(f"The network is {given!r}; give a compiled keras.Model.")
    if not given.compiled:
        raise InputError(
            "The Keras model was not compiled; call model.compile(optimizer, loss) first."
        )
    if isinstance(given.loss, dict | list):
        raise InputError("The Keras model has several outputs; give one with a single output.")
    return given


def copied(given: Any, X: Floats, *, new: bool) -> Any:
    """An uncompiled copy that has seen rows like ``X``, with these weights or with new ones."""
    try:
        copy = (
            keras.models.clone_model(given)
            if _functional(given)
            else type(given).from_config(given.get_config())
        )
    except (TypeError, ValueError, NotImplementedError) as error:
        raise InputError(
            f"The Keras model {type(given).__name__} cannot be copied ({error}); give it a "
            "get_config(), or hand over a function that builds and compiles it."
        ) from None
    copy(_input(copy, X))
    if not given.built:
        return copy
    if not new:
        copy.set_weights(given.get_weights())
    for own, old in zip(_layers(copy), _layers(given), strict=True):
        if hasattr(old, "adapt"):  # what it learned of the data is no plain weight
            kept: dict[str, Any] = {}
            old.save_own_variables(kept)
            own.load_own_variables(kept)
        elif new and not old.trainable and old.weights:
            own.set_weights(old.get_weights())
    return copy


def untrained(model: Any) -> bool:
    """Whether all that is trainable has the weights that it was made with.

    Training moves biases away from 0, and the scales and means of normalisation from 1 and 0;
    weights that were loaded bring biases with them. So a network counts as never trained if its
    optimizer has made no step, and every weight that starts from a constant, or from a uniform
    distribution of a fixed width as an embedding does, is where it may have started. Without
    any weight that starts from a constant it cannot be told, and the answer is no.
    """
    if not model.built:
        return True
    learned = [found for layer in _layers(model) if layer.trainable for found in _starts(layer)]
    return (
        not int(model.optimizer.iterations.numpy())
        and any(isinstance(start, _CONSTANT) for _, start in learned)
        and all(_may_start(value, start) for value, start in learned)
    )


def _starts(layer: Any) -> Iterator[tuple[Floats, Any]]:
    """The weights of a layer whose initialisers it tells, as ``bias`` by ``bias_initializer``."""
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


class KerasNetwork(Network):
    """A copy of a network, trained for an objective.

    Parameters
    ----------
    given : keras.Model
        From `handed_in`.
    X : ndarray
        A few rows, to build the network and to see that it can read them.
    objective : Objective
    seed : int
    from_logits : bool or None
        None takes what its loss was compiled with.
    new : bool
        Whether it starts from new weights.
    start : weights or None
        Or from these.
    shared : dict
        Holds a network that is traced already, for fits of the same kind: tracing takes longer
        than a fit on few rows.
    """

    def __init__(
        self, given: Any, X: Floats, objective: Objective, seed: int, *,
        from_logits: bool | None, new: bool, start: Any, shared: dict[str, Any],
    ) -> None:  # fmt: skip
        told = given.loss.get_config() if isinstance(given.loss, keras.losses.Loss) else {}
        logits = told.get("from_logits", False) if from_logits is None else from_logits
        with seeded(seed):
            self.__setstate__({"model": copied(given, X, new=new), "from_logits": bool(logits)})
        if start is not None:
            self.model.set_weights(start)
        _check_head(self.model, self.from_logits)
        self._plan = given, objective, seed, shared

    def held_out(
        self, X: Floats, codes: Codes, arguments: dict[str, Any], always: bool,
        rng: np.random.Generator,
    ) -> tuple[Rows, Rows] | None:  # fmt: skip
        """By ``validation_split``, stratified."""
        share = arguments.pop("validation_split") or (0.2 if always else 0.0)
        if not 0 <= share < 1:
            raise InputError(f"validation_split is {share}; it must be at least 0 and below 1.")
        return held_out(codes, share, rng) if share else None

    def batch_rows(self, arguments: dict[str, Any]) -> int:
        """Keras' own default is 32."""
        return arguments.pop("batch_size") or 32

    def train(
        self, rows: Weighed, batches: Batches, held: Weighed | None, arguments: dict[str, Any]
    ) -> tuple[dict[str, list[float]], list[float]]:
        """Keras' own ``fit`` of the traced network, whose weights are then taken over."""
        given, objective, seed, shared = self._plan
        held = arguments.pop("validation_data", held)
        callbacks = [*(arguments.pop("callbacks", None) or []), keras.callbacks.TerminateOnNaN()]
        with seeded(seed):
            units = self.forward(rows[0][:1])[0].shape[-1]
            encode = _encoding(given.loss, units, len(objective.shares))

            def fed(X: Floats, codes: Codes, weights: Floats) -> tuple[Any, ...]:
                return _input(self.model, X), encode(codes), weights.astype(np.float32)

            if held is not None:
                arguments |= {"validation_data": fed(*held)}
            model = self._traced(given, rows[0][:1], objective, seed, shared)
            settings = {"shuffle": False, "validation_batch_size": batches.size} | arguments
            epochs = _Epochs(fed(*rows), batches)
            history = model.fit(epochs, callbacks=callbacks, **settings).history
            self.model.set_weights(model.get_weights())
        for callback in callbacks:  # the user's own, which are to pickle without the network
            callback._model = None
        self._plan = None
        return history, history.get("loss", [])

    def forward(
        self, X: Floats, *, masks: Masks | None = None, tap: bool = False
    ) -> tuple[Floats, Floats | None]:
        """As in prediction, with dropout masks if any are given."""
        if masks is None and not tap:
            return _numpy(self.model(_input(self.model, X), training=False)), None
        with self._lock, _watched(self.model, masks) as read:
            outputs = _numpy(self.model(_input(self.model, X), training=False))
        if tap and "last" not in read:
            raise InputError("The network has no dense layer whose input could be its embedding.")
        return outputs, _numpy(read["last"]).reshape(len(outputs), -1) if tap else None

    def weights(self) -> Any:
        """A copy of all weights."""
        return self.model.get_weights()

    def restore(self, weights: Any) -> None:
        """Put weights back."""
        self.model.set_weights(weights)

    @property
    def dropouts(self) -> int:
        """How many dropout layers there are."""
        return len(_layers(self.model, keras.layers.Dropout))

    def __getstate__(self) -> dict[str, Any]:
        return {"packed": packed(self.model), "from_logits": self.from_logits}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.model = pickle.loads(state["packed"]) if "packed" in state else state["model"]
        self.from_logits: bool = state["from_logits"]
        self._lock = Lock()
        self._plan: Any = None

    def _traced(
        self, given: Any, X: Floats, objective: Objective, seed: int, shared: dict[str, Any]
    ) -> Any:
        """A compiled network with the weights to start from, as if it were new."""
        key = (
            X.shape[1:], objective.gamma, tuple(objective.adjustment), self.from_logits,
            # The network may be compiled anew, or its learning rate set, between two fits.
            id(given._compile_config), repr(given.optimizer.get_config()), given.run_eagerly,
            tuple(layer.trainable for layer in _layers(given)),
        )  # fmt: skip
        if shared.get("key") != key:
            model = copied(given, X, new=False)
            loss = partial(_rare_class_loss, objective, self.from_logits)
            model.compile(**_compiled_with(given) | ({"loss": loss} if objective.loss else {}))
            model.optimizer.build(model.trainable_variables)
            first = [v.numpy().copy() for v in model.optimizer.variables]
            shared.update(key=key, traced=(model, first))
        model, first = shared["traced"]
        for variable, value in zip(model.optimizer.variables, first, strict=True):
            variable.assign(value)
        model.set_weights(self.model.get_weights())
        _reseed(model, seed)
        return model


class _Epochs(keras.utils.PyDataset):
    """The batches of one epoch after the other, as Keras' ``fit`` takes them."""

    def __init__(self, rows: tuple[Any, ...], batches: Batches) -> None:
        super().__init__()
        self.rows, self.batches = rows, batches
        self.on_epoch_end()

    def __len__(self) -> int:
        return len(self.order)

    def __getitem__(self, batch: int) -> tuple[Any, ...]:
        return tuple(part[self.order[batch]] for part in self.rows)

    def on_epoch_end(self) -> None:
        """Draw the order of the next epoch."""
        self.order: Rows = np.fromiter(self.batches, np.int64).reshape(-1, self.batches.size)


def _compiled_with(given: Any) -> dict[str, Any]:
    """The arguments that a network was compiled with; its optimizer and metrics as new ones."""

    def fresh(part: Any) -> Any:
        kinds = keras.metrics.Metric, keras.optimizers.Optimizer
        return type(part).from_config(part.get_config()) if isinstance(part, kinds) else part

    settings = given._compile_config.config | {"optimizer": given.optimizer}
    return {name: keras.tree.map_structure(fresh, value) for name, value in settings.items()}


def packed(model: Any) -> bytes:
    """A network as Keras pickles it."""
    if model.compiled and model.built and not model.optimizer.built:
        # Keras cannot read back an optimizer that has not seen its variables.
        model.optimizer.build(model.trainable_variables)
    with quiet():
        return pickle.dumps(model)


@contextmanager
def quiet() -> Iterator[None]:
    """Without numpy's word on how Keras converts its variables when it saves them."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "__array__ implementation", DeprecationWarning)
        yield


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Keras' random streams from a seed, those of Python and numpy as they were afterwards.

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


def _rare_class_loss(objective: Objective, from_logits: bool, y: Any, outputs: Any) -> Any:
    """Focal loss or that of adjusted logits of each row; ``y`` has one column or one a class."""
    if y.shape[-1] == 1:
        y = ops.one_hot(ops.cast(y[..., 0], "int32"), len(objective.shares))
    if outputs.shape[-1] == 1 and from_logits:
        outputs = ops.concatenate([ops.zeros_like(outputs), outputs], axis=-1)
    elif outputs.shape[-1] == 1:
        outputs = ops.concatenate([1.0 - outputs, outputs], axis=-1)
    log_p = (
        ops.log_softmax(outputs, axis=-1)
        if from_logits
        else ops.log(ops.maximum(outputs, SMALLEST))
    )
    if objective.gamma:
        own = ops.sum(y * log_p, axis=-1)
        sure = ops.clip(ops.exp(own), 0.0, 1.0 - 1e-7)  # a power of 0 has no gradient
        return -((1.0 - sure) ** objective.gamma) * own
    moved = ops.log_softmax(log_p + ops.cast(objective.adjustment, log_p.dtype), axis=-1)
    return -ops.sum(y * moved, axis=-1)


def _encoding(loss: Any, units: int, k: int) -> Callable[[Codes], Any]:
    name = loss if isinstance(loss, str) else getattr(loss, "__name__", type(loss).__name__)
    if units == 1:
        return lambda codes: codes[:, None].astype(np.float32)
    if "sparse" in name.lower():
        return lambda codes: codes[:, None]
    return lambda codes: np.eye(k, dtype=np.float32)[codes]


def _check_head(model: Any, from_logits: bool) -> None:
    """A last dense layer without activation gives no probabilities, whatever it says today."""
    last = model.layers[-1] if model.layers and _functional(model) else None
    linear = getattr(last, "activation", None) is keras.activations.linear
    if isinstance(last, keras.layers.Dense) and linear and not from_logits:
        raise not_probabilities()


def _functional(model: Any) -> bool:
    return isinstance(model, keras.Sequential) or hasattr(model, "_operations")


def _input(model: Any, X: Floats) -> Any:
    """Rows in the shape that the network reads, where it says which."""
    shape = getattr(model, "input_shape", None) if model.built else None
    if isinstance(shape, tuple) and None not in shape[1:] and X.shape[1:] != shape[1:]:
        if np.prod(shape[1:]) == np.prod(X.shape[1:]):
            return X.reshape(len(X), *shape[1:])
        raise InputError(
            f"The rows have {int(np.prod(X.shape[1:]))} features and the network reads "
            f"{int(np.prod(shape[1:]))} (shape {shape[1:]})."
        )
    return X


def _numpy(tensor: Any) -> Floats:
    return np.asarray(ops.convert_to_numpy(tensor))


def _layers(model: Any, kind: Any = keras.layers.Layer) -> list[Any]:
    """All layers of a kind, also within layers, in the order of their making."""
    return [layer for layer in model._flatten_layers(include_self=False) if isinstance(layer, kind)]


def _reseed(model: Any, seed: int) -> None:
    """Give dropout and its like a stream of their own from the seed."""
    rng = np.random.default_rng(seed)
    for layer in _layers(model):
        generator = getattr(layer, "seed_generator", None)
        if generator is not None:
            generator.state.assign(rng.integers(2**31 - 1, size=generator.state.shape))


@contextmanager
def _watched(model: Any, masks: Masks | None) -> Iterator[dict[str, Any]]:
    """Dropout layers multiply by masks, and dense layers note what they read, in this thread."""
    read: dict[str, Any] = {}
    layers = [
        (layer, partial(_noting, layer.call, read)) for layer in _layers(model, keras.layers.Dense)
    ]
    if masks is not None:
        dropouts = enumerate(_layers(model, keras.layers.Dropout))
        layers += [(d, partial(_masked, d, d.call, masks, i)) for i, d in dropouts]
    # Past Keras' bookkeeping of attributes: these are no part of the model.
    for layer, call in layers:
        object.__setattr__(layer, "call", partial(_here, get_ident(), layer.call, call))
    try:
        yield read
    finally:
        for layer, _ in layers:
            object.__delattr__(layer, "call")


def _here(thread: int, plain: Any, watched: Any, inputs: Any, *args: Any, **kwargs: Any) -> Any:
    """Watched where it was asked for, plain in every other thread."""
    return (watched if get_ident() == thread else plain)(inputs, *args, **kwargs)


def _noting(call: Any, read: dict[str, Any], inputs: Any, *args: Any, **kwargs: Any) -> Any:
    read["last"] = inputs
    return call(inputs, *args, **kwargs)


def _masked(layer: Any, call: Any, masks: Masks, place: int, inputs: Any, **_: Any) -> Any:
    if not layer.rate:
        return inputs
    noise = getattr(layer, "noise_shape", None)
    if hasattr(layer, "_get_noise_shape"):
        noise = layer._get_noise_shape(inputs)
    whole = [int(n) for n in inputs.shape]
    shape = [n if m is None else int(m) for n, m in zip(whole, noise or whole, strict=True)]
    return inputs * ops.convert_to_tensor(masks(place, (1, *shape[1:]), layer.rate))
