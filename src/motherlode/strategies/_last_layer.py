"""Geometry in the last layer of a network, for strategies and candidates that measure distances."""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from .._round.view import View
from .._rows.arrays import Floats, Rows
from ..errors import InputError
from ..models._neural.space import EmbeddedPool
from ._base.strategy import Strategy


def embed(view: View) -> View:
    """Place the pool's rows where the query model's last layer puts them.

    The rows are embedded once a round, in blocks. Without a model the round stays as it is.

    Raises
    ------
    InputError
        If the query model is no network.
    """
    if view.model is None:
        return view

    def places() -> EmbeddedPool:
        found = view.last_layer(np.arange(len(view.pool)))
        if found is None:
            raise InputError(
                "LastLayer needs a network as the query model; give a Keras or PyTorch model, or "
                "use the strategy without it."
            )
        return EmbeddedPool(view.pool, found[1])

    def there() -> View:
        training = replace(view.training, pool=view.once_a_round("last layer", places))
        return view.replace(training=training, rows=view.rows, model=lambda: view.model)

    return view.once("embedded", there)


@dataclass(frozen=True)
class LastLayer(Strategy):
    """Any strategy of geometry, in the space of the query model's last layer.

    Distances between raw pixels or words mean little, and a network learns a better space from the
    labels. `KCentre`, `TypiClust`, `ProbCover`, densities and all others that measure distances or
    similarities take their points from there.

    Parameters
    ----------
    base : Strategy
        The strategy that measures distances or similarities.

    Notes
    -----
    The network embeds the whole pool once a round: a forward pass, and memory O(n d). Until two
    classes are labelled there is no network, and the base works on the pool's own points. The
    space changes with each fit, so nothing is kept from round to round. `Badge` reads the last
    layer of a network by itself.

    References
    ----------
    Sener & Savarese (2018), Active learning for convolutional neural networks: a core-set
    approach, ICLR (distances of the last layer's activations).
    """

    base: Strategy

    family: ClassVar[str] = "diversity"
    needs: ClassVar[str] = "model"
    paper: ClassVar[str] = "Sener & Savarese 2018"

    def __post_init__(self) -> None:
        if not isinstance(self.base, Strategy):
            raise InputError(f"LastLayer was given {self.base!r}; give a strategy.")

    def utilities(self, view: View) -> Floats:
        """Give the utilities of the base in the last layer's space."""
        return self.base.compute_utilities(embed(view))

    def reasons(self, view: View, rows: Rows) -> list[str]:
        """Give the reasons of the base in the last layer's space."""
        return [f"last layer: {text}" for text in self.base.reasons(embed(view), rows)]

    def __str__(self) -> str:
        return f"LastLayer({self.base})"
