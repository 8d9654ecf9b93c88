"""Leases: rows that are kept for one annotator for some minutes.

Everything here runs inside one write transaction, so no two annotators get the same row. A lease
that has ended is remembered, also when somebody else is given its row, so that a late answer still
says how its row was asked. If the row was a control draw, it stays one for whoever gets it next,
with its probability: estimates would else miss the rows that take long to answer.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Connection, Row, bindparam, case, delete, exists, insert, select, update

from ...session import CONTROL
from .._log.events import DOUBLE
from .._log.fold import State
from .._log.provenance import Provenance, provenance_from_dict, provenance_to_dict
from .._log.schema import lease as table
from .queue import TAKEN_BACK, Offer

MOST = 100
"""How many rows an annotator holds at most, so that rows are left for others."""

_REMEMBERED = 1_000  # leases of an annotator that have ended; draws that nobody answered are more
_BATCH = ""  # who has the rows that `motherlode query` gave out; no annotator is called so
_ENDED = 0.0  # when a lease ended that does not begin again if the clock is set back

# Built once: building a statement takes longer than running it.
_NOW: Any = bindparam("now")
_END: Any = bindparam("end")
_WHO: Any = bindparam("who")
_HOLD_AGAIN = update(table).where(table.c.granted_at > _NOW, table.c.expires_at > _ENDED)
_HOLD_AGAIN = _HOLD_AGAIN.values(granted_at=_NOW, expires_at=_END)
# Of answers that were taken back the last comes first: it is the one that an annotator has just
# read about. Other rows are shown as they were given.
_AGE: Any = case((table.c.urgency == TAKEN_BACK, -table.c.granted_at), else_=table.c.granted_at)
_LIVE = (
    select(table)
    .where(table.c.expires_at > _NOW)
    .order_by(table.c.urgency.desc(), _AGE, table.c.place)
)
_ROWS: Any = table.c.row.in_(bindparam("rows", expanding=True))
_DRAWS = select(table).where(table.c.channel == CONTROL).order_by(table.c.granted_at.desc())
_DRAWS_OF = _DRAWS.where(_ROWS)
_OF: Any = table.c.row == bindparam("of")
_MAKE_WAY = update(table).where(_OF, table.c.annotator != _WHO).values(expires_at=_ENDED)
_REPLACE = delete(table).where(_OF, table.c.annotator == _WHO)
_RENEW = update(table).where(table.c.annotator == _WHO, table.c.expires_at > _NOW)
_RENEW = _RENEW.values(expires_at=_END)
_GRANT = insert(table)
_BEYOND = (
    select(table.c.row)
    .where(table.c.annotator == _WHO, table.c.expires_at > _NOW)
    .order_by(table.c.urgency.desc(), table.c.granted_at.desc(), table.c.place)
    .offset(MOST)
)
_GIVE_UP = update(table).where(table.c.annotator == _WHO, table.c.row.in_(_BEYOND))
_GIVE_UP = _GIVE_UP.values(expires_at=_ENDED)
_LONG_AGO = (
    select(table.c.row)
    .where(table.c.annotator == _WHO, table.c.expires_at <= _NOW)
    .order_by(table.c.granted_at.desc(), table.c.place)
    .offset(_REMEMBERED)
)
_other = table.alias()
_IS_KEPT_BY_ANOTHER = exists().where(
    _other.c.row == table.c.row, _other.c.annotator != _WHO, _other.c.channel == CONTROL
)
_FORGET = delete(table).where(
    table.c.annotator == _WHO,
    table.c.row.in_(_LONG_AGO),
    (table.c.channel != CONTROL) | _IS_KEPT_BY_ANOTHER,
)
_OWN: Any = (table.c.annotator == _WHO) & _ROWS
_OFFERED = select(table).where(_OWN)
_END_OWN = update(table).where(_OWN).values(expires_at=_ENDED)
_RELEASE = delete(table).where(_OWN)


@dataclass(frozen=True)
class Lease:
    """An offer that an annotator has held since `granted_at`, and holds until `expires_at`.

    Both are seconds since 1970.
    """

    offer: Offer
    annotator: str
    expires_at: float
    granted_at: float


@dataclass(frozen=True)
class OpenDraw:
    """A row that was drawn at random and has no answer.

    Attributes
    ----------
    row : int
    how : Provenance
        Of its draw.
    waits : bool
        Whether an answer is still to come. If not, the row was passed over: its lease ended, and it
        may be asked again as the same draw.
    """

    row: int
    how: Provenance
    waits: bool


def list_current(connection: Connection, now: float, seconds: float) -> list[Lease]:
    """List the leases that have not ended, the most urgent and then the oldest first.

    Of rows whose answers were taken back, the last is first.

    If the clock was set back, a lease may begin in the future. It then ends when a new one would.
    """
    connection.execute(_HOLD_AGAIN, {"now": now, "end": now + seconds})
    return [_lease(row._asdict()) for row in connection.execute(_LIVE, {"now": now})]


def grant(
    connection: Connection, annotator: str, offers: Iterable[Offer], now: float, seconds: float
) -> list[Lease]:
    """Give rows to an annotator; leases of these rows end.

    Of more than `MOST`, the annotator keeps the most urgent and then the newest.
    """
    granted = []
    for place, offer in enumerate(offers):
        if offer.how.asked_at is None:
            offer = replace(offer, how=replace(offer.how, asked_at=now))
        connection.execute(_MAKE_WAY, {"of": offer.row, "who": annotator})
        lease = Lease(offer, annotator, now + seconds, now)
        _put(connection, lease, place)
        granted.append(lease)
    connection.execute(_GIVE_UP, {"who": annotator, "now": now})
    connection.execute(_FORGET, {"who": annotator, "now": now})
    return granted


def remember(connection: Connection, annotator: str, offer: Offer, now: float) -> None:
    """Keep how a row was offered to an annotator, who does not hold it."""
    _put(connection, Lease(offer, annotator, _ENDED, now), 0)


def remember_batch(connection: Connection, offers: Sequence[Offer], now: float) -> None:
    """Keep the draws of a batch that nobody holds; a row that was drawn before stays that draw."""
    drawn = [offer for offer in offers if offer.how.channel == CONTROL]
    before = find_draws(connection, [offer.row for offer in drawn])
    for offer in drawn:
        if offer.row not in before:
            remember(connection, _BATCH, offer, now)


def renew(connection: Connection, annotator: str, now: float, seconds: float) -> None:
    """Extend the leases of an annotator."""
    connection.execute(_RENEW, {"who": annotator, "now": now, "end": now + seconds})


def keep_draws(connection: Connection, offers: Sequence[Offer]) -> list[Offer]:
    """Offer rows that were drawn before, and got no answer, as these draws again."""
    drawn = find_draws(connection, [offer.row for offer in offers])
    return [
        replace(drawn[offer.row], urgency=offer.urgency)
        if offer.row in drawn and offer.how.channel != DOUBLE  # else the draw is in the log
        else offer
        for offer in offers
    ]


def find_offers(connection: Connection, annotator: str, rows: Iterable[int]) -> dict[int, Offer]:
    """Find what an annotator was offered of these rows; leases that have ended count too."""
    found = connection.execute(_OFFERED, {"who": annotator, "rows": list(rows)})
    return _offers(found)


def find_draws(connection: Connection, rows: Iterable[int] | None = None) -> dict[int, Offer]:
    """Find control draws, of these rows or of all, that are or were offered to somebody."""
    if rows is None:
        return _offers(connection.execute(_DRAWS))
    return _offers(connection.execute(_DRAWS_OF, {"rows": list(rows)}))


def list_open_draws(connection: Connection, state: State, now: float) -> list[OpenDraw]:
    """List the control draws without an answer.

    An answer is still to come while somebody holds the row, and to the last batch of
    ``motherlode query`` as long as nothing was drawn after it.
    """
    leases: dict[int, list[Lease]] = {}
    for found in connection.execute(_DRAWS):
        if found.row not in state.rows:
            leases.setdefault(found.row, []).append(_lease(found._asdict()))
    table = state.table()
    times = table["asked_at"][table["is_random"]].tolist()
    newest = max([*times, *(_drawn_at(own[-1]) for own in leases.values())], default=0.0)
    return [
        OpenDraw(row, own[-1].offer.how, any(_waits(lease, now, newest) for lease in own))
        for row, own in leases.items()
    ]


def _drawn_at(lease: Lease) -> float:
    return lease.offer.how.asked_at or 0.0


def _waits(lease: Lease, now: float, newest: float) -> bool:
    if lease.annotator == _BATCH:
        return _drawn_at(lease) == newest
    return lease.expires_at > now


def end(connection: Connection, annotator: str, rows: Iterable[int]) -> None:
    """End an annotator's leases of these rows, and remember them."""
    _change_own(connection, _END_OWN, annotator, rows)


def release(connection: Connection, annotator: str, rows: Iterable[int]) -> None:
    """End an annotator's leases of these rows, which are answered, and forget them."""
    _change_own(connection, _RELEASE, annotator, rows)


def _change_own(connection: Connection, change: Any, annotator: str, rows: Iterable[int]) -> None:
    rows = list(rows)
    if rows:
        connection.execute(change, {"who": annotator, "rows": rows})


def _put(connection: Connection, lease: Lease, place: int) -> None:
    offer = lease.offer
    connection.execute(_REPLACE, {"of": offer.row, "who": lease.annotator})
    values = {
        **provenance_to_dict(offer.how),
        "row": offer.row,
        "urgency": offer.urgency,
        "reason": offer.reason,
        "annotator": lease.annotator,
        "granted_at": lease.granted_at,
        "expires_at": lease.expires_at,
        "place": place,
    }
    connection.execute(_GRANT, values)


def _offers(found: Iterable[Row[Any]]) -> dict[int, Offer]:
    return {row.row: _lease(row._asdict()).offer for row in found}


def _lease(values: Mapping[str, Any]) -> Lease:
    offer = Offer(values["row"], provenance_from_dict(values), values["urgency"], values["reason"])
    return Lease(offer, values["annotator"], values["expires_at"], values["granted_at"])
