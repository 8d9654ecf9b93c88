"""When each account was used last, and when it was disabled."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add columns to accounts."""
    for name in ("disabled_at", "seen_at"):
        op.add_column("account", sa.Column(name, sa.Float(53)))
