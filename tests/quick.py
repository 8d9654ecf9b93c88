"""What tests of projects repeat a thousand times, made quick: it is the same at less cost."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

_CHANGES = re.compile(r"\s*(CREATE|ALTER|DROP|INSERT|UPDATE|DELETE)\b")


@contextmanager
def quick_hashes() -> Iterator[Any]:
    """Hash passwords by argon2 with the least work, and give what hashes in earnest.

    A real hash takes a sixth of a second, and a test needs several. `tests/project/test_people.py`
    sees that the real one is slow enough.
    """
    from argon2 import PasswordHasher

    from motherlode.project import _accounts

    real = _accounts._hasher
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_accounts, "_hasher", PasswordHasher(1, 64, 1))
        yield real


@contextmanager
def quick_tables() -> Iterator[None]:
    """Run the migrations for the first empty database, and repeat what they said for others.

    A database that holds tables already is brought up to date by the migrations themselves.
    """
    from motherlode.project._log import database

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "upgrade_tables", _repeat(database.upgrade_tables))
        yield


def _repeat(upgrade: Callable[[Any], None]) -> Callable[[Any], None]:
    from sqlalchemy import event

    from motherlode.project._log.database import find_revision

    said: dict[str, list[tuple[str, Any]]] = {}

    def upgrade_tables(connection: Any) -> None:
        name = connection.dialect.name
        if find_revision(connection) is not None:
            upgrade(connection)
        elif name in said:
            for statement, values in said[name]:
                connection.exec_driver_sql(statement, values)
        else:
            heard: list[tuple[str, Any]] = []

            def hear(_connection: Any, _cursor: Any, statement: str, values: Any, *_: Any) -> None:
                if _CHANGES.match(statement):
                    heard.append((statement, values or None))

            event.listen(connection, "before_cursor_execute", hear)
            upgrade(connection)
            event.remove(connection, "before_cursor_execute", hear)
            said[name] = heard

    return upgrade_tables
