"""Accounts, parts of the rows and pauses, on both databases."""

import numpy as np
import pytest

from motherlode.errors import InputError
from motherlode.project._accounts import (
    check_password,
    disable_account,
    enable_account,
    list_accounts,
    put_account,
    remove_account,
)
from motherlode.project._data.assigned import assign_rows, assign_share, mark_ranges
from motherlode.project._data.settings import Recipe
from motherlode.project._insight.origins import build_session
from motherlode.project._insight.records import list_records
from motherlode.project._log.fold import State
from motherlode.project._log.log import read_state
from motherlode.project._serving.answers import Answer
from motherlode.project._serving.changing import (
    change_settings,
    plan_assigned,
    take_change_back,
)
from motherlode.project._serving.live import Live
from motherlode.project._serving.reach import mark_assigned
from motherlode.project._sessions import find_owner, start_session
from motherlode.project._training import training
from motherlode.project._training.training import ask_batch

PASSWORD = "a long enough password"


def assign(project, name, part):
    with project.database.writing() as connection:
        state = read_state(connection)
        values = {"assigned": plan_assigned(project, state, name, part)}
        return change_settings(project, connection, state, "boss", values, 0.0)


def roles(project):
    return {one.name: one.role for one in list_accounts(project.database, 0.0)}


@pytest.fixture
def live(project):
    live = Live(project)
    yield live
    live.close()


def test_a_new_password_keeps_the_role_and_a_new_role_the_password(project):
    database = project.database
    put_account(database, "boss", "admin", PASSWORD)
    put_account(database, "ann", None, PASSWORD)
    secret = start_session(database, "boss", 0.0)
    put_account(database, "boss", password=PASSWORD + "!")
    assert roles(project) == {"ann": "annotator", "boss": "admin"}
    assert find_owner(database, secret, 1.0) is None
    secret = start_session(database, "ann", 0.0)
    put_account(database, "ann", "reviewer")
    assert check_password(database, "ann", PASSWORD).role == "reviewer"
    assert find_owner(database, secret, 1.0) == ("ann", "reviewer")
    with pytest.raises(InputError, match="'king'"):
        put_account(database, "ann", "king")
    with pytest.raises(InputError, match="no account 'eve'"):
        put_account(database, "eve", "admin")


def test_whatever_would_leave_no_admin_is_refused(project):
    database = project.database
    put_account(database, "boss", "admin", PASSWORD)
    put_account(database, "ann", "annotator", PASSWORD)
    for change in (
        lambda: put_account(database, "boss", "reviewer"),
        lambda: put_account(database, "boss", "annotator", PASSWORD),
        lambda: disable_account(database, "boss", 0.0),
        lambda: remove_account(database, "boss"),
    ):
        with pytest.raises(InputError, match="boss is the only admin"):
            change()
        assert roles(project)["boss"] == "admin"
    remove_account(database, "ann")
    remove_account(database, "boss")
    assert roles(project) == {}, "the very last account may go"


def test_a_disabled_account_opens_nothing_and_keeps_its_password(project):
    database = project.database
    put_account(database, "boss", "admin", PASSWORD)
    put_account(database, "ann", "annotator", PASSWORD)
    secret = start_session(database, "ann", 0.0)
    assert [one.sessions for one in list_accounts(database, 1.0)] == [1, 0]
    disable_account(database, "ann", 5.0)
    assert find_owner(database, secret, 1.0) is None
    assert check_password(database, "ann", PASSWORD).disabled
    ann = list_accounts(database, 1.0)[0]
    assert (ann.disabled_at, ann.sessions) == (5.0, 0)
    enable_account(database, "ann")
    assert not check_password(database, "ann", PASSWORD).disabled
    with pytest.raises(InputError, match="no account 'eve'"):
        disable_account(database, "eve", 0.0)


def test_a_guess_of_a_password_costs_memory_and_time(real_hasher):
    # The second choice of RFC 9106, which argon2-cffi takes; tests themselves hash with less.
    assert real_hasher.memory_cost >= 64 * 1024
    assert real_hasher.time_cost >= 3


def test_shares_are_apart_and_cover_what_they_say(project):
    settings = project.settings
    parts = []
    for share in (0.25, 0.25, 0.5):
        parts.append(assign_share(share, parts))
    marks = np.array([mark_assigned(project, part, settings) for part in parts])
    assert (marks.sum(axis=0) == 1).all()
    assert abs(marks[2].mean() - 0.5) < 0.15
    # After somebody left, the place is given again, in pieces if it must be.
    again = assign_share(0.75, [parts[1]])
    assert again == {"share": [[0.0, 0.25], [0.5, 1.0]]}
    full = assign_share(0.1, parts)
    assert mark_assigned(project, full, settings).any(), "what is not free is taken twice"


def test_lists_of_rows_are_kept_as_ranges():
    rows = [9, 1, 2, 3, 40]
    written = assign_rows(rows)["rows"]
    assert written == "1-3 9 40"
    assert np.flatnonzero(mark_ranges(written, 30)).tolist() == [1, 2, 3, 9]
    with pytest.raises(InputError, match="no row"):
        assign_rows([])


def test_whoever_has_a_part_gets_its_rows_alone_and_no_control_draw(make):
    project = make(control=0.5)
    live = Live(project)
    assign(project, "ann", {"where": "town == 'ulm'"})
    given = []
    while leases := live.next("ann", 5):
        given += [lease.offer for lease in leases]
        live.answer("ann", [Answer(lease.offer.row, label="dry") for lease in leases])
    assert sorted(offer.row for offer in given) == list(range(0, 120, 3)), "all of them, each once"
    assert {offer.how.channel for offer in given} == {"query"}
    assert {offer.how.probability for offer in given} == {0.0}
    drawn = [lease.offer.how for lease in live.next("ben", 10)]
    assert {how.drawn_from for how in drawn if how.channel == "control"} <= set(range(70, 81))
    live.close()


def test_estimates_rest_on_draws_from_all_rows_alone(make):
    """Rows of a part are all dry, and rows outside of it are gold: the draws must not be bent."""
    project = make(control=1.0)
    live = Live(project)
    assign(project, "ann", {"where": "town == 'ulm'"})

    def answer(who, n):
        leases = live.next(who, n)
        labels = ["dry" if lease.offer.row % 3 == 0 else "gold" for lease in leases]
        pairs = zip(leases, labels, strict=True)
        live.answer(who, [Answer(lease.offer.row, label=label) for lease, label in pairs])

    for _ in range(6):
        answer("ann", 5)
        answer("ben", 5)
    session = build_session(live.now(), project.settings_at(live.now()))
    assert session.uniform.sum() == 30, "those of ben"
    positive = session.positive
    assert not positive[~session.uniform].any()
    # Each draw counts the rows that were left then, whoever had answered the others.
    left = session.drawn_from[session.uniform]
    assert (np.diff(left) < 0).all()
    assert left[0] == 120 - 5
    live.close()


def test_second_opinions_are_asked_within_a_part(make):
    project = make(double=1.0)
    live = Live(project)
    live.answer("ben", [Answer(lease.offer.row, label="dry") for lease in live.next("ben", 30)])
    assign(project, "ann", {"where": "town == 'ulm'"})
    doubled = [lease.offer for lease in live.next("ann", 50) if lease.offer.how.channel == "double"]
    first = {row for row in live.now().single if row % 3 == 0}
    assert {offer.row for offer in doubled} == first
    assert first
    live.close()


def test_an_answer_taken_back_is_offered_again_outside_of_a_part(project, live):
    row = live.next("ann")[0].offer.row
    live.answer("ann", [Answer(row, label="dry")])
    assign(project, "ann", assign_rows([r for r in range(120) if r != row]))
    live.undo("ann")
    assert live.next("ann")[0].offer.row == row


def test_assignments_are_events_and_taken_back(project, live):
    (event,) = assign(project, "ann", {"where": "town == 'ulm'"})
    assign(project, "ben", assign_share(0.5, []))
    assert set(project.settings_at(live.now()).assigned) == {"ann", "ben"}
    with project.database.writing() as connection:
        take_change_back(project, connection, read_state(connection), "boss", 0.0)
    assert set(project.settings_at(live.now()).assigned) == {"ann"}
    with project.database.writing() as connection:
        take_change_back(project, connection, read_state(connection), "boss", 0.0, event.id)
    assert len({lease.offer.row % 3 for lease in live.next("ann", 20)}) == 3
    with pytest.raises(InputError, match="no part"):
        assign(project, "ann", None)


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "part", [{"where": ""}, {"rows": "7-3"}, {"rows": "x"}, {"share": [[0, 2]]}, {"all": 1}, 5, {}]
)
def test_what_is_no_assignment_is_refused(project, part):
    with pytest.raises(InputError, match="can't be read"):
        assign(project, "ann", part)


def test_a_pause_is_an_event_and_keeps_answers(project, live):
    row = live.next("ann")[0].offer.row

    def pause(on):
        live.run(
            lambda connection, state: change_settings(
                project, connection, state, "boss", {"paused": on}, live.clock()
            )
        )

    pause(True)
    assert live.next("ann", 5) == live.next("ben") == []
    live.answer("ann", [Answer(row, label="gold")])
    assert live.now().rows[row].label == "gold"
    with pytest.raises(InputError, match=r"Paused by boss since \d\d:\d\d: nobody is given rows"):
        ask_batch(project, 3)
    pause(False)
    assert len(live.next("ann", 5)) == 5


def test_records_compare_with_what_was_settled(project, live):
    for who, label in (("ann", "gold"), ("ben", "dry")):
        live.answer(who, [Answer(row, label=label, seconds=row + 1.0) for row in range(4)])
    live.answer("eve", [Answer(row, label="gold", channel="settle") for row in (0, 1)])
    live.answer("eve", [Answer(2, label="dry", channel="settle")])
    ann, ben, eve = list_records(live.now())
    assert (ann.settled, round(ann.agreement.value, 2)) == (3, 0.67)
    assert (ben.settled, round(ben.agreement.value, 2)) == (3, 0.33)
    assert 0 < ann.agreement.low < 0.67 < ann.agreement.high < 1
    assert (eve.settled, "settled" in eve.agreement.reason) == (0, True)
    assert (ann.median_seconds, ann.answers_an_hour) == (2.5, 1440.0)
    assert eve.median_seconds is None
    live.undo("ann")
    assert list_records(live.now())[0].answers == 3


@pytest.mark.parametrize("strategy", ["margin", "random"])
def test_a_small_part_is_ranked_though_it_has_none_of_the_best_rows(make, monkeypatch, strategy):
    monkeypatch.setattr(training, "_QUEUED", 5)
    project = make(recipe=Recipe(strategy, "logistic_regression"))
    live = Live(project)
    live.answer("ben", [Answer(0, label="gold"), Answer(1, label="dry")])
    part = list(range(60, 70))
    assign(project, "ann", assign_rows(part))
    training.rank_queue(project, project.rows.pool(), State())
    leases = live.next("ann", 10)
    assert sorted(lease.offer.row for lease in leases) == part
    assert all(lease.offer.how.query for lease in leases), "all come from the ranking"
    best = live.ranking.rows[:5]
    draws = [one for one in leases if one.offer.how.probability and one.offer.row not in best]
    assert not draws, "a draw from a part is no draw from all"
    live.close()
