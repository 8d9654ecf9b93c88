"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "project",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("settings", sa.Text, nullable=False),
    )
    _events()
    _leases()
    op.create_table(
        "ranking",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        sa.Column("purpose", sa.String(10), nullable=False),
        sa.Column("at", sa.Float(53), nullable=False),
        sa.Column("last_event", sa.BigInteger, nullable=False),
        sa.Column("strategy", sa.Text, nullable=False),
        sa.Column("payload", sa.LargeBinary, nullable=False),
        sa.Column("digest", sa.String(32), nullable=False),
    )
    op.create_table(
        "worker",
        sa.Column("name", sa.String(40), primary_key=True),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("beat_at", sa.Float(53), nullable=False),
        sa.Column("problem", sa.Text),
    )
    op.create_table(
        "account",
        sa.Column("name", sa.String(100), primary_key=True),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("password", sa.Text, nullable=False),
    )
    op.create_table(
        "session",
        sa.Column("digest", sa.String(64), primary_key=True),
        sa.Column("account", sa.String(100), nullable=False),
        sa.Column("expires_at", sa.Float(53), nullable=False),
    )


def _events() -> None:
    op.create_table(
        "event",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        sa.Column("row", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.String(10), nullable=False),
        sa.Column("label", sa.Text),
        sa.Column("annotator", sa.Text, nullable=False),
        sa.Column("at", sa.Float(53), nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("query", sa.BigInteger),
        sa.Column("strategy", sa.Text),
        sa.Column("utility", sa.Float(53)),
        sa.Column("probability", sa.Float(53)),
        sa.Column("model_version", sa.BigInteger),
        sa.Column("seconds", sa.Float(53)),
        sa.Column("note", sa.Text),
        sa.Column("tags", sa.Text),
        sa.Column("retracts", sa.BigInteger),
        sa.Column("key", sa.Text, unique=True),
    )


def _leases() -> None:
    op.create_table(
        "lease",
        sa.Column("row", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("annotator", sa.Text, nullable=False),
        sa.Column("granted_at", sa.Float(53), nullable=False),
        sa.Column("expires_at", sa.Float(53), nullable=False),
        sa.Column("urgency", sa.Integer, nullable=False),
        sa.Column("place", sa.Integer, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("query", sa.BigInteger),
        sa.Column("strategy", sa.Text),
        sa.Column("utility", sa.Float(53)),
        sa.Column("probability", sa.Float(53)),
        sa.Column("model_version", sa.BigInteger),
        sa.Column("reason", sa.Text),
    )
    op.create_index("lease_expires_at", "lease", ["expires_at"])
