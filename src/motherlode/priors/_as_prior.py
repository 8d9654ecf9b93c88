"""From anything that a person may state to a prior."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..errors import InputError
from ._files import from_json
from ._given import FittedModel, Scores
from ._judge import Judge
from ._keywords import Keywords
from ._prior import Prior
from ._sentence import Sentence

_MOST_WORDS = 200  # a longer list is rather a column of the data
_NUMBER = re.compile(r"[-+]?[\d.,' ]*\d[\d.,' ]*(e[-+]?\d+)?\s*%?", re.IGNORECASE)
_LONGEST = 40  # characters of one text in a sentence


def as_prior(stated: Any, positive: Sequence[Any] = ()) -> Prior:
    """Make a prior of what was stated.

    Parameters
    ----------
    stated : Prior, str, list of str, array-like of float, fitted model, callable or dict
        A text is a `Sentence`, a list of texts are `Keywords`, numbers are `Scores`, what has
        ``predict_proba`` or ``decision_function`` is a `FittedModel`, any other callable a `Judge`,
        and a dict what `to_json` gave.
    positive : sequence of labels, optional
        The positive classes, for a model that knows several.

    Returns
    -------
    Prior

    Raises
    ------
    InputError
        If it is nothing of these.

    Examples
    --------
    >>> as_prior("hip fractures in old age").describe()
    'the sentence "hip fractures in old age"'
    >>> as_prior(["hip", "fractur*"]).describe()
    'the words "hip", "fractur*"'
    >>> as_prior([0.2, float("nan"), 0.9]).describe()
    'scores of 2 of 3 rows'
    """
    if isinstance(stated, FittedModel):
        return _name_positive(stated, positive)
    if isinstance(stated, Prior):
        return stated
    if isinstance(stated, type):
        raise InputError(f"The prior is the class {stated.__name__}; call it.")
    if isinstance(stated, str):
        return Sentence(stated)
    if isinstance(stated, dict) and "prior" in stated:
        return from_json(stated)
    if hasattr(stated, "predict_proba") or hasattr(stated, "decision_function"):
        return _name_positive(FittedModel(stated), positive)
    if hasattr(stated, "predict") or hasattr(stated, "forward"):  # a network can be called, too
        scores = "model.predict(X)" if hasattr(stated, "predict") else "scores"
        raise InputError(
            f"The prior is the model {type(stated).__name__}, which has neither predict_proba nor "
            f"decision_function; give its scores of the rows, as in prior={scores}."
        )
    if callable(stated):
        return Judge(stated)
    return _of_many(stated)


def _of_many(stated: Any) -> Prior:
    """Make keywords of texts, and scores of numbers, in any container."""
    if isinstance(stated, set | frozenset):
        stated = sorted(stated, key=str)
    values = stated.to_numpy() if hasattr(stated, "to_numpy") else stated
    if isinstance(values, list | tuple | np.ndarray) and any(isinstance(v, str) for v in values):
        _check_words(list(values))
        return Keywords(tuple(values))
    values = np.asarray(values)
    if values.ndim == 2 and values.shape[1] == 1:  # a frame of one column
        values = values[:, 0]
    if values.ndim == 0 or not values.size:
        raise InputError(
            f"The prior is {stated!r}; give a sentence, a list of words, a score for each row, a "
            "fitted model, a function, or a prior of motherlode.priors."
        )
    return Scores(values)


def _check_words(values: list[Any]) -> None:
    """Refuse texts that are rather scores, which keywords would not say of."""
    what = f"The prior is {len(values):,} texts such as {str(values[0])[:_LONGEST]!r}"
    either = "give numbers if they are scores, and Keywords([...]) if they are words."
    if all(isinstance(value, str) and _NUMBER.fullmatch(value.strip()) for value in values):
        raise InputError(f"{what}, which are numbers; {either}")
    if len(values) > _MOST_WORDS:
        raise InputError(f"{what}, more than {_MOST_WORDS}; {either}")


def _name_positive(prior: FittedModel, positive: Sequence[Any]) -> FittedModel:
    """Name the positive class of a model, where the model knows just one of them."""
    if prior.positive is not None or not len(positive):
        return prior
    known = np.asarray(getattr(prior.model, "classes_", ())).tolist()
    shared = [label for label in positive if label in known]
    return replace(prior, positive=shared[0]) if len(shared) == 1 else prior
