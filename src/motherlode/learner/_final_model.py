"""The model to ship: whether it presumes negatives, its probabilities, and where it decides."""

from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit, logit
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import FixedThresholdClassifier

from .._round.training_set import NOBODY, Learned, Presumed
from .._rows.arrays import Floats, Matrix
from .._rows.matrix import take
from ..errors import InputError
from ..models._classifier import FittedClassifier
from ..models._default import without_class_weights
from ..models._held_out import held_out_probabilities
from ..models._prior import PriorCorrected, correct_prior, estimated_prior
from ..models._threshold import best_threshold
from ..pool import Pool

_RICHER = 2.5  # times the pool's share of positives, from which on labels are those of a search
_AT_LEAST = 0.1  # of the mean probability of unlabelled rows is their share of positives
_SAMPLE = 5_000
_FOLDS = 5
_FAR = 25.0  # log odds
_SCORES = ("predict_proba", "decision_function")


class Shipped(NamedTuple):
    """A final model, and what it took for negative unseen.

    Attributes
    ----------
    model : fitted classifier
    presumed : Presumed
        Unlabelled rows of its fit; none where it was fitted on labels alone.
    """

    model: Any
    presumed: Presumed


@dataclass(frozen=True, eq=False)
class Final:
    """A fit that may be shipped.

    Attributes
    ----------
    learned : Learned
    unfitted : the model before its fit
    fitted : FittedClassifier
    presumed : Presumed
        Rows of its fit that nobody labelled.
    """

    learned: Learned
    unfitted: Any
    fitted: FittedClassifier
    presumed: Presumed = NOBODY

    def of_a_search(self) -> bool:
        """Whether the labels hold many more positives than the pool, as the fit sees it.

        Labels of a random sample show the easy negatives themselves, and those of one class none.
        """
        learned = self.learned
        if not learned.suffices(NOBODY):
            return True
        share = self._of_pool(float(learned.positive(self._rest).mean()))
        return float(np.isin(learned.codes, learned.positive_class).mean()) >= _RICHER * share

    def shipped(self, pool: Pool, target: Any) -> Any:
        """The fitted model as one that takes rows in the form of the pool's data.

        Where it presumed negatives its probabilities, if it gives any, are moved to the share of
        positives in the pool: the share that best explains what it says of unlabelled rows, and
        no less than the positives that are known.

        Parameters
        ----------
        pool : Pool
        target : see `motherlode.models._threshold.as_target`
            What its decisions are for. The cut for it is chosen on probabilities from a
            cross-validation, weighted to the prevalence that the fit finds in the pool. None
            leaves decisions to the likelier class.

        Raises
        ------
        InputError
            If there is a target, and more than two classes or fewer than two labelled rows of
            either.
        """
        # A copy, so that whatever is done to it the model that asks stays as it is.
        model = pool.pipeline(deepcopy(self.fitted.estimator))
        cut = None if target is None else self._cut(target)
        # Whoever weighs the classes wants the probabilities so; and a machine of support vectors
        # has none.
        as_they_are = without_class_weights(self.unfitted) is not self.unfitted
        if len(self.presumed.rows) and hasattr(model, "predict_proba") and not as_they_are:
            model = self._calibrated(model, pool.data)
            cut = None if cut is None else self._moved(cut, model)
        return model if cut is None else self._deciding(model, cut, pool.data)

    def _calibrated(self, model: Any, data: Matrix) -> PriorCorrected:
        trained = self._trained
        prior = self._moved_to(self._prevalence)
        # The model's columns may stand in another order than the declared classes.
        own = [self.learned.classes.tolist().index(label) for label in model.classes_.tolist()]
        moved = PriorCorrected(FrozenEstimator(model), prior=prior[own], trained=trained[own])
        return moved.fit(*self._one_each(data))

    def _cut(self, target: Any) -> float:
        """From which probability of the fit on to call a row positive."""
        learned = self.learned
        if len(learned.classes) != 2:
            raise InputError(
                f"A threshold is for two classes and there are {len(learned.classes)}; leave it "
                "out."
            )
        if np.bincount(learned.codes, minlength=2).min() < 2:
            raise InputError(
                "A threshold needs at least two labelled rows of each class, to hold some out; "
                "teach more of the rarer one or leave the threshold out."
            )
        rows, codes, weights = learned.examples(self.presumed)
        held_out = held_out_probabilities(
            self.unfitted, take(learned.X, rows), learned.classes[codes], learned.classes,
            folds=_FOLDS, seed=learned.one_seed, sample_weight=weights,
        )  # fmt: skip
        positive = np.isin(codes, learned.positive_class)
        P = learned.positive(held_out)
        return best_threshold(P, positive, target, prevalence=self._prevalence)

    def _moved(self, cut: float, by: PriorCorrected) -> float:
        """A cut of the fit's probabilities, as one of those that `_calibrated` made of them."""
        positive_class = by.classes_.tolist().index(self._positive_label)
        both = correct_prior([_two(positive_class, cut)], by.trained_prior_, by.prior_)
        return float(both[0, positive_class])

    def _deciding(self, model: Any, cut: float, data: Matrix) -> FixedThresholdClassifier:
        scores = next((s for s in _SCORES if hasattr(model, s)), None)
        if scores is None:
            raise InputError(
                f"A threshold cuts probabilities or decisions, and {type(self.unfitted).__name__} "
                "gives neither; leave it out."
            )
        if scores == "decision_function":  # the cut is one of decisions that were squashed
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
        return self.learned.classes[self.learned.positive_class[0]].item()

    @cached_property
    def _trained(self) -> Floats:
        """The shares of the two classes in the fit."""
        _, codes, weights = self.learned.examples(self.presumed)
        counts = np.bincount(codes, weights, minlength=2)
        return np.asarray(counts / counts.sum())

    @cached_property
    def _rest(self) -> Floats:
        """What the fit says of a random sample of the unlabelled rows.

        Decisions that were squashed are no probabilities, and their mean is no share of positives:
        a fit that gives nothing else has each row in its likelier class.
        """
        learned = self.learned
        size = min(_SAMPLE, len(learned.unlabelled))
        rows = learned.unlabelled.sample(size, np.random.default_rng(learned.seed))
        P = self.fitted.predict_proba(take(learned.X, rows))
        if hasattr(self.fitted.estimator, "predict_proba"):
            return P
        return np.eye(P.shape[1])[P.argmax(axis=1)]

    @cached_property
    def _prevalence(self) -> float:
        """The share of positives in the pool, as far as can be told from what is said of some.

        Saerens' estimate errs low, often to nothing, where few of many positives were shown; the
        mean probability errs high where the model is shy. So it is half-way between, by ratio.
        """
        positive_class = self.learned.positive_class[0]
        if not len(self._rest):
            return self._of_pool(float(self._trained[positive_class]))
        mean = float(self.learned.positive(self._rest).mean())
        em = float(estimated_prior(self._rest, self._trained)[positive_class])
        return self._of_pool(float(np.sqrt(mean * max(em, _AT_LEAST * mean))))

    def _of_pool(self, left: float) -> float:
        """The share in the pool, given that among unlabelled rows."""
        learned = self.learned
        positive_class, known = learned.positive_class[0], learned.speaks_for
        n = known.sum() + len(learned.unlabelled)
        found = known[learned.codes == positive_class].sum() + left * len(learned.unlabelled)
        return float(_two(positive_class, found / n)[positive_class])

    def _moved_to(self, share: float) -> Floats:
        """The prior under which the model's mean probability, over the pool, is ``share``.

        It is not the share itself: rows that were picked are harder than most of their class.
        """
        learned, rest, trained = self.learned, self._rest, self._trained
        positive_class, known = (
            learned.positive_class[0],
            self.fitted.predict_proba(take(learned.X, learned.rows)),
        )
        each = len(learned.unlabelled) / max(len(rest), 1)
        weights = np.concatenate([learned.speaks_for, np.full(len(rest), each)])
        P = np.concatenate([known, rest])

        def excess(log_odds: float) -> float:
            prior = _two(positive_class, float(expit(log_odds)))
            mean = np.average(correct_prior(P, trained, prior)[:, positive_class], weights=weights)
            return float(mean) - share

        if excess(-_FAR) > 0 or excess(_FAR) < 0:  # probabilities of 0 and 1 cannot be moved
            return trained
        return _two(positive_class, float(expit(brentq(excess, -_FAR, _FAR))))

    def _one_each(self, data: Matrix) -> tuple[Matrix, np.ndarray[Any, Any]]:
        """A row of each class: enough to 'fit' what wraps a model that is fitted already."""
        rows, codes, _ = self.learned.examples(self.presumed)
        positive = np.isin(codes, self.learned.positive_class)
        each = np.array([positive.argmin(), positive.argmax()])
        return take(data, rows[each]), self.learned.classes[codes[each]]


def _two(position: int, share: float) -> Floats:
    """The shares of two classes, from that of the one at ``position``; never 0 or 1."""
    shares = np.full(2, 1.0 - min(max(share, 1e-12), 1.0 - 1e-12))
    shares[position] = 1.0 - shares[0]
    return shares
