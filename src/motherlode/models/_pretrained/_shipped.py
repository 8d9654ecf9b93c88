"""The weights in the package; ``weights.json`` beside them says where they come from."""

from functools import cache
from importlib.resources import files

import numpy as np

from ._forward import Network


@cache
def load_network() -> Network:
    """Load the network with the weights in the package; once in a process."""
    with (files(__package__) / "weights.npz").open("rb") as file:
        return Network(dict(np.load(file, allow_pickle=False)))
