"""The run that asks for labels until a model is known: any scores, corrections, rows untold."""

import numpy as np
import pytest
from scipy.special import expit, logit

import motherlode
from motherlode.errors import InputError
from motherlode.estimation import METRICS, Estimate, Evaluation, EvaluationRun

N = 3_000


@pytest.fixture(scope="module")
def pool():
    rng = np.random.default_rng(3)
    scores = expit(3 * rng.normal(size=N) - 4)
    return scores, rng.random(N) < scores


def answer(run, truth, most=10_000):
    while len(rows := run.ask()) and len(run.drawn) <= most:
        run.teach(rows, truth[rows].tolist())
    return run


def test_several_measures_are_known_within_the_width(pool, capsys):
    scores, truth = pool
    measures = ["precision", "prevalence"]
    report = motherlode.evaluate(
        scores, lambda rows: truth[rows], measures=measures, width=0.15, progress=True
    )
    assert report.is_reached
    assert report.is_done
    assert report.labels < 600
    assert all(estimate.half_width <= 0.15 for estimate in report.estimates.values())
    widths = [look.estimates["precision"].half_width for look in report.looks]
    assert widths[-1] < widths[0]
    assert len(capsys.readouterr().err.splitlines()) == len(report.looks)
    assert "Every interval is ±0.15 or narrower" in report.sentence
    said = repr(report)
    assert "precision" in said
    assert "<svg" in report._repr_html_()
    assert report.to_html().startswith("<!doctype html>")


def test_the_order_of_other_scores_alone_counts(pool):
    scores, truth = pool
    one = answer(EvaluationRun(logit(scores), threshold=0.0, budget=120), truth)
    other = answer(EvaluationRun(1e3 * logit(scores) ** 3 - 7, threshold=-7.0, budget=120), truth)
    assert one.drawn == other.drawn
    assert one.report().estimates == other.report().estimates
    called = answer(EvaluationRun(logit(scores), decisions=scores >= 0.5, budget=120), truth)
    assert called.drawn == one.drawn


def test_labels_of_a_rule_are_scores(pool):
    scores, truth = pool
    report = answer(EvaluationRun((scores > 0.3) * 1, measures="precision"), truth).report()
    assert report.estimates["precision"].low <= truth[scores > 0.3].mean()
    assert truth[scores > 0.3].mean() <= report.estimates["precision"].high


@pytest.mark.parametrize("measure", METRICS)
def test_with_every_row_labelled_a_measure_is_exact(pool, measure):
    scores, truth = (part[:60] for part in pool)
    run = answer(EvaluationRun(scores, measures=measure, threshold=0.05, width=1e-6), truth)
    estimate = run.report().estimates[measure]
    assert estimate.half_width == 0
    assert (estimate.level, run.report().labels) == (0.95, 60) or measure == "precision"


def test_an_evaluation_goes_on_from_its_labels(pool):
    scores, truth = pool
    first = answer(EvaluationRun(scores, width=0.001, budget=150), truth)
    again = EvaluationRun(scores, width=0.001, budget=150)
    again.teach(first.drawn, truth[first.drawn].tolist())  # in any order, before they are drawn
    assert again.is_done
    assert again.drawn == first.drawn
    assert again.report().estimates == first.report().estimates


def test_a_corrected_label_counts_and_few_rows_are_drawn_anew(pool):
    scores, truth = pool
    run = answer(EvaluationRun(scores, width=0.001, budget=150), truth)
    before, wrong = set(run.drawn), next(row for row in run.drawn if truth[row])
    run.teach([wrong], [False])
    answer(run, truth)
    assert len(before & set(run.drawn)) > 120
    assert run.report().positives < truth[run.drawn].sum()
    run.forget([wrong])
    assert wrong in run.ask().tolist()


def test_rows_that_nobody_can_tell_are_left_out_and_bounded(pool):
    scores, truth = pool
    run = EvaluationRun(scores, measures=("recall", "prevalence"), width=0.001, budget=200)
    gaps = (None, np.nan, type("NAType", (), {"__bool__": lambda self: 1 / 0})())
    while len(rows := run.ask()):
        run.teach(rows, [gaps[r % 3] if r % 7 == 0 else bool(truth[r]) for r in rows.tolist()])
    report = run.report()
    assert report.labels + report.passed == 200
    for estimate in report.estimates.values():
        assert estimate.bounds[0] <= estimate.low
        assert estimate.high <= estimate.bounds[1]
        assert estimate.bounds[1] - estimate.bounds[0] > 2 * estimate.half_width
    assert f"{report.passed} rows could not be told" in report.sentence
    # Bounds take twice as long as intervals, and no look decides by them.
    assert all(one.bounds is None for one in report.looks[-1].estimates.values())
    assert report.looks[-1].estimates["recall"].high == report.estimates["recall"].high


@pytest.mark.parametrize(
    ("told", "said"),
    [(190, "No row of the pool is positive"), (0, "No row of the pool could be told")],
)
def test_where_nobody_can_tell_any_row_that_is_called_nothing_is_known(told, said):
    scores = np.linspace(0, 1, 200)
    run = EvaluationRun(scores, measures=METRICS, threshold=0.95)
    answer(run, np.array([False if row < told else None for row in range(200)], dtype=object))
    for name, estimate in run.report().estimates.items():
        if name != "precision" and (name != "prevalence" or not told):
            assert said in estimate.reason


def test_half_of_the_error_is_spent_on_looks(pool):
    """benchmarks/estimation/stops.py shows what for: with all of it coverage at the stop falls."""
    scores, truth = pool
    run = answer(EvaluationRun(scores, budget=150, width=0.01), truth)
    evaluation = Evaluation(scores)
    evaluation.teach(run.drawn, truth[run.drawn])
    ours, single = run.report().estimates["f1"], evaluation.estimate("f1", 0.975)
    assert (ours.low, ours.high, ours.level) == (single.low, single.high, 0.95)
    assert ours.half_width > evaluation.estimate("f1").half_width


def test_the_report_says_what_stops_are_allowed_for(pool):
    scores, truth = pool
    estimate = answer(EvaluationRun(scores, budget=60), truth).report().estimates["f1"]
    assert isinstance(estimate, Estimate)
    assert "until it is narrow" in estimate.assumes
    assert "Half of the error" in estimate.method


@pytest.mark.parametrize(
    ("scores", "settings", "said"),
    [
        ([0.1, np.nan, np.inf], {}, "2 of 3 scores are NaN or infinite, the first of row 1"),
        ([[0.1, 0.9]], {}, "shape"),
        (["a", "b"], {}, "must be numbers"),
        ([-3.0, 2.0], {}, "give a threshold, or decisions"),
        ([0.1, 0.9], {"measures": "accuracy"}, "A measure is 'accuracy'"),
        ([0.1, 0.9], {"measures": ()}, "not given"),
        ([0.1, 0.9], {"width": 0}, "width"),
        ([0.1, 0.9], {"budget": 0}, "budget"),
        ([0.1, 0.9], {"threshold": 0.5, "decisions": [0, 1]}, "Both a threshold and decisions"),
        ([0.1, 0.9], {"decisions": [0, 1, 1]}, "one for each score"),
        ([0.1, 0.9], {"threshold": np.nan}, "The threshold is nan"),
        ([0.1, 0.2], {"measures": ["f1", "precision"]}, "calls no row positive, so that it has no"),
    ],
)
def test_what_cannot_be_evaluated_is_refused(scores, settings, said):
    with pytest.raises(InputError, match=said):
        EvaluationRun(scores, **settings)


@pytest.mark.parametrize(("threshold", "measure", "value"), [(2, "f1", 0), (-1, "recall", 1)])
def test_what_follows_from_the_decisions_alone_costs_few_labels(pool, threshold, measure, value):
    """Where no row is called positive, or all are."""
    scores, truth = pool
    run = EvaluationRun(scores, measures=measure, threshold=threshold)
    while len(rows := run.ask()):
        run.teach(rows, truth[rows])
    report = run.report()
    assert (report.estimates[measure].value, report.estimates[measure].half_width) == (value, 0)
    assert report.labels < 200
    assert f"is {value}, whatever labels are still to come." in report.sentence


def test_labels_that_do_not_fit_are_refused(pool):
    run = EvaluationRun(pool[0])
    for rows, labels, said in (
        ([0, 1], [True], "give one each"),
        ([N], [True], "not in the pool"),
        ([0], [2], "A label is 2"),
    ):
        with pytest.raises(InputError, match=said):
            run.teach(rows, labels)


def test_every_face_writes_a_number_alike(pool):
    scores, truth = pool
    report = answer(EvaluationRun(scores, measures=METRICS, budget=120, width=0.01), truth).report()
    for (name, value, low, high, half, meaning), estimate in zip(
        report.list_cells(), report.estimates.values(), strict=True
    ):
        said = estimate.write()
        assert said == f"{value} (95 %: {low} to {high})"
        assert f"{name[:1].upper()}{name[1:]} is {value}; with 95 % confidence" in report.sentence
        assert f"between {low} and {high}." in report.sentence
        assert f"{name} {value} ± {half}" in str(report.looks[-1])
        assert meaning in report.to_html()
    assert float(report.list_cells()[4][1]) > 0  # a rare class is not written as 0.000


def test_a_measure_of_rows_that_nobody_could_tell_is_not_called_certain(pool):
    scores, truth = pool
    run = EvaluationRun(scores, measures="precision", threshold=0.9)
    while len(rows := run.ask()):
        told = [None if scores[row] >= 0.9 and row % 3 == 0 else truth[row] for row in rows]
        run.teach(rows, told)
    report = run.report()
    estimate = report.estimates["precision"]
    assert estimate.half_width == 0
    assert estimate.bounds[0] < estimate.value < estimate.bounds[1]
    assert "whatever labels are still to come" not in report.sentence
    assert "of the rows that could be told" in report.sentence
    assert "let somebody who knows more answer these rows" in report.sentence
    assert "(known)" not in estimate.write()
    assert "among the decided rows" in estimate.write()


def test_a_reason_that_measures_share_is_said_once(pool):
    report = EvaluationRun(pool[0], measures=METRICS).report()
    assert report.sentence.count("no label yet") == 1
    assert "recall, F1, average precision and prevalence are not known" in report.sentence


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"threshold": "0.3"}, "The threshold is '0.3'; give a number"),
        ({"threshold": True}, "The threshold is True"),
        ({"width": "0.1"}, "width is '0.1'; give a number between"),
        ({"level": None}, "level is None"),
        ({"budget": "10"}, "budget is '10'"),
        ({"budget": 10.5}, "budget is 10.5"),
        ({"seed": -1}, "seed is -1"),
        ({"seed": "a"}, "seed is 'a'"),
        ({"measures": 3}, "measures is 3"),
    ],
)
def test_a_setting_of_another_kind_is_refused_in_a_sentence(settings, said):
    with pytest.raises(InputError, match=said):
        EvaluationRun([0.1, 0.9], **settings)


def test_an_oracle_that_is_no_function_is_refused():
    with pytest.raises(InputError, match="lambda rows"):
        motherlode.evaluate([0.1, 0.9], np.array([False, True]))


def test_scores_that_are_no_probabilities_are_described():
    with pytest.raises(InputError, match=r"F1 needs to know .* lie between 0.5 and 97: give"):
        EvaluationRun([0.5, 97.0])
