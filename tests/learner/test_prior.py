"""A prior in a learner: it orders the start, moves rows up, and follows the labels."""

import pickle
from copy import deepcopy

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

from motherlode import ActiveLearner, InputError, Pool
from motherlode._round.stated_prior import normal_scores
from motherlode.estimation import Estimate, NoEstimate
from motherlode.learner import BySize
from motherlode.priors import Column, Judge, Keywords, Scores, Sentence
from motherlode.priors._slope import START
from motherlode.strategies import ByPrior, ContinuousLearning, Interleave, Random

RNG = np.random.default_rng(0)
Y = (RNG.random(600) < 0.04).astype(int)
X = RNG.normal(size=(600, 4)) + Y[:, None]
GOOD = RNG.normal(size=600) + 2.0 * Y


def make(prior=GOOD, **settings):
    return ActiveLearner(Pool(X), [0, 1], **({"minority": 1, "prior": prior} | settings))


def lead(learner, rounds, batch=10):
    for _ in range(rounds):
        rows = learner.query(batch).rows
        learner.teach(rows, Y[rows])
    return int(Y[learner.labelled[0]].sum())


class TestStating:
    def test_it_is_never_a_label(self):
        learner = make()
        assert len(learner.labelled[0]) == 0
        assert not learner.trainable

    def test_it_can_be_stated_changed_and_taken_back_at_any_time(self):
        plain, learner = make(None), make(None)
        asked = [lead(each, 2) for each in (plain, learner)]
        assert asked[0] == asked[1]
        learner.prior = GOOD
        assert isinstance(learner.prior, Scores)
        assert learner.query(10).rows.tolist() != plain.query(10).rows.tolist()
        learner.prior = -GOOD
        learner.prior = None
        assert learner.prior is None
        assert learner.query(10).rows.tolist() == plain.query(10).rows.tolist()

    def test_what_does_not_fit_the_pool_is_refused_and_nothing_changes(self):
        learner = make()
        with pytest.raises(InputError, match="scores"):
            learner.prior = "a sentence for a table of numbers"
        with pytest.raises(InputError, match="3 scores"):
            learner.prior = [1, 2, 3]
        assert learner.prior == Scores(GOOD)

    def test_a_query_is_a_pure_function_of_labels_and_prior(self):
        one, other = make(), make(None)
        lead(one, 3)
        other.teach(one.labelled[0], one.labelled[1], origins=one._record.labels.origins)
        other.prior = GOOD
        assert one.query(10).rows.tolist() == other.query(10).rows.tolist()
        assert one.query(10).rows.tolist() == one.query(10).rows.tolist()

    def test_labels_taken_back_leave_no_trace(self):
        learner, plain = make(), make()
        lead(learner, 3)
        learner.unteach(learner.labelled[0])
        assert learner.query(10).rows.tolist() == plain.query(10).rows.tolist()

    def test_copies_and_pickles_keep_it(self):
        learner = make()
        lead(learner, 2)
        for again in (deepcopy(learner), pickle.loads(pickle.dumps(learner))):
            assert again.prior == learner.prior
            assert again.query(5).rows.tolist() == learner.query(5).rows.tolist()


class TestSaving:
    @pytest.mark.parametrize(
        "prior", [None, GOOD, Sentence("apple tree"), ["apple", "pear*"], Column("score")]
    )
    def test_it_comes_back_and_asks_the_same(self, prior, tmp_path):
        data = pd.DataFrame(
            {"text": ["an apple tree here", "one old grey boat"] * 300, "score": GOOD}
        )
        learner = ActiveLearner(Pool(data), [0, 1], minority=1, prior=prior)
        lead(learner, 1)
        learner.save(tmp_path / "kept")
        learner.save(tmp_path / "kept")
        again = ActiveLearner.load(tmp_path / "kept", Pool(data))
        assert again.prior == learner.prior
        assert again.query(10).rows.tolist() == learner.query(10).rows.tolist()

    def test_scores_that_are_no_longer_stated_leave_the_folder(self, tmp_path):
        learner = make()
        learner.save(tmp_path / "kept")
        assert len(list((tmp_path / "kept").glob("prior-*"))) == 1
        learner.prior = None
        learner.save(tmp_path / "kept")
        assert list((tmp_path / "kept").glob("prior-*")) == []

    def test_a_model_has_to_be_given_again(self, tmp_path):
        model = LogisticRegression().fit(X, Y)
        learner = make(model)
        learner.save(tmp_path / "kept")
        with pytest.raises(InputError, match=r"the model LogisticRegression.*prior="):
            ActiveLearner.load(tmp_path / "kept", Pool(X))
        again = ActiveLearner.load(tmp_path / "kept", Pool(X), prior=model)
        assert again.query(9).rows.tolist() == learner.query(9).rows.tolist()


class TestFromNothing:
    @pytest.mark.parametrize(("matrix", "fewest"), [(np.asarray, 4), (csr_matrix, 7)])
    def test_its_first_rows_take_turns_most_of_all_among_texts(self, matrix, fewest):
        first = np.argsort(-GOOD)[:10]
        learner = ActiveLearner(Pool(matrix(X)), [0, 1], minority=1, prior=GOOD)
        assert len(set(learner.query(10).rows) & set(first)) >= fewest

    def test_the_reason_says_what_was_stated(self):
        reasons = make().query(10).reasons
        assert sum("of the pool by scores of 600 of 600 rows" in said for said in reasons) >= 4

    @pytest.mark.parametrize("matrix", [np.asarray, csr_matrix])
    def test_it_loses_its_turns_as_they_are_in_vain(self, matrix):
        learner = ActiveLearner(Pool(matrix(X)), [0, 1], minority=1, prior=GOOD)
        arms = []
        for _ in range(6):
            query = learner.query(10)
            arms.append(sum("ByPrior" in said for said in query.reasons))
            learner.teach(query.rows, np.zeros(10, dtype=int))
        assert arms[-1] <= arms[0] - 2

    def test_a_prior_that_says_nothing_of_any_row_changes_no_model(self):
        learner = make(np.full(600, np.nan))
        with pytest.warns(UserWarning, match="of 0 of 600 rows, tells no row from another"):
            assert lead(learner, 5) >= 0
        report = learner.prior_report()
        assert report.slope.value == pytest.approx(START)
        assert report.says_nothing
        assert "tells no row from another" in repr(report)

    def test_a_row_without_a_score_is_not_said_to_match(self):
        gaps = GOOD.copy()
        gaps[::2] = np.nan
        learner = make(gaps, strategy=ByPrior())
        query = learner.query(600)
        said = dict(zip(query.rows.tolist(), query.reasons, strict=True))
        assert all(("nothing is told" in said[row]) == (row % 2 == 0) for row in range(600))
        assert "among the first 0." in said[int(np.nanargmax(gaps))]


class TestMovingUp:
    def test_likely_rows_come_before_those_that_the_model_alone_would_ask(self):
        plain, learner = (make(p, strategy=ContinuousLearning()) for p in (None, GOOD))
        known = [*np.flatnonzero(Y)[:3], *np.flatnonzero(Y == 0)[:3]]
        for each in (plain, learner):
            each.teach(known, Y[known])
        mean = [GOOD[each.query(10).rows].mean() for each in (plain, learner)]
        assert mean[1] > mean[0] + 0.5

    def test_the_reason_says_moved_up(self):
        learner = make(strategy=ContinuousLearning())
        known = [*np.flatnonzero(Y)[:3], *np.flatnonzero(Y == 0)[:3]]
        learner.teach(known, Y[known])
        query = learner.query(10)
        moved = np.array(["moved up by the prior" in said for said in query.reasons])
        assert moved.any()
        assert GOOD[query.rows][moved].mean() > GOOD.mean()

    def test_labels_shrink_and_reverse_it(self):
        slopes = {}
        for name, prior in (("good", GOOD), ("bad", -GOOD), ("none", RNG.normal(size=600))):
            learner = make(prior)
            rows = np.arange(300)
            learner.teach(rows, Y[rows], channel="search")
            slopes[name] = learner.prior_report().slope
        assert slopes["good"].low > 0
        assert slopes["bad"].high < 0
        assert slopes["none"].low < 0 < slopes["none"].high

    def test_likely_rows_are_seldom_presumed_negative(self):
        learner = make()
        learner.teach([int(np.flatnonzero(Y)[0])], [1])
        training = learner.training_set
        rule = ContinuousLearning().presumption
        drawn = [
            GOOD[training.presume(rule, np.random.default_rng(seed)).rows] for seed in range(20)
        ]
        assert {len(each) for each in drawn} == {100}
        assert np.mean(np.concatenate(drawn)) < GOOD.mean() - 0.2

    @pytest.mark.parametrize("batch", [1, 7])
    def test_ask_in_blocks_as_in_memory(self, batch):
        """A large pool is read in one pass, a small one at once."""
        learner = make(strategy=Interleave(ContinuousLearning(), ByPrior(), Random()))
        lead(learner, 3)
        query = learner.query(batch)
        whole = learner._view(learner.training_set.left, batch)
        asked = np.argsort(-learner.strategy.compute_utilities(whole), kind="stable")[:batch]
        assert set(whole.rows[asked]) == set(query.rows)

    def test_candidates_of_a_large_pool_hold_its_first_rows(self):
        learner = make(candidates=BySize(large=100, size=60))
        asked = [row for row in learner.query(10).rows if row in np.argsort(-GOOD)[:10]]
        assert len(asked) >= 4


class TestJudge:
    def test_it_is_called_on_few_rows_and_once_each(self):
        calls = []

        def judge(rows):
            calls.extend(map(tuple, rows))
            return [float(expit(row[0])) for row in rows]

        learner = make(Judge(judge))
        lead(learner, 6)
        assert len(calls) == len(set(calls)) < 350
        assert "moved up" not in learner.query(1).reasons[0] or learner.prior.lazy

    def test_it_finds_what_it_knows(self):
        truth = {tuple(row): float(y) for row, y in zip(X, Y, strict=True)}
        knowing = make(Judge(lambda rows: [truth[tuple(row)] for row in rows]))
        assert lead(knowing, 5) > lead(make(None), 5)

    def test_calls_that_are_used_up_leave_a_search_that_goes_on(self, capsys):
        learner = make(Judge(lambda rows: [expit(row[0]) for row in rows], most=20))
        lead(learner, 6)
        assert capsys.readouterr().err.count("was given 20 rows, the most that it may see") == 1
        assert len(learner.labelled[0]) == 60


class TestReport:
    def test_without_a_prior_there_is_none(self):
        with pytest.raises(InputError, match="No prior"):
            make(None).prior_report()

    def test_without_control_draws_it_says_why_there_is_no_estimate(self):
        learner = make()
        lead(learner, 3)
        report = learner.prior_report()
        assert isinstance(report.separation, NoEstimate)
        assert "No control draw is labelled" in str(report.separation)
        assert isinstance(report.precision, NoEstimate)
        assert report.labels == 30
        assert 0 < report.moved_up <= 30
        assert "scores of 600" in repr(report)
        assert "biased" in repr(report)

    def test_control_draws_say_how_right_it_is(self):
        learner = make(control=1.0)
        rows = learner.query(300).rows
        learner.teach(rows, Y[rows])
        report = learner.prior_report()
        assert isinstance(report.separation, Estimate)
        assert report.separation.low > 0.5
        assert report.precision.value > report.share.value
        assert report.moved_up == 0  # nothing was asked by it

    def test_its_interval_of_the_separation_covers(self):
        from motherlode.estimation._separation import estimate_separation

        rng, held = np.random.default_rng(0), []
        for _ in range(400):
            y = rng.random(120) < 0.08
            if 0 < y.sum() < 120:
                found = estimate_separation(y, rng.normal(size=120) + 1.19 * y)
                held.append(found.low <= 0.8 <= found.high)
        assert 0.93 <= np.mean(held) <= 0.995


def test_new_rows_get_scores_of_their_own():
    data = pd.DataFrame({"x": [1.0, 2.0, 3.0] * 20, "score": [0.0, 1.0, 2.0] * 20})
    learner = ActiveLearner(
        Pool(data), [0, 1], minority=1, prior=Column("score"), strategy="by_prior"
    )
    assert data["score"][learner.query(1).rows[0]] == 2.0
    learner.extend(pd.DataFrame({"x": [9.0], "score": [99.0]}))
    assert learner.query(1).rows.tolist() == [60]


def test_words_of_ones_own_find_the_first_rows():
    colours, kinds = ("blue", "red", "green", "grey", "black"), ("boat", "car", "train")
    texts = [f"a {colours[i % 5]} {kinds[i % 3]}" for i in range(80)] + ["a blue card"]
    learner = ActiveLearner(texts, ["fraud", "other"], minority="fraud", prior=Keywords(["card"]))
    query = learner.query(10)
    assert 80 in query.rows
    assert 'the words "card"' in query.reasons[query.rows.tolist().index(80)]


def test_without_a_prior_by_prior_asks_at_random():
    query = make(None, strategy="by_prior").query(3)
    assert all("no prior is stated" in said for said in query.reasons)


def test_normal_scores_do_not_hang_on_the_scale():
    values = RNG.normal(size=100)
    reference = np.sort(values)
    one = normal_scores(values, reference)
    np.testing.assert_allclose(one, normal_scores(np.exp(values), np.exp(reference)))
    assert abs(one.mean()) < 0.01
    assert normal_scores(np.array([np.nan]), reference).tolist() == [0.0]
