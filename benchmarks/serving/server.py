"""A project of many rows, and ``motherlode serve`` of it as a process of its own."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from motherlode.project._data.folder import create_project
from motherlode.project._data.settings import Recipe, Settings

_COMMAND = [sys.executable, "-c", "from motherlode.cli import main; main()"]


@dataclass(frozen=True)
class Server:
    """A running server."""

    pid: int
    port: int
    code: str  # of the link, which works once
    token: str

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    @property
    def link(self) -> str:
        return f"{self.address}?code={self.code}"


def points(rows: int) -> dict[str, np.ndarray]:
    """Columns of random points of twenty numbers, one in a hundred rare."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(rows, 20)).astype(np.float32)
    X[::100, :3] += 3
    return {f"x{j}": X[:, j] for j in range(20)}


def texts(rows: int) -> dict[str, list[str]]:
    """Titles and abstracts of some hundred words, one in fifty of which names a gold vein."""
    rng = np.random.default_rng(0)
    often = 1 / np.arange(1, 30_001)
    drawn = rng.choice(30_000, (rows, 100), p=often / often.sum())
    abstracts = [" ".join(f"w{word}" for word in words) for words in drawn]
    for row in range(0, rows, 50):
        abstracts[row] += " goldvein ore assay"
    return {"title": [f"title {row}" for row in range(rows)], "abstract": abstracts}


def make(folder: Path, columns: dict[str, Any], strategy: str = "margin") -> None:
    """A project of points, or of texts by their abstracts."""
    table = pa.table(columns)
    shown = tuple(table.column_names)
    of_texts = "abstract" in columns
    settings = Settings(
        "serving", ("common", "rare"), "rare", "text" if of_texts else "table",
        ("abstract",) if of_texts else shown, shown, None, 0, "",
        recipe=Recipe(strategy, "logistic_regression"),
    )  # fmt: skip
    create_project(folder, settings, table, None).close()


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """The server with its trainer, until the block ends."""
    command = [*_COMMAND, "serve", str(folder), "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            said = process.stdout.readline() + process.stdout.readline()
            found = re.search(r":(\d+)/\?code=(\S+)\s.*Bearer (\S+)", said)
            yield Server(process.pid, int(found[1]), found[2], found[3])
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)
