"""Query strategies: each is one class in one of these files, and every one has a name.

`named` gives a strategy by name, `NAMES` lists the names, and `register` adds one of your own.
"""

from .adaptive import Auto
from .base import Power, Product, Strategy, Sum, Weighted
from .chance import Random
from .committee import QueryByCommittee
from .compose import Interleave, Mixture, Ranks
from .density import KDE, LOF, InformationDensity
from .minority import MostLikely
from .registry import NAMES, as_strategy, named, register
from .uncertainty import Entropy, LeastConfidence, Margin

__all__ = [
    "KDE",
    "LOF",
    "NAMES",
    "Auto",
    "Entropy",
    "InformationDensity",
    "Interleave",
    "LeastConfidence",
    "Margin",
    "Mixture",
    "MostLikely",
    "Power",
    "Product",
    "QueryByCommittee",
    "Random",
    "Ranks",
    "Strategy",
    "Sum",
    "Weighted",
    "as_strategy",
    "named",
    "register",
]
