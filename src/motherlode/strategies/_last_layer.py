"""Geometry in the last layer of a network, for strategies and candidates that measure distances."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from .._round.view import View
from .._rows.arrays import Floats, Rows
from ..errors import InputError
from ..models._neural.space import EmbeddedPool
from ._base.strategy import Strategy


def embedded(view: View) -> View:
    """The round with the pool at the places that the query model's last layer gives its rows.

    Embedded once a round, in blocks. Without a model yet it is the round as it is.

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

    pool = view.once_a_round("last layer", places)
    return view.once(
        "embedded", lambda: view.changed(pool=pool, rows=view.rows, model=lambda: view.model)
    )


@dataclass(frozen=True)
class LastLayer(Strategy):
    """Any strategy of geometry, in the space that the query model's last layer spans.

    Raw pixels and words are poor places to measure distances in; a network learns better ones
    from the labels. `KCentre`, `TypiClust`, `ProbCover`, densities and all others that measure
    distances or similarities take their points from there.

    Parameters
    ----------
    base : Strategy

    Notes
    -----
    The network embeds the whole pool once a round: a forward pass, and memory O(n d). Until two
    classes are labelled there is no network, and the base works on the pool's own points. The
    space changes with each fit, so nothing is carried from round to round. `Badge` takes the last
    layer of a network without this.

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
        """Those of the base."""
        return self.base._utilities(embedded(view))

    def reasons(self, view: View, rows: Rows) -> list[str]:
        """Those of the base."""
        return [f"last layer: {text}" for text in self.base.reasons(embedded(view), rows)]

    def __str__(self) -> str:
        return f"LastLayer({self.base})"
