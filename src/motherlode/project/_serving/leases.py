"""Leases: rows that are kept for one annotator for some minutes.

Everything here runs inside one write transaction, so no two annotators get the same row. A lease
that has ended is kept until its row is given out again. If the row was a control draw, it stays one
then, with its probability: estimates would else miss the rows that take long to answer.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from ...session import CONTROL
from .._log.events import DOUBLE
from .._log.provenance import provenance_from_dict, provenance_to_dict
from .._log.schema import lease as table
from .queue import Offer

MOST = 100
"""How many rows an annotator holds at most, so that rows are left for others."""

# Built once: building a statement takes longer than running it.
_NOW: Any = bindparam("now")
_END: Any = bindparam("end")
_WHO: Any = bindparam("who")
_HOLD_AGAIN = update(table).where(table.c.granted_at > _NOW)
_HOLD_AGAIN = _HOLD_AGAIN.values(granted_at=_NOW, expires_at=_END)
_LIVE = (
    select(table)
    .where(table.c.expires_at > _NOW)
    .order_by(table.c.urgency.desc(), table.c.granted_at, table.c.place)
)
_DRAWS = select(table).where(table.c.channel == CONTROL)
_MAKE_WAY = delete(table).where(table.c.row == bindparam("of"))
_RENEW = update(table).where(table.c.annotator == _WHO, table.c.expires_at > _NOW)
_RENEW = _RENEW.values(expires_at=_END)
_GRANT = insert(table)
_BEYOND = (
    select(table.c.row)
    .where(table.c.annotator == _WHO, table.c.expires_at > _NOW)
    .order_by(table.c.urgency.desc(), table.c.granted_at.desc(), table.c.place)
    .offset(MOST)
)
_GIVE_UP = update(table).where(table.c.row.in_(_BEYOND)).values(expires_at=_NOW)
_OWN: Any = (table.c.annotator == _WHO) & table.c.row.in_(bindparam("rows", expanding=True))
_OFFERED = select(table).where(
    (table.c.annotator == _WHO) | (table.c.channel == CONTROL),
    table.c.row.in_(bindparam("rows", expanding=True)),
)
_RELEASE = delete(table).where(_OWN)


@dataclass(frozen=True)
class Lease:
    """An offer that an annotator holds until `expires_at`, in seconds since 1970."""

    offer: Offer
    annotator: str
    expires_at: float


def list_current(connection: Connection, now: float, seconds: float) -> list[Lease]:
    """List the leases that have not ended, the most urgent and then the oldest first.

    If the clock was set back, a lease may begin in the future. It then ends when a new one would.
    """
    connection.execute(_HOLD_AGAIN, {"now": now, "end": now + seconds})
    return [_lease(row._asdict()) for row in connection.execute(_LIVE, {"now": now})]


def grant(
    connection: Connection, annotator: str, offers: Iterable[Offer], now: float, seconds: float
) -> list[Lease]:
    """Give rows to an annotator, in place of the leases of these rows.

    Of more than `MOST`, the annotator keeps the most urgent and then the newest.
    """
    offers = list(offers)
    drawn = find_offers(connection, annotator, [offer.row for offer in offers])
    granted = []
    for place, offer in enumerate(offers):
        connection.execute(_MAKE_WAY, {"of": offer.row})
        before = drawn.get(offer.row)
        is_first = offer.how.channel != DOUBLE  # else the draw is in the log
        if is_first and before is not None and before.how.channel == CONTROL:
            offer = replace(before, urgency=offer.urgency)
        if offer.how.asked_at is None:
            offer = replace(offer, how=replace(offer.how, asked_at=now))
        values = {
            **provenance_to_dict(offer.how),
            "row": offer.row,
            "urgency": offer.urgency,
            "reason": offer.reason,
            "annotator": annotator,
            "granted_at": now,
            "expires_at": now + seconds,
            "place": place,
        }
        connection.execute(_GRANT, values)
        granted.append(Lease(offer, annotator, now + seconds))
    connection.execute(_GIVE_UP, {"who": annotator, "now": now})
    return granted


def renew(connection: Connection, annotator: str, now: float, seconds: float) -> None:
    """Extend the leases of an annotator."""
    connection.execute(_RENEW, {"who": annotator, "now": now, "end": now + seconds})


def find_offers(connection: Connection, annotator: str, rows: Iterable[int]) -> dict[int, Offer]:
    """Find what an annotator was offered of these rows, and control draws offered to anybody.

    Leases that have ended count too.
    """
    found = connection.execute(_OFFERED, {"who": annotator, "rows": list(rows)})
    return {row.row: _lease(row._asdict()).offer for row in found}


def find_draws(connection: Connection) -> dict[int, Offer]:
    """Find all control draws that are offered to somebody, or were and got no answer."""
    return {row.row: _lease(row._asdict()).offer for row in connection.execute(_DRAWS)}


def release(connection: Connection, annotator: str, rows: Iterable[int]) -> None:
    """End an annotator's leases of these rows."""
    rows = list(rows)
    if rows:
        connection.execute(_RELEASE, {"who": annotator, "rows": rows})


def _lease(values: Mapping[str, Any]) -> Lease:
    offer = Offer(values["row"], provenance_from_dict(values), values["urgency"], values["reason"])
    return Lease(offer, values["annotator"], values["expires_at"])
