import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from motherlode.errors import InputError
from motherlode.session import Batch, Session
from motherlode.stopping import (
    Advice,
    Budget,
    CaptureRecapture,
    ClassificationChange,
    DrySpell,
    Knee,
    NegativesInARow,
    OverallUncertainty,
    QuantileBound,
    QuasiSampling,
    Rule,
    SampledBatches,
    StabilisingPredictions,
    Target,
    TargetRecall,
    certain_recall,
    chao,
    draws_needed,
    f_change_bound,
    kappa,
    knee,
    mean_entropy,
    positives_to_refind,
    smallest_sample,
)
from motherlode.stopping._registry import named
from motherlode.stopping._sampled import batch_size
from motherlode.testing import check_rule

EVERY = [
    Budget(labels=5),
    CaptureRecapture(),
    ClassificationChange(),
    DrySpell(),
    Knee(),
    NegativesInARow(),
    OverallUncertainty(),
    QuantileBound(),
    QuasiSampling(),
    SampledBatches(),
    StabilisingPredictions(),
    Target(),
    TargetRecall(),
    Budget(labels=3) & TargetRecall(),
    Knee() | QuasiSampling(),
]


@pytest.mark.parametrize("rule", EVERY, ids=str)
def test_every_rule_keeps_what_all_keep(rule):
    check_rule(rule)


@pytest.mark.parametrize("rule", EVERY, ids=str)
def test_every_rule_says_what_it_promises_and_assumes(rule):
    assert rule.promises.endswith(".")
    assert rule.assumes.endswith(".")


@pytest.mark.parametrize("rule", EVERY, ids=str)
def test_every_rule_names_its_source(rule):
    assert rule.paper


def test_what_joined_rules_say_alike_is_said_once():
    joined = NegativesInARow() & Knee() & DrySpell()
    assert str(joined.advise(Session(9, [False]))) == (
        "Go on: No positive is found yet. Find at least one."
    )
    assert (Knee() | TargetRecall() | Knee(5)).paper == f"{Knee().paper}; {TargetRecall().paper}"


def test_only_rules_join():
    for join in (lambda: Knee() & 3, lambda: Knee() | "stop"):
        with pytest.raises(TypeError, match="unsupported operand"):
            join()


def test_rules_join():
    long, short = NegativesInARow(5), Budget(labels=3)
    session = Session(99, [True, False, False])
    assert (long | short).advise(session).stop
    assert not (long & short).advise(session).stop
    assert (long & short).advise(session).why == long.advise(session).why
    assert str(Knee() & (long | short)).count("(") >= 2
    assert len((long & short & Knee()).rules) == 3
    assert (TargetRecall(0.9) & TargetRecall(0.8)).target == 0.9
    assert (TargetRecall(0.9) | short).target is None


def test_a_rule_of_your_own_joins_too():
    class Never(Rule):
        promises, assumes = "Nothing.", "Nothing."

        def advise(self, session):
            return Advice(False, "Never.", "Eternity.")

    assert not (Never() & Budget(labels=1)).advise(Session(9, [True])).stop


def test_budgets():
    session = Session(9, [True, False], seconds=50, cost=7)
    assert Budget(labels=2).advise(session).stop
    assert not Budget(labels=3, seconds=60, cost=8).advise(session).stop
    assert Budget(seconds=50).advise(session).stop
    assert "7 of 7 cost" in Budget(labels=3, cost=7).advise(session).why
    for wrong in ({}, {"labels": 0}, {"cost": -1.0}):
        with pytest.raises(InputError, match="is no budget"):
            Budget(**wrong)


@pytest.mark.parametrize(
    ("recall", "sample", "needed"),
    [
        *[(0.8, 14, 14), (0.8, 30, 28), (0.8, 50, 45), (0.8, 100, 87)],
        *[(0.9, 29, 29), (0.9, 50, 49), (0.9, 100, 96), (0.95, 59, 59), (0.95, 100, 99)],
        *[(0.8, 13, None), (0.95, 0, None)],
    ],
)
def test_the_published_table_of_the_quantile_bound(recall, sample, needed):
    assert positives_to_refind(sample, recall) == needed


@given(st.integers(0, 200), st.floats(0.05, 0.95), st.floats(0.5, 0.99))
def test_the_quantile_bound_is_monotone(sample, recall, confidence):
    needed = positives_to_refind(sample, recall, confidence)
    more = positives_to_refind(sample, min(recall + 0.02, 0.97), confidence)
    assert needed is not None or more is None
    if needed is not None and more is not None:
        assert needed <= more <= sample


def test_the_quantile_bound_and_the_target_stop():
    def seen(aside, again):
        return Session(99, [True], set_aside=aside, refound=again)

    assert QuantileBound(0.8).advise(seen(30, 28)).stop
    assert QuantileBound(0.8).advise(seen(30, 27)).needs.startswith("1 more")
    assert f"at least {smallest_sample()}" in QuantileBound().advise(seen(30, 30)).needs
    assert Target().advise(seen(10, 10)).stop
    assert not Target().advise(seen(10, 9)).stop
    assert not Target().advise(seen(9, 9)).stop
    assert "97.2 %" in Target().promises


def test_the_knee_by_hand():
    # 8 positives in 10 labels, 2 in the other 40: (8 / 10) / (3 / 40).
    found = np.cumsum([1] * 8 + [0] * 2 + ([0] * 19 + [1]) * 2)
    rank, ratio = knee(found)
    assert rank == 8
    assert ratio == pytest.approx((8 / 8) / (3 / 42))
    assert knee([0, 0, 0]) == (3, 0.0)
    assert knee([1, 2, 3]) == (3, 0.0)
    assert knee([]) == (0, 0.0)


def test_without_a_knee_none_is_spoken_of():
    advice = Knee().advise(Session(9000, [True] * 3))
    assert advice.why == "Positives do not come more rarely yet than they did at first."


def test_a_pool_without_so_many_rows_is_too_small_for_the_knee():
    needs = Knee().advise(Session(600, [True] * 3)).needs
    assert needs == "A larger pool: it never stops before 1,000 labels, and this has 600 rows."
    assert "600" not in Knee().advise(Session(1000, [True] * 3)).needs


def test_the_knee_waits_for_its_labels():
    session = Session(9000, [True] * 160 + [False] * 830)
    assert Knee(least=900).advise(session).stop
    assert Knee().advise(session).needs == "10 more labels, before which it never stops."
    # With few positives a much sharper bend is asked.
    few = [True] * 2 + [False] * 148
    assert not Knee(least=100).advise(Session(9000, few)).stop
    assert Knee(least=100).advise(Session(9000, [True] * 100 + few[2:])).stop


def test_negatives_in_a_row():
    assert NegativesInARow(3).advise(Session(9, [True, False, False, False])).stop
    assert not NegativesInARow(3).advise(Session(9, [False, False, False])).stop
    assert (
        NegativesInARow(3).advise(Session(9, [True, False])).needs == "2 more negatives in a row."
    )


def test_kappa_by_hand():
    # 20 agree on yes, 15 on no, of 50; by chance 0.5.
    one = [1] * 25 + [0] * 25
    other = [1] * 20 + [0] * 5 + [1] * 10 + [0] * 15
    assert kappa(one, other) == pytest.approx(0.4)
    assert kappa(one, one) == 1
    assert kappa([0, 0], [0, 0]) == 0
    assert kappa([], []) == 0


def test_the_bound_on_the_change_of_f():
    assert f_change_bound(0.99) == pytest.approx(4 * 0.01 / 0.99)
    assert f_change_bound(0.99, precision=0.5) == pytest.approx(4 * 0.01 / (1.5 * 0.99))
    assert f_change_bound(1.0) == 0
    assert f_change_bound(-0.2) == np.inf


@given(st.integers(0, 400), st.lists(st.booleans(), min_size=60, max_size=60))
def test_the_bound_holds(seed, truth):
    rng = np.random.default_rng(seed)
    truth = np.array(truth)
    one = np.where(rng.random(60) < 0.1, ~truth, truth)
    other = np.where(rng.random(60) < 0.03, ~one, one)
    # The theorem speaks of F against labels, for models that agree by at least so much.
    agreement = kappa(one, other)

    def f(calls):
        return 2 * (calls & truth).sum() / max(calls.sum() + truth.sum(), 1)

    assert abs(f(one) - f(other)) <= f_change_bound(agreement) + 1e-9


MODEL_RULES = [StabilisingPredictions(), OverallUncertainty(), ClassificationChange()]


@pytest.mark.parametrize("rule", MODEL_RULES, ids=str)
def test_a_model_that_calls_everything_negative_stops_nothing(rule):
    all_majority = [np.full(100, 0.001)] * 5
    session = Session(999, [True] * 50 + [False] * 50, predictions=all_majority)
    assert not rule.advise(session).stop
    assert "no row positive" in rule.advise(session).why


@pytest.mark.parametrize("rule", MODEL_RULES, ids=str)
def test_a_settled_model_stops_once_positives_are_found(rule):
    settled = [np.r_[np.full(10, 0.999), np.full(90, 0.001)]] * 4
    few, many = [True] * 9, [True] * 10
    assert not rule.advise(Session(999, few, predictions=settled)).stop
    assert rule.advise(Session(999, many, predictions=settled)).stop
    assert not rule.advise(Session(999, many, predictions=settled[:0])).stop


def test_a_model_that_still_changes_goes_on():
    one, other = (
        np.r_[np.full(10, 0.6), np.full(90, 0.4)],
        np.r_[np.full(11, 0.6), np.full(89, 0.4)],
    )
    session = Session(999, [True] * 10, predictions=[one, other, one, other])
    assert not any(rule.advise(session).stop for rule in MODEL_RULES)
    assert "1 decision of 100" in ClassificationChange().advise(session).why


def test_batches_of_which_a_part_is_labelled():
    batches = [Batch(10, 10, 8), Batch(40, 20, 1), Batch(50, 25, 0)]
    session = Session(100, [True], batches=batches)
    rule = SampledBatches(0.8)
    assert rule.advise(session).stop
    assert rule.depth(session) == 1  # 8 of 10
    assert SampledBatches(0.81).depth(session) == 2
    assert not rule.advise(Session(101, [True], batches=batches)).stop
    sizes = [1]
    while sum(sizes) < 100:
        sizes.append(batch_size(sizes[-1]))
    assert sizes[:6] == [1, 2, 3, 4, 5, 6]


def test_batches_without_a_positive_say_nothing_of_where_to_read():
    nothing = Session(100, [False], batches=[Batch(40, 20, 0), Batch(60, 30, 0)])
    advice = SampledBatches().advise(nothing)
    assert not advice.stop
    assert "of 50 rows drawn from them none is positive" in advice.why
    assert SampledBatches().depth(nothing) == 2
    # A batch of which no row is labelled is not known to hold none.
    part = Session(100, [True], batches=[Batch(40, 20, 3), Batch(60, 0, 0)])
    assert "cover 40 of 100 rows" in SampledBatches().advise(part).why


def test_joined_rules_set_aside_what_the_greediest_needs():
    assert (QuantileBound(0.8).sets_aside, Target().sets_aside, Knee().sets_aside) == (14, 10, 0)
    assert (QuantileBound(0.8) | Target()).sets_aside == 14
    assert (Budget(labels=5) & Target()).sets_aside == 10
    again = Session(99, [True], set_aside=14, refound=14)
    assert QuantileBound(0.8).advise(again).stop


def test_a_dry_spell_is_never_shorter_than_its_least():
    assert not DrySpell().advise(Session(9000, [True] + [False] * 199)).stop
    assert DrySpell().advise(Session(9000, [True] + [False] * 200)).stop
    # Ten labels a positive: 300 are asked.
    thin = ([False] * 9 + [True]) * 5
    assert not DrySpell().advise(Session(9000, thin + [False] * 299)).stop
    assert DrySpell().advise(Session(9000, thin + [False] * 300)).stop


def test_doubt_by_hand():
    # Of a quarter: 0.25 log2(4) + 0.75 log2(4 / 3) = 0.811.
    session = Session(99, [True] * 10, predictions=[np.array([0.25, 0.75, 1.0, 0.0])])
    assert "0.406 of 1" in OverallUncertainty().advise(session).why


def test_agreement_is_the_mean_of_the_last_pairs():
    # The pairs' kappas are 1, 0.4 and 1; the last two of the three are averaged.
    one = np.r_[np.full(25, 0.9), np.full(25, 0.1)]
    other = np.r_[np.full(20, 0.9), np.full(5, 0.1), np.full(10, 0.9), np.full(15, 0.1)]
    session = Session(99, [True] * 10, predictions=[one, one, other, other])
    assert "kappa 0.700" in StabilisingPredictions(window=2).advise(session).why
    assert "kappa 0.800" in StabilisingPredictions(window=3).advise(session).why


@pytest.mark.parametrize(("searches", "chance"), [(2, 0.3), (2, 0.5), (3, 0.3), (5, 0.3)])
def test_chao_counts_equal_searches_right_however_few(searches, chance):
    rng = np.random.default_rng(7)
    found = [chao(rng.random((200, searches)) < chance) for _ in range(200)]
    assert np.mean([one.total for one in found]) == pytest.approx(200, abs=8)
    assert np.mean([one.low <= 200 <= one.high for one in found]) >= 0.9


def test_chao_by_hand():
    # 10 found; 4 once, 3 twice, 3 by all three searches: 10 + 2/3 * 4 * 3 / (2 * 4).
    seen = [[1, 0, 0]] * 4 + [[1, 1, 0]] * 3 + [[1, 1, 1]] * 3
    estimate = chao(seen)
    assert estimate.total == pytest.approx(11)
    # 1 unseen, of variance 2/3 * 12 / 8 + 4/9 * 4 * 7^2 / (4 * 4^2)
    # + 4/9 * 4^2 * 3 * 3^2 / (4 * 4^4) = 2.549; the interval goes from 1 / C to C = exp(1.96
    # sqrt(log(3.549))) = 9.077.
    assert estimate.low == pytest.approx(10 + 1 / 9.077, abs=1e-3)
    assert estimate.high == pytest.approx(19.077, abs=0.01)
    # 5 found once each by two searches: 5 + 1/2 * 5 * 4 / 2; without any found twice the variance
    # is 5 * 4 / 4 + 5 * 9^2 / 16 - 5^4 / (16 * 10) = 26.41, and C = exp(1.96 sqrt(log(2.0563))).
    once = chao([[1, 0]] * 5)
    assert once.total == 10
    assert once.low == pytest.approx(5 + 5 / 5.281, abs=0.01)
    assert once.high == pytest.approx(5 + 5 * 5.281, abs=0.05)
    assert chao([[1, 1]] * 5).high == 5
    assert chao(np.zeros((0, 2))).total == 0
    assert np.isfinite(chao([[1, 0]] * 5).high)
    with pytest.raises(InputError, match="two searches"):
        chao([[1], [1]])


def test_capture_and_recapture_stops_when_searches_agree():
    same = Session(99, [True] * 20, captures=np.ones((20, 3), bool))
    assert CaptureRecapture().advise(same).stop
    apart = np.tile([True, False, False], (20, 1))
    assert not CaptureRecapture().advise(Session(99, [True] * 20, captures=apart)).stop
    assert not CaptureRecapture().advise(Session(99, [True] * 20)).stop
    # Positives that no search asked for are no find of any.
    told = Session(99, [True] * 20, captures=np.ones((9, 2), bool))
    assert "9 positives of 10" in CaptureRecapture().advise(told).why


def watched(predictions):
    return ClassificationChange().advise(Session(99, [True] * 20, predictions=predictions))


def test_predictions_may_be_lists():
    assert watched([[0.9, 0.1]] * 2).stop


def test_what_a_rule_of_models_lacks_is_said():
    for rule in MODEL_RULES:
        assert "as the predictions of the session" in rule.advise(Session(99, [True] * 20)).needs


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: NegativesInARow(0), "at least 1"),
        (lambda: Knee(0), "at least 1"),
        (lambda: StabilisingPredictions(kappa=1.0), "between 0 and 1"),
        (lambda: StabilisingPredictions(window=0), "at least 1"),
        (lambda: OverallUncertainty(least_found=0), "at least 1"),
        (lambda: OverallUncertainty(threshold=2), "between 0 and 1"),
        (lambda: ClassificationChange(least_found=0), "at least 1"),
        (lambda: Target(positives=0), "at least 1"),
        (lambda: positives_to_refind(-1), "at least 0"),
        (lambda: Budget(labels=np.nan), "is no budget"),
        (lambda: Budget(labels="5"), "is no budget"),
        (lambda: named("budget:50%"), "labels is 0.5; give a whole number"),
        (lambda: NegativesInARow(2.5), "whole number"),
        (lambda: DrySpell(least=0.5), "whole number"),
        (lambda: DrySpell(spacings=0), "above 0"),
        (lambda: CaptureRecapture(least_found=0), "at least 1"),
        (lambda: draws_needed(9, 1, 1.5), "between 0 and 1"),
        (lambda: certain_recall(Session(9, [True]), 95), "between 0 and 1"),
        (lambda: kappa([1, 0], [1]), "same rows"),
        (lambda: f_change_bound(1.5), "exceed 1"),
        (lambda: f_change_bound(0.9, precision=-1), "at least 0"),
        (lambda: mean_entropy([0.5, np.nan]), "probabilities from 0 to 1"),
        (lambda: watched([[0.9, 0.1], [0.9]]), "same rows"),
        (lambda: watched([[0.9, 0.1], [0.9, 2.0]]), "probabilities from 0 to 1"),
        (lambda: watched([[[0.9, 0.1]]] * 2), "one of each row"),
        (lambda: SampledBatches().depth(Session(9, [])), "no batches"),
    ],
)
def test_what_makes_no_sense_is_said(make, said):
    with pytest.raises(InputError, match=said):
        make()
