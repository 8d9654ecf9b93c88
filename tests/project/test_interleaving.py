"""Whatever four people do, and in what order, the state is the fold of the log."""

import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test
from projects import rows_table, settings_for

from motherlode.errors import InputError
from motherlode.project._data.folder import create_project
from motherlode.project._insight.origins import build_session, list_labelled
from motherlode.project._log import log
from motherlode.project._log.events import Event
from motherlode.project._log.fold import State
from motherlode.project._log.provenance import Provenance
from motherlode.project._serving import leases
from motherlode.project._serving.answers import Answer
from motherlode.project._serving.keys import KeyTaken
from motherlode.project._serving.live import Live
from motherlode.project._serving.put_first import put_first
from motherlode.project._serving.queue import make_second_rule
from motherlode.project._serving.ranking import QUEUE, Ranking, publish
from motherlode.session import CONTROL

ROWS = 12
PEOPLE = st.sampled_from(["ann", "ben", "cy", "dan"])
SERVERS = st.sampled_from([0, 1])
PLACES = st.integers(0, ROWS - 1)
SAID = st.sampled_from(
    [("label", "gold"), ("label", "dry"), ("label", "dry"), ("skip", None), ("unsure", None)]
)
CHANNELS = st.sampled_from([None, None, "search", "settle"])


def known(state):
    """All that a state tells."""
    table = state.table()
    labels = [state.words[place] for place in table["label"]]
    channels = [state.words[place] for place in table["channel"]]
    fields = ["row", "kind", "since", "disagrees", "seconds", "first", "asked_at", "is_random"]
    return {
        "last": state.last,
        "rows": dict(state.rows),
        "single": dict(state.single),
        "waiting": {of: n for of, n in state.waiting.items() if n},
        "retractions": state.retractions,
        "annotators": state.annotators,
        "disagreeing": state.disagreeing,
        "kinds": {kind: n for kind, n in state.kinds.items() if n},
        "labels": {label: n for label, n in state.labels.items() if n},
        "opinions": {said: n for said, n in state.opinions.items() if n},
        "histories": {who: list(state.history(who)) for who in ("ann", "ben", "cy", "dan")},
        "table": sorted(zip(table[fields].tolist(), labels, channels, strict=True)),
    }


def when_drawn(how):
    return how.asked_at, -how.drawn_from


class Team(RuleBasedStateMachine):
    """Four people at two servers of one project; some requests come twice, some are wrong."""

    url = None

    def __init__(self):
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        table = rows_table(ROWS)
        wanted = settings_for(table, double=0.5, control=0.5)
        path = Path(self.folder.name) / "project"
        self.project = create_project(path, wanted, table, type(self).url and type(self).url())
        self.time = 1_000_000.0
        self.lives = [Live(self.project, lambda: self.time) for _ in range(2)]
        self.sent, self.undone, self.acknowledged, self.drawn = [], [], {}, {}
        self.offered, self.seen = {}, State()
        self.keys = 0
        best = [5, 3, 8, 0, 11, 2]
        ranked = Ranking(QUEUE, 0.0, 0, "Margin", best, [1.0] * 6, ["why"] * 6)
        with self.project.database.writing() as connection:
            publish(connection, ranked)

    def teardown(self):
        for live in self.lives:
            live.close()
        self.project.close()
        self.folder.cleanup()

    def key(self):
        self.keys += 1
        return f"k{self.keys}"

    def send(self, place, who, answers):
        ids = self.lives[place].answer(who, answers)
        for answer, id in zip(answers, ids, strict=True):
            assert self.acknowledged.setdefault(answer.key, id) == id
        return ids

    @rule(place=SERVERS, who=PEOPLE, n=st.integers(1, 4))
    def ask(self, place, who, n):
        for lease in self.lives[place].next(who, n):
            self.offered[who, lease.offer.row] = lease.offer.how
            if lease.offer.how.channel == CONTROL:
                self.drawn.setdefault(lease.offer.row, lease.offer.how)

    @rule(place=SERVERS, who=PEOPLE, rows=st.sets(PLACES, min_size=1, max_size=3), said=SAID,
          channel=CHANNELS)  # fmt: skip
    def answer(self, place, who, rows, said, channel):
        second = channel == "search"
        answers = [
            Answer(row, *said, row / 4, key=self.key(), channel=channel, second=second)
            for row in sorted(rows)
        ]
        self.send(place, who, answers)
        self.sent.append((who, answers))

    @rule(place=SERVERS, who=PEOPLE, n=st.integers(1, 3), said=SAID)
    def answer_what_is_asked(self, place, who, n, said):
        self.ask(place, who, n)
        held = self.lives[place].next(who, n)
        answers = [Answer(lease.offer.row, *said, key=self.key()) for lease in held]
        if answers:
            self.send(place, who, answers)
            self.sent.append((who, answers))

    @rule(place=SERVERS, data=st.data())
    def send_again(self, place, data):
        if self.sent:
            self.send(place, *data.draw(st.sampled_from(self.sent)))

    @rule(place=SERVERS, who=PEOPLE, data=st.data())
    def send_something_else_with_the_same_key(self, place, who, data):
        if not self.sent:
            return
        owner, (first, *_) = data.draw(st.sampled_from(self.sent))
        other = first if who != owner else replace(first, row=(first.row + 1) % ROWS)
        free = Answer((first.row + 2) % ROWS, "skip")
        with pytest.raises(KeyTaken):
            self.lives[place].answer(who, [free, other])
        with pytest.raises(KeyTaken):
            self.lives[place].undo(who, key=first.key)

    @rule(place=SERVERS, who=PEOPLE, data=st.data())
    def undo(self, place, who, data):
        own = [event.id for event in self.lives[place].now().history(who)]
        if not own:
            with pytest.raises(InputError, match="nothing to take back"):
                self.lives[place].undo(who, key=self.key())
            return
        id, key = data.draw(st.sampled_from([None, *own])), self.key()
        found = self.lives[place].undo(who, event_id=id, key=key)
        assert (found.id, found.annotator) == (id or own[0], who)
        self.undone.append((who, id, key, found))
        if found.how.channel != "settle":
            self.offered[who, found.row] = found.how

    @rule(place=SERVERS, data=st.data())
    def undo_again(self, place, data):
        if self.undone:
            who, id, key, found = data.draw(st.sampled_from(self.undone))
            assert self.lives[place].undo(who, event_id=id, key=key) == found

    @rule(place=SERVERS, who=PEOPLE, rows=st.lists(PLACES, min_size=1, max_size=4))
    def choose(self, place, who, rows):
        wanted = self.project.settings
        done = self.lives[place].run(
            lambda c, state: put_first(c, state, wanted, who, rows, self.time)
        )
        for row in done:
            chosen = Provenance("search", asked_at=self.time)
            self.offered[who, row] = self.drawn.get(row, chosen)

    @rule(place=SERVERS)
    def fail(self, place):
        def fail(connection, state):
            log.append(connection, [Event(1, "skip", "eve", 0.0)])
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            self.lives[place].run(fail)

    @rule(seconds=st.sampled_from([0.5, 100.0, 700.0]))
    def wait(self, seconds):
        self.time += seconds

    @rule(place=SERVERS, data=st.data())
    def at_once(self, place, data):
        """Four requests, one of them wrong, share a transaction."""
        rows = data.draw(st.lists(PLACES, min_size=3, max_size=3))
        said = [data.draw(SAID) for _ in rows]
        live, held, begun = self.lives[place], threading.Event(), threading.Event()

        def hold(connection, state):
            begun.set()
            assert held.wait(30)

        calls = [
            (who, [Answer(row, *one, key=self.key())])
            for who, row, one in zip(("ann", "ben", "cy"), rows, said, strict=True)
        ]
        with ThreadPoolExecutor(5) as pool:
            first = pool.submit(live.run, hold, durable=False)
            assert begun.wait(30)
            wrong = pool.submit(live.answer, "dan", [Answer(0, "skip", key="x")] * 2)
            waiting = [pool.submit(self.send, place, *call) for call in calls]
            while live._waiting.qsize() < 4:
                pass
            held.set()
            first.result(30)
            for one in waiting:
                one.result(30)
            with pytest.raises(InputError):
                wrong.result(30)
        self.sent += calls

    @invariant()
    def the_state_is_the_fold_of_the_log(self):
        with self.project.database.reading() as connection:
            events = list(log.read_after(connection, 0))
        again = State(make_second_rule(self.project.settings))
        for event in events:
            again.add(event)
        for live in self.lives:
            assert known(live.now()) == known(again)
        by_key = {event.key: event.id for event in events if event.kind != "retract"}
        assert by_key == self.acknowledged
        for row, how in self.drawn.items():
            assert row not in again.rows or again.rows[row].how == how

    @invariant()
    def each_answer_says_how_its_row_was_offered_to_whoever_gave_it(self):
        with self.project.database.reading() as connection:
            new = list(log.read_after(connection, self.seen.last))
        for event in new:
            if event.kind != "retract":
                self.check_origin(event)
            self.seen.add(event)

    def check_origin(self, event):
        known = self.seen.rows.get(event.row)
        offered = self.offered.pop((event.annotator, event.row), None)
        if event.how.channel in ("search", "settle") and event.how != offered:
            return  # as its sender said
        own = [o.how for o in known.opinions if o.annotator == event.annotator] if known else []
        own = [how for how in own if how.channel != "settle"]
        if event.row in self.drawn and (known is None or known.how.channel != CONTROL):
            assert event.how == self.drawn[event.row]
        elif offered is not None:
            # What was given in a file has no such time, and gets one when it is offered again.
            said = event.how if offered.asked_at else replace(event.how, asked_at=None)
            assert said == offered
        else:
            assert event.how == (own[0] if own else Provenance())

    @invariant()
    def a_draw_counts_once_all_draws_before_it_are_answered_or_passed_over(self):
        state = self.lives[0].now()
        with self.project.database.reading() as connection:
            draws = leases.list_open_draws(connection, state, self.time)
        waits = {draw.row for draw in draws if draw.waits}
        ended = {draw.row for draw in draws} - waits
        answered = {row for row in self.drawn if row in state.rows}
        assert {draw.row: draw.how for draw in draws}.items() <= self.drawn.items()
        assert self.drawn.keys() == {*answered, *waits, *ended}  # none is lost

        session, labelled = build_session(state, self.project.settings, draws=draws), {}
        for row, is_drawn in zip(list_labelled(state, draws), session.drawn, strict=True):
            labelled[row] = is_drawn
        first = min((when_drawn(self.drawn[row]) for row in waits), default=(float("inf"), 0))
        for row, how in self.drawn.items():
            if row in labelled:
                assert labelled[row] == (when_drawn(how) < first)
        whole = session.complete(positive=True)
        other = [row for row, known in state.rows.items() if known.kind != "label"]
        assert whole.pool_size == ROWS
        if state.words:
            assert whole.labels == len(labelled) + len(other) + len(ended)
            assert whole.found == session.found + len(other) + len(ended)

    @invariant()
    def no_row_is_held_by_two(self):
        with self.project.database.writing() as connection:
            held = leases.list_current(connection, self.time, self.project.settings.lease)
        assert len({lease.offer.row for lease in held}) == len(held)


@pytest.mark.parametrize(("database", "examples"), [("sqlite", 30), ("postgres", 5)])
def test_any_interleaving_folds_to_the_same_state_as_its_log(request, database, examples):
    class Here(Team):
        url = None if database == "sqlite" else request.getfixturevalue("postgres").database

    run_state_machine_as_test(
        Here, settings=settings(max_examples=examples, stateful_step_count=30, deadline=None)
    )
