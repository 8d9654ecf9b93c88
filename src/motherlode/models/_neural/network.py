"""A network of some framework, as training and prediction see it."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..._rows.arrays import Codes, Floats
from ...errors import InputError

Shape = tuple[int, ...]


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
    """A network that can be trained a batch at a time and asked for its outputs.

    Attributes
    ----------
    from_logits : bool
        Whether the outputs are logits and no probabilities.
    """

    from_logits: bool

    @abstractmethod
    def step(self, X: Floats, codes: Codes, weights: Floats) -> float:
        """Train on one batch; its loss."""

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

    def finished(self) -> None:  # noqa: B027 - most networks hold nothing to let go of
        """Let go of what only training needs."""


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


def train(
    network: Network,
    batches: Callable[[], Any],
    epochs: int,
    *,
    held_out_loss: Callable[[], float] | None = None,
    patience: int = 10,
    report: Callable[[int, float, float | None], None] | None = None,
) -> int:
    """Train for some epochs, or until the loss of held-out rows has long stopped falling.

    Parameters
    ----------
    network : Network
    batches : callable
        Gives the (X, codes, weights) of one epoch.
    epochs : int
    held_out_loss : callable, optional
        With it training stops ``patience`` epochs after the least value, whose weights are
        taken back.
    patience : int
    report : callable, optional
        Told the epoch, its loss and the held-out loss.

    Returns
    -------
    int
        Epochs trained.

    Raises
    ------
    InputError
        If a loss is not a finite number.
    """
    best, best_epoch, kept = np.inf, 0, None
    for epoch in range(1, epochs + 1):
        loss = float(np.mean([network.step(*batch) for batch in batches()]))
        if not np.isfinite(loss):
            raise InputError(
                f"The network's loss is {loss} in epoch {epoch}; scale the features, or lower the "
                "learning rate."
            )
        out = None if held_out_loss is None else held_out_loss()
        if report is not None:
            report(epoch, loss, out)
        if out is None:
            continue
        if out < best:
            best, best_epoch, kept = out, epoch, network.weights()
        elif epoch - best_epoch >= patience:
            break
    if kept is not None:
        network.restore(kept)
    return epoch
