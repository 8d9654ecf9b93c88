"""A comparison, made in pieces of one set, start and seed, so that it can stop anywhere."""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from time import monotonic

from benchmarks.efficiency.arms import Arm
from benchmarks.efficiency.asking import Asking
from benchmarks.efficiency.judging import Judge
from benchmarks.efficiency.models import Exam
from benchmarks.efficiency.sets import Prepared
from benchmarks.efficiency.setting import Setting
from motherlode.simulation import Results, Run


@dataclass(frozen=True, eq=False)
class Comparison:
    """What came out.

    Attributes
    ----------
    setting : Setting
    arms : list of Arm
        Motherlode's first, then the peers.
    prepared : list of Prepared
        All sets, also those that were not come to.
    seeds : int
        How many were asked for.
    results : dict of (str, str) to Results
        By start and final model.
    whole : dict of str to dict of (str, int) to float
        By final model, average precision of the fully labelled pool by rare set and seed.
    done, pieces : int
        Pieces made, and pieces there are.
    """

    setting: Setting
    arms: list[Arm]
    prepared: list[Prepared]
    seeds: int
    results: dict[tuple[str, str], Results]
    whole: dict[str, dict[tuple[str, int], float]]
    done: int = 0
    pieces: int = 0

    @property
    def left_out(self) -> dict[str, str]:
        """Peers that are not run on some of the sets: on which, and why."""
        lacking = {
            arm.name: [
                f"{of.dataset.name} ({why})" for of in self.prepared if (why := arm.too_large(of))
            ]
            for arm in self.arms
        }
        return {name: ", ".join(sets) for name, sets in lacking.items() if sets}


def compare(
    setting: Setting,
    prepared: Sequence[Prepared],
    arms: Sequence[Arm],
    seeds: int,
    *,
    jobs: int = 1,
    minutes: float | None = None,
) -> Comparison:
    """Ask and judge what is not kept yet, and put it all together.

    Every piece holds all arms, so runs are paired wherever it stops.

    Parameters
    ----------
    setting : Setting
    prepared : sequence of Prepared
    arms : sequence of Arm
    seeds : int
    jobs : int, default 1
        Processes at work.
    minutes : float, optional
        No piece is begun after that time, except the first.
    """
    began = monotonic()
    work = _Work(setting, arms, jobs)
    todo = list(pieces(setting, prepared, seeds))
    done = 0
    for of, start, seed in todo:
        if minutes is not None and done and monotonic() - began > 60 * minutes:
            _say(f"stopped after {minutes:g} minutes, {done} of {len(todo)} pieces")
            break
        done += 1
        work.piece(of, start, seed, f"[{done}/{len(todo)}]")
    order = {arm.name: place for place, arm in enumerate(arms)}
    results = {
        key: Results(sorted(runs, key=lambda run: order[run.strategy]))
        for key, runs in work.runs.items()
    }
    return Comparison(
        setting, list(arms), list(prepared), seeds, results, work.whole, done, len(todo)
    )


class _Work:
    """Asks and judges piece by piece, and gathers what comes out.

    Attributes
    ----------
    runs : dict of (str, str) to list of Run
        Judged, by start and final model.
    whole : as in `Comparison`
    """

    def __init__(self, setting: Setting, arms: Sequence[Arm], jobs: int) -> None:
        self.every = setting.score_every
        self.asking = Asking(setting, arms, jobs)
        self.judges = [Judge(final, jobs) for final in setting.finals]
        self.runs: dict[tuple[str, str], list[Run]] = {}
        self.whole: dict[str, dict[tuple[str, int], float]] = {}

    def piece(self, of: Prepared, start: str, seed: int, place: str) -> None:
        """All arms on one set, from one start, with one seed."""
        began, fitted = monotonic(), sum(judge.fitted for judge in self.judges)
        where = f"{place} from {start}: {of.dataset.name} seed {seed}"
        runs = self.asking.runs(of, start, seed, _progress(where))
        exam = Exam(of.dataset, seed)
        for judge in self.judges:
            judged = judge.judged(runs, exam, self.every)
            self.runs.setdefault((start, judge.final), []).extend(judged)
            # With nothing left to presume the labelled model is the default one.
            if of.is_rare and runs and judge.final != "labelled":
                marks = self.whole.setdefault(judge.final, {})
                marks[of.dataset.name, seed] = judge.whole_pool(exam, runs[0].pool_rows)
        fits = sum(judge.fitted for judge in self.judges) - fitted
        if fits:
            _say(f"{where} judged by {fits} fits, {monotonic() - began:.0f} s in all")


def pieces(
    setting: Setting, prepared: Sequence[Prepared], seeds: int
) -> Iterator[tuple[Prepared, str, int]]:
    """Sets, starts and seeds in the order of work: wherever it is cut, the rare sets are ahead.

    Sets that are not rare are run from one positive alone, if that is among the starts.
    """
    rare = [of for of in prepared if of.is_rare]
    others = [of for of in prepared if not of.is_rare]
    for seed in range(seeds):
        for start in setting.starts:
            yield from ((of, start, seed) for of in rare)
        yield from ((of, setting.starts[0], seed) for of in others)


def _progress(where: str) -> Callable[[int, int, Run], None]:
    def say(done: int, total: int, run: Run) -> None:
        found = f"{run.rounds[-1].positives} found, {run.seconds:.1f} s asking"
        _say(f"{where} {run.strategy}: {found}")

    return say


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)
