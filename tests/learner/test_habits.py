"""What people from other libraries write, and what is handed to a learner in other forms."""

import inspect
import re
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

import motherlode
from motherlode import ActiveLearner, InputError

X = np.random.default_rng(0).normal(size=(40, 2))


def learner(**settings):
    return ActiveLearner(X, [0, 1], LogisticRegression(), **({"minority": 1} | settings))


@pytest.mark.parametrize(
    ("word", "ours"),
    [
        ("random_state", "seed="),
        ("estimator", "model="),
        ("clf", "model="),
        ("query_strategy", "strategy="),
        ("n_instances", r"learner.query\(n\)"),
        ("batch_size", r"learner.query\(n\)"),
        ("X_training", r"learner.teach\(rows, labels\)"),
        ("pos_label", "minority="),
    ],
)
def test_words_of_other_libraries_are_answered(word, ours):
    with pytest.raises(InputError, match=f"no parameter {word}=; .*{ours}"):
        ActiveLearner(X, [0, 1], **{word: 1})


def test_words_of_other_libraries_in_the_rounds():
    with pytest.raises(InputError, match="n_instances=; motherlode calls it n"):
        learner().query(n_instances=3)
    with pytest.raises(InputError, match="row ids"):
        learner().teach(X=X[:1], y=[1])


def test_other_words_are_wrong_as_ever_and_the_signature_stays():
    with pytest.raises(TypeError, match="nonsense"):
        ActiveLearner(X, [0, 1], nonsense=1)
    assert list(inspect.signature(ActiveLearner).parameters)[:4] == [
        "pool", "classes", "model", "strategy",
    ]  # fmt: skip
    assert "n" in inspect.signature(ActiveLearner.query).parameters


def test_no_word_of_ours_is_taken_for_one_of_others():
    from motherlode.learner._habits import OF_LEARNER, OF_QUERY, OF_TEACH

    for words, function in [
        (OF_LEARNER, ActiveLearner),
        (OF_QUERY, ActiveLearner.query),
        (OF_TEACH, ActiveLearner.teach),
    ]:
        assert not set(words) & set(inspect.signature(function).parameters)


def test_a_query_is_taught_as_it_is():
    made = learner(control=0.5)
    query = made.query(6)
    made.teach(query, [0, 1, 0, 0, 0, 0])
    assert made.labelled[0].tolist() == query.rows.tolist()
    assert set(made.channels) == {"query", "control"}
    made.correct(query, [0] * 6)
    assert made.predict_proba(query).shape == (6, 2)
    made.unteach(query)
    made.skip(query)
    assert len(made.unlabelled) == 34
    made.unskip(query)
    assert len(made.unlabelled) == 40


def test_sets_where_order_does_not_matter():
    made = learner()
    made.teach({3, 1}, [1, 1])
    assert made.labelled[0].tolist() == [1, 3]
    made.skip({5, 4})
    made.unteach({1})
    assert made.labelled[0].tolist() == [3]
    with pytest.raises(InputError, match="nothing tells which label is whose"):
        made.teach({8, 9}, [0, 1])


@pytest.mark.parametrize("nothing", [None, float("nan"), np.nan, pd.NA, pd.NaT], ids=repr)
def test_no_label_is_not_labelled(nothing):
    made = learner()
    made.teach([1, 2, 3], [0, nothing, 1])
    assert made.labelled[0].tolist() == [1, 3]
    made.correct([1, 3], [nothing, 0])
    assert made.labelled[1].tolist() == [0, 0]
    made.teach(np.array([4, 5]), np.array([np.nan, 1.0]))
    assert made.labelled[0].tolist() == [1, 3, 5]
    with pytest.raises(InputError, match="No class is named"):
        made.rank(label=np.nan)


def test_a_function_is_a_strategy():
    def smallest(view):
        return -view.points[:, 0]

    made = learner(strategy=smallest)
    assert made.query(2).rows.tolist() == np.argsort(X[:, 0])[:2].tolist()
    made.teach(made.query(1), [0])
    assert made.session().origins[0].strategy == "smallest"
    with pytest.raises(InputError, match="call it"):
        learner(strategy=motherlode.strategies.Margin)
    with pytest.raises(InputError, match="a function of the view"):
        learner(strategy=3)


def test_rooms_open_when_they_are_named():
    said = subprocess.run(
        [sys.executable, "-c",
         "import motherlode, sys; assert 'strategies' in dir(motherlode); "
         "assert 'sklearn' not in sys.modules; print(motherlode.strategies.Margin()); "
         "print(motherlode.estimation.positives.__name__)"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert said.stdout.split() == ["Margin", "positives"]


def test_every_room_is_listed():
    from pkgutil import iter_modules

    rooms = {m.name for m in iter_modules(motherlode.__path__) if not m.name.startswith("_")}
    listed = dir(motherlode)
    assert rooms <= set(listed)
    assert set(motherlode.__all__) <= set(listed)
    assert [name for name in listed if name.startswith("_") and not name.endswith("__")] == []
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        motherlode.nothing  # noqa: B018


def test_versions_are_shown(capsys):
    motherlode.show_versions()
    said = capsys.readouterr().out
    for word in ("System:", "python:", "Packages:", "motherlode:", "scikit-learn:", "numpy:"):
        assert word in said
    assert np.__version__ in said


def test_one_answer_to_one_question():
    from motherlode.estimation import estimate_counts, positives_left
    from motherlode.session import CONTROL, Origin, Session
    from motherlode.stopping import forecast

    for drawn in (0, 1, 4, 9, 10, 30):
        origins = [Origin(CONTROL, "", 1 / (800 - i), 800 - i, i) for i in range(drawn)]
        session = Session(800, [False] * drawn, origins)
        said = forecast(session).estimates
        assert said == estimate_counts(session)
        assert said.positives_left == positives_left(session)
        assert hasattr(said.positives_left, "low") == (drawn >= 10)


def test_what_a_sentence_names_can_be_imported():
    from motherlode import models, strategies
    from motherlode.learner._habits import OF_LEARNER, OF_QUERY, OF_TEACH

    said = " ".join([*OF_LEARNER.values(), *OF_QUERY.values(), *OF_TEACH.values()])
    named = set(re.findall(r"\b([A-Z]\w+)\(", said))
    assert named == {"QueryByCommittee", "Bags"}
    for name in named:
        assert name in models.__all__ or name in strategies.__all__
