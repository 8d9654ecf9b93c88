"""The share of each class in the pool, by a model that was fitted on the labels of a search.

Rows that were asked are harder than most of their class, and hold more positives than the pool. So
the shares are worked out from what the model says of a random sample of the unlabelled rows.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit

from .._round.training_set import PresumedNegatives, TrainingSet
from .._rows.arrays import Floats, Rows
from .._rows.matrix import take
from ..models._classifier import FittedClassifier
from ..models._prior import correct_prior, estimated_prior

_AT_LEAST = 0.1  # of the mean probability of unlabelled rows, as their share of positives
_SAMPLE = 5_000
_FAR = 25.0  # log odds


@dataclass(frozen=True, eq=False)
class PoolShares:
    """The shares of the declared classes in the fit of a model, and in the pool.

    Parameters
    ----------
    training : TrainingSet
        The labels so far.
    unfitted : unfitted classifier
        Tells what the fit reads.
    fitted : FittedClassifier
        The fit.
    presumed : PresumedNegatives
        Unlabelled rows of the fit.
    """

    training: TrainingSet
    unfitted: Any
    fitted: FittedClassifier
    presumed: PresumedNegatives

    @cached_property
    def fitted_on(self) -> Floats:
        """The shares of the declared classes in the fit."""
        _, codes, weights = self.training.examples(self.presumed, self.unfitted)
        counts = np.bincount(codes, weights, minlength=len(self.training.classes))
        return np.asarray(counts / counts.sum())

    @property
    def mean_positive(self) -> float:
        """The share of positives in the pool by the mean probability, where there are two classes.

        It is too high where the model is unsure; `prevalence` is not.
        """
        place = self.training.minority[0]
        return self._of_pool(float(self._sampled[:, place].mean()), place)

    @cached_property
    def prevalence(self) -> float:
        """The share of positives in the pool, where there are two classes."""
        return self._find_prevalence(self.training.minority[0])

    @cached_property
    def of_classes(self) -> Floats:
        """The shares of more than two classes in the pool; what positives leave is of the rest.

        Among the rest, whose shares matter less, the mean probabilities tell.
        """
        training = self.training
        means = self._sampled.mean(axis=0) if len(self._sampled) else self.fitted_on
        shares = np.array([self._of_pool(float(m), c) for c, m in enumerate(means)])
        positive = np.isin(np.arange(len(shares)), training.minority)
        seen = np.flatnonzero(positive & (self.fitted_on > 0))
        shares[seen] = [self._find_prevalence(c) for c in seen.tolist()]
        left = max(1.0 - shares[positive].sum(), shares[~positive].min())
        shares[~positive] *= left / shares[~positive].sum()
        return np.asarray(shares / shares.sum())

    @cached_property
    def prior(self) -> Floats:
        """The prior under which the model's mean probability, over the pool, is the `prevalence`.

        It is not the prevalence itself, since rows that were asked are harder than most of their
        class.
        """
        training, rest = self.training, self._sampled
        positive, known = training.minority[0], self._predict(training.rows)
        each = len(training.unlabelled) / max(len(rest), 1)
        weights = np.concatenate([training.speaks_for, np.full(len(rest), each)])
        P = np.concatenate([known, rest])

        def excess(log_odds: float) -> float:
            prior = share_two(positive, float(expit(log_odds)))
            mean = np.average(correct_prior(P, self.fitted_on, prior)[:, positive], weights=weights)
            return float(mean) - self.prevalence

        if excess(-_FAR) > 0 or excess(_FAR) < 0:  # probabilities of 0 and 1 cannot be moved
            return self.fitted_on
        return share_two(positive, float(expit(brentq(excess, -_FAR, _FAR))))

    @cached_property
    def _sampled(self) -> Floats:
        """Probabilities by the fit of a random sample of the unlabelled rows.

        Squashed decisions are not probabilities, and their mean is not a share of positives. So if
        a fit gives no probabilities, each row counts for its likelier class.
        """
        training = self.training
        size = min(_SAMPLE, len(training.unlabelled))
        P = self._predict(training.unlabelled.sample(size, np.random.default_rng(training.seed)))
        if hasattr(self.fitted.estimator, "predict_proba"):
            return P
        return np.eye(P.shape[1])[P.argmax(axis=1)]

    def _find_prevalence(self, place: int) -> float:
        """Find the share of a labelled class in the pool, by the probabilities of a sample.

        Saerens' estimate is too low, often near 0, where few of many positives are labelled. The
        mean probability is too high where the model is unsure. So this is their geometric mean.
        """
        if not len(self._sampled):
            return self._of_pool(float(self.fitted_on[place]), place)
        mean = float(self._sampled[:, place].mean())
        em = float(self._explaining[place])
        return self._of_pool(float(np.sqrt(mean * max(em, _AT_LEAST * mean))), place)

    @cached_property
    def _explaining(self) -> Floats:
        """The class shares that best explain the probabilities of a sample (Saerens)."""
        shares = self.fitted_on.copy()
        seen = shares > 0  # a declared class without a label has no probability
        P = self._sampled if seen.all() else self._sampled[:, seen]
        shares[seen] = estimated_prior(P, shares[seen])
        return shares

    def _of_pool(self, left: float, place: int) -> float:
        """Turn the share of a class among unlabelled rows into that in the pool."""
        training, known = self.training, self.training.speaks_for
        n = known.sum() + len(training.unlabelled)
        found = known[training.codes == place].sum() + left * len(training.unlabelled)
        return float(share_two(1, found / n)[1])

    def _predict(self, rows: Rows) -> Floats:
        return self.fitted.predict_proba(take(self.training.pool.read_by(self.unfitted), rows))


def share_two(position: int, share: float) -> Floats:
    """Give the shares of two classes from that at ``position``, never 0 or 1."""
    shares = np.full(2, 1.0 - min(max(share, 1e-12), 1.0 - 1e-12))
    shares[position] = 1.0 - shares[0]
    return shares
