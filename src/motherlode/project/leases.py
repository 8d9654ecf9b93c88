"""Rows given to one annotator for a while, and to nobody else meanwhile.

A lease is an entry with a time at which it ends. Everything here runs inside one write
transaction, so that no two annotators are ever given the same row.
"""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields

from sqlalchemy import Connection, delete, insert, select, update

from .queue import Offer
from .schema import lease as table

_OFFER = tuple(field.name for field in fields(Offer))


@dataclass(frozen=True)
class Lease:
    """An offer that an annotator holds.

    Attributes
    ----------
    offer : Offer
    annotator : str
    expires_at : float
        Seconds since 1970.
    """

    offer: Offer
    annotator: str
    expires_at: float


def live(connection: Connection, now: float, seconds: float) -> list[Lease]:
    """Leases that have not ended, the most urgent and then the oldest first.

    One that was granted in the future shows that the clock was set back. It is kept for as long
    as a new one, no longer.
    """
    ahead = table.c.granted_at > now
    connection.execute(update(table).where(ahead).values(granted_at=now, expires_at=now + seconds))
    found = (
        select(table)
        .where(table.c.expires_at > now)
        .order_by(table.c.urgency.desc(), table.c.granted_at, table.c.place)
    )
    return [_lease(row._mapping) for row in connection.execute(found)]


def grant(
    connection: Connection, annotator: str, offers: Iterable[Offer], now: float, seconds: float
) -> list[Lease]:
    """Give rows to an annotator; a lease that has ended makes way."""
    granted = []
    for place, offer in enumerate(offers):
        connection.execute(delete(table).where(table.c.row == offer.row))
        values = {"annotator": annotator, "granted_at": now, "expires_at": now + seconds}
        connection.execute(insert(table).values(place=place, **values, **asdict(offer)))
        granted.append(Lease(offer, annotator, now + seconds))
    return granted


def renew(connection: Connection, annotator: str, now: float, seconds: float) -> None:
    """Keep what an annotator holds for longer."""
    own = (table.c.annotator == annotator) & (table.c.expires_at > now)
    connection.execute(update(table).where(own).values(expires_at=now + seconds))


def offered(connection: Connection, annotator: str, rows: Iterable[int]) -> dict[int, Offer]:
    """What an annotator was offered of these rows, also if the lease has ended since."""
    wanted = (table.c.annotator == annotator) & table.c.row.in_(list(rows))
    found = connection.execute(select(table).where(wanted))
    return {row.row: _lease(row._mapping).offer for row in found}


def release(connection: Connection, annotator: str, rows: Iterable[int]) -> None:
    """End an annotator's leases of these rows."""
    own = (table.c.annotator == annotator) & table.c.row.in_(list(rows))
    connection.execute(delete(table).where(own))


def _lease(values: "object") -> Lease:
    found = {name: values[name] for name in _OFFER}  # type: ignore[index]
    return Lease(Offer(**found), values["annotator"], values["expires_at"])  # type: ignore[index]
