"""Put rows that an annotator chooses at the head of their queue."""

from collections.abc import Sequence

from sqlalchemy import Connection

from ...errors import InputError
from .._data.settings import Settings
from .._log.events import SEARCH
from .._log.fold import State
from .._log.provenance import Provenance
from . import leases
from .answers import check_row
from .pausing import find_pause
from .queue import Offer
from .reach import Reach

_BEFORE_ALL = 2
CHOSEN = "you chose it yourself"


def put_first(
    connection: Connection,
    state: State,
    settings: Settings,
    annotator: str,
    rows: Sequence[int],
    now: float,
    reach: Reach | None = None,
) -> list[int]:
    """Lease rows to an annotator ahead of all others; answers to them count as found by search.

    Rows that somebody has answered or others hold are left out, and those outside of the
    annotator's `reach`; of the others, the first `leases.MOST` are leased and returned.
    """
    pause = find_pause(settings, state)
    if pause is not None:
        raise InputError(f"{pause}: nobody is given rows.")
    for row in rows:
        check_row(row, settings)
    held = leases.list_current(connection, now, settings.lease)
    others = {lease.offer.row for lease in held if lease.annotator != annotator}
    free = [r for r in dict.fromkeys(rows) if r not in state.rows and r not in others]
    free = [row for row in free if reach is None or row in reach][: leases.MOST]
    offers = [Offer(row, Provenance(SEARCH), _BEFORE_ALL, CHOSEN) for row in free]
    offers = leases.keep_draws(connection, offers)
    leases.grant(connection, annotator, offers, now, settings.lease)
    return free
