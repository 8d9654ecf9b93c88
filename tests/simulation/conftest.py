"""A small data set that is quick to learn, and runs made by hand."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from motherlode.simulation import Dataset, Round, Run


@pytest.fixture(scope="session")
def blobs():
    """400 points, 24 of them from a bell of their own, near the other."""
    rng = np.random.default_rng(7)
    X = np.concatenate([rng.normal(0, 1, (376, 2)), rng.normal(2.2, 0.7, (24, 2))])
    return Dataset("blobs", X, np.array(["rest"] * 376 + ["rare"] * 24))


@pytest.fixture
def model():
    return LogisticRegression()


@pytest.fixture
def made_up():
    """A function that makes a run whose positives found and average precision are given."""

    def make(dataset, strategy, seed, positives, precision, labels=(0, 10, 20), seconds=0.5):
        rounds = [
            Round(
                labels=n,
                positives=found,
                recall=found / 20,
                average_precision=value,
                balanced_accuracy=0.5 + value / 2,
                g_mean=value,
                mcc=value,
                f1=value,
                wss=value - 0.05,
            )
            for n, found, value in zip(labels, positives, precision, strict=True)
        ]
        order = [True] + [True] * positives[-1] + [False] * (labels[-1] - positives[-1])
        rows = tuple(range(len(order)))
        return Run(
            dataset, strategy, seed, 1, rows, tuple(order), 200, 20, tuple(rounds), seconds
        )  # fmt: skip

    return make
