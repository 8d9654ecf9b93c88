"""The page: the default beside chance, simple baselines and peers."""

from collections.abc import Iterable, Sequence

import numpy as np

from benchmarks.efficiency.markdown import table
from benchmarks.measured import measured
from benchmarks.proving.arms import CHANCE, DEFAULT, RIVALS
from benchmarks.proving.plan import BESIDE, MAIN
from benchmarks.proving.sessions import POSITIVES, Session, Setting
from benchmarks.proving.summary import (
    Figure,
    Measure,
    by_source,
    differences,
    figure,
    found_at,
    log_of_chance,
    ratio,
    worst_tenth,
)

MARKS = (50, 200)

_MADE = """\
Made by `python -m benchmarks.proving --report benchmarks/proving`; the data come from public
packages (`benchmarks/datasets/fetch.sh`), and what is cut short goes on."""

_MEASURES = f"""\
**Found** is the share of the positives that so many labels could have found. A session ends at
200 labels, in a pool of fewer than 800 rows at a quarter of them, and at 50 at least. **First**
is the geometric mean of the labels to the first positive, as a share of what chance needs in the
mean; chance itself has {np.exp(-np.euler_gamma):.2f}, since it is often lucky. Each source counts
once, however many tasks it has; intervals are of 95 %, by drawing sources anew. Rows that equal a
labelled row are asked last by the default, and count as found only once they are asked."""

_WHO = """\
Rivals: at random until both classes are known, then by a forest of 100 trees or a line, the
likeliest rows, the most uncertain ones, or both in turns; ASReview's rule; modAL's default;
scikit-activeml's margin."""


def page(sessions: Sequence[Session], left: int = 0) -> str:
    """RESULTS.md, from the sessions there are."""
    parts = ["# The proving ground", measured(), _about(sessions, left)]
    for setting in (*MAIN, *BESIDE):
        chosen = [session for session in sessions if session.setting == setting]
        if chosen:
            parts += _setting(setting, paired(chosen))
    return "\n\n".join(parts) + "\n"


def paired(sessions: Sequence[Session]) -> list[Session]:
    """Those of the tasks that every arm was run on."""
    arms = {session.arm for session in sessions}
    by_task: dict[str, set[str]] = {}
    for session in sessions:
        by_task.setdefault(session.task, set()).add(session.arm)
    return [session for session in sessions if by_task[session.task] == arms]


def _about(sessions: Sequence[Session], left: int) -> str:
    tasks = {session.task for session in sessions}
    sources = {session.source for session in sessions}
    lines = [
        _MADE,
        f"{len(tasks)} tasks of {len(sources)} sources, {len(sessions):,} sessions"
        + (f"; {left:,} of the whole plan are still to be run." if left else "."),
        _MEASURES,
        _WHO,
    ]
    return "\n\n".join(lines)


def _setting(setting: Setting, sessions: Sequence[Session]) -> list[str]:
    known = POSITIVES[setting.start]
    what = f"{known or 'no'} positive{'s' if known != 1 else ''} known, batches of {setting.batch}"
    parts = [f"## {what}{'' if setting.named else ', the rare class not named'}"]
    if not sessions:
        return [*parts, "No task was run by every arm yet."]
    parts.append(_arms(sessions))
    arms = {session.arm for session in sessions}
    if DEFAULT in arms and arms & RIVALS.keys():
        parts += [_against(sessions), _kinds(sessions), _worst(sessions)]
    return parts


def _of(sessions: Iterable[Session], arm: str) -> list[Session]:
    return [session for session in sessions if session.arm == arm]


def _ordered(sessions: Iterable[Session]) -> list[str]:
    there = {session.arm for session in sessions}
    rest = there - {DEFAULT, CHANCE, *RIVALS}
    return [arm for arm in (DEFAULT, *sorted(rest), CHANCE, *RIVALS) if arm in there]


def best_rival(sessions: Sequence[Session], measure: Measure) -> str:
    """The rival or chance with the highest mean over sources."""
    rivals = [arm for arm in _ordered(sessions) if arm in RIVALS or arm == CHANCE]
    means = {arm: figure(by_source(_of(sessions, arm), measure).values()).mean for arm in rivals}
    return max(means, key=lambda arm: means[arm])


def _arms(sessions: Sequence[Session]) -> str:
    rows = []
    for arm in _ordered(sessions):
        own = _of(sessions, arm)
        first = figure(by_source(own, log_of_chance).values()).exponential()
        rows.append(
            [
                arm,
                *(str(figure(by_source(own, found_at(mark)).values())) for mark in MARKS),
                f"{first.mean:.2f}",
                *(f"{worst_tenth(own, found_at(mark)):.3f}" for mark in MARKS),
                f"{sum(s.seconds for s in own) / sum(_rounds(s) for s in own):.3f}",
            ]
        )
    head = ["arm", "found at 50", "found at the end", "first, of chance's mean"]
    head += ["worst tenth at 50", "worst tenth at the end", "seconds a round"]
    return table(head, rows)


def _rounds(session: Session) -> int:
    return -(-len(session.answers) // session.batch)


def _against(sessions: Sequence[Session]) -> str:
    ours, rows = _of(sessions, DEFAULT), []
    for mark in MARKS:
        measure = found_at(mark)
        best = best_rival(sessions, measure)
        own, theirs = by_source(ours, measure), by_source(_of(sessions, best), measure)
        rows.append([f"found at {mark}", best, str(ratio(own, theirs)), _signed(own, theirs)])
    return table(["measure", "best rival", "default / best rival", "difference by source"], rows)


def _signed(ours: dict[str, float], theirs: dict[str, float]) -> str:
    of = differences(ours, theirs)
    return _plus(of)


def _plus(of: Figure) -> str:
    return f"{of.mean:+.3f} [{of.low:+.3f}, {of.high:+.3f}]"


def _kinds(sessions: Sequence[Session]) -> str:
    """By kind: the default, the rival that is best on that kind, and their difference."""
    rows = []
    for kind in dict.fromkeys(session.kind for session in sessions):
        those = [session for session in sessions if session.kind == kind]
        ours = _of(those, DEFAULT)
        cells = [kind, str(len(ours)), str(len({s.source for s in ours}))]
        for mark in MARKS:
            measure = found_at(mark)
            best = best_rival(those, measure)
            own, theirs = by_source(ours, measure), by_source(_of(those, best), measure)
            cells += [f"{figure(own.values()).mean:.3f}", best, _signed(own, theirs)]
        first = figure(by_source(ours, log_of_chance).values()).exponential()
        rows.append([*cells, f"{first.mean:.2f}"])
    head = ["kind", "tasks", "sources"]
    for mark in MARKS:
        head += [f"default at {mark}", "best rival of the kind", "difference"]
    return table([*head, "first"], rows)


def _worst(sessions: Sequence[Session]) -> str:
    """The worst tenth of the default's sessions, and what the best rival of each found."""
    measure = found_at(MARKS[-1])
    ours = sorted(_of(sessions, DEFAULT), key=measure)
    worst = ours[: max(len(ours) // 10, 1)]
    by_task: dict[str, list[Session]] = {}
    for session in sessions:
        if session.arm in RIVALS:
            by_task.setdefault(session.task, []).append(session)
    rows = []
    for session in worst:
        best = max(by_task[session.task], key=measure)
        rows.append(
            [
                session.task,
                session.kind,
                f"{session.positives} of {session.rows:,}",
                str(session.answers.count("1")),
                str(session.first if "1" in session.answers else "none"),
                f"{best.answers.count('1')} ({best.arm})",
            ]
        )
    head = ["worst tenth", "kind", "positives", "found", "first at label", "best rival"]
    return table(head, rows)
