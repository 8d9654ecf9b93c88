"""The learner, which leads a search, and the rules that it follows.

A rule for candidates says which rows may be asked: `AllRows`, `RandomRows`, `BySize`, `LikelyRows`,
`SEALS`, `AnchorAL` or `LastLayerRows`. A selection makes a batch of the strategy's utilities:
`TopK`, `Stochastic` or `ClusterMargin`. `Control` adds control draws to the batch.
"""

from .._round.cluster_margin import ClusterMargin
from .._round.selection import Control, Selection, Stochastic, TopK
from ._candidates import AllRows, BySize, Candidates, RandomRows
from ._candidates_near_labels import SEALS, AnchorAL, LastLayerRows
from ._decisions import Decisions
from ._learner import ActiveLearner
from ._likely_rows import LikelyRows
from ._prior_report import PriorReport
from ._query import Query
from ._ranking import RankedRow, RankedRows

__all__ = [
    "SEALS",
    "ActiveLearner",
    "AllRows",
    "AnchorAL",
    "BySize",
    "Candidates",
    "ClusterMargin",
    "Control",
    "Decisions",
    "LastLayerRows",
    "LikelyRows",
    "PriorReport",
    "Query",
    "RandomRows",
    "RankedRow",
    "RankedRows",
    "Selection",
    "Stochastic",
    "TopK",
]
