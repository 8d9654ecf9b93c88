"""Rankings, which the trainer publishes, each in one row of one table.

A ranking is there as a whole or not at all, and has a digest. A damaged one counts as missing and
is removed, so that the trainer ranks again.
"""

import json
import time
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Row, delete, func, insert, select

from ...session import CONTROL, Origin
from .._log.events import QUERY
from .._log.provenance import Provenance
from .._log.schema import ranking as table

if TYPE_CHECKING:
    from ..._round.positive_class import PositiveClass
    from ...learner._query import Query

QUEUE, BATCH = "queue", "batch"
_KEPT = 20
_IN_PAYLOAD = ("rows", "utilities", "reasons", "origins", "positive_class", "prior")
_IN_COLUMNS = ("id", "purpose", "at", "last_event", "strategy")
# Built once: building a statement takes longer than running it.
_NEWEST = select(table.c.id).where(table.c.purpose == QUEUE).order_by(table.c.id.desc()).limit(1)


@dataclass(frozen=True)
class Ranking:
    """Rows to ask, best first.

    Attributes
    ----------
    id : int
        0 before it is published.
    purpose : {"queue", "batch"}
        "queue": for rows that are served one by one; "batch": given out by ``motherlode query``.
    at : float
        Seconds since 1970.
    last_event : int
        The last event that the model had seen: its version.
    strategy : str
    rows : list of int
    utilities : list of float
    reasons : list of str
    origins : sequence of Origin
        How each row came to be asked; by default the strategy asked them all.
    positive_class : tuple of (str, float or None, bool), or None
        The class that was taken to be rare, its share of the pool and whether that is sure; None
        where the project names one.
    prior : dict or None
        What the stated prior did by then, as `report_prior` tells it.
    """

    purpose: str
    at: float
    last_event: int
    strategy: str
    rows: list[int]
    utilities: list[float]
    reasons: list[str]
    origins: Sequence[Origin] = ()
    positive_class: tuple[str, float | None, bool] | None = None
    prior: dict[str, Any] | None = None
    id: int = 0

    def place(self, row: int) -> int | None:
        """Find the place of a row; None if it is not ranked."""
        try:
            return self.rows.index(row)
        except ValueError:
            return None

    @property
    def controls(self) -> list[int]:
        """Rows of a batch that were drawn at random."""
        drawn = (origin.channel == CONTROL for origin in self.origins)
        return [row for row, is_drawn in zip(self.rows, drawn, strict=False) if is_drawn]

    def probability(self, place: int) -> float | None:
        """Return the probability with which a row was drawn; None if it is no random draw."""
        return self.how(place).probability or None

    def how(self, place: int) -> Provenance:
        """Return how the row at a place comes to be asked."""
        origin = self.origins[place] if self.origins else Origin(QUERY, self.strategy)
        utility = self.utilities[place]
        return Provenance(
            **asdict(origin), query=self.id, utility=utility, model_version=self.last_event
        )


def make_ranking(
    query: "Query",
    origins: Sequence[Origin],
    strategy: str,
    last_event: int,
    purpose: str,
    positive_class: "PositiveClass",
    prior: dict[str, Any] | None = None,
) -> Ranking:
    """Make a ranking of a learner's query."""
    rare = (str(positive_class.classes[0]), positive_class.share, positive_class.sure)
    return Ranking(
        purpose,
        time.time(),
        last_event,
        strategy,
        query.rows.tolist(),
        query.utilities.tolist(),
        list(query.reasons),
        origins,
        None if positive_class.named else rare,
        prior,
    )


def publish(connection: Connection, ranking: Ranking) -> int:
    """Write a ranking, drop all but the last twenty of its purpose, and return its id."""
    values = {name: getattr(ranking, name) for name in _IN_PAYLOAD}
    payload = zlib.compress(json.dumps(values, default=asdict).encode())
    new = insert(table).values(
        purpose=ranking.purpose,
        at=ranking.at,
        last_event=ranking.last_event,
        strategy=ranking.strategy,
        payload=payload,
        digest=_digest(payload),
    )
    new_id = int(connection.execute(new.returning(table.c.id)).scalar_one())
    same = select(table.c.id).where(table.c.purpose == ranking.purpose)
    kept = same.order_by(table.c.id.desc()).limit(_KEPT)
    stale = (table.c.purpose == ranking.purpose) & table.c.id.not_in(kept)
    connection.execute(delete(table).where(stale))
    return new_id


def read_latest(connection: Connection, known: Ranking | None = None) -> Ranking | None:
    """Read the last ranking of the queue that is not damaged; `known` is returned if it is that."""
    if known is not None and connection.execute(_NEWEST).scalar() == known.id:
        return known
    return next(read_intact(connection, QUEUE), None)


def read_intact(connection: Connection, purpose: str) -> Iterator[Ranking]:
    """Read the rankings of a purpose that are not damaged, the last first."""
    found = select(table).where(table.c.purpose == purpose).order_by(table.c.id.desc())
    for row in connection.execute(found):
        ranking = _decode(row)
        if ranking is not None:
            yield ranking


def drop_damaged(connection: Connection) -> int:
    """Remove damaged rankings, and return how many there were."""
    found = connection.execute(select(table)).all()
    damaged = [row.id for row in found if _decode(row) is None]
    if damaged:
        connection.execute(delete(table).where(table.c.id.in_(damaged)))
    return len(damaged)


def covers(connection: Connection, last_event: int) -> bool:
    """Say whether the queue has a ranking whose model saw all events up to this one."""
    seen = select(table.c.id).where(table.c.purpose == QUEUE, table.c.last_event >= last_event)
    return connection.execute(seen.limit(1)).first() is not None


def find_ranking_time(connection: Connection, last_event: int) -> float | None:
    """Find when the model of a version ranked the queue; None if that is not kept."""
    same = select(func.max(table.c.at)).where(
        table.c.purpose == QUEUE, table.c.last_event == last_event
    )
    return connection.execute(same).scalar()


def _decode(row: Row[Any]) -> Ranking | None:
    values = row._mapping
    payload = bytes(values["payload"])
    lists = _decode_payload(payload) if _digest(payload) == values["digest"] else None
    if lists is None:
        return None
    return Ranking(**{name: values[name] for name in _IN_COLUMNS}, **lists)


@lru_cache(maxsize=4)  # each status reads the last ranking
def _decode_payload(payload: bytes) -> dict[str, Any] | None:
    """Decode what `publish` wrote; what an earlier release did not write has its default."""
    try:
        found = json.loads(zlib.decompress(payload))
        if isinstance(found, list):  # before values had names
            found = dict(zip(_IN_PAYLOAD, found, strict=False))
        values = {name: found[name] for name in _IN_PAYLOAD if name in found}
        values["origins"] = [Origin(**origin) for origin in values.get("origins", ())]
        if values.get("positive_class"):
            values["positive_class"] = tuple(values["positive_class"])
        return values if {"rows", "utilities", "reasons"} <= values.keys() else None
    except (ValueError, TypeError, zlib.error):  # damaged, or of another release
        return None


def _digest(payload: bytes) -> str:
    return blake2b(payload, digest_size=16).hexdigest()
