"""What is sought, stated by the commands of a project."""

import json
import re
import shlex
import warnings

import pytest

pytest.importorskip("typer")
pytest.importorskip("sqlalchemy")

from motherlode.cli._app import run
from motherlode.project._data.folder import open_project
from motherlode.project._serving.live import Live
from motherlode.project._serving.ranking import read_latest

INIT = ["--classes", "no,yes", "--minority", "yes", "--text", "text"]


@pytest.fixture
def init(texts, tmp_path, capsys):
    def one(*options, code=0):
        folder = tmp_path / "p"
        arguments = ["init", str(folder), "--data", str(texts), *INIT, "--control", "0", *options]
        assert run(arguments) == code
        return folder, capsys.readouterr()

    return one


def said(capsys, *arguments, code=0):
    assert run([str(argument) for argument in arguments]) == code
    found = capsys.readouterr()
    return found.err if code else found.out


def test_a_project_begins_with_what_is_sought_and_it_is_changed_and_taken_back(init, capsys):
    folder, made = init("--prior", "gold and ore")
    assert 'Looking for "gold and ore": it orders the first rows.' in made.out
    assert "What are you looking for?" not in made.out
    rows = json.loads(said(capsys, "query", folder, "-n", "5", "--json"))
    assert any(row["row"] % 10 == 0 for row in rows)
    assert "Matches what you are" in said(capsys, "query", folder, "-n", "5")
    assert 'Looking for "gold and ore". It orders the first rows' in said(capsys, "status", folder)

    out = said(capsys, "set", folder, "--prior-keywords", "mud, sand*", "--as", "ann")
    assert 'prior: "gold and ore" → the words "mud", "sand*"' in out
    assert "No ranking goes by it yet." in said(capsys, "status", folder)
    out = said(capsys, "set", folder, "--no-prior", "--as", "bob")
    assert 'prior: the words "mud", "sand*" → nothing' in out
    assert "Looking for" not in said(capsys, "status", folder)
    assert json.loads(said(capsys, "status", folder, "--json"))["prior"]["by"] == "bob"
    assert "Nothing was changed" in said(capsys, "set", folder, "--no-prior")
    said(capsys, "set", folder, "--undo", "--as", "eve")
    found = json.loads(said(capsys, "set", folder, "--json"))["prior"]
    assert (found["value"]["words"], found["by"]) == (["mud", "sand*"], "eve")


def test_without_one_init_asks_for_it_where_words_can_be_compared(init):
    folder, made = init()
    assert "What are you looking for?" in made.out
    assert f"motherlode set {folder} --prior" in made.out


def test_a_sentence_that_no_row_fits_is_not_said_to_order_rows(init, capsys):
    folder, made = init("--prior", "Продам корову")
    assert "It tells no row from another" in made.out
    assert "it orders the first rows" not in made.out
    with warnings.catch_warnings(action="default"):
        run(["query", str(folder), "-n", "3"])
    query = capsys.readouterr()
    assert "what you are looking for" not in query.out
    assert query.err == (  # a sentence, without the line of code that warns
        'The prior, the sentence "Продам корову", tells no row from another, so it orders nothing; '
        "use words that the rows hold, in their language, or scores that differ.\n"
    )


def test_a_table_is_asked_for_scores(tmp_path, capsys):
    data = tmp_path / "loans.csv"
    data.write_text("x,y,old\n" + "".join(f"{i},{i * i % 7},{i / 60}\n" for i in range(60)))
    begin = ("--data", data, "--classes", "fine,bad", "--features", "x,y")
    out = said(capsys, "init", tmp_path / "p", *begin)
    assert "motherlode set" in out
    assert "--prior-column NAME" in out
    assert "sentence" not in out
    out = said(capsys, "init", tmp_path / "q", *begin, "--prior-column", "old")
    assert 'Going by the column "old": it orders the first rows.' in out


def test_what_cannot_be_stated_is_said_in_one_sentence_and_nothing_is_made(init, capsys):
    folder, made = init("--prior-column", "rich", code=2)
    assert "'rich' holds string values, not numbers" in made.err
    assert not folder.exists()
    init("--prior", "gold", "--prior-column", "rich", code=2)
    init("--prior-judge", "nobody", code=2)
    folder, _ = init()
    err = said(capsys, "set", folder, "--prior", "gold", "--no-prior", code=2)
    assert "--no-prior takes back" in err


def fail(problem):
    def rank(*_):
        raise problem

    return rank


def test_a_model_that_fails_leaves_the_project_to_the_trainer(init, monkeypatch):
    monkeypatch.setattr("motherlode.cli._init.rank_queue", fail(ZeroDivisionError()))
    _, made = init("--prior", "gold and ore")
    assert "Label with `motherlode label" in made.out


def test_commands_that_are_named_can_be_pasted(texts, tmp_path, capsys):
    folder = str(tmp_path / "letters of May")
    out = said(capsys, "init", folder, "--data", texts, *INIT)
    out += said(capsys, "status", folder)
    pasted = [shlex.split(named) for named in re.findall(r"`motherlode ([^`]*)`", out)]
    assert len(pasted) >= 5
    assert all(words[1] == folder for words in pasted)


def test_whoever_does_not_wait_for_the_order_is_told_that_the_project_is_made(init, monkeypatch):
    monkeypatch.setattr("motherlode.cli._init.rank_queue", fail(KeyboardInterrupt()))
    folder, made = init("--prior", "gold and ore", code=130)
    assert f"{folder} is made; its rows are ordered by `motherlode label" in made.err
    open_project(folder).close()


def test_the_first_row_that_anybody_sees_fits_what_is_sought(init):
    folder, _ = init("--prior", "gold and ore")
    with open_project(folder) as project:
        live = Live(project)
        first = [lease.offer for lease in live.next("ann", 6)]
        live.close()
    assert all(offer.how.strategy == "Auto" for offer in first)
    assert any(offer.row % 10 == 0 for offer in first)
    assert "prior" in (first[0].reason or "").lower()


def test_rows_that_nothing_is_stated_of_are_not_ordered_yet(init):
    folder, _ = init()
    with open_project(folder) as project, project.database.reading() as connection:
        assert read_latest(connection, None) is None
