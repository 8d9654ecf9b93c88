"""A project of many rows, and ``motherlode serve`` of it as a process of its own."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from motherlode.project.folder import create_project
from motherlode.project.settings import Recipe, Settings

_COMMAND = [sys.executable, "-c", "from motherlode.cli import main; main()"]
_WORDS = 20_000


@dataclass(frozen=True)
class Server:
    """A running server."""

    pid: int
    port: int
    token: str

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    @property
    def link(self) -> str:
        return f"{self.address}?token={self.token}"


def points(rows: int) -> pa.Table:
    """Random points of twenty numbers, one in a hundred rare."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(rows, 20)).astype(np.float32)
    X[::100, :3] += 3
    return pa.table({f"x{j}": X[:, j] for j in range(20)})


def texts(rows: int, length: int = 60) -> pa.Table:
    """Random texts of words as frequent as words are, one in a hundred rare."""
    rng = np.random.default_rng(0)
    known = np.array([f"word{i}" for i in range(_WORDS)])
    drawn = known[np.minimum(rng.zipf(1.3, (rows, length)) - 1, _WORDS - 1)]
    rare = " please refund the double payment"
    made = [" ".join(one) + (rare if i % 100 == 0 else "") for i, one in enumerate(drawn)]
    return pa.table({"text": made})


def make(folder: Path, table: pa.Table) -> None:
    """A project of a table."""
    names = tuple(table.column_names)
    kind = "text" if names == ("text",) else "table"
    settings = Settings(
        "serving", ("common", "rare"), "rare", kind, names, names, None, 0, "",
        recipe=Recipe("margin", "logistic_regression"),
    )  # fmt: skip
    create_project(folder, settings, table, None).close()


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """The server with its trainer, until the block ends."""
    process = subprocess.Popen(
        [*_COMMAND, "serve", str(folder), "--port", "0"], stdout=subprocess.PIPE, text=True
    )
    try:
        found = re.search(r":(\d+)/\?token=(\S+)", process.stdout.readline())
        yield Server(process.pid, int(found[1]), found[2])
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)
