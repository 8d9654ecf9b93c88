"""A comparison, simulated in pieces of one set and one seed, so that it can stop anywhere."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from time import monotonic

from benchmarks.efficiency.journal import journal
from benchmarks.efficiency.peers import Peer, too_large
from benchmarks.efficiency.setting import RARE, Setting
from benchmarks.efficiency.sets import Prepared
from benchmarks.efficiency.whole import WholePools
from motherlode.simulation import Results, Run, simulate


@dataclass(frozen=True, eq=False)
class Arms:
    """What is compared: motherlode's strategies by name, and peers by theirs."""

    strategies: Sequence[str]
    peers: dict[str, Peer]


@dataclass(frozen=True, eq=False)
class Comparison:
    """What came out.

    Attributes
    ----------
    results : Results
        Motherlode's strategies first, then the peers.
    prepared : list of Prepared
        The sets that have runs.
    strategies, peers : list of str
        The arms that have runs.
    whole : dict of (str, int) to float
        Average precision of the fully labelled pool, by set and seed.
    left_out : dict of str to str
        Peers that are not run on some of the sets: which, and why.
    """

    results: Results
    prepared: list[Prepared]
    strategies: list[str]
    peers: list[str]
    whole: dict[tuple[str, int], float]
    left_out: dict[str, str]

    @property
    def rare(self) -> list[str]:
        """Names of the sets with at least `RARE` others for each positive."""
        return [one.dataset.name for one in self.prepared if round(one.ratio) >= RARE]


def compare(
    setting: Setting,
    prepared: Sequence[Prepared],
    arms: Arms,
    seeds: int,
    *,
    jobs: int = 1,
    minutes: float | None = None,
) -> Comparison:
    """Simulate what the journals do not hold yet, and put it all together.

    Every piece holds all arms, so runs are paired wherever it stops.

    Parameters
    ----------
    setting : Setting
    prepared : sequence of Prepared
    arms : Arms
    seeds : int
    jobs : int, default 1
        Processes at work.
    minutes : float, optional
        No piece is begun after that time, except the first.
    """
    began = monotonic()
    whole = WholePools(
        journal(setting, peers=True, what="whole-pools"), setting.model, setting.goal
    )
    # Seeds outside, so that a comparison cut short has seen every set.
    pieces = list(product(range(seeds), prepared))
    runs: list[Run] = []
    marks: dict[tuple[str, int], float] = {}
    for place, (seed, of) in enumerate(pieces):
        if minutes is not None and place and monotonic() - began > 60 * minutes:
            _say(f"stopped after {minutes:g} minutes, {place} of {len(pieces)} pieces")
            break
        runs += _piece(setting, of, arms, seed, jobs, f"[{place + 1}/{len(pieces)}]")
        marks[of.dataset.name, seed] = whole.average_precision(of.dataset, seed)
    order = {name: place for place, name in enumerate([*arms.strategies, *arms.peers])}
    results = Results(sorted(runs, key=lambda run: order[run.strategy]))
    return Comparison(
        results,
        [of for of in prepared if of.dataset.name in results.datasets],
        [name for name in results.strategies if name not in arms.peers],
        [name for name in results.strategies if name in arms.peers],
        marks,
        _left_out(prepared, arms),
    )


def _piece(
    setting: Setting, of: Prepared, arms: Arms, seed: int, jobs: int, place: str
) -> list[Run]:
    def progress(done: int, total: int, run: Run) -> None:
        _say(
            f"{place} {done}/{total} {run.dataset} {run.strategy} seed {run.seed}: "
            f"{run.rounds[-1].positives} found, {run.seconds:.1f} s asking"
        )

    runs: list[Run] = []
    fitting = {n: p for n, p in arms.peers.items() if not too_large(p, of.pool_rows)}
    for chosen, foreign in ((arms.strategies, False), (fitting, True)):
        if chosen:
            runs += simulate(
                [of.dataset],
                chosen,
                seeds=[seed],
                n_jobs=jobs,
                path=journal(setting, peers=foreign),
                progress=progress,
                **setting.of_simulate,
            ).runs
    return runs


def _left_out(prepared: Sequence[Prepared], arms: Arms) -> dict[str, str]:
    lacking = {
        name: [
            of.dataset.name for of in prepared if too_large(peer, of.pool_rows)
        ]
        for name, peer in arms.peers.items()
    }
    return {
        name: f"{', '.join(sets)}, with more than {arms.peers[name].most_rows:,} rows in the pool"
        for name, sets in lacking.items()
        if sets
    }


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)
