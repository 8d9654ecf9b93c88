"""How a batch is made of control draws and rows that the strategy asks, copies last.

Nearly identical rows are called *twins* here; by default a batch holds no two of them.
"""

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
from ._candidates import Candidates, keeps_all
from ._in_memory import bring_into_memory
from ._query import Query, join
from ._shortlist import shortlist

TWINS_LOOK = 5
"""A batch without twins is chosen from so many times as many of the best rows."""

Flags = NDArray[np.bool_]


class Batch(NamedTuple):
    """A query, and by global row id how each of its rows came to be asked."""

    query: Query
    origins: dict[int, Origin]


@dataclass(frozen=True)
class BatchMaker:
    """The rules by which a learner makes its batches; ``twins`` allows nearly identical rows."""

    strategy: Strategy
    candidates: Candidates
    selection: Selection
    control: Control
    twins: bool = False

    def make(self, view: View, left: Unlabelled, n: int) -> Batch:
        """Make a batch of ``n`` of the rows left; copies of what is known or asked come last."""
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
            reasons = _explain_copies(view, last.query.rows, beside)
            queries.append(replace(last.query, reasons=reasons))
        return Batch(_mix_controls(view, controls, queries), origins)

    def _draw_controls(self, view: View, n: int) -> Chosen:
        count = self.control.count(view, n)
        ranked = self.control.stratified and count > 0
        utilities = self.strategy.compute_utilities(view) if ranked else None
        return self.control.draw(view, utilities, count)

    def _origins_of_controls(self, controls: Chosen, view: View) -> dict[int, Origin]:
        """Give the origins of draws one after the other, or at once if they are stratified."""
        assert controls.probabilities is not None
        later = 0 if self.control.stratified else 1
        known = len(view.labelled_rows)
        drawn = zip(controls.rows.tolist(), controls.probabilities.tolist(), strict=True)
        return {
            row: Origin(CONTROL, "", probability, len(view) - later * place, known)
            for place, (row, probability) in enumerate(drawn)
        }

    def _ask(self, view: View, n: int, free: int) -> Batch:
        """Ask the strategy for ``n`` of some of the ``free`` rows."""
        if not keeps_all(self.candidates, view):
            view = view.narrow(_check_enough(self.candidates.rows(view), n, self.candidates))
        query, arms, random = self._search(view, n)
        # Probabilities among a few candidates say nothing of the other rows.
        return Batch(query, self._origins(view, query, arms, random, len(view) == free))

    def _origins(
        self, view: View, query: Query, arms: Sequence[str], random: Flags, everywhere: bool
    ) -> dict[int, Origin]:
        plain = Origin("query", str(self.strategy), asked_after=len(view.labelled_rows))
        origins = {}
        for place, row in enumerate(query.rows.tolist()):
            origin = replace(plain, arm=arms[place])
            if everywhere and query.probabilities is not None:
                probability = float(query.probabilities[place])
                origin = replace(origin, probability=probability, drawn_from=len(view) - place)
            elif everywhere and random[place]:
                origin = replace(origin, strategy=RANDOM_DRAW)
            origins[row] = origin
        return origins

    def _search(self, view: View, n: int) -> tuple[Query, Sequence[str], Flags]:
        """Choose among the candidates, and tell each row's part and whether it is a random draw."""
        size = len(view)
        looked = n
        if isinstance(self.selection, TopK):
            looked = self._rows_to_look_at(n, size)
            view = shortlist(view, self.strategy, looked)
        pool, found = view.pool, view.labelled_rows[view.labelled_minority]
        here = bring_into_memory(view, self.strategy)
        view = here.view
        utilities = self.strategy.compute_utilities(view)
        chosen = self.selection.choose(view, utilities, looked)
        rows, probabilities = _check_enough(chosen.rows, n, self.selection), chosen.probabilities
        if looked > n:
            rows, probabilities = rows[_drop_twins(pool, here.global_ids(rows), n, found)], None
        if self.strategy.at_random and isinstance(self.selection, TopK):
            probabilities = 1.0 / (size - np.arange(n))
        query = Query(
            here.global_ids(rows),
            utilities[positions(view.rows, rows)],
            self.strategy.reasons(view, rows),
            probabilities,
        )
        return query, self.strategy.arms(view, rows), self.strategy.random_draws(view, rows)

    def _rows_to_look_at(self, n: int, size: int) -> int:
        """Tell among how many of the best rows a batch is chosen."""
        # Random draws stay as they were drawn, since their probabilities are stated.
        return n if self.twins or n == 1 or self.strategy.at_random else min(TWINS_LOOK * n, size)


def _drop_twins(pool: Pool, rows: Rows, n: int, found: Rows) -> Rows:
    """Find the places of ``n`` rows, best first, no twin of an earlier one among them.

    If there are too few such rows, the best of the others are added. Two twins are one question,
    but not once the answer is known: twins of a positive that is ``found`` are all asked.
    """
    twins = pool.twins
    if twins is None:
        return np.arange(n)
    kept = np.empty(0, dtype=bool)
    for m in (n, len(rows)):  # the first n seldom hold any
        X = take(pool.features, rows[:m])
        pairs = twins.pairs(X)
        kept = _first_of_twins(pairs, m)
        if len(pairs) and len(found):
            kept |= twins.near(X, take(pool.features, found))
        if kept.sum() >= n:
            break
    return np.sort(np.concatenate([np.flatnonzero(kept), np.flatnonzero(~kept)])[:n])


def _first_of_twins(pairs: Rows, m: int) -> Flags:
    """Tell which of m rows stay if the twins of each row that stays are dropped."""
    kept = np.ones(m, dtype=bool)
    for first, second in pairs[np.argsort(pairs[:, 1], kind="stable")].tolist():
        if kept[first]:
            kept[second] = False
    return kept


def _mix_controls(view: View, controls: Chosen, queries: Sequence[Query]) -> Query:
    """Mix control draws into a query, at random places that do not give them away."""
    k = len(controls.rows)
    if queries and not k:
        return join(queries)
    said = [f"Control: drawn at random from {len(view):,} unlabelled rows"] * k
    drawn = Query(controls.rows, np.zeros(k), said, controls.probabilities, controls.rows)
    if not queries:
        return drawn
    both = join([drawn, *queries])
    assert both.probabilities is not None
    order = view.rng("control places").permutation(len(both))
    return Query(
        both.rows[order],
        both.utilities[order],
        [both.reasons[i] for i in order],
        both.probabilities[order],
        controls.rows,
    )


def _explain_copies(view: View, rows: Rows, beside: Rows) -> list[str]:
    """Say of which row that is known, or asked beside it, each of some copies is one."""
    labels = view.classes[view.labelled_codes].tolist()
    labelled = zip(view.labelled_rows.tolist(), labels, strict=True)
    return _name_originals(
        view.copies,
        rows,
        [
            [(row, f"is labelled {label}") for row, label in labelled],
            [(row, "was skipped") for row in view.skipped.tolist()],
            [(row, "is asked beside it") for row in beside.tolist()],
        ],
    )


def _name_originals(
    copies: Copies, rows: Rows, known: Sequence[Sequence[tuple[int, str]]]
) -> list[str]:
    """Name the known row of each copy, with its text, from the first sequence that has one.

    Examples
    --------
    >>> _name_originals(Copies(np.array([3, 17, 20]), np.array([0, 0, 0])), np.array([20]),
    ...                 [[(17, "is labelled fraud")], [(3, "is asked beside it")]])
    ['A copy of row 17, which is labelled fraud']
    """
    said: dict[int, dict[str, int]] = {}
    for some in known:
        kinds = copies.kinds(np.array([row for row, _ in some], dtype=np.int64)).tolist()
        new: dict[int, dict[str, int]] = {}
        for kind, (row, text) in zip(kinds, some, strict=True):
            new.setdefault(kind, {}).setdefault(text, row)
        said = new | said
    each = [said[kind].items() for kind in copies.kinds(rows).tolist()]
    return [
        "A copy of " + " and of ".join(f"row {row}, which {text}" for text, row in of)
        for of in each
    ]


def _check_enough(rows: Rows, n: int, rule: Any) -> Rows:
    if len(rows) < n:
        raise InputError(
            f"{rule} gives {len(rows)} rows and {n} are asked; make it give more, or ask for fewer."
        )
    return rows
