"""python -m benchmarks.proving.priors: what a prior that a person states brings, and what it costs.

Reviews are searched with their title, texts of a topic with its name, both with what is said of
another, and with nothing. Tables have a column of scores of known quality: noise and so many
deviations of it for a positive. Simulated labellers say yes or no of every row with a known
sensitivity and specificity.
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
from benchmarks.proving.arms import OTHERS
from benchmarks.proving.plan import one_each
from benchmarks.proving.said import TITLES, TOPICS
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


def said(ground: Ground, setting: Setting) -> str:
    """A review's own title, or the name of a topic."""
    return _said_of(ground.task)[_class_of(ground.task)]


def said_of_another(ground: Ground, setting: Setting) -> str:
    """What is said of another review, or of another topic of the same source."""
    known = _said_of(ground.task)
    names = sorted(known)
    own = names.index(_class_of(ground.task))
    others = names[own + 1 :] + names[:own]
    return known[others[setting.seed % len(others)]]


def _class_of(task: Task) -> str:
    return task.source if task.source in TITLES else task.name.split(":")[0]


def _said_of(task: Task) -> dict[str, str]:
    if task.source in TITLES:
        return TITLES
    return {name: text for name, text in TOPICS.items() if name.split("/")[0] == task.source}


NOTHING = "nothing"
RIVAL = "nothing, ASReview's rule"
"""Beside the default on reviews: what their reader would use without a title."""

BAD: dict[str, Made | None] = {
    "random": partial(scores, auc=0.5),
    "inverted": partial(scores, auc=0.2),
}
OF_REVIEWS: dict[str, Made | None] = {
    NOTHING: None,
    RIVAL: None,
    "its title": said,
    "another title": said_of_another,
    **BAD,
}
OF_TOPICS: dict[str, Made | None] = {
    NOTHING: None,
    "its name": said,
    "another name": said_of_another,
    **BAD,
}
OF_TABLES: dict[str, Made | None] = {
    NOTHING: None,
    "AUC .6": partial(scores, auc=0.6),
    "AUC .7": partial(scores, auc=0.7),
    "AUC .8": partial(scores, auc=0.8),
    "AUC .9": partial(scores, auc=0.9),
    "labeller .8/.95": partial(labeller, sensitivity=0.8, specificity=0.95),
    **BAD,
}


def priors_of(task: Task) -> dict[str, Made | None]:
    """What is stated of a task, by name."""
    if is_review(task):
        return OF_REVIEWS
    return OF_TOPICS if is_topic(task) else OF_TABLES


def is_review(one: Task | Session) -> bool:
    """Whether a task, or a session on it, is a review."""
    return one.source in TITLES


def is_topic(one: Task | Session) -> bool:
    """Whether a task, or a session on it, looks for a topic among texts."""
    return one.source in _TOPICAL


_TOPICAL = {name.split("/")[0] for name in TOPICS}


class Key(NamedTuple):
    """What tells one session from all others."""

    task: str
    prior: str
    setting: Setting


def chosen(tasks: Iterable[Task], part: str) -> list[Task]:
    """The tasks of a part: all cuts of reviews and of topics, one cut of every source of tables.

    Every third source is for choosing constants ("choice"), the others are for judging ("judge").
    """
    tasks = list(tasks)
    reviews = [task for task in tasks if is_review(task)]
    topics = [task for task in tasks if is_topic(task) and _class_of(task) in TOPICS]
    tables = one_each([task for task in tasks if task.kind in TABLES])
    names = list(dict.fromkeys(task.source for task in [*reviews, *tables]))
    of_topics = sorted({task.source for task in topics})
    of_choice = {*names[::3], *of_topics[::3]}
    both = [*reviews, *topics, *tables]
    return [task for task in both if (task.source in of_choice) == (part == "choice")]


def plan(tasks: Sequence[Task], seeds: int) -> list[Key]:
    """All sessions of some tasks: wherever the work stops, what is done is paired.

    From nothing first; texts and tables in turns.
    """
    tables = [task for task in tasks if task.kind in TABLES]
    texts = [task for task in tasks if task.kind not in TABLES]
    turns = [task for pair in zip_longest(texts, tables) for task in pair if task is not None]
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
    strategy = OTHERS["ASReview's rule"] if key.prior == RIVAL else "auto"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return ground.session(key.prior, key.setting, strategy, prior=stated, most=LABELS)


def page(sessions: Sequence[Session], left: int, choice: Sequence[str]) -> str:
    """Write the page."""
    reviews = [s for s in sessions if is_review(s)]
    left_out = [s for s in reviews if s.source not in choice]
    topics = [s for s in sessions if is_topic(s)]
    tables = [s for s in sessions if not is_review(s) and not is_topic(s)]
    lines = [
        "# What a prior brings, and what it costs",
        "",
        measured(),
        "",
        "Written by `python -m benchmarks.proving.priors --report benchmarks/proving`. Sessions of "
        f"{LABELS} labels in batches of 10, the positive class named. A source counts once, means "
        "are over sources, intervals are 95 % by drawing sources anew. Found is the share of what "
        "so many labels could have found. Constants were chosen on other sources: "
        f"{', '.join(sorted(choice)) or 'none'}. How a sentence is compared (headings, ten rows), "
        "and how many turns it has among texts, was chosen with a look at all nine reviews, so "
        "figures of titles flatter it. No topic or table below had a part in any choice.",
        "",
    ]
    if left:
        lines += [f"**{left} sessions are still to be run.**", ""]
    parts = {"All reviews": reviews, "Topics of texts": topics, "Tables": tables}
    if 0 < len(left_out) < len(reviews):
        parts = {"Reviews without those of the choice": left_out, **parts}
    for name, some in parts.items():
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
    tasks += [task for task in other if is_review(task)]
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
