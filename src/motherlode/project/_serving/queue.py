"""Choose the rows to offer an annotator next, by what is known and which rows are held."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count, islice
from zlib import crc32

from ..._round.positive_class import RANDOM_DRAW
from ...session import CONTROL
from .._data.settings import Settings
from .._log.events import DOUBLE, QUERY
from .._log.fold import NeedsSecond, State
from .._log.provenance import Provenance
from .ranking import Ranking
from .reach import Reach

_NO_RANKING = "no ranking is ready, so this row was drawn at random"
ASSIGNED_DRAW = "chance, of assigned rows"
"""The strategy of a row that is drawn at random from a part of the rows: no draw from all."""
_OF_ASSIGNED = "drawn at random from the rows that you are asked about"
_SECOND = "a second annotator is asked too, to see how well you agree"
_AT_RANDOM = "drawn at random, as a share of rows is, to see what is left to find"
TAKEN_BACK = 1
"""The urgency of a row whose answer was taken back."""


@dataclass(frozen=True)
class Offer:
    """A row to ask.

    Attributes
    ----------
    row : int
    how : Provenance
        How it comes to be asked, which is recorded with its answer.
    urgency : int
        Rows of higher urgency are shown first; see `TAKEN_BACK`.
    reason : str or None
        Why it is asked, in a sentence.
    """

    row: int
    how: Provenance
    urgency: int = 0
    reason: str | None = None


def needs_second_annotator(row: int, share: float, seed: int) -> bool:
    """Say whether a row is of a random share, which never changes.

    Examples
    --------
    >>> sum(needs_second_annotator(row, 0.1, seed=0) for row in range(10_000))
    1039
    """
    return crc32(f"{seed}:{row}".encode()) < share * 2**32


def find_share_asked_twice(
    label: str | None, labels: Mapping[str, int], share: float, rare: Collection[str] = ()
) -> float:
    """Find the share of rows with this label that a second annotator is asked about.

    Of all rows it is `share`. Half of it goes to rows of every label alike, since only these show
    who misses the rare class, and since an annotator who was asked again about that class alone
    would know what the first one said. The other half goes to the rare class, where a wrong label
    does most harm.

    Parameters
    ----------
    label : str or None
        What the first annotator said.
    labels : dict of str to int
        How many rows have each label.
    share : float
        Share of all rows that are asked twice.
    rare : collection of str, optional
        The rare classes; by default that with the fewest labels.

    Examples
    --------
    >>> labels = {"dry": 90, "gold": 10}
    >>> [round(find_share_asked_twice(label, labels, 0.1), 3) for label in ("gold", "dry")]
    [0.55, 0.05]
    """
    known = {label: n for label, n in labels.items() if n > 0}
    if not rare and known:
        rare = [min(known, key=lambda label: (known[label], label))]
    of_all = sum(known.get(label, 0) for label in rare) / max(sum(known.values()), 1)
    if not 0 < of_all < 1:
        return share
    of_rare = min(1.0, share / 2 * (1 + 1 / of_all))
    return of_rare if label in rare else (share - of_all * of_rare) / (1 - of_all)


def make_second_rule(settings: Settings) -> NeedsSecond | None:
    """Make the rule by which rows are chosen for a second annotator; None if there is none."""
    share, seed, rare = settings.double, settings.recipe.seed, settings.positive_classes
    if not share:
        return None

    def needs_second(row: int, label: str | None, labels: Mapping[str, int]) -> bool:
        wanted = find_share_asked_twice(label, labels, share, rare)
        return needs_second_annotator(row, wanted, seed)

    return needs_second


def choose_offers(
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
    reach: Reach | None = None,
) -> list[Offer]:
    """Choose at most `n` rows for an annotator, best first.

    Second opinions come first, of the rows in `single`, which says who gave the first opinion. Then
    come rows of the ranking, and random draws where `random_numbers` say so and where the ranking
    ends. `leased` are the rows that somebody holds, and `order` has the others without an answer in
    random order; the project has `rows` rows. An annotator with a `reach` is asked about these
    rows alone, and gets no control draws: a draw from a part is no draw from all.
    """
    found = _choose_second_opinions(annotator, n, single, leased, reach)
    free = _Free(state, {*leased, *(offer.row for offer in found)}, reach)
    if reach is not None:
        asked = _take_ranked(ranking, free, n - len(found))
        rest = islice((row for row in order if row in free), n - len(found) - len(asked))
        how = Provenance(QUERY, ASSIGNED_DRAW)
        return [*found, *asked, *(Offer(row, how, reason=_OF_ASSIGNED) for row in rest)]
    at_random = list(islice(random_numbers, n - len(found)))
    asked = _take_ranked(ranking, free, at_random.count(False))
    # From what the strategy leaves: estimates count on this order.
    reason = _NO_RANKING if ranking is None else _AT_RANDOM
    drawn = _draw(order, rows, free, len(at_random) - len(asked), reason)
    return [*found, *_mix(asked, drawn, at_random)]


@dataclass
class _Free:
    """The rows that nobody has answered or holds, and that the annotator is asked about."""

    state: State
    held: set[int]
    reach: Reach | None

    def __contains__(self, row: object) -> bool:
        is_free = row not in self.held and row not in self.state.rows
        return is_free and (self.reach is None or row in self.reach)

    @property
    def others(self) -> int:
        """How many rows are not free."""
        answered = self.state.rows
        return len(answered) + sum(row not in answered for row in self.held)


def _choose_second_opinions(
    annotator: str,
    n: int,
    single: Mapping[int, str],
    leased: Collection[int],
    reach: Reach | None,
) -> list[Offer]:
    waiting = ((row, first) for row, first in single.items() if reach is None or row in reach)
    return [
        Offer(row, Provenance(DOUBLE), reason=_SECOND)
        for row, first in islice(waiting, n + len(leased) + 100)
        if first != annotator and row not in leased
    ][:n]


def _take_ranked(ranking: Ranking | None, free: _Free, n: int) -> list[Offer]:
    """Take the best `n` rows of a ranking that are free."""
    if ranking is None:
        return []
    places = islice((place for place, row in enumerate(ranking.rows) if row in free), n)
    found = [
        Offer(ranking.rows[place], ranking.how(place), reason=ranking.reasons[place])
        for place in places
    ]
    free.held.update(offer.row for offer in found)
    return found


def _draw(order: Iterable[int], rows: int, free: _Free, n: int, reason: str) -> list[Offer]:
    left = rows - free.others
    rows_drawn = islice((row for row in order if row in free), n)
    return [
        Offer(row, Provenance(CONTROL, RANDOM_DRAW, 1 / n_left, n_left), reason=reason)
        for n_left, row in zip(count(left, -1), rows_drawn, strict=False)
    ]


def _mix(asked: list[Offer], drawn: list[Offer], at_random: list[bool]) -> Iterator[Offer]:
    """Mix both, each in its order; where one ends the other goes on."""
    by_strategy, by_draw = iter(asked), iter(drawn)
    for is_random in at_random:
        first, second = (by_draw, by_strategy) if is_random else (by_strategy, by_draw)
        offer = next(first, None) or next(second, None)
        if offer is not None:
            yield offer
