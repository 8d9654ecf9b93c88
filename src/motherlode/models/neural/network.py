"""A network of some framework, as the classifier that trains and asks it sees it."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from threading import Lock, get_ident
from typing import Any

import numpy as np

from ...arrays import Codes, Floats, Rows
from ...errors import InputError
from .losses import Objective
from .rows import Batches

_WATCHING = Lock()
Weighed = tuple[Floats, Codes, Floats]  # rows, their classes and what each weighs


@dataclass(frozen=True)
class Masks:
    """One draw of all dropout masks of a network, the same for every row and every block.

    With a mask for each row a member would be another network for each row; EPIG asks what two
    rows say *together*, and a pool on disk must get the answers of one in memory.

    References
    ----------
    Kirsch, van Amersfoort & Gal (2019), BatchBALD, NeurIPS, section 3.2 (consistent masks).
    """

    seed: int

    def __call__(self, layer: int, shape: tuple[int, ...], rate: float) -> Floats:
        """Draw the mask of a layer, for one row of that shape: 0, or one over the share kept."""
        rng = np.random.default_rng([self.seed, layer])
        return ((rng.random(shape) >= rate) / (1.0 - rate)).astype(np.float32)


class Network(ABC):
    """A copy of the network that was handed in, which its framework trains.

    Attributes
    ----------
    from_logits : bool
        Whether the outputs are logits and no probabilities.
    batch_size : int
        Where the arguments of a fit name none; -1 for all rows.
    """

    from_logits: bool
    batch_size: int = 32

    @abstractmethod
    def held_out(
        self, X: Floats, codes: Codes, arguments: dict[str, Any], rng: np.random.Generator
    ) -> tuple[Rows, Rows] | None:
        """Return positions to train on and to hold out, or None if nobody asked for that.

        Where a class has too few rows it is all and none.
        """

    @abstractmethod
    def fit(
        self, settings: Any, objective: Objective, seed: int, rows: Weighed, batches: Batches,
        held: Weighed | None, arguments: dict[str, Any],
    ) -> tuple[Any, list[float]]:  # fmt: skip
        """Train by the framework's own fit; return its history and the loss of each epoch."""

    @abstractmethod
    def weights(self) -> Any:
        """Copy all weights."""

    @abstractmethod
    def restore(self, weights: Any) -> None:
        """Put weights back."""

    @abstractmethod
    def _outputs(self, X: Floats) -> Floats:
        """Return the outputs as in prediction, shape (n, units)."""

    @abstractmethod
    def _layers(self, kind: str) -> list[Any]:
        """List the layers of a kind, "dense" or "dropout"."""

    @abstractmethod
    def _watch(self, layer: Any, change: Callable[[Any, Any], Any]) -> Callable[[], None]:
        """Let a layer answer with what ``change`` makes of what it reads and gives; undo it."""

    @abstractmethod
    def _dropped(self, layer: Any, outputs: Any, mask: Callable[..., Floats]) -> Any:
        """Multiply by the mask, which is drawn for a shape and a rate."""

    @property
    def dropouts(self) -> int:
        """How many dropout layers there are."""
        return len(self._layers("dropout"))

    def forward(
        self, X: Floats, *, masks: Masks | None = None, tap: bool = False
    ) -> tuple[Floats, Floats | None]:
        """Return outputs of shape (n, units), and with `tap` what the last dense layer reads."""
        if masks is None and not tap:
            return self._outputs(X), None
        with _WATCHING, self._watched(masks) as read:
            outputs = self._outputs(X)
        if tap and not read:
            raise InputError("The network has no dense layer whose input could be its embedding.")
        return outputs, np.asarray(read[-1]).reshape(len(outputs), -1) if tap else None

    @contextmanager
    def _watched(self, masks: Masks | None) -> Iterator[list[Any]]:
        """Let dropout layers apply masks, and dense layers note what they read, in this thread."""
        read: list[Any] = []
        thread = get_ident()

        def note(inputs: Any, outputs: Any) -> Any:
            read[:] = [inputs]
            return outputs

        def here(change: Callable[[Any, Any], Any], inputs: Any, outputs: Any) -> Any:
            return change(inputs, outputs) if get_ident() == thread else outputs

        def drop(place: int, layer: Any, inputs: Any, outputs: Any) -> Any:
            return self._dropped(layer, outputs, partial(masks, place))  # type: ignore[arg-type]

        changes = [(layer, note) for layer in self._layers("dense")]
        if masks is not None:
            dropouts = enumerate(self._layers("dropout"))
            changes += [(layer, partial(drop, place, layer)) for place, layer in dropouts]
        undo = [self._watch(layer, partial(here, change)) for layer, change in changes]
        try:
            yield read
        finally:
            for back in undo:
                back()
