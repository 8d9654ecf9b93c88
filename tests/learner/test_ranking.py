"""The unlabelled rows, likeliest first."""

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression, RidgeClassifier

from motherlode import ActiveLearner, InputError, Pool
from motherlode._files.tables import TableFiles
from motherlode.embedding import Embedding

RNG = np.random.default_rng(0)
Y = (np.arange(600) % 12 == 0).astype(int)
X = RNG.normal(size=(600, 3)) + 2.0 * Y[:, None]
KNOWN = np.r_[np.flatnonzero(Y)[:8], np.flatnonzero(Y == 0)[:20]]


def learner(data=X, y=Y, classes=(0, 1), known=KNOWN, **settings):
    made = ActiveLearner(
        data, list(classes), LogisticRegression(), minority=classes[-1], **settings
    )
    made.teach(known, [classes[code] for code in y[known]])
    return made


def test_it_is_every_row_left_by_the_probability_of_the_final_model():
    made = learner()
    made.skip([40])
    ranked = made.rank()
    assert sorted(ranked.rows) == made.unlabelled.tolist()
    assert 40 not in ranked.rows
    P = made.final_model().predict_proba(X[ranked.rows])[:, 1]
    np.testing.assert_allclose(ranked.probabilities, P)
    assert (np.diff(ranked.probabilities) <= 0).all()
    assert Y[ranked.rows[:30]].mean() > 5 * Y.mean()
    assert ranked.classes == (1,)


def test_the_first_are_the_first_of_all_and_it_is_the_same_twice():
    made = learner()
    whole, first = made.rank(), made.rank(7)
    assert len(first) == 7
    for name in ("rows", "probabilities", "deviations"):
        assert getattr(first, name).tolist() == getattr(whole, name)[:7].tolist()
    assert made.rank(10_000).rows.tolist() == whole.rows.tolist()


def test_it_shows_the_first_rows_as_text_and_as_html():
    ranked = learner(classes=("no", "<b>yes"), y=Y).rank(12)
    text, html = repr(ranked), ranked._repr_html_()
    lines = text.splitlines()
    assert lines[0] == "RankedRows(12 rows, likeliest <b>yes first)"
    assert lines[1].split() == ["row", "id", "probability", "deviation"]
    first = next(iter(ranked))
    assert lines[2].split() == [
        str(first.row), f"{first.probability:.3g}", f"{first.deviation:.2g}",
    ]  # fmt: skip
    assert len(lines) == 8
    assert lines[-1].strip() == "and 7 more"
    assert "the first 10 of 12" in html
    assert "&lt;b&gt;yes" in html
    assert html.count("<tr") == 11
    assert f">{first.row}</td>" in html


def test_a_ranking_of_no_rows_says_so():
    made = learner()
    made.skip(made.unlabelled)
    assert repr(made.rank()) == "RankedRows(0 rows, likeliest 1 first)"


def test_a_loop_gives_rows_with_numbers():
    first = next(iter(learner().rank(3)))
    assert isinstance(first.row, int)
    assert first == (first.row, first.probability, first.deviation)


def test_the_deviation_is_about_what_other_labels_would_change():
    said, given = [], []
    for seed in range(12):
        known = np.random.default_rng(seed).choice(600, 150, replace=False)
        made = learner(known=known)
        ranked = made.rank()
        said.append(ranked.deviations.mean())
        given.append(made.final_model().predict_proba(X)[:, 1])
    really = np.std(given, axis=0).mean()
    assert 0.5 * really < np.mean(said) < 2 * really


def test_a_positive_alone_is_enough():
    ranked = learner(known=KNOWN[:1]).rank(20)
    assert np.isfinite(ranked.deviations).all()
    assert Y[ranked.rows].mean() > 2 * Y.mean()


def test_each_of_several_classes():
    y = (np.arange(600) % 12 == 0) + 2 * (np.arange(600) % 12 == 5)
    shifts = np.array([[0, 0, 0], [4, 0, 0], [0, 4, 0.0]])
    known = np.concatenate([np.flatnonzero(y == code)[:8] for code in range(3)])
    data = RNG.normal(size=(600, 3)) + shifts[y]
    made = ActiveLearner(data, ["rest", "a", "b"], LogisticRegression(), minority=["a", "b"])
    made.teach(known, np.array(["rest", "a", "b"])[y[known]])
    for code, name in enumerate(["rest", "a", "b"]):
        ranked = made.rank(20, label=name)
        assert (y[ranked.rows] == code).mean() > 0.9
        assert ranked.classes == (name,)
    both = made.rank()
    assert both.classes == ("a", "b")
    P = made.final_model().predict_proba(data[both.rows])
    own = made.final_model().classes_.tolist()
    np.testing.assert_allclose(both.probabilities, 1 - P[:, own.index("rest")])


@pytest.mark.parametrize("model", [None, RandomForestClassifier(9, random_state=0)], ids=str)
def test_other_models(model):
    made = ActiveLearner(X, [0, 1], model, minority=1)
    made.teach(KNOWN, Y[KNOWN])
    ranked = made.rank(30)
    np.testing.assert_allclose(
        ranked.probabilities, made.final_model().predict_proba(X[ranked.rows])[:, 1]
    )


def test_ties_are_not_broken_by_the_order_of_the_pool():
    flat = np.zeros((500, 2))
    flat[:2] = 1
    made = ActiveLearner(flat, [0, 1], LogisticRegression(), minority=1, copies="each")
    made.teach([0, 2], [1, 0])
    rows = made.rank(50).rows
    assert 100 < np.median(rows) < 400


def test_rows_on_disk_in_blocks_rank_as_in_memory(tmp_path, monkeypatch):
    monkeypatch.setattr("motherlode._rows.blocks._FEWEST", 64)
    monkeypatch.setattr("motherlode._rows.blocks._BLOCK_BYTES", 1)
    table = pa.table({"a": X[:, 0], "b": X[:, 1], "kind": ["x", "y", "z"] * 200})
    pq.write_table(table, tmp_path / "rows.parquet", row_group_size=100)
    stored = learner(Pool(TableFiles([tmp_path / "rows.parquet"]))).rank(25)
    held = learner(table).rank(25)
    assert stored.rows.tolist() == held.rows.tolist()
    np.testing.assert_allclose(stored.probabilities, held.probabilities, rtol=1e-5)
    np.testing.assert_allclose(stored.deviations, held.deviations, rtol=1e-3)


def test_an_encoder_is_not_asked_again():
    seen = []

    class Lengths:
        def encode(self, texts):
            seen.extend(texts)
            return np.array([[len(text), text.count("e")] for text in texts], dtype=np.float32)

    texts = [("long rare text " if y else "short ") + str(i) for i, y in enumerate(Y)]
    made = learner(Pool(texts, features=Embedding(Lengths())))
    seen.clear()
    made.rank(5)
    assert len(seen) < 50


def test_frames_and_texts():
    texts = [("rare word" if y else "common thing") + f" w{i % 9}" for i, y in enumerate(Y)]
    assert Y[learner(texts).rank(20).rows].all()
    frame = pd.DataFrame({"a": X[:, 0], "b": X[:, 1]})
    assert len(learner(frame).rank(20)) == 20


def test_what_cannot_be_ranked_says_why():
    with pytest.raises(InputError, match="nothing is labelled yet"):
        ActiveLearner(X, [0, 1], minority=1).rank()
    with pytest.raises(InputError, match="'x'"):
        learner().rank(label="x")
    with pytest.raises(InputError, match="most is 0"):
        learner().rank(0)
    made = ActiveLearner(X, [0, 1], RidgeClassifier(), minority=1)
    made.teach(KNOWN, Y[KNOWN])
    with pytest.raises(InputError, match="RidgeClassifier gives none"):
        made.rank()
    small = learner(X[:30], known=KNOWN[KNOWN < 30])
    small.teach(small.unlabelled, Y[small.unlabelled])
    assert len(small.rank()) == 0
