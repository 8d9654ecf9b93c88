"""A row keeps how it was offered to each annotator, not to the last one alone."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_COLUMNS = (
    ("row", sa.BigInteger, False),
    ("annotator", sa.Text, False),
    ("granted_at", sa.Float(53), False),
    ("expires_at", sa.Float(53), False),
    ("urgency", sa.Integer, False),
    ("place", sa.Integer, False),
    ("channel", sa.Text, False),
    ("strategy", sa.Text, True),
    ("probability", sa.Float(53), True),
    ("drawn_from", sa.BigInteger, True),
    ("asked_after", sa.BigInteger, True),
    ("arm", sa.Text, True),
    ("query", sa.BigInteger, True),
    ("utility", sa.Float(53), True),
    ("model_version", sa.BigInteger, True),
    ("asked_at", sa.Float(53), True),
    ("reason", sa.Text, True),
)


def upgrade() -> None:
    """Make the table anew, with what it holds: SQLite changes no primary key."""
    names = [name for name, _, _ in _COLUMNS]
    columns = [sa.Column(name, kind, nullable=empty) for name, kind, empty in _COLUMNS]
    made = op.create_table("lease_of_each", *columns, sa.PrimaryKeyConstraint("row", "annotator"))
    before = sa.table("lease", *[sa.column(name) for name in names])
    op.execute(made.insert().from_select(names, sa.select(*[before.c[name] for name in names])))
    op.drop_table("lease")
    op.rename_table("lease_of_each", "lease")
    op.create_index("lease_expires_at", "lease", ["expires_at"])
    op.create_index("lease_annotator", "lease", ["annotator", "granted_at"])
