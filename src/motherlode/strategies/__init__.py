"""Query strategies: each is one class in one of these files, and every one has a name.

`named` gives a strategy by name, `NAMES` lists the names, and `register` adds one of your own.
"""

from .adaptive import Auto
from .annealed import AnnealedMix
from .balance import CBAL, BoostedVoteEntropy, ClassWeighted, Quota
from .bandit import Tailor
from .base import Power, Product, Strategy, Sum, Weighted
from .boundary import PresumedMargin
from .chance import Random
from .committee import QueryByCommittee
from .compose import Interleave, Mixture, Ranks
from .coverage import ProbCover, TypiClust
from .density import KDE, LOF, InformationDensity
from .discovery import NNDM, AnomalyFeedback, RareInterleave
from .diversity import Badge, KCentre
from .explore import ExploreMix, Unvisited
from .fading import Fading
from .graph import Direct, Galaxy
from .information import BALD, EPIG
from .last_layer import LastLayer
from .minority import MostLikely
from .novelty import LocalNovelty
from .registry import NAMES, as_strategy, named, register
from .review import ContinuousLearning, growing_batches
from .search import ENS
from .similar import FLQMI, GCMI
from .typical import Typical
from .uncertainty import Entropy, LeastConfidence, Margin

__all__ = [
    "BALD",
    "CBAL",
    "ENS",
    "EPIG",
    "FLQMI",
    "GCMI",
    "KDE",
    "LOF",
    "NAMES",
    "NNDM",
    "AnnealedMix",
    "AnomalyFeedback",
    "Auto",
    "Badge",
    "BoostedVoteEntropy",
    "ClassWeighted",
    "ContinuousLearning",
    "Direct",
    "Entropy",
    "ExploreMix",
    "Fading",
    "Galaxy",
    "InformationDensity",
    "Interleave",
    "KCentre",
    "LastLayer",
    "LeastConfidence",
    "LocalNovelty",
    "Margin",
    "Mixture",
    "MostLikely",
    "Power",
    "PresumedMargin",
    "ProbCover",
    "Product",
    "QueryByCommittee",
    "Quota",
    "Random",
    "Ranks",
    "RareInterleave",
    "Strategy",
    "Sum",
    "Tailor",
    "TypiClust",
    "Typical",
    "Unvisited",
    "Weighted",
    "as_strategy",
    "growing_batches",
    "named",
    "register",
]
