"""The second stage: a finished run judged by a final model after every so many labels."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import numpy as np
from joblib import Parallel, delayed

from benchmarks.efficiency.journal import journal
from benchmarks.efficiency.models import Exam
from motherlode.simulation import Dataset, Round, Run
from motherlode.simulation._identity import fingerprint


class Fit(NamedTuple):
    """What a final model is fitted on: rows in the order labelled, so many known at the start."""

    rows: tuple[int, ...]
    known: int


class Judge:
    """Judges runs by one final model; what it found is kept.

    Parameters
    ----------
    final : {"default", "labelled", "logistic"}
    jobs : int
        Processes at work.

    Attributes
    ----------
    fitted : int
        Final models that were not known already.
    """

    def __init__(self, final: str, jobs: int = 1) -> None:
        self.final, self.jobs, self.fitted = final, jobs, 0
        self.path = journal(f"judged-by-{final}", final, "scored")
        self._known = _read(self.path)
        self._sets: dict[str, str] = {}

    def judged(self, runs: Sequence[Run], exam: Exam, every: int) -> list[Run]:
        """The runs, all on the set and seed of `exam`, with rounds after every so many labels."""
        wanted = [fit for run in runs for fit in fits(run, every)]
        scores = dict(zip(wanted, self._scores(wanted, exam), strict=True))
        return [replace(run, rounds=_rounds(run, every, scores), watched=()) for run in runs]

    def whole_pool(self, exam: Exam, pool_rows: int) -> float:
        """Average precision of the final model that has seen every label of the pool."""
        every_row = Fit(tuple(range(pool_rows)), pool_rows)
        return self._scores([every_row], exam)[0]["average_precision"]

    def _scores(self, wanted: list[Fit], exam: Exam) -> list[dict[str, float]]:
        keys = {fit: self._key(fit, exam) for fit in wanted}
        new = {key: fit for fit, key in keys.items() if key not in self._known}
        found: Iterable[dict[str, float]] = Parallel(n_jobs=self.jobs, return_as="generator")(
            delayed(exam.read().scores)(self.final, *fit) for fit in new.values()
        )
        for key, scores in zip(new, found, strict=True):
            self._known[key] = scores
            self.fitted += 1
            with self.path.open("a") as file:
                file.write(json.dumps({"of": key, **scores}) + "\n")
        return [self._known[keys[fit]] for fit in wanted]

    def _key(self, fit: Fit, exam: Exam) -> str:
        rows = np.array(fit.rows, dtype=np.int64).tobytes()
        made_of = f"{self._set(exam.dataset)} seed {exam.seed}, {fit.known} known: ".encode()
        return sha256(made_of + rows).hexdigest()[:24]

    def _set(self, dataset: Dataset) -> str:
        if dataset.name not in self._sets:
            self._sets[dataset.name] = f"{dataset.name}: {fingerprint(dataset)}"
        return self._sets[dataset.name]


def fits(run: Run, every: int) -> list[Fit]:
    """What the final models of a run are fitted on: after 0, `every`, … labels, and at the end."""
    asked = len(run.rows) - run.known
    return [
        Fit(run.rows[: run.known + labels], run.known)
        for labels in [*range(0, asked, every), asked]
    ]


def _rounds(run: Run, every: int, scores: dict[Fit, dict[str, float]]) -> tuple[Round, ...]:
    return tuple(_round(run, fit, scores[fit]) for fit in fits(run, every))


def _round(run: Run, fit: Fit, scores: dict[str, float]) -> Round:
    found = sum(run.is_positive[run.known : len(fit.rows)])
    return Round(len(fit.rows) - run.known, found, found / run.pool_positives, **scores)


def _read(path: Path) -> dict[str, dict[str, float]]:
    text = path.read_text() if path.exists() else ""
    if not text.endswith("\n") and text:  # a crash tore the last line off
        path.write_text(text + "\n")
    known = {}
    for line in text.splitlines():
        try:
            scores = json.loads(line)
            known[scores.pop("of")] = scores
        except ValueError:
            continue
    return known
