"""What the trainer publishes: the rows most worth asking, in one row of one table.

A ranking is there as a whole or not at all, and carries a digest of itself: a damaged one is
taken for absent and removed, which makes the trainer rank anew.
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
_IN_PAYLOAD = ("rows", "utilities", "reasons", "origins", "positive_class")
_IN_COLUMNS = ("id", "purpose", "at", "last_event", "strategy")
# Made once: making a statement costs more than running it.
_NEWEST = select(table.c.id).where(table.c.purpose == QUEUE).order_by(table.c.id.desc()).limit(1)


@dataclass(frozen=True)
class Ranking:
    """Rows to ask, best first.

    Attributes
    ----------
    id : int
        0 before it is published.
    purpose : {"queue", "batch"}
        For rows served one by one, or for a batch that ``motherlode query`` gave out.
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
    id: int = 0

    def place(self, row: int) -> int | None:
        """Where a row stands, or None."""
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
        """With which probability the row at a place was drawn; None if chance had no part."""
        return self.how(place).probability or None

    def how(self, place: int) -> Provenance:
        """How the row at a place comes to be asked."""
        origin = self.origins[place] if self.origins else Origin(QUERY, self.strategy)
        utility = self.utilities[place]
        return Provenance(
            **asdict(origin), query=self.id, utility=utility, model_version=self.last_event
        )


def ranking_of(
    query: "Query",
    origins: Sequence[Origin],
    strategy: str,
    last_event: int,
    purpose: str,
    positive_class: "PositiveClass",
) -> Ranking:
    """A learner's query as a ranking."""
    taken = (
        None
        if positive_class.named
        else (str(positive_class.classes[0]), positive_class.share, positive_class.sure)
    )
    return Ranking(
        purpose,
        time.time(),
        last_event,
        strategy,
        query.rows.tolist(),
        query.utilities.tolist(),
        list(query.reasons),
        origins,
        taken,
    )


def publish(connection: Connection, ranking: Ranking) -> int:
    """Write a ranking, drop all but the last twenty of its purpose, and return its id."""
    lists = [getattr(ranking, name) for name in _IN_PAYLOAD]
    payload = zlib.compress(json.dumps(lists, default=asdict).encode())
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


def latest(connection: Connection, known: Ranking | None = None) -> Ranking | None:
    """The last ranking of the queue that is whole; `known` itself if it is still that.

    With no ranking, or none that is whole, None.
    """
    if known is not None and connection.execute(_NEWEST).scalar() == known.id:
        return known
    return next(whole(connection, QUEUE), None)


def whole(connection: Connection, purpose: str) -> Iterator[Ranking]:
    """Rankings of a purpose that are whole, the last first."""
    found = select(table).where(table.c.purpose == purpose).order_by(table.c.id.desc())
    for row in connection.execute(found):
        ranking = _decoded(row)
        if ranking is not None:
            yield ranking


def drop_damaged(connection: Connection) -> int:
    """Remove rankings that are not what was published, and say how many there were."""
    found = connection.execute(select(table)).all()
    damaged = [row.id for row in found if _decoded(row) is None]
    if damaged:
        connection.execute(delete(table).where(table.c.id.in_(damaged)))
    return len(damaged)


def covers(connection: Connection, last_event: int) -> bool:
    """Whether the queue has a ranking whose model saw all events up to this one."""
    seen = select(table.c.id).where(table.c.purpose == QUEUE, table.c.last_event >= last_event)
    return connection.execute(seen.limit(1)).first() is not None


def made_at(connection: Connection, last_event: int) -> float | None:
    """When the queue was ranked by the model of this version; None if that is not kept."""
    same = select(func.max(table.c.at)).where(
        table.c.purpose == QUEUE, table.c.last_event == last_event
    )
    return connection.execute(same).scalar()


def _decoded(row: Row[Any]) -> Ranking | None:
    values = row._mapping
    payload = bytes(values["payload"])
    if _digest(payload) != values["digest"]:
        return None
    lists = _lists(payload)
    if lists is None:
        return None
    return Ranking(**{name: values[name] for name in _IN_COLUMNS}, **lists)


@lru_cache(maxsize=4)
def _lists(payload: bytes) -> dict[str, Any] | None:
    """Kept for the last few, since every status asks which class the last ranking took to be positive."""
    try:
        lists = dict(zip(_IN_PAYLOAD, json.loads(zlib.decompress(payload)), strict=True))
        lists["origins"] = [Origin(**origin) for origin in lists["origins"]]
    except (ValueError, TypeError, zlib.error):  # damaged, or of another release
        return None
    lists["positive_class"] = lists["positive_class"] and tuple(lists["positive_class"])
    return lists


def _digest(payload: bytes) -> str:
    return blake2b(payload, digest_size=16).hexdigest()
