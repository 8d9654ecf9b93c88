import json
import math

import numpy as np
import pytest
from scipy import stats

from motherlode.errors import InputError
from motherlode.simulation import Results


@pytest.fixture
def results(made_up):
    """Two data sets, three strategies, two seeds; on the second set "auto" misses a seed."""
    found = {
        ("one", "random", 0): ([0, 1, 2], [0.1, 0.2, 0.3]),
        ("one", "random", 1): ([0, 1, 4], [0.1, 0.4, 0.5]),
        ("one", "margin", 0): ([0, 5, 8], [0.1, 0.5, 0.6]),
        ("one", "margin", 1): ([0, 3, 4], [0.1, 0.1, 0.2]),
        ("one", "auto", 0): ([0, 6, 8], [0.1, 0.6, 0.7]),
        ("one", "auto", 1): ([0, 6, 9], [0.1, 0.3, 0.35]),
        ("two", "random", 0): ([0, 0, 0], [0.1, 0.1, 0.1]),
        ("two", "random", 1): ([0, 0, 0], [0.1, 0.1, 0.1]),
        ("two", "margin", 0): ([0, 1, 1], [0.1, 0.2, 0.2]),
        ("two", "margin", 1): ([0, 0, 1], [0.1, 0.1, 0.3]),
        ("two", "auto", 1): ([0, 0, 3], [0.1, 0.1, 0.1]),
    }
    return Results(made_up(*key, *values) for key, values in found.items())


def test_order_is_that_of_the_runs(results):
    assert results.datasets == ["one", "two"]
    assert results.strategies == ["random", "margin", "auto"]
    assert repr(results) == "Results(11 runs: 2 data sets, 3 strategies)"
    assert set(results.cell("two", "auto")) == {1}
    assert results.cell("two", "nothing") == {}


def test_final_and_area_by_seed(results):
    assert results.values("one", "margin", "positives") == {0: 8.0, 1: 4.0}
    assert results.values("one", "margin", "positives", of="area") == {0: 4.5, 1: 2.5}
    assert results.values("one", "margin", "recall") == {0: 0.4, 1: 0.2}


def test_the_interval_is_students(results):
    estimate = results.estimate("one", "margin", "positives")
    low, high = stats.t.interval(0.95, 1, loc=6.0, scale=stats.sem([8, 4]))
    assert estimate.mean == 6.0
    assert (estimate.low, estimate.high) == (pytest.approx(low), pytest.approx(high))
    assert estimate.seeds == 2


def test_one_seed_has_no_interval(results):
    estimate = results.estimate("two", "auto", "positives")
    assert (estimate.mean, estimate.seeds) == (3.0, 1)
    assert math.isnan(estimate.low)
    assert math.isnan(estimate.high)


def test_no_run_has_no_mean(results):
    with pytest.raises(InputError, match="no run"):
        results.estimate("three", "auto", "positives")
    with pytest.raises(InputError, match="no run of 'auto' on 'three'"):
        results.curve("three", "auto", "positives")


def test_a_table_has_a_row_for_each_that_was_run(results):
    rows = results.table("positives")
    assert [(r["dataset"], r["strategy"], r["mean"]) for r in rows] == [
        ("one", "random", 3.0), ("one", "margin", 6.0), ("one", "auto", 8.5),
        ("two", "random", 0.0), ("two", "margin", 1.0), ("two", "auto", 3.0),
    ]  # fmt: skip
    assert set(rows[0]) == {"dataset", "strategy", "mean", "low", "high", "seeds"}


@pytest.mark.parametrize(("metric", "of"), [("accuracy", "final"), ("positives", "start")])
def test_unknown_metrics_and_summaries_are_refused(results, metric, of):
    with pytest.raises(InputError, match=r"no (metric|summary) '(accuracy|start)'; use"):
        results.values("one", "auto", metric, of)


def test_curves_are_means_with_intervals(results):
    curve = results.curve("one", "random", "average_precision")
    assert curve.labels.tolist() == [0, 10, 20]
    assert curve.mean == pytest.approx([0.1, 0.3, 0.4])
    half = stats.t.ppf(0.975, 1) * 0.1
    assert curve.high - curve.mean == pytest.approx([0, half, half])
    assert curve.mean - curve.low == pytest.approx([0, half, half])


def test_curves_are_averaged_where_all_seeds_were_scored(made_up):
    short = made_up("d", "s", 0, [0, 2], [0.1, 0.2], labels=(0, 20))
    long = made_up("d", "s", 1, [0, 3, 4], [0.1, 0.5, 0.4])
    curve = Results([short, long]).curve("d", "s", "positives")
    assert curve.labels.tolist() == [0, 20]
    assert curve.mean.tolist() == [0, 3]


def test_wins_over_pairs_that_both_ran(results):
    wins = results.win_matrix("positives")
    # Pairs of margin and auto: 8 = 8 and 4 < 9 on one, 1 < 3 on two.
    assert wins[1, 2] == 0
    assert wins[2, 1] == pytest.approx(2 / 3)
    # margin against random: 8 > 2, 4 = 4, 1 > 0, 1 > 0.
    assert wins[1, 0] == 3 / 4
    assert wins[0, 1] == 0
    assert np.isnan(np.diag(wins)).all()


def test_wins_by_area_may_differ_from_wins_at_the_end(results):
    # At the end margin and random tie at 4 on set one, seed 1; margin got there earlier.
    assert results.win_matrix("positives", of="area")[1, 0] == 1.0


def test_no_pair_no_share(made_up):
    apart = Results(
        [made_up("d", s, i, [0, 1, 2], [0.1, 0.2, 0.3]) for i, s in enumerate(("a", "b"))]
    )
    assert np.isnan(apart.win_matrix("positives")).all()


class TestAgainstChance:
    def test_ratio_of_positives_on_the_seeds_both_ran(self, results):
        assert results.ratio_to_random("one", "margin") == 12 / 6
        assert results.ratio_to_random("one", "random") == 1.0

    def test_no_ratio_to_nothing(self, results, made_up):
        assert math.isnan(results.ratio_to_random("two", "margin"))
        alone = Results([made_up("d", "auto", 0, [0, 1, 2], [0.1, 0.2, 0.3])])
        assert alone.baseline is None
        assert math.isnan(alone.ratio_to_random("d", "auto"))
        assert math.isnan(alone.labels_random_needs("d", "auto", "average_precision"))

    def test_labels_for_as_many_positives_are_those_of_a_random_order(self, results):
        # 199 rows to ask about, 20 of them positive; margin found 8 and 4.
        needed = results.labels_random_needs("one", "margin", "positives")
        assert needed == pytest.approx(6 * 200 / 21)
        rng = np.random.default_rng(0)
        at = [np.flatnonzero(rng.permutation(199) < 20)[[7, 3]].mean() + 1 for _ in range(20_000)]
        assert needed == pytest.approx(np.mean(at), abs=0.5)

    def test_labels_for_as_good_a_model_are_read_off_the_curve(self, results):
        # Random is at .1, .3, .4 on average; margin ends at .4, auto beyond.
        assert results.labels_random_needs("one", "margin", "average_precision") == 20
        assert math.isnan(results.labels_random_needs("one", "auto", "average_precision"))

    @pytest.mark.parametrize("name", ["random", "Random"])
    def test_the_baseline_goes_by_its_name(self, made_up, name):
        runs = [made_up("d", s, 0, [0, 1, 2], [0.1, 0.2, 0.3]) for s in ("margin", name)]
        assert Results(runs).baseline == name


def test_a_run_counts_once(made_up):
    run = made_up("d", "s", 7, [0, 1, 2], [0.1, 0.2, 0.3])
    with pytest.raises(InputError, match="two runs of s on d with seed 7"):
        Results([run, run])


def test_json_holds_everything(results, tmp_path):
    path = tmp_path / "results.json"
    results.to_json(path)
    whole = json.loads(path.read_text(), parse_constant=lambda name: pytest.fail(name))
    assert len(whole["runs"]) == 11
    entry = next(
        row
        for row in whole["summary"]
        if (row["metric"], row["of"], row["dataset"], row["strategy"])
        == ("positives", "final", "two", "auto")
    )
    assert (entry["mean"], entry["low"], entry["seeds"]) == (3.0, None, 1)


# Frames


def test_a_frame_has_a_row_for_each_round_of_each_run(made_up):
    runs = [
        made_up("one", s, seed, [0, 1, 2 + seed], [0.1, 0.2, 0.3]) for s in "ab" for seed in (0, 1)
    ]
    frame = Results(runs).to_frame()
    assert len(frame) == 4 * 3
    assert list(frame.columns)[:6] == [
        "dataset",
        "strategy",
        "seed",
        "round",
        "labels",
        "positives",
    ]
    last = frame[(frame.strategy == "b") & (frame.seed == 1) & (frame["round"] == 2)].iloc[0]
    assert (last.labels, last.positives, last.average_precision) == (20, 3, 0.3)
    assert frame.groupby(["strategy", "seed"])["round"].max().eq(2).all()


def paired(made_up, found):
    """Results of the strategies named, whose runs found so many with seeds 0, 1, 2, …"""
    return Results(
        made_up("one", s, seed, [0, 0, n], [0.1, 0.2, 0.3])
        for s, each in found.items()
        for seed, n in enumerate(each)
    )


def test_a_paired_test_is_students(made_up):
    results = paired(made_up, {"random": [1, 2, 3, 4], "good": [4, 7, 6, 8], "same": [1, 3, 3, 3]})
    frame = results.compare().set_index("strategy")
    good = frame.loc["good"]
    expected = stats.ttest_rel([4, 7, 6, 8], [1, 2, 3, 4])
    interval = expected.confidence_interval(0.95)
    assert good.difference == 3.75
    assert (good.low, good.high) == pytest.approx((interval.low, interval.high))
    assert good.p_value == pytest.approx(expected.pvalue)
    assert good.p_holm == pytest.approx(2 * expected.pvalue)
    assert (good.pairs, good.wins, good.ties, good.losses) == (4, 4, 0, 0)
    same = frame.loc["same"]
    assert (same.wins, same.ties, same.losses, same.difference) == (1, 2, 1, 0)
    assert set(frame.against) == {"random"}


def test_only_seeds_that_both_were_run_with_are_compared(made_up):
    frame = paired(made_up, {"random": [1, 2], "long": [3, 5, 9, 9]}).compare()
    assert frame.pairs.tolist() == [2]
    assert frame.difference.tolist() == [2.5]


@pytest.mark.parametrize("found", [[3], [3, 4]])
def test_differences_without_spread_prove_nothing(made_up, found):
    frame = paired(made_up, {"random": [1, 2][: len(found)], "more": found}).compare()
    assert frame.difference.tolist() == [2]
    assert np.isnan(frame.p_value).all()
    equal = paired(made_up, {"random": [1, 2], "more": [1, 2]}).compare()
    assert equal.p_value.tolist() == [1]


def test_what_cannot_be_compared_is_said(made_up):
    with pytest.raises(InputError, match="against=None is none of the strategies, a, b"):
        paired(made_up, {"a": [1], "b": [2]}).compare()
    assert paired(made_up, {"a": [1], "b": [2]}).compare(against="b").strategy.tolist() == ["a"]
    with pytest.raises(InputError, match="there is no strategy to compare it with"):
        paired(made_up, {"random": [1]}).compare()
