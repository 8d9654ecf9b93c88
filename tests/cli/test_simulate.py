import json
import os
import re
import signal
import subprocess
import time

import pytest
from forked import Apart, run_command

from motherlode.cli._app import run

from .command import COMMAND, motherlode

QUICK = ("--budget", 10, "--batch", 5, "--seeds", 2)


def cells(output: str, strategy: str) -> list[str]:
    (line,) = [line for line in output.splitlines() if line.startswith(f" {strategy} ")]
    return re.split(r"\s{2,}", line.strip())


def test_a_table_of_mixed_columns(table, tmp_path):
    report, sessions = tmp_path / "out" / "report.html", tmp_path / "sessions.json"
    done = motherlode(
        "simulate", table, "--label", "rich", *QUICK, "--report", report, "--json", sessions
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "wells: 8 of 80 rows are '1' (10.00 %), the positive class." in done.stdout
    assert "Columns left out: id (numbers the rows)." in done.stdout
    assert "4 of 4 sessions" in done.stdout
    assert "\x1b" not in done.stdout
    assert "\r" not in done.stdout
    runs = json.loads(sessions.read_text())["runs"]
    assert {(r["strategy"], r["seed"]) for r in runs} == {
        ("auto", 0), ("auto", 1), ("random", 0), ("random", 1),
    }  # fmt: skip
    for name in ("auto", "random"):
        found = [r["rounds"]["positives"][-1] for r in runs if r["strategy"] == name]
        assert cells(done.stdout, name)[1].startswith(f"{sum(found) / 2:.1f} ±")
    assert "</html>" in report.read_text()


def test_stopping_rules_are_replayed_by_name(texts, tmp_path, capsys):
    report = tmp_path / "report.html"
    command = ["simulate", str(texts), "--label", "rich", "--strategies", "random", "--seeds", "1"]
    command += ["--budget", "20", "--batch", "5", "--report", str(report)]
    assert run([*command, "--stop", "budget:10,knee"]) == 0
    shown = capsys.readouterr().out
    assert re.search(r"random +Budget +1 of 1 +10 ", shown)
    assert re.search(r"random +Knee +0 of 1 +–", shown)
    assert 'scope="row">Knee</th>' in report.read_text()
    assert "QuasiSampling" not in report.read_text()
    assert run([*command, "--stop", "kne"]) == 2
    assert "did you mean 'knee'" in capsys.readouterr().err


def test_texts_and_two_processes(texts):
    # A new interpreter: a forked one does not end after joblib's processes.
    options = [*map(str, QUICK), "--strategies", "margin,random", "--minority", "yes"]
    done = subprocess.run(
        [*COMMAND, "simulate", str(texts), "--label", "rich", *options, "--jobs", "2"],
        capture_output=True, text=True, timeout=120, check=False,
        env=os.environ | {"PYTHONWARNINGS": "error"},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert "8 of 80 rows are 'yes'" in done.stdout
    assert cells(done.stdout, "random")[2] in ("1.0", "–")


def test_a_budget_beyond_the_pool_asks_all_of_it(texts, capsys):
    # Six rows in ten are the pool, and 5 of the 8 sought are in it.
    options = ["--strategies", "random", "--seeds", "1", "--start", "none", "--batch", "48"]
    assert run(["simulate", str(texts), "--label", "rich", "--budget", "500", *options]) == 0
    shown = capsys.readouterr().out
    assert "After 48 labels; one session each" in shown
    assert "The pool had no more rows to ask about; the budget was 500." in shown
    assert cells(shown, "random")[1] == "5.0"


def test_what_is_to_find_is_that_of_all_seeds(texts, tmp_path, capsys):
    command = ["simulate", str(texts), "--label", "rich", "--strategies", "random", "--seeds", "9"]
    page = tmp_path / "page.html"
    assert run([*command, "--budget", "1", "--start", "9", "--report", str(page)]) == 0
    low, high = re.search(r"Positives found, of (\d) to (\d)", capsys.readouterr().out).groups()
    assert int(low) < int(high)
    assert f"{low} to {high} positives to find among" in page.read_text()


def test_resume_keeps_what_is_finished(texts, tmp_path, capsys):
    kept = tmp_path / "kept.jsonl"
    command = ["simulate", str(texts), "--label", "rich", "--strategies", "random"]
    command += ["--budget", "5", "--batch", "5", "--resume", str(kept)]
    assert run([*command, "--seeds", "1"]) == 0
    assert run([*command, "--seeds", "2"]) == 0
    first, second = re.findall(r"(\d) of (\d) sessions", capsys.readouterr().out)
    assert (first, second) == (("1", "1"), ("2", "2"))
    assert len(kept.read_text().splitlines()) == 3


def test_control_is_per_cent_as_in_a_project(texts, tmp_path):
    kept = tmp_path / "kept.jsonl"
    command = ["simulate", str(texts), "--label", "rich", "--strategies", "margin", "--seeds", "1"]
    command += ["--budget", "5", "--batch", "5", "--control", "20", "--resume", str(kept)]
    assert run(command) == 0
    assert '"control": 0.2' in kept.read_text()


@pytest.mark.parametrize("resume", [True, False])
def test_interrupted_says_how_to_go_on(texts, tmp_path, resume):
    kept = tmp_path / "kept.jsonl"
    options = ["--label", "rich", "--strategies", "random", "--budget", "5", "--seeds", "5000"]
    if resume:
        options += ["--resume", str(kept)]
    process = Apart(run_command, "simulate", str(texts), *options)
    process.wait_for("sessions")
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    done = process.finish(60)
    said = done.stderr
    assert done.returncode == 130
    assert said.count("\n") == 1
    assert said.startswith("Stopped; ")
    assert ("kept.jsonl" in said) == resume
