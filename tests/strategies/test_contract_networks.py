"""What every strategy keeps, with a network as the query model."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from motherlode.models import Bags, DeepEnsemble, MCDropout
from motherlode.strategies import (
    BALD,
    EPIG,
    NAMES,
    KCentre,
    LastLayer,
    ProbCover,
    QueryByCommittee,
)
from motherlode.testing._searches import ask, begin, three_classes, two_classes
from tests.models.neural.networks import FRAMEWORKS, classifier

OF_NETWORKS = {
    "dropout": BALD(MCDropout(3)),
    "information by dropout": EPIG(committee=MCDropout(3), size=10),
    "deep ensemble": QueryByCommittee("variation_ratio", DeepEnsemble(2)),
    "last layer": LastLayer(KCentre()),
    "cover of the last layer": LastLayer(ProbCover()),
}
TWO, THREE = two_classes(), three_classes()
EVERY = {name: make() for name, make in NAMES.items()} | OF_NETWORKS


def strategy(name, framework):
    """A strategy; with Keras most committees have two members, as PyTorch's have the default."""
    made = EVERY[name]
    if framework == "torch" or name == "query_by_committee":
        return made
    by_default = getattr(made, "committee", made) is None
    return replace(made, committee=Bags(2)) if by_default else made


with_a_network = pytest.mark.parametrize("framework", FRAMEWORKS)


@cache
def network(framework, outputs=2, copy=0):
    """A network that is traced once for all tests: a fit never changes what was handed in."""
    return classifier(framework, d=3, outputs=outputs, eager=False, epochs=1, random_state=None)


@pytest.mark.parametrize("name", EVERY)
@with_a_network
def test_a_session_from_one_class_on(name, framework):
    """Finite utilities, rows once, a reason each; the same seed asks the same rows."""
    sessions = []
    for copy in range(2):
        made = begin(
            strategy(name, framework),
            network(framework, copy=copy),
            TWO.begun(TWO.start[-1:]),
            seed=5,
        )
        rows = []
        for n in (3, 4):
            query = made.query(n)
            assert np.isfinite(query.utilities).all()
            assert all(reason.strip() and "\n" not in reason for reason in query.reasons)
            rows += query.rows.tolist()
            made.teach(query.rows, TWO.codes[query.rows])
            if n == 3:
                made.teach(TWO.start[:-1], TWO.codes[TWO.start[:-1]])
        assert len(set(rows)) == 7
        sessions.append(rows)
    assert sessions[0] == sessions[-1]


@pytest.mark.parametrize("name", ["auto", "badge", *OF_NETWORKS])
@with_a_network
def test_three_classes_of_which_one_is_not_seen_yet(name, framework):
    begun = THREE.begun(THREE.start[:4])
    made = begin(EVERY[name], network(framework, 3), begun, [0, 1, 2], minority=2)
    assert len(set(ask(made, THREE.codes, rounds=2))) == 8


@pytest.mark.parametrize("name", ["auto", "margin", "badge", "bald"])
@with_a_network
def test_the_names_of_classes_say_nothing(name, framework):
    made = strategy(name, framework)
    sessions = [
        ask(begin(made, network(framework, copy=copy), TWO, classes), TWO.codes, rounds=1)
        for copy, classes in enumerate(([0, 1], ["z", "a"]))
    ]
    assert sessions[0] == sessions[1]
