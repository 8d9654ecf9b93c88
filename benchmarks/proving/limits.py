"""python -m benchmarks.proving.limits: how far the best arm of each source would come.

In hindsight every source is given to the arm that came out best on it. Nobody can know that arm
beforehand, and its luck counts as skill, so this is a limit and no strategy. The sessions are those
of ``python -m benchmarks.proving --quick --arms short``.
"""

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from benchmarks.efficiency.markdown import table
from benchmarks.measured import measured
from benchmarks.proving.arms import CHANCE, DEFAULT, SHORT
from benchmarks.proving.journal import Journal
from benchmarks.proving.plan import MAIN, plan
from benchmarks.proving.report import MARKS, paired
from benchmarks.proving.sessions import Session
from benchmarks.proving.sources import available
from benchmarks.proving.summary import by_source, figure, found_at, ratio

ASKED = {("none", 50): 1.3, ("none", 200): 1.2, ("one", 50): 1.3, ("one", 200): 1.15}
"""How many times as much as the best single rival the default was to find."""
NEARLY_ALL = 0.95

_HEAD = """\
# What limits the default

{measured}

Made by `python -m benchmarks.proving.limits --report benchmarks/proving`, from the sessions of
`python -m benchmarks.proving --quick --arms short`: {tasks} tasks of {sources} sources, batches of
ten. What is found, and how sources count, is said on [the proving ground's page](RESULTS.md).

The **ceiling** gives every source to the arm that came out best on it, the default among them.
Nobody can know that arm beforehand, and its luck counts as skill: it is a limit and no strategy.
**Asked** is how many times as much as the best single rival the default was to find. **Nothing to
gain** is the share of sources on which that rival finds {nearly} % and more. Intervals are of 95 %,
by drawing sources anew.

{table}
"""


def limits(sessions: Sequence[Session], start: str, labels: int) -> list[str]:
    """A row of the table: the default, its best rival and the ceiling."""
    found = {
        arm: by_source([s for s in sessions if s.arm == arm], found_at(labels)) for arm in SHORT
    }
    rivals = [arm for arm in SHORT if arm not in (DEFAULT, CHANCE)]
    best = max(rivals, key=lambda arm: figure(found[arm].values()).mean)
    ceiling, of_rivals = _best_of(found, [DEFAULT, *rivals]), _best_of(found, rivals)
    nearly = np.mean([value >= NEARLY_ALL for value in found[best].values()])
    return [
        f"{'nothing' if start == 'none' else 'one positive'} known, {labels} labels",
        str(figure(found[DEFAULT].values())),
        f"{figure(found[best].values()).mean:.3f} ({best})",
        f"{figure(of_rivals.values()).mean:.3f}",
        f"{figure(ceiling.values()).mean:.3f}",
        f"{ASKED[start, labels]:g}",
        str(ratio(found[DEFAULT], found[best])),
        str(ratio(ceiling, found[best])),
        f"{100 * nearly:.0f} %",
    ]


def _best_of(found: Mapping[str, Mapping[str, float]], arms: Sequence[str]) -> dict[str, float]:
    """What the best of some arms found on each source."""
    return {source: max(found[arm][source] for arm in arms) for source in found[DEFAULT]}


def page(sessions: Sequence[Session]) -> str:
    """LIMITS.md, from the sessions of arms that were all run on a task."""
    of_start = {s.start: paired([x for x in sessions if x.setting == s]) for s in MAIN}
    whole = [session for each in of_start.values() for session in each]
    rows = [limits(each, start, labels) for start, each in of_start.items() for labels in MARKS]
    head = [
        *(
            "search",
            "default",
            "best single rival",
            "best rival of each source",
            "ceiling",
            "asked",
        ),
        *("default / best single rival", "ceiling / best single rival", "nothing to gain"),
    ]
    return _HEAD.format(
        measured=measured(),
        tasks=len({s.task for s in whole}),
        sources=len({s.source for s in whole}),
        nearly=round(100 * NEARLY_ALL),
        table=table(head, rows),
    )


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.proving.limits")
    parser.add_argument("--report", type=Path, help="a folder for LIMITS.md")
    asked = parser.parse_args()
    journal = Journal()
    wanted = plan(available(), SHORT, quick=True)
    text = page([journal.known[key] for key in wanted if key in journal.known])
    if asked.report is None:
        print(text)
    else:
        (asked.report / "LIMITS.md").write_text(text)


if __name__ == "__main__":
    main()
