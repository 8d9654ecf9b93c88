"""What every strategy keeps, with a network as the query model."""

import numpy as np
import pytest
from test_contract import NAMES, START, START3, X3, Y3, Y, asked, learner

from motherlode.models import DeepEnsemble, MCDropout
from motherlode.strategies import BALD, EPIG, KCentre, LastLayer, ProbCover, QueryByCommittee
from tests.models.neural.networks import FRAMEWORKS, classifier

OF_NETWORKS = {
    "dropout": BALD(MCDropout(3)),
    "information by dropout": EPIG(committee=MCDropout(3), size=10),
    "deep ensemble": QueryByCommittee("variation_ratio", DeepEnsemble(2)),
    "last layer": LastLayer(KCentre()),
    "cover of the last layer": LastLayer(ProbCover()),
}
EVERY = {name: make() for name, make in NAMES.items()} | OF_NETWORKS

with_a_network = pytest.mark.parametrize("framework", FRAMEWORKS)


def network(framework, outputs=2):
    return classifier(framework, d=3, outputs=outputs, epochs=1, random_state=None)


@pytest.mark.parametrize("name", EVERY)
@with_a_network
def test_a_session_from_one_class_on(name, framework):
    """Finite utilities, rows once, a reason each; the same seed asks the same rows."""
    sessions = []
    for _ in range(2):
        made = learner(EVERY[name], network(framework), start=START[-1:], seed=5)
        rows = []
        for n in (3, 4):
            query = made.query(n)
            assert np.isfinite(query.utilities).all()
            assert all(reason.strip() and "\n" not in reason for reason in query.reasons)
            rows += query.rows.tolist()
            made.teach(query.rows, Y[query.rows])
            if n == 3:
                made.teach(START[:-1], Y[START[:-1]])
        assert len(set(rows)) == 7
        sessions.append(rows)
    assert sessions[0] == sessions[-1]


@pytest.mark.parametrize("name", ["auto", "badge", *OF_NETWORKS])
@with_a_network
def test_three_classes_of_which_one_is_not_seen_yet(name, framework):
    made = learner(
        EVERY[name], network(framework, 3), data=X3, y=Y3, start=START3[:4], classes=[0, 1, 2],
        minority=2,
    )  # fmt: skip
    assert len(set(asked(made, Y3, rounds=2))) == 8


@pytest.mark.parametrize("name", ["auto", "margin", "badge", "bald"])
@with_a_network
def test_the_names_of_classes_say_nothing(name, framework):
    sessions = [
        asked(learner(EVERY[name], network(framework), classes=classes), rounds=1)
        for classes in ([0, 1], ["z", "a"])
    ]
    assert sessions[0] == sessions[1]
