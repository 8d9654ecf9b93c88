"""One sentence to act on, for every state that a search can be in."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from motherlode.estimation import estimate_counts, plan_draws, positives_left, recall
from motherlode.session import Origin, Session
from motherlode.stopping import Budget, Knee, NegativesInARow, Rule, TargetRecall, Verdict, forecast
from motherlode.stopping._verdict import reach_verdict


def session(pool: int, found: int, searched: int, drawn: int = 0, seen: int = 0) -> Session:
    """A search, and random draws after it."""
    left = pool - searched
    origins = [Origin("query")] * searched
    origins += [Origin("control", "", 1 / (left - i), left - i, searched) for i in range(drawn)]
    positive = [i < found for i in range(searched)] + [i < seen for i in range(drawn)]
    return Session(pool, positive, origins)


def verdict(of: Session, *rules: Rule) -> Verdict:
    return forecast(of, rules or (TargetRecall(),), name="refunds").verdict


def test_nothing_is_labelled() -> None:
    found = verdict(Session(100, []))
    assert (found.act, str(found)) == (
        "begin",
        "Begin: no row is labelled yet. Label the first rows.",
    )


def test_everything_is_labelled() -> None:
    found = verdict(session(20, 5, 20))
    assert str(found) == "Stop: every row is labelled, and all refunds are found."


def test_no_row_was_drawn_at_random() -> None:
    found = verdict(session(3000, 200, 300))
    assert found.act == "go on"
    assert "200 refunds are found, and nobody can tell" in found.sentence
    assert found.next_step == "About 1,200 more random rows would tell within ±10 %."
    assert found.draws > 0


def test_random_rows_bound_the_share_found() -> None:
    of = session(3000, 52, 300, 60, 1)
    assert recall(of).high == 1
    least = float(verdict(of).sentence.removeprefix("at least ").split()[0])
    assert 0 <= 100 * recall(of).low - least < 1
    of = session(3000, 52, 300, 200, 4)
    known = recall(of)
    said = verdict(of).sentence.removeprefix("between ").split()
    low, high = float(said[0]), float(said[2])
    rest = ["%", "of", "the", "refunds", "are", "found,", "with", "95", "%", "confidence."]
    assert said[1:] == ["and", said[2], *rest]
    assert 0 <= 100 * known.low - low < 1
    assert 0 <= high - 100 * known.high < 1


def test_none_is_found() -> None:
    found = verdict(session(3000, 0, 60, 60))
    assert "none of the refunds is found yet, and there are at most" in found.sentence
    assert found.sentence.endswith(", with 95 % confidence.")


@pytest.mark.parametrize("of", [(300, 52, 60, 1), (300, 52, 200, 4), (60, 0, 60, 0)])
def test_each_interval_says_how_sure_it_is(of: tuple[int, ...]) -> None:
    sentence = forecast(session(3000, *of[1::-1], *of[2:]), level=0.8).verdict.sentence
    assert ", with 80 % confidence" in sentence


def test_a_proved_rule_says_stop_and_what_it_promises() -> None:
    of = session(220, 20, 20, 170)
    assert TargetRecall().advise(of).stop
    found = verdict(of, Knee(), TargetRecall())
    assert found.act == "stop"
    assert "at least 95 % of the refunds are found" in found.next_step


def test_a_heuristic_alone_asks_for_a_check() -> None:
    of = session(5000, 400, 900)
    assert NegativesInARow(50).advise(of).stop
    found = verdict(of, NegativesInARow(50), TargetRecall())
    assert found.act == "check"
    assert "this proves nothing" in found.sentence
    assert "random rows would tell" in found.next_step


def test_early_on_nobody_is_sent_to_count() -> None:
    found = verdict(session(500, 1, 2))
    assert found.next_step == "It is too early to count: label what is asked."


@pytest.mark.parametrize(("found", "drawn", "seen"), [(52, 0, 0), (52, 60, 1), (200, 300, 0)])
def test_the_planned_draws_make_the_interval_narrow(found: int, drawn: int, seen: int) -> None:
    rng, widths = np.random.default_rng(0), []
    of = session(3000, found, 300, drawn, seen)
    known = positives_left(of)
    share = (known.value if hasattr(known, "value") else found) / of.left
    n = plan_draws(of, 0.1)
    for _ in range(40):
        more = rng.hypergeometric(round(share * of.left), of.left - round(share * of.left), n)
        after = session(3000, found, 300, drawn + n, seen + int(more))
        widths.append(recall(after).half_width)
    assert 0.05 < np.median(widths) < 0.13


@given(
    st.integers(1, 400).flatmap(
        lambda n: st.tuples(st.just(n), st.integers(0, n), st.integers(0, n), st.integers(0, 400))
    ),
    st.integers(0, 20),
)
def test_there_is_a_sentence_for_every_session(sizes: tuple[int, ...], seen: int) -> None:
    pool, found, searched, drawn = sizes
    found, drawn = min(found, searched), min(drawn, pool - searched)
    of = session(pool, found, searched, drawn, min(seen, drawn))
    for rule in (TargetRecall(), NegativesInARow(50)):
        said = verdict(of, rule)
        assert said.sentence.endswith(".")
        assert 0 <= said.draws <= of.left
        assert "nan" not in str(said)


def test_a_budget_that_is_spent_says_nothing_of_the_last_labels():
    labels = [True, False] * 5
    rule = Budget(labels=5)
    session = Session(50, labels)
    found = reach_verdict(session, estimate_counts(session), [(rule, rule.advise(session))])
    assert found.act == "check"
    assert found.sentence.startswith("the budget is spent, but this proves nothing")
