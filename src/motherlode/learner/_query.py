"""What a query says, how control draws go into it, and what is kept of how rows were picked."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from .._round.positive_class import CHANCE
from .._round.selection import Chosen
from .._round.view import View
from .._rows.arrays import Floats, Rows
from ..pool._copies import Copies
from ..session import CONTROL, Origin
from ..strategies._chance import AT_RANDOM


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
    said = [f"Control: drawn at random from {len(view):,} unlabelled rows"] * k
    if query is None:
        return Query(controls.rows, np.zeros(k), said, controls.probabilities, controls.rows)
    order, reasons = view.rng("control places").permutation(k + len(query)), [*said, *query.reasons]
    return Query(
        np.concatenate([controls.rows, query.rows])[order],
        np.concatenate([np.zeros(k), query.utilities])[order],
        [reasons[i] for i in order],
        np.concatenate([_known(controls.probabilities), _or_nan(query)])[order],
        controls.rows,
    )


def joined(queries: Sequence[Query]) -> Query:
    """Queries of a strategy as one."""
    if len(queries) == 1:
        return queries[0]
    drawn = any(query.probabilities is not None for query in queries)
    return Query(
        np.concatenate([query.rows for query in queries]),
        np.concatenate([query.utilities for query in queries]),
        [reason for query in queries for reason in query.reasons],
        np.concatenate([_or_nan(query) for query in queries]) if drawn else None,
    )


def whose_copies(
    copies: Copies, rows: Rows, known: Sequence[Sequence[tuple[int, str]]]
) -> list[str]:
    """Of which known row each of some copies is one, in a sentence.

    Parameters
    ----------
    copies : Copies
    rows : ndarray of int64
        Each has an equal among the known rows.
    known : sequence of sequences of (row, what is to be said of it)
        The first sequence that has an equal row is the one that is spoken of.

    Examples
    --------
    >>> whose_copies(Copies(np.array([3, 17, 20]), np.array([0, 0, 0])), np.array([20]),
    ...              [[(17, "is labelled fraud")], [(3, "is asked beside it")]])
    ['A copy of row 17, which is labelled fraud']
    """
    said: dict[int, dict[str, int]] = {}
    for told in known:
        kinds = copies.kinds(np.array([row for row, _ in told], dtype=np.int64)).tolist()
        new: dict[int, dict[str, int]] = {}
        for kind, (row, text) in zip(kinds, told, strict=True):
            new.setdefault(kind, {}).setdefault(text, row)
        said = new | said
    each = [said[kind].items() for kind in copies.kinds(rows).tolist()]
    return [
        "A copy of " + " and of ".join(f"row {row}, which {text}" for text, row in of)
        for of in each
    ]


def _or_nan(query: Query) -> Floats:
    chances = query.probabilities
    return np.full(len(query), np.nan) if chances is None else chances


def _known(probabilities: Floats | None) -> Floats:
    return np.empty(0) if probabilities is None else probabilities


class Asked:
    """How rows came to be asked, kept until they are taught."""

    def __init__(self) -> None:
        self._origins: dict[int, Origin] = {}

    def by_strategy(
        self, query: Query, strategy: str, arms: Sequence[str], after: int, left: int | None
    ) -> None:
        """Keep a strategy's query.

        Parameters
        ----------
        query : Query
        strategy : str
        arms : sequence of str
            The part of the strategy that asked each row.
        after : int
            Labels known.
        left : int or None
            Rows that had a chance in the first draw. None if not all unlabelled rows had one:
            chances among a few candidates say nothing of the others.
        """
        plain = Origin("query", strategy, asked_after=after)
        chances = query.probabilities if left is not None else None
        for place, row in enumerate(query.rows.tolist()):
            origin = replace(plain, arm=arms[place])
            if left is not None and chances is not None:
                chance = float(chances[place])
                origin = replace(origin, probability=chance, drawn_from=left - place)
            elif left is not None and query.reasons[place] == AT_RANDOM:
                origin = replace(origin, strategy=CHANCE)  # which tells who is rare, and no more
            self._origins[row] = origin

    def at_random(self, controls: Chosen, after: int, left: int, *, at_once: bool) -> None:
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
