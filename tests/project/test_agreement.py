"""Kappas against values worked by hand."""

import numpy as np
import pytest

from motherlode.project._insight.agreement import (
    cohen_kappa,
    fleiss_kappa,
    list_disagreements,
    measure_agreement,
)
from motherlode.project._log.events import SETTLE, Event
from motherlode.project._log.fold import fold
from motherlode.project._log.provenance import Provenance


def events(*said):
    return [
        Event(row, "label", who, 0.0, label=label, id=i, how=Provenance(channel))
        for i, (row, who, label, channel) in enumerate(said, 1)
    ]


def test_fleiss_example_of_the_paper():
    # Fleiss (1971), table 1 as reprinted everywhere: 10 subjects, 14 raters, 5 categories.
    counts = np.array(
        [[0, 0, 0, 0, 14], [0, 2, 6, 4, 2], [0, 0, 3, 5, 6], [0, 3, 9, 2, 0], [2, 2, 8, 1, 1],
         [7, 7, 0, 0, 0], [3, 2, 6, 3, 0], [2, 5, 3, 2, 2], [6, 5, 2, 1, 0], [0, 2, 2, 3, 7]],
        dtype=float,
    )  # fmt: skip
    assert fleiss_kappa(counts) == pytest.approx(0.210, abs=5e-4)


def test_cohen_of_independent_annotators_is_zero():
    assert cohen_kappa(np.outer([0.3, 0.7], [0.6, 0.4])) == pytest.approx(0)


def test_one_class_alone_tells_nothing():
    assert np.isnan(cohen_kappa(np.array([[5.0, 0.0], [0.0, 0.0]])))
    assert np.isnan(fleiss_kappa(np.array([[2.0, 0.0]])))


def test_kappas_of_a_project():
    # ann and ben: rows 0 and 1 alike, row 2 not: table [[1, 1], [0, 1]], kappa (2/3-4/9)/(5/9).
    log = [(0, "ann", "a"), (0, "ben", "a"), (1, "ann", "b"), (1, "ben", "b"),
           (2, "ann", "a"), (2, "ben", "b"), (3, "ann", "a")]  # fmt: skip
    state = fold(events(*((*said, "query") for said in log)))
    found = measure_agreement(state, ("a", "b"))
    assert found["rows"] == 3
    (pair,) = found["cohen"]
    assert pair["annotators"] == ["ann", "ben"]
    assert pair["kappa"] == pytest.approx(0.4)
    # Observed 2/3, shares 1/2 and 1/2.
    assert found["fleiss"] == pytest.approx(1 / 3)
    assert [row for row, _ in list_disagreements(state)] == [2]


def test_settling_leaves_the_kappas_as_they_are():
    log = [(0, "ann", "a", "query"), (0, "ben", "b", "double"), (0, "boss", "b", SETTLE)]
    state = fold(events(*log))
    assert measure_agreement(state, ("a", "b"))["rows"] == 1
    assert len(measure_agreement(state, ("a", "b"))["cohen"]) == 1
    assert list_disagreements(state) == []
