"""A package of somebody else's, which adds to every registry."""

import json
import shutil
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest
from forked import call_apart, run_command

PACKAGE = Path(__file__).parent / "example_package"


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The package as an installer leaves it: its modules, and what it says of itself."""
    target = tmp_path_factory.mktemp("site")
    shutil.copytree(PACKAGE / "motherlode_example", target / "motherlode_example")
    about = tomllib.loads((PACKAGE / "pyproject.toml").read_text())["project"]
    info = target / f"motherlode_example-{about['version']}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {about['name']}\nVersion: {about['version']}\n"
    )
    points = [
        f"[{group}]\n" + "".join(f"{name} = {where}\n" for name, where in named.items())
        for group, named in about["entry-points"].items()
    ]
    (info / "entry_points.txt").write_text("\n".join(points))
    return target


def run_beside(site, *arguments):
    """Run a command where the packages of a folder are installed too."""
    sys.path.insert(0, str(site))
    run_command(*arguments)


@pytest.fixture
def command(installed):
    def call(*arguments, code=0):
        done = call_apart(run_beside, installed, *map(str, arguments))
        assert done.returncode == code, done.stderr
        return done

    return call


def test_all_kinds_are_used_by_name(command, tmp_path):
    data = tmp_path / "wells.pipes"
    data.write_text("depth|width\n" + "".join(f"{i}|{i % 7}\n" for i in range(40)))
    labels = tmp_path / "labels.csv"
    labels.write_text("row,label\n0,dry\n39,gold\n")
    project = tmp_path / "p"
    command(
        "init", project, "--data", data, "--classes", "dry,gold",
        "--strategy", "highest_row", "--model", "nearest_three", "--stop", "every_few:2",
    )  # fmt: skip
    command("teach", project, labels)
    advice = json.loads(command("status", project, "--json").stdout)["forecast"]["advice"]
    assert [(one["paper"], one["stop"]) for one in advice] == [("An example", True)]
    command("export", project, "--to", tmp_path / "out.pipes")
    assert (tmp_path / "out.pipes").read_text().startswith("depth|width|row|label|")
    shown = command("query", project, "-n", "2", "--json").stdout
    assert '"row": 38' in shown
    assert '"row": 37' in shown
    done = command(
        "init", tmp_path / "q", "--data", data, "--classes", "a,b", "--model", "x", code=2
    )
    assert "nearest_three" in done.stderr
    assert "highest_row" in command("strategies").stdout


def test_simulations_know_all_names_too(command, tmp_path):
    data = tmp_path / "wells.pipes"
    data.write_text("depth|rich\n" + "".join(f"{i * i % 17}|{i % 5 == 0}\n" for i in range(60)))
    shown = command(
        "simulate", data, "--label", "rich", "--strategies", "highest_row", "--stop", "every_few:4",
        "--budget", "9", "--batch", "3", "--seeds", "1",
    ).stdout  # fmt: skip
    assert "EveryFew" in shown
    assert "1 of 1" in shown


def test_an_encoder_of_a_package_is_used_by_name(command, tmp_path):
    data = tmp_path / "texts.csv"
    data.write_text("t\n" + "".join(f"some words of the text {i}\n" for i in range(20)))
    project = tmp_path / "p"
    command(
        "init", project, "--data", data, "--classes", "a,b", "--text", "t",
        "--encoder", "letter_counts",
    )  # fmt: skip
    assert np.load(project / "texts.npy").shape == (20, 26)


def test_a_judge_of_a_package_is_asked_by_name_and_its_answers_are_kept(command, tmp_path):
    data = tmp_path / "texts.csv"
    rows = [f"{'gold' if i in (33, 60) else 'mud'} w{i % 9} v{i // 9}" for i in range(90)]
    data.write_text("\n".join(["t", *rows]) + "\n")
    project = tmp_path / "p"
    command(
        "init", project, "--data", data, "--classes", "dry,gold", "--minority", "gold",
        "--text", "t", "--prior-judge", "knows_gold", "--control", "0",
    )  # fmt: skip
    shown = command("query", project, "-n", "20", "--json")
    assert {33, 60} <= {row["row"] for row in json.loads(shown.stdout)[:8]}
    assert "knows_gold: 90 rows to judge now" in shown.stderr
    kept = (project / "geometry" / "judged.jsonl").read_text().splitlines()
    assert len(kept) == 90
    again = command("query", project, "-n", "20", "--json")
    assert again.stdout == shown.stdout
    assert again.stderr == ""
    status = command("status", project).stdout
    assert 'Going by the judge "knows_gold".' in status
    assert "The judge was given 90 rows; it may see 500." in status


def test_without_the_package_its_names_are_unknown(tmp_path):
    data = tmp_path / "wells.csv"
    data.write_text("depth\n1\n2\n")
    named = ("--data", str(data), "--classes", "a,b", "--strategy", "highest_row")
    done = call_apart(run_command, "init", str(tmp_path / "p"), *named)
    assert done.returncode == 2
    assert "no strategy named 'highest_row'" in done.stderr
