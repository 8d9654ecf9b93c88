"""Draws of a project cover the truth in whatever order people ask, search, answer and correct."""

from dataclasses import dataclass, field

import numpy as np

from motherlode.estimation import Estimate, estimate_counts
from motherlode.project._insight.origins import build_session, list_labelled
from motherlode.project._log.events import Event
from motherlode.project._log.fold import State
from motherlode.project._log.provenance import Provenance
from motherlode.project._serving.leases import OpenDraw
from motherlode.session import CONTROL

from .test_origins import settings

ROWS, TRUE, LEVEL = 300, 60, 0.8
WANTED = settings(rows=ROWS)


@dataclass
class Team:
    """People who answer what looks positive at once, and the rest late or never."""

    rng: np.random.Generator
    skips: float
    state: State = field(default_factory=State)
    draws: dict[int, OpenDraw] = field(default_factory=dict)
    drawn: dict[int, Provenance] = field(default_factory=dict)
    held: dict[int, Provenance] = field(default_factory=dict)
    now: float = 0.0

    def __post_init__(self):
        self.is_gold = self.rng.permutation(ROWS) < TRUE
        # Some rows are passed over when they are first asked, whatever they are.
        self.slips = self.rng.random(ROWS) < 0.1

    def list_free(self):
        return [r for r in range(ROWS) if r not in self.state.rows and r not in self.held]

    def ask(self):
        """Ask some drawn rows and some of a search; what nobody holds is asked again as it was."""
        self.now += 1
        # A lease ends before new rows are drawn, and its row can be drawn by nobody else.
        for row in [row for row in self.held if self.slips[row]]:
            del self.held[row]
            if row in self.drawn:
                self.draws[row] = OpenDraw(row, self.drawn[row], waits=False)
        free = [row for row in self.list_free() if row not in self.drawn]
        likely = self.is_gold[free] + self.rng.random(len(free))
        for row in np.array(free)[np.argsort(-likely)[:2]].tolist():
            self.held[row] = Provenance("query", "Any", asked_at=self.now)
        again = [row for row, draw in self.draws.items() if not draw.waits][:1]
        free = [row for row in self.list_free() if row not in self.drawn]
        for place, row in enumerate(self.rng.permutation(free)[:9].tolist()):
            left = len(free) - place
            self.drawn[row] = Provenance(
                CONTROL, "Random", 1 / left, left, len(self.state.rows), asked_at=self.now
            )
            self.hold(row)
        for row in again:
            self.slips[row] = False
            self.hold(row)

    def hold(self, row):
        self.held[row] = self.drawn[row]
        self.draws[row] = OpenDraw(row, self.drawn[row], waits=True)

    def answer(self):
        """Answer all that looks positive, and few of the others; these pile up for a while."""
        rows = [row for row in self.held if not self.slips[row]]
        gold = [row for row in rows if self.is_gold[row]]
        others = [row for row in rows if not self.is_gold[row]]
        for row in [*gold, *others[: 99 if self.rng.random() < 0.15 else 1]]:
            self.say(row)

    def search(self):
        """Find a positive by search, drawn or not."""
        self.now += 1
        free = [r for r in range(ROWS) if r not in self.state.rows and self.is_gold[r]]
        for row in self.rng.permutation(free)[:1].tolist():
            self.say(row, Provenance("search", asked_at=self.now))

    def correct(self):
        """Take an answer back; its row is held again."""
        said = [row for row, known in self.state.rows.items() if known.kind == "label"]
        for row in self.rng.permutation(said)[:1].tolist():
            known = self.state.rows[row]
            self.add(row, "retract", retracts=known.first.id)
            self.held[row] = known.how
            if row in self.drawn:
                self.hold(row)

    def say(self, row, how=None):
        how = self.drawn.get(row) or how or self.held[row]
        is_skipped = self.is_gold[row] and row in self.drawn and self.rng.random() < self.skips
        label = None if is_skipped else "gold" if self.is_gold[row] else "dry"
        self.add(row, "skip" if is_skipped else "label", label=label, how=how)
        self.held.pop(row, None)
        self.draws.pop(row, None)

    def add(self, row, kind, **more):
        id = self.state.last + 1
        self.state.add(Event(row, kind, "ann", self.now + id / 1e6, id=id, **more))

    def look(self, held_back=True):
        """Estimate, as a project does; check what counts."""
        draws = list(self.draws.values()) if held_back else []
        session = build_session(self.state, WANTED, draws=draws)
        rows = list_labelled(self.state, draws)
        if held_back:
            self.check_draws(session, rows)
        return estimate_counts(session, LEVEL).positives

    def check_draws(self, session, rows):
        order = list(self.drawn)
        waits = [order.index(row) for row, draw in self.draws.items() if draw.waits]
        counted = {row for row, is_drawn in zip(rows, session.drawn, strict=True) if is_drawn}
        before = order[: min(waits, default=len(order))]
        assert counted == {row for row in before if row in rows}
        whole = session.complete(positive=True)
        assert whole.pool_size == ROWS
        passed = [row for row, known in self.state.rows.items() if known.kind != "label"]
        passed += [row for row, draw in self.draws.items() if not draw.waits]
        assert whole.found == session.found + len(passed)
        for row, known in self.state.rows.items():
            assert row not in self.drawn or known.how == self.drawn[row]


def work(seed, skips=0.0, held_back=True, rounds=9):
    """Give the estimates at all looks of a session."""
    rng = np.random.default_rng(seed)
    team, found = Team(rng, skips), []
    for _ in range(rounds):
        team.ask()
        for do in rng.permutation([team.answer, team.search, team.correct])[: rng.integers(1, 4)]:
            do()
        team.answer()
        found.append(team.look(held_back))
    return [estimate for estimate in found if isinstance(estimate, Estimate)]


def share_missed(sessions, ends):
    def misses(estimate):
        low, high = ends(estimate)
        return not low <= TRUE <= high

    return np.mean([any(map(misses, looks)) for looks in sessions])


def plain(estimate):
    return estimate.low, estimate.high


def bounds(estimate):
    return estimate.bounds or plain(estimate)


def test_intervals_cover_at_every_look_whatever_is_answered_first():
    sessions = [work(seed) for seed in range(16)]
    assert sum(map(len, sessions)) > 50
    assert share_missed(sessions, plain) <= 1 - LEVEL


def test_without_holding_back_they_would_not():
    sessions = [work(seed, held_back=False) for seed in range(8)]
    assert share_missed(sessions, plain) > 1.5 * (1 - LEVEL)


def test_bounds_cover_where_positives_are_skipped_and_intervals_do_not():
    sessions = [work(seed, skips=0.7) for seed in range(16)]
    assert share_missed(sessions, plain) > 2 * (1 - LEVEL)
    assert share_missed(sessions, bounds) <= 1 - LEVEL
