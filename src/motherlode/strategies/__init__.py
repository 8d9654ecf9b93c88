"""Query strategies: each is one class in one of these files, and every one has a name.

`named` makes a strategy by name, `NAMES` lists the names, and `register` adds one of your own. What
`_catalogue` lists is exported too; the classes listed here are made of other strategies.
"""

from . import _catalogue
from ._base.strategy import Power, Product, Strategy, Sum, Weighted
from ._catalogue import *  # noqa: F403
from ._compose import Interleave, Mixture, Ranks
from ._fading import Fading
from ._last_layer import LastLayer
from ._registry import NAMES, as_strategy, named, register

__all__ = [
    "NAMES",
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
    "as_strategy",
    "named",
    "register",
]
__all__ += [name for name in vars(_catalogue) if not name.startswith("_")]
