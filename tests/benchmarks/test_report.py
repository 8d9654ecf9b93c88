import math
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.efficiency import report, tables
from benchmarks.efficiency.arms import Arm
from benchmarks.efficiency.bars import bars, labels_beside
from benchmarks.efficiency.compare import Comparison
from benchmarks.efficiency.pictures import found_curve, mean_curve, precision_curve, share_curve
from benchmarks.efficiency.sets import Prepared
from benchmarks.efficiency.setting import Setting
from benchmarks.efficiency.summary import (
    Summary,
    area,
    duel,
    found_after,
    share_found,
    spread,
)
from motherlode.simulation import Dataset, Results, Round, Run

SIZES = {"a": (40, 2), "b": (39, 2), "c": (38, 2)}  # 39 to 2 counts as 1:20, 38 to 2 does not


def dataset(name, negatives, positives):
    labels = np.repeat([0, 1], [negatives, positives])
    return Prepared(Dataset(name, np.zeros((len(labels), 1)), labels, minority=1), "")


def run(on, arm, found, precision, seed=0):
    """Twenty labels, of ten positives so many found in each half."""
    flags = [True] + [i < found[0] for i in range(10)] + [i < found[1] for i in range(10)]
    rounds = tuple(
        Round(labels, 0, 0.0, ap, 0.5, 0.0, 0.0, 0.0, 0.0)
        for labels, ap in zip((0, 10, 20), precision, strict=True)
    )
    return Run(on, arm, seed, 1, tuple(range(21)), tuple(flags), 100, 10, rounds, 2.0)


FOUND = {
    "random": {"a": (0, 1), "b": (0, 1)},
    "auto:find": {"a": (3, 5), "b": (2, 4)},
    "auto:learn": {"a": (2, 3), "b": (2, 2)},
    "auto:both": {"a": (3, 4), "b": (2, 4)},
    "near": {"a": (2, 2), "b": (3, 3), "c": (5, 5)},
    "far": {"a": (5, 4), "b": (0, 0), "c": (0, 0)},
    "small": {"a": (5, 5)},
}
PRECISION = {
    "random": (0.0, 0.1, 0.1),
    "auto:find": (0.0, 0.3, 0.3),
    "auto:learn": (0.0, 0.6, 0.6),
    "auto:both": (0.0, 0.6, 0.4),
    "near": (0.0, 0.2, 0.6),
    "far": (0.0, 0.2, 0.2),
    "small": (0.9, 0.9, 0.9),
}


def comparison(finals=("default",), starts=("one",)):
    arms = [Arm(n, n, kind="own" if n[0] in "ra" else "peer") for n in FOUND]
    results = Results(
        [run(on, arm, f, PRECISION[arm]) for arm, sets in FOUND.items() for on, f in sets.items()]
    )
    return Comparison(
        Setting(starts=starts, budget=20, batch=10, score_every=10, finals=finals),
        arms,
        [dataset(name, *size) for name, size in SIZES.items()],
        1,
        {(start, final): results for start in starts for final in finals},
        {final: {("a", 0): 0.5, ("b", 0): 0.5} for final in finals},
        done=3,
        pieces=4,
    )


def summary():
    return Summary(comparison(), "one", "default")


def test_the_best_peer_is_the_highest_mean_of_those_run_on_every_rare_set():
    s = summary()
    assert s.sets == ["a", "b"]
    assert s.peers == ["near", "far", "small"]
    assert s.best_peer(share_found) == "near"  # 0.5 against 0.45; "small" has 1 on one set
    assert s.over_sets("near", share_found).mean == pytest.approx(0.5)
    assert s.over_sets("small", share_found).n == 1
    assert s.ratio("auto:find", "near", share_found) == pytest.approx(14 / 10)
    assert math.isnan(s.ratio("auto:find", None, share_found))
    assert s.seconds("random") == 2.0


def test_measures_are_read_off_a_run():
    one = run("a", "x", (3, 5), (0.0, 0.4, 0.6))
    assert share_found(one) == pytest.approx(0.8)
    assert found_after(10)(one) == 3
    assert found_after(12)(one) == 5
    assert area(one) == pytest.approx((0.2 * 10 + 0.5 * 10) / 20)
    few = Run("a", "x", 0, 0, (0, 1), (True, False), 100, 10, one.rounds, 1.0)
    assert share_found(few) == pytest.approx(0.5)  # of two labels, not of ten positives


def test_hindsight_takes_the_best_arm_of_each_set_or_of_each_seed():
    s = summary()
    best = s.hindsight(["near", "far"], share_found, by_seed=False)
    assert best.mean == pytest.approx((0.9 + 0.6) / 2)
    seeds = comparison()
    lucky = [run("a", arm, f, (0, 0, 0), seed=1) for arm, f in (("near", (5, 5)), ("far", (0, 0)))]
    both = Results([*seeds.results["one", "default"].runs, *lucky])
    seeds.results["one", "default"] = both
    s = Summary(seeds, "one", "default")
    # On a, near has 0.4 and 1, far 0.9 and 0.
    assert s.hindsight(["near", "far"], share_found, by_seed=False).mean == pytest.approx(0.65)
    assert s.hindsight(["near", "far"], share_found, by_seed=True).mean == pytest.approx(0.775)


def test_duels_count_sets_and_small_differences_tie():
    assert duel(*summary().pairs("auto:find", "far", share_found))[:3] == (1, 0, 1)
    assert duel(np.array([1.0, 0.5]), np.array([0.995, 0.4]))[:3] == (1, 1, 0)
    # Six wins of six: the smallest p that six pairs can have, 2 / 2 ** 6.
    assert duel(np.arange(2.0, 8.0), np.zeros(6)).p == pytest.approx(2 / 64)
    assert math.isnan(duel(np.ones(3), np.ones(3)).p)


def test_the_interval_is_that_of_student():
    assert spread([0.2, 0.4]).half == pytest.approx(12.7062 * 0.1, rel=1e-4)
    assert math.isnan(spread([0.2]).half)
    assert math.isnan(spread([]).mean)


def test_labels_needed_are_counted_to_nine_tenths_of_the_whole_pool():
    s = summary()
    # To 0.45: on the line from 0 to 0.6 at three quarters of ten, from 0.2 to 0.6 at five eighths.
    assert s.labels_needed("auto:learn", "a") == pytest.approx(7.5)
    assert s.labels_needed("near", "a") == pytest.approx(16.25)
    assert s.labels_needed("far", "a") == math.inf
    assert s.labels_needed("small", "a") == 0.0


def test_every_bar_is_worked_out():
    assert len(bars(comparison())) == 7
    ratio, capped = (b for b in bars(comparison()) if b.text.startswith("positives found by"))
    assert (ratio.value, ratio.beside, ratio.met) == (pytest.approx(1.4), "near", True)
    # The targets are 1.25 x 0.4 and 1.25 x 0.6.
    assert capped.value == pytest.approx(1.4 / 1.25)
    values = [round(b.value, 4) for b in bars(comparison())]
    areas = {arm: area(run("a", arm, (0, 0), p)) for arm, p in PRECISION.items()}
    assert values[2] == round(areas["auto:learn"] / areas["near"], 4) == 1.8
    assert values[3] == 0  # sets where random's is higher
    assert values[4] == round(1.3 / 1.4, 4)
    assert values[5] == round(areas["auto:both"] / areas["auto:learn"], 4)
    labels = bars(comparison())[-1]
    assert labels.value == pytest.approx(7.5 / 16.25)
    assert (labels.met, labels.sets, labels.beside) == (True, 2, "near; medians 8 and 16")


def test_bars_of_both_starts_and_of_the_plain_model():
    found = bars(comparison(("default", "logistic"), ("one", "none")))
    assert [b.needed for b in found if "logistic model" in b.text] == [1.05, 1.05]
    assert (found[-1].value, found[-1].start, found[-1].needed) == (1.0, "none", 0.9)
    assert len(found) == 2 * 8 + 1


def test_labels_of_the_quickest_arm_of_each_set():
    s = summary()
    assert labels_beside(s, ["near"], "near") == 1.0
    assert labels_beside(s, ["auto:learn", "near"], "near") == pytest.approx(7.5 / 16.25)
    assert math.isnan(labels_beside(s, ["far"], "far"))
    row = tables.of_ceiling(comparison()).splitlines()[-1]
    assert row.startswith("| labels to 90%, times the best single peer's (median) | one | 0.46 |")


def test_the_peers_final_model_of_the_same_kind_is_fitted_on_their_labels_alone():
    both = comparison(("default", "labelled"))
    runs = both.results["one", "labelled"].runs
    lower = [
        replace(
            r, rounds=tuple(replace(x, average_precision=x.average_precision / 2) for x in r.rounds)
        )
        for r in runs
    ]
    both.results["one", "labelled"] = Results(lower)
    by_kind = {b.text: b.value for b in bars(both)}
    own = "area under average precision of auto:learn"
    alone = by_kind[f"{own}, default model / of the best peer, labelled model"]
    assert alone == pytest.approx(2 * by_kind[f"{own} / of the best peer, default model"])


def test_a_set_below_random_is_named():
    worse = comparison()
    runs = [r for r in worse.results["one", "default"].runs if r.strategy != "auto:learn"]
    low = [run("a", "auto:learn", (1, 1), (0, 0, 0)), run("b", "auto:learn", (1, 1), (1, 1, 1))]
    worse.results["one", "default"] = Results([*runs, *low])
    (bar,) = (b for b in bars(worse) if b.text.startswith("sets where"))
    assert (bar.value, bar.beside, bar.met) == (1, "a", False)


def test_curves_are_means_over_seeds_and_sets():
    s = summary()
    assert [part.tolist() for part in found_curve(s, "a", "auto:find")] == [[0, 10, 20], [0, 3, 8]]
    assert share_curve(s, "a", "auto:find")[1] == pytest.approx([0, 0.3, 0.8])
    labels, heights = mean_curve(s, "near", precision_curve)
    assert labels.tolist() == [0, 10, 20]
    assert heights == pytest.approx([0.0, 0.2, 0.6])


def test_the_page_holds_the_bars_the_tables_and_the_pictures(tmp_path):
    report.write(comparison(("default", "logistic"), ("one", "none")), "python -m …", tmp_path)
    page = (tmp_path / "RESULTS.md").read_text()
    assert "**Cut short: 3 of 4 pieces are done.**" in page
    assert "| positives found by auto:find / by the best peer | one | **1.40** |" in page
    assert (
        "| positives found | one | 0.700 ± 1.271 | 0.500 ± 1.271 (near) | 0.800 ± 2.541 |" in page
    )
    finding = page.split("## From one positive")[1]
    assert "| near † | 0.500 ± 1.271 | 1.00 | 1-1-0 | 1.000 | 2.0 |" in finding
    assert "| small (1 of 2 sets) |" in finding
    assert "Positives found after 5 / 10 / 20 labels" in finding
    assert "| a | 0.0 / 0.0 / 1.0 | 3.0 / 3.0 / 8.0 |" in finding
    assert "**5.0 / 5.0 / 10.0**" in finding
    assert "| b | 41 | 1:20 | 2 | 1 | 1 | 0.500 | 0.500 |" in page
    assert "| c | 40 | 1:19 | 2 | 1 | 1 | – | – |" in page
    names = [f"found-from-{start}.svg" for start in ("one", "none")]
    names += [f"learned-from-{s}-{m}.svg" for s in ("one", "none") for m in ("default", "logistic")]
    for name in names:
        assert f"]({name})" in page
        assert (tmp_path / name).read_text().startswith("<?xml")


def test_without_a_rare_set_the_page_says_so(tmp_path):
    whole = comparison()
    common = [r for r in whole.results["one", "default"].runs if r.dataset == "c"]
    whole.results["one", "default"] = Results(common)
    assert bars(whole) == []
    assert tables.of_ceiling(whole).count("\n") == 1
    report.write(whole, "python -m …", tmp_path)
    assert "No set of this run holds 20 others" in (tmp_path / "RESULTS.md").read_text()
    assert not list(tmp_path.glob("*.svg"))
