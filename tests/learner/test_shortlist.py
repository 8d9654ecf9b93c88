"""The best rows of a pool are the same in one pass over blocks as when all are looked at."""

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

from motherlode import ActiveLearner, Pool
from motherlode._rows import blocks
from motherlode.learner._batch import TWINS_LOOK
from motherlode.learner._candidates import RandomRows
from motherlode.learner._shortlist import _find_leaders, _prune, shortlist
from motherlode.strategies import (
    BALD,
    KDE,
    AnnealedMix,
    ClassWeighted,
    ContinuousLearning,
    Entropy,
    ExploreMix,
    Interleave,
    LeastConfidence,
    Margin,
    Mixture,
    MostLikely,
    QueryByCommittee,
    Random,
    Ranks,
    Strategy,
)

STREAMED = [
    Random(),
    Margin(),
    Entropy(threshold="separating"),
    LeastConfidence(threshold=0.1),
    MostLikely(),
    ContinuousLearning(),
    QueryByCommittee(),
    BALD(),
    ClassWeighted(Entropy()),
    Entropy() * MostLikely() ** 0.5 + 0.1 * Random(),
    Interleave(MostLikely(), Margin(), Random()),
    Interleave(Interleave(Margin(), Random()), Mixture(MostLikely(), Entropy())),
    Mixture(Margin(), Random(), weights=[0.7, 0.3]),
    ExploreMix(Margin(), share=0.3),
    AnnealedMix(),
]
WHOLE = [Margin(threshold="prior"), KDE(), Ranks(Margin()), Interleave(Margin(), KDE())]


def pool_of(n, seed=0, levels=None, dtype=np.float64):
    X = np.random.default_rng(seed).normal(size=(n, 4))
    if levels:  # many rows alike, so that ties abound
        X = np.round(X * levels) / levels
    return X.astype(dtype)


def learner(X, strategy, model=None, each=4, **settings):
    made = ActiveLearner(
        X if isinstance(X, Pool) else Pool(X),
        [0, 1],
        LogisticRegression() if model is None else model,
        strategy,
        minority=1,
        **settings,
    )
    if each:
        start = np.arange(2 * each)
        made.teach(start * 3, start % 2)
    return made


@pytest.fixture
def blocks_of(monkeypatch):
    """A function that sets how many rows there are to a block."""
    return lambda size: monkeypatch.setattr(blocks, "block_rows", lambda X: size)


@pytest.mark.parametrize("strategy", STREAMED, ids=str)
@pytest.mark.parametrize("size", [13, 100, 299])
def test_blocks_of_any_size_ask_the_same(blocks_of, strategy, size):
    X = pool_of(300, levels=1)
    whole = learner(X, strategy).query(12)
    blocks_of(size)
    parts = learner(X, strategy).query(12)
    assert parts.rows.tolist() == whole.rows.tolist()
    assert parts.utilities == pytest.approx(whole.utilities)
    assert parts.reasons == whole.reasons


@pytest.mark.parametrize("strategy", STREAMED, ids=str)
def test_the_shortlist_holds_the_best_of_all(blocks_of, strategy):
    blocks_of(50)
    made = learner(pool_of(400, levels=2), strategy, copies="each")
    view = made._view(made.training_set.left, 9)
    short = shortlist(view, strategy, 9)
    assert len(short) <= 9 * max(len(strategy.rankers(view)), 1)
    chosen = made.selection.choose(view, strategy.compute_utilities(view), 9)
    assert made.query(9).rows.tolist() == chosen.rows.tolist()
    assert np.isin(chosen.rows, short.rows).all()


@pytest.mark.parametrize("strategy", WHOLE, ids=str)
def test_what_must_be_looked_at_together_is_not_cut_up(strategy):
    made = learner(pool_of(80), strategy)
    view = made._view(made.training_set.left, 5)
    assert shortlist(view, strategy, 5) is view


@given(
    st.sampled_from(STREAMED[:6]),
    st.integers(5, 400),
    st.integers(1, 30),
    st.integers(0, 5),
    st.integers(1, 3),
)
def test_any_block_batch_and_seed(strategy, size, n, seed, levels):
    X = pool_of(200, seed, levels)
    whole = learner(X, strategy, seed=seed).query(n).rows.tolist()
    kept = blocks.block_rows
    blocks.block_rows = lambda X: size
    try:
        assert learner(X, strategy, seed=seed).query(n).rows.tolist() == whole
    finally:
        blocks.block_rows = kept


@pytest.mark.parametrize("each", [0, 4], ids=["nothing labelled", "some labelled"])
def test_a_sparse_pool_and_a_list_of_texts(blocks_of, each):
    texts = [f"w{i % 7} w{i % 5} w{i % 3} and more" for i in range(90)]
    for data in (csr_matrix(pool_of(90, levels=1)), texts):
        whole = learner(data, "margin", each=each).query(5).rows
        blocks_of(11)
        assert np.array_equal(learner(data, "margin", each=each).query(5).rows, whole)


def test_several_threads_ask_the_same(blocks_of, monkeypatch):
    X = pool_of(3000, dtype=np.float32)
    blocks_of(100)
    for model in (LogisticRegression(), RandomForestClassifier(20, random_state=0)):
        made = learner(X, Interleave(Margin(), QueryByCommittee()), model)
        monkeypatch.setattr("motherlode.learner._shortlist.threads_for", lambda m: 1)
        alone = made.query(20)
        monkeypatch.setattr("motherlode.learner._shortlist.threads_for", lambda m: 4)
        together = made.query(20)
        assert together.rows.tolist() == alone.rows.tolist()
        assert np.array_equal(together.utilities, alone.utilities)


@pytest.mark.parametrize("quick", [0.0, 1e9], ids=["slow blocks", "quick blocks"])
def test_blocks_that_are_worth_no_thread_ask_the_same(blocks_of, monkeypatch, quick):
    X = pool_of(3000)
    whole = learner(X, "margin").query(20)
    blocks_of(100)
    monkeypatch.setattr(blocks, "_QUICK", quick)
    monkeypatch.setattr("motherlode.learner._shortlist.threads_for", lambda m: 3)
    assert learner(X, "margin").query(20).rows.tolist() == whole.rows.tolist()


TOLD = [
    Margin(),
    LeastConfidence(),
    Entropy(),
    MostLikely(),
    QueryByCommittee(),
    BALD(),
    QueryByCommittee(committee=[LogisticRegression(C=c) for c in (0.01, 1, 100)]),
]


@pytest.mark.parametrize("strategy", TOLD, ids=str)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("scale", [0.1, 1, 30])
def test_pruning_keeps_all_that_reach_a_utility(strategy, dtype, scale):
    X = scale * pool_of(2000, dtype=dtype)
    made = learner(X, strategy, LogisticRegression(max_iter=1000))
    view = made._view(np.arange(100, 2000), 5)
    block = view.narrow(np.arange(100, 2000), blocks.Block(0, X, X))
    u = strategy.compute_utilities(block)
    for lowest in np.quantile(u, [0, 0.3, 0.9, 0.999, 1]):
        kept = strategy.prune(block, lowest)
        assert kept[u >= lowest].all()
        few = block.keep(np.flatnonzero(kept))
        assert np.array_equal(strategy.compute_utilities(few), u[kept])


@pytest.mark.parametrize("strategy", TOLD, ids=str)
def test_rows_that_cannot_be_among_the_best_are_passed_over(blocks_of, strategy):
    blocks_of(100)
    made = learner(pool_of(3000), strategy)
    view = made._view(made.training_set.left, 5)
    best = _find_leaders(view, strategy.rankers(view), 5)
    block = view.narrow(np.arange(200, 300), blocks.Block(200, view.matrix[200:300], view.matrix))
    assert len(_prune(block, strategy.rankers(view), best.utilities.min(axis=1))) < 80


@dataclass(frozen=True)
class Contrary(MostLikely):
    """What `MostLikely` knows of the odds does not hold of a strategy made from it."""

    def utilities(self, view):
        return -view.minority_probability


def test_a_strategy_made_from_another_is_looked_at_row_by_row(blocks_of):
    X = pool_of(2000)
    whole = learner(X, Contrary()).query(5).rows.tolist()
    blocks_of(100)
    assert learner(X, Contrary()).query(5).rows.tolist() == whole


@pytest.mark.parametrize("strategy", TOLD, ids=str)
def test_a_number_that_is_none_is_an_error_and_not_passed_over(blocks_of, strategy):
    blocks_of(100)
    X = pool_of(1000)
    pool = Pool(X)
    X[850, 2] = np.nan
    with pytest.raises(ValueError, match="NaN"):
        learner(pool, strategy).query(3)


def test_candidates_are_kept_to(blocks_of):
    blocks_of(30)
    made = learner(pool_of(300), "margin", candidates=RandomRows(25))
    view = made._view(made.training_set.left, 5)
    assert np.isin(made.query(5).rows, RandomRows(25).rows(view)).all()


@dataclass(frozen=True)
class Counting(Strategy):
    """Most likely, by a model that counts the rows it predicts."""

    pointwise = True

    def utilities(self, view):
        return view.minority_probability


class Counted(LogisticRegression):
    predicted = 0

    def predict_proba(self, X):
        Counted.predicted += len(X)
        return super().predict_proba(X)


def test_each_row_is_predicted_once(blocks_of):
    blocks_of(100)
    made = learner(pool_of(1000), Interleave(Counting(), Margin()), Counted())
    Counted.predicted = 0
    made.query(3)
    # and the few among which a batch without twins is looked for, and one row of each class
    assert 1000 <= Counted.predicted <= 1000 + 2 * TWINS_LOOK * 3 + 2 + 2
