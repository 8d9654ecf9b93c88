"""A search and simulations that are followed: in a notebook, on a terminal, line by line."""

import io
import subprocess
import sys

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from motherlode import ActiveLearner
from motherlode.displays import FoundCurveDisplay, watch, watch_runs
from motherlode.displays._screens import _Notebook, choose_screen
from motherlode.errors import InputError
from motherlode.simulation import Dataset, simulate


class Shown:
    """A screen that keeps what it was told."""

    def __init__(self):
        self.said, self.closed = [], False

    def show(self, described):
        self.said.append(described)

    def close(self):
        self.closed = True


@pytest.fixture
def screen(monkeypatch):
    shown = Shown()
    monkeypatch.setattr("motherlode.displays._live.choose_screen", lambda: shown)
    return shown


@pytest.fixture
def learner():
    return ActiveLearner(np.arange(60.0)[:, None], ["no", "yes"], minority="yes", control=1.0)


def teach(learner, n):
    query = learner.query(n)
    learner.teach(query, ["yes" if row % 3 == 0 else "no" for row in query.rows])


def test_a_search_is_followed_with_what_is_found_left_and_spent(screen, learner):
    with watch(learner, budget=30, cost=0.5) as shown:
        for _ in range(2):
            teach(learner, 12)
            shown.update()
    assert screen.closed
    assert screen.said[0].summary == "0 found after 0 labels"
    last = screen.said[-1]
    found = learner.session().found
    facts = dict(last.facts)
    assert last.summary == f"{found} found after 24 labels"
    assert facts["spent"] == "24 labels of 30"
    assert facts["cost"] == f"12.00, {12 / found:.2f} a positive"
    assert "95 %:" in facts["positives left"]
    assert list(last.curve) == learner.session().found_before(np.arange(25)).tolist()


def test_what_goes_wrong_in_between_is_raised_and_the_screen_is_left(screen, learner):
    with pytest.raises(KeyError), watch(learner):
        raise KeyError
    assert screen.closed


def test_elsewhere_each_change_is_a_line(capsys, learner):
    with watch(learner) as shown:
        shown.update()
        teach(learner, 12)
        shown.update()
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("Search for yes: ")


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_on_a_terminal_the_lines_are_replaced(monkeypatch, learner):
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setenv("TERM", "xterm")
    with watch(learner) as shown:
        teach(learner, 12)
        shown.update()
    written = terminal.getvalue()
    assert "found after 12 labels" in written
    assert "\x1b[" in written  # back up, over the lines before
    assert "█" in written


def test_a_terminal_without_rich_gets_lines(monkeypatch):
    monkeypatch.setattr(sys, "stdout", Terminal())
    monkeypatch.setitem(sys.modules, "rich.live", None)
    assert type(choose_screen()).__name__ == "_Lines"


class Kernel:
    kernel = True


def test_in_a_notebook_one_display_is_replaced(monkeypatch, learner):
    IPython = pytest.importorskip("IPython")
    calls = []

    class Handle:
        def update(self, forms, raw):
            calls.append(("update", forms))

    def display(forms, raw, display_id):
        calls.append(("display", forms))
        return Handle()

    monkeypatch.setattr(IPython, "get_ipython", Kernel)
    monkeypatch.setattr("IPython.display.display", display)
    assert isinstance(choose_screen(), _Notebook)
    with watch(learner) as shown:
        teach(learner, 12)
        shown.update()
    assert [how for how, _ in calls] == ["display", "update", "update"]
    forms = calls[-1][1]
    assert "<svg" in forms["text/html"]
    assert "█" in forms["text/plain"]


@pytest.fixture(scope="module")
def blobs():
    rng = np.random.default_rng(7)
    X = np.concatenate([rng.normal(0, 1, (150, 2)), rng.normal(2.2, 0.7, (20, 2))])
    return Dataset("blobs", X, np.array(["rest"] * 150 + ["rare"] * 20))


def test_simulations_are_followed_and_their_found_curves_drawn(screen, blobs):
    from matplotlib.figure import Figure

    results = simulate(
        blobs, ["random", "margin"], seeds=2, budget=20, model=LogisticRegression(),
        progress=watch_runs(),
    )  # fmt: skip
    assert [described.summary for described in screen.said] == [
        f"{n} of 4 runs" for n in (1, 2, 3, 4)
    ]
    assert screen.closed
    rows = {row[1]: row for row in screen.said[-1].table.rows}
    found = results.values("blobs", "margin", "positives").values()
    assert rows["margin"][2:4] == (2, f"{np.mean(list(found)):,.1f}")

    ax = Figure().add_subplot()
    display = FoundCurveDisplay.from_results(results, ax=ax)
    assert (
        display.curves["margin"].found.tolist()
        == results.curve("blobs", "margin", "positives").mean.tolist()
    )
    assert display.curves["margin"].low is not None
    with pytest.raises(InputError, match="dataset='other' is not among the results"):
        FoundCurveDisplay.from_results(results, dataset="other")


def test_following_loads_no_plotting():
    code = "import sys, motherlode.displays; print('matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
