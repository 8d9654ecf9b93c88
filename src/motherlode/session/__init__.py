"""A labelling session as plain arrays: what stopping rules and estimates are made from.

A learner gives one (`motherlode.ActiveLearner.session`), and so does a simulation or a file of
labels. The order is the order in which labels came.
"""

from ._draws import Group
from ._origins import CONTROL as CONTROL
from ._origins import Origin, Origins
from ._session import Arrivals, Batch, PassedOver, Session, hold_back
from ._session import made_after as made_after

__all__ = [
    "Arrivals",
    "Batch",
    "Group",
    "Origin",
    "Origins",
    "PassedOver",
    "Session",
    "hold_back",
]
