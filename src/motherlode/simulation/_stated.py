"""A prior in simulations: stated of a data set's rows, and given to the learner for its pool."""

from dataclasses import replace
from typing import Any

import numpy as np

from ..errors import InputError
from ..priors import Prior, Scores, as_prior
from ._dataset import Dataset, split


def state_of_pool(prior: Any, dataset: Dataset, seed: int) -> Prior | None:
    """Make the prior of the pool that `split` gives, of one that was stated of all rows."""
    if prior is None:
        return None
    stated = as_prior(prior, dataset.minority)
    if not isinstance(stated, Scores):
        return stated
    n = len(dataset.labels)
    if len(stated.values) != n:
        raise InputError(
            f"The prior has {len(stated.values):,} scores and the data set {dataset.name!r} {n:,} "
            "rows; give one for each row, and NaN where nothing is known."
        )
    rows = split(replace(dataset, data=np.arange(n)), seed)[0]
    return Scores(stated.values[rows])


def name_prior(prior: Any) -> str:
    """Tell a prior from others in files of runs."""
    stated = as_prior(prior)
    return f"{stated.describe()} {getattr(stated, 'digest', '')}".rstrip()
