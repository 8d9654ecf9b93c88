"""Rows as they are handed to a learner: ids, a set of them, or a query."""

from collections.abc import Set
from typing import Any

import numpy as np

from ..errors import InputError
from ._query import Query


def list_rows(rows: Any, labels: Any = None) -> Any:
    """Return the ids of a query, or of a set in increasing order; anything else as it is.

    ``labels`` are those of the rows, where each needs its own. A set has no order, so it takes
    labels that are all the same.
    """
    if isinstance(rows, Query):
        return rows.rows
    if not isinstance(rows, Set):
        return rows
    if labels is not None and len({repr(label) for label in np.ravel(labels).tolist()}) > 1:
        raise InputError(
            "The rows are a set, which has no order, so nothing tells which label is whose; give "
            "a list of rows."
        )
    return sorted(rows)
