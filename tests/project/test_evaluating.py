"""Rows of an evaluation come first, use labels that are there, and are no control draws."""

import numpy as np
import pytest

from motherlode.errors import InputError
from motherlode.project._data.evaluated import (
    Aim,
    Evaluated,
    end_evaluation,
    read_evaluated,
    write_evaluated,
)
from motherlode.project._data.own_files import EVALUATION, list_carried
from motherlode.project._serving.answers import Answer
from motherlode.project._serving.live import Live

SCORES = np.linspace(0, 1, 120)


@pytest.fixture
def live(project):
    live = Live(project)
    yield live
    live.close()


def begin(live, **aim):
    aim = Aim("model.csv", **{"measures": ("prevalence",), "budget": 15, **aim})
    write_evaluated(live.project.folder, Evaluated(aim, SCORES))


def take(live, who, n):
    return [lease.offer for lease in live.next(who, n)]


def test_control_draws_and_labels_that_are_there_stay_what_they_are(live):
    drawn = take(live, "ann", 30)  # all control draws, since no ranking is there
    live.answer("ann", [Answer(offer.row, label="dry") for offer in drawn[:20]])
    begin(live)
    waiting = live.evaluations.find_wanted(live.now()).rows
    assert not set(waiting) & {offer.row for offer in drawn[:20]}
    offers = take(live, "ben", 15)
    kept = {offer.row for offer in drawn[20:]}
    assert not kept & {offer.row for offer in offers}  # ann holds them
    live.answer("ben", [Answer(offer.row, label="gold") for offer in offers])
    live.answer("ann", [Answer(row, label="dry") for row in kept])
    state = live.now()
    assert {state.rows[row].how.channel for row in kept} == {"control"}
    assert all(state.rows[row].how.drawn_from for row in kept)
    asked = [offer.row for offer in offers if offer.how.channel == "evaluation"]
    assert asked
    assert all(state.rows[row].how.drawn_from == 0 for row in asked)


def test_a_project_of_its_own_asks_nothing_else(live):
    begin(live, alone=True)
    offers = take(live, "ann", 40)
    assert len(offers) == 15
    assert {offer.how.channel for offer in offers} == {"evaluation"}
    live.answer("ann", [Answer(o.row, kind="skip") for o in offers[:2]])
    live.answer("ann", [Answer(o.row, label="dry") for o in offers[2:]])
    assert take(live, "ann", 40) == []
    aim, report = live.evaluations.report(live.now())
    assert (aim.alone, report.labels, report.passed, report.is_done) == (True, 13, 2, True)
    with pytest.raises(InputError, match="for its evaluation alone"):
        end_evaluation(live.project.folder)


def test_an_answer_taken_back_is_waited_for_again(live):
    begin(live, alone=True)
    (offer,) = take(live, "ann", 1)
    live.answer("ann", [Answer(offer.row, label="gold")])
    assert offer.row not in live.evaluations.find_wanted(live.now()).rows
    live.undo("ann")
    assert offer.row in live.evaluations.find_wanted(live.now()).rows


def test_the_file_is_carried_and_a_damaged_one_is_refused(live):
    folder = live.project.folder
    begin(live)
    assert folder / EVALUATION in list_carried(folder)
    with pytest.raises(InputError, match="no score for 3 rows"):
        read_evaluated(folder, 123)
    (folder / EVALUATION).write_bytes(b"no archive")
    with pytest.raises(InputError, match="is damaged"):
        live.evaluations.report(live.now())
    assert take(live, "ann", 1)  # people go on with other rows
    assert end_evaluation(folder)
    assert live.evaluations.report(live.now()) is None
    with pytest.raises(InputError, match="No model is evaluated"):
        read_evaluated(folder, 120)
