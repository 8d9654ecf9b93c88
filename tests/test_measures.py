import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import expit, logit
from scipy.stats import entropy as scipy_entropy

from motherlode import measures
from motherlode.errors import InputError

POINTWISE = [measures.least_confidence, measures.margin, measures.entropy]
OF_STACKS = [
    measures.vote_entropy,
    measures.consensus_entropy,
    measures.kl_to_consensus,
    measures.max_disagreement,
    lambda stack: measures.minority_deviation(stack, [0]),
]


@st.composite
def simplex(draw, shape=None):
    """Probabilities of any kind: exact zeros and ones, tiny and plain ones."""
    if shape is None:
        shape = (draw(st.integers(1, 5)), draw(st.integers(2, 5)))
    weight = st.one_of(st.just(0.0), st.just(1.0), st.floats(0, 1), st.floats(0, 1e-300))
    W = draw(arrays(np.float64, shape, elements=weight))
    W[W.sum(axis=-1) <= 1e-200] = np.eye(shape[-1])[0]
    return W / W.sum(axis=-1, keepdims=True)


@st.composite
def stacks(draw):
    return draw(
        simplex((draw(st.integers(1, 4)), draw(st.integers(1, 4)), draw(st.integers(2, 4))))
    )


# Values worked by hand


def test_least_confidence_is_what_the_likeliest_class_leaves():
    P = [[1, 0, 0], [0.5, 0.3, 0.2], [1 / 3, 1 / 3, 1 / 3]]
    assert measures.least_confidence(P) == pytest.approx([0, 0.5, 2 / 3])


def test_margin_is_turned_round_so_that_the_smallest_gap_comes_first():
    P = [[0.9, 0.1, 0.0], [0.45, 0.1, 0.45], [0.5, 0.2, 0.3]]
    assert measures.margin(P) == pytest.approx([0.2, 1.0, 0.8])


def test_entropy_is_in_nats_and_zero_for_a_sure_row():
    P = [[1, 0], [0.5, 0.5], [0.25, 0.75]]
    by_hand = [0, np.log(2), 0.25 * np.log(4) + 0.75 * np.log(4 / 3)]
    assert measures.entropy(P) == pytest.approx(by_hand)
    assert not np.signbit(measures.entropy(P)[0])


def test_votes_count_each_members_likeliest_class():
    stack = [[[0.6, 0.4]], [[0.9, 0.1]], [[0.2, 0.8]]]
    assert measures.votes(stack) == pytest.approx(np.array([[2 / 3, 1 / 3]]))


def test_committee_measures_by_hand():
    sure, unsure = [1.0, 0.0], [0.5, 0.5]
    stack = np.array([[sure, sure], [[0.0, 1.0], unsure]])  # rows: opposed, half opposed
    assert measures.vote_entropy(stack) == pytest.approx([np.log(2), 0])
    assert measures.consensus_entropy(stack) == pytest.approx(
        [np.log(2), scipy_entropy([0.75, 0.25])]
    )
    assert measures.kl_to_consensus(stack)[0] == pytest.approx(np.log(2))
    to_mean = [np.log(4 / 3), 0.5 * np.log(2 / 3) + 0.5 * np.log(2)]
    assert measures.kl_to_consensus(stack)[1] == pytest.approx(np.mean(to_mean))
    assert measures.max_disagreement(stack)[1] == pytest.approx(max(to_mean))
    assert measures.minority_deviation(stack, [1]) == pytest.approx([0.5, 0.25])


def test_minority_deviation_adds_the_positive_classes():
    stack = np.array([[[0.5, 0.5, 0.0]], [[0.5, 0.0, 0.5]]])  # they differ on which rare class
    assert measures.minority_deviation(stack, [1])[0] == pytest.approx(0.25)
    assert measures.minority_deviation(stack, [1, 2])[0] == 0.0
    assert measures.minority_deviation(stack, 1)[0] == pytest.approx(0.25)


# Properties


@given(simplex())
def test_pointwise_measures_are_finite_and_inside_their_bounds(P):
    k = P.shape[1]
    bounds = [1 - 1 / k, 1, np.log(k)]
    for measure, highest in zip(POINTWISE, bounds, strict=True):
        u = measure(P)
        assert u.shape == (len(P),)
        assert np.isfinite(u).all()
        assert (u >= 0).all()
        assert (u <= highest + 1e-12).all()


@given(stacks())
def test_committee_measures_are_finite_and_not_negative(S):
    for measure in OF_STACKS:
        u = measure(S)
        assert u.shape == (S.shape[1],)
        assert np.isfinite(u).all()
        assert (u >= 0).all()
    assert (measures.kl_to_consensus(S) <= np.log(len(S)) + 1e-9).all()
    assert (measures.minority_deviation(S, [0]) <= 0.5 + 1e-12).all()


@given(arrays(np.float32, (4, 2), elements=st.floats(0, 1, width=32)))
def test_rounding_in_float32_never_makes_a_measure_negative(W):
    P = (W + np.float32(1e-6)) / (W + np.float32(1e-6)).sum(axis=1, keepdims=True)
    P = P * np.float32(1.0000002)
    for measure in POINTWISE:
        assert (measure(P) >= 0).all()


@given(arrays(np.float64, 6, elements=st.floats(1e-6, 1 - 1e-6)))
def test_for_two_classes_the_three_measures_rank_alike(p):
    P = np.stack([1 - p, p], axis=1)
    closeness = -np.abs(p - 0.5)
    apart = np.subtract.outer(closeness, closeness) > 1e-9
    for measure in POINTWISE:
        u = measure(P)
        assert (np.subtract.outer(u, u)[apart] > 0).all()


@given(stacks())
def test_kl_to_consensus_is_entropy_of_the_mean_less_mean_entropy(S):
    bald = measures.entropy(S.mean(axis=0)) - np.mean([measures.entropy(P) for P in S], axis=0)
    assert measures.kl_to_consensus(S) == pytest.approx(bald, abs=1e-9)


@given(arrays(np.float64, (3, 4), elements=st.floats(-40, 40)))
def test_no_committee_diverges_more_than_its_log_odds_are_apart(z):
    P = expit(z)
    found = measures.kl_to_consensus(np.stack([1 - P, P], axis=2))
    assert (found <= measures.most_kl_to_consensus(z) + 1e-12).all()


def test_the_bound_of_a_divergence_is_near_it_where_log_odds_are():
    z = np.array([[1.0, -5.0], [1.1, -5.1]])
    P = expit(z)
    found = measures.kl_to_consensus(np.stack([1 - P, P], axis=2))
    assert (measures.most_kl_to_consensus(z) < 2 * found).all()


@given(stacks(), st.randoms(use_true_random=False))
def test_the_order_of_classes_and_of_members_says_nothing(S, random):
    columns = random.sample(range(S.shape[2]), S.shape[2])
    members = random.sample(range(S.shape[0]), S.shape[0])
    for measure in POINTWISE:
        assert measure(S[0][:, columns]) == pytest.approx(measure(S[0]), abs=1e-12)
    for measure in OF_STACKS[2:4]:
        assert measure(S[members][:, :, columns]) == pytest.approx(measure(S), abs=1e-9)
    assert measures.consensus_entropy(S[members]) == pytest.approx(
        measures.consensus_entropy(S), abs=1e-9
    )


@given(stacks())
def test_equal_members_disagree_about_nothing(S):
    same = np.repeat(S[:1], 3, axis=0)
    assert measures.kl_to_consensus(same) == pytest.approx(0, abs=1e-12)
    assert measures.max_disagreement(same) == pytest.approx(0, abs=1e-12)
    assert measures.vote_entropy(same) == pytest.approx(0, abs=1e-12)


# Thresholds


@given(st.floats(0.001, 0.999), st.sampled_from([0, 1]))
def test_shift_moves_the_threshold_to_one_half(threshold, positive):
    P = np.empty((1, 2))
    P[0, positive], P[0, 1 - positive] = threshold, 1 - threshold
    assert measures.shift(P, threshold, positive) == pytest.approx(np.array([[0.5, 0.5]]))


@given(st.floats(0.001, 0.999), simplex((5, 2)))
def test_shift_gives_probabilities_and_keeps_certainty(threshold, P):
    shifted = measures.shift(P, threshold)
    assert shifted.sum(axis=1) == pytest.approx(1)
    sure = (P == 0.0).any(axis=1)
    assert shifted[sure] == pytest.approx(P[sure])


@given(
    st.floats(0.01, 0.99),
    arrays(np.float64, 6, elements=st.floats(1e-4, 1 - 1e-4), unique=True),
    st.sampled_from([0, 1]),
)
def test_a_shifted_measure_ranks_by_the_distance_in_log_odds(threshold, p, positive):
    P = np.stack([1 - p, p] if positive else [p, 1 - p], axis=1)
    closeness = -np.abs(logit(p) - logit(threshold))
    apart = np.subtract.outer(closeness, closeness) > 1e-6
    for measure in POINTWISE:
        u = measure(measures.shift(P, threshold, positive))
        assert (np.subtract.outer(u, u)[apart] > 0).all()


def test_shift_at_one_half_changes_nothing():
    P = np.array([[0.3, 0.7], [1.0, 0.0]])
    assert measures.shift(P, 0.5) == pytest.approx(P)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: measures.entropy([0.5, 0.5]), r"shape \(2,\)"),
        (lambda: measures.entropy([[1.0], [1.0]]), "two classes"),
        (lambda: measures.vote_entropy([[0.5, 0.5]]), r"\(members, rows, classes\)"),
        (lambda: measures.shift([[0.2, 0.3, 0.5]], 0.1), "there are 3"),
        (lambda: measures.shift([[0.2, 0.8]], 0.0), "between 0 and 1"),
        (lambda: measures.shift([[0.2, 0.8]], 1.0), "between 0 and 1"),
    ],
)
def test_bad_inputs_are_named(call, words):
    with pytest.raises(InputError, match=words):
        call()
