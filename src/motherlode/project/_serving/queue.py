"""Which rows an annotator is offered next: a pure function of what is known and held."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count, islice
from zlib import crc32

from ..._round.positive_class import RANDOM_DRAW
from ...session import CONTROL
from .._log.events import DOUBLE
from .._log.fold import State
from .._log.provenance import Provenance
from .ranking import Ranking

NO_RANKING = "no ranking is ready, so this row was drawn at random"
_SECOND = "a second annotator is asked too, to see how well you agree"
AT_RANDOM = "drawn at random, as a share of rows is, to see what is left to find"


@dataclass(frozen=True)
class Offer:
    """A row to ask.

    Attributes
    ----------
    row : int
    how : Provenance
        How it comes to be asked, which is recorded with its answer.
    urgency : int
        Rows of higher urgency are shown first; 1 for a row whose answer was taken back.
    reason : str or None
        Why it is asked, in a sentence.
    """

    row: int
    how: Provenance
    urgency: int = 0
    reason: str | None = None


def asked_twice(row: int, share: float, seed: int) -> bool:
    """Whether a row is among those asked of a second annotator; the same for ever.

    Examples
    --------
    >>> sum(asked_twice(row, 0.1, seed=0) for row in range(10_000))
    1039
    """
    return crc32(f"{seed}:{row}".encode()) < share * 2**32


def offers(
    annotator: str,
    n: int,
    *,
    state: State,
    ranking: Ranking | None,
    single: Mapping[int, str],
    leased: Collection[int],
    order: Iterable[int],
    rows: int,
    random_numbers: Iterator[bool],
) -> list[Offer]:
    """At most `n` rows for an annotator, best first.

    Parameters
    ----------
    state : State
    ranking : Ranking or None
        The last one that is whole.
    single : dict of int to str
        Rows that want a second opinion, with who gave the first.
    leased : collection of int
        Rows that somebody holds.
    order : iterable of int
        Rows without an answer in an order that nothing but chance has a part in.
    rows : int
        Rows of the project.
    lots : iterator of bool
        For each row to come, whether it is to be drawn at random.

    Returns
    -------
    list of Offer
        Second opinions, then rows of the ranking and, among them and where it ends, random rows.
    """
    found = _second(annotator, n, single, leased)
    free = _Free(state, {*leased, *(offer.row for offer in found)})
    at_random = list(islice(random_numbers, n - len(found)))
    asked = _ranked(ranking, free, at_random.count(False))
    # Drawn from what the strategy leaves: estimates take rows to be given out in this order.
    reason = NO_RANKING if ranking is None else AT_RANDOM
    drawn = _drawn(order, rows, free, len(at_random) - len(asked), reason)
    return [*found, *_in_turns(asked, drawn, at_random)]


@dataclass
class _Free:
    """The rows that nobody has answered or holds."""

    state: State
    taken: set[int]

    def __contains__(self, row: object) -> bool:
        return row not in self.taken and row not in self.state.present

    @property
    def others(self) -> int:
        """How many rows are not free."""
        present = self.state.present
        return len(present) + sum(row not in present for row in self.taken)


def _second(
    annotator: str, n: int, single: Mapping[int, str], leased: Collection[int]
) -> list[Offer]:
    return [
        Offer(row, Provenance(DOUBLE), reason=_SECOND)
        for row, first in islice(single.items(), n + len(leased) + 100)
        if first != annotator and row not in leased
    ][:n]


def _ranked(ranking: Ranking | None, free: _Free, n: int) -> list[Offer]:
    """The best `n` of a ranking."""
    if ranking is None:
        return []
    places = islice((place for place, row in enumerate(ranking.rows) if row in free), n)
    found = [
        Offer(ranking.rows[place], ranking.how(place), reason=ranking.reasons[place])
        for place in places
    ]
    free.taken.update(offer.row for offer in found)
    return found


def _drawn(order: Iterable[int], rows: int, free: _Free, n: int, reason: str) -> list[Offer]:
    left = rows - free.others
    picked = islice((row for row in order if row in free), n)
    return [
        Offer(row, Provenance(CONTROL, RANDOM_DRAW, 1 / n_left, n_left), reason=reason)
        for n_left, row in zip(count(left, -1), picked, strict=False)
    ]


def _in_turns(asked: list[Offer], drawn: list[Offer], at_random: list[bool]) -> Iterator[Offer]:
    """Both in their order, at the places that the lots gave; what is short is made up for."""
    strategy, chance = iter(asked), iter(drawn)
    for lot in at_random:
        first, second = (chance, strategy) if lot else (strategy, chance)
        offer = next(first, None) or next(second, None)
        if offer is not None:
            yield offer
