"""One simulated session: what was asked, in order, and which answers were positive."""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from time import perf_counter
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from benchmarks.proving.sources.task import Data, Task
from motherlode import ActiveLearner, Pool

POSITIVES = {"none": 0, "one": 1, "five": 5}
"""Known at the start of a session."""

MOST = 200
FEWEST = 50


@dataclass(frozen=True)
class Setting:
    """How a session is led.

    Attributes
    ----------
    start : {"none", "one", "five"}
        Positives known before the first question.
    batch : int
        Rows a query asks about.
    named : bool
        Whether the learner is told which class is sought.
    seed : int
    """

    start: str = "one"
    batch: int = 10
    named: bool = True
    seed: int = 0


@dataclass(frozen=True)
class Session:
    """A session that is over.

    Attributes
    ----------
    task, source, kind, arm : str
    start, batch, named, seed
        As of `Setting`.
    rows, positives : int
        Of the pool, the positives without those known at the start.
    answers : str
        "1" for a positive and "0" for another row, in the order asked.
    seconds : float
        Spent asking.
    """

    task: str
    source: str
    kind: str
    arm: str
    start: str
    batch: int
    named: bool
    seed: int
    rows: int
    positives: int
    answers: str
    seconds: float

    @property
    def setting(self) -> Setting:
        """How it was led."""
        return Setting(self.start, self.batch, self.named, self.seed)

    def found(self, labels: int) -> float:
        """The share of what so many labels could have found; the whole session's if it ends before.

        A pool of 20 positives cannot give more than 20, and 10 labels not more than 10.
        """
        asked = self.answers[:labels]
        return asked.count("1") / max(min(self.positives, len(asked)), 1)

    @property
    def first(self) -> int:
        """Labels up to the first positive; half as many again as were asked where there is none."""
        place = self.answers.find("1")
        return place + 1 if place >= 0 else int(1.5 * len(self.answers))

    @property
    def first_by_chance(self) -> float:
        """What chance needs in the mean."""
        return (self.rows + 1) / (self.positives + 1)

    def line(self) -> str:
        """As a line of JSON."""
        return json.dumps(asdict(self))


class Ground:
    """A task made ready: its pool is shared by all sessions on it."""

    def __init__(self, task: Task) -> None:
        self.task = task
        rows = task.load()
        self.positive: NDArray[np.bool_] = rows.positive
        self.pool = Pool(_framed(rows.data))

    def session(
        self,
        arm: str,
        setting: Setting,
        strategy: Any = "auto",
        model: Callable[[Pool], Any] | None = None,
        prior: Any = None,
        most: int = MOST,
    ) -> Session:
        """Lead one session to its end, with no more than so many labels."""
        rng = np.random.default_rng([setting.seed, POSITIVES[setting.start]])
        known = rng.permutation(np.flatnonzero(self.positive))[: POSITIVES[setting.start]]
        with threadpool_limits(1, user_api="blas"):
            learner = ActiveLearner(
                self.pool,
                [0, 1],
                None if model is None else model(self.pool),
                strategy,
                minority=1 if setting.named else None,
                prior=prior,
                seed=setting.seed,
            )
            learner.teach(known, np.ones(len(known), dtype=int))
            answers, seconds = "", 0.0
            most = min(most, budget(len(self.positive)))
            while len(answers) < most:
                began = perf_counter()
                rows = learner.query(min(setting.batch, most - len(answers))).rows
                seconds += perf_counter() - began
                learner.teach(rows, self.positive[rows].astype(int))
                answers += "".join("1" if hit else "0" for hit in self.positive[rows])
        return Session(
            self.task.name,
            self.task.source,
            self.task.kind,
            arm,
            setting.start,
            setting.batch,
            setting.named,
            setting.seed,
            len(self.positive),
            int(self.positive.sum()) - len(known),
            answers,
            round(seconds, 3),
        )


def budget(rows: int) -> int:
    """Labels of a session: 200, of a small pool a quarter of its rows, and no fewer than 50."""
    return int(min(MOST, max(FEWEST, rows // 4)))


def _framed(data: Data) -> Any:
    """Numbers with gaps as a frame, whose columns the pool fills in."""
    if isinstance(data, np.ndarray) and not np.isfinite(data).all():
        return pd.DataFrame(data).rename(columns=lambda name: f"column {name}")
    return data
