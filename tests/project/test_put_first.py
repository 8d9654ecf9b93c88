"""Rows picked by hand come first, and what chance drew stays drawn by chance."""

import pytest

from motherlode.project._serving.answers import Answer
from motherlode.project._serving.live import Live
from motherlode.project._serving.put_first import BY_HAND, put_first


@pytest.fixture
def live(project):
    live = Live(project)
    yield live
    live.close()


def pick(live, annotator, rows):
    return live.run(
        lambda connection, state: put_first(
            connection, state, live.project.settings, annotator, rows, live.clock()
        )
    )


def test_a_row_that_chance_drew_stays_so_when_it_is_picked_or_found_by_hand(live):
    drawn, found = (lease.offer.row for lease in live.next("ann", 2))
    other = next(row for row in range(120) if row not in (drawn, found))
    assert pick(live, "ann", [other, drawn]) == [other, drawn]
    offers = [lease.offer for lease in live.next("ann", 3)]
    assert [(o.row, o.how.channel) for o in offers] == [
        (other, "search"), (drawn, "control"), (found, "control"),
    ]  # fmt: skip
    assert offers[0].reason == BY_HAND
    assert offers[1].how.probability == 1 / 120
    rows = (other, drawn, found)
    live.answer("ann", [Answer(row, label="dry", channel="search") for row in rows])
    present = live.now().rows
    channels = [present[row].how.channel for row in rows]
    assert channels == ["search", "control", "control"]


def test_a_row_that_somebody_else_holds_is_left_to_them(live):
    (held,) = (lease.offer.row for lease in live.next("ben", 1))
    assert held not in pick(live, "ann", list(range(120)))
