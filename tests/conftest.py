"""Small pools that are quick to learn, and learners that know a few rows of them."""

import gc
import os
import sys
from collections.abc import Generator
from dataclasses import dataclass
from importlib.util import find_spec

# The tests keep all cores busy by processes; threads within them only wait.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# Every process that tests start would compile the package anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

import hypothesis
import joblib
import numpy as np
import pytest
from hypothesis import settings
from quick import keep_files_in_memory, quick_hashes, quick_questions, quick_tables
from sklearn.linear_model import LogisticRegression

from motherlode import ActiveLearner, Pool
from motherlode._round.training_set import TrainingSet
from motherlode._round.view import View
from motherlode._rows.matrix import take
from motherlode.models._classifier import fit_classifier

# A slow machine is no failure, and a run fails today if it failed yesterday.
settings.register_profile("house", max_examples=50, deadline=None, derandomize=True)
settings.load_profile("house")

# A run need not rewrite the assertions that an earlier one has rewritten.
sys.dont_write_bytecode = False

keep_files_in_memory()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Start one process more than there are cores, since tests wait for a quarter of their time."""
    return joblib.cpu_count() + 1


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Look for no garbage in what is imported and collected, which took two fifths of the time."""
    gc.disable()
    try:
        return (yield)
    finally:
        # An older hypothesis looks for referrers, and does not see those that are frozen.
        if hypothesis.__version_info__ >= (6, 150):
            gc.freeze()
        gc.enable()


@pytest.fixture(scope="session", autouse=True)
def _own_record(tmp_path_factory):
    """Keep the databases that tests use out of the user's record."""
    os.environ["XDG_CONFIG_HOME"] = str(tmp_path_factory.mktemp("config"))


@pytest.fixture(scope="session", autouse=True)
def _quick_questions():
    with quick_questions():
        yield


@pytest.fixture(scope="session", autouse=True)
def real_hasher():
    """What hashes passwords outside of tests; in tests, this and new databases are quick."""
    if any(find_spec(package) is None for package in ("argon2", "sqlalchemy", "alembic")):
        yield None  # the extra [app] is not installed
        return
    with quick_tables(), quick_hashes() as real:
        yield real


@dataclass(frozen=True)
class Toy:
    """Data and the true class of each row, as a code."""

    data: object
    y: np.ndarray

    @property
    def k(self):
        return int(self.y.max()) + 1

    def some(self, each):
        """The first rows of each class, the commonest class first."""
        return np.concatenate([np.flatnonzero(self.y == c)[:each] for c in range(self.k)])


def _bells(sizes, seed):
    rng = np.random.default_rng(seed)
    centres = np.array([[0, 0, 0, 0], [2.5, 2.5, 0, 0], [0, -3, 2, 0]], dtype=float)
    X = np.concatenate([rng.normal(centres[c], 1.0, (n, 4)) for c, n in enumerate(sizes)])
    y = np.repeat(np.arange(len(sizes)), sizes)
    order = rng.permutation(len(y))
    return Toy(X[order], y[order])


@pytest.fixture(scope="session")
def toy():
    """210 rows of four features; one in 21 is rare."""
    return _bells([200, 10], seed=1)


@pytest.fixture(scope="session")
def toy3():
    """96 rows of three classes, two of them rare."""
    return _bells([80, 9, 7], seed=2)


@pytest.fixture(scope="session")
def texts():
    """126 short texts, 6 of them about the sea."""
    rng = np.random.default_rng(3)
    town = ["street", "house", "shop", "car", "office", "lamp", "bridge", "market", "school"]
    sea = ["boat", "wave", "sail", "harbour", "fish", "anchor", "tide", "whale"]
    common = [" ".join(rng.choice(town, 6)) for _ in range(120)]
    rare = [" ".join([*rng.choice(sea, 4), *rng.choice(town, 2)]) for _ in range(6)]
    order = rng.permutation(126)
    return Toy([(common + rare)[i] for i in order], np.repeat([0, 1], [120, 6])[order])


@pytest.fixture(scope="session")
def started():
    """A function that makes a learner of a toy, with ``each`` rows of every class labelled."""

    def start(toy, strategy="margin", *, classes=None, each=2, model=None, pool=None, **settings):
        classes = list(range(toy.k)) if classes is None else list(classes)
        learner = ActiveLearner(
            Pool(toy.data) if pool is None else pool,
            classes,
            LogisticRegression() if model is None else model,
            strategy,
            **({"minority": classes[1:]} | settings),
        )
        rows = toy.some(each)
        learner.teach(rows, [classes[c] for c in toy.y[rows]])
        return learner

    return start


@pytest.fixture(scope="session")
def view_of():
    """A function that makes a view of a toy, with ``each`` rows of every class labelled."""

    def make(toy, *, each=2, model=None, pool=None, seed=(0, 0), batch=1, rows=None):
        pool = Pool(toy.data) if pool is None else pool
        labelled, classes = toy.some(each), np.arange(toy.k)
        unfitted = LogisticRegression() if model is None else model
        fitted = None
        if each:
            X = take(pool.read_by(unfitted), labelled)
            fitted = fit_classifier(unfitted, X, classes[toy.y[labelled]], classes, 0)
        training = TrainingSet(
            pool,
            classes,
            labelled,
            toy.y[labelled].astype(np.int64),
            tuple(range(1, toy.k)),
            seed,
        )
        return View(
            training,
            np.setdiff1d(np.arange(len(pool)), labelled) if rows is None else rows,
            unfitted=unfitted,
            model=fitted,
            batch=batch,
        )

    return make


@pytest.fixture
def runs(tmp_path, monkeypatch):
    """An empty folder in which the benchmarks keep results."""
    from benchmarks.efficiency import journal

    monkeypatch.setattr(journal, "RUNS", tmp_path / "runs")
    return tmp_path / "runs"
