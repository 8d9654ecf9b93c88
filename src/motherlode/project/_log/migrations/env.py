"""Run the steps on the connection that the database module hands in; Alembic loads this file."""

from alembic import context

from motherlode.project._log.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
context.run_migrations()
