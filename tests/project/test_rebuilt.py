"""What is built anew from a log, exported or not, knows what was known before."""

from itertools import count

import numpy as np
import pytest
from projects import rows_table, settings_for

from motherlode.estimation import Estimate, positives
from motherlode.project._data.folder import create_project
from motherlode.project._data.settings import Recipe
from motherlode.project._export import Export, read_events
from motherlode.project._insight.origins import build_session
from motherlode.project._log import log
from motherlode.project._log.fold import fold
from motherlode.project._serving.answers import Answer
from motherlode.project._serving.live import Live
from motherlode.project._serving.put_first import put_first
from motherlode.project._serving.ranking import Ranking, publish
from motherlode.project._serving.teaching import teach
from motherlode.project._training.recipe import make_learner
from motherlode.project._training.training import ask_batch
from motherlode.session import Origin
from motherlode.strategies import named

PEOPLE = ("ann", "=ben", "cy")


def everything(project):
    with project.database.reading() as connection:
        return list(log.read_after(connection, 0))


class Team:
    """Three who ask, answer late, search, correct and undo, in an order that chance gives."""

    def __init__(self, project, seed):
        self.rng, self.project = np.random.default_rng(seed), project
        self.now, self.keys = 1.7e9, count()
        self.live = Live(project, lambda: self.now)
        self.held = {who: [] for who in PEOPLE}
        best = self.rng.permutation(project.settings.rows).tolist()
        origins = [Origin("query", "Tailor", 0.0, 0, 3, f"arm {row % 3}") for row in best]
        ranked = Ranking("queue", 1.0, 0, "Tailor", best, [0.1] * 120, ["why"] * 120, origins)
        with project.database.writing() as connection:
            publish(connection, ranked)

    def act(self):
        who = PEOPLE[self.rng.integers(3)]
        # Times of a microsecond apart or none; some leases end before they are answered.
        self.now += self.rng.choice([0.0, 1.3e-6, 0.7, 900.0])
        todo = [self.ask, self.ask, self.answer, self.answer, self.search, self.correct, self.undo]
        todo[self.rng.integers(len(todo))](who)

    def ask(self, who):
        self.held[who] += [lease.offer.row for lease in self.live.next(who, 6)]

    def answer(self, who):
        rows = set(self.rng.permutation(self.held[who])[:4].tolist())
        if rows:
            said = [self.said(row, key=f"k{next(self.keys)}") for row in rows]
            self.live.answer(who, said)

    def search(self, who):
        rows = self.rng.integers(0, 120, 3).tolist()
        self.live.run(
            lambda connection, state: put_first(
                connection, state, self.project.settings, who, rows, self.now
            )
        )
        self.live.answer(
            who, [self.said(rows[0], channel="search", second=True, note="'=1, or -1")]
        )

    def give(self, who):
        """Answer a row that nobody was asked about."""
        free = (
            set(range(120)) - set(self.live.now().rows) - {r for h in self.held.values() for r in h}
        )
        self.live.answer(who, [self.said(min(free))])

    def correct(self, who):
        own = [event.row for event in self.live.now().history(who)]
        if own:
            self.live.answer(who, [self.said(int(self.rng.choice(own)), channel="settle")])

    def undo(self, who):
        if self.live.now().last_of(who) is not None:
            self.live.undo(who)

    def said(self, row, **more):
        kind = str(self.rng.choice(["label"] * 8 + ["skip", "unsure"]))
        label = str(self.rng.choice(["dry", "gold"])) if kind == "label" else None
        seconds = float(self.rng.random())
        return Answer(row, kind, label, seconds, tags=("-1", "+deep"), **more)


@pytest.mark.parametrize("seed", range(3))
def test_a_project_rebuilt_from_its_exported_log_is_the_same(make, tmp_path, seed):
    project = make(control=0.5, double=0.2)
    team = Team(project, seed)
    for _ in range(220):
        team.act()
    team.give("ann")
    team.live.close()
    recorded = everything(project)
    before, settings = fold(recorded), project.settings
    session = build_session(before, settings)
    assert {event.how.channel for event in recorded} > {"query", "control", "search", "settle"}
    for ending in ("csv", "tsv", "jsonl", "json", "parquet", "arrow", "xlsx", "hugging_face"):
        path = tmp_path / f"log.{ending}"
        Export(project, events=True).write(path, ending)
        assert read_events(path) == recorded
    table = rows_table()
    again = create_project(tmp_path / "again", settings_for(table), table, None)
    with again.database.writing() as connection:
        log.append_many(connection, read_events(path))
    state = fold(everything(again))
    again.close()
    assert state.rows == before.rows
    rebuilt = build_session(state, settings)
    assert rebuilt.positive.tolist() == session.positive.tolist()
    assert list(rebuilt.origins) == list(session.origins)
    assert len({origin.arm for origin in session.origins}) > 2
    estimate = positives(session)
    assert isinstance(estimate, Estimate)
    assert positives(rebuilt) == estimate


def labelled_in_batches(project, batches, n):
    """Labels of rows that the project's strategy asked, each twelfth of them rare."""
    for moment in range(batches):
        asked = ask_batch(project, n)
        said = ["gold" if row % 12 == 0 else "dry" for row in asked.rows]
        with project.database.writing() as connection:
            state = log.read_state(connection)
            teach(connection, state, project.settings, "ann", asked.rows, said, float(moment))
        yield asked


def test_a_strategy_that_learns_from_its_labels_learns_in_a_project(make):
    project = make(recipe=Recipe("tailor", "logistic_regression"))
    for _ in labelled_in_batches(project, 3, 10):
        pass
    made = make_learner(project.settings, project.rows.pool(), fold(everything(project)))
    view = made._view(made.unlabelled, 1)
    assert len(view.asked_by) == 30
    beliefs = named("tailor").beliefs(view)
    assert beliefs.sum() > 25 + beliefs.size
    assert len({tuple(alpha) for alpha in beliefs.round(3).tolist()}) > 1


def test_rows_that_a_part_of_the_strategy_drew_by_lot_stay_known_as_such(make):
    project = make(recipe=Recipe("auto", "logistic_regression"))
    drawn = set()
    for asked in labelled_in_batches(project, 2, 25):
        reasons = zip(asked.rows, asked.reasons, strict=True)
        drawn |= {row for row, reason in reasons if reason.startswith("Random: drawn at random")}
    assert drawn
    present = fold(everything(project)).rows
    assert {row for row, p in present.items() if p.how.strategy == "chance"} == drawn
    made = make_learner(project.settings, project.rows.pool(), fold(everything(project)))
    assert sum(o.strategy == "chance" for o in made.session().origins) == len(drawn)
