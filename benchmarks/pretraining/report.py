"""The page: average precision by positives, prevalence and kind, beside other models."""

from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import Any

import numpy as np

from benchmarks.efficiency.markdown import table
from benchmarks.measured import measured
from benchmarks.pretraining.cells import KINDS, MODELS, POSITIVES, Cell
from benchmarks.proving.arms import DEFAULT, WITH_NETWORK
from benchmarks.proving.sessions import Session
from benchmarks.proving.summary import by_source, differences, figure, found_at, ratio

RARITY = (("1 in 40 and more", 1 / 40, 1.0), ("1 in 40 to 1 in 150", 1 / 150, 1 / 40),
          ("rarer", 0.0, 1 / 150))  # fmt: skip

_HEAD = """\
# The pretrained network on real data

{measured}

Made by `python -m benchmarks.pretraining --report benchmarks/pretraining`. The weights are those of
[the model card](../../pretraining/CARD.md), sha256 `{weights:.12}…`: {parameters:,}
parameters, {bytes:,} bytes, {steps_done:,} steps in {cpu_seconds:,} CPU-seconds.

Of each of {sources} sources of the proving ground one task for each number of positives that it
holds. Known are positives by lot, five times as many negatives that lie nearest to them (at most
60) and five random ones. A hundred other rows are presumed negative; for models without the network
labelled negatives replace some of them, as in a search. Each model ranks all rows that are left.
Numbers are average precision. Differences are paired by cell, with standard errors over sources.
"Kernel" is a support vector machine, "fusion" the default model, its members fused by rank. The
network saw no real data; sources "left out" are those that no choice in the default looked at.
"""

_PAIRS = (
    ("network − forest", "network", "forest"),
    ("network − fusion", "network", "fusion"),
    ("with network − fusion", "fusion and network", "fusion"),
)


_SEARCHES = """\
Whole searches by the default with the network as a fifth member, beside those of the default. Both
are of `python -m benchmarks.proving --quick --arms auto "auto with the network"`, on {sources}
sources in batches of ten. **Found** is the share of the positives that so many labels could have
found. Each source counts once; intervals are of 95 %, by drawing sources anew."""


def page(cells: Sequence[Cell], shipped: Mapping[str, Any], sessions: Sequence[Session]) -> str:
    """The page of some cells and of whole searches, by weights of which ``weights.json`` tells."""
    sources, weights = len({cell.source for cell in cells}), cells[0].weights
    parts = [_HEAD.format(**shipped, measured=measured(), weights=weights, sources=sources)]
    for title, column, named in (
        ("By known positives", "positives", [(str(k), _has("positives", k)) for k in POSITIVES]),
        ("By kind of data", "kind", [(kind, _has("kind", kind)) for kind in KINDS]),
        ("By prevalence", "prevalence", [(said, _within(low, high)) for said, low, high in RARITY]),
        (
            "By part",
            "cells of",
            [
                ("1 to 20 positives, left out", lambda c: c.left_out and c.positives <= 20),
                ("1 to 20 positives, all", lambda c: c.positives <= 20),
                ("all", lambda c: True),
            ],
        ),
    ):
        parts.append(f"## {title}\n\n{_section(cells, column, named)}\n")
    if sessions:
        parts.append(f"## Whole searches\n\n{searches(cells, sessions)}\n")
    parts.append(f"## CPU-seconds\n\n{_seconds(cells)}\n")
    return "\n".join(parts)


def searches(cells: Sequence[Cell], sessions: Sequence[Session]) -> str:
    """How much whole searches find with the network and without it."""
    parts = {
        "all": {cell.source for cell in cells},
        "left out": {cell.source for cell in cells if cell.left_out},
    }
    rows = []
    for start, labels, (said, sources) in product(("none", "one"), (50, 100, 200), parts.items()):
        own, other = (
            by_source(
                (s for s in sessions if (s.arm, s.start) == (arm, start) and s.source in sources),
                found_at(labels),
            )
            for arm in (WITH_NETWORK, DEFAULT)
        )
        both = {source: other[source] for source in own.keys() & other.keys()}
        if both:
            known = "nothing" if start == "none" else "one positive"
            mean = f"{figure(both.values()).mean:.3f}"
            gaps = [str(ratio(own, both)), str(differences(own, both))]
            rows.append([f"{known} known, {labels} labels, {said}", mean, *gaps])
    head = ["search", "default finds", "with the network / default", "difference by source"]
    searched = {session.source for session in sessions} & parts["all"]
    return f"{_SEARCHES.format(sources=len(searched))}\n\n{table(head, rows)}"


def _has(name: str, value: Any) -> Callable[[Cell], bool]:
    return lambda cell: getattr(cell, name) == value


def _within(low: float, high: float) -> Callable[[Cell], bool]:
    return lambda cell: low < cell.prevalence <= high


def _section(
    cells: Sequence[Cell], column: str, named: Sequence[tuple[str, Callable[[Cell], bool]]]
) -> str:
    rows = []
    for said, belongs in named:
        those = [cell for cell in cells if belongs(cell)]
        if those:
            own = [f"{np.mean([cell.precision[name] for cell in those]):.3f}" for name in MODELS]
            gaps = [paired(those, one, other) for _, one, other in _PAIRS]
            rows.append([said, str(len(those)), *own, *gaps])
    return table([column, "cells", *MODELS, *(name for name, _, _ in _PAIRS)], rows)


def paired(cells: Sequence[Cell], one: str, other: str) -> str:
    """A mean difference, with its standard error over sources."""
    by_source: dict[str, list[float]] = {}
    for cell in cells:
        gap = cell.precision[one] - cell.precision[other]
        by_source.setdefault(cell.source, []).append(gap)
    every = np.concatenate([np.array(each) for each in by_source.values()])
    # Cells of one source stand or fall together.
    sums = np.array([np.sum(np.array(each) - every.mean()) for each in by_source.values()])
    s = len(sums)
    error = np.sqrt((sums**2).sum() * s / max(s - 1, 1)) / len(every)
    return f"{every.mean():+.3f} ± {error:.3f}"


def _seconds(cells: Sequence[Cell]) -> str:
    rows = [
        [
            name,
            f"{np.median([cell.seconds[name] for cell in cells]):.2f}",
            f"{np.max([cell.seconds[name] for cell in cells]):.2f}",
        ]
        for name in MODELS
    ]
    return table(["a fit and the ranking of up to 5,000 rows", "median", "most"], rows)
