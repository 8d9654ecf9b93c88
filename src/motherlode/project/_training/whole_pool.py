"""The final model's probabilities of all rows, block by block."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..._rows.arrays import Floats
from ..._rows.blocks import block_rows, read_slices
from ..._rows.matrix import n_rows
from ...errors import InputError
from .._data.folder import Project
from .._log.log import read_state
from .recipe import make_learner


def fit_final_model(project: Project) -> tuple[Any, str | None]:
    """Fit the final model on all labels, as ``motherlode train`` does.

    Returns
    -------
    model : fitted classifier or None
        It reads rows in the form of the pool's data; None if the labels do not suffice for a model,
        or it gives no probabilities.
    reason : str or None
        Why there is none, as a sentence.
    """
    with project.database.reading() as connection:
        state = read_state(connection)
    try:
        model = make_learner(project.settings_at(state), project.rows.pool(), state).final_model()
    except InputError as problem:
        return None, str(problem)
    if not hasattr(model, "predict_proba"):
        return None, f"The model {type(model).__name__} gives no probabilities."
    return model, None


def predict_all(
    project: Project, model: Any, classes: tuple[str, ...], most: int
) -> Iterator[tuple[int, Floats]]:
    """Compute the probability of each declared class, of up to `most` rows at a time.

    Parameters
    ----------
    project : Project
        Whose rows are read.
    model : fitted classifier or None
        As `fit_final_model` gives it; with None all are NaN.
    classes : tuple of str
        The declared classes.
    most : int
        Rows at a time.

    Yields
    ------
    int
        The first of the rows.
    ndarray of float64 of shape (m, k)
        Columns follow the declared classes.
    """
    if model is None:
        n = project.settings.rows
        for low in range(0, n, most):
            yield low, np.full((min(most, n - low), len(classes)), np.nan)
        return
    if not {str(label) for label in model.classes_} <= set(classes):
        raise InputError("The classes were changed meanwhile; export again.")
    X = project.rows.pool().data
    for start, block in read_slices(X, block_rows(X)):
        P = np.zeros((n_rows(block), len(classes)))
        P[:, [classes.index(str(label)) for label in model.classes_]] = model.predict_proba(block)
        for low in range(0, len(P), most):
            yield start + low, P[low : low + most]
