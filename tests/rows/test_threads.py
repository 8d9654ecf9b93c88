import subprocess
import sys

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from threadpoolctl import ThreadpoolController, threadpool_info

from motherlode._rows.threads import one_thread
from motherlode.models._classifier import fit_classifier


def numbers():
    return [library["num_threads"] for library in threadpool_info()]


@pytest.fixture
def two():
    with ThreadpoolController().limit(limits=2):
        yield


class Watched(LogisticRegression):
    def fit(self, X, y, sample_weight=None):
        self.threads_ = numbers()
        return super().fit(X, y)


def test_one_thread_is_for_a_while(two):
    with one_thread():
        assert set(numbers()) == {1}
    assert set(numbers()) == {2}


def test_a_library_that_is_loaded_later_has_one_as_well():
    pytest.importorskip("faiss")
    code = """
import numpy
from threadpoolctl import ThreadpoolController, threadpool_info
from motherlode._rows.threads import one_thread
with one_thread():
    pass
import faiss
ThreadpoolController().limit(limits=2)
with one_thread():
    print({library["num_threads"] for library in threadpool_info()})
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout == "{1}\n"


def test_it_is_given_back_after_a_failure(two):
    with pytest.raises(ZeroDivisionError), one_thread():
        raise ZeroDivisionError
    assert set(numbers()) == {2}


@pytest.mark.parametrize(("rows", "threads"), [(100, 1), (20_000, 2)])
def test_fits_on_few_rows_have_one(two, rows, threads):
    X, y = np.random.default_rng(0).normal(size=(rows, 20)), np.arange(rows) % 2
    fitted = fit_classifier(Watched(), X, y, np.array([0, 1]), 0)
    assert set(fitted.estimator.threads_) == {threads}
