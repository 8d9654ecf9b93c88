"""The tables of a project's database, the same on SQLite and PostgreSQL.

`event` is the log: rows are added to it and never changed. All other tables can be lost
without losing a label. A change here needs a migration in `migrations/versions`.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
)

from .provenance import HOW

metadata = MetaData()

_TYPES: dict[type, Any] = {str: Text, int: BigInteger, float: Float(53), bool: Boolean}


def _how_asked() -> list[Column[Any]]:
    """Make the columns of `Provenance`, for answers and leases."""
    return [Column(n, _TYPES[kind], nullable=n != "channel") for n, kind in HOW.items()]


# SQLite counts up by itself only in a column of type INTEGER.
_Id = BigInteger().with_variant(Integer, "sqlite")

project = Table(
    "project",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("settings", Text, nullable=False),
)

event = Table(
    "event",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("row", BigInteger, nullable=False),
    Column("kind", String(10), nullable=False),
    Column("label", Text),
    Column("annotator", Text, nullable=False),
    Column("at", Float(53), nullable=False),
    *_how_asked(),
    Column("seconds", Float(53)),
    Column("note", Text),
    Column("tags", Text),
    Column("retracts", BigInteger),
    Column("key", Text, unique=True),
    Column("setting", Text),
    Column("before", Text),
    Column("after", Text),
)
_IS_CHANGE = event.c.setting.is_not(None)
# Few events change a setting, and they are looked for whenever a project is opened.
Index("event_setting", event.c.id, sqlite_where=_IS_CHANGE, postgresql_where=_IS_CHANGE)

lease = Table(
    "lease",
    metadata,
    Column("row", BigInteger, primary_key=True, autoincrement=False),
    Column("annotator", Text, primary_key=True),
    Column("granted_at", Float(53), nullable=False),
    Column("expires_at", Float(53), nullable=False),
    Column("urgency", Integer, nullable=False),
    Column("place", Integer, nullable=False),
    *_how_asked(),
    Column("reason", Text),
    Index("lease_expires_at", "expires_at"),
    Index("lease_annotator", "annotator", "granted_at"),
)

chosen = Table(
    "chosen",
    metadata,
    Column("annotator", Text, primary_key=True),
    Column("row", BigInteger, primary_key=True, autoincrement=False),
    Column("at", Float(53), nullable=False),
    Column("place", Integer, nullable=False),
)

ranking = Table(
    "ranking",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("purpose", String(10), nullable=False),
    Column("at", Float(53), nullable=False),
    Column("last_event", BigInteger, nullable=False),
    Column("strategy", Text, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("digest", String(32), nullable=False),
)

worker = Table(
    "worker",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("holder", Text, nullable=False),
    Column("beat_at", Float(53), nullable=False),
    Column("problem", Text),
)

account = Table(
    "account",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("role", String(20), nullable=False),
    Column("password", Text, nullable=False),
    Column("disabled_at", Float(53)),
    Column("seen_at", Float(53)),
)

session = Table(
    "session",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("account", String(100), nullable=False),
    Column("expires_at", Float(53), nullable=False),
    Column("started_at", Float(53)),
    Column("address", Text),
    Column("browser", Text),
)
