"""What several annotators' labels of the same rows prove, by hand and on drawn labels."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from motherlode.errors import InputError
from motherlode.estimation import (
    Estimate,
    NoEstimate,
    Opinion,
    _annotators,
    judge_annotators,
    settle_opinions,
)

PEOPLE = ("ann", "ben", "cy")


def judged(found, classes=("dry", "gold"), seed=0):
    return judge_annotators(found, list(classes), np.random.default_rng(seed))


def drawn(rng, n, prevalence, missed, alarms, twice):
    """Labels of rows by two of three annotators who err alike; a share of rows has both."""
    truth = (rng.random(n) < prevalence).astype(int)
    wrong = np.where(truth == 1, missed, alarms)
    said = []
    for row in range(n):
        who = rng.permutation(3)[: 1 + (rng.random() < twice)]
        codes = np.where(rng.random(len(who)) < wrong[row], 1 - truth[row], truth[row])
        said += [
            Opinion(row, PEOPLE[a], int(code)) for a, code in zip(who.tolist(), codes, strict=True)
        ]
    return truth, said


def test_one_opinion_of_each_row_by_hand():
    # Shares with one row more of each class: 10/12 and 2/12. A tenth of labels is a guess, so a
    # label is wrong with a tenth of the share of the other class.
    found = settle_opinions([Opinion(row, "ann", int(row == 0)) for row in range(10)], classes=2)
    assert 1 - found.trust[0] == pytest.approx(0.1 * 10 / 12)
    assert 1 - found.trust[1:] == pytest.approx(0.1 * 2 / 12)
    # One positive and nine negatives: a wrong label counts ten times.
    assert found.gain[[0, 1]] == pytest.approx([10 * 0.1 * 10 / 12, 10 * 0.1 * 2 / 12])


def test_rows_of_known_class_give_the_class_of_another_by_hand():
    pytest.importorskip("crowdkit")
    # Ann is right on all 20 settled rows of class 0 and on 10 of 20 of class 1; ben on all.
    settled = {row: int(row >= 20) for row in range(40)}
    said = [Opinion(row, "ann", int(row >= 30)) for row in range(40)]
    said += [Opinion(row, "ben", settled[row]) for row in range(40)]
    found = settle_opinions([*said, Opinion(40, "ann", 0), Opinion(40, "ben", 1)], 2, settled)
    # With 9 rows right and 1 wrong of each class before, and the new row itself counting as 0 with
    # probability q: equations 2.3 to 2.5 of Dawid and Skene, repeated until q stays.
    q = 0.5
    for _ in range(200):
        of_0 = (30 + q) / 61 * (29 + q) / (30 + q) * (1 + q) / (30 + q)
        of_1 = (31 - q) / 61 * (12 - q) / (31 - q) * (30 - q) / (31 - q)
        q = of_0 / (of_0 + of_1)
    assert found.probabilities[40, 0] == pytest.approx(q, abs=1e-3)
    assert found.codes[40] == 1
    assert found.trust[:40].tolist() == [1.0] * 40
    assert not found.gain[:40].any()
    assert found.gain[40] > 0


@st.composite
def opinions(draw, classes=3):
    pairs = draw(
        st.lists(st.tuples(st.integers(0, 9), st.sampled_from(PEOPLE)), min_size=1, unique=True)
    )
    return [Opinion(row, who, draw(st.integers(0, classes - 1))) for row, who in pairs]


@settings(max_examples=25)
@given(opinions(), st.dictionaries(st.integers(0, 9), st.integers(0, 2), max_size=2), st.data())
def test_what_holds_of_any_opinions(said, settled, data):
    pytest.importorskip("crowdkit")
    found = settle_opinions(said, 3, settled)
    assert found.rows.tolist() == sorted({o.row for o in said} | set(settled))
    assert found.probabilities.sum(axis=1) == pytest.approx(1)
    assert (found.gain >= 0).all()
    for row, code, P in zip(found.rows.tolist(), found.codes, found.probabilities, strict=True):
        named = {o.code for o in said if o.row == row}
        if row in settled:
            assert (code, P[code]) == (settled[row], 1.0)
        else:
            assert code in named
    order = data.draw(st.permutations(said))
    names = {"ann": "cy", "ben": "ann", "cy": "ben"}
    again = settle_opinions([Opinion(r, names[who], c) for r, who, c in order], 3, settled)
    assert again.probabilities == pytest.approx(found.probabilities, abs=1e-6)
    for one in judged(found, "abc"):
        assert one.labels == sum(o.annotator == one.name for o in said)
        for error in one.errors.values():
            if isinstance(error, Estimate):
                assert 0 <= error.low <= error.value <= error.high <= 1
            else:
                assert "two annotators" in error.reason


def test_intervals_hold_the_error_rates():
    pytest.importorskip("crowdkit")
    held = []
    for seed in range(6):
        _, said = drawn(np.random.default_rng(seed), 500, 0.1, 0.2, 0.03, 0.3)
        for one in judged(settle_opinions(said, 2)):
            for label, rate in (("dry", 0.03), ("gold", 0.2)):
                held.append(one.errors[label].low <= rate <= one.errors[label].high)
    assert np.mean(held) > 0.85


def test_settled_labels_err_less_than_first_ones():
    pytest.importorskip("crowdkit")
    truth, said = drawn(np.random.default_rng(0), 800, 0.05, 0.1, 0.04, 1.0)
    found = settle_opinions(said, 2)
    first = {o.row: o.code for o in reversed(said)}
    alone = np.mean([first[row] != truth[row] for row in range(800)])
    assert np.mean(found.codes != truth) < alone / 2


def test_who_errs_is_named():
    pytest.importorskip("crowdkit")
    rng = np.random.default_rng(1)
    _, said = drawn(rng, 300, 0.3, 0.02, 0.02, 1.0)
    said += [Opinion(row, "dora", int(rng.random() < 0.5)) for row in range(300)]
    found = {one.name: one for one in judged(settle_opinions(said, 2))}
    assert found["dora"].errors["gold"].low > 0.3
    assert max(found[who].errors["gold"].high for who in PEOPLE) < 0.3
    assert found["dora"].confusion.sum(axis=1) == pytest.approx(1)
    assert (found["dora"].low <= found["dora"].confusion).all()
    assert (found["dora"].confusion <= found["dora"].high).all()
    assert str(found["dora"]).startswith("dora: 300 labels, 300 of rows that others saw too; ")


def test_rows_that_one_annotator_alone_saw_prove_nothing():
    found = settle_opinions([Opinion(0, "ann", 0), Opinion(1, "ben", 1)], 2)
    for one in judged(found):
        assert (one.labels, one.shared, one.confusion) == (1, 0, None)
        assert all(isinstance(error, NoEstimate) for error in one.errors.values())
        assert "No row has labels of two annotators" in str(one)


def test_without_the_extra_a_sentence_says_so(monkeypatch):
    monkeypatch.setattr(_annotators, "find_spec", lambda name: None)
    with pytest.raises(InputError, match=r'pip install "motherlode\[annotators\]"'):
        settle_opinions([Opinion(0, "ann", 0), Opinion(0, "ben", 0)], 2)
    assert settle_opinions([Opinion(0, "ann", 0)], 2).codes.tolist() == [0]
