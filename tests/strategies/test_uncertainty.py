import numpy as np
import pytest
from given import binary, given_view
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from motherlode import InputError, measures
from motherlode.strategies import Entropy, LeastConfidence, Margin, MostLikely
from motherlode.strategies._uncertainty import _threshold_of

ALL = [LeastConfidence, Margin, Entropy]
BY_NAME = {
    LeastConfidence: measures.least_confidence,
    Margin: measures.margin,
    Entropy: measures.entropy,
}
# Rows 0 to 3 are labelled, 4 to 8 are candidates.
P = binary([0.02, 0.04, 0.30, 0.60, 0.01, 0.10, 0.20, 0.45, 0.95])
LABELLED, CODES = [0, 1, 2, 3], [0, 0, 1, 1]


def order(strategy, view):
    return view.rows[np.argsort(-strategy.utilities(view), kind="stable")].tolist()


@pytest.mark.parametrize("kind", ALL)
def test_utilities_are_the_measure(kind):
    view = given_view(P, LABELLED, CODES)
    assert kind().utilities(view) == pytest.approx(BY_NAME[kind](P[4:]))


@pytest.mark.parametrize("kind", ALL)
def test_for_two_classes_all_three_rank_alike(kind):
    view = given_view(P, LABELLED, CODES)
    assert order(kind(), view) == [7, 6, 5, 8, 4]
    assert order(kind(0.15), view) == [6, 5, 7, 4, 8]


@given(arrays(np.float64, 8, elements=st.floats(0.001, 0.999), unique=True), st.floats(0.01, 0.99))
def test_the_measure_does_not_matter_for_two_classes(p, threshold):
    view = given_view(binary(np.append(p, [0.2, 0.7])), [8, 9], [0, 1])
    for cut in (0.5, threshold):
        u = [kind(cut).utilities(view) for kind in ALL]
        apart = np.subtract.outer(u[2], u[2]) > 1e-6
        for other in u[:2]:
            assert (np.subtract.outer(other, other)[apart] > 0).all()


def test_for_three_classes_they_differ():
    three = np.array([[1, 0, 0], [0, 0, 1], [0.5, 0.5, 0.0], [0.44, 0.28, 0.28], [0.4, 0.33, 0.27]])
    view = given_view(three, [0, 1], [0, 2])
    assert order(Margin(), view)[0] == 2
    assert order(LeastConfidence(), view)[0] == 4
    assert order(Entropy(), view)[:2] == [4, 3]


def test_thresholds_speak_of_the_minority_whichever_column_it_has():
    for minority in (0, 1):
        Q = P if minority == 1 else P[:, ::-1]
        codes = [c if minority == 1 else 1 - c for c in CODES]
        view = given_view(Q, LABELLED, codes, minority=(minority,))
        assert order(Margin(0.1), view)[0] == 5
        assert order(Margin("separating"), view)[0] == 6
        assert _threshold_of(view, "separating") == pytest.approx(0.17)  # between 0.04 and 0.30
        assert _threshold_of(view, "prior") == pytest.approx(np.mean([0.01, 0.1, 0.2, 0.45, 0.95]))


def test_the_prior_is_that_of_the_candidates():
    p = np.concatenate([[0.1, 0.9], np.linspace(0.01, 0.09, 9)])
    view = given_view(binary(p), [0, 1], [0, 1])
    assert _threshold_of(view, "prior") == pytest.approx(0.05)
    assert order(Entropy("prior"), view)[0] == 6


def test_a_threshold_without_a_model_or_a_second_side_is_one_half():
    no_model = given_view(P, [], [], model=False)
    one_side = given_view(P, [0, 1], [0, 0])
    for rule in ("prior", "separating"):
        assert _threshold_of(no_model, rule) == 0.5
    assert _threshold_of(one_side, "separating") == 0.5


@pytest.mark.parametrize("kind", ALL)
def test_a_threshold_is_for_two_classes(kind):
    three = given_view(np.full((4, 3), 1 / 3), [0, 1], [0, 1])
    with pytest.raises(InputError, match=r"two classes.*leave it at 0\.5"):
        kind(0.1).utilities(three)
    assert np.isfinite(kind(0.5).utilities(three)).all()


@pytest.mark.parametrize("kind", ALL)
@pytest.mark.parametrize("rule", [0, 1, -0.1, 1.5, np.nan, "best", None, (0.5,)])
def test_a_bad_threshold_is_named(kind, rule):
    with pytest.raises(InputError, match="threshold is"):
        kind(rule)


def test_without_a_model_all_rows_tie():
    view = given_view(P, [0, 1], [0, 0], model=False)
    for kind in ALL:
        assert np.ptp(kind().utilities(view)) == 0
        assert kind().reasons(view, view.rows[:1]) == [
            f"{kind.__name__}: only class 0 is labelled yet, exploring at random"
        ]


def test_most_likely_adds_the_positive_classes():
    three = np.array([[1, 0, 0], [0, 1, 0], [0.2, 0.5, 0.3], [0.3, 0.1, 0.6]])
    one = given_view(three, [0, 1], [0, 1], minority=(2,))
    two = given_view(three, [0, 1], [0, 1], minority=(1, 2))
    assert MostLikely().utilities(one) == pytest.approx([0.3, 0.6])
    assert MostLikely().utilities(two) == pytest.approx([0.8, 0.7])


def test_reasons_tell_the_utility_and_the_probability():
    view = given_view(P, LABELLED, CODES)
    assert Margin().reasons(view, np.array([7, 4])) == [
        "Margin 0.9; p(1) = 0.45",
        "Margin 0.02; p(1) = 0.01",
    ]
    assert str(Margin()) == "Margin"
    assert str(Margin("prior")) == "Margin(threshold='prior')"


def separating(scores, positive):
    """The threshold of a view whose model gives labelled rows these scores."""
    view = given_view(binary([*scores, 0.5]), range(len(scores)), np.asarray(positive, dtype=int))
    return _threshold_of(view, "separating")


@pytest.mark.parametrize(
    ("scores", "positive", "cut"),
    [
        ([0.1, 0.2, 0.6, 0.8], [0, 0, 1, 1], 0.4),  # separable: the middle of the gap
        ([0.8, 0.1, 0.6, 0.2], [1, 0, 1, 0], 0.4),  # in any order
        ([0.01, 0.03, 0.02, 0.06], [0, 0, 0, 1], 0.045),
        # One positive below two negatives: 0.15 keeps all three positives and loses two of
        # three negatives; 0.65 loses one positive of three and no negative.
        ([0.1, 0.2, 0.5, 0.3, 0.8, 0.9], [0, 1, 0, 0, 1, 1], 0.65),
        ([0.5, 0.5], [0, 1], 0.5),  # nothing separates equal scores
        ([0.2, 0.2, 0.2, 0.9], [0, 1, 0, 1], 0.55),
    ],
)
def test_separating_threshold_by_hand(scores, positive, cut):
    assert separating(scores, positive) == pytest.approx(cut)


@given(arrays(np.float64, 8, elements=st.floats(0, 1)), arrays(bool, 8))
def test_separating_threshold_is_as_good_as_any_cut(scores, positive):
    positive[:2] = [True, False]
    cut = separating(scores, positive)
    assert 0 < cut < 1

    def balanced(at):
        return (scores[positive] > at).mean() + (scores[~positive] <= at).mean()

    between = (np.unique(scores)[1:] + np.unique(scores)[:-1]) / 2
    if len(between) and np.diff(np.unique(scores)).min() > 1e-9:
        assert balanced(cut) >= max(balanced(c) for c in between) - 1e-9
