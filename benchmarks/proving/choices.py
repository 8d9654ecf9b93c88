"""python -m benchmarks.proving.choices: what the default chose, beside what it might have chosen.

Each choice has some options, the one taken first. All are run on a task of every third source, and
what the journal holds of other sources counts as well. An option is chosen on all sources but one
and judged on that one, each source in turn; the gain so held out is what the choice is worth on
data that had no part in it.
"""

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import issparse
from sklearn.decomposition import TruncatedSVD
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, Normalizer
from sklearn.svm import LinearSVC

from benchmarks.efficiency.markdown import table
from benchmarks.measured import measured
from benchmarks.proving.arms import Arm
from benchmarks.proving.forms import read_in_forms
from benchmarks.proving.journal import Journal, Key
from benchmarks.proving.plan import one_each
from benchmarks.proving.sessions import Session, Setting
from benchmarks.proving.sources import Task, available
from benchmarks.proving.summary import by_source, differences, figure, found_at, log_of_chance
from benchmarks.proving.work import lead
from motherlode._round.training_set import Presumption
from motherlode._round.view import View
from motherlode.models._default import default_model
from motherlode.models._several import SkillWeighted
from motherlode.pool import Pool
from motherlode.strategies import (
    AnomalyFeedback,
    Auto,
    ContinuousLearning,
    Fading,
    Interleave,
    KCentre,
    LocalNovelty,
    PresumedMargin,
    Random,
    Strategy,
)
from motherlode.strategies._base.strategy import Combined

_MADE = """\
Made by `python -m benchmarks.proving.choices --report benchmarks/proving`. The first option of each
table is the one taken; of the others stands what they found more or less than it, paired by source,
with intervals of 95 % by drawing sources anew. The bold option was taken on other, larger searches
of the same sources or for its simplicity where nothing tells the options apart."""

TEXTS = ("posts", "newswire", "messages", "glosses", "abstracts", "lines", "languages")


@dataclass(frozen=True)
class Choice:
    """A decision in the default.

    Attributes
    ----------
    what : str
    start : {"none", "one"}
        The sessions that it bears on.
    taken : str
        What the default does.
    others : mapping of str to Arm
        What it might have done.
    texts : bool or None
        Whether it bears on texts alone, on all else alone, or on both.
    """

    what: str
    start: str
    taken: str
    others: Mapping[str, Arm]
    texts: bool | None = None

    def tasks(self, tasks: Sequence[Task]) -> list[Task]:
        """Those that it bears on."""
        return [t for t in tasks if self.texts is None or (t.kind in TEXTS) == self.texts]


@dataclass(frozen=True)
class Until(Combined):
    """One strategy until a positive is known, then another."""

    before: Strategy
    after: Strategy

    def utilities(self, view: View) -> Any:
        """Those of the one at work."""
        return self._now(view).compute_utilities(view)

    def reasons(self, view: View, rows: Any) -> list[str]:
        """Those of the one at work."""
        return self._now(view).reasons(view, rows)

    def random_draws(self, view: View, rows: Any) -> Any:
        """Those of the one at work."""
        return self._now(view).random_draws(view, rows)

    def _now(self, view: View) -> Strategy:
        return self.after if view.labelled_minority.any() else self.before

    def _parts(self) -> tuple[Strategy, ...]:
        return self.before, self.after


@dataclass(frozen=True)
class Steady(Presumption):
    """As many rows at the end as at the beginning."""

    def size_and_weight(
        self,
        positives: int,
        negatives: int,
        unlabelled: int,
        *,
        weighted: bool = True,
        told: bool = False,
    ) -> tuple[int, float]:
        """All there may be, in full."""
        return min(self.most, unlabelled), 1.0


@dataclass(frozen=True)
class Constant(ContinuousLearning):
    """As many rows presumed negative at the end as at the beginning."""

    @property
    def presumption(self) -> Presumption:
        """Of as many rows in every round."""
        return Steady(self.presumed)


def from_nothing(*arms: Strategy, weights: Sequence[float] = ()) -> Arm:
    """The default with other arms until the first positive."""
    return Arm(Until(Fading(*arms, weights=weights), Auto()))


def from_one(*arms: Strategy, weights: Sequence[int] = ()) -> Arm:
    """Other arms from the first positive on, and none before."""
    return Arm(Interleave(*arms, weights=weights))


def with_model(changed: Callable[[SkillWeighted], Any]) -> Arm:
    """The default with another model for tables; texts have one line, and keep it."""

    def model(pool: Pool) -> Any:
        own = default_model(pool)
        return changed(own) if isinstance(own, SkillWeighted) else own

    return Arm("auto", model)


def in_forms(*, tails: bool = False, codes: bool = False) -> Arm:
    """The default with members that read tables in other forms."""

    def model(pool: Pool) -> Any:
        own = default_model(pool)
        if isinstance(own, SkillWeighted):
            return read_in_forms(own, pool, tails=tails, codes=codes)
        return own

    return Arm("auto", model)


def _trees(n: int) -> Callable[[SkillWeighted], Any]:
    def changed(own: SkillWeighted) -> Any:
        for name, member in own.estimators:
            if name in ("forest", "extra trees"):
                member.set_params(n_estimators=n)
        return own

    return changed


def _members(*names: str) -> Callable[[SkillWeighted], Any]:
    return lambda own: own.set_params(
        estimators=[(name, member) for name, member in own.estimators if name in names],
        first_weights=None,
    )


def _narrow(own: SkillWeighted) -> Any:
    kernel: Pipeline = dict(own.estimators)["kernel"]
    columns = kernel[0].n_features_in_
    kernel[-1].set_params(gamma=3.0 / columns)
    return own


def with_line(made: Callable[[Pool], Any]) -> Arm:
    """The default with another model for texts."""
    return Arm("auto", lambda pool: made(pool) if issparse(pool.features) else default_model(pool))


def _first(X: Any, columns: int) -> Any:
    return X[:, :columns]


def _words(pool: Pool) -> FunctionTransformer:
    """What leaves out runs of letters."""
    columns = {"columns": pool.words.shape[1]}
    return FunctionTransformer(_first, kw_args=columns, accept_sparse=True)


def _directions(pool: Pool) -> Pipeline:
    """A hundred latent directions of the pool's words, each row of length one."""

    def fitted() -> TruncatedSVD:
        return TruncatedSVD(min(100, min(pool.words.shape) - 1), random_state=0).fit(pool.words)

    svd = FrozenEstimator(pool.once("latent directions", fitted))
    return make_pipeline(_words(pool), svd, Normalizer())


def _in_one_line(scale: float) -> Callable[[Pool], Any]:
    def made(pool: Pool) -> Any:
        both = [("features", "passthrough"), ("directions", _directions(pool))]
        return make_pipeline(FeatureUnion(both, transformer_weights={"directions": scale}), _line())

    return made


def _by_ranks(pool: Pool) -> Any:
    members = [("features", _line()), ("directions", make_pipeline(_directions(pool), _line()))]
    return SkillWeighted(members, judged_from=10)


def _line(C: float = 10.0, **settings: Any) -> LogisticRegression:
    return LogisticRegression(C=C, max_iter=1000, **settings)


_LIKELY, _UNSURE, _BY_LOT = ContinuousLearning(), PresumedMargin(), Random()

CHOICES = (
    Choice(
        "tables, from nothing: far rows begin at the mean",
        "none",
        "as said, with three arms beside",
        {
            "columns cut at four deviations": from_nothing(
                KCentre(clip=4.0), AnomalyFeedback(), LocalNovelty(), Random(), weights=(9, 1, 1, 1)
            ),
            "far rows alone": from_nothing(KCentre()),
            "an isolation forest alone": from_nothing(AnomalyFeedback()),
            "chance alone": from_nothing(Random()),
        },
        texts=False,
    ),
    Choice(
        "texts, from nothing: three arms that fade to chance",
        "none",
        "as said",
        {
            "far rows, one in twenty at random": from_nothing(KCentre(), Random(), weights=(19, 1)),
            "chance alone": from_nothing(Random()),
        },
        texts=True,
    ),
    Choice(
        "from one: likeliest and unsure rows in turns, one in twenty at random",
        "one",
        "as said",
        {
            "the likeliest alone": from_one(_LIKELY),
            "in turns, none at random": from_one(_LIKELY, _UNSURE),
        },
    ),
    Choice(
        "presumed negatives give way to labelled ones",
        "one",
        "as said",
        {
            "a hundred throughout": from_one(
                Constant(), Interleave(_LIKELY, _UNSURE), _BY_LOT, weights=(10, 9, 1)
            )
        },
        texts=False,
    ),
    Choice(
        "texts: what a line reads",
        "one",
        "words, and runs of letters of short texts",
        {
            "words alone": with_line(lambda pool: make_pipeline(_words(pool), _line())),
            "latent directions beside": with_line(_in_one_line(1.0)),
            "latent directions beside, half as long": with_line(_in_one_line(0.5)),
            "latent directions by a second line, fused by rank": with_line(_by_ranks),
        },
        texts=True,
    ),
    Choice(
        "texts: how strongly a line is held back, and what positives weigh",
        "one",
        "C = 10, all alike",
        {
            "C = 1, balanced": with_line(lambda pool: _line(1.0, class_weight="balanced")),
            "ASReview's machine: C = .11, positives 9.8 times": with_line(
                lambda pool: LinearSVC(C=0.11, class_weight={1: 9.8})
            ),
        },
        texts=True,
    ),
    Choice(
        "tables: the kernel's width",
        "one",
        "one over the columns",
        {"three over the columns": with_model(_narrow)},
        texts=False,
    ),
    Choice(
        "tables: members and their trees",
        "one",
        "four members, thirty trees",
        {
            "ten trees": with_model(_trees(10)),
            "sixty trees": with_model(_trees(60)),
            "no random forest": with_model(_members("linear", "kernel", "extra trees")),
        },
        texts=False,
    ),
    Choice(
        "tables: the form in which members read them",
        "one",
        "one matrix for all",
        {
            "tails drawn in for line and kernel": in_forms(tails=True),
            "one column a category for forests": in_forms(codes=True),
            "both": in_forms(tails=True, codes=True),
        },
        texts=False,
    ),
    Choice(
        "tables: weights of the members",
        "one",
        "learnt before ten positives, by skill from then on",
        {
            "all alike": with_model(lambda own: own.set_params(first_weights=None, sharpness=0.0)),
            "by skill from two on": with_model(
                lambda own: own.set_params(first_weights=None, judged_from=2)
            ),
        },
        texts=False,
    ),
)


def arm_of(choice: Choice, option: str) -> str:
    """What the journal calls an option."""
    return f"{choice.what}: {option}"


def wanted(choice: Choice, tasks: Sequence[Task]) -> list[Key]:
    """The sessions of a choice."""
    names = ["auto", *(arm_of(choice, option) for option in choice.others)]
    return [
        Key(task.name, name, Setting(choice.start))
        for task in choice.tasks(tasks)
        for name in names
    ]


def held_out_gain(options: Sequence[dict[str, float]]) -> Any:
    """What the best option of the other sources gains on each source over the first option."""
    sources = sorted(set.intersection(*(set(option) for option in options)))
    values = np.array([[option[source] for source in sources] for option in options])
    gains = []
    for i in range(len(sources)):
        best = np.delete(values, i, axis=1).mean(axis=1).argmax()
        gains.append(values[best, i] - values[0, i])
    return figure(gains)


def section(choice: Choice, sessions: Mapping[Key, Session], tasks: Sequence[Task]) -> str:
    """The table of a choice."""
    keys = [key for key in wanted(choice, tasks) if key in sessions]
    arms: dict[str, list[Session]] = {}
    for key in keys:
        arms.setdefault(key.arm, []).append(sessions[key])
    names = {"auto": f"**{choice.taken}**"} | {arm_of(choice, o): o for o in choice.others}
    first, rows = arms.get("auto", []), []
    for name, said in names.items():
        own = arms.get(name, [])
        cells = [said, str(len(own))]
        for measure in (found_at(50), found_at(200)):
            ours, theirs = by_source(own, measure), by_source(first, measure)
            of = differences(ours, theirs)
            gap = f"{of.mean:+.3f} [{of.low:+.3f}, {of.high:+.3f}]"
            cells.append(f"{figure(ours.values()).mean:.3f}" if name == "auto" else gap)
        soon = figure(by_source(own, log_of_chance).values()).exponential()
        rows.append([*cells, f"{soon.mean:.2f}"])
    head = ["option", "tasks", "found at 50", "found at 200", "first positive, of chance's labels"]
    out = held_out_gain([by_source(arms[name], found_at(200)) for name in names if name in arms])
    end = (
        f"Chosen without each source in turn, the best option gains {out} at 200 labels over the "
        "one taken."
    )
    return f"## {choice.what}\n\n{table(head, rows)}\n\n{end}"


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.proving.choices")
    parser.add_argument("--jobs", type=int, default=2, help="processes at work")
    parser.add_argument("--minutes", type=float, help="begin no task after that time")
    parser.add_argument("--report", type=Path, help="a folder for CHOICES.md")
    asked = parser.parse_args()
    tasks, journal = one_each(available()), Journal()
    arms = {arm_of(c, o): made for c in CHOICES for o, made in c.others.items()}
    keys = [key for choice in CHOICES for key in wanted(choice, tasks[::3])]
    lead(journal, tasks, keys, arms=arms, jobs=asked.jobs, minutes=asked.minutes)
    parts = [section(choice, journal.known, tasks) for choice in CHOICES]
    page = f"# Choices in the default\n\n{measured()}\n\n{_MADE}\n\n" + "\n\n".join(parts) + "\n"
    if asked.report is None:
        print(page)
    else:
        (asked.report / "CHOICES.md").write_text(page)


if __name__ == "__main__":
    main()
