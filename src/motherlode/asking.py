"""What a query says, how control draws go into it, and what is kept of how rows were picked."""

from dataclasses import dataclass, field

import numpy as np

from .arrays import Floats, Rows
from .selection import Chosen
from .session import CONTROL, Origin
from .sought import CHANCE
from .strategies.chance import BY_LOT
from .view import View


@dataclass(frozen=True)
class Query:
    """Rows to label, best first; control draws stand anywhere among them.

    Attributes
    ----------
    rows : ndarray of int64 of shape (n,)
        Global row ids.
    utilities : ndarray of shape (n,)
        The strategy's utility of each; 0 for a control draw, which no strategy asked for.
    reasons : list of str
        Why each is asked, in a sentence.
    probabilities : ndarray of shape (n,) or None
        With which probability each was drawn, given those drawn before it; NaN where chance had
        no part in it, None if it had none in any.
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


def mixed(view: View, controls: Chosen, query: Query | None) -> Query:
    """A query with control draws, in places that do not give them away.

    Parameters
    ----------
    view : View
        Of all unlabelled rows.
    controls : Chosen
    query : Query or None
        What the strategy asks beside them.
    """
    k = len(controls.rows)
    if query is not None and not k:
        return query
    said = [f"Control: drawn by lot from {len(view):,} unlabelled rows"] * k
    if query is None:
        return Query(controls.rows, np.zeros(k), said, controls.probabilities, controls.rows)
    chances = np.full(len(query), np.nan) if query.probabilities is None else query.probabilities
    order, reasons = view.rng("control places").permutation(k + len(query)), [*said, *query.reasons]
    return Query(
        np.concatenate([controls.rows, query.rows])[order],
        np.concatenate([np.zeros(k), query.utilities])[order],
        [reasons[i] for i in order],
        np.concatenate([_known(controls.probabilities), chances])[order],
        controls.rows,
    )


def _known(probabilities: Floats | None) -> Floats:
    return np.empty(0) if probabilities is None else probabilities


class Asked:
    """How rows came to be asked, kept until they are taught."""

    def __init__(self) -> None:
        self._origins: dict[int, Origin] = {}

    def by_strategy(self, query: Query, strategy: str, after: int, left: int | None) -> None:
        """Keep a strategy's query.

        Parameters
        ----------
        query : Query
        strategy : str
        after : int
            Labels known.
        left : int or None
            Rows that had a chance in the first draw. None if not all unlabelled rows had one:
            chances among a few candidates say nothing of the others.
        """
        plain = Origin("query", strategy, asked_after=after)
        chances = query.probabilities if left is not None else None
        for place, row in enumerate(query.rows.tolist()):
            origin = plain
            if left is not None and query.reasons[place] == BY_LOT:
                origin = plain._replace(strategy=CHANCE)  # which tells who is rare, and no more
            if left is not None and chances is not None:
                origin = plain._replace(probability=float(chances[place]), drawn_from=left - place)
            self._origins[row] = origin

    def by_lot(self, controls: Chosen, after: int, left: int, *, at_once: bool) -> None:
        """Keep control draws, made one after the other or at once, as stratified ones are."""
        for place, row in enumerate(controls.rows.tolist()):
            chance = float(_known(controls.probabilities)[place])
            self._origins[row] = Origin(CONTROL, "", chance, left - place * (not at_once), after)

    def origin(self, row: int, channel: str | None, after: int) -> Origin:
        """Of a row that is taught now, under a channel that somebody names or not."""
        known = self._origins.get(row)
        if known is not None and channel in (None, known.channel):
            return known
        return Origin(channel or "given", asked_after=after)
