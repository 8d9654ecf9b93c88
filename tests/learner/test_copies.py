"""No label is spent twice: equal rows are asked once, and take the answer in every fit."""

import numpy as np
import pandas as pd
import pytest
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from motherlode import ActiveLearner, InputError, Pool
from motherlode._files import opening
from motherlode._round.selection import Stochastic
from motherlode._rows import blocks
from motherlode.learner._candidates import BySize
from motherlode.strategies import ContinuousLearning, ExploreMix, Interleave, Margin, MostLikely

KINDS, EACH = 60, 5
_rng = np.random.default_rng(0)
VECTORS = np.round(_rng.normal(size=(KINDS, 4)), 6)
WHICH = np.repeat(np.arange(KINDS), EACH)[_rng.permutation(KINDS * EACH)]
X = VECTORS[WHICH]
Y_OF = (VECTORS[:, 0] > 1).astype(int)
Y = Y_OF[WHICH]
STRATEGIES = [
    "margin",
    "random",
    "k_centre",
    "continuous_learning",
    ExploreMix(Interleave(ContinuousLearning(), Margin()), share=0.1),
]


def frame():
    """The vectors as a table with categories and gaps, no two of them alike."""
    table = pd.DataFrame(VECTORS.copy(), columns=list("abcd"))
    table["kind"] = [f"kind {i % 7}" for i in range(KINDS)]
    table.loc[::9, "b"] = np.nan
    table.loc[::8, "kind"] = None
    return table.iloc[WHICH].reset_index(drop=True)


def texts():
    """One text a vector, of words that occur in others too."""
    return [f"word{i} word{(i * 7 + 1) % KINDS} word{(i * 11 + 5) % KINDS}" for i in WHICH]


LONG_TEXTS = [" ".join(f"word{(i * k + k) % KINDS}" for k in range(1, 40)) for i in WHICH]


def learner(data=X, strategy="margin", **settings):
    return ActiveLearner(
        data, [0, 1], LogisticRegression(), strategy, **({"minority": 1} | settings)
    )


def asked(made, n, batch):
    """The first ``n`` rows asked, and their reasons."""
    rows, reasons = [], []
    while len(rows) < n:
        query = made.query(min(batch, n - len(rows)))
        made.teach(query.rows, Y[query.rows])
        rows += query.rows.tolist()
        reasons += query.reasons
    return rows, reasons


@pytest.mark.parametrize("strategy", STRATEGIES, ids=str)
@pytest.mark.parametrize("batch", [1, 10, 37])
def test_fifty_asked_are_fifty_different_ones_and_copies_come_last(strategy, batch):
    rows, reasons = asked(learner(strategy=strategy), 75, batch)
    assert len(set(WHICH[rows[:KINDS]])) == KINDS
    assert len(set(rows)) == 75
    assert not any(said.startswith("A copy") for said in reasons[:KINDS])
    for row, said in zip(rows[KINDS:], reasons[KINDS:], strict=True):
        of = int(said.removeprefix("A copy of row ").split(",")[0])
        assert WHICH[of] == WHICH[row]
        assert said.endswith(("is labelled 0", "is labelled 1", "is asked beside it"))


@pytest.mark.parametrize("data", [frame(), texts(), csr_matrix(X), X.astype(np.float32)], ids=type)
def test_every_kind_of_data_has_its_copies(data):
    rows, reasons = asked(learner(data, "most_likely"), 70, 10)
    assert len(set(WHICH[rows[:KINDS]])) == KINDS
    assert all(said.startswith("A copy of row") for said in reasons[KINDS:])


def test_a_query_may_ask_all_there_is():
    query = learner().query(len(X))
    assert sorted(query.rows.tolist()) == list(range(len(X)))
    assert len(set(WHICH[query.rows[:KINDS]])) == KINDS
    assert all(said.endswith("which is asked beside it") for said in query.reasons[KINDS:])
    made = learner()
    made.teach(query.rows[:KINDS], Y[query.rows[:KINDS]])
    assert len(made.unlabelled) == len(X) - KINDS
    assert made.session().left == len(X) - KINDS


def test_a_copy_of_a_skipped_row_comes_last_too():
    made = learner()
    made.skip(np.flatnonzero(WHICH == 7)[:1])
    query = made.query(KINDS + 10)
    assert 7 not in WHICH[query.rows[: KINDS - 1]]
    assert len(set(WHICH[query.rows[: KINDS - 1]])) == KINDS - 1
    skipped = int(np.flatnonzero(WHICH == 7)[0])
    last = made.query(len(X) - 1)
    said = {r for row, r in zip(last.rows, last.reasons, strict=True) if WHICH[row] == 7}
    assert said == {f"A copy of row {skipped}, which was skipped"}


def test_contradictory_labels_stay_as_they_were_taught():
    made = learner()
    one, other, third, *_ = np.flatnonzero(WHICH == 3).tolist()
    made.teach([one, other], [1, 0])
    assert made.labelled[1].tolist() == [1, 0]
    query = made.query(len(X) - 2)
    said = query.reasons[query.rows.tolist().index(third)]
    assert said == (
        f"A copy of row {one}, which is labelled 1 and of row {other}, which is labelled 0"
    )
    training = made.training_set
    assert training.speaks_for.tolist() == [2.5, 2.5]
    assert not np.isin(np.flatnonzero(WHICH == 3), training.unlabelled.ids).any()


def test_each_asks_the_rows_that_it_asked_before():
    """Without the mechanism 50 labels see a fifth of the vectors, or little more."""
    rows, reasons = asked(learner(strategy="most_likely", copies="each"), 50, 10)
    assert len(set(WHICH[rows])) < 40
    assert not any(said.startswith("A copy") for said in reasons)
    different = np.random.default_rng(1).normal(size=(200, 3))
    for n in (1, 12):
        once, each = (learner(different, copies=how) for how in ("once", "each"))
        for made in (once, each):
            made.teach([0, 1], [0, 1])
        assert once.query(n).rows.tolist() == each.query(n).rows.tolist()
    with pytest.raises(InputError, match="'once', 'each'"):
        learner(copies="twice")


def test_fits_presume_no_copy_of_a_known_row():
    made = learner()
    positive = np.flatnonzero(Y_OF)
    made.teach(np.array([np.flatnonzero(k == WHICH)[0] for k in positive]), [1] * len(positive))
    open_ = np.flatnonzero(Y == 0)
    presumed = (
        made.fit_final_model().presumed.rows
    )  # as many as there are, since there are less than 300
    assert np.array_equal(np.sort(presumed), open_)
    view = made._view(made.training_set.left, 5)
    assert np.array_equal(view.unlabelled.ids, open_)
    training = made.training_set
    assert training.speaks_for.tolist() == [EACH] * len(positive)
    assert training.speaks_for.sum() + len(training.unlabelled) == len(X)
    each = learner(copies="each")
    each.teach(*made.labelled)
    assert np.isin(each.fit_final_model().presumed.rows, np.flatnonzero(Y)).any()


def test_control_draws_are_uniform_over_all_rows_left():
    """A copy of a labelled row is drawn as often as any other row, with the chance that is told."""
    known = np.flatnonzero(WHICH < 50)
    labelled = np.array([np.flatnonzero(k == WHICH)[0] for k in range(50)])
    drawn = []
    for seed in range(300):
        made = learner(strategy="random", control=1.0, seed=seed)
        made.teach(labelled, Y[labelled])
        query = made.query(4)
        left = len(X) - len(labelled)
        assert query.probabilities == pytest.approx(1 / (left - np.arange(4)))
        drawn += query.rows.tolist()
    share = float(np.isin(drawn, known).mean())
    assert share == pytest.approx(200 / 250, abs=4 * (0.8 * 0.2 / 1200) ** 0.5)


def test_the_strategy_asks_no_copy_of_a_control_draw():
    for seed in range(20):
        made = learner(control=0.5, seed=seed)
        made.teach([0, 1], [0, 1])
        query = made.query(20)
        others = query.rows[~np.isin(query.rows, query.controls)]
        assert not set(WHICH[others]) & set(WHICH[query.controls])
        assert len(set(WHICH[others])) == len(others)


def test_probabilities_among_some_rows_only_do_not_hold_for_all():
    """A strategy that draws from one row of each kind says nothing of the copies."""
    for settings in ({"strategy": "random"}, {"selection": Stochastic()}):
        made = learner(**settings)
        query = made.query(5)
        made.teach(query.rows, Y[query.rows])
        assert not made.session().at_random.any()
        different = learner(VECTORS, **settings)
        query = different.query(5)
        different.teach(query.rows, Y_OF[query.rows])
        assert different.session().at_random.all()


def nearly_equal(but=()):
    """The vectors moved by a millionth, those of some kinds by a deviation."""
    apart = np.where(np.isin(WHICH, but), 1.0, 1e-6)[:, None]
    return X + apart * np.random.default_rng(2).normal(size=X.shape)


SOUGHT = int(np.flatnonzero(Y_OF)[0])
KNOWN = [int(np.flatnonzero(k == WHICH)[0]) for k in (SOUGHT, *np.flatnonzero(Y_OF == 0)[:5])]


def test_twins_give_way_in_a_batch():
    """Vectors that differ by a millionth are one question, unless nothing else is left."""
    near = nearly_equal(but=[SOUGHT])
    made, each = (learner(near, MostLikely(), copies=how) for how in ("once", "each"))
    kinds = []
    for one in (made, each):
        one.teach(KNOWN, Y[KNOWN])
        kinds.append(WHICH[one.query(10).rows])
    once, twice = (of[of != SOUGHT] for of in kinds)
    assert len(set(once)) == len(once) > 5
    assert len(set(twice)) < len(twice)
    assert made.query(10).rows[0] == each.query(1).rows[0] == made.query(1).rows[0]
    left = len(X) - len(KNOWN)
    assert len(made.query(left)) == left


def test_twins_of_a_positive_that_is_found_are_asked_at_once():
    """Two twins are one question, and what is sought once it is answered."""
    for near in (nearly_equal(), [f"{text} number{i}" for i, text in enumerate(LONG_TEXTS)]):
        made = learner(near, MostLikely())
        made.teach(KNOWN, Y[KNOWN])
        assert (WHICH[made.query(EACH).rows] == SOUGHT).sum() == EACH - 1


def test_a_random_draw_stays_as_drawn():
    near = nearly_equal()
    once, each = (learner(near, "random", copies=how) for how in ("once", "each"))
    assert once.query(30).rows.tolist() == each.query(30).rows.tolist()


def test_a_pool_on_disk_asks_what_one_in_memory_asks(tmp_path, monkeypatch):
    table = pd.DataFrame(X, columns=list("abcd"))
    table.to_parquet(tmp_path / "rows.parquet", row_group_size=70)
    monkeypatch.setattr(opening, "HELD", 0)
    monkeypatch.setattr(blocks, "block_rows", lambda X: 64)
    for strategy in ("most_likely", "random", "k_centre"):
        both = [learner(data, strategy) for data in (table, tmp_path / "rows.parquet")]
        assert isinstance(both[1].pool.features, blocks.Stored)
        (rows, reasons), (stored, said) = (asked(made, 70, 10) for made in both)
        assert stored == rows
        assert said == reasons


def test_narrowed_candidates_hold_no_copies():
    """The look at a large pool is taken at one row of each kind."""
    made = learner(strategy="most_likely", candidates=BySize(large=20, size=20), control=0.3)
    rows, _ = asked(learner(strategy="margin", candidates=BySize(large=20, size=20)), 60, 5)
    assert len(set(WHICH[rows])) == KINDS
    for _ in range(8):  # nor is a control draw of the batch asked by the strategy too
        query = made.query(10)
        assert len(set(query.rows.tolist())) == 10
        made.teach(query.rows, Y[query.rows])


def test_the_same_pool_is_looked_through_once(monkeypatch):
    pool = Pool(X)
    first = pool.copies
    assert learner(pool).pool.copies is first
    assert pool.in_memory.copies is first
