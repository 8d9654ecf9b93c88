"""Rows that were given out before it was changed by what rows are chosen."""

from collections.abc import Callable, Sequence

from ...session import CONTROL
from .._data.stated import PRIOR
from .._log.changes import MINORITY, Changes
from .._log.events import QUERY
from .leases import Lease
from .ranking import Ranking

_CHOOSE_BY = (PRIOR, MINORITY, "strategy", "model", "goal")


def list_outdated(
    held: Sequence[Lease], changes: Changes, read_ranking: Callable[[], Ranking | None]
) -> list[int]:
    """List the rows to choose anew, once a ranking goes by settings that were changed since.

    The first stays, since it is on the page. So do rows that neither a ranking nor chance chose,
    and answers that were taken back. A control draw that is given up stays that draw, and comes
    again as one.

    Parameters
    ----------
    held : sequence of Lease
        All of one annotator, as they are shown.
    changes : Changes
        Of the settings, up to now.
    read_ranking : callable
        Reads the last ranking, which is done only if something was changed since.
    """
    last = next((e for e in reversed(changes.events) if e.setting in _CHOOSE_BY), None)
    if last is None:
        return []
    before = [
        lease.offer.row
        for lease in held[1:]
        if lease.granted_at < last.at
        and not lease.offer.urgency
        and lease.offer.how.channel in (QUERY, CONTROL)
    ]
    if not before:
        return []
    ranking = read_ranking()
    return before if ranking is not None and ranking.last_event >= last.id else []
