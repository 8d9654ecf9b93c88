"""The final model: its presumed negatives, its probabilities and its threshold."""

from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any, NamedTuple

import numpy as np
from scipy.special import logit
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import FixedThresholdClassifier
from sklearn.pipeline import make_pipeline

from .._round.labels import ENOUGH_LABELS
from .._round.positive_class import PositiveClass
from .._round.training_set import NONE_PRESUMED, PresumedNegatives, Presumption, TrainingSet
from .._rows.arrays import Floats, Matrix, Rows
from .._rows.blocks import Block, over_blocks, threads_for
from .._rows.matrix import take
from .._rows.unlabelled import Unlabelled
from ..errors import InputError
from ..estimation._promise import Promise, promise_on_pool
from ..estimation._value import NoEstimate
from ..models._class_thresholds import ClassThresholds, adopt_for_thresholds
from ..models._class_weights import without_class_weights
from ..models._classifier import FittedClassifier, fill_seeds
from ..models._default import thaw_scaler
from ..models._prior import PriorCorrected, adopt_fitted, correct_prior
from ..models._threshold import RecallAtPrecision, best_threshold
from ..models._weights import takes_weights
from ..pool import Pool
from ._pool_shares import PoolShares, share_two
from ._session import SessionOfRows

_PRESUMPTION = Presumption(300, per_positive=2.0)
_RARE = 0.2  # of the pool: the largest share of positives for which rows are presumed negative
_RICHER = 2.5  # times the pool's share of positives, for labels to be those of a search
_FOLDS = 5
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


def is_surely_rare(positive_class: PositiveClass, training: TrainingSet) -> bool:
    """Tell whether the positive class is named, or known to be rare in the pool."""
    if positive_class.named:
        return True
    # The first labels may be of the common class.
    if len(training.rows) < ENOUGH_LABELS or not training.suffices():
        return False
    return positive_class.share is not None and positive_class.share <= _RARE


def presume_for_final_model(training: TrainingSet, model: Any) -> PresumedNegatives:
    """Draw rows that a final fit of ``model`` may presume negative; none but for two classes.

    These are up to 300, which together count twice as much as the labelled positives.
    """
    if len(training.classes) != 2:
        return NONE_PRESUMED
    rng = np.random.default_rng(training.seed)
    return training.presume(_PRESUMPTION, rng, weighted=takes_weights(model))


def fit_final(
    training: TrainingSet,
    model: Any,
    presumed: PresumedNegatives,
    fit_on_labels: Callable[[], FittedClassifier],
) -> "FinalFit":
    """Fit a model for new data in the form of the pool's data.

    ``presumed`` rows are used unless the labels turn out to be those of a random sample.
    ``fit_on_labels`` fits the model on the labels alone.
    """
    if len(presumed.rows):
        fit = FinalFit(training, model, training.fit(model, presumed), presumed)
        if fit.is_of_a_search():
            return fit
    return FinalFit(training, model, fit_on_labels(), NONE_PRESUMED)


def fit_anew(training: TrainingSet, model: Any, *, presume: bool) -> Any:
    """Fit a final model without a threshold on other labels than those of the learner."""
    presumed = presume_for_final_model(training, model) if presume else NONE_PRESUMED
    return fit_final(training, model, presumed, partial(training.fit, model)).make_model(None)


def unfitted_pipeline(pool: Pool, model: Any) -> Any:
    """Make an unfitted model that reads data in the form of the pool's, encoder and scaler too."""
    fresh = clone(thaw_scaler(clone(model)))
    return fresh if pool.reads_data(model) else make_pipeline(clone(pool.transformer), fresh)


@dataclass(frozen=True, eq=False)
class FinalFit:
    """The fit that a final model is made of; nobody labelled its presumed rows."""

    training: TrainingSet
    unfitted: Any
    fitted: FittedClassifier
    presumed: PresumedNegatives

    @cached_property
    def shares(self) -> PoolShares:
        """The shares of the classes in the pool, by the fit."""
        return PoolShares(self.training, self.unfitted, self.fitted, self.presumed)

    def is_of_a_search(self) -> bool:
        """Tell whether the labels hold many more positives than the pool, by the fit.

        Labels of a random sample show the easy negatives, and those of one class show none.
        """
        training = self.training
        if not training.suffices():
            return True
        return float(training.is_positive.mean()) >= _RICHER * self.shares.mean_positive

    def make_model(self, target: Any, known: SessionOfRows | None = None) -> Any:
        """Make a model that takes rows in the form of the pool's data.

        If rows were presumed negative its probabilities, if it gives any, are moved to the share of
        positives in the pool. That is the share that best explains its probabilities of unlabelled
        rows, and no less than the known positives. The threshold for a ``target`` is chosen on
        probabilities of held-out rows, weighted to the prevalence that the fit finds in the pool.
        With more than two classes each positive one has a threshold of its own, against the rest.
        A mapping gives a target for each of some positive classes. A precision is promised from the
        labels that are ``known``.

        Raises
        ------
        InputError
            If there is a target, and fewer than two labelled rows of a class.
        """
        pool = self.training.pool
        # A copy, so that changes of it do not reach the query model.
        model = pool.pipeline(thaw_scaler(deepcopy(self.fitted.estimator)))
        if target is not None and len(self.training.classes) > 2:
            return self._decide_by_class(model, self._read_targets(target))
        cut = None if target is None else self.choose_cut(target, known)[0]
        if self._is_calibrated:
            model = self._calibrate(model)
            cut = None if cut is None else self._move_cut(cut, model)
        return model if cut is None else self._decide(model, cut, pool.data)

    def make_recipe(self) -> Any:
        """Make what `make_model` makes without a target, unfitted, from the model handed in."""
        training = self.training
        seeded = fill_seeds(clone(self.unfitted), training.one_seed)
        fresh = unfitted_pipeline(training.pool, seeded)
        return PriorCorrected(fresh, self._named_prior) if self._is_calibrated else fresh

    @property
    def _is_calibrated(self) -> bool:
        # Class weights were set on purpose, and so are the probabilities that they make.
        weighted = without_class_weights(self.unfitted) is not self.unfitted
        gives = hasattr(self.fitted.estimator, "predict_proba")
        return bool(len(self.presumed.rows) and gives and not weighted)

    def _calibrate(self, model: Any) -> PriorCorrected:
        # The model's columns may stand in another order than the declared classes.
        own = [self.training.classes.tolist().index(label) for label in model.classes_.tolist()]
        return adopt_fitted(model, self._named_prior, self.shares.fitted_on[own])

    @property
    def _named_prior(self) -> dict[Any, float]:
        return dict(zip(self.training.classes.tolist(), self.shares.prior.tolist(), strict=True))

    def choose_cut(
        self, target: Any, known: SessionOfRows | None
    ) -> tuple[float, Promise | NoEstimate | None]:
        """Choose the probability of the fit from which on a row is called positive.

        Return also what is promised of its precision; None if nothing shall be.
        """
        training = self.training
        target = self.read_target(target)
        if np.bincount(training.codes, minlength=2).min() < 2:
            raise InputError(
                "A threshold needs at least two labelled rows of each class, to hold some out; "
                "teach more of the rarer one or leave the threshold out."
            )
        promise = None if known is None else self._promise(target, known)
        if isinstance(promise, Promise):
            return promise.threshold, promise
        return best_threshold(*self.held_out, target, prevalence=self.shares.prevalence), promise

    def _promise(self, target: Any, known: SessionOfRows) -> Promise | NoEstimate | None:
        if not isinstance(target, RecallAtPrecision) or target.confidence is None:
            return None
        labelled = self.held_out[0][known.find_in(self.training.rows)]
        asked = target.precision, target.confidence
        return promise_on_pool(known.session, labelled, self.score_rest, *asked)

    @property
    def held_out(self) -> tuple[Floats, np.ndarray[Any, np.dtype[np.bool_]]]:
        """Probabilities of the rows of the fit by fits without them, and which are positive.

        The labelled rows come first, then those that were presumed negative.
        """
        training = self.training
        _, codes, _ = training.examples(self.presumed)
        return training.positive(self._held_out), np.isin(codes, training.minority)

    @cached_property
    def score_rest(self) -> Floats:
        """Probabilities of all rows that are left, by fits that did not see them."""
        scores = self._score(self.training.left)
        scores[self._places_left(self.presumed.rows)] = self.held_out[0][len(self.training.rows) :]
        return scores

    def score_unlabelled(self, rows: Rows) -> Floats:
        """Give probabilities of rows without a label, also of those that are not asked again."""
        is_left = self.training.left.holds(rows)
        scores = np.empty(len(rows))
        scores[is_left] = self.score_rest[self._places_left(rows[is_left])]
        others, places = np.unique(rows[~is_left], return_inverse=True)
        scores[~is_left] = self._score(others)[places]
        return scores

    def _places_left(self, rows: Rows) -> Rows:
        return np.asarray(rows - np.searchsorted(self.training.left.known, rows))

    def _score(self, rows: Rows | Unlabelled) -> Floats:
        """Give what the fit says of some rows, in increasing order."""
        training = self.training

        def predict(block: Block, ids: Rows) -> Floats:
            P = block.apply(self.fitted.predict_proba, ids)
            return np.asarray(training.positive(np.asarray(P)))

        matrix, threads = training.pool.read_by(self.unfitted), threads_for(self.fitted.estimator)
        return np.concatenate([*over_blocks(matrix, rows, predict, threads), np.empty(0)])

    def read_target(self, given: Any) -> Any:
        """Give the target of the positive class, of two classes."""
        return self._read_targets(given)[self.training.minority[0]]

    def _read_targets(self, given: Any) -> dict[int, Any]:
        """Give the target of each positive class, by its place among the declared classes."""
        training = self.training
        if not isinstance(given, Mapping):
            return dict.fromkeys(training.minority, given)
        places = {training.classes[place].item(): place for place in training.minority}
        if not given or not places.keys() >= given.keys():
            raise InputError(
                f"threshold gives targets for {list(given)}; give them for one or more of the "
                f"positive classes, {list(places)}."
            )
        return {places[label]: target for label, target in given.items()}

    def _decide_by_class(self, model: Any, targets: dict[int, Any]) -> ClassThresholds:
        """Give each class that has a target its threshold, one class against the rest."""
        training = self.training
        if not hasattr(model, "predict_proba"):
            raise InputError(
                f"Thresholds of several classes cut probabilities, and "
                f"{type(self.unfitted).__name__} gives none; wrap it in CalibratedClassifierCV or "
                "leave the threshold out."
            )
        if any(getattr(one, "confidence", None) is not None for one in targets.values()):
            raise InputError(
                "A precision is promised where there are two classes; leave the confidence out, or "
                "make all classes but one the negative class."
            )
        counts = np.bincount(training.codes, minlength=len(training.classes))
        few = [c for c, n in enumerate(counts) if n == 1 or (n < 1 and c in targets)]
        if few:
            raise InputError(
                "A threshold needs at least two labelled rows of a class, to hold some out, and "
                f"{training.classes[few[0]].item()!r} has {counts[few[0]]}; teach more of it or "
                "leave the threshold out."
            )
        weights = (self.shares.of_classes / np.maximum(counts, 1))[training.codes]
        P = self._held_out
        cuts = {
            training.classes[c].item(): best_threshold(
                P[:, c], training.codes == c, target, weights=weights
            )
            for c, target in targets.items()
        }
        return adopt_for_thresholds(model, cuts)

    @property
    def even_cut(self) -> float:
        """The probability of the fit at which both classes are alike to the final model."""
        if not self._is_calibrated:
            return 0.5
        place, shares = self.training.minority[0], self.shares
        return float(
            correct_prior([share_two(place, 0.5)], shares.prior, shares.fitted_on)[0, place]
        )

    def calibrate(self, positive: Floats) -> Floats:
        """Turn probabilities of the positive class by the fit into those of the final model."""
        if not self._is_calibrated:
            return positive
        place, shares = self.training.minority[0], self.shares
        both = np.stack([1 - positive, positive] if place else [positive, 1 - positive], axis=1)
        return correct_prior(both, shares.fitted_on, shares.prior)[:, place]

    def _move_cut(self, cut: float, by: PriorCorrected) -> float:
        """Turn a cut of the fit's probabilities into one of those that `_calibrate` made."""
        positive = by.classes_.tolist().index(self._positive_label)
        both = correct_prior([share_two(positive, cut)], by.trained_prior_, by.prior_)
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
        decided.fit(*self._one_each(data))
        # A clone of what is fitted should fit anew.
        decided.estimator_ = model
        return decided.set_params(estimator=clone(model))

    @cached_property
    def _held_out(self) -> Floats:
        """Probabilities of the rows of the fit by fits without them, whatever the target."""
        training, presumed = self.training, self.presumed
        found = training.held_out_of(self.fitted, self.unfitted, presumed)
        return training.hold_out(self.unfitted, presumed, folds=_FOLDS) if found is None else found

    @property
    def _positive_label(self) -> Any:
        return self.training.classes[self.training.minority[0]].item()

    def _one_each(self, data: Matrix) -> tuple[Matrix, np.ndarray[Any, Any]]:
        """Give a row of each class, enough to 'fit' a wrapper of a fitted model."""
        rows, codes, _ = self.training.examples(self.presumed)
        is_positive = np.isin(codes, self.training.minority)
        each = np.array([is_positive.argmin(), is_positive.argmax()])
        return take(data, rows[each]), self.training.classes[codes[each]]
