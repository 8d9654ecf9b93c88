"""python -m benchmarks.proving.weights: the members' weights while few positives are known.

On two tables of each source of the proving ground a search from one positive is led, and at each
round every mixture of the members' ranks is asked what its ten best rows hold. A mixture is as good
as its mean over sources. The weights are the mean of all mixtures, better ones counting more: the
best alone would be the luckiest. Each source is left out in turn, and the weights of the others
judged on it.
"""

import argparse
import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from scipy.sparse import issparse
from scipy.stats import rankdata
from threadpoolctl import threadpool_limits

from benchmarks.proving.sessions import Ground, budget
from benchmarks.proving.sources import Task, available
from benchmarks.proving.summary import figure
from motherlode import ActiveLearner
from motherlode._round.view import View
from motherlode._rows.arrays import Floats
from motherlode.models._first_weights import MEMBERS
from motherlode.strategies import ContinuousLearning, Interleave, Random

FROM = (1, 4)
"""Positives from which on a line of the table holds."""

ENOUGH = 10
"""Positives from which on skill is judged."""

TABLES = ("numbers", "mixed", "missing", "vectors")
BATCH = 10
_HEAT = 0.01  # a mixture this much worse counts for a third: the noise of a mean over sources
MIXTURES = np.array([m for m in product((0.0, 0.25, 0.5, 1.0), repeat=len(MEMBERS)) if max(m) == 1])
_EQUAL = int(np.flatnonzero((MIXTURES == 1).all(axis=1))[0])


@dataclass(frozen=True)
class State:
    """A round: positives known, and for each mixture the share of what its best rows could hold."""

    source: str
    positives: int
    found: Floats


@dataclass(frozen=True)
class Recording(ContinuousLearning):
    """The likeliest first; writes down what every mixture would have asked."""

    truth: Any = field(default=None, compare=False)
    states: list[tuple[int, Floats]] = field(default_factory=list, compare=False)

    def utilities(self, view: View) -> Floats:
        """Those of the likeliest, and a state more."""
        model = view.fit_presuming(self.presumption)
        if model is not None and len(model.weights) == len(MEMBERS) and len(view) > 10 * BATCH:
            each = view.training.positive(view.predict_members(model, view.candidates))
            self._record(view, each.T)
        return super().utilities(view)

    def _record(self, view: View, scores: Floats) -> None:
        lot = view.random_numbers("ties") * 1e-9
        places = np.log([rankdata(-(own + lot)) for own in scores])
        hits = self.truth[view.rows]
        best = np.argpartition(MIXTURES @ places, BATCH, axis=1)[:, :BATCH]
        could = max(min(int(hits.sum()), BATCH), 1)
        known = int(view.labelled_minority.sum())
        self.states.append((known, hits[best].sum(axis=1) / could))


def recorded(task: Task) -> list[State]:
    """The states of a search on a task, as long as few positives are known."""
    with warnings.catch_warnings(), threadpool_limits(1, user_api="blas"):
        warnings.simplefilter("ignore")
        ground = Ground(task)
        if issparse(ground.pool.features):
            return []
        asks = Recording(truth=ground.positive)
        strategy = Interleave(asks, Random(), weights=[9, 1])
        learner = ActiveLearner(ground.pool, [0, 1], strategy=strategy, minority=1)
        learner.teach(np.flatnonzero(ground.positive)[:1], [1])
        while len(learner.labelled[0]) < budget(len(ground.positive)):
            rows = learner.query(BATCH).rows
            learner.teach(rows, ground.positive[rows].astype(int))
            if learner.labelled[1].sum() >= ENOUGH:
                break
    seen: dict[int, State] = {}
    for known, found in asks.states:  # a round may ask for utilities more than once
        seen[len(seen)] = State(task.source, known, found)
    return list(seen.values())


def weights_of(by_source: Floats) -> NDArray[np.float64]:
    """The weights that means of shape (sources, mixtures) speak for; the largest is one."""
    mean = by_source.mean(axis=0)
    counts = np.exp((mean - mean.max()) / _HEAT)
    weights = counts @ MIXTURES
    return np.asarray(weights / weights.max())


def nearest(weights: Floats) -> int:
    """The mixture closest to some weights."""
    return int(((MIXTURES - weights) ** 2).sum(axis=1).argmin())


def table(states: Sequence[State]) -> str:
    """The lines of the table, and what each gains on sources left out."""
    said = []
    for low, high in zip(FROM, (*FROM[1:], ENOUGH), strict=True):
        those = [state for state in states if low <= state.positives < high]
        sources = sorted({state.source for state in those})
        if len(sources) < 2:
            said.append(f"{low}: nothing to say, {len(sources)} sources")
            continue
        means = np.array(
            [np.mean([s.found for s in those if s.source == source], axis=0) for source in sources]
        )
        gains = [
            means[i, nearest(weights_of(np.delete(means, i, axis=0)))] - means[i, _EQUAL]
            for i in range(len(sources))
        ]
        line = ", ".join(f"{w:.1f}" for w in weights_of(means))
        said.append(
            f"{low}: ({line}),  # {len(those)} rounds of {len(sources)} sources; equal weights "
            f"hold {means[:, _EQUAL].mean():.3f}, gain on sources left out {figure(gains)}"
        )
    return "\n".join(said)


def two_each(tasks: Sequence[Task]) -> list[Task]:
    """The first two tasks of each source."""
    seen = Counter[str]()
    found = []
    for task in tasks:
        seen[task.source] += 1
        if seen[task.source] <= 2:
            found.append(task)
    return found


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.proving.weights")
    parser.add_argument("--jobs", type=int, default=2, help="processes at work")
    asked = parser.parse_args()
    tables = two_each([t for t in available() if t.kind in TABLES])
    each = Parallel(n_jobs=asked.jobs)(delayed(recorded)(task) for task in tables)
    print(table([state for states in each for state in states]))


if __name__ == "__main__":
    main()
