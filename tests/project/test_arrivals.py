"""Rows that were added: what draws of before and after say of all of them."""

from collections import Counter
from dataclasses import replace
from itertools import count

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as tries
from hypothesis import strategies as st
from projects import rows_table, settings_for

from motherlode.errors import InputError
from motherlode.estimation import positives
from motherlode.project._data.folder import create_project, open_project
from motherlode.project._data.settings import Settings
from motherlode.project._insight.origins import build_session
from motherlode.project._log.events import CHANGED, NO_ROW, Event
from motherlode.project._log.fold import State
from motherlode.project._log.log import read_state
from motherlode.project._log.parts import ROWS, Part
from motherlode.project._log.provenance import Provenance
from motherlode.project._serving.adding import Source, add_rows, run_alone
from motherlode.project._serving.answers import Answer
from motherlode.project._serving.arrivals import find_arrival_time, find_time
from motherlode.project._serving.live import Live
from motherlode.project._serving.queue import choose_offers
from motherlode.project._serving.ranking import QUEUE, Ranking
from motherlode.project._training.training import ask_batch

FIRST, MORE, TRUE = 400, 200, 90


def settings(rows):
    return Settings(
        "wells", ("dry", "gold"), "gold", "table", ("depth",), ("depth",), None, rows, "",
        control=0.3,
    )  # fmt: skip


def arrival(rows, at, id):
    part = Part(rows, (), "", None, None, "more.csv")
    return Event(NO_ROW, CHANGED, "ann", at, setting=ROWS, after=part.to_json(), id=id)


def draw(row, at, id, label="dry", kind="label", channel="control"):
    said = label if kind == "label" else None
    return Event(row, kind, "ann", at, label=said, id=id, how=Provenance(channel, asked_at=at))


def fold(*events):
    state = State()
    for event in events:
        state.add(event)
    return state


def test_a_draw_speaks_for_the_rows_that_were_there():
    state = fold(
        draw(3, 1.0, 1, "gold"), arrival(5, 1.5, 2), draw(12, 2.0, 3), draw(4, 3.0, 4),
        arrival(7, 3.5, 5), draw(16, 4.0, 6, kind="skip"),
    )  # fmt: skip
    session = build_session(state, settings(22))
    assert session.arrivals.sizes == (10, 5, 6)  # a skipped row is no part of its arrival
    assert session.arrivals.of_label.tolist() == [0, 1, 0]
    assert session.arrivals.reached.tolist() == [1, 2, 2]
    assert session.drawn_from.tolist() == [10, 14, 13]
    assert session.at_random.tolist() == [False] * 3  # none speaks for the newest rows


def test_rows_that_came_before_anything_was_drawn_from_the_last_join_them():
    state = fold(
        arrival(5, 0.5, 1), draw(3, 1.0, 2), arrival(5, 1.5, 3),
        draw(4, 2.0, 4, channel="query"), arrival(5, 2.5, 5), draw(6, 3.0, 6),
    )  # fmt: skip
    session = build_session(state, settings(25))
    assert session.arrivals.sizes == (15, 10)
    assert session.arrivals.reached.tolist() == [1, 2, 2]
    assert build_session(fold(arrival(5, 0.5, 1), draw(3, 1.0, 2)), settings(15)).arrivals is None


def test_clocks_that_differ_do_not_put_a_label_before_its_row():
    state = fold(arrival(5, 9.0, 1), draw(12, 2.0, 2), draw(3, 3.0, 3))
    session = build_session(state, settings(15))
    assert session.drawn_from.tolist() == [15, 14]
    assert session.arrivals is None  # both were drawn from all rows


def labelled_by_three(seed, labels=200):
    """A team of three who hold five rows each; after half of the labels come rarer rows."""
    rng = np.random.default_rng(seed)
    is_gold = np.zeros(FIRST + MORE, dtype=bool)
    is_gold[rng.choice(FIRST, 80, replace=False)] = True
    is_gold[FIRST + rng.choice(MORE, 10, replace=False)] = True
    score = is_gold * (rng.random(FIRST + MORE) < 2 / 3) + rng.normal(0, 0.4, FIRST + MORE)
    n, state, held, ids = FIRST, State(), {}, count(1)
    numbers = (bool(rng.random() < 0.5) for _ in count())
    order = rng.permutation(n).tolist()
    for moment in count(1):
        if len(state.rows) == labels // 2 and n == FIRST:
            n = FIRST + MORE
            state.add(arrival(MORE, moment - 0.5, next(ids)))
            order = rng.permutation(n).tolist()
        best = np.argsort(-score[:n]).tolist()
        ranking = Ranking(QUEUE, 0.0, 0, "Any", best, [1.0] * n, ["why"] * n, id=1)
        who = f"annotator {moment % 3}"
        held = {row: offer for row, offer in held.items() if offer[0] != who or rng.random() < 0.95}
        own = [row for row, (holder, _) in held.items() if holder == who]
        new = choose_offers(
            who, 5 - len(own), state=state, ranking=ranking, single={}, leased=list(held),
            order=order, rows=n, random_numbers=numbers,
        )  # fmt: skip
        held |= {offer.row: (who, (offer, float(moment))) for offer in new}
        row = int(rng.choice([row for row, (holder, _) in held.items() if holder == who]))
        offer, asked_at = held.pop(row)[1]
        said = "gold" if is_gold[row] else "dry"
        how = replace(offer.how, asked_at=asked_at)
        state.add(Event(row, "label", who, float(moment), label=said, id=next(ids), how=how))
        if len(state.rows) == labels:
            return build_session(state, settings(n))
    raise AssertionError


def test_the_interval_covers_what_came_later_too():
    sessions = [labelled_by_three(seed) for seed in range(80)]
    estimates = [positives(session) for session in sessions]
    covered = np.mean([e.low <= TRUE <= e.high for e in estimates])
    assert covered >= 0.9, f"{covered:.1%} of the intervals hold the true number"
    assert np.mean([e.value for e in estimates]) == pytest.approx(TRUE, abs=5)
    # As if all draws had been made from all rows, which they were not.
    naive = [positives(replace(session, arrivals=None)) for session in sessions]
    assert np.mean([e.value for e in naive]) < TRUE - 5


def test_what_is_given_out_after_rows_arrived_has_a_later_time_whatever_the_clocks_say(make):
    project = make(rows_table(), control=1.0)
    clock = [100.0]
    live = Live(project, clock=lambda: clock[0])
    live.next("ann", 3)
    with open_project(project.folder) as other:  # its machine is a minute behind
        source = Source(MORE_ROWS, "more.csv")
        add_rows(other, source, "ann", run_alone(other), clock=lambda: 40.0)
    part = live.now().changes.parts[0]
    assert part.at >= 100.0
    clock[0] = 50.0
    live.answer("ann", [Answer(lease.offer.row, "label", "dry") for lease in live.next("ann", 3)])
    later = live.next("ann", 3)
    assert all(lease.offer.how.asked_at > part.at for lease in later)
    with project.database.writing() as connection:
        assert find_arrival_time(connection, live.now().changes, 1.0) > part.at
    assert find_time(live.now().changes, 1e12) == 1e12
    live.close()


def test_a_batch_is_drawn_anew_if_rows_come_while_it_is_made(make, monkeypatch):
    from motherlode.project._training import training

    project, made = make(rows_table(), control=1.0), []
    rank = training._rank

    def while_rows_come(project, pool, *rest):
        found = rank(project, pool, *rest)
        if not made:
            with open_project(project.folder) as other:
                add_rows(other, Source(MORE_ROWS, "more.csv"), "ann", run_alone(other))
        made.append(len(pool))
        return found

    monkeypatch.setattr(training, "_rank", while_rows_come)
    assert ask_batch(project, 10) is not None
    assert made == [120, 170]


def _more(rows):
    return rows_table(rows).slice(120)


MORE_ROWS = _more(170)
STEPS = st.lists(st.sampled_from(["add", "label", "label", "undo", "skip", "again"]), max_size=25)


@pytest.mark.parametrize("database", ["sqlite"])
@tries(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS, seed=st.integers(0, 99))
def test_whatever_the_order_of_events_ids_stay_and_draws_add_up(
    tmp_path_factory, database, steps, seed
):
    rng, big = np.random.default_rng(seed), rows_table(400)
    folder = tmp_path_factory.mktemp("p") / "p"
    table = big.slice(0, 30)
    create_project(folder, settings_for(table, control=0.6), table, None).close()
    with open_project(folder) as project:
        live, n = Live(project), 30
        said = Counter()
        for step in steps:
            if step == "add":
                size = int(rng.integers(1, 9))
                source = Source(big.slice(n, size), "more.csv")
                with open_project(folder) as other:
                    assert add_rows(other, source, "ann", run_alone(other)).first == n
                n += size
            elif step == "undo":
                try:
                    live.undo("ann")
                except InputError:
                    assert not live.now().annotators
            elif leases := live.next("ann", int(rng.integers(1, 4))):
                offer = leases[-1].offer
                kind = "skip" if step == "skip" else "label"
                live.answer("ann", [Answer(offer.row, kind, "dry" if kind == "label" else None)])
                said[offer.how.channel] += 1
            if step == "again":
                live.close()
                live = Live(project)
        state = live.now()
        session = build_session(state, project.settings_at(state))
        live.close()
        assert [project.rows.name(row) for row in range(n)] == big.column("id").to_pylist()[:n]
    missing = sum(known.kind != "label" for known in state.rows.values())
    assert session.pool_size == n - missing
    assert session.labels == state.kinds.get("label", 0)
    assert (session.drawn_from[session.drawn] >= 1).all()
    if session.arrivals is not None:
        assert sum(session.arrivals.sizes) == session.pool_size
        assert (session.arrivals.reached > session.arrivals.of_label).all()
    estimate = positives(session)
    assert estimate.__class__.__name__ in ("Estimate", "NoEstimate")
    with open_project(folder) as again, again.database.reading() as connection:
        rebuilt = build_session(read_state(connection), again.settings)
    assert rebuilt.drawn_from.tolist() == session.drawn_from.tolist()
