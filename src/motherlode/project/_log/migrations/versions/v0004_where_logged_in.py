"""When and from where each session was started, so that people can list their own."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Add columns to sessions."""
    op.add_column("session", sa.Column("started_at", sa.Float(53)))
    op.add_column("session", sa.Column("address", sa.Text))
    op.add_column("session", sa.Column("browser", sa.Text))
