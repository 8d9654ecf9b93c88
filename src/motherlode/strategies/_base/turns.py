"""Parts that take turns: whose turn it is, and batches in which each part asks its best row left.

No turn is lost: a part whose best row is taken asks its next one. The number of a turn alone says
whose it is, however the turns are cut into batches. So the shares of the parts are exact, and the
first picks of a large batch are those of a small one.
"""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import rankdata

from ..._round.view import View
from ..._rows.arrays import Codes, Floats, Rows
from ..._rows.random_by_row import random_numbers
from .strategy import Combined, Strategy, memo_key, positions, ranks

Path = tuple[Strategy, ...]


def rank_picks_first(picks: ArrayLike, others: Floats) -> Floats:
    """Make utilities of a batch that was put together in steps.

    The ``b`` picks, as positions among the candidates, get ``b + 1, b, ..., 2``; the others get
    their share of ranks, in (0, 1].

    Examples
    --------
    >>> rank_picks_first([2, 0], np.array([0.1, 0.2, 0.3, 0.4])).tolist()
    [2.0, 0.5, 3.0, 1.0]
    """
    out = np.asarray(rankdata(others) / max(len(others), 1), dtype=np.float64)
    chosen = np.asarray(picks, dtype=np.int64)
    out[chosen] = np.arange(len(chosen) + 1, 1, -1)
    return out


@dataclass(frozen=True)
class Turns:
    """Utilities by `rank_picks_first`, and the part that took each candidate or ranks it best."""

    utilities: Floats
    arms: Codes


def take_turns(places: Sequence[Codes], turns: Codes) -> Turns:
    """Let parts take rows in the given turns.

    For each part ``places`` rank every candidate from 0 for its best, and ``turns`` hold the part
    of each turn, at most one turn for each candidate.

    Examples
    --------
    >>> first, second = np.array([0, 1, 2, 3]), np.array([0, 2, 1, 3])
    >>> done = take_turns([first, second], np.array([0, 1, 0]))
    >>> np.argsort(-done.utilities)[:3].tolist(), done.arms.tolist()
    ([0, 2, 1], [0, 0, 1, 0])
    """
    b, best = len(turns), np.array(places)
    arms = best.argmin(axis=0)
    # The others take at most b - 1 of a part's best b rows, so no part ever looks further.
    queues = [iter(_first(place, b)) for place in places]
    picks: dict[int, int] = {}
    for arm in turns.tolist():
        row = next(row for row in queues[arm] if row not in picks)
        picks[row] = arm
    arms[list(picks)] = list(picks.values())
    # Two rows of one place are told apart by their parts.
    others = -(best.min(axis=0) * len(best) + best.argmin(axis=0)).astype(np.float64)
    return Turns(rank_picks_first(list(picks), others), arms)


def _first(place: Codes, b: int) -> list[int]:
    leading = np.flatnonzero(place < b)
    found: list[int] = leading[np.argsort(place[leading])].tolist()
    return found


class TakingTurns(Strategy):
    """A strategy whose batch is put together by `take_turns`."""

    def utilities(self, view: View) -> Floats:
        """Rank the batch first, in the order taken, then all others by the best of their ranks."""
        return self._turns(view).utilities

    def _arm_of(self, view: View, rows: Rows) -> Codes:
        return self._turns(view).arms[positions(view.rows, rows)]

    def _turns(self, view: View) -> Turns:
        return view.once(("turns", memo_key(self)), lambda: self._take(view))

    @abstractmethod
    def _take(self, view: View) -> Turns:
        """Put the batch together."""


@dataclass(frozen=True)
class PartsInTurn(TakingTurns, Combined):
    """Strategies that take turns; a subclass says which part takes which turn.

    A part that takes turns itself goes on after its own last turn, so that the leaves of a tree of
    turns have their shares at any depth. Only leaves that have a turn in the batch are computed.
    """

    def rankers(self, view: View) -> tuple[tuple[Strategy, str], ...]:
        """List those of all leaves that ask: the others take at most n - 1 of a leaf's n best."""
        found: list[tuple[Strategy, str]] = []
        for i, path in self._find_askers(view)[0].items():
            leaf = path[-1]
            own = leaf.rankers(view)
            if not own:
                return ()
            found += ((leaf, _tie_purpose(i)),) if leaf.pointwise else own
        return tuple(found)

    def reasons(self, view: View, rows: Rows) -> list[str]:
        """Give the reason of the leaf that asks each row."""
        arm = self._arm_of(view, rows)
        said = [""] * len(rows)
        for i, path in enumerate(self._find_askers(view)[0].values()):
            mine = np.flatnonzero(arm == i)
            if len(mine):
                for j, text in zip(mine, path[-1].reasons(view, rows[mine]), strict=True):
                    said[j] = text
        return said

    def arms(self, view: View, rows: Rows) -> list[str]:
        """Name the part that asks each row; the learner keeps it for `View.asked_by`."""
        names = [str(path[0]) for path in self._find_askers(view)[0].values()]
        return [names[arm] for arm in self._arm_of(view, rows)]

    def random_draws(self, view: View, rows: Rows) -> NDArray[np.bool_]:
        """Tell which rows are asked by a leaf that draws at random."""
        leaves = self._find_askers(view)[0].values()
        return np.array([path[-1].at_random for path in leaves])[self._arm_of(view, rows)]

    def _take(self, view: View) -> Turns:
        leaves, turns = self._find_askers(view)
        places = [
            ranks(path[-1].compute_utilities(view), view.random_numbers(_tie_purpose(i)))
            for i, path in leaves.items()
        ]
        return take_turns(places, np.searchsorted(list(leaves), turns[: len(view)]))

    def _find_askers(self, view: View) -> tuple[dict[int, Path], Codes]:
        """List the leaves that have turns in this batch, by number, and the leaf of each turn."""
        leaves, all_turns = _leaves(self, view, np.arange(view.turn + max(view.batch, 1)))
        turns = all_turns[view.turn :]
        return {i: leaves[i] for i in np.unique(turns).tolist()}, turns

    def _arms(self, view: View) -> tuple[Strategy, ...]:
        """List the parts that are at work in a round."""
        return self._parts()

    @abstractmethod
    def _order(self, view: View, turns: Codes) -> Codes:
        """Give the position of the part that takes each turn.

        ``turns`` are the numbers, among all turns of the session, of those that are this
        strategy's own, from its first one on. Who takes a turn must not depend on later ones.
        """


def draw_by_turn(strategy: Strategy, view: View, turns: Codes) -> Floats:
    """Draw a random number in [0, 1) for each turn, the same in every round of a session."""
    return random_numbers((view.seed[0], crc32(str(strategy).encode())), turns)


def _tie_purpose(leaf: int) -> str:
    """Name the purpose of the random numbers that break a leaf's ties."""
    return f"arm {leaf}"


def _leaves(strategy: Strategy, view: View, turns: Codes) -> tuple[list[Path], Codes]:
    """List the paths to the leaves of a tree of turns, and the leaf that takes each turn."""
    if not isinstance(strategy, PartsInTurn):
        return [()], np.zeros(len(turns), dtype=np.int64)
    order = strategy._order(view, turns)
    paths: list[Path] = []
    leaf = np.empty(len(turns), dtype=np.int64)
    for i, part in enumerate(strategy._arms(view)):
        mine = order == i
        below, which = _leaves(part, view, turns[mine])
        leaf[mine] = len(paths) + which
        paths += [(part, *path) for path in below]
    return paths, leaf
