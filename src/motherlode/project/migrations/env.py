"""What Alembic runs: the steps, on the connection that `motherlode.project.database` hands in."""

from alembic import context

from motherlode.project.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
context.run_migrations()
