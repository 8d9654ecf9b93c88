"""The first stage: what every arm asks, by motherlode's own simulation, and no final model."""

from collections.abc import Callable, Sequence
from itertools import product

from sklearn.dummy import DummyClassifier

from benchmarks.efficiency.arms import Arm
from benchmarks.efficiency.journal import journal
from benchmarks.efficiency.sets import Prepared
from benchmarks.efficiency.setting import Setting
from motherlode.simulation import Run, simulate


class Asking:
    """Runs of arms, each kept once it is finished.

    The rounds of these runs are of no use: the second stage makes others. What a peer asks is
    kept in a file that neither the goal nor motherlode's models have a part in.

    Parameters
    ----------
    setting : Setting
    arms : sequence of Arm
    jobs : int
        Processes at work.
    """

    def __init__(self, setting: Setting, arms: Sequence[Arm], jobs: int = 1) -> None:
        self.setting, self.arms, self.jobs = setting, arms, jobs
        self.together = list(dict.fromkeys((arm.kind, arm.goal) for arm in arms))
        # Named once: a file of the code may be edited while this goes on.
        self.paths = {
            (start, kind, goal): journal(
                f"asked-from-{start}-{setting.name}-by-{kind}"
                + (f"-to-{goal}" if kind == "own" else ""),
                kind,
            )
            for start, (kind, goal) in product(setting.starts, self.together)
        }

    def runs(
        self, of: Prepared, start: str, seed: int, progress: Callable[[int, int, Run], None]
    ) -> list[Run]:
        """Those of one set, start and seed, of every arm that the set is not too large for."""
        found: dict[str, Run] = {}
        for kind, goal in self.together:
            fitting = {
                arm.name: arm.strategy
                for arm in self.arms
                if (arm.kind, arm.goal) == (kind, goal) and not arm.too_large(of)
            }
            if not fitting:
                continue
            results = simulate(
                [of.dataset],
                fitting,
                seeds=[seed],
                budget=self.setting.budget,
                batch=self.setting.batch,
                start=start,
                # A peer reads no model of the learner's, and a dear one would be fitted in vain.
                model=None if kind == "own" else DummyClassifier(),
                goal=goal,
                final_every=self.setting.budget,
                n_jobs=self.jobs,
                path=self.paths[start, kind, goal],
                progress=progress,
            )
            found |= {run.strategy: run for run in results.runs}
        return [found[arm.name] for arm in self.arms if arm.name in found]
