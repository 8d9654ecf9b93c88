import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize
from scipy.special import expit
from scipy.stats import hypergeom

from motherlode import metrics
from motherlode.errors import InputError
from motherlode.estimation import METRICS, Estimate, Evaluation, NoEstimate, binomial_interval
from motherlode.estimation._evaluation import recalibrate
from motherlode.estimation._strata import (
    Contrast,
    Tally,
    _simulate,
    cut_by_rank,
    interval,
    likeliest_shares,
    tails,
)


def tally(*layers):
    return Tally(*(np.array(column) for column in zip(*layers, strict=True)))


@pytest.fixture(scope="module")
def pool():
    rng = np.random.default_rng(3)
    scores = expit(3 * rng.normal(size=3000) - 6)
    return scores, rng.random(3000) < scores


def evaluated(pool, labels=300, batch=50, **settings):
    scores, truth = pool
    evaluation = Evaluation(scores, threshold=0.3, **settings)
    for _ in range(labels // batch):
        rows = evaluation.ask(batch)
        evaluation.teach(rows, truth[rows])
    return evaluation


def test_likeliest_shares_by_hand():
    # One layer: the share is what the contrast says.
    assert likeliest_shares(tally((10**9, 10, 3)), Contrast(np.array([2.0]), 1.0)) == pytest.approx(
        0.5
    )
    # Without a positive in either, all mass goes where a draw tells least: 1000 rows, 10 drawn.
    wide, narrow = (1000, 10, 0), (100, 50, 0)
    shares = likeliest_shares(tally(wide, narrow), Contrast(np.array([1000.0, 100.0]), 50.0))
    assert shares == pytest.approx([0.05, 0], abs=1e-6)
    assert likeliest_shares(tally(wide), Contrast(np.array([1.0]), 2.0)) is None
    # What is already so stays so.
    kept = likeliest_shares(
        tally((10**9, 10, 3), (10**9, 20, 2)), Contrast(np.array([1.0, 1.0]), 0.4)
    )
    assert kept == pytest.approx([0.3, 0.1], abs=1e-6)


def test_simulated_counts_have_the_chances_of_their_layer_each():
    layers = tally((1000, 300, 4), (40, 40, 7), (10**6, 500, 0), (12, 3, 1))
    expected = np.array([13.4, 7.0, 30.0, 11.9])
    seen = _simulate(layers, expected)
    for k, (rows, drawn, _) in enumerate(zip(*layers, strict=True)):
        counts, whole = np.arange(drawn + 1), int(expected[k])
        chances = [hypergeom(rows, each, drawn).pmf(counts) for each in (whole, whole + 1)]
        chance = np.average(chances, axis=0, weights=[whole + 1 - expected[k], expected[k] - whole])
        shares = np.bincount(seen[:, k], minlength=drawn + 1) / len(seen)
        assert shares == pytest.approx(chance, abs=2 / len(seen))


def test_tails_are_those_of_all_samples():
    # Few layers have few outcomes, so all of them can be counted.
    for layers, coefficients in (
        (((2_179, 114, 7), (17_821, 886, 92)), (2_179.0, 17_821.0)),
        (((40, 10, 3), (400, 30, 1)), (40.0, 400.0)),
        (((40, 10, 3), (9, 9, 2), (400, 30, 0)), (40.0, 9.0, 400.0)),
    ):
        seen = tally(*layers)
        a = np.array(coefficients)
        for target in (0.7 * a @ seen.shares, 1.2 * a @ seen.shares):
            contrast = Contrast(a, target)
            low, high = tails(seen, contrast)
            assert (low, high) == pytest.approx(_count_tails(seen, contrast), abs=0.006)


def _count_tails(seen, contrast):
    """The mid-p tails by all outcomes; layers hold the whole numbers beside what is likeliest."""
    shares = likeliest_shares(seen, contrast)
    chance, statistic = np.ones(1), np.zeros(1)
    for rows, drawn, share, a in zip(
        seen.rows, seen.drawn, shares, contrast.coefficients, strict=True
    ):
        whole, part = divmod(rows * share + 1e-9, 1)
        counts = np.arange(drawn + 1)
        of = (1 - part) * hypergeom.pmf(counts, rows, int(whole), drawn)
        of += part * hypergeom.pmf(counts, rows, min(int(whole) + 1, rows), drawn)
        chance = np.outer(chance, of).ravel()
        statistic = np.add.outer(statistic, a * counts / drawn).ravel()
    now = float(contrast.seen(seen.positives[None, :], seen.drawn)[0])
    tie = np.isclose(statistic, now)
    half = chance[tie].sum() / 2
    return chance[(statistic < now) & ~tie].sum() + half, chance[
        (statistic > now) & ~tie
    ].sum() + half


@given(st.integers(0, 20), st.integers(0, 30), st.floats(0.02, 0.98))
def test_likeliest_shares_meet_the_contrast_and_beat_others(s, t, share):
    seen = tally((10**8, 20, s), (10**8, 30, t))
    contrast = Contrast(np.array([1.0, 2.0]), 3 * share)
    p = likeliest_shares(seen, contrast)
    assert p @ contrast.coefficients == pytest.approx(3 * share, abs=1e-4)

    def likelihood(q):
        q = np.clip(q, 1e-12, 1 - 1e-12)
        return (seen.positives * np.log(q) + (seen.drawn - seen.positives) * np.log(1 - q)).sum()

    for step in (-0.01, 0.01):
        other = p + np.array([2 * step, -step])
        if (other >= 0).all() and (other <= 1).all():
            assert likelihood(other) <= likelihood(p) + 1e-3


def test_one_layer_gives_the_exact_interval():
    one = tally((10**7, 100, 7))
    low, high = interval(one, lambda v: Contrast(np.array([1.0]), v), 0.07)
    exact = binomial_interval(7, 100, mid_p=True)
    assert (low, high) == pytest.approx(exact, abs=0.01)


def test_a_layer_without_a_positive_may_still_hold_some():
    def recall_of_the_first(seen):
        N = seen.rows.astype(float)
        first = np.array([1.0, 0.0])
        return interval(seen, lambda v: Contrast(N * (first - v), 0.0), 1.0)

    # None in 50: by mid-p a share of 1 - 0.05 ** (1 / 50) = 5.8 % could be positive.
    low, high = recall_of_the_first(tally((20, 20, 10), (10_000, 50, 0)))
    assert low == pytest.approx(10 / (10 + 10_000 * 0.058), rel=0.25)
    assert high == 1
    # Drawn whole, it holds none.
    low, high = recall_of_the_first(tally((20, 20, 10), (40, 40, 0)))
    assert low == pytest.approx(1, abs=0.002)


def test_tails_are_halves_where_nothing_can_vary():
    assert tails(tally((5, 5, 2)), Contrast(np.array([1.0]), 0.4)) == pytest.approx((0.5, 0.5))
    assert tails(tally((5, 5, 2)), Contrast(np.array([1.0]), 7.0)) == (0.0, 0.0)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=60), st.floats(0, 1))
def test_layers_never_mix_calls_and_follow_the_ranking(scores, threshold):
    s = np.array(scores)
    called = (s >= threshold).astype(np.int64)
    layer = cut_by_rank(s, called, first=2)
    assert sorted(set(layer.tolist())) == list(range(layer.max() + 1))
    for k in range(layer.max() + 1):
        assert len(set(called[layer == k])) == 1
    order = np.argsort(-s, kind="stable")
    assert (np.diff(layer[order]) >= 0).all()


def test_with_every_row_labelled_all_measures_are_exact(pool):
    scores, truth = (part[:200] for part in pool)
    evaluation = Evaluation(scores, threshold=0.1)
    evaluation.teach(np.arange(200), truth)
    called = scores >= 0.1
    exact = {
        "precision": truth[called].mean(),
        "recall": called[truth].mean(),
        "f1": metrics.f1(truth, called),
        "average_precision": metrics.average_precision(truth, scores),
        "prevalence": truth.mean(),
    }
    for metric in METRICS:
        estimate = evaluation.estimate(metric)
        assert estimate.value == pytest.approx(exact[metric])
        assert estimate.half_width == 0


@pytest.mark.parametrize("metric", METRICS)
def test_estimates_are_near_and_intervals_hold(pool, metric):
    scores, truth = pool
    called = scores >= 0.3
    exact = {
        "f1": metrics.f1(truth, called),
        "precision": truth[called].mean(),
        "recall": called[truth].mean(),
        "average_precision": metrics.average_precision(truth, scores),
        "prevalence": truth.mean(),
    }[metric]
    held = 0
    for seed in range(6):
        evaluation = evaluated(pool, seed=seed)
        estimate = evaluation.estimate(metric)
        assert isinstance(estimate, Estimate)
        assert 0 <= estimate.low <= estimate.value <= estimate.high <= 1
        assert evaluation.refuted(metric, estimate.value) == 0
        held += estimate.low <= exact <= estimate.high
    assert held >= 5  # of six, at 95 % each


def test_refuted_values_are_those_outside(pool):
    evaluation = evaluated(pool)
    f1 = evaluation.estimate("f1")
    assert evaluation.refuted("f1", f1.high + 0.05) == -1
    assert evaluation.refuted("f1", max(f1.low - 0.05, 0.001)) == 1


def test_asking_is_a_function_of_the_labels_and_never_asks_twice(pool):
    evaluation = evaluated(pool, 100)
    first = evaluation.ask(40)
    assert (evaluation.ask(40) == first).all()
    assert len(set(first)) == 40
    assert not set(first) & set(evaluation._labels)
    rest = evaluation.ask(len(pool[0]) - 100)
    assert len(set(rest)) == len(pool[0]) - 100


def test_slopes_by_hand():
    """Of 10 rows called, 6 are positive; of 90 others 4 are thought to be."""
    evaluation = Evaluation(np.r_[np.full(10, 0.9), np.full(90, 0.1)])
    layers = evaluation._calls
    p = np.where(layers > 0, 0.6, 4 / 90)
    for metric, above, beneath in (
        ("precision", 1, 0),
        # A positive more among the called, 6 / 10 being the recall, and one among the others.
        ("recall", 1 - 6 / 10, -6 / 10),
        # F1 is 2 * 6 / (10 + 10).
        ("f1", 2 - 0.6, -0.6),
    ):
        evaluation.metric = metric
        slope = evaluation._slope(p, evaluation.tally)
        assert slope == pytest.approx(np.where(layers > 0, above, beneath))


def test_scores_are_bent_to_where_the_likelihood_is_highest():
    means = np.array([0.02, 0.2, 0.7])
    positives, drawn = np.array([4, 10, 18]), np.array([40, 20, 20])
    x = np.log(means / (1 - means))
    unit = np.abs(x).max()

    def loss(a, b):
        p = expit(a + b * x / unit)
        fit = positives * np.log(p) + (drawn - positives) * np.log(1 - p)
        return a**2 / 2 + (b - unit) ** 2 / 2 - fit.sum()

    best = minimize(lambda v: loss(*v), [0.0, unit], tol=1e-12).x
    expected = expit(best[0] + best[1] * x / unit)
    assert recalibrate(means, positives, drawn) == pytest.approx(expected, abs=1e-5)


def test_labels_go_where_the_measure_hangs_on_them(pool):
    scores, _ = pool
    evaluation = evaluated(pool, 300, metric="precision", explore=0.05)
    called = scores >= 0.3
    labelled = np.array(list(evaluation._labels))
    assert called[labelled].mean() > 3 * called.mean()


def test_a_plan_says_what_it_takes(pool):
    evaluation = evaluated(pool, 200)
    now = evaluation.estimate("f1").half_width
    half = evaluation.plan(now / 2, "f1")
    assert str(half) == (
        f"About {half.labels:,} more labels bring F1's interval from ±{now:.2g} to ±{now / 2:.2g}."
    )
    assert 0 < evaluation.plan(now / 1.2).labels < half.labels
    # With every row labelled the interval has no width, and no more labels can be given.
    assert half.labels < evaluation.plan(1e-9).labels <= len(pool[0]) - 200
    assert evaluation.plan(0.9).labels == 0
    assert "already" in str(evaluation.plan(0.9))
    with pytest.raises(InputError, match="half_width"):
        evaluation.plan(0)


@pytest.mark.parametrize(
    ("metric", "times"), [("f1", 1.5), ("recall", 2), ("average_precision", 1.5)]
)
def test_a_plan_is_kept(pool, metric, times):
    truth, ratios = pool[1], []
    for seed in range(6):
        evaluation = evaluated(pool, 150, metric=metric, seed=seed)
        aim = evaluation.estimate().half_width / times
        left = evaluation.plan(aim).labels
        while left > 0:
            rows = evaluation.ask(min(50, left))
            evaluation.teach(rows, truth[rows])
            left -= len(rows)
        ratios.append(evaluation.estimate().half_width / aim)
    assert 0.8 < np.mean(ratios) < 1.2
    assert 0.5 < min(ratios) <= max(ratios) < 1.6


@given(st.integers(0, 2700))
def test_what_would_be_known_goes_on_as_before(more):
    rng = np.random.default_rng(3)
    scores = expit(3 * rng.normal(size=3000) - 6)
    evaluation = Evaluation(scores, threshold=0.3)
    rows = evaluation.ask(300)
    evaluation.teach(rows, rng.random(300) < scores[rows])
    now, then = evaluation.tally, evaluation._look_ahead(more)
    assert (then.rows == now.rows).all()
    assert ((then.drawn >= now.drawn) & (then.drawn <= now.rows)).all()
    assert then.drawn.sum() == pytest.approx(300 + more, abs=len(now.rows))
    # In each layer at the rate seen, to the nearest positive.
    assert np.abs(then.positives - then.drawn * now.shares).max() <= 0.5 + 1e-9
    assert (evaluation._look_ahead(2700).drawn == now.rows).all()


def test_what_is_not_known_yet_is_said(pool):
    scores, _ = pool
    evaluation = Evaluation(scores)
    assert "have no label yet" in evaluation.estimate().reason
    assert "have no label yet" in evaluation.plan(0.1).sentence
    evaluation.teach(np.arange(2999), np.zeros(2999, bool))
    assert "None of 2,999 rows drawn is positive" in evaluation.estimate("recall").reason
    assert "average precision; go on" in evaluation.estimate("average_precision").reason
    nothing = Evaluation([0.1, 0.2], threshold=0.9)
    nothing.teach([0, 1], [True, False])
    assert "calls no row positive" in nothing.estimate("precision").reason
    assert nothing.estimate("recall").value == 0
    everything = Evaluation([0.1, 0.2], threshold=0.0)
    everything.teach([0, 1], [True, True])
    assert everything.estimate("f1").value == 1
    assert isinstance(Evaluation([0.5]).estimate(), NoEstimate)


def test_where_no_row_at_all_is_positive_nothing_is_left_to_draw():
    nobody = Evaluation([0.9, 0.8, 0.1], threshold=0.5)
    nobody.teach([0, 1, 2], [False] * 3)
    # Two are called, none is right.
    for metric in ("precision", "f1"):
        estimate = nobody.estimate(metric)
        assert (estimate.low, estimate.value, estimate.high) == (0, 0, 0)
    for metric, said in (("recall", "recall"), ("average_precision", "average precision")):
        reason = nobody.estimate(metric).reason
        assert reason == f"No row of the pool is positive, so there is no {said} of a model on it."
    silent = Evaluation([0.2, 0.1], threshold=0.5)
    silent.teach([0, 1], [False, False])
    assert "there is no F1" in silent.estimate("f1").reason
    assert "calls no row positive" in silent.estimate("precision").reason


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Evaluation([0.5] * 9).ask(2.5), "whole number"),
        (lambda: Evaluation([0.5]).teach([0], ["no"]), "whether it is positive"),
        (lambda: Evaluation([0.5]).teach([0], [np.nan]), "whether it is positive"),
        (lambda: Evaluation([0.5, 0.4]).teach([0.7], [True]), "whole numbers"),
        (lambda: Evaluation([0.5, 2.0]), "probabilities"),
        (lambda: Evaluation([]), "probabilities"),
        (lambda: Evaluation([0.5], metric="mcc"), "mcc"),
        (lambda: Evaluation([0.5], explore=0), "explore"),
        (lambda: Evaluation([0.5]).ask(2), "ask for 1 to 1"),
        (lambda: Evaluation([0.5]).teach([0], [True, False]), "1 rows and 2 labels"),
        (lambda: Evaluation([0.5]).teach([1], [True]), "not in the pool"),
        (lambda: Evaluation([0.5]).estimate("mcc"), "mcc"),
    ],
)
def test_what_makes_no_sense_is_said(make, said):
    with pytest.raises(InputError, match=said):
        make()


def test_f1_of_a_rare_class_from_few_labels_beats_a_random_sample():
    rng = np.random.default_rng(0)
    ours, theirs = [], []
    for seed in range(25):
        scores = expit(3 * rng.normal(size=4000) - 8.5)
        truth = rng.random(4000) < scores
        called = scores >= 0.2
        exact = metrics.f1(truth, called)
        evaluation = Evaluation(scores, threshold=0.2, seed=seed)
        for _ in range(4):
            rows = evaluation.ask(40)
            evaluation.teach(rows, truth[rows])
        value = evaluation._measure("f1", evaluation.tally)[0]
        ours.append(value - exact)
        rows = rng.choice(4000, 160, replace=False)
        both = truth[rows].sum() + called[rows].sum()
        theirs.append((2 * (truth & called)[rows].sum() / both if both else 0.5) - exact)
    assert np.sqrt(np.mean(np.square(ours))) < 0.6 * np.sqrt(np.mean(np.square(theirs)))


@pytest.mark.parametrize("said", ["chance", "graded"])
def test_prevalence_by_an_evaluation_is_no_wider_than_by_plain_draws(said):
    ratios = []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        truth = rng.random(20_000) < (0.1 if said == "chance" else 0.002)
        by_chance = (rng.random(20_000) < 0.1).astype(float)
        graded = expit(rng.normal(size=20_000) + 4 * truth - 3)
        evaluation = Evaluation(
            by_chance if said == "chance" else graded, metric="prevalence", seed=seed
        )
        for _ in range(5):
            rows = evaluation.ask(200)
            evaluation.teach(rows, truth[rows])
        estimate = evaluation.estimate()
        rows = rng.choice(20_000, 1_000, replace=False)
        low, high = binomial_interval(int(truth[rows].sum()), 1_000, mid_p=True)
        ratios.append((estimate.high - estimate.low) / (high - low))
    assert np.median(ratios) <= 1.05
