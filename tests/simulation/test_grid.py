import json
import subprocess
import sys
import textwrap
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from motherlode.errors import InputError
from motherlode.simulation import Dataset, run, simulate
from motherlode.strategies import KDE, NAMES, Auto, Margin, register

FEW = {"budget": 20, "batch": 10, "seeds": 2}


@pytest.fixture
def twin(blobs):
    return Dataset("twin", blobs.data[:, ::-1], blobs.labels)


def keys(results):
    return [(r.seed, r.dataset, r.strategy) for r in results.runs]


def test_every_strategy_on_every_set_with_every_seed(blobs, twin, model):
    results = simulate([blobs, twin], ["random", "margin"], model=model, **FEW)
    assert keys(results) == [
        (seed, dataset, strategy)
        for seed in (0, 1)
        for dataset in ("blobs", "twin")
        for strategy in ("random", "margin")
    ]
    assert results.cell("twin", "margin")[1] == run(twin, "margin", model=model, budget=20, seed=1)


def test_two_processes_give_what_one_gives(blobs, model):
    alone = simulate(blobs, ["margin", "kde"], model=model, **FEW)
    shared = simulate(blobs, ["margin", "kde"], model=model, n_jobs=2, **FEW)
    assert shared.runs == alone.runs


def test_seeds_may_be_named(blobs, model):
    results = simulate(blobs, "random", model=model, budget=5, seeds=[7, 3])
    assert [r.seed for r in results.runs] == [7, 3]


def test_strategies_by_name_value_and_label(blobs, model):
    few = {"model": model, "budget": 5, "seeds": 1}
    assert simulate(blobs, ["margin", KDE(region="dense")], **few).strategies == [
        "margin",
        "KDE(region='dense')",
    ]
    labelled = simulate(blobs, {"mine": Margin(), "theirs": "margin"}, **few)
    assert labelled.strategies == ["mine", "theirs"]
    assert labelled.runs[0].rows == labelled.runs[1].rows


def test_auto_follows_the_goal(model):
    # With twenty positives known the goals part.
    X = np.random.default_rng(7).normal(size=(400, 2))
    X[:60] += 2.0
    many = Dataset("many", X, np.repeat(["rare", "rest"], [60, 340]), "rare")
    few = {"model": model, "budget": 40, "seeds": 1, "start": (20, 2)}
    found = {
        goal: simulate(many, {"asked": " AUTO ", "meant": Auto(goal)}, goal=goal, **few)
        for goal in ("find", "learn")
    }
    for results in found.values():
        assert results.runs[0].rows == results.runs[1].rows
    assert found["find"].runs[0].rows != found["learn"].runs[0].rows


def test_progress_is_told_after_every_run(blobs, model):
    told = []
    simulate(
        blobs, ["random", "margin"], model=model,
        progress=lambda done, total, new: told.append((done, total, new.strategy)), **FEW,
    )  # fmt: skip
    assert told == [(1, 4, "random"), (2, 4, "margin"), (3, 4, "random"), (4, 4, "margin")]


def test_a_name_registered_here_works_in_other_processes(blobs, model, monkeypatch):
    monkeypatch.delitem(NAMES, "mine", raising=False)
    register("mine", Margin)
    try:
        results = simulate(blobs, ["mine"], model=model, budget=5, seeds=2, n_jobs=2)
    finally:
        del NAMES["mine"]
    assert results.strategies == ["mine"]


def test_a_strategy_of_a_script_works_in_other_processes(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        textwrap.dedent("""
        from dataclasses import dataclass
        import numpy as np
        from sklearn.linear_model import LogisticRegression
        from motherlode.simulation import Dataset, simulate
        from motherlode.strategies import Strategy

        @dataclass(frozen=True)
        class Last(Strategy):
            def utilities(self, view):
                return view.rows.astype(float)

        if __name__ == "__main__":
            X = np.random.default_rng(0).normal(size=(60, 2))
            data = Dataset("d", X, X[:, 0] > 1)
            done = simulate(
                data, [Last()], model=LogisticRegression(), budget=4, start=0, seeds=2, n_jobs=2
            )
            print(done.strategies, [run.rows for run in done.runs])
        """)
    )
    said = subprocess.run(
        [sys.executable, "-W", "error", str(script)], capture_output=True, text=True, check=False
    )
    assert said.stderr == ""
    assert said.stdout == "['Last'] [(35, 34, 33, 32), (35, 34, 33, 32)]\n"


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_an_error_says_where(blobs, n_jobs):
    class Broken(Margin):
        def utilities(self, view):
            raise ArithmeticError("out of ink")

    with pytest.raises(ArithmeticError, match="out of ink") as caught:
        simulate(blobs, {"pen": Broken()}, start=(1, 1), seeds=1, n_jobs=n_jobs)
    assert "While simulating pen on blobs, seed 0." in caught.value.__notes__


def test_flags_of_lanes_that_nobody_reads_are_not_told(blobs):
    def flagging(view):
        warnings.warn("invalid value encountered in matmul", RuntimeWarning, stacklevel=1)
        return view.random_numbers("lanes")

    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        simulate(blobs, {"flagging": flagging}, budget=2, seeds=1)
    assert told == []


class TestRefusals:
    def test_names_that_are_not_unique(self, blobs):
        with pytest.raises(InputError, match="no name twice"):
            simulate([blobs, blobs], ["random"])
        with pytest.raises(InputError, match=r"called alike.*give a dict"):
            simulate(blobs, [Margin(), Margin()])

    def test_nothing(self, blobs):
        with pytest.raises(InputError, match="data sets"):
            simulate([], ["random"])
        with pytest.raises(InputError, match="datasets is DataFrame; give Dataset"):
            simulate(pd.DataFrame({"a": [1]}), ["random"])
        for seeds in ([], [1, 1], 0, 2.5, [-1]):
            with pytest.raises(InputError, match=r"[Ss]eed"):
                simulate(blobs, ["random"], seeds=seeds)
        with pytest.raises(InputError, match="n_jobs is 0"):
            simulate(blobs, ["random"], n_jobs=0)
        with pytest.raises(InputError, match="no strategy"):
            simulate(blobs, [])

    def test_what_is_unknown(self, blobs):
        with pytest.raises(InputError, match="did you mean 'margin'"):
            simulate(blobs, ["margn"])
        with pytest.raises(InputError, match="is not a start"):
            simulate(blobs, ["random"], start="two")


class TestResuming:
    @pytest.fixture
    def path(self, tmp_path):
        return tmp_path / "runs.jsonl"

    def again(self, path, *datasets, strategies=("random", "margin"), **changed):
        """Simulate into ``path``; the keys of the runs that were simulated, and the results."""
        new = []
        options = {"model": LogisticRegression(), **FEW, **changed}
        results = simulate(
            datasets, strategies, path=path,
            progress=lambda done, total, r: new.append((r.seed, r.dataset, r.strategy)), **options,
        )  # fmt: skip
        return new, results

    def test_what_is_done_is_not_done_again(self, path, blobs):
        new, first = self.again(path, blobs)
        assert len(new) == 4
        before = path.read_bytes()
        new, second = self.again(path, blobs)
        assert new == []
        assert second.runs == first.runs
        assert [r.seconds for r in second.runs] == [r.seconds for r in first.runs]
        assert path.read_bytes() == before

    def test_an_interrupted_simulation_goes_on(self, path, blobs):
        def stop(done, total, new):
            if done == 3:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            simulate(
                blobs, ["random", "margin"], model=LogisticRegression(), path=path,
                progress=stop, **FEW,
            )  # fmt: skip
        assert len(path.read_text().splitlines()) == 1 + 3
        new, results = self.again(path, blobs)
        assert new == [(1, "blobs", "margin")]
        assert results.runs == self.again(None, blobs)[1].runs

    def test_more_of_everything_can_be_added(self, path, blobs, twin):
        self.again(path, blobs, strategies=["random"], seeds=1)
        new, results = self.again(path, blobs, twin, strategies=["margin", "random"], seeds=2)
        assert len(new) == 7
        assert (0, "blobs", "random") not in new
        assert len(results.runs) == 8
        # A smaller one afterwards takes what it needs.
        new, results = self.again(path, twin, strategies=["margin"], seeds=1)
        assert new == []
        assert keys(results) == [(0, "twin", "margin")]

    @pytest.mark.parametrize("cut", [1, 2, 40, 400])
    def test_a_torn_last_line_is_done_again(self, path, blobs, cut):
        _, whole = self.again(path, blobs)
        path.write_bytes(path.read_bytes()[:-cut])
        new, results = self.again(path, blobs)
        assert new == [(1, "blobs", "margin")]
        assert results.runs == whole.runs
        assert len([json.loads(line) for line in path.read_text().splitlines()]) == 5

    def test_a_torn_first_line_is_written_again(self, path, blobs):
        path.write_text('{"format": "motherl')
        new, _ = self.again(path, blobs)
        assert len(new) == 4
        assert self.again(path, blobs)[0] == []

    @pytest.mark.parametrize(
        ("changed", "name"),
        [
            ({"budget": 30}, "budget=20"),
            ({"batch": 5}, "batch=10"),
            ({"start": (1, 9)}, "start='one'"),
            ({"goal": "find"}, "goal='both'"),
            ({"final_every": 20}, "final_every=None"),
            ({"model": LogisticRegression(C=9)}, r"model='LogisticRegression\(\)'"),
        ],
    )
    def test_other_settings_are_refused(self, path, blobs, changed, name):
        self.again(path, blobs)
        before = path.read_bytes()
        with pytest.raises(InputError, match=f"runs.jsonl holds runs with {name}"):
            self.again(path, blobs, **changed)
        assert path.read_bytes() == before

    def test_a_pair_as_start_is_the_same_start(self, path, blobs):
        self.again(path, blobs, start=(1, 4))
        assert self.again(path, blobs, start=(1, 4))[0] == []

    def test_other_data_under_the_same_name_is_refused(self, path, blobs):
        self.again(path, blobs)
        shifted = Dataset("blobs", blobs.data + 1, blobs.labels)
        with pytest.raises(InputError, match="another dataset under the name 'blobs'"):
            self.again(path, shifted)

    def test_another_strategy_under_the_same_name_is_refused(self, path, blobs):
        self.again(path, blobs, strategies={"mine": Margin()})
        with pytest.raises(InputError, match="another strategy under the name 'mine'"):
            self.again(path, blobs, strategies={"mine": KDE()})

    @pytest.mark.parametrize("content", ["row,label\n1,a\n", "{}\n", "[]\n", "row", "\x00\n"])
    def test_a_file_of_something_else_is_left_alone(self, path, blobs, content):
        path.write_text(content)
        with pytest.raises(InputError, match="not a file of simulated runs"):
            self.again(path, blobs)
        assert path.read_text() == content

    def test_a_broken_line_in_the_middle_is_named(self, path, blobs):
        self.again(path, blobs)
        lines = path.read_text().splitlines()
        lines[2] = lines[2][:50]
        path.write_text("\n".join(lines) + "\n")
        with pytest.raises(InputError, match="Line 3 of"):
            self.again(path, blobs)

    def test_a_folder_that_is_missing_is_named(self, tmp_path, blobs):
        with pytest.raises(InputError, match="is a folder; name a file in it"):
            simulate(blobs, "random", path=tmp_path)
        with pytest.raises(InputError, match="no folder"):
            self.again(tmp_path / "nowhere" / "runs.jsonl", blobs)

    def test_names_in_any_script_survive(self, path, blobs):
        odd = Dataset("Ümläut \u2028 ∑", blobs.data, blobs.labels)
        self.again(path, odd, strategies={"日本\n語": "random"})
        new, results = self.again(path, odd, strategies={"日本\n語": "random"})
        assert new == []
        assert results.strategies == ["日本\n語"]


def test_settings_name_what_was_run(blobs, model):
    results = simulate(blobs, ["random"], model=model, budget=5, seeds=1)
    assert results.settings["model"] == "LogisticRegression()"
    assert results.settings["strategies"] == {"random": "Random()"}
    assert results.settings["datasets"]["blobs"].startswith("400 rows, 24 of rare")
    assert results.settings["versions"]["numpy"] == np.__version__
