"""Sentences for those who come from other libraries and use their words."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import ParamSpec, TypeVar

from ..errors import InputError

P = ParamSpec("P")
T = TypeVar("T")

_MODEL = "motherlode calls it model="
_STRATEGY = "motherlode calls it strategy="
_BATCH = "motherlode asks for that in each round: learner.query(n)"
_LABELS = "motherlode takes labels after it is made: learner.teach(rows, labels)"
_POOL = "motherlode calls it pool, the first argument"

OF_LEARNER = {
    "random_state": "motherlode calls it seed=",
    "rng": "motherlode calls it seed=, a whole number",
    "estimator": _MODEL,
    "clf": _MODEL,
    "classifier": _MODEL,
    "clf_factory": _MODEL,
    "query_strategy": _STRATEGY,
    "qs": _STRATEGY,
    "n_instances": _BATCH,
    "batch_size": _BATCH,
    "num_samples": _BATCH,
    "n_queries": _BATCH,
    "X_training": _LABELS,
    "y_training": _LABELS,
    "y": _LABELS,
    "X": _POOL,
    "X_pool": _POOL,
    "dataset": _POOL,
    "labels": "motherlode calls the labels that there can be classes=",
    "missing_label": "motherlode has no such label: rows that are not taught are unlabelled",
    "reuse_model": "motherlode fits anew, except a network with weights='warm'",
    "bootstrap_init": "motherlode has committees for that: "
    "strategy=QueryByCommittee(committee=Bags(5))",
    "on_training": "motherlode keeps all labels",
    "positive_class": "motherlode calls it minority=",
    "pos_label": "motherlode calls it minority=",
}
"""What other libraries, modAL, scikit-activeml and small-text among them, call what we have."""

OF_QUERY = dict.fromkeys(
    ("n_instances", "batch_size", "num_samples", "size", "k"), "motherlode calls it n"
) | {
    "X": "motherlode knows the pool already: learner.query(n)",
    "X_pool": "motherlode knows the pool already: learner.query(n)",
    "candidates": "motherlode takes candidates= when the learner is made",
}
OF_TEACH = {
    "X": "motherlode is taught by row ids: learner.teach(rows, labels)",
    "y": "motherlode calls it labels",
    "idx": "motherlode calls it rows",
    "indices": "motherlode calls it rows",
    "only_new": "motherlode fits on all labels",
}


def explain(words: Mapping[str, str]) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Make calls with the keywords of other libraries fail with a sentence that names our own."""

    def decorate(function: Callable[P, T]) -> Callable[P, T]:
        @wraps(function)
        def explained(*args: P.args, **keywords: P.kwargs) -> T:
            for word in keywords:
                if word in words:
                    raise InputError(f"There is no parameter {word}=; {words[word]}.")
            return function(*args, **keywords)

        return explained

    return decorate
