import numpy as np
import pytest
from given import batch_of, binary, given_view, same_contract

from motherlode import ActiveLearner, Pool
from motherlode.errors import InputError
from motherlode.strategies._annealed import AnnealedMix

P = binary(np.linspace(0.0, 1.0, 101))  # row i has p = i / 100
LABELS = ([0, 100], [0, 1])


def test_starts_with_the_most_likely_and_ends_half_and_half():
    early = given_view(P, *LABELS, batch=4)
    assert batch_of(AnnealedMix(over=10**6), early) == [99, 98, 97, 96]
    late = given_view(P, *LABELS, batch=4)
    asked = batch_of(AnnealedMix(start=0.5, end=0.5), late)
    # The second of two picks is the most likely's; equally uncertain rows lie on both sides.
    assert asked[0] == 50
    assert asked[1] == 99
    assert asked[2] in (49, 51)
    assert asked[3] == 98


def test_share_goes_linearly_from_start_to_end():
    mix = AnnealedMix(start=0.8, end=0.2, over=100)
    shares = mix.share(np.array([0.0, 50.0, 100.0, 500.0]))
    assert np.allclose(shares, [0.8, 0.5, 0.2, 0.2])


@pytest.mark.parametrize("share", [0.0, 0.1, 0.3, 1.0])
def test_shares_are_exact_over_rounds_of_one_row(share):
    mix = AnnealedMix(start=share, end=share)
    likely = 0
    for m in range(40):
        rows = np.r_[0, 1000, np.arange(1, 1 + m)]
        view = given_view(binary(np.linspace(0, 1, 1001)), rows, rows == 1000, batch=1)
        likely += mix.arms(view, np.array(batch_of(mix, view))) == ["MostLikely"]
    assert likely == round(40 * share)


def test_each_turn_takes_a_row_where_the_arms_agree():
    """No probability is above a half, so both arms rank alike; no turn may be lost."""
    view = given_view(binary(np.linspace(0, 0.4, 20)), [0, 1], [0, 1], batch=6)
    mix = AnnealedMix(start=0.5, end=0.5)
    assert batch_of(mix, view) == [19, 18, 17, 16, 15, 14]
    arms = mix.arms(view, np.array([19, 18, 17, 16, 15, 14]))
    assert arms == ["Margin", "MostLikely"] * 3


def test_reasons_name_the_arm():
    view = given_view(P, *LABELS, batch=2)
    mix = AnnealedMix(start=0.5, end=0.5)
    first, second = mix.reasons(view, np.array(batch_of(mix, view)))
    assert first.startswith("Margin")
    assert second.startswith("MostLikely")


@pytest.mark.parametrize("labels", [([], []), ([3], [0]), ([3], [1])])
def test_no_label_and_one_class(labels):
    view = given_view(P, *labels, model=False, batch=5)
    same_contract(AnnealedMix(), view)
    assert "at random" in AnnealedMix().reasons(view, view.rows[:1])[0]


def test_three_classes_and_certain_probabilities():
    rng = np.random.default_rng(0)
    Q = np.eye(3)[rng.integers(3, size=50)]
    same_contract(AnnealedMix(0.5, 0.5), given_view(Q, [0, 1], [0, 2], batch=10))


def test_in_a_learner():
    X = np.random.default_rng(0).normal(size=(60, 3))
    learner = ActiveLearner(Pool(X), [0, 1], strategy=AnnealedMix(), seed=1)
    for _ in range(3):
        rows = learner.query(4).rows
        learner.teach(rows, (X[rows, 0] > 0.5).astype(int))
    assert len(learner.labelled[0]) == 12


@pytest.mark.parametrize("wrong", [{"start": 1.5}, {"end": -0.1}, {"over": 0}])
def test_refuses(wrong):
    with pytest.raises(InputError, match=next(iter(wrong))):
        AnnealedMix(**wrong)


def test_name():
    assert str(AnnealedMix()) == "AnnealedMix"
    assert str(AnnealedMix(end=0.2)) == "AnnealedMix(end=0.2)"
