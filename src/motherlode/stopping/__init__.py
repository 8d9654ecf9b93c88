"""When to stop: rules that read a session and say stop or go on, why, and what it would take.

Some rules carry a proof and need rows drawn at random (`TargetRecall`, `QuantileBound`, `Target`);
the others are heuristics, and say so. Rules join by ``&`` and ``|``. `named` gives a rule by name,
and `register` adds one of your own. What `_catalogue` lists is exported too.
"""

from . import _catalogue
from ._base import Advice, Rule
from ._capture import Chao, chao
from ._catalogue import *  # noqa: F403
from ._curve import knee
from ._forecast import Forecast, forecast
from ._hypergeometric import certain_recall, draws_needed
from ._model import f_change_bound, kappa, mean_entropy
from ._quantile import positives_to_refind, smallest_sample
from ._registry import NAMES, STOPPING_RULES, as_rules, named, register
from ._sampled import batch_size
from ._verdict import Verdict

__all__ = [
    "NAMES",
    "STOPPING_RULES",
    "Advice",
    "Chao",
    "Forecast",
    "Rule",
    "Verdict",
    "as_rules",
    "batch_size",
    "certain_recall",
    "chao",
    "draws_needed",
    "f_change_bound",
    "forecast",
    "kappa",
    "knee",
    "mean_entropy",
    "named",
    "positives_to_refind",
    "register",
    "smallest_sample",
]
__all__ += [name for name in vars(_catalogue) if not name.startswith("_")]
