"""Pretrained networks of other libraries, whose weights are fetched when they are first used."""

import warnings
from collections.abc import Iterable
from typing import Any

from ._parts import parts

_LIBRARIES = ("tabicl", "tabpfn", "lightpfn")


def is_fetched(model: Any) -> bool:
    """Tell whether a model, or a part of it, fetches the weights of a pretrained network.

    Parameters
    ----------
    model : classifier
        Fitted or not.
    """
    if type(model).__module__.split(".")[0] in _LIBRARIES:
        return True
    return hasattr(model, "get_params") and any(map(is_fetched, parts(model)))


def warn_of_fetching(models: Iterable[Any], *, is_narrowed: bool) -> None:
    """Warn of what a model that is fetched brings: a download and a licence; once for them all.

    Parameters
    ----------
    models : iterable of classifier
        Those of a learner; nothing is said if none `is_fetched`.
    is_narrowed : bool
        Whether the learner shows the model a shortlist because of it.
    """
    fetched = next(filter(is_fetched, models), None)
    if fetched is None:
        return
    shortlist = (
        " It takes long for each row, so it is asked about a shortlist; see "
        "motherlode.learner.LikelyRows."
    )
    warnings.warn(
        f"{type(fetched).__name__} fetches its weights when it is first fitted, and they may have "
        "a licence of their own; read it before you use what the model finds."
        + shortlist
        * is_narrowed,
        stacklevel=4,  # past the constructor, and what explains its keywords
    )
