import numpy as np
import pytest
from scipy.sparse import csr_matrix
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import scale

from benchmarks.efficiency.groups import GROUPS, chosen_peers
from benchmarks.efficiency.peers import PEERS, Peer, too_large
from benchmarks.efficiency.peers.activeml import COMMITTEE, PeerFailed, ScikitActiveML
from benchmarks.efficiency.peers.asreview import AsreviewDefault, weights
from benchmarks.efficiency.peers.base import picked_first, seed_of
from benchmarks.efficiency.peers.modal import ModalDefault
from benchmarks.efficiency.peers.reading import densified, read
from motherlode import ActiveLearner, Pool, measures
from motherlode.errors import InputError
from motherlode.strategies import Entropy, LeastConfidence, Margin
from motherlode.strategies._base.strategy import positions

pytest.importorskip("skactiveml")

N, BATCH = 90, 6


def table():
    """Ninety rows, every ninth of them positive and shifted."""
    rng = np.random.default_rng(0)
    positive = np.arange(N) % 9 == 0
    return scale(rng.normal(size=(N, 4)) + 1.5 * positive[:, None]), positive.astype(int)


def texts():
    rng = np.random.default_rng(1)
    positive = np.arange(N) % 9 == 0
    words = [("lode", "vein", "seam") if p else ("sand", "clay", "loam") for p in positive]
    common = ("dig", "find", "rock", "hill", "river", "stone")
    return [" ".join([*rng.choice(common, 4), *w]) for w in words], positive


LABELLED = {"none": [], "one positive": [9], "negatives": [1, 2, 3], "both": [0, 9, *range(10, 18)]}


def learner(data, y, strategy, rows, **options):
    made = ActiveLearner(Pool(data), [0, 1], strategy=strategy, minority=1, seed=3, **options)
    made.teach(rows, np.asarray(y, dtype=int)[rows])
    return made


def view_of(made):
    return made._view(made.unlabelled, BATCH)


@pytest.mark.parametrize("state", LABELLED)
@pytest.mark.parametrize("name", PEERS)
def test_a_peer_asks_different_unlabelled_rows_and_the_same_ones_again(name, state):
    X, y = table()
    asked = [
        learner(X, y, PEERS[name], LABELLED[state]).query(BATCH).rows.tolist() for _ in range(2)
    ]
    assert len(set(asked[0])) == BATCH
    assert not set(asked[0]) & set(LABELLED[state])
    assert asked[0] == asked[1]


# TypiClust raises once every cluster holds a labelled row.
@pytest.mark.filterwarnings("ignore::benchmarks.efficiency.peers.activeml.PeerFailed")
@pytest.mark.parametrize("name", PEERS)
def test_a_peer_reads_texts_and_goes_on_to_the_last_row(name):
    documents, y = texts()
    made = learner(documents, y, PEERS[name], LABELLED["both"])
    left = N - len(LABELLED["both"])
    for n in (left - 2, 2):
        rows = made.query(n).rows
        made.teach(rows, y[rows].astype(int))
    assert not len(made.unlabelled)


@pytest.mark.parametrize(
    ("name", "ours"),
    [("margin", Margin()), ("entropy", Entropy()), ("least_confident", LeastConfidence())],
)
def test_uncertainty_asks_as_ours_does_with_the_same_classifier(name, ours):
    X, y = table()
    model = LogisticRegression(max_iter=1000)
    view = view_of(learner(X, y, ours, LABELLED["both"], model=model))
    theirs = PEERS[f"skactiveml_{name}_logistic"].utilities(view)
    u = ours.utilities(view)
    # Ties aside: compared is how uncertain the rows asked are, not which they are.
    assert np.allclose(u[np.argsort(-theirs)[:BATCH]], np.sort(u)[::-1][:BATCH])


def test_the_forest_of_uncertainty_is_fitted_on_the_labels_alone():
    X, y = table()
    view = view_of(learner(X, y, "margin", LABELLED["both"]))
    forest = RandomForestClassifier(100, random_state=seed_of(view))
    forest.fit(X[LABELLED["both"]], y[LABELLED["both"]])
    u = measures.margin(forest.predict_proba(X[view.rows]))
    theirs = PEERS["skactiveml_margin_forest"].utilities(view)
    assert np.allclose(u[np.argsort(-theirs)[:BATCH]], np.sort(u)[::-1][:BATCH])


def test_the_linear_committee_disagrees_as_its_five_members_do():
    X, y = table()
    rows = LABELLED["both"]
    view = view_of(learner(X, y, "margin", rows))
    members = [LogisticRegression(C=C, max_iter=1000).fit(X[rows], y[rows]) for C in COMMITTEE]
    votes = np.stack([member.predict_proba(X[view.rows]) for member in members])
    u = measures.kl_to_consensus(votes)
    theirs = PEERS["skactiveml_qbc_kl_logistic"].utilities(view)
    assert np.allclose(u[np.argsort(-theirs)[:BATCH]], np.sort(u)[::-1][:BATCH], atol=1e-6)


def test_random_asking_of_the_peer_has_nothing_to_do_with_the_labels():
    X, y = table()
    asked = [
        learner(X, labels, PEERS["skactiveml_random"], [0, 1]).query(BATCH).rows.tolist()
        for labels in (y, 1 - y)
    ]
    assert asked[0] == asked[1]


def test_the_default_of_modal_is_least_confidence_of_a_forest():
    X, y = table()
    view = view_of(learner(X, y, "margin", LABELLED["both"]))
    forest = RandomForestClassifier(random_state=seed_of(view))
    forest.fit(X[LABELLED["both"]], y[LABELLED["both"]])
    P = forest.predict_proba(X[view.rows])
    assert np.allclose(ModalDefault().utilities(view), 1 - P.max(axis=1))
    for state in ("none", "one positive"):
        alone = view_of(learner(X, y, "margin", LABELLED[state]))
        assert np.ptp(ModalDefault().utilities(alone)) == 0


def test_asreview_weighs_the_positives_together_9_8_times_the_others():
    w = weights(np.array([True, False, False, False]))
    assert w.mean() == pytest.approx(1.0)
    assert w[0] / w[1:].sum() == pytest.approx(9.8)


def test_asreview_goes_down_the_file_until_it_can_rank_the_likeliest_first():
    documents, y = texts()
    for state in ("none", "one positive", "negatives"):
        asked = learner(documents, y, AsreviewDefault(), LABELLED[state]).query(BATCH).rows
        open_ = np.setdiff1d(np.arange(N), LABELLED[state])
        assert asked.tolist() == open_[:BATCH].tolist()
    asked = learner(documents, y, AsreviewDefault(), LABELLED["both"]).query(BATCH).rows
    assert y[asked].all()


def test_asreview_ranks_as_the_package_does():
    pytest.importorskip("asreview", reason="ASReview needs an older pandas")
    from asreview.learner import ActiveLearningCycle
    from asreview.models import get_ai_config

    documents, y = texts()
    rows = np.array(LABELLED["both"])
    view = view_of(learner(documents, y, "margin", rows))
    cycle = ActiveLearningCycle.from_meta(get_ai_config()["value"], skip_feature_extraction=True)
    parameters = get_ai_config()["value"].feature_extractor_param
    X = TfidfVectorizer(**parameters).fit_transform(documents)
    cycle.fit(X[rows], y[rows].astype(int))
    scores = cycle.classifier.decision_function(X[view.rows])
    assert np.allclose(AsreviewDefault().utilities(view), scores, atol=1e-3)
    best = view.rows[cycle.rank(X[view.rows])][:BATCH]
    ours = AsreviewDefault().utilities(view)
    # Ties aside, which texts of few words have.
    assert np.allclose(ours[positions(view.rows, best)], np.sort(ours)[::-1][:BATCH], atol=1e-3)


def test_rows_picked_come_first_in_their_order_and_a_repeated_one_counts_once():
    view = view_of(learner(*table(), "random", []))
    u = picked_first(view, [7, 3, 7, 50])
    assert np.argsort(-u, kind="stable")[:3].tolist() == [7, 3, 50]
    assert (np.delete(u, [7, 3, 50]) == 0).all()


def test_a_peer_that_raises_is_told_of_and_its_rows_are_asked_by_lot():
    X, y = table()
    # Scikit-activeml's epistemic sampling takes two kinds of classifier, and a forest is neither.
    broken = ScikitActiveML("EpistemicUncertaintySampling", model="forest")
    with pytest.warns(PeerFailed, match=r"EpistemicUncertaintySampling.*raised TypeError"):
        rows = learner(X, y, broken, LABELLED["both"]).query(BATCH).rows
    assert len(set(rows.tolist())) == BATCH


def test_a_peer_of_no_known_model_is_refused():
    with pytest.raises(InputError, match="boosting"):
        ScikitActiveML("Badge", model="boosting")


def test_wide_texts_are_made_dense_by_their_commonest_words():
    counts = csr_matrix([[1.0, 0, 2, 0], [0, 0, 3, 4], [0, 5, 6, 7]])
    assert densified(counts, 12).tolist() == counts.toarray().tolist()
    assert densified(counts, 8).tolist() == [[2, 0], [3, 4], [6, 7]]


def test_points_are_svd_for_texts_and_directions_are_of_length_one():
    pool = Pool(texts()[0])
    assert np.array_equal(read(pool, "features"), pool.words.toarray())
    assert np.array_equal(read(pool, "points"), pool.points)
    assert np.allclose(np.linalg.norm(read(pool, "directions"), axis=1), 1)
    assert read(pool, "features") is read(pool, "features")


def test_peers_are_chosen_by_name_or_group():
    assert list(chosen_peers(["all"])) == list(PEERS)
    assert next(iter(chosen_peers(["modal_default", "quick"]))) == "modal_default"
    assert set(chosen_peers(["quick"])) == set(GROUPS["quick"])
    assert "skactiveml_entropy_forest" not in GROUPS["distinct"]
    assert {"skactiveml_qbc_vote_entropy_forest", "asreview_default"} <= set(GROUPS["distinct"])
    with pytest.raises(InputError, match=r"'small_text'.*modal_default"):
        chosen_peers(["small_text"])


def test_a_pool_above_the_limit_of_a_peer_is_said():
    assert too_large(PEERS["asreview_default"], 10**6) is None
    assert too_large(PEERS["skactiveml_probcover"], 5_000) is None
    assert "5,001 rows" in too_large(PEERS["skactiveml_probcover"], 5_001)
    assert all(isinstance(peer, Peer) for peer in PEERS.values())
