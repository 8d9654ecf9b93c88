"""The strategies that have a name: one line for each.

The registry calls each by its class in snake_case, and the package exports it.
"""

from ._adaptive import Auto as Auto
from ._annealed import AnnealedMix as AnnealedMix
from ._balance import CBAL as CBAL
from ._balance import BoostedVoteEntropy as BoostedVoteEntropy
from ._balance import ClassWeighted as ClassWeighted
from ._balance import Quota as Quota
from ._bandit import Tailor as Tailor
from ._boundary import PresumedMargin as PresumedMargin
from ._committee import QueryByCommittee as QueryByCommittee
from ._coverage import ProbCover as ProbCover
from ._coverage import TypiClust as TypiClust
from ._density import KDE as KDE
from ._density import LOF as LOF
from ._density import InformationDensity as InformationDensity
from ._discovery import NNDM as NNDM
from ._discovery import AnomalyFeedback as AnomalyFeedback
from ._discovery import RareInterleave as RareInterleave
from ._diversity import Badge as Badge
from ._diversity import KCentre as KCentre
from ._explore import ExploreMix as ExploreMix
from ._explore import Unvisited as Unvisited
from ._graph import Direct as Direct
from ._graph import Galaxy as Galaxy
from ._information import BALD as BALD
from ._information import EPIG as EPIG
from ._minority import MostLikely as MostLikely
from ._novelty import LocalNovelty as LocalNovelty
from ._random import Random as Random
from ._review import ContinuousLearning as ContinuousLearning
from ._search import ENS as ENS
from ._similar import FLQMI as FLQMI
from ._similar import GCMI as GCMI
from ._stated import ByPrior as ByPrior
from ._typical import Typical as Typical
from ._uncertainty import Entropy as Entropy
from ._uncertainty import LeastConfidence as LeastConfidence
from ._uncertainty import Margin as Margin
