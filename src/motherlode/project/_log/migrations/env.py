"""What Alembic runs: the steps, on the connection that `motherlode.project._log.database` hands in."""

from alembic import context

from ..schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
context.run_migrations()
