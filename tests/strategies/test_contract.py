"""What every strategy keeps, named or composed: one suite for all of them."""

import copy
import pickle

import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from motherlode import ActiveLearner, Pool
from motherlode._round.selection import Stochastic
from motherlode.learner._candidates import RandomRows
from motherlode.models._committee import Bags, Ensemble, Estimators, Seeds, Variants
from motherlode.strategies import (
    KDE,
    LOF,
    NAMES,
    Entropy,
    InformationDensity,
    Interleave,
    LeastConfidence,
    Margin,
    Mixture,
    MostLikely,
    QueryByCommittee,
    Random,
    Ranks,
)
from motherlode.strategies._base.strategy import Strategy

LINES = [LogisticRegression(C=0.1), LinearSVC()]
COMPOSED = {
    "product": Entropy() * KDE(region="dense"),
    "power": Margin() ** 0.5,
    "inverse": LOF() ** -1,
    "product of a power": Entropy() * KDE(region="dense") ** 0.5 * MostLikely(),
    "sum": Margin() + 0.3 * LOF(),
    "sum with a logarithm": MostLikely() + KDE(region="sparse"),
    "weighted": 2 * Entropy(),
    "ranks": Ranks(KDE()) + Ranks(Margin()) * Ranks(MostLikely()),
    "turns": Interleave(MostLikely(), Margin(), Random()),
    "turns within turns": Interleave(Interleave(Margin(), LOF()), Mixture(Random(), MostLikely())),
    "lots": Mixture(Margin(), KDE("compact"), weights=[0.7, 0.3]),
    "turns of products": Interleave(Entropy() * LOF(), Ranks(Margin()) + Ranks(LOF())),
    "unlike the rest": InformationDensity(beta=-1.0),
    "dense, in the minority": KDE("dense", within="predicted minority"),
    "outlying, in the minority": LOF(within="predicted minority"),
    "bags": QueryByCommittee(committee=Bags(3)),
    "seeds": QueryByCommittee("vote_entropy", Seeds(3)),
    "variants": QueryByCommittee("max_disagreement", Variants([{"C": 0.1}, {"C": 9.0}])),
    "weights": QueryByCommittee(
        committee=Variants([{"class_weight": None}, {"class_weight": "balanced"}])
    ),
    "estimators": QueryByCommittee("minority_deviation", LINES),
}
TWO_CLASSES_ONLY = {
    "at the prior": Margin(threshold="prior"),
    "at the cut": Entropy(threshold="separating"),
    "at a number": LeastConfidence(threshold=0.1),
}
OF_A_FOREST = {"ensemble": QueryByCommittee(committee=Ensemble())}
EVERY = {name: make() for name, make in NAMES.items()} | COMPOSED
BINARY = EVERY | TWO_CLASSES_ONLY | OF_A_FOREST


def model_for(name):
    return RandomForestClassifier(8) if name in OF_A_FOREST else LogisticRegression()


def bells(sizes, seed):
    rng = np.random.default_rng(seed)
    centres = np.array([[0, 0, 0], [2.5, 2, 0], [0, -3, 2.0]])
    X = np.concatenate([rng.normal(centres[c], 1.0, (n, 3)) for c, n in enumerate(sizes)])
    y = np.repeat(np.arange(len(sizes)), sizes)
    order = rng.permutation(len(y))
    return X[order], y[order]


X, Y = bells([36, 6], seed=0)
X3, Y3 = bells([28, 6, 6], seed=1)
START = np.concatenate([np.flatnonzero(Y == 0)[:3], np.flatnonzero(Y == 1)[:2]])
START3 = np.concatenate([np.flatnonzero(c == Y3)[:2] for c in range(3)])


def learner(strategy, model=None, *, data=X, y=Y, start=START, classes=(0, 1), **settings):
    classes = list(classes)
    made = ActiveLearner(
        data if isinstance(data, Pool) else Pool(data),
        classes,
        LogisticRegression() if model is None else model,
        strategy,
        **({"minority": classes[-1]} | settings),
    )
    made.teach(start, [classes[c] for c in y[start]])
    return made


def asked(made, y=Y, rounds=3, n=4):
    """The rows that a few rounds ask, in order."""
    out = []
    for _ in range(rounds):
        rows = made.query(n).rows
        out += rows.tolist()
        made.teach(rows, [made.classes[c] for c in y[rows]])
    return out


everything = pytest.mark.parametrize("name", BINARY)
any_number_of_classes = pytest.mark.parametrize("name", EVERY)


@everything
@pytest.mark.parametrize("labelled", ["nothing", "one common", "one rare", "both"])
def test_utilities_are_finite_numbers_in_every_state(name, labelled):
    start = {
        "nothing": START[:0],
        "one common": START[:1],
        "one rare": START[-1:],
        "both": START,
    }[labelled]
    query = learner(BINARY[name], model_for(name), start=start).query(6)
    assert query.utilities.shape == (6,)
    assert query.utilities.dtype == np.float64
    assert np.isfinite(query.utilities).all()
    assert query.rows.dtype == np.int64
    assert len(set(query.rows)) == 6


@everything
def test_there_is_a_utility_for_every_candidate_and_the_best_are_asked(name):
    made = learner(BINARY[name], model_for(name))
    view = made._view(made.unlabelled, 5)
    u = made.strategy.utilities(view)
    assert u.shape == (len(view),)
    query = made.query(5)
    assert query.utilities == pytest.approx(np.sort(u)[::-1][:5])


@everything
def test_a_session_asks_every_row_once_to_the_last(name):
    made = learner(BINARY[name], model_for(name), start=START[:0])
    done, skipped = set(), set()
    while len(done) < len(Y):
        query = made.query(min(8, len(made.unlabelled)))
        assert not done & set(query.rows.tolist())
        done |= set(query.rows.tolist())
        if not skipped:
            skipped = {int(query.rows[0])}
            made.skip(query.rows[0])
        taught = [row for row in query.rows.tolist() if row not in skipped]
        made.teach(taught, Y[taught])
    assert len(made.unlabelled) == 0
    assert set(made.labelled[0]) == set(range(len(Y))) - skipped


@everything
def test_every_row_asked_has_a_reason_of_one_line(name):
    for start in (START[:0], START[:1], START):
        query = learner(BINARY[name], model_for(name), start=start).query(4)
        assert len(query.reasons) == 4
        for reason in query.reasons:
            assert reason.strip()
            assert "\n" not in reason


@everything
def test_the_names_of_classes_say_nothing(name):
    sessions = [
        asked(learner(BINARY[name], model_for(name), classes=classes), rounds=2)
        for classes in ([0, 1], ["z", "a"], [False, True])
    ]
    assert sessions[0] == sessions[1] == sessions[2]


@everything
def test_the_same_seed_asks_the_same_rows(name):
    first, second = (
        asked(learner(BINARY[name], model_for(name), seed=5), rounds=2) for _ in range(2)
    )
    assert first == second


@everything
def test_asking_twice_is_asking_once(name):
    made = learner(BINARY[name], model_for(name))
    first, second = made.query(5), made.query(5)
    assert first.rows.tolist() == second.rows.tolist()
    assert np.array_equal(first.utilities, second.utilities)
    assert first.reasons == second.reasons


@everything
def test_a_strategy_is_a_value(name):
    strategy = BINARY[name]
    assert isinstance(hash(strategy), int)
    copies = [pickle.loads(pickle.dumps(strategy)), copy.deepcopy(strategy), clone(strategy)]
    rows = asked(learner(strategy, model_for(name)), rounds=1)
    for other in copies:
        if not isinstance(getattr(strategy, "committee", None), Estimators):
            assert other == strategy  # scikit-learn's estimators are no values
            assert hash(other) == hash(strategy)
        assert str(other) == str(strategy)
        assert asked(learner(other, model_for(name)), rounds=1) == rows


@everything
def test_a_round_changes_nothing_that_was_handed_in(name):
    data, model, strategy = X.copy(), model_for(name), BINARY[name]
    before = pickle.dumps(strategy)
    made = learner(strategy, model, data=data)
    made.pool.features.setflags(write=False)
    rows, labels = made.labelled
    made.query(5)
    assert np.array_equal(data, X)
    assert np.array_equal(made.pool.points, Pool(X).points)
    assert np.array_equal(made.labelled[0], rows)
    assert np.array_equal(made.labelled[1], labels)
    assert not hasattr(model, "classes_")
    assert not hasattr(made.query_model, "classes_")
    assert pickle.loads(before) == strategy or name == "estimators"


# Drawn at random, though with one seed for all rounds: trees, and the start of a clustering.
AT_RANDOM = {*OF_A_FOREST, "rare_interleave", "anomaly_feedback"}


@pytest.mark.parametrize("name", [name for name in BINARY if name not in AT_RANDOM])
def test_the_order_of_the_pool_says_nothing_unless_rows_are_drawn_at_random(name):
    strategy = BINARY[name]
    shuffled = np.random.default_rng(3).permutation(len(Y))
    back = np.argsort(shuffled)

    def utilities(data, y, start, seed=0):
        made = learner(strategy, LogisticRegression(), data=data, y=y, start=start, seed=seed)
        view = made._view(made.unlabelled, 5)
        out = np.full(len(y), np.nan)
        out[view.rows] = strategy.utilities(view)
        return out

    plain = utilities(X, Y, START)
    if not np.array_equal(plain, utilities(X, Y, START, seed=1), equal_nan=True):
        return  # there is chance in it
    moved = utilities(X[shuffled], Y[shuffled], back[START])
    assert moved[back] == pytest.approx(plain, rel=1e-6, abs=1e-9, nan_ok=True)


@any_number_of_classes
@pytest.mark.parametrize("minority", [2, [1, 2]], ids=["one sought", "two sought"])
def test_three_classes(name, minority):
    made = learner(EVERY[name], data=X3, y=Y3, start=START3, classes=[0, 1, 2], minority=minority)
    rows = asked(made, Y3, rounds=2)
    assert len(set(rows)) == 8
    assert not set(rows) & set(START3)


@any_number_of_classes
def test_three_classes_of_which_one_is_not_seen_yet(name):
    made = learner(EVERY[name], data=X3, y=Y3, start=START3[:4], classes=[0, 1, 2], minority=2)
    assert np.isfinite(made.query(5).utilities).all()


@everything
def test_sparse_pools(name):
    made = learner(BINARY[name], model_for(name), data=csr_matrix(np.where(X > 0.3, X, 0)))
    assert len(set(asked(made))) == 12


TEXTS = [
    " ".join(np.random.default_rng(i).choice(["sea", "boat"] if c else ["town", "car", "shop"], 4))
    + f" word{i % 5}"
    for i, c in enumerate(Y)
]


@everything
def test_texts(name):
    assert len(set(asked(learner(BINARY[name], model_for(name), data=TEXTS)))) == 12


@everything
def test_candidates_and_selections_combine_with_it(name):
    made = learner(BINARY[name], model_for(name), candidates=RandomRows(12), selection=Stochastic())
    for _ in range(3):
        query = made.query(3)
        assert len(set(query.rows)) == 3
        assert not set(query.rows) & set(made.labelled[0])
        assert ((query.probabilities > 0) & (query.probabilities <= 1)).all()
        made.teach(query.rows, Y[query.rows])


@everything
def test_equal_rows_and_constant_columns_are_no_trouble(name):
    data = np.concatenate([np.repeat(X[:6], 5, axis=0), np.ones((12, 3))])
    data = np.column_stack([data, np.full(42, 3.0)])
    y = np.repeat([0, 0, 0, 1, 0, 0], 5).tolist() + [0] * 12
    made = learner(BINARY[name], model_for(name), data=data, y=np.array(y), start=[0, 15, 30])
    assert len(set(asked(made, np.array(y)))) == 12


@everything
def test_a_strategy_says_where_it_stands(name):
    strategy = BINARY[name]
    assert isinstance(strategy, Strategy)
    assert strategy.family != "your own"
    assert strategy.needs in ("nothing", "model", "committee", "geometry")
    assert strategy.family == "composition" or strategy.paper or name in ("random", "auto")
    assert 0 < len(str(strategy)) < 200
    assert "\n" not in str(strategy)
