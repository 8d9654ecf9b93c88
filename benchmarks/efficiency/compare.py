"""A comparison, simulated in pieces of one set and one seed, so that it can stop anywhere."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from time import monotonic

from benchmarks.efficiency.journal import journal
from benchmarks.efficiency.peers import Peer, too_large
from benchmarks.efficiency.sets import Prepared
from benchmarks.efficiency.setting import RARE, Setting
from benchmarks.efficiency.whole import WholePools
from motherlode.simulation import Results, Run, simulate


@dataclass(frozen=True, eq=False)
class Arms:
    """What is compared: motherlode's strategies by name, and peers by theirs."""

    strategies: Sequence[str]
    peers: dict[str, Peer]

    def fitting(self, of: Prepared) -> list[Sequence[str] | dict[str, Peer]]:
        """The strategies, and the peers that a set is not too large for."""
        there = {n: peer for n, peer in self.peers.items() if not too_large(peer, of.pool_rows)}
        return [self.strategies, there]


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
        Average precision of the fully labelled pool, by set and seed; empty if not asked for.
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
    whole_pools: bool = False,
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
    whole_pools : bool, default False
        Whether to fit the fully labelled pools.
    """
    began = monotonic()
    whole = WholePools(
        journal(f"whole-pools-{setting.name_of_model}", peers=True), setting.model, setting.goal
    )
    # Named once: a file of the code may be edited while this goes on.
    paths = [journal(setting.name, peers=foreign) for foreign in (False, True)]
    # Seeds outside, so that a comparison cut short has seen every set.
    pieces = list(product(range(seeds), prepared))
    runs: list[Run] = []
    marks: dict[tuple[str, int], float] = {}
    for place, (seed, of) in enumerate(pieces):
        if minutes is not None and place and monotonic() - began > 60 * minutes:
            _say(f"stopped after {minutes:g} minutes, {place} of {len(pieces)} pieces")
            break
        say = _Progress(f"[{place + 1}/{len(pieces)}]")
        for chosen, path in zip(arms.fitting(of), paths, strict=True):
            if chosen:
                kept = {"path": path, "progress": say, "n_jobs": jobs}
                fixed = setting.of_simulate | kept
                runs += simulate([of.dataset], chosen, seeds=[seed], **fixed).runs
        if whole_pools:
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


class _Progress:
    """Says on stderr how far a piece is."""

    def __init__(self, place: str) -> None:
        self.place = place

    def __call__(self, done: int, total: int, run: Run) -> None:
        _say(
            f"{self.place} {done}/{total} {run.dataset} {run.strategy} seed {run.seed}: "
            f"{run.rounds[-1].positives} found, {run.seconds:.1f} s asking"
        )


def _left_out(prepared: Sequence[Prepared], arms: Arms) -> dict[str, str]:
    lacking = {
        name: [of.dataset.name for of in prepared if too_large(peer, of.pool_rows)]
        for name, peer in arms.peers.items()
    }
    return {
        name: f"{', '.join(sets)}, with more than {arms.peers[name].most_rows:,} rows in the pool"
        for name, sets in lacking.items()
        if sets
    }


def _say(what: str) -> None:
    print(what, file=sys.stderr, flush=True)
