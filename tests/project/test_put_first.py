"""Rows that an annotator chooses come first, and control draws stay control draws."""

import pytest
from projects import rows_table

from motherlode.project._serving import leases
from motherlode.project._serving.answers import Answer
from motherlode.project._serving.live import Live
from motherlode.project._serving.put_first import CHOSEN, cancel, count_chosen, put_first


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


@pytest.fixture
def large(make):
    live = Live(make(rows_table(1_000)))
    yield live
    live.close()


def count_held(live, annotator):
    with live.project.database.writing() as connection:
        current = leases.list_current(connection, live.clock(), live.project.settings.lease)
    return sum(lease.annotator == annotator for lease in current)


def test_nobody_holds_the_whole_pool_by_choosing(large):
    given = large.next("ben", 5)
    assert choose(large, "ben", list(range(500))) == list(range(500))
    newest = choose(large, "ben", list(range(500, 1_000)))
    assert newest == list(range(500, 1_000))
    assert count_held(large, "ben") == 100
    assert len(large.next("ben", 1_000)) == 100
    assert [lease.offer.row for lease in large.next("ben", 50)] == newest[:50]
    assert len(large.next("ann", 50)) == 50
    assert count_held(large, "ann") == 50
    # What was drawn for somebody who chose other rows then is a control draw all the same.
    row = given[0].offer.row
    large.answer("ann", [Answer(row, label="dry")])
    assert large.now().rows[row].how == given[0].offer.how


def test_nobody_holds_the_whole_pool_by_asking_or_taking_back(large):
    assert len(large.next("ben", 1_000)) == 100
    for start in (0, 500):
        large.answer("ben", [Answer(row, "skip") for row in range(start, start + 500)])
    for _ in range(150):
        large.undo("ben")
    assert count_held(large, "ben") == 100


def test_leases_that_ended_are_remembered_up_to_a_bound_and_draws_without(make, monkeypatch):
    live, now = Live(make(rows_table(2_000))), 1_000_000.0
    monkeypatch.setattr(live, "clock", lambda: now)
    drawn = {lease.offer.row for lease in live.next("ben", 50)}
    for start in range(0, 2_000, 100):
        now += live.project.settings.lease + 1
        assert len(choose(live, "ben", range(start, start + 100))) == 100
    with live.project.database.reading() as connection:
        found = leases.find_offers(connection, "ben", range(2_000))
        assert set(leases.find_draws(connection)) == drawn
    searched = {row for row, offer in found.items() if offer.how.channel == "search"}
    assert drawn < set(found)
    assert 1_000 <= len(searched) <= 1_100
    assert set(range(1_900, 2_000)) - drawn <= searched  # the newest
    live.close()


def count(live, annotator):
    return live.run(lambda connection, state: count_chosen(connection, state, annotator))


@pytest.fixture
def timed(make, monkeypatch):
    """A project of 1,000 rows whose time is set."""
    live = Live(make(rows_table(1_000)))
    live.time = 1_000_000.0
    monkeypatch.setattr(live, "clock", lambda: live.time)
    yield live
    live.close()


def test_chosen_rows_are_asked_until_each_is_answered_however_long_that_takes(timed):
    rows = list(range(700, 400, -1))
    choose(timed, "ben", rows)
    asked = []
    for _ in range(10):
        leases_held = timed.next("ben", 30)
        asked += [lease.offer.row for lease in leases_held]
        timed.answer("ben", [Answer(lease.offer.row, label="dry") for lease in leases_held])
        timed.time += 10 * timed.project.settings.lease
    assert asked == rows
    assert {timed.now().rows[row].how.channel for row in rows} == {"search"}
    found = count(timed, "ben")
    assert (found.rows, found.answered, found.to_come) == (300, 300, 0)
    assert timed.next("ben", 1)[0].offer.reason != CHOSEN
    choose(timed, "ben", [1, 2])  # what was done is counted no more
    assert (count(timed, "ben").rows, count(timed, "ben").to_come) == (2, 2)


def test_a_choice_goes_before_the_one_that_is_not_done(timed):
    choose(timed, "ben", [10, 11, 12])
    timed.time += 1
    choose(timed, "ben", [20, 11])
    assert [lease.offer.row for lease in timed.next("ben", 4)][:2] == [20, 11]
    timed.time += 10 * timed.project.settings.lease
    assert [lease.offer.row for lease in timed.next("ben", 4)] == [20, 11, 10, 12]
    assert count(timed, "ann").rows == 0


def test_a_choice_is_cancelled_and_what_was_answered_stays(timed):
    choose(timed, "ben", list(range(300)))
    timed.answer("ben", [Answer(0, label="dry"), Answer(1, label="gold")])
    settings = timed.project.settings
    left = timed.run(lambda c, state: cancel(c, state, settings, "ben", timed.time))
    assert (left, count(timed, "ben").rows) == (298, 0)
    offers = [lease.offer for lease in timed.next("ben", 5)]
    assert CHOSEN not in [offer.reason for offer in offers]
    timed.answer("ben", [Answer(2, label="dry")])  # it was on the page when it was cancelled
    assert timed.now().rows[2].how.channel == "search"


def test_a_chosen_row_whose_answer_is_taken_back_is_asked_again(timed):
    choose(timed, "ben", [5, 6])
    timed.answer("ben", [Answer(5, label="dry")])
    timed.undo("ben")
    assert {lease.offer.row for lease in timed.next("ben", 2)} == {5, 6}
    assert count(timed, "ben").to_come == 2


def test_a_chosen_row_that_somebody_else_answers_is_not_asked(timed):
    choose(timed, "ben", [5, 6])
    timed.time += 10 * timed.project.settings.lease
    timed.answer("ann", [Answer(5, label="dry")])
    assert [lease.offer.row for lease in timed.next("ben", 1)] == [6]
    assert count(timed, "ben").to_come == 1
