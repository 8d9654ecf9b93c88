"""Which rows an annotator is offered next: a pure function of what is known and held."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from zlib import crc32

from .events import DOUBLE, QUERY
from .fold import State
from .ranking import Ranking

BY_LOT = "no ranking is ready, so this row was drawn at random"


@dataclass(frozen=True)
class Offer:
    """A row to ask, and what is recorded with its answer; names as in `Event`.

    Attributes
    ----------
    urgency : int
        Rows of higher urgency are shown first; 1 for a row whose answer was taken back.
    reason : str or None
        Why it is asked, in a sentence.
    """

    row: int
    channel: str = QUERY
    urgency: int = 0
    query: int | None = None
    strategy: str | None = None
    utility: float | None = None
    probability: float | None = None
    model_version: int | None = None
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
        All rows in the random order that is served where the ranking ends.

    Returns
    -------
    list of Offer
        Second opinions, then the ranking, then rows by lot.
    """
    taken = set(leased)
    found = [
        Offer(row, DOUBLE, reason="a second annotator is asked too, to see how well you agree")
        for row, first in islice(single.items(), n + len(taken) + 100)
        if first != annotator and row not in taken
    ][:n]
    taken.update(offer.row for offer in found)
    if ranking is not None:
        for place, row in enumerate(ranking.rows):
            if len(found) == n:
                return found
            if row not in taken and row not in state.present:
                found.append(_ranked(ranking, place))
                taken.add(row)
    by_lot = (row for row in order if row not in taken and row not in state.present)
    left = islice(by_lot, n - len(found))
    return [*found, *(Offer(row, strategy="chance", reason=BY_LOT) for row in left)]


def _ranked(ranking: Ranking, place: int) -> Offer:
    return Offer(
        ranking.rows[place],
        query=ranking.id,
        strategy=ranking.strategy,
        utility=ranking.utilities[place],
        probability=ranking.probability(place),
        model_version=ranking.last_event,
        reason=ranking.reasons[place],
    )
