"""The screening benchmark's own parts: measures, both programs, journal, page."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from benchmarks.datasets.packages import NotFetched
from benchmarks.efficiency import journal as digests
from benchmarks.screening import asreview, measures, own, picture
from benchmarks.screening.__main__ import main
from benchmarks.screening.journal import Journal
from benchmarks.screening.reviews import deal, names
from benchmarks.screening.session import Session
from benchmarks.screening.summary import difference, overall, paired, pairs, verdict

_FAKE = """\
#!{python}
# Writes what asreview 3 writes: a zip file with results.db. It reads from the top of the file.
import argparse, csv, pathlib, sqlite3, sys, zipfile
pathlib.Path("synergy_cache.sqlite").touch()
if sys.argv[1:] == ["--version"]:
    print("asreview 3.0.8")
    sys.exit()
parser = argparse.ArgumentParser()
parser.add_argument("command", choices=["simulate"])
parser.add_argument("file")
parser.add_argument("--seed", type=int)
parser.add_argument("--output", type=pathlib.Path)
parser.add_argument("--prior-idx", type=int, nargs="*", default=[])
asked = parser.parse_args()
if asked.seed == 13:
    sys.exit("ValueError: thirteen")
with open(asked.file, newline="") as file:
    labels = [int(row["included"]) ^ (asked.seed == 14) for row in csv.DictReader(file)]
order = asked.prior_idx + [row for row in range(len(labels)) if row not in asked.prior_idx]
last = max(place for place, row in enumerate(order) if labels[row])
database = asked.output.with_name("written.db")
with sqlite3.connect(database) as connection:
    connection.execute("CREATE TABLE record (record_id INTEGER PRIMARY KEY, dataset_row INTEGER)")
    rows = [(row + 7, row) for row in range(len(labels))]
    connection.executemany("INSERT INTO record VALUES (?, ?)", rows)
    connection.execute(
        "CREATE TABLE results "
        "(record_id INTEGER UNIQUE, label INTEGER, training_set INTEGER, time FLOAT)"
    )
    for place, row in enumerate(order[: last + 1]):
        seen = None if row in asked.prior_idx else place
        connection.execute(
            "INSERT INTO results VALUES (?, ?, ?, ?)", (row + 7, labels[row], seen, 100 + place / 4)
        )
with zipfile.ZipFile(asked.output, "w") as archive:
    archive.write(database, "results.db")
    archive.writestr("data/", "")
"""


@pytest.fixture
def command(tmp_path):
    path = tmp_path / "asreview"
    path.write_text(_FAKE.format(python=sys.executable))
    path.chmod(0o755)
    return path


@pytest.fixture
def folder(tmp_path):
    """Two made-up reviews, whose files list what was included first."""
    made = tmp_path / "reviews"
    made.mkdir()
    for name, n in (("Long_2002", 60), ("Short_2001", 40)):
        included = np.arange(n) < 5
        words = np.where(included, "gold vein in quartz", "clay and sand of a river")
        pd.DataFrame(
            {
                "title": [f" {word} {i} " for i, word in enumerate(words)],
                "abstract": [
                    None if i == 2 else f"{word}, drill {i % 7}" for i, word in enumerate(words)
                ],
                "included": included.astype(int),
                "year": 2001,
            }
        ).to_parquet(made / f"{name}.parquet")
    return made


def session(answers, **changes):
    given = Session("r", "motherlode", "none", 0, 10, answers.count("1"), answers, 1.0, "1")
    return replace(given, **changes)


def test_measures_of_a_perfect_and_of_the_worst_order():
    best, worst = session("11"), session("0000000011")
    assert (measures.loss(best), measures.loss(worst)) == (0.0, 1.0)
    assert measures.gain(best) == pytest.approx(1.0)
    assert (measures.recall(0.1)(best), measures.recall(0.1)(worst)) == (0.5, 0.0)


def test_measures_by_hand():
    it = session("0101")  # found as 2nd and 4th of 10 records
    # The curve is 0 1 1 2 2 2 2 2 2 2, sum 16; the best sum is 19, the worst 3.
    assert measures.loss(it) == pytest.approx((19 - 16) / 16)
    assert measures.gain(it) == pytest.approx(
        (1 / np.log2(3) + 1 / np.log2(5)) / (1 + 1 / np.log2(3))
    )
    assert measures.recall(0.3)(it) == 0.5, "0.3 of 10 is three records"
    # By chance half of the inclusions are found at place 3 of 0 to 9 and all at place 7.
    assert measures.work_saved(1.0)(it) == pytest.approx((7 - 3) / 10)
    assert measures.work_saved(0.95)(it) == pytest.approx((3 - 1) / 10), "95 % of 2 is 1"
    assert measures.seconds_a_record(it) == 0.25


def test_both_programs_get_one_order_that_says_nothing(folder):
    assert names(folder) == ["Short_2001", "Long_2002"]
    dealt = deal(folder, "Short_2001", 0)
    assert not dealt.included[:5].all(), "a file may list inclusions first"
    assert (
        dealt.texts()
        == deal(folder, "Short_2001", 0).texts()
        != deal(folder, "Short_2001", 1).texts()
    )
    assert not dealt.records.isna().any(axis=None)
    assert dealt.known("one").tolist() == [int(dealt.included.argmax())]
    assert dealt.known("none").tolist() == []


def test_a_folder_without_reviews_is_an_error(tmp_path):
    with pytest.raises(NotFetched, match="has no review"):
        names(tmp_path)


@pytest.mark.parametrize("start", ["none", "one"])
def test_asreview_is_read_as_it_wrote(command, folder, start):
    dealt = deal(folder, "Short_2001", 3)
    it = asreview.screen(command, asreview.version(command), dealt, start, 3)
    known = dealt.known(start)
    left = np.delete(dealt.included, known)
    assert it.answers == "".join("01"[int(one)] for one in left[: np.flatnonzero(left)[-1] + 1])
    assert (it.records, it.inclusions, it.version) == (40 - len(known), 5 - len(known), "3.0.8")
    assert it.seconds == (len(it.answers) - 1 + len(known)) / 4


def test_asreview_leaves_nothing_where_it_is_run_from(command, folder, tmp_path, monkeypatch):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    near = asreview.found(Path("../asreview"))
    assert asreview.version(near) == "3.0.8"
    asreview.screen(near, "3.0.8", deal(folder, "Short_2001", 0), "none", 0)
    assert not list(elsewhere.iterdir())
    with pytest.raises(asreview.Failed, match="no command that can be run"):
        asreview.found(Path("nowhere/asreview"))


@pytest.mark.parametrize(("seed", "said"), [(13, "ValueError: thirteen"), (14, "labels of")])
def test_asreview_that_fails_is_an_error(command, folder, seed, said):
    with pytest.raises(asreview.Failed, match=said):
        asreview.screen(command, "3.0.8", deal(folder, "Short_2001", 0), "none", seed)


@pytest.mark.parametrize("arm", own.ARMS)
@pytest.mark.parametrize("start", ["none", "one"])
def test_motherlode_reads_until_the_last_inclusion(folder, arm, start):
    dealt = deal(folder, "Short_2001", 0)
    it = own.screen("1", dealt, arm, start, 0)
    assert it.answers.count("1") == it.inclusions == 5 - len(dealt.known(start))
    assert it.answers.endswith("1")
    assert len(it.answers) <= it.records == 40 - len(dealt.known(start))


def test_the_journal_gives_back_whole_lines(tmp_path):
    journal = Journal(tmp_path / "runs" / "a.jsonl")
    it = session("011")
    journal.keep(it)
    with (tmp_path / "runs" / "a.jsonl").open("a") as file:
        file.write('{"review": "to')
    assert Journal(tmp_path / "runs" / "a.jsonl").known == {it.key: it}


def test_intervals_tell_better_from_worse():
    ours = [session("110", review=r, seed=s) for r in "ab" for s in range(3)]
    theirs = [
        session(a, arm="ASReview", review=r, seed=s)
        for r in "ab"
        for s, a in enumerate(["0101", "1001", "0011"])
    ]
    each = pairs(ours, theirs)
    assert len(each) == 6
    less = overall(each, measures.loss)
    assert less.mean == pytest.approx(-(3 + 2 + 4) / 16 / 3)
    assert (verdict(less, -1), verdict(less, 1)) == (1, -1)
    on_a = difference(each[:3], measures.loss)
    # Differences -3, -2, -4 of 16: their mean, and 4.303 standard errors of three.
    assert on_a.mean - on_a.low == pytest.approx(4.303 / 16 / np.sqrt(3), rel=1e-3)
    alone = difference(each[:1], measures.loss)
    assert (alone.low, alone.high, verdict(alone, -1)) == (-np.inf, np.inf, 0)
    assert verdict(overall(each[:3], measures.loss), -1) == 0, "one review says nothing of others"
    assert len(paired([*ours, *theirs[1:]])) == 10


def test_curves_of_recall_end_at_one():
    heights = picture.recalls([session("0101"), session("11")])
    assert (heights[0], heights[-1]) == (0.0, 1.0)
    assert heights[40] == pytest.approx((0.5 + 1.0) / 2), "after 2 of 10 records"


def test_the_command_goes_on_and_writes_the_page(command, folder, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(digests, "RUNS", tmp_path / "runs")
    out = tmp_path / "page"
    given = ["--folder", str(folder), "--seeds", "2", "--report", str(out)]
    main([*given, "--asreview", str(command)])
    page = (out / "RESULTS.md").read_text()
    assert "2 reviews, 2 seeds each, 24 sessions; ASReview 3.0.8, motherlode" in page
    assert page.count("| Long_2002 |") == 4
    assert "Ahead and behind by more than noise, of 2" in page
    assert "gold vein" not in page, "no abstract is copied"
    assert (out / "recall-from-one.svg").read_text().count("mean of 2 reviews") == 1

    capsys.readouterr()
    main(given)  # what is known of ASReview is used though its command is not named
    assert "pip install asreview" in capsys.readouterr().err
    assert (out / "RESULTS.md").read_text() == page


def test_without_asreview_motherlode_runs_alone(folder, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(digests, "RUNS", tmp_path / "runs")
    main(["--folder", str(folder), "--seeds", "1", "--reviews", "Short_2001"])
    page = capsys.readouterr().out
    assert "1 reviews, 1 seeds each, 4 sessions; motherlode" in page
    assert "asreview/bin/pip install asreview" in page
    assert "less ASReview" not in page
    lines = [json.loads(p.read_text().splitlines()[0]) for p in (tmp_path / "runs").iterdir()]
    assert {line["arm"] for line in lines} <= set(own.ARMS)
