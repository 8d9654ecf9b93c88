"""Rankings that earlier releases published are still read and served."""

import json
import zlib
from dataclasses import asdict

import pytest

from motherlode.project._serving import ranking
from motherlode.project._serving.live import Live
from motherlode.session import Origin

LISTS = {
    "rows": [5, 7, 9],
    "utilities": [0.3, 0.2, 0.1],
    "reasons": ["first", "second", "third"],
    "origins": [asdict(Origin("query", "Margin"))] * 3,
    "positive_class": None,
}
EARLIER = {
    "values without names": list(LISTS.values()),
    "none of the positive class": list(LISTS.values())[:-1],
    "another name for the positive class": {
        **{name: value for name, value in LISTS.items() if name != "positive_class"},
        "sought": ["gold", 0.1, True],
    },
    "no origins": {name: LISTS[name] for name in ("rows", "utilities", "reasons")},
}


def publish(project, payload):
    """Write a ranking whose payload an earlier release made."""
    packed = zlib.compress(json.dumps(payload).encode())
    values = {"purpose": "queue", "at": 1.0, "last_event": 0, "strategy": "Margin()"}
    with project.database.writing() as connection:
        new = ranking.table.insert().values(
            payload=packed, digest=ranking._digest(packed), **values
        )
        connection.execute(new)


@pytest.mark.parametrize("payload", EARLIER.values(), ids=EARLIER)
def test_rankings_of_before_are_read_and_served(project, payload):
    publish(project, payload)
    with project.database.writing() as connection:
        assert ranking.drop_damaged(connection) == 0
        found = ranking.read_latest(connection)
    assert (found.rows, found.positive_class) == ([5, 7, 9], None)
    assert found.how(0).channel == "query"
    live = Live(project)
    try:
        assert [lease.offer.row for lease in live.next("ann", 3)] == [5, 7, 9]
    finally:
        live.close()


@pytest.mark.parametrize("payload", [{"rows": [1]}, [[1]], 5, [[1], [0.1], [""], [0.5], [1]]])
def test_what_is_no_ranking_counts_as_damaged(project, payload):
    publish(project, payload)
    with project.database.writing() as connection:
        assert ranking.read_latest(connection) is None
        assert ranking.drop_damaged(connection) == 1


def test_the_positive_class_comes_back_as_it_was_published(project):
    rare = ("gold", 0.05, False)
    made = ranking.Ranking("queue", 1.0, 0, "Margin()", [3], [0.5], ["why"], positive_class=rare)
    with project.database.writing() as connection:
        ranking.publish(connection, made)
        assert ranking.read_latest(connection).positive_class == rare
