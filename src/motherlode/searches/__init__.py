"""Searches that are led so that a stopping rule can be told what it needs.

`motherlode.stopping.QuantileBound` and ``Target`` need positives that were set aside before the
search (`SetAside`), ``CaptureRecapture`` needs several searches of one pool (`side_by_side`). Each
gives the `motherlode.session.Session` that the rule reads, of one learner or of several.
Simulations feed all three by themselves.
"""

from .aside import SetAside
from .together import side_by_side

__all__ = ["SetAside", "side_by_side"]
