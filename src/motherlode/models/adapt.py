"""Make a model that wants many rows of each class fit on the few that there are.

Grid searches and calibration cross-validate, SMOTE looks for neighbours of minority rows, and
nearest-neighbour models count rows. Each raises when a class is smaller than its setting. With
three positives labelled that is the normal state, so the setting is cut to what is there, and
restored by itself when more labels come, since every fit starts from the user's model.
"""

from typing import Any

import numpy as np
from sklearn.calibration import CalibratedClassifierCV
from sklearn.model_selection._search import BaseSearchCV
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline

from ..arrays import Codes


def adapted(model: Any, counts: Codes) -> Any:
    """A model like ``model`` that can be fitted on classes of these sizes.

    Parameters
    ----------
    model : unfitted estimator
        May be changed; hand in a clone.
    counts : ndarray of int
        Labelled rows of each class that has any.

    Returns
    -------
    object
        ``model`` itself with smaller settings, or, with a single row of some class, the bare
        estimator inside a search or a calibration.
    """
    rarest = int(counts.min())
    if isinstance(model, BaseSearchCV | CalibratedClassifierCV):
        return _cross_validated(model, counts, rarest)
    if isinstance(model, Pipeline):
        steps = [(name, _step(part, counts, rarest)) for name, part in model.steps]
        return model.set_params(steps=steps)
    if isinstance(model, KNeighborsClassifier):
        return model.set_params(n_neighbors=min(model.n_neighbors, int(counts.sum())))
    return model


def _cross_validated(model: Any, counts: Codes, rarest: int) -> Any:
    if rarest < 2:
        return adapted(model.estimator, counts)
    folds = 5 if model.cv is None else model.cv
    if isinstance(folds, int | np.integer):
        folds = min(int(folds), rarest)
        model.set_params(cv=folds)
        # A fold is held out of each class, and the inner model sees what remains.
        counts = counts - (counts + folds - 1) // folds
    return model.set_params(estimator=adapted(model.estimator, counts))


def _step(part: Any, counts: Codes, rarest: int) -> Any:
    if not hasattr(part, "fit_resample"):
        return adapted(part, counts) if hasattr(part, "get_params") else part
    for name, value in part.get_params(deep=True).items():
        if name.split("__")[-1] in ("k_neighbors", "n_neighbors", "m_neighbors") and isinstance(
            value, int
        ):
            if rarest < 2:
                return "passthrough"
            part.set_params(**{name: min(value, rarest - 1)})
    return part
