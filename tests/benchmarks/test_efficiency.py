import math

import numpy as np
import pytest

from benchmarks.datasets import DEVELOP, JUDGE
from benchmarks.efficiency import journal
from benchmarks.efficiency.__main__ import main
from benchmarks.efficiency.sets import LARGE, chosen, prepare, stratified
from benchmarks.efficiency.table import area_ratio
from motherlode.errors import InputError
from motherlode.simulation import Results, Round, Run

SMALL = ["--sets", "digits8", "--seeds", "1", "--budget", "2", "--batch", "2"]


@pytest.fixture
def runs(tmp_path, monkeypatch):
    monkeypatch.setattr(journal, "RUNS", tmp_path / "runs")
    return tmp_path / "runs"


def run(strategy, seed, average_precision):
    rounds = tuple(
        Round(labels, 0, 0.0, ap, 0.5, 0.0, 0.0, 0.0, 0.0)
        for labels, ap in zip((0, 10), average_precision, strict=True)
    )
    return Run("tiny", strategy, seed, 0, (), (), 100, 5, rounds, 1.0)


def test_a_stratified_sample_keeps_the_share_of_positives():
    labels = np.zeros(1_000, np.int8)
    labels[::20] = 1
    rows = stratified(labels, 400)
    assert len(np.unique(rows)) == 400
    assert (np.diff(rows) > 0).all()
    assert labels[rows].sum() == 20
    assert np.array_equal(rows, stratified(labels, 400))


def test_a_sample_never_has_fewer_positives_than_can_be_split():
    labels = np.zeros(1_000, np.int8)
    labels[:10] = 1
    assert labels[stratified(labels, 100)].sum() == 4
    labels[3:] = 0
    assert labels[stratified(labels, 100)].sum() == 3


def test_a_set_is_cut_only_when_asked_and_says_so():
    whole = prepare("digits8")
    assert (len(whole.dataset.labels), whole.note) == (1_797, "")
    assert prepare("digits8", max_rows=1_797).note == ""
    cut = prepare("digits8", max_rows=300)
    assert cut.note == "stratified sample of 1,797 rows, seed 0"
    assert cut.dataset.is_positive.sum() == 29
    assert len(cut.dataset.data) == len(cut.dataset.labels) == 300
    rows = stratified(whole.dataset.labels, 300)
    assert np.array_equal(cut.dataset.data, whole.dataset.data[rows])


def test_large_sets_are_pointed_out(monkeypatch):
    assert LARGE == 25_000
    monkeypatch.setattr("benchmarks.efficiency.sets.LARGE", 1_000)
    assert prepare("digits8").note == "large"


def test_a_half_stands_for_its_sets():
    assert chosen(["develop"]) == list(DEVELOP)
    assert chosen(["sylva", "judge"]) == ["sylva", *(n for n in JUDGE if n != "sylva")]
    with pytest.raises(InputError, match="'no_such_set'"):
        chosen(["satimage", "no_such_set"])


def test_the_ratio_is_over_the_seeds_that_both_have_run():
    results = Results(
        [
            run("Random", 0, (0.1, 0.3)),
            run("Random", 1, (0.2, 0.2)),
            run("Margin", 0, (0.3, 0.5)),
            run("Margin", 2, (0.9, 0.9)),
        ]
    )
    assert area_ratio(results, "tiny", "Margin") == pytest.approx(0.4 / 0.2)
    assert area_ratio(results, "tiny", "Random") == pytest.approx(1.0)
    alone = Results([run("Margin", 0, (0.3, 0.5))])
    assert math.isnan(area_ratio(alone, "tiny", "Margin"))


def test_the_comparison_prints_a_line_for_each_strategy_and_goes_on_from_its_journal(runs, capsys):
    arguments = [*SMALL, "--strategies", "random,margin", "--max-rows", "300"]
    assert main(arguments) == 0
    first = capsys.readouterr()
    lines = first.out.splitlines()
    assert len(lines) == 4
    assert "| digits8 | 300 |" in lines[2]
    assert "| 16 |" in lines[2]  # 29 positives, 40 % of them, 12, to the test part, one known
    assert "stratified sample of 1,797 rows, seed 0" in lines[2]
    assert "2/2 digits8" in first.err
    assert [path.suffix for path in runs.iterdir()] == [".jsonl"]
    assert main(arguments) == 0
    second = capsys.readouterr()
    assert second.out == first.out
    assert "digits8" not in second.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--sets", "no_such_set"], "no_such_set"),
        (["--strategies", "no_such_strategy"], "no_such_strategy"),
        (["--budget", "0"], "budget"),
        (["--seeds", "few"], "few"),
        (["--seeds", "0"], "seeds"),
        (["--max-rows", "5"], "max-rows"),
        (["--jobs", "0"], "jobs"),
        (["--score-every", "0"], "score-every"),
        (["--peers", "no_such_peer"], "no_such_peer"),
        (["--model", "boosting"], "boosting"),
    ],
)
def test_a_wrong_argument_ends_with_code_2_and_its_name(runs, capsys, arguments, message):
    with pytest.raises(SystemExit) as stopped:
        main([*SMALL, *arguments])
    assert stopped.value.code == 2
    assert message in capsys.readouterr().err
