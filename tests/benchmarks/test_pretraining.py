"""The benchmark of the pretrained network: which rows are labelled, and what the page says."""

from dataclasses import replace

import numpy as np
import pytest

from benchmarks.pretraining import cells, report
from benchmarks.pretraining.__main__ import known
from benchmarks.pretraining.cells import MODELS, Cell, label, measure, pick, plan, thin
from benchmarks.proving.arms import WITH_NETWORK
from tests.benchmarks.test_proving import clusters, session

ONE = Cell(
    "abc", "t", "s", "numbers", True, 1, 0.03,
    dict.fromkeys(MODELS, 0.2) | {"network": 0.5}, dict.fromkeys(MODELS, 0.1),
)  # fmt: skip

SHIPPED = {"parameters": 1_234, "bytes": 56, "steps_done": 7, "cpu_seconds": 89}


def test_labels_are_positives_their_neighbours_and_five_by_chance():
    points = np.arange(100.0)[:, None]
    truth = np.arange(100) % 25 == 0
    rows = label(np.random.default_rng(0), points, truth, 2)
    assert truth[rows].sum() == 2
    near = [np.abs(points[rows[truth[rows]]] - points[row]).min() for row in rows[~truth[rows]]]
    assert np.sum(np.array(near) <= 3.0) >= 10
    assert 12 <= len(rows) <= 17


def test_of_a_large_pool_all_positives_are_ranked_and_others_stand_for_more(monkeypatch):
    monkeypatch.setattr(cells, "_MOST_RANKED", 10)
    truth = np.arange(40) < 5
    kept, counts = thin(np.random.default_rng(0), np.arange(40), truth)
    assert truth[kept].sum() == 5
    assert len(kept) == 15
    assert counts.sum() == pytest.approx(40)


def test_every_model_ranks_a_cluster_first():
    ground = pick([clusters()], 0, 3)
    cell = measure(ground, 3, left_out=True, weights="abc", seed=0)
    assert set(cell.precision) == set(MODELS) == set(cell.seconds)
    assert min(cell.precision.values()) > 0.3  # by chance it is 0.05
    assert pick([clusters()], 0, 20) is None  # it holds twelve


def test_every_third_source_had_a_part_in_the_default():
    tasks = [clusters(f"{s}{i}", s) for s in "abcd" for i in range(2)]
    assert [(len(each), left) for _, each, left in plan(tasks)] == [
        (2, False), (2, True), (2, True), (2, False),
    ]  # fmt: skip
    assert list(plan([clusters(kind="posts")])) == []


def test_the_page_compares_whole_searches_of_its_sources():
    found = {("s", "auto"): 10, ("s", WITH_NETWORK): 20, ("else", "auto"): 30}
    led = [
        session("1" * k + "0" * (50 - k), arm=arm, source=source, start="one", positives=40)
        for (source, arm), k in found.items()
    ]
    page = report.page([ONE], SHIPPED, led)
    assert "1 sources" in page
    assert "| one positive known, 50 labels, all | 0.250 | 2.000 [2.000, 2.000] | 0.250" in page


def test_the_page_pairs_cells_and_counts_a_source_once(tmp_path):
    two = [ONE, replace(ONE, positives=3), replace(ONE, source="r", kind="mixed")]
    page = report.page(two, SHIPPED, [])
    assert "| 1 | 2 | 0.200 |" in page
    assert "1,234\nparameters, 56 bytes, 7 steps" in page
    assert "network − forest" in page
    assert report.paired(two, "network", "forest") == "+0.300 ± 0.000"
    apart = [ONE, replace(ONE, source="r", precision=ONE.precision | {"network": 0.3})]
    assert report.paired(apart, "network", "forest") == "+0.200 ± 0.100"
    journal = tmp_path / "cells.jsonl"
    journal.write_text(ONE.line() + "\n" + replace(ONE, weights="old").line() + "\n")
    assert known(journal, "abc") == [ONE]
