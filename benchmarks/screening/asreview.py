"""ASReview's own command, `asreview simulate`, run as it is in a process of its own."""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

from benchmarks.screening.reviews import Deal
from benchmarks.screening.session import Session

ARM = "ASReview"

HOW = (
    "ASReview is not run, since no --asreview names its command. It wants an environment of its "
    "own: python -m venv asreview && asreview/bin/pip install asreview==3.0.8, and then "
    "--asreview asreview/bin/asreview"
)

_READ = """\
SELECT record.dataset_row, results.label, results.training_set IS NULL, results.time
FROM results JOIN record USING (record_id) ORDER BY results.rowid"""


class Failed(RuntimeError):
    """The command did not do what was asked."""


def found(command: Path) -> Path:
    """Where the command is, whatever folder it is run in.

    Raises
    ------
    Failed
        If there is none.
    """
    path = shutil.which(command)
    if path is None:
        raise Failed(f"{command} is no command that can be run: name ASReview's in --asreview")
    return Path(path).absolute()


def version(command: Path) -> str:
    """What the command says it is."""
    with TemporaryDirectory() as folder:  # it leaves a cache of data sets where it runs
        said = subprocess.run(
            [command, "--version"], capture_output=True, text=True, check=True, cwd=folder
        )
    return said.stdout.split()[-1]


def screen(command: Path, version: str, deal: Deal, start: str, seed: int) -> Session:
    """Simulate a review with the model that is its default.

    While it knows no inclusion or no exclusion it reads from the top of the file, which is dealt
    at random.

    Raises
    ------
    Failed
        If it ends with an error, or its labels are not those of the review.
    """
    with TemporaryDirectory() as folder:
        file, project = Path(folder, f"{deal.review}.csv"), Path(folder, "out.asreview")
        deal.records.assign(included=deal.included.astype(int)).to_csv(file, index=False)
        known = [str(row) for row in deal.known(start)]
        asked = [command, "simulate", file, "--seed", str(seed), "--output", project]
        asked += ["--prior-idx", *known] if known else []
        done = subprocess.run(asked, capture_output=True, text=True, env=_one_thread(), cwd=folder)
        if done.returncode:
            raise Failed(f"{command}: {done.stderr.strip().splitlines()[-1]}")
        rows = _results(project, Path(folder))
    if any(bool(label) != deal.included[row] for row, label, *_ in rows):
        raise Failed(f"{command}: labels of {deal.review} are not those that it was given")
    answers = "".join(str(label) for _, label, prior, _ in rows if not prior)
    return Session(
        deal.review,
        ARM,
        start,
        seed,
        len(deal.included) - len(known),
        int(deal.included.sum()) - len(known),
        answers,
        round(rows[-1][3] - rows[0][3], 3),
        version,
    )


def _results(project: Path, folder: Path) -> list[tuple[int, int, int, float]]:
    """Row, label, whether it was known at the start, and the time, in the order read."""
    with ZipFile(project) as archive:
        database = archive.extract("results.db", folder)
    with closing(sqlite3.connect(database)) as connection:
        return connection.execute(_READ).fetchall()


def _one_thread() -> dict[str, str]:
    return os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
