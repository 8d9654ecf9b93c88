"""A model of a file is evaluated in the terminal, and goes on where it ended."""

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

pytest.importorskip("typer")
pytest.importorskip("sqlalchemy")

from motherlode._files.choices import Choices
from motherlode.cli._app import run
from motherlode.project._data.folder import open_project
from motherlode.project._data.score_files import ScoreColumns, read_scored
from motherlode.project._log.log import read_state

from .command import motherlode
from .test_project import status

N = 300


@pytest.fixture
def scores(tmp_path):
    """300 rows: a score that is no probability, the truth, and a text of each by its id."""
    rng = np.random.default_rng(0)
    truth = rng.random(N) < 0.2
    said = rng.normal(size=N) + 3 * truth
    file, data = tmp_path / "scores.csv", tmp_path / "data.csv"
    words = np.where(truth, "yes", "no")
    lines = [f"r{i},{said[i]:.3f},{words[i]}\n" for i in range(N)]
    file.write_text("id,score,truth\n" + "".join(lines))
    texts = [f'r{i},"letter {i}: {"pay" if truth[i] else "hello"}"\n' for i in range(N)]
    data.write_text("id,text\n" + "".join(reversed(texts)))
    (tmp_path / "bare.csv").write_text(
        "id,score\n" + "".join(line.rsplit(",", 1)[0] + "\n" for line in lines)
    )
    return tmp_path


def ask(folder, keys, *more):
    named = ("--data", "data.csv", "--threshold", "1.5", "--as", "ann")
    return motherlode("evaluate", "bare.csv", *named, *more, cwd=folder, given=keys)


def test_a_column_of_labels_shows_what_it_would_take(scores, capsys):
    page = scores / "out.html"
    code = run(
        ["evaluate", str(scores / "scores.csv"), "--oracle-column", "truth", "--threshold", "1.5",
         "--measure", "precision,prevalence", "--width", ".1", "--report", str(page)]
    )  # fmt: skip
    said = capsys.readouterr().out
    assert code == 0
    assert "50 labels: precision" in said
    assert "Every interval is ±0.1 or narrower" in said
    assert "<svg" in page.read_text()
    assert not (scores / "scores.evaluation").exists()


def test_answers_are_kept_and_a_later_run_goes_on(scores):
    done = ask(scores, "2212uz1q")
    assert (done.returncode, done.stderr) == (0, "")
    assert "letter" in done.stdout
    assert "Drawn at random, to see how good a model is" in done.stdout
    assert "5 answers are saved; `motherlode evaluate bare.csv` goes on" in done.stdout
    again = ask(scores, "2" * 20 + "q", "--budget", "12", "--report", "r.html")
    assert "The evaluation is done." in again.stdout
    assert "undo" not in again.stdout.split("The evaluation is done.")[1]  # the result follows
    assert "12 labels on 300 rows" in again.stdout
    assert "The budget is spent" in again.stdout
    assert (scores / "r.html").exists()
    with open_project(scores / "bare.evaluation") as project:
        with project.database.reading() as connection:
            state = read_state(connection)
        assert {row.how.channel for row in state.rows.values()} == {"evaluation"}
        assert project.settings.shown == ("text",)


def test_a_project_asks_the_rows_of_an_evaluation_and_uses_labels_that_it_has(
    capsys, project, tmp_path
):
    with open_project(project) as opened:
        ids = list(opened.rows.numbers)
    file = tmp_path / "model.csv"
    name = "id" if not ids[0].isdigit() else "row"
    file.write_text(f"{name},score\n" + "".join(f"{i},{k % 7 / 7}\n" for k, i in enumerate(ids)))
    assert run(["evaluate", str(project), str(file), "--id", name, "--budget", "20"]) == 0
    assert "are asked first" in capsys.readouterr().out
    assert motherlode("label", project, "--as", "ann", given="2" * 8 + "q").returncode == 0
    with open_project(project) as opened, opened.database.reading() as connection:
        state = read_state(connection)
    assert [row.how.channel for row in state.rows.values()] == ["evaluation"] * 8
    assert run(["evaluate", str(project)]) == 0
    assert "8 labels on" in capsys.readouterr().out
    assert status(capsys, project)["labelled"] == 8
    assert run(["evaluate", str(project), "--end"]) == 0
    assert "Nothing is evaluated any more" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["bare.csv"], "give a threshold, or decisions"),
        (["scores.csv", "--score", "truth"], "not scores"),
        (["scores.csv", "--oracle-column", "nowhere"], "nowhere"),
        (["scores.csv", "--oracle-column", "truth", "--positive", "Spam"], "holds no 'Spam'; say"),
        (["bare.csv", "--measure", "accuracy"], "A measure is 'accuracy'"),
        (["bare.csv", "scores.csv"], "There is no project bare.csv"),
        (["gap.csv", "--threshold", "1"], "1 gap, the first in row 1"),
        (["blank.csv", "--threshold", "1"], "column 'id' has 1 gap, the first in row 1"),
        (["word.csv", "--threshold", "1"], "holds 'high' in row 2 (counted from 0)"),
        (["mixed.csv", "--threshold", "1"], "as scores: 1 of 3 values is a per cent, others are"),
        (["rule.csv"], "name the column by --score, or by --decision if it holds decisions"),
        (["good.csv", "--threshold", "1", "--end"], "good.csv is no project"),
        (["good.csv", "--threshold", "1", "--data", "data.csv"], "'a'; ids there are like 'r299'"),
        (["good.csv", "--threshold", "1", "--data", "twice.csv"], "twice.csv: the id column 'id'"),
        (["twice.csv", "--threshold", "1"], "holds the id a more than once, first in rows 0 and "),
    ],
)
def test_what_cannot_be_evaluated_is_said_in_a_sentence(
    scores, capsys, monkeypatch, arguments, said
):
    monkeypatch.chdir(scores)
    (scores / "gap.csv").write_text("id,score\na,1\nb,\nc,2\n")
    (scores / "twice.csv").write_text("id,score\na,1\na,3\nc,2\n")
    (scores / "good.csv").write_text("id,score\na,1\nc,2\n")
    (scores / "blank.csv").write_text("id,score\na,1\n ,3\nc,2\n")
    (scores / "mixed.csv").write_text("id,score\na,1.5\nb,3\nc,5%\n")
    (scores / "rule.csv").write_text("ID,Score\na,yes\nb,no\n")
    (scores / "word.csv").write_text("id,score\na,1\nb,3\nc,high\n")
    assert run(["evaluate", *arguments]) == 2
    assert said in capsys.readouterr().err
    assert not list(scores.glob("*.evaluation"))


@pytest.mark.parametrize("name", ["s.csv", "s.parquet"])
def test_scores_that_are_per_cents_are_shares(tmp_path, name):
    table = pa.table({"id": ["a", "b"], "score": ["7,93%", "-57\u00a0%"]})
    if name == "s.csv":
        lines = [f"{row['id']};{row['score']}\n" for row in table.to_pylist()]
        (tmp_path / name).write_text("".join(["id;score\n", *lines]))
    else:
        parquet.write_table(table, tmp_path / name)
    scored = read_scored(tmp_path / name, ScoreColumns(), Choices())
    assert scored.scores.tolist() == [0.0793, -0.57]


def test_decisions_alone_are_scores_and_names_of_columns_may_begin_with_capitals(tmp_path):
    (tmp_path / "rule.csv").write_text("ID,Said\n007,yes\n8,no\n")
    scored = read_scored(tmp_path / "rule.csv", ScoreColumns(decision="Said"), Choices())
    assert (scored.id, scored.ids(), scored.scores.tolist()) == ("ID", ["007", "8"], [1.0, 0.0])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--label", "truth", "--text", "text"], "leave out --label, --text"),
        (["bare.csv", "--oracle-column", "truth"], "leave out --oracle-column"),
        (["--threshold", "1.5", "--budget", "9"], "--threshold, --budget would change nothing"),
        (["--end", "--decision", "called"], "--decision would change nothing"),
    ],
)
def test_a_project_refuses_what_it_would_not_look_at(scores, capsys, arguments, said):
    project = scores / "mail"
    made = ["init", str(project), "--data", str(scores / "data.csv"), "--classes", "pay,other"]
    assert run([*made, "--text", "text"]) == 0
    capsys.readouterr()
    given = [str(scores / name) if name.endswith(".csv") else name for name in arguments]
    assert run(["evaluate", str(project), *given]) == 2
    assert said in " ".join(capsys.readouterr().err.split())


def test_status_of_an_evaluation_says_where_its_result_is(scores, capsys):
    assert ask(scores, "2212q").returncode == 0
    assert run(["status", str(scores / "bare.evaluation")]) == 0
    said = capsys.readouterr().out
    assert "4 of 300 rows labelled" in said
    assert "A model is evaluated here, of bare.csv" in said
    assert "control draws" not in said  # nothing is searched


def test_a_second_person_is_told_that_the_first_holds_the_rows(scores):
    first = ask(scores, "q", "--budget", "1")
    assert "row r" in first.stdout
    second = ask(scores, "2", "--budget", "1", "--as", "bob")
    assert "The evaluation is done." not in second.stdout
    assert "Others hold the rows that the evaluation waits for" in second.stdout


def test_whoever_ends_the_server_sees_what_is_known_and_gets_the_report(
    scores, capsys, monkeypatch
):
    def end(*_):
        raise KeyboardInterrupt  # as Ctrl-C does once the server is down

    monkeypatch.setattr("motherlode.cli._serve.serve", end)
    file, page = scores / "bare.csv", scores / "r.html"
    given = ("--threshold", "1.5", "--serve", "--report", str(page))
    assert run(["evaluate", str(file), *given]) == 130
    assert "0 labels on 300 rows" in capsys.readouterr().out
    assert page.exists()


@pytest.fixture
def partly(scores):
    """Scores of which some rows have a label, and some an answer that is none."""
    file = scores / "partly.csv"
    words = ["spam", "fine", "unsure", "", "Skip", " "]
    lines = [f"r{i},{i / 100},{words[i] if i < len(words) else ''}\n" for i in range(100)]
    file.write_text("id,score,label\n" + "".join(lines))
    return file


def labels_of(folder):
    with open_project(folder) as project, project.database.reading() as connection:
        return {row: known.label for row, known in read_state(connection).rows.items()}


def evaluate_partly(partly, *more):
    named = ("evaluate", "partly.csv", "--as", "ann")
    return motherlode(*named, *more, cwd=partly.parent, given="q")


def test_cells_that_say_of_no_class_are_no_labels(partly):
    done = evaluate_partly(partly, "--label", "label", "--positive", "spam")
    assert "Labels from column 'label': 1 spam, 1 not spam." in done.stdout
    assert labels_of(partly.parent / "partly.evaluation") == {0: "spam", 1: "not spam"}


def test_labels_that_came_since_count_and_another_class_is_refused(partly):
    assert evaluate_partly(partly, "--positive", "spam").returncode == 0
    named = ("--label", "label", "--positive", "spam")
    assert "1 spam, 1 not spam" in evaluate_partly(partly, *named).stdout
    again = evaluate_partly(partly, *named)
    assert "Labels from" not in again.stdout  # they are there already
    assert labels_of(partly.parent / "partly.evaluation") == {0: "spam", 1: "not spam"}
    other = evaluate_partly(partly, "--positive", "fraud")
    assert other.returncode == 2
    assert "of the class 'spam', not 'fraud'" in other.stderr


def test_what_a_folder_has_settled_is_taken_again_and_refused_if_it_differs(scores):
    words = [f'r{i};"{i},50%";letter {i};note\n' for i in range(N)]
    data = "".join(["id;rate;text;note\n", *words])
    (scores / "data.csv").write_text(data)
    (scores / "other.csv").write_text(data.replace("letter 7;", "parcel 7;"))

    def ask_here(*more):
        done = ask(scores, "q", "--text", "text", *more)
        return done.returncode, " ".join((done.stdout + done.stderr).split())

    code, said = ask_here()
    assert (code, ",50%" in said) == (0, True)  # people see their own cells
    lines = (scores / "bare.csv").read_text().split()
    (scores / "bare.csv").write_text("\n".join([lines[0], *reversed(lines[1:]), ""]))
    assert ask_here()[0] == 0  # the same data, in whatever order
    for more, why in (
        (("--text", "note"), "shows text of 'text', not text of 'note'; leave --text out"),
        (("--data", "other.csv"), "shows other rows than other.csv holds; leave --data out"),
        (("--positive", "spam", "--image", "note"),
         "evaluates a model of the class 'positive', not 'spam' and shows text of 'text', not "
         "image of 'note'; leave --positive, --image out"),
    ):  # fmt: skip
        code, said = ask_here(*more)
        assert (code, why in said) == (2, True)
