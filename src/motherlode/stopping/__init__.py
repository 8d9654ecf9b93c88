"""When to stop: rules that read a session and say stop or go on, why, and what it would take.

Some rules carry a proof and need rows drawn at random (`TargetRecall`, `QuantileBound`, `Target`);
the others are heuristics, and say so. Rules join by ``&`` and ``|``. `named` gives a rule by name,
and `register` adds one of your own. What the registry names is exported by itself.
"""

from . import _registry as registry
from ._base import Advice, Rule
from ._capture import Chao, chao
from ._curve import knee
from ._hypergeometric import certain_recall, draws_needed
from ._model import f_change_bound, kappa, mean_entropy
from ._quantile import positives_to_refind, smallest_sample
from ._registry import *  # noqa: F403

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
