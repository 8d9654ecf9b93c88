"""Rows that an annotator chooses come first, and control draws stay control draws."""

import pytest

from motherlode.project._serving.answers import Answer
from motherlode.project._serving.live import Live
from motherlode.project._serving.put_first import CHOSEN, put_first


@pytest.fixture
def live(project):
    live = Live(project)
    yield live
    live.close()


def choose(live, annotator, rows):
    return live.run(
        lambda connection, state: put_first(
            connection, state, live.project.settings, annotator, rows, live.clock()
        )
    )


def test_a_control_draw_stays_one_when_it_is_chosen_or_found_by_search(live):
    drawn, found = (lease.offer.row for lease in live.next("ann", 2))
    other = next(row for row in range(120) if row not in (drawn, found))
    assert choose(live, "ann", [other, drawn]) == [other, drawn]
    offers = [lease.offer for lease in live.next("ann", 3)]
    assert [(o.row, o.how.channel) for o in offers] == [
        (other, "search"), (drawn, "control"), (found, "control"),
    ]  # fmt: skip
    assert offers[0].reason == CHOSEN
    assert offers[1].how.probability == 1 / 120
    rows = (other, drawn, found)
    live.answer("ann", [Answer(row, label="dry", channel="search") for row in rows])
    present = live.now().rows
    channels = [present[row].how.channel for row in rows]
    assert channels == ["search", "control", "control"]


def test_a_row_that_somebody_else_holds_is_left_to_them(live):
    (held,) = (lease.offer.row for lease in live.next("ben", 1))
    assert held not in choose(live, "ann", list(range(120)))
