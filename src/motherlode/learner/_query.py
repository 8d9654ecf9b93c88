"""What a learner asks."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from .._rows.arrays import Floats, Rows


@dataclass(frozen=True)
class Query:
    """Rows to label, best first; control draws stand anywhere among them.

    Attributes
    ----------
    rows : ndarray of int64 of shape (n,)
        Global row ids.
    utilities : ndarray of shape (n,)
        The strategy's utility of each; 0 for a control draw.
    reasons : list of str
        Why each is asked, in a sentence.
    probabilities : ndarray of shape (n,) or None
        With which probability each was drawn, given those drawn before it; NaN for a row that was
        not drawn at random, None if no row was.
    controls : ndarray of int64
        Those of the rows that are control draws.
    """

    rows: Rows
    utilities: Floats
    reasons: list[str]
    probabilities: Floats | None = None
    controls: Rows = field(default_factory=lambda: np.empty(0, dtype=np.int64))

    def __len__(self) -> int:
        return len(self.rows)


def join(queries: Sequence[Query]) -> Query:
    """Join queries of a strategy into one, in their order."""
    if len(queries) == 1:
        return queries[0]
    drawn = any(query.probabilities is not None for query in queries)
    return Query(
        np.concatenate([query.rows for query in queries]),
        np.concatenate([query.utilities for query in queries]),
        [reason for query in queries for reason in query.reasons],
        np.concatenate([_probabilities(query) for query in queries]) if drawn else None,
    )


def _probabilities(query: Query) -> Floats:
    unknown = query.probabilities is None
    return np.full(len(query), np.nan) if unknown else np.asarray(query.probabilities)
