"""What a learner asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from .._inert.description import Described, Description
from .._rows.arrays import Floats, Rows

if TYPE_CHECKING:
    from ._tables import Asked


@dataclass(frozen=True, repr=False)
class Query(Described):
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
    asked : object or None
        What the learner adds: of which pool the rows are. It stays behind in copies and pickles.
    """

    rows: Rows
    utilities: Floats
    reasons: list[str]
    probabilities: Floats | None = None
    controls: Rows = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    asked: Asked | None = field(default=None, compare=False)

    def __len__(self) -> int:
        return len(self.rows)

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"asked": None}

    def to_frame(self) -> Any:
        """Make a frame of the rows: their own columns, and why each is asked.

        Returns
        -------
        frame
            Of the library that the pool came in; in pandas for arrays and texts, or in pyarrow
            where pandas is not installed. Its columns are "row", the rows' own columns, "why",
            "utility", "probability" of the positive class by the model that asked, and "control"
            for control draws. It is NaN if the pool was extended since. The columns of an
            array are "x0", "x1" and so on, that of texts is "text"; sparse rows have none. Where
            the pool has a column of one of these names, ours has an underscore behind.
        """
        from ._tables import tabulate_query

        return tabulate_query(self)

    def _describe(self) -> Description:
        from ._telling import describe_query

        return describe_query(self)


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
