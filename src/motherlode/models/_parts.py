"""The estimators that an unfitted model is made of."""

from collections.abc import Iterator
from typing import Any

from sklearn.ensemble import StackingClassifier, VotingClassifier
from sklearn.ensemble._bagging import BaseBagging
from sklearn.multiclass import OneVsOneClassifier, OneVsRestClassifier, OutputCodeClassifier

# These give their members codes of the classes, others the labels themselves.
CODING = (BaseBagging, VotingClassifier, StackingClassifier)
# A member of these has an output for two classes only, or for two groups of them.
BY_PAIRS = (OneVsRestClassifier, OneVsOneClassifier, OutputCodeClassifier)


def parts(model: Any) -> Iterator[Any]:
    """List the estimators right inside a model: steps, members, and what it wraps."""
    for value in model.get_params(deep=False).values():
        yield from _estimators(value)


def _estimators(value: Any) -> Iterator[Any]:
    if hasattr(value, "get_params") and not isinstance(value, type):
        yield value
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _estimators(part)
