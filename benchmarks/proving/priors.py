"""python -m benchmarks.proving.priors: what a prior that a person states brings, and what it costs.

Reviews are searched with their title, with that of another review, and with nothing. Tables and all
other pools have a column of scores of known quality: noise and so many deviations of it for a
positive. Simulated labellers say yes or no of every row with a known sensitivity and specificity.
"""

import argparse
import json
import sys
import warnings
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from functools import partial
from itertools import zip_longest
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
from scipy.stats import norm

from benchmarks.efficiency import journal as digests
from benchmarks.measured import measured
from benchmarks.proving.plan import one_each
from benchmarks.proving.sessions import Ground, Session, Setting
from benchmarks.proving.sources import Task, available
from benchmarks.proving.summary import (
    Figure,
    by_source,
    differences,
    figure,
    found_at,
    log_of_chance,
    ratio,
)
from motherlode._rows.arrays import Floats

TITLES = {
    "bannach_brown_2019": "Animal models of depression",
    "donners_2021": "Pharmacokinetics and associated efficacy of emicizumab in humans",
    "jeyaraman_2020": "Does the source of mesenchymal stem cell have an effect in the management "
    "of osteoarthritis of the knee?",
    "kitchenham_2010": "Systematic literature reviews in software engineering",
    "menon_2022": "The methodological rigour of systematic reviews in environmental health",
    "nagtegaal_2019": "Nudging healthcare professionals towards evidence-based medicine",
    "nelson_2002": "Postmenopausal hormone replacement therapy",
    "sep_2021": "The rodent object-in-context task",
    "van_der_valk_2021": "Long-term glucocorticoids in hair and anthropometric measurements",
}
"""What a person would say of each review."""

LABELS = 100
STARTS = ("none", "one")
TABLES = ("numbers", "mixed", "missing")

Made = Callable[[Ground, Setting], Any]
"""What is stated of a task; it knows the answers, and a learner sees only what it makes of them."""


def rng_of(ground: Ground, setting: Setting, what: str) -> np.random.Generator:
    """Random numbers of one task, one seed and one purpose."""
    return np.random.default_rng([setting.seed, crc32(f"{ground.task.name} {what}".encode())])


def scores(ground: Ground, setting: Setting, *, auc: float) -> Floats:
    """A column of scores: normal noise, and for a positive what gives that AUC."""
    noise = rng_of(ground, setting, "scores").normal(size=len(ground.positive))
    return np.asarray(noise + np.sqrt(2.0) * norm.ppf(auc) * ground.positive)


def labeller(ground: Ground, setting: Setting, *, sensitivity: float, specificity: float) -> Floats:
    """Yes or no of every row, by somebody who errs."""
    chance = rng_of(ground, setting, "labeller").random(len(ground.positive))
    yes = np.where(ground.positive, chance < sensitivity, chance >= specificity)
    return yes.astype(np.float64)


def title(ground: Ground, setting: Setting) -> str:
    """The review's own title."""
    return TITLES[ground.task.source]


def other_title(ground: Ground, setting: Setting) -> str:
    """That of another review."""
    names = sorted(TITLES)
    return TITLES[names[(names.index(ground.task.source) + 1 + setting.seed) % len(names)]]


NOTHING = "nothing"
OF_REVIEWS: dict[str, Made | None] = {
    NOTHING: None,
    "its title": title,
    "another title": other_title,
}
OF_OTHERS: dict[str, Made | None] = {
    NOTHING: None,
    "AUC .6": partial(scores, auc=0.6),
    "AUC .7": partial(scores, auc=0.7),
    "AUC .8": partial(scores, auc=0.8),
    "AUC .9": partial(scores, auc=0.9),
    "labeller .8/.95": partial(labeller, sensitivity=0.8, specificity=0.95),
    "random": partial(scores, auc=0.5),
    "inverted": partial(scores, auc=0.2),
}
BAD = ("random", "inverted", "another title")


def priors_of(task: Task) -> dict[str, Made | None]:
    """What is stated of a task, by name."""
    return OF_REVIEWS if task.source in TITLES else OF_OTHERS


class Key(NamedTuple):
    """What tells one session from all others."""

    task: str
    prior: str
    setting: Setting


def chosen(tasks: Iterable[Task], part: str, reviews_all: bool = True) -> list[Task]:
    """The tasks of a part: all cuts of the reviews, and one cut of every source of tables.

    Every third source is for choosing constants ("choice"), the others are for judging ("judge").
    """
    tasks = list(tasks)
    reviews = [task for task in tasks if task.source in TITLES]
    tables = one_each([task for task in tasks if task.kind in TABLES])
    names = list(dict.fromkeys(task.source for task in [*reviews, *tables]))
    of_choice = set(names[::3])
    wanted = of_choice if part == "choice" else set(names) - of_choice
    both = reviews if reviews_all else one_each(reviews)
    return [task for task in [*both, *tables] if task.source in wanted]


def plan(tasks: Sequence[Task], seeds: int) -> list[Key]:
    """All sessions of some tasks: wherever the work stops, what is done is paired.

    From nothing first; reviews and tables in turns.
    """
    reviews = [task for task in tasks if task.source in TITLES]
    tables = [task for task in tasks if task.source not in TITLES]
    turns = [task for pair in zip_longest(reviews, tables) for task in pair if task is not None]
    return [
        Key(task.name, name, Setting(start, seed=seed))
        for seed in range(seeds)
        for start in STARTS
        for task in turns
        for name in priors_of(task)
    ]


class Kept:
    """Sessions that are over, on disk."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = digests.journal("proving-priors", "own") if path is None else path
        self.known: dict[Key, Session] = {}
        lines = self.path.read_text().splitlines() if self.path.exists() else []
        for line in lines:
            try:
                self._add(Session(**json.loads(line)))
            except (ValueError, TypeError):  # a line that a crash tore
                continue

    def _add(self, session: Session) -> None:
        self.known[Key(session.task, session.arm, session.setting)] = session

    def keep(self, session: Session) -> None:
        """Add a session, and write it down."""
        self._add(session)
        with self.path.open("a") as file:
            file.write(json.dumps(asdict(session)) + "\n")


def lead(kept: Kept, tasks: Sequence[Task], wanted: Sequence[Key], minutes: float | None) -> None:
    """Lead what is lacking."""
    began, by_name = monotonic(), {task.name: task for task in tasks}
    lacking: dict[tuple[str, str], list[Key]] = {}
    for key in wanted:
        if key not in kept.known:
            lacking.setdefault((key.task, str(key.setting)), []).append(key)
    for place, ((name, _), keys) in enumerate(lacking.items(), start=1):
        if minutes is not None and monotonic() - began > 60 * minutes:
            break
        ground = Ground(by_name[name])
        for key in keys:
            kept.keep(led(ground, key))
        said = f"[{place}/{len(lacking)}] {monotonic() - began:.0f} s: {name}"
        print(said, file=sys.stderr, flush=True)


def led(ground: Ground, key: Key) -> Session:
    """Lead one session to its end."""
    make = priors_of(ground.task)[key.prior]
    stated = None if make is None else make(ground, key.setting)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ground.session(key.prior, key.setting, prior=stated, most=LABELS)


def page(sessions: Sequence[Session], left: int, choice: Sequence[str]) -> str:
    """Write the page."""
    reviews = [s for s in sessions if s.source in TITLES]
    tables = [s for s in sessions if s.source not in TITLES]
    lines = [
        "# What a prior brings, and what it costs",
        "",
        measured(),
        "",
        "Written by `python -m benchmarks.proving.priors --report benchmarks/proving`. Sessions of "
        f"{LABELS} labels in batches of 10, the positive class named. A source counts once, means "
        "are over sources, intervals are 95 % by drawing sources anew. Found is the share of what "
        "so many labels could have found. Constants were chosen on other sources: "
        f"{', '.join(sorted(choice)) or 'none'}. How a sentence is compared (headings, ten rows) "
        "was chosen with a look at all nine reviews, so figures of titles flatter it.",
        "",
    ]
    if left:
        lines += [f"**{left} sessions are still to be run.**", ""]
    for name, some in (("Reviews", reviews), ("Tables", tables)):
        sources = sorted({s.source for s in some})
        if sources:
            lines += [f"## {name}: {len(sources)} sources", "", ", ".join(sources) + ".", ""]
        for start in STARTS:
            lines += _table(start, [s for s in some if s.start == start])
    return "\n".join(lines)


def _table(start: str, some: Sequence[Session]) -> list[str]:
    priors = list(dict.fromkeys(s.arm for s in some))
    if NOTHING not in priors:
        return []
    begins = "From nothing" if start == "none" else "From one positive"
    first = start == "none"
    head = ["prior", *(["first positive, share of chance's labels"] if first else [])]
    head += ["found at 50", "ratio to nothing", "found at 100", "minus nothing"]
    lines = [f"### {begins}", "", _row(head), _row(["---"] * len(head))]
    plain = _by_task([s for s in some if s.arm == NOTHING])
    for prior in priors:
        ours = [s for s in some if s.arm == prior and _place(s) in plain]
        theirs = [plain[_place(s)] for s in ours]
        at = {n: (by_source(ours, found_at(n)), by_source(theirs, found_at(n))) for n in (50, 100)}
        cells = [prior, *([_first(ours)] if first else [])]
        cells += [str(figure(at[50][0].values())), str(ratio(*at[50]))]
        cells += [str(figure(at[100][0].values())), str(differences(*at[100]))]
        lines.append(_row(cells))
    return [*lines, ""]


def _first(sessions: Sequence[Session]) -> str:
    found: Figure = figure(by_source(sessions, log_of_chance).values()).exponential()
    return str(found)


def _place(session: Session) -> tuple[str, int]:
    return session.task, session.seed


def _by_task(sessions: Iterable[Session]) -> dict[tuple[str, int], Session]:
    return {_place(session): session for session in sessions}


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.proving.priors")
    parser.add_argument("--part", choices=("judge", "choice"), default="judge")
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--kinds", nargs="+", help="kinds of data to run; all by default")
    parser.add_argument("--minutes", type=float, help="begin no task after that time")
    parser.add_argument("--report", type=Path, help="a folder for PRIORS.md")
    asked = parser.parse_args()

    everything = available()
    tasks = chosen(everything, asked.part)
    other = chosen(everything, "choice") if asked.part == "judge" else []
    kept, wanted = Kept(), plan(tasks, asked.seeds)
    runs = {task.name for task in tasks if not asked.kinds or task.kind in asked.kinds}
    lead(kept, tasks, [key for key in wanted if key.task in runs], asked.minutes)
    left = sum(key not in kept.known for key in wanted)
    known = [kept.known[key] for key in wanted if key in kept.known]
    written = page(known, left, sorted({task.source for task in other}))
    if asked.report is None:
        print(written)
    else:
        (asked.report / "PRIORS.md").write_text(written)


if __name__ == "__main__":
    main()
