"""Estimates corrected for wrong labels: they hold the truth where plain ones do not."""

import numpy as np
import pytest
from scipy.stats import chi2

from motherlode.errors import InputError
from motherlode.estimation import NoEstimate, correct_counts, positives
from motherlode.estimation._label_errors import _Model, _Part, _scale
from motherlode.session import Origin, Session

N = 10_000


def make_draws(rng, prevalence, *, n=500, errors=(0.1, 0.1), twice=100, settle=True):
    """Rows drawn at random: ann labels all, ben half of the second labels where she saw a positive.

    They err in a share of rows of each class, and where they differ somebody settles it.
    """
    truth = np.zeros(N, dtype=bool)
    truth[: round(N * prevalence)] = True
    truth = rng.permutation(truth)[:n]
    ann, ben = (truth ^ (rng.random(n) < share) for share in errors)
    first = rng.permutation(np.flatnonzero(ann))[: twice // 2]
    rest = np.setdiff1d(rng.permutation(n), first, assume_unique=True)[: twice - len(first)]
    said = [{"ann": bool(one)} for one in ann]
    for row in [*first, *rest]:
        said[row]["ben"] = bool(ben[row])
    settled = {
        row: bool(truth[row]) for row, one in enumerate(said) if settle and len({*one.values()}) > 1
    }
    draws = [Origin("control", "", 1 / (N - i), N - i, 0) for i in range(n)]
    return Session(N, ann, draws), said, settled, truth


def bound(session, said, settled):
    """Bound the positives alone, which is a third of the work."""
    part = _Part.tabulate(said, [settled.get(place) for place in range(len(said))])
    model = _Model([part], _scale(session))
    return model.bound("positives", float(chi2.ppf(0.95, 1)) / 2)


@pytest.mark.parametrize(
    ("prevalence", "twice", "settle"), [(0.01, 50, True), (0.2, 400, True), (0.05, 100, False)]
)
def test_corrected_intervals_hold_the_truth_where_plain_ones_miss_it(prevalence, twice, settle):
    rng, hits, plain, runs = np.random.default_rng(5), 0, 0, 15
    for _ in range(runs):
        session, said, settled, _ = make_draws(rng, prevalence, twice=twice, settle=settle)
        low, high = bound(session, said, settled)
        hits += low <= N * prevalence <= high
        uncorrected = positives(session, every_look=False)
        plain += uncorrected.low <= N * prevalence <= uncorrected.high
    assert hits >= 0.93 * runs
    assert plain <= 0.3 * runs


def test_annotators_who_err_unlike_each_other_are_told_apart():
    """The one who labels most is good, the one who looks again is not."""
    rng, hits, runs = np.random.default_rng(0), 0, 15
    for _ in range(runs):
        session, said, settled, _ = make_draws(rng, 0.05, errors=(0.02, 0.2), twice=150)
        low, high = bound(session, said, settled)
        hits += low <= N * 0.05 <= high
    assert hits >= 0.93 * runs


def test_with_known_classes_it_is_the_estimate_of_rogan_and_gladen():
    """A sample with known classes is chosen by the label, as in a validation study."""
    called = np.arange(1000) < 200
    checked = [*range(100), *range(200, 600)]
    true_there = {row: bool(row < 60 if row < 100 else row < 220) for row in checked}
    draws = [Origin("control", "", 1 / (N - i), N - i, 0) for i in range(1000)]
    said = [{"ann": bool(one)} for one in called]
    part = _Part.tabulate(said, [true_there.get(row) for row in range(1000)])
    share, missed, alarmed = np.sin(_Model([part], _scale(Session(N, called, draws)))._best[0]) ** 2
    rogan_gladen = (0.2 - alarmed) / (1 - missed - alarmed)
    assert share == pytest.approx(rogan_gladen, rel=1e-3)
    # 60 % of 200 rows called positive and 5 % of 800 others, as in stratified sampling
    assert share == pytest.approx(0.2 * 0.6 + 0.8 * 0.05, rel=1e-3)


def test_without_errors_it_says_what_the_plain_estimate_says():
    rng = np.random.default_rng(1)
    session, said, settled, _ = make_draws(rng, 0.1, errors=(0.0, 0.0), twice=500)
    corrected, plain = correct_counts(session, said, settled), positives(session, every_look=False)
    assert corrected.positives.value == pytest.approx(plain.value, rel=0.1)
    assert corrected.positives.low == pytest.approx(plain.low, rel=0.25)
    assert corrected.positives.high == pytest.approx(plain.high, rel=0.25)


def test_false_alarms_that_outnumber_positives_are_said_and_the_interval_reaches_nothing():
    rng = np.random.default_rng(2)
    session, said, settled, _ = make_draws(rng, 0.0, twice=100)
    found = correct_counts(session, said, settled)
    assert found.positives.low == 0
    assert "More are false alarms than not" in found.positives.method
    assert found.prevalence.high < positives(session, every_look=False).low / N


def test_with_few_second_labels_it_says_how_many_are_missing():
    session, said, settled, _ = make_draws(np.random.default_rng(3), 0.1, twice=6)
    found = correct_counts(session, said, settled)
    assert isinstance(found.recall, NoEstimate)
    assert "6 have labels of two annotators; from 20 on" in found.recall.reason


def test_a_search_beside_the_draws_counts_with_errors_of_its_own():
    """1,000 rows are drawn, then 400 are found by a search in which every fifth label is wrong."""
    rng, hits, runs = np.random.default_rng(4), np.zeros(3), 8
    for _ in range(runs):
        _, said, settled, truth = make_draws(rng, 0.1, n=1000, twice=300)
        left = round(N * 0.1) - truth.sum()
        found = np.arange(400) < 300
        calls = [found ^ (rng.random(400) < 0.2) for _ in range(2)]
        more = [{"ann": bool(a), "ben": bool(b)} for a, b in zip(*calls, strict=True)]
        settled |= {1000 + k: bool(found[k]) for k in range(400) if calls[0][k] != calls[1][k]}
        said = said + more
        labels = [one["ann"] for one in said]
        draws = [Origin("control", "", 1 / (N - i), N - i, 0) for i in range(1000)]
        session = Session(N, labels, draws + [Origin("query", asked_after=1000)] * 400)
        made = correct_counts(session, said, settled)
        truly = np.r_[truth, found]
        votes = [settled.get(k, sum(one.values()) * 2 > len(one)) for k, one in enumerate(said)]
        wanted = (N * 0.1, left - 300, (truly & votes).sum() / (N * 0.1))
        answers = (made.positives, made.positives_left, made.recall)
        hits += [e.low <= w <= e.high for e, w in zip(answers, wanted, strict=True)]
    assert (hits >= runs - 1).all(), hits


def test_gradients_are_those_of_the_values():
    session, said, settled, _ = make_draws(np.random.default_rng(6), 0.1)
    halves = (range(300), range(300, 500))
    parts = [_Part.tabulate([said[i] for i in h], [settled.get(i) for i in h]) for h in halves]
    model = _Model(parts, _scale(session))
    at, step = np.random.default_rng(7).uniform(0.1, 0.7, 10), 1e-6

    def differ(measure):
        return [(measure(at + e) - measure(at - e)) / (2 * step) for e in step * np.eye(10)]

    for quantity in ("positives", "positives_left", "recall"):
        expected = differ(lambda angles, name=quantity: model.measure(name, angles))
        np.testing.assert_allclose(model._slope(quantity, at), expected, rtol=1e-4, atol=1e-6)
    expected = differ(lambda angles: model._score(angles, 1.0)[0])
    np.testing.assert_allclose(model._score(at, 1.0)[1], expected, rtol=1e-4, atol=1e-4)


def test_wrong_input_is_said():
    session, said, _, _ = make_draws(np.random.default_rng(8), 0.1)
    with pytest.raises(InputError, match="500 labels in the session and 499 rows in said"):
        correct_counts(session, said[:-1])
    with pytest.raises(InputError, match="settled has place 500"):
        correct_counts(session, said, {500: True})
