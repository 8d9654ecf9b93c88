"""Query strategies: each is one class in one of these files, and every one has a name.

`named` makes a strategy by name, `NAMES` lists the names, and `register` adds one of your own. The
registry exports what it names; the classes listed here are made of other strategies.
"""

from . import _registry as registry
from ._base.strategy import Power, Product, Strategy, Sum, Weighted
from ._compose import Interleave, Mixture, Ranks
from ._fading import Fading
from ._last_layer import LastLayer
from ._registry import *  # noqa: F403

__all__ = [
    "Fading",
    "Interleave",
    "LastLayer",
    "Mixture",
    "Power",
    "Product",
    "Ranks",
    "Strategy",
    "Sum",
    "Weighted",
]
__all__ += registry.__all__
