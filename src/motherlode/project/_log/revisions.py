"""Of which release the tables of a project are, and how they are brought to this one."""

from functools import cache

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

MOVED = "moved "
"""Stands before the revision of tables that are sealed."""

SEALED = "the project was moved to another database"
"""What PostgreSQL says of tables that are sealed."""

# A trigger, since a process that opened the database before does not look at its revision.
_SEAL = (
    "CREATE OR REPLACE FUNCTION motherlode_sealed() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{SEALED}'; END $$",
    "CREATE TRIGGER motherlode_sealed BEFORE INSERT ON event FOR EACH STATEMENT "
    "EXECUTE FUNCTION motherlode_sealed()",
    f"UPDATE alembic_version SET version_num = '{MOVED}' || version_num",  # nosec B608
)


def find_revision(connection: Connection) -> str | None:
    """Find of which release the tables are; None if there are none."""
    return MigrationContext.configure(connection).get_current_revision()


def upgrade_tables(connection: Connection) -> None:
    """Make the tables or bring them to this release's, in a transaction that is open."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def seal(connection: Connection) -> None:
    """Let nobody record anything more in a PostgreSQL database, once the transaction ends."""
    for statement in _SEAL:
        connection.exec_driver_sql(statement)


def find_sealed_revision(connection: Connection) -> str | None:
    """Find of which release the tables were when they were sealed, or are."""
    found = find_revision(connection)
    return None if found is None else found.removeprefix(MOVED)


def is_newest(revision: str | None) -> bool:
    """Say whether tables are of this release."""
    return revision == _scripts().get_current_head()


def is_known(revision: str) -> bool:
    """Say whether tables are of this release or an earlier one."""
    return revision in {step.revision for step in _scripts().walk_revisions()}


@cache  # opening a project asks twice, and it imports every step
def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(_config())


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", "motherlode.project._log:migrations")
    config.set_main_option("path_separator", "os")
    return config
