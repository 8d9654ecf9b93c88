"""What tests of projects repeat a thousand times, made quick: it is the same at less cost."""

import os
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.util import Finalize
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import pytest

_MEMORY = Path("/dev/shm")
_NEEDED_BYTES = 4 << 30  # a whole run writes half of this
_CHANGES = re.compile(r"\s*(CREATE|ALTER|DROP|INSERT|UPDATE|DELETE)\b")


def keep_files_in_memory() -> None:
    """Put temporary files, also of other processes, into memory where it has room for them.

    On a disk, tests of projects wait for its commits as long as they compute, and the files of
    PostgreSQL take a minute to remove. All is removed at the end; whoever wants to see what a test
    left sets TMPDIR.
    """
    if "TMPDIR" in os.environ or not _MEMORY.is_dir():
        return
    if shutil.disk_usage(_MEMORY).free < _NEEDED_BYTES or os.statvfs(_MEMORY).f_flag & os.ST_NOEXEC:
        return  # tests run programs that they write
    folder = tempfile.mkdtemp(prefix="motherlode-", dir=_MEMORY)
    os.environ["TMPDIR"] = tempfile.tempdir = folder
    # Forks of this process do not do it, and it comes after what multiprocessing removes there.
    Finalize(None, shutil.rmtree, (folder,), {"ignore_errors": True}, exitpriority=-1000)


@contextmanager
def quick_questions() -> Iterator[None]:
    """Answer at once what scikit-learn asks thousands of times in a fit of eighty rows.

    It reads the signature of a class at each look at its settings, and asks of every array whether
    it is a frame of some library. That was a quarter of the time of tests of models.
    """
    from sklearn.base import BaseEstimator
    from sklearn.utils import validation

    read_names = BaseEstimator.__dict__["_get_param_names"].__func__
    names: WeakKeyDictionary[type, list[str]] = WeakKeyDictionary()

    def get_names(kind: type) -> list[str]:
        if kind not in names:
            names[kind] = read_names(kind)
        return names[kind].copy()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseEstimator, "_get_param_names", classmethod(get_names))
        is_frame = getattr(validation, "_nw_into_df_or_series", None)
        if is_frame is not None:  # an older scikit-learn does not ask so
            patch.setattr(
                validation,
                "_nw_into_df_or_series",
                lambda x: type(x) is not np.ndarray and is_frame(x),
            )
        yield


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
