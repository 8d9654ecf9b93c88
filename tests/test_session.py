import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from motherlode import ActiveLearner
from motherlode._round.selection import Control, Stochastic
from motherlode.errors import InputError
from motherlode.estimation import positives
from motherlode.learner import RandomRows
from motherlode.session import CONTROL, Batch, Group, Origin, Session


def lot(left, after, n, channel=CONTROL):
    return [Origin(channel, "", 1 / (left - i), left - i, after) for i in range(n)]


def test_draws_of_neighbouring_queries_are_one_sample():
    origins = [*lot(100, 0, 3), *lot(97, 3, 2)]
    session = Session(100, [True, False, False, False, True], origins)
    assert session.groups() == [Group(rows=100, drawn=5, positives=2, found=0)]


def test_draws_with_a_search_between_them_are_two_samples():
    origins = [*lot(100, 0, 2), Origin("query", asked_after=2), *lot(97, 3, 2)]
    session = Session(100, [True, False, True, False, True], origins)
    assert session.groups() == [Group(100, 2, 1, 0), Group(97, 2, 1, 2)]


def test_draws_are_compared_with_what_was_known_when_they_were_asked():
    # The labels of one query may come in any order.
    origins = [Origin("query", asked_after=0), *lot(100, 0, 1)]
    assert Session(100, [True, True], origins).groups() == [Group(100, 1, 1, 0)]


def test_unequal_draws_are_by_lot_but_not_uniform():
    session = Session(10, [True, False], [Origin("query", "", 0.5, 10, 0), Origin()])
    assert session.at_random.tolist() == [True, False]
    assert not session.uniform.any()
    assert session.groups() == []


def test_the_session_as_it_was():
    session = Session(50, [True, False, True], lot(50, 0, 3))
    assert session.first(2).found == 1
    assert session.first(2).left == 48
    assert session.found_before([0, 1, 2, 3]).tolist() == [0, 1, 1, 2]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((1, [True, False]), "2 labels and the pool has 1 rows"),
        ((9, [0.5]), "true and false"),
        ((9, [True], [Origin(), Origin()]), "1 labels and 2 origins"),
        ((9, [True], (), (), 2, 3), "3 of 2 positives set aside"),
        ((9, [True], (), (), 0, 0, [True]), "captures must be a table"),
        ((9, [True], (), (), 0, 0, None, [Batch(10, 20, 3)]), "is no batch"),
    ],
)
def test_what_does_not_fit_is_said(arguments, said):
    with pytest.raises(InputError, match=said):
        Session(*arguments)


@pytest.fixture
def learner():
    def make(**settings):
        X = np.random.default_rng(0).normal(size=(200, 2))
        model = LogisticRegression()  # which rows are asked does not matter here
        return ActiveLearner(X, [0, 1], model, "margin", minority=1, **settings)

    return make


def taught(learner, rounds=20, n=5):
    for _ in range(rounds):
        rows = learner.query(n).rows
        learner.teach(rows, (learner.pool.features[rows, 0] > 1).astype(int))
    return learner


def test_control_rows_are_said_to_be_such(learner):
    query = learner(control=1.0).query(4)
    assert all(reason.startswith("Control: drawn at random from 200") for reason in query.reasons)
    assert query.probabilities == pytest.approx(1 / np.array([200, 199, 198, 197]))


def test_the_share_of_control_rows_is_kept_also_one_by_one(learner):
    for n, rounds in ((1, 100), (5, 20)):
        channels = taught(learner(control=0.3, seed=4), rounds, n).channels
        assert 20 <= channels.count(CONTROL) <= 40


def test_every_label_keeps_the_probability_its_row_was_drawn_with(learner):
    session = taught(learner(control=0.4)).session()
    control = np.array([o.channel == CONTROL for o in session.origins])
    assert (session.at_random == control).all()
    assert (session.uniform == control).all()
    assert (session.probabilities[~control] == 0).all()
    # Each query came after so many labels, and its draws were from what was left then.
    first = [g for g in session.groups() if g.rows == 200]
    assert len(first) == 1
    assert first[0].drawn == control[:5].sum()


def test_stratified_control_draws_take_one_of_each_slice_with_equal_chances(learner):
    hits = np.zeros(200)
    for seed in range(300):
        query = learner(control=Control(1.0, stratified=True), seed=seed).query(10)
        hits[query.rows] += 1
        assert query.probabilities == pytest.approx(1 / 200)
        assert len(set(query.rows)) == 10
    assert abs(hits - 15).max() < 5 * np.sqrt(15)


def test_random_sampling_is_a_sample_by_lot(learner):
    learner = ActiveLearner(np.eye(30), [0, 1], strategy="random", minority=1)
    query = learner.query(3)
    assert query.probabilities == pytest.approx([1 / 30, 1 / 29, 1 / 28])
    learner.teach(query.rows, [0, 1, 0])
    assert learner.session().groups() == [Group(30, 3, 1, 0)]


def test_chances_among_a_few_candidates_are_no_sample_of_the_pool():
    from motherlode.learner._candidates import RandomRows

    learner = ActiveLearner(
        np.eye(30), [0, 1], strategy="random", candidates=RandomRows(10), selection=Stochastic()
    )
    query = learner.query(3)
    learner.teach(query.rows, [0, 1, 0])
    assert query.probabilities is not None
    assert not learner.session().at_random.any()


def test_rows_found_by_search_are_no_sample(learner):
    made = learner(control=0.0)
    made.teach([3, 8], [0, 1], channel="search")
    assert made.channels == ["search", "search"]
    assert not made.session().at_random.any()


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=40, deadline=None)
def test_the_sample_is_made_of_the_draws_alone(seed):  # noqa: C901
    """Rows are asked, found, answered late, corrected, skipped and taken back in any order."""
    rng = np.random.default_rng(seed)
    truth = rng.random(120) < 0.2
    made = ActiveLearner(
        rng.normal(size=(120, 2)), [0, 1], minority=1, control=0.5, strategy="random",
        candidates=RandomRows(60), seed=int(seed % 1000),
    )  # fmt: skip
    drawn = {}

    def answer(rows):
        known = set(made.labelled[0].tolist())
        rows = [int(row) for row in rows if int(row) not in known]
        made.unskip([row for row in rows if row in set(made.skipped.tolist())])
        channel = [None, "search", "given"][rng.integers(3)]
        made.teach(rows, truth[rows].astype(int), channel=channel)

    for _ in range(12):
        what = rng.integers(6)
        labelled = made.labelled[0].tolist()
        if what == 0:
            answer(rng.choice(120, 3, replace=False))  # a search
        elif what == 1 and drawn:  # whoever looks for positives takes them among drawn rows too
            answer([row for row in drawn if truth[row]][:3])
        elif what == 2 and labelled:
            made.unteach(labelled[:1])
        elif what == 3 and labelled:
            made.correct(labelled[:1], truth[labelled[:1]].astype(int))
        elif what == 4 and (left := [row for row in drawn if row not in labelled]):
            made.skip(left[:1])
        else:
            asked = made.query(6)
            for row in asked.controls:
                drawn.setdefault(int(row), made.origins_of([row])[0])
            answer(asked.rows[: rng.integers(7)])
    answer(list(drawn))
    session = made.session()
    rows = made.labelled[0].tolist()
    sample = {row for row, is_drawn in zip(rows, session.drawn, strict=True) if is_drawn}
    assert sample == set(drawn)
    kept = dict(zip(rows, session.origins, strict=True))
    for row, how in drawn.items():
        assert (kept[row].channel, kept[row].probability) == (CONTROL, how.probability)
    if session.arrivals is None:
        groups = session.groups()
        assert sum(group.drawn for group in groups) == len(drawn)
        assert sum(group.positives for group in groups) == truth[list(drawn)].sum()


@pytest.mark.parametrize("share", [0.2, 0.5, 1.0])
def test_an_estimate_does_not_depend_on_who_looked_among_the_drawn_rows_first(share):
    covered = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        truth = np.zeros(600, dtype=bool)
        truth[rng.choice(600, 60, replace=False)] = True
        made = ActiveLearner(np.eye(600, 2), [0, 1], minority=1, control=1.0, seed=seed)
        rows = made.query(200).rows
        found = [row for row in np.flatnonzero(truth) if rng.random() < share]
        made.teach(found, [1] * len(found), channel="search")
        before = made.session()
        assert before.positive[before.uniform].sum() == before.uniform.sum() <= 10
        rest = [row for row in rows if row not in found]
        made.teach(rest, truth[rest].astype(int))
        estimate = positives(made.session())
        covered += estimate.low <= 60 <= estimate.high
    assert covered >= 90


def test_skipped_rows_leave_the_pool(learner):
    made = learner()
    made.skip([3, 4])
    made.teach([5], [1])
    assert made.session().pool_size == 198
    assert made.session().found == 1


def test_a_kept_session_can_be_taken_up_again(learner):
    one = taught(learner(control=0.4), 3)
    again = learner(control=0.4)
    again.teach(*one.labelled, origins=one.session().origins)
    assert again.session().groups() == one.session().groups()
    assert again.channels == one.channels
    with pytest.raises(InputError, match="2 rows and 1 origins"):
        again.teach([1, 2], [0, 0], origins=[Origin()])


def test_without_control_nothing_changes(learner):
    assert learner().query(5).rows.tolist() == learner(control=0.0).query(5).rows.tolist()
    assert learner().query(5).probabilities is None


@pytest.mark.parametrize("control", [1.5, -0.1, "a tenth", True, None])
def test_a_share_is_a_number_from_0_to_1(learner, control):
    with pytest.raises(InputError, match="share of each batch"):
        learner(control=control)
