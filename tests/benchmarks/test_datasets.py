import numpy as np
import pandas as pd
import pytest

from benchmarks.datasets import DEVELOP, JUDGE, NAMES, available, load, lu
from benchmarks.datasets.dataset import Counts, Entry, Rows
from benchmarks.datasets.encode import codes, one_hot
from benchmarks.datasets.keel import read_dat
from benchmarks.datasets.packages import NotFetched, Package
from benchmarks.datasets.registry import ENTRIES
from benchmarks.datasets.thin import thin
from motherlode.errors import InputError

SKLEARN = Package("pip", "scikit-learn", "sklearn/datasets/data", "BSD-3-Clause")
ABSENT = Package("pip", "motherlode-no-such-package", "data", "none")


def check(dataset, counts):
    assert dataset.labels.dtype == np.int8
    assert dataset.labels.shape == (counts.rows,)
    assert set(np.unique(dataset.labels)) == {0, 1}
    assert dataset.positives == counts.positives
    assert 0 < dataset.prevalence < 0.5
    if dataset.kind == "text":
        assert len(dataset.data) == counts.rows
        assert all(isinstance(text, str) and text.strip() for text in dataset.data)
        return
    assert dataset.data.shape == (counts.rows, counts.features)
    assert dataset.data.dtype == np.float32
    assert np.isfinite(dataset.data).all()
    held = dataset.data[:, list(dataset.categorical)]
    assert (held >= 0).all()
    assert (held % 1 == 0).all()


@pytest.mark.parametrize("name", NAMES)
def test_a_set_holds_what_the_registry_says(name):
    if reason := available()[name]:
        pytest.skip(reason)
    dataset = load(name)
    assert dataset.name == name
    check(dataset, ENTRIES[name].counts)


@pytest.mark.parametrize("name", lu.NAMES)
def test_a_set_of_lu_holds_what_its_entry_says(name):
    if reason := lu.available()[name]:
        pytest.skip(reason)
    check(lu.load(name), lu.ENTRIES[name].counts)


def test_every_set_is_in_one_half():
    assert len(NAMES) == len(set(NAMES))
    assert set(NAMES) == set(ENTRIES)
    assert abs(len(DEVELOP) - len(JUDGE)) <= 1
    for half in (DEVELOP, JUDGE):
        assert {ENTRIES[name].kind for name in half} == {"tabular", "text", "image"}


@pytest.mark.parametrize("pair", [("shuttle_fpvopen", "shuttle_fpvclose"),
                                  ("reuters_gold", "reuters_grain"),
                                  ("wordnet_feeling", "wordnet_food")])  # fmt: skip
def test_sets_of_the_same_rows_are_in_the_same_half(pair):
    assert set(pair) <= set(DEVELOP) or set(pair) <= set(JUDGE)


@pytest.mark.parametrize("loader", [load, lu.load])
def test_an_unknown_name_is_told_the_known_ones(loader):
    known = "satimage" if loader is load else "sonar"
    with pytest.raises(InputError, match=rf"'no_such_set'.*{known}"):
        loader("no_such_set")


def test_an_absent_package_is_named_with_the_way_to_get_it():
    entry = Entry("tabular", Counts(2, 1, 1), ABSENT, lambda: Rows([], np.zeros(0, bool)), "")
    assert "motherlode-no-such-package" in entry.missing()
    with pytest.raises(NotFetched, match=r"fetch\.sh pip"):
        ABSENT.path("table.csv")
    with pytest.raises(NotFetched, match=r"no_such_table\.csv"):
        SKLEARN.path("no_such_table.csv")
    with pytest.raises(NotFetched, match=r"fetch\.sh deb"):
        Package("apt", "no-such-package", "no-such-folder", "none").path()


def test_other_rows_than_noted_are_refused():
    def read():
        return Rows(np.zeros((3, 2), np.float32), np.array([True, False, False]))

    assert Entry("tabular", Counts(3, 2, 1), SKLEARN, read, "").load("tiny").positives == 1
    for counts in (Counts(4, 2, 1), Counts(3, 1, 1), Counts(3, 2, 2)):
        with pytest.raises(InputError, match="tiny from pip scikit-learn holds"):
            Entry("tabular", counts, SKLEARN, read, "").load("tiny")


def test_thinning_keeps_all_negatives_and_the_same_few_positives():
    positive = np.tile([True, True, False], 100)
    kept = thin(positive, ratio=20)
    assert np.isin(np.flatnonzero(~positive), kept).all()
    assert positive[kept].sum() == 5
    assert (np.diff(kept) > 0).all()
    assert np.array_equal(kept, thin(positive, ratio=20))
    assert not np.array_equal(kept, thin(positive, ratio=20, seed=1))


def test_nominal_columns_become_codes_or_indicators():
    frame = pd.DataFrame({"sex": ["f", "i", "m"], "size": [0.5, 1.0, 2.0]})
    levels = {"sex": ["m", "f", "i"]}
    data, categorical = codes(frame, levels)
    assert data.tolist() == [[1, 0.5], [2, 1], [0, 2]]
    assert categorical == (0,)
    assert one_hot(frame, levels).tolist() == [[1, 0, 0.5], [0, 1, 1], [0, 0, 2]]
    with pytest.raises(InputError, match="'sex' holds 'i'"):
        codes(frame, {"sex": ["m", "f"]})


def test_a_keel_file_is_read_by_its_header(tmp_path):
    path = tmp_path / "tiny.dat"
    path.write_text(
        "@relation tiny\n@attribute Doors {2, 4,4, 5more}\n@attribute Length real[0.1, 9]\n"
        "@attribute Class  {positive, negative}\n@inputs Doors, Length\n@data\n"
        "2, 0.5, negative\n5more, 9, positive\n"
    )
    frame, levels = read_dat(path)
    assert levels == {"Doors": ["2", "4", "5more"], "Class": ["positive", "negative"]}
    assert frame["Doors"].tolist() == ["2", "5more"]
    assert frame["Length"].tolist() == [0.5, 9.0]
    path.write_text("@relation tiny\n@attribute Length real[0.1, 9]\n0.5\n")
    with pytest.raises(InputError, match="no line @data"):
        read_dat(path)
