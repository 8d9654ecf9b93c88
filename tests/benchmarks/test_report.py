import math

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sklearn.ensemble import RandomForestClassifier

from benchmarks.datasets import NAMES
from benchmarks.efficiency import journal, models, report
from benchmarks.efficiency.__main__ import QUICK, main
from benchmarks.efficiency.compare import Arms, Comparison, compare
from benchmarks.efficiency.peers import PEERS, chosen_peers
from benchmarks.efficiency.pictures import mean_curve
from benchmarks.efficiency.sets import Prepared
from benchmarks.efficiency.setting import Setting
from benchmarks.efficiency.summary import FOUND, Summary, duel, spread
from benchmarks.efficiency.whole import WholePools
from motherlode.simulation import Dataset, Results, Round, Run


@pytest.fixture
def runs(tmp_path, monkeypatch):
    monkeypatch.setattr(journal, "RUNS", tmp_path / "runs")
    return tmp_path / "runs"


def dataset(name, negatives, positives):
    rng = np.random.default_rng(negatives)
    labels = np.repeat([0, 1], [negatives, positives])
    data = rng.normal(size=(len(labels), 3)) + 2.0 * labels[:, None]
    return Prepared(Dataset(name, data, labels, minority=1), "")


def run(on, arm, found, precision, seed=0):
    rounds = tuple(
        Round(labels, 0, recall, ap, 0.5, 0.0, 0.0, 0.0, 0.0)
        for labels, recall, ap in zip((0, 10, 20), found, precision, strict=True)
    )
    return Run(on, arm, seed, 1, (), (), 100, 5, rounds, 2.0)


def comparison():
    """Two rare sets and a common one; "near" wins one of the rare, "far" the other."""
    curves = {
        "random": {"a": (0.0, 0.1, 0.1), "b": (0.0, 0.0, 0.1), "c": (0, 0, 0)},
        "auto": {"a": (0.0, 0.4, 0.6), "b": (0.0, 0.4, 0.4), "c": (1, 1, 1)},
        "near": {"a": (0.0, 0.2, 0.4), "b": (0.0, 0.6, 0.6), "c": (0, 0, 0)},
        "far": {"a": (0.0, 0.5, 0.7), "b": (0.0, 0.1, 0.2), "c": (0, 0, 0)},
        "small": {"a": (0.9, 0.9, 0.9)},
    }
    results = Results(
        [run(on, arm, of, of) for arm, sets in curves.items() for on, of in sets.items()]
    )
    sizes = {"a": (40, 2), "b": (39, 2), "c": (38, 2)}  # 39 to 2 counts as 1:20
    return Comparison(
        results,
        [dataset(name, *size) for name, size in sizes.items()],
        ["random", "auto"],
        ["near", "far", "small"],
        {("a", 0): 0.5, ("b", 0): 0.5, ("c", 0): 1.0},
        {"small": "b"},
    )


def test_the_best_peer_is_the_highest_mean_of_those_run_on_every_rare_set():
    summary = Summary(comparison())
    assert summary.sets == ["a", "b"]
    assert summary.best_peer(FOUND) == "near"  # 0.5 against 0.45; "small" has 0.9 on one set
    assert summary.over_sets("near", FOUND).mean == pytest.approx(0.5)
    assert summary.over_sets("small", FOUND).sets == 1
    assert summary.ratio("auto", "near", FOUND) == pytest.approx(1.0)
    assert summary.ratio("auto", "random", FOUND) == pytest.approx(5.0)
    assert math.isnan(summary.ratio("auto", None, FOUND))
    assert summary.seconds("auto") == 2.0


def test_hindsight_takes_the_best_arm_of_each_set():
    summary = Summary(comparison())
    assert summary.hindsight(["near", "far"], FOUND).mean == pytest.approx((0.7 + 0.6) / 2)
    assert summary.hindsight(summary.arms, FOUND).mean == pytest.approx((0.9 + 0.6) / 2)


def test_duels_count_sets_and_small_differences_tie():
    summary = Summary(comparison())
    assert summary.duel("auto", "near", FOUND)[:3] == (1, 0, 1)
    assert summary.gain("auto", "near", FOUND).mean == pytest.approx(0.0)
    assert duel(np.array([1.0, 0.5]), np.array([0.995, 0.4]))[:3] == (1, 1, 0)
    # Six wins of six: the smallest p that six pairs can have, 2 / 2 ** 6.
    assert duel(np.arange(2.0, 8.0), np.zeros(6)).p == pytest.approx(2 / 64)
    assert math.isnan(duel(np.ones(3), np.ones(3)).p)


def test_the_interval_is_that_of_student():
    assert spread([0.2, 0.4]).half == pytest.approx(12.7062 * 0.1, rel=1e-4)
    assert math.isnan(spread([0.2]).half)
    assert math.isnan(spread([]).mean)


def test_labels_needed_are_counted_to_nine_tenths_of_the_whole_pool():
    summary = Summary(comparison())
    # 0.45 is reached by "auto" after 20 labels on a, and never on b.
    assert summary.needed("auto") == (0.5, math.inf)
    assert summary.needed("near") == (0.5, math.inf)
    assert summary.needed("small") == (1.0, 0.0)


def test_the_mean_curve_is_over_rare_sets():
    labels, heights = mean_curve(Summary(comparison()), "auto", "recall")
    assert labels.tolist() == [0, 10, 20]
    assert heights == pytest.approx([0.0, 0.4, 0.5])


def test_the_page_marks_the_best_peer_and_counts_what_is_missing(tmp_path):
    report.write(comparison(), Setting(budget=20), 1, "python -m …", tmp_path)
    page = (tmp_path / "RESULTS.md").read_text()
    finding, learning = page.split("## Learning it")
    assert "| **near** † | 0.0 | 0.500" in finding
    assert "| small (1 of 2 sets) |" in finding
    assert "| **near** †" in learning
    assert "never (50%)" in learning
    assert "`small` is not run on b" in page
    assert "| b | 41 | 20 | 5 | 0.100 | 0.400 | **0.600** | 0.200 |  |" in page
    for name in ("found.svg", "curves.svg"):
        assert f"![]({name})" in page
        assert (tmp_path / name).read_text().startswith("<?xml")


def test_without_a_rare_set_the_page_says_so(tmp_path):
    whole = comparison()
    common = Comparison(
        whole.results, whole.prepared[2:], whole.strategies, whole.peers[:2], whole.whole, {}
    )
    report.write(common, Setting(), 1, "python -m …", tmp_path)
    assert "No set of this run holds 20 others" in (tmp_path / "RESULTS.md").read_text()
    assert not (tmp_path / "found.svg").exists()


def test_a_comparison_stops_between_pieces_and_goes_on(runs):
    prepared = [dataset("a", 60, 8), dataset("b", 50, 8)]
    arms = Arms(["random"], chosen_peers(["asreview_default"]))
    setting = Setting(budget=4, batch=4, model="logistic")
    cut = compare(setting, prepared, arms, seeds=2, minutes=0.0, whole_pools=True)
    assert [(r.dataset, r.strategy, r.seed) for r in cut.results.runs] == [
        ("a", "random", 0),
        ("a", "asreview_default", 0),
    ]
    assert list(cut.whole) == [("a", 0)]
    whole = compare(setting, prepared, arms, seeds=2, whole_pools=True)
    assert (whole.strategies, whole.peers) == (["random"], ["asreview_default"])
    assert len(whole.results.runs) == 8
    assert whole.results.runs[0] == cut.results.runs[0]
    assert whole.whole["a", 0] == cut.whole["a", 0]


def test_a_peer_is_left_out_of_a_set_too_large_for_it(runs, monkeypatch):
    monkeypatch.setattr(type(PEERS["skactiveml_probcover"]), "most_rows", property(lambda _: 35))
    prepared = [dataset("a", 60, 8), dataset("b", 40, 8)]
    arms = Arms(["random"], {"probcover": PEERS["skactiveml_probcover"]})
    out = compare(Setting(budget=2, batch=2, model="logistic"), prepared, arms, seeds=1)
    assert list(out.results.cell("a", "probcover")) == []
    assert list(out.results.cell("b", "probcover")) == [0]
    assert out.left_out == {"probcover": "a, with more than 35 rows in the pool"}


def test_the_whole_pool_is_fitted_once(runs, monkeypatch):
    of = dataset("a", 60, 8).dataset
    path = journal.journal("whole", peers=True)
    first = WholePools(path, "logistic").average_precision(of, 0)
    assert 0.5 < first <= 1
    path.write_text(path.read_text() + '{"set": "torn')
    monkeypatch.setattr("benchmarks.efficiency.whole._fully_labelled", lambda *_: 0.0)
    again = WholePools(path, "logistic")
    assert again.average_precision(of, 0) == first
    assert again.average_precision(of, 1) == 0.0
    assert WholePools(path, "logistic").average_precision(of, 1) == 0.0
    assert len(path.read_text().splitlines()) == 3


def test_peers_outlive_a_change_of_our_strategies_and_nothing_else(runs, tmp_path, monkeypatch):
    package = tmp_path / "package"
    for folder in ("strategies", "models", "cli"):
        (package / folder).mkdir(parents=True)
        (package / folder / "one.py").write_text("1")
    monkeypatch.setattr("motherlode.__file__", str(package / "__init__.py"))

    def names():
        return journal.journal("x"), journal.journal("x", peers=True)

    ours, theirs = names()
    (package / "cli" / "one.py").write_text("2")
    assert names() == (ours, theirs)
    (package / "strategies" / "one.py").write_text("2")
    assert names()[0] != ours
    assert names()[1] == theirs
    (package / "models" / "one.py").write_text("2")
    assert names()[1] != theirs


def test_whoever_asks_the_final_model_of_the_same_labels_is_the_same(runs):
    arms = Arms(["margin"], chosen_peers(["asreview_default"]))
    setting = Setting(budget=60, batch=30, model="logistic")
    out = compare(setting, [dataset("a", 60, 8)], arms, seeds=1, whole_pools=True)
    ends = [r.rounds[-1].average_precision for r in out.results.runs]
    assert ends == pytest.approx([out.whole["a", 0]] * 2)


def test_a_final_model_has_a_name():
    assert models.final("default") is None
    assert isinstance(models.final("forest"), RandomForestClassifier)


def test_the_logistic_model_scales_tables_and_leaves_tfidf():
    X = np.array([[1.0, 100.0], [3.0, 300.0]])
    assert models.DenseScaler().fit_transform(X).tolist() == [[-1, -1], [1, 1]]
    assert models.DenseScaler().fit_transform(csr_matrix(X)).toarray().tolist() == X.tolist()


def test_the_quick_preset_gives_way_to_what_is_typed(runs, capsys, tmp_path):
    assert set(QUICK["sets"]) <= set(NAMES)
    typed = "--quick --sets digits8 --max-rows 200 --seeds 1 --budget 2 --batch 2 --score-every 2"
    folder = tmp_path / "page"
    asked = ["--strategies", "random", "--peers", "modal_default", "--report", str(folder)]
    assert main([*typed.split(), *asked, "--model", "logistic"]) == 0
    printed = capsys.readouterr().out
    assert "| digits8 | 200 | random |" in printed
    assert "| digits8 | 200 | modal_default |" in printed
    page = (folder / "RESULTS.md").read_text()
    assert "--model logistic" in page
    assert "2 labels in batches of 2" in page
