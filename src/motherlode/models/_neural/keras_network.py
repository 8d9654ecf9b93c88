"""A Keras network: copied, compiled anew for an objective, trained and asked batch by batch.

Nothing here is particular to TensorFlow: the same code runs on Keras' torch and JAX backends.
"""

import pickle
import random
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from threading import Lock, RLock, get_ident
from typing import Any

import keras
import numpy as np
from keras import ops

from ..._rows.arrays import Codes, Floats
from ...errors import InputError
from .losses import SMALLEST, Objective
from .network import Masks, Network, not_probabilities


@dataclass(eq=False)
class Blueprint:
    """What a network is copied from: the compiled one handed in, or what a function built.

    Attributes
    ----------
    network : keras.Model
        Compiled, never trained.
    from_logits : bool or None
        None takes what its loss was compiled with.
    shared : dict
        A network that is traced already, for fits of the same kind: tracing takes longer than a
        fit on few rows.
    """

    network: Any
    from_logits: bool | None = None
    shared: dict[Any, Any] = field(default_factory=dict)
    lock: Any = field(default_factory=Lock)

    def logits(self) -> bool:
        """Whether the outputs are logits."""
        if self.from_logits is not None:
            return self.from_logits
        return bool(_loss_settings(self.network.loss).get("from_logits", False))

    def copy(self, X: Floats, *, new: bool) -> Any:
        """An uncompiled copy that has seen rows like ``X``, with these weights or with new ones."""
        given = self.network
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
        if given.built and not new:
            copy.set_weights(given.get_weights())
        if given.built:
            both = (_layers(model, keras.layers.Layer) for model in (copy, given))
            for own, old in zip(*both, strict=True):
                _carry_over(own, old, new=new)
        return copy


def _carry_over(own: Any, old: Any, *, new: bool) -> None:
    """What a layer keeps when others get new weights: frozen ones all, adapted ones their data's
    statistics, which are no plain weights and not copied as such either.
    """
    if hasattr(old, "adapt"):
        kept: dict[str, Any] = {}
        old.save_own_variables(kept)
        own.load_own_variables(kept)
    elif new and not old.trainable and old.weights:
        own.set_weights(old.get_weights())


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
    if int(model.optimizer.iterations.numpy()):
        return False
    constants = False
    for layer in _layers(model, keras.layers.Layer):
        for value, start in _starts(layer) if layer.trainable else ():
            if isinstance(start, _CONSTANT):
                constants = True
                low = high = _numpy(start(value.shape))
            elif isinstance(start, keras.initializers.RandomUniform):
                low, high = start.minval, start.maxval
            else:
                continue
            if not ((value >= low) & (value <= high)).all():
                return False
    return constants


_CONSTANT = (keras.initializers.Zeros, keras.initializers.Ones, keras.initializers.Constant)


def _starts(layer: Any) -> Iterator[tuple[Floats, Any]]:
    """The weights of a layer whose initialisers it tells, as ``bias`` by ``bias_initializer``."""
    for name, start in vars(layer).items():
        weight = getattr(layer, name.removesuffix("_initializer"), None)
        if name.endswith("_initializer") and isinstance(weight, keras.Variable):
            yield weight.numpy(), start


def checked(network: Any) -> Any:
    """The network, or an `InputError` if it cannot be trained as a classifier."""
    if not isinstance(network, keras.Model):
        raise InputError(f"The network is {network!r}; give a compiled keras.Model.")
    if not network.compiled:
        raise InputError(
            "The Keras model was not compiled; call model.compile(optimizer, loss) first."
        )
    if isinstance(network.loss, dict | list):
        raise InputError("The Keras model has several outputs; give one with a single output.")
    return network


class KerasNetwork(Network):
    """A copy of a network, trained for an objective.

    Parameters
    ----------
    blueprint : Blueprint
    X : ndarray
        A few rows, to build the network and to see that it can read them.
    objective : Objective
    seed : int
    new : bool
        Whether it starts from new weights.
    start : weights, optional
        Or from these.
    """

    def __init__(
        self, blueprint: Blueprint, X: Floats, objective: Objective, seed: int, *, new: bool,
        start: Any = None,
    ) -> None:  # fmt: skip
        self.from_logits = blueprint.logits()
        with seeded(seed):
            self.model = blueprint.copy(X, new=new)
        if start is not None:
            self.model.set_weights(start)
        _check_head(self.model, self.from_logits)
        self._lock = Lock()
        self._blueprint: Blueprint | None = blueprint
        self._trainer: Any = None
        self._plan: tuple[Floats, Objective, int] | None = (X, objective, seed)

    @classmethod
    def of(cls, model: Any, from_logits: bool) -> "KerasNetwork":
        """A network that is trained already."""
        new = cls.__new__(cls)
        new.__setstate__({"model": model, "from_logits": from_logits})
        return new

    def step(self, X: Floats, codes: Codes, weights: Floats) -> float:
        """One optimiser step of Keras' own ``train_on_batch``."""
        if self._trainer is None:
            assert self._blueprint is not None
            self._blueprint.lock.acquire()
            try:
                self._trainer = self._training()
            except BaseException:
                self._blueprint.lock.release()
                raise
        model, encode = self._trainer
        loss = model.train_on_batch(
            _input(model, X), encode(codes), sample_weight=weights.astype(np.float32)
        )
        model.reset_metrics()
        return float(np.ravel(loss)[0])

    def finished(self) -> None:
        """Take the weights over and let the next fit have the traced network."""
        if self._trainer is not None:
            assert self._blueprint is not None
            self.model.set_weights(self._trainer[0].get_weights())
            self._blueprint.lock.release()
        self._trainer = self._blueprint = self._plan = None

    def forward(
        self, X: Floats, *, masks: Masks | None = None, tap: bool = False
    ) -> tuple[Floats, Floats | None]:
        """As in prediction, with dropout masks if any are given."""
        model = self.model if self._trainer is None else self._trainer[0]
        if masks is None and not tap:
            return _numpy(model(_input(model, X), training=False)), None
        with self._lock, _watched(model, masks) as read:
            outputs = _numpy(model(_input(model, X), training=False))
        if tap and "last" not in read:
            raise InputError("The network has no dense layer whose input could be its embedding.")
        return outputs, _numpy(read["last"]).reshape(len(outputs), -1) if tap else None

    def weights(self) -> Any:
        """A copy of all weights."""
        return (self.model if self._trainer is None else self._trainer[0]).get_weights()

    def restore(self, weights: Any) -> None:
        """Put weights back."""
        (self.model if self._trainer is None else self._trainer[0]).set_weights(weights)

    @property
    def dropouts(self) -> int:
        """How many dropout layers there are."""
        return len(_layers(self.model, keras.layers.Dropout))

    def __getstate__(self) -> dict[str, Any]:
        return {"packed": packed(self.model), "from_logits": self.from_logits}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.model = pickle.loads(state["packed"]) if "packed" in state else state["model"]
        self.from_logits = state["from_logits"]
        self._lock, self._trainer, self._blueprint, self._plan = Lock(), None, None, None

    def _training(self) -> Any:
        """A compiled network with the weights to start from, as if it were new."""
        assert self._plan is not None
        assert self._blueprint is not None
        X, objective, seed = self._plan
        given = self._blueprint.network
        key = (
            X.shape[1:], objective.gamma, tuple(objective.adjustment), self.from_logits,
            # The network may be compiled anew, or its learning rate set, between two fits.
            id(given.loss), repr(given.optimizer.get_config()), given.run_eagerly,
            tuple(layer.trainable for layer in _layers(given, keras.layers.Layer)),
        )  # fmt: skip
        if key not in self._blueprint.shared:
            with seeded(seed):
                model = self._blueprint.copy(X, new=False)
                units = self.forward(X)[0].shape[-1]
                encode = _compiled(model, given, objective, self.from_logits, units)
                model.optimizer.build(model.trainable_variables)
            first = [v.numpy().copy() for v in model.optimizer.variables]
            self._blueprint.shared.clear()
            self._blueprint.shared[key] = model, encode, first
        model, encode, first = self._blueprint.shared[key]
        for variable, value in zip(model.optimizer.variables, first, strict=True):
            variable.assign(value)
        model.set_weights(self.model.get_weights())
        _reseed(model, seed)
        return model, encode


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


_STREAMS = RLock()


def _compiled(
    model: Any, given: Any, objective: Objective, from_logits: bool, units: int
) -> Callable[[Codes], Any]:
    """Compile like ``given``, for the objective; how its loss wants to be told the classes."""
    loss: Any = given.loss
    k = len(objective.shares)
    encode = _encoding(loss, units, k)
    if objective.loss is not None:
        loss, encode = partial(_rare_class_loss, objective, from_logits), _one_hot(k)
    optimizer = type(given.optimizer).from_config(given.optimizer.get_config())
    model.compile(
        optimizer=optimizer, loss=loss, run_eagerly=given.run_eagerly,
        jit_compile=given.jit_compile,
    )  # fmt: skip
    return encode


def _rare_class_loss(objective: Objective, from_logits: bool, y: Any, outputs: Any) -> Any:
    """Focal loss or that of adjusted logits, of each row; ``y`` has a column a class."""
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
    return _one_hot(k)


def _one_hot(k: int) -> Callable[[Codes], Any]:
    return lambda codes: np.eye(k, dtype=np.float32)[codes]


def _loss_settings(loss: Any) -> dict[str, Any]:
    return loss.get_config() if isinstance(loss, keras.losses.Loss) else {}


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


def _layers(model: Any, kind: Any) -> list[Any]:
    """All layers of a kind, also within layers, in the order of their making."""
    return [layer for layer in model._flatten_layers(include_self=False) if isinstance(layer, kind)]


def _reseed(model: Any, seed: int) -> None:
    """Give dropout and its like a stream of their own from the seed."""
    rng = np.random.default_rng(seed)
    for layer in _layers(model, keras.layers.Layer):
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
