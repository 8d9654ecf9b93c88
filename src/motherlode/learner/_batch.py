"""How a batch is made: control draws, what the strategy asks, copies last, near-twins apart."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .._round.positive_class import RANDOM_DRAW
from .._round.selection import Chosen, Control, Selection, TopK
from .._round.view import View
from .._rows.arrays import Rows
from .._rows.matrix import take
from .._rows.unlabelled import Unlabelled
from ..errors import InputError
from ..pool import Pool
from ..pool._copies import Copies
from ..session import CONTROL, Origin
from ..strategies._base.strategy import Strategy, positions
from ._candidates import Candidates, whole
from ._in_memory import gathered
from ._query import Query, join
from ._shortlist import shortlist

TWINS_LOOK = 5
"""So many times a batch are the best rows among which one without near-twins is looked for."""

Flags = NDArray[np.bool_]


class Batch(NamedTuple):
    """A query, and how each of its rows came to be asked.

    Attributes
    ----------
    query : Query
    origins : dict of int to Origin
        By global row id.
    """

    query: Query
    origins: dict[int, Origin]


@dataclass(frozen=True)
class BatchMaker:
    """The rules by which a learner makes its batches.

    Parameters
    ----------
    strategy : Strategy
    candidates : Candidates
    selection : Selection
    control : Control
    twins : bool
        Whether nearly identical rows may stand in one batch.
    """

    strategy: Strategy
    candidates: Candidates
    selection: Selection
    control: Control
    twins: bool = False

    def make(self, view: View, left: Unlabelled, n: int) -> Batch:
        """Make a batch of some of the rows left; copies of what is known or asked come last.

        Parameters
        ----------
        view : View
            Of the rows left.
        left : Unlabelled
            All rows that can be asked, ``n`` at least.
        n : int
        """
        controls = self._draw_controls(view, n)
        origins = self._origins_of_controls(controls, view)
        drawn = controls.rows
        free = left.without(drawn) if len(drawn) else left
        fresh = view.copies.fresh(free)
        wanted = n - len(drawn)
        most = min(wanted, len(fresh))
        queries = []
        if most:
            first = self._ask(view.narrow(fresh), most, len(free))
            origins |= first.origins
            queries.append(first.query)
        if most < wanted:
            last = self._ask(view.narrow(view.copies.others(free)), wanted - most, len(free))
            origins |= last.origins
            beside = np.concatenate([drawn, *(query.rows for query in queries)])
            queries.append(
                replace(last.query, reasons=_whose_copies(view, last.query.rows, beside))
            )
        return Batch(_with_control_draws(view, controls, queries), origins)

    def _draw_controls(self, view: View, n: int) -> Chosen:
        count = self.control.count(view, n)
        ranked = self.control.stratified and count > 0
        return self.control.draw(
            view, self.strategy.compute_utilities(view) if ranked else None, count
        )

    def _origins_of_controls(self, controls: Chosen, view: View) -> dict[int, Origin]:
        """Of draws one after the other, or at once, as stratified ones are."""
        later = 0 if self.control.stratified else 1
        known = len(view.labelled_rows)
        return {
            row: Origin(CONTROL, "", float(chance), len(view) - later * place, known)
            for place, (row, chance) in enumerate(_with_chances(controls))
        }

    def _ask(self, view: View, n: int, free: int) -> Batch:
        """What the strategy asks of some of the ``free`` rows that it might ask."""
        if not whole(self.candidates, view):
            view = view.narrow(_enough(self.candidates.rows(view), n, self.candidates))
        query, arms, random = self._search(view, n)
        # Chances among a few candidates say nothing of the other rows.
        return Batch(query, self._origins(view, query, arms, random, len(view) == free))

    def _origins(
        self, view: View, query: Query, arms: Sequence[str], random: Flags, everywhere: bool
    ) -> dict[int, Origin]:
        plain = Origin("query", str(self.strategy), asked_after=len(view.labelled_rows))
        origins = {}
        for place, row in enumerate(query.rows.tolist()):
            origin = replace(plain, arm=arms[place])
            if everywhere and query.probabilities is not None:
                chance = float(query.probabilities[place])
                origin = replace(origin, probability=chance, drawn_from=len(view) - place)
            elif everywhere and random[place]:
                origin = replace(
                    origin, strategy=RANDOM_DRAW
                )  # which tells who is rare, and no more
            origins[row] = origin
        return origins

    def _search(self, view: View, n: int) -> tuple[Query, Sequence[str], Flags]:
        """What the strategy asks among the candidates, and which part of it asks each row."""
        size = len(view)
        looked = n
        if isinstance(self.selection, TopK):
            looked = self._looked(n, size)
            view = shortlist(view, self.strategy, looked)
        at_hand = gathered(view, self.strategy)
        pool, view = view.pool, at_hand.view
        utilities = self.strategy.compute_utilities(view)
        chosen = self.selection.choose(view, utilities, looked)
        local, chances = _enough(chosen.rows, n, self.selection), chosen.probabilities
        if looked > n:
            local, chances = local[drop_twins(pool, at_hand.global_ids(local), n)], None
        if self.strategy.at_random and isinstance(self.selection, TopK):
            chances = 1.0 / (size - np.arange(n))
        query = Query(
            at_hand.global_ids(local),
            utilities[positions(view.rows, local)],
            self.strategy.reasons(view, local),
            chances,
        )
        return query, self.strategy.arms(view, local), self.strategy.random_draws(view, local)

    def _looked(self, n: int, size: int) -> int:
        """Among how many of the best rows a batch is chosen."""
        # Random draws stay as they were drawn, since their chances are told.
        return n if self.twins or n == 1 or self.strategy.at_random else min(TWINS_LOOK * n, size)


def drop_twins(pool: Pool, rows: Rows, n: int) -> Rows:
    """Find places of ``n`` of some rows, of which none is nearly identical to an earlier one.

    Where there are too few such rows the others make up for it, the best of them.

    Parameters
    ----------
    pool : Pool
    rows : ndarray of int64
        Global ids, best first.
    n : int
        How many places.
    """
    twins = pool.twins
    if twins is None:
        return np.arange(n)
    kept = np.empty(0, dtype=bool)
    for m in (n, len(rows)):  # the first n seldom hold any
        kept = _first_of_twins(twins.pairs(take(pool.features, rows[:m])), m)
        if kept.sum() >= n:
            break
    return np.sort(np.concatenate([np.flatnonzero(kept), np.flatnonzero(~kept)])[:n])


def _first_of_twins(pairs: Rows, m: int) -> Flags:
    """Which of m rows stay if each is dropped that is a twin of one before it that stays."""
    kept = np.ones(m, dtype=bool)
    for first, second in pairs[np.argsort(pairs[:, 1], kind="stable")].tolist():
        if kept[first]:
            kept[second] = False
    return kept


def _with_chances(drawn: Chosen) -> list[tuple[int, float]]:
    chances = [] if drawn.probabilities is None else drawn.probabilities.tolist()
    return list(zip(drawn.rows.tolist(), chances, strict=True))


def _with_control_draws(view: View, controls: Chosen, queries: Sequence[Query]) -> Query:
    """A query with control draws, in places that do not give them away."""
    k = len(controls.rows)
    if queries and not k:
        return join(queries)
    said = [f"Control: drawn at random from {len(view):,} unlabelled rows"] * k
    drawn = Query(controls.rows, np.zeros(k), said, controls.probabilities, controls.rows)
    if not queries:
        return drawn
    both = join([drawn, *queries])
    order = view.rng("control places").permutation(len(both))
    return Query(
        both.rows[order],
        both.utilities[order],
        [both.reasons[i] for i in order],
        both.chances[order],
        controls.rows,
    )


def _whose_copies(view: View, rows: Rows, beside: Rows) -> list[str]:
    """Of which row that is known, or asked beside it, each of some copies is one."""
    labels = view.classes[view.labelled_codes].tolist()
    labelled = zip(view.labelled_rows.tolist(), labels, strict=True)
    return whose_copies(
        view.copies,
        rows,
        [
            [(row, f"is labelled {label}") for row, label in labelled],
            [(row, "was skipped") for row in view.skipped.tolist()],
            [(row, "is asked beside it") for row in beside.tolist()],
        ],
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


def _enough(rows: Rows, n: int, rule: Any) -> Rows:
    if len(rows) < n:
        raise InputError(
            f"{rule} gives {len(rows)} rows and {n} are asked; make it give more, or ask for fewer."
        )
    return rows
