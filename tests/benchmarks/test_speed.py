import numpy as np
import pytest

from benchmarks.speed import __main__ as command
from benchmarks.speed.data import setting
from benchmarks.speed.report import exponent, page
from benchmarks.speed.runs import Cell, Journal, cells, medians, run
from benchmarks.speed.subjects import OURS, PEERS, SUBJECTS
from motherlode.strategies._registry import NAMES


def test_the_pool_is_the_same_in_every_process_and_holds_a_rare_class():
    given = setting(5_000)
    assert np.array_equal(given.X, setting(5_000).X)
    assert 0.004 < given.y.mean() < 0.03
    assert given.y[given.labelled].sum() == 10
    assert len(set(given.labelled.tolist())) == 100


def test_every_strategy_is_timed_and_every_peer_has_a_twin():
    assert {name for name, who in SUBJECTS if who == OURS} == set(NAMES)
    assert {name for name, _ in PEERS} <= {*NAMES, "predict_proba"}


@pytest.mark.parametrize("name", ["margin", "k_centre"])
@pytest.mark.parametrize("who", [OURS, "scikit-activeml"])
def test_a_cell_measures_times_and_memory(name, who, tmp_path):
    journal, said = Journal(tmp_path / "journal.jsonl"), []
    cell = Cell(name, who, 1_000, 0)
    assert run(journal, iter([cell]), 1.0, 100_000, said.append)
    outcome = Journal(tmp_path / "journal.jsonl").done[cell]
    assert 0 < outcome["later"] < 60
    assert outcome["memory"] >= 0
    assert 0 <= outcome["waited"] < 1
    assert said[0].startswith(f"{name}, {who}, 1,000 rows: ")


def test_cells_go_from_small_to_large_and_only_streaming_ones_to_ten_million():
    found = list(cells(["margin", "kde"], 1_000, 10_000_000, 1))
    assert [cell.rows for cell in found] == sorted(cell.rows for cell in found)
    assert {cell.strategy for cell in found if cell.rows == 10_000_000} == {"margin"}
    assert Cell("kde", "scikit-learn", 1_000_000, 0) in found
    assert {cell.rows for cell in cells(["kde"], 10_000, 100_000, 2)} == {10_000, 100_000}


def test_what_is_done_is_not_done_again_and_a_torn_line_is_forgotten(tmp_path):
    path = tmp_path / "journal.jsonl"
    cell = Cell("margin", OURS, 1_000, 0)
    Journal(path).add(cell, {"first": 1.0, "later": 0.5, "memory": 3.0})
    path.write_text(path.read_text() + '[{"strategy": "mar')
    journal = Journal(path)
    assert journal.done == {cell: {"first": 1.0, "later": 0.5, "memory": 3.0}}
    said = []
    assert run(journal, iter([cell]), 1.0, 1, said.append)
    assert not said
    other = Cell("margin", OURS, 10_000, 0)
    assert not run(journal, iter([other]), 0.0, 1, said.append)


def test_a_cell_that_would_take_hours_is_not_begun(tmp_path):
    journal = Journal(tmp_path / "journal.jsonl")
    for rows, seconds in ((1_000, 0.5), (10_000, 50.0)):
        outcome = {"first": seconds, "later": seconds, "memory": 1.0}
        journal.add(Cell("kde", "scikit-learn", rows, 0), outcome)
    said = []
    assert run(journal, iter([Cell("kde", "scikit-learn", 100_000, 0)]), 1.0, 1, said.append)
    assert said == ["kde, scikit-learn, 100,000 rows: about 83 min expected"]


def test_a_cell_out_of_memory_says_so(tmp_path):
    journal, said = Journal(tmp_path / "journal.jsonl"), []
    cell = Cell("information_density", "modAL's rule", 10_000, 0)
    run(journal, iter([cell]), 1.0, 900, said.append)
    assert said == ["information_density, modAL's rule, 10,000 rows: out of memory"]


def test_the_exponent_is_that_of_the_rounds_that_take_a_while():
    by_rows = {10**e: {"later": 1e-6 * 10 ** (1.5 * e)} for e in range(3, 7)}
    assert exponent(by_rows, "later") == pytest.approx(1.5)
    assert exponent({1_000: {"later": 1e-3}}, "later") is None


def outcome(first, later, memory):
    cores = {"cpu_first": 2 * first, "cpu_later": later, "waited": 0.1}
    return {"first": first, "later": later, "memory": memory} | cores


def test_the_page_holds_medians_ratios_and_failures():
    done = {
        Cell("kde", OURS, 1_000, i): outcome(first, 0.01, 2.0)
        for i, first in enumerate([0.1, 0.3, 0.2])
    }
    done |= {
        Cell("kde", "scikit-learn", 1_000, 0): outcome(4.0, 4.0, 1.0),
        Cell("kde", "scikit-learn", 10_000, 0): {"failed": "about 9 min expected"},
    }
    facts = {
        "command": "it", "machine": "one", "versions": "numpy", "repeats": 3, "load": "1.0",
        "left": 0,
    }  # fmt: skip
    text = page(medians(done), facts)
    row = next(line for line in text.splitlines() if "20.0 x" in line)
    assert row == (
        "| kde | scikit-learn | 1,000 | 4 | 0.2 | 0.01 | 20.0 x | 400 x | 20.0 x | 400 x | 1 / 2 |"
    )
    assert "about 9 min expected" in text
    assert "Medians of up to 3 runs" in text
    assert "waited 10% of its time for a core (median; 10% at most)" in text
    assert "All cells are measured." in text
    cut = page(medians(done), facts | {"left": 7, "repeats": 1})
    assert "One run of each cell" in cut
    assert "Not measured yet, and blank in the tables: 7 runs" in cut


def test_the_command_writes_page_and_picture(tmp_path, monkeypatch):
    monkeypatch.setattr(command, "HERE", tmp_path)
    monkeypatch.setattr(command, "journal", lambda name, *kinds: tmp_path / f"{name}.jsonl")
    arguments = ["--strategies", "margin", "--max-rows", "1000", "--repeats", "1"]
    assert command.main(arguments) == 0
    assert "| margin | motherlode |" in (tmp_path / "RESULTS.md").read_text()
    assert (tmp_path / "rounds.svg").read_text().startswith("<?xml")
    assert command.main([*arguments, "--minutes", "0"]) == 0
    with pytest.raises(SystemExit):
        command.main(["--strategies", "margins"])
