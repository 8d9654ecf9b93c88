"""python -m benchmarks.pretraining.designs FOLDER ...: designs of the network beside each other.

Each folder holds the checkpoint of one design. All rank the same rows by the same labels, so what
differs is the design alone. Rows that nobody labelled are tried in several numbers too.
"""

import argparse
import json
import sys
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from benchmarks.efficiency.markdown import table
from benchmarks.measured import measured
from benchmarks.pretraining.cells import POSITIVES, Asked, ask, pick, plan, read
from benchmarks.pretraining.report import paired
from benchmarks.proving.sources import available
from motherlode._rows.arrays import Codes, Floats
from motherlode._rows.matrix import take
from motherlode.models import PretrainedClassifier
from motherlode.models._pretrained._features import NEGATIVE, POSITIVE, UNLABELLED, Features
from motherlode.models._pretrained._forward import Network
from pretraining.export import halve, write_command
from pretraining.tasks import forget_presumed
from pretraining.training import Design, average_precision, read_checkpoint

PRESUMED = (0, 50, 100, 200)
"""Rows that nobody labelled, in a context."""
FEWEST_ROWS = 600
"""Of a pool: contexts take up to half of these."""

_HEAD = """\
# Designs of the pretrained network

{measured}

Made by `python -m benchmarks.pretraining.designs {folders} --report benchmarks/pretraining`.
Tasks, labels and measure are those of [the network on real data](RESULTS.md), but that each
context has a fixed number of rows that nobody labelled, and that smaller pools than
{fewest} rows are left out. Differences to the first are paired by cell, with standard errors over
sources.

## What is compared

{designs}

## Designs, with 100 rows that nobody labelled

{by_design}

## The first design, by rows that nobody labelled

{by_number}
"""


@dataclass(frozen=True)
class Tried:
    """A design and its network."""

    name: str
    design: Design
    steps: int
    aside: float
    network: Network

    @classmethod
    def read(cls, folder: Path) -> "Tried":
        """Read the checkpoint of a folder."""
        kept = read_checkpoint(folder)
        design = Design(**kept["design"])
        network = design.build()
        network.load_state_dict(kept["network"])
        last = (folder / "curve.jsonl").read_text().splitlines()[-1]
        aside = json.loads(last)["ap_aside"]
        return cls(folder.name, design, kept["step"], aside, Network(halve(network.weights())))

    @property
    def parameters(self) -> int:
        """How many numbers it has."""
        return sum(value.numel() for value in self.design.build().parameters())


@dataclass(frozen=True)
class Ranked:
    """Average precision of each design on one task with so many positives."""

    source: str
    positives: int
    left_out: bool
    precision: dict[str, float]


def compare(tried: Sequence[Tried], asked: Asked) -> dict[str, float]:
    """Let every design rank the same rows."""
    matrix = asked.pool.read_by(PretrainedClassifier())
    rows = _dense(take(matrix, asked.rows))
    labelled, presumed = asked.training.rows, asked.presumed.rows
    known = np.where(asked.training.is_positive, POSITIVE, NEGATIVE)
    found = {}
    for number in PRESUMED:
        some = presumed[:number]
        context = _dense(take(matrix, np.concatenate([labelled, some])))
        states = np.concatenate([known, np.full(len(some), UNLABELLED)])
        for one in tried if number == 100 else tried[:1]:
            own = states if one.design.presumed else forget_presumed(states)
            scores = _score(one.network, context, own, rows)
            found[_key(one, number)] = average_precision(scores, asked.truth, asked.counts)
    return found


def _score(network: Network, context: Floats, states: Codes, rows: Floats) -> Floats:
    features = Features(context, states)
    return network.score(features.of_context(context), states, features.of_rows(rows))


def _dense(rows: Any) -> Floats:
    return np.asarray(rows, dtype=np.float64)


def _key(one: Tried, number: int) -> str:
    return one.name if number == 100 else f"{one.name}, {number}"


def page(tried: Sequence[Tried], ranked: Sequence[Ranked], folders: str) -> str:
    """Write the page."""
    numbers = [_key(tried[0], number) for number in PRESUMED]
    return _HEAD.format(
        measured=measured(),
        fewest=FEWEST_ROWS,
        folders=folders,
        designs=_designs(tried),
        by_design=_section(ranked, [one.name for one in tried], tried[0].name),
        by_number=_section(ranked, numbers, tried[0].name),
    )


def _designs(tried: Sequence[Tried]) -> str:
    rows = [
        [
            one.name,
            f"`{write_command(one.design)}`",
            f"{one.steps:,}",
            f"{one.parameters:,}",
            f"{one.aside:.3f}",
        ]
        for one in tried
    ]
    return table(["design", "made by", "steps", "parameters", "on tasks kept aside"], rows)


def _section(ranked: Sequence[Ranked], names: Sequence[str], first: str) -> str:
    parts = [(str(k), [one for one in ranked if one.positives == k]) for k in POSITIVES]
    few = [one for one in ranked if one.positives <= 20]
    parts += [
        ("1 to 20, sources of choices", [one for one in few if not one.left_out]),
        ("1 to 20, left out", [one for one in few if one.left_out]),
    ]
    others = [name for name in names if name != first]
    rows = [
        [
            said,
            str(len(those)),
            *(f"{np.mean([one.precision[name] for one in those]):.3f}" for name in names),
            *(paired(those, name, first) for name in others),
        ]
        for said, those in parts
        if those
    ]
    return table(["positives", "cells", *names, *(f"{name} − {first}" for name in others)], rows)


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.pretraining.designs", description=__doc__
    )
    parser.add_argument("folders", type=Path, nargs="+", help="of checkpoints")
    parser.add_argument("--every", type=int, default=1, help="only every so-manieth source")
    parser.add_argument("--report", type=Path, help="a folder for DESIGNS.md")
    asked = parser.parse_args()
    tried = [Tried.read(folder) for folder in asked.folders]
    ranked = []
    for place, tasks, left_out in list(plan(available()))[:: asked.every]:
        for k in POSITIVES:
            ground = pick(tasks, place, k)
            if ground is None or len(ground.positive) < FEWEST_ROWS:
                continue
            with warnings.catch_warnings(), threadpool_limits(1):
                warnings.simplefilter("ignore")
                rng = np.random.default_rng([place, k])
                one = ask(ground, k, rng, presumed=max(PRESUMED))
                ranked.append(Ranked(tasks[0].source, k, left_out, compare(tried, one)))
        read.cache_clear()
        print(tasks[0].source, file=sys.stderr, flush=True)
    text = page(tried, ranked, " ".join(folder.name for folder in asked.folders))
    if asked.report is None:
        print(text)
    else:
        (asked.report / "DESIGNS.md").write_text(text)


if __name__ == "__main__":
    main()
