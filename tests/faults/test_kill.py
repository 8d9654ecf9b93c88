"""No acknowledged label is lost and none doubled, whenever what is killed."""

import os

import pytest

from .kill import run
from .server import Annotator, Server

# A hundred moments take three minutes: `python tests/faults/kill.py --moments 100`.
MOMENTS = int(os.environ.get("MOTHERLODE_FAULT_MOMENTS", "6"))


@pytest.mark.timeout(900)
@pytest.mark.parametrize("proxied", [False, True], ids=["direct", "proxied"])
def test_kill_at_random_moments(tmp_path, url, proxied, record_property):
    found = run(tmp_path / "p", MOMENTS, url=url, proxied=proxied)
    for name, value in found.items():
        record_property(name, value)
    print(found)  # noqa: T201 - the figures of this run
    assert found["acknowledged"] > 0
    assert found["lost"] == 0
    assert found["recorded twice"] == 0
    assert found["rows answered by two"] == 0
    assert found["refused"] == 0
    assert found["server killed"] >= MOMENTS // 2


@pytest.mark.timeout(900)
def test_eight_annotators_at_once(make):
    answers = int(os.environ.get("MOTHERLODE_FAULT_ANSWERS", "640"))
    from projects import rows_table

    project = make(rows_table(12_000))
    server = Server(project.folder).start()
    people = [
        Annotator(server, f"annotator {i}", answers // 8, lambda row: row % 12 == 0)
        for i in range(8)
    ]
    for person in people:
        person.start()
    for person in people:
        person.join()
    server.stop()
    rows = [row for person in people for row in person.rows.values()]
    assert len(rows) == len(set(rows)), "a row was served to two"
    assert sum(len(person.acknowledged) for person in people) >= answers
    from motherlode.project._log import log

    with project.database.reading() as connection:
        events = list(log.read_after(connection, 0))
    recorded = {event.key: event.id for event in events}
    assert len(events) == len(recorded)
    for person in people:
        assert person.failed == []
        assert person.acknowledged.items() <= recorded.items()
