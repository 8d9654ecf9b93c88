"""Asking, judging, and both together in pieces."""

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy.sparse import csr_matrix

from benchmarks.efficiency import journal, models
from benchmarks.efficiency.arms import Arm, chosen_arms
from benchmarks.efficiency.asking import Asking
from benchmarks.efficiency.compare import compare, pieces
from benchmarks.efficiency.judging import Judge, fits
from benchmarks.efficiency.models import Exam
from benchmarks.efficiency.peers import PEERS
from benchmarks.efficiency.sets import Prepared
from benchmarks.efficiency.setting import Setting
from motherlode.metrics import average_precision
from motherlode.simulation import Dataset, split
from motherlode.simulation import run as simulated


def dataset(name, negatives, positives):
    rng = np.random.default_rng(negatives)
    labels = np.repeat([0, 1], [negatives, positives])
    data = rng.normal(size=(len(labels), 3)) + 2.0 * labels[:, None]
    return Prepared(Dataset(name, data, labels, minority=1), "")


def setting(**changed):
    return Setting(
        **{"budget": 8, "batch": 4, "score_every": 4, "finals": ("logistic",), **changed}
    )


def silent(*_):
    """Says nothing."""


def test_a_judged_run_is_that_of_a_simulation_that_judges_as_it_asks(runs):
    of = dataset("a", 60, 8)
    exam = Exam(of.dataset, 0)
    asked = Asking(setting(), [Arm("margin", "margin")]).runs(of, "one", 0, silent)
    (judged,) = Judge("default").judged(asked, exam, 4)
    whole = simulated(of.dataset, "margin", budget=8, batch=4, seed=0)
    assert judged == replace(whole, watched=())
    assert [r.labels for r in judged.rounds] == [0, 4, 8]


def test_a_run_is_judged_at_nought_at_every_so_many_and_at_its_end():
    run = simulated(dataset("a", 60, 8).dataset, "random", budget=7, batch=7)
    assert [len(fit.rows) for fit in fits(run, 3)] == [1, 4, 7, 8]
    assert [len(fit.rows) for fit in fits(run, 7)] == [1, 8]
    assert fits(run, 3)[1] == (run.rows[:4], 1)


def test_the_plain_model_is_fitted_on_the_labels_alone():
    of = dataset("a", 60, 8).dataset
    data, labels, test_data, test_labels = split(of, 3)
    rows = (*np.flatnonzero(labels == 1)[:2].tolist(), *np.flatnonzero(labels == 0)[:5].tolist())
    scores = Exam(of, 3).scores("logistic", rows, 1)
    centre, width = data[list(rows)].mean(axis=0), data[list(rows)].std(axis=0)
    plain = models.LogisticRegression().fit((data[list(rows)] - centre) / width, labels[list(rows)])
    ranked = plain.decision_function((test_data - centre) / width)
    assert scores["average_precision"] == average_precision(test_labels == 1, ranked)


def test_texts_are_judged_too():
    words = {0: ("sand", "clay", "loam"), 1: ("lode", "vein", "seam")}
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 1], [40, 10])
    texts = [" ".join(rng.choice([*words[y], "dig", "hill"], 4)) for y in labels]
    of = Dataset("texts", texts, labels, minority=1)
    every_row = tuple(range(len(split(of, 0)[1])))
    for final in models.FINALS:
        assert Exam(of, 0).scores(final, every_row, 0)["average_precision"] > 0.8


def test_one_class_is_a_constant_score():
    of = dataset("a", 60, 8).dataset
    assert Exam(of, 0).scores("default", (), 0)["average_precision"] == pytest.approx(3 / 27)


def test_the_same_labels_are_judged_once(runs, monkeypatch):
    of = dataset("a", 60, 8)
    asked = Asking(setting(), [Arm("margin", "margin")]).runs(of, "one", 0, silent)
    first = Judge("logistic").judged(asked, Exam(of.dataset, 0), 4)
    judge = Judge("logistic")
    lines = judge.path.read_text().splitlines()
    assert len(lines) == 3
    judge.path.write_text("\n".join([*lines, '{"of": "torn']))
    monkeypatch.setattr(Exam, "scores", lambda *_: dict(json.loads(lines[0]), of=None))
    again = Judge("logistic")
    assert again.judged(asked, Exam(of.dataset, 0), 4) == first
    assert len(judge.path.read_text().splitlines()) == 4


def test_whoever_asks_the_whole_pool_is_judged_alike(runs):
    arms = chosen_arms(["margin"], ["asreview_default"])
    of = dataset("a", 60, 3)
    out = compare(setting(budget=60, batch=30, score_every=30), [of], arms, seeds=1)
    ends = [r.rounds[-1].average_precision for r in out.results["one", "logistic"].runs]
    assert ends == pytest.approx([out.whole["logistic"]["a", 0]] * 2)


def test_pieces_go_seed_by_seed_and_rare_sets_first():
    prepared = [dataset("common", 30, 8), dataset("rare", 60, 3)]
    order = [(of.dataset.name, start, seed) for of, start, seed in pieces(setting(), prepared, 2)]
    of_a_seed = [("rare", "one"), ("rare", "none"), ("common", "one")]
    assert order == [(*piece, seed) for seed in (0, 1) for piece in of_a_seed]


def test_a_comparison_stops_between_pieces_and_goes_on(runs):
    prepared = [dataset("a", 60, 3), dataset("b", 50, 8)]
    arms = chosen_arms(["random"], ["asreview_default"])
    cut = compare(setting(), prepared, arms, seeds=2, minutes=0.0)
    assert (cut.done, cut.pieces) == (1, 6)
    assert list(cut.results) == [("one", "logistic")]
    assert [(r.dataset, r.strategy, r.seed) for r in cut.results["one", "logistic"].runs] == [
        ("a", "random", 0),
        ("a", "asreview_default", 0),
    ]
    whole = compare(setting(), prepared, arms, seeds=2, jobs=2)
    assert whole.done == 6
    assert len(whole.results["one", "logistic"].runs) == 8
    assert len(whole.results["none", "logistic"].runs) == 4
    assert whole.results["one", "logistic"].runs[0] == cut.results["one", "logistic"].runs[0]
    assert set(whole.whole["logistic"]) == {("a", 0), ("a", 1)}


def test_a_peer_is_left_out_of_a_set_too_large_for_it(runs, monkeypatch):
    monkeypatch.setattr(type(PEERS["skactiveml_probcover"]), "most_rows", property(lambda _: 35))
    prepared = [dataset("a", 60, 8), dataset("b", 40, 8)]
    out = compare(setting(), prepared, chosen_arms(["random"], ["skactiveml_probcover"]), seeds=1)
    results = out.results["one", "logistic"]
    assert list(results.cell("a", "skactiveml_probcover")) == []
    assert list(results.cell("b", "skactiveml_probcover")) == [0]
    why = "a (its pool of 41 rows is above the limit of 35)"
    assert out.left_out == {"skactiveml_probcover": why}


def test_what_is_kept_outlives_changes_of_what_it_does_not_hang_on(runs, tmp_path, monkeypatch):
    package = tmp_path / "package"
    for name in ("strategies/a", "models/a", "pool/a", "cli/a", "simulation/_start", "learner"):
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / f"{name}.py").write_text("1")
    monkeypatch.setattr("motherlode.__file__", str(package / "__init__.py"))

    def changed(name):
        before = {kind: journal.journal("x", kind) for kind in journal.HANGS_ON}
        (package / f"{name}.py").write_text("2")
        return {kind for kind, path in before.items() if journal.journal("x", kind) != path}

    assert changed("cli/a") == set()
    assert changed("strategies/a") == {"own"}
    assert changed("models/a") == changed("learner") == {"own", "default", "labelled"}
    assert changed("pool/a") == {"own", "default", "labelled", "logistic"}
    assert changed("simulation/_start") == {"own", "random", "peer"}


def test_peers_have_one_file_and_our_goals_one_each(runs):
    asking = Asking(setting(), chosen_arms(["random", "auto"], ["modal_default"]))
    names = {key: path.name for key, path in asking.paths.items()}
    assert names["one", "peer", "both"].startswith("asked-from-one-8-by-4-of-10000-rows-by-peer-")
    assert "-by-own-to-find-" in names["none", "own", "find"]
    assert len(set(names.values())) == 2 * 5


def test_the_logistic_model_scales_tables_and_leaves_tfidf():
    X = np.array([[1.0, 100.0], [3.0, 300.0]])
    assert models.DenseScaler().fit_transform(X).tolist() == [[-1, -1], [1, 1]]
    assert models.DenseScaler().fit_transform(csr_matrix(X)).toarray().tolist() == X.tolist()
