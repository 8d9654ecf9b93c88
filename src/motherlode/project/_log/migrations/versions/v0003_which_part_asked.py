"""Which part of a strategy asked a row, and what its draw was made from."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Add columns to answers and to leases."""
    for table in ("event", "lease"):
        op.add_column(table, sa.Column("drawn_from", sa.BigInteger))
        op.add_column(table, sa.Column("asked_after", sa.BigInteger))
        op.add_column(table, sa.Column("arm", sa.Text))
