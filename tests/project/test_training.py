"""The trainer: it sees every event, publishes as a whole, and is replaced when it dies."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from sqlalchemy import update

from motherlode.project._data.settings import Recipe
from motherlode.project._insight.status import summarize
from motherlode.project._log.fold import State
from motherlode.project._log.log import read_state
from motherlode.project._serving import ranking
from motherlode.project._serving.answers import Answer
from motherlode.project._serving.live import Live
from motherlode.project._training import retries, trainer_lock
from motherlode.project._training.supervisor import Supervisor
from motherlode.project._training.training import rank_queue


def newest(project):
    with project.database.reading() as connection:
        return ranking.read_latest(connection)


def waited(condition, seconds=100):
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    return found


def test_every_kind_of_event_makes_the_next_fit_see_it(project):
    live, state, pool = Live(project), State(), project.rows.pool()
    assert rank_queue(project, pool, state)
    first = [Answer(0, label="gold"), Answer(12, label="gold"), *(
        Answer(i, label="dry") for i in range(1, 8))]  # fmt: skip
    changes = {
        "labels": lambda: live.answer("ann", first),
        "a correction": lambda: live.answer("ann", [Answer(1, label="gold")]),
        "undo": lambda: live.undo("ann"),
        "skip": lambda: live.answer("ann", [Answer(50, "skip")]),
        "unsure": lambda: live.answer("ann", [Answer(51, "unsure")]),
        "a second opinion": lambda: live.answer("ben", [Answer(2, label="gold")]),
    }
    seen = []
    for name, change in changes.items():
        change()
        assert rank_queue(project, pool, state), name
        assert newest(project).last_event == state.last, name
        assert not rank_queue(project, pool, state), name
        seen.append(newest(project).utilities[:20])
    # What was corrected changed the model, and undoing it brought the old one back.
    assert seen[0] != seen[1]
    assert seen[0] == pytest.approx(seen[2])
    asked = set(newest(project).rows)
    assert asked.isdisjoint({0, 1, 2, 12, 50, 51})
    live.close()


def test_the_model_ranks_the_rare_rows_first(make):
    project = make(recipe=Recipe("most_likely", "logistic_regression"))
    live = Live(project)
    taught = {0: "gold", 12: "gold", 24: "gold", **dict.fromkeys((1, 2, 3, 4, 5, 6), "dry")}
    live.answer("ann", [Answer(row, label=label) for row, label in taught.items()])
    rank_queue(project, project.rows.pool(), State())
    rare = {row for row in range(120) if row % 12 == 0} - set(taught)
    assert len(rare.intersection(newest(project).rows[: len(rare)])) >= len(rare) - 1
    live.close()


def test_the_same_log_gives_the_same_ranking(project):
    live, pool = Live(project), project.rows.pool()
    live.answer("ann", [Answer(0, label="gold"), Answer(1, label="dry")])
    rank_queue(project, pool, State())
    first = newest(project)
    with project.database.writing() as connection:
        connection.execute(ranking.table.delete())
    rank_queue(project, pool, State())
    assert newest(project).rows == first.rows
    live.close()


def test_a_project_that_is_done_has_nothing_to_rank(project):
    live = Live(project)
    live.answer("ann", [Answer(row, label="dry") for row in range(120)])
    assert not rank_queue(project, project.rows.pool(), State())
    live.close()


def test_one_trainer_at_a_time(project):
    me, other = trainer_lock.make_holder_name(), trainer_lock.make_holder_name()
    assert trainer_lock.acquire(project.database, other, 1e9)
    assert not trainer_lock.acquire(project.database, me, 1e9 + 5)
    assert trainer_lock.acquire(project.database, other, 1e9 + 20)
    assert not trainer_lock.acquire(project.database, me, 1e9 + 45)


def test_a_lock_that_is_not_renewed_is_free_whoever_has_the_process_number_now(project):
    # Both have the number of this very process.
    dead, me = trainer_lock.make_holder_name(), trainer_lock.make_holder_name()
    assert dead != me
    assert trainer_lock.acquire(project.database, dead, 1e9)
    assert trainer_lock.acquire(project.database, me, 1e9 + 60)


def test_the_lock_of_a_process_that_is_known_to_be_gone_is_free_at_once(project):
    gone = trainer_lock.make_holder_name()
    host, _, pid = gone.split(":")
    assert trainer_lock.acquire(project.database, gone, 1e9)
    trainer_lock.release(project.database, "elsewhere", int(pid))
    trainer_lock.release(project.database, host, int(pid) + 1)
    assert not trainer_lock.acquire(project.database, "new", 1e9)
    trainer_lock.release(project.database, host, int(pid))
    assert trainer_lock.acquire(project.database, "new", 1e9)


def test_a_trainer_renews_its_lock_during_a_fit_and_ends_when_another_took_over(
    project, monkeypatch
):
    from motherlode.project._training import trainer

    class Ended(BaseException):
        pass

    def end(code):
        raise Ended(code)

    monkeypatch.setattr(trainer, "_RENEW_SECONDS", 0.0)
    monkeypatch.setattr(trainer.os, "_exit", end)
    assert trainer_lock.acquire(project.database, "another", time.time())
    with pytest.raises(Ended, match=str(trainer_lock.ANOTHER_AT_WORK)):
        trainer._renew_lock(project, "me")


def test_a_supervisor_says_why_there_is_no_trainer(project, caplog):
    import logging

    logging.getLogger("motherlode.project").disabled = False
    supervisor = Supervisor(project)
    supervisor._report(SimpleNamespace(pid=1, returncode=-11), "", 3)
    told = trainer_lock.read_problem(project.database)
    assert told.startswith("The trainer ended by signal 11")
    assert "failed 3 times in a row" in told
    trainer_lock.acquire(project.database, "elsewhere:x:1", time.time())
    for _ in range(2):
        supervisor._report(SimpleNamespace(pid=1, returncode=trainer_lock.ANOTHER_AT_WORK), "", 1)
    said = [record.getMessage() for record in caplog.records]
    assert [("ended by" in one, "elsewhere:x:1" in one) for one in said] == [
        (True, False), (False, True),
    ]  # fmt: skip


def pid_of_trainer(project):
    from sqlalchemy import select

    with project.database.reading() as connection:
        holder = connection.execute(select(trainer_lock.worker.c.holder)).scalar()
    return holder and int(holder.rpartition(":")[2])


def lives(pid):
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and ") Z " not in stat.read_text()


@pytest.mark.timeout(400)
def test_a_trainer_that_is_killed_is_replaced_and_ends_with_its_server(project):
    live = Live(project)
    with Supervisor(project):
        waited(lambda: newest(project))
        live.answer("ann", [Answer(0, label="gold"), Answer(1, label="dry")])
        waited(lambda: newest(project).last_event == 2)
        first = pid_of_trainer(project)
        os.kill(first, signal.SIGKILL)
        live.answer("ann", [Answer(2, label="dry")])
        waited(lambda: newest(project).last_event == 3)
        second = pid_of_trainer(project)
        assert second != first
    assert not lives(second)
    live.close()


def test_a_trainer_without_its_parent_ends(project):
    # Process 1 is nobody's parent here.
    command = [
        sys.executable,
        "-m",
        "motherlode.project._training.trainer",
        str(project.folder),
        "1",
    ]
    assert subprocess.run(command, timeout=120, check=False).returncode == 0


def test_why_a_model_fails_is_told_without_what_it_read(project, monkeypatch):
    from motherlode.project._training import trainer

    def fail(*_):
        raise ValueError("a-very-secret-row")

    monkeypatch.setattr(trainer, "rank_queue", fail)
    fitted, said = trainer._try_to_rank(project, project.rows.pool(), State())
    assert not fitted
    assert said.startswith("ValueError in test_training.py, line ")
    assert "secret" not in said


def problem_of(project):
    with project.database.reading() as connection:
        found = summarize(connection, project.settings, read_state(connection))
    return (found["ranking"] or {}).get("problem")


@pytest.mark.timeout(200)
def test_a_trainer_that_cannot_start_shows_its_own_sentence(project, monkeypatch):
    monkeypatch.setattr(retries, "_FIRST_WAIT", 0.05)
    rows = project.folder / "rows.arrow"
    content = rows.read_bytes()
    rows.write_bytes(content.replace(b"kiel", b"kiez", 1))
    with Supervisor(project):
        told = waited(lambda: problem_of(project))
        assert "rows.arrow has changed since the project was made" in told
        assert "put the old file back" in told
        waited(lambda: "failed 2 times in a row" in problem_of(project))
        rows.write_bytes(content)
        waited(lambda: newest(project))
        waited(lambda: problem_of(project) is None)


@pytest.mark.timeout(200)
def test_a_trainer_that_cannot_open_its_project_shows_its_own_sentence(project):
    settings = project.folder / "project.json"
    content = settings.read_text()
    settings.write_text("{")
    with Supervisor(project):
        told = waited(lambda: problem_of(project))
        assert "project.json" in told
    settings.write_text(content)


def test_failures_are_tried_again_ever_later():
    waits = [retries.find_wait(failures) for failures in range(1, 9)]
    assert waits[0] == 1
    assert waits == sorted(waits)
    assert waits[-1] == retries.find_wait(10**6) == 30
    assert retries.describe_failure("No.", 1) == "No."
    assert retries.describe_failure("No.", 4).startswith("No. It failed 4 times in a row")


def test_a_trainer_that_fails_again_and_again_waits_longer_each_time(project, monkeypatch):
    from motherlode.project._training import trainer

    class Enough(BaseException):
        pass

    waits, told = [], []

    def sleep(seconds):
        waits.append(seconds)
        told.append(trainer_lock.read_problem(project.database))
        if len(waits) == 4:
            raise Enough

    def fail(*_):
        raise ValueError("no fit")

    monkeypatch.setattr(trainer, "rank_queue", fail)
    monkeypatch.setattr(trainer, "_renew_lock", lambda *_: None)
    monkeypatch.setattr(trainer, "time", SimpleNamespace(sleep=sleep, time=time.time))
    with pytest.raises(Enough):
        trainer.train(project)
    assert waits == [1, 2, 4, 8]
    assert "4 times in a row" in told[-1]
    assert "motherlode query" in told[-1]


def test_a_ranking_that_lags_says_so_and_why(project, monkeypatch):
    now = time.time()
    live = Live(project, clock=lambda: now - 400)
    rank_queue(project, project.rows.pool(), State())
    with project.database.writing() as connection:
        connection.execute(update(ranking.table).values(at=now - 1_000))
    live.answer("ann", [Answer(0, label="gold")])
    assert problem_of(project) is None  # nobody has served this project
    me = trainer_lock.make_holder_name()
    assert trainer_lock.acquire(project.database, me, now)
    assert "has been fitting for 7 minutes" in problem_of(project)
    assert trainer_lock.acquire(project.database, me, now - 120)
    assert "no trainer is at work" in problem_of(project)
    rank_queue(project, project.rows.pool(), State())
    assert problem_of(project) is None
    live.close()
