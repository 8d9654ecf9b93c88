"""Tasks of a data scientist, each a script: it runs, says what it found, and beats chance."""

import pytest

from .test_examples import example

pytest.importorskip("pandas")


def test_fraud_is_found_with_xgboost_in_hand(capsys):
    pytest.importorskip("xgboost")
    said = example("xgboost_in_hand").main(labels=60, rows=3_000)
    assert said["found"] >= 10 * said["by chance"]
    assert said["average precision"] > 0.5
    assert "60 payments opened" in capsys.readouterr().out


@pytest.mark.parametrize(("model", "factor"), [("lightgbm", 6), ("histogram", 2)])
def test_a_model_reads_categories_and_gaps(model, factor, capsys):
    if model == "lightgbm":
        pytest.importorskip("lightgbm")
    found, chance = example("categories_and_gaps").main(model, labels=100, rows=1_500)
    assert found >= factor * chance
    assert "NaN" in capsys.readouterr().out  # gaps come and go as they are


def test_a_search_is_led_by_f1_of_the_rare_class(capsys):
    score, chosen = example("grid_search_in_the_loop").main(labels=40)
    assert score > 0.8
    assert set(chosen) == {"svc__C", "svc__gamma"}
    assert "The last search chose" in capsys.readouterr().out


def test_a_search_goes_on_the_next_day(tmp_path, capsys):
    learner = example("go_on_tomorrow").main(tmp_path / "search")
    assert len(learner.pool) == 2_400
    rows, labels = learner.labelled
    assert (rows >= 1_600).any()
    assert 7 not in rows or learner.origins_of([7])[0].channel != "given"
    assert (labels == "fire").sum() > 30
    out = capsys.readouterr().out
    assert out.index("Monday") < out.index("Tuesday") < out.index("learner.json")


def test_the_rest_and_the_model_are_handed_over(tmp_path):
    pytest.importorskip("skops")
    said = example("hand_it_over").main(tmp_path)
    assert said["same answers"] == 1
    assert said["leave among those ranked"] > 0
    assert said["refitted finds"] > 0.5
    listed = (tmp_path / "to_call.csv").read_text(encoding="utf-8").splitlines()
    assert listed[0] == "calls,months,tariff,paid_late,customer,probability,deviation"
    assert len(listed) == 101


def test_a_strategy_of_ones_own_is_compared(capsys):
    results = example("own_strategy").main(seeds=3, budget=40)
    assert results.estimate("eights", "mine", "positives").mean > 2 * (
        results.estimate("eights", "random", "positives").mean
    )
    assert "paired t test" in capsys.readouterr().out


def test_abstracts_are_screened_from_a_file(tmp_path):
    pytest.importorskip("rispy")
    found, read = example("review_of_abstracts").main(tmp_path / "refs.ris")
    assert found >= 18
    assert read <= 210


def test_what_is_left_is_within_its_interval(capsys):
    truly, low, high = example("how_many_are_left").main(labels=400)
    assert low <= truly <= high
    assert "Truly left" in capsys.readouterr().out


def test_a_model_is_evaluated(tmp_path, capsys):
    report = example("how_good_is_a_model").main(tmp_path / "report.html", rows=4_000, width=0.15)
    assert report.is_reached
    assert "<svg" in (tmp_path / "report.html").read_text()
    assert "corrected: 0.0" in capsys.readouterr().out


def test_asking_finds_what_another_model_misses(tmp_path):
    asked, read = example("scores_of_another_model").main(tmp_path / "scored.csv")
    assert asked >= 1.5 * read
