"""A change of a setting is an event too."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add columns to events, and an index of the few that change a setting."""
    for name in ("setting", "before", "after"):
        op.add_column("event", sa.Column(name, sa.Text))
    is_change = sa.text("setting IS NOT NULL")
    op.create_index(
        "event_setting", "event", ["id"], sqlite_where=is_change, postgresql_where=is_change
    )
