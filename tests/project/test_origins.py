"""A project's log as a session: the order of rows, and what random rows can prove."""

from dataclasses import replace
from itertools import count

import numpy as np
import pytest

from motherlode.estimation import Estimate, NoEstimate, positives
from motherlode.project._data.settings import Settings
from motherlode.project._insight.origins import build_session
from motherlode.project._log.events import Event
from motherlode.project._log.fold import State
from motherlode.project._log.log import read_state
from motherlode.project._log.provenance import Provenance
from motherlode.project._serving.live import Live
from motherlode.project._serving.queue import choose_offers
from motherlode.project._serving.ranking import BATCH, QUEUE, Ranking
from motherlode.project._serving.teaching import teach
from motherlode.project._training.recipe import make_learner
from motherlode.project._training.training import ask_batch
from motherlode.stopping._forecast import forecast

ROWS, TRUE = 400, 40


def settings(**changes):
    values = {
        "name": "wells", "classes": ("dry", "gold"), "minority": "gold", "kind": "table",
        "columns": ("depth",), "shown": ("depth",), "id": None, "rows": ROWS, "digest": "",
        "control": 0.2,
    }  # fmt: skip
    return Settings(**(values | changes))


def fold(*events):
    state = State()
    for number, event in enumerate(events, start=1):
        state.add(Event(**{"annotator": "ann", "at": float(number), "id": number} | event))
    return state


def label(row, label="dry", *, kind="label", seconds=None, annotator="ann", **how):
    said = {"row": row, "kind": kind, "label": label, "seconds": seconds, "annotator": annotator}
    return said | {"how": Provenance(**how)}


def test_rows_stand_in_the_order_given_out_and_draws_follow_what_was_asked_with_them():
    state = fold(
        label(5, "gold", channel="control", asked_at=2.0),
        label(3, channel="query", asked_at=2.0, strategy="Margin"),
        label(9, channel="query", asked_at=1.0, strategy="Margin"),
        label(7, channel="control", asked_at=2.0),
        label(8, "gold", channel="search"),
    )
    session = build_session(state, settings())
    assert session.positive.tolist() == [False, False, True, False, True]
    assert [o.channel for o in session.origins] == [
        "query", "query", "control", "control", "search",
    ]  # fmt: skip
    assert [o.asked_after for o in session.origins] == [0, 1, 2, 2, 4]
    assert [o.drawn_from for o in session.origins] == [0, 0, 398, 397, 0]
    assert session.origins[2].probability == 1 / 398
    assert session.uniform.tolist() == [False, False, True, True, False]


def test_what_nobody_can_tell_is_no_part_of_the_pool_and_what_is_taken_back_of_no_label():
    state = fold(
        label(1, channel="control", asked_at=1.0),
        label(2, None, kind="unsure", channel="control", asked_at=1.0),
        label(3, "gold", channel="query", asked_at=1.0),
        {"row": 3, "kind": "retract", "retracts": 3},
    )
    session = build_session(state, settings())
    assert (session.pool_size, session.labels, session.found) == (ROWS - 1, 1, 0)


def test_a_row_that_chance_drew_stays_so_when_its_annotator_corrects_it():
    state = fold(
        label(1, "dry", channel="control", asked_at=1.0),
        label(2, "dry", channel="query", asked_at=1.0),
        label(1, "gold"),
    )
    session = build_session(state, settings())
    assert session.positive.tolist() == [False, True]
    assert session.uniform.tolist() == [False, True]


def test_the_seconds_of_all_annotators_add_up():
    state = fold(
        label(1, seconds=2.0), label(1, seconds=3.0, annotator="ben"), label(2, seconds=4.5)
    )
    assert build_session(state, settings()).seconds == 9.5


def test_without_rows_by_lot_no_number_is_given():
    session = build_session(fold(label(1, "gold", channel="query", asked_at=1.0)), settings())
    assert isinstance(positives(session), NoEstimate)


def labelled_by_three(seed, labels=150):
    """A team of three who hold five rows each, one of whom walks away now and then."""
    rng = np.random.default_rng(seed)
    is_gold = np.zeros(ROWS, dtype=bool)
    is_gold[rng.choice(ROWS, TRUE, replace=False)] = True
    # A ranking that finds most of the positives, and none of a hidden third.
    score = is_gold * (rng.random(ROWS) < 2 / 3) + rng.normal(0, 0.4, ROWS)
    best = np.argsort(-score).tolist()
    ranking = Ranking(QUEUE, 0.0, 0, "Any", best, [1.0] * ROWS, ["why"] * ROWS, id=1)
    order, state, held = rng.permutation(ROWS).tolist(), State(), {}
    random_numbers = (bool(rng.random() < 0.3) for _ in count())
    for moment in count(1):
        who = f"annotator {moment % 3}"
        held = {row: offer for row, offer in held.items() if offer[0] != who or rng.random() < 0.95}
        own = [row for row, (holder, _) in held.items() if holder == who]
        new = choose_offers(
            who, 5 - len(own), state=state, ranking=ranking, single={}, leased=list(held),
            order=order, rows=ROWS, random_numbers=random_numbers,
        )  # fmt: skip
        held |= {offer.row: (who, (offer, float(moment))) for offer in new}
        row = rng.choice([row for row, (holder, _) in held.items() if holder == who])
        offer, asked_at = held.pop(int(row))[1]
        said = "gold" if is_gold[row] else "dry"
        state.add(
            Event(int(row), "label", who, float(moment), label=said, id=moment,
                  how=replace(offer.how, asked_at=asked_at))
        )  # fmt: skip
        if len(state.rows) == labels:
            return build_session(state, settings())
    raise AssertionError


def test_the_interval_covers_whoever_holds_rows_and_walks_away():
    estimates = [positives(labelled_by_three(seed)) for seed in range(150)]
    covered = np.mean([e.low <= TRUE <= e.high for e in estimates])
    assert covered >= 0.9, f"{covered:.1%} of the intervals hold the true number"
    assert np.mean([e.value for e in estimates]) == pytest.approx(TRUE, abs=2.5)


def test_a_share_of_the_rows_served_is_drawn_by_lot_and_says_so(make):
    project = make(control=0.3)
    live = Live(project)
    try:
        held = live.next("ann", 60)
    finally:
        live.close()
    drawn = [lease.offer for lease in held if lease.offer.how.channel == "control"]
    # No ranking is there, so all are.
    assert len(drawn) == 60
    assert drawn[0].how.probability == pytest.approx(1 / project.settings.rows)
    assert all(offer.how.asked_at is not None for offer in drawn)


def test_lots_decide_which_places_are_drawn():
    ranking = Ranking(QUEUE, 0.0, 0, "Any", [1, 2, 3, 4], [1.0] * 4, ["why"] * 4, id=1)
    found = choose_offers(
        "ann", 4, state=State(), ranking=ranking, single={}, leased=[9], order=range(100, 200),
        rows=200, random_numbers=iter([False, True, False, True]),
    )  # fmt: skip
    assert [offer.row for offer in found] == [1, 100, 2, 101]
    assert [offer.how.channel for offer in found] == ["query", "control", "query", "control"]
    # Two are ranked and one is held; 197 were left.
    assert found[1].how.probability == 1 / 197
    assert found[3].how.probability == 1 / 196


def test_a_batch_brings_rows_by_lot_and_their_labels_keep_it(make):
    project = make(control=0.5)
    asked = ask_batch(project, 20)
    assert asked is not None
    assert asked.purpose == BATCH
    assert len(asked.controls) == 10
    with project.database.writing() as connection:
        teach(connection, State(), project.settings, "ann", asked.rows, ["dry"] * 20, now=1.0)
    with project.database.reading() as connection:
        session = build_session(read_state(connection), project.settings)
    assert session.at_random.sum() == 10
    assert isinstance(positives(session), Estimate)


def test_the_queue_is_ranked_without_draws(make):
    project = make(control=0.5)
    made = make_learner(project.settings, project.rows.pool(), State())
    assert made.query(10).controls.tolist() == []


def test_the_outlook_of_a_project_has_numbers_and_advice():
    said = forecast(labelled_by_three(0)).lines()
    assert any(line.startswith("positives left: ") for line in said)
    assert any("Callaghan" in line for line in said)
