import json
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score
from sklearn.svm import LinearSVC

from motherlode.errors import InputError
from motherlode.simulation import Dataset, Run, run, split, starting_rows
from motherlode.strategies import Margin, Strategy


@dataclass(frozen=True)
class RowOrder(Strategy):
    """Asks for rows from the first to the last."""

    def utilities(self, view):
        return -view.rows.astype(float)


def test_one_session_told_in_full(blobs, model):
    done = run(blobs, RowOrder(), model=model, budget=30, batch=10, start=(2, 3), seed=4)
    pool, pool_labels, *_ = split(blobs, 4)
    known = starting_rows((2, 3), pool_labels == "rare", 4).tolist()
    asked = [row for row in range(len(pool)) if row not in known][:30]
    rare = pool_labels == "rare"
    assert done.rows == (*known, *asked)
    assert done.is_positive == tuple(rare[list(done.rows)].tolist())
    assert (done.dataset, done.strategy, done.seed, done.known) == ("blobs", "RowOrder", 4, 5)
    assert (done.pool_rows, done.pool_positives) == (len(pool), rare.sum() - 2)
    assert [r.labels for r in done.rounds] == [0, 10, 20, 30]
    assert [r.positives for r in done.rounds] == [rare[asked[:n]].sum() for n in (0, 10, 20, 30)]
    assert [r.recall for r in done.rounds] == [
        r.positives / done.pool_positives for r in done.rounds
    ]
    assert done.seconds > 0


def test_the_final_model_is_judged_on_the_test_part(blobs, model):
    done = run(blobs, "margin", model=model, budget=20, start=(2, 2))
    pool, pool_labels, test, test_labels = split(blobs, 0)
    rows = list(done.rows)
    by_hand = LogisticRegression().fit(pool[rows], pool_labels[rows])
    scores = by_hand.predict_proba(test)[:, by_hand.classes_.tolist().index("rare")]
    value = average_precision_score(test_labels == "rare", scores)
    assert done.rounds[-1].average_precision == pytest.approx(value)


def test_a_seed_repeats_bit_for_bit(blobs):
    forest = RandomForestClassifier(5)
    once, again, other = (
        run(blobs, "query_by_committee", model=forest, budget=20, seed=seed) for seed in (1, 1, 2)
    )
    assert once == again
    assert once.seconds != again.seconds
    assert once.rows != other.rows


def test_strategies_of_a_seed_share_parts_and_start(blobs, model):
    one, other = (run(blobs, s, model=model, budget=5, start=6, seed=3) for s in ("random", "kde"))
    assert one.rows[:6] == other.rows[:6]
    assert one.rows[6:] != other.rows[6:]
    assert one.rounds[0] == other.rounds[0]


def test_one_positive_is_model_enough_to_score(blobs, model):
    first = run(blobs, "random", model=model, budget=1, start="one").rounds[0]
    _, _, _, test_labels = split(blobs, 0)
    assert first.average_precision > 2 * (test_labels == "rare").mean()


def test_while_no_positive_is_known_the_scores_are_those_of_a_constant(blobs, model):
    first = run(blobs, "random", model=model, budget=1, start="none").rounds[0]
    _, _, _, test_labels = split(blobs, 0)
    assert first.average_precision == pytest.approx((test_labels == "rare").mean())
    assert first.balanced_accuracy == 0.5
    assert (first.g_mean, first.mcc, first.f1) == (0.0, 0.0, 0.0)
    assert first.wss == pytest.approx(-0.05)


def test_a_session_from_nothing(blobs, model):
    done = run(blobs, "auto", model=model, budget=40, start="none")
    assert done.known == 0
    assert [r.labels for r in done.rounds] == [0, 10, 20, 30, 40]
    assert sum(done.is_positive) == done.rounds[-1].positives


def test_the_budget_ends_with_the_pool(blobs, model):
    done = run(blobs, "margin", model=model, budget=10_000, batch=70, start="one", final_every=200)
    assert sorted(done.rows) == list(range(done.pool_rows))
    assert [r.labels for r in done.rounds] == [0, 210, done.pool_rows - 1]
    assert done.rounds[-1].recall == 1.0


@pytest.mark.parametrize(
    ("batch", "final_every", "labels"),
    [(10, None, [0, 10, 20, 25]), (5, 10, [0, 10, 20, 25]), (1, 25, [0, 25]), (50, None, [0, 25])],
)
def test_rounds_are_scored_as_often_as_asked(blobs, model, batch, final_every, labels):
    seen = []
    done = run(
        blobs, "random", model=model, budget=25, batch=batch, final_every=final_every,
        on_round=seen.append,
    )  # fmt: skip
    assert [r.labels for r in done.rounds] == labels
    assert tuple(seen) == done.rounds


def test_scoring_does_not_change_what_is_asked(blobs, model):
    often, once = (
        run(blobs, "margin", model=model, budget=30, batch=5, final_every=n) for n in (5, 30)
    )
    assert often.rows == once.rows
    assert often.rounds[-1] == once.rounds[-1]


def test_texts_frames_and_several_classes_sought(model):
    rng = np.random.default_rng(0)
    words = rng.choice(["ore", "vein", "rock", "mud"], size=(120, 5))
    kind = np.where(words[:, 0] == "ore", "gold", np.where(words[:, 0] == "vein", "silver", "none"))
    texts = [" ".join(row) for row in words]
    frame = pd.DataFrame({"first": words[:, 0], "n": rng.normal(size=120)})
    for data in (texts, frame):
        dataset = Dataset("mine", data, kind, minority=["gold", "silver"])
        done = run(dataset, "most_likely", model=model, budget=30)
        _, pool_labels, *_ = split(dataset, 0)
        positive_class = np.isin(pool_labels, ["gold", "silver"])
        assert done.is_positive == tuple(positive_class[list(done.rows)].tolist())
        assert 0 <= done.rounds[-1].average_precision <= 1


def test_a_model_without_probabilities_is_scored_all_the_same(blobs):
    done = run(blobs, "margin", model=LinearSVC(), budget=20, start=(3, 3))
    assert done.rounds[-1].average_precision > 0.3


def test_the_model_handed_in_is_not_fitted(blobs, model):
    run(blobs, "margin", model=model, budget=10, start=(1, 1))
    assert not hasattr(model, "coef_")


def test_labels_and_names(blobs, model):
    assert run(blobs, "margin", model=model, budget=1).strategy == "margin"
    assert run(blobs, Margin(), model=model, budget=1).strategy == str(Margin())


@pytest.mark.parametrize("wrong", [{"budget": 0}, {"batch": 0}, {"final_every": 0}])
def test_numbers_that_make_no_sense_are_refused(blobs, wrong):
    with pytest.raises(InputError, match=f"{next(iter(wrong))}=0 makes no sense"):
        run(blobs, "random", **wrong)


def test_a_start_that_leaves_nothing_to_find_is_refused(blobs, model):
    positives = int((split(blobs, 0)[1] == "rare").sum())
    with pytest.raises(InputError, match="gives away every positive"):
        run(blobs, "random", model=model, start=(positives, 0))


class Weighing(ClassifierMixin, BaseEstimator):
    """Fails at will, to see that the error comes through."""

    def fit(self, X, y):
        raise ArithmeticError("the scales are broken")


def test_an_error_in_a_model_comes_through(blobs):
    with pytest.raises(ArithmeticError, match="scales"):
        run(blobs, "margin", model=Weighing(), start=(1, 1), budget=5)


class TestJSON:
    def test_there_and_back_to_the_last_bit(self, blobs, model):
        done = run(blobs, "margin", model=model, budget=15, start=(1, 1))
        back = Run.from_dict(json.loads(json.dumps(done.to_dict(), allow_nan=False)))
        assert back == done
        assert back.seconds == done.seconds
        assert type(back.is_positive[0]) is bool

    @pytest.mark.parametrize("missing", ["rows", "rounds", "seconds", "dataset"])
    def test_what_lacks_something_is_refused(self, made_up, missing):
        plain = made_up("d", "s", 0, [0, 1, 2], [0.1, 0.2, 0.3]).to_dict()
        del plain[missing]
        with pytest.raises(InputError, match="not a simulated run"):
            Run.from_dict(plain)

    @pytest.mark.parametrize(
        "changed", [{"rounds": {}}, {"rounds": 3}, {"is_positive": [1]}, {"extra": 1}]
    )
    def test_what_does_not_agree_is_refused(self, made_up, changed):
        plain = made_up("d", "s", 0, [0, 1, 2], [0.1, 0.2, 0.3]).to_dict()
        with pytest.raises(InputError, match="not a simulated run"):
            Run.from_dict(plain | changed)

    def test_two_runs_differ_by_their_rows_and_not_by_their_speed(self, made_up):
        one = made_up("d", "s", 0, [0, 1, 2], [0.1, 0.2, 0.3])
        assert replace(one, seconds=9.0) == one
        assert replace(one, rows=one.rows[::-1]) != one

    def test_a_metric_that_does_not_exist_is_refused(self, made_up):
        with pytest.raises(InputError, match="no metric 'accuracy'; use one of positives, recall"):
            made_up("d", "s", 0, [0, 1, 2], [0.1, 0.2, 0.3]).curve("accuracy")
