"""What models are fitted on: the labels, and beside them rows that a fit presumes negative.

A search for positives labels the hard negatives, those that look positive, and hardly any of the
easy ones. A model fitted on such labels alone ranks the rest of the pool poorly. Where the positive
class is rare, random unlabelled rows are nearly all negative and fill the gap. They are forgotten
after the fit.
"""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np

from .._rows.arrays import Codes, Floats, Rows
from .._rows.matrix import take
from .._rows.unlabelled import Unlabelled
from ..models._adapt import as_classifier
from ..models._classifier import FittedClassifier, fit_classifier
from ..models._held_out import held_out_of_fit, held_out_probabilities
from ..models._weights import takes_weights
from ..pool import Pool
from ..pool._copies import NO_COPIES, Copies
from ..priors._slope import Slope, fit_slope
from .stated_prior import StatedPrior

_NO_ROWS: Rows = np.empty(0, dtype=np.int64)


class PresumedNegatives(NamedTuple):
    """Unlabelled rows that a fit takes for negative.

    Attributes
    ----------
    rows : ndarray of int64
        Global ids.
    weight : float
        How much each counts, where a labelled row counts 1.
    """

    rows: Rows = _NO_ROWS
    weight: float = 1.0


NONE_PRESUMED = PresumedNegatives()


@dataclass(frozen=True)
class Presumption:
    """How many unlabelled rows a fit presumes negative, and how much each of them counts.

    Parameters
    ----------
    most : int
        How many rows at most.
    per_positive : float, optional
        How much they count together, for each labelled positive, where a labelled row counts 1;
        none counts more than a labelled row. At a prevalence ``p`` some ``n p`` of ``n`` presumed
        rows are positive, and these count ``per_positive * p`` times the labelled ones, however few
        are labelled. By default each row counts 1, and two labelled negatives, which are hard ones,
        replace one presumed row.

    References
    ----------
    Mordelet & Vert (2014), A bagging SVM to learn from positive and unlabeled examples, Pattern
    Recognition Letters 37 (unlabelled rows taken for negative, few of them at a time).

    Examples
    --------
    >>> Presumption(100).size_and_weight(positives=1, negatives=30, unlabelled=5000)
    (85, 1.0)
    >>> Presumption(300, per_positive=2.0).size_and_weight(30, 30, 5000)
    (300, 0.2)
    """

    most: int
    per_positive: float | None = None

    def size_and_weight(
        self,
        positives: int,
        negatives: int,
        unlabelled: int,
        *,
        weighted: bool = True,
        told: bool = False,
    ) -> tuple[int, float]:
        """Tell how many rows to presume negative, and how much each counts.

        Parameters
        ----------
        positives, negatives : int
            Labelled rows that are, and are not, of the positive class.
        unlabelled : int
            Rows to draw from.
        weighted : bool
            Whether the model takes weights of rows. One that does not gets fewer rows instead of
            lighter ones.
        told : bool
            Whether the model is told which rows are presumed. To it they show the pool, so labelled
            negatives do not replace them.
        """
        if self.per_positive is None:
            replaced = 0 if told else negatives // 2
            size = max(self.most - replaced, 0 if negatives else 1)
            return min(size, unlabelled), 1.0
        together = self.per_positive * positives
        if not weighted:
            return int(min(self.most, together, unlabelled)), 1.0
        size = min(self.most, unlabelled)
        return size, min(1.0, together / size) if size else 1.0


@dataclass(frozen=True, eq=False)
class TrainingSet:
    """All that is known of a search, in the form that models are fitted on.

    Attributes
    ----------
    pool : Pool
        All rows.
    classes : ndarray of shape (k,)
        The declared classes.
    rows, codes : ndarray of int64 of shape (m,)
        Global ids of the labelled rows, in the order labelled, and their labels as positions in
        `classes`.
    minority : tuple of int
        Positions of the positive class or classes.
    seed : sequence of int
        Entropy for all random draws.
    skipped : ndarray of int64
        Global ids of the skipped rows.
    copies : Copies
        Which rows of the pool are equal, and need no label of their own.
    trust : ndarray of shape (m,), optional
        The probability of each label, where several annotators gave them; a fit weighs its row by
        it. By default all labels are certain.
    prior : StatedPrior, optional
        What a person stated of the rows before any label.
    """

    pool: Pool
    classes: np.ndarray[Any, Any]
    rows: Rows
    codes: Codes
    minority: tuple[int, ...]
    seed: tuple[int, ...]
    skipped: Rows = field(default_factory=lambda: _NO_ROWS)
    copies: Copies = NO_COPIES
    trust: Floats | None = None
    prior: StatedPrior | None = None

    @property
    def is_positive(self) -> np.ndarray[Any, np.dtype[np.bool_]]:
        """Whether each labelled row is of a positive class, shape (m,)."""
        return np.isin(self.codes, self.minority)

    @property
    def other(self) -> int:
        """The class that presumed negatives take, as a position in `classes`.

        It is the commonest labelled class that is not positive, or else the first declared one.
        """
        counts = np.bincount(self.codes, minlength=len(self.classes))
        counts[list(self.minority)] = -1
        return int(counts.argmax())

    @property
    def left(self) -> Unlabelled:
        """The rows that can still be asked: neither labelled nor skipped."""
        return Unlabelled(len(self.pool), np.concatenate([self.rows, self.skipped]))

    @cached_property
    def unlabelled(self) -> Unlabelled:
        """The rows whose answer is open: those `left` that are not copies of a known row."""
        return self.copies.unsettled(self.left)

    @property
    def speaks_for(self) -> Floats:
        """How many rows of the pool each labelled row answers for: itself and its copies."""
        return 1.0 + self.copies.count_represented(self.rows, self.left)

    @property
    def one_seed(self) -> int:
        """`seed` as one number, as models take it."""
        return int(np.random.SeedSequence(self.seed).generate_state(1)[0]) % (2**31)

    def positive(self, P: Floats) -> Floats:
        """Add up the probabilities of the positive classes, from ``P`` of shape (..., k)."""
        return np.asarray(P[..., list(self.minority)].sum(axis=-1))

    def presume(
        self,
        rule: Presumption,
        rng: np.random.Generator,
        *,
        weighted: bool = True,
        told: bool = False,
    ) -> PresumedNegatives:
        """Draw unlabelled rows for a fit to take for negative; none without a labelled positive.

        Parameters
        ----------
        rule : Presumption
            How many rows to draw, and how much each counts.
        rng : numpy Generator
            Draws the rows.
        weighted, told : bool
            See `Presumption.size_and_weight`.
        """
        open_, positives = self.unlabelled, int(self.is_positive.sum())
        if not positives:
            return NONE_PRESUMED
        negatives = len(self.rows) - positives
        size, weight = rule.size_and_weight(
            positives, negatives, len(open_), weighted=weighted, told=told
        )
        return PresumedNegatives(self._sample_unlikely(open_, size, rng), weight)

    def _sample_unlikely(self, open_: Unlabelled, size: int, rng: np.random.Generator) -> Rows:
        """Draw rows at random, those that the prior calls likely less often than others."""
        if self.prior is None or self.prior.lazy:
            return open_.sample(size, rng)
        rows = open_.sample(min(2 * size, len(open_)), rng)
        likelier = np.maximum(self.prior_slope().value * self.prior.at(rows), 0.0)
        # The smallest of exponential times are a draw by weight (Efraimidis & Spirakis 2006).
        times = rng.exponential(size=len(rows)) * np.exp(likelier)
        return rows[np.sort(np.argsort(times, kind="stable")[:size])]

    def prior_slope(self, by_model: Floats | float = 0.0) -> Slope:
        """Fit the slope of the prior on the labels.

        Parameters
        ----------
        by_model : ndarray of shape (m,), optional
            What models that were not fitted on them say of the labelled rows, on the scale of log
            odds; the slope is then that beside the model.
        """
        if self.prior is None:
            return Slope()
        return fit_slope(self.is_positive, self.prior.at(self.rows), by_model)

    def examples(
        self, presumed: PresumedNegatives = NONE_PRESUMED, model: Any = None
    ) -> tuple[Rows, Codes, Floats | None]:
        """Give rows, codes and weights of a fit of a model.

        Weights are None where all rows count alike, and in doubt of labels for a model without
        weights.
        """
        trust = self.trust
        if trust is not None and model is not None and not takes_weights(as_classifier(model)):
            trust = None
        extra = len(presumed.rows)
        if not extra:
            return self.rows, self.codes, trust
        labelled = np.ones(len(self.rows)) if trust is None else trust
        each = [labelled, np.full(extra, presumed.weight)]
        return (
            np.concatenate([self.rows, presumed.rows]),
            np.concatenate([self.codes, np.full(extra, self.other)]),
            np.concatenate(each) if presumed.weight != 1.0 or trust is not None else None,
        )

    def _presumed(self, presumed: PresumedNegatives) -> Any:
        """Tell which of the `examples` are presumed; None where none is."""
        if not len(presumed.rows):
            return None
        return np.repeat([False, True], [len(self.rows), len(presumed.rows)])

    def suffices(self, presumed: PresumedNegatives = NONE_PRESUMED) -> bool:
        """Tell whether there are rows of two classes to fit on, with the presumed ones."""
        return len(np.unique(self.examples(presumed)[1])) > 1

    def fit(
        self,
        model: Any,
        presumed: PresumedNegatives = NONE_PRESUMED,
        *,
        seed: int | None = None,
        earlier: FittedClassifier | None = None,
        read_as: Any = None,
    ) -> FittedClassifier:
        """Fit a model on the labelled rows, and on the presumed negatives.

        Parameters
        ----------
        model : unfitted classifier
            It is cloned, and never changed.
        presumed : PresumedNegatives
            Rows to take for negative; by default none.
        seed : int, optional
            By default `one_seed`.
        earlier : FittedClassifier, optional
            An earlier fit, from which a network with warm weights goes on.
        read_as : unfitted classifier, optional
            One that reads what this one shall read; by default the model itself.
        """
        rows, codes, weights = self.examples(presumed, model)
        reader = model if read_as is None else read_as
        X, y = take(self.pool.read_by(reader), rows), self.classes[codes]
        seed = self.one_seed if seed is None else seed
        positive = self.classes[list(self.minority)].tolist()
        return fit_classifier(
            model, X, y, self.classes, seed, weights, earlier, positive, self._presumed(presumed)
        )

    def held_out_of(
        self, fitted: FittedClassifier, model: Any, presumed: PresumedNegatives = NONE_PRESUMED
    ) -> Floats | None:
        """Compute what `hold_out` does from the fit itself; None where it has to be fitted again.

        Parameters
        ----------
        fitted : FittedClassifier
            What `fit` gave for the same model and presumed negatives.
        model : unfitted classifier
            Tells what the fit read.
        presumed : PresumedNegatives
            Rows to take for negative; by default none.
        """
        rows, codes, weights = self.examples(presumed)
        X = take(self.pool.read_by(model), rows)
        return held_out_of_fit(fitted, X, self.classes[codes], weights, self._presumed(presumed))

    def hold_out(
        self,
        model: Any,
        presumed: PresumedNegatives = NONE_PRESUMED,
        *,
        folds: int,
        seed: int | None = None,
    ) -> Floats:
        """Compute class probabilities of the rows of `fit` by fits without them (cross-validation).

        Parameters
        ----------
        model : unfitted classifier
            It is cloned, and never changed.
        presumed : PresumedNegatives
            Rows to take for negative; by default none.
        folds : int
            How many fits; at most the number of rows of the rarest class.
        seed : int, optional
            By default `one_seed`.

        Returns
        -------
        ndarray of shape (rows, k)
        """
        rows, codes, weights = self.examples(presumed, model)
        return held_out_probabilities(
            model, take(self.pool.read_by(model), rows), self.classes[codes], self.classes,
            folds=folds, seed=self.one_seed if seed is None else seed, sample_weight=weights,
            positive=self.classes[list(self.minority)].tolist(),
            presumed=self._presumed(presumed),
            progress=self.pool.progress,
        )  # fmt: skip
