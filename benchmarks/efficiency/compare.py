"""A comparison, made in pieces of one set, start and seed, so that it can stop anywhere."""

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
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


@dataclass(eq=False)
class _Gathered:
    """Judged runs by start and final model, and the whole pools, as pieces come in."""

    runs: dict[tuple[str, str], list[Run]] = field(default_factory=dict)
    whole: dict[str, dict[tuple[str, int], float]] = field(default_factory=dict)


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
    asking = Asking(setting, arms, jobs)
    judges = [Judge(final, jobs) for final in setting.finals]
    todo = list(pieces(setting, prepared, seeds))
    out = _Gathered()
    done = 0
    for of, start, seed in todo:
        if minutes is not None and done and monotonic() - began > 60 * minutes:
            _say(f"stopped after {minutes:g} minutes, {done} of {len(todo)} pieces")
            break
        done += 1
        progress = _Progress(f"[{done}/{len(todo)}] from {start}")
        runs = asking.runs(of, start, seed, progress)
        exam = Exam(of.dataset, seed)
        for judge in judges:
            judged = judge.judged(runs, exam, setting.score_every)
            out.runs.setdefault((start, judge.final), []).extend(judged)
            if of.is_rare:
                marks = out.whole.setdefault(judge.final, {})
                marks[of.dataset.name, seed] = judge.whole_pool(exam, runs[0].pool_rows)
        progress.judged(of, seed)
    order = {arm.name: place for place, arm in enumerate(arms)}
    results = {
        key: Results(sorted(runs, key=lambda run: order[run.strategy]))
        for key, runs in out.runs.items()
    }
    sets = list(prepared)
    return Comparison(setting, list(arms), sets, seeds, results, out.whole, done, len(todo))


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


class _Progress:
    """Says on stderr how far a piece is, if there was anything to do."""

    def __init__(self, place: str) -> None:
        self.place, self.began = place, monotonic()

    def __call__(self, done: int, total: int, run: Run) -> None:
        _say(
            f"{self.place}: {run.dataset} {run.strategy} seed {run.seed}: "
            f"{run.rounds[-1].positives} found, {run.seconds:.1f} s asking"
        )

    def judged(self, of: Prepared, seed: int) -> None:
        spent = monotonic() - self.began
        if spent > 1:
            _say(f"{self.place}: {of.dataset.name} seed {seed} judged, {spent:.0f} s in all")


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)
