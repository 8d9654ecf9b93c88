"""The final model: its presumed negatives, its probabilities and its threshold."""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit, logit
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import FixedThresholdClassifier

from .._round.training_set import NONE_PRESUMED, PresumedNegatives, Presumption, TrainingSet
from .._rows.arrays import Floats, Matrix, Rows
from .._rows.matrix import take
from ..errors import InputError
from ..models._classifier import FittedClassifier
from ..models._default import without_class_weights
from ..models._prior import PriorCorrected, correct_prior, estimated_prior
from ..models._threshold import best_threshold
from ..models._weights import takes_weights

_PRESUMPTION = Presumption(300, per_positive=2.0)
_RICHER = 2.5  # times the pool's share of positives, for labels to be those of a search
_AT_LEAST = 0.1  # of the mean probability of unlabelled rows, as their share of positives
_SAMPLE = 5_000
_FOLDS = 5
_FAR = 25.0  # log odds
_SCORES = ("predict_proba", "decision_function")


class FinalModel(NamedTuple):
    """A final model, and its presumed negatives.

    Attributes
    ----------
    model : fitted classifier
    presumed : PresumedNegatives
        Unlabelled rows of its fit; none where it was fitted on labels alone.
    """

    model: Any
    presumed: PresumedNegatives


def presume_for_final_model(training: TrainingSet, model: Any) -> PresumedNegatives:
    """Draw rows that a final fit of ``model`` may presume negative; none but for two classes.

    These are up to 300, which together count twice as much as the labelled positives.
    """
    if len(training.classes) != 2:
        return NONE_PRESUMED
    rng = np.random.default_rng(training.seed)
    return training.presume(_PRESUMPTION, rng, weighted=takes_weights(model))


def make_final_model(
    training: TrainingSet,
    model: Any,
    presumed: PresumedNegatives,
    target: Any,
    fit_on_labels: Callable[[], FittedClassifier],
) -> FinalModel:
    """Fit a model for new data in the form of the pool's data.

    If it presumed negatives its probabilities, if it gives any, are moved to the share of positives
    in the pool. That is the share that best explains its probabilities of unlabelled rows, and no
    less than the known positives.

    ``presumed`` rows are used unless the labels turn out to be those of a random sample. The
    threshold for a ``target`` is chosen on probabilities from a cross-validation, weighted to the
    prevalence that the fit finds in the pool. ``fit_on_labels`` fits the model on the labels alone.

    Raises
    ------
    InputError
        If there is a target, and more than two classes or fewer than two labelled rows of either.
    """
    if len(presumed.rows):
        fit = _Fit(training, model, training.fit(model, presumed), presumed)
        if fit.is_of_a_search():
            return FinalModel(fit.make_model(target), presumed)
    fit = _Fit(training, model, fit_on_labels(), NONE_PRESUMED)
    return FinalModel(fit.make_model(target), NONE_PRESUMED)


@dataclass(frozen=True, eq=False)
class _Fit:
    """A fit that may become the final model; nobody labelled its presumed rows."""

    training: TrainingSet
    unfitted: Any
    fitted: FittedClassifier
    presumed: PresumedNegatives

    def is_of_a_search(self) -> bool:
        """Tell whether the labels hold many more positives than the pool, by the fit.

        Labels of a random sample show the easy negatives, and those of one class show none.
        """
        training = self.training
        if not training.suffices():
            return True
        share = self._of_pool(float(training.positive(self._sampled).mean()))
        return float(training.is_positive.mean()) >= _RICHER * share

    def make_model(self, target: Any) -> Any:
        """Make a model that takes rows in the form of the pool's data."""
        pool = self.training.pool
        # A copy, so that changes of it do not reach the query model.
        model = pool.pipeline(deepcopy(self.fitted.estimator))
        cut = None if target is None else self._cut(target)
        # Class weights were set on purpose, and so are the probabilities that they make.
        weighted = without_class_weights(self.unfitted) is not self.unfitted
        if len(self.presumed.rows) and hasattr(model, "predict_proba") and not weighted:
            model = self._calibrate(model, pool.data)
            cut = None if cut is None else self._move_cut(cut, model)
        return model if cut is None else self._decide(model, cut, pool.data)

    def _calibrate(self, model: Any, data: Matrix) -> PriorCorrected:
        trained = self._fitted_shares
        prior = self._find_prior(self._prevalence)
        # The model's columns may stand in another order than the declared classes.
        own = [self.training.classes.tolist().index(label) for label in model.classes_.tolist()]
        moved = PriorCorrected(FrozenEstimator(model), prior=prior[own], trained=trained[own])
        return moved.fit(*self._one_each(data))

    def _cut(self, target: Any) -> float:
        """Choose the probability of the fit from which on a row is called positive."""
        training = self.training
        if len(training.classes) != 2:
            raise InputError(
                f"A threshold is for two classes and there are {len(training.classes)}; leave it "
                "out."
            )
        if np.bincount(training.codes, minlength=2).min() < 2:
            raise InputError(
                "A threshold needs at least two labelled rows of each class, to hold some out; "
                "teach more of the rarer one or leave the threshold out."
            )
        held_out = training.hold_out(self.unfitted, self.presumed, folds=_FOLDS)
        _, codes, _ = training.examples(self.presumed)
        is_positive = np.isin(codes, training.minority)
        P = training.positive(held_out)
        return best_threshold(P, is_positive, target, prevalence=self._prevalence)

    def _move_cut(self, cut: float, by: PriorCorrected) -> float:
        """Turn a cut of the fit's probabilities into one of those that `_calibrate` made."""
        positive = by.classes_.tolist().index(self._positive_label)
        both = correct_prior([_two(positive, cut)], by.trained_prior_, by.prior_)
        return float(both[0, positive])

    def _decide(self, model: Any, cut: float, data: Matrix) -> FixedThresholdClassifier:
        scores = next((s for s in _SCORES if hasattr(model, s)), None)
        if scores is None:
            raise InputError(
                f"A threshold cuts probabilities or decisions, and {type(self.unfitted).__name__} "
                "gives neither; leave it out."
            )
        if scores == "decision_function":  # the cut is one of squashed decisions
            cut = self.fitted.scale * float(logit(min(max(cut, 0.0), 1.0)))
        decided = FixedThresholdClassifier(
            FrozenEstimator(model),
            threshold=cut,
            pos_label=self._positive_label,
            response_method=scores,
        )
        return decided.fit(*self._one_each(data))

    @property
    def _positive_label(self) -> Any:
        return self.training.classes[self.training.minority[0]].item()

    @cached_property
    def _fitted_shares(self) -> Floats:
        """The shares of the two classes in the fit."""
        _, codes, weights = self.training.examples(self.presumed, self.unfitted)
        counts = np.bincount(codes, weights, minlength=2)
        return np.asarray(counts / counts.sum())

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

    @cached_property
    def _prevalence(self) -> float:
        """The share of positives in the pool, by the probabilities of a sample.

        Saerens' estimate is too low, often near 0, where few of many positives are labelled. The
        mean probability is too high where the model is unsure. So this is their geometric mean.
        """
        positive = self.training.minority[0]
        if not len(self._sampled):
            return self._of_pool(float(self._fitted_shares[positive]))
        mean = float(self.training.positive(self._sampled).mean())
        em = float(estimated_prior(self._sampled, self._fitted_shares)[positive])
        return self._of_pool(float(np.sqrt(mean * max(em, _AT_LEAST * mean))))

    def _of_pool(self, left: float) -> float:
        """Turn the share of positives among unlabelled rows into that in the pool."""
        training = self.training
        positive, known = training.minority[0], training.speaks_for
        n = known.sum() + len(training.unlabelled)
        found = known[training.codes == positive].sum() + left * len(training.unlabelled)
        return float(_two(positive, found / n)[positive])

    def _find_prior(self, share: float) -> Floats:
        """Find the prior under which the model's mean probability, over the pool, is ``share``.

        It is not the share itself, since rows that were asked are harder than most of their class.
        """
        training, rest, trained = self.training, self._sampled, self._fitted_shares
        positive, known = training.minority[0], self._predict(training.rows)
        each = len(training.unlabelled) / max(len(rest), 1)
        weights = np.concatenate([training.speaks_for, np.full(len(rest), each)])
        P = np.concatenate([known, rest])

        def excess(log_odds: float) -> float:
            prior = _two(positive, float(expit(log_odds)))
            mean = np.average(correct_prior(P, trained, prior)[:, positive], weights=weights)
            return float(mean) - share

        if excess(-_FAR) > 0 or excess(_FAR) < 0:  # probabilities of 0 and 1 cannot be moved
            return trained
        return _two(positive, float(expit(brentq(excess, -_FAR, _FAR))))

    def _predict(self, rows: Rows) -> Floats:
        return self.fitted.predict_proba(take(self.training.pool.read_by(self.unfitted), rows))

    def _one_each(self, data: Matrix) -> tuple[Matrix, np.ndarray[Any, Any]]:
        """Give a row of each class, enough to 'fit' a wrapper of a fitted model."""
        rows, codes, _ = self.training.examples(self.presumed)
        is_positive = np.isin(codes, self.training.minority)
        each = np.array([is_positive.argmin(), is_positive.argmax()])
        return take(data, rows[each]), self.training.classes[codes[each]]


def _two(position: int, share: float) -> Floats:
    """Give the shares of two classes from that at ``position``, never 0 or 1."""
    shares = np.full(2, 1.0 - min(max(share, 1e-12), 1.0 - 1e-12))
    shares[position] = 1.0 - shares[0]
    return shares
