"""The model that a project evaluates: its scores of all rows, and how well they are to be known.

They lie in a file of the project's folder. Which rows are drawn follows from it and from the
labels, so nothing else has to be kept.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..._rows.arrays import Floats
from ..._rows.whole_file import write_whole
from ...errors import InputError
from .own_files import EVALUATION, open_own_file


@dataclass(frozen=True)
class Aim:
    """What is evaluated, and how well it is to be known.

    Attributes
    ----------
    name : str
        What the model is called, as its file.
    measures : tuple of str
        Of `motherlode.estimation.METRICS`.
    width : float
        Half the width of the intervals that is asked for.
    budget : int or None
        Rows to ask at most.
    threshold : float or None
        From which score on a row is called positive.
    alone : bool
        Whether the project is there for the evaluation alone, and asks nothing after it.
    seed : int
        Sets which rows are drawn.
    """

    name: str
    measures: tuple[str, ...] = ("precision", "recall", "f1")
    width: float = 0.05
    budget: int | None = None
    threshold: float | None = None
    alone: bool = False
    seed: int = 0


@dataclass(frozen=True, eq=False)
class Evaluated:
    """An aim, with the scores of all rows and perhaps what the model decides of each."""

    aim: Aim
    scores: Floats
    decisions: NDArray[np.bool_] | None = None


def write_evaluated(folder: Path, evaluated: Evaluated) -> None:
    """Keep what is evaluated, in place of what was evaluated before."""
    decisions = evaluated.decisions
    parts: dict[str, Any] = {} if decisions is None else {"decisions": decisions}
    with write_whole(folder / EVALUATION) as path, path.open("wb") as file:
        np.savez(
            file, scores=evaluated.scores, aim=np.array(json.dumps(asdict(evaluated.aim))), **parts
        )


def end_evaluation(folder: Path) -> bool:
    """Evaluate nothing any more, and tell whether something was; labels stay.

    Raises
    ------
    InputError
        If the project is there for the evaluation alone.
    """
    aim = read_aim(folder)
    if aim is not None and aim.alone:
        raise InputError("This project is there for its evaluation alone, which can't be ended.")
    found = (folder / EVALUATION).exists()
    (folder / EVALUATION).unlink(missing_ok=True)
    return found


def find_version(folder: Path) -> int | None:
    """Find which file it is, by the time when it was written; None if nothing is evaluated."""
    try:
        return (folder / EVALUATION).stat().st_mtime_ns
    except FileNotFoundError:
        return None


def read_aim(folder: Path) -> Aim | None:
    """Read what is evaluated, without the scores; None if nothing is, or the file is damaged."""
    try:
        with _reading(folder) as found:
            return _aim_of(found)
    except InputError:
        return None


def read_evaluated(folder: Path, rows: int) -> Evaluated:
    """Read what is evaluated; it must have a score for each of so many rows.

    Raises
    ------
    InputError
        If the file is damaged, or rows were added to the project since.
    """
    with _reading(folder) as found:
        aim = _aim_of(found)
        scores = np.asarray(found["scores"], dtype=np.float64)
        decisions = found.get("decisions")
    if len(scores) < rows:
        raise InputError(
            f"The model has no score for {rows - len(scores):,} rows that were added since; run "
            "`motherlode evaluate` with scores of all rows."
        )
    return Evaluated(aim, scores, decisions)


@contextmanager
def _reading(folder: Path) -> Iterator[Mapping[str, Any]]:
    """Open the file, whose parts are read when they are looked up."""
    path = folder / EVALUATION
    try:
        with open_own_file(path) as file, np.load(file, allow_pickle=False) as found:
            yield found
    except FileNotFoundError:
        raise InputError(
            f"No model is evaluated in {folder}; name a file of its scores after the project."
        ) from None
    except (OSError, ValueError, KeyError, TypeError, EOFError):
        raise InputError(f"{path} is damaged; run `motherlode evaluate` again.") from None


def _aim_of(found: Mapping[str, Any]) -> Aim:
    values = json.loads(str(found["aim"]))
    return Aim(**{**values, "measures": tuple(values["measures"])})
