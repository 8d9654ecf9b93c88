"""What models are fitted on: the labels, and beside them rows that a fit presumes negative.

A search for positives labels the hard negatives, those that look positive, and hardly any of
the easy ones. A model fitted on such labels alone ranks the rest of the pool poorly. Where the
positive class is rare, random unlabelled rows are nearly all negative and fill the gap. Each of
them counts for little, so that the few positives among them do no harm.
"""

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from .._rows.arrays import Codes, Floats, Matrix, Rows
from .._rows.matrix import take
from .._rows.unlabelled import Unlabelled
from ..models._classifier import FittedClassifier, fit_classifier
from ..models._weights import takes_weights

_MOST = 300
_WEIGHT = 2.0  # of all presumed negatives together, for each known positive


class Presumed(NamedTuple):
    """Unlabelled rows that a fit takes for negative.

    Attributes
    ----------
    rows : ndarray of int64
        Global ids.
    weight : float
        What each counts for, a labelled row counting 1.
    """

    rows: Rows
    weight: float = 1.0


NOBODY = Presumed(np.empty(0, dtype=np.int64))


@dataclass(frozen=True, eq=False)
class Learned:
    """All that a session knows, in the form that models are fitted from.

    Attributes
    ----------
    X : matrix of n rows
        What the model reads, of the whole pool.
    rows, codes : ndarray of shape (m,)
        Labelled rows, and their labels as positions in `classes`.
    classes : ndarray of shape (k,)
    positive_class : tuple of int
        Positions of the positive class or classes.
    unlabelled : Unlabelled
        Rows whose answer is open: not labelled, not skipped, and no copy of such a row.
    seed : sequence of int
    copies : ndarray of shape (m,), optional
        How many unlabelled rows each labelled one speaks for beside itself, its copies.
    """

    X: Matrix
    rows: Rows
    codes: Codes
    classes: np.ndarray[Any, Any]
    positive_class: tuple[int, ...]
    unlabelled: Unlabelled
    seed: tuple[int, ...]
    copies: Floats | None = None

    @property
    def speaks_for(self) -> Floats:
        """How many rows of the pool each labelled one stands for, shape (m,)."""
        alone = np.ones(len(self.rows))
        return alone if self.copies is None else alone + self.copies

    def fit(
        self,
        model: Any,
        presumed: Presumed = NOBODY,
        *,
        earlier: FittedClassifier | None = None,
    ) -> FittedClassifier:
        """Fit ``model`` on the labelled rows, and on ``presumed`` ones as not sought.

        A network that is to start warm goes on from ``earlier``.
        """
        rows, codes, weights = self.examples(presumed)
        X, y = take(self.X, rows), self.classes[codes]
        return fit_classifier(model, X, y, self.classes, self.one_seed, weights, earlier)

    def presumed(self, model: Any) -> Presumed:
        """Rows that the final fit of ``model`` may presume negative; none but for two classes."""
        if len(self.classes) != 2:
            return NOBODY
        positives = int(np.isin(self.codes, self.positive_class).sum())
        rng = np.random.default_rng(self.seed)
        return presumed_negatives(self.unlabelled, positives, rng, weighted=takes_weights(model))

    def suffices(self, presumed: Presumed) -> bool:
        """Whether there are rows of two classes to fit on, ``presumed`` ones among them."""
        return len(np.unique(self.examples(presumed)[1])) > 1

    def examples(self, presumed: Presumed) -> tuple[Rows, Codes, Floats | None]:
        """Rows, codes and weights of a fit; None where all count alike."""
        if not len(presumed.rows):
            return self.rows, self.codes, None
        other = next(c for c in range(len(self.classes)) if c not in self.positive_class)
        each = [np.ones(len(self.rows)), np.full(len(presumed.rows), presumed.weight)]
        return (
            np.concatenate([self.rows, presumed.rows]),
            np.concatenate([self.codes, np.full(len(presumed.rows), other)]),
            np.concatenate(each) if presumed.weight != 1.0 else None,
        )

    def positive(self, P: Floats) -> Floats:
        """Of class probabilities, that of the positive class or classes."""
        return np.asarray(P[:, list(self.positive_class)].sum(axis=1))

    @property
    def one_seed(self) -> int:
        """`seed` as the one number that models take."""
        return int(np.random.SeedSequence(self.seed).generate_state(1)[0]) % (2**31)


def presumed_negatives(
    unlabelled: Unlabelled, positives: int, rng: np.random.Generator, *, weighted: bool
) -> Presumed:
    """Unlabelled rows to presume negative in the final fit of two classes.

    Up to 300 random ones, which together count for twice as much as the known positives.
    Among ``n`` of them hide some ``n p`` positives at a prevalence ``p``, which count for
    ``2 p`` times the known ones: at 1 in 20 a tenth, however few are known.

    Parameters
    ----------
    unlabelled : Unlabelled
        Rows to draw from.
    positives : int
        Labelled rows of the positive class.
    rng : numpy Generator
    weighted : bool
        Whether the model can be told what a row counts for. One that can't gets fewer rows
        instead, two for each known positive.

    Returns
    -------
    Presumed
        Without rows where no positive is known.

    References
    ----------
    Mordelet & Vert (2014), A bagging SVM to learn from positive and unlabeled examples, Pattern
    Recognition Letters 37 (unlabelled rows taken for negative, few of them at a time).
    """
    total = _WEIGHT * positives
    n = min(_MOST, len(unlabelled)) if weighted else int(min(_MOST, total, len(unlabelled)))
    if not positives or not n:
        return NOBODY
    weight = min(1.0, total / n) if weighted else 1.0
    return Presumed(unlabelled.sample(n, rng), weight)
