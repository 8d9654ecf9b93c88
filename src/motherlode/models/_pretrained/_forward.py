"""The pretrained network in numpy: the context is read once, and each row looks at it.

The cost is linear in the rows scored. Attention is normalised within each state (positive,
negative, unlabelled) on its own, so that one positive among three hundred rows is heard as well as
the rest.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np

from ..._rows.arrays import Codes, Floats

_BLOCK = 1024  # rows whose attention stays near the processor


class Architecture(NamedTuple):
    """The sizes of a network.

    Attributes
    ----------
    width, layers, heads : int
        Of the attention.
    grouped : bool
        Whether attention is normalised for each state on its own.
    """

    width: int
    layers: int
    heads: int
    grouped: bool


class Network:
    """A network with its weights, that scores rows by a context.

    Parameters
    ----------
    weights : mapping of str to ndarray
        By the names that ``pretraining`` gives them.
    """

    def __init__(self, weights: Mapping[str, Floats]) -> None:
        self._w = {name: np.asarray(value, dtype=np.float32) for name, value in weights.items()}
        layers = 1 + max(int(name.split(".")[1]) for name in self._w if name.startswith("layers."))
        width = self._w["enter.weight"].shape[0]
        heads = int(self._w["heads"])
        grouped = self._w["layers.0.out.weight"].shape[1] == 3 * width
        self.architecture = Architecture(width, layers, heads, grouped)

    def score(self, context: Floats, states: Codes, rows: Floats) -> Floats:
        """Compute the log odds of being positive of each row, shape (n,).

        Parameters
        ----------
        context : ndarray of shape (m, p)
            Features of the rows of the context.
        states : ndarray of int of shape (m,)
            What is known of each.
        rows : ndarray of shape (n, p)
            Features of the rows to score.
        """
        members = [states == state for state in range(3)] if self.architecture.grouped else None
        memory = self._read(context, states, members)
        out = [
            self._look(rows[start : start + _BLOCK], memory, members)
            for start in range(0, len(rows), _BLOCK)
        ]
        return np.concatenate(out) if out else np.empty(0, dtype=np.float32)

    def _enter(self, features: Floats, states: Codes) -> Floats:
        hidden = self._linear("enter", features) + self._w["state.weight"][states]
        return np.asarray(hidden)

    def _read(
        self, context: Floats, states: Codes, members: list[Codes] | None
    ) -> list[tuple[Floats, Floats]]:
        """Run the context through the layers, and keep each layer's keys and values."""
        memory = []
        hidden = self._enter(context, states)
        for k in range(self.architecture.layers):
            normed = self._norm(f"layers.{k}.norm1", hidden)
            kept = (
                self._linear(f"layers.{k}.key", normed),
                self._linear(f"layers.{k}.value", normed),
            )
            memory.append(kept)
            hidden = self._step(k, hidden, normed, kept, members)
        return memory

    def _look(
        self, rows: Floats, memory: list[tuple[Floats, Floats]], members: list[Codes] | None
    ) -> Floats:
        hidden = self._enter(rows, np.zeros(len(rows), dtype=np.int64))
        for k, kept in enumerate(memory):
            normed = self._norm(f"layers.{k}.norm1", hidden)
            hidden = self._step(k, hidden, normed, kept, members)
        return self._linear("leave", self._norm("norm", hidden))[:, 0]

    def _step(
        self,
        k: int,
        hidden: Floats,
        normed: Floats,
        kept: tuple[Floats, Floats],
        members: list[Codes] | None,
    ) -> Floats:
        name = f"layers.{k}"
        seen = self._attend(self._linear(f"{name}.query", normed), *kept, members)
        hidden = hidden + self._linear(f"{name}.out", seen)
        inner = np.maximum(self._linear(f"{name}.up", self._norm(f"{name}.norm2", hidden)), 0.0)
        return np.asarray(hidden + self._linear(f"{name}.down", inner))

    def _attend(
        self, query: Floats, key: Floats, value: Floats, members: list[Codes] | None
    ) -> Floats:
        width, heads = self.architecture.width, self.architecture.heads
        groups = [np.ones(len(key), dtype=bool)] if members is None else members
        out: Any = np.zeros((len(query), len(groups) * width), dtype=np.float32)
        size = width // heads
        scale = np.float32(1.0 / np.sqrt(size))
        for g, group in enumerate(groups):
            if not group.any():
                continue
            for h in range(heads):
                part = slice(h * size, (h + 1) * size)
                logits = (query[:, part] * scale) @ key[group, part].T
                logits -= logits.max(axis=1, keepdims=True)
                np.exp(logits, out=logits)
                logits /= logits.sum(axis=1, keepdims=True)
                start = g * width + h * size
                out[:, start : start + size] = logits @ value[group, part]
        return out

    def _linear(self, name: str, x: Floats) -> Floats:
        return np.asarray(x @ self._w[f"{name}.weight"].T + self._w[f"{name}.bias"])

    def _norm(self, name: str, x: Floats) -> Floats:
        centred = x - x.mean(axis=1, keepdims=True)
        spread = np.sqrt((centred**2).mean(axis=1, keepdims=True) + 1e-5)
        return np.asarray(centred / spread * self._w[f"{name}.weight"] + self._w[f"{name}.bias"])
