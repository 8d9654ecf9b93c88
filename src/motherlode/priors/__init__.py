"""What a person knows before the first label: a sentence, words, scores, a model or a judge.

A prior is never a label. A learner takes one by ``ActiveLearner(..., prior=...)``, and anything
that `as_prior` understands will do. Labels show how far it is right, and its weight follows them.
"""

from ._as_prior import as_prior
from ._files import from_json, to_json
from ._given import Column, FittedModel, Scores
from ._judge import Judge
from ._keywords import Keywords
from ._prior import Prior
from ._sentence import Sentence
from ._slope import Slope

__all__ = [
    "Column",
    "FittedModel",
    "Judge",
    "Keywords",
    "Prior",
    "Scores",
    "Sentence",
    "Slope",
    "as_prior",
    "from_json",
    "to_json",
]
