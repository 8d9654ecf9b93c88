"""Displays hold the right numbers, and draw these."""

import subprocess
import sys
from io import BytesIO

import numpy as np
import pytest
from matplotlib.figure import Figure
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score

from motherlode import ActiveLearner
from motherlode.displays import (
    EstimatesDisplay,
    FoundCurveDisplay,
    LearningCurveDisplay,
    MapDisplay,
    PrecisionRecallDisplay,
    ScoreHistogramDisplay,
)
from motherlode.displays._learning import _judge
from motherlode.displays._precision_recall import _ends
from motherlode.displays._refits import fit_on_some, score_held_out
from motherlode.errors import InputError
from motherlode.estimation import Estimate, prevalence
from motherlode.estimation._calls import Calls
from motherlode.session import Origin, Session

NAMES = ["$no$", "_yes"]  # neither a formula nor a name that legends hide


def make_rows(n, seed=0):
    rng = np.random.default_rng(seed)
    positive = rng.random(n) < 0.15
    X = rng.normal(size=(n, 3))
    X[positive] += 1.2
    return X, positive


@pytest.fixture(scope="module")
def searched():
    X, positive = make_rows(400)
    learner = ActiveLearner(
        X, NAMES, LogisticRegression(), minority="_yes", control=0.75, seed=0, strategy="margin"
    )
    first = np.flatnonzero(positive)[0], np.flatnonzero(~positive)[0]
    learner.teach(first, ["_yes", "$no$"])
    for _ in range(4):
        query = learner.query(20)
        learner.teach(query, [NAMES[int(positive[row])] for row in query.rows])
    return learner


@pytest.fixture
def ax():
    return Figure().add_subplot()


def save(display):
    """Draw everything there is, since much goes wrong only then."""
    display.figure_.savefig(BytesIO(), format="svg")


def legend_of(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_a_found_curve_counts_the_positives_among_the_first_labels(ax):
    learner = ActiveLearner(np.eye(6), ["no", "yes"], minority="yes")
    learner.teach([3, 0, 1, 5], ["yes", "no", "yes", "no"])
    display = FoundCurveDisplay.from_learner(learner, ax=ax)
    labels, found, low, high = display.curves["found"]
    assert labels.tolist() == [0, 1, 2, 3, 4]
    assert found.tolist() == [0, 1, 1, 2, 2]
    assert low is high is None
    assert ax.get_lines()[0].get_ydata().tolist() == [0, 1, 1, 2, 2]
    assert ax.get_title(loc="left") == "Positives found · yes"
    # Nothing was drawn at random, so nothing is said of what random asking finds.
    assert len(ax.get_lines()) == 1
    save(display)


def test_a_found_curve_shows_what_random_asking_finds_with_its_interval(searched, ax):
    display = FoundCurveDisplay.from_learner(searched, ax=ax)
    share = prevalence(searched.session())
    assert isinstance(share, Estimate)
    assert display.at_random == share
    at_random = ax.get_lines()[0]
    assert at_random.get_xdata().tolist() == [0, 82]
    assert at_random.get_ydata().tolist() == pytest.approx([0, 82 * share.value])
    ends = ax.collections[0].get_paths()[0].vertices[:, 1]
    assert ends.max() == pytest.approx(82 * share.high)
    assert legend_of(ax) == ["at random", "found"]
    save(display)


def test_estimates_over_time_are_those_of_the_first_labels(ax):
    """Ten draws from 100 rows, two of them positive, and before the tenth there is no estimate."""
    X = np.arange(100.0)[:, None]
    learner = ActiveLearner(X, [0, 1], minority=1)
    draws = [Origin("control", "", 1 / (100 - i), 100 - i, i) for i in range(12)]
    learner.teach(range(12), [1, 1, *[0] * 10], origins=draws)
    display = EstimatesDisplay.from_learner(learner, quantity="prevalence", points=12, ax=ax)
    assert display.labels.tolist() == list(range(1, 13))
    assert np.isnan(display.values[:9]).all()
    assert display.values[9] == pytest.approx(2 / 10)
    assert display.values[11] == pytest.approx(2 / 12, abs=0.005)
    session = learner.session()
    last = prevalence(session)
    assert (display.low[11], display.high[11]) == (last.low, last.high)
    assert (display.low[9:] < display.values[9:]).all()
    assert (display.high[9:] > display.values[9:]).all()
    save(display)


def test_without_random_draws_there_are_no_estimates_to_draw():
    learner = ActiveLearner(np.eye(6), [0, 1], minority=1)
    with pytest.raises(InputError, match="No row is labelled"):
        EstimatesDisplay.from_learner(learner)
    learner.teach([0, 1], [0, 1])
    for display in (EstimatesDisplay, PrecisionRecallDisplay):
        with pytest.raises(InputError, match="none of the rows was drawn at random"):
            display.from_learner(learner)
    with pytest.raises(InputError, match="quantity is 'rows'; use one of positives, prev"):
        EstimatesDisplay.from_learner(learner, quantity="rows")


def test_a_histogram_counts_every_row_once(searched, ax):
    display = ScoreHistogramDisplay.from_learner(searched, ax=ax)
    counts = {name: int(count.sum()) for name, count in display.counts.items()}
    found = searched.session().found
    assert counts == {"unlabelled": 318, "negative": 82 - found, "positive": found}
    P = searched.predict_proba(searched.unlabelled)[:, 1]
    assert display.counts["unlabelled"][-1] == (P >= 0.95).sum()
    assert legend_of(ax) == ["unlabelled", "negative", "positive"]
    save(display)


def test_a_histogram_of_a_sample_stands_for_all_rows(ax):
    none = np.empty(0)
    display = ScoreHistogramDisplay(
        unlabelled=np.array([0.1, 0.1, 0.9]), positive=none, negative=none, drawn_from=300
    ).plot(ax)
    heights = ax.patches[0].get_data().values
    assert heights.sum() == 300
    assert display.counts["unlabelled"][2] == 2


def test_a_histogram_needs_a_model():
    learner = ActiveLearner(np.eye(6), [0, 1], minority=1)
    with pytest.raises(InputError, match="needs labels of two classes"):
        ScoreHistogramDisplay.from_learner(learner)


def test_a_map_shows_every_row_and_the_label_of_each(searched, ax):
    query = searched.query(5)
    display = MapDisplay.from_learner(searched, query=query, ax=ax)
    assert display.rows.tolist() == list(range(400))
    assert ((display.places >= 0) & (display.places <= 1)).all()
    drawn = [len(dots.get_offsets()) for dots in ax.collections]
    found = searched.session().found
    assert drawn == [318, 82 - found, found, 5]
    assert [said.strip() for said in legend_of(ax)] == ["unlabelled", *NAMES, "asked"]
    rings = np.asarray(ax.collections[-1].get_offsets())
    assert rings == pytest.approx(display.places[query.rows])
    save(display)


def test_a_map_of_a_large_pool_keeps_what_is_labelled(monkeypatch, ax):
    monkeypatch.setattr("motherlode.displays._map._MOST", 10)
    X, _ = make_rows(50)
    learner = ActiveLearner(X, [0, 1], minority=1)
    learner.teach([7, 11], [0, 1])
    display = MapDisplay.from_learner(learner, query=[3], ax=ax)
    assert {3, 7, 11} <= set(display.rows.tolist())
    assert len(display.rows) <= 13


def test_precision_and_recall_by_hand():
    """All of ten rows are labelled, so that both are known and need no interval."""
    positive = np.array([True, True, True, False, False, False, True, False, False, False])
    draws = [Origin("control", "", 1 / (10 - i), 10 - i, i) for i in range(10)]
    session = Session(10, positive, draws)
    calls = Calls(session, np.arange(10) < 5, 0, 0.95)
    assert _ends(calls.precision()) == pytest.approx((3 / 5,) * 3)
    assert _ends(calls.recall()) == pytest.approx((3 / 4,) * 3)


def test_what_is_labelled_bounds_precision_and_recall():
    """Of 20 rows that are called positive 4 are labelled and 3 of these positive."""
    positive = np.array([True, True, True, False, True, False])
    draws = [Origin("control", "", 1 / (100 - i), 100 - i, i) for i in range(6)]
    calls = Calls(Session(100, positive, draws), np.arange(6) < 4, 16, 0.95)
    value, low, high = _ends(calls.precision())
    assert 3 / 20 <= low <= value <= high <= 19 / 20
    value, low, high = _ends(calls.recall())
    assert 3 / (3 + 1 + 78) <= low <= value <= high <= 19 / (19 + 1)


def test_precision_and_recall_are_drawn_with_their_intervals(searched, ax):
    display = PrecisionRecallDisplay.from_learner(searched, points=5, folds=3, ax=ax)
    assert len(display.thresholds) == 5
    for three in (display.precision, display.recall):
        value, low, high = three.T
        assert ((low <= value) & (value <= high)).all()
        assert ((low >= 0) & (high <= 1)).all()
    assert (np.diff(display.recall[:, 0]) <= 1e-12).all()  # fewer rows are called positive
    assert display.recall[0, 0] > display.recall[-1, 0]
    assert (display.recall[:, 2] - display.recall[:, 1]).max() > 0.1
    assert len(ax.collections) == 2
    assert legend_of(ax) == ["precision", "recall"]
    save(display)


def test_no_row_is_scored_by_a_model_that_knows_its_label():
    """Labels at random can't be told by others, and a model that knows them tells them."""
    rng = np.random.default_rng(0)
    X, positive = np.eye(60), rng.random(60) < 0.5
    learner = ActiveLearner(X, [0, 1], LogisticRegression(C=100.0), minority=1, copies="each")
    learner.teach(range(60), positive.astype(int))
    known = learner.final_model().predict_proba(X)[:, 1]
    held_out = score_held_out(learner, 5)
    assert (known[positive].min() > known[~positive].max()) & np.isfinite(held_out).all()
    assert abs(held_out[positive].mean() - held_out[~positive].mean()) < 0.1


def test_refitting_leaves_the_learner_as_it_is(searched):
    before = searched.labelled[0].tolist(), searched.unlabelled.tolist(), len(searched.pool)
    score = fit_on_some(searched, np.arange(82) < 30)
    assert score(searched.pool.data).shape == (400,)
    assert (searched.labelled[0].tolist(), searched.unlabelled.tolist(), 400) == before
    assert fit_on_some(searched, np.arange(82) < 0) is None


def test_a_learning_curve_is_of_models_fitted_on_the_first_labels(searched, ax):
    X, positive = make_rows(300, seed=1)
    y = [NAMES[int(flag)] for flag in positive]
    display = LearningCurveDisplay.from_learner(searched, X, y, points=3, ax=ax)
    assert display.labels.tolist() == [1, 42, 82]
    for count, value in zip(display.labels, display.scores, strict=True):
        score = fit_on_some(searched, np.arange(82) < count)
        assert value == pytest.approx(average_precision_score(positive, score(X)))
    assert (display.low < display.scores).all()
    assert (display.high > display.scores).all()
    assert ax.get_title(loc="left") == "Average precision on 300 rows labelled apart"
    save(display)


def test_rows_drawn_at_random_are_held_out_of_all_fits(searched, ax):
    apart = searched.session().uniform
    display = LearningCurveDisplay.from_learner(searched, metric="roc_auc", points=2, ax=ax)
    assert display.held_out == f"{apart.sum()} rows drawn at random"
    assert display.labels[-1] == (~apart).sum()
    save(display)


def test_a_bootstrap_of_rows_that_are_told_apart_leaves_no_doubt():
    truth = np.array([True] * 5 + [False] * 20)
    assert _judge("average_precision", truth, truth.astype(float), 0) == (1.0, 1.0, 1.0)
    mixed = np.linspace(1, 0, 25)
    mixed[[0, 10]] = mixed[[10, 0]]
    value, low, high = _judge("average_precision", truth, mixed, 0)
    assert low < value < high


def test_what_a_learning_curve_refuses(searched):
    learner = ActiveLearner(np.eye(6), [0, 1], minority=1)
    learner.teach([0, 1], [0, 1])
    with pytest.raises(InputError, match="0 positives and 0 negatives, and fewer than 5"):
        LearningCurveDisplay.from_learner(learner)
    with pytest.raises(InputError, match="Give X and y together"):
        LearningCurveDisplay.from_learner(learner, np.eye(6))
    with pytest.raises(InputError, match="metric is 'f1'; use one of average_precision"):
        LearningCurveDisplay.from_learner(searched, metric="f1")


def test_a_new_figure_is_made_where_no_axes_are_given(searched):
    from matplotlib import pyplot as plt

    display = FoundCurveDisplay.from_learner(searched)
    assert display.figure_ is display.ax_.figure
    plt.close(display.figure_)


def test_without_matplotlib_the_extra_is_named():
    code = (
        "import sys; sys.modules['matplotlib'] = None\n"
        "import numpy as np\n"
        "from motherlode import ActiveLearner\n"
        "from motherlode.displays import FoundCurveDisplay\n"
        "learner = ActiveLearner(np.eye(5), [0, 1], minority=1)\n"
        "try: FoundCurveDisplay.from_learner(learner)\n"
        "except ValueError as error: print(error)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert 'pip install "motherlode[plot]"' in done.stdout
