"""The page: motherlode beside ASReview, over all reviews and on each of them."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from benchmarks.efficiency.markdown import bold, table
from benchmarks.measured import measured
from benchmarks.proving.summary import Figure, figure
from benchmarks.screening import asreview, own, picture
from benchmarks.screening.measures import seconds_a_record
from benchmarks.screening.session import Session
from benchmarks.screening.summary import (
    MEASURES,
    Judged,
    by_review,
    difference,
    of,
    overall,
    paired,
    pairs,
    verdict,
)

_TITLES = {"none": "From nothing", "one": "From one inclusion"}

_MADE = """\
Made by `python -m benchmarks.screening --asreview COMMAND --report benchmarks/screening`, where
COMMAND is `asreview` in an environment of its own; the reviews lie beside the project, and
`MOTHERLODE_SCREENING` names their folder. What is cut short goes on."""

_HOW = """\
Both programs read a record at a time, with a new model after each label, until the last inclusion
is found. Both get the same records in the same random order of a seed, and the same inclusion.
ASReview is the package itself: `asreview simulate` with its default model; while it lacks an
inclusion or an exclusion, it reads from the top of the file. Its default was tuned on SYNERGY, from
which six of these reviews come. Motherlode's learner is told which class is sought, and all else is
its default; its goal is "find" where the arm says so. Neither gets the review's title."""

_MEASURES = """\
The measures are those of ASReview and its package of insights; a record known at the start counts
nowhere. **WSS@95** is the share of records that need not be read to find 95 % of the inclusions,
against reading at random. **Recall at 10 %** is the share of inclusions found when a tenth of the
records is read. **Loss** is the area between the best possible recall curve and this one: less is
better. **NDCG** weighs the first records most. Intervals are of 95 %: over all, by drawing reviews
anew; on one review, by its seeds, and none for a single seed. **Bold** is a difference that its
interval tells from nought; of forty such differences two are bold by chance alone. Seconds are of a
machine that other work shared. Reviews that one of the programs has not read yet are left out.

Motherlode's features and its goal "find" were chosen on Donners, Sep, Nelson and van der Valk,
among some variants, so on these its figures flatter it as ASReview's do."""


def write(sessions: Sequence[Session], folder: Path) -> None:
    """RESULTS.md and its pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    for start in _TITLES:
        chosen = paired([one for one in sessions if one.start == start])
        if chosen:
            picture.draw(chosen, folder / f"recall-from-{start}.svg")
    (folder / "RESULTS.md").write_text(page(sessions))


def page(sessions: Sequence[Session]) -> str:
    """RESULTS.md, from the sessions that every arm has."""
    sessions = paired(sessions)
    parts = [
        "# Screening of abstracts, beside ASReview",
        measured(),
        _MADE,
        _about(sessions),
        _HOW,
        _MEASURES,
    ]
    for start, title in _TITLES.items():
        chosen = [one for one in sessions if one.start == start]
        if not chosen:
            continue
        parts += [f"## {title}", _all(chosen, start)]
        for arm in _own(chosen):
            each = pairs(of(chosen, arm, start), of(chosen, asreview.ARM, start))
            if each:
                parts += [f"### {arm} less {asreview.ARM}, by review", _reviews(each), _count(each)]
        parts.append(f"![Recall curves](recall-from-{start}.svg)")
    return "\n\n".join(parts) + "\n"


def _own(sessions: Sequence[Session]) -> list[str]:
    there = {one.arm for one in sessions}
    return [arm for arm in own.ARMS if arm in there]


def _about(sessions: Sequence[Session]) -> str:
    versions = dict.fromkeys(
        f"{asreview.ARM if one.arm == asreview.ARM else 'motherlode'} {one.version}"
        for one in sessions
    )
    seeds_of: dict[str, set[int]] = {}
    for one in sessions:
        seeds_of.setdefault(one.review, set()).add(one.seed)
    counts = [len(each) for each in seeds_of.values()] or [0]
    seeds = " to ".join(map(str, sorted({min(counts), max(counts)})))
    counted = f"{len(seeds_of)} reviews, {seeds} seeds each, {len(sessions):,} sessions"
    text = f"{counted}; {', '.join(versions)}."
    if asreview.ARM not in {one.arm for one in sessions}:
        text += f" {asreview.HOW}."
    return text


def _all(sessions: Sequence[Session], start: str) -> str:
    rows = []
    arms = [arm for arm in (*_own(sessions), asreview.ARM) if of(sessions, arm, start)]
    for arm in arms:
        chosen = of(sessions, arm, start)
        cells = [f"{figure(by_review(chosen, judged.of).values()).mean:.3f}" for judged in MEASURES]
        seconds = figure(by_review(chosen, seconds_a_record).values()).mean
        rows.append([arm, *cells, f"{seconds:.3f}"])
    for arm in arms:
        each = pairs(of(sessions, arm, start), of(sessions, asreview.ARM, start))
        if arm != asreview.ARM and each:
            cells = [_signed(overall(each, judged.of), judged) for judged in MEASURES]
            rows.append([f"{arm} less {asreview.ARM}", *cells, ""])
    head = ["mean of reviews", *(judged.name for judged in MEASURES), "seconds a record"]
    return table(head, rows)


def _reviews(each: Sequence[tuple[Session, Session]]) -> str:
    rows = []
    for review in dict.fromkeys(one.review for one, _ in each):
        those = [pair for pair in each if pair[0].review == review]
        first = those[0][0]
        cells = [_signed(difference(those, judged.of), judged) for judged in MEASURES]
        rows.append([review, f"{first.inclusions} of {first.records:,}", *cells])
    return table(["review", "inclusions", *(judged.name for judged in MEASURES)], rows)


def _count(each: Sequence[tuple[Session, Session]]) -> str:
    """How often ours is ahead or behind by more than noise."""
    read = [one.review for one, _ in each]
    reviews = [review for review in dict.fromkeys(read) if read.count(review) > 1]
    said = []
    for judged in MEASURES:
        found = [
            verdict(
                difference([p for p in each if p[0].review == review], judged.of), judged.better
            )
            for review in reviews
        ]
        said.append(f"{judged.name} {found.count(1)} and {found.count(-1)}")
    whose = f"Ahead and behind by more than noise, of {len(reviews)} with several seeds"
    return f"{whose}: {'; '.join(said)}."


def _signed(of: Figure, judged: Judged) -> str:
    text = f"{of.mean:+.3f}"
    if np.isfinite(of.low):
        text += f" [{of.low:+.3f}, {of.high:+.3f}]"
    return bold(text, verdict(of, judged.better) != 0)
