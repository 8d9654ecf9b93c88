"""One annotator's bad request harms nobody else, and a key means one thing."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from sqlalchemy import text

from motherlode.errors import InputError
from motherlode.project._log import log
from motherlode.project._log.database import Unavailable
from motherlode.project._log.events import Event
from motherlode.project._serving.answers import Answer
from motherlode.project._serving.keys import KeyTaken
from motherlode.project._serving.live import Live


@pytest.fixture
def live(project):
    live = Live(project)
    yield live
    live.close()


def events(project):
    with project.database.reading() as connection:
        return list(log.read_after(connection, 0))


def together(live, *calls):
    """Let calls share one transaction, and return what each returned or raised."""
    held, begun = threading.Event(), threading.Event()

    def hold(connection, state):
        begun.set()
        assert held.wait(30)

    def outcome(call):
        try:
            return call()
        except Exception as problem:
            return problem

    with ThreadPoolExecutor(len(calls) + 1) as pool:
        first = pool.submit(live.run, hold, durable=False)
        assert begun.wait(30)
        waiting = []
        for place, call in enumerate(calls, start=1):
            waiting.append(pool.submit(outcome, call))
            while live._waiting.qsize() < place:
                pass
        held.set()
        first.result(30)
        return [one.result(30) for one in waiting]


def write_and_fail(live, problem):
    def fail(connection, state):
        log.append(connection, [Event(5, "skip", "eve", 0.0)])
        raise problem

    return lambda: live.run(fail)


def break_a_rule(live):
    def fail(connection, state):
        log.append(connection, [Event(5, "skip", "eve", 0.0, key="k")] * 2)

    return lambda: live.run(fail)


@pytest.mark.parametrize(
    "bad",
    [
        break_a_rule,
        lambda live: write_and_fail(live, ZeroDivisionError()),
        lambda live: write_and_fail(live, InputError("No.")),
        lambda live: lambda: live.run(lambda c, s: c.execute(text("SELECT 1 FROM event, nowhere"))),
        lambda live: lambda: live.answer("eve", [Answer(r, "skip", key="k") for r in (7, 8)]),
        lambda live: lambda: live.undo("eve", key="a\0b"),
    ],
    ids=["unique", "error", "refusal", "statement", "answers", "undo"],
)
def test_an_operation_that_fails_takes_nobody_with_it(project, live, bad):
    first, wrong, second = together(
        live,
        lambda: live.answer("ann", [Answer(1, label="gold")]),
        bad(live),
        lambda: live.answer("ben", [Answer(2, label="dry")]),
    )
    assert isinstance(wrong, Exception)
    assert [e.row for e in events(project)] == [1, 2]
    assert [*first, *second] == [e.id for e in events(project)]
    assert sorted(live.now().rows) == [1, 2]


def test_a_database_that_fails_takes_back_all_that_shared_the_transaction(project, live):
    def lose(connection, state):
        log.append(connection, [Event(5, "skip", "eve", 0.0)])
        if project.database.is_sqlite:
            connection.exec_driver_sql("ROLLBACK")  # as SQLite does on a full disk
        else:
            connection.exec_driver_sql("SELECT pg_terminate_backend(pg_backend_pid())")

    outcomes = together(
        live,
        lambda: live.answer("ann", [Answer(1, label="gold")]),
        lambda: live.run(lose),
        lambda: live.answer("ben", [Answer(2, label="dry")]),
    )
    assert all(isinstance(one, Exception) for one in outcomes)
    assert events(project) == []
    assert live.now().rows == {}
    live.answer("ann", [Answer(1, label="gold")])
    assert [e.row for e in events(project)] == [1]


def test_a_refused_operation_reads_nothing_of_the_log_again(project, live, monkeypatch):
    live.answer("ann", [Answer(row, label="dry") for row in range(20)])
    live.now()
    read, after = [], log.read_after

    def noted(connection, last):
        for event in after(connection, last):
            read.append(event.id)
            yield event

    monkeypatch.setattr(log, "read_after", noted)
    wrong = [
        lambda: live.answer("eve", [Answer(999, "skip")]),
        lambda: live.answer("eve", [Answer(30, "skip", key="k"), Answer(31, "skip", key="k")]),
        lambda: live.undo("eve"),
        break_a_rule(live),
        write_and_fail(live, ZeroDivisionError()),
    ]
    for call in wrong:
        with pytest.raises(Exception):  # noqa: B017, PT011 - each has its own
            call()
        live.now()
    assert read == []


def test_a_key_sent_again_with_other_content_is_refused(project, live):
    sent = Answer(3, label="gold", seconds=1.5, note="n", tags=("a", "b"), key="k")
    ids = live.answer("ann", [sent])
    assert live.answer("ann", [sent]) == ids
    others = [
        Answer(4, label="gold", seconds=1.5, note="n", tags=("a", "b"), key="k"),
        Answer(3, label="dry", seconds=1.5, note="n", tags=("a", "b"), key="k"),
        Answer(3, "skip", seconds=1.5, note="n", tags=("a", "b"), key="k"),
        Answer(3, label="gold", seconds=2.5, note="n", tags=("a", "b"), key="k"),
        Answer(3, label="gold", seconds=1.5, note="m", tags=("a", "b"), key="k"),
        Answer(3, label="gold", seconds=1.5, note="n", tags=("a",), key="k"),
        Answer(3, label="gold", seconds=1.5, note="n", tags=("a", "b"), key="k", channel="settle"),
    ]
    for other in others:
        with pytest.raises(KeyTaken, match="The key 'k' was sent before with other content"):
            live.answer("ann", [other])
    with pytest.raises(KeyTaken):
        live.answer("ben", [sent])
    with pytest.raises(KeyTaken):
        live.answer("ann", [Answer(5, "skip"), others[0]])
    assert len(events(project)) == 1


def test_two_answers_of_one_request_need_two_keys(project, live):
    with pytest.raises(KeyTaken, match="'k'"):
        live.answer("ann", [Answer(3, "skip", key="k"), Answer(4, "skip", key="k")])
    assert events(project) == []


def test_undo_takes_no_key_but_that_of_an_undo(project, live):
    live.answer("ann", [Answer(1, label="gold", note="hers", key="anna's")])
    ids = live.answer("ben", [Answer(2, "skip", key="own"), Answer(3, "skip")])
    for key in ("own", "anna's"):
        with pytest.raises(KeyTaken):
            live.undo("ben", key=key)
    assert live.undo("ben", event_id=ids[0], key="u").row == 2
    assert live.undo("ben", event_id=ids[0], key="u").row == 2
    assert live.undo("ben", key="u").row == 2
    for who, more in (("ben", {"event_id": ids[1]}), ("ann", {})):
        with pytest.raises(KeyTaken):
            live.undo(who, key="u", **more)
    with pytest.raises(KeyTaken):
        live.answer("ben", [Answer(2, "skip", key="u")])
    assert len(events(project)) == 4


def test_an_undo_that_took_nothing_back_shows_nothing(project, live):
    """Such a retraction is in no log of ours, but may come with one from elsewhere."""
    ids = live.answer("ann", [Answer(1, label="gold", note="hers")])
    with project.database.writing() as connection:
        wrong = [ids[0], ids[0] + 1_000, None]
        log.append_many(
            connection,
            [Event(1, "retract", "ben", 0.0, retracts=r, key=f"u{r}") for r in wrong],
        )
    for retracts in wrong:
        with pytest.raises(InputError, match="nothing to take back"):
            live.undo("ben", key=f"u{retracts}")


@pytest.mark.parametrize("key", ["a\0b", "\ud800", "k" * 10_001])
def test_a_key_that_is_no_text_is_refused(project, live, key):
    with pytest.raises(InputError):
        live.undo("ann", key=key)
    with pytest.raises(InputError):
        live.answer("ann", [Answer(1, "skip", key=key)])
    assert events(project) == []


def test_what_came_while_the_database_did_not_answer_waits_no_second_time(
    project, live, monkeypatch
):
    begun, end, calls = threading.Event(), threading.Event(), []

    @contextmanager
    def locked(*, durable=True):
        calls.append(durable)
        begun.set()
        assert end.wait(30)
        raise Unavailable("It is locked.")
        yield

    with monkeypatch.context() as patched, ThreadPoolExecutor(3) as pool:
        patched.setattr(project.database, "writing", locked)
        waiting = [pool.submit(live.answer, "ann", [Answer(1, "skip")])]
        assert begun.wait(30)
        waiting += [pool.submit(live.answer, "ben", [Answer(row, "skip")]) for row in (2, 3)]
        while live._waiting.qsize() < 2:
            pass
        end.set()
        for one in waiting:
            with pytest.raises(Unavailable):
                one.result(30)
    assert len(calls) == 1
    assert live.answer("ben", [Answer(2, "skip")])
