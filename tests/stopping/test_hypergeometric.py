import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import hypergeom

from motherlode.errors import InputError
from motherlode.estimation import recall
from motherlode.session import CONTROL, Origin, Session
from motherlode.stopping import QuasiSampling, TargetRecall, certain_recall, draws_needed
from motherlode.stopping._boundary import least_missed
from motherlode.stopping._hypergeometric import tail
from motherlode.stopping._phases import Phase, find_phases


def session(pool, searched, drawn):
    n = len(searched)
    lot = [Origin(CONTROL, "", 1 / (pool - n - i), pool - n - i, n + i) for i in range(len(drawn))]
    return Session(pool, [*searched, *drawn], [Origin("query")] * n + lot)


@given(st.integers(1, 60), st.data())
def test_the_tail_is_scipys(rows, data):
    K, n, k = (data.draw(st.integers(0, m)) for m in (rows, rows, 60))
    assert float(tail(rows, K, n, k)) == pytest.approx(hypergeom.cdf(k, rows, K, n), abs=1e-9)


def test_more_positives_than_rows_are_refuted():
    assert float(tail(3, 4, 1, 1)) == 0


def test_the_fewest_missed_are_one_more_than_the_target_allows():
    # 18 of 20 are 90 %; with 19 found of 20 the target of 95 % is met to the digit.
    assert float(least_missed(19, 19, 0.95)) == 2
    assert float(least_missed(18, 18, 0.95)) == 1
    # Half of 10 at a target of one half: six missing are too many.
    assert float(least_missed(5, 5, 0.5)) == 6


def test_by_hand():
    # One positive among 10 rows left; 9 drawn rows without it have a chance of 1/10, 10 none.
    assert not TargetRecall().advise(session(11, [True], [False] * 9)).stop
    assert TargetRecall().advise(session(11, [True], [False] * 10)).stop
    # The first draw is not tested: 1 of 9 would be missed by 8 with a chance of 1/9. The first
    # phase has the error e = 0.95 * 21 %, and its first stop 0.7 * e ** (9 / 8) = 0.114.
    assert TargetRecall(confidence=0.79).advise(session(11, [True], [False] * 9)).stop
    assert not TargetRecall(confidence=0.8).advise(session(11, [True], [False] * 9)).stop


def test_a_positive_among_the_draws_is_found_too():
    # 6 found: at a target of one half 8 missed ones, 1 of them seen, among 995 rows.
    made = session(1000, [True] * 5, [False] * 400 + [True])
    advice = TargetRecall(recall=0.5).advise(made)
    assert hypergeom.cdf(1, 995, 8, 401) == pytest.approx(0.105, abs=0.01)
    assert not advice.stop
    made = session(1000, [True] * 5, [False] * 510 + [True])
    assert hypergeom.cdf(1, 995, 8, 511) < 0.05
    assert TargetRecall(recall=0.5).advise(made).stop
    assert "1 positive in the last 502 draws" in TargetRecall(recall=0.5).advise(made).why


def test_only_draws_after_the_search_count():
    mixed = Session(
        100,
        [False, True, False],
        [
            Origin(CONTROL, "", 0.01, 100, 0),
            Origin("query", asked_after=0),
            Origin(CONTROL, "", 1 / 98, 98, 2),
        ],
    )
    assert find_phases(mixed)[1] == Phase(98, 1, 1, 0)
    # A draw asked together with a searched row was drawn before that row's label.
    together = Session(
        100, [True, False], [Origin("query", asked_after=0), Origin(CONTROL, "", 0.01, 100, 0)]
    )
    assert find_phases(together)[:2] == ([], Phase(98, 1, 0, 0))


def test_draws_that_are_held_back_count_as_left():
    search = [Origin("query")] * 20
    draws = [Origin(CONTROL, "", 1 / (200 - i), 200 - i, 20) for i in range(200)]
    answered = Session(220, [True] * 20 + [False] * 155, [*search, *draws[:155]])
    # Row 155 waits for its label, and two rows that were drawn after it have theirs.
    positive = [True] * 20 + [False] * 155 + [True, False]
    held_back = np.arange(177) >= 175
    after = Session(220, positive, [*search, *draws[:155], *draws[156:158]], held_back=held_back)
    assert TargetRecall().advise(after) == TargetRecall().advise(answered)
    assert certain_recall(after) == certain_recall(answered)


def test_the_ends():
    rule = TargetRecall()
    assert not rule.advise(Session(10, [])).stop
    assert not rule.advise(session(10, [], [False] * 9)).stop
    assert rule.advise(Session(3, [False] * 3)).stop
    assert rule.advise(Session(3, [True] * 3)).stop
    assert not rule.advise(Session(3, [True])).stop
    for quasi in (Session(10, []), Session(10, [False] * 9), Session(3, [True])):
        assert not QuasiSampling().advise(quasi).stop
    assert QuasiSampling().advise(Session(2, [True, False])).stop


@given(st.integers(1, 40), st.integers(1, 60), st.integers(0, 60))
def test_what_it_would_take_is_enough_and_no_more(found, rest, drawn):
    rule, drawn = TargetRecall(recall=0.8), min(drawn, rest - 1)
    said = rule.advise(session(found + rest, [True] * found, [False] * drawn))
    if said.stop:
        return
    more = int(said.needs.split()[2])
    # It is as many again as a test that is made once would need, or somewhat more.
    assert drawn + more >= draws_needed(rest, int(least_missed(found, found, 0.8)), 0.95)
    for n, stops in ((drawn + more, True), (drawn + more - 1, False)):
        assert rule.advise(session(found + rest, [True] * found, [False] * n)).stop == stops


@given(st.lists(st.booleans(), max_size=40), st.integers(0, 30))
def test_a_negative_more_never_weakens_the_heuristic(labels, more):
    pool = len(labels) + more + 1
    rule = QuasiSampling()
    before = rule.p_value(Session(pool, labels))
    after = rule.p_value(Session(pool, [*labels, False]))
    assert 0 <= after <= before + 1e-9 or not any(labels)


def test_every_suffix_is_tried_that_matters():
    rng = np.random.default_rng(0)
    for _ in range(30):
        labels = rng.random(40) < np.linspace(0.6, 0.02, 40)
        found = int(labels.sum())
        if not found:
            continue
        every = []
        for i in range(40):
            before = int(labels[:i].sum())
            missed = int(least_missed(found, before, 0.95))
            every.append(float(tail(60 - i, missed, 40 - i, found - before)))
        assert QuasiSampling().p_value(Session(60, labels)) == pytest.approx(min(every))


@given(st.integers(0, 10), st.lists(st.booleans(), max_size=30), st.integers(0, 30))
def test_the_recall_that_is_certain_is_the_low_end_of_the_interval(found, drawn, left):
    made = session(found + len(drawn) + left, [True] * found, drawn)
    sure = certain_recall(made)
    assert 0 <= sure <= 1
    if made.found and made.left and len(drawn) >= 10:
        assert sure == pytest.approx(recall(made).low)


def test_the_recall_that_is_certain_by_hand():
    # One of 400 rows would be missed by 399 draws with a chance of 1/400. The wager has a tenth of
    # its weight on none, and takes it for refuted at 95 %, and not at 99 %.
    assert certain_recall(session(401, [True], [False] * 399)) == 1
    assert certain_recall(session(401, [True], [False] * 399), 0.99) == 1 / 2
    assert certain_recall(session(21, [True], [])) == 1 / 21
    assert certain_recall(session(21, [], [False] * 19)) == 0


@pytest.mark.parametrize("settings", [{"recall": 1.0}, {"recall": 0}, {"confidence": 1.5}])
def test_shares_are_shares(settings):
    with pytest.raises(InputError, match="between 0 and 1"):
        TargetRecall(**settings)


def test_early_stops_are_as_rare_as_promised():
    # 40 positives, of which the search found 37: short of the target by one.
    rng = np.random.default_rng(1)
    early, rule = 0, TargetRecall()
    for _ in range(150):
        truth = rng.permutation(np.r_[np.ones(3, bool), np.zeros(397, bool)])
        for n in range(100, 400, 60):
            made = session(437, [True] * 37, truth[:n])
            if rule.advise(made).stop:
                early += made.found < 38
                break
    assert early / 150 < 0.05 + 3 * np.sqrt(0.05 * 0.95 / 150)
