"""Pretrained networks of other libraries, whose weights are fetched when they are first used."""

import warnings
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


def warn_of_fetching(model: Any) -> None:
    """Warn of what such a model brings: a download, a licence, and a cost for each row.

    Parameters
    ----------
    model : classifier
        One that `is_fetched`.
    """
    warnings.warn(
        f"{type(model).__name__} fetches its weights when it is first fitted, and they may have a "
        "licence of their own; read it before you use what the model finds. It takes long for "
        "each row, so it is asked about a shortlist; see motherlode.learner.LikelyRows.",
        stacklevel=4,
    )
