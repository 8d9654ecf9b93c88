"""Per cents in the terminal: a share of one is not taken for per cents in silence."""

import pytest

pytest.importorskip("typer")
pytest.importorskip("sqlalchemy")

import typer

from motherlode.cli._app import run
from motherlode.cli._percents import read_percent
from motherlode.errors import InputError
from motherlode.project._training.project_model import read_target
from motherlode.stopping._registry import named


@pytest.mark.parametrize(
    ("given", "number"),
    [("10", 10), ("10%", 10), ("10 %", 10), ("0.1%", 0.1), ("0", 0), ("1", 1), ("100", 100),
     ("2.5", 2.5), (5.0, 5), (0.0, 0), ("0%", 0)],
)  # fmt: skip
def test_per_cents_are_read_with_and_without_their_sign(given, number):
    assert read_percent(given) == number


def test_a_share_of_one_is_refused_with_both_ways_to_say_it():
    with pytest.raises(typer.BadParameter, match=r"0\.1 % or 10 % of the rows; write 0\.1% or 10%"):
        read_percent("0.1")


@pytest.mark.parametrize("given", ["", "%", "many", "101", "-1", "nan", "inf", "1e3", "5%%"])
def test_what_is_no_number_of_per_cents_is_refused(given):
    with pytest.raises(typer.BadParameter, match="is no number of per cents from 0 to 100"):
        read_percent(given)


@pytest.mark.parametrize(
    "arguments",
    [
        ("init", "p", "--data", "d.csv", "--classes", "a,b", "--control", "0.1"),
        ("init", "p", "--data", "d.csv", "--classes", "a,b", "--double", ".2"),
        ("set", "p", "--control", "0.1"),
        ("set", "p", "--double", "0.1"),
        ("simulate", "d.csv", "--label", "y", "--control", "0.1"),
        ("assign", "p", "ann", "--share", "0.25"),
    ],
)
def test_every_option_of_per_cents_refuses_a_share(arguments, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert run(list(arguments)) == 2
    assert "of the rows; write" in " ".join(capsys.readouterr().err.replace("│", " ").split())


def test_shares_are_taken_in_per_cent(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    rows = "".join(f"{i},{i % 10 / 10},{int(i % 10 > 6)}\n" for i in range(200))
    (tmp_path / "s.csv").write_text("id,score,truth\n" + rows)
    asked = ["evaluate", "s.csv", "--oracle-column", "truth", "--positive", "1", "--budget", "60"]
    said = []
    for threshold, width in ((".5", "0.1"), ("50%", "10 %")):
        assert run([*asked, "--threshold", threshold, "--width", width]) == 0
        said.append(capsys.readouterr().out)
    assert said[0] == said[1]
    assert run([*asked, "--threshold", "half"]) == 2
    assert "'half' is no number, as 0.5 or 50% is" in capsys.readouterr().err


def test_names_take_shares_in_per_cent():
    assert named("target_recall:90%") == named("target_recall:0.9")
    assert read_target("precision=80%") == read_target("precision=0.8")
    with pytest.raises(InputError, match="after the colon stands a number"):
        named("target_recall:%")
