"""Pictures of a search in scikit-learn's manner, and a view of it that follows while it goes on.

Each display has ``from_learner``, draws with ``plot(ax)``, and holds its numbers as attributes. It
needs matplotlib, of the extra ``plot``. `watch` follows a learner in a notebook or a terminal, and
`watch_runs` follows simulations.
"""

from ._estimates import EstimatesDisplay
from ._found import FoundCurveDisplay
from ._learning import LearningCurveDisplay
from ._live import LiveDisplay, RunsLiveDisplay, watch, watch_runs
from ._map import MapDisplay
from ._precision_recall import PrecisionRecallDisplay
from ._scores import ScoreHistogramDisplay

__all__ = [
    "EstimatesDisplay",
    "FoundCurveDisplay",
    "LearningCurveDisplay",
    "LiveDisplay",
    "MapDisplay",
    "PrecisionRecallDisplay",
    "RunsLiveDisplay",
    "ScoreHistogramDisplay",
    "watch",
    "watch_runs",
]
