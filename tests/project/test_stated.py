"""What a project states of its rows before any label, on both databases."""

import json
from types import SimpleNamespace

import numpy as np
import pyarrow as pa
import pytest

from motherlode.errors import InputError
from motherlode.priors import Judge
from motherlode.project._data.settings import Recipe, Settings
from motherlode.project._data.stated import check_form, say_prior, say_search, state_prior
from motherlode.project._insight.prior import IT_SAYS_NOTHING, describe_prior
from motherlode.project._log.fold import State
from motherlode.project._log.log import read_state
from motherlode.project._serving.changing import change_settings, take_change_back
from motherlode.project._training import prior as prior_module
from motherlode.project._training.prior import check_prior, make_prior
from motherlode.project._training.training import ask_batch, rank_queue

WORDS = ["river and stone", "street and house", "tree and field", "ship and harbour"]
SOUGHT = [7, 41, 81]
SEEN = ["surgeons saw and mended in winter", "nurses told of", "at home on the stairs came"]


def texts_table():
    # The words at the end differ, since rows that are copies are asked once.
    ends = [f"{'abcdefghijk'[row % 11] * 3} {'lmnopqrstuv'[row // 11] * 3}" for row in range(120)]
    texts = [
        f"{SEEN[row % 3]} a broken hip of a patient {end}"
        if row in SOUGHT
        else f"{WORDS[row % 4]} {end}"
        for row, end in enumerate(ends)
    ]
    score = [None if row % 10 == 9 else float(row in SOUGHT) + row / 1e4 for row in range(120)]
    return pa.table({"text": texts, "score": score, "town": ["ulm"] * 120})


@pytest.fixture
def texts(make):
    def one(**changes):
        changes.setdefault("recipe", Recipe("auto", None, "find"))
        return make(texts_table(), kind="text", columns=("text",), shown=("text",), **changes)

    return one


def change(project, who="ann", **values):
    with project.database.writing() as connection:
        state = read_state(connection)
        check_prior(values.get("prior"), project.settings_at(state), project.rows.table)
        return change_settings(project, connection, state, who, values, 1000.0)


def described(project):
    with project.database.reading() as connection:
        state = read_state(connection)
        return describe_prior(connection, project.settings_at(state), state)


STATED = [
    state_prior(sentence="patients with a broken hip"),
    state_prior(keywords=["hip", "patient*"]),
    state_prior(column="score"),
]


@pytest.mark.parametrize("stated", STATED, ids=lambda stated: stated["prior"])
def test_a_project_asks_first_what_it_is_said_to_look_for(texts, stated):
    project = texts(prior=stated)
    assert set(SOUGHT) <= set(ask_batch(project, 8).rows)  # others have some turns
    change(project, prior=None)
    assert not set(SOUGHT) <= set(ask_batch(project, 8).rows)


@pytest.mark.parametrize("stated", STATED, ids=lambda stated: stated["prior"])
def test_what_is_stated_is_compared_with_texts_where_models_read_vectors(texts, stated):
    project = texts(prior=stated)
    vectors = np.random.default_rng(0).normal(size=(120, 8)).astype(np.float32)
    np.save(project.folder / "texts.npy", vectors)
    settings = Settings(
        **{**vars(project.settings), "recipe": Recipe("auto", None, "find", encoder="minilm")}
    )
    project.rows.plan = settings
    pool = project.rows.pool()
    assert pool.features.shape == (120, 8)
    prior = make_prior(stated, project.rows)
    prior.check(pool)
    scores = prior.score(pool, np.arange(120))
    assert sorted(np.argsort(-np.nan_to_num(scores, nan=-1))[:3].tolist()) == SOUGHT
    assert not prior.lazy


def test_a_change_is_an_event_by_which_the_trainer_ranks_anew(texts):
    project, state = texts(), State()
    pool = project.rows.pool()
    assert described(project) == {"stated": None, "said": None, "by": None, "at": None, "did": []}
    assert rank_queue(project, pool, state)
    (event,) = change(project, prior=state_prior("a broken hip of a patient"))
    assert (event.setting, event.annotator, event.before) == ("prior", "ann", "null")
    assert json.loads(event.after) == {"prior": "sentence", "text": "a broken hip of a patient"}
    assert described(project)["did"] == ["No ranking goes by it yet."]
    assert rank_queue(project, pool, state)
    found = described(project)
    assert (found["said"], found["by"], found["at"]) == ('"a broken hip of a patient"', "ann", 1000)
    assert found["did"][0] == "It orders the first rows, as nothing is labelled yet."
    assert not rank_queue(project, pool, state)

    change(project, "bob", prior=None)
    assert rank_queue(project, pool, state)
    found = described(project)
    assert (found["stated"], found["by"], found["did"]) == (None, "bob", [])
    with project.database.writing() as connection:
        undone = take_change_back(project, connection, read_state(connection), "eve", 2000.0)
    assert json.loads(undone.after) == {"prior": "sentence", "text": "a broken hip of a patient"}
    assert (described(project)["by"], described(project)["at"]) == ("eve", 2000)
    assert change(project, prior=state_prior("a broken hip of a patient")) == []


def test_the_order_is_as_if_the_prior_had_been_there_from_the_beginning(make, texts):
    project = texts()
    change(project, prior=STATED[0])
    change(project, prior=None)
    change(project, prior=STATED[1])
    changed = ask_batch(project, 30).rows
    change(project, prior=None)
    without = ask_batch(project, 30).rows
    assert changed[:3] != without[:3]
    change(project, prior=STATED[1])
    assert ask_batch(project, 30).rows == changed


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ({"prior": "column", "name": "none"}, "no column 'none' of scores; there are text, score"),
        ({"prior": "column", "name": "town"}, "'town' holds string values, not numbers"),
        ({"prior": "judge", "name": "nobody"}, "no judge named 'nobody'; no installed package"),
        ({"prior": "pickle", "text": "x"}, "by a sentence, keywords, a column or a judge"),
        ({"prior": "sentence", "text": "  "}, "by a sentence, keywords"),
        ({"prior": "sentence"}, "by a sentence, keywords"),
        ({"prior": "sentence", "text": ["hip"]}, "Keywords are a list"),
        ({"prior": "keywords", "words": "hip"}, "Keywords are a list"),
        ({"prior": "keywords", "words": [1]}, "by a sentence, keywords"),
        ({"prior": "sentence", "text": "x" * 5_001}, "more than 5,000 characters"),
        ({"prior": "keywords", "words": ["hip"] * 201}, "more than 200 keywords"),
        ({"prior": "keywords", "words": ["hip", "???"]}, "give words, each of them a text"),
        ("hip", "by a sentence, keywords"),
    ],
)
def test_what_cannot_be_stated_is_refused_and_nothing_is_changed(texts, stated, said):
    project = texts(prior=STATED[0])
    with pytest.raises(InputError, match=said):
        change(project, prior=stated, control=0.5)
    with project.database.reading() as connection:
        assert not read_state(connection).changes.events


def test_words_need_texts_to_be_compared_with(make):
    table = pa.table({"depth": np.arange(9.0), "width": np.arange(9.0) % 4})
    project = make(table)
    with pytest.raises(InputError, match="models read no texts of these rows"):
        change(project, prior=state_prior("deep wells"))
    change(project, prior=state_prior(column="depth"))
    assert make_prior(project.settings_at(_state(project)).prior, project.rows).values[8] == 8


@pytest.mark.parametrize(
    "stated", [state_prior("骨折"), state_prior(keywords=["zebra"]), state_prior(column="same")]
)
def test_what_tells_no_row_from_another_is_said_to(make, stated):
    table = texts_table().append_column("same", pa.array([None, 0.5] * 60))
    recipe = Recipe("auto", None, "find")
    project = make(
        table, kind="text", columns=("text",), shown=("text",), recipe=recipe, prior=stated
    )
    with pytest.warns(UserWarning, match="tells no row from another"):
        assert rank_queue(project, project.rows.pool(), State())
    assert described(project)["did"] == [IT_SAYS_NOTHING]
    with pytest.warns(UserWarning, match="tells no row from another"):
        reasons = ask_batch(project, 5).reasons
    assert not any("among the first" in reason for reason in reasons)


def test_pictures_are_told_what_they_can_be_looked_for_by():
    settings = SimpleNamespace(kind="image", columns=("path",))
    with pytest.raises(InputError, match=r"their paths and one of scores.*--prior-judge"):
        check_prior(state_prior("a red disc"), settings, pa.table({"path": ["a.png"]}))


def test_what_is_stated_is_said_on_one_line():
    assert say_prior(state_prior("broken\n\n hips")) == '"broken hips"'
    assert say_search(state_prior(judge="cheap")) == 'Going by the judge "cheap"'


def _state(project):
    with project.database.reading() as connection:
        return read_state(connection)


def test_flags_are_scores_and_gaps_say_nothing():
    table = pa.table({"flag": [True, None, False], "endless": [1.0, float("inf"), None]})
    for name in table.column_names:
        check_prior(state_prior(column=name), None, table)
        assert np.isnan(prior_module._read_scores(table, name)).any()


def test_a_judge_of_a_project_sees_rows_as_people_do_and_keeps_its_answers(texts, monkeypatch):
    seen = []

    def judge(rows):
        seen.extend(rows)
        return ["hip" in row for row in rows]

    monkeypatch.setitem(prior_module.PRIORS.own, "hips", lambda: judge)
    stated = state_prior(judge="hips")
    project = texts(prior=stated, recipe=Recipe("auto", None, "find"))
    found = ask_batch(project, 100)
    assert len(found.rows) == 50  # the longer the queue, the more it is asked
    assert len(set(SOUGHT) & set(found.rows[:20])) >= 2  # rows much alike give way to others
    assert len(seen) == len(set(seen)) == 120
    prior = make_prior(stated, project.rows)
    assert prior is make_prior(stated, project.rows)
    assert prior.lazy
    assert isinstance(prior.prior, Judge)
    assert "The judge was given 120 rows; it may see 500." in described(project)["did"]


def test_rows_of_a_table_are_judged_by_the_columns_that_models_read(make, monkeypatch):
    monkeypatch.setitem(
        prior_module.PRIORS.own, "deep", lambda: Judge(lambda rows: [r["depth"] > 2 for r in rows],
                                                       tell=lambda sentence: None),
    )  # fmt: skip
    project = make(recipe=Recipe("auto", None, "find"), prior=state_prior(judge="deep"))
    top = ask_batch(project, 5).rows
    assert sum(row % 12 == 0 for row in top) >= 3


def test_what_it_did_is_told_with_an_interval_from_random_rows_alone(texts):
    from motherlode.project._log.events import Event
    from motherlode.project._log.log import append
    from motherlode.project._log.provenance import Provenance

    project = texts(prior=STATED[0])

    def label(row, how):
        return Event(row, "label", "ann", 1.0, "gold" if row in SOUGHT else "dry", how)

    asked = Provenance("query", "Auto()")
    with project.database.writing() as connection:
        append(connection, [label(row, asked) for row in [*SOUGHT[:2], 0, 1, 2]])
    assert rank_queue(project, project.rows.pool(), State())
    said = described(project)["did"]
    assert said[0].startswith("Of 5 labelled rows it had moved ")
    assert said[-1].startswith("How right it was is not known")
    drawn = Provenance("control", "Auto()", probability=0.1)
    with project.database.writing() as connection:
        append(connection, [label(row, drawn) for row in [SOUGHT[2], *range(20, 36)]])
    assert rank_queue(project, project.rows.pool(), State())
    said = described(project)["did"]
    assert "it puts the gold first in at least " in said[-1]
    assert "In its first tenth " in said[-1]


def test_statements_are_made_once_and_read_well():
    assert state_prior() is None
    assert state_prior(" ", [" "]) is None
    with pytest.raises(InputError, match="by sentence and by column; state it once"):
        state_prior("hips", column="score")
    assert [say_prior(stated) for stated in STATED] == [
        '"patients with a broken hip"', 'the words "hip", "patient*"', 'the column "score"',
    ]  # fmt: skip
    for stated in STATED:
        check_form(stated)
        settings = Settings(
            "n", ("a", "b"), None, "text", ("t",), ("t",), None, 1, "", prior=stated
        )
        assert Settings.from_json(settings.to_json()) == settings
