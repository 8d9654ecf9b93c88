"""When to stop: rules that read a session and say stop or go on, why, and what it would take.

Some rules carry a proof and need rows drawn by lot (`TargetRecall`, `QuantileBound`, `Target`);
the others are heuristics, and say so. Rules join by ``&`` and ``|``. `named` gives a rule by name,
and `register` adds one of your own. What the registry names is exported by itself.
"""

from . import registry
from .base import Advice, Rule
from .capture import Chao, chao
from .curve import knee
from .hypergeometric import certain_recall, draws_needed
from .model import f_change_bound, kappa, mean_entropy
from .quantile import positives_to_refind, smallest_sample
from .registry import *  # noqa: F403

__all__ = [
    "Advice",
    "Chao",
    "Rule",
    "certain_recall",
    "chao",
    "draws_needed",
    "f_change_bound",
    "kappa",
    "knee",
    "mean_entropy",
    "positives_to_refind",
    "smallest_sample",
]
__all__ += registry.__all__
