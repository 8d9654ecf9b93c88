"""Small pools of known classes, and searches in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression

from .._rows.arrays import Codes, Floats, Rows
from ..learner import ActiveLearner
from ..pool import Pool
from ..strategies import Strategy


@dataclass(frozen=True)
class Known:
    """Rows whose classes are known, and some that are labelled at first.

    Parameters
    ----------
    data : ndarray, sparse matrix or list of str
        The rows.
    codes : ndarray of int of shape (n,)
        The class of each row; the last class is the rarest.
    start : ndarray of int
        The rows that are labelled at first.
    """

    data: Any
    codes: Codes
    start: Rows

    def of(self, data: Any) -> "Known":
        """Give the same classes to other rows."""
        return Known(data, self.codes, self.start)

    def begun(self, start: Sequence[int] | Rows) -> "Known":
        """Label other rows at first."""
        return Known(self.data, self.codes, np.asarray(start, dtype=np.int64))


def _bells(sizes: Sequence[int], seed: int) -> tuple[Floats, Codes]:
    rng = np.random.default_rng(seed)
    centres = np.array([[0, 0, 0], [2.5, 2, 0], [0, -3, 2.0]])
    X = np.concatenate([rng.normal(centres[c], 1.0, (n, 3)) for c, n in enumerate(sizes)])
    y = np.repeat(np.arange(len(sizes)), sizes)
    order = rng.permutation(len(y))
    return X[order], y[order]


@cache
def two_classes() -> Known:
    """Make 42 rows of which 6 are rare; three common ones and two rare ones are labelled."""
    X, y = _bells([36, 6], seed=0)
    X.setflags(write=False)
    return Known(X, y, np.concatenate([np.flatnonzero(y == 0)[:3], np.flatnonzero(y == 1)[:2]]))


@cache
def three_classes() -> Known:
    """Make 40 rows of three classes, two of them rare; two rows of each are labelled."""
    X, y = _bells([28, 6, 6], seed=1)
    X.setflags(write=False)
    return Known(X, y, np.concatenate([np.flatnonzero(c == y)[:2] for c in range(3)]))


@cache
def texts() -> Known:
    """Make a text of a few words for each row of `two_classes`."""
    words = [["town", "car", "shop"], ["sea", "boat"]]
    said = [
        " ".join(np.random.default_rng(i).choice(words[c], 4)) + f" word{i % 5}"
        for i, c in enumerate(two_classes().codes)
    ]
    return two_classes().of(said)


@cache
def equal_rows() -> Known:
    """Make rows that are equal in groups, and have a column with one value."""
    X = two_classes().data
    data = np.concatenate([np.repeat(X[:6], 5, axis=0), np.ones((12, 3))])
    codes = np.array(np.repeat([0, 0, 0, 1, 0, 0], 5).tolist() + [0] * 12)
    known = Known(np.column_stack([data, np.full(42, 3.0)]), codes, np.array([0, 15, 30]))
    known.data.setflags(write=False)
    return known


def begin(
    strategy: Strategy, model: Any, known: Known, classes: Sequence[Any] = (0, 1), **settings: Any
) -> ActiveLearner:
    """Make a learner that has been taught the first rows; the last class is the positive one."""
    names = list(classes)
    made = ActiveLearner(
        known.data if isinstance(known.data, Pool) else Pool(known.data),
        names,
        LogisticRegression() if model is None else clone(model),
        strategy,
        **({"minority": names[-1]} | settings),
    )
    made.teach(known.start, [names[c] for c in known.codes[known.start]])
    return made


def ask(made: ActiveLearner, codes: Codes, rounds: int = 3, n: int = 4) -> list[int]:
    """Return the rows that some rounds ask, in order."""
    out: list[int] = []
    for _ in range(rounds):
        rows = made.query(n).rows
        out += rows.tolist()
        made.teach(rows, [made.classes[c] for c in codes[rows]])
    return out
