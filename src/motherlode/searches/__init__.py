"""Searches that are led so that a stopping rule gets what it needs.

`motherlode.stopping.QuantileBound` and ``Target`` need positives that were set aside before the
search (`SetAside`), ``CaptureRecapture`` needs several searches of one pool (`side_by_side`), and
``SampledBatches`` needs batches of which a random part is labelled (`Ladder`). Each of these leads
a learner, or several, and makes the `motherlode.session.Session` that the rule reads.
"""

from ._aside import SetAside
from ._ladder import Ladder
from ._together import side_by_side

__all__ = ["Ladder", "SetAside", "side_by_side"]
