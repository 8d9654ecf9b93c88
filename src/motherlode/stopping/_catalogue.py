"""The stopping rules that have a name: one line for each.

The registry calls each by its class in snake_case, and the package exports it.
"""

from ._budget import Budget as Budget
from ._capture import CaptureRecapture as CaptureRecapture
from ._curve import DrySpell as DrySpell
from ._curve import Knee as Knee
from ._curve import NegativesInARow as NegativesInARow
from ._hypergeometric import QuasiSampling as QuasiSampling
from ._hypergeometric import TargetRecall as TargetRecall
from ._model import ClassificationChange as ClassificationChange
from ._model import OverallUncertainty as OverallUncertainty
from ._model import StabilisingPredictions as StabilisingPredictions
from ._quantile import QuantileBound as QuantileBound
from ._quantile import Target as Target
from ._sampled import SampledBatches as SampledBatches
