"""When each row was given out, which estimates from random draws need to know."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add a column to answers and to leases."""
    for table in ("event", "lease"):
        op.add_column(table, sa.Column("asked_at", sa.Float(53)))
