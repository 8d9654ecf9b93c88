"""Serving, answering and taking back, on both databases."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text

from motherlode.errors import InputError
from motherlode.project._log import log
from motherlode.project._log.database import Unavailable
from motherlode.project._log.events import Event
from motherlode.project._serving import leases, ranking
from motherlode.project._serving.answers import Answer
from motherlode.project._serving.changing import change_settings
from motherlode.project._serving.live import Live
from motherlode.project._serving.queue import needs_second_annotator
from motherlode.project._serving.ranking import QUEUE, Ranking


class Clock:
    def __init__(self):
        self.now = 1_000_000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def live(project, clock):
    live = Live(project, clock)
    yield live
    live.close()


def rows(held):
    return [lease.offer.row for lease in held]


def events(project):
    with project.database.reading() as connection:
        return list(log.read_after(connection, 0))


def published(project, rows, last_event=0):
    found = Ranking(QUEUE, 0.0, last_event, "Margin", rows, [1.0] * len(rows), ["why"] * len(rows))
    with project.database.writing() as connection:
        return ranking.publish(connection, found)


def test_without_a_ranking_rows_come_by_lot_and_the_same_for_the_same_seed(project, clock):
    first, second = Live(project, clock), Live(project, clock)
    drawn = rows(first.next("ann", 5))
    assert len(set(drawn)) == 5
    assert rows(second.next("ann", 5)) == drawn
    first.close()
    second.close()


def test_the_ranking_is_served_in_its_order_with_where_it_came_from(project, live):
    id = published(project, [7, 3, 5], last_event=4)
    assert rows(live.next("ann", 2)) == [7, 3]
    live.answer("ann", [Answer(7, label="gold", seconds=1.5, note="shiny", tags=("deep", "old"))])
    (event,) = events(project)
    assert (event.row, event.label, event.annotator, event.kind) == (7, "gold", "ann", "label")
    assert (event.how.query, event.how.strategy, event.how.utility) == (id, "Margin", 1.0)
    assert (event.how.model_version, event.how.channel, event.seconds) == (4, "query", 1.5)
    assert (event.note, event.tags) == ("shiny", "deep\nold")
    assert rows(live.next("ann", 2)) == [3, 5]


@pytest.mark.parametrize("values", [{"goal": "find"}, {"strategy": "random"}])
def test_rows_that_wait_are_chosen_anew_once_a_ranking_goes_by_a_change(
    project, live, clock, values
):
    by_lot = rows(live.next("ann", 4))
    clock.now += 1
    (event,) = live.run(lambda c, s: change_settings(project, c, s, "ann", values, clock.now))
    clock.now += 1
    best = [row for row in range(20) if row not in by_lot][:6]
    published(project, best, last_event=event.id - 1)  # by the settings of before
    assert rows(live.next("ann", 4)) == by_lot
    published(project, best, last_event=event.id)
    shown = live.next("ann", 4)
    assert rows(shown) == [by_lot[0], *best[:3]]
    assert live.next("ann", 4)[1].offer == shown[1].offer  # and not again each time
    with project.database.reading() as connection:
        assert set(leases.find_draws(connection)) == set(by_lot)  # still the draws that they were


def test_a_change_of_something_else_leaves_rows_that_wait(project, live, clock):
    by_lot = rows(live.next("ann", 4))
    clock.now += 1
    values = {"guidelines": "Look twice."}
    live.run(lambda c, s: change_settings(project, c, s, "ann", values, clock.now))
    clock.now += 1
    published(project, [row for row in range(20) if row not in by_lot], last_event=99)
    assert rows(live.next("ann", 4)) == by_lot


def test_no_row_is_held_by_two(project, live):
    published(project, [1, 2, 3, 4])
    assert rows(live.next("ann", 2)) == [1, 2]
    assert rows(live.next("ben", 2)) == [3, 4]
    assert rows(live.next("ann", 2)) == [1, 2]


def test_many_at_once_never_hold_the_same_row(project, clock):
    lives = [Live(project, clock) for _ in range(3)]
    barrier = threading.Barrier(6)

    def take(place):
        barrier.wait()
        return rows(lives[place % 3].next(f"annotator {place}", 10))

    with ThreadPoolExecutor(6) as pool:
        held = list(pool.map(take, range(6)))
    assert len({row for some in held for row in some}) == 60
    for live in lives:
        live.close()


def test_a_lease_ends_and_the_late_answer_is_kept_all_the_same(project, live, clock):
    published(project, [1, 2, 3])
    assert rows(live.next("ann")) == [1]
    clock.now += project.settings.lease + 1
    assert rows(live.next("ben")) == [1]
    live.answer("ben", [Answer(1, label="dry")])
    live.answer("ann", [Answer(1, label="dry")])
    assert [e.annotator for e in events(project)] == ["ben", "ann"]


def test_a_late_answer_says_how_its_row_was_asked_whoever_has_it_now(project, live, clock):
    published(project, [1, 2, 3])
    (first,) = live.next("ann")
    for who in ("ben", "cy"):
        clock.now += project.settings.lease + 1
        (again,) = live.next(who)
        assert (again.offer.row, again.offer.how.channel) == (1, "query")
    live.answer("ann", [Answer(1, label="dry")])
    assert rows(live.next("cy")) == [2]  # it was answered, and is not asked twice
    live.answer("ben", [Answer(1, label="dry")])
    live.answer("cy", [Answer(1, label="dry")])
    live.answer("cy", [Answer(1, label="gold")])
    asked = [event.how.asked_at for event in events(project)]
    assert asked[0] == first.offer.how.asked_at
    assert asked[0] < asked[1] < asked[2] == asked[3]
    assert {event.how.channel for event in events(project)} == {"query"}


def test_an_answer_sent_again_after_its_undo_takes_no_row_away(project, live):
    published(project, [1, 2])
    live.next("ann")
    sent = Answer(1, label="dry", key="k")
    live.answer("ann", [sent])
    live.undo("ann")
    live.answer("ann", [sent])
    assert rows(live.next("ben")) == [2]
    live.answer("ann", [Answer(1, label="dry")])
    assert events(project)[-1].how == events(project)[0].how


def test_asking_again_keeps_a_lease_alive(project, live, clock):
    published(project, [1, 2])
    for _ in range(5):
        assert rows(live.next("ann")) == [1]
        clock.now += project.settings.lease * 0.9
    assert rows(live.next("ben")) == [2]


def test_with_the_clock_set_back_leases_hold_for_their_time_and_no_longer(project, live, clock):
    published(project, [1, 2])
    assert rows(live.next("ann")) == [1]
    clock.now -= 100_000
    assert rows(live.next("ben")) == [2]
    clock.now += project.settings.lease + 1
    assert rows(live.next("cy")) == [1]


def test_with_the_clock_set_back_a_row_stays_with_whoever_has_it_now(project, live, clock):
    published(project, [1, 2])
    assert rows(live.next("ann")) == [1]
    clock.now += project.settings.lease + 1
    assert rows(live.next("ben")) == [1]
    clock.now -= 100_000
    assert rows(live.next("ann")) == [2]
    assert rows(live.next("ben")) == [1]


def test_undo_offers_the_row_again_first_and_the_state_forgets(project, live):
    published(project, [4, 5, 6])
    live.next("ann", 3)
    live.answer("ann", [Answer(4, label="gold"), Answer(5, label="dry")])
    assert live.undo("ann").row == 5
    assert rows(live.next("ann", 2)) == [5, 6]
    assert live.undo("ann").row == 4
    assert rows(live.next("ann", 3))[:2] in ([4, 5], [5, 4])
    assert live.now().rows == {}
    with pytest.raises(InputError, match="nothing to take back"):
        live.undo("ann")
    assert len(events(project)) == 4


def test_of_answers_that_were_taken_back_the_last_is_asked_first(project, live, clock):
    published(project, [4, 5, 6, 7])
    live.next("ann", 4)
    live.answer("ann", [Answer(row, label="gold") for row in (4, 5, 6)])
    for row, before in ((6, [7]), (5, [6, 7]), (4, [5, 6, 7])):
        clock.now += 1
        assert live.undo("ann").row == row
        assert rows(live.next("ann", 4))[: len(before) + 1] == [row, *before]


def test_undo_of_one_answer_among_many(project, live):
    ids = live.answer("ann", [Answer(1, label="gold"), Answer(2, label="gold")])
    assert live.undo("ann", event_id=ids[0]).row == 1
    with pytest.raises(InputError, match="no answer of ben"):
        live.undo("ben", event_id=ids[1])


def test_an_answer_sent_again_is_recorded_once(project, live):
    answer = Answer(3, label="gold", key="k1")
    assert live.answer("ann", [answer]) == live.answer("ann", [answer])
    live.undo("ann", key="k2")
    assert live.undo("ann", key="k2").row == 3
    assert len(events(project)) == 2
    with pytest.raises(InputError, match="other content"):
        live.answer("ben", [answer])


def test_an_answer_is_exchanged_for_another_or_stays(live, project):
    row = live.next("ann")[0].offer.row
    first = live.answer("ann", [Answer(row, label="dry")])[0]
    with pytest.raises(InputError, match="not among the classes"):
        live.exchange("ann", first, Answer(row, label="wet"))
    assert [event.kind for event in events(project)] == ["label"]
    assert live.now().rows[row].label == "dry"
    second = live.exchange("ann", first, Answer(row, label="gold"))
    assert [event.kind for event in events(project)] == ["label", "retract", "label"]
    assert live.now().rows[row].label == "gold"
    assert live.now().answer(second, "ann").how == events(project)[0].how
    assert row not in rows(live.next("ann", 5))
    with pytest.raises(InputError, match="taken back before"):
        live.exchange("ann", first, Answer(row, label="dry"))
    assert live.now().rows[row].label == "gold"


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ([Answer(1, label="gold"), Answer(1, label="dry")], "answered twice"),
        ([Answer(999, label="gold")], "Row 999 is not in the data"),
        ([Answer(-1, label="gold")], "Row -1"),
        ([Answer(2**70, label="gold")], "not in the data"),
        ([Answer(1, label="silver")], "'silver' is not among the classes"),
        ([Answer(1)], "give one of the classes"),
        ([Answer(1, "skip", "gold")], "a label; give one"),
        ([Answer(1, "retract")], "kind is 'retract'"),
        ([Answer(1, label="gold", seconds=-1)], "seconds"),
        ([Answer(1, label="gold", seconds=float("nan"))], "seconds"),
        ([Answer(1, label="gold", note="a\0b")], "no text"),
        ([Answer(1, label="gold", note="\ud800")], "no text"),
        ([Answer(1, label="gold", note="n" * 10_001)], "10,001 characters"),
        ([Answer(1, label="gold", channel="x")], "channel"),
        ([Answer(2, label="gold"), Answer(1, label="silver")], "silver"),
    ],
)
def test_a_wrong_answer_is_refused_whole(project, live, answers, said):
    with pytest.raises(InputError, match=said):
        live.answer("ann", answers)
    assert events(project) == []


def test_skipped_and_unsure_rows_are_not_served_again(project, live):
    published(project, [1, 2, 3])
    live.answer("ann", [Answer(1, "skip"), Answer(2, "unsure")])
    assert rows(live.next("ben")) == [3]


def test_labels_of_other_programs_are_seen(project, live, clock):
    other = Live(project, clock)
    published(project, [1, 2])
    other.answer("ben", [Answer(1, label="dry")])
    assert rows(live.next("ann")) == [2]
    other.close()


def test_a_share_of_rows_is_asked_of_a_second_annotator(make, clock):
    project = make(double=0.5)
    live = Live(project, clock)
    twice = [row for row in range(20) if needs_second_annotator(row, 0.5, 0)]
    published(project, list(range(20)))
    live.answer("ann", [Answer(r, label="dry") for r in rows(live.next("ann", 20))])
    second = live.next("ben", len(twice))
    assert sorted(rows(second)) == twice
    assert {lease.offer.how.channel for lease in second} == {"double"}
    assert set(rows(live.next("cy", 10))).isdisjoint(twice)
    live.answer("ben", [Answer(row, label="gold") for row in rows(second)])
    assert {event.how.channel for event in events(project)} == {"query", "double"}
    assert set(rows(live.next("dan", 10))).isdisjoint(twice)
    assert live.now().rows[twice[0]].kind == "disputed"
    live.close()


def test_a_damaged_ranking_is_passed_over(project, live):
    from sqlalchemy import update

    from motherlode.project._log.schema import ranking as table

    published(project, [1, 2])
    id = published(project, [3, 4])
    with project.database.writing() as connection:
        connection.execute(update(table).where(table.c.id == id).values(payload=b"x"))
    assert rows(live.next("ann")) == [1]
    with project.database.writing() as connection:
        assert ranking.drop_damaged(connection) == 1
        assert ranking.drop_damaged(connection) == 0


def test_everything_labelled_leaves_nothing_to_serve(make, clock):
    project = make()
    live = Live(project, clock)
    live.answer("ann", [Answer(row, label="dry") for row in range(project.settings.rows)])
    assert live.next("ann", 5) == []
    live.close()


def test_only_twenty_rankings_are_kept(project):
    for _ in range(25):
        last = published(project, [1])
    with project.database.reading() as connection:
        kept = [found.id for found in ranking.read_intact(connection, QUEUE)]
    assert kept == list(range(last, last - 20, -1))


def test_reads_wait_for_no_writer_and_see_what_was_answered_before(project, live):
    live.answer("ann", [Answer(1, label="gold")])
    inside, done = threading.Event(), threading.Event()

    def slow(connection, state):
        log.append(connection, [Event(2, "skip", "ben", 0.0)])
        inside.set()
        assert done.wait(30)

    with ThreadPoolExecutor(1) as pool:
        written = pool.submit(live.run, slow)
        assert inside.wait(30)
        try:
            assert dict(live.now().labels) == {"gold": 1}
            assert 2 not in live.now().rows, "it is not on the disk yet"
        finally:
            done.set()
        written.result(30)
    assert live.now().rows[2].kind == "skip"


def test_it_is_known_how_much_of_the_log_is_read(project, clock, monkeypatch):
    with project.database.writing() as connection:
        log.append(connection, [Event(row, "skip", "ann", 0.0) for row in range(4)])
    after, held = log.read_after, threading.Event()

    def slowly(connection, last):
        for event in after(connection, last):
            if event.id == 4:
                held.wait(30)
            yield event

    monkeypatch.setattr(log, "read_after", slowly)
    live = Live(project, clock)
    while live.progress() < 0.75:
        time.sleep(0.01)
    assert live.progress(0.01) == 0.75
    held.set()
    assert live.progress(30) == 1.0
    assert live.now().last == 4
    live.close()


def test_a_state_that_was_given_out_stays_as_it_was(live):
    live.answer("ann", [Answer(1, label="gold"), Answer(2, label="dry")])
    before = live.now()
    live.answer("ann", [Answer(1, label="dry"), Answer(3, label="dry")])
    live.undo("ann")
    assert {row: p.label for row, p in before.rows.items()} == {1: "gold", 2: "dry"}
    assert [e.row for e in before.history("ann")] == [2, 1]
    assert before.table()["row"].tolist() == [1, 2]
    assert {row: p.label for row, p in live.now().rows.items()} == {1: "dry", 2: "dry"}


def test_what_a_failed_transaction_held_is_in_no_state(project, live):
    published(project, [5, 6])

    def fail(connection, state):
        log.append(connection, [Event(5, "skip", "ann", 0.0)])
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        live.run(fail)
    assert live.now().rows == {}
    assert rows(live.next("ann")) == [5]


def test_answers_that_share_a_transaction_see_each_other(project, live):
    published(project, [5, 6, 7])
    held, begun = threading.Event(), threading.Event()

    def hold(connection, state):
        begun.set()
        assert held.wait(30)

    with ThreadPoolExecutor(4) as pool:
        first = pool.submit(live.run, hold, durable=False)
        assert begun.wait(30)
        waiting = [pool.submit(live.answer, "ann", [Answer(5, label="dry")])]
        while live._waiting.qsize() < 1:
            pass
        waiting.append(pool.submit(live.next, "ben", 1))
        held.set()
        found = [one.result(30) for one in [first, *waiting]]
    assert rows(found[2]) == [6]


def test_a_log_that_lacks_acknowledged_events_is_noticed(project):
    """As when a dump is played back into a database that people label in."""
    live = Live(project)
    try:
        live.answer("ann", [Answer(row, label="dry") for row in range(3)])
        with project.database.writing() as connection:
            connection.execute(text("DELETE FROM event WHERE id = 3"))
        with pytest.raises(Unavailable, match="lacks events 3 to 3"):
            live.now()
        with pytest.raises(Unavailable, match="lacks events 3 to 3"):
            live.answer("ann", [Answer(5, label="dry")])
    finally:
        live.close()
