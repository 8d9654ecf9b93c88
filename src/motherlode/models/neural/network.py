"""A network of some framework, as the classifier that trains and asks it sees it."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...arrays import Codes, Floats, Rows
from ...errors import InputError
from .rows import Batches

Shape = tuple[int, ...]
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

    def __call__(self, layer: int, shape: Shape, rate: float) -> Floats:
        """The mask of a layer, for one row of that shape: 0, or one over the share kept."""
        rng = np.random.default_rng([self.seed, layer])
        return ((rng.random(shape) >= rate) / (1.0 - rate)).astype(np.float32)


class Network(ABC):
    """A copy of the network that was handed in, which its framework trains.

    Attributes
    ----------
    from_logits : bool
        Whether the outputs are logits and no probabilities.
    """

    from_logits: bool

    @abstractmethod
    def held_out(
        self, X: Floats, codes: Codes, arguments: dict[str, Any], always: bool,
        rng: np.random.Generator,
    ) -> tuple[Rows, Rows] | None:  # fmt: skip
        """Positions to train on and to hold out; all and none where a class has too few rows.

        None if nobody asked for it, which `always` does in any case.
        """

    @abstractmethod
    def batch_rows(self, arguments: dict[str, Any]) -> int:
        """Take the size of batches out of the arguments of a fit."""

    @abstractmethod
    def train(
        self, rows: Weighed, batches: Batches, held: Weighed | None, arguments: dict[str, Any]
    ) -> Any:
        """Train by the framework's own loop and return its history."""

    @abstractmethod
    def forward(
        self, X: Floats, *, masks: Masks | None = None, tap: bool = False
    ) -> tuple[Floats, Floats | None]:
        """Outputs of shape (n, units), and with `tap` what the last dense layer reads, (n, d)."""

    @abstractmethod
    def weights(self) -> Any:
        """A copy of all weights."""

    @abstractmethod
    def restore(self, weights: Any) -> None:
        """Put weights back."""

    @property
    @abstractmethod
    def dropouts(self) -> int:
        """How many dropout layers there are."""


def check_outputs(outputs: Floats, from_logits: bool, k: int) -> None:
    """Raise an `InputError` unless these are a classifier's outputs for ``k`` classes."""
    if outputs.ndim != 2 or not (outputs.shape[1] == k or (k == 2 and outputs.shape[1] == 1)):
        units = outputs.shape[1] if outputs.ndim == 2 else f"shape {outputs.shape[1:]} of"
        raise InputError(
            f"The network has {units} output{'' if units == 1 else 's'} and there are {k} "
            f"classes; end it with {k} units{', or one sigmoid unit' if k == 2 else ''}."
        )
    if from_logits:
        return
    sums = outputs.sum(axis=1) if outputs.shape[1] > 1 else np.ones(len(outputs))
    inside = (outputs >= -1e-6).all() and (outputs <= 1 + 1e-6).all()
    if np.isfinite(outputs).all() and not (inside and (np.abs(sums - 1) < 1e-3).all()):
        raise not_probabilities()


def not_probabilities() -> InputError:
    """What to say of a head that gives no probabilities."""
    return InputError(
        "The network's outputs are no probabilities, as of a regression head; end it with a "
        "softmax or one sigmoid unit, or say from_logits=True if they are logits."
    )
