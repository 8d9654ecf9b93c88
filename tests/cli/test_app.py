import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

pytest.importorskip("typer")
pytest.importorskip("rich")

from motherlode.cli._app import run


def refusal(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """The one sentence on stderr that a wrong input ends with."""
    assert run([str(argument) for argument in arguments]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert said.rstrip().endswith((".", "?"))
    return said


def simulate_rows(capsys, folder: Path, content: str | bytes, *options: object) -> str:
    path = folder / "d.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return refusal(capsys, "simulate", path, "--label", "y", *options)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ([], "Missing option '--label'"),
        (["--label", "ritch"], "did you mean 'rich'?"),
        (["--label", "rich", "--strategies", "margn"], "did you mean 'margin'?"),
        (["--label", "rich", "--strategies", ","], "names none"),
        (["--label", "rich", "--minority", "2"], "it holds 0, 1."),
        (["--label", "rich", "--budget", "-5"], "--budget"),
        (["--label", "rich", "--batch", "0"], "--batch"),
        (["--label", "rich", "--seeds", "many"], "--seeds"),
        (["--label", "rich", "--jobs", "-1"], "--jobs"),
        (["--label", "rich", "--start", "-1"], "--start is '-1'"),
        (["--label", "rich", "--start", "two"], "--start is 'two'"),
        (["--label", "rich", "--start", "5000"], "5000"),
        (["--label", "rich", "--colour", "red"], "--colour"),
    ],
)
def test_wrong_options(capsys, table, options, said):
    assert said in refusal(capsys, "simulate", table, *options)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["simulate", "d.csv", "--labels", "y"], "no option --labels; did you mean --label?"),
        (["init", "p", "--label", "y"], "no option --label; did you mean --labels?"),
        (["set", "p", "--priors", "y"], "no option --priors; did you mean --prior?"),
        (["export", "p", "--output", "y"], "--output; `motherlode export --help` lists them."),
    ],
)
def test_of_an_unknown_option_the_likeliest_is_named(capsys, typed, said):
    assert said in refusal(capsys, *typed)


def test_wrong_commands_and_missing_files(capsys, tmp_path):
    assert "'simulat'" in refusal(capsys, "simulat")
    assert "DATA" in refusal(capsys, "simulate", "--label", "y")
    assert "There is no file" in refusal(capsys, "simulate", tmp_path / "gone.csv", "--label", "y")
    assert "is a folder" in refusal(capsys, "demo", "--out", tmp_path)
    assert "--budget" in refusal(capsys, "demo", "--budget", "0")


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is empty"),
        ("x,y\n", "holds no rows"),
        ("x,y\n1,0\n2\n", "Line 3"),
        (b"\0\0\0\0", "NUL bytes"),
        (b"PAR1....", "a Parquet file"),
        ("y\n0\n1\n", "no column beside the label column 'y'"),
        ("x,y\n1,0\n2,0\n", "Every row has 0"),
        ("x,y\n1,a\n2,\n3,\n", "2 of 3 rows have no value in the label column 'y', the first in"),
        ("x,y\n1,a\n2,\n3,\n", "row 2 "),
        ("x,y\n1,0\ninf,1\n3,0\n", "Column 'x' holds inf in row 1 "),
        ("id,y\n1,0\n2,1\n", "'id' numbers the rows"),
        ("x,y\n1,0\n2,1\n", "too few rows"),
        ("x,y\n" + "".join(f"{i},{i / 7}\n" for i in range(101)), "101 different values"),
    ],
)
def test_wrong_data(capsys, tmp_path, content, said):
    assert said in simulate_rows(capsys, tmp_path, content)


def test_missing_values_and_lists_in_parquet(capsys, tmp_path):
    path = tmp_path / "d.parquet"
    nan = float("nan")
    parquet.write_table(pa.table({"x": [1.0, nan, 2.0], "y": [1.0, nan, None]}), path)
    assert "2 of 3 rows have no value" in refusal(capsys, "simulate", path, "--label", "y")
    parquet.write_table(pa.table({"x": [[1], [2]], "y": [0, 1]}), path)
    assert "Column 'x' holds list" in refusal(capsys, "simulate", path, "--label", "y")


def test_outputs_are_looked_at_first(capsys, table, tmp_path):
    for option in ("--report", "--json", "--resume"):
        said = refusal(capsys, "simulate", table, "--label", "rich", option, tmp_path)
        assert "is a folder" in said
        said = refusal(capsys, "simulate", table, "--label", "rich", option, "-")
        assert "- is standard output, which takes rows alone; name a file." in said
        assert "named twice" in refusal(capsys, "simulate", table, "--label", "rich", option, table)
        below = table / "out.html"
        assert "can't be made" in refusal(capsys, "simulate", table, "--label", "x", option, below)
    same = tmp_path / "out"
    said = refusal(
        capsys, "simulate", table, "--label", "rich", "--json", same, "--report", tmp_path / "./out"
    )
    assert "named twice" in said
    assert not same.exists()


def test_a_foreign_file_to_resume_from_is_left_alone(capsys, table, tmp_path):
    foreign = tmp_path / "other.jsonl"
    foreign.write_text('{"mine": 1}\n')
    refusal(capsys, "simulate", table, "--label", "rich", "--resume", foreign)
    assert foreign.read_text() == '{"mine": 1}\n'


def test_a_bug_is_not_hidden(monkeypatch, table):
    monkeypatch.setattr("motherlode.cli._simulate.load", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run(["simulate", str(table), "--label", "rich"])


def test_without_a_command_the_help_is_shown(capsys):
    assert run([]) == 0
    shown = capsys.readouterr().out
    assert all(name in shown for name in ("demo", "strategies", "simulate"))


@pytest.mark.parametrize("package", ["typer", "rich"])
def test_missing_extra_is_one_sentence(package):
    code = f"import sys; sys.modules[{package!r}] = None; from motherlode.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert done.stderr == (
        'The command line needs typer and rich: pip install "motherlode[cli]".\n'
    )


def test_the_package_runs_as_a_module():
    done = subprocess.run(
        [sys.executable, "-m", "motherlode", "--version"],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.startswith("motherlode ")
